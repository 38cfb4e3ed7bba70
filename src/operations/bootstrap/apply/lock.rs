//! Changing the lock of the destination vault while copies go on.

use std::time::Duration;

use super::super::decide::{Changes, StackAction, StackChange};
use super::super::lock::deployed_days;
use super::super::observe::Observed;
use crate::aws::backup::{self, JobFilter};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::operations::deployment::cli_options;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName::{Destination, Intermediate};
use crate::pipeline::lock::{LockOrder, LockRange};
use crate::pipeline::settings::Pipeline;

/// How long a run of the function that began under the old retention may still start copies: its time-out.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(300);

/// The stacks in the order that the lock asks for, those of one phase side by side.
pub(super) fn phases<'a>(changes: &Changes, due: &[&'a StackChange]) -> Vec<Vec<&'a StackChange>> {
    let last = match changes.lock {
        Some(LockOrder::CopiesFirst) => Destination,
        Some(LockOrder::LockFirst) => Intermediate,
        Some(LockOrder::WidenFirst(_)) | None => return vec![due.to_vec()],
    };
    let (late, early): (Vec<_>, Vec<_>) = due.iter().copied().partition(|change| change.environment == last);
    [early, late].into_iter().filter(|phase| !phase.is_empty()).collect()
}

/// Waits until no copy is in flight that was started under the old retention: the new lock would refuse it.
pub(super) async fn copies_over(
    pipeline: &Pipeline,
    sessions: &Sessions,
    observed: &Observed,
    changes: &Changes,
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let tightens = changes.stacks.iter().any(|one| one.environment == Destination && one.action == StackAction::Update);
    if changes.lock != Some(LockOrder::CopiesFirst) || !tightens {
        return Ok(());
    }
    let changed = deployed_days(observed) != Some(i64::from(pipeline.plan.destination_delete_after_days));
    let pause = if changed { FUNCTION_TIMEOUT } else { Duration::ZERO };
    let session = sessions.get(Intermediate);
    let filter = JobFilter { destination_vault: Some(pipeline.vault_arn(Destination)), ..JobFilter::default() };
    let mut quiet_since = None;
    let mut said = false;
    let looked = poll(session, patience, async || {
        let jobs = backup::list_copy_jobs(session, &filter).await?;
        if jobs.iter().any(|job| job.state.is_in_flight()) {
            quiet_since = None;
        } else {
            let since = *quiet_since.get_or_insert(session.local_now());
            if (session.local_now() - since).to_std().is_ok_and(|span| span >= pause) {
                return Ok(Look::Done(()));
            }
        }
        if !said {
            said = true;
            sink.emit(Event::Waiting {
                what: "the end of the copies that were started under the old retention, before the vault lock changes"
                    .to_owned(),
                until: None,
                resume: "backupctl bootstrap".to_owned(),
            });
        }
        Ok(Look::Again)
    })
    .await;
    let place = ErrorPlace::of(session);
    match looked {
        Ok(Waited::Done(())) => Ok(()),
        Ok(Waited::TimedOut) => Err(OperatorError::timed_out(
            "copies that were started under the old retention still run, so the vault lock has not changed yet",
            place,
            "run `backupctl bootstrap` again when they have ended",
        )),
        Err(error) => {
            let what = "cannot see which copies are in flight, so the vault lock has not changed";
            Err(OperatorError::from_aws(what, place, &error))
        }
    }
}

/// Looks at the lock that was deployed.
pub(super) async fn holds(pipeline: &Pipeline, sessions: &Sessions, changes: &Changes) -> Result<(), OperatorError> {
    let Some(wanted) = pipeline.lock_range() else { return Ok(()) };
    let deployed = changes
        .stacks
        .iter()
        .any(|one| one.environment == Destination && matches!(one.action, StackAction::Create | StackAction::Update));
    if !deployed {
        return Ok(());
    }
    let session = sessions.get(Destination);
    let name = &pipeline.destination.vault;
    let place = || ErrorPlace::of(session).about(name);
    let vaults = backup::list_vaults(session).await;
    let vaults = vaults.map_err(|error| OperatorError::from_aws("cannot look at the vault lock", place(), &error))?;
    let found = vaults.iter().find(|vault| &vault.name == name);
    if found.is_some_and(|one| one.locked && LockRange::seen(one.min_retention_days, one.max_retention_days) == wanted)
    {
        return Ok(());
    }
    let at = cli_options(pipeline, Destination);
    Err(OperatorError::failed(
        format!("backup vault `{name}` is not locked for {} to {} days", wanted.min_days, wanted.max_days),
        place(),
        format!(
            "lock it: `aws backup put-backup-vault-lock-configuration {at} --backup-vault-name {name} --min-retention-days {} \
             --max-retention-days {}`",
            wanted.min_days, wanted.max_days
        ),
    ))
}
