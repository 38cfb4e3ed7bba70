//! Whether the databases whose copies go are still there when the waiting is over.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Changes, OfOne, PointChange};
use super::seen::Observed;
use crate::aws::{backup, rds};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::settings::Pipeline;

/// The databases that exist and of which recovery points go.
pub(super) fn standing(observed: &Observed, points: &[PointChange]) -> BTreeSet<DatabaseId> {
    let exists = |id: &&DatabaseId| observed.databases.iter().flatten().any(|one| one.id.as_ref() == Some(*id));
    let go = points.iter().filter(|change| change.goes());
    go.filter_map(|change| change.database.as_ref()).filter(exists).cloned().collect()
}

/// What is kept of a database whose backups go must be there when it is asked for by its name: a list may still show what is
/// deleted, and the last copy would be among those that go.
pub(super) async fn still_kept(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
) -> Result<(), OperatorError> {
    for kept in kept(changes) {
        let (session, arn) = (sessions.get(kept.environment), &kept.point.arn);
        let place = || ErrorPlace::of(session).about(arn.as_str());
        let found = backup::describe_recovery_point(session, &pipeline.vault_arn(kept.environment), arn).await;
        let found = found.map_err(|error| {
            let what = "cannot look whether what is kept is still there; no recovery point was deleted";
            OperatorError::from_aws(what, place(), &error)
        })?;
        if !found.is_some_and(|point| point.status.is_usable()) {
            return Err(OperatorError::refused(
                "the newest recovery point that was to stay is gone, though the list shows it; no recovery point was deleted",
                place(),
                "run `backupctl cleanup` again when the list no longer shows it",
            ));
        }
    }
    Ok(())
}

/// Of each database of which recovery points go, the newest usable one that stays in the destination, and at all.
fn kept(changes: &Changes) -> Vec<&PointChange> {
    let going: BTreeSet<OfOne<'_>> = changes.deletions().map(OfOne::of).collect();
    let mut newest: BTreeMap<(OfOne<'_>, bool), &PointChange> = BTreeMap::new();
    let stays = |change: &&PointChange| !change.goes() && change.point.status.is_usable();
    for change in changes.points.iter().filter(stays).filter(|change| going.contains(&OfOne::of(change))) {
        let far = change.environment == EnvironmentName::Destination;
        for key in [false].into_iter().chain(far.then_some(true)) {
            let known = newest.entry((OfOne::of(change), key)).or_insert(change);
            if known.point.origin.created_at < change.point.origin.created_at {
                *known = change;
            }
        }
    }
    let mut kept: Vec<&PointChange> = newest.into_values().collect();
    kept.dedup_by_key(|change| change.point.arn.clone());
    kept
}

/// Nothing in flight was waited for as long as a day: a database that was deleted meanwhile has its last copy among
/// those that were listed for deletion.
pub(super) async fn still_stand(sessions: &Sessions, changes: &Changes) -> Result<(), OperatorError> {
    if changes.standing.is_empty() {
        return Ok(());
    }
    let session = sessions.get(EnvironmentName::Source);
    let databases = rds::databases(session).await.map_err(|error| {
        let what = "cannot look whether the databases still exist; no recovery point was deleted";
        OperatorError::from_aws(what, ErrorPlace::of(session), &error)
    })?;
    let there: BTreeSet<DatabaseId> =
        databases.iter().filter_map(rds::Database::existing).filter_map(|database| database.id).collect();
    match changes.standing.difference(&there).next() {
        None => Ok(()),
        Some(gone) => Err(OperatorError::refused(
            format!("database {gone} was deleted after consent; no recovery point was deleted"),
            ErrorPlace::of(session).about(gone.as_str()),
            "run `backupctl cleanup` again: it keeps the last copy of that database",
        )),
    }
}
