//! KMS keys.

use super::Text;

pub(super) const KEY_MISSING: Text = Text {
    meaning: "The KMS key of this environment's vault, or of a database, does not exist.",
    why: "No copy can be encrypted under it, and what is encrypted under it is lost.",
    remedy: concat!("Let ", the_stack_go!()),
    source: "AWS KMS API Reference, DescribeKey",
};

pub(super) const KEY_DISABLED: Text = Text {
    meaning: "The KMS key of this environment's vault, or of a database, is not enabled.",
    why: "Copies into and out of the vault fail, and its recovery points cannot be restored; a database under the key is not backed up.",
    remedy: "Enable the key: `aws kms enable-key --key-id KEY`.",
    source: "AWS KMS Developer Guide, key states",
};

pub(super) const KEY_PENDING_DELETION: Text = Text {
    meaning: "The KMS key of this environment's vault, or of a database, is scheduled for deletion.",
    why: "When it is deleted, every recovery point under it is lost for ever.",
    remedy: "Cancel it, then enable the key: `aws kms cancel-key-deletion --key-id KEY`, `aws kms enable-key --key-id KEY`.",
    source: "AWS KMS Developer Guide, deleting keys",
};

pub(super) const KEY_POLICY_DENIES: Text = Text {
    meaning: "The policy of a KMS key refuses a call that a copy needs.",
    why: "The copy job fails: the key `does not exist, is not enabled or you do not have permissions to access it`.",
    remedy: "Put the policy back: `backupctl bootstrap`; for a key of your own, or a database's, allow the call in its key policy.",
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const KEY_POLICY_OPEN: Text = Text {
    meaning: "The policy of a KMS key lets more principals use it than the pipeline needs.",
    why: "Others can read what is encrypted under it.",
    remedy: "Put the policy back: `backupctl bootstrap`; for a key of your own, narrow its key policy.",
    source: "AWS KMS Developer Guide, key policies",
};

pub(super) const KEY_ROTATION_DISABLED: Text = Text {
    meaning: "The key material of a KMS key is not rotated.",
    why: "Everything that was ever copied stays under the same key material.",
    remedy: "Turn it on: `aws kms enable-key-rotation --key-id KEY`.",
    source: "AWS KMS Developer Guide, rotating keys",
};
