//! Which recovery points go, which stay, and why. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::change::{Changes, Fate, Intent, LastCopyOf, OfOne, PointChange, Reason};
use super::lives::life;
use super::lock::lock;
use super::seen::{EnvironmentSeen, Observed, Owner};
use super::{Options, Part};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::life::Life;
use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus};
use crate::pipeline::settings::Pipeline;

/// What would free a recovery point that AWS could not delete.
pub(super) const EXPIRED: &str = "AWS could not delete it (EXPIRED): the role that made it must exist and be allowed \
                                  rds:DeleteDBSnapshot, or whoever runs `backupctl cleanup` be allowed \
                                  iam:CreateServiceLinkedRole";

/// The recovery points that `--keep-last` leaves: the newest of each database, until as many of them last. What is newer
/// and does not last is left as well: it goes by itself, and must not cost one that lasts.
pub(super) fn kept_by_count(observed: &Observed, seen: &EnvironmentSeen, options: &Options) -> BTreeSet<String> {
    let Some(count) = options.keep_last else { return BTreeSet::new() };
    let mut by_database: BTreeMap<OfOne<'_>, Vec<&RecoveryPoint>> = BTreeMap::new();
    for point in seen.points.iter().filter(|point| point.status.is_usable()) {
        let id = observed.identities.id_of(&point.origin);
        by_database.entry(OfOne::new(id, &point.origin)).or_default().push(point);
    }
    let mut kept = BTreeSet::new();
    for points in by_database.values_mut() {
        points.sort_by_key(|point| std::cmp::Reverse(point.origin.created_at));
        let mut lasting = 0;
        for point in points {
            if lasting == count {
                break;
            }
            lasting += usize::from(life(seen, point).lasts(observed.latest));
            kept.insert(point.arn.to_string());
        }
    }
    kept
}

pub(super) fn fate(
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
    if seen.holds.contains_key(point.arn.as_str()) {
        return block(Reason::LegalHold);
    }
    if lock(options, seen) == Intent::Blocked {
        return block(Reason::Locked);
    }
    Fate { intent: Intent::Delete, reason: None }
}

/// What would free a recovery point that AWS keeps.
pub(super) fn remedy(seen: &EnvironmentSeen, point: &RecoveryPoint, fate: Fate) -> Option<String> {
    match fate.reason {
        Some(Reason::LegalHold) => seen.holds.get(point.arn.as_str()).map(|hold| {
            format!(
                "cancel legal hold {}: `aws backup cancel-legal-hold --legal-hold-id {} --cancel-description REASON`",
                hold.title, hold.id
            )
        }),
        Some(Reason::Locked) => Some(super::lock::remedy(seen, &point.vault_arn)),
        _ if point.status == RecoveryPointStatus::Expired => Some(EXPIRED.to_owned()),
        _ => None,
    }
}

/// Ours, in a vault that our stack made: made by our plan, of a database that the pipeline selects,
/// or come out of our previous vault.
fn is_ours(pipeline: &Pipeline, observed: &Observed, seen: &EnvironmentSeen, point: &RecoveryPoint) -> bool {
    if !seen.is_ours(pipeline) {
        return false;
    }
    let by_plan =
        observed.plans.iter().any(|plan| plan.owner == Owner::Ours && point.plan_id.as_ref() == Some(&plan.head.id));
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

/// Whether the database is known to exist.
fn exists(observed: &Observed, database: OfOne<'_>) -> bool {
    let OfOne::Database(id) = database else { return false };
    observed.databases.iter().flatten().any(|one| one.id.as_ref() == Some(id))
}

/// Of each database that no longer exists (or that could not be seen to exist) the copy in account B stays from which
/// one can restore the longest, and where that is not its newest backup, that too: the places of those that would go
/// although nothing that is worth as much stays. What does not last counts only where nothing lasts.
pub(super) fn last_copies(observed: &Observed, points: &[PointChange]) -> Vec<usize> {
    let mut by_database: BTreeMap<OfOne<'_>, Vec<usize>> = BTreeMap::new();
    for (index, change) in points.iter().enumerate().filter(|(_, change)| change.life > Life::Unusable) {
        by_database.entry(OfOne::of(change)).or_default().push(index);
    }
    let of_gone = by_database.into_iter().filter(|(database, _)| !exists(observed, *database));
    of_gone.flat_map(|(_, of_one)| last_of_one(observed, points, &of_one)).collect()
}

/// Those of one database.
fn last_of_one(observed: &Observed, points: &[PointChange], of_one: &[usize]) -> Vec<usize> {
    let made = |index: &usize| points[*index].point.origin.created_at;
    let life = |index: &usize| points[*index].life;
    let stays = |index: &&usize| !points[**index].goes();
    let best_of = |all: Vec<usize>| {
        let lasting: Vec<usize> = all.iter().copied().filter(|at| life(at).lasts(observed.latest)).collect();
        if lasting.is_empty() { all } else { lasting }
    };
    let far = of_one.iter().copied().filter(|at| points[*at].environment == EnvironmentName::Destination);
    let far = best_of(far.collect());
    let longest = far.iter().max_by_key(|at| (life(at), made(at)));
    let longest = longest.filter(|longest| !far.iter().filter(stays).any(|at| life(at) >= life(longest))).copied();
    let all = best_of(of_one.to_vec());
    let left = all.iter().filter(|at| stays(at) || Some(**at) == longest).map(made).max();
    let newest = all.iter().max_by_key(|at| (made(at), life(at), points[**at].environment)).copied();
    let newest = newest.filter(|at| Some(made(at)) > left);
    longest.into_iter().chain(newest).collect()
}

/// Keeps them.
pub(super) fn keep_last_copies(observed: &Observed, points: &mut [PointChange]) {
    for index in last_copies(observed, points) {
        points[index].fate = Fate { intent: Intent::Blocked, reason: Some(Reason::LastCopy) };
    }
}

impl Changes {
    /// The databases that no longer exist, or could not be seen to, and whose last copy would go: they need their own
    /// consent. Those that nothing tells apart are one entry for each name.
    pub fn last_copies(&self, observed: &Observed) -> BTreeSet<LastCopyOf<'_>> {
        let last = last_copies(observed, &self.points).into_iter().map(|index| &self.points[index]);
        let of = last
            .map(|change| LastCopyOf { resource_arn: &change.point.origin.resource_arn, id: change.database.as_ref() });
        of.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("arn:aws:rds:*:*:db:or*", ORDERS));
        assert!(!matches("arn:aws:rds:*:*:db:or", ORDERS));
        assert!(matches("*", ORDERS));
    }
}
