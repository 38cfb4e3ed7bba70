//! Keys: made, shown, switched, deleted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Due;
use super::paging::{Page, page};
use super::policies;
use super::state::{Key, KeyState, Manager, find};
use crate::world::{Call, Place, ServiceError, World};
use aws_policy::names::Arn;

/// A tag on the wire.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    tag_key: String,
    tag_value: String,
}

/// Input of the operations that take a key and nothing else.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnKey {
    key_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateKey {
    policy: Option<String>,
    #[serde(default)]
    description: String,
    key_usage: Option<String>,
    #[serde(alias = "CustomerMasterKeySpec")]
    key_spec: Option<String>,
    origin: Option<String>,
    #[serde(default)]
    multi_region: bool,
    #[serde(default)]
    bypass_policy_lockout_safety_check: bool,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateKey) -> Result<Value, ServiceError> {
    let other =
        [(input.key_usage, "ENCRYPT_DECRYPT"), (input.key_spec, "SYMMETRIC_DEFAULT"), (input.origin, "AWS_KMS")];
    if let Some((value, _)) = other.iter().find(|(value, only)| value.as_deref().is_some_and(|value| value != *only)) {
        let text = format!(
            "the sandbox has symmetric encryption keys of AWS_KMS only, not {}",
            value.as_deref().unwrap_or_default()
        );
        return Err(ServiceError::new("UnsupportedOperationException", text));
    }
    let policy = input.policy.unwrap_or_else(|| policies::delegation(&call.place));
    let pins = policies::accept(world, call, &policy, input.bypass_policy_lockout_safety_check)?;
    let mut key = blank(world, &call.place, Manager::Customer, policy);
    key.pins = pins;
    key.description = input.description;
    key.multi_region = input.multi_region;
    key.tags = input.tags.into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect();
    let metadata = key.metadata(&call.place);
    world.services.kms.at(&call.place).keys.insert(key.id.clone(), key);
    Ok(json!({ "KeyMetadata": metadata }))
}

/// A new key with nothing but its names.
pub(super) fn blank(world: &mut World, place: &Place, manager: Manager, policy: String) -> Key {
    let id = world.ids.uuid(place, "key");
    let resource = format!("key/{id}");
    let arn = Arn::new(place.region.partition(), "kms", place.region.as_str(), place.account.as_str(), resource);
    Key {
        id,
        arn: arn.to_string(),
        description: String::new(),
        created: world.now,
        manager,
        state: KeyState::Enabled,
        policy,
        pins: BTreeMap::new(),
        ram_policy: None,
        tags: BTreeMap::new(),
        grants: BTreeMap::new(),
        rotation_days: (manager == Manager::Aws).then_some(365),
        last_use: None,
        deletion: None,
        multi_region: false,
    }
}

pub(super) fn describe(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    Ok(json!({ "KeyMetadata": found.key(world)?.metadata(&found.place) }))
}

pub(super) fn list(world: &mut World, call: &Call, input: Page) -> Result<Value, ServiceError> {
    let state = world.services.kms.get(&call.place);
    let keys = state.into_iter().flat_map(|state| state.keys.values());
    let entries = keys.map(|key| (key.id.clone(), json!({ "KeyId": key.id, "KeyArn": key.arn }))).collect();
    page(entries, &input, "Keys", 100)
}

/// Changes a customer managed key.
fn change(
    world: &mut World,
    call: &Call,
    named: &str,
    change: impl FnOnce(&mut Key) -> Result<(), ServiceError>,
) -> Result<Value, ServiceError> {
    let found = find(world, call, named)?;
    let key = found.key_mut(world)?;
    if key.is_aws_managed() {
        let text = format!("arn {} is an AWS managed key, which cannot be changed", key.arn);
        return Err(ServiceError::new("AccessDeniedException", text));
    }
    change(key)?;
    Ok(json!({}))
}

pub(super) fn enable(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.state = KeyState::Enabled;
        Ok(())
    })
}

