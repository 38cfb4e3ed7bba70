//! The checks: one row each, from which `explain`, the documents and the documentation are made.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Credentials, organization, settings, roles.
    Prerequisites,
    /// CloudFormation stacks.
    Stacks,
    /// Backup vaults.
    Vaults,
    /// KMS keys.
    Keys,
    /// The backup plan and its selection.
    Plan,
    /// The path that starts the second hop.
    Events,
    /// The recovery points themselves.
    RecoveryPoints,
}

impl Area {
    /// All areas, in the order that they are shown.
    pub const ALL: [Self; 7] =
        [Self::Prerequisites, Self::Stacks, Self::Vaults, Self::Keys, Self::Plan, Self::Events, Self::RecoveryPoints];

    /// The area as flags and documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prerequisites => "prerequisites",
            Self::Stacks => "stacks",
            Self::Vaults => "vaults",
            Self::Keys => "keys",
            Self::Plan => "plan",
            Self::Events => "events",
            Self::RecoveryPoints => "recovery-points",
        }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Wrong, and a recovery point still arrives.
    Warning,
    /// A recovery point is missing, or will be.
    Error,
}

impl Severity {
    /// The severity as documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is known about a check, whatever it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckRow {
    /// The stable id.
    pub id: &'static str,
    /// What it looks at.
    pub area: Area,
    /// The severity of its findings where nothing softens it.
    pub severity: Severity,
    /// What a finding means, one sentence.
    pub meaning: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where AWS documents the behaviour.
    pub source: &'static str,
}

macro_rules! checks {
    ($($variant:ident $id:literal $area:ident $severity:ident {
        meaning: $meaning:literal, why: $why:literal, remedy: $remedy:literal, source: $source:literal $(,)?
    })*) => {
        /// One thing that is looked at, by its stable id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = $meaning] $variant,)*
        }

        impl Check {
            /// All checks, in the order of the contract's table.
            pub const ALL: &[Check] = &[$(Check::$variant),*];

            /// The check's row.
            pub const fn row(self) -> CheckRow {
                match self {
                    $(Check::$variant => CheckRow {
                        id: $id,
                        area: Area::$area,
                        severity: Severity::$severity,
                        meaning: $meaning,
                        why: $why,
                        remedy: $remedy,
                        source: $source,
                    },)*
                }
            }
        }
    };
}

