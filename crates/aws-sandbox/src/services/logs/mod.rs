//! Amazon CloudWatch Logs: groups, streams, events, as far as what functions wrote is concerned.
//!
//! Not here: KMS keys of groups are remembered and not used; filter patterns know words and phrases,
//! not JSON, columns or regular expressions.

mod events;
mod groups;
mod state;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub use self::state::State;
use self::state::{Group, Stream};
use super::ServiceRow;
use crate::operation;
use crate::services::Service;
use crate::world::{Access, Call, Caller, Operation, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::Arn;

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "logs",
    model: include_str!("../../models/logs.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "CloudWatchLogs",
    throttled: ("ThrottlingException", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "ServiceUnavailableException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateLogGroup", Change, needs_group, groups::create),
    operation!("CreateLogStream", Change, needs_stream, groups::create_stream),
    operation!("DeleteLogGroup", Change, needs_group, groups::delete),
    operation!("DeleteRetentionPolicy", Change, needs_group, groups::delete_retention),
    operation!("DescribeLogGroups", Read, needs_any_group, groups::describe),
    operation!("DescribeLogStreams", Read, needs_group, groups::describe_streams),
    operation!("FilterLogEvents", Read, needs_group, events::filter),
    operation!("GetLogEvents", Read, needs_stream, events::get),
    operation!("ListTagsForResource", Read, needs_arn, groups::list_tags),
    operation!("PutLogEvents", Change, needs_stream, events::put),
    operation!("PutRetentionPolicy", Change, needs_group, groups::put_retention),
    operation!("TagResource", Change, needs_arn, groups::tag),
    operation!("UntagResource", Change, needs_arn, groups::untag),
];

/// What a function wrote in one run: its role makes the group and the stream where they are absent
/// and puts the lines there. Where the role may not, nothing is written and the function does not
/// notice (AWS Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs").
pub fn write(world: &mut World, role: &Caller, place: &Place, group: &str, stream: &str, lines: &[String]) {
    if let Err(error) = try_write(world, role, place, group, stream, lines) {
        tracing::warn!(group, %error, "a function's role may not write its log");
    }
}

fn try_write(
    world: &mut World,
    role: &Caller,
    place: &Place,
    group: &str,
    stream: &str,
    lines: &[String],
) -> Result<(), ServiceError> {
    let known = world.services.logs.get(place).and_then(|state| state.groups.get(group));
    let (has_group, has_stream) = (known.is_some(), known.is_some_and(|group| group.streams.contains_key(stream)));
    let now = world.now.millis();
    let events: Vec<Value> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| json!({"timestamp": now, "message": format!("{line}\n")}))
        .collect();
    let mut ask = |operation: &str, input: Value| {
        world.call(role, &place.region, Service::Logs, operation, input, &Context::new()).map(drop)
    };
    if !has_group {
        ask("CreateLogGroup", json!({ "logGroupName": group }))?;
    }
    if !has_stream {
        ask("CreateLogStream", json!({"logGroupName": group, "logStreamName": stream}))?;
    }
    if events.is_empty() {
        return Ok(());
    }
    ask("PutLogEvents", json!({"logGroupName": group, "logStreamName": stream, "logEvents": events}))
}

fn on(call: &Call, resource: &str) -> Access {
    let place = &call.place;
    let arn = Arn::new(place.region.partition(), "logs", place.region.as_str(), place.account.as_str(), resource);
    Access::on(&format!("logs:{}", call.operation), arn.to_string(), &place.account)
}

/// The group that an input names, by name or by ARN.
fn group_of(input: &Value) -> &str {
    let text = input["logGroupName"].as_str().or_else(|| input["logGroupIdentifier"].as_str()).unwrap_or_default();
    name_of(text)
}

fn name_of(identifier: &str) -> &str {
    identifier.split_once(":log-group:").map_or(identifier, |(_, name)| name.strip_suffix(":*").unwrap_or(name))
}

/// A group is asked for as `log-group:NAME:log-stream:`, as AWS's refusals show it: that is why
/// policies name `log-group:NAME:*`.
fn needs_group(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let name = group_of(input);
    let mut access = on(call, &format!("log-group:{name}:log-stream:"));
    let known = world.services.logs.get(&call.place).and_then(|state| state.groups.get(name));
    for (key, value) in known.into_iter().flat_map(|group| &group.tags) {
        access = access.with_key(&format!("aws:ResourceTag/{key}"), value);
    }
    let mut needs = vec![access];
    // A group made with tags takes the right to tag (CloudWatch Logs API Reference, "CreateLogGroup").
    if call.operation == "CreateLogGroup" && input["tags"].as_object().is_some_and(|tags| !tags.is_empty()) {
        let mut tagging = needs[0].clone();
        tagging.action = "logs:TagResource".to_owned();
        needs.push(tagging);
    }
    Ok(needs)
}

fn needs_any_group(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![on(call, "log-group::log-stream:")])
}

fn needs_stream(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let stream = input["logStreamName"].as_str().unwrap_or_default();
    Ok(vec![on(call, &format!("log-group:{}:log-stream:{stream}", group_of(input)))])
}

fn needs_arn(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["resourceArn"].as_str().unwrap_or_default();
    Ok(vec![Access::on(&format!("logs:{}", call.operation), arn, &call.place.account)])
}

fn find<'a>(world: &'a World, call: &Call, name: &str) -> Result<&'a Group, ServiceError> {
    world.services.logs.get(&call.place).and_then(|state| state.groups.get(name_of(name))).ok_or_else(no_group)
}

fn group_at<'a>(world: &'a mut World, call: &Call, name: &str) -> Result<&'a mut Group, ServiceError> {
    world.services.logs.at(&call.place).groups.get_mut(name_of(name)).ok_or_else(no_group)
}

fn stream_of<'a>(group: &'a Group, name: &str) -> Result<&'a Stream, ServiceError> {
    group.streams.get(name).ok_or_else(no_stream)
}

fn no_group() -> ServiceError {
    ServiceError::new("ResourceNotFoundException", "The specified log group does not exist.")
}

fn no_stream() -> ServiceError {
    ServiceError::new("ResourceNotFoundException", "The specified log stream does not exist.")
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterException", message)
}

fn group_arn(place: &Place, name: &str) -> String {
    let resource = format!("log-group:{name}");
    Arn::new(place.region.partition(), "logs", place.region.as_str(), place.account.as_str(), resource).to_string()
}

fn nothing() -> Value {
    json!({})
}
