//! What a copy is decided by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::known::Known;
use crate::pipeline::arn::RecoveryPointArn;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Checked, Finding};
use crate::pipeline::lineage::Lineage;
use crate::pipeline::route::Route;
use crate::pipeline::seen::stack::Stack;
use crate::pipeline::seen::vault::Vault;

/// What the second hop runs with: read by the command line and by the function from one place, the
/// intermediate stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopTwo {
    /// The role that it runs under.
    pub role_arn: String,
    /// The vault that the stack was deployed with.
    pub destination_vault: String,
    /// Days that the destination copy is kept.
    pub delete_after_days: String,
    /// The version of the token's form.
    pub token_version: String,
}

impl HopTwo {
    pub(super) fn of(stack: &Stack) -> Option<Self> {
        let output = |name: &str| stack.outputs.get(name).cloned();
        Some(Self {
            role_arn: output("CopyRoleArn")?,
            destination_vault: output("DestinationVaultArn")?,
            delete_after_days: output("DestinationDeleteAfterDays")?,
            token_version: output("TokenVersion")?,
        })
    }
}

/// What holds for every copy of this run.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The second hop's settings; none where the intermediate stack does not say them.
    pub hop_two: Option<HopTwo>,
    pub vaults: [Vault; 3],
    /// The plans whose rules copy to the intermediate vault, by id.
    pub copying_plans: BTreeSet<String>,
    /// What the policies say of the hops; nothing where they were not asked.
    pub predictions: Predictions,
    /// Now, as AWS has it in the source environment.
    pub now: DateTime<Utc>,
}

/// One recovery point that was asked for.
#[derive(Debug, Clone)]
pub struct ObservedCopy {
    /// The recovery point as it was named, or the one in the source vault.
    pub asked: RecoveryPointArn,
    pub lineage: Lineage,
    /// What was seen of it.
    pub known: Known,
    /// Which hops it needs, and why.
    pub route: Route,
}

/// Everything that `decide` looks at.
#[derive(Debug, Clone)]
pub struct Observed {
    /// What holds for every copy.
    pub facts: Facts,
    pub copies: Vec<ObservedCopy>,
}

/// What the policies say of the hops.
#[derive(Debug, Clone, Default)]
pub struct Predictions {
    /// Of the first, by the key that it reads under; none where the backup is not encrypted.
    pub(super) first: BTreeMap<Option<String>, Prediction>,
    pub(super) second: Option<Prediction>,
}

impl Predictions {
    /// What they say of a hop of this recovery point; none where they were not asked.
    pub fn of(&self, hop: Hop, lineage: &Lineage) -> Option<&Prediction> {
        match hop {
            Hop::First => self.first.get(&read_under(lineage)),
            Hop::Second => self.second.as_ref(),
        }
    }
}

/// The key that the first hop reads under: that of the database when it was backed up.
pub(super) fn read_under(lineage: &Lineage) -> Option<String> {
    Some(lineage.point(EnvironmentName::Source)?.key_arn.as_ref()?.to_string())
}

/// What the policies say of a hop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// Whether AWS will allow it; none where nothing refuses and not everything could be looked at.
    pub allowed: Option<bool>,
    pub reasons: Vec<Finding>,
    /// What could not be looked at.
    pub skipped: Vec<Checked>,
}
