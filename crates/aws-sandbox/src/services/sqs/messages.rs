//! Messages: sent, received, hidden, moved to a dead-letter queue, deleted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::content::{check_attribute, is_allowed, md5_of, md5_of_attributes, size};
use super::encryption;
use super::state::{Message, Queue, QueueName};
use super::{find, nothing, place_of, queue_arn, queue_at};
use crate::world::{Call, Caller, Moment, Place, ServiceError, World};
use aws_policy::evaluate::Principal;

/// At most so many entries of a batch, and messages of a receive.
const LARGEST_BATCH: usize = 10;

fn invalid(value: impl std::fmt::Display, parameter: &str, reason: &str) -> ServiceError {
    let text = format!("Value {value} for parameter {parameter} is invalid. Reason: {reason}");
    ServiceError::new("InvalidParameterValue", text)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sending {
    #[serde(default)]
    queue_url: String,
    #[serde(default)]
    id: String,
    message_body: String,
    delay_seconds: Option<i64>,
    message_attributes: Option<Map<String, Value>>,
    message_system_attributes: Option<Map<String, Value>>,
}

pub(super) fn send(world: &mut World, call: &Call, input: Sending) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    put(world, call, &place, &name, input)
}

fn put(world: &mut World, call: &Call, place: &Place, name: &QueueName, input: Sending) -> Result<Value, ServiceError> {
    let queue = find(world, place, name)?;
    let attributes = input.message_attributes.unwrap_or_default();
    let longest = queue.number("MaximumMessageSize");
    if input.message_body.is_empty() {
        return Err(ServiceError::new("MissingParameter", "The request must contain the parameter MessageBody."));
    }
    if size(&input.message_body, &attributes) as i64 > longest {
        let text = format!("One or more parameters are invalid. Reason: Message must be shorter than {longest} bytes.");
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    if let Some(c) = input.message_body.chars().find(|c| !is_allowed(*c)) {
        let text = format!("Invalid characters found. Invalid character: #x{:X}", u32::from(c));
        return Err(ServiceError::new("InvalidMessageContents", text));
    }
    let delay = input.delay_seconds.unwrap_or_else(|| queue.number("DelaySeconds"));
    if !(0..=900).contains(&delay) {
        return Err(invalid(delay, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900."));
    }
    for (name, value) in &attributes {
        check_attribute(name, value)?;
    }
    let key = queue.attribute("KmsMasterKeyId").map(str::to_owned);
    let data_key = match key {
        Some(key) => encryption::data_key(world, call, place, &key)?,
        None => None,
    };
    let message = Message {
        id: world.ids.uuid(place, "message"),
        body: input.message_body,
        attributes,
        system: input.message_system_attributes.unwrap_or_default(),
        sender: sender(&call.caller),
        sent: world.now,
        visible: world.now.plus_seconds(delay),
        receives: 0,
        first_received: None,
        receipt: None,
        dead_letter_source: None,
        data_key,
    };
    let mut answer = json!({"MessageId": message.id, "MD5OfMessageBody": md5_of(message.body.as_bytes())});
    for (member, set) in
        [("MD5OfMessageAttributes", &message.attributes), ("MD5OfMessageSystemAttributes", &message.system)]
    {
        if !set.is_empty() {
            answer[member] = json!(md5_of_attributes(set.iter()));
        }
    }
    let now = world.now;
    let (_, queue) = queue_at(world, call, &super::queue_url(place, name))?;
    queue.expire(now);
    queue.messages.push(message);
    Ok(answer)
}

/// What `SenderId` shows: the principal's unique id, or the service's name.
fn sender(caller: &Caller) -> String {
    match &caller.principal {
        Principal::Service(name) => name.clone(),
        Principal::Root(account) => account.to_string(),
        Principal::User { id, .. } => id.clone(),
        Principal::Session { role_id, name, .. } => format!("{role_id}:{name}"),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendBatch {
    queue_url: String,
    entries: Vec<Sending>,
}

pub(super) fn send_batch(world: &mut World, call: &Call, input: SendBatch) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    check_ids(input.entries.iter().map(|entry| entry.id.as_str()))?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in input.entries {
        let id = entry.id.clone();
        match put(world, call, &place, &name, entry) {
            Ok(mut answer) => {
                answer["Id"] = json!(id);
                successful.push(answer);
            }
            Err(error) => failed.push(failure(&id, &error)),
        }
    }
    Ok(json!({"Successful": successful, "Failed": failed}))
}

fn failure(id: &str, error: &ServiceError) -> Value {
    json!({"Id": id, "SenderFault": true, "Code": error.code, "Message": error.message})
}

fn check_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), ServiceError> {
    let ids: Vec<&str> = ids.collect();
    if ids.is_empty() {
        let text = "There should be at least one entry in the request.";
        return Err(ServiceError::new("EmptyBatchRequest", text));
    }
    if ids.len() > LARGEST_BATCH {
        let text = format!("Maximum number of entries per request are {LARGEST_BATCH}. You have sent {}.", ids.len());
        return Err(ServiceError::new("TooManyEntriesInBatchRequest", text));
    }
    let is_id = |id: &str| {
        (1..=80).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if !ids.iter().all(|id| is_id(id)) {
        let text = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
        return Err(ServiceError::new("InvalidBatchEntryId", text));
    }
    let repeated = ids.iter().enumerate().find(|(index, id)| ids[..*index].contains(id));
    match repeated {
        Some((_, id)) => Err(ServiceError::new("BatchEntryIdsNotDistinct", format!("Id {id} repeated."))),
        None => Ok(()),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receiving {
    queue_url: String,
    #[serde(default)]
    attribute_names: Option<Vec<String>>,
    #[serde(default)]
    message_system_attribute_names: Option<Vec<String>>,
    #[serde(default)]
    message_attribute_names: Option<Vec<String>>,
    max_number_of_messages: Option<usize>,
    visibility_timeout: Option<i64>,
}

pub(super) fn receive(world: &mut World, call: &Call, input: Receiving) -> Result<Value, ServiceError> {
    let (place, name) = place_of(call, &input.queue_url)?;
    let most = input.max_number_of_messages.unwrap_or(1);
    if !(1..=LARGEST_BATCH).contains(&most) {
        return Err(invalid(most, "MaxNumberOfMessages", "Must be between 1 and 10, if provided."));
    }
    let hidden = input.visibility_timeout;
    if let Some(seconds) = hidden.filter(|seconds| !(0..=43_200).contains(seconds)) {
        return Err(out_of_range(seconds));
    }
    let now = world.now;
    world.services.sqs.at(&place).queues.get_mut(&name).ok_or_else(super::does_not_exist)?.expire(now);
    bury(world, &place, &name);
    let queue = find(world, &place, &name)?;
    let until = now.plus_seconds(hidden.unwrap_or_else(|| queue.number("VisibilityTimeout")));
    let ready: Vec<usize> =
        (0..queue.messages.len()).filter(|at| queue.messages[*at].visible <= now).take(most).collect();
    let mut messages = Vec::new();
    for at in ready {
        // A message whose key the caller may not use is not received at all: KMS's refusal is the answer.
        if let Some(data_key) =
            find(world, &place, &name)?.messages.get(at).and_then(|message| message.data_key.clone())
        {
            encryption::open(world, call, &place, &data_key)?;
        }
        let receipt = STANDARD.encode(world.ids.draw(&place, "receipt"));
        let (_, queue) = queue_at(world, call, &input.queue_url)?;
        let Some(message) = queue.messages.get_mut(at) else { continue };
        message.receives += 1;
        message.first_received.get_or_insert(now);
        message.visible = until;
        message.receipt = Some(receipt);
        messages.push(shown(message, &input));
    }
    Ok(if messages.is_empty() { nothing() } else { json!({ "Messages": messages }) })
}

/// Moves messages that were received too often to the dead-letter queue, as a receive finds them.
/// They keep their age (SQS Developer Guide, "Using dead-letter queues in Amazon SQS").
fn bury(world: &mut World, place: &Place, name: &str) {
    let now = world.now;
    let state = world.services.sqs.at(place);
    let Some((target, most)) = state.queues.get(name).and_then(Queue::redrive) else { return };
    if target == name || !state.queues.contains_key(&target) {
        return;
    }
    let source = queue_arn(place, name);
    let Some(queue) = state.queues.get_mut(name) else { return };
    let is_dead = |message: &mut Message| message.visible <= now && message.receives >= most;
    let dead: Vec<Message> = queue.messages.extract_if(.., is_dead).collect();
    if let Some(target) = state.queues.get_mut(&target) {
        target.messages.extend(dead.into_iter().map(|message| Message {
            receives: 0,
            receipt: None,
            dead_letter_source: Some(source.clone()),
            ..message
        }));
    }
}

fn shown(message: &Message, input: &Receiving) -> Value {
    let mut out = json!({"MessageId": message.id, "ReceiptHandle": message.receipt, "Body": message.body,
        "MD5OfBody": md5_of(message.body.as_bytes())});
    let asked = |name: &str| {
        [&input.attribute_names, &input.message_system_attribute_names]
            .into_iter()
            .flatten()
            .flatten()
            .any(|asked| asked == "All" || asked == name)
    };
    let millis = |moment: Moment| Value::from(moment.millis().to_string());
    let mut system = Map::new();
    for (name, value) in [
        ("SenderId", Some(Value::from(message.sender.clone()))),
        ("SentTimestamp", Some(millis(message.sent))),
        ("ApproximateReceiveCount", Some(Value::from(message.receives.to_string()))),
        ("ApproximateFirstReceiveTimestamp", message.first_received.map(millis)),
        ("DeadLetterQueueSourceArn", message.dead_letter_source.clone().map(Value::from)),
        ("AWSTraceHeader", message.system.get("AWSTraceHeader").map(|header| header["StringValue"].clone())),
    ] {
        if let Some(value) = value.filter(|_| asked(name)) {
            system.insert(name.to_owned(), value);
        }
    }
    if !system.is_empty() {
        out["Attributes"] = Value::Object(system);
    }
    let wanted = input.message_attribute_names.as_deref().unwrap_or_default();
    let attributes: Map<String, Value> = message
        .attributes
        .iter()
        .filter(|(name, _)| wanted.iter().any(|wanted| is_wanted(wanted, name)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !attributes.is_empty() {
        out["MD5OfMessageAttributes"] = json!(md5_of_attributes(attributes.iter()));
        out["MessageAttributes"] = Value::Object(attributes);
    }
    out
}

/// `All`, `.*`, a name, or a prefix with `.*` (SQS API Reference, "ReceiveMessage").
fn is_wanted(wanted: &str, name: &str) -> bool {
    wanted == "All" || wanted == name || wanted.strip_suffix(".*").is_some_and(|prefix| name.starts_with(prefix))
}

fn out_of_range(seconds: i64) -> ServiceError {
    invalid(seconds, "VisibilityTimeout", "Must be between 0 and 43200, if provided.")
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handled {
    #[serde(default)]
    queue_url: String,
    #[serde(default)]
    id: String,
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

fn check_handle(handle: &str) -> Result<(), ServiceError> {
    if STANDARD.decode(handle).is_ok_and(|bytes| bytes.len() == 32) {
        return Ok(());
    }
    let text = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
    Err(ServiceError::new("ReceiptHandleIsInvalid", text))
}

/// Deleting a message that is gone already succeeds; so does an older receive's handle, which for a
/// standard queue may or may not delete (SQS API Reference, "DeleteMessage") and here does not.
pub(super) fn delete(world: &mut World, call: &Call, input: Handled) -> Result<Value, ServiceError> {
    check_handle(&input.receipt_handle)?;
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    queue.messages.retain(|message| message.receipt.as_ref() != Some(&input.receipt_handle));
    Ok(nothing())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteBatch {
    queue_url: String,
    entries: Vec<Handled>,
}

pub(super) fn delete_batch(world: &mut World, call: &Call, input: DeleteBatch) -> Result<Value, ServiceError> {
    check_ids(input.entries.iter().map(|entry| entry.id.as_str()))?;
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in input.entries {
        let id = entry.id.clone();
        match delete(world, call, Handled { queue_url: input.queue_url.clone(), ..entry }) {
            Ok(_) => successful.push(json!({ "Id": id })),
            Err(error) => failed.push(failure(&id, &error)),
        }
    }
    Ok(json!({"Successful": successful, "Failed": failed}))
}

pub(super) fn change_visibility(world: &mut World, call: &Call, input: Handled) -> Result<Value, ServiceError> {
    check_handle(&input.receipt_handle)?;
    let seconds = input.visibility_timeout.unwrap_or_default();
    if !(0..=43_200).contains(&seconds) {
        return Err(out_of_range(seconds));
    }
    let now = world.now;
    let (_, queue) = queue_at(world, call, &input.queue_url)?;
    let message = queue.messages.iter_mut().find(|message| message.receipt.as_ref() == Some(&input.receipt_handle));
    match message {
        Some(message) if message.visible > now => message.visible = now.plus_seconds(seconds),
        _ => {
            let reason = "Message does not exist or is not available for visibility timeout change.";
            return Err(invalid(&input.receipt_handle, "ReceiptHandle", reason));
        }
    }
    Ok(nothing())
}
