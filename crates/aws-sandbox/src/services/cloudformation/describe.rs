//! The operations that look: stacks, resources, events, templates, exports.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::drift;
use super::parameters::Parameter;
use super::requests::{invalid, missing};
use super::stacks::{Resource, Stack, StackStatus};
use super::template::Node;
use crate::world::{Call, Place, ServiceError, World};

/// Takes out what is not set.
pub fn filled(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

/// One page of a list, and the token of the next.
///
/// # Errors
/// `ValidationError` for a token that no page gave.
pub fn page(items: Vec<Value>, token: Option<&str>, size: usize) -> Result<(Vec<Value>, Option<String>), ServiceError> {
    let start: usize = match token {
        None => 0,
        Some(token) => token.parse().map_err(|_| invalid("NextToken is invalid"))?,
    };
    let next = (start + size < items.len()).then(|| (start + size).to_string());
    Ok((items.into_iter().skip(start).take(size).collect(), next))
}

/// Parameters as they are shown: a `NoEcho` value is asterisks.
pub fn parameters(parameters: &[Parameter]) -> Vec<Value> {
    parameters
        .iter()
        .map(|one| {
            let value = if one.no_echo { "****" } else { one.value.as_str() };
            json!({ "ParameterKey": one.key, "ParameterValue": value })
        })
        .collect()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneStack {
    pub stack_name: String,
    pub next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeStacks {
    stack_name: Option<String>,
    next_token: Option<String>,
}

/// A stack by its name or ARN.
///
/// # Errors
/// AWS's `ValidationError`.
pub fn found<'a>(world: &'a mut World, place: &Place, name: &str) -> Result<&'a Stack, ServiceError> {
    world.services.cloudformation.at(place).find(name).ok_or_else(|| missing(name))
}

/// DescribeStacks.
pub fn describe_stacks(world: &mut World, call: &Call, input: DescribeStacks) -> Result<Value, ServiceError> {
    let shown = match &input.stack_name {
        Some(name) => vec![shown_stack(found(world, &call.place, name)?)],
        None => newest_first(world, &call.place, |stack| stack.is_alive()).iter().map(|one| shown_stack(one)).collect(),
    };
    let (page, next) = page(shown, input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "Stacks": page, "NextToken": next })))
}

fn newest_first<'a>(world: &'a mut World, place: &Place, keep: impl Fn(&Stack) -> bool) -> Vec<&'a Stack> {
    let mut stacks: Vec<&Stack> =
        world.services.cloudformation.at(place).stacks.values().filter(|stack| keep(stack)).collect();
    stacks.sort_by(|one, other| (other.created, &other.name).cmp(&(one.created, &one.name)));
    stacks
}

