//! What happens to a stack.

use super::super::observe::{Difference, Observed, ObservedStack};
use super::super::states::{Course, state_of};
use super::super::{Options, adoption, recovery_points};
use super::adoptable::adoptable;
use super::change::{Repair, StackAction, StackChange};
use super::cleanup::{Cleanup, decide_anew, is_its_vault};
use super::danger::{endangered, gone};
use super::lock::{decide_lock, keep_within_lock};
use crate::aws::cloudformation::{ChangeSet, Stack, StackStatus};
use crate::operations::deployment::{TAG, additions, cli_options, deployment};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

pub(super) fn decide(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    seen: &ObservedStack,
    cleanup: Cleanup,
) -> StackChange {
    let organization = observed.organization_id.as_deref();
    let mut change = StackChange {
        environment: seen.environment,
        action: StackAction::Create,
        reason: None,
        block: None,
        deployment: deployment(pipeline, seen.environment, &options.templates, organization),
        changes: Vec::new(),
        repairs: Vec::new(),
        has_change_set: false,
        adopts: Vec::new(),
        goes_on: false,
        goes_first: false,
        stack_id: seen.stack.as_ref().map(|stack| stack.id.clone()),
        status: seen.stack.as_ref().map(|stack| stack.status.as_str().to_owned()),
        outputs: seen.stack.as_ref().map(|stack| stack.outputs.clone()).unwrap_or_default(),
        retained: Vec::new(),
    };
    match &seen.stack {
        None => decide_new(pipeline, seen, &mut change),
        Some(stack) if !is_ours(pipeline, seen, stack) => not_ours(pipeline, seen, stack, &mut change),
        Some(stack) => decide_existing(pipeline, seen, stack, options, cleanup, &mut change),
    }
    change
}

/// A stack in review has no resources: a change set of ours makes it ours.
fn is_ours(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack) -> bool {
    let by_tag = stack.tags.get(TAG).is_some_and(|tag| tag == pipeline.identity());
    let reviewed = stack.status == StackStatus::Review
        && !stack.tags.contains_key(TAG)
        && seen.change_sets.iter().all(|name| name.starts_with("backupctl-"));
    by_tag || reviewed
}

fn not_ours(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack, change: &mut StackChange) {
    let identity = pipeline.identity();
    let at = cli_options(pipeline, seen.environment);
    if stack.status == StackStatus::Review {
        let whose = seen.change_sets.join("`, `");
        change.block(
            format!("{} is in review with change sets that are not ours: `{whose}`", stack.id),
            format!(
                "let its owner execute or delete them (`aws cloudformation delete-stack {at} \
                 --stack-name {}` deletes stack and change sets), or name another `stack` in backupctl.toml",
                stack.name
            ),
        );
        return;
    }
    let whose = match stack.tags.get(TAG) {
        Some(other) => format!("it belongs to the pipeline {TAG}={other}"),
        None if stack.tags.is_empty() => "it has no tags".to_owned(),
        None => {
            let tags: Vec<String> = stack.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("its tags are {}", tags.join(", "))
        }
    };
    let tags: String = stack
        .tags
        .iter()
        .filter(|(key, _)| *key != TAG)
        .map(|(key, value)| format!("Key={key},Value={value} "))
        .collect();
    change.block(
        format!("{} does not carry the tag {TAG}={identity}; {whose}", stack.id),
        format!(
            "if it is this pipeline's, adopt it: `aws cloudformation update-stack {at} --stack-name {} \
             --use-previous-template --capabilities CAPABILITY_NAMED_IAM --tags {tags}Key={TAG},Value={identity}` (with \
             `--parameters ParameterKey=…,UsePreviousValue=true` for each parameter that has no default); else name another `stack` in backupctl.toml",
            stack.name
        ),
    );
}

fn decide_existing(
    pipeline: &Pipeline,
    seen: &ObservedStack,
    stack: &Stack,
    options: &Options,
    cleanup: Cleanup,
    change: &mut StackChange,
) {
    let status = stack.status.as_str().to_owned();
    let Some(state) = state_of(&status) else {
        change.block(
            format!("the stack is in {status}, which this version does not know"),
            "wait until it is in a state that `docs/stacks.md` lists, or update backupctl",
        );
        return;
    };
    match state.course {
        Course::Create => decide_new(pipeline, seen, change),
        Course::Update => decide_update(pipeline, seen, stack, options, cleanup, change),
        Course::Replace => decide_replacement(pipeline, seen, stack, change),
        Course::ContinueRollback => {
            change.action = StackAction::ContinueRollback;
            change.reason = Some(format!("{status}: {}", state.why));
            change.goes_on = true;
        }
        Course::Wait => {
            change.action = StackAction::Wait;
            change.reason = Some(format!("{status}: {}; what follows is known when it has ended", state.why));
            change.goes_on = true;
        }
    }
}

