//! The operations that begin something: create, update and delete a stack, go on with a rollback.

use serde::Deserialize;
use serde_json::{Value, json};

use super::functions::Scope;
use super::requests::{Request, actor, define, invalid};
use super::run::{self, Phase, Run};
use super::stacks::{Definition, OnFailure, ResourceStatus, Stack, StackStatus};
use super::template::TemplateError;
use super::{Due, change_sets, diff, plan, policy};
use crate::world::{Call, Place, ServiceError, World};

/// A new stack with its id, not yet anything done to it.
pub fn new_stack(world: &mut World, place: &Place, name: &str, definition: Definition) -> Stack {
    let uuid = world.ids.uuid(place, "stack");
    let Place { account, region } = place;
    Stack {
        id: format!("arn:{}:cloudformation:{region}:{account}:stack/{name}/{uuid}", region.partition()),
        name: name.to_owned(),
        status: StackStatus::CreateInProgress,
        reason: None,
        created: world.now,
        updated: None,
        deleted: None,
        definition,
        resources: Vec::new(),
        outputs: Vec::new(),
        on_failure: OnFailure::Rollback,
        timeout_minutes: None,
        termination_protection: false,
        policy: None,
        events: Vec::new(),
        change_sets: Vec::new(),
        change_set_id: None,
        run: None,
        runs: 0,
        unfinished: None,
        output_imports: Vec::new(),
        drift: Default::default(),
    }
}

