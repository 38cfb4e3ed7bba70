//! Trusted access of AWS services, and delegated administrators.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{self, Page};
use crate::world::{Call, Moment, ServiceError, World};
use aws_policy::names::AccountId;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ServicePrincipal {
    service_principal: String,
}

pub(super) fn list(world: &mut World, call: &Call, page: Page) -> Result<Value, ServiceError> {
    let organization = accounts::read(world, call)?;
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Registration {
    account_id: AccountId,
    service_principal: String,
}

pub(super) fn register(world: &mut World, call: &Call, input: Registration) -> Result<Value, ServiceError> {
    check(&input.service_principal)?;
    let now = world.now;
    let organization = accounts::managed(world, call)?;
    if !organization.members.contains_key(&input.account_id) {
        return Err(accounts::no_account());
    }
    // Organizations API Reference, RegisterDelegatedAdministrator, ConstraintViolationException: both reasons.
    let violated = |reason: &str, message: &str| {
        Err(ServiceError::new("ConstraintViolationException", message).with("Reason", reason))
    };
    if input.account_id == organization.management {
        let message = "You can't register the management account as a delegated administrator.";
        return violated("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message);
    }
    if !organization.trusts(&input.service_principal) {
        let message = "You attempted to register a delegated administrator before you enabled service access.";
        return violated("SERVICE_ACCESS_NOT_ENABLED", message);
    }
    let services = organization.delegated.entry(input.account_id).or_default();
    if services.contains_key(&input.service_principal) {
        let message = "The account is already a delegated administrator for this service.";
        return Err(ServiceError::new("AccountAlreadyRegisteredException", message));
    }
    services.insert(input.service_principal, now);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ForService {
    service_principal: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list_delegated(world: &mut World, call: &Call, input: ForService) -> Result<Value, ServiceError> {
    let organization = accounts::read(world, call)?;
    let wanted = |services: &BTreeMap<String, Moment>| {
        input.service_principal.as_ref().is_none_or(|service| services.contains_key(service))
    };
    let listed = organization.delegated.iter().filter(|(_, services)| wanted(services));
    let shown = listed.filter_map(|(account, services)| {
        let mut shown = organization.show_account(&call.place, account)?;
        shown.as_object_mut()?.remove("Paths");
        shown["DelegationEnabledDate"] = json!(services.values().min());
        Some(shown)
    });
    input.page.of("DelegatedAdministrators", shown.collect())
}
