//! Roles and users, with the policies that say what they may do.

use super::Look;
use crate::pipeline::requirements::needs::Who;
use std::collections::BTreeMap;

use crate::policy::evaluate::Named;

/// A role with every policy that speaks about what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    pub id: String,
    pub trust: Named,
    /// Its inline and attached policies.
    pub identity: Vec<Named>,
    pub boundary: Option<Named>,
    pub tags: BTreeMap<String, String>,
}

/// The name of an inline policy, by what its document is called; none of any other document.
pub fn inline_policy(document: &str) -> Option<&str> {
    document.strip_prefix(INLINE)?.split_once(OF_ROLE).map(|(name, _)| name)
}

pub(crate) const INLINE: &str = "inline policy ";

pub(crate) const OF_ROLE: &str = " of role ";

/// A user with every policy that speaks about what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its inline and attached policies.
    pub identity: Vec<Named>,
    pub boundary: Option<Named>,
}

/// A role by the ARN that names it; none where nothing names one.
pub type RoleLook = Option<(String, Look<Option<Role>>)>;

/// The roles of the way.
#[derive(Debug)]
pub struct RolesSeen {
    /// The role of the backup selection.
    pub backup: RoleLook,
    /// The role of the rule that forwards.
    pub forward: RoleLook,
    /// The function's execution role.
    pub function: RoleLook,
    /// The role that the function passes on.
    pub copy: RoleLook,
    /// `AWSServiceRoleForBackup` of the destination account.
    pub destination_linked: RoleLook,
}

impl RolesSeen {
    /// The look at a role of the way; none for a service, and where nothing names the role.
    pub fn of(&self, who: Who) -> Option<&(String, Look<Option<Role>>)> {
        match who {
            Who::BackupRole => self.backup.as_ref(),
            Who::ForwardRole => self.forward.as_ref(),
            Who::FunctionRole => self.function.as_ref(),
            Who::CopyRole => self.copy.as_ref(),
            Who::DestinationLinkedRole => self.destination_linked.as_ref(),
            Who::BackupService | Who::EventBridge | Who::Lambda | Who::Caller => None,
        }
    }
}
