//! Change sets: what an update would do, looked at before it is done.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::diff::{self, ResourceChange};
use super::functions::scalar;
use super::operations::{check_types, existing_ids, new_stack, updatable};
use super::requests::{Request, actor, define, invalid};
use super::resources;
use super::stacks::{Actor, Definition, OnFailure, Stack, StackStatus, in_capitals};
use super::template::TemplateError;
use super::{Due, describe, drift};
use crate::world::{Call, Moment, Place, ServiceError, World};

/// How long CloudFormation computes a change set, in seconds.
const COMPUTING_SECONDS: i64 = 5;
/// AWS's reason of a change set that changes nothing.
pub const NO_CHANGES: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

in_capitals! {
    /// What a change set is for.
    Kind { Create = "CREATE", Update = "UPDATE", Import = "IMPORT" }
}
in_capitals! {
    /// The state of a change set.
    Status {
        CreatePending = "CREATE_PENDING",
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateComplete = "CREATE_COMPLETE",
        Failed = "FAILED",
    }
}
in_capitals! {
    /// What a change set compares its template with (API Reference, CreateChangeSet).
    DeploymentMode { RevertDrift = "REVERT_DRIFT" }
}
in_capitals! {
    /// Whether it can be executed.
    Execution {
        Unavailable = "UNAVAILABLE",
        Available = "AVAILABLE",
        ExecuteInProgress = "EXECUTE_IN_PROGRESS",
        ExecuteComplete = "EXECUTE_COMPLETE",
        ExecuteFailed = "EXECUTE_FAILED",
        Obsolete = "OBSOLETE",
    }
}

/// One change set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangeSet {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub description: Option<String>,
    pub status: Status,
    pub reason: Option<String>,
    pub execution: Execution,
    pub created: Moment,
    pub definition: Definition,
    pub changes: Vec<ResourceChange>,
    pub on_failure: Option<OnFailure>,
    pub imports: Vec<ToImport>,
    pub import_existing: bool,
    /// Whether it compares with what is there instead of what was last applied.
    pub reverts_drift: bool,
    pub actor: Actor,
}

impl ChangeSet {
    /// Whether it is being carried out.
    pub fn is_executing(&self) -> bool {
        self.execution == Execution::ExecuteInProgress
    }

    /// The stack's operation ended.
    pub fn executed(&mut self, good: bool, _created: bool) {
        self.execution = if good { Execution::ExecuteComplete } else { Execution::ExecuteFailed };
    }
}

/// A thing that an import change set takes over.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ToImport {
    pub resource_type: String,
    pub logical_resource_id: String,
    pub resource_identifier: Map<String, Value>,
}

