//! What is wrong with a recovery point beside its key and its copies.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::skipped;
use super::Options;
use super::deleted::days_in_force;
use super::resources::BestCopies;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::identity::Owner;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::plural::count as count_of;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::route::KeyManager;
use crate::pipeline::seen::points::{EnvironmentSeen, Observed};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::tags::COPY_TO_VAULT;
use crate::pipeline::verdict::KeyClass;

pub(crate) const COPY_TAG_MISSING: Row = Row {
    id: "copy-tag-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "An intermediate copy does not carry the tag CopyToVault, or it names another vault, and the destination lacks it.",
    why: "The function ignores it, so it is never copied on automatically.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(crate) const WRONG_KEY: Row = Row {
    id: "wrong-key",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A copy is encrypted under a key other than its vault's.",
    why: "Whoever owns that key decides whether the copy can be restored.",
    remedy: steps!["Find out who owns the key and delete the copy in the console of its account, then copy the backup again." => ["backupctl copy --all-missing"]],
    source: "AWS Backup Developer Guide, encryption",
};

pub(crate) const UNENCRYPTED: Row = Row {
    id: "unencrypted",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point is not encrypted.",
    why: "An unencrypted snapshot can be shared with, and read by, any account.",
    remedy: steps!["Encrypt the database: restore it from an encrypted copy of its snapshot."],
    source: "Amazon RDS User Guide, Overview.Encryption",
};

pub(crate) const RECOVERY_POINT_UNHEALTHY: Row = Row {
    id: "recovery-point-unhealthy",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point is in a status from which it cannot be restored.",
    why: "It looks like a backup and is not one.",
    remedy: steps!["Read its status message." => ["aws backup describe-recovery-point --backup-vault-name " {Vault} " --recovery-point-arn " {Subject}]],
    source: "AWS Backup API Reference, DescribeRecoveryPoint",
};

