//! Queue attributes: which there are, what they may hold, and what a queue says of itself.

use serde_json::Value;

use super::state::Queue;
use super::{Texts, queue_arn};
use crate::services::iam::documents;
use crate::world::{Moment, Place, ServiceError, World};

/// Attributes that are numbers: name, least, greatest, default
/// (SQS API Reference, "SetQueueAttributes").
const NUMBERS: &[(&str, i64, i64, Option<&str>)] = &[
    ("DelaySeconds", 0, 900, Some("0")),
    ("KmsDataKeyReusePeriodSeconds", 60, 86_400, None),
    ("MaximumMessageSize", 1_024, 1_048_576, Some("1048576")),
    ("MessageRetentionPeriod", 60, 1_209_600, Some("345600")),
    ("ReceiveMessageWaitTimeSeconds", 0, 20, Some("0")),
    ("VisibilityTimeout", 0, 43_200, Some("30")),
];

/// Attributes that nobody sets.
const DERIVED: &[&str] = &[
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

const TEXTS: &[&str] = &["KmsMasterKeyId", "Policy", "RedriveAllowPolicy", "RedrivePolicy", "SqsManagedSseEnabled"];

/// What an attribute is where nobody set it.
pub(super) fn default_of(name: &str) -> Option<&'static str> {
    NUMBERS.iter().find(|(number, ..)| *number == name).and_then(|(.., default)| *default)
}

fn invalid_value(name: &str) -> ServiceError {
    ServiceError::new("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
}

fn unknown(name: &str) -> ServiceError {
    ServiceError::new("InvalidAttributeName", format!("Unknown Attribute {name}."))
}

/// Checks what is to be set on a queue in `place`.
///
/// # Errors
/// `InvalidAttributeName` and `InvalidAttributeValue`, as SQS says them.
pub(super) fn check(world: &World, place: &Place, name: &str, wanted: &Texts) -> Result<(), ServiceError> {
    for (attribute, value) in wanted {
        if let Some((_, least, most, _)) = NUMBERS.iter().find(|(number, ..)| number == attribute) {
            let is_inside = value.parse::<i64>().is_ok_and(|number| (*least..=*most).contains(&number));
            if !is_inside {
                return Err(invalid_value(attribute));
            }
        } else if !TEXTS.contains(&attribute.as_str()) {
            return Err(unknown(attribute));
        } else {
            check_text(world, place, name, attribute, value)?;
        }
    }
    Ok(())
}

fn check_text(world: &World, place: &Place, name: &str, attribute: &str, value: &str) -> Result<(), ServiceError> {
    // An empty text takes the attribute away.
    if value.is_empty() {
        return Ok(());
    }
    let document: Option<Value> = serde_json::from_str(value).ok();
    let is_valid = match attribute {
        "Policy" => documents::read(value).is_ok(),
        "RedrivePolicy" => return check_redrive(world, place, name, value, document.as_ref()),
        "RedriveAllowPolicy" => document.is_some_and(|policy| policy["redrivePermission"].is_string()),
        "SqsManagedSseEnabled" => matches!(value, "true" | "false"),
        _ => true,
    };
    if is_valid { Ok(()) } else { Err(invalid_value(attribute)) }
}

/// A dead-letter queue must exist, in the same account and Region (SQS Developer Guide, "Using
/// dead-letter queues in Amazon SQS"), and admit the source where it has a redrive allow policy.
fn check_redrive(
    world: &World,
    place: &Place,
    name: &str,
    value: &str,
    policy: Option<&Value>,
) -> Result<(), ServiceError> {
    let refuse = |reason: &str| {
        let text = format!("Value {value} for parameter RedrivePolicy is invalid. Reason: {reason}");
        Err(ServiceError::new("InvalidParameterValue", text))
    };
    let Some(policy) = policy else { return refuse("Redrive policy is not a valid JSON map.") };
    let count = &policy["maxReceiveCount"];
    let count = count.as_i64().or_else(|| count.as_str()?.parse().ok());
    if !count.is_some_and(|count| (1..=1000).contains(&count)) {
        return refuse("Invalid value for maxReceiveCount.");
    }
    let Some(target) = policy["deadLetterTargetArn"].as_str() else {
        return refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
    };
    let queue = target.rsplit(':').next().unwrap_or_default();
    let found = world.services.sqs.get(place).and_then(|state| state.queues.get(queue));
    let Some(found) = found.filter(|_| queue_arn(place, queue) == target) else {
        return refuse("Dead letter target does not exist.");
    };
    let allow = found.attribute("RedriveAllowPolicy").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let source = queue_arn(place, name);
    let is_admitted = allow.is_none_or(|allow| match allow["redrivePermission"].as_str() {
        Some("denyAll") => false,
        Some("byQueue") => {
            allow["sourceQueueArns"].as_array().is_some_and(|arns| arns.iter().any(|arn| *arn == source))
        }
        _ => true,
    });
    if is_admitted { Ok(()) } else { refuse("Dead letter target does not allow this source queue.") }
}

/// Sets what was checked. An empty text takes an attribute away; a KMS key and SQS's own key exclude
/// each other.
pub(super) fn set(queue: &mut Queue, wanted: Texts) {
    for (name, value) in wanted {
        if value.is_empty() {
            queue.attributes.remove(&name);
            continue;
        }
        match (name.as_str(), value.as_str()) {
            ("KmsMasterKeyId", _) => queue.attributes.insert("SqsManagedSseEnabled".to_owned(), "false".to_owned()),
            ("SqsManagedSseEnabled", "true") => queue.attributes.remove("KmsMasterKeyId"),
            _ => None,
        };
        queue.attributes.insert(name, value);
    }
}

/// What a queue says of itself: everything, or what was asked for.
///
/// # Errors
/// `InvalidAttributeName` for a name that there is not.
pub(super) fn show(
    queue: &Queue,
    place: &Place,
    name: &str,
    now: Moment,
    asked: &[String],
) -> Result<Texts, ServiceError> {
    let is_known = |name: &str| {
        TEXTS.contains(&name) || DERIVED.contains(&name) || NUMBERS.iter().any(|(number, ..)| *number == name)
    };
    if let Some(stranger) = asked.iter().find(|name| *name != "All" && !is_known(name)) {
        return Err(unknown(stranger));
    }
    let mut all: Texts = NUMBERS
        .iter()
        .filter_map(|(name, .., default)| Some(((*name).to_owned(), (*default)?.to_owned())))
        .chain(queue.attributes.clone())
        .collect();
    // Queues are encrypted with SQS's own key unless told otherwise (since October 2022).
    all.entry("SqsManagedSseEnabled".to_owned()).or_insert_with(|| "true".to_owned());
    if queue.attribute("KmsMasterKeyId").is_some() {
        all.entry("KmsDataKeyReusePeriodSeconds".to_owned()).or_insert_with(|| "300".to_owned());
    }
    let counts = queue.counts(now);
    let seconds = |moment: Moment| (moment.millis() / 1000).to_string();
    for (name, value) in [
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
        ("CreatedTimestamp", seconds(queue.created)),
        ("LastModifiedTimestamp", seconds(queue.modified)),
        ("QueueArn", queue_arn(place, name)),
    ] {
        all.insert(name.to_owned(), value);
    }
    if !asked.iter().any(|name| name == "All") {
        all.retain(|name, _| asked.contains(name));
    }
    Ok(all)
}
