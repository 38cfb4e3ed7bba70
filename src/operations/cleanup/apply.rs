//! Does what was decided: plans, pause, quiet, then each vault's recovery points, then vaults, keys, stacks.

use super::Options;
use super::change::{Changes, Intent};
use super::plans::ours_now;
use super::points::delete_points;
use super::ready::make_ready;
use super::report::{Cleaned, report};
use super::take_down::{Doing, take_down};
use crate::aws::backup;
use crate::aws::wait::Deadline;
use crate::operations::error::{ErrorKind, ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// Applies the changes. What fails in one environment does not stop the others; what stops everything is a failure before
/// the first recovery point is deleted, a time-out while jobs are in flight, a recovery point that came after consent, or
/// somebody who turns the pipeline on again.
pub async fn apply(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    options: &Options,
    sink: &Sink,
) -> Cleaned {
    let mut cleaned = report(pipeline, changes, options);
    let deadline = Deadline::new(sessions.get(EnvironmentName::Source), options.patience);
    if let Err(error) = run(pipeline, sessions, changes, &deadline, &mut cleaned, sink).await {
        cleaned.stopped = Some(halfway(error, &cleaned));
    }
    cleaned.settle();
    cleaned
}

async fn run(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    deadline: &Deadline,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let mut pause = make_ready(pipeline, sessions, changes, deadline, cleaned, sink).await?;
    for name in EnvironmentName::ALL {
        if changes.deletions().any(|change| change.environment == name) {
            pause.still_holds(cleaned).await?;
            if let Err(error) = unlock(pipeline, sessions, changes, name, cleaned, sink).await {
                failed(name, error, cleaned, sink);
                continue;
            }
            delete_points(pipeline, sessions.get(name), name, changes, deadline, cleaned, sink).await;
        }
    }
    for change in &changes.environments {
        let keeps_key = change.key.as_ref().is_none_or(|key| key.intent != Intent::Delete);
        if change.vault_intent != Intent::Delete && change.stack_intent != Intent::Delete && keeps_key {
            continue;
        }
        pause.still_holds(cleaned).await?;
        let doing = Doing { pipeline, sessions, change, deadline, sink };
        match unlock(pipeline, sessions, changes, change.environment, cleaned, sink).await {
            Ok(()) => match take_down(&doing, cleaned).await {
                Ok(()) if change.stack_intent == Intent::Delete => pause.stack_deleted(change.environment),
                Ok(()) => {}
                Err(error) => failed(change.environment, error, cleaned, sink),
            },
            Err(error) => failed(change.environment, error, cleaned, sink),
        }
    }
    no_plan_came(pipeline, sessions, changes, cleaned).await;
    Ok(())
}

fn failed(name: EnvironmentName, error: OperatorError, cleaned: &mut Cleaned, sink: &Sink) {
    sink.note(format!("{name}: {error}"));
    cleaned.failures.push(error);
}

/// Takes the lock off a vault, once.
async fn unlock(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    name: EnvironmentName,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let goes = changes.environments.iter().any(|one| one.environment == name && one.lock_intent == Intent::Delete);
    let Some(report) = cleaned.locks.iter_mut().find(|report| report.environment == name && report.result.is_none())
    else {
        return Ok(());
    };
    if !goes {
        return Ok(());
    }
    let (session, vault) = (sessions.get(name), &pipeline.environment(name).vault);
    backup::delete_lock(session, vault).await.map_err(|error| {
        let place = ErrorPlace::of(session).about(vault);
        OperatorError::from_aws("cannot take the lock off the backup vault", place, &error)
    })?;
    report.result = Some("removed");
    sink.done(format!("Took the lock off backup vault {vault} ({name})"));
    Ok(())
}

/// Reads the plans again: whoever makes one while everything else goes must hear of it.
async fn no_plan_came(pipeline: &Pipeline, sessions: &Sessions, changes: &Changes, cleaned: &mut Cleaned) {
    if changes.plans.iter().all(|plan| plan.intent != Intent::Delete) {
        return;
    }
    for name in EnvironmentName::ALL {
        let session = sessions.get(name);
        let what = "cannot list the backup plans again";
        match ours_now(pipeline, session, &changes.plans).await {
            Ok(plans) => cleaned.failures.extend(plans.into_iter().map(|plan| {
                OperatorError::refused(
                    format!("backup plan {} came while everything else was deleted", plan.name),
                    ErrorPlace::of(session).about(plan.id),
                    "run `backupctl cleanup` again, or `backupctl bootstrap` when the pipeline is to stay",
                )
            })),
            Err(error) => cleaned.failures.push(OperatorError::from_aws(what, ErrorPlace::of(session), &error)),
        }
    }
}

/// An error on the way says what is no longer as it was, and how it comes back. What somebody turned on again meanwhile
/// the error itself says, and nobody looked at the rest.
fn halfway(mut error: OperatorError, cleaned: &Cleaned) -> OperatorError {
    if cleaned.is_turned_on {
        return error;
    }
    if cleaned.plan.result.is_some() {
        error = error
            .hinting("the backup plan is deleted, so nothing is backed up until `backupctl bootstrap` puts it back");
    }
    if cleaned.event_path.paused {
        error = error.hinting("the event path is paused, and `backupctl bootstrap` puts it back");
    }
    if cleaned.summary.deleted > 0 && error.kind != ErrorKind::Refused {
        error = error.hinting("`backupctl cleanup` goes on where this one stopped");
    }
    error
}
