//! Tags of rules and buses.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{DEFAULT_BUS, State};
use crate::services::tags::{Tag, listed, tag_map};
use crate::world::{Access, Call, ServiceError, World};
use aws_policy::names::Arn;

#[derive(Debug, Deserialize)]
pub(super) struct TagResource {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
    #[serde(rename = "TagKeys", default)]
    keys: Vec<String>,
}

pub(super) fn needs_tags(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["ResourceARN"].as_str().unwrap_or_default();
    Ok(vec![Access::on(&format!("events:{}", call.operation), arn, &call.place.account)])
}

/// The tags of the rule or bus that an ARN names.
fn tags_at<'a>(state: &'a mut State, text: &str) -> Option<&'a mut BTreeMap<String, String>> {
    let arn: Arn = text.parse().ok()?;
    if let Some(bus) = arn.resource_after("event-bus/") {
        return state.bus_mut(bus).map(|bus| &mut bus.tags);
    }
    let rule = arn.resource_after("rule/")?;
    let (bus, rule) = rule.split_once('/').unwrap_or((DEFAULT_BUS, rule));
    state.bus_mut(bus)?.rules.get_mut(rule).map(|rule| &mut rule.tags)
}

fn tags<'a>(world: &'a mut World, call: &Call, arn: &str) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    tags_at(world.services.events.at(&call.place), arn)
        .ok_or_else(|| ServiceError::new("ResourceNotFoundException", format!("Resource {arn} does not exist.")))
}

pub(super) fn tag(world: &mut World, call: &Call, input: TagResource) -> Result<Value, ServiceError> {
    tags(world, call, &input.arn)?.extend(tag_map(input.tags));
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call, input: TagResource) -> Result<Value, ServiceError> {
    tags(world, call, &input.arn)?.retain(|key, _| !input.keys.contains(key));
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, input: TagResource) -> Result<Value, ServiceError> {
    Ok(listed(tags(world, call, &input.arn)?))
}
