//! The recovery points themselves.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const BACKUP_MISSING: Row = Row {
    id: "backup-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A selected database has no completed recovery point in the source vault.",
    why: "There is nothing to restore it from.",
    remedy: steps!["Find out why its backup jobs fail." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const BACKUP_STALE: Row = Row {
    id: "backup-stale",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest completed recovery point of a database is older than it may be.",
    why: "A restore would lose more than the schedule promises.",
    remedy: steps!["Find out why its backup jobs fail." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const BACKUP_FAILED: Row = Row {
    id: "backup-failed",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The last backup job of a database failed, and nothing newer completed.",
    why: "The database's newest backup gets older every day.",
    remedy: steps!["Fix the cause that AWS reports." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const NO_USABLE_COPY: Row = Row {
    id: "no-usable-copy",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A selected database has no usable copy in the destination vault.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: steps![
        "Copy what is there." => ["backupctl copy --all-missing"];
        "If copies keep failing, find out why." => ["backupctl doctor"]
    ],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_STALE: Row = Row {
    id: "copy-stale",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest usable copy of a database in the destination vault is older than it may be.",
    why: "A restore from the destination account would lose more than agreed.",
    remedy: steps![
        "Copy what is missing." => ["backupctl copy --all-missing"];
        "If copies keep failing, find out why." => ["backupctl doctor"]
    ],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_EXPIRING: Row = Row {
    id: "copy-expiring",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest usable copy of a database in the destination vault will be deleted within 48 hours.",
    why: "When it is deleted and nothing newer has arrived, the destination account has no copy of the database.",
    remedy: steps!["Keep it longer." => ["aws backup update-recovery-point-lifecycle --backup-vault-name " {Vault} " --recovery-point-arn " {Subject} " --lifecycle DeleteAfterDays=" {Days}]],
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

pub(super) const DESTINATION_COPY_DELETED: Row = Row {
    id: "destination-copy-deleted",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A copy that had arrived in the destination vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups in the destination account.",
    remedy: steps!["Copy the backup again." => ["backupctl copy --all-missing"]],
    source: "AWS CloudTrail API Reference, LookupEvents",
};

pub(super) const INTERMEDIATE_COPY_DELETED: Row = Row {
    id: "intermediate-copy-deleted",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A copy that had arrived in the intermediate vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups; without the intermediate copy the second hop has nothing to copy.",
    remedy: steps!["Find out who deleted it."],
    source: "AWS CloudTrail API Reference, LookupEvents",
};

pub(super) const INTERMEDIATE_COPY_MISSING: Row = Row {
    id: "intermediate-copy-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point was not copied to the intermediate vault within its deadline.",
    why: "Without the intermediate copy there is nothing to copy to the destination account.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const DESTINATION_COPY_MISSING: Row = Row {
    id: "destination-copy-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point was not copied to the destination vault within its deadline.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_FAILED: Row = Row {
    id: "copy-failed",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The last copy job of a recovery point failed, and the copy is missing.",
    why: "The copy does not arrive by itself once its retries are spent.",
    remedy: steps!["Fix the cause that AWS reports, then copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const COPY_STUCK: Row = Row {
    id: "copy-stuck",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A copy job has been waiting to start for more than four hours.",
    why: "AWS retries a start for two hours; after that only AWS can move it, or another job of the database blocks it.",
    remedy: steps!["See what else runs for the database; if nothing does, contact AWS Support." => ["aws backup list-copy-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const COPY_TAG_MISSING: Row = Row {
    id: "copy-tag-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "An intermediate copy does not carry the tag CopyToVault, or it names another vault, and the destination lacks it.",
    why: "The function ignores it, so it is never copied on automatically.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const COPY_WOULD_EXPIRE: Row = Row {
    id: "copy-would-expire",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A missing copy would be deleted within 48 hours of its completion.",
    why: "The retention of a copy counts from the creation of the backup, so a late copy can expire as soon as it arrives.",
    remedy: steps!["Keep it longer." => ["backupctl copy --recovery-point " {Subject} " --delete-after-days " {Days}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const DUPLICATE_COPY: Row = Row {
    id: "duplicate-copy",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A vault holds more than one copy of the same backup.",
    why: "Each copy is stored and paid for.",
    remedy: steps!["Delete one." => ["aws backup delete-recovery-point --backup-vault-name " {Vault} " --recovery-point-arn " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const WRONG_KEY: Row = Row {
    id: "wrong-key",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A copy is encrypted under a key other than its vault's.",
    why: "Whoever owns that key decides whether the copy can be restored.",
    remedy: steps!["Find out who owns the key and delete the copy in the console of its account, then copy the backup again." => ["backupctl copy --all-missing"]],
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const UNENCRYPTED: Row = Row {
    id: "unencrypted",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point is not encrypted.",
    why: "An unencrypted snapshot can be shared with, and read by, any account.",
    remedy: steps!["Encrypt the database: restore it from an encrypted copy of its snapshot."],
    source: "Amazon RDS User Guide, Overview.Encryption",
};

pub(super) const RECOVERY_POINT_UNHEALTHY: Row = Row {
    id: "recovery-point-unhealthy",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point is in a status from which it cannot be restored.",
    why: "It looks like a backup and is not one.",
    remedy: steps!["Read its status message." => ["aws backup describe-recovery-point --backup-vault-name " {Vault} " --recovery-point-arn " {Subject}]],
    source: "AWS Backup API Reference, DescribeRecoveryPoint",
};

pub(super) const RETENTION_MISMATCH: Row = Row {
    id: "retention-mismatch",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A recovery point has another retention than the configured one.",
    why: "It is deleted too early, or paid for too long.",
    remedy: steps!["Set its retention." => ["aws backup update-recovery-point-lifecycle --backup-vault-name " {Vault} " --recovery-point-arn " {Subject} " --lifecycle DeleteAfterDays=" {Days}]],
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

pub(super) const RECOVERY_POINT_ORPHANED: Row = Row {
    id: "recovery-point-orphaned",
    area: Area::RecoveryPoints,
    severity: Severity::Info,
    meaning: "A copy's source recovery point is no longer in the source vault.",
    why: "The copy is kept longer than its source, or its source was deleted.",
    remedy: steps!["Nothing to do if that was intended."],
    source: "AWS Backup Developer Guide, deleting-backups",
};

pub(super) const SNAPSHOT_SHARE_LEFT: Row = Row {
    id: "snapshot-share-left",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A snapshot in the intermediate Region is still shared with another account, and no copy job is running.",
    why: "AWS Backup shares it only while it copies; a share that is left stays open.",
    remedy: steps!["Remove the share." => ["aws rds modify-db-snapshot-attribute --db-snapshot-identifier " {Name} " --attribute-name restore --values-to-remove " {Account}]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COUNT_MISMATCH: Row = Row {
    id: "count-mismatch",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "The vault reports another number of recovery points than listing it returned.",
    why: "Either the list is filtered for these credentials, or recovery points were added or deleted meanwhile.",
    remedy: steps!["Verify again; if it stays, compare with the list that an administrator gets." => ["backupctl verify"]],
    source: "AWS Backup API Reference, DescribeBackupVault",
};
