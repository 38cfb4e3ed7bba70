//! A vault's access policy and its lock.

use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::{invalid_parameter, invalid_request, missing_parameter, not_found};
use super::vaults::{Lock, NameInput, VaultPolicy, vault, vault_mut};
use crate::services::iam::{documents, principals};
use crate::world::{Call, ServiceError, World};

/// The least grace time of a compliance lock, in days (API_PutBackupVaultLockConfiguration).
const LEAST_CHANGEABLE_DAYS: i64 = 3;
/// The longest retention of a lock, in days.
const LONGEST_DAYS: i64 = 36_500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutPolicyInput {
    backup_vault_name: String,
    policy: Option<String>,
}

pub(super) fn put_policy(world: &mut World, call: &Call, input: PutPolicyInput) -> Result<Value, ServiceError> {
    vault(world, &call.place, &input.backup_vault_name)?;
    let policy = input.policy.ok_or_else(|| missing_parameter("Policy must be specified"))?;
    let document = check_policy(world, &policy)?;
    let policy = VaultPolicy { pins: principals::pin(world, &document), text: policy };
    vault_mut(world, &call.place, &input.backup_vault_name)?.policy = Some(policy);
    Ok(Value::Null)
}

/// Vault policies take no wildcard in `Action` (AWS Backup Developer Guide, "Vault access policies"),
/// and every statement says whom it is about: nobody who does not exist.
fn check_policy(world: &World, policy: &str) -> Result<Value, ServiceError> {
    let wrong = |why: &str| invalid_parameter(format!("The specified policy is invalid: {why}"));
    let document = documents::json(policy).map_err(|_| wrong("it is not valid JSON"))?;
    let statements = match &document["Statement"] {
        Value::Array(statements) => statements.clone(),
        statement @ Value::Object(_) => vec![statement.clone()],
        _ => return Err(wrong("it has no Statement")),
    };
    for statement in &statements {
        if !matches!(statement["Effect"].as_str(), Some("Allow" | "Deny")) {
            return Err(wrong("Effect must be Allow or Deny"));
        }
        if statement.get("Principal").is_none() && statement.get("NotPrincipal").is_none() {
            return Err(wrong("a statement has no Principal"));
        }
        let Some(actions) = statement.get("Action").or_else(|| statement.get("NotAction")) else {
            return Err(wrong("a statement has no Action"));
        };
        for action in texts(actions) {
            if action.contains('*') || action.contains('?') {
                return Err(wrong("wildcards are not supported in Action"));
            }
            if !action.to_ascii_lowercase().starts_with("backup:") {
                return Err(wrong(&format!("action {action} is not an action of AWS Backup")));
            }
        }
    }
    if documents::check(&document).is_err() {
        return Err(wrong("a statement breaks the policy language"));
    }
    match principals::invalid(world, &document) {
        Some(principal) => Err(wrong(&format!("invalid principal {}", principal.value))),
        None => Ok(document),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn get_policy(world: &mut World, call: &Call, input: NameInput) -> Result<Value, ServiceError> {
    let vault = vault(world, &call.place, &input.backup_vault_name)?;
    let policy = vault.policy_text(world).ok_or_else(|| {
        not_found(format!("Backup Vault {} does not have any access policy associated with it", vault.name))
    })?;
    Ok(json!({ "BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "Policy": policy }))
}

pub(super) fn delete_policy(world: &mut World, call: &Call, input: NameInput) -> Result<Value, ServiceError> {
    vault_mut(world, &call.place, &input.backup_vault_name)?.policy = None;
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutLockInput {
    backup_vault_name: String,
    min_retention_days: Option<i64>,
    max_retention_days: Option<i64>,
    changeable_for_days: Option<i64>,
}

pub(super) fn put_lock(world: &mut World, call: &Call, input: PutLockInput) -> Result<Value, ServiceError> {
    let now = world.now;
    let vault = vault_mut(world, &call.place, &input.backup_vault_name)?;
    refuse_immutable(vault.lock.as_ref(), now)?;
    let ordinary = 1..=LONGEST_DAYS;
    for (member, days) in
        [("MinRetentionDays", input.min_retention_days), ("MaxRetentionDays", input.max_retention_days)]
    {
        if days.is_some_and(|days| !ordinary.contains(&days)) {
            return Err(invalid_parameter(format!("{member} must be between 1 and {LONGEST_DAYS}")));
        }
    }
    if let (Some(least), Some(most)) = (input.min_retention_days, input.max_retention_days)
        && least > most
    {
        return Err(invalid_parameter("MinRetentionDays must not be greater than MaxRetentionDays"));
    }
    if input.changeable_for_days.is_some_and(|days| !(LEAST_CHANGEABLE_DAYS..=LONGEST_DAYS).contains(&days)) {
        return Err(invalid_parameter("ChangeableForDays must be between 3 and 36500"));
    }
    vault.lock = Some(Lock {
        min_days: input.min_retention_days,
        max_days: input.max_retention_days,
        date: input.changeable_for_days.map(|days| now.plus_seconds(days * 86_400)),
    });
    Ok(Value::Null)
}

pub(super) fn delete_lock(world: &mut World, call: &Call, input: NameInput) -> Result<Value, ServiceError> {
    let now = world.now;
    let vault = vault_mut(world, &call.place, &input.backup_vault_name)?;
    refuse_immutable(vault.lock.as_ref(), now)?;
    vault.lock = None;
    Ok(Value::Null)
}

fn refuse_immutable(lock: Option<&Lock>, now: crate::world::Moment) -> Result<(), ServiceError> {
    match lock.and_then(|lock| lock.date) {
        Some(date) if date <= now => {
            Err(invalid_request("Vault Lock configuration is immutable: its grace time has passed"))
        }
        _ => Ok(()),
    }
}
