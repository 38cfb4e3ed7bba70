//! One environment: whose it is, its stack, its vault, its key.

use std::collections::BTreeMap;

use super::caller::Identity;
use super::key::Key;
use super::stack::{Stack, StackResource};
use super::vault::Vault;
use super::{AwsError, Look};
use crate::pipeline::environment::EnvironmentName;
use crate::policy::evaluate::Named;

/// One environment, as far as it could be seen.
#[derive(Debug)]
pub struct EnvironmentSeen {
    pub name: EnvironmentName,
    /// Whose credentials these are.
    pub identity: Look<Identity>,
    pub stack: Look<Option<Stack>>,
    /// What the stack made in account A; nothing where there is no stack.
    pub resources: Look<Vec<StackResource>>,
    /// What was changed by hand, by logical id; none where it was not looked for.
    pub drifted: Option<Look<Vec<String>>>,
    pub vault: Look<Option<Vault>>,
    /// The vault's access policy.
    pub vault_policy: Look<Option<Named>>,
    pub vault_key: Look<Option<Key>>,
    pub key_policies: Look<Vec<Named>>,
    /// Whether the key's material is rotated.
    pub rotated: Look<bool>,
}

impl EnvironmentSeen {
    /// The physical id of a resource that the stack made.
    pub fn resource(&self, logical_id: &str) -> Option<&str> {
        let resources = self.resources.as_ref().ok()?;
        let found = resources.iter().find(|one| one.logical_id == logical_id && !one.physical_id.is_empty())?;
        Some(&found.physical_id)
    }

    /// The vault's key, as the vault names it.
    pub fn key_arn(&self) -> Option<&str> {
        Some(self.vault.as_ref().ok()?.as_ref()?.key_arn.as_ref()?.as_str())
    }
}

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// What a condition can ask about an environment's vault and its key.
#[derive(Debug)]
pub struct AttributesSeen {
    pub vault_tags: Look<Tags>,
    pub key_tags: Look<Tags>,
    /// The names of the key's aliases.
    pub key_aliases: Look<Vec<String>>,
}

impl AttributesSeen {
    pub fn not_asked() -> Self {
        Self {
            vault_tags: Err(AwsError::not_asked("backup:ListTags")),
            key_tags: Err(AwsError::not_asked("kms:ListResourceTags")),
            key_aliases: Err(AwsError::not_asked("kms:ListAliases")),
        }
    }
}
