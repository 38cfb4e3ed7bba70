//! AWS Organizations: the organization, its trusted services, and the policies that bind its accounts.

use aws_sdk_organizations::types::{EnabledServicePrincipal, PolicySummary, PolicyType};

use super::Session;
use super::answer::{Listing, Required};
use super::error::{AwsError, send};
pub use crate::pipeline::seen::organization::{GuardrailKind, Organization, PolicyHead};

/// The service name of AWS Backup in Organizations.
pub const BACKUP_SERVICE: &str = "backup.amazonaws.com";

/// The organization of the session's account; none where it is in none.
///
/// # Errors
/// AWS's answer.
pub async fn describe_organization(session: &Session) -> Result<Option<Organization>, AwsError> {
    let operation = "organizations:DescribeOrganization";
    let answer = match send(operation, session.organizations().describe_organization().send()).await {
        Err(error) if error.is("AWSOrganizationsNotInUseException") => return Ok(None),
        other => other?,
    };
    let found = answer.organization.required(operation, "Organization")?;
    let id = found.id.required(operation, "Id")?;
    let management_account = found.master_account_id.required(operation, "MasterAccountId")?;
    Ok(Some(Organization { id, management_account }))
}

/// Whether AWS Backup is a trusted service of the organization. Only the management account and
/// delegated administrators may ask.
///
/// # Errors
/// AWS's answer.
pub async fn has_trusted_access(session: &Session) -> Result<bool, AwsError> {
    let found = TRUSTED.read(
        |service: &EnabledServicePrincipal| service.service_principal(),
        async |token| {
            let call = session.organizations().list_aws_service_access_for_organization().set_next_token(token);
            let page = send(TRUSTED.operation, call.send()).await?;
            Ok((page.enabled_service_principals, page.next_token))
        },
    );
    Ok(found.await?.iter().any(|service| service.service_principal() == Some(BACKUP_SERVICE)))
}

const TRUSTED: Listing = Listing {
    operation: "organizations:ListAWSServiceAccessForOrganization",
    items: "EnabledServicePrincipals",
    id: "ServicePrincipal",
};

/// Makes AWS Backup a trusted service of the organization.
///
/// # Errors
/// AWS's answer.
pub async fn enable_trusted_access(session: &Session) -> Result<(), AwsError> {
    let call = session.organizations().enable_aws_service_access().service_principal(BACKUP_SERVICE);
    send("organizations:EnableAWSServiceAccess", call.send()).await.map(drop)
}

/// The unit or the root above an account or a unit. Only the management account and delegated administrators may ask.
///
/// # Errors
/// AWS's answer.
pub async fn parent(session: &Session, child: &str) -> Result<String, AwsError> {
    let operation = "organizations:ListParents";
    // "In the current release, a child can have only a single parent." (Organizations API Reference, ListParents)
    let answer = send(operation, session.organizations().list_parents().child_id(child).send()).await?;
    let found = answer.parents().first().and_then(|parent| parent.id());
    found.map(str::to_owned).ok_or_else(|| AwsError::missing(operation, "Parents"))
}

/// The policies of a kind that are attached to a root, a unit or an account itself.
///
/// # Errors
/// AWS's answer.
pub async fn attached(session: &Session, target: &str, kind: GuardrailKind) -> Result<Vec<PolicyHead>, AwsError> {
    let filter = match kind {
        GuardrailKind::ServiceControl => PolicyType::ServiceControlPolicy,
        GuardrailKind::ResourceControl => PolicyType::ResourceControlPolicy,
    };
    let found = ATTACHED.read(
        |policy: &PolicySummary| policy.id(),
        async |token| {
            let call = session.organizations().list_policies_for_target().target_id(target).filter(filter.clone());
            let page = send(ATTACHED.operation, call.set_next_token(token).send()).await?;
            Ok((page.policies, page.next_token))
        },
    );
    let head = |policy: PolicySummary| {
        let id = policy.id?;
        Some(PolicyHead { name: policy.name.unwrap_or_else(|| id.clone()), id })
    };
    Ok(found.await?.into_iter().filter_map(head).collect())
}

const ATTACHED: Listing = Listing { operation: "organizations:ListPoliciesForTarget", items: "Policies", id: "Id" };

/// The document of a policy.
///
/// # Errors
/// AWS's answer.
pub async fn policy_content(session: &Session, id: &str) -> Result<String, AwsError> {
    let operation = "organizations:DescribePolicy";
    let answer = send(operation, session.organizations().describe_policy().policy_id(id).send()).await?;
    answer.policy.and_then(|policy| policy.content).ok_or_else(|| AwsError::missing(operation, "Content"))
}
