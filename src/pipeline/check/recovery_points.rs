//! The recovery points themselves.

use super::Text;

pub(super) const BACKUP_MISSING: Text = Text {
    meaning: "A selected database has no completed recovery point in the source vault.",
    why: "There is nothing to restore it from.",
    remedy: "See why its backup jobs fail: `aws backup list-backup-jobs --by-resource-arn ARN`.",
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const BACKUP_STALE: Text = Text {
    meaning: "The newest completed recovery point of a database is older than it may be.",
    why: "A restore would lose more than the schedule promises.",
    remedy: "See why its backup jobs fail: `aws backup list-backup-jobs --by-resource-arn ARN`.",
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const BACKUP_FAILED: Text = Text {
    meaning: "The last backup job of a database failed, and nothing newer was completed.",
    why: "The database's newest backup gets older every day.",
    remedy: "Mend the cause that AWS names: `aws backup list-backup-jobs --by-resource-arn ARN`.",
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const NO_USABLE_COPY: Text = Text {
    meaning: "A selected database has no usable copy in the destination vault.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: "Copy what is there: `backupctl copy --all-missing`; `backupctl doctor` says what keeps copies from arriving.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_STALE: Text = Text {
    meaning: "The newest usable copy of a database in the destination vault is older than it may be.",
    why: "A restore from the central account would lose more than was agreed.",
    remedy: "Copy what is missing: `backupctl copy --all-missing`; `backupctl doctor` says what keeps copies from arriving.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_EXPIRING: Text = Text {
    meaning: "The newest usable copy of a database in the destination vault will be deleted within 48 hours.",
    why: "When it goes and nothing newer has arrived, the central account holds no copy of the database.",
    remedy: "Keep it longer: `aws backup update-recovery-point-lifecycle --backup-vault-name VAULT --recovery-point-arn ARN --lifecycle DeleteAfterDays=DAYS`.",
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

pub(super) const DESTINATION_COPY_DELETED: Text = Text {
    meaning: "A copy that had arrived in the destination vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups in the central account.",
    remedy: "Find out who deleted it with the command below, then copy the backup again: `backupctl copy --all-missing`.",
    source: "AWS CloudTrail API Reference, LookupEvents",
};

pub(super) const INTERMEDIATE_COPY_DELETED: Text = Text {
    meaning: "A copy that had arrived in the intermediate vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups; without the intermediate copy nothing can be copied on.",
    remedy: "Find out who deleted it with the command below.",
    source: "AWS CloudTrail API Reference, LookupEvents",
};

pub(super) const INTERMEDIATE_COPY_MISSING: Text = Text {
    meaning: "A recovery point was not copied to the intermediate vault within its deadline.",
    why: "Without it there is nothing that could be copied to the destination account.",
    remedy: "Copy it: `backupctl copy --recovery-point ARN`.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const DESTINATION_COPY_MISSING: Text = Text {
    meaning: "A recovery point was not copied to the destination vault within its deadline.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: "Copy it: `backupctl copy --recovery-point ARN`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COPY_FAILED: Text = Text {
    meaning: "The last copy job of a recovery point failed, and the copy is missing.",
    why: "The copy does not come by itself once its retries are spent.",
    remedy: "Mend the cause that AWS names, then copy it: `backupctl copy --recovery-point ARN`.",
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const COPY_STUCK: Text = Text {
    meaning: "A copy job has been waiting to start for more than four hours.",
    why: "AWS retries a start for two hours; after that only AWS can move it, or another job of the database blocks it.",
    remedy: "See what else runs for the database: `aws backup list-copy-jobs --by-resource-arn ARN`; then ask AWS Support.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const COPY_TAG_MISSING: Text = Text {
    meaning: "An intermediate copy does not carry the tag CopyToVault, or it names another vault, and the destination lacks it.",
    why: "The function leaves it alone: it is never copied on by itself.",
    remedy: "Copy it: `backupctl copy --recovery-point ARN`.",
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const COPY_WOULD_EXPIRE: Text = Text {
    meaning: "A missing copy would be deleted within 48 hours of its completion.",
    why: "A copy's retention counts from the backup's creation; a late one can be born expired.",
    remedy: "Keep it longer: `backupctl copy --recovery-point ARN --delete-after-days DAYS`.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const DUPLICATE_COPY: Text = Text {
    meaning: "A vault holds more than one copy of the same backup.",
    why: "Each is stored and paid for.",
    remedy: "Delete one: `aws backup delete-recovery-point --backup-vault-name VAULT --recovery-point-arn ARN`.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const WRONG_KEY: Text = Text {
    meaning: "A copy is encrypted under another key than its vault's.",
    why: "Whoever owns that key decides whether it can be restored.",
    remedy: "Find out who owns the key; delete that copy in the console of its account, then copy it again: `backupctl copy --all-missing`.",
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const UNENCRYPTED: Text = Text {
    meaning: "A recovery point is not encrypted.",
    why: "An unencrypted snapshot can be shared with and read by any account.",
    remedy: "Encrypt the database: restore an encrypted copy of its snapshot.",
    source: "Amazon RDS User Guide, Overview.Encryption",
};

pub(super) const RECOVERY_POINT_UNHEALTHY: Text = Text {
    meaning: "A recovery point is in a status from which it cannot be restored.",
    why: "It looks like a backup and is none.",
    remedy: "Read its status message: `aws backup describe-recovery-point --backup-vault-name VAULT --recovery-point-arn ARN`.",
    source: "AWS Backup API Reference, DescribeRecoveryPoint",
};

pub(super) const RETENTION_MISMATCH: Text = Text {
    meaning: "A recovery point is kept for another time than the configured one.",
    why: "It is gone too early, or paid for too long.",
    remedy: "Set it: `aws backup update-recovery-point-lifecycle --backup-vault-name VAULT --recovery-point-arn ARN --lifecycle DeleteAfterDays=DAYS`.",
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

pub(super) const RECOVERY_POINT_ORPHANED: Text = Text {
    meaning: "A copy's source recovery point is no longer in the source vault.",
    why: "It is kept longer than its source, or its source was deleted.",
    remedy: "Nothing, where that was meant.",
    source: "AWS Backup Developer Guide, deleting-backups",
};

pub(super) const SNAPSHOT_SHARE_LEFT: Text = Text {
    meaning: "A snapshot in the intermediate Region is still shared with another account, and no copy job runs.",
    why: "AWS Backup shares it only for the time of the copy; what is left open stays open.",
    remedy: "Take the share back: `aws rds modify-db-snapshot-attribute --db-snapshot-identifier SNAPSHOT --attribute-name restore --values-to-remove ACCOUNT`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const COUNT_MISMATCH: Text = Text {
    meaning: "The vault's own number of recovery points differs from what its list returned.",
    why: "Either the list is filtered for these credentials, or recovery points came or went meanwhile.",
    remedy: "Run `backupctl verify` again; if it stays, compare with an administrator's list.",
    source: "AWS Backup API Reference, DescribeBackupVault",
};