pub(super) fn disable(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.state = KeyState::Disabled;
        Ok(())
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleDeletion {
    key_id: String,
    pending_window_in_days: Option<i64>,
}

pub(super) fn schedule_deletion(
    world: &mut World,
    call: &Call,
    input: ScheduleDeletion,
) -> Result<Value, ServiceError> {
    let days = input.pending_window_in_days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        let text = format!("{days} is out of range: the waiting period is 7 to 30 days");
        return Err(ServiceError::new("ValidationException", text));
    }
    let at = world.now.plus_seconds(days * 86_400);
    let found = find(world, call, &input.key_id)?;
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.state = KeyState::PendingDeletion;
        key.deletion = Some(at);
        Ok(())
    })?;
    world.schedule(at, &found.place, Due::Delete { key: found.id.clone() });
    let arn = found.key(world)?.arn.clone();
    Ok(json!({ "KeyId": arn, "DeletionDate": at, "KeyState": "PendingDeletion", "PendingWindowInDays": days }))
}

pub(super) fn cancel_deletion(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    change(world, call, &input.key_id, |key| {
        if key.state != KeyState::PendingDeletion {
            return Err(ServiceError::new("KMSInvalidStateException", format!("{} is not pending deletion.", key.arn)));
        }
        // The key comes back disabled (KMS API Reference, CancelKeyDeletion).
        key.state = KeyState::Disabled;
        key.deletion = None;
        Ok(())
    })?;
    Ok(json!({ "KeyId": found.key(world)?.arn }))
}

/// Deletes a key whose time has come, unless its deletion was cancelled or put off meanwhile.
pub(super) fn delete_when_due(world: &mut World, place: &Place, id: &str) {
    let now = world.now;
    let state = world.services.kms.at(place);
    if state.keys.get(id).is_some_and(|key| key.deletion.is_some_and(|at| at <= now)) {
        state.keys.remove(id);
        state.aliases.retain(|_, alias| alias.target != id);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnableRotation {
    key_id: String,
    rotation_period_in_days: Option<i64>,
}

pub(super) fn enable_rotation(world: &mut World, call: &Call, input: EnableRotation) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_be_usable()?;
        key.rotation_days = Some(input.rotation_period_in_days.or(key.rotation_days).unwrap_or(365));
        Ok(())
    })
}

pub(super) fn disable_rotation(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_be_usable()?;
        key.rotation_days = None;
        Ok(())
    })
}

pub(super) fn rotation_status(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    let key = found.key(world)?;
    let mut answer = json!({ "KeyId": key.arn, "KeyRotationEnabled": key.rotation_days.is_some() });
    if let Some(days) = key.rotation_days {
        let mut next = key.created.plus_seconds(days * 86_400);
        while next <= world.now {
            next = next.plus_seconds(days * 86_400);
        }
        answer["RotationPeriodInDays"] = json!(days);
        answer["NextRotationDate"] = json!(next);
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateDescription {
    key_id: String,
    description: String,
}

pub(super) fn update_description(
    world: &mut World,
    call: &Call,
    input: UpdateDescription,
) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.description = input.description;
        Ok(())
    })
}

pub(super) fn last_usage(world: &mut World, call: &Call, input: OnKey) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    let key = found.key(world)?;
    let mut answer = json!({ "KeyId": key.arn, "KeyCreationDate": key.created, "TrackingStartDate": key.created });
    if let Some(last) = &key.last_use {
        answer["KeyLastUsage"] =
            json!({ "Operation": last.operation, "Timestamp": last.at, "KmsRequestId": last.request_id });
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagInput {
    key_id: String,
    tags: Vec<Tag>,
}

pub(super) fn tag(world: &mut World, call: &Call, input: TagInput) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.tags.extend(input.tags.into_iter().map(|tag| (tag.tag_key, tag.tag_value)));
        Ok(())
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UntagInput {
    key_id: String,
    tag_keys: Vec<String>,
}

pub(super) fn untag(world: &mut World, call: &Call, input: UntagInput) -> Result<Value, ServiceError> {
    change(world, call, &input.key_id, |key| {
        key.must_not_be_pending()?;
        key.tags.retain(|name, _| !input.tag_keys.contains(name));
        Ok(())
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListTags {
    key_id: String,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list_tags(world: &mut World, call: &Call, input: ListTags) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    let tags = found.key(world)?.tags.iter();
    let entries = tags.map(|(name, value)| (name.clone(), json!({ "TagKey": name, "TagValue": value }))).collect();
    page(entries, &input.page, "Tags", 50)
}
