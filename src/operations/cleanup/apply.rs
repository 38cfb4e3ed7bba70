//! Does what was decided: plan, pause, quiet, recovery points, vaults, keys, stacks.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Options;
use super::change::{Changes, EnvironmentChange, Intent, KeyChange, PlanChange};
use super::key_use::{in_words, users_now, what_helps};
use super::points::{DELETION, delete_points, list};
use super::report::{Cleaned, report};
use super::standing::still_stand;
use crate::aws::backup::{self, JobFilter, plans};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session, events, kms, lambda};
use crate::operations::bootstrap::remove_stack;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::arn::VaultArn;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// Between the end of hop 1 and the start of hop 2 no job is running: quiet must be seen twice.
const QUIET: Duration = Duration::from_secs(600);

/// Applies the changes. What fails in one environment does not stop the others; what stops everything is a failure before
/// the first recovery point is deleted, a time-out while jobs are in flight, or a recovery point that came after consent.
pub async fn apply(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    options: &Options,
    sink: &Sink,
) -> Cleaned {
    let mut cleaned = report(pipeline, changes);
    let patience = options.patience;
    if let Err(error) = make_ready(pipeline, sessions, changes, patience, &mut cleaned, sink).await {
        cleaned.stopped = Some(halfway(error, &cleaned));
        cleaned.settle();
        return cleaned;
    }
    for name in EnvironmentName::ALL {
        delete_points(pipeline, sessions.get(name), name, changes, &mut cleaned, sink).await;
    }
    for change in &changes.environments {
        if let Err(error) = take_down(pipeline, sessions, change, patience, &mut cleaned, sink).await {
            sink.note(format!("{}: {error}", change.environment));
            cleaned.failures.push(error);
        }
    }
    cleaned.settle();
    cleaned
}

