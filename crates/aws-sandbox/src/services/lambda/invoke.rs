//! Invocations: at once, or queued and tried again (AWS Lambda Developer Guide, "How Lambda handles
//! errors and retries with asynchronous invocation").

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::functions::function;
use super::run::{Ended, run};
use super::state::{EventInvoke, Function, function_arn, function_name};
use super::{conflict, invalid_request};
use crate::services::{Service, iam};
use crate::world::{Call, Caller, Moment, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::Arn;

/// An accepted event waits this long for a free environment.
const QUEUE_MILLIS: i64 = 200;
/// "Lambda attempts to run it two more times, with a one-minute wait before the first two attempts,
/// and two minutes between the second and third attempts."
const RETRY_SECONDS: [i64; 2] = [60, 120];
/// "Returns the event to the queue and attempts to run the function again for up to 6 hours";
/// the interval grows "from 1 second after the first attempt to a maximum of 5 minutes".
const LONGEST_AGE_SECONDS: i64 = 6 * 3600;
const LONGEST_PAUSE_SECONDS: i64 = 300;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Invoke {
    function_name: String,
    invocation_type: Option<String>,
    log_type: Option<String>,
    payload: Option<String>,
}

/// One event in a function's queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Queued {
    pub(super) function: String,
    pub(super) request_id: String,
    pub(super) payload: Value,
    pub(super) accepted: Moment,
    /// How often the function ended in an error.
    pub(super) errors: i64,
    /// How often there was no capacity.
    pub(super) throttles: u32,
}

fn payload(input: &Invoke) -> Result<Value, ServiceError> {
    let Some(text) = input.payload.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(Value::Null);
    };
    let wrong = |error: String| {
        ServiceError::new("InvalidRequestContentException", format!("Could not parse request body into json: {error}"))
    };
    let bytes = STANDARD.decode(text).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))
}

pub(super) fn invoke(world: &mut World, call: &Call, input: Invoke) -> Result<Value, ServiceError> {
    let now = world.now;
    let found = function(world, call, &input.function_name)?;
    let (pending, throttled) = (found.is_pending(now), found.reserved_concurrency == Some(0));
    let event = payload(&input)?;
    let name = function_name(&input.function_name).to_owned();
    match input.invocation_type.as_deref().unwrap_or("RequestResponse") {
        "DryRun" => Ok(json!({"StatusCode": 204})),
        "Event" => {
            let queued = Queued {
                function: name,
                request_id: call.request_id.clone(),
                payload: event,
                accepted: now,
                errors: 0,
                throttles: 0,
            };
            let at = Moment::from_millis(now.millis() + QUEUE_MILLIS);
            world.schedule(at, &call.place, Due::Run(Box::new(queued)));
            Ok(json!({"StatusCode": 202}))
        }
        "RequestResponse" if pending => Err(conflict(format!(
            "The operation cannot be performed at this time. The function is currently in the following state: Pending \
             ({name})"
        ))),
        "RequestResponse" if throttled => Err(ServiceError::new("TooManyRequestsException", "Rate Exceeded.")
            .with("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded")),
        "RequestResponse" => {
            let ended = run(world, &call.place, &name, &call.request_id, &event);
            let mut answer = json!({
                "StatusCode": 200,
                "ExecutedVersion": "$LATEST",
                "Payload": STANDARD.encode(ended.payload.to_string()),
            });
            if ended.failed {
                answer["FunctionError"] = json!("Unhandled");
            }
            if input.log_type.as_deref() == Some("Tail") {
                answer["LogResult"] = json!(STANDARD.encode(ended.log));
            }
            Ok(answer)
        }
        other => Err(invalid_request(format!("Unknown invocation type: {other}"))),
    }
}

