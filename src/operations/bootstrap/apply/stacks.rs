//! One stack: created, updated, replaced, adopted, or its rollback continued.

use super::super::adoption;
use super::super::decide::{Repair, StackAction, StackChange};
use super::super::stack::{Followed, change_set_made, follow, make_change_set};
use super::super::{CHANGE_SET, VAULT};
use crate::aws::cloudformation::{self, ChangeSet, Comparison, Protection, Stack, StackStatus};
use crate::aws::wait::Patience;
use crate::aws::{AwsError, Session, backup, lambda};
use crate::operations::deployment::STACK_POLICY;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::pipeline::environment::EnvironmentName;

/// How it ended with a stack.
#[derive(Debug)]
pub(super) enum End {
    /// There was nothing to do, or what there was is known only when it is looked at again.
    Nothing,
    /// The stack as it is now, where AWS still shows it.
    Done(Option<Stack>),
    /// Somebody else was there first, another `bootstrap` it seems: the stack must be looked at again.
    Overtaken,
}

pub(super) async fn apply(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<End, OperatorError> {
    let name = &change.deployment.stack;
    match change.action {
        // To wait is a dry run's answer, since a real run waited before it decided; a block is the command's to refuse.
        StackAction::None | StackAction::Wait | StackAction::Blocked => Ok(End::Nothing),
        StackAction::Create => create(session, change, patience, sink).await,
        StackAction::Replace => {
            let id = change.stack_id.as_deref().unwrap_or(name);
            remove(session, change.environment, id, &[], patience, sink).await?;
            if change.goes_on { Ok(End::Nothing) } else { create(session, change, patience, sink).await }
        }
        StackAction::Update => update(session, change, patience, sink).await,
        StackAction::Import => adopt(session, change, patience, sink).await,
        StackAction::ContinueRollback => continue_rollback(session, change, patience, sink).await,
    }
}

fn stack_error(session: &Session, name: &str, doing: &str, error: &AwsError) -> OperatorError {
    OperatorError::from_aws(format!("cannot {doing} stack `{name}`"), ErrorPlace::of(session).about(name), error)
}

async fn create(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<End, OperatorError> {
    let name = &change.deployment.stack;
    let token = session.fresh_name("backupctl");
    sink.step(format!("Creating stack {name} ({})", change.environment));
    let id = match cloudformation::create_stack(session, &change.deployment, STACK_POLICY, &token).await {
        Err(error) if error.is("AlreadyExistsException") => return Ok(overtaken(name, change, sink)),
        answer => answer.map_err(|error| stack_error(session, name, "create", &error))?,
    };
    let followed = Followed::new(change.environment, &id, &token);
    let stack = follow(session, &followed, patience, sink).await?;
    sink.done(format!("Created stack {name} ({})", change.environment));
    Ok(End::Done(stack))
}

fn overtaken(name: &str, change: &StackChange, sink: &Sink) -> End {
    sink.note(format!(
        "{}: somebody else works on stack {name} too; it is looked at again when they are done",
        change.environment
    ));
    End::Overtaken
}

async fn update(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<End, OperatorError> {
    let name = &change.deployment.stack;
    let Some(id) = &change.stack_id else { return Ok(End::Nothing) };
    let fail = |error: AwsError| stack_error(session, name, "update", &error);
    sink.step(format!("Updating stack {name} ({})", change.environment));
    let mut stack = None;
    if change.has_change_set {
        // Somebody may have taken it away, and an imported stack has none: no update begins without it.
        cloudformation::set_stack_policy(session, name, STACK_POLICY).await.map_err(fail)?;
        let token = session.fresh_name("backupctl");
        match cloudformation::execute_change_set(session, name, CHANGE_SET, &token).await {
            // All our change sets have one name: another run took this one away, or executed it.
            Err(error) if error.is("ChangeSetNotFoundException") || error.is("ChangeSetNotFound") => {
                return Ok(overtaken(name, change, sink));
            }
            Err(error) if error.is("InvalidChangeSetStatus") => return Ok(overtaken(name, change, sink)),
            answer => answer.map_err(fail)?,
        }
        stack = follow(session, &Followed::new(change.environment, id, &token), patience, sink).await?;
    }
    for repair in &change.repairs {
        sink.note(format!("{}: {}", change.environment, repair.text()));
        match repair {
            Repair::TerminationProtection => {
                cloudformation::set_termination_protection(session, name, Protection::On).await.map_err(fail)?;
            }
            Repair::Lock { vault, range } => {
                backup::lock_vault(session, vault, *range).await.map_err(|error| {
                    let what = "cannot lock the backup vault";
                    OperatorError::from_aws(what, ErrorPlace::of(session).about(vault), &error)
                })?;
            }
            Repair::ResumeFunction { arn } => {
                lambda::resume(session, arn).await.map_err(|error| {
                    let what = "cannot let the function run again";
                    OperatorError::from_aws(what, ErrorPlace::of(session).about(arn), &error)
                })?;
            }
        }
    }
    sink.done(format!("Updated stack {name} ({})", change.environment));
    Ok(End::Done(stack))
}

async fn adopt(session: &Session, change: &StackChange, patience: Patience, sink: &Sink) -> Result<End, OperatorError> {
    let name = &change.deployment.stack;
    let fail = |error: AwsError| stack_error(session, name, "import into", &error);
    // The stack may have been made by somebody else since: then vault and key are in it already.
    let found = cloudformation::describe_stack(session, name).await.map_err(fail)?;
    if found.is_some_and(|stack| !matches!(stack.status, StackStatus::Review | StackStatus::Gone)) {
        return Ok(overtaken(name, change, sink));
    }
    sink.step(format!("Adopting vault and key into stack {name} ({})", change.environment));
    let reduced = adoption::deployment(&change.deployment, &change.adopts);
    make_change_set(session, &reduced, &Comparison::Adoption(change.adopts.clone())).await.map_err(fail)?;
    let made = change_set_made(session, name, patience).await?;
    if let ChangeSet::Failed(reason) = made {
        undo_import(session, name).await.map_err(fail)?;
        return Err(not_adopted(session, change, &reason));
    }
    let token = session.fresh_name("backupctl");
    cloudformation::execute_change_set(session, name, CHANGE_SET, &token).await.map_err(fail)?;
    let found = cloudformation::describe_stack(session, name).await.map_err(fail)?;
    let id = found.map_or_else(|| name.clone(), |stack| stack.id);
    let stack = follow(session, &Followed::new(change.environment, &id, &token), patience, sink).await?;
    cloudformation::set_termination_protection(session, name, Protection::On).await.map_err(fail)?;
    sink.done(format!("Adopted vault and key into stack {name} ({})", change.environment));
    Ok(End::Done(stack))
}

fn not_adopted(session: &Session, change: &StackChange, reason: &str) -> OperatorError {
    let name = &change.deployment.stack;
    let vault = change.adopts.iter().find(|one| one.resource_type == VAULT).map_or("", |one| &one.identifier.1);
    let what = format!("cannot adopt vault and key into stack `{name}`");
    let hint = format!(
        "fix the cause that AWS reports, then run `backupctl bootstrap` again; which stack has the vault, if one has it: \
         `aws cloudformation describe-stack-resources --region {} --physical-resource-id {vault}`",
        session.region()
    );
    let place = ErrorPlace::of(session).about(name);
    OperatorError::failed(what, place, hint).because(Some("cloudformation:CreateChangeSet"), reason)
}

/// An import change set that failed leaves an empty stack behind.
async fn undo_import(session: &Session, name: &str) -> Result<(), AwsError> {
    cloudformation::delete_change_set(session, name, CHANGE_SET).await?;
    let found = cloudformation::describe_stack(session, name).await?;
    match found.filter(|stack| stack.status == cloudformation::StackStatus::Review) {
        Some(stack) => {
            let token = session.fresh_name("backupctl");
            cloudformation::delete_stack(session, &stack.id, &[], &token).await
        }
        None => Ok(()),
    }
}

async fn continue_rollback(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<End, OperatorError> {
    let name = &change.deployment.stack;
    let id = change.stack_id.as_deref().unwrap_or(name);
    let token = session.fresh_name("backupctl");
    sink.step(format!("Continuing the rollback of stack {name} ({})", change.environment));
    cloudformation::continue_update_rollback(session, id, &token)
        .await
        .map_err(|error| stack_error(session, name, "continue the rollback of", &error))?;
    let followed = Followed::new(change.environment, id, &token).ending_in("UPDATE_ROLLBACK_COMPLETE");
    let stack = follow(session, &followed, patience, sink).await?;
    sink.done(format!("Continued the rollback of stack {name} ({})", change.environment));
    Ok(End::Done(stack))
}

/// Deletes a stack and waits for the end of it.
pub(crate) async fn remove(
    session: &Session,
    environment: EnvironmentName,
    stack: &str,
    retain: &[String],
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    // A stack that is gone is known by its id only, but no person knows it by that.
    let name = stack.rsplit_once(":stack/").and_then(|(_, rest)| rest.split('/').next()).unwrap_or(stack);
    let fail = |error: AwsError| stack_error(session, name, "delete", &error);
    sink.step(format!("Deleting stack {name} ({environment})"));
    let Some(found) = cloudformation::describe_stack(session, stack).await.map_err(fail)? else { return Ok(()) };
    if found.status == cloudformation::StackStatus::Gone {
        return Ok(());
    }
    let token = session.fresh_name("backupctl");
    // A deletion that is under way already, from a run that was stopped, is waited for: AWS refuses to
    // change such a stack.
    if found.status.as_str() != "DELETE_IN_PROGRESS" {
        if found.termination_protection {
            cloudformation::set_termination_protection(session, &found.id, Protection::Off).await.map_err(fail)?;
        }
        cloudformation::delete_stack(session, &found.id, retain, &token).await.map_err(fail)?;
    }
    follow(session, &Followed::new(environment, &found.id, &token), patience, sink).await?;
    sink.done(format!("Deleted stack {name} ({environment})"));
    Ok(())
}
