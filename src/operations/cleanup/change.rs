//! What will be done: the value between deciding and doing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::seen::Owner;
use crate::aws::backup::Vault;
use crate::aws::cloudformation::StackResource;
use crate::pipeline::arn::{KeyArn, VaultArn};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::life::Life;
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::RecoveryPoint;

/// What is meant for a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// It goes.
    Delete,
    /// It was not meant.
    Keep,
    /// It was meant, and something stands in the way.
    Blocked,
    /// It is not there.
    None,
}

/// Why a recovery point is kept or blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The last copy of a database that no longer exists.
    LastCopy,
    /// Not made by this pipeline.
    NotOurs,
    /// A vault lock keeps it.
    Locked,
    /// A legal hold keeps it.
    LegalHold,
    /// A policy refuses its deletion.
    Denied,
    /// A flag leaves it out.
    KeptByFlag,
}

/// What is meant for a recovery point, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    pub intent: Intent,
    /// Why, where it does not go.
    pub reason: Option<Reason>,
}

/// A recovery point and its fate.
#[derive(Debug, Clone, PartialEq)]
pub struct PointChange {
    pub environment: EnvironmentName,
    pub point: RecoveryPoint,
    /// The database that it is of, where that is known.
    pub database: Option<DatabaseId>,
    /// How long one can restore from it.
    pub life: Life,
    /// What is meant for it.
    pub fate: Fate,
    /// What would free it, where AWS keeps it.
    pub remedy: Option<String>,
}

/// A key and what is meant for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    pub arn: KeyArn,
    /// What; [`Intent::Delete`] schedules its deletion.
    pub intent: Intent,
    /// What is under it.
    pub used_by: Vec<String>,
    /// Days until its end.
    pub window_days: u32,
    /// When AWS will delete it, where that is scheduled already.
    pub deletion_date: Option<DateTime<Utc>>,
}

/// Vault, key and stack of an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentChange {
    pub environment: EnvironmentName,
    pub vault: Option<VaultArn>,
    /// What is meant for it.
    pub vault_intent: Intent,
    pub key: Option<KeyChange>,
    pub stack_id: Option<String>,
    /// What is meant for it.
    pub stack_intent: Intent,
    /// The vault's lock, where it has one: [`Intent::Delete`] takes it off.
    pub lock_intent: Intent,
    /// Why the vault and the stack stay.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Rules and functions to pause.
    pub pause: Vec<StackResource>,
    /// The other vaults of the account and Region, whose recovery points may lie under the key.
    pub other_vaults: Vec<Vault>,
    /// Every database that a list shows.
    pub databases: BTreeSet<DatabaseId>,
}

/// A plan that is ours, or that writes into one of our vaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    pub environment: EnvironmentName,
    pub id: String,
    pub arn: String,
    pub name: String,
    pub owner: Owner,
    pub tags: BTreeMap<String, String>,
    pub selections: Vec<String>,
    /// What is meant for it; somebody else's is never deleted.
    pub intent: Intent,
    pub reason: Option<String>,
    /// What to do about it, as commands: adopt it, or delete it.
    pub commands: Vec<String>,
}

/// Everything that `apply` will do.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    pub plans: Vec<PlanChange>,
    pub points: Vec<PointChange>,
    pub environments: Vec<EnvironmentChange>,
    /// The databases that exist and of which recovery points go.
    pub standing: BTreeSet<DatabaseId>,
    /// Now, by the latest of all clocks that were seen.
    pub now: DateTime<Utc>,
    /// What could not be looked at.
    pub notes: Vec<String>,
}

/// What counts as one database: where nothing says which one a backup is of, that backup by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OfOne<'a> {
    Database(&'a DatabaseId),
    Backup(&'a Origin),
}

impl<'a> OfOne<'a> {
    pub(super) fn new(id: Option<&'a DatabaseId>, origin: &'a Origin) -> Self {
        id.map_or(Self::Backup(origin), Self::Database)
    }

    pub(super) fn of(change: &'a PointChange) -> Self {
        Self::new(change.database.as_ref(), &change.point.origin)
    }
}

impl PointChange {
    /// Whether it goes.
    pub fn goes(&self) -> bool {
        self.fate.intent == Intent::Delete
    }
}

impl Changes {
    /// Whether nothing would be deleted.
    pub fn is_empty(&self) -> bool {
        self.deletions().next().is_none()
            && self.plans.iter().all(|plan| plan.intent != Intent::Delete)
            && self.environments.iter().all(|one| {
                one.vault_intent != Intent::Delete
                    && one.stack_intent != Intent::Delete
                    && one.key.as_ref().is_none_or(|key| key.intent != Intent::Delete)
            })
    }

    /// The recovery points that go.
    pub fn deletions(&self) -> impl Iterator<Item = &PointChange> {
        self.points.iter().filter(|change| change.fate.intent == Intent::Delete)
    }

    /// Whether anything that was meant is refused.
    pub fn is_blocked(&self) -> bool {
        self.points.iter().any(|change| change.fate.intent == Intent::Blocked)
            || self.plans.iter().any(|plan| plan.intent == Intent::Blocked)
            || self.environments.iter().any(|one| {
                one.vault_intent == Intent::Blocked
                    || one.stack_intent == Intent::Blocked
                    || one.key.as_ref().is_some_and(|key| key.intent == Intent::Blocked)
            })
    }
}

/// A database whose last copy would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastCopyOf<'a> {
    /// The name that it had when it was backed up.
    pub resource_arn: &'a str,
    /// Its id, where it is known.
    pub id: Option<&'a DatabaseId>,
}
