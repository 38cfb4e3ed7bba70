//! Credentials, organization, settings, roles.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const CREDENTIALS_INVALID: Row = Row {
    id: "credentials-invalid",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "AWS does not accept the credentials of this environment.",
    why: "Nothing in this environment can be seen or changed; anything said about it would be a guess.",
    remedy: steps!["Renew the credentials (for IAM Identity Center, log in again), or correct `profile` or `role_arn` in backupctl.toml." => ["aws sso login --profile " {Profile}]],
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(super) const ACCOUNT_MISMATCH: Row = Row {
    id: "account-mismatch",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The credentials of this environment belong to another account than the configured one.",
    why: "Everything would be created, copied or deleted in the wrong account.",
    remedy: steps!["Correct `account`, `profile` or `role_arn` of this environment in backupctl.toml."],
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(super) const REGION_UNAVAILABLE: Row = Row {
    id: "region-unavailable",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The Region is not enabled in the account of this environment.",
    why: "Nothing can be stored in a Region that the account has not opted in to.",
    remedy: steps!["Enable the Region in the account." => ["aws account enable-region --region-name " {Region}]],
    source: "AWS General Reference, managing Regions",
};

pub(super) const ORGANIZATION_MISSING: Row = Row {
    id: "organization-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "An account of the pipeline belongs to no organization.",
    why: "AWS Backup copies between accounts only within one organization.",
    remedy: steps!["Invite the account into the organization." => ["aws organizations invite-account-to-organization --target Id=" {Account} ",Type=ACCOUNT"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const ORGANIZATION_MISMATCH: Row = Row {
    id: "organization-mismatch",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The accounts belong to different organizations, or to another one than the configured one.",
    why: "AWS Backup refuses copies between organizations, and policies that name the wrong one let nobody in.",
    remedy: steps!["Correct `id` under [organization] in backupctl.toml, or move one account, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const SOURCE_IS_MANAGEMENT_ACCOUNT: Row = Row {
    id: "source-is-management-account",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The source account is the organization's management account.",
    why: "Service control policies do not apply to it, so no guardrail of the organization limits what it may copy out.",
    remedy: steps!["Move the databases to a member account."],
    source: "AWS Organizations User Guide, best practices for the management account",
};

pub(super) const CROSS_ACCOUNT_BACKUP_DISABLED: Row = Row {
    id: "cross-account-backup-disabled",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "Cross-account backup is off in the organization.",
    why: "AWS Backup fails every copy job to another account.",
    remedy: steps!["Turn it on from the management account." => ["aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=true"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const TRUSTED_ACCESS_MISSING: Row = Row {
    id: "trusted-access-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "AWS Backup has no trusted access to the organization.",
    why: "Copies work without it; backup policies and cross-account monitoring do not.",
    remedy: steps!["Enable it from the management account." => ["aws organizations enable-aws-service-access --service-principal backup.amazonaws.com"]],
    source: "AWS Backup Developer Guide, manage-cross-account",
};

pub(super) const RDS_OPT_IN_DISABLED: Row = Row {
    id: "rds-opt-in-disabled",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "AWS Backup is not opted in to Amazon RDS in the source Region.",
    why: "Databases selected by tag are silently skipped; those named by ARN are backed up all the same.",
    remedy: steps!["Opt in." => ["aws backup update-region-settings --resource-type-opt-in-preference RDS=true"]],
    source: "AWS Backup API Reference, UpdateRegionSettings",
};

pub(super) const BACKUP_ROLE_MISSING: Row = Row {
    id: "backup-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "A role that AWS Backup is told to assume does not exist.",
    why: "AWS Backup cannot start the job that names it.",
    remedy: steps!["Create the role." => ["backupctl bootstrap --enable-settings"]],
    source: "AWS Backup Developer Guide, iam-service-roles",
};

pub(super) const BACKUP_ROLE_DENIED: Row = Row {
    id: "backup-role-denied",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The role that AWS Backup assumes is not allowed to do what a backup or a copy needs.",
    why: "The job fails, hours after it was due.",
    remedy: steps!["Allow what is missing." => ["aws iam attach-role-policy --role-name " {Name} " --policy-arn arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"]],
    source: "AWS Backup Developer Guide, security-iam-awsmanpol",
};

pub(super) const SERVICE_LINKED_ROLE_MISSING: Row = Row {
    id: "service-linked-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The service-linked role of AWS Backup does not exist in this account.",
    why: "In the destination account this role makes the copy: without it no recovery point arrives.",
    remedy: steps!["Create it." => ["aws iam create-service-linked-role --aws-service-name backup.amazonaws.com"]],
    source: "AWS Backup Developer Guide, using-service-linked-roles",
};

pub(super) const RDS_SERVICE_LINKED_ROLE_MISSING: Row = Row {
    id: "rds-service-linked-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "The service-linked role of Amazon RDS does not exist in this account.",
    why: "Copies arrive without it; RDS restores nothing from them until it exists.",
    remedy: steps!["Create it." => ["aws iam create-service-linked-role --aws-service-name rds.amazonaws.com"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const KEY_ADMIN_MISSING: Row = Row {
    id: "key-admin-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "A configured key administrator does not exist.",
    why: "The key policy names a principal that cannot act; only the account's root user can administer the key.",
    remedy: steps!["Correct `key_admin` of this environment in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS KMS Developer Guide, key policies",
};

pub(super) const CALLER_DENIED: Row = Row {
    id: "caller-denied",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The caller of `copy` is not allowed to start the copy job, or to pass the role that it runs under.",
    why: "AWS denies the call and no copy is started by hand. The plan and the function make their own calls, which other checks judge.",
    remedy: steps!["Give the caller what it lacks, remove what denies it from its policies, or use credentials that are allowed. These print the permissions that it needs." => ["backupctl policy --for copy --environment source"], ["backupctl policy --for copy --environment intermediate"]],
    source: "Service Authorization Reference, AWS Backup, StartCopyJob",
};

pub(super) const GUARDRAIL_DENIES: Row = Row {
    id: "guardrail-denies",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "A service control policy or a resource control policy of the organization denies a call of the pipeline.",
    why: "Nothing that an account grants overrides it: the job fails, whatever its roles, vaults and keys allow.",
    remedy: steps![
        "Ask whoever administers the organization to exempt the pipeline's roles, Regions or resources in that statement; no policy of this account helps."
    ],
    source: "AWS Organizations User Guide, orgs_manage_policies_scps and orgs_manage_policies_rcps",
};

pub(super) const GUARDRAILS_UNSEEN: Row = Row {
    id: "guardrails-unseen",
    area: Area::Prerequisites,
    severity: Severity::Info,
    meaning: "The service control and resource control policies over this account cannot be read with these credentials.",
    why: "One of them may deny what every policy seen here allows.",
    remedy: steps![
        "Set `management_profile` under [organization] in backupctl.toml to a profile that may read them. This prints the permissions that it needs." => ["backupctl policy --for doctor --environment management"];
        "Or ask whoever administers the organization." => ["aws organizations list-policies-for-target --target-id " {Account} " --filter SERVICE_CONTROL_POLICY"], ["aws organizations list-policies-for-target --target-id " {Account} " --filter RESOURCE_CONTROL_POLICY"]
    ],
    source: "AWS Organizations User Guide, orgs_manage_policies_scps; Organizations API Reference, ListPoliciesForTarget",
};

pub(super) const ACKNOWLEDGEMENT_UNUSED: Row = Row {
    id: "acknowledgement-unused",
    area: Area::Prerequisites,
    severity: Severity::Info,
    meaning: "An [[acknowledge]] entry in backupctl.toml matches no finding.",
    why: "The cause is fixed, or the entry is misspelled; while it stands, it hides the next finding of that kind.",
    remedy: steps!["Remove the entry, or correct its `check` or `subject` to those of a finding." => ["backupctl doctor --output json"]],
    source: "docs/contract.md, Configuration",
};
