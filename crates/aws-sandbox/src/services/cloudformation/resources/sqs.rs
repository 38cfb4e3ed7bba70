//! `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`.

use serde_json::{Map, Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_map, tags_of, text, texts};
use crate::services::Service;
use crate::services::cloudformation::functions::scalar;

/// Properties that are attributes of a queue under the same name.
const ATTRIBUTES: &[&str] = &[
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
];

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::SQS::Queue",
        properties: &[
            Property::new("ContentBasedDeduplication", Kind::Boolean),
            Property::new("DeduplicationScope", Kind::Text),
            Property::new("DelaySeconds", Kind::Integer),
            Property::new("FifoQueue", Kind::Boolean).replaces(),
            Property::new("FifoThroughputLimit", Kind::Text),
            Property::new("KmsDataKeyReusePeriodSeconds", Kind::Integer),
            Property::new("KmsMasterKeyId", Kind::Text),
            Property::new("MaximumMessageSize", Kind::Integer),
            Property::new("MessageRetentionPeriod", Kind::Integer),
            Property::new("QueueName", Kind::Text).replaces(),
            Property::new("ReceiveMessageWaitTimeSeconds", Kind::Integer),
            Property::new("RedriveAllowPolicy", Kind::Json),
            Property::new("RedrivePolicy", Kind::Json),
            Property::new("SqsManagedSseEnabled", Kind::Boolean),
            Property::new("Tags", TAGS),
            Property::new("VisibilityTimeout", Kind::Integer),
        ],
        seconds: (60, 6),
        tags: Some("Tags"),
        custom_name: Some("QueueName"),
        identifier: Some("QueueUrl"),
        create: create_queue,
        update: update_queue,
        delete: |hand, url, _| hand.call_unless_gone(Service::Sqs, "DeleteQueue", json!({ "QueueUrl": url })),
        read: Some(read_queue),
    },
    ResourceType {
        name: "AWS::SQS::QueuePolicy",
        properties: &[
            Property::required("PolicyDocument", Kind::Policy),
            Property::required("Queues", Kind::List(&Kind::Text)),
        ],
        seconds: (3, 3),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_policy,
        update: update_policy,
        delete: |hand, _, properties| set_policy(hand, &texts(properties, "Queues"), ""),
        read: None,
    },
];

/// Attributes are texts.
fn attributes(properties: &Value) -> Map<String, Value> {
    let mut map = Map::new();
    for name in ATTRIBUTES {
        // A standard queue has no attribute FifoQueue.
        let value = properties.get(name).and_then(scalar).filter(|value| !(*name == "FifoQueue" && value == "false"));
        if let Some(value) = value {
            map.insert((*name).to_owned(), Value::from(value));
        }
    }
    for name in ["RedrivePolicy", "RedriveAllowPolicy"] {
        if let Some(policy) = document(properties, name) {
            map.insert(name.to_owned(), Value::from(policy));
        }
    }
    map
}

fn queue(hand: &mut Hand<'_>, url: &str) -> Made {
    let name = url.rsplit('/').next().unwrap_or_default();
    Made::new(url, json!({ "Arn": hand.arn("sqs", name), "QueueName": name, "QueueUrl": url }))
}

fn create_queue(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let mut name = hand.name(properties, "QueueName", 75);
    if properties.get("FifoQueue") == Some(&json!(true)) && !name.ends_with(".fifo") {
        name.push_str(".fifo");
    }
    let attributes = attributes(properties);
    let input = json!({
        "QueueName": name,
        "Attributes": if attributes.is_empty() { Value::Null } else { Value::Object(attributes) },
        "tags": tag_map(&tags_of(properties, "Tags")),
    });
    let answer = hand.call(Service::Sqs, "CreateQueue", input)?;
    let url = text(&answer, "QueueUrl").unwrap_or_default();
    Ok(queue(hand, &url))
}

