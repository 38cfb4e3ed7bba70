//! Backup vaults: that they are there, under which key, and who else they let in.

use super::calls::situation::Situation;
use super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::finding::{Evidence, Finding, Report, Skipped};
use crate::pipeline::plural::count;
use crate::pipeline::remedy::{FixedStep, Remedy, steps};
use crate::pipeline::route::KeyManager;
use crate::pipeline::seen::stack::StackStatus;
use crate::pipeline::seen::vault::Vault;
use crate::pipeline::seen::{EnvironmentSeen, Observed};
use crate::pipeline::settings::{Allow, Pipeline};

pub(crate) const VAULT_MISSING: Row = Row {
    id: "vault-missing",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The backup vault of this environment does not exist.",
    why: "Backups and copies that name it fail, and AWS answers reads of it with AccessDeniedException.",
    remedy: steps![
        "What was in the vault is lost. If the stack still exists, delete it first; its key is retained, and costs money until its deletion is scheduled." => ["aws cloudformation update-termination-protection --stack-name " {Stack} " --no-enable-termination-protection"], ["aws cloudformation delete-stack --stack-name " {Stack}];
        "Deploy the vault again." => ["backupctl bootstrap"]
    ],
    source: "AWS Backup Developer Guide, troubleshooting",
};

pub(crate) const VAULT_DEFAULT_KEY: Row = Row {
    id: "vault-default-key",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The backup vault is encrypted with the AWS managed key of AWS Backup.",
    why: "Copies of databases into it fail, and its key can neither be changed nor shared with another account.",
    remedy: steps![
        "A vault's key never changes. Delete the stack; its vault and recovery points are retained." => ["aws cloudformation update-termination-protection --stack-name " {Stack} " --no-enable-termination-protection"], ["aws cloudformation delete-stack --stack-name " {Stack}];
        "Then set another `vault` for this environment in backupctl.toml and deploy it." => ["backupctl bootstrap"]
    ],
    source: "AWS Backup Developer Guide, encryption",
};

pub(crate) const VAULT_KEY_MISMATCH: Row = Row {
    id: "vault-key-mismatch",
    area: Area::Vaults,
    severity: Severity::Warning,
    meaning: "The backup vault is encrypted under a key other than the stack's or the configured one.",
    why: "Whoever owns that key decides whether the copies can be restored.",
    remedy: steps![
        "A vault's key never changes. Set `key_arn` to the vault's key, or delete the stack; its vault and recovery points are retained." => ["aws cloudformation update-termination-protection --stack-name " {Stack} " --no-enable-termination-protection"], ["aws cloudformation delete-stack --stack-name " {Stack}];
        "Then set another `vault` for this environment in backupctl.toml and deploy it." => ["backupctl bootstrap"]
    ],
    source: "AWS Backup Developer Guide, encryption",
};

