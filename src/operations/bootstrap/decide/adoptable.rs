//! Whether a vault and a key that stand without their stack may be adopted.

use super::super::observe::Standing;
use super::change::Block;
use super::danger::keep_key;
use crate::operations::deployment::{TAG, cli_options};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::Pipeline;

/// What keeps a vault that stands alone from being adopted.
pub(super) fn adoptable(pipeline: &Pipeline, name: EnvironmentName, standing: &Standing) -> Result<(), Block> {
    let block = |reason: String, remedy: String| Err(Block { reason, remedy });
    let environment = pipeline.environment(name);
    let (identity, at) = (pipeline.identity(), cli_options(pipeline, name));
    let vault = &standing.vault;
    let elsewhere = "name another `vault` in backupctl.toml";
    if standing.vault_tag.as_deref() != Some(identity) {
        return block(
            format!(
                "backup vault `{}` ({}) stands there and does not carry the tag {TAG}={identity}{}",
                vault.name,
                vault.arn,
                whose(standing.vault_tag.as_deref())
            ),
            format!(
                "if it is this pipeline's, adopt it: `aws backup tag-resource {at} --resource-arn {} \
                 --tags {TAG}={identity}`; else {elsewhere}",
                vault.arn
            ),
        );
    }
    if let Some(own) = &environment.key_arn {
        return match &vault.key_arn {
            Some(key) if key == own => Ok(()),
            other => block(
                format!(
                    "backup vault `{}` lies under key {}, not under the configured {own}, and a vault cannot change its \
                     key",
                    vault.name,
                    other.as_ref().map_or("none".to_owned(), ToString::to_string)
                ),
                format!("{elsewhere}, or correct `key_arn`"),
            ),
        };
    }
    let Some(key) = standing.key.as_ref().filter(|key| key.manager == KeyManager::Customer) else {
        return block(
            format!("backup vault `{}` does not lie under a customer managed key that exists", vault.name),
            format!("{elsewhere}: a vault cannot change its key"),
        );
    };
    if key.state == "PendingDeletion" {
        return block(
            format!("the key of backup vault `{}` is scheduled for deletion: {}", vault.name, key.arn),
            keep_key(pipeline, name, key.arn.as_str()),
        );
    }
    if standing.key_tag.as_deref() != Some(identity) {
        return block(
            format!(
                "the key of backup vault `{}` ({}) does not carry the tag {TAG}={identity}{}",
                vault.name,
                key.arn,
                whose(standing.key_tag.as_deref())
            ),
            format!(
                "if it is this pipeline's, adopt it: `aws kms tag-resource {at} --key-id {} --tags \
                 TagKey={TAG},TagValue={identity}`; if it is another owner's, set `key_arn` in backupctl.toml",
                key.arn
            ),
        );
    }
    Ok(())
}

fn whose(tag: Option<&str>) -> String {
    tag.map(|other| format!("; it belongs to the pipeline {TAG}={other}")).unwrap_or_default()
}
