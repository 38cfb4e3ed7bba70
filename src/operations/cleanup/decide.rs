//! What goes, what is kept, and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::Serialize;

use super::observe::{EnvironmentSeen, Observed};
use super::{LastCopy, Options, Part};
use crate::aws::cloudformation::StackResource;
use crate::pipeline::arn::{KeyArn, VaultArn};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::settings::Pipeline;

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
    /// A flag leaves it out.
    KeptByFlag,
}

/// What is meant for a recovery point, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    /// What.
    pub intent: Intent,
    /// Why, where it does not go.
    pub reason: Option<Reason>,
}

/// A recovery point and its fate.
#[derive(Debug, Clone, PartialEq)]
pub struct PointChange {
    /// Where.
    pub environment: EnvironmentName,
    /// Which.
    pub point: RecoveryPoint,
    /// What is meant for it.
    pub fate: Fate,
}

/// A key and what is meant for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// Which.
    pub arn: KeyArn,
    /// What; [`Intent::Delete`] schedules its deletion.
    pub intent: Intent,
    /// What is under it.
    pub used_by: Vec<String>,
    /// Days until its end.
    pub window_days: u32,
}

/// Vault, key and stack of an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentChange {
    /// Where.
    pub environment: EnvironmentName,
    /// The vault.
    pub vault: Option<VaultArn>,
    /// What is meant for it.
    pub vault_intent: Intent,
    /// The key.
    pub key: Option<KeyChange>,
    /// The stack's id.
    pub stack_id: Option<String>,
    /// What is meant for it.
    pub stack_intent: Intent,
    /// Why the vault and the stack stay.
    pub reason: Option<String>,
    /// Rules and functions to pause.
    pub pause: Vec<StackResource>,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// Its id.
    pub id: String,
    /// Its selections.
    pub selections: Vec<String>,
    /// What is meant for it.
    pub intent: Intent,
}

/// Everything that `apply` will do.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// First.
    pub plan: Option<PlanChange>,
    /// Then, source first.
    pub points: Vec<PointChange>,
    /// Last.
    pub environments: Vec<EnvironmentChange>,
}

impl Changes {
    /// Whether nothing would be deleted.
    pub fn is_empty(&self) -> bool {
        self.deletions().next().is_none()
            && self.plan.as_ref().is_none_or(|plan| plan.intent != Intent::Delete)
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
            || self.environments.iter().any(|one| {
                one.vault_intent == Intent::Blocked
                    || one.stack_intent == Intent::Blocked
                    || one.key.as_ref().is_some_and(|key| key.intent == Intent::Blocked)
            })
    }

    /// Databases that no longer exist and whose last copy would go: they need their own consent.
    pub fn last_copies<'a>(&'a self, observed: &Observed) -> Vec<&'a str> {
        let gone = |arn: &str| observed.databases.as_ref().is_none_or(|all| !all.contains(arn));
        let stays: BTreeSet<&str> = self
            .points
            .iter()
            .filter(|change| change.fate.intent != Intent::Delete && change.point.status.is_usable())
            .map(|change| change.point.origin.resource_arn.as_str())
            .collect();
        let goes: BTreeSet<&str> = self.deletions().map(|change| change.point.origin.resource_arn.as_str()).collect();
        goes.into_iter().filter(|arn| gone(arn) && !stays.contains(arn)).collect()
    }
}

