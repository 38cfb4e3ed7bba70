//! What was seen of the three environments.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::absence::Listed;
use super::rights::Rights;
use crate::aws::AwsError;
use crate::aws::backup::plans;
use crate::operations::deployment::TAG;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::{DatabaseId, Existing, Identities, SnapshotIds};
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::seen::key::Key;
use crate::pipeline::seen::stack::{Stack, StackResource};
use crate::pipeline::seen::vault::{LegalHold, Vault};
use crate::pipeline::settings::Pipeline;

/// One environment.
#[derive(Debug)]
pub struct EnvironmentSeen {
    pub name: EnvironmentName,
    /// The stack of the configured name.
    pub stack: Option<Stack>,
    /// Its resources that exist.
    pub resources: Vec<StackResource>,
    /// The vault of the configured name.
    pub vault: Option<Vault>,
    /// How the vault was seen.
    pub listed: Listed,
    /// A vault that the stack has under another name.
    pub other_vault: Option<String>,
    /// The pipeline that the vault's tag names; only asked where no stack says whose it is.
    pub vault_tag: Option<String>,
    /// The other vaults of the account and Region.
    pub other_vaults: Vec<Vault>,
    /// The vault's recovery points.
    pub points: Vec<RecoveryPoint>,
    /// The databases that the snapshots behind them say they are of.
    pub ids: SnapshotIds,
    /// Why the snapshots could not be looked at, where they could not.
    pub ids_unseen: Option<AwsError>,
    pub key: Option<Key>,
    /// The keys that they are under.
    pub keys: Keys,
    /// What else is under that key.
    pub key_used_by: Vec<String>,
    /// The same, until it is known which databases there are.
    pub(super) key_users: KeyUsers,
    /// The legal holds in force, by the ARN of the recovery point that they hold.
    pub holds: BTreeMap<String, LegalHold>,
    /// Why they could not be looked at, where they could not.
    pub holds_unseen: Option<AwsError>,
    /// The policies that decide over what is deleted here; none where nothing is.
    pub rights: Option<Rights>,
    /// Now, by the earliest of all clocks that were seen.
    pub now: DateTime<Utc>,
}

impl EnvironmentSeen {
    /// Whether the stack carries this pipeline's tag.
    pub fn is_ours(&self, pipeline: &Pipeline) -> bool {
        let tag = self.stack.as_ref().and_then(|stack| stack.tags.get(TAG));
        tag.is_some_and(|tag| tag == pipeline.identity())
    }
}

/// Everything that `decide` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The three environments: last copies are counted over all of them.
    pub environments: Vec<EnvironmentSeen>,
    /// The plans that are ours, or that write into our vaults.
    pub plans: Vec<PlanSeen>,
    /// The databases that exist, or why they could not be listed.
    pub databases: Result<Vec<Existing>, AwsError>,
    /// Which database each backup is of.
    pub identities: Identities,
    /// Now, by the latest of all clocks that were seen: what is left of a retention is counted from it.
    pub latest: DateTime<Utc>,
}

/// Whose a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It carries this pipeline's tag.
    Ours,
    /// It does not.
    Other,
}

/// A plan that is ours, or that writes into one of our vaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSeen {
    pub environment: EnvironmentName,
    pub head: plans::PlanHead,
    pub owner: Owner,
    pub tags: BTreeMap<String, String>,
    pub selections: Vec<String>,
    /// The environments into whose vaults its rules back up or copy; of a plan that is ours nobody asks.
    pub writes_to: Vec<EnvironmentName>,
}

/// The keys of recovery points, by ARN: none where KMS does not know one, or why it could not be looked at.
pub type Keys = BTreeMap<String, Result<Option<Key>, AwsError>>;

/// What needs a key, and what RDS holds grants on it for.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyUsers {
    pub(super) uses: Vec<String>,
    /// Each grant in words, by its database. Whether that database is one that is known, all environments say together:
    /// the snapshot of a copy may name another database than its grant, or none.
    pub(super) grants: Vec<(DatabaseId, String)>,
}

impl KeyUsers {
    /// The uses, with the grants for databases that nothing else shows.
    pub(super) fn left(self, known: &BTreeSet<DatabaseId>) -> Vec<String> {
        let hidden = self.grants.into_iter().filter(|(id, _)| !known.contains(id));
        let hidden = hidden.map(|(id, grant)| format!("{grant} for database {id}, which no list shows"));
        self.uses.into_iter().chain(hidden).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
