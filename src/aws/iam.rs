//! AWS IAM: the roles that AWS Backup and RDS need.

mod users;

pub use users::{User, user};

use aws_sdk_iam::types::AttachedPolicy;
use futures_util::future::join;

use super::Session;
use super::answer::{Listing, Required, text};
use super::error::{AwsError, send};
use crate::pipeline::seen::role::{INLINE, OF_ROLE};
pub use crate::pipeline::seen::role::{Role, inline_policy};
use crate::policy::evaluate::Named;
use crate::policy::names::Arn;

/// Whether a role of that name exists.
///
/// # Errors
/// AWS's answer.
pub async fn role_exists(session: &Session, name: &str) -> Result<bool, AwsError> {
    let operation = "iam:GetRole";
    match send(operation, session.iam().get_role().role_name(name).send()).await {
        Ok(answer) => answer.role.required(operation, "Role").map(|_| true),
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
    pub name: &'a str,
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
    let found = ATTACHED.read(
        |policy: &AttachedPolicy| policy.policy_arn(),
        async |token| {
            let call = session.iam().list_attached_role_policies().role_name(role).set_marker(token);
            let page = send(ATTACHED.operation, call.send()).await?;
            Ok((page.attached_policies, page.marker))
        },
    );
    match found.await {
        Ok(found) => Ok(Some(found.into_iter().filter_map(|policy| policy.policy_arn).collect())),
        Err(error) if error.is("NoSuchEntity") => Ok(None),
        Err(error) => Err(error),
    }
}

const ATTACHED: Listing =
    Listing { operation: "iam:ListAttachedRolePolicies", items: "AttachedPolicies", id: "PolicyArn" };
const INLINE_POLICIES: Listing = Listing { operation: "iam:ListRolePolicies", items: "PolicyNames", id: "PolicyName" };

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
    let found = answer.role.required(operation, "Role")?;
    let arn = text(found.arn(), operation, "Arn")?.to_owned();
    let id = text(found.role_id(), operation, "RoleId")?.to_owned();
    let trust = decoded(found.assume_role_policy_document().required(operation, "AssumeRolePolicyDocument")?);
    let boundary = match found.permissions_boundary() {
        Some(one) => Some(one.permissions_boundary_arn().required(operation, "PermissionsBoundaryArn")?),
        None => None,
    };
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
        arn,
        id,
        identity,
        boundary,
    }))
}

async fn inline_policies(session: &Session, role: &str) -> Result<Vec<Named>, AwsError> {
    let names = INLINE_POLICIES.read(
        |name: &String| Some(name.as_str()),
        async |token| {
            let call = session.iam().list_role_policies().role_name(role).set_marker(token);
            let page = send(INLINE_POLICIES.operation, call.send()).await?;
            Ok((Some(page.policy_names), page.marker))
        },
    );
    let operation = "iam:GetRolePolicy";
    let mut found = Vec::new();
    for policy in names.await? {
        let call = session.iam().get_role_policy().role_name(role).policy_name(&policy);
        let answer = send(operation, call.send()).await?;
        let document = decoded(text(answer.policy_document(), operation, "PolicyDocument")?);
        found.push(Named { name: format!("{INLINE}{policy}{OF_ROLE}{role}"), text: document });
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
    let version = version.required(operation, "DefaultVersionId")?;
    let operation = "iam:GetPolicyVersion";
    let call = session.iam().get_policy_version().policy_arn(arn).version_id(version);
    let answer = send(operation, call.send()).await?;
    let document = answer.policy_version.and_then(|version| version.document).required(operation, "Document")?;
    Ok(Named { name: format!("{kind} {arn}"), text: decoded(&document) })
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
    let operation = "iam:GetUser";
    match send(operation, session.iam().get_user().user_name(name).send()).await {
        Ok(answer) => answer.user.required(operation, "User").map(|_| true),
        Err(error) if error.is("NoSuchEntity") => Ok(false),
        Err(error) => Err(error),
    }
}
