//! Vault locks: what becomes of one, and what would take it off. Pure.

use super::change::Intent;
use super::seen::EnvironmentSeen;
use super::{LockConsent, Options, Part};
use crate::pipeline::arn::VaultArn;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::instant::shown;

/// What is meant for the lock of an environment's vault. Only a whole cleanup takes one off, and never one whose grace
/// time is over: nobody can, AWS included (AWS Backup Developer Guide, "AWS Backup Vault Lock").
pub(super) fn lock(options: &Options, seen: &EnvironmentSeen) -> Intent {
    let Some(vault) = seen.vault.as_ref().filter(|vault| vault.locked) else { return Intent::None };
    if !options.includes(Part::RecoveryPoints) || !options.environments.contains(&seen.name) {
        return Intent::Keep;
    }
    let immutable = vault.lock_date.is_some_and(|date| date <= seen.now);
    let wanted = options.locks == LockConsent::Remove && options.is_whole(seen.name);
    if wanted && !immutable { Intent::Delete } else { Intent::Blocked }
}

/// What would free recovery points that a lock keeps.
pub(super) fn remedy(seen: &EnvironmentSeen, vault: &VaultArn) -> String {
    let date = seen.vault.as_ref().and_then(|vault| vault.lock_date);
    match date {
        Some(date) if date <= seen.now => format!(
            "the lock on vault {} is in compliance mode since {}: nobody can take it off, and AWS Backup deletes each \
             recovery point when its retention is over",
            vault.name(),
            shown(date)
        ),
        _ => format!(
            "the lock on vault {} refuses every deletion before a recovery point's retention is over; only a whole \
             cleanup takes it off: `backupctl cleanup --remove-lock{}`",
            vault.name(),
            narrowed(seen.name)
        ),
    }
}

/// The option that narrows a command to an environment.
fn narrowed(name: EnvironmentName) -> String {
    format!(" --environment {name}")
}
