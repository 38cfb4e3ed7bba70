//! Why a handler failed, in the words that an event shows.

use sha2::{Digest, Sha256};

use super::resources::{Failure, handler_code};
use crate::world::{Place, ServiceError, World};

/// Whether the refusal goes away by itself once IAM has spread a new role.
pub fn waits_for_iam(failure: &Failure) -> bool {
    let Failure::Service(_, error) = failure else { return false };
    ["cannot be assumed", "invalid principal", "Invalid principal"].iter().any(|part| error.message.contains(part))
}

/// The reason of a failed event, as resource handlers give it.
pub fn handler_reason(world: &mut World, place: &Place, failure: Failure) -> String {
    let (service, error) = match failure {
        Failure::Plain(text) => return text,
        Failure::Service(service, error) => (service, error),
    };
    let token = world.ids.uuid(place, "request-token");
    let digest = hex::encode(Sha256::digest(format!("{token}/request")));
    let request =
        format!("{}-{}-{}-{}-{}", &digest[..8], &digest[8..12], &digest[12..16], &digest[16..20], &digest[20..32]);
    format!(
        "Resource handler returned message: \"{} (Service: {}, Status Code: {}, Request ID: {request})\" \
         (RequestToken: {token}, HandlerErrorCode: {})",
        error.message,
        service.row().handler_title,
        status_code(&error),
        handler_code(&error)
    )
}

fn status_code(error: &ServiceError) -> u16 {
    match handler_code(error) {
        "AccessDenied" if error.code == "AccessDenied" => 403,
        "AlreadyExists" if error.code == "EntityAlreadyExists" || error.code == "ResourceConflictException" => 409,
        "NotFound" if error.code == "NoSuchEntity" => 404,
        "ServiceInternalError" => 500,
        _ => 400,
    }
}
