//! The router behind both doors: decode, authenticate, authorize, carry out, log, answer.

use std::time::Duration;

use super::faults;
use crate::handle::Inner;
use crate::services::sts;
use crate::store::{Record, StoreError};
use crate::wire::http::{Fate, Request, Response};
use crate::wire::{self, Decoded, signature};
use crate::world::faults::{Effect, Side};
use crate::world::{Caller, Moment, OperationKind, ServiceError, World};
use aws_policy::context::Context;

/// Answers one request at `instant`; a change is in the log before this returns.
///
/// # Errors
/// The log could not be written: the request is then not answered at all, as when a service dies.
pub(crate) fn handle(inner: &mut Inner, request: &Request, instant: Moment) -> Result<Response, StoreError> {
    inner.advance_to(instant)?;
    let decoded = match wire::decode(request) {
        Ok(decoded) => decoded,
        Err(refusal) => {
            let mut response = refusal.into_response(&inner.world.ids.request_id());
            date(&inner.world, &mut response);
            return Ok(response);
        }
    };
    let between = inner.between.clone().map(|between| (between, decoded.clone()));
    let mut response = answer(inner, request, decoded)?;
    date(&inner.world, &mut response);
    Ok(match between {
        Some((between, decoded)) => (between.0)(&decoded, response),
        None => response,
    })
}

/// Answers a request that a function makes while the world runs it: the clock stands, and whoever
/// runs the function keeps what it changes.
pub(crate) fn answer_inside(world: &mut World, request: &Request) -> Response {
    let decoded = match wire::decode(request) {
        Ok(decoded) => decoded,
        Err(refusal) => return refusal.into_response(&world.ids.request_id()),
    };
    let (service, operation) = (decoded.service, decoded.operation);
    let mut response = match authenticate(world, request, &decoded) {
        Ok(caller) => {
            let request_id = world.ids.next_request_id();
            match world.call(&caller, &decoded.region, service, operation, decoded.input, &Context::new()) {
                Ok(output) => wire::encode(service, operation, &output, &request_id),
                Err(error) => wire::encode_error(service, Some(operation), &error, &request_id),
            }
        }
        Err(error) => wire::encode_error(service, Some(operation), &error, &world.ids.request_id()),
    };
    date(world, &mut response);
    response
}

/// Clients take "now" from AWS's answers, so every answer says when it is.
fn date(world: &World, response: &mut Response) {
    let date = world.now.date().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers.push(("date".to_owned(), date));
}

fn answer(inner: &mut Inner, request: &Request, decoded: Decoded) -> Result<Response, StoreError> {
    let (service, operation) = (decoded.service, decoded.operation);
    let caller = match authenticate(&inner.world, request, &decoded) {
        Ok(caller) => caller,
        Err(error) => {
            let request_id = inner.world.ids.request_id();
            return Ok(wire::encode_error(service, Some(operation), &error, &request_id));
        }
    };
    let fault = faults::strike(inner, &decoded, &caller)?;
    if let Some(response) = fault.as_ref().and_then(|effect| stopped(inner, effect, &decoded, &caller)) {
        return Ok(response);
    }
    let mut response = carry_out(inner, decoded, &caller)?;
    response.fate = match fault {
        Some(Effect::ConnectionReset { .. }) => Fate::Lost,
        Some(Effect::ProcessEnds { .. }) => Fate::ClientEnds,
        Some(Effect::SlowAnswer { seconds }) => Fate::Late(seconds),
        _ => Fate::Arrives,
    };
    Ok(response)
}

/// The answer, or none at all, to a call that a fault keeps from its service.
fn stopped(inner: &mut Inner, effect: &Effect, decoded: &Decoded, caller: &Caller) -> Option<Response> {
    match effect {
        Effect::ConnectionReset { side: Side::Before } => {
            return Some(Response { fate: Fate::Lost, ..Response::default() });
        }
        Effect::ProcessEnds { side: Side::Before } => {
            return Some(Response { fate: Fate::ClientEnds, ..Response::default() });
        }
        _ => {}
    }
    let error = faults::refusal(&mut inner.world, effect, decoded, caller)?;
    let request_id = inner.world.ids.request_id();
    Some(wire::encode_error(decoded.service, Some(decoded.operation), &error, &request_id))
}

fn carry_out(inner: &mut Inner, decoded: Decoded, caller: &Caller) -> Result<Response, StoreError> {
    let requests = inner.world.ids.requests();
    let (service, operation) = (decoded.service, decoded.operation);
    // The call draws the next request id first of all, before those of the calls that it makes inside.
    let request_id = inner.world.ids.next_request_id();
    let changes = service.operation(operation).is_some_and(|row| row.kind == OperationKind::Change);
    let record = (changes && inner.store.is_some()).then(|| Record::Call {
        at: inner.world.now,
        requests,
        caller: Box::new(caller.clone()),
        region: decoded.region.clone(),
        service,
        operation: operation.to_owned(),
        input: decoded.input.clone(),
    });
    let result = inner.world.call(caller, &decoded.region, service, operation, decoded.input, &Context::new());
    if let Some(record) = record {
        inner.append(&record)?;
    }
    Ok(match result {
        Ok(output) => wire::encode(service, operation, &output, &request_id),
        Err(error) => wire::encode_error(service, Some(operation), &error, &request_id),
    })
}

/// Who asks, by access key, session token and signature.
///
/// A session's end is judged by the client's own clock, which signs the request, and so is the end of
/// the sessions that it makes: real clients live in their own time, which may be months from the world's.
fn authenticate(world: &World, request: &Request, decoded: &Decoded) -> Result<Caller, ServiceError> {
    let clock = signature::instant(request).filter(|clock| is_elsewhere(*clock, world.now));
    let at = clock.unwrap_or(world.now);
    let (caller, secret) = sts::authenticate_at(world, &decoded.access_key_id, decoded.session_token.as_deref(), at)?;
    signature::verify(request, &secret)?;
    Ok(Caller { clock, ..caller })
}

/// Clocks that differ by no more are the same to AWS (IAM User Guide, "Elements of an AWS API request
/// signature": a request is valid for five minutes).
const SKEW: Duration = Duration::from_secs(300);

fn is_elsewhere(clock: Moment, now: Moment) -> bool {
    clock - now > SKEW || now - clock > SKEW
}
