//! An event on its way to one target: tried, tried again, put into the dead-letter queue.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::accept::{Arrival, accept};
use super::put_events::needs_bus_of;
use super::state::{Target, bus_name};
use super::transform::{RuleValues, payload};
use crate::services::{Service, cloudwatch, iam};
use crate::world::{Call, Caller, Moment, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::Arn;

const EVENTS: &str = "events.amazonaws.com";
/// "By default, EventBridge retries sending the event for 24 hours and up to 185 times" (Amazon
/// EventBridge User Guide, "How EventBridge retries delivering events").
const MOST_RETRIES: i64 = 185;
const LONGEST_AGE_SECONDS: i64 = 86_400;
/// The pauses grow: AWS says "exponential back off" and not how far.
const LONGEST_PAUSE_SECONDS: i64 = 600;

/// One event for one target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    pub(super) rule_arn: String,
    pub(super) rule: String,
    pub(super) target: Target,
    pub(super) event: Value,
    pub(super) arrival: Arrival,
    /// When the event was taken.
    pub(super) since: Moment,
    pub(super) retries: i64,
}

/// Why a try failed.
struct Failure {
    code: &'static str,
    message: String,
    /// EventBridge tries again, unless a permission or the target is missing.
    passing: bool,
}

impl Failure {
    fn lasting(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), passing: false }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        let missing = ["ResourceNotFound", "NonExistentQueue", "QueueDoesNotExist", "NotFound"];
        let denied = ["AccessDenied", "KMSAccessDenied", "UnauthorizedOperation"];
        let names = |list: &[&str]| list.iter().any(|name| error.code.contains(name));
        let (code, passing) = match () {
            () if names(&missing) => ("NO_RESOURCE", false),
            () if names(&denied) => ("NO_PERMISSIONS", false),
            () if names(&["Thrott", "TooManyRequests"]) => ("THROTTLING", true),
            () if names(&["Internal", "ServiceUnavailable", "ServiceException"]) => ("INTERNAL_SERVICE_ERROR", true),
            () => ("SDK_CLIENT_ERROR", false),
        };
        Self { code, message: error.message, passing }
    }
}

/// Tries to deliver.
pub(super) fn deliver(world: &mut World, place: &Place, mut delivery: Delivery) {
    let Err(failure) = attempt(world, place, &delivery) else {
        return count(world, place, &delivery, &["Invocations"]);
    };
    let policy = delivery.target.retry_policy.clone().unwrap_or_default();
    let most = policy.maximum_retry_attempts.unwrap_or(MOST_RETRIES);
    let oldest = policy.maximum_event_age_in_seconds.unwrap_or(LONGEST_AGE_SECONDS);
    if !failure.passing {
        return bury(world, place, &delivery, &failure, None);
    }
    let pause = 1_i64.checked_shl(u32::try_from(delivery.retries).unwrap_or(u32::MAX)).unwrap_or(i64::MAX);
    let next = world.now.plus_seconds(pause.clamp(1, LONGEST_PAUSE_SECONDS));
    if delivery.retries >= most {
        return bury(world, place, &delivery, &failure, Some("MaximumRetryAttempts"));
    }
    if next > delivery.since.plus_seconds(oldest) {
        return bury(world, place, &delivery, &failure, Some("MaximumEventAgeInSeconds"));
    }
    delivery.retries += 1;
    world.schedule(next, place, Due::Deliver(Box::new(delivery)));
}

fn attempt(world: &mut World, place: &Place, delivery: &Delivery) -> Result<(), Failure> {
    let arn: Arn =
        delivery.target.arn.parse().map_err(|_| Failure::lasting("NO_RESOURCE", "The target's ARN is not valid."))?;
    if arn.service == "events" && arn.resource.starts_with("event-bus/") {
        return forward(world, place, delivery, &arn);
    }
    let owner = arn.account_id().unwrap_or_else(|| place.account.clone());
    let caller = match &delivery.target.role_arn {
        Some(role) => assume(world, place, delivery, role)?,
        None => Caller::service(EVENTS, &owner),
    };
    // "Adding the aws:SourceAccount and aws:SourceArn to a KMS policy is not supported for EventBridge-to-encrypted
    // topics" (SNS Developer Guide, "Key management"), nor are conditions of a topic's policy: SNS sees neither key.
    let context = if arn.service == "sns" { Context::new() } else { from_rule(place, delivery) };
    let rule = RuleValues { arn: &delivery.rule_arn, name: &delivery.rule, now: world.now };
    let text = payload(&delivery.target, &delivery.event, &rule);
    let (service, operation, input) = match arn.service.as_str() {
        "lambda" => (
            Service::Lambda,
            "Invoke",
            json!({
                "FunctionName": delivery.target.arn,
                "InvocationType": "Event",
                "Payload": STANDARD.encode(text),
            }),
        ),
        "sns" => (Service::Sns, "Publish", json!({"TopicArn": delivery.target.arn, "Message": text})),
        "sqs" => (Service::Sqs, "SendMessage", send_message(&arn, text)),
        other => return Err(Failure::lasting("NO_RESOURCE", format!("The sandbox has no targets of {other}."))),
    };
    let region = arn.region_code().unwrap_or_else(|| place.region.clone());
    world.call(&caller, &region, service, operation, input, &context)?;
    Ok(())
}

