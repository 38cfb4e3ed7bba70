//! Does exactly what was decided, in order; decides nothing.

use std::time::Duration;

use futures_util::future::join_all;

use super::decide::{Changes, PlanAction, SelectionAction, StackAction, StackChange};
use super::observe::Observed;
use super::report::{Bootstrapped, report};
use super::settings::{SettingAction, SettingChange, turn_on};
use super::stack::{Followed, follow};
use crate::aws::backup::plans::{self, SelectionSpec};
use crate::aws::cloudformation::{self, Protection, Stack};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session};
use crate::operations::deployment::STACK_POLICY;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// How long IAM may take until a new role is known everywhere.
const IAM_CATCHES_UP: Duration = Duration::from_secs(120);

/// Applies the changes.
///
/// # Errors
/// The first failure of a step; a later step is not begun.
pub async fn apply(
    pipeline: &Pipeline,
    sessions: &Sessions,
    observed: &Observed,
    changes: &Changes,
    patience: Patience,
    sink: &Sink,
) -> Result<Bootstrapped, OperatorError> {
    let mut result = report(pipeline, changes);
    for setting in &changes.settings {
        apply_setting(pipeline, sessions, observed, setting, sink).await?;
    }
    let deployed = join_all(
        changes.stacks.iter().map(|change| apply_stack(sessions.get(change.environment), change, patience, sink)),
    )
    .await;
    for (change, stack) in changes.stacks.iter().zip(deployed) {
        if let Some(stack) = stack? {
            result.deployed(change.environment, &stack);
        }
    }
    let session = sessions.get(EnvironmentName::Source);
    let plan = apply_plan(session, changes, sink).await?;
    if let Some((id, arn)) = &plan {
        result.planned(id, arn);
    }
    if let Some(id) = apply_selection(session, changes, plan.as_ref(), patience, sink).await? {
        result.selected(&id);
    }
    Ok(result)
}

/// Deletes the change sets that were made only to be looked at: after a dry run, a refusal, an error.
///
/// # Errors
/// The first deletion that AWS refused.
pub async fn discard(sessions: &Sessions, observed: &Observed) -> Result<(), OperatorError> {
    for seen in &observed.stacks {
        let (Some((name, _)), Some(stack)) = (&seen.change_set, &seen.stack) else { continue };
        let session = sessions.get(seen.environment);
        cloudformation::delete_change_set(session, &stack.name, name).await.map_err(|error| {
            let place = ErrorPlace::of(session).about(&stack.name);
            OperatorError::from_aws(format!("cannot delete change set `{name}`"), place, &error)
        })?;
    }
    Ok(())
}

async fn apply_setting(
    pipeline: &Pipeline,
    sessions: &Sessions,
    observed: &Observed,
    change: &SettingChange,
    sink: &Sink,
) -> Result<(), OperatorError> {
    if change.action == SettingAction::None {
        return Ok(());
    }
    let own = sessions.get(change.environment);
    let session = if change.setting.is_organizations() { observed.management.as_ref().unwrap_or(own) } else { own };
    sink.step(format!("Turning on {} ({})", change.setting.as_str(), session.label()));
    turn_on(pipeline, session, change.setting).await.map_err(|error| {
        let what = format!("cannot turn on {}", change.setting.as_str());
        OperatorError::from_aws(what, ErrorPlace::of(session), &error)
    })?;
    sink.done(format!("Turned on {} ({})", change.setting.as_str(), session.label()));
    Ok(())
}

