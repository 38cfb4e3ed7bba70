//! What keeps a stack from being updated: its vault or its key would be lost, or is.

use super::super::observe::{Lost, ObservedStack};
use super::super::{KEY, VAULT};
use super::change::Block;
use crate::aws::cloudformation::{ResourceChange, Stack};
use crate::operations::deployment::cli_options;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::VaultLock;
use crate::pipeline::settings::{Environment, Pipeline};

/// The property of a vault that is its lock.
pub(super) const LOCK: &str = "LockConfiguration";
/// The vault's key in the templates.
const VAULT_KEY: &str = "Key";

/// How a key that is scheduled for deletion is kept.
pub(super) fn keep_key(pipeline: &Pipeline, name: EnvironmentName, key: &str) -> String {
    let at = cli_options(pipeline, name);
    format!(
        "keep it, if recovery points or databases need it: `aws kms cancel-key-deletion {at} --key-id {key}`, \
         then `aws kms enable-key {at} --key-id {key}`"
    )
}

/// What a stack that is to be updated must have: its vault, and the vault's key.
pub(super) fn gone(pipeline: &Pipeline, seen: &ObservedStack, stack: &Stack) -> Option<Block> {
    let (environment, name) = (pipeline.environment(seen.environment), seen.environment);
    let Some(standing) = &seen.standing else {
        let (at, stack_name) = (cli_options(pipeline, name), &stack.name);
        let let_go = format!(
            "`aws cloudformation update-termination-protection {at} --stack-name {stack_name} \
             --no-enable-termination-protection`, `aws cloudformation delete-stack {at} --stack-name {stack_name}`; \
             then `backupctl bootstrap`"
        );
        let made = stack.outputs.get("VaultArn").and_then(|arn| arn.rsplit(':').next());
        return Some(match made.filter(|made| *made != environment.vault) {
            Some(made) => Block {
                reason: format!(
                    "it made backup vault `{made}`, backupctl.toml names `{}`, and a vault cannot be renamed",
                    environment.vault
                ),
                remedy: format!(
                    "put `{made}` back into backupctl.toml; or let the stack go, its vault and recovery points stay: \
                     {let_go} makes the new one"
                ),
            },
            None => Block {
                reason: format!(
                    "its backup vault `{}` is gone, and nothing shows that a cleanup deleted it{}",
                    environment.vault,
                    seen.lost.as_ref().map(Lost::in_words).unwrap_or_default()
                ),
                remedy: format!(
                    "find out who deleted it (`aws cloudtrail lookup-events {at} --lookup-attributes \
                     AttributeKey=EventName,AttributeValue=DeleteBackupVault`): a vault is never quietly made anew. Then let \
                     the stack go too: {let_go} makes all of it{}",
                    old_key(environment, stack)
                ),
            },
        });
    };
    let arn = standing.vault.key_arn.as_ref()?;
    match &standing.key {
        Some(key) if key.state != "PendingDeletion" => None,
        Some(key) => Some(Block {
            reason: format!("the key of its backup vault is scheduled for deletion: {}", key.arn),
            remedy: format!("a key is never quietly made anew; {}", keep_key(pipeline, name, key.arn.as_str())),
        }),
        None => Some(Block {
            reason: format!("the key of its backup vault is gone: {arn}"),
            remedy: "what lies under it cannot be read any more; name another `vault` in backupctl.toml for what comes"
                .to_owned(),
        }),
    }
}

/// What becomes of the key of a stack that is let go.
pub(super) fn old_key(environment: &Environment, stack: &Stack) -> String {
    match stack.outputs.get("KeyArn").filter(|_| environment.key_arn.is_none()) {
        Some(key) => format!(
            ", with a new key; the old one ({key}) stays as it is, and costs money until its deletion is scheduled"
        ),
        None => String::new(),
    }
}

/// Updating never replaces, removes or makes anew a vault or a key: what lies in it, or under it, would be lost.
pub(super) fn endangered(
    pipeline: &Pipeline,
    seen: &ObservedStack,
    stack: &Stack,
    change: &ResourceChange,
) -> Option<Block> {
    let environment = pipeline.environment(seen.environment);
    let is_vault = match (change.resource_type.as_str(), change.logical_id.as_str()) {
        (VAULT, _) => true,
        // The key of the topic, which comes and goes with it, is none that a backup lies under.
        (KEY, VAULT_KEY) => false,
        _ => return None,
    };
    let thing = if is_vault { format!("backup vault `{}`", environment.vault) } else { "key".to_owned() };
    let block = |reason: String, remedy: String| Some(Block { reason, remedy });
    let unlocks = is_vault
        && pipeline.lock == VaultLock::None
        && seen.standing.as_ref().is_some_and(|standing| standing.vault.locked)
        && change.properties.iter().any(|one| one.name.starts_with(LOCK));
    if unlocks {
        return block(
            format!("the update would take the lock off the {thing}"),
            "put `lock = \"governance\"` back into backupctl.toml; only `backupctl cleanup --remove-lock` takes a lock off"
                .to_owned(),
        );
    }
    match (change.action.as_str(), change.replacement.as_deref()) {
        ("Add", _) if is_vault && seen.standing.is_none() => gone(pipeline, seen, stack),
        ("Add", _) => {
            // A key that is gone is told before: this one stands, and the configuration does not name it any more.
            let under = stack.outputs.get("KeyArn");
            let lies = under.map_or_else(String::new, |key| format!(", which lies under {key}"));
            let value = under.map_or_else(String::new, |key| format!(" = \"{key}\""));
            block(
                format!(
                    "the update would make a new key for backup vault `{}`{lies}, and a vault cannot change its key",
                    environment.vault
                ),
                format!("put `key_arn{value}` back into backupctl.toml"),
            )
        }
        ("Remove", _) => block(
            format!("the update would take the {thing} out of the stack"),
            "undo the change of backupctl.toml that asks for it (`key_arn`)".to_owned(),
        ),
        (_, Some("True")) => {
            let names: Vec<&str> = change.properties.iter().map(|one| one.name.as_str()).collect();
            block(
                format!("the update would replace the {thing} ({}): what lies there would stay behind", names.join(", ")),
                "undo the change of backupctl.toml that asks for it (`vault`, `key_arn`), or name another `stack` for a \
                 new vault beside the old one"
                    .to_owned(),
            )
        }
        _ => None,
    }
}
