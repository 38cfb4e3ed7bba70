//! What is lost when everything goes that was decided: what consent is asked for. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Options;
use super::change::{Changes, Intent, OfOne, PointChange};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::life::Life;
use crate::pipeline::settings::Pipeline;

/// What goes, in numbers and names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stake {
    /// How many recovery points go.
    pub recovery_points: usize,
    pub databases: Vec<String>,
    /// Of these, the databases of which no recovery point is left, in any of the three vaults, that one can restore from
    /// for another 48 hours.
    pub unrestorable: Vec<String>,
    /// The accounts in which anything goes.
    pub accounts: Vec<String>,
    /// The accounts whose number is asked for.
    pub confirm: Vec<String>,
}

impl Stake {
    /// What goes by these changes.
    pub fn of(pipeline: &Pipeline, changes: &Changes, options: &Options) -> Self {
        let databases: BTreeSet<&str> = changes.deletions().map(name).collect();
        let unrestorable: BTreeSet<&str> = nothing_lasts(changes).into_iter().map(name).collect();
        let account = |name: EnvironmentName| pipeline.environment(name).account.to_string();
        let accounts: BTreeSet<String> = touched(changes).into_iter().map(account).collect();
        let confirm: BTreeSet<String> = to_confirm(changes, options).into_iter().map(account).collect();
        Self {
            recovery_points: changes.deletions().count(),
            unrestorable: unrestorable.into_iter().map(str::to_owned).collect(),
            databases: databases.into_iter().map(str::to_owned).collect(),
            accounts: accounts.into_iter().collect(),
            confirm: confirm.into_iter().collect(),
        }
    }
}

fn name(change: &PointChange) -> &str {
    &change.point.origin.resource_arn
}

/// The environments in which anything goes.
fn touched(changes: &Changes) -> BTreeSet<EnvironmentName> {
    let points = changes.deletions().map(|change| change.environment);
    let plans = changes.plans.iter().filter(|plan| plan.intent == Intent::Delete).map(|plan| plan.environment);
    let environments = changes.environments.iter().filter(|one| {
        [one.vault_intent, one.stack_intent, one.lock_intent].contains(&Intent::Delete) || has_key_to_go(one)
    });
    points.chain(plans).chain(environments.map(|one| one.environment)).collect()
}

fn has_key_to_go(change: &super::EnvironmentChange) -> bool {
    change.key.as_ref().is_some_and(|key| key.intent == Intent::Delete)
}

/// The recovery points that go of databases of which nothing is left that lasts.
fn nothing_lasts(changes: &Changes) -> Vec<&PointChange> {
    let lasting = |change: &&PointChange| !change.goes() && change.life.lasts(changes.now);
    let left: BTreeSet<OfOne<'_>> = changes.points.iter().filter(lasting).map(OfOne::of).collect();
    changes.deletions().filter(|change| !left.contains(&OfOne::of(change))).collect()
}

/// The environments in which a recovery point of the destination, a key or a lock goes; where there is none, those in
/// which usable recovery points go of databases of which nothing is left that lasts. A pruning that leaves each of its
/// databases a newer copy in the destination, and one that is worth as much, is none of it.
fn to_confirm(changes: &Changes, options: &Options) -> BTreeSet<EnvironmentName> {
    let keys = changes.environments.iter().filter(|one| one.lock_intent == Intent::Delete || has_key_to_go(one));
    let mut places: BTreeSet<EnvironmentName> = keys.map(|one| one.environment).collect();
    let destination = EnvironmentName::Destination;
    let copies_go = changes.deletions().any(|change| change.environment == destination);
    if copies_go && !(options.is_selective() && leaves_newer_copies(changes)) {
        places.insert(destination);
    }
    if places.is_empty() {
        let usable = nothing_lasts(changes).into_iter().filter(|change| change.life > Life::Unusable);
        places.extend(usable.map(|change| change.environment));
    }
    places
}

/// Whether each database of which a copy in the destination goes keeps one there that is newer, lasts, and does not go
/// earlier.
fn leaves_newer_copies(changes: &Changes) -> bool {
    let here = || changes.points.iter().filter(|change| change.environment == EnvironmentName::Destination);
    let mut lasting: BTreeMap<OfOne<'_>, Vec<&PointChange>> = BTreeMap::new();
    for stays in here().filter(|change| !change.goes() && change.life.lasts(changes.now)) {
        lasting.entry(OfOne::of(stays)).or_default().push(stays);
    }
    let outlives = |stays: &PointChange, gone: &PointChange| {
        stays.point.origin.created_at > gone.point.origin.created_at && stays.life >= gone.life
    };
    here().filter(|change| change.goes()).all(|gone| {
        let of_its_database = lasting.get(&OfOne::of(gone)).into_iter().flatten();
        of_its_database.into_iter().any(|stays| outlives(stays, gone))
    })
}