/// Ends what makes and copies recovery points, and waits for it.
async fn make_ready(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    patience: Patience,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<(), OperatorError> {
    if let Some(plan) = changes.plan.as_ref().filter(|plan| plan.intent == Intent::Delete) {
        delete_plan(sessions.get(EnvironmentName::Source), plan, patience, sink).await?;
        cleaned.plan.result = Some("deleted");
    }
    for change in changes.environments.iter().filter(|change| change.stack_intent == Intent::Delete) {
        pause(sessions.get(change.environment), change, &mut cleaned.event_path.paused, sink).await?;
    }
    if changes.is_empty() {
        return Ok(());
    }
    quiet(pipeline, sessions, patience, sink).await?;
    nothing_new(pipeline, sessions, changes).await?;
    still_stand(sessions, changes).await
}

/// An error on the way says what is no longer as it was, and how it comes back.
fn halfway(mut error: OperatorError, cleaned: &Cleaned) -> OperatorError {
    if cleaned.plan.result.is_some() {
        error = error
            .hinting("the backup plan is deleted, so nothing is backed up until `backupctl bootstrap` puts it back");
    }
    if cleaned.event_path.paused {
        error = error.hinting("the event path is paused, and `backupctl bootstrap` puts it back");
    }
    error
}

async fn delete_plan(
    session: &Session,
    plan: &PlanChange,
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    sink.step(format!("Deleting backup plan {}", plan.name));
    let place = || ErrorPlace::of(session).about(&plan.id);
    let fail = |error: AwsError| OperatorError::from_aws("cannot delete the backup plan", place(), &error);
    for selection in &plan.selections {
        plans::delete_selection(session, &plan.id, selection).await.map_err(fail)?;
    }
    sink.emit(Event::Unselected { environment: EnvironmentName::Source });
    let fail = |error: AwsError| bare_plan(fail(error));
    // Selections go with a delay; AWS then still refuses to delete the plan
    // (hashicorp/terraform-provider-aws, internal/service/backup/plan.go).
    let short = Patience { timeout: Duration::from_secs(120).min(patience.timeout), ..patience };
    let outcome = poll(session, short, async || match plans::delete_plan(session, &plan.id).await {
        Ok(()) => Ok(Look::Done(())),
        Err(error) if error.message.contains("Related backup plan selections must be deleted") => Ok(Look::Again),
        Err(error) => Err(error),
    })
    .await;
    match outcome.map_err(fail)? {
        Waited::Done(()) => {
            sink.done(format!("Deleted backup plan {}", plan.name));
            Ok(())
        }
        Waited::TimedOut => Err(bare_plan(OperatorError::timed_out(
            "AWS Backup still knows selections of the plan",
            place(),
            "run `backupctl cleanup` again in a few minutes",
        ))),
    }
}

/// An error after the selections went, while the plan still stands.
fn bare_plan(error: OperatorError) -> OperatorError {
    error.hinting("the plan selects nothing any more, so nothing is backed up until `backupctl bootstrap` puts it back")
}

/// Switches rules and function off; `paused` is set with the first.
async fn pause(
    session: &Session,
    change: &EnvironmentChange,
    paused: &mut bool,
    sink: &Sink,
) -> Result<(), OperatorError> {
    for (before, resource) in change.pause.iter().enumerate() {
        let done = match resource.resource_type.as_str() {
            "AWS::Events::Rule" => events::disable_rule(session, &resource.physical_id).await,
            _ => lambda::pause(session, &resource.physical_id).await,
        };
        done.map_err(|error| {
            let place = ErrorPlace::of(session).about(&resource.physical_id);
            OperatorError::from_aws("cannot pause the event path", place, &error)
        })?;
        // Whoever stops it now leaves the path broken already.
        if before == 0 {
            sink.emit(Event::Paused { environment: change.environment });
        }
        *paused = true;
        sink.done(format!("Paused {} ({})", resource.logical_id, change.environment));
    }
    Ok(())
}

/// Waits until nothing is in flight, seen twice ten minutes apart.
async fn quiet(pipeline: &Pipeline, sessions: &Sessions, patience: Patience, sink: &Sink) -> Result<(), OperatorError> {
    let source = sessions.get(EnvironmentName::Source);
    sink.emit(Event::Waiting {
        what: "no backup or copy to be in flight, seen twice ten minutes apart".to_owned(),
        until: None,
        resume: "backupctl cleanup".to_owned(),
    });
    let mut quiet_since = None;
    let outcome = poll(source, patience, async || {
        let busy = in_flight(pipeline, sessions).await?;
        let now = source.now();
        if busy > 0 {
            quiet_since = None;
            return Ok(Look::Again);
        }
        let since = *quiet_since.get_or_insert(now);
        let enough = (now - since).to_std().is_ok_and(|span| span >= QUIET);
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

/// Vault, key, stack: each only after the one before, so that a stack that still stands names them.
async fn take_down(
    pipeline: &Pipeline,
    sessions: &Sessions,
    change: &EnvironmentChange,
    patience: Patience,
    cleaned: &mut Cleaned,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let name = change.environment;
    let session = sessions.get(name);
    if let Some(vault) = change.vault.as_ref().filter(|_| change.vault_intent == Intent::Delete) {
        delete_vault(session, vault, patience, sink).await?;
        for report in cleaned.vaults.iter_mut().filter(|report| report.environment == name) {
            report.result = Some("deleted");
        }
    }
    if let Some(key) = change.key.as_ref().filter(|key| key.intent == Intent::Delete) {
        let place = || ErrorPlace::of(session).about(key.arn.as_str());
        let users = users_now(pipeline, sessions, name, &key.arn)
            .await
            .map_err(|error| OperatorError::from_aws("cannot look whether the key is still in use", place(), &error))?;
        if !users.is_empty() {
            return Err(OperatorError::refused(
                format!("the key stays: {}", in_words(&users)),
                place(),
                format!("{}; the key and its stack stay till then", what_helps(&users)),
            ));
        }
        let date = schedule_deletion(session, key)
            .await
            .map_err(|error| OperatorError::from_aws("cannot schedule the key's deletion", place(), &error))?;
        let when = date.map(shown).unwrap_or_default();
        sink.done(format!("Scheduled key {} for deletion at {when}", key.arn));
        for report in cleaned.keys.iter_mut().filter(|report| report.environment == name) {
            report.deletion_date = date;
        }
    }
    if change.stack_intent == Intent::Delete
        && let Some(id) = &change.stack_id
    {
        remove_stack(session, name, id, &[], patience, sink).await?;
        let stack = &pipeline.environment(name).stack;
        for report in cleaned.stacks.iter_mut().filter(|report| &report.name == stack && report.environment == name) {
            report.result = Some("DELETE_COMPLETE");
        }
    }
    Ok(())
}

/// Deletes a vault that was seen empty. It says "contains recovery points" for a while after that.
async fn delete_vault(
    session: &Session,
    vault: &VaultArn,
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    sink.step(format!("Deleting backup vault {}", vault.name()));
    let place = || ErrorPlace::of(session).about(vault.as_str());
    let fail = |error: AwsError| OperatorError::from_aws("cannot delete the backup vault", place(), &error);
    let left = list(session, vault).await.map_err(fail)?;
    if let Some((arn, _)) = left.first() {
        return Err(OperatorError::failed(
            format!("backup vault `{}` is not empty: it still has {arn}", vault.name()),
            place(),
            "run `backupctl cleanup` again when its recovery points are gone",
        ));
    }
    let short = Patience { timeout: DELETION.min(patience.timeout), ..patience };
    let outcome = poll(session, short, async || match backup::delete_vault(session, vault.name()).await {
        Ok(()) => Ok(Look::Done(())),
        Err(error) if error.message.contains("contains recovery points") => Ok(Look::Again),
        // Where the answer to a deletion is lost the SDK asks again, and a vault that is gone answers like
        // one that may not be deleted.
        Err(error) => match backup::list_vaults(session).await {
            Ok(all) if all.iter().all(|found| &found.arn != vault) => Ok(Look::Done(())),
            _ => Err(error),
        },
    })
    .await;
    match outcome.map_err(fail)? {
        Waited::Done(()) => {
            sink.done(format!("Deleted backup vault {}", vault.name()));
            Ok(())
        }
        Waited::TimedOut => Err(OperatorError::timed_out(
            format!("backup vault `{}` still says that it contains recovery points", vault.name()),
            place(),
            "run `backupctl cleanup` again later",
        )),
    }
}

/// Schedules a key's deletion and returns its date, also where it was scheduled before: by the request whose answer was
/// lost, after which the SDK asked again.
async fn schedule_deletion(session: &Session, key: &KeyChange) -> Result<Option<DateTime<Utc>>, AwsError> {
    let asked = kms::schedule_key_deletion(session, &key.arn, key.window_days).await;
    let Err(error) = asked else { return asked };
    match kms::describe_key(session, key.arn.as_str()).await {
        Ok(Some(found)) if found.deletion_date.is_some() => Ok(found.deletion_date),
        _ => Err(error),
    }
}