/// Takes an event out of the queue.
pub(super) fn take(world: &mut World, place: &Place, mut queued: Queued) {
    let found = world.services.lambda.get(place).and_then(|state| state.functions.get(&queued.function));
    let Some(found) = found else {
        tracing::warn!(function = queued.function, "an event was dropped: its function is gone");
        return;
    };
    let config = found.event_invoke.clone().unwrap_or_default();
    if found.reserved_concurrency == Some(0) || found.is_pending(world.now) {
        let pause = 1_i64.checked_shl(queued.throttles).unwrap_or(i64::MAX).clamp(1, LONGEST_PAUSE_SECONDS);
        queued.throttles = queued.throttles.saturating_add(1).min(30);
        return again(world, place, queued, &config, pause, None);
    }
    let ended = run(world, place, &queued.function.clone(), &queued.request_id.clone(), &queued.payload.clone());
    if !ended.failed {
        return;
    }
    queued.errors += 1;
    let most = config.maximum_retry_attempts.unwrap_or(2);
    if queued.errors > most {
        return give_up(world, place, &queued, &config, "RetriesExhausted", Some(&ended));
    }
    let index = usize::try_from(queued.errors - 1).unwrap_or_default().min(RETRY_SECONDS.len() - 1);
    again(world, place, queued, &config, RETRY_SECONDS[index], Some(&ended));
}

/// Puts an event back for `pause` seconds, unless it would be too old then.
fn again(world: &mut World, place: &Place, queued: Queued, config: &EventInvoke, pause: i64, ended: Option<&Ended>) {
    let oldest = config.maximum_event_age_in_seconds.unwrap_or(LONGEST_AGE_SECONDS);
    let at = world.now.plus_seconds(pause);
    if at > queued.accepted.plus_seconds(oldest) {
        return give_up(world, place, &queued, config, "EventAgeExceeded", ended);
    }
    world.schedule(at, place, Due::Run(Box::new(queued)));
}

/// Sends the record of a failed event to the on-failure destination, as the function's own role.
fn give_up(
    world: &mut World,
    place: &Place,
    queued: &Queued,
    config: &EventInvoke,
    condition: &str,
    ended: Option<&Ended>,
) {
    let role = world.services.lambda.get(place).and_then(|state| state.functions.get(&queued.function)).map(role_of);
    let destination = config.on_failure().and_then(|arn| arn.parse::<Arn>().ok());
    let (Some(role), Some(arn)) = (role, destination) else {
        tracing::warn!(function = queued.function, condition, "an event was dropped");
        return;
    };
    let mut record = json!({
        "version": "1.0",
        "timestamp": world.now.iso(),
        "requestContext": {
            "requestId": queued.request_id,
            "functionArn": format!("{}:$LATEST", function_arn(place, &queued.function)),
            "condition": condition,
            "approximateInvokeCount": queued.errors,
        },
        "requestPayload": queued.payload,
    });
    if let Some(ended) = ended {
        record["responseContext"] =
            json!({"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"});
        record["responsePayload"] = ended.payload.clone();
    }
    if let Err(error) = send(world, place, &role, &queued.function, &arn, record) {
        tracing::warn!(function = queued.function, %error, "the on-failure destination refused an event");
    }
}

fn role_of(function: &Function) -> String {
    function.role.clone()
}

fn send(
    world: &mut World,
    place: &Place,
    role: &str,
    session: &str,
    arn: &Arn,
    record: Value,
) -> Result<(), ServiceError> {
    let service = Caller::service("lambda.amazonaws.com", &place.account);
    let caller = iam::assume_role(world, &service, role, session)?;
    let (to, operation, input) = match arn.service.as_str() {
        "sqs" => {
            let url = format!("https://sqs.{}.amazonaws.com/{}/{}", arn.region, arn.account, arn.resource);
            (Service::Sqs, "SendMessage", json!({"QueueUrl": url, "MessageBody": record.to_string()}))
        }
        "lambda" => {
            let payload = STANDARD.encode(record.to_string());
            let input = json!({"FunctionName": arn.to_string(), "InvocationType": "Event", "Payload": payload});
            (Service::Lambda, "Invoke", input)
        }
        other => {
            let text = format!("The sandbox has no on-failure destinations of {other}.");
            return Err(ServiceError::new("InvalidParameterValueException", text));
        }
    };
    world.call(&caller, &place.region, to, operation, input, &Context::new())?;
    Ok(())
}
