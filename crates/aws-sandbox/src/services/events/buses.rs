//! Event buses and their resource policies.

use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::paging::{Paging, page};
use super::rules::no_bus;
use super::state::{Bus, DEFAULT_BUS, bus_arn, bus_name};
use crate::services::iam::documents;
use crate::services::tags::{Tag, tag_map};
use crate::world::{Access, Call, Place, ServiceError, World};
use aws_policy::names::AccountId;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateBus {
    name: String,
    description: Option<String>,
    kms_key_identifier: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BusName {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListBuses {
    name_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutPermission {
    event_bus_name: Option<String>,
    action: Option<String>,
    principal: Option<String>,
    statement_id: Option<String>,
    condition: Option<Condition>,
    policy: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    r#type: String,
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RemovePermission {
    event_bus_name: Option<String>,
    statement_id: Option<String>,
    #[serde(default)]
    remove_all_permissions: bool,
}

/// The permission on the bus that the input names as `Name` or `EventBusName`.
pub(super) fn needs_bus(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let bus = bus_name(input["Name"].as_str().or(input["EventBusName"].as_str()));
    let action = format!("events:{}", call.operation);
    Ok(vec![Access::on(&action, bus_arn(&call.place, bus), &call.place.account)])
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateBus) -> Result<Value, ServiceError> {
    let now = world.now;
    let custom = &mut world.services.events.at(&call.place).custom;
    if input.name == DEFAULT_BUS || custom.contains_key(&input.name) {
        return Err(ServiceError::new(
            "ResourceAlreadyExistsException",
            format!("Event bus {} already exists.", input.name),
        ));
    }
    let bus = Bus {
        description: input.description.clone(),
        kms_key: input.kms_key_identifier,
        created: now,
        modified: now,
        tags: tag_map(input.tags),
        ..Bus::default()
    };
    custom.insert(input.name.clone(), bus);
    Ok(json!({"EventBusArn": bus_arn(&call.place, &input.name), "Description": input.description}))
}

pub(super) fn delete(world: &mut World, call: &Call, input: BusName) -> Result<Value, ServiceError> {
    let name = bus_name(input.name.as_deref());
    if name == DEFAULT_BUS {
        return Err(invalid("Cannot delete event bus default."));
    }
    let custom = &mut world.services.events.at(&call.place).custom;
    if custom.get(name).is_some_and(|bus| !bus.rules.is_empty()) {
        return Err(invalid("Cannot delete event bus since it has rules."));
    }
    custom.remove(name);
    Ok(json!({}))
}

fn shown(place: &Place, name: &str, bus: &Bus) -> Value {
    let mut value = json!({
        "Name": name,
        "Arn": bus_arn(place, name),
        "CreationTime": bus.created,
        "LastModifiedTime": bus.modified,
    });
    for (member, found) in [("Policy", bus.policy()), ("Description", bus.description.clone())] {
        if let Some(found) = found {
            value[member] = json!(found);
        }
    }
    value
}

pub(super) fn describe(world: &mut World, call: &Call, input: BusName) -> Result<Value, ServiceError> {
    let name = bus_name(input.name.as_deref());
    let bus = world.services.events.at(&call.place).bus(name).ok_or_else(|| no_bus(name))?;
    let mut value = shown(&call.place, name, bus);
    if let Some(key) = &bus.kms_key {
        value["KmsKeyIdentifier"] = json!(key);
    }
    Ok(value)
}

pub(super) fn list(world: &mut World, call: &Call, input: ListBuses) -> Result<Value, ServiceError> {
    let prefix = input.name_prefix.unwrap_or_default();
    let state = world.services.events.at(&call.place);
    let found = state.buses().filter(|(name, _)| name.starts_with(&prefix));
    page("EventBuses", found.map(|(name, bus)| shown(&call.place, name, bus)).collect(), &input.paging)
}

/// One statement in the short form, or a whole policy in `Policy`, which replaces all.
pub(super) fn put_permission(world: &mut World, call: &Call, input: PutPermission) -> Result<Value, ServiceError> {
    let name = bus_name(input.event_bus_name.as_deref());
    let arn = bus_arn(&call.place, name);
    let (now, partition) = (world.now, call.place.region.partition());
    let bus = world.services.events.at(&call.place).bus_mut(name).ok_or_else(|| no_bus(name))?;
    bus.modified = now;
    if let Some(policy) = input.policy {
        let wrong = || invalid("Parameter Policy is not valid.");
        let document = documents::read(&policy).map_err(|_| wrong())?;
        bus.statements = match &document["Statement"] {
            Value::Array(statements) => statements.clone(),
            Value::Object(_) => vec![document["Statement"].clone()],
            _ => return Err(wrong()),
        };
        return Ok(json!({}));
    }
    let (Some(action), Some(principal), Some(sid)) = (input.action, input.principal, input.statement_id) else {
        return Err(invalid("Parameter(s) Action, Principal, StatementId must be specified."));
    };
    let who = match principal.parse::<AccountId>() {
        Ok(account) => json!({"AWS": format!("arn:{partition}:iam::{account}:root")}),
        Err(_) if principal == "*" => json!("*"),
        Err(_) => return Err(invalid("Provided value in parameter 'principal' is not valid.")),
    };
    let mut statement = json!({"Sid": sid, "Effect": "Allow", "Principal": who, "Action": action, "Resource": arn});
    if let Some(condition) = input.condition {
        statement["Condition"] = json!({condition.r#type: {condition.key: condition.value}});
    }
    if documents::check(&json!({ "Statement": statement })).is_err() {
        return Err(invalid("Parameter Condition is not valid."));
    }
    bus.statements.retain(|other| other["Sid"] != statement["Sid"]);
    bus.statements.push(statement);
    Ok(json!({}))
}

pub(super) fn remove_permission(
    world: &mut World,
    call: &Call,
    input: RemovePermission,
) -> Result<Value, ServiceError> {
    let name = bus_name(input.event_bus_name.as_deref());
    let bus = world.services.events.at(&call.place).bus_mut(name).ok_or_else(|| no_bus(name))?;
    if input.remove_all_permissions {
        bus.statements.clear();
        return Ok(json!({}));
    }
    let sid = input.statement_id.unwrap_or_default();
    let before = bus.statements.len();
    bus.statements.retain(|statement| statement["Sid"] != sid.as_str());
    if bus.statements.len() == before {
        return Err(ServiceError::new("ResourceNotFoundException", "Statement with the provided id does not exist."));
    }
    Ok(json!({}))
}
