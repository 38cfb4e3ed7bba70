//! AWS IAM: the roles that AWS Backup and RDS need.

use super::Session;
use super::error::{AwsError, send};

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
