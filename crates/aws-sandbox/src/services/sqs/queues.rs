//! Queues: made, found, changed, tagged, shared, emptied, deleted.

use serde::Deserialize;
use serde_json::{Value, json};

use super::attributes::{check, set, show};
use super::state::Queue;
use super::{Texts, does_not_exist, find, nothing, place_of, queue_at, queue_url};
use crate::world::{Call, Place, ServiceError, World};

/// A name is free again, and a queue can be purged again, after so long
/// (SQS API Reference, "DeleteQueue" and "PurgeQueue").
const COOLING_SECONDS: i64 = 60;
/// The largest page of a list, and its size where a caller wants no pages.
const LARGEST_PAGE: usize = 1000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateQueue {
    queue_name: String,
    attributes: Option<Texts>,
    #[serde(rename = "tags")]
    tags: Option<Texts>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateQueue) -> Result<Value, ServiceError> {
    let name = input.queue_name;
    let wanted = input.attributes.unwrap_or_default();
    if name.ends_with(".fifo") || wanted.contains_key("FifoQueue") {
        tracing::warn!(queue = name, "the sandbox has no FIFO queues");
        return Err(ServiceError::new("UnsupportedOperation", "The sandbox has standard queues only."));
    }
    let is_name = (1..=80).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_name {
        let text = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    check(world, &call.place, &name, &wanted)?;
    let now = world.now;
    let state = world.services.sqs.at(&call.place);
    if let Some(queue) = state.queues.get(&name) {
        let existing = show(queue, &call.place, &name, now, &["All".to_owned()])?;
        if let Some((different, _)) = wanted.iter().find(|(key, value)| !same(existing.get(*key), value)) {
            let text =
                format!("A queue already exists with the same name and a different value for attribute {different}");
            return Err(ServiceError::new("QueueNameExists", text));
        }
        return Ok(json!({"QueueUrl": queue_url(&call.place, &name)}));
    }
    if state.deleted.get(&name).is_some_and(|deleted| deleted.plus_seconds(COOLING_SECONDS) > now) {
        let text = "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
        return Err(ServiceError::new("QueueDeletedRecently", text));
    }
    let mut queue = Queue {
        attributes: Texts::new(),
        tags: input.tags.unwrap_or_default(),
        created: now,
        modified: now,
        purged: None,
        messages: Vec::new(),
    };
    set(&mut queue, wanted);
    state.deleted.remove(&name);
    state.queues.insert(name.clone(), queue);
    Ok(json!({"QueueUrl": queue_url(&call.place, &name)}))
}

/// Policies are the same where they say the same, whatever their spaces.
fn same(existing: Option<&String>, wanted: &str) -> bool {
    let existing = existing.map_or("", String::as_str);
    let read = |text: &str| serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    existing == wanted || matches!((read(existing), read(wanted)), (Some(one), Some(other)) if one == other)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfQueue {
    queue_url: String,
}

pub(super) fn delete(world: &mut World, call: &Call, input: OfQueue) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    let now = world.now;
    let state = world.services.sqs.at(&place);
    state.queues.remove(&name).ok_or_else(does_not_exist)?;
    state.deleted.insert(name, now);
    Ok(nothing())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueUrl {
    queue_name: String,
    #[serde(rename = "QueueOwnerAWSAccountId")]
    owner: Option<String>,
}

pub(super) fn get_url(world: &mut World, call: &Call, input: GetQueueUrl) -> Result<Value, ServiceError> {
    let account = match input.owner {
        Some(owner) => owner.parse().map_err(|_| does_not_exist())?,
        None => call.place.account.clone(),
    };
    let place = Place::new(account, call.place.region.clone());
    find(world, &place, &input.queue_name)?;
    Ok(json!({"QueueUrl": queue_url(&place, &input.queue_name)}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListQueues {
    queue_name_prefix: Option<String>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

/// The token is the last name of the page before. Without `MaxResults` there is one page
/// (SQS API Reference, "ListQueues").
pub(super) fn list(world: &mut World, call: &Call, input: ListQueues) -> Result<Value, ServiceError> {
    let prefix = input.queue_name_prefix.unwrap_or_default();
    let size = input.max_results.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    // A read leaves the world as it is: it makes no state where there is none.
    let state = world.services.sqs.get(&call.place);
    let mut names = state.into_iter().flat_map(|state| state.queues.keys()).filter(|name| {
        name.starts_with(&prefix) && input.next_token.as_ref().is_none_or(|token| name.as_str() > token.as_str())
    });
    let page: Vec<&String> = names.by_ref().take(size).collect();
    let urls: Vec<String> = page.iter().map(|name| queue_url(&call.place, name)).collect();
    let mut answer = json!({});
    // SQS leaves the list out where it is empty.
    if !urls.is_empty() {
        answer["QueueUrls"] = json!(urls);
    }
    if input.max_results.is_some() && names.next().is_some() {
        answer["NextToken"] = json!(page.last());
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetAttributes {
    queue_url: String,
    attribute_names: Option<Vec<String>>,
}

pub(super) fn get_attributes(world: &mut World, call: &Call, input: GetAttributes) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    let asked = input.attribute_names.unwrap_or_default();
    let attributes = show(find(world, &place, &name)?, &place, &name, world.now, &asked)?;
    Ok(if attributes.is_empty() { nothing() } else { json!({ "Attributes": attributes }) })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetAttributes {
    queue_url: String,
    attributes: Texts,
}

pub(super) fn set_attributes(world: &mut World, call: &Call, input: SetAttributes) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    check(world, &place, &name, &input.attributes)?;
    let now = world.now;
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    set(queue, input.attributes);
    queue.modified = now;
    Ok(nothing())
}

pub(super) fn purge(world: &mut World, call: &Call, input: OfQueue) -> Result<Value, ServiceError> {
    let now = world.now;
    let (place, queue) = queue_at(world, call, &input.queue_url)?;
    if queue.purged.is_some_and(|purged| purged.plus_seconds(COOLING_SECONDS) > now) {
        let name = input.queue_url.rsplit('/').next().unwrap_or_default();
        tracing::debug!(%place, name, "purged a moment ago");
        let text = format!("Only one PurgeQueue operation on {name} is allowed every 60 seconds.");
        return Err(ServiceError::new("PurgeQueueInProgress", text));
    }
    queue.messages.clear();
    queue.purged = Some(now);
    Ok(nothing())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tagging {
    queue_url: String,
    #[serde(default)]
    tags: Texts,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// The most tags that a queue may have (SQS Developer Guide, "Amazon SQS cost allocation tags").
const MOST_TAGS: usize = 50;

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    let mut tags = queue.tags.clone();
    tags.extend(input.tags);
    if tags.len() > MOST_TAGS {
        let text = format!("Too many tags added for queue {}.", input.queue_url.rsplit('/').next().unwrap_or_default());
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    queue.tags = tags;
    Ok(nothing())
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    queue.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(nothing())
}

pub(super) fn list_tags(world: &mut World, call: &Call, input: OfQueue) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    let queue = find(world, &place, &name)?;
    Ok(if queue.tags.is_empty() { nothing() } else { json!({ "Tags": queue.tags }) })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Permission {
    queue_url: String,
    label: String,
    #[serde(rename = "AWSAccountIds", default)]
    accounts: Vec<String>,
    #[serde(default)]
    actions: Vec<String>,
}

pub(super) fn add_permission(world: &mut World, call: &Call, input: Permission) -> Result<Value, ServiceError> {
    let (place, queue) = queue_at(world, call, &input.queue_url)?;
    let arn = super::queue_arn(&place, input.queue_url.rsplit('/').next().unwrap_or_default());
    let mut policy = policy_of(queue, &arn);
    let statements = policy["Statement"].as_array_mut();
    let Some(statements) = statements else { return Err(not_a_list()) };
    if statements.iter().any(|statement| statement["Sid"] == input.label) {
        let text = format!("Value {} for parameter Label is invalid. Reason: Already exists.", input.label);
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    let partition = place.region.partition().as_str();
    let principals: Vec<String> =
        input.accounts.iter().map(|account| format!("arn:{partition}:iam::{account}:root")).collect();
    let actions: Vec<String> = input.actions.iter().map(|action| format!("SQS:{action}")).collect();
    statements.push(json!({"Sid": input.label, "Effect": "Allow", "Principal": {"AWS": principals},
        "Action": actions, "Resource": arn}));
    queue.attributes.insert("Policy".to_owned(), policy.to_string());
    Ok(nothing())
}

pub(super) fn remove_permission(world: &mut World, call: &Call, input: Permission) -> Result<Value, ServiceError> {
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    let mut policy = policy_of(queue, "");
    let Some(statements) = policy["Statement"].as_array_mut() else { return Err(not_a_list()) };
    let before = statements.len();
    statements.retain(|statement| statement["Sid"] != input.label);
    if statements.len() == before {
        let text = format!(
            "Value {} for parameter Label is invalid. Reason: can't find label on existing policy.",
            input.label
        );
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    if statements.is_empty() {
        queue.attributes.remove("Policy");
    } else {
        queue.attributes.insert("Policy".to_owned(), policy.to_string());
    }
    Ok(nothing())
}

/// The queue's policy with its statements as a list; an empty one where it has none.
fn policy_of(queue: &Queue, arn: &str) -> Value {
    let policy = queue.attribute("Policy").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut policy = policy
        .unwrap_or_else(|| json!({"Version": "2008-10-17", "Id": format!("{arn}/SQSDefaultPolicy"), "Statement": []}));
    if policy["Statement"].is_object() {
        policy["Statement"] = json!([policy["Statement"].take()]);
    }
    policy
}

fn not_a_list() -> ServiceError {
    ServiceError::new("InvalidAttributeValue", "Invalid value for the parameter Policy.")
}