/// Decides; reads nothing but its arguments. A dry run stops here.
pub fn decide(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Changes {
    let plan = observed.plan.as_ref().map(|(head, selections)| PlanChange {
        id: head.id.clone(),
        selections: selections.clone(),
        intent: if options.includes(Part::Plan) { Intent::Delete } else { Intent::Keep },
    });
    let mut points = Vec::new();
    for seen in &observed.environments {
        let kept = kept_by_count(seen, options);
        for point in &seen.points {
            let fate = fate(pipeline, observed, options, seen, point, &kept);
            points.push(PointChange { environment: seen.name, point: point.clone(), fate });
        }
    }
    if options.last_copy == LastCopy::Keep {
        keep_last_copies(observed, &mut points);
    }
    let environments =
        observed.environments.iter().map(|seen| decide_environment(pipeline, options, seen, &points)).collect();
    Changes { plan, points, environments }
}

/// The newest recovery points of each database that `--keep-last` leaves.
fn kept_by_count(seen: &EnvironmentSeen, options: &Options) -> BTreeSet<String> {
    let Some(count) = options.keep_last else { return BTreeSet::new() };
    let mut by_resource: BTreeMap<&str, Vec<&RecoveryPoint>> = BTreeMap::new();
    for point in seen.points.iter().filter(|point| point.status.is_usable()) {
        by_resource.entry(&point.origin.resource_arn).or_default().push(point);
    }
    let mut kept = BTreeSet::new();
    for points in by_resource.values_mut() {
        points.sort_by_key(|point| std::cmp::Reverse(point.origin.created_at));
        kept.extend(points.iter().take(count).map(|point| point.arn.to_string()));
    }
    kept
}

fn fate(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    seen: &EnvironmentSeen,
    point: &RecoveryPoint,
    kept: &BTreeSet<String>,
) -> Fate {
    let keep = Fate { intent: Intent::Keep, reason: Some(Reason::KeptByFlag) };
    let block = |reason| Fate { intent: Intent::Blocked, reason: Some(reason) };
    if !options.includes(Part::RecoveryPoints) || !options.environments.contains(&seen.name) {
        return keep;
    }
    if !options.resources.is_empty() && !options.resources.contains(&point.origin.resource_arn) {
        return keep;
    }
    let age = seen.now - point.origin.created_at;
    let least = options.older_than.and_then(|span| TimeDelta::from_std(span).ok());
    if least.is_some_and(|least| age <= least) || kept.contains(point.arn.as_str()) {
        return keep;
    }
    if !is_ours(pipeline, observed, seen, point) {
        return block(Reason::NotOurs);
    }
    if seen.vault.as_ref().is_some_and(|vault| vault.locked) {
        return block(Reason::Locked);
    }
    Fate { intent: Intent::Delete, reason: None }
}

/// Ours, in a vault that our stack made: made by our plan, of a database that the pipeline selects,
/// or come out of our previous vault.
fn is_ours(pipeline: &Pipeline, observed: &Observed, seen: &EnvironmentSeen, point: &RecoveryPoint) -> bool {
    if !seen.is_ours(pipeline) {
        return false;
    }
    let by_plan = observed.plan.as_ref().is_some_and(|(head, _)| point.plan_id.as_ref() == Some(&head.id));
    let selected = pipeline.selection.resources.iter().any(|pattern| matches(pattern, &point.origin.resource_arn));
    let previous = match seen.name {
        EnvironmentName::Source => None,
        EnvironmentName::Intermediate => Some(pipeline.vault_arn(EnvironmentName::Source)),
        EnvironmentName::Destination => Some(pipeline.vault_arn(EnvironmentName::Intermediate)),
    };
    by_plan || selected || (previous.is_some() && point.copied_from == previous)
}

/// Whether an ARN matches a selection's pattern, in which `*` stands for anything.
fn matches(pattern: &str, arn: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == arn,
        Some((head, tail)) => arn.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches(tail, &rest[at..]))
        }),
    }
}

/// Of each database that no longer exists (or that could not be seen to exist) one usable recovery
/// point stays: the newest, the one farthest from the source.
fn keep_last_copies(observed: &Observed, points: &mut [PointChange]) {
    let mut by_resource: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, change) in points.iter().enumerate().filter(|(_, change)| change.point.status.is_usable()) {
        by_resource.entry(change.point.origin.resource_arn.clone()).or_default().push(index);
    }
    for (arn, indices) in by_resource {
        let exists = observed.databases.as_ref().is_some_and(|all| all.contains(&arn));
        let stays = indices.iter().any(|index| points[*index].fate.intent != Intent::Delete);
        if exists || stays {
            continue;
        }
        let last = indices.into_iter().max_by_key(|index| {
            let change = &points[*index];
            (change.point.origin.created_at, change.environment)
        });
        if let Some(last) = last {
            points[last].fate = Fate { intent: Intent::Blocked, reason: Some(Reason::LastCopy) };
        }
    }
}

