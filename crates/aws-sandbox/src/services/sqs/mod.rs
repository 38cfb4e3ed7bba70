//! Amazon SQS: standard queues. There are no FIFO queues here, and creating one is refused.
//!
//! A receive answers at once whatever `WaitTimeSeconds` says: the clock does not move within a call.

mod attributes;
mod content;
mod encryption;
mod messages;
mod queues;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use self::state::State;
use self::state::{Queue, QueueName};
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, Place, ServiceError, World};
use aws_policy::names::{AccountId, Arn, Partition};

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "sqs",
    model: include_str!("../../models/sqs.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Sqs",
    throttled: ("RequestThrottled", "The request was denied due to request throttling."),
    denied: "AccessDeniedException",
    broken: "InternalFailure",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("AddPermission", Change, needs_queue, queues::add_permission),
    operation!("ChangeMessageVisibility", Change, needs_queue, messages::change_visibility),
    operation!("CreateQueue", Change, needs_name, queues::create),
    operation!("DeleteMessage", Change, needs_queue, messages::delete),
    operation!("DeleteMessageBatch", Change, needs_queue, messages::delete_batch),
    operation!("DeleteQueue", Change, needs_queue, queues::delete),
    operation!("GetQueueAttributes", Read, needs_queue, queues::get_attributes),
    operation!("GetQueueUrl", Read, needs_name, queues::get_url),
    operation!("ListQueueTags", Read, needs_queue, queues::list_tags),
    operation!("ListQueues", Read, needs_any, queues::list),
    operation!("PurgeQueue", Change, needs_queue, queues::purge),
    operation!("ReceiveMessage", Change, needs_queue, messages::receive),
    operation!("RemovePermission", Change, needs_queue, queues::remove_permission),
    operation!("SendMessage", Change, needs_queue, messages::send),
    operation!("SendMessageBatch", Change, needs_queue, messages::send_batch),
    operation!("SetQueueAttributes", Change, needs_queue, queues::set_attributes),
    operation!("TagQueue", Change, needs_queue, queues::tag),
    operation!("UntagQueue", Change, needs_queue, queues::untag),
];

/// The IAM action of an operation: a batch is authorized as what it is a batch of
/// (Service Authorization Reference, "Amazon SQS").
fn action(call: &Call) -> String {
    format!("sqs:{}", call.operation.strip_suffix("Batch").unwrap_or(call.operation))
}

fn needs_any(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&action(call), &call.place.account)])
}

/// Of the queue that the input names: its policy counts, also across accounts. A queue that does not
/// exist has no policy to ask, and SQS says that it does not exist.
fn needs_queue(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let (place, name) = place_of(call, input["QueueUrl"].as_str().unwrap_or_default())?;
    let queue = find(world, &place, &name)?;
    Ok(vec![access(call, &place, &name, Some(queue))])
}

fn needs_name(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut place = call.place.clone();
    if let Some(owner) = input["QueueOwnerAWSAccountId"].as_str() {
        place.account = owner.parse().map_err(|_| does_not_exist())?;
    }
    let name = input["QueueName"].as_str().unwrap_or_default();
    let queue = find(world, &place, name).ok();
    let mut access = access(call, &place, name, queue);
    for (key, value) in input["tags"].as_object().into_iter().flatten() {
        access = access.with_key(&format!("aws:RequestTag/{key}"), value.as_str().unwrap_or_default());
    }
    Ok(vec![access])
}

fn access(call: &Call, place: &Place, name: &str, queue: Option<&Queue>) -> Access {
    let mut access = Access::on(&action(call), queue_arn(place, name), &place.account);
    let Some(queue) = queue else { return access };
    for (key, value) in &queue.tags {
        access = access.with_key(&format!("aws:ResourceTag/{key}"), value);
    }
    match queue.attribute("Policy") {
        Some(policy) => access.with_policy(format!("queue policy of {name}"), policy),
        None => access,
    }
}

/// Where the queue of a URL is, and its name: `https://sqs.us-west-2.amazonaws.com/111111111111/name`.
/// Only the last two segments of the path count, as for a client that talks to another endpoint.
fn place_of(call: &Call, url: &str) -> Result<(Place, QueueName), ServiceError> {
    let mut segments = url.rsplit('/');
    let name = segments.next().unwrap_or_default();
    let account: Option<AccountId> = segments.next().and_then(|account| account.parse().ok());
    let Some(account) = account.filter(|_| !name.is_empty()) else {
        let text = format!("The address {url} is not valid for this endpoint.");
        return Err(ServiceError::new("InvalidAddress", text));
    };
    Ok((Place::new(account, call.place.region.clone()), name.to_owned()))
}

fn find<'a>(world: &'a World, place: &Place, name: &str) -> Result<&'a Queue, ServiceError> {
    world.services.sqs.get(place).and_then(|state| state.queues.get(name)).ok_or_else(does_not_exist)
}

/// The queue of a URL, to change it, and where it is.
fn queue_at<'a>(world: &'a mut World, call: &Call, url: &str) -> Result<(Place, &'a mut Queue), ServiceError> {
    let (place, name) = place_of(call, url)?;
    match world.services.sqs.at(&place).queues.get_mut(&name) {
        Some(queue) => Ok((place, queue)),
        None => Err(does_not_exist()),
    }
}

/// How many messages of a queue can be received now, and how many it holds.
pub fn messages_in(world: &World, place: &Place, name: &str) -> Option<(usize, usize)> {
    let counts = find(world, place, name).ok()?.counts(world.now);
    Some((counts.visible, counts.visible + counts.in_flight + counts.delayed))
}

fn does_not_exist() -> ServiceError {
    ServiceError::new("QueueDoesNotExist", "The specified queue does not exist.")
}

fn queue_arn(place: &Place, name: &str) -> String {
    Arn::new(place.region.partition(), "sqs", place.region.as_str(), place.account.as_str(), name).to_string()
}

fn queue_url(place: &Place, name: &str) -> String {
    let domain = if place.region.partition() == Partition::China { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://sqs.{}.{domain}/{}/{name}", place.region, place.account)
}

fn nothing() -> Value {
    json!({})
}

type Texts = BTreeMap<String, String>;
