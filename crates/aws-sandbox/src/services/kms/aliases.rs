//! Aliases.

use serde::Deserialize;
use serde_json::{Value, json};

use super::paging::{Page, page};
use super::state::{Alias, Found, alias_arn, find};
use crate::world::{Call, ServiceError, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AliasInput {
    alias_name: String,
    target_key_id: String,
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    let rest = name.strip_prefix("alias/").unwrap_or_default();
    let sound = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    if !sound {
        return Err(ServiceError::new("InvalidAliasNameException", format!("Alias name {name} is not valid")));
    }
    if rest.starts_with("aws/") {
        let text = "Alias names with the prefix alias/aws/ are reserved";
        return Err(ServiceError::new("NotAuthorizedException", text));
    }
    Ok(())
}

/// An alias names a key of its own account and Region.
fn target(world: &World, call: &Call, named: &str) -> Result<Found, ServiceError> {
    if named.contains("alias/") {
        return Err(ServiceError::new("ValidationException", "Aliases must refer to keys. Not aliases"));
    }
    let found = find(world, call, named)?;
    found.key(world)?.must_not_be_pending()?;
    if found.place.account != call.place.account {
        return Err(ServiceError::new("NotFoundException", format!("Invalid keyId {named}")));
    }
    Ok(found)
}

pub(super) fn create(world: &mut World, call: &Call, input: AliasInput) -> Result<Value, ServiceError> {
    check_name(&input.alias_name)?;
    let found = target(world, call, &input.target_key_id)?;
    let now = world.now;
    let aliases = &mut world.services.kms.at(&call.place).aliases;
    if aliases.contains_key(&input.alias_name) {
        let text = format!("An alias with the name {} already exists", alias_arn(&call.place, &input.alias_name));
        return Err(ServiceError::new("AlreadyExistsException", text));
    }
    aliases.insert(input.alias_name, Alias { target: found.id, created: now, updated: now });
    Ok(json!({}))
}

pub(super) fn update(world: &mut World, call: &Call, input: AliasInput) -> Result<Value, ServiceError> {
    check_name(&input.alias_name)?;
    let found = target(world, call, &input.target_key_id)?;
    let now = world.now;
    let alias = world.services.kms.at(&call.place).aliases.get_mut(&input.alias_name);
    let alias = alias.ok_or_else(|| missing(call, &input.alias_name))?;
    alias.target = found.id;
    alias.updated = now;
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteAlias {
    alias_name: String,
}

pub(super) fn delete(world: &mut World, call: &Call, input: DeleteAlias) -> Result<Value, ServiceError> {
    check_name(&input.alias_name)?;
    let removed = world.services.kms.at(&call.place).aliases.remove(&input.alias_name);
    removed.map(|_| json!({})).ok_or_else(|| missing(call, &input.alias_name))
}

fn missing(call: &Call, name: &str) -> ServiceError {
    ServiceError::new("NotFoundException", format!("Alias {} is not found.", alias_arn(&call.place, name)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliases {
    key_id: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListAliases) -> Result<Value, ServiceError> {
    let only = match &input.key_id {
        Some(named) => Some(find(world, call, named)?.id),
        None => None,
    };
    let state = world.services.kms.get(&call.place);
    let aliases = state.into_iter().flat_map(|state| state.aliases.iter());
    let entries = aliases
        .filter(|(_, alias)| only.as_ref().is_none_or(|id| *id == alias.target))
        .map(|(name, alias)| {
            let entry = json!({
                "AliasName": name,
                "AliasArn": alias_arn(&call.place, name),
                "TargetKeyId": alias.target,
                "CreationDate": alias.created,
                "LastUpdatedDate": alias.updated,
            });
            (name.clone(), entry)
        })
        .collect();
    page(entries, &input.page, "Aliases", 50)
}
