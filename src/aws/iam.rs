//! AWS IAM: the roles that AWS Backup and RDS need.

use std::collections::BTreeMap;

use futures_util::future::join;

use super::Session;
use super::error::{AwsError, send};
use crate::policy::evaluate::Named;
use crate::policy::names::Arn;

/// Whether a role of that name exists.
///
/// # Errors
/// AWS's answer.
pub async fn role_exists(session: &Session, name: &str) -> Result<bool, AwsError> {
    match send("iam:GetRole", session.iam().get_role().role_name(name).send()).await {
        Ok(_) => Ok(true),
        Err(error) if error.is("NoSuchEntity") => Ok(false),
        Err(error) => Err(error),
    }
}

/// Creates the service-linked role of a service; one that exists is left alone.
///
/// # Errors
/// AWS's answer.
pub async fn create_service_linked_role(session: &Session, service: &str) -> Result<(), AwsError> {
    let call = session.iam().create_service_linked_role().aws_service_name(service);
    match send("iam:CreateServiceLinkedRole", call.send()).await {
        // IAM answers InvalidInput with "… has been taken in this account" when it exists.
        Err(error) if error.is("InvalidInput") && error.message.contains("has been taken") => Ok(()),
        other => other.map(drop),
    }
}

/// A role to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRole<'a> {
    /// Its path, with both slashes.
    pub path: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its trust policy.
    pub trust: &'a str,
    /// What it is for.
    pub description: &'a str,
}

/// Creates a role; one that exists is left alone.
///
/// # Errors
/// AWS's answer.
pub async fn create_role(session: &Session, role: &NewRole<'_>) -> Result<(), AwsError> {
    let call = session
        .iam()
        .create_role()
        .path(role.path)
        .role_name(role.name)
        .assume_role_policy_document(role.trust)
        .description(role.description);
    match send("iam:CreateRole", call.send()).await {
        Err(error) if error.is("EntityAlreadyExists") => Ok(()),
        other => other.map(drop),
    }
}

/// Attaches a managed policy to a role.
///
/// # Errors
/// AWS's answer.
pub async fn attach_role_policy(session: &Session, role: &str, policy_arn: &str) -> Result<(), AwsError> {
    let call = session.iam().attach_role_policy().role_name(role).policy_arn(policy_arn);
    send("iam:AttachRolePolicy", call.send()).await.map(drop)
}

/// The ARNs of the managed policies of a role; none where there is no such role.
///
/// # Errors
/// AWS's answer.
pub async fn attached_policies(session: &Session, role: &str) -> Result<Option<Vec<String>>, AwsError> {
    let call = session.iam().list_attached_role_policies().role_name(role);
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    loop {
        match send("iam:ListAttachedRolePolicies", async { pages.next().await.transpose() }).await {
            Ok(Some(policy)) => found.extend(policy.policy_arn().map(str::to_owned)),
            Ok(None) => return Ok(Some(found)),
            Err(error) if error.is("NoSuchEntity") => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// A role with every policy that speaks about what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub id: String,
    /// Its trust policy.
    pub trust: Named,
    /// Its inline and attached policies.
    pub identity: Vec<Named>,
    /// Its permissions boundary.
    pub boundary: Option<Named>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A role and its policies; none where it does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn role(session: &Session, name: &str) -> Result<Option<Role>, AwsError> {
    let operation = "iam:GetRole";
    let answer = match send(operation, session.iam().get_role().role_name(name).send()).await {
        Err(error) if error.is("NoSuchEntity") => return Ok(None),
        other => other?,
    };
    let found = answer.role.ok_or_else(|| AwsError::missing(operation, "Role"))?;
    let trust = found.assume_role_policy_document().map(decoded).unwrap_or_default();
    let boundary = found.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    let (inline, attached) = join(inline_policies(session, name), attached_documents(session, name)).await;
    let mut identity = inline?;
    identity.extend(attached?);
    let boundary = match boundary {
        Some(arn) => Some(managed_policy(session, arn, "permissions boundary").await?),
        None => None,
    };
    let tags = found.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
    Ok(Some(Role {
        tags,
        trust: Named { name: format!("trust policy of role {name}"), text: trust },
        arn: found.arn,
        id: found.role_id,
        identity,
        boundary,
    }))
}

const INLINE: &str = "inline policy ";
const OF_ROLE: &str = " of role ";

/// The name of an inline policy, by what its document is called; none of any other document.
pub fn inline_policy(document: &str) -> Option<&str> {
    document.strip_prefix(INLINE)?.split_once(OF_ROLE).map(|(name, _)| name)
}

async fn inline_policies(session: &Session, role: &str) -> Result<Vec<Named>, AwsError> {
    let mut pages = session.iam().list_role_policies().role_name(role).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(policy) = send("iam:ListRolePolicies", async { pages.next().await.transpose() }).await? {
        let call = session.iam().get_role_policy().role_name(role).policy_name(&policy);
        let answer = send("iam:GetRolePolicy", call.send()).await?;
        let name = format!("{INLINE}{policy}{OF_ROLE}{role}");
        found.push(Named { name, text: decoded(&answer.policy_document) });
    }
    Ok(found)
}

async fn attached_documents(session: &Session, role: &str) -> Result<Vec<Named>, AwsError> {
    let mut found = Vec::new();
    for arn in attached_policies(session, role).await?.unwrap_or_default() {
        found.push(managed_policy(session, &arn, "managed policy").await?);
    }
    Ok(found)
}

async fn managed_policy(session: &Session, arn: &str, kind: &str) -> Result<Named, AwsError> {
    let operation = "iam:GetPolicy";
    let answer = send(operation, session.iam().get_policy().policy_arn(arn).send()).await?;
    let version = answer.policy.and_then(|policy| policy.default_version_id);
    let version = version.ok_or_else(|| AwsError::missing(operation, "DefaultVersionId"))?;
    let call = session.iam().get_policy_version().policy_arn(arn).version_id(version);
    let answer = send("iam:GetPolicyVersion", call.send()).await?;
    let text = answer.policy_version.and_then(|version| version.document).unwrap_or_default();
    Ok(Named { name: format!("{kind} {arn}"), text: decoded(&text) })
}

/// IAM hands documents out percent-encoded (IAM API Reference, GetRolePolicy).
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether an IAM principal that a policy names exists: a user or a role; an account's root always does.
///
/// # Errors
/// AWS's answer.
pub async fn principal_exists(session: &Session, arn: &Arn) -> Result<bool, AwsError> {
    let name = arn.resource.rsplit('/').next().unwrap_or_default();
    if arn.resource.starts_with("role/") {
        return role_exists(session, name).await;
    }
    if !arn.resource.starts_with("user/") {
        return Ok(true);
    }
    match send("iam:GetUser", session.iam().get_user().user_name(name).send()).await {
        Ok(_) => Ok(true),
        Err(error) if error.is("NoSuchEntity") => Ok(false),
        Err(error) => Err(error),
    }
}
