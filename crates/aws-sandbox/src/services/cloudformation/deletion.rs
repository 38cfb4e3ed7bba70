//! DeleteStack, ContinueUpdateRollback, and what is set on a stack without touching its resources.

use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::{actor, invalid, missing};
use super::run::{self, Phase, Run};
use super::stacks::{ResourceStatus, Stack, StackStatus};
use super::{plan, policy};
use crate::world::{Call, ServiceError, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteStack {
    stack_name: String,
    #[serde(default)]
    retain_resources: Vec<String>,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    client_request_token: Option<String>,
    deletion_mode: Option<String>,
}

/// DeleteStack: a stack that does not exist is deleted already.
pub fn delete_stack(world: &mut World, call: &Call, input: DeleteStack) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let Some(stack) = state.find(&input.stack_name).filter(|stack| stack.is_alive()).cloned() else {
        return Ok(json!({}));
    };
    check_deletion(&stack, &input)?;
    if stack.status == StackStatus::DeleteInProgress {
        return Ok(json!({}));
    }
    let role = input.role_arn.clone().or_else(|| stack.definition.role_arn.clone());
    let actor = actor(world, call, role.as_deref(), input.role_arn.is_some())?;
    let state = world.services.cloudformation.at(&call.place);
    let used = stack.outputs.iter().filter_map(|output| output.export.clone()).find_map(|export| {
        let importers = state.importers(&export);
        (!importers.is_empty())
            .then(|| format!("Export {export} cannot be deleted as it is in use by {}", importers.join(" and ")))
    });
    let mut stack = stack;
    let mut run = Run::new(&mut stack, Phase::Delete, actor, input.client_request_token);
    run.retain = input.retain_resources;
    run.force = input.deletion_mode.as_deref() == Some("FORCE_DELETE_STACK");
    let steps = plan::deleting_stack(&stack, &run.retain, false);
    stack.run = Some(run);
    stack.unfinished = None;
    let mut job = run::Job { world, place: &call.place, stack: &mut stack };
    job.turn(StackStatus::DeleteInProgress, Some("User Initiated".to_owned()));
    match used {
        None => job.enter(Phase::Delete, steps),
        Some(reason) => {
            job.turn(StackStatus::DeleteFailed, Some(reason));
            job.stack.run = None;
        }
    }
    world.services.cloudformation.at(&call.place).stacks.insert(stack.id.clone(), stack);
    Ok(json!({}))
}

