//! The organization that an account belongs to, and what it sets over it.

use std::collections::BTreeMap;

use super::{AwsError, Look};
use crate::policy::evaluate::Named;
use crate::policy::names::AccountId;

/// An organization as a member sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// In the form `o-…`.
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
    /// In the form `p-…`.
    pub id: String,
    pub name: String,
}

/// The policies over an account, one list for each level from the root down to the account itself; no level where
/// nothing binds it.
pub type Levels = Vec<Vec<Named>>;

/// What is over one account.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The ids from the root down to the unit that holds the account; empty outside an organization.
    pub path: Look<Vec<String>>,
    /// Its service control policies.
    pub service_control: Look<Levels>,
    /// Its resource control policies.
    pub resource_control: Look<Levels>,
}

impl Bounds {
    /// Outside an organization nothing binds an account.
    pub fn none() -> Self {
        Self { path: Ok(Vec::new()), service_control: Ok(Vec::new()), resource_control: Ok(Vec::new()) }
    }

    pub fn unseen(error: &AwsError) -> Self {
        Self { path: Err(error.clone()), service_control: Err(error.clone()), resource_control: Err(error.clone()) }
    }

    /// Why not all of its policies could be read; none where they could.
    pub fn unread(&self) -> Option<&AwsError> {
        self.service_control.as_ref().err().or(self.resource_control.as_ref().err())
    }
}

/// What is over each account of the pipeline.
#[derive(Debug, Clone, Default)]
pub struct GuardrailsSeen {
    pub(crate) accounts: BTreeMap<AccountId, Bounds>,
}

impl GuardrailsSeen {
    /// What is over an account; none of an account that is not the pipeline's.
    pub fn of(&self, account: &AccountId) -> Option<&Bounds> {
        self.accounts.get(account)
    }

    pub fn unseen(accounts: &[&AccountId], error: &AwsError) -> Self {
        Self { accounts: accounts.iter().map(|account| ((*account).clone(), Bounds::unseen(error))).collect() }
    }
}
