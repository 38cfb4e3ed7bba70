//! The vaults' keys and those of the databases.

use super::calls::situation::Situation;
use super::skipped;
use super::vaults::unseen_vault;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Source};
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::instant::shown;
use crate::pipeline::plural::{count, list};
use crate::pipeline::remedy::{FixedStep, Remedy, steps};
use crate::pipeline::route::KeyManager;
use crate::pipeline::seen::key::Key;
use crate::pipeline::seen::{EnvironmentSeen, Observed};
use crate::pipeline::settings::Pipeline;

pub(crate) const KEY_MISSING: Row = Row {
    id: "key-missing",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The KMS key of this environment's vault, or of a database, does not exist.",
    why: "No copy can be encrypted under it, and what was encrypted under it is lost.",
    remedy: steps![
        "Delete the stack; its vault and recovery points are retained." => ["aws cloudformation update-termination-protection --stack-name " {Stack} " --no-enable-termination-protection"], ["aws cloudformation delete-stack --stack-name " {Stack}];
        "Then set another `vault` for this environment in backupctl.toml and deploy it." => ["backupctl bootstrap"]
    ],
    source: "AWS KMS API Reference, DescribeKey",
};

pub(crate) const KEY_DISABLED: Row = Row {
    id: "key-disabled",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The KMS key of this environment's vault, or of a database, is not enabled.",
    why: "Copies into and out of the vault fail, and its recovery points cannot be restored; a database under the key is not backed up.",
    remedy: steps!["Enable the key." => ["aws kms enable-key --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, key states",
};

pub(crate) const KEY_PENDING_DELETION: Row = Row {
    id: "key-pending-deletion",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The KMS key of this environment's vault, or of a database, is scheduled for deletion.",
    why: "When the key is deleted, every recovery point under it is lost for good.",
    remedy: steps!["Cancel the deletion, then enable the key." => ["aws kms cancel-key-deletion --key-id " {Subject}], ["aws kms enable-key --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, deleting keys",
};

pub(crate) const KEY_POLICY_OPEN: Row = Row {
    id: "key-policy-open",
    area: Area::Keys,
    severity: Severity::Warning,
    meaning: "The policy of a KMS key allows more principals than the pipeline needs.",
    why: "Others can read what is encrypted under the key.",
    remedy: steps!["Restore the key policy; for a key of your own, restrict its key policy." => ["backupctl bootstrap"]],
    source: "AWS KMS Developer Guide, key policies",
};

pub(crate) const KEY_ROTATION_DISABLED: Row = Row {
    id: "key-rotation-disabled",
    area: Area::Keys,
    severity: Severity::Warning,
    meaning: "Automatic rotation is off for a KMS key.",
    why: "Every copy ever made stays under the same key material.",
    remedy: steps!["Turn rotation on." => ["aws kms enable-key-rotation --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, rotating keys",
};

const RESTORE_UNDER_ANOTHER_KEY: &[FixedStep] = steps![
    "A deleted key never comes back: restore the database from its newest copy, under another key. This shows the copies."
        => ["backupctl verify"]
];

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for seen in &observed.environments {
        let (name, subject) = (seen.name, pipeline.vault_arn(seen.name).to_string());
        if let Some(why) = unseen_vault(seen) {
            report.skip(Check::KeyMissing, name, &subject, why);
            continue;
        }
        match &seen.vault_key {
            Err(error) => report.skip(Check::KeyMissing, name, &subject, skipped(error)),
            Ok(None) => {
                let key = seen.key_arn().unwrap_or("no key");
                let message = format!("the vault's key is {key}, which does not exist");
                let finding = Finding::new(Check::KeyMissing, name, &subject, message);
                report.fail(finding.with_severity(severity_of(observed, seen)));
            }
            Ok(Some(key)) => {
                report.pass(Check::KeyMissing, name, key.arn.as_str());
                state(observed, seen, key, report);
                if key.manager != KeyManager::AwsManaged {
                    rotation(seen, key, report);
                    openness(pipeline, observed, seen, key, report);
                }
            }
        }
    }
    of_databases(observed, report);
}

/// Backups of databases lie under the source vault's key only where it is also a database's own: without it they arrive
/// all the same.
fn severity_of(observed: &Observed, seen: &EnvironmentSeen) -> Severity {
    let is_databases = seen.key_arn().is_some_and(|arn| observed.database_keys.contains_key(arn));
    if seen.name == EnvironmentName::Source && !is_databases { Severity::Warning } else { Severity::Error }
}

/// Under a key that cannot be used RDS takes no snapshot and copies none. What is a vault's key as well is judged there.
fn of_databases(observed: &Observed, report: &mut Report) {
    let vaults = observed.environment(Source).key_arn();
    for (arn, seen) in observed.database_keys.iter().filter(|(arn, _)| vaults != Some(arn.as_str())) {
        let encrypted = encrypted(observed, arn);
        match &seen.key {
            Err(error) => report.skip(Check::KeyMissing, Source, arn, skipped(error)),
            Ok(None) => {
                let message = format!("{encrypted} {arn}, which does not exist");
                report.fail(missing_of_database(arn, message));
            }
            Ok(Some(key)) => {
                report.pass(Check::KeyMissing, Source, arn);
                match unusable_by(key) {
                    None => {
                        report.pass(Check::KeyDisabled, Source, arn);
                        report.pass(Check::KeyPendingDeletion, Source, arn);
                    }
                    Some(check) => {
                        let message = format!("{encrypted} a key that cannot be used: {}", pending(key));
                        report.fail(Finding::new(check, Source, arn, message));
                    }
                }
            }
        }
    }
}

/// A database's own key that is gone: no stack of the pipeline brings it back.
pub(crate) fn missing_of_database(arn: &str, message: String) -> Finding {
    Finding::new(Check::KeyMissing, Source, arn, message).with_remedy(Remedy::from(RESTORE_UNDER_ANOTHER_KEY))
}

/// `db:billing and db:orders are encrypted under`.
fn encrypted(observed: &Observed, key: &str) -> String {
    let all = observed.databases.iter().flatten().filter(|one| one.key_arn.as_deref() == Some(key));
    let names: Vec<String> = all.map(|one| format!("db:{}", one.arn.rsplit(':').next().unwrap_or_default())).collect();
    format!("{} {} encrypted under", list(&names), if names.len() == 1 { "is" } else { "are" })
}

/// The check that finds in what state a key cannot be used; none where it can.
pub(crate) fn unusable_by(key: &Key) -> Option<Check> {
    match key.state.as_str() {
        "Enabled" => None,
        "PendingDeletion" | "PendingReplicaDeletion" => Some(Check::KeyPendingDeletion),
        _ => Some(Check::KeyDisabled),
    }
}

fn state(observed: &Observed, seen: &EnvironmentSeen, key: &Key, report: &mut Report) {
    let (name, arn) = (seen.name, key.arn.as_str());
    let Some(check) = unusable_by(key) else {
        report.pass(Check::KeyDisabled, name, arn);
        return report.pass(Check::KeyPendingDeletion, name, arn);
    };
    let mut message = pending(key);
    // Nothing of a database lies under the source vault's key.
    let points = seen.vault.as_ref().ok().and_then(Option::as_ref).map_or(0, |vault| vault.recovery_points);
    if check == Check::KeyPendingDeletion && name != EnvironmentName::Source && points > 0 {
        let points = count(points.unsigned_abs(), "recovery point", "recovery points");
        message += &format!("; then {points} of the vault can never be restored");
    }
    report.fail(Finding::new(check, name, arn, message).with_severity(severity_of(observed, seen)));
}

/// What state a key is in, and until when.
pub(crate) fn pending(key: &Key) -> String {
    let date = key.deletion_date.map(|date| format!(" and will be deleted at {}", shown(date)));
    format!("key {} is {}{}", key.arn, key.state, date.unwrap_or_default())
}

fn rotation(seen: &EnvironmentSeen, key: &Key, report: &mut Report) {
    let (name, arn) = (seen.name, key.arn.as_str());
    match &seen.rotated {
        Ok(true) => report.pass(Check::KeyRotationDisabled, name, arn),
        // KMS answers for a key that is not enabled as for one that is; a key of imported material has no rotation.
        Ok(false) => {
            let severity = if name == EnvironmentName::Source { Severity::Info } else { Severity::Warning };
            let message = format!("the material of key {arn} is not rotated");
            let finding = Finding::new(Check::KeyRotationDisabled, name, arn, message);
            report.fail(finding.with_severity(severity));
        }
        Err(error) => report.skip(Check::KeyRotationDisabled, name, arn, skipped(error)),
    }
}

/// Asks the key's policy about a stranger: a role of an account that has no part in the pipeline.
fn openness(pipeline: &Pipeline, observed: &Observed, seen: &EnvironmentSeen, key: &Key, report: &mut Report) {
    let (name, arn) = (seen.name, key.arn.as_str());
    if let Err(error) = &seen.key_policies {
        return report.skip(Check::KeyPolicyOpen, name, arn, skipped(error));
    }
    match Situation::new(pipeline, observed).stranger_may_use_key(name) {
        Some((by, who, action)) => {
            let mut finding = Finding::new(Check::KeyPolicyOpen, name, arn, format!("{who} may {action} with the key"));
            finding.evidence = Some(by);
            report.fail(finding);
        }
        None => report.pass(Check::KeyPolicyOpen, name, arn),
    }
}
