//! The organization that an account belongs to, and what it sets over it.

/// An organization as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// `o-…`.
    pub id: String,
    /// The management account's id.
    pub management_account: String,
}

/// The two kinds of policies that bind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuardrailKind {
    /// What the account's principals may do at most.
    ServiceControl,
    /// What may be done with the account's resources at most.
    ResourceControl,
}

impl GuardrailKind {
    /// The kind in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
        }
    }
}

/// A policy as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyHead {
    /// `p-…`.
    pub id: String,
    /// Its name.
    pub name: String,
}