checks! {
    CredentialsInvalid "credentials-invalid" Prerequisites Error {
        meaning: "AWS does not accept the credentials of this environment.",
        why: "Nothing of this environment can be seen or changed; what is said about it would be a guess.",
        remedy: "Renew the credentials (for SSO: `aws sso login --profile NAME`), or correct `profile` or `role_arn` in backupctl.toml.",
        source: "AWS STS API Reference, GetCallerIdentity",
    }
    AccountMismatch "account-mismatch" Prerequisites Error {
        meaning: "The credentials of this environment belong to another account than the configured one.",
        why: "Everything would be made, copied or deleted in an account that nobody meant.",
        remedy: "Correct `account`, `profile` or `role_arn` of this environment in backupctl.toml.",
        source: "AWS STS API Reference, GetCallerIdentity",
    }
    StackMissing "stack-missing" Stacks Error {
        meaning: "The CloudFormation stack of this environment does not exist.",
        why: "Without it the environment has no vault, no key and no event path of ours.",
        remedy: "Run `backupctl bootstrap`.",
        source: "AWS CloudFormation API Reference, DescribeStacks",
    }
    StackUnhealthy "stack-unhealthy" Stacks Error {
        meaning: "The CloudFormation stack of this environment is in a state in which it cannot work or be updated.",
        why: "What the stack should make may be missing or half made.",
        remedy: "Run `backupctl bootstrap`; it says what it would do before it does it.",
        source: "AWS CloudFormation User Guide, stack status codes",
    }
    StackOutdated "stack-outdated" Stacks Warning {
        meaning: "What the stack was deployed with differs from the configuration.",
        why: "The function copies by the stack's values, the command line by the configuration's: the two would not agree.",
        remedy: "Run `backupctl bootstrap`.",
        source: "AWS CloudFormation User Guide, stack outputs",
    }
    VaultMissing "vault-missing" Vaults Error {
        meaning: "The backup vault of this environment does not exist.",
        why: "Backups and copies that name it fail, and AWS answers reads of it with AccessDeniedException.",
        remedy: "Run `backupctl bootstrap`; if the stack says that it still has the vault, delete the stack first.",
        source: "AWS Backup Developer Guide, troubleshooting",
    }
    VaultDefaultKey "vault-default-key" Vaults Error {
        meaning: "The backup vault is encrypted with the AWS managed key of AWS Backup.",
        why: "Copies of databases into it fail, and its key cannot be changed or shared with another account.",
        remedy: "Name another vault in backupctl.toml and run `backupctl bootstrap`: a vault's key never changes.",
        source: "AWS Backup Developer Guide, encryption",
    }
    KeyMissing "key-missing" Keys Error {
        meaning: "The KMS key of this environment's vault does not exist.",
        why: "No copy can be encrypted under it, and what is encrypted under it is lost.",
        remedy: "Name another vault in backupctl.toml and run `backupctl bootstrap`.",
        source: "AWS KMS API Reference, DescribeKey",
    }
    KeyDisabled "key-disabled" Keys Error {
        meaning: "The KMS key of this environment's vault is not enabled.",
        why: "Copies into and out of the vault fail, and its recovery points cannot be restored.",
        remedy: "Enable the key: `aws kms enable-key --key-id KEY`.",
        source: "AWS KMS Developer Guide, key states",
    }
    KeyPendingDeletion "key-pending-deletion" Keys Error {
        meaning: "The KMS key of this environment's vault is scheduled for deletion.",
        why: "When it is deleted, every recovery point under it is lost for ever.",
        remedy: "Cancel it, then enable the key: `aws kms cancel-key-deletion --key-id KEY`, `aws kms enable-key --key-id KEY`.",
        source: "AWS KMS Developer Guide, deleting keys",
    }
    PlanMissing "plan-missing" Plan Error {
        meaning: "The backup plan does not exist.",
        why: "Nothing is backed up on a schedule.",
        remedy: "Run `backupctl bootstrap`.",
        source: "AWS Backup Developer Guide, ListBackupPlans",
    }
    PlanAmbiguous "plan-ambiguous" Plan Error {
        meaning: "More than one backup plan carries this pipeline's tag or name.",
        why: "AWS allows plans of one name; which of them is meant cannot be told.",
        remedy: "Delete or retag all but one: `aws backup list-backup-plans`.",
        source: "AWS Backup Developer Guide, CreateBackupPlan",
    }
    SelectionMissing "selection-missing" Plan Error {
        meaning: "The plan has no backup selection of the configured name.",
        why: "A plan without a selection backs up nothing.",
        remedy: "Run `backupctl bootstrap`.",
        source: "AWS Backup Developer Guide, assigning resources",
    }
    BackupMissing "backup-missing" RecoveryPoints Error {
        meaning: "A selected database has no completed recovery point in the source vault.",
        why: "There is nothing to restore it from.",
        remedy: "See why its backup jobs fail: `aws backup list-backup-jobs --by-resource-arn ARN`.",
        source: "AWS Backup Developer Guide, backup plan options",
    }
    BackupStale "backup-stale" RecoveryPoints Error {
        meaning: "The newest completed recovery point of a database is older than it may be.",
        why: "A restore would lose more than the schedule promises.",
        remedy: "See why its backup jobs fail: `aws backup list-backup-jobs --by-resource-arn ARN`.",
        source: "AWS Backup Developer Guide, backup plan options",
    }
    IntermediateCopyMissing "intermediate-copy-missing" RecoveryPoints Error {
        meaning: "A recovery point was not copied to the intermediate vault within its deadline.",
        why: "Without it there is nothing that could be copied to the destination account.",
        remedy: "Copy it: `backupctl copy --recovery-point ARN`.",
        source: "AWS Backup Developer Guide, recov-point-create-a-copy",
    }
    DestinationCopyMissing "destination-copy-missing" RecoveryPoints Error {
        meaning: "A recovery point was not copied to the destination vault within its deadline.",
        why: "The database cannot be restored if the source account is lost.",
        remedy: "Copy it: `backupctl copy --recovery-point ARN`.",
        source: "AWS Backup Developer Guide, create-cross-account-backup",
    }
    CopyFailed "copy-failed" RecoveryPoints Error {
        meaning: "The last copy job of a recovery point failed, and the copy is missing.",
        why: "The copy does not come by itself once its retries are spent.",
        remedy: "Mend the cause that AWS names, then copy it: `backupctl copy --recovery-point ARN`.",
        source: "AWS Backup Developer Guide, backup-dashboards",
    }
    CopyStuck "copy-stuck" RecoveryPoints Warning {
        meaning: "A copy job has been waiting to start for more than four hours.",
        why: "AWS retries a start for two hours; after that only AWS can move it, or another job of the database blocks it.",
        remedy: "See what else runs for the database: `aws backup list-copy-jobs --by-resource-arn ARN`; then ask AWS Support.",
        source: "AWS Backup Developer Guide, recov-point-create-a-copy",
    }
    CopyWouldExpire "copy-would-expire" RecoveryPoints Error {
        meaning: "A missing copy would be deleted within 48 hours of its completion.",
        why: "A copy's retention counts from the backup's creation; a late one can be born expired.",
        remedy: "Keep it longer: `backupctl copy --recovery-point ARN --delete-after-days N`.",
        source: "AWS Backup Developer Guide, recov-point-create-a-copy",
    }
    DuplicateCopy "duplicate-copy" RecoveryPoints Warning {
        meaning: "A vault holds more than one copy of the same backup.",
        why: "Each is stored and paid for.",
        remedy: "Delete one: `aws backup delete-recovery-point --backup-vault-name VAULT --recovery-point-arn ARN`.",
        source: "AWS Backup Developer Guide, recov-point-create-a-copy",
    }
    WrongKey "wrong-key" RecoveryPoints Error {
        meaning: "A copy is encrypted under another key than its vault's.",
        why: "Whoever owns that key decides whether it can be restored.",
        remedy: "Find out who owns the key; delete that copy in the console of its account, then copy it again: `backupctl copy --all-missing`.",
        source: "AWS Backup Developer Guide, encryption",
    }
    Unencrypted "unencrypted" RecoveryPoints Error {
        meaning: "A recovery point is not encrypted.",
        why: "An unencrypted snapshot can be shared with and read by any account.",
        remedy: "Encrypt the database: restore an encrypted copy of its snapshot.",
        source: "Amazon RDS User Guide, Overview.Encryption",
    }
    RecoveryPointUnhealthy "recovery-point-unhealthy" RecoveryPoints Error {
        meaning: "A recovery point is in a status from which it cannot be restored.",
        why: "It looks like a backup and is none.",
        remedy: "Read its status message: `aws backup describe-recovery-point --backup-vault-name VAULT --recovery-point-arn ARN`.",
        source: "AWS Backup API Reference, DescribeRecoveryPoint",
    }
    ResourceUncopyable "resource-uncopyable" Plan Error {
        meaning: "AWS Backup cannot copy recovery points of this resource to another account.",
        why: "However often it is tried, no copy will arrive.",
        remedy: "Protect it another way, and leave it out of the selection (`exclude` in backupctl.toml).",
        source: "AWS Backup Developer Guide, backup-feature-availability",
    }
    RecoveryPointOrphaned "recovery-point-orphaned" RecoveryPoints Info {
        meaning: "A copy's source recovery point is no longer in the source vault.",
        why: "It is kept longer than its source, or its source was deleted.",
        remedy: "Nothing, where that was meant.",
        source: "AWS Backup Developer Guide, deleting-backups",
    }
    CountMismatch "count-mismatch" RecoveryPoints Warning {
        meaning: "The vault's own number of recovery points differs from what its list returned.",
        why: "Either the list is filtered for these credentials, or recovery points came or went meanwhile.",
        remedy: "Run `backupctl verify` again; if it stays, compare with an administrator's list.",
        source: "AWS Backup API Reference, DescribeBackupVault",
    }
}

/// The text is no check's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a check; `backupctl explain` lists them")]
pub struct NoSuchCheck(String);

impl Check {
    /// The stable id.
    pub const fn id(self) -> &'static str {
        self.row().id
    }
}

impl FromStr for Check {
    type Err = NoSuchCheck;
    fn from_str(text: &str) -> Result<Self, NoSuchCheck> {
        Self::ALL.iter().copied().find(|check| check.id() == text).ok_or_else(|| NoSuchCheck(text.to_owned()))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_one_checks() {
        let mut ids: Vec<_> = Check::ALL.iter().map(|check| check.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Check::ALL.len());
    }

    #[test]
    fn the_worst_severity_is_the_greatest() {
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
    }
}
