//! KMS keys.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const KEY_MISSING: Row = Row {
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

pub(super) const KEY_DISABLED: Row = Row {
    id: "key-disabled",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The KMS key of this environment's vault, or of a database, is not enabled.",
    why: "Copies into and out of the vault fail, and its recovery points cannot be restored; a database under the key is not backed up.",
    remedy: steps!["Enable the key." => ["aws kms enable-key --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, key states",
};

pub(super) const KEY_PENDING_DELETION: Row = Row {
    id: "key-pending-deletion",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The KMS key of this environment's vault, or of a database, is scheduled for deletion.",
    why: "When the key is deleted, every recovery point under it is lost for good.",
    remedy: steps!["Cancel the deletion, then enable the key." => ["aws kms cancel-key-deletion --key-id " {Subject}], ["aws kms enable-key --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, deleting keys",
};

pub(super) const KEY_POLICY_DENIES: Row = Row {
    id: "key-policy-denies",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The policy of a KMS key denies a call that a copy needs.",
    why: "The copy job fails: the key `does not exist, is not enabled or you do not have permissions to access it`.",
    remedy: steps!["Restore the key policy; for a key of your own, or a database's key, allow the call in its key policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const KEY_POLICY_OPEN: Row = Row {
    id: "key-policy-open",
    area: Area::Keys,
    severity: Severity::Warning,
    meaning: "The policy of a KMS key allows more principals than the pipeline needs.",
    why: "Others can read what is encrypted under the key.",
    remedy: steps!["Restore the key policy; for a key of your own, restrict its key policy." => ["backupctl bootstrap"]],
    source: "AWS KMS Developer Guide, key policies",
};

pub(super) const KEY_ROTATION_DISABLED: Row = Row {
    id: "key-rotation-disabled",
    area: Area::Keys,
    severity: Severity::Warning,
    meaning: "Automatic rotation is off for a KMS key.",
    why: "Every copy ever made stays under the same key material.",
    remedy: steps!["Turn rotation on." => ["aws kms enable-key-rotation --key-id " {Subject}]],
    source: "AWS KMS Developer Guide, rotating keys",
};
