//! Before the first deletion of a recovery point: what makes and copies them ends, and is waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::{Changes, Intent, PlanChange};
use super::pause::{Pause, pause};
use super::plans::{delete_plan, ours_now};
use super::points::list;
use super::report::Cleaned;
use super::standing::{still_kept, still_stand};
use crate::aws::backup::{self, JobFilter, plans};
use crate::aws::wait::{Deadline, Look, Waited, poll};
use crate::aws::{AwsError, Session, rds};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::settings::Pipeline;

/// Between the end of hop 1 and the start of hop 2 no job is running: quiet must be seen twice.
const QUIET: TimeDelta = TimeDelta::minutes(10);

/// How long the list may still show a plan that is deleted.
const UNLISTED: Duration = Duration::from_secs(120);

/// Between two looks whether the pause still holds while jobs are waited for. The first comes as long after it: what
/// was just switched off may still be read as on.
const LOOKED: TimeDelta = TimeDelta::minutes(2);

/// Ends what makes and copies recovery points, and waits for it. What was switched off is handed back, to be looked at
/// again.
pub(super) async fn make_ready<'a>(
    pipeline: &'a Pipeline,
    sessions: &'a Sessions,
    changes: &'a Changes,
    deadline: &Deadline,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<Pause<'a>, OperatorError> {
    for plan in changes.plans.iter().filter(|plan| plan.intent == Intent::Delete) {
        delete_plan(sessions.get(plan.environment), plan, deadline, sink).await?;
        cleaned.plan_deleted(&plan.id);
    }
    plans_are_gone(pipeline, sessions, changes, deadline).await?;
    for change in changes.environments.iter().filter(|change| change.stack_intent == Intent::Delete) {
        pause(sessions.get(change.environment), change, &mut cleaned.event_path.paused, sink).await?;
    }
    let mut pause = Pause::new(pipeline, sessions, changes);
    if changes.is_empty() {
        return Ok(pause);
    }
    quiet(pipeline, sessions, changes, deadline, &mut pause, cleaned, sink).await?;
    // What somebody turned on again brings new recovery points: that is said first.
    pause.still_holds(cleaned).await?;
    nothing_new(pipeline, sessions, changes).await?;
    still_kept(pipeline, sessions, changes).await?;
    still_stand(sessions, changes).await?;
    Ok(pause)
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
        let deleted: Vec<_> = deleted.iter().copied().filter(|plan| plan.environment == name).collect();
        let place = || ErrorPlace::of(session);
        let outcome = poll(session, deadline.at_most(session, UNLISTED), async || {
            let left = ours_now(pipeline, session, &changes.plans).await?;
            Ok::<_, AwsError>(match left.into_iter().next() {
                None if is_any_alive(session, &deleted).await? => Look::Again,
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
                    "AWS Backup still knows a plan that is deleted; no recovery point was deleted",
                    place(),
                    "run `backupctl cleanup` again in a few minutes",
                ));
            }
        }
    }
    Ok(())
}

/// Whether AWS Backup, asked by its id, still knows one of these plans.
async fn is_any_alive(session: &Session, plans: &[&PlanChange]) -> Result<bool, AwsError> {
    for plan in plans {
        if plans::find_plan(session, &plan.id).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every clock that must have gone on: an answer with a wrong date does not shorten the wait.
fn clocks(sessions: &Sessions) -> [DateTime<Utc>; 3] {
    EnvironmentName::ALL.map(|name| sessions.get(name).now())
}

/// Waits until nothing is in flight, seen twice ten minutes apart, as long as the pause holds.
async fn quiet(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    deadline: &Deadline,
    pause: &mut Pause<'_>,
    cleaned: &mut Cleaned,
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
        if source.now() - pause.held_at() >= LOOKED {
            pause.still_holds(cleaned).await?;
        }
        let unseen = |error: AwsError| {
            let what = "cannot see what is in flight; no recovery point was deleted";
            OperatorError::from_aws(what, ErrorPlace::of(source), &error)
        };
        let busy = in_flight(pipeline, sessions).await.map_err(unseen)?
            || is_any_made(sessions, changes).await.map_err(unseen)?;
        let now = clocks(sessions);
        if busy {
            quiet_since = None;
            return Ok(Look::Again);
        }
        let since = *quiet_since.get_or_insert(now);
        let enough = now.iter().zip(since).all(|(now, since)| *now - since >= QUIET);
        Ok(if enough { Look::Done(()) } else { Look::Again })
    })
    .await;
    match outcome? {
        Waited::Done(()) => Ok(()),
        Waited::TimedOut => Err(OperatorError::timed_out(
            "backups or copies may still be in flight; no recovery point was deleted",
            ErrorPlace::of(source),
            "run `backupctl cleanup` again, with a `--timeout` of more than ten minutes",
        )),
    }
}

async fn in_flight(pipeline: &Pipeline, sessions: &Sessions) -> Result<bool, AwsError> {
    let source = sessions.get(EnvironmentName::Source);
    let backups = backup::list_backup_jobs(source, &pipeline.vault_arn(EnvironmentName::Source), None).await?;
    let mut busy = backups.iter().any(|job| job.state.is_in_flight());
    for hop in Hop::ALL {
        let filter = JobFilter { destination_vault: Some(pipeline.vault_arn(hop.to())), ..JobFilter::default() };
        let jobs = backup::list_copy_jobs(sessions.get(hop.from()), &filter).await?;
        busy |= jobs.iter().any(|job| job.state.is_in_flight());
    }
    Ok(busy)
}

/// Whether RDS is making a snapshot for AWS Backup of a database whose backups go: a list of jobs may lack what is under
/// way. Where nothing goes, of any database.
async fn is_any_made(sessions: &Sessions, changes: &Changes) -> Result<bool, AwsError> {
    let gone = changes.deletions().map(|change| change.point.origin.resource_arn.as_str());
    let names: BTreeSet<&str> = gone.filter_map(|arn| arn.rsplit(':').next()).collect();
    for name in EnvironmentName::ALL {
        let snapshots = match rds::backup_snapshots(sessions.get(name)).await {
            Err(error) if error.is_access_denied() => continue,
            found => found?,
        };
        let of_ours = |snapshot: &rds::Snapshot| names.is_empty() || names.contains(snapshot.database_name.as_str());
        if snapshots.values().any(|snapshot| snapshot.is_being_made && of_ours(snapshot)) {
            return Ok(true);
        }
    }
    Ok(false)
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
