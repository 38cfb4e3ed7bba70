//! Topics: made, found, changed, deleted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::Topic;
use super::{invalid_because, name_of, no_topic, nothing, page, place_of, topic_arn, topic_at};
use crate::services::iam::documents;
use crate::services::tags::{Tag, tag_map};
use crate::world::{Access, Call, ServiceError, World};

/// The attributes that can be set, of those that a standard topic has (SNS API Reference, "SetTopicAttributes").
const SETTABLE: [&str; 6] =
    ["DeliveryPolicy", "DisplayName", "KmsMasterKeyId", "Policy", "SignatureVersion", "TracingConfig"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    name: String,
    attributes: Option<BTreeMap<String, String>>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfTopic {
    topic_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetAttribute {
    topic_arn: String,
    attribute_name: String,
    attribute_value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    next_token: Option<String>,
}

/// Creating is authorized on the topic that will be; with tags it takes the right to tag.
pub(super) fn needs_name(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = topic_arn(&call.place, input["Name"].as_str().unwrap_or_default());
    let mut needs = vec![Access::on("sns:CreateTopic", arn.clone(), &call.place.account)];
    if input["Tags"].as_array().is_some_and(|tags| !tags.is_empty()) {
        needs.push(Access::on("sns:TagResource", arn, &call.place.account));
    }
    Ok(needs)
}

/// The policy that a topic is born with (SNS Developer Guide, "Default policy").
fn default_policy(arn: &str, account: &str) -> String {
    let actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    json!({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
        "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": actions.map(|action| format!("SNS:{action}")), "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }]})
    .to_string()
}

fn check(name: &str, value: &str) -> Result<(), ServiceError> {
    if name == "FifoTopic" || name == "ContentBasedDeduplication" {
        return Err(invalid_because("Attributes", "The sandbox has standard topics only."));
    }
    if !SETTABLE.contains(&name) {
        return Err(invalid_because("AttributeName", &format!("Unknown attribute {name}")));
    }
    if name == "Policy" && documents::read(value).is_err() {
        return Err(invalid_because("Policy", "Error: Policy statement is not valid"));
    }
    Ok(())
}

/// A topic of that name that is there already is the answer (SNS API Reference, "CreateTopic").
pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    let is_name = (1..=256).contains(&input.name.len())
        && input.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_name {
        return Err(invalid_because("Topic Name", "Topic names must be of letters, digits, hyphens and underscores"));
    }
    let mut attributes = input.attributes.unwrap_or_default();
    for (name, value) in &attributes {
        check(name, value)?;
    }
    let arn = topic_arn(&call.place, &input.name);
    let topics = &mut world.services.sns.at(&call.place).topics;
    if let Some(topic) = topics.get(&input.name) {
        let differs = attributes.iter().any(|(name, value)| topic.attributes.get(name) != Some(value));
        if differs {
            return Err(invalid_because("Attributes", "Topic already exists with different attributes"));
        }
        return Ok(json!({"TopicArn": arn}));
    }
    attributes.entry("Policy".to_owned()).or_insert_with(|| default_policy(&arn, call.place.account.as_str()));
    let topic = Topic { attributes, tags: tag_map(input.tags), subscriptions: BTreeMap::new() };
    topics.insert(input.name, topic);
    Ok(json!({"TopicArn": arn}))
}

/// Deleting a topic that is gone succeeds, and its subscriptions go with it (SNS API Reference, "DeleteTopic").
pub(super) fn delete(world: &mut World, call: &Call, input: OfTopic) -> Result<Value, ServiceError> {
    let place = place_of(call, &input.topic_arn)?;
    world.services.sns.at(&place).topics.remove(name_of(&input.topic_arn));
    Ok(nothing())
}

pub(super) fn get_attributes(world: &mut World, call: &Call, input: OfTopic) -> Result<Value, ServiceError> {
    let topic = super::find(world, call, &input.topic_arn)?;
    let place = place_of(call, &input.topic_arn)?;
    let mut shown = topic.attributes.clone();
    let pending = topic.subscriptions.values().filter(|subscription| subscription.token.is_some()).count();
    let confirmed = topic.subscriptions.len() - pending;
    for (name, value) in [
        ("TopicArn", input.topic_arn.clone()),
        ("Owner", place.account.to_string()),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsPending", pending.to_string()),
        ("SubscriptionsDeleted", "0".to_owned()),
    ] {
        shown.insert(name.to_owned(), value);
    }
    shown.entry("DisplayName".to_owned()).or_default();
    Ok(json!({"Attributes": shown}))
}

pub(super) fn set_attributes(world: &mut World, call: &Call, input: SetAttribute) -> Result<Value, ServiceError> {
    let value = input.attribute_value.unwrap_or_default();
    let is_cleared = value.is_empty();
    if is_cleared && input.attribute_name == "Policy" {
        return Err(invalid_because("Policy", "Policy is empty"));
    }
    if !is_cleared {
        check(&input.attribute_name, &value)?;
    }
    let topic = topic_at(world, call, &input.topic_arn)?;
    if is_cleared {
        topic.attributes.remove(&input.attribute_name);
    } else {
        topic.attributes.insert(input.attribute_name, value);
    }
    Ok(nothing())
}

pub(super) fn list(world: &mut World, call: &Call, input: List) -> Result<Value, ServiceError> {
    let topics = world.services.sns.get(&call.place).into_iter().flat_map(|state| state.topics.keys());
    let items = topics.map(|name| (name.clone(), json!({"TopicArn": topic_arn(&call.place, name)}))).collect();
    Ok(page("Topics", items, input.next_token.as_deref()))
}

/// The topic by its ARN, for those that only look.
pub(super) fn exists(world: &World, call: &Call, arn: &str) -> Result<(), ServiceError> {
    super::find(world, call, arn).map(drop).map_err(|_| no_topic())
}
