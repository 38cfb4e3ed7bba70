//! What shows that a cleanup is under way, or was stopped halfway. Pure.
//!
//! A cleanup deletes the plan, pauses the event path of every stack that it will delete, and only then takes vaults, keys
//! and stacks away. So a vault that a cleanup deleted is known by what lies around it, and not by itself.

use super::super::observe::{Difference, Observed, ObservedStack};
use super::super::states::{Course, state_of};
use super::super::{Options, WithPlan};
use super::change::{StackAction, StackChange};
use super::danger::old_key;
use super::plan;
use crate::aws::cloudformation::{ChangeSet, Stack};
use crate::operations::deployment::TAG;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

const RULE: &str = "AWS::Events::Rule";

/// How far a cleanup came, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cleanup {
    /// Nothing shows that it is past its pause.
    Unseen,
    /// There is no plan any more, and all of the event path that still stands is paused: what is gone besides went with it.
    Stopped,
}

/// What shows it, in words, and how far it came.
pub(super) fn signs(pipeline: &Pipeline, observed: &Observed, options: &Options) -> (Vec<String>, Cleanup) {
    let standing: Vec<&ObservedStack> = observed.stacks.iter().filter(|seen| stands(pipeline, seen)).collect();
    let mut signs: Vec<String> = standing.iter().flat_map(|seen| paused(seen)).collect();
    let some_paused = !signs.is_empty();
    let has_plan = plan::ours(pipeline, &observed.plans).is_ok_and(|plan| plan.is_some());
    if let Some(at) = observed.plan_deleted.filter(|_| !standing.is_empty()) {
        signs.push(format!("the backup plan was deleted at {}", shown(at)));
    }
    let path = [EnvironmentName::Source, EnvironmentName::Intermediate];
    let sees_all = options.plan == WithPlan::Yes && path.iter().all(|name| options.environments.contains(name));
    let all_paused =
        standing.iter().filter(|seen| path.contains(&seen.environment)).all(|seen| !paused(seen).is_empty());
    let went = some_paused || observed.plan_deleted.is_some();
    let stopped = sees_all && observed.plans.is_empty() && !has_plan && all_paused && went;
    (signs, if stopped { Cleanup::Stopped } else { Cleanup::Unseen })
}

/// Whether it is a stack of ours that could be updated.
fn stands(pipeline: &Pipeline, seen: &ObservedStack) -> bool {
    seen.stack.as_ref().is_some_and(|stack| {
        stack.tags.get(TAG).is_some_and(|tag| tag == pipeline.identity())
            && state_of(stack.status.as_str()).is_some_and(|state| state.course == Course::Update)
    })
}

/// What of the event path does not run in a stack.
fn paused(seen: &ObservedStack) -> Vec<String> {
    let place = seen.environment;
    let mut paused: Vec<String> = seen
        .paused_function
        .iter()
        .map(|arn| format!("function {} has a concurrency of 0 ({place})", arn.rsplit(':').next().unwrap_or(arn)))
        .collect();
    if let Difference::Made(ChangeSet::Ready(changes)) = &seen.difference {
        let rules = changes.iter().filter(|change| {
            change.resource_type == RULE
                && change.properties.iter().any(|one| {
                    one.name.contains("State") && one.before.as_deref().is_some_and(|text| text.contains("DISABLED"))
                })
        });
        paused.extend(rules.map(|rule| format!("rule {} is disabled ({place})", rule.logical_id)));
    }
    paused
}

/// What the operator is told before consent.
pub(super) fn note(signs: &[String]) -> Option<String> {
    (!signs.is_empty()).then(|| {
        format!(
            "the pipeline is paused, as a cleanup does that is under way or was stopped: {}; `bootstrap` turns it on again, \
             and a cleanup that still runs then stops before its next deletion",
            signs.join(", ")
        )
    })
}

/// Whether the vault that is gone is the one that the stack made.
pub(super) fn is_its_vault(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack) -> bool {
    let made = stack.outputs.get("VaultArn").and_then(|arn| arn.rsplit(':').next());
    made.is_none_or(|made| made == pipeline.environment(seen.environment).vault)
}

/// A cleanup that was stopped between its vault and its stack: the stack goes too, then all of it is made anew.
pub(super) fn decide_anew(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack, change: &mut StackChange) {
    let environment = pipeline.environment(seen.environment);
    change.action = StackAction::Replace;
    change.changes.clear();
    change.repairs.clear();
    change.has_change_set = false;
    change.goes_on = true;
    change.goes_first = true;
    change.reason = Some(format!(
        "its backup vault `{}` is gone, deleted by a cleanup that was stopped before it came to the stack: the stack goes \
         too, then it is made anew{}",
        environment.vault,
        old_key(environment, stack)
    ));
}
