//! Log groups and streams.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{Group, Stream};
use super::{find, group_arn, group_at, invalid, nothing};
use crate::world::{Call, Moment, Place, ServiceError, World};

/// The largest page of both lists, and its default.
const LARGEST_PAGE: usize = 50;
/// The retention periods that there are, in days (CloudWatch Logs API Reference,
/// "PutRetentionPolicy").
const RETENTIONS: &[i64] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateGroup {
    log_group_name: String,
    kms_key_id: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    log_group_class: Option<String>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateGroup) -> Result<Value, ServiceError> {
    let now = world.now;
    let state = world.services.logs.at(&call.place);
    if state.groups.contains_key(&input.log_group_name) {
        let text = "The specified log group already exists";
        return Err(ServiceError::new("ResourceAlreadyExistsException", text));
    }
    let group = Group {
        created: now,
        retention_days: None,
        kms_key: input.kms_key_id,
        class: input.log_group_class.unwrap_or_else(|| "STANDARD".to_owned()),
        tags: input.tags.unwrap_or_default(),
        streams: BTreeMap::new(),
    };
    state.groups.insert(input.log_group_name, group);
    Ok(nothing())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfGroup {
    log_group_name: String,
    #[serde(default)]
    log_stream_name: String,
    retention_in_days: Option<i64>,
}

pub(super) fn delete(world: &mut World, call: &Call, input: OfGroup) -> Result<Value, ServiceError> {
    let gone = world.services.logs.at(&call.place).groups.remove(&input.log_group_name);
    gone.map(|_| nothing()).ok_or_else(super::no_group)
}

pub(super) fn put_retention(world: &mut World, call: &Call, input: OfGroup) -> Result<Value, ServiceError> {
    let days = input.retention_in_days.unwrap_or_default();
    if !RETENTIONS.contains(&days) {
        return Err(invalid(format!("{days} is not a valid number of days: the valid ones are {RETENTIONS:?}")));
    }
    group_at(world, call, &input.log_group_name)?.retention_days = Some(days);
    Ok(nothing())
}

pub(super) fn delete_retention(world: &mut World, call: &Call, input: OfGroup) -> Result<Value, ServiceError> {
    group_at(world, call, &input.log_group_name)?.retention_days = None;
    Ok(nothing())
}

pub(super) fn create_stream(world: &mut World, call: &Call, input: OfGroup) -> Result<Value, ServiceError> {
    let now = world.now;
    let group = group_at(world, call, &input.log_group_name)?;
    if group.streams.contains_key(&input.log_stream_name) {
        let text = "The specified log stream already exists";
        return Err(ServiceError::new("ResourceAlreadyExistsException", text));
    }
    let stream = Stream { created: now, last_ingestion: None, events: Vec::new() };
    group.streams.insert(input.log_stream_name, stream);
    Ok(nothing())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeGroups {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    log_group_class: Option<String>,
    log_group_identifiers: Option<Vec<String>>,
    next_token: Option<String>,
    limit: Option<usize>,
}

pub(super) fn describe(world: &mut World, call: &Call, input: DescribeGroups) -> Result<Value, ServiceError> {
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return Err(invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."));
    }
    let is_asked = |name: &str, group: &Group| {
        input.log_group_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix.as_str()))
            && input.log_group_name_pattern.as_ref().is_none_or(|pattern| name.contains(pattern.as_str()))
            && input.log_group_class.as_ref().is_none_or(|class| *class == group.class)
            && input
                .log_group_identifiers
                .as_ref()
                .is_none_or(|asked| asked.iter().any(|asked| super::name_of(asked) == name))
    };
    let groups = world.services.logs.get(&call.place).into_iter().flat_map(|state| &state.groups);
    let shown: Vec<(String, Value)> = groups
        .filter(|(name, group)| is_asked(name, group))
        .map(|(name, group)| (name.clone(), show(&call.place, name, group, world.now)))
        .collect();
    Ok(page("logGroups", shown, input.next_token.as_deref(), input.limit))
}