fn check_deletion(stack: &Stack, input: &DeleteStack) -> Result<(), ServiceError> {
    if stack.termination_protection {
        return Err(invalid(format!(
            "Stack [{}] cannot be deleted while TerminationProtection is enabled",
            stack.name
        )));
    }
    let failed = stack.status == StackStatus::DeleteFailed;
    if !input.retain_resources.is_empty() {
        if !failed {
            return Err(invalid(format!(
                "Invalid operation on stack [{}]. RetainResources can only be specified for stacks in the DELETE_FAILED \
                 state.",
                stack.id
            )));
        }
        if let Some(name) = input.retain_resources.iter().find(|name| stack.resource(name).is_none()) {
            return Err(invalid(format!(
                "The specified resources to retain must be in a valid state. Do not specify \
                 resources that are not part of the stack: [{name}]"
            )));
        }
    }
    if input.deletion_mode.as_deref() == Some("FORCE_DELETE_STACK") && !failed {
        return Err(invalid(format!(
            "Invalid operation on stack [{}]. FORCE_DELETE_STACK can only be specified for stacks in the DELETE_FAILED state.",
            stack.id
        )));
    }
    let busy = stack.status.is_busy() && stack.status != StackStatus::DeleteInProgress;
    // A creation may be cut short by a deletion; nothing else may.
    if busy && stack.status != StackStatus::CreateInProgress {
        return Err(invalid(format!("Stack [{}] cannot be deleted while in status {}", stack.name, stack.status)));
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContinueUpdateRollback {
    stack_name: String,
    #[serde(rename = "RoleARN")]
    role_arn: Option<String>,
    #[serde(default)]
    resources_to_skip: Vec<String>,
    client_request_token: Option<String>,
}

/// ContinueUpdateRollback.
pub fn continue_update_rollback(
    world: &mut World,
    call: &Call,
    input: ContinueUpdateRollback,
) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let Some(mut stack) = state.find(&input.stack_name).cloned() else {
        return Err(missing(&input.stack_name));
    };
    let rest = match (stack.status, stack.unfinished.take()) {
        (StackStatus::UpdateRollbackFailed, Some(rest)) => rest,
        _ => {
            return Err(invalid(format!(
                "Stack:{} is in {} state and can not continue rollback update.",
                stack.id, stack.status
            )));
        }
    };
    for name in &input.resources_to_skip {
        if stack.resource(name).is_none_or(|one| one.status != ResourceStatus::UpdateFailed) {
            return Err(invalid(format!(
                "[{name}] cannot be skipped: only resources in UPDATE_FAILED state can be specified in ResourcesToSkip"
            )));
        }
    }
    let role = input.role_arn.clone().or_else(|| stack.definition.role_arn.clone());
    let actor = actor(world, call, role.as_deref(), input.role_arn.is_some())?;
    let mut run = Run::new(&mut stack, Phase::UpdateRollback, actor, input.client_request_token);
    run.before = Some(rest.before);
    run.undo = rest.undo;
    run.leftovers = rest.leftovers.into_iter().map(|resource| (resource, false)).collect();
    let mut steps = plan::reverting(&run.undo);
    stack.run = Some(run);
    let mut job = run::Job { world, place: &call.place, stack: &mut stack };
    job.turn(StackStatus::UpdateRollbackInProgress, Some("User Initiated".to_owned()));
    for step in steps.iter_mut().filter(|step| input.resources_to_skip.contains(&step.logical_id)) {
        job.mark(&step.logical_id, ResourceStatus::UpdateComplete, Some("Resource skipped".to_owned()));
        step.state = run::StepState::Done;
    }
    job.enter(Phase::UpdateRollback, steps);
    world.services.cloudformation.at(&call.place).stacks.insert(stack.id.clone(), stack);
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateTerminationProtection {
    stack_name: String,
    enable_termination_protection: bool,
}

/// UpdateTerminationProtection.
pub fn update_termination_protection(
    world: &mut World,
    call: &Call,
    input: UpdateTerminationProtection,
) -> Result<Value, ServiceError> {
    let stack = world.services.cloudformation.at(&call.place).find_mut(&input.stack_name);
    let stack = stack.filter(|stack| stack.is_alive()).ok_or_else(|| missing(&input.stack_name))?;
    stack.termination_protection = input.enable_termination_protection;
    Ok(json!({ "StackId": stack.id }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetStackPolicy {
    stack_name: String,
    stack_policy_body: Option<String>,
}

/// SetStackPolicy.
pub fn set_stack_policy(world: &mut World, call: &Call, input: SetStackPolicy) -> Result<Value, ServiceError> {
    let Some(text) = input.stack_policy_body else {
        return Err(invalid("Either StackPolicyBody or StackPolicyURL must be specified."));
    };
    policy::check(&text)?;
    let stack = world.services.cloudformation.at(&call.place).find_mut(&input.stack_name);
    let stack = stack.ok_or_else(|| missing(&input.stack_name))?;
    stack.policy = Some(text);
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetStackPolicy {
    stack_name: String,
}

/// GetStackPolicy: nothing where none is set.
pub fn get_stack_policy(world: &mut World, call: &Call, input: GetStackPolicy) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let stack = state.find(&input.stack_name).ok_or_else(|| missing(&input.stack_name))?;
    Ok(stack.policy.as_ref().map_or_else(|| json!({}), |text| json!({ "StackPolicyBody": text })))
}
