//! Tags of alarms.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{access_to_known, invalid, nothing};
use crate::services::tags::{Tag, listed, tag_map};
use crate::world::{Access, Call, ServiceError, World};
use aws_policy::names::Arn;

/// The most tags of an alarm (CloudWatch API Reference, "TagResource").
const MOST: usize = 50;

#[derive(Debug, Deserialize)]
pub(super) struct Tagging {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
    #[serde(rename = "TagKeys", default)]
    keys: Vec<String>,
}

/// Tags that an alarm may have.
pub(super) fn allowed(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, ServiceError> {
    if let Some(tag) = tags.iter().find(|tag| tag.key.starts_with("aws:")) {
        return Err(invalid(format!("Tag key {} is reserved: tag keys cannot begin with aws:", tag.key)));
    }
    if tags.len() > MOST {
        return Err(invalid(format!("A resource has at most {MOST} tags.")));
    }
    Ok(tag_map(tags))
}

pub(super) fn needs_tags(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["ResourceARN"].as_str().unwrap_or_default();
    Ok(vec![access_to_known(world, call, &name_of(call, arn)?)])
}

/// The name of this place's alarm that an ARN means.
fn name_of(call: &Call, text: &str) -> Result<String, ServiceError> {
    let arn: Option<Arn> = text.parse().ok();
    let here = arn.filter(|arn: &Arn| {
        arn.service == "cloudwatch"
            && arn.region == call.place.region.as_str()
            && arn.account == call.place.account.as_str()
    });
    let name = here.and_then(|arn| arn.resource.strip_prefix("alarm:").map(str::to_owned));
    name.ok_or_else(|| ServiceError::new("InvalidParameterValue", format!("{text} is not the ARN of an alarm here.")))
}

fn tags<'a>(world: &'a mut World, call: &Call, arn: &str) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    let name = name_of(call, arn)?;
    let alarm = world.services.cloudwatch.at(&call.place).alarms.get_mut(&name);
    alarm
        .map(|alarm| &mut alarm.tags)
        .ok_or_else(|| ServiceError::new("ResourceNotFoundException", format!("Alarm {name} does not exist.")))
}

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let set = allowed(input.tags)?;
    let known = tags(world, call, &input.arn)?;
    let mut all = known.clone();
    all.extend(set);
    if all.len() > MOST {
        return Err(invalid(format!("A resource has at most {MOST} tags.")));
    }
    *known = all;
    Ok(nothing())
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    tags(world, call, &input.arn)?.retain(|key, _| !input.keys.contains(key));
    Ok(nothing())
}

pub(super) fn list(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    Ok(listed(tags(world, call, &input.arn)?))
}
