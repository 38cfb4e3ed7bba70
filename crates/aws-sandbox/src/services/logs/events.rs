//! Log events: put, read, filtered.

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::Event;
use super::{find, group_at, invalid, no_stream, nothing, stream_of};
use crate::world::{Call, ServiceError, World};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// The largest page, and its default.
const LARGEST_PAGE: usize = 10_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Put {
    log_group_name: String,
    log_stream_name: String,
    log_events: Vec<Written>,
}

#[derive(Debug, Deserialize)]
struct Written {
    timestamp: i64,
    message: String,
}

/// Events more than two hours ahead, or older than 14 days or the retention period, are left out and
/// said so; a batch spans at most a day, in order (CloudWatch Logs API Reference, "PutLogEvents").
pub(super) fn put(world: &mut World, call: &Call, input: Put) -> Result<Value, ServiceError> {
    let times: Vec<i64> = input.log_events.iter().map(|event| event.timestamp).collect();
    if !times.is_sorted() {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    if let (Some(first), Some(last)) = (times.first(), times.last())
        && last.saturating_sub(*first) > DAY
    {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    let now = world.now;
    let (name, stream) = (input.log_group_name, input.log_stream_name);
    let expired = stream_exists(world, call, &name, &stream)?;
    let (old, new) = (now.millis() - 14 * DAY, now.millis() + 2 * HOUR);
    let count = |is: &dyn Fn(i64) -> bool| times.iter().filter(|at| is(**at)).count();
    let (expired_count, old_count) = (count(&|at| at <= expired), count(&|at| at < old));
    let too_new = times.iter().position(|at| *at > new);
    let mut kept = Vec::new();
    for event in input.log_events {
        if event.timestamp > expired && (old..=new).contains(&event.timestamp) {
            let id = world.ids.number(&call.place, "log-event", i64::MAX);
            let id = format!("{:014}{id:042}", event.timestamp);
            kept.push(Event { at: event.timestamp, ingested: now, message: event.message, id });
        }
    }
    let group = group_at(world, call, &name)?;
    let stream = group.streams.get_mut(&stream).ok_or_else(no_stream)?;
    stream.last_ingestion = Some(now);
    stream.events.extend(kept);
    stream.events.sort_by_key(|event| event.at);
    let mut rejected = nothing();
    if expired_count > 0 {
        rejected["expiredLogEventEndIndex"] = json!(expired_count);
    } else if old_count > 0 {
        rejected["tooOldLogEventEndIndex"] = json!(old_count);
    }
    if let Some(first) = too_new {
        rejected["tooNewLogEventStartIndex"] = json!(first);
    }
    let is_whole = rejected.as_object().is_none_or(serde_json::Map::is_empty);
    Ok(if is_whole { nothing() } else { json!({ "rejectedLogEventsInfo": rejected }) })
}

/// From when on the stream's group keeps events.
fn stream_exists(world: &World, call: &Call, group: &str, stream: &str) -> Result<i64, ServiceError> {
    let group = find(world, call, group)?;
    stream_of(group, stream)?;
    Ok(group.oldest(world.now))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Get {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<usize>,
    start_from_head: Option<bool>,
}

/// A page of one stream. Each token is a direction and a position; at an end it comes back unchanged
/// (CloudWatch Logs API Reference, "GetLogEvents"). `endTime` is exclusive.
pub(super) fn get(world: &mut World, call: &Call, input: Get) -> Result<Value, ServiceError> {
    let name = input.log_group_name.or(input.log_group_identifier).unwrap_or_default();
    let group = find(world, call, &name)?;
    let stream = stream_of(group, &input.log_stream_name)?;
    let events: Vec<&Event> = stream
        .kept(group.oldest(world.now))
        .filter(|event| input.start_time.is_none_or(|start| event.at >= start))
        .filter(|event| input.end_time.is_none_or(|end| event.at < end))
        .collect();
    let size = input.limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    let (start, end) = match input.next_token.as_deref().map(read_token) {
        None if input.start_from_head == Some(true) => (0, size.min(events.len())),
        None => (events.len().saturating_sub(size), events.len()),
        Some(Some((Direction::Forward, at))) => (at.min(events.len()), at.saturating_add(size).min(events.len())),
        Some(Some((Direction::Backward, at))) => (at.min(events.len()).saturating_sub(size), at.min(events.len())),
        Some(None) => return Err(invalid("The specified nextToken is invalid.")),
    };
    let shown: Vec<Value> = events[start..end]
        .iter()
        .map(|event| json!({"timestamp": event.at, "message": event.message, "ingestionTime": event.ingested.millis()}))
        .collect();
    Ok(json!({"events": shown, "nextForwardToken": format!("f/{end:056}/s"),
        "nextBackwardToken": format!("b/{start:056}/s")}))
}

enum Direction {
    Forward,
    Backward,
}

fn read_token(token: &str) -> Option<(Direction, usize)> {
    let (direction, rest) = token.split_once('/')?;
    let direction = match direction {
        "f" => Direction::Forward,
        "b" => Direction::Backward,
        _ => return None,
    };
    Some((direction, rest.strip_suffix("/s")?.parse().ok()?))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filter {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_names: Option<Vec<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

/// Events of all streams by time. `endTime` is inclusive here (CloudWatch Logs API Reference,
/// "FilterLogEvents").
pub(super) fn filter(world: &mut World, call: &Call, input: Filter) -> Result<Value, ServiceError> {
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters."));
    }
    let pattern = Pattern::read(input.filter_pattern.as_deref().unwrap_or_default())?;
    let name = input.log_group_name.or(input.log_group_identifier).unwrap_or_default();
    let group = find(world, call, &name)?;
    let names = input.log_stream_names.as_deref();
    for name in names.unwrap_or_default() {
        stream_of(group, name)?;
    }
    let oldest = group.oldest(world.now);
    let mut found: Vec<(&String, &Event)> = group
        .streams
        .iter()
        .filter(|(name, _)| names.is_none_or(|names| names.contains(name)))
        .filter(|(name, _)| {
            input.log_stream_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix.as_str()))
        })
        .flat_map(|(name, stream)| stream.kept(oldest).map(move |event| (name, event)))
        .filter(|(_, event)| input.start_time.is_none_or(|start| event.at >= start))
        .filter(|(_, event)| input.end_time.is_none_or(|end| event.at <= end))
        .filter(|(_, event)| pattern.matches(&event.message))
        .collect();
    found.sort_by_key(|(_, event)| event.at);
    let start = match &input.next_token {
        None => 0,
        Some(token) => match read_token(token) {
            Some((_, at)) => at.min(found.len()),
            None => return Err(invalid("The specified nextToken is invalid.")),
        },
    };
    let end = (start + input.limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE)).min(found.len());
    let shown: Vec<Value> = found[start..end]
        .iter()
        .map(|(name, event)| {
            json!({"logStreamName": name, "timestamp": event.at, "message": event.message,
                "ingestionTime": event.ingested.millis(), "eventId": event.id})
        })
        .collect();
    let mut answer = json!({"events": shown, "searchedLogStreams": []});
    if end < found.len() {
        answer["nextToken"] = json!(format!("f/{end:056}/s"));
    }
    Ok(answer)
}

/// A pattern of words: all of the plain ones, at least one of those with `?`, none of those with `-`
/// (CloudWatch Logs User Guide, "Filter pattern syntax": unstructured log events).
#[derive(Debug, Default)]
struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    fn read(text: &str) -> Result<Self, ServiceError> {
        let mut pattern = Self::default();
        let mut rest = text.trim();
        if rest.starts_with(['{', '[', '%']) {
            return Err(invalid(format!("The sandbox has filter patterns of words and phrases only, not `{rest}`.")));
        }
        while let Some(first) = rest.chars().next() {
            let words = match first {
                '?' => &mut pattern.any,
                '-' => &mut pattern.none,
                _ => &mut pattern.all,
            };
            let term = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            let (word, after) = match term.strip_prefix('"') {
                Some(phrase) => phrase.split_once('"').ok_or_else(|| invalid("Invalid filter pattern"))?,
                None => term.split_at(term.find(char::is_whitespace).unwrap_or(term.len())),
            };
            words.push(word.to_owned());
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    fn matches(&self, message: &str) -> bool {
        let has = |word: &String| message.contains(word.as_str());
        self.all.iter().all(has) && (self.any.is_empty() || self.any.iter().any(has)) && !self.none.iter().any(has)
    }
}
