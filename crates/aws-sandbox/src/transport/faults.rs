//! What a client meets when a fault strikes its call.

use serde_json::Value;

use crate::handle::Inner;
use crate::services::{Service, iam};
use crate::store::{Record, StoreError};
use crate::wire::Decoded;
use crate::world::faults::{Effect, Struck, Target};
use crate::world::{Access, Call, Caller, Place, ServiceError, World};
use aws_policy::context::Context;

/// The fault that strikes this call, if one does; what it counted is in the log.
///
/// # Errors
/// The log could not be written.
pub(super) fn strike(inner: &mut Inner, decoded: &Decoded, caller: &Caller) -> Result<Option<Effect>, StoreError> {
    if inner.world.faults.iter().next().is_none() {
        return Ok(None);
    }
    let before = inner.world.faults.clone();
    let place = Place::new(caller.account(), decoded.region.clone());
    let operation = format!("{}:{}", decoded.service, decoded.operation);
    let what = Struck { target: Target::Call, operation: &operation, place: &place, about: &decoded.input };
    let effect = inner.world.struck(what);
    if inner.world.faults != before {
        inner.append(&Record::Faults(Box::new(inner.world.faults.clone())))?;
    }
    Ok(effect)
}

/// The error that a service answers with in place of doing anything; none for a fault that does not
/// make it refuse.
pub(super) fn refusal(world: &mut World, effect: &Effect, decoded: &Decoded, caller: &Caller) -> Option<ServiceError> {
    let service = decoded.service;
    match effect {
        Effect::Throttle => Some(throttled(service)),
        Effect::ServerError => Some(broken(service)),
        Effect::ExpiredCredentials => {
            Some(ServiceError::new("ExpiredToken", "The security token included in the request is expired"))
        }
        Effect::AccessDenied => Some(denied(world, decoded, caller)),
        _ => None,
    }
}

fn throttled(service: Service) -> ServiceError {
    let (code, message) = service.row().throttled;
    ServiceError::new(code, message)
}

fn broken(service: Service) -> ServiceError {
    let message = "The request processing has failed because of an unknown error, exception or failure.";
    ServiceError::new(service.row().broken, message)
}

/// The refusal that the caller would read if no policy of its own allowed the call.
fn denied(world: &mut World, decoded: &Decoded, caller: &Caller) -> ServiceError {
    let place = Place::new(caller.account(), decoded.service.home(&decoded.region));
    let call = Call {
        caller: caller.clone(),
        place,
        service: decoded.service,
        operation: decoded.operation,
        request_id: world.ids.next_request_id(),
        context: Context::new(),
    };
    let access = first_need(world, &call, &decoded.input)
        .unwrap_or_else(|| Access::on_any(&format!("{}:{}", decoded.service, decoded.operation), &call.place.account));
    iam::deny(world, &call, &access)
}

fn first_need(world: &World, call: &Call, input: &Value) -> Option<Access> {
    let row = call.service.operation(call.operation)?;
    (row.needs)(world, call, input).ok()?.into_iter().next()
}
