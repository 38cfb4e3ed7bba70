//! ExecuteChangeSet: what was looked at is done.

use serde_json::{Value, json};

use super::change_sets::{ChangeSet, Execution, Kind, Named, find, forget_others, status_error};
use super::drift;
use super::operations::{begin_creation, begin_update, existing_ids, updatable};
use super::run::{self, Phase, Run};
use super::stacks::{OnFailure, ResourceStatus, Stack, StackStatus};
use crate::world::{Call, Place, ServiceError, World};

/// ExecuteChangeSet.
pub fn execute_change_set(world: &mut World, call: &Call, input: Named) -> Result<Value, ServiceError> {
    let (mut stack, change_set) = find(world, &call.place, &input)?;
    if change_set.execution != Execution::Available {
        return Err(status_error(&change_set, "executed"));
    }
    if stack.status != StackStatus::ReviewInProgress {
        stack = updatable(world, &call.place, &stack.id.clone())?;
    }
    stack.change_set_id = Some(change_set.id.clone());
    if let Some(one) = stack.change_sets.iter_mut().find(|one| one.id == change_set.id) {
        one.execution = Execution::ExecuteInProgress;
    }
    forget_others(&mut stack);
    let mut on_failure = change_set.on_failure.unwrap_or(OnFailure::Rollback);
    if input.disable_rollback == Some(true) {
        on_failure = OnFailure::DoNothing;
    }
    let phase = match change_set.kind {
        Kind::Create => Phase::Create,
        Kind::Update => Phase::Update,
        Kind::Import => Phase::Import,
    };
    let mut run = Run::new(&mut stack, phase, change_set.actor.clone(), input.client_request_token);
    run.on_failure = on_failure;
    run.import_existing = change_set.import_existing;
    match change_set.kind {
        Kind::Create => {
            stack.on_failure = on_failure;
            stack.definition = change_set.definition;
            let ids = existing_ids(world, &call.place, &stack, &stack.definition.clone())?;
            begin_creation(world, &call.place, stack, run, &ids);
        }
        Kind::Update => {
            if change_set.reverts_drift {
                drift::overlay(world, &call.place, &mut stack, &change_set.actor);
            }
            begin_update(world, &call.place, stack, change_set.definition, run)?;
        }
        Kind::Import => begin_import(world, &call.place, stack, change_set, run),
    }
    Ok(json!({}))
}

fn begin_import(world: &mut World, place: &Place, mut stack: Stack, change_set: ChangeSet, mut run: Run) {
    let mut steps: Vec<run::Step> = change_set
        .changes
        .iter()
        .filter(|change| {
            stack.resource(&change.logical_id).is_none_or(|one| one.status == ResourceStatus::DeleteComplete)
        })
        .filter_map(|change| {
            let action = run::Action::Import { physical_id: change.physical_id.clone()? };
            Some(run::Step::new(&change.logical_id, action, Vec::new()))
        })
        .collect();
    let needs = super::graph::dependencies(&change_set.definition.template);
    let names: Vec<String> = steps.iter().map(|step| step.logical_id.clone()).collect();
    for step in &mut steps {
        let needed = needs.get(&step.logical_id);
        step.needs =
            (0..names.len()).filter(|index| needed.is_some_and(|needed| needed.contains(&names[*index]))).collect();
    }
    run.before = Some(Box::new(std::mem::replace(&mut stack.definition, change_set.definition)));
    stack.run = Some(run);
    let mut job = run::Job { world, place, stack: &mut stack };
    job.turn(StackStatus::ImportInProgress, Some("User Initiated".to_owned()));
    job.enter(Phase::Import, steps);
    world.services.cloudformation.at(place).stacks.insert(stack.id.clone(), stack);
}