/// The condition keys that EventBridge's own calls carry.
fn from_rule(place: &Place, delivery: &Delivery) -> Context {
    Context::new().with("aws:SourceArn", delivery.rule_arn.as_str()).with("aws:SourceAccount", place.account.as_str())
}

fn send_message(queue: &Arn, body: String) -> Value {
    let domain = if queue.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let url = format!("https://sqs.{}.{domain}/{}/{}", queue.region, queue.account, queue.resource);
    json!({"QueueUrl": url, "MessageBody": body})
}

fn assume(world: &mut World, place: &Place, delivery: &Delivery, role: &str) -> Result<Caller, Failure> {
    let service = Caller::service(EVENTS, &place.account);
    let session = delivery.event["id"].as_str().unwrap_or("eventbridge").replace('-', "");
    iam::assume_role(world, &service, role, &session)
        .map_err(|error| Failure::lasting("FAILED_TO_ASSUME_ROLE", error.message))
}

/// Puts the event, unchanged, on another bus, as the target's role where there is one.
fn forward(world: &mut World, place: &Place, delivery: &Delivery, arn: &Arn) -> Result<(), Failure> {
    let bus = bus_name(Some(&delivery.target.arn)).to_owned();
    let (Some(account), Some(region)) = (arn.account_id(), arn.region_code()) else {
        return Err(Failure::lasting("NO_RESOURCE", "The target's ARN is not valid."));
    };
    let to = Place::new(account, region);
    if delivery.arrival == Arrival::Forwarded && to != *place {
        let code = if to.account == place.account { "THIRD_REGION_HOP_DETECTED" } else { "THIRD_ACCOUNT_HOP_DETECTED" };
        return Err(Failure::lasting(code, "An event that was forwarded once is not forwarded again."));
    }
    let caller = match &delivery.target.role_arn {
        Some(role) => assume(world, place, delivery, role)?,
        None => Caller::service(EVENTS, &place.account),
    };
    let mut access = needs_bus_of(world, &to, &bus);
    for (key, member) in [("events:source", "source"), ("events:detail-type", "detail-type")] {
        if let Some(value) = delivery.event[member].as_str() {
            access = access.with_key(key, value);
        }
    }
    let call = Call {
        place: Place::new(caller.account(), to.region.clone()),
        caller,
        service: Service::Events,
        operation: "PutEvents",
        request_id: world.ids.request_id(),
        context: from_rule(place, delivery),
    };
    // A service principal within its own account and Region needs no policy on the bus.
    if delivery.target.role_arn.is_some() || to != *place {
        world.authorize(&call, &access)?;
    }
    if world.services.events.get(&to).and_then(|state| state.bus(&bus)).is_none() && bus != super::state::DEFAULT_BUS {
        return Err(Failure::lasting("NO_RESOURCE", format!("Event bus {bus} does not exist.")));
    }
    let arrival = if to == *place { delivery.arrival } else { Arrival::Forwarded };
    accept(world, &to, &bus, &delivery.event, arrival);
    Ok(())
}

/// An invocation counts once, when it has succeeded or is given up: attempts that are made again do not (Amazon
/// EventBridge User Guide, "Monitoring Amazon EventBridge").
fn count(world: &mut World, place: &Place, delivery: &Delivery, metrics: &[&str]) {
    for metric in metrics {
        cloudwatch::note(world, place, "AWS/Events", metric, ("RuleName", &delivery.rule), 1.0);
    }
}

/// Puts the event into the dead-letter queue; without one, or without permission, it is lost.
fn bury(world: &mut World, place: &Place, delivery: &Delivery, failure: &Failure, exhausted: Option<&str>) {
    count(world, place, delivery, &["Invocations", "FailedInvocations"]);
    let queue = delivery.target.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref());
    let Some(arn) = queue.and_then(|queue| queue.parse::<Arn>().ok()) else {
        tracing::warn!(rule = delivery.rule_arn, code = failure.code, "an event was dropped");
        return;
    };
    let mut attributes = vec![
        ("RULE_ARN", delivery.rule_arn.clone()),
        ("TARGET_ARN", delivery.target.arn.clone()),
        ("ERROR_CODE", failure.code.to_owned()),
        ("ERROR_MESSAGE", failure.message.clone()),
        ("RETRY_ATTEMPTS", delivery.retries.to_string()),
    ];
    attributes.extend(exhausted.map(|condition| ("EXHAUSTED_RETRY_CONDITION", condition.to_owned())));
    let mut input = send_message(&arn, delivery.event.to_string());
    for (name, value) in attributes.into_iter().filter(|(_, value)| !value.is_empty()) {
        input["MessageAttributes"][name] = json!({"DataType": "String", "StringValue": value});
    }
    let caller = Caller::service(EVENTS, &arn.account_id().unwrap_or_else(|| place.account.clone()));
    let context = from_rule(place, delivery);
    if let Err(error) = world.call(&caller, &place.region, Service::Sqs, "SendMessage", input, &context) {
        tracing::warn!(rule = delivery.rule_arn, %error, "the dead-letter queue refused an event");
    }
}
