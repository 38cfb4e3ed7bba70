//! The steps of each phase, and what each must wait for.

use super::graph;
use super::run::{Action, Run, Step, StepState, Undo};
use super::stacks::{Definition, Resource, ResourceStatus, Stack, Unfinished};
use super::template::Retention;

/// The steps that make what a template says: in the order of its dependencies.
pub fn making(definition: &Definition, existing: &[String]) -> Vec<Step> {
    let needs = graph::dependencies(&definition.template);
    let names: Vec<&String> = existing.iter().collect();
    names
        .iter()
        .map(|name| {
            let needed = needs.get(*name);
            let indexes = names
                .iter()
                .enumerate()
                .filter(|(_, other)| needed.is_some_and(|needed| needed.contains(**other)))
                .map(|(index, _)| index)
                .collect();
            Step::new(name, Action::Make, indexes)
        })
        .collect()
}

/// The steps that delete: what needs a thing goes before it.
pub fn deleting(resources: Vec<(Resource, bool)>) -> Vec<Step> {
    let ids: Vec<(String, Vec<String>)> =
        resources.iter().map(|(resource, _)| (resource.logical_id.clone(), resource.needs.clone())).collect();
    resources
        .into_iter()
        .map(|(resource, keep)| {
            let waits = ids
                .iter()
                .enumerate()
                .filter(|(_, (_, needs))| needs.contains(&resource.logical_id))
                .map(|(index, _)| index)
                .collect();
            let logical_id = resource.logical_id.clone();
            Step::new(&logical_id, Action::Delete { resource: Box::new(resource), keep }, waits)
        })
        .collect()
}

/// The steps that take an update back, in the order of the old dependencies.
pub fn reverting(undo: &[Undo]) -> Vec<Step> {
    let back: Vec<&Undo> = undo.iter().filter(|undo| undo.before().is_some()).collect();
    back.iter()
        .filter_map(|undo| {
            let before = undo.before()?;
            let waits = back
                .iter()
                .enumerate()
                .filter(|(_, other)| other.before().is_some_and(|other| before.needs.contains(&other.logical_id)))
                .map(|(index, _)| index)
                .collect();
            Some(Step::new(&before.logical_id, Action::Revert(Box::new((*undo).clone())), waits))
        })
        .collect()
}

/// The deletion steps of a whole stack.
pub fn deleting_stack(stack: &Stack, retain: &[String], rolling_back: bool) -> Vec<Step> {
    let standing = stack
        .resources
        .iter()
        .filter(|one| !matches!(one.status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped))
        .map(|one| {
            let keep = retain.contains(&one.logical_id)
                || match one.deletion_policy.unwrap_or_default() {
                    Retention::Delete => false,
                    Retention::Retain => true,
                    Retention::RetainExceptOnCreate => !rolling_back,
                };
            (one.clone(), keep)
        })
        .collect();
    deleting(standing)
}

/// What is left to do of an update whose rollback failed.
pub fn unfinished(run: &Run) -> Option<Unfinished> {
    let open = |undo: &&Undo| {
        undo.before().is_none_or(|before| {
            !run.steps.iter().any(|step| step.logical_id == before.logical_id && step.state == StepState::Done)
        })
    };
    Some(Unfinished {
        before: run.before.clone()?,
        undo: run.undo.iter().filter(open).cloned().collect(),
        leftovers: run.leftovers.iter().map(|(resource, _)| resource.clone()).collect(),
    })
}
