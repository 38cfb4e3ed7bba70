//! Grants.

use serde::Deserialize;
use serde_json::{Value, json};

use super::access;
use super::paging::{Page, page};
use super::state::{Grant, Key, Use, find};
use crate::world::{Call, Moment, Place, ServiceError, World};
use aws_policy::evaluate::{Principal, Verdict};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateGrant {
    key_id: String,
    #[serde(alias = "GranteeServicePrincipal")]
    grantee_principal: Option<String>,
    #[serde(alias = "RetiringServicePrincipal")]
    retiring_principal: Option<String>,
    operations: Vec<String>,
    constraints: Option<Value>,
    name: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateGrant) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    found.key(world)?.must_be_usable()?;
    if input.dry_run {
        return Err(ServiceError::new(
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
        ));
    }
    let grantee = input.grantee_principal.ok_or_else(|| {
        ServiceError::new(
            "ValidationException",
            "Exactly one of GranteePrincipal and GranteeServicePrincipal is needed",
        )
    })?;
    // The same grant asked for again by name is the same grant (KMS API Reference, CreateGrant, Name).
    let again = found.key(world)?.grants.values().find(|grant| {
        input.name.is_some()
            && grant.name == input.name
            && grant.grantee == grantee
            && grant.operations == input.operations
            && grant.constraints == input.constraints
    });
    if let Some(grant) = again {
        return Ok(json!({ "GrantId": grant.id, "GrantToken": grant.token }));
    }
    let id = hex::encode(world.ids.draw(&found.place, "grant"));
    let token = hex::encode(world.ids.draw(&found.place, "grant-token"));
    let (now, request_id) = (world.now, call.request_id.clone());
    let for_resource = call.context.get("kms:GrantIsForAWSResource").is_some_and(|values| values == ["true"]);
    let key = found.key_mut(world)?;
    let grant = Grant {
        id: id.clone(),
        token: token.clone(),
        name: input.name,
        created: now,
        grantee,
        retiring: input.retiring_principal,
        issuing_account: format!("arn:aws:iam::{}:root", call.caller.account),
        operations: input.operations,
        constraints: input.constraints,
    };
    key.grants.insert(id.clone(), grant);
    // A service that is given a grant for a resource goes on to use the key under it.
    if for_resource {
        note_use(key, "Decrypt", now, request_id);
    }
    Ok(json!({ "GrantId": id, "GrantToken": token }))
}

fn note_use(key: &mut Key, operation: &str, at: Moment, request_id: String) {
    key.last_use = Some(Use { operation: operation.to_owned(), at, request_id });
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListGrants {
    key_id: String,
    grant_id: Option<String>,
    #[serde(alias = "GranteeServicePrincipal")]
    grantee_principal: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListGrants) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    let key = found.key(world)?;
    let wanted = |grant: &&Grant| {
        input.grant_id.as_ref().is_none_or(|id| *id == grant.id)
            && input.grantee_principal.as_ref().is_none_or(|grantee| *grantee == grant.grantee)
    };
    let entries = key.grants.values().filter(wanted).map(|grant| (grant.id.clone(), entry(key, grant))).collect();
    page(entries, &input.page, "Grants", 50)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRetirable {
    #[serde(alias = "RetiringServicePrincipal")]
    retiring_principal: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list_retirable(world: &mut World, call: &Call, input: ListRetirable) -> Result<Value, ServiceError> {
    let retiring = input.retiring_principal.unwrap_or_default();
    let state = world.services.kms.get(&call.place);
    let keys = state.into_iter().flat_map(|state| state.keys.values());
    let entries = keys
        .flat_map(|key| key.grants.values().map(move |grant| (key, grant)))
        .filter(|(_, grant)| grant.retiring.as_deref() == Some(&retiring))
        .map(|(key, grant)| (grant.id.clone(), entry(key, grant)))
        .collect();
    page(entries, &input.page, "Grants", 50)
}

fn entry(key: &Key, grant: &Grant) -> Value {
    let mut entry = json!({
        "KeyId": key.arn,
        "GrantId": grant.id,
        "Name": grant.name.as_deref().unwrap_or_default(),
        "CreationDate": grant.created,
        "GranteePrincipal": grant.grantee,
        "IssuingAccount": grant.issuing_account,
        "Operations": grant.operations,
    });
    if let Some(retiring) = &grant.retiring {
        entry["RetiringPrincipal"] = json!(retiring);
    }
    if let Some(constraints) = &grant.constraints {
        entry["Constraints"] = constraints.clone();
    }
    entry
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeGrant {
    key_id: String,
    grant_id: String,
}

pub(super) fn revoke(world: &mut World, call: &Call, input: RevokeGrant) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    let removed = found.key_mut(world)?.grants.remove(&input.grant_id);
    removed.map(|_| json!({})).ok_or_else(|| missing(&input.grant_id))
}

fn missing(id: &str) -> ServiceError {
    ServiceError::new("NotFoundException", format!("Grant id {id} is not found"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RetireGrant {
    grant_token: Option<String>,
    key_id: Option<String>,
    grant_id: Option<String>,
}

/// Retiring is granted by the grant itself: to its retiring principal, to its grantee for the operation
/// `RetireGrant`, to the account that holds it, and to whom that account delegates it by a policy
/// (KMS Developer Guide, "Retiring and revoking grants").
pub(super) fn retire(world: &mut World, call: &Call, input: RetireGrant) -> Result<Value, ServiceError> {
    let wanted = |grant: &Grant| {
        input.grant_token.as_ref().is_some_and(|token| *token == grant.token)
            || input.grant_id.as_ref().is_some_and(|id| *id == grant.id)
    };
    let place = match &input.key_id {
        Some(named) => find(world, call, named)?.place,
        None => call.place.clone(),
    };
    let keys = world.services.kms.get(&place).into_iter().flat_map(|state| state.keys.values());
    let mut held = keys.flat_map(|key| key.grants.values().map(move |grant| (key, grant)));
    let Some((key, grant)) = held.find(|(_, grant)| wanted(grant)) else {
        return Err(missing(input.grant_id.as_deref().or(input.grant_token.as_deref()).unwrap_or_default()));
    };
    let (key, key_arn, grant) = (key.id.clone(), key.arn.clone(), grant.clone());
    if !may_retire(world, call, &place, &key_arn, &grant)? {
        let text = format!("User: {} is not authorized to retire the grant {}", call.caller.shown(), grant.id);
        return Err(ServiceError::new("AccessDeniedException", text));
    }
    if let Some(key) = world.services.kms.at(&place).keys.get_mut(&key) {
        key.grants.remove(&grant.id);
    }
    Ok(json!({}))
}

fn may_retire(world: &World, call: &Call, place: &Place, key_arn: &str, grant: &Grant) -> Result<bool, ServiceError> {
    let caller = match &call.caller.principal {
        Principal::Service(name) => name.clone(),
        Principal::Session { role, .. } => role.to_string(),
        _ => call.caller.shown(),
    };
    let grantee = grant.grantee == caller && grant.operations.iter().any(|operation| operation == "RetireGrant");
    let owner = matches!(&call.caller.principal, Principal::Root(account) if *account == place.account);
    if owner || grantee || grant.retiring.as_ref() == Some(&caller) {
        return Ok(true);
    }
    let delegated = call.caller.account == place.account
        && matches!(
            world.verdict(call, &access::access(world, "kms:RetireGrant", key_arn, call)?),
            Verdict::Allowed(_)
        );
    Ok(delegated)
}
