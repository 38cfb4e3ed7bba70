//! Drift: how what is there differs from what the template says
//! (CloudFormation User Guide, "Detect unmanaged configuration changes").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::describe::{filled, page};
use super::functions::scalar;
use super::requests::{invalid, missing};
use super::resources::{self, Failure, Hand};
use super::stacks::{Actor, Resource, ResourceStatus, Stack, in_capitals};
use super::{Due, reasons};
use crate::world::{Call, Moment, Place, ServiceError, World};

/// How long a detection takes, in seconds.
const DETECTION_SECONDS: i64 = 8;

in_capitals! {
    /// What a look at one resource gave.
    ResourceDriftStatus {
        InSync = "IN_SYNC",
        Modified = "MODIFIED",
        Deleted = "DELETED",
        NotChecked = "NOT_CHECKED",
        Unknown = "UNKNOWN",
    }
}

/// One property that is not as the template says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub property: String,
    pub expected: Value,
    /// Null where it is not set.
    pub actual: Value,
}

/// One resource's drift.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceDrift {
    pub at: Moment,
    pub status: ResourceDriftStatus,
    pub reason: Option<String>,
    pub differences: Vec<Difference>,
    /// The properties that were compared, as they are.
    pub actual: Map<String, Value>,
}

/// One run of DetectStackDrift.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Detection {
    pub stack: String,
    pub actor: Actor,
    pub begun: Moment,
    /// The logical ids that were asked for; all where there are none.
    pub only: Vec<String>,
    pub done: bool,
}

/// Looks at one resource. Only properties that the template sets are compared.
pub fn look(world: &mut World, place: &Place, stack: &Stack, actor: &Actor, resource: &Resource) -> ResourceDrift {
    let mut drift = ResourceDrift {
        at: world.now,
        status: ResourceDriftStatus::NotChecked,
        reason: None,
        differences: Vec::new(),
        actual: Map::new(),
    };
    let Some(id) = &resource.physical_id else { return drift };
    let mut hand = Hand { world, actor, place, stack_name: &stack.name, logical_id: &resource.logical_id };
    let read = match resources::by_name(&resource.kind).and_then(|kind| kind.read) {
        Some(read) => read(&mut hand, id).map(|(_, live)| live),
        None => match resources::read_beside(&resource.kind) {
            Some(read) => read(&mut hand, id, &resource.properties),
            None => return drift,
        },
    };
    let live = match read {
        Ok(live) => live,
        Err(failure) if failure.is_absent() || is_going(&failure) => {
            drift.status = ResourceDriftStatus::Deleted;
            return drift;
        }
        Err(failure) => {
            drift.status = ResourceDriftStatus::Unknown;
            drift.reason = Some(reasons::handler_reason(world, place, failure));
            return drift;
        }
    };
    for (name, actual) in live.as_object().into_iter().flatten() {
        let Some(expected) = resource.properties.get(name) else { continue };
        let actual = without_attached(stack, name, actual);
        if canonical(expected) != canonical(&actual) {
            let property = name.clone();
            drift.differences.push(Difference { property, expected: expected.clone(), actual: actual.clone() });
        }
        drift.actual.insert(name.clone(), actual);
    }
    let in_sync = drift.differences.is_empty();
    drift.status = if in_sync { ResourceDriftStatus::InSync } else { ResourceDriftStatus::Modified };
    drift
}

/// A key that is scheduled for deletion counts as deleted.
fn is_going(failure: &Failure) -> bool {
    matches!(failure, Failure::Service(_, error) if error.message.contains("pending deletion"))
}

/// Inline policies that other resources of the stack put into a role are not the role's own.
fn without_attached(stack: &Stack, name: &str, actual: &Value) -> Value {
    let (true, Value::Array(policies)) = (name == "Policies", actual) else { return actual.clone() };
    let attached: Vec<String> = stack
        .resources
        .iter()
        .filter(|one| matches!(one.kind.as_str(), "AWS::IAM::Policy" | "AWS::IAM::RolePolicy"))
        .filter_map(|one| resources::text(&one.properties, "PolicyName"))
        .collect();
    let own = |policy: &&Value| resources::text(policy, "PolicyName").is_none_or(|name| !attached.contains(&name));
    policies.iter().filter(own).cloned().collect()
}

/// Lists compare without their order, scalars as texts.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(map) => {
            let sorted: BTreeMap<&String, Value> = map.iter().map(|(key, value)| (key, canonical(value))).collect();
            Value::Object(sorted.into_iter().map(|(key, value)| (key.clone(), value)).collect())
        }
        other => scalar(other).map_or(Value::Null, Value::from),
    }
}