/// The logical ids that exist under the template's conditions.
///
/// # Errors
/// AWS's text of a function that cannot be evaluated.
pub fn existing_ids(
    world: &mut World,
    place: &Place,
    stack: &Stack,
    definition: &Definition,
) -> Result<Vec<String>, TemplateError> {
    let exports = world.services.cloudformation.at(place).export_values();
    stack.with_scope(place, definition, &exports, true, |scope: &Scope<'_>| {
        let mut ids = Vec::new();
        for (name, resource) in &definition.template.resources {
            if scope.exists(resource.condition.as_ref())? {
                ids.push(name.clone());
            }
        }
        // What hangs on a resource that does not exist is a reference to nothing.
        for (name, resource) in &definition.template.resources {
            if ids.contains(name) {
                scope.resolve(&resource.properties)?;
            }
        }
        Ok(ids)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateStack {
    stack_name: String,
    #[serde(flatten)]
    request: Request,
    disable_rollback: Option<bool>,
    on_failure: Option<OnFailure>,
    timeout_in_minutes: Option<i64>,
    enable_termination_protection: Option<bool>,
    stack_policy_body: Option<String>,
}

/// CreateStack.
pub fn create_stack(world: &mut World, call: &Call, input: CreateStack) -> Result<Value, ServiceError> {
    let name = input.stack_name.as_str();
    let token = input.request.client_request_token.clone();
    let state = world.services.cloudformation.at(&call.place);
    if let Some(id) = token.as_ref().and_then(|token| state.tokens.get(&format!("create/{name}/{token}"))) {
        return Ok(json!({ "StackId": id }));
    }
    if let Some(stack) = state.find(name) {
        return Err(ServiceError::new("AlreadyExistsException", format!("Stack [{}] already exists", stack.name)));
    }
    if input.disable_rollback == Some(true) && input.on_failure.is_some() {
        return Err(invalid("Either DisableRollback or OnFailure can be specified, not both."));
    }
    if let Some(text) = &input.stack_policy_body {
        policy::check(text)?;
    }
    let definition = define(&input.request, None)?;
    let actor = actor(world, call, definition.role_arn.as_deref(), true)?;
    let mut stack = new_stack(world, &call.place, name, definition);
    let ids = existing_ids(world, &call.place, &stack, &stack.definition.clone())?;
    stack.on_failure = match (input.disable_rollback, input.on_failure) {
        (Some(true), _) => OnFailure::DoNothing,
        (_, Some(on_failure)) => on_failure,
        _ => OnFailure::Rollback,
    };
    stack.timeout_minutes = input.timeout_in_minutes;
    stack.termination_protection = input.enable_termination_protection.unwrap_or(false);
    stack.policy = input.stack_policy_body;
    if let Some(token) = &token {
        let state = world.services.cloudformation.at(&call.place);
        state.tokens.insert(format!("create/{name}/{token}"), stack.id.clone());
    }
    let run = Run::new(&mut stack, Phase::Create, actor, token);
    let id = begin_creation(world, &call.place, stack, run, &ids);
    Ok(json!({ "StackId": id }))
}

/// Begins the creation of a stack; answers its id.
pub fn begin_creation(world: &mut World, place: &Place, mut stack: Stack, run: Run, ids: &[String]) -> String {
    let steps = plan::making(&stack.definition, ids);
    let serial = run.serial;
    stack.run = Some(run);
    let id = stack.id.clone();
    if let Some(minutes) = stack.timeout_minutes {
        let due = Due::Timeout { stack: id.clone(), run: serial };
        world.schedule(world.now.plus_seconds(minutes * 60), place, due);
    }
    let mut job = run::Job { world, place, stack: &mut stack };
    job.turn(StackStatus::CreateInProgress, Some("User Initiated".to_owned()));
    job.enter(Phase::Create, steps);
    world.services.cloudformation.at(place).stacks.insert(id.clone(), stack);
    id
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateStack {
    stack_name: String,
    #[serde(flatten)]
    request: Request,
    disable_rollback: Option<bool>,
    stack_policy_body: Option<String>,
    stack_policy_during_update_body: Option<String>,
}

/// A stack that an update may begin on.
///
/// # Errors
/// AWS's `ValidationError` for a stack that is missing, dead or busy.
pub fn updatable(world: &mut World, place: &Place, name: &str) -> Result<Stack, ServiceError> {
    let Some(stack) = world.services.cloudformation.at(place).find(name).cloned() else {
        return Err(invalid(format!("Stack [{name}] does not exist")));
    };
    if stack.status.is_updatable() {
        Ok(stack)
    } else {
        Err(invalid(format!("Stack:{} is in {} state and can not be updated.", stack.id, stack.status)))
    }
}

/// UpdateStack.
pub fn update_stack(world: &mut World, call: &Call, input: UpdateStack) -> Result<Value, ServiceError> {
    let stack = updatable(world, &call.place, &input.stack_name)?;
    for text in [&input.stack_policy_body, &input.stack_policy_during_update_body].into_iter().flatten() {
        policy::check(text)?;
    }
    let definition = define(&input.request, Some(&stack.definition))?;
    check_types(&stack, &definition)?;
    existing_ids(world, &call.place, &stack, &definition)?;
    let changes = diff::between(world, &call.place, &stack, &definition)?;
    if changes.is_empty() && !diff::touches_stack(&stack.definition, &definition) {
        return Err(invalid("No updates are to be performed."));
    }
    let actor = actor(world, call, definition.role_arn.as_deref(), input.request.role_arn.is_some())?;
    let mut stack = stack;
    let mut run = Run::new(&mut stack, Phase::Update, actor, input.request.client_request_token);
    run.policy = input.stack_policy_during_update_body;
    run.on_failure = if input.disable_rollback == Some(true) { OnFailure::DoNothing } else { OnFailure::Rollback };
    if let Some(text) = input.stack_policy_body {
        stack.policy = Some(text);
    }
    begin_update(world, &call.place, stack, definition, run)
}

/// Begins an update; answers the stack's id.
///
/// # Errors
/// AWS's text of a function that cannot be evaluated.
pub fn begin_update(
    world: &mut World,
    place: &Place,
    mut stack: Stack,
    definition: Definition,
    mut run: Run,
) -> Result<Value, ServiceError> {
    let ids = existing_ids(world, place, &stack, &definition)?;
    change_sets::forget_others(&mut stack);
    let steps = plan::making(&definition, &ids);
    let before = std::mem::replace(&mut stack.definition, definition);
    let protected = run.policy.clone().or_else(|| stack.policy.clone());
    let refused = protected.and_then(|text| {
        stack.resources.iter().filter(|one| !ids.contains(&one.logical_id)).find_map(|one| {
            policy::refusal(&text, policy::Update::Delete, &one.logical_id, one)
                .map(|why| (one.logical_id.clone(), why))
        })
    });
    run.before = Some(Box::new(before));
    stack.run = Some(run);
    stack.updated = Some(world.now);
    stack.unfinished = None;
    let id = stack.id.clone();
    let mut job = run::Job { world, place, stack: &mut stack };
    job.turn(StackStatus::UpdateInProgress, Some("User Initiated".to_owned()));
    match refused {
        None => job.enter(Phase::Update, steps),
        Some((logical_id, reason)) => {
            job.mark(&logical_id, ResourceStatus::UpdateFailed, Some(reason));
            let restored = ResourceStatus::UpdateComplete;
            if let Some(run) = job.run() {
                run.failed_updates.push(logical_id.clone());
                run.steps = vec![run::Step::refused(&logical_id)];
            }
            super::finish::end_phase(&mut job);
            if let Some(resource) = job.stack.resource_mut(&logical_id) {
                resource.status = restored;
            }
        }
    }
    world.services.cloudformation.at(place).stacks.insert(id.clone(), stack);
    Ok(json!({ "StackId": id }))
}

/// CloudFormation refuses another type under a logical id that it knows.
pub fn check_types(stack: &Stack, definition: &Definition) -> Result<(), ServiceError> {
    let changed: Vec<&str> = stack
        .resources
        .iter()
        .filter(|one| definition.template.resource(&one.logical_id).is_some_and(|new| new.kind != one.kind))
        .map(|one| one.logical_id.as_str())
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(invalid(format!(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: [{}]",
        changed.join(", ")
    )))
}