fn decide_replacement(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack, change: &mut StackChange) {
    let environment = pipeline.environment(seen.environment);
    let status = stack.status.as_str();
    if seen.holds_recovery_points {
        let (name, at) = (&stack.name, cli_options(pipeline, seen.environment));
        change.block(
            format!(
                "the stack is in {status} and holds backup vault `{}`, in which there are recovery points: it is not \
                 deleted",
                environment.vault
            ),
            format!(
                "let it go without them: `aws cloudformation delete-stack {at} --stack-name {name}` keeps {} \
                 by their deletion policy; then run `backupctl bootstrap`, which adopts them",
                adoption::retained_ids(&change.deployment.template).join(" and ")
            ),
        );
        return;
    }
    let why = state_of(status).map_or("", |state| state.why);
    match seen.standing {
        // What the deletion leaves is only known when it is done.
        Some(_) => {
            change.reason =
                Some(format!("{status}: {why}; when it is gone, the vault that it leaves is looked at again"));
            change.goes_on = true;
        }
        None => {
            change.reason = Some(format!("{status}: {why}"));
            change.changes = additions(&change.deployment);
        }
    }
    change.action = StackAction::Replace;
}

/// There is no stack: it is created, or what stands there without it is adopted.
fn decide_new(pipeline: &Pipeline, seen: &ObservedStack, change: &mut StackChange) {
    change.changes = additions(&change.deployment);
    let Some(standing) = &seen.standing else { return };
    let environment = pipeline.environment(seen.environment);
    change.retained.push(standing.vault.arn.to_string());
    change.retained.extend(standing.key.as_ref().map(|key| key.arn.to_string()));
    if let Err(block) = adoptable(pipeline, seen.environment, standing) {
        change.changes.clear();
        change.block(block.reason, block.remedy);
        return;
    }
    change.adopts = adoption::adopts(&change.deployment.template, environment, standing);
    for one in &mut change.changes {
        if change.adopts.iter().any(|adopted| adopted.logical_id == one.logical_id) {
            one.action = "Import".to_owned();
        }
    }
    change.action = StackAction::Import;
    change.reason = Some(format!(
        "vault `{}` stands there without its stack ({}): it is adopted with its key, and nothing in it is touched",
        environment.vault,
        recovery_points(standing.vault.recovery_points)
    ));
    change.goes_on = true;
}

fn decide_update(
    pipeline: &Pipeline,
    seen: &ObservedStack,
    stack: &Stack,
    options: &Options,
    cleanup: Cleanup,
    change: &mut StackChange,
) {
    if !stack.termination_protection {
        change.repairs.push(Repair::TerminationProtection);
    }
    if let Some(arn) = &seen.paused_function {
        change.repairs.push(Repair::ResumeFunction { arn: arn.clone() });
    }
    match &seen.difference {
        Difference::Made(ChangeSet::Ready(changes)) => {
            change.changes.clone_from(changes);
            change.has_change_set = true;
        }
        Difference::Foreseen(changes) => change.changes.clone_from(changes),
        Difference::Made(ChangeSet::Failed(reason)) => {
            change.block(
                format!("CloudFormation could not make its change set: {reason}"),
                "fix the cause that AWS reports, then run `backupctl bootstrap` again",
            );
            return;
        }
        Difference::Made(ChangeSet::Empty | ChangeSet::Pending) | Difference::None => {}
    }
    if seen.standing.is_none() && cleanup == Cleanup::Stopped && is_its_vault(pipeline, seen, stack) {
        return decide_anew(pipeline, seen, stack, change);
    }
    let danger = change.changes.iter().find_map(|one| endangered(pipeline, seen, stack, one));
    if let Some(block) = gone(pipeline, seen, stack).or(danger) {
        change.block(block.reason, block.remedy);
        return;
    }
    if seen.environment == EnvironmentName::Destination {
        decide_lock(pipeline, seen, options, change);
    } else if seen.environment == EnvironmentName::Intermediate {
        keep_within_lock(pipeline, seen, options, change);
    }
    if change.block.is_some() {
        return;
    }
    let nothing = change.changes.is_empty() && change.repairs.is_empty() && !change.has_change_set;
    change.action = if nothing { StackAction::None } else { StackAction::Update };
}

#[cfg(test)]
mod tests;