pub(crate) const VAULT_POLICY_OPEN: Row = Row {
    id: "vault-policy-open",
    area: Area::Vaults,
    severity: Severity::Warning,
    meaning: "The access policy of a backup vault allows more principals than the pipeline needs.",
    why: "Others can copy into the vault, or out of it.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(crate) const COPY_TARGET_OPEN: Row = Row {
    id: "copy-target-open",
    area: Area::Vaults,
    severity: Severity::Warning,
    meaning: "Recovery points of the intermediate vault may be copied to vaults other than the destination.",
    why: "Whoever may tag a recovery point or start a copy job can send a backup to an account of their own.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const VAULT_RETENTION_CONFLICT: Row = Row {
    id: "vault-retention-conflict",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The vault lock of a vault does not allow the retention of the copies into it.",
    why: "AWS Backup fails the copy job: the retention is not within the range specified for the vault.",
    remedy: steps!["Correct the days under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, vault-lock",
};

pub(crate) const VAULT_UNPROTECTED: Row = Row {
    id: "vault-unprotected",
    area: Area::Vaults,
    severity: Severity::Info,
    meaning: "Nothing prevents the account's own administrators from deleting the recovery points of the destination vault.",
    why: "Whoever takes over the account can delete the backups.",
    remedy: steps!["`lock` is \"none\", the default. Set `lock = \"governance\"` under [destination] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, vault-lock",
};

const DEPLOY_THE_VAULT: &[FixedStep] = steps!["Deploy the vault again." => ["backupctl bootstrap"]];

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for seen in &observed.environments {
        let name = seen.name;
        let subject = pipeline.vault_arn(name).to_string();
        match &seen.vault {
            Err(error) => report.skip(Check::VaultMissing, name, &subject, skipped(error)),
            Ok(None) => {
                let message = format!("backup vault `{}` does not exist", pipeline.environment(name).vault);
                report.fail(missing(seen, Finding::new(Check::VaultMissing, name, &subject, message)));
            }
            Ok(Some(vault)) => {
                report.pass(Check::VaultMissing, name, &subject);
                key(pipeline, seen, vault, report);
                retention(pipeline, name, vault, report);
                openness(pipeline, observed, seen, report);
                if name == Destination {
                    protection(seen, vault, report);
                }
            }
        }
    }
}

/// What makes a vault anew depends on whether its stack still stands: then it goes first.
pub(crate) fn missing(seen: &EnvironmentSeen, finding: Finding) -> Finding {
    let stands =
        seen.stack.as_ref().is_ok_and(|stack| stack.as_ref().is_some_and(|stack| stack.status != StackStatus::Gone));
    if stands { finding } else { finding.with_remedy(Remedy::from(DEPLOY_THE_VAULT)) }
}

fn key(pipeline: &Pipeline, seen: &EnvironmentSeen, vault: &Vault, report: &mut Report) {
    let (name, subject) = (seen.name, vault.arn.as_str());
    let Ok(Some(key)) = &seen.vault_key else { return };
    if key.manager == KeyManager::AwsManaged {
        let message = format!("the vault's key {} is managed by AWS", key.arn);
        // Backups of databases never lie under the source vault's key.
        let severity = if name == Source { Severity::Warning } else { Severity::Error };
        report.fail(Finding::new(Check::VaultDefaultKey, name, subject, message).with_severity(severity));
        return;
    }
    report.pass(Check::VaultDefaultKey, name, subject);
    let stack = seen.stack.as_ref().ok().and_then(Option::as_ref);
    let configured = pipeline.environment(name).key_arn.as_ref().map(ToString::to_string);
    let wanted = configured.or_else(|| stack.and_then(|stack| stack.outputs.get("KeyArn").cloned()));
    match wanted {
        Some(wanted) if wanted != key.arn.as_str() => {
            let message = format!("the vault's key is {}, not {wanted}", key.arn);
            let severity = if name == Source { Severity::Info } else { Severity::Warning };
            report.fail(Finding::new(Check::VaultKeyMismatch, name, subject, message).with_severity(severity));
        }
        _ => report.pass(Check::VaultKeyMismatch, name, subject),
    }
}

/// A job whose retention a vault lock does not admit fails (AWS Backup Developer Guide, vault-lock).
fn retention(pipeline: &Pipeline, name: EnvironmentName, vault: &Vault, report: &mut Report) {
    let days = i64::from(match name {
        Source => pipeline.plan.delete_after_days,
        Intermediate => pipeline.plan.copy_delete_after_days,
        Destination => pipeline.plan.destination_delete_after_days,
    });
    let (least, most) = (vault.min_retention_days, vault.max_retention_days);
    if least.is_some_and(|least| days < least) || most.is_some_and(|most| days > most) {
        let admits = match (least, most) {
            (Some(least), Some(most)) => format!("{least} to {most}"),
            (Some(least), None) => format!("{least} and more"),
            (None, most) => format!("up to {}", most.unwrap_or_default()),
        };
        let days = count(days.unsigned_abs(), "day", "days");
        let message = format!("recovery points are to be kept {days}, the vault lock admits {admits}");
        report.fail(Finding::new(Check::VaultRetentionConflict, name, vault.arn.as_str(), message));
    } else {
        report.pass(Check::VaultRetentionConflict, name, vault.arn.as_str());
    }
}

/// Asks the vault's policy about strangers: an account outside, and a vault that is not the destination.
fn openness(pipeline: &Pipeline, observed: &Observed, seen: &EnvironmentSeen, report: &mut Report) {
    let name = seen.name;
    let subject = pipeline.vault_arn(name).to_string();
    let wall = name == Intermediate;
    if let Err(error) = &seen.vault_policy {
        report.skip(Check::VaultPolicyOpen, name, &subject, skipped(error));
        if wall {
            report.skip(Check::CopyTargetOpen, name, &subject, skipped(error));
        }
        return;
    }
    let situation = Situation::new(pipeline, observed);
    match situation.stranger_may_copy_into(name) {
        Some(by) => {
            let who = match pipeline.allow {
                Allow::CopyRoles if name == Destination => "a role that is no copy role of account A",
                _ => "a stranger's role",
            };
            let message = format!("{who} may copy into the vault");
            report.fail(finding_by(Check::VaultPolicyOpen, name, &subject, message, by));
        }
        None => report.pass(Check::VaultPolicyOpen, name, &subject),
    }
    if wall {
        if situation.is_copy_target_open() {
            let message = "nothing denies copies out of the vault to another vault than the destination";
            report.fail(Finding::new(Check::CopyTargetOpen, name, &subject, message));
        } else {
            report.pass(Check::CopyTargetOpen, name, &subject);
        }
    }
}

fn finding_by(check: Check, name: EnvironmentName, subject: &str, message: String, by: Evidence) -> Finding {
    let mut finding = Finding::new(check, name, subject, message);
    finding.evidence = Some(by);
    finding
}

fn protection(seen: &EnvironmentSeen, vault: &Vault, report: &mut Report) {
    let denies =
        seen.vault_policy.as_ref().ok().and_then(Option::as_ref).is_some_and(|policy| {
            policy.text.contains("\"Deny\"") && policy.text.contains("backup:DeleteRecoveryPoint")
        });
    if vault.locked || denies {
        report.pass(Check::VaultUnprotected, seen.name, vault.arn.as_str());
    } else if let Err(error) = &seen.vault_policy {
        report.skip(Check::VaultUnprotected, seen.name, vault.arn.as_str(), skipped(error));
    } else {
        let message = "no vault lock, and no policy that denies deleting recovery points";
        report.fail(Finding::new(Check::VaultUnprotected, seen.name, vault.arn.as_str(), message));
    }
}

/// What the checks of a vault say where the vault itself could not be seen.
pub(crate) fn unseen_vault(seen: &EnvironmentSeen) -> Option<Skipped> {
    match &seen.vault {
        Err(error) => Some(skipped(error)),
        Ok(None) => Some(Skipped::DependsOn(Check::VaultMissing)),
        Ok(Some(_)) => None,
    }
}

/// A vault lock that does not admit the days, of which none is for ever, that a copy would be kept: AWS takes the request
/// and fails the job, after hours of the hop before it (AWS Backup Developer Guide, vault-lock).
pub fn outside_lock(name: EnvironmentName, vault: &Vault, days: Option<i64>) -> Option<Finding> {
    let (least, most) = (vault.min_retention_days, vault.max_retention_days);
    // Kept for ever is longer than any number of days.
    let short = days.is_some_and(|days| least.is_some_and(|least| days < least));
    let long = most.is_some_and(|most| days.is_none_or(|days| days > most));
    if !short && !long {
        return None;
    }
    let kept = days.map_or_else(|| "for ever".to_owned(), |days| format!("for {days} days"));
    let range = match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most} days"),
        (Some(least), None) => format!("{least} days or more"),
        (_, most) => format!("{} days or less", most.unwrap_or_default()),
    };
    let message = format!(
        "the copy in the {name} vault would be kept {kept}, and the vault lock of {} admits {range}",
        vault.name
    );
    Some(Finding::new(Check::VaultRetentionConflict, name, vault.arn.as_str(), message))
}