fn show(place: &Place, name: &str, group: &Group, now: Moment) -> Value {
    let arn = group_arn(place, name);
    let oldest = group.oldest(now);
    let mut shown = json!({
        "logGroupName": name,
        "creationTime": group.created.millis(),
        "metricFilterCount": 0,
        "arn": format!("{arn}:*"),
        "storedBytes": group.streams.values().map(|stream| stream.stored(oldest)).sum::<usize>(),
        "logGroupClass": group.class,
        "logGroupArn": arn,
    });
    if let Some(days) = group.retention_days {
        shown["retentionInDays"] = json!(days);
    }
    if let Some(key) = &group.kms_key {
        shown["kmsKeyId"] = json!(key);
    }
    shown
}

/// One page; the token is the key of the last item before it.
fn page(member: &str, items: Vec<(String, Value)>, token: Option<&str>, limit: Option<usize>) -> Value {
    let size = limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    let start =
        token.map_or(0, |token| items.iter().position(|(key, _)| key == token).map_or(items.len(), |at| at + 1));
    let end = (start + size).min(items.len());
    let next = (end < items.len()).then(|| items[end - 1].0.clone());
    let taken: Vec<Value> = items.into_iter().take(end).skip(start).map(|(_, value)| value).collect();
    let mut answer = json!({ member: taken });
    if let Some(next) = next {
        answer["nextToken"] = json!(next);
    }
    answer
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeStreams {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    descending: Option<bool>,
    next_token: Option<String>,
    limit: Option<usize>,
}

pub(super) fn describe_streams(world: &mut World, call: &Call, input: DescribeStreams) -> Result<Value, ServiceError> {
    let by_time = input.order_by.as_deref() == Some("LastEventTime");
    if by_time && input.log_stream_name_prefix.is_some() {
        return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let name = input.log_group_name.or(input.log_group_identifier).unwrap_or_default();
    let group = find(world, call, &name)?;
    let oldest = group.oldest(world.now);
    let prefix = input.log_stream_name_prefix.unwrap_or_default();
    let mut streams: Vec<(&String, &Stream)> =
        group.streams.iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
    if by_time {
        streams.sort_by_key(|(_, stream)| stream.events.last().map(|event| event.at));
    }
    if input.descending == Some(true) {
        streams.reverse();
    }
    let arn = group_arn(&call.place, super::name_of(&name));
    let shown =
        streams.into_iter().map(|(name, stream)| (name.clone(), show_stream(&arn, name, stream, oldest))).collect();
    Ok(page("logStreams", shown, input.next_token.as_deref(), input.limit))
}

fn show_stream(group: &str, name: &str, stream: &Stream, oldest: i64) -> Value {
    let mut shown = json!({
        "logStreamName": name,
        "creationTime": stream.created.millis(),
        "arn": format!("{group}:log-stream:{name}"),
        // Always 0 since 2019 (CloudWatch Logs API Reference, "LogStream").
        "storedBytes": 0,
    });
    let times: Vec<i64> = stream.kept(oldest).map(|event| event.at).collect();
    if let (Some(first), Some(last), Some(ingested)) = (times.first(), times.last(), stream.last_ingestion) {
        shown["firstEventTimestamp"] = json!(first);
        shown["lastEventTimestamp"] = json!(last);
        shown["lastIngestionTime"] = json!(ingested.millis());
    }
    shown
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tagging {
    resource_arn: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// The name in a group's ARN. Here it stands without `:*` (CloudWatch Logs API Reference, "TagResource").
fn tagged(call: &Call, arn: &str) -> Result<String, ServiceError> {
    let prefix = group_arn(&call.place, "");
    match arn.strip_prefix(&prefix).filter(|name| !name.is_empty() && !name.contains(':')) {
        Some(name) => Ok(name.to_owned()),
        None => Err(ServiceError::new("ResourceNotFoundException", "The specified resource does not exist.")),
    }
}

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let name = tagged(call, &input.resource_arn)?;
    group_at(world, call, &name)?.tags.extend(input.tags);
    Ok(nothing())
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let name = tagged(call, &input.resource_arn)?;
    group_at(world, call, &name)?.tags.retain(|key, _| !input.tag_keys.contains(key));
    Ok(nothing())
}

pub(super) fn list_tags(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let name = tagged(call, &input.resource_arn)?;
    Ok(json!({ "tags": find(world, call, &name)?.tags }))
}
