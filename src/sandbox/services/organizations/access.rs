//! Trusted access of AWS services, and delegated administrators.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{self, Page};
use crate::sandbox::world::{Call, ServiceError, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ServicePrincipal {
    service_principal: String,
}

pub(super) fn list(world: &mut World, call: &Call, page: Page) -> Result<Value, ServiceError> {
    let organization = accounts::managed(world, call)?;
    let services = organization.service_access.iter();
    let shown = services.map(|(service, since)| json!({ "ServicePrincipal": service, "DateEnabled": since })).collect();
    page.of("EnabledServicePrincipals", shown)
}

fn check(service: &str) -> Result<(), ServiceError> {
    if service.ends_with(".amazonaws.com") {
        return Ok(());
    }
    let message = "You specified an unrecognized service principal.";
    Err(ServiceError::new("InvalidInputException", message).with("Reason", "UNRECOGNIZED_SERVICE_PRINCIPAL"))
}

pub(super) fn enable(world: &mut World, call: &Call, input: ServicePrincipal) -> Result<Value, ServiceError> {
    check(&input.service_principal)?;
    let now = world.now;
    accounts::managed(world, call)?.service_access.entry(input.service_principal).or_insert(now);
    Ok(json!({}))
}

pub(super) fn disable(world: &mut World, call: &Call, input: ServicePrincipal) -> Result<Value, ServiceError> {
    check(&input.service_principal)?;
    accounts::managed(world, call)?.service_access.remove(&input.service_principal);
    Ok(json!({}))
}

/// Nobody is one here, because nothing can register one.
pub(super) fn list_delegated(world: &mut World, call: &Call, page: Page) -> Result<Value, ServiceError> {
    accounts::managed(world, call)?;
    page.of("DelegatedAdministrators", Vec::new())
}