/// A change set that was carried out deletes all others of its stack.
pub fn forget_others(stack: &mut Stack) {
    stack.change_sets.retain(ChangeSet::is_executing);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateChangeSet {
    stack_name: String,
    change_set_name: String,
    #[serde(flatten)]
    request: Request,
    change_set_type: Option<Kind>,
    description: Option<String>,
    on_stack_failure: Option<OnFailure>,
    #[serde(default)]
    resources_to_import: Vec<ToImport>,
    import_existing_resources: Option<bool>,
    deployment_mode: Option<DeploymentMode>,
}

/// CreateChangeSet.
pub fn create_change_set(world: &mut World, call: &Call, input: CreateChangeSet) -> Result<Value, ServiceError> {
    let kind =
        if input.resources_to_import.is_empty() { input.change_set_type.unwrap_or(Kind::Update) } else { Kind::Import };
    let found = world.services.cloudformation.at(&call.place).find(&input.stack_name).cloned();
    let previous = found.as_ref().filter(|stack| stack.status != StackStatus::ReviewInProgress);
    let definition = match (kind, previous) {
        (Kind::Create, Some(stack)) => {
            return Err(ServiceError::new("AlreadyExistsException", format!("Stack [{}] already exists", stack.name)));
        }
        (Kind::Update, None) => return Err(invalid(format!("Stack [{}] does not exist", input.stack_name))),
        (_, previous) => define(&input.request, previous.map(|stack| &stack.definition))?,
    };
    if previous.is_some() {
        let stack = updatable(world, &call.place, &input.stack_name)?;
        check_types(&stack, &definition)?;
    }
    let actor = actor(world, call, definition.role_arn.as_deref(), input.request.role_arn.is_some())?;
    let mut stack = match found {
        Some(stack) => stack,
        None => reviewed_stack(world, &call.place, &input.stack_name, &definition),
    };
    if stack.change_sets.iter().any(|one| one.name == input.change_set_name) {
        return Err(ServiceError::new(
            "AlreadyExistsException",
            format!("ChangeSet {} already exists for stack {}", input.change_set_name, stack.id),
        ));
    }
    existing_ids(world, &call.place, &stack, &definition)?;
    let Place { account, region } = &call.place;
    let uuid = world.ids.uuid(&call.place, "change-set");
    let partition = region.partition();
    let id = format!("arn:{partition}:cloudformation:{region}:{account}:changeSet/{}/{uuid}", input.change_set_name);
    stack.change_sets.push(ChangeSet {
        id: id.clone(),
        name: input.change_set_name,
        kind,
        description: input.description,
        status: Status::CreatePending,
        reason: None,
        execution: Execution::Unavailable,
        created: world.now,
        definition,
        changes: Vec::new(),
        on_failure: input.on_stack_failure,
        imports: input.resources_to_import,
        import_existing: input.import_existing_resources == Some(true),
        reverts_drift: input.deployment_mode.is_some(),
        actor,
    });
    let due = Due::ChangeSet { stack: stack.id.clone(), change_set: id.clone() };
    world.schedule(world.now.plus_seconds(COMPUTING_SECONDS), &call.place, due);
    let answer = json!({ "Id": id, "StackId": stack.id });
    world.services.cloudformation.at(&call.place).stacks.insert(stack.id.clone(), stack);
    Ok(answer)
}

/// A stack that only its change sets know yet.
fn reviewed_stack(world: &mut World, place: &Place, name: &str, definition: &Definition) -> Stack {
    let mut empty = definition.clone();
    empty.template.resources.clear();
    empty.template.outputs.clear();
    let mut stack = new_stack(world, place, name, empty);
    stack.turn(world, place, StackStatus::ReviewInProgress, Some("User Initiated".to_owned()));
    stack
}

/// The change set is computed.
pub fn compute(world: &mut World, place: &Place, stack_id: &str, id: &str) {
    let Some(stack) = world.services.cloudformation.at(place).stacks.get(stack_id).cloned() else { return };
    let Some(change_set) = stack.change_sets.iter().find(|one| one.id == id).cloned() else { return };
    let mut actual = stack.clone();
    if change_set.reverts_drift {
        drift::overlay(world, place, &mut actual, &change_set.actor);
    }
    let result = computed(world, place, &actual, &change_set);
    let state = world.services.cloudformation.at(place);
    let Some(target) =
        state.stacks.get_mut(stack_id).and_then(|one| one.change_sets.iter_mut().find(|one| one.id == id))
    else {
        return;
    };
    let empty = result.as_ref().is_ok_and(Vec::is_empty)
        && !diff::touches_stack(&stack.definition, &change_set.definition)
        && change_set.kind != Kind::Create;
    match result {
        Ok(_) if empty => {
            target.status = Status::Failed;
            target.reason = Some(NO_CHANGES.to_owned());
        }
        Ok(changes) => {
            target.status = Status::CreateComplete;
            target.execution = Execution::Available;
            target.changes = changes;
        }
        Err(error) => {
            target.status = Status::Failed;
            target.reason = Some(error.0);
        }
    }
}

fn computed(
    world: &mut World,
    place: &Place,
    stack: &Stack,
    change_set: &ChangeSet,
) -> Result<Vec<ResourceChange>, TemplateError> {
    let mut changes = diff::between(world, place, stack, &change_set.definition)?;
    if change_set.kind != Kind::Import {
        return Ok(changes);
    }
    let mut imports = Vec::new();
    let mut taken = Vec::new();
    for import in &change_set.imports {
        let name = &import.logical_resource_id;
        let Some(index) = changes.iter().position(|one| one.logical_id == *name && one.action == diff::Action::Add)
        else {
            return Err(TemplateError(format!("Resource [{name}] is not a new resource of the template")));
        };
        let added = changes.remove(index);
        let id = identifier(import)?;
        if change_set.definition.template.resource(name).is_none_or(|one| one.deletion_policy.is_none()) {
            return Err(TemplateError(format!(
                "The following resources to import [{name}] must have DeletionPolicy attribute specified in the template."
            )));
        }
        if world.services.cloudformation.at(place).has_resource(&added.kind, &id) {
            taken.push(name.as_str());
        }
        imports.push(diff::imported(name, &id, &added.kind, added.after.unwrap_or(Value::Null)));
    }
    if !taken.is_empty() {
        // The words are in issue 1607 of aws-cloudformation/cloudformation-coverage-roadmap.
        return Err(TemplateError(format!(
            "Resources [{}] passed in ResourceToImport are already in a stack and cannot be imported.",
            taken.join(", ")
        )));
    }
    if !changes.is_empty() {
        // CloudFormation User Guide, "Import AWS resources": nothing else may change with it.
        let names: Vec<&str> = changes.iter().map(|one| one.logical_id.as_str()).collect();
        return Err(TemplateError(format!(
            "As part of the import operation, you cannot modify or add [{}] resources",
            names.join(", ")
        )));
    }
    Ok(imports)
}

/// The identifier under which a thing is imported.
fn identifier(import: &ToImport) -> Result<String, TemplateError> {
    let kind = resources::by_name(&import.resource_type).filter(|kind| diff::importable(kind.name));
    let Some(kind) = kind else {
        return Err(TemplateError(format!("ResourceTypes [{}] are not supported for Import", import.resource_type)));
    };
    let name = kind.identifier.unwrap_or_default();
    import.resource_identifier.get(name).and_then(scalar).ok_or_else(|| {
        TemplateError(format!("Resource identifiers for {} must be [{name}]", import.logical_resource_id))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Named {
    pub stack_name: Option<String>,
    pub change_set_name: String,
    pub include_property_values: Option<bool>,
    pub client_request_token: Option<String>,
    pub disable_rollback: Option<bool>,
    pub next_token: Option<String>,
}

/// A change set by its ARN, or by its name with its stack's.
pub fn find(world: &mut World, place: &Place, named: &Named) -> Result<(Stack, ChangeSet), ServiceError> {
    let state = world.services.cloudformation.at(place);
    let by_arn = named.change_set_name.starts_with("arn:");
    if !by_arn && named.stack_name.is_none() {
        return Err(invalid("StackName must be specified if ChangeSetName is not specified as an ARN."));
    }
    let stack = match &named.stack_name {
        Some(name) => Some(state.find(name).ok_or_else(|| invalid(format!("Stack [{name}] does not exist")))?),
        None => {
            let holds = |stack: &&Stack| stack.change_sets.iter().any(|one| one.id == named.change_set_name);
            state.stacks.values().find(holds)
        }
    };
    let wanted = &named.change_set_name;
    let found = stack.and_then(|stack| {
        let change_set = stack.change_sets.iter().find(|one| one.id == *wanted || one.name == *wanted)?;
        Some((stack.clone(), change_set.clone()))
    });
    found.ok_or_else(|| ServiceError::new("ChangeSetNotFound", format!("ChangeSet [{wanted}] does not exist")))
}

/// DescribeChangeSet.
pub fn describe_change_set(world: &mut World, call: &Call, input: Named) -> Result<Value, ServiceError> {
    let (stack, change_set) = find(world, &call.place, &input)?;
    let with_values = input.include_property_values == Some(true);
    let changes: Vec<Value> = change_set.changes.iter().map(|change| change.shown(with_values)).collect();
    let (page, next) = describe::page(changes, input.next_token.as_deref(), 100)?;
    let definition = &change_set.definition;
    Ok(describe::filled(json!({
        "ChangeSetName": change_set.name,
        "ChangeSetId": change_set.id,
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": change_set.description,
        "Parameters": describe::parameters(&definition.parameters),
        "CreationTime": change_set.created,
        "ExecutionStatus": change_set.execution,
        "Status": change_set.status,
        "StatusReason": change_set.reason,
        "NotificationARNs": definition.notification_arns,
        "RollbackConfiguration": {},
        "Capabilities": definition.capabilities,
        "Tags": definition.tags,
        "Changes": page,
        "NextToken": next,
        "IncludeNestedStacks": false,
        "OnStackFailure": change_set.on_failure,
        "ImportExistingResources": change_set.import_existing,
        "DeploymentMode": change_set.reverts_drift.then_some(DeploymentMode::RevertDrift),
    })))
}

/// ListChangeSets.
pub fn list_change_sets(world: &mut World, call: &Call, input: describe::OneStack) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let stack =
        state.find(&input.stack_name).ok_or_else(|| invalid(format!("Stack [{}] does not exist", input.stack_name)))?;
    let summaries: Vec<Value> = stack
        .change_sets
        .iter()
        .rev()
        .map(|one| {
            describe::filled(json!({
                "StackId": stack.id,
                "StackName": stack.name,
                "ChangeSetId": one.id,
                "ChangeSetName": one.name,
                "ExecutionStatus": one.execution,
                "Status": one.status,
                "StatusReason": one.reason,
                "CreationTime": one.created,
                "Description": one.description,
                "IncludeNestedStacks": false,
                "ImportExistingResources": one.import_existing,
            }))
        })
        .collect();
    let (page, next) = describe::page(summaries, input.next_token.as_deref(), 100)?;
    Ok(describe::filled(json!({ "Summaries": page, "NextToken": next })))
}

/// DeleteChangeSet: one that does not exist is deleted already.
pub fn delete_change_set(world: &mut World, call: &Call, input: Named) -> Result<Value, ServiceError> {
    let (mut stack, change_set) = match find(world, &call.place, &input) {
        Err(error) if error.code == "ChangeSetNotFound" => return Ok(json!({})),
        other => other?,
    };
    if change_set.is_executing() {
        return Err(status_error(&change_set, "deleted"));
    }
    stack.change_sets.retain(|one| one.id != change_set.id);
    world.services.cloudformation.at(&call.place).stacks.insert(stack.id.clone(), stack);
    Ok(json!({}))
}

/// A change set in the wrong state.
pub fn status_error(change_set: &ChangeSet, done: &str) -> ServiceError {
    let text =
        format!("ChangeSet [{}] cannot be {done} in its current status of [{}]", change_set.id, change_set.status);
    ServiceError::new("InvalidChangeSetStatus", text)
}
