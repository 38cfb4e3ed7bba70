//! `/_sandbox/…`: what a client may ask of the simulation itself. No AWS path begins so.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::handle::Inner;
use crate::store::StoreError;
use crate::wire::http::{Request, Response};
use crate::world::Moment;
use crate::world::faults::Fault;

const PREFIX: &str = "/_sandbox/";
/// Ten years: more is a mistake, and would be carried out minute by minute.
const ADVANCE_SECONDS_MAX: f64 = 10.0 * 366.0 * 86_400.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

/// Whether a request is one for the simulation.
pub(super) fn is_for_control(request: &Request) -> bool {
    request.path.starts_with(PREFIX)
}

/// Answers it; a change is in the log before this returns.
///
/// # Errors
/// The file system's.
pub(super) fn answer(inner: &mut Inner, request: &Request, instant: Moment) -> Result<Response, StoreError> {
    inner.advance_to(instant)?;
    let name = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let (status, body) = match (request.method.as_str(), name) {
        ("GET", "state") => (200, json!({"now": inner.world.now.iso(), "calls": inner.calls, "world": inner.world})),
        ("POST", "advance") => match serde_json::from_slice::<Advance>(&request.body) {
            Ok(Advance { seconds }) if (0.0..=ADVANCE_SECONDS_MAX).contains(&seconds) => {
                (200, advance(inner, seconds)?)
            }
            Ok(_) => (400, wrong(&format!("`seconds` must lie between 0 and {ADVANCE_SECONDS_MAX}"))),
            Err(error) => (400, wrong(&format!("the body must be {{\"seconds\": N}}: {error}"))),
        },
        ("POST", "inject") => match order(&request.body) {
            Ok(fault) => (200, inject(inner, fault)?),
            Err(message) => (400, wrong(&message)),
        },
        (_, "state" | "advance" | "inject") => {
            (405, wrong("it takes GET /_sandbox/state, POST /_sandbox/advance and POST /_sandbox/inject"))
        }
        _ => (404, wrong(&format!("the sandbox has no `{PREFIX}{name}`: it has `state`, `advance` and `inject`"))),
    };
    let request_id = inner.world.ids.request_id();
    let date = inner.world.now.date().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Ok(Response::new(status, "application/json", &request_id, body.to_string()).with_header("date", date))
}

fn wrong(message: &str) -> Value {
    json!({ "message": message })
}

/// A fault, or `None` for `{"fault": "clear"}`.
fn order(body: &[u8]) -> Result<Option<Fault>, String> {
    let order: Map<String, Value> =
        serde_json::from_slice(body).map_err(|error| format!("the body must be an object: {error}"))?;
    let order = Value::Object(order);
    if order == json!({"fault": "clear"}) { Ok(None) } else { Fault::read(order).map(Some) }
}

fn inject(inner: &mut Inner, fault: Option<Fault>) -> Result<Value, StoreError> {
    let cleared = inner.change_faults(|faults| match fault {
        Some(fault) => {
            faults.order(fault);
            0
        }
        None => faults.clear(),
    })?;
    let faults: Vec<&Fault> = inner.world.faults.iter().collect();
    Ok(json!({"faults": faults, "cleared": cleared}))
}

fn advance(inner: &mut Inner, seconds: f64) -> Result<Value, StoreError> {
    let from = inner.world.now;
    let happened = inner.advance_to(Moment::from_millis(from.millis() + (seconds * 1000.0) as i64))?;
    Ok(json!({"from": from.iso(), "to": inner.world.now.iso(), "happened": happened}))
}
