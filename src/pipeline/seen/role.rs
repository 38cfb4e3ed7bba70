//! Roles and users, with the policies that say what they may do.

use std::collections::BTreeMap;

use crate::policy::evaluate::Named;

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
    /// Its permissions boundary.
    pub boundary: Option<Named>,
}
