//! The organization's and the accounts' settings that the pipeline needs.

use super::Look;
use super::organization::Organization;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::recovery_point::CopyJob;
use crate::policy::names::Arn;

/// What everything stands on.
#[derive(Debug)]
pub struct SettingsSeen {
    /// The organization as the source account sees it.
    pub source_organization: Look<Option<Organization>>,
    /// The organization as the destination account sees it.
    pub destination_organization: Look<Option<Organization>>,
    /// Whether cross-account backup is on, and whether the management account itself said so.
    pub cross_account: (Look<bool>, Viewpoint),
    /// What the newest copy job into the destination vault that has ended failed with; asked for only where a member
    /// account says that cross-account backup is off.
    pub last_failure: Option<Look<Option<CopyJob>>>,
    /// Whether AWS Backup is a trusted service of the organization.
    pub trusted_access: Look<bool>,
    /// Whether AWS Backup is opted in to RDS in the source Region.
    pub opted_in: Look<bool>,
    /// Whether the source account has AWS Backup's service-linked role.
    pub source_linked: Look<bool>,
    /// Whether the destination account has RDS's.
    pub destination_rds_linked: Look<bool>,
    /// Key administrators that could be looked for, with their environment.
    pub administrators: Vec<(EnvironmentName, Arn, Look<bool>)>,
}

/// From where an organization's setting was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewpoint {
    /// From the management account.
    Management,
    /// From a member account, whose view AWS does not promise to be the organization's.
    Member,
}
