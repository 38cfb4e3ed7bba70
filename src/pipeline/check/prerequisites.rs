//! Credentials, organization, settings, roles.

use super::Text;

pub(super) const CREDENTIALS_INVALID: Text = Text {
    meaning: "AWS does not accept the credentials of this environment.",
    why: "Nothing of this environment can be seen or changed; what is said about it would be a guess.",
    remedy: "Renew the credentials (for SSO: `aws sso login --profile NAME`), or correct `profile` or `role_arn` in backupctl.toml.",
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(super) const ACCOUNT_MISMATCH: Text = Text {
    meaning: "The credentials of this environment belong to another account than the configured one.",
    why: "Everything would be made, copied or deleted in an account that nobody meant.",
    remedy: "Correct `account`, `profile` or `role_arn` of this environment in backupctl.toml.",
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(super) const REGION_UNAVAILABLE: Text = Text {
    meaning: "The Region is not enabled in the account of this environment.",
    why: "Nothing can be stored in a Region that the account has not opted in to.",
    remedy: "Enable the Region in the account: `aws account enable-region --region-name REGION`.",
    source: "AWS General Reference, managing Regions",
};

pub(super) const ORGANIZATION_MISSING: Text = Text {
    meaning: "An account of the pipeline belongs to no organization.",
    why: "AWS Backup copies between accounts only inside one organization.",
    remedy: "Invite the account into the organization: `aws organizations invite-account-to-organization --target Id=ID,Type=ACCOUNT`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const ORGANIZATION_MISMATCH: Text = Text {
    meaning: "The accounts belong to different organizations, or to another one than the configured one.",
    why: "AWS Backup refuses copies between organizations, and policies that name the wrong one let nobody in.",
    remedy: "Correct `id` under [organization] in backupctl.toml, or move one account, then run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const SOURCE_IS_MANAGEMENT_ACCOUNT: Text = Text {
    meaning: "The source account is the organization's management account.",
    why: "Service control policies do not reach it, so no guard rail of the organization protects what it may send away.",
    remedy: "Run the databases in a member account: `aws organizations create-account --email EMAIL --account-name NAME`.",
    source: "AWS Organizations User Guide, best practices for the management account",
};

pub(super) const CROSS_ACCOUNT_BACKUP_DISABLED: Text = Text {
    meaning: "Cross-account backup is off in the organization.",
    why: "AWS Backup fails every copy job to another account.",
    remedy: "Turn it on from the management account: `aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=true`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const TRUSTED_ACCESS_MISSING: Text = Text {
    meaning: "AWS Backup has no trusted access to the organization.",
    why: "Copies work without it; backup policies and monitoring across accounts do not.",
    remedy: "From the management account: `aws organizations enable-aws-service-access --service-principal backup.amazonaws.com`.",
    source: "AWS Backup Developer Guide, manage-cross-account",
};

pub(super) const RDS_OPT_IN_DISABLED: Text = Text {
    meaning: "AWS Backup is not opted in to Amazon RDS in the source Region.",
    why: "Databases that are chosen by tag are passed over in silence; those named by ARN are backed up all the same.",
    remedy: "Opt in: `aws backup update-region-settings --resource-type-opt-in-preference RDS=true`.",
    source: "AWS Backup API Reference, UpdateRegionSettings",
};

pub(super) const BACKUP_ROLE_MISSING: Text = Text {
    meaning: "A role that AWS Backup is told to act as does not exist.",
    why: "AWS Backup cannot start the job that names it.",
    remedy: "Run `backupctl bootstrap --enable-settings`.",
    source: "AWS Backup Developer Guide, iam-service-roles",
};

pub(super) const BACKUP_ROLE_DENIED: Text = Text {
    meaning: "The role that AWS Backup acts as may not do what a backup or a copy needs.",
    why: "The job fails, hours after it was due.",
    remedy: "Allow what is missing: `aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup`; the copy role is put right by `backupctl bootstrap`, and what a statement, a trust policy or a boundary refuses where it is written.",
    source: "AWS Backup Developer Guide, security-iam-awsmanpol",
};

pub(super) const SERVICE_LINKED_ROLE_MISSING: Text = Text {
    meaning: "The service-linked role of AWS Backup does not exist in this account.",
    why: "In the destination account it is what makes the copy: without it no recovery point arrives.",
    remedy: "Create it: `aws iam create-service-linked-role --aws-service-name backup.amazonaws.com`.",
    source: "AWS Backup Developer Guide, using-service-linked-roles",
};

pub(super) const RDS_SERVICE_LINKED_ROLE_MISSING: Text = Text {
    meaning: "The service-linked role of Amazon RDS does not exist in this account.",
    why: "Copies arrive without it; RDS restores nothing from them before it exists.",
    remedy: "Create it: `aws iam create-service-linked-role --aws-service-name rds.amazonaws.com`.",
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) const KEY_ADMIN_MISSING: Text = Text {
    meaning: "A configured key administrator does not exist.",
    why: "The key policy names somebody who cannot act; nobody but the account's root can administer the key.",
    remedy: "Correct `key_admin` of this environment in backupctl.toml, then run `backupctl bootstrap`.",
    source: "AWS KMS Developer Guide, key policies",
};

pub(super) const CALLER_DENIED: Text = Text {
    meaning: "Whoever runs `copy` may not start the copy job, or not pass the role that it runs under.",
    why: "AWS refuses the call; no copy is started by hand. The plan and the function ask for themselves, and are judged by other checks.",
    remedy: "Give the caller what it lacks (`backupctl policy --for copy --environment source` and `--environment intermediate` print it), take what denies it out of its policies, or come as somebody who may.",
    source: "Service Authorization Reference, AWS Backup, StartCopyJob",
};

pub(super) const GUARDRAIL_DENIES: Text = Text {
    meaning: "A service control policy or a resource control policy of the organization refuses a call of the pipeline.",
    why: "Nothing that an account grants outdoes it: the job fails, whatever its roles, vaults and keys allow.",
    remedy: "Have whoever runs the organization except the pipeline's roles, Regions or resources in that statement; no policy of this account helps.",
    source: "AWS Organizations User Guide, orgs_manage_policies_scps and orgs_manage_policies_rcps",
};

pub(super) const GUARDRAILS_UNSEEN: Text = Text {
    meaning: "The organization's service control and resource control policies over this account cannot be read with these credentials.",
    why: "One of them may refuse what every policy seen here allows.",
    remedy: "Set `management_profile` under [organization] of backupctl.toml to a profile that may read them (`backupctl policy --for doctor --environment management` prints its policy), or ask whoever runs the organization: `aws organizations list-policies-for-target --target-id ACCOUNT --filter SERVICE_CONTROL_POLICY`, `aws organizations list-policies-for-target --target-id ACCOUNT --filter RESOURCE_CONTROL_POLICY`.",
    source: "AWS Organizations User Guide, orgs_manage_policies_scps; Organizations API Reference, ListPoliciesForTarget",
};

pub(super) const ACKNOWLEDGEMENT_UNUSED: Text = Text {
    meaning: "An [[acknowledge]] of backupctl.toml matches no finding.",
    why: "What it was written for is mended, or it is misspelt; as long as it stands it hides the next finding of that kind.",
    remedy: "Take it out of backupctl.toml, or correct its `check` or `subject`: they are those of a finding in `backupctl doctor --output json`.",
    source: "docs/contract.md, Configuration",
};
