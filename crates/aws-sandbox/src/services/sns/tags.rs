//! Tags of topics.

use serde::Deserialize;
use serde_json::Value;

use super::{find, invalid_because, nothing, topic_at};
use crate::services::tags::{Tag, listed, tag_map};
use crate::world::{Call, ServiceError, World};

/// The most tags of a topic (Amazon SNS Developer Guide, "Amazon SNS topic tags").
const MOST: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tagging {
    resource_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let topic = topic_at(world, call, &input.resource_arn)?;
    let mut tags = topic.tags.clone();
    tags.extend(tag_map(input.tags));
    if tags.len() > MOST {
        return Err(ServiceError::new(
            "TagLimitExceeded",
            "Could not complete request: tag quota of per resource exceeded",
        ));
    }
    if tags.keys().any(|key| key.starts_with("aws:")) {
        return Err(invalid_because("Tags", "Tag keys that begin with aws: are reserved"));
    }
    topic.tags = tags;
    Ok(nothing())
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    topic_at(world, call, &input.resource_arn)?.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(nothing())
}

pub(super) fn list(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    Ok(listed(&find(world, call, &input.resource_arn)?.tags))
}
