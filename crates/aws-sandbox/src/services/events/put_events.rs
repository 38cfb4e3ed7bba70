//! Events that callers put, and patterns that they test.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accept::{Arrival, accept};
use super::invalid;
use super::pattern::Pattern;
use super::rules::not_a_pattern;
use super::state::{bus_arn, bus_name};
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Entry {
    time: Option<Moment>,
    source: Option<String>,
    resources: Vec<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TestPattern {
    event_pattern: String,
    event: String,
}

/// Where the bus of an entry lies: an ARN may name another account's.
pub(super) fn bus_place(call: &Call, name_or_arn: Option<&str>) -> Place {
    let arn: Option<Arn> = name_or_arn.and_then(|text| text.parse().ok());
    let place = arn.and_then(|arn| Some(Place::new(arn.account_id()?, arn.region_code()?)));
    place.unwrap_or_else(|| call.place.clone())
}

/// `events:PutEvents` on each bus, with the bus's own policy.
pub(super) fn needs_put_events(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut needed = Vec::new();
    for entry in input["Entries"].as_array().into_iter().flatten() {
        let name = entry["EventBusName"].as_str();
        let mut access = needs_bus_of(world, &bus_place(call, name), bus_name(name));
        for (key, member) in [("events:source", "Source"), ("events:detail-type", "DetailType")] {
            if let Some(value) = entry[member].as_str() {
                access = access.with_key(key, value);
            }
        }
        needed.push(access);
    }
    Ok(needed)
}

/// `events:PutEvents` on one bus.
pub(super) fn needs_bus_of(world: &World, place: &Place, bus: &str) -> Access {
    let access = Access::on("events:PutEvents", bus_arn(place, bus), &place.account);
    let policy = world.services.events.get(place).and_then(|state| state.bus(bus)?.policy());
    match policy {
        Some(policy) => access.with_policy(format!("policy of event bus {bus}"), policy),
        None => access,
    }
}

fn refused(code: &str, message: &str) -> Value {
    json!({"ErrorCode": code, "ErrorMessage": message})
}

/// What is wrong with an entry: the answer is 200, and says it entry by entry.
fn entry_error(entry: &Entry) -> Option<Value> {
    for (name, value) in [("Source", &entry.source), ("DetailType", &entry.detail_type), ("Detail", &entry.detail)] {
        if value.as_deref().unwrap_or_default().is_empty() {
            let message = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            return Some(refused("InvalidArgument", &message));
        }
    }
    if entry.source.as_deref().is_some_and(|source| source.starts_with("aws.")) {
        return Some(refused("NotAuthorizedForSourceException", "Not authorized for the source."));
    }
    let detail: Option<Value> = entry.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok());
    (!detail.is_some_and(|detail| detail.is_object())).then(|| refused("MalformedDetail", "Detail is malformed."))
}

pub(super) fn put_events(world: &mut World, call: &Call, input: PutEvents) -> Result<Value, ServiceError> {
    let mut answers = Vec::new();
    let mut failed = 0;
    for entry in input.entries {
        if let Some(error) = entry_error(&entry) {
            failed += 1;
            answers.push(error);
            continue;
        }
        let place = bus_place(call, entry.event_bus_name.as_deref());
        let id = world.ids.uuid(&call.place, "event");
        let detail: Value = serde_json::from_str(&entry.detail.unwrap_or_default()).unwrap_or_default();
        let event = json!({
            "version": "0",
            "id": id,
            "detail-type": entry.detail_type,
            "source": entry.source,
            "account": call.caller.account,
            "time": entry.time.unwrap_or(world.now).iso_seconds(),
            "region": call.place.region,
            "resources": entry.resources,
            "detail": detail,
        });
        let arrival = if place == call.place { Arrival::Own } else { Arrival::Forwarded };
        accept(world, &place, bus_name(entry.event_bus_name.as_deref()), &event, arrival);
        answers.push(json!({"EventId": id}));
    }
    Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
}

/// The members that `TestEventPattern` demands of an event (its API reference).
const REQUIRED: [&str; 7] = ["id", "detail-type", "source", "account", "time", "region", "resources"];

pub(super) fn test_pattern(_world: &mut World, _call: &Call, input: TestPattern) -> Result<Value, ServiceError> {
    let pattern = Pattern::parse(&input.event_pattern).map_err(|reason| not_a_pattern(&reason))?;
    let event: Value = serde_json::from_str(&input.event).map_err(|_| invalid("Parameter Event is not valid."))?;
    if REQUIRED.iter().any(|member| event.get(member).is_none()) {
        return Err(invalid("Parameter Event is not valid."));
    }
    Ok(json!({"Result": pattern.matches(&event)}))
}
