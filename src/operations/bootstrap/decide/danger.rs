//! What keeps a stack from being updated: its vault or its key would be lost, or is.

use super::super::observe::Standing;
use super::super::{KEY, VAULT};
use super::stacks::Block;
use crate::aws::cloudformation::{ResourceChange, Stack};
use crate::pipeline::settings::Environment;

/// The vault's key in the templates.
const VAULT_KEY: &str = "Key";

/// How a key that is scheduled for deletion is kept.
pub(super) fn keep_key(environment: &Environment, key: &str) -> String {
    let region = &environment.region;
    format!(
        "keep it, if recovery points or databases need it: `aws kms cancel-key-deletion --region {region} --key-id {key}`, \
         then `aws kms enable-key --region {region} --key-id {key}`"
    )
}

/// What a stack that is to be updated must have: its vault, and the vault's key.
pub(super) fn gone(environment: &Environment, stack: &Stack, standing: Option<&Standing>) -> Option<Block> {
    let Some(standing) = standing else {
        let (region, name) = (&environment.region, &stack.name);
        let let_go = format!(
            "`aws cloudformation update-termination-protection --region {region} --stack-name {name} \
             --no-enable-termination-protection`, `aws cloudformation delete-stack --region {region} --stack-name {name}`; \
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
                    "its backup vault `{}` is gone: it was deleted by hand, or by a cleanup that stopped halfway",
                    environment.vault
                ),
                remedy: format!("a vault is never quietly made anew; let the stack go too: {let_go} makes all of it"),
            },
        });
    };
    let arn = standing.vault.key_arn.as_ref()?;
    match &standing.key {
        Some(key) if key.state != "PendingDeletion" => None,
        Some(key) => Some(Block {
            reason: format!("the key of its backup vault is scheduled for deletion: {}", key.arn),
            remedy: format!("a key is never quietly made anew; {}", keep_key(environment, key.arn.as_str())),
        }),
        None => Some(Block {
            reason: format!("the key of its backup vault is gone: {arn}"),
            remedy: "what lies under it cannot be read any more; name another `vault` in backupctl.toml for what comes"
                .to_owned(),
        }),
    }
}

/// Updating never replaces, removes or makes anew a vault or a key: what lies in it, or under it, would be lost.
pub(super) fn endangered(environment: &Environment, stack: &Stack, change: &ResourceChange) -> Option<Block> {
    let is_vault = match (change.resource_type.as_str(), change.logical_id.as_str()) {
        (VAULT, _) => true,
        // The key of the topic, which comes and goes with it, is none that a backup lies under.
        (KEY, VAULT_KEY) => false,
        _ => return None,
    };
    let thing = if is_vault { format!("backup vault `{}`", environment.vault) } else { "key".to_owned() };
    let block = |reason: String, remedy: String| Some(Block { reason, remedy });
    match (change.action.as_str(), change.replacement.as_deref()) {
        ("Add", _) if is_vault => gone(environment, stack, None),
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