async fn apply_stack(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<Stack>, OperatorError> {
    let name = &change.deployment.stack;
    match change.action {
        StackAction::None => Ok(None),
        StackAction::Blocked => {
            let reason = change.reason.clone().unwrap_or_default();
            let place = ErrorPlace::of(session).about(name);
            Err(OperatorError::refused(format!("stack `{name}` is blocked"), place, reason))
        }
        StackAction::Create => create(session, change, patience, sink).await,
        StackAction::Replace => {
            let id = change.stack_id.as_deref().unwrap_or(name);
            remove_stack(session, change.environment, id, &[], patience, sink).await?;
            create(session, change, patience, sink).await
        }
        StackAction::Update => update(session, change, patience, sink).await,
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
) -> Result<Option<Stack>, OperatorError> {
    let name = &change.deployment.stack;
    let token = session.fresh_name("backupctl");
    sink.step(format!("Creating stack {name} ({})", change.environment));
    let id = cloudformation::create_stack(session, &change.deployment, STACK_POLICY, &token)
        .await
        .map_err(|error| stack_error(session, name, "create", &error))?;
    let followed = Followed { environment: change.environment, stack_id: &id, token: &token };
    let stack = follow(session, &followed, patience, sink).await?;
    sink.done(format!("Created stack {name} ({})", change.environment));
    Ok(stack)
}

async fn update(
    session: &Session,
    change: &StackChange,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<Stack>, OperatorError> {
    let name = &change.deployment.stack;
    let (Some(change_set), Some(id)) = (&change.change_set, &change.stack_id) else { return Ok(None) };
    let token = session.fresh_name("backupctl");
    sink.step(format!("Updating stack {name} ({})", change.environment));
    cloudformation::execute_change_set(session, name, change_set, &token)
        .await
        .map_err(|error| stack_error(session, name, "update", &error))?;
    let followed = Followed { environment: change.environment, stack_id: id, token: &token };
    let stack = follow(session, &followed, patience, sink).await?;
    sink.done(format!("Updated stack {name} ({})", change.environment));
    Ok(stack)
}

/// Deletes a stack and waits for the end of it.
pub(crate) async fn remove_stack(
    session: &Session,
    environment: EnvironmentName,
    stack: &str,
    retain: &[String],
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let fail = |error: AwsError| stack_error(session, stack, "delete", &error);
    sink.step(format!("Deleting stack {stack} ({environment})"));
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
    let followed = Followed { environment, stack_id: &found.id, token: &token };
    follow(session, &followed, patience, sink).await?;
    sink.done(format!("Deleted stack {stack} ({environment})"));
    Ok(())
}

async fn apply_plan(
    session: &Session,
    changes: &Changes,
    sink: &Sink,
) -> Result<Option<(String, String)>, OperatorError> {
    let Some(change) = &changes.plan else { return Ok(None) };
    let fail = |error: AwsError| {
        let what = format!("cannot write backup plan `{}`", change.name);
        OperatorError::from_aws(what, ErrorPlace::of(session).about(&change.name), &error)
    };
    match &change.action {
        PlanAction::None { id, arn } => Ok(Some((id.clone(), arn.clone()))),
        PlanAction::Create => {
            sink.step(format!("Creating backup plan {}", change.name));
            let head = plans::create_plan(session, &change.name, &change.rule, &change.tags).await.map_err(fail)?;
            sink.done(format!("Created backup plan {} ({})", change.name, head.id));
            Ok(Some((head.id, head.arn)))
        }
        PlanAction::Update { id, arn } => {
            sink.step(format!("Updating backup plan {}", change.name));
            plans::update_plan(session, id, &change.name, &change.rule).await.map_err(fail)?;
            sink.done(format!("Updated backup plan {} ({id})", change.name));
            Ok(Some((id.clone(), arn.clone())))
        }
    }
}

async fn apply_selection(
    session: &Session,
    changes: &Changes,
    plan: Option<&(String, String)>,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<String>, OperatorError> {
    let (Some(change), Some((plan, _))) = (&changes.selection, plan) else { return Ok(None) };
    let name = &change.spec.name;
    match &change.action {
        SelectionAction::None { id } => return Ok(Some(id.clone())),
        SelectionAction::Create => {}
        SelectionAction::Replace { id, not_before } => {
            if let Some(end) = not_before {
                window_over(session, *end, patience, sink).await?;
            }
            plans::delete_selection(session, plan, id).await.map_err(|error| {
                let place = ErrorPlace::of(session).about(name);
                OperatorError::from_aws(format!("cannot delete backup selection `{name}`"), place, &error)
            })?;
        }
    }
    sink.step(format!("Assigning resources: selection {name}"));
    let id = select(session, plan, &change.spec, patience, sink).await?;
    sink.done(format!("Assigned resources: selection {name} ({id})"));
    Ok(Some(id))
}

async fn window_over(
    session: &Session,
    end: chrono::DateTime<chrono::Utc>,
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let left = (end - session.now()).to_std().unwrap_or_default();
    sink.emit(Event::Waiting {
        what: "the end of the plan's start window: a selection that is replaced inside it loses its backup".to_owned(),
        until: Some(end),
        resume: "backupctl bootstrap".to_owned(),
    });
    if left > patience.timeout {
        return Err(OperatorError::timed_out(
            format!("the selection is not replaced before {}", shown(end)),
            ErrorPlace::of(session),
            "run `backupctl bootstrap` again after that time, or give a longer --timeout",
        ));
    }
    session.sleep(left).await;
    Ok(())
}

/// The two texts with which AWS Backup says that IAM has not told it yet of a new role
/// (hashicorp/terraform-provider-aws, internal/service/backup/selection.go).
fn iam_lags(error: &AwsError) -> bool {
    error.message.contains("cannot be assumed by AWS Backup")
        || error.message.contains("is not authorized to call tag:GetResources")
}

async fn select(
    session: &Session,
    plan: &str,
    spec: &SelectionSpec,
    patience: Patience,
    sink: &Sink,
) -> Result<String, OperatorError> {
    let short = Patience { timeout: IAM_CATCHES_UP.min(patience.timeout), ..patience };
    let mut last = None;
    let outcome = poll(session, short, async || match plans::create_selection(session, plan, spec).await {
        Ok(id) => Ok(Look::Done(id)),
        Err(error) if iam_lags(&error) => {
            if last.is_none() {
                sink.note(format!("IAM has not told AWS Backup of the role yet, retrying: {}", error.message));
            }
            last = Some(error);
            Ok(Look::Again)
        }
        Err(error) => Err(error),
    })
    .await;
    let fail = |error: &AwsError| {
        let place = ErrorPlace::of(session).about(&spec.name);
        OperatorError::from_aws(format!("cannot create backup selection `{}`", spec.name), place, error)
    };
    match outcome {
        Ok(Waited::Done(id)) => Ok(id),
        Ok(Waited::TimedOut) => Err(last
            .as_ref()
            .map_or_else(|| fail(&AwsError::missing("backup:CreateBackupSelection", "SelectionId")), fail)),
        Err(error) => Err(fail(&error)),
    }
}
