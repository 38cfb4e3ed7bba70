//! Before the first deletion of a recovery point: what makes and copies them ends, and is waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::{Changes, Intent};
use super::pause::pause;
use super::plans::{delete_plan, ours_now};
use super::points::list;
use super::report::Cleaned;
use super::standing::still_stand;
use crate::aws::AwsError;
use crate::aws::backup::{self, JobFilter};
use crate::aws::wait::{Deadline, Look, Waited, poll};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::settings::Pipeline;

/// Between the end of hop 1 and the start of hop 2 no job is running: quiet must be seen twice.
const QUIET: TimeDelta = TimeDelta::minutes(10);

/// How long the list may still show a plan that is deleted.
const UNLISTED: Duration = Duration::from_secs(120);

/// Ends what makes and copies recovery points, and waits for it.
pub(super) async fn make_ready(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    deadline: &Deadline,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<(), OperatorError> {
    for plan in changes.plans.iter().filter(|plan| plan.intent == Intent::Delete) {
        delete_plan(sessions.get(plan.environment), plan, deadline, sink).await?;
        cleaned.plan_deleted(&plan.id);
    }
    plans_are_gone(pipeline, sessions, changes, deadline).await?;
    for change in changes.environments.iter().filter(|change| change.stack_intent == Intent::Delete) {
        pause(sessions.get(change.environment), change, &mut cleaned.event_path.paused, sink).await?;
    }
    if changes.is_empty() {
        return Ok(());
    }
    quiet(pipeline, sessions, deadline, sink).await?;
    nothing_new(pipeline, sessions, changes).await?;
    still_stand(sessions, changes).await
}

/// Reads the plans again after their deletion.
async fn plans_are_gone(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    deadline: &Deadline,
) -> Result<(), OperatorError> {
    let deleted: Vec<_> = changes.plans.iter().filter(|plan| plan.intent == Intent::Delete).collect();
    let places: BTreeSet<EnvironmentName> = deleted.iter().map(|plan| plan.environment).collect();
    for name in places {
        let session = sessions.get(name);
        let place = || ErrorPlace::of(session);
        let outcome = poll(session, deadline.at_most(session, UNLISTED), async || {
            let left = ours_now(pipeline, session).await?;
            Ok::<_, AwsError>(match left.into_iter().next() {
                None => Look::Done(None),
                Some(plan) if deleted.iter().any(|gone| gone.id == plan.id) => Look::Again,
                Some(plan) => Look::Done(Some(plan)),
            })
        })
        .await;
        let outcome = outcome.map_err(|error| {
            OperatorError::from_aws(
                "cannot list the backup plans again; no recovery point was deleted",
                place(),
                &error,
            )
        })?;
        match outcome {
            Waited::Done(None) => {}
            Waited::Done(Some(plan)) => {
                return Err(OperatorError::refused(
                    format!("backup plan {} came after consent; no recovery point was deleted", plan.name),
                    place().about(plan.id),
                    "run `backupctl cleanup` again: it shows what there is now",
                ));
            }
            Waited::TimedOut => {
                return Err(OperatorError::timed_out(
                    "the list of backup plans still shows a plan that is deleted; no recovery point was deleted",
                    place(),
                    "run `backupctl cleanup` again in a few minutes",
                ));
            }
        }
    }
    Ok(())
}

/// Every clock that must have gone on: an answer with a wrong date does not shorten the wait.
fn clocks(sessions: &Sessions) -> [DateTime<Utc>; 3] {
    EnvironmentName::ALL.map(|name| sessions.get(name).now())
}

/// Waits until nothing is in flight, seen twice ten minutes apart.
async fn quiet(
    pipeline: &Pipeline,
    sessions: &Sessions,
    deadline: &Deadline,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let source = sessions.get(EnvironmentName::Source);
    sink.emit(Event::Waiting {
        what: "no backup or copy to be in flight, seen twice ten minutes apart".to_owned(),
        until: None,
        resume: "backupctl cleanup".to_owned(),
    });
    let mut quiet_since = None;
    let outcome = poll(source, deadline.left(source), async || {
        let busy = in_flight(pipeline, sessions).await?;
        let now = clocks(sessions);
        if busy > 0 {
            quiet_since = None;
            return Ok(Look::Again);
        }
        let since = *quiet_since.get_or_insert(now);
        let enough = now.iter().zip(since).all(|(now, since)| *now - since >= QUIET);
        Ok(if enough { Look::Done(()) } else { Look::Again })
    })
    .await;
    match outcome {
        Ok(Waited::Done(())) => Ok(()),
        Ok(Waited::TimedOut) => Err(OperatorError::timed_out(
            "backups or copies may still be in flight; no recovery point was deleted",
            ErrorPlace::of(source),
            "run `backupctl cleanup` again, with a `--timeout` of more than ten minutes",
        )),
        Err(error) => {
            let what = "cannot see what is in flight; no recovery point was deleted";
            Err(OperatorError::from_aws(what, ErrorPlace::of(source), &error))
        }
    }
}

async fn in_flight(pipeline: &Pipeline, sessions: &Sessions) -> Result<usize, AwsError> {
    let source = sessions.get(EnvironmentName::Source);
    let backups = backup::list_backup_jobs(source, &pipeline.vault_arn(EnvironmentName::Source), None).await?;
    let mut busy = backups.iter().filter(|job| job.state.is_in_flight()).count();
    for hop in Hop::ALL {
        let filter = JobFilter { destination_vault: Some(pipeline.vault_arn(hop.to())), ..JobFilter::default() };
        let jobs = backup::list_copy_jobs(sessions.get(hop.from()), &filter).await?;
        busy += jobs.iter().filter(|job| job.state.is_in_flight()).count();
    }
    Ok(busy)
}

/// What came after consent was not shown: it is not deleted.
async fn nothing_new(pipeline: &Pipeline, sessions: &Sessions, changes: &Changes) -> Result<(), OperatorError> {
    let shown: BTreeSet<&str> = changes.points.iter().map(|change| change.point.arn.as_str()).collect();
    for change in changes.environments.iter().filter(|change| change.vault.is_some()) {
        let session = sessions.get(change.environment);
        let vault = pipeline.vault_arn(change.environment);
        let listed = list(session, &vault).await.map_err(|error| {
            let what = "cannot list the vault again; no recovery point was deleted";
            OperatorError::from_aws(what, ErrorPlace::of(session).about(vault.name()), &error)
        })?;
        if let Some((new, _)) = listed.iter().find(|(arn, _)| !shown.contains(arn.as_str())) {
            return Err(OperatorError::refused(
                "a recovery point came after consent; no recovery point was deleted",
                ErrorPlace::of(session).about(new.as_str()),
                "run `backupctl cleanup` again: it shows what there is now",
            ));
        }
    }
    Ok(())
}