fn decide_environment(
    pipeline: &Pipeline,
    options: &Options,
    seen: &EnvironmentSeen,
    points: &[PointChange],
) -> EnvironmentChange {
    let wanted = options.includes(Part::Stacks) && options.environments.contains(&seen.name);
    let pausable = ["AWS::Events::Rule", "AWS::Lambda::Function"];
    let pause = seen.resources.iter().filter(|one| pausable.contains(&one.resource_type.as_str())).cloned();
    let mut change = EnvironmentChange {
        environment: seen.name,
        vault: seen.vault.as_ref().map(|vault| vault.arn.clone()),
        vault_intent: if seen.vault.is_some() { Intent::Keep } else { Intent::None },
        key: None,
        stack_id: seen.stack.as_ref().map(|stack| stack.id.clone()),
        stack_intent: if seen.stack.is_some() { Intent::Keep } else { Intent::None },
        reason: None,
        pause: if wanted && seen.is_ours(pipeline) { pause.collect() } else { Vec::new() },
    };
    let remaining =
        points.iter().filter(|one| one.environment == seen.name && one.fate.intent != Intent::Delete).count();
    let reason = obstacle(pipeline, seen, remaining);
    let intent = match (wanted, &reason) {
        (false, _) => Intent::Keep,
        (true, None) => Intent::Delete,
        (true, Some(_)) => Intent::Blocked,
    };
    change.reason = reason.filter(|_| wanted);
    if seen.vault.is_some() {
        change.vault_intent = intent;
    }
    if seen.stack.is_some() {
        change.stack_intent = intent;
    }
    change.key = seen.key.as_ref().map(|key| {
        let brought = pipeline.environment(seen.name).key_arn.is_some();
        let going = key.deletion_date.is_some();
        KeyChange {
            arn: key.arn.clone(),
            intent: if brought || going { Intent::Keep } else { intent },
            used_by: seen.key_used_by.clone(),
            window_days: pipeline.environment(seen.name).key_deletion_window_days,
        }
    });
    change
}

