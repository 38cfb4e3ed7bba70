//! The operations that begin something: create, update and delete a stack, go on with a rollback.

use serde::Deserialize;
use serde_json::{Value, json};

use super::functions::Scope;
use super::parameters::{self, Given};
use super::run::{self, Phase, Run};
use super::stacks::{Actor, Definition, OnFailure, ResourceStatus, Stack, StackStatus, Tag};
use super::template::{Template, TemplateError};
use super::{Due, change_sets, diff, policy, resources};
use crate::policy::names::Arn;
use crate::sandbox::services::iam;
use crate::sandbox::world::{Call, Caller, Place, ServiceError, World};

/// Where CloudFormation reads a template from: its text, a URL, or the stack's present one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Source {
    pub template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    pub template_url: Option<String>,
    pub use_previous_template: Option<bool>,
}

/// What CreateStack, UpdateStack and CreateChangeSet say alike.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(flatten)]
    pub source: Source,
    #[serde(default)]
    pub parameters: Vec<Given>,
    pub tags: Option<Vec<Tag>>,
    #[serde(default)]
    pub capabilities: Vec<String>,
    #[serde(rename = "RoleARN")]
    pub role_arn: Option<String>,
    #[serde(rename = "NotificationARNs")]
    pub notification_arns: Option<Vec<String>>,
    pub client_request_token: Option<String>,
}

/// AWS's `ValidationError`.
pub fn invalid(text: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", text)
}

/// No such stack.
pub fn missing(name: &str) -> ServiceError {
    invalid(format!("Stack with id {name} does not exist"))
}

/// The text of the template.
pub fn template_text(source: &Source, previous: Option<&Definition>) -> Result<String, ServiceError> {
    match (&source.template_body, &source.template_url, source.use_previous_template) {
        (Some(text), None, None | Some(false)) => Ok(text.clone()),
        (None, None, Some(true)) => match previous {
            Some(definition) => Ok(definition.text.clone()),
            None => Err(invalid("Specifying a previous template is only possible on an existing stack.")),
        },
        (None, Some(_), _) => {
            tracing::warn!("the sandbox has no S3: TemplateURL cannot be read");
            Err(invalid(
                "S3 error: Access Denied For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            ))
        }
        (None, None, _) => Err(invalid("Either Template URL or Template Body must be specified.")),
        _ => Err(invalid("Either Template URL or Template Body must be specified, not both.")),
    }
}

/// What the request and the stack's present definition come to.
pub fn define(request: &Request, previous: Option<&Definition>) -> Result<Definition, ServiceError> {
    let text = template_text(&request.source, previous)?;
    let template = Template::read(&text)?;
    let unknown: Vec<&str> = template
        .resources
        .iter()
        .map(|(_, resource)| resource.kind.as_str())
        .filter(|kind| resources::by_name(kind).is_none())
        .collect();
    if !unknown.is_empty() {
        tracing::warn!(types = ?unknown, "the sandbox lacks these resource types");
        return Err(TemplateError::format(format!("Unrecognized resource types: [{}]", unknown.join(", "))).into());
    }
    let old = previous.map(|definition| definition.parameters.as_slice()).unwrap_or_default();
    let parameters = parameters::bind(&template, &request.parameters, old)?;
    check_capabilities(&template, &request.capabilities)?;
    check_tags(request.tags.as_deref().unwrap_or_default())?;
    Ok(Definition {
        text,
        template,
        parameters,
        tags: request.tags.clone().or_else(|| previous.map(|old| old.tags.clone())).unwrap_or_default(),
        capabilities: request.capabilities.clone(),
        role_arn: request.role_arn.clone().or_else(|| previous.and_then(|old| old.role_arn.clone())),
        notification_arns: request
            .notification_arns
            .clone()
            .or_else(|| previous.map(|old| old.notification_arns.clone()))
            .unwrap_or_default(),
    })
}

fn check_tags(tags: &[Tag]) -> Result<(), ServiceError> {
    match tags.iter().find(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        Some(_) => Err(invalid("aws: prefixed tag key names are not allowed for external use.")),
        None if tags.len() > 50 => Err(invalid("Number of tags must not exceed 50")),
        None => Ok(()),
    }
}

/// The capabilities that a template needs, and the resource types that need them
/// (API Reference, CreateStack, "Capabilities").
pub fn needed_capability(template: &Template) -> Option<(&'static str, Vec<String>)> {
    const NAMED: &[(&str, &str)] =
        &[("AWS::IAM::Role", "RoleName"), ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"), ("AWS::IAM::Policy", "")];
    let mut found = Vec::new();
    let mut named = false;
    for (_, resource) in &template.resources {
        if let Some((_, name)) = NAMED.iter().find(|(kind, _)| *kind == resource.kind) {
            named |= resource.properties.get(name).is_some();
            if !found.contains(&resource.kind) {
                found.push(resource.kind.clone());
            }
        }
    }
    match (found.is_empty(), named) {
        (true, _) => None,
        (false, true) => Some(("CAPABILITY_NAMED_IAM", found)),
        (false, false) => Some(("CAPABILITY_IAM", found)),
    }
}

fn check_capabilities(template: &Template, given: &[String]) -> Result<(), ServiceError> {
    let Some((needed, _)) = needed_capability(template) else { return Ok(()) };
    let enough = given.iter().any(|one| one == "CAPABILITY_NAMED_IAM" || one == needed);
    if enough {
        return Ok(());
    }
    Err(ServiceError::new("InsufficientCapabilitiesException", format!("Requires capabilities : [{needed}]")))
}

/// Who acts for the stack: the role that is given or was given before, else the caller.
pub fn actor(world: &mut World, call: &Call, role_arn: Option<&str>, passed: bool) -> Result<Actor, ServiceError> {
    let Some(role_arn) = role_arn else {
        return Ok(Actor { caller: call.caller.clone(), is_role: false });
    };
    if role_arn.parse::<Arn>().is_err() {
        return Err(invalid(format!("Role {role_arn} is invalid or cannot be assumed")));
    }
    if passed {
        iam::may_pass_role(world, call, role_arn, "cloudformation.amazonaws.com")?;
    }
    let service = Caller::service("cloudformation.amazonaws.com", &call.place.account);
    match iam::assume_role(world, &service, role_arn, "AWSCloudFormation") {
        Ok(caller) => Ok(Actor { caller, is_role: true }),
        Err(_) => Err(invalid(format!("Role {role_arn} is invalid or cannot be assumed"))),
    }
}

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
    let steps = run::making(&stack.definition, ids);
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
    let steps = run::making(&definition, &ids);
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
