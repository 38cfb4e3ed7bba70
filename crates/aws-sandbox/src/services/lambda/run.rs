//! One run of a function's code, as its role.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::equivalent;
use super::python::Invocation;
use super::state::{Function, Written};
use crate::services::{Service, cloudwatch, iam, logs};
use crate::world::{Caller, Place, ServiceError, World};
use aws_policy::context::Context;

/// How a run ended.
pub(super) struct Ended {
    pub(super) failed: bool,
    /// What the function returned, or the error as Lambda writes it.
    pub(super) payload: Value,
    /// The last lines of the log.
    pub(super) log: String,
}

/// What ran, and what it did.
pub(super) struct Executed {
    /// Which of the two ran, for the log: the equivalent in Rust, or Python.
    pub(super) runtime: String,
    /// The lines that were logged.
    pub(super) lines: Vec<String>,
    /// What was returned or raised.
    pub(super) payload: Value,
    /// Whether it was raised.
    pub(super) raised: bool,
}

/// Says which source is the shipped one: the function with exactly this source runs as its
/// equivalent in Rust.
pub fn ship(world: &mut World, source: &str) {
    world.services.shipped_function = hash(source);
}

fn hash(source: &str) -> String {
    hex::encode(Sha256::digest(source))
}

/// Runs a function once. Its API calls are made by a session of its role.
pub(super) fn run(world: &mut World, place: &Place, name: &str, request_id: &str, event: &Value) -> Ended {
    let found = world.services.lambda.get(place).and_then(|state| state.functions.get(name)).cloned();
    let Some(function) = found else {
        return failed("ResourceNotFoundException", "The function is gone.", String::new());
    };
    let service = Caller::service("lambda.amazonaws.com", &place.account);
    let role = match iam::assume_role(world, &service, &function.role, name) {
        Ok(role) => role,
        Err(error) => {
            let text = format!("Lambda is unable to assume the function execution role. ({})", error.message);
            return failed("AccessDeniedException", &text, String::new());
        }
    };
    let group = function.configuration.get("LoggingConfig").and_then(|logging| logging["LogGroup"].as_str());
    let group = group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned);
    let stream = format!("{}/[$LATEST]{}", world.now.date().format("%Y/%m/%d"), &hash(name)[..32]);
    let invocation =
        Invocation { place, name, function: &function, role: &role, request_id, event, log: (&group, &stream) };
    let Executed { runtime, lines, payload, raised } =
        if is_equivalent(world, &function) { execute(world, &invocation) } else { invocation.run(world) };
    // AWS says here which runtime it started; so does the sandbox, at every invocation.
    let mut log = vec![
        format!("INIT_START Runtime Version: backupctl-sandbox.{runtime}"),
        format!("START RequestId: {request_id} Version: $LATEST"),
    ];
    log.extend(lines);
    log.push(format!("END RequestId: {request_id}"));
    log.push(format!(
        "REPORT RequestId: {request_id}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: {} MB\tMax Memory Used: 64 MB",
        function.configuration.get("MemorySize").and_then(Value::as_i64).unwrap_or(128)
    ));
    // "Invocations" and "Errors" of AWS/Lambda: a run without an error counts as none (AWS Lambda Developer Guide, "Types
    // of metrics").
    for (metric, value) in [("Invocations", 1.0), ("Errors", f64::from(u8::from(raised)))] {
        cloudwatch::note(world, place, "AWS/Lambda", metric, ("FunctionName", name), value);
    }
    let at = world.now;
    logs::write(world, &role, place, &group, &stream, &log);
    let state = world.services.lambda.at(place);
    for message in &log {
        state.write(Written { at, group: group.clone(), stream: stream.clone(), message: message.clone() });
    }
    Ended { failed: raised, payload, log: log.join("\n") + "\n" }
}

fn failed(kind: &str, message: &str, log: String) -> Ended {
    Ended { failed: true, payload: json!({"errorMessage": message, "errorType": kind}), log }
}

/// Whether the deployed function is exactly the shipped one, and may run as its equivalent.
fn is_equivalent(world: &World, function: &Function) -> bool {
    !world.python.always
        && !world.services.shipped_function.is_empty()
        && hash(&function.source) == world.services.shipped_function
        && function.configuration.get("Handler").and_then(Value::as_str) == Some("index.handler")
}

/// Runs the equivalent in Rust.
fn execute(world: &mut World, invocation: &Invocation<'_>) -> Executed {
    let now = world.now;
    let Invocation { place, role, function, event, .. } = invocation;
    let mut api = |service: Service, operation: &str, input: Value| -> Result<Value, ServiceError> {
        world.call(role, &place.region, service, operation, input, &Context::new())
    };
    let run = equivalent::handle(event, &function.environment, now, &mut api);
    let mut lines: Vec<String> = run.lines.iter().chain([&run.record]).map(Value::to_string).collect();
    let runtime = "rust-equivalent".to_owned();
    match run.raised {
        None => Executed { runtime, lines, payload: run.record, raised: false },
        Some(raised) => {
            lines.push(format!("[ERROR] {}: {}", raised.kind, raised.message));
            let payload = json!({"errorMessage": raised.message, "errorType": raised.kind});
            Executed { runtime, lines, payload, raised: true }
        }
    }
}
