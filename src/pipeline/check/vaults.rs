//! Backup vaults.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const VAULT_MISSING: Row = Row {
    id: "vault-missing",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The backup vault of this environment does not exist.",
    why: "Backups and copies that name it fail, and AWS answers reads of it with AccessDeniedException.",
    remedy: steps![
        "If the stack still exists, delete it first; its key is retained, and costs money until its deletion is scheduled. What was in the vault is lost." => ["aws cloudformation update-termination-protection --stack-name " {Stack} " --no-enable-termination-protection"], ["aws cloudformation delete-stack --stack-name " {Stack}];
        "Deploy the vault again." => ["backupctl bootstrap"]
    ],
    source: "AWS Backup Developer Guide, troubleshooting",
};

pub(super) const VAULT_DEFAULT_KEY: Row = Row {
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

pub(super) const VAULT_KEY_MISMATCH: Row = Row {
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

pub(super) const VAULT_POLICY_DENIES: Row = Row {
    id: "vault-policy-denies",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The access policy of a backup vault denies a copy that the pipeline needs.",
    why: "The copy job fails with `Access Denied trying to call AWS Backup service`.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(super) const VAULT_POLICY_OPEN: Row = Row {
    id: "vault-policy-open",
    area: Area::Vaults,
    severity: Severity::Warning,
    meaning: "The access policy of a backup vault allows more principals than the pipeline needs.",
    why: "Others can copy into the vault, or out of it.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(super) const COPY_TARGET_OPEN: Row = Row {
    id: "copy-target-open",
    area: Area::Vaults,
    severity: Severity::Warning,
    meaning: "Recovery points of the intermediate vault may be copied to vaults other than the destination.",
    why: "Whoever may tag a recovery point or start a copy job can send a backup to an account of their own.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const VAULT_RETENTION_CONFLICT: Row = Row {
    id: "vault-retention-conflict",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The vault lock of a vault does not allow the retention of the copies into it.",
    why: "AWS Backup fails the copy job: the retention is not within the range specified for the vault.",
    remedy: steps!["Correct the days under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, vault-lock",
};

pub(super) const VAULT_UNPROTECTED: Row = Row {
    id: "vault-unprotected",
    area: Area::Vaults,
    severity: Severity::Info,
    meaning: "Nothing prevents the account's own administrators from deleting the recovery points of the destination vault.",
    why: "Whoever takes over the account can delete the backups.",
    remedy: steps!["`lock` is \"none\", the default. Set `lock = \"governance\"` under [destination] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, vault-lock",
};
