//! Vault, key, stack of an environment: each only after the one before, so that a stack that still stands names them.

use chrono::{DateTime, Utc};

use super::absence::is_gone;
use super::change::{EnvironmentChange, Intent, KeyChange};
use super::key_use::{in_words, users_now, what_helps};
use super::points::{DELETION, list};
use super::report::Cleaned;
use crate::aws::wait::{Deadline, Look, Waited, poll};
use crate::aws::{AwsError, Session, backup, kms};
use crate::operations::bootstrap::remove_stack;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::arn::VaultArn;
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// What is taken down, and with what.
pub(super) struct Doing<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) sessions: &'a Sessions,
    pub(super) change: &'a EnvironmentChange,
    pub(super) deadline: &'a Deadline,
    pub(super) sink: &'a Sink,
}

/// Vault, key and stack, as far as they were meant to go.
pub(super) async fn take_down(doing: &Doing<'_>, cleaned: &mut Cleaned) -> Result<(), OperatorError> {
    let Doing { pipeline, sessions, change, deadline, sink } = doing;
    let name = change.environment;
    let session = sessions.get(name);
    if let Some(vault) = change.vault.as_ref().filter(|_| change.vault_intent == Intent::Delete) {
        delete_vault(session, vault, deadline, sink).await?;
        for report in cleaned.vaults.iter_mut().filter(|report| report.environment == name) {
            report.result = Some("deleted");
        }
    }
    if let Some(key) = change.key.as_ref().filter(|key| key.intent == Intent::Delete) {
        unused(doing, key).await?;
        let date = schedule_deletion(session, key).await.map_err(|error| {
            let place = ErrorPlace::of(session).about(key.arn.as_str());
            OperatorError::from_aws("cannot schedule the key's deletion", place, &error)
        })?;
        let when = date.map(shown).unwrap_or_default();
        sink.done(format!("Scheduled key {} for deletion at {when}", key.arn));
        for report in cleaned.keys.iter_mut().filter(|report| report.environment == name) {
            report.deletion_date = date;
        }
        still_unused(doing, key).await?;
    }
    if change.stack_intent == Intent::Delete
        && let Some(id) = &change.stack_id
    {
        remove_stack(session, name, id, &[], deadline.left(session), sink).await?;
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
    deadline: &Deadline,
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
    let short = deadline.at_most(session, DELETION);
    let outcome = poll(session, short, async || match backup::delete_vault(session, vault.name()).await {
        Ok(()) => Ok(Look::Done(())),
        Err(error) if error.message.contains("contains recovery points") => Ok(Look::Again),
        // Where the answer to a deletion is lost the SDK asks again, and a vault that is gone answers like
        // one that may not be deleted.
        Err(error) => {
            if is_gone(session, vault).await.unwrap_or(false) {
                Ok(Look::Done(()))
            } else {
                Err(error)
            }
        }
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

/// Nothing needs the key: its vault is gone, by the list and by its name, and nothing else is under it.
async fn unused(doing: &Doing<'_>, key: &KeyChange) -> Result<(), OperatorError> {
    let (place, users) = users(doing, key).await?;
    if users.is_empty() {
        return Ok(());
    }
    Err(OperatorError::refused(
        format!("the key stays: {}", in_words(&users)),
        place,
        format!("{}; the key and its stack stay till then", what_helps(&users)),
    ))
}

/// After its deletion was scheduled nothing needs the key either: what came in between can still be saved.
async fn still_unused(doing: &Doing<'_>, key: &KeyChange) -> Result<(), OperatorError> {
    let (place, users) = users(doing, key).await?;
    if users.is_empty() {
        return Ok(());
    }
    let at = doing.pipeline.at(doing.change.environment);
    let arn = &key.arn;
    Err(OperatorError::refused(
        format!("the key's deletion is scheduled, and since then {}", in_words(&users)),
        place,
        format!(
            "take it back: `aws kms cancel-key-deletion --key-id {arn}{at}`, then `aws kms enable-key --key-id \
             {arn}{at}`"
        ),
    ))
}

/// Who needs the key now; its own vault, while AWS Backup still knows it.
async fn users(doing: &Doing<'_>, key: &KeyChange) -> Result<(ErrorPlace, Vec<String>), OperatorError> {
    let Doing { pipeline, sessions, change, .. } = doing;
    let session = sessions.get(change.environment);
    let place = ErrorPlace::of(session).about(key.arn.as_str());
    let vault = pipeline.vault_arn(change.environment);
    let found = async {
        let mut users = users_now(pipeline, sessions, change, &key.arn).await?;
        if !is_gone(session, &vault).await? {
            users.push(vault.to_string());
        }
        Ok(users)
    };
    let found = found.await.map_err(|error: AwsError| {
        OperatorError::from_aws("cannot look whether the key is still in use", place.clone(), &error)
    })?;
    Ok((place, found))
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
