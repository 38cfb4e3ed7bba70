//! Does exactly what was decided, in order; decides nothing.

mod lock;
mod plan;
mod stacks;

use stacks::End;
pub(crate) use stacks::remove as remove_stack;

use futures_util::future::join_all;

use super::CHANGE_SET;
use super::decide::{Changes, StackChange};
use super::observe::{Difference, Observed};
use super::report::{Bootstrapped, report};
use super::settings::{SettingAction, SettingChange, turn_on};
use super::stack::undeleted;
use crate::aws::cloudformation::{self, StackStatus};
use crate::aws::wait::Patience;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// What became of it: what stands now, and what ended it early.
#[derive(Debug)]
pub struct Applied {
    /// What stands now, as far as it came.
    pub result: Bootstrapped,
    pub failure: Option<OperatorError>,
    /// Whether somebody else was there first, so that it must be looked at again.
    pub overtaken: bool,
}

/// Applies the changes. A later step is not begun when an earlier one failed, nor when what follows it must be
/// looked at again first.
pub async fn apply(
    pipeline: &Pipeline,
    sessions: &Sessions,
    observed: &Observed,
    changes: &Changes,
    patience: Patience,
    sink: &Sink,
) -> Applied {
    let mut result = report(pipeline, changes);
    let ended = steps(pipeline, sessions, observed, changes, patience, sink, &mut result).await;
    let overtaken = ended.as_ref().is_ok_and(|course| *course == Course::Overtaken);
    Applied { result, failure: ended.err(), overtaken }
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// As far as was decided.
    Through,
    /// Up to a stack that somebody else works on.
    Overtaken,
}

async fn steps(
    pipeline: &Pipeline,
    sessions: &Sessions,
    observed: &Observed,
    changes: &Changes,
    patience: Patience,
    sink: &Sink,
    result: &mut Bootstrapped,
) -> Result<Course, OperatorError> {
    for setting in &changes.settings {
        apply_setting(pipeline, sessions, observed, setting, sink).await?;
    }
    let first = changes.stacks.iter().any(|change| change.goes_first);
    let due: Vec<_> = changes.stacks.iter().filter(|change| change.goes_first == first).collect();
    let mut course = Course::Through;
    for (number, phase) in lock::phases(changes, &due).into_iter().enumerate() {
        if number > 0 && !first {
            lock::copies_over(pipeline, sessions, observed, changes, patience, sink).await?;
        }
        if side_by_side(sessions, &phase, patience, sink, result).await? == Course::Overtaken {
            course = Course::Overtaken;
            break;
        }
    }
    if course == Course::Through && !first {
        lock::holds(pipeline, sessions, changes).await?;
    }
    if changes.goes_on() || course == Course::Overtaken {
        return Ok(course);
    }
    let session = sessions.get(EnvironmentName::Source);
    let plan = plan::apply(pipeline, session, changes, patience, sink).await?;
    if let Some((id, arn)) = &plan {
        result.planned(id, arn);
    }
    if let Some(id) = plan::select(session, changes, plan.as_ref(), patience, sink).await? {
        result.selected(&id);
    }
    Ok(course)
}

/// Deploys stacks at the same time.
async fn side_by_side(
    sessions: &Sessions,
    changes: &[&StackChange],
    patience: Patience,
    sink: &Sink,
    result: &mut Bootstrapped,
) -> Result<Course, OperatorError> {
    let deployed = join_all(changes.iter().map(|change| {
        let session = sessions.get(change.environment);
        async move { (change.environment, stacks::apply(session, change, patience, sink).await) }
    }))
    .await;
    let mut failures = Vec::new();
    let mut course = Course::Through;
    for (environment, outcome) in deployed {
        match outcome {
            Ok(End::Done(Some(stack))) => result.deployed(environment, &stack),
            Ok(End::Done(None) | End::Nothing) => {}
            Ok(End::Overtaken) => course = Course::Overtaken,
            Err(error) => {
                result.failed(environment, &error.to_string());
                failures.push(error);
            }
        }
    }
    first_of(failures).map_or(Ok(course), Err)
}

/// The first failure, which names the others too: they happened side by side.
fn first_of(failures: Vec<OperatorError>) -> Option<OperatorError> {
    let mut failures = failures.into_iter();
    let first = failures.next()?;
    let others: Vec<String> = failures.map(|other| format!("{}: {other}", other.place.environment)).collect();
    Some(match others.as_slice() {
        [] => first,
        others => first.hinting(&format!("also failed, side by side with it: {}", others.join("; "))),
    })
}

/// Deletes the change sets that were made only to be looked at: after a dry run, a refusal, an error.
///
/// # Errors
/// The first deletion that AWS refused.
pub async fn discard(sessions: &Sessions, observed: &Observed) -> Result<(), OperatorError> {
    for seen in &observed.stacks {
        let (Difference::Made(_), Some(stack)) = (&seen.difference, &seen.stack) else { continue };
        let session = sessions.get(seen.environment);
        cloudformation::delete_change_set(session, &stack.name, CHANGE_SET)
            .await
            .map_err(|error| undeleted(session, &stack.name, &error))?;
    }
    Ok(())
}

/// Takes back what an interrupted run made only to look at it: change sets that nobody executes any more, and a
/// stack that one of them made and that has no resources. What AWS is carrying out goes on.
pub async fn abandon(pipeline: &Pipeline, sessions: &Sessions, environments: &[EnvironmentName]) {
    join_all(environments.iter().map(|name| async move {
        let (session, stack) = (sessions.get(*name), &pipeline.environment(*name).stack);
        // One that is being executed says no: it is not ours to take back any more.
        let discarded = cloudformation::delete_change_set(session, stack, CHANGE_SET).await;
        let found = cloudformation::describe_stack(session, stack).await;
        if let (Ok(()), Ok(Some(found))) = (discarded, found)
            && found.status == StackStatus::Review
            && cloudformation::list_change_sets(session, stack).await.is_ok_and(|names| names.is_empty())
        {
            let token = session.fresh_name("backupctl");
            // The run has ended; what cannot be deleted now is deleted by the next one.
            let _ = cloudformation::delete_stack(session, &found.id, &[], &token).await;
        }
    }))
    .await;
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