/// What keeps vault, key and stack of an environment.
fn obstacle(pipeline: &Pipeline, seen: &EnvironmentSeen, remaining: usize) -> Option<String> {
    if (seen.stack.is_some() || seen.vault.is_some()) && !seen.is_ours(pipeline) {
        return Some("the stack is not this pipeline's".to_owned());
    }
    if remaining > 0 {
        return Some(format!("{remaining} recovery points stay in the vault"));
    }
    if !seen.key_used_by.is_empty() {
        return Some(format!("the key is in use: {}", seen.key_used_by.join(", ")));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::backup::Vault;
    use crate::aws::backup::plans::PlanHead;
    use crate::aws::cloudformation::{Stack, StackStatus};
    use crate::aws::wait::Patience;
    use crate::operations::deployment::TAG;
    use crate::pipeline::lineage::tests::point;
    use crate::pipeline::settings::tests::example;
    use EnvironmentName::{Destination, Intermediate, Source};

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    fn options() -> Options {
        Options {
            only: Vec::new(),
            environments: EnvironmentName::ALL.to_vec(),
            resources: Vec::new(),
            older_than: None,
            keep_last: None,
            last_copy: LastCopy::Keep,
            patience: Patience::default(),
        }
    }

    fn seen(name: EnvironmentName, mut points: Vec<RecoveryPoint>) -> EnvironmentSeen {
        let pipeline = example();
        for point in &mut points {
            point.copied_from = match name {
                Source => None,
                Intermediate => Some(pipeline.vault_arn(Source)),
                Destination => Some(pipeline.vault_arn(Intermediate)),
            };
            point.plan_id = (name == Source).then(|| "plan-1".to_owned());
        }
        EnvironmentSeen {
            name,
            stack: Some(Stack {
                name: pipeline.environment(name).stack.clone(),
                id: format!("stack/{name}"),
                status: StackStatus::from("CREATE_COMPLETE"),
                status_reason: None,
                outputs: BTreeMap::new(),
                tags: BTreeMap::from([(TAG.to_owned(), pipeline.identity().to_owned())]),
                termination_protection: true,
            }),
            resources: Vec::new(),
            vault: Some(Vault {
                name: pipeline.environment(name).vault.clone(),
                arn: pipeline.vault_arn(name),
                key_arn: None,
                recovery_points: points.len() as i64,
                locked: false,
            }),
            points,
            key: None,
            key_used_by: Vec::new(),
            now: "2026-01-06T05:00:00Z".parse().expect("a date"),
        }
    }

    fn observed(databases: &[&str]) -> Observed {
        Observed {
            environments: vec![
                seen(Source, vec![point(Source, "job-1")]),
                seen(Intermediate, vec![point(Intermediate, "copyjob-1")]),
                seen(Destination, vec![point(Destination, "copyjob-2")]),
            ],
            plan: Some((
                PlanHead { id: "plan-1".to_owned(), arn: "arn:plan-1".to_owned(), name: "backup-plan-rds".to_owned() },
                vec!["selection-1".to_owned()],
            )),
            databases: Some(databases.iter().map(|arn| (*arn).to_owned()).collect()),
        }
    }

    fn fates(changes: &Changes) -> Vec<(Intent, Option<Reason>)> {
        changes.points.iter().map(|change| (change.fate.intent, change.fate.reason)).collect()
    }

    #[test]
    fn of_a_database_that_exists_everything_goes() {
        let changes = decide(&example(), &observed(&[ORDERS]), &options());
        assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Delete, None)));
        assert!(changes.environments.iter().all(|one| one.stack_intent == Intent::Delete));
        assert_eq!(changes.plan.map(|plan| plan.intent), Some(Intent::Delete));
    }

    #[test]
    fn the_last_copy_of_a_database_that_is_gone_stays_and_keeps_its_vault() {
        let observed = observed(&[]);
        let changes = decide(&example(), &observed, &options());
        let last = (Intent::Blocked, Some(Reason::LastCopy));
        assert_eq!(fates(&changes), [(Intent::Delete, None), (Intent::Delete, None), last]);
        assert_eq!(changes.environments[2].vault_intent, Intent::Blocked);
        assert_eq!(changes.environments[0].vault_intent, Intent::Delete);
        let include = Options { last_copy: LastCopy::Include, ..options() };
        let changes = decide(&example(), &observed, &include);
        assert_eq!(changes.last_copies(&observed), [ORDERS]);
    }

    #[test]
    fn a_database_that_could_not_be_looked_for_counts_as_gone() {
        let blind = Observed { databases: None, ..observed(&[]) };
        assert!(decide(&example(), &blind, &options()).is_blocked());
    }

    #[test]
    fn what_is_not_ours_stays_and_keeps_vault_and_stack() {
        let mut observed = observed(&[ORDERS]);
        observed.environments[1].points[0].copied_from = None;
        let changes = decide(&example(), &observed, &options());
        assert_eq!(fates(&changes)[1], (Intent::Blocked, Some(Reason::NotOurs)));
        assert_eq!(changes.environments[1].stack_intent, Intent::Blocked);
    }

    #[test]
    fn a_key_in_use_keeps_its_vault_and_stack() {
        let mut observed = observed(&[ORDERS]);
        observed.environments[2].key_used_by = vec!["arn:aws:rds:us-west-2:222222222222:db:restored".to_owned()];
        let changes = decide(&example(), &observed, &options());
        assert_eq!(changes.environments[2].vault_intent, Intent::Blocked);
        assert_eq!(changes.environments[2].stack_intent, Intent::Blocked);
    }

    #[test]
    fn a_selective_cleanup_leaves_plan_and_stacks() {
        let older = Options { older_than: Some(std::time::Duration::from_secs(86_400)), ..options() };
        let changes = decide(&example(), &observed(&[ORDERS]), &older);
        // The backup is exactly one day old: not older.
        assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Keep, Some(Reason::KeptByFlag))));
        assert!(changes.is_empty());
        let last = Options { keep_last: Some(1), ..options() };
        assert!(decide(&example(), &observed(&[ORDERS]), &last).is_empty());
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("arn:aws:rds:*:*:db:or*", ORDERS));
        assert!(!matches("arn:aws:rds:*:*:db:or", ORDERS));
        assert!(matches("*", ORDERS));
    }
}
