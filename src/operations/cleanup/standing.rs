//! Whether the databases whose copies go are still there when the waiting is over.

use std::collections::BTreeSet;

use super::change::{Changes, PointChange};
use super::observe::Observed;
use crate::aws::rds;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::DatabaseId;

/// The databases that exist and of which recovery points go.
pub(super) fn standing(observed: &Observed, points: &[PointChange]) -> BTreeSet<DatabaseId> {
    let exists = |id: &&DatabaseId| observed.databases.iter().flatten().any(|one| one.id.as_ref() == Some(*id));
    let go = points.iter().filter(|change| change.goes());
    go.filter_map(|change| change.database.as_ref()).filter(exists).cloned().collect()
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