fn shown_stack(stack: &Stack) -> Value {
    let definition = &stack.definition;
    let outputs: Vec<Value> = stack
        .outputs
        .iter()
        .map(|one| {
            filled(json!({
                "OutputKey": one.key,
                "OutputValue": one.value,
                "Description": one.description,
                "ExportName": one.export,
            }))
        })
        .collect();
    filled(json!({
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set_id,
        "Description": definition.template.description,
        "Parameters": parameters(&definition.parameters),
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.updated,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": stack.on_failure == super::stacks::OnFailure::DoNothing,
        "NotificationARNs": definition.notification_arns,
        "TimeoutInMinutes": stack.timeout_minutes,
        "Capabilities": definition.capabilities,
        "Outputs": outputs,
        "RoleARN": definition.role_arn,
        "Tags": definition.tags,
        "EnableTerminationProtection": stack.termination_protection,
        "DriftInformation": drift::stack_information(stack),
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListStacks {
    #[serde(default)]
    stack_status_filter: Vec<StackStatus>,
    next_token: Option<String>,
}

/// ListStacks: deleted ones too.
pub fn list_stacks(world: &mut World, call: &Call, input: ListStacks) -> Result<Value, ServiceError> {
    let filter = &input.stack_status_filter;
    let shown: Vec<Value> = newest_first(world, &call.place, |one| filter.is_empty() || filter.contains(&one.status))
        .into_iter()
        .map(|stack| {
            filled(json!({
                "StackId": stack.id,
                "StackName": stack.name,
                "TemplateDescription": stack.definition.template.description,
                "CreationTime": stack.created,
                "LastUpdatedTime": stack.updated,
                "DeletionTime": stack.deleted,
                "StackStatus": stack.status,
                "StackStatusReason": stack.reason,
                "DriftInformation": drift::stack_information(stack),
            }))
        })
        .collect();
    let (page, next) = page(shown, input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "StackSummaries": page, "NextToken": next })))
}

/// DescribeStackEvents: newest first.
pub fn describe_stack_events(world: &mut World, call: &Call, input: OneStack) -> Result<Value, ServiceError> {
    let unknown = || invalid(format!("Stack [{}] does not exist", input.stack_name));
    let stack = world.services.cloudformation.at(&call.place).find(&input.stack_name).ok_or_else(unknown)?;
    let shown = stack
        .events
        .iter()
        .rev()
        .map(|event| {
            filled(json!({
                "StackId": stack.id,
                "EventId": event.id,
                "StackName": stack.name,
                "LogicalResourceId": event.logical_id,
                "PhysicalResourceId": event.physical_id,
                "ResourceType": event.kind,
                "Timestamp": event.at,
                "ResourceStatus": event.status,
                "ResourceStatusReason": event.reason,
                "ResourceProperties": event.properties,
                "ClientRequestToken": event.token,
            }))
        })
        .collect();
    let (page, next) = page(shown, input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "StackEvents": page, "NextToken": next })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StackResources {
    stack_name: Option<String>,
    logical_resource_id: Option<String>,
    physical_resource_id: Option<String>,
    next_token: Option<String>,
}

fn shown_resource(stack: &Stack, resource: &Resource, time: &str) -> Map<String, Value> {
    let shown = filled(json!({
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.kind,
        time: resource.changed,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": drift::resource_information(stack, &resource.logical_id),
    }));
    match shown {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// DescribeStackResources: of a stack, or of the stack that holds a physical id.
pub fn describe_stack_resources(world: &mut World, call: &Call, input: StackResources) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let stack = match (&input.stack_name, &input.physical_resource_id) {
        (Some(name), None) => state.find(name).ok_or_else(|| missing(name))?,
        (None, Some(id)) => {
            let holds = |stack: &&Stack| {
                stack.is_alive() && stack.resources.iter().any(|one| one.physical_id.as_ref() == Some(id))
            };
            state.stacks.values().find(holds).ok_or_else(|| invalid(format!("Stack for {id} does not exist")))?
        }
        _ => return Err(invalid("Either StackName or PhysicalResourceId must be specified, not both.")),
    };
    let wanted = |one: &&Resource| input.logical_resource_id.as_ref().is_none_or(|id| *id == one.logical_id);
    let shown: Vec<Value> = sorted(stack)
        .into_iter()
        .filter(wanted)
        .map(|one| Value::Object(shown_resource(stack, one, "Timestamp")))
        .collect();
    Ok(json!({ "StackResources": shown }))
}

/// By logical id, as AWS lists them.
fn sorted(stack: &Stack) -> Vec<&Resource> {
    let mut resources: Vec<&Resource> = stack.resources.iter().collect();
    resources.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
    resources
}

/// DescribeStackResource.
pub fn describe_stack_resource(world: &mut World, call: &Call, input: StackResources) -> Result<Value, ServiceError> {
    let name = input.stack_name.unwrap_or_default();
    let logical_id = input.logical_resource_id.unwrap_or_default();
    let stack = world.services.cloudformation.at(&call.place).find(&name);
    let stack = stack.ok_or_else(|| invalid(format!("Stack '{name}' does not exist")))?;
    let Some(resource) = stack.resource(&logical_id) else {
        return Err(invalid(format!("Resource {logical_id} does not exist for stack {}", stack.name)));
    };
    let mut shown = shown_resource(stack, resource, "LastUpdatedTimestamp");
    let metadata = stack.definition.template.resource(&logical_id).map(|one| plain(&one.metadata));
    if let Some(metadata @ Value::Object(_)) = metadata {
        shown.insert("Metadata".to_owned(), Value::from(metadata.to_string()));
    }
    Ok(json!({ "StackResourceDetail": shown }))
}

/// A piece of a template without functions, as JSON.
pub fn plain(node: &Node) -> Value {
    match node {
        Node::Map(entries) => Value::Object(entries.iter().map(|(key, node)| (key.clone(), plain(node))).collect()),
        Node::List(items) => items.iter().map(plain).collect(),
        Node::Call(_, argument) => plain(argument),
        other => other.scalar().map_or(Value::Null, Value::from),
    }
}

/// ListStackResources.
pub fn list_stack_resources(world: &mut World, call: &Call, input: StackResources) -> Result<Value, ServiceError> {
    let name = input.stack_name.unwrap_or_default();
    let stack = found(world, &call.place, &name)?;
    let shown = sorted(stack)
        .into_iter()
        .map(|one| {
            let mut shown = shown_resource(stack, one, "LastUpdatedTimestamp");
            shown.remove("StackName");
            shown.remove("StackId");
            Value::Object(shown)
        })
        .collect();
    let (page, next) = page(shown, input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "StackResourceSummaries": page, "NextToken": next })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListExports {
    next_token: Option<String>,
}

/// ListExports.
pub fn list_exports(world: &mut World, call: &Call, input: ListExports) -> Result<Value, ServiceError> {
    let exports = world.services.cloudformation.at(&call.place).exports();
    let shown = exports
        .into_iter()
        .map(|(name, (stack, value))| json!({ "ExportingStackId": stack, "Name": name, "Value": value }))
        .collect();
    let (page, next) = page(shown, input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "Exports": page, "NextToken": next })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListImports {
    export_name: String,
    next_token: Option<String>,
}

/// ListImports.
pub fn list_imports(world: &mut World, call: &Call, input: ListImports) -> Result<Value, ServiceError> {
    let importers = world.services.cloudformation.at(&call.place).importers(&input.export_name);
    if importers.is_empty() {
        return Err(invalid(format!("Export '{}' is not imported by any stack.", input.export_name)));
    }
    let (page, next) = page(importers.into_iter().map(Value::from).collect(), input.next_token.as_deref(), 100)?;
    Ok(filled(json!({ "Imports": page, "NextToken": next })))
}