/// What a queue's attribute is where nobody sets it (SQS API Reference, CreateQueue).
fn default_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "DelaySeconds" | "ReceiveMessageWaitTimeSeconds" => "0",
        "MaximumMessageSize" => "1048576",
        "MessageRetentionPeriod" => "345600",
        "VisibilityTimeout" => "30",
        "KmsMasterKeyId" | "RedrivePolicy" | "RedriveAllowPolicy" => "",
        _ => return None,
    })
}

fn update_queue(hand: &mut Hand<'_>, url: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let (before, after) = (attributes(old), attributes(new));
    let mut changed: Map<String, Value> = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        if let Some(default) = default_of(name) {
            changed.insert(name.clone(), Value::from(default));
        }
    }
    if !changed.is_empty() {
        let input = json!({ "QueueUrl": url, "Attributes": changed });
        hand.call(Service::Sqs, "SetQueueAttributes", input)?;
    }
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        hand.call(Service::Sqs, "TagQueue", json!({ "QueueUrl": url, "Tags": tag_map(&set) }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Sqs, "UntagQueue", json!({ "QueueUrl": url, "TagKeys": gone }))?;
    }
    Ok(queue(hand, url))
}

fn set_policy(hand: &mut Hand<'_>, queues: &[String], policy: &str) -> Outcome<()> {
    for url in queues {
        let input = json!({ "QueueUrl": url, "Attributes": { "Policy": policy } });
        if policy.is_empty() {
            hand.call_unless_gone(Service::Sqs, "SetQueueAttributes", input)?;
        } else {
            hand.call(Service::Sqs, "SetQueueAttributes", input)?;
        }
    }
    Ok(())
}

fn create_policy(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let policy = document(properties, "PolicyDocument").unwrap_or_default();
    set_policy(hand, &texts(properties, "Queues"), &policy)?;
    let id = hand.generated_name(128);
    Ok(Made::new(id.clone(), json!({ "Id": id })))
}

fn update_policy(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let policy = document(new, "PolicyDocument").unwrap_or_default();
    let after = texts(new, "Queues");
    set_policy(hand, &after, &policy)?;
    let gone: Vec<String> = texts(old, "Queues").into_iter().filter(|url| !after.contains(url)).collect();
    set_policy(hand, &gone, "")?;
    Ok(Made::new(id, json!({ "Id": id, "Queues": get(new, "Queues") })))
}

/// A queue's attributes under the names that the template gives them.
fn read_queue(hand: &mut Hand<'_>, url: &str) -> Outcome<(Made, Value)> {
    let found = queue_attributes(hand, url)?;
    let mut live = json!({});
    for name in ATTRIBUTES {
        live[*name] = found[*name].clone();
    }
    for name in ["RedrivePolicy", "RedriveAllowPolicy"] {
        live[name] = serde_json::from_str(found[name].as_str().unwrap_or_default()).unwrap_or_default();
    }
    Ok((queue(hand, url), live))
}

fn queue_attributes(hand: &mut Hand<'_>, url: &str) -> Outcome<Value> {
    let input = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
    let answer = hand.call(Service::Sqs, "GetQueueAttributes", input)?;
    Ok(answer["Attributes"].clone())
}

/// The policy of the queues: one document is put on all of them.
pub fn read_policy(hand: &mut Hand<'_>, _id: &str, properties: &Value) -> Outcome<Value> {
    let mut policies: Vec<Value> = Vec::new();
    for url in texts(properties, "Queues") {
        let found = queue_attributes(hand, &url)?;
        policies.push(serde_json::from_str(found["Policy"].as_str().unwrap_or_default()).unwrap_or_default());
    }
    // One that differs makes the whole differ.
    let wanted = get(properties, "PolicyDocument");
    let other = policies.iter().find(|policy| **policy != wanted).cloned();
    Ok(json!({ "PolicyDocument": other.or_else(|| policies.first().cloned()) }))
}
