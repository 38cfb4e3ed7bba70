//! Backup vaults.

use super::Text;

pub(super) const VAULT_MISSING: Text = Text {
    meaning: "The backup vault of this environment does not exist.",
    why: "Backups and copies that name it fail, and AWS answers reads of it with AccessDeniedException.",
    remedy: concat!(
        "Run `backupctl bootstrap`. Where it refuses because the stack still stands, let the stack go first: ",
        "`aws cloudformation update-termination-protection --stack-name STACK --no-enable-termination-protection`, ",
        "`aws cloudformation delete-stack --stack-name STACK`. The old key stays, and costs money until its deletion is ",
        "scheduled; what lay in the vault is lost."
    ),
    source: "AWS Backup Developer Guide, troubleshooting",
};

pub(super) const VAULT_DEFAULT_KEY: Text = Text {
    meaning: "The backup vault is encrypted with the AWS managed key of AWS Backup.",
    why: "Copies of databases into it fail, and its key cannot be changed or shared with another account.",
    remedy: concat!("A vault's key never changes. Let ", the_stack_go!()),
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const VAULT_KEY_MISMATCH: Text = Text {
    meaning: "The backup vault is encrypted under another key than the stack's or the configured one.",
    why: "Whoever owns that key decides whether the copies can be restored.",
    remedy: concat!("A vault's key never changes. Set `key_arn` to the vault's key. Or let ", the_stack_go!()),
    source: "AWS Backup Developer Guide, encryption",
};

pub(super) const VAULT_POLICY_DENIES: Text = Text {
    meaning: "The access policy of a backup vault refuses a copy that the pipeline needs.",
    why: "The copy job fails with `Access Denied trying to call AWS Backup service`.",
    remedy: "Put the policy back: `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(super) const VAULT_POLICY_OPEN: Text = Text {
    meaning: "The access policy of a backup vault lets in more than the pipeline needs.",
    why: "Others can copy into the vault, or take out of it.",
    remedy: "Put the policy back: `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(super) const COPY_TARGET_OPEN: Text = Text {
    meaning: "Recovery points of the intermediate vault may be copied to other vaults than the destination.",
    why: "Whoever may tag a recovery point or start a copy job can send a backup to an account of their own.",
    remedy: "Put the policy back: `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const VAULT_RETENTION_CONFLICT: Text = Text {
    meaning: "The vault lock of a vault does not admit the retention that copies into it have.",
    why: "AWS Backup fails the copy job: the retention is not within the range specified for the vault.",
    remedy: "Correct the days under [plan] in backupctl.toml, then run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, vault-lock",
};

pub(super) const VAULT_UNPROTECTED: Text = Text {
    meaning: "Nothing keeps the account's own administrators from deleting the recovery points of the destination vault.",
    why: "Whoever takes over the account takes the backups as well.",
    remedy: "`lock` is \"none\", the default. Set `lock = \"governance\"` under [destination] in backupctl.toml, then run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, vault-lock",
};