pub(crate) const RETENTION_MISMATCH: Row = Row {
    id: "retention-mismatch",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A recovery point has another retention than the configured one.",
    why: "It is deleted too early, or paid for too long.",
    remedy: steps!["Set its retention." => ["aws backup update-recovery-point-lifecycle --backup-vault-name " {Vault} " --recovery-point-arn " {Subject} " --lifecycle DeleteAfterDays=" {Days}]],
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

pub(crate) const RECOVERY_POINT_ORPHANED: Row = Row {
    id: "recovery-point-orphaned",
    area: Area::RecoveryPoints,
    severity: Severity::Info,
    meaning: "A copy's source recovery point is no longer in the source vault.",
    why: "The copy is kept longer than its source, or its source was deleted.",
    remedy: steps!["Nothing to do if that was intended."],
    source: "AWS Backup Developer Guide, deleting-backups",
};

pub(crate) const SNAPSHOT_SHARE_LEFT: Row = Row {
    id: "snapshot-share-left",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A snapshot in the intermediate Region is still shared with another account, and no copy job is running.",
    why: "AWS Backup shares it only while it copies; a share that is left stays open.",
    remedy: steps!["Remove the share." => ["aws rds modify-db-snapshot-attribute --db-snapshot-identifier " {Name} " --attribute-name restore --values-to-remove " {Account}]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const COUNT_MISMATCH: Row = Row {
    id: "count-mismatch",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "The vault reports another number of recovery points than listing it returned.",
    why: "Either the list is filtered for these credentials, or recovery points were added or deleted meanwhile.",
    remedy: steps!["Verify again; if it stays, compare with the list that an administrator gets." => ["backupctl verify"]],
    source: "AWS Backup API Reference, DescribeBackupVault",
};

/// How late a vault's own number may be: AWS calls it approximate and says no more (AWS Backup API Reference,
/// DescribeBackupVault).
const COUNT_LAG: TimeDelta = TimeDelta::hours(1);

/// Whether a vault's number is what its list returned, but for those that came within the lag.
fn is_counted(points: &[RecoveryPoint], counted: i64, now: DateTime<Utc>) -> bool {
    let came = |point: &RecoveryPoint| point.completed_at.unwrap_or(point.origin.created_at);
    let young = points.iter().filter(|point| came(point) > now - COUNT_LAG).count();
    let (listed, young) = (points.len() as i64, young as i64);
    (listed - young..=listed).contains(&counted)
}

pub(super) fn count(
    pipeline: &Pipeline,
    observed: &Observed,
    seen: &EnvironmentSeen,
    options: &Options,
    report: &mut Report,
) {
    let (name, subject) = (seen.name, pipeline.vault_arn(seen.name).to_string());
    let Ok(Some(vault)) = &observed.seen.environment(name).vault else { return };
    match &seen.points {
        Err(error) => report.skip(Check::CountMismatch, name, &subject, skipped(error)),
        Ok(_) if !options.sees_everything() => {
            report.skip(Check::CountMismatch, name, &subject, Skipped::NotApplicable)
        }
        Ok(points) if is_counted(points, vault.recovery_points, seen.now) => {
            report.pass(Check::CountMismatch, name, &subject);
        }
        Ok(points) => {
            let counted = count_of(vault.recovery_points.unsigned_abs(), "recovery point", "recovery points");
            let message = format!("the vault reports {counted}; listing it returned {}", points.len());
            report.fail(Finding::new(Check::CountMismatch, name, &subject, message));
        }
    }
}

/// Whose key a recovery point is under, by `DescribeKey`; none where that could not be learned.
pub(super) fn key_class(seen: &EnvironmentSeen, expected: Option<&str>, point: &RecoveryPoint) -> Option<KeyClass> {
    let Some(key) = &point.key_arn else {
        return (point.encrypted == Some(false)).then_some(KeyClass::None);
    };
    let found = seen.keys.get(key.as_str())?;
    match found {
        Ok(Some(found)) if found.manager == KeyManager::AwsManaged => Some(KeyClass::AwsManaged),
        // The source's backups are under the database's own key: any customer managed one is right.
        Ok(Some(_)) if seen.name == EnvironmentName::Source => Some(KeyClass::Expected),
        // Whose key it is cannot be said without knowing the vault's.
        Ok(_) if expected.is_none() => None,
        Ok(Some(_)) if Some(key.as_str()) == expected => Some(KeyClass::Expected),
        Ok(_) => Some(KeyClass::Other),
        Err(_) => None,
    }
}

/// Why it could not be learned.
pub(super) fn unseen_key(observed: &Observed, name: EnvironmentName, point: &RecoveryPoint) -> Skipped {
    let key = point.key_arn.as_ref().and_then(|key| observed.environments[name.index()].keys.get(key.as_str()));
    match (key, &observed.seen.environment(name).vault) {
        (Some(Err(error)), _) | (_, Err(error)) => skipped(error),
        (_, Ok(None)) => Skipped::DependsOn(Check::VaultMissing),
        // AWS's list leaves out the key, or the vault's own.
        (_, Ok(Some(_))) => Skipped::CallFailed("kms:DescribeKey".to_owned()),
    }
}

pub(super) fn judge(name: EnvironmentName, point: &RecoveryPoint, key: Option<KeyClass>, report: &mut Report) {
    use crate::pipeline::recovery_point::RecoveryPointStatus as Status;
    let subject = point.arn.to_string();
    if point.status.is_usable() || point.status == Status::Creating {
        report.pass(Check::RecoveryPointUnhealthy, name, &subject);
    } else {
        let why = point.status_message.clone().map(|why| format!(": {why}")).unwrap_or_default();
        let message = format!("the recovery point is {}{why}", point.status.as_str());
        let finding = Finding::new(Check::RecoveryPointUnhealthy, name, &subject, message);
        report.fail(finding.fill(Hole::Vault, point.vault_arn.name()));
    }
    match key {
        None => {}
        Some(KeyClass::None) => {
            let severity = if name == EnvironmentName::Source { Severity::Info } else { Severity::Error };
            let message = "the recovery point is not encrypted";
            report.fail(Finding::new(Check::Unencrypted, name, &subject, message).with_severity(severity));
        }
        Some(KeyClass::AwsManaged | KeyClass::Other) if name != EnvironmentName::Source => {
            let key = point.key_arn.as_ref().map(ToString::to_string).unwrap_or_default();
            let message = format!("the copy is encrypted under {key}, which is not its vault's key");
            report.fail(Finding::new(Check::WrongKey, name, &subject, message));
        }
        Some(_) => report.pass(Check::WrongKey, name, &subject),
    }
}

/// Whether a recovery point is kept for the configured days; one whose days AWS does not say is left out. What is kept
/// longer may have been told to be (`copy --delete-after-days`): nothing is proposed that would cut it. The newest
/// usable copy of a database that is kept shorter than what was in force when its job began is an error.
pub(crate) fn retention(
    pipeline: &Pipeline,
    observed: &Observed,
    name: EnvironmentName,
    point: &RecoveryPoint,
    best: &BestCopies,
    report: &mut Report,
) {
    let wanted = i64::from(match name {
        Source => pipeline.plan.delete_after_days,
        Intermediate => pipeline.plan.copy_delete_after_days,
        Destination => pipeline.plan.destination_delete_after_days,
    });
    let Some(days) = point.delete_after_days else { return };
    let subject = point.arn.as_str();
    if days == wanted {
        return report.pass(Check::RetentionMismatch, name, subject);
    }
    // AWS Backup writes -1 where nothing ends it.
    let kept = if days < 0 { "for ever".to_owned() } else { count_of(days.unsigned_abs(), "day", "days") };
    let message = format!("the recovery point is kept {kept}, the configuration says {wanted}");
    let finding = Finding::new(Check::RetentionMismatch, name, subject, message);
    if days < 0 || days > wanted {
        let finding =
            finding.with_severity(Severity::Info).with_remedy(Remedy::text("Nothing to do if that was intended."));
        return report.fail(finding);
    }
    let finding = finding.fill(Hole::Vault, point.vault_arn.name()).fill(Hole::Days, &wanted.to_string());
    let is_newest = match observed.identities.owner(&point.origin) {
        Owner::Of(arn) => best.get(arn).is_some_and(|best| best.point.arn == point.arn),
        Owner::Another | Owner::Unsure => false,
    };
    report.fail(match name == Destination && is_newest && !is_explained(pipeline, observed, point) {
        true => finding.with_severity(Severity::Error),
        false => finding,
    });
}

/// Whether a destination copy's days are those that were in force when its job began: those that are deployed now, or,
/// where the stack was changed after, those of an older copy beside it.
fn is_explained(pipeline: &Pipeline, observed: &Observed, point: &RecoveryPoint) -> bool {
    let (in_force, since) = days_in_force(pipeline, &observed.seen);
    let days = point.delete_after_days;
    let jobs = observed.environments[Intermediate.index()].jobs.iter().flatten();
    let mut jobs = jobs.filter(|job| job.destination_recovery_point.as_ref() == Some(&point.arn));
    let began = jobs.next().and_then(|job| job.created_at).or(point.completed_at);
    let is_before = matches!((began, since), (Some(began), Some(since)) if began < since);
    let mut beside = observed.environments[Destination.index()].points.iter().flatten();
    let as_older = beside.any(|one| one.origin.created_at < point.origin.created_at && one.delete_after_days == days);
    days >= Some(in_force) || (is_before && as_older)
}

/// A copy outlives its source where it is kept longer, or the source was deleted.
pub(crate) fn orphaned(observed: &Observed, lineage: &Lineage, report: &mut Report) {
    if observed.environments[Source.index()].points.is_err() || lineage.point(Source).is_some() {
        return;
    }
    if let Some(copy) = lineage.point(Destination).or_else(|| lineage.point(Intermediate)) {
        let name = if lineage.point(Destination).is_some() { Destination } else { Intermediate };
        let message = format!("the backup of {} is no longer in the source vault", lineage.origin.resource_arn);
        report.fail(Finding::new(Check::RecoveryPointOrphaned, name, copy.arn.as_str(), message));
    }
}

/// Whether the function will copy an intermediate copy on: it goes by the tag. What has arrived is not asked.
pub(crate) fn tag(pipeline: &Pipeline, observed: &Observed, lineage: &Lineage, report: &mut Report) {
    let Some(point) = lineage.point(Intermediate).filter(|point| point.status.is_usable()) else { return };
    if lineage.point(Destination).is_some() || lineage.in_flight(Hop::Second).is_some() {
        return;
    }
    let subject = point.arn.as_str();
    let snapshots = match &observed.environments[Intermediate.index()].snapshots {
        Err(error) => return report.skip(Check::CopyTagMissing, Intermediate, subject, skipped(error)),
        Ok(snapshots) => snapshots,
    };
    // Tags of clusters' snapshots and of what AWS Backup itself keeps are not in this list.
    let Some(snapshot) = snapshots.get(subject) else { return };
    let wanted = pipeline.vault_arn(Destination).to_string();
    match snapshot.tags.get(COPY_TO_VAULT) {
        Some(value) if value.trim() == wanted => report.pass(Check::CopyTagMissing, Intermediate, subject),
        found => {
            let message = match found {
                None => format!("the copy carries no tag {COPY_TO_VAULT}"),
                Some(value) => format!("the copy's tag {COPY_TO_VAULT} names {value}, not {wanted}"),
            };
            report.fail(Finding::new(Check::CopyTagMissing, Intermediate, subject, message));
        }
    }
}

/// Whether the snapshot is still shared although no copy of it is under way.
pub(crate) fn share(observed: &Observed, lineage: &Lineage, report: &mut Report) {
    if lineage.in_flight(Hop::Second).is_some() {
        return;
    }
    for point in &lineage.points[Intermediate.index()] {
        let subject = point.arn.as_str();
        match observed.environments[Intermediate.index()].shared.get(subject) {
            None => {}
            Some(Err(error)) => report.skip(Check::SnapshotShareLeft, Intermediate, subject, skipped(error)),
            Some(Ok(accounts)) if accounts.is_empty() => report.pass(Check::SnapshotShareLeft, Intermediate, subject),
            Some(Ok(accounts)) => {
                let snapshot = subject.split_once(":snapshot:").map_or(subject, |(_, name)| name);
                let message = format!("the snapshot is shared with {}", accounts.join(", "));
                let finding = Finding::new(Check::SnapshotShareLeft, Intermediate, subject, message);
                report.fail(finding.fill(Hole::Name, snapshot).fill(Hole::Account, &accounts.join(" ")));
            }
        }
    }
}

const SEE_WHAT_IS_LEFT: &[FixedStep] = steps!["See what is left." => ["backupctl verify"]];

/// Nothing that a hop could copy: what is in its vault cannot be used, or nothing is there.
pub fn unusable(lineage: &Lineage, name: EnvironmentName) -> Finding {
    let check = Check::RecoveryPointUnhealthy;
    let message = format!("nothing usable is left in the {name} vault to copy from");
    match lineage.point(name) {
        None => {
            let finding = Finding::new(check, name, &lineage.origin.resource_arn, message);
            finding.with_remedy(Remedy::from(SEE_WHAT_IS_LEFT))
        }
        Some(point) => {
            let message = format!("{message}: the recovery point is {}", point.status.as_str());
            Finding::new(check, name, point.arn.as_str(), message)
        }
    }
}

/// A copy that arrived under a key that is not its vault's.
pub fn under_another_key(name: EnvironmentName, arn: &str, key: &str) -> Finding {
    let message = format!("the copy is encrypted under {key}, not under its vault's customer managed key");
    Finding::new(Check::WrongKey, name, arn, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::lineage::tests::point;

    /// The backup of `point` is of 5 January, 05:00.
    #[test]
    fn what_came_within_the_lag_is_not_held_against_a_vaults_number() {
        let at = |text: &str| text.parse().expect("a date");
        let one = RecoveryPoint { completed_at: Some(at("2026-01-05T06:00:00Z")), ..point(Source, "job-1") };
        let two = RecoveryPoint { completed_at: Some(at("2026-01-05T08:30:00Z")), ..point(Source, "job-2") };
        let now = at("2026-01-05T09:00:00Z");
        let listed = [one, two];
        assert!(is_counted(&listed, 2, now) && is_counted(&listed, 1, now));
        assert!(!is_counted(&listed, 0, now) && !is_counted(&listed, 3, now));
        assert!(!is_counted(&listed, 1, at("2026-01-05T10:00:00Z")), "an hour later the number must follow");
    }
}
