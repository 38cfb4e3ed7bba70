//! AWS Organizations: the organization and its trusted services.

use aws_sdk_organizations::types::EnabledServicePrincipal;

use super::Session;
use super::answer::{Listing, Required};
use super::error::{AwsError, send};

/// The service name of AWS Backup in Organizations.
pub const BACKUP_SERVICE: &str = "backup.amazonaws.com";

/// An organization as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// `o-…`.
    pub id: String,
    /// The management account's id.
    pub management_account: String,
}

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