/// Puts what is really there in the place of what was last applied: the stack that a drift-aware
/// change set compares its template with. A thing that has gone is made anew.
pub fn overlay(world: &mut World, place: &Place, stack: &mut Stack, actor: &Actor) {
    for index in 0..stack.resources.len() {
        let resource = stack.resources[index].clone();
        let drift = look(world, place, stack, actor, &resource);
        let target = &mut stack.resources[index];
        match drift.status {
            ResourceDriftStatus::Deleted => target.physical_id = None,
            ResourceDriftStatus::Modified => {
                if let Value::Object(map) = &mut target.properties {
                    for difference in drift.differences {
                        match difference.actual {
                            Value::Null => map.remove(&difference.property),
                            actual => map.insert(difference.property, actual),
                        };
                    }
                }
            }
            _ => {}
        }
    }
}

fn shown(stack: &Stack, resource: &Resource, drift: &ResourceDrift) -> Value {
    let gone = drift.status == ResourceDriftStatus::Deleted;
    let text = |value: &Value| scalar(value).unwrap_or_else(|| value.to_string());
    let differences: Vec<Value> = drift
        .differences
        .iter()
        .map(|one| {
            json!({
                "PropertyPath": format!("/{}", one.property),
                "ExpectedValue": text(&one.expected),
                "ActualValue": text(&one.actual),
                "DifferenceType": if one.actual.is_null() { "REMOVE" } else { "NOT_EQUAL" },
            })
        })
        .collect();
    let expected: Map<String, Value> =
        drift.actual.keys().filter_map(|name| Some((name.clone(), resource.properties.get(name)?.clone()))).collect();
    filled(json!({
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.kind,
        "ExpectedProperties": (!gone).then(|| Value::Object(expected).to_string()),
        "ActualProperties": (!gone).then(|| Value::Object(drift.actual.clone()).to_string()),
        "PropertyDifferences": differences,
        "StackResourceDriftStatus": drift.status,
        "Timestamp": drift.at,
        "DriftStatusReason": drift.reason,
    }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetectStackDrift {
    stack_name: String,
    #[serde(default)]
    logical_resource_ids: Vec<String>,
}

/// DetectStackDrift.
pub fn detect_stack_drift(world: &mut World, call: &Call, input: DetectStackDrift) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let stack = state.find(&input.stack_name).ok_or_else(|| missing(&input.stack_name))?;
    // CloudFormation User Guide, "Considerations when detecting drift".
    if !stack.status.is_updatable() {
        return Err(invalid(format!(
            "Drift detection cannot be performed on stack {} in state {}",
            stack.id, stack.status
        )));
    }
    let stack = stack.id.clone();
    let id = world.ids.uuid(&call.place, "drift-detection");
    let actor = Actor { caller: call.caller.clone(), is_role: false };
    let detection = Detection { stack, actor, begun: world.now, only: input.logical_resource_ids, done: false };
    world.services.cloudformation.at(&call.place).detections.insert(id.clone(), detection);
    let due = Due::Drift { detection: id.clone() };
    world.schedule(world.now.plus_seconds(DETECTION_SECONDS), &call.place, due);
    Ok(json!({ "StackDriftDetectionId": id }))
}

/// The detection looks at every resource.
pub fn detect(world: &mut World, place: &Place, id: &str) {
    let state = world.services.cloudformation.at(place);
    let Some(detection) = state.detections.get_mut(id) else { return };
    detection.done = true;
    let detection = detection.clone();
    let Some(mut stack) = state.stacks.get(&detection.stack).cloned() else { return };
    for resource in stack.resources.clone() {
        let wanted = detection.only.is_empty() || detection.only.contains(&resource.logical_id);
        if wanted && resource.status != ResourceStatus::DeleteComplete {
            let drift = look(world, place, &stack, &detection.actor, &resource);
            stack.drift.insert(resource.logical_id.clone(), drift);
        }
    }
    if let Some(target) = world.services.cloudformation.at(place).stacks.get_mut(&detection.stack) {
        target.drift = stack.drift;
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetectionId {
    stack_drift_detection_id: String,
}

/// The stack's drift: of all that was looked at.
pub fn stack_status(stack: &Stack) -> &'static str {
    let has = |status| stack.drift.values().any(|one| one.status == status);
    if stack.drift.is_empty() {
        "NOT_CHECKED"
    } else if has(ResourceDriftStatus::Modified) || has(ResourceDriftStatus::Deleted) {
        "DRIFTED"
    } else if has(ResourceDriftStatus::Unknown) {
        "UNKNOWN"
    } else {
        "IN_SYNC"
    }
}

/// `DriftInformation` of a stack.
pub fn stack_information(stack: &Stack) -> Value {
    let last = stack.drift.values().map(|one| one.at).max();
    filled(json!({ "StackDriftStatus": stack_status(stack), "LastCheckTimestamp": last }))
}

/// `DriftInformation` of a resource.
pub fn resource_information(stack: &Stack, logical_id: &str) -> Value {
    match stack.drift.get(logical_id) {
        Some(drift) => json!({ "StackResourceDriftStatus": drift.status, "LastCheckTimestamp": drift.at }),
        None => json!({ "StackResourceDriftStatus": ResourceDriftStatus::NotChecked }),
    }
}

fn drifted(stack: &Stack) -> usize {
    let moved = [ResourceDriftStatus::Modified, ResourceDriftStatus::Deleted];
    stack.drift.values().filter(|one| moved.contains(&one.status)).count()
}

/// DescribeStackDriftDetectionStatus.
pub fn describe_detection(world: &mut World, call: &Call, input: DetectionId) -> Result<Value, ServiceError> {
    let id = input.stack_drift_detection_id;
    let state = world.services.cloudformation.at(&call.place);
    let detection = state.detections.get(&id);
    let found = detection.and_then(|detection| Some((detection, state.stacks.get(&detection.stack)?)));
    let Some((detection, stack)) = found else {
        return Err(invalid(format!("Drift detection {id} does not exist")));
    };
    let status = if detection.done { "DETECTION_COMPLETE" } else { "DETECTION_IN_PROGRESS" };
    Ok(filled(json!({
        "StackId": stack.id,
        "StackDriftDetectionId": id,
        "StackDriftStatus": detection.done.then(|| stack_status(stack)),
        "DetectionStatus": status,
        "DriftedStackResourceCount": detection.done.then(|| drifted(stack)),
        "Timestamp": detection.begun,
    })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeDrifts {
    stack_name: String,
    #[serde(default)]
    stack_resource_drift_status_filters: Vec<ResourceDriftStatus>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

/// DescribeStackResourceDrifts: of the resources that were checked.
pub fn describe_drifts(world: &mut World, call: &Call, input: DescribeDrifts) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let stack = state.find(&input.stack_name).ok_or_else(|| missing(&input.stack_name))?;
    let filters = &input.stack_resource_drift_status_filters;
    let list = stack
        .drift
        .iter()
        .filter(|(_, drift)| drift.status != ResourceDriftStatus::NotChecked)
        .filter(|(_, drift)| filters.is_empty() || filters.contains(&drift.status))
        .filter_map(|(name, drift)| Some(shown(stack, stack.resource(name)?, drift)))
        .collect();
    let (page, next) = page(list, input.next_token.as_deref(), input.max_results.unwrap_or(100))?;
    Ok(filled(json!({ "StackResourceDrifts": page, "NextToken": next })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneResource {
    stack_name: String,
    logical_resource_id: String,
}

/// DetectStackResourceDrift: answers at once.
pub fn detect_resource_drift(world: &mut World, call: &Call, input: OneResource) -> Result<Value, ServiceError> {
    let state = world.services.cloudformation.at(&call.place);
    let mut stack = state.find(&input.stack_name).cloned().ok_or_else(|| missing(&input.stack_name))?;
    let Some(resource) = stack.resource(&input.logical_resource_id).cloned() else {
        let name = &input.logical_resource_id;
        return Err(invalid(format!("Resource {name} does not exist for stack {}", stack.name)));
    };
    let unread = resources::by_name(&resource.kind).is_none_or(|kind| kind.read.is_none());
    if unread && resources::read_beside(&resource.kind).is_none() {
        return Err(invalid(format!("Drift detection is not supported for resource type {}", resource.kind)));
    }
    let actor = Actor { caller: call.caller.clone(), is_role: false };
    let drift = look(world, &call.place, &stack, &actor, &resource);
    let answer = json!({ "StackResourceDrift": shown(&stack, &resource, &drift) });
    stack.drift.insert(resource.logical_id, drift);
    world.services.cloudformation.at(&call.place).stacks.insert(stack.id.clone(), stack);
    Ok(answer)
}
