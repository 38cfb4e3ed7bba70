//! The texts themselves.

use super::Failure;
use crate::pipeline::check::Check;
use crate::pipeline::remedy::steps;

const DASHBOARDS: &str = "AWS Backup Developer Guide, backup-dashboards";
const EVENTS: &str = "AWS Backup Developer Guide, eventbridge";
const CROSS_ACCOUNT: &str = "AWS Backup Developer Guide, create-cross-account-backup";
const ACCESS_DENIED: &str = "IAM User Guide, troubleshoot_access-denied";

macro_rules! failures {
    ($([$($part:literal),+] $category:literal $source:expr, [$($check:ident),*] {
        $cause:literal
        $remedy:expr
    })*) => {
        /// Every text that is known, more particular ones first.
        pub const FAILURES: &[Failure] = &[$(Failure {
            parts: &[$($part),+],
            category: $category,
            cause: $cause,
            checks: &[$(Check::$check),*],
            remedy: $remedy,
            source: $source,
        }),*];
    };
}

failures! {
    ["Access Denied trying to call AWS Backup service"] "ACCESS_DENIED" DASHBOARDS, [VaultPolicyDenies, BackupRoleDenied, OrganizationMismatch, GuardrailDenies, GuardrailsUnseen] {
        "the destination vault's policy does not allow the copy role, or the role itself is not allowed to copy into the vault"
        &[]
    }
    ["destination Backup vault is encrypted with the default Backup service managed key"] "ACCESS_DENIED" DASHBOARDS, [VaultDefaultKey] {
        "a vault encrypted with the AWS managed key of AWS Backup accepts no copies of databases"
        &[]
    }
    ["Snapshots encrypted with the AWS managed key can't be shared"] "ACCESS_DENIED" DASHBOARDS, [IntermediateCopyMissing, WrongKey] {
        "the second hop was tried on a recovery point that is still encrypted with aws/rds"
        steps!["Copy it through the intermediate vault." => ["backupctl copy --recovery-point " {Subject}]]
    }
    ["Both source and destination account must be a member of the same organization"] "ACCESS_DENIED" DASHBOARDS, [OrganizationMismatch, OrganizationMissing] {
        "the two accounts are not in the same organization"
        &[]
    }
    ["Cross-account copy feature is not enabled for the current organization"] "FEATURE_NOT_ENABLED" DASHBOARDS, [CrossAccountBackupDisabled] {
        "cross-account backup is turned off in the organization's management account"
        &[]
    }
    ["retention specified in the job is not within the range specified for the target Backup Vault"] "INVALID_LIFECYCLE" DASHBOARDS, [VaultRetentionConflict] {
        "the vault lock of the target does not allow the retention of the copy"
        &[]
    }
    ["source snapshot KMS key [", "] does not exist, is not enabled or you do not have permissions to access it"] "KMS_KEY_ERROR" "tecRacer, Automating Cross-Account / Cross-Region Backups, 2024", [KeyPolicyDenies, KeyDisabled, KeyPendingDeletion, KeyMissing] {
        "the role that makes the copy is not allowed to use the key of the recovery point"
        &[]
    }
    ["target KMS key [", "] does not exist, is not enabled or you do not have permissions to access it"] "KMS_KEY_ERROR" "awslabs/rds-snapshot-tool, issue 70", [KeyPolicyDenies, KeyDisabled, KeyPendingDeletion, KeyMissing] {
        "the role that makes the copy is not allowed to use the key of the target vault"
        &[]
    }
    ["KMS key is either disabled or pending deletion or access to KMS key is denied"] "KMS_KEY_ERROR" DASHBOARDS, [KeyDisabled, KeyPendingDeletion, KeyPolicyDenies] {
        "a key of the copy cannot be used"
        &[]
    }
    ["Given key ID is not accessible"] "KMS_KEY_ERROR" DASHBOARDS, [KeyPolicyDenies, KeyDisabled] {
        "the key policy does not let the destination account's service-linked role use the key"
        &[]
    }
    ["Given key ID does not exist"] "RESOURCE_NOT_FOUND" DASHBOARDS, [KeyMissing] {
        "a key that the copy needs does not exist"
        &[]
    }
    ["requires a target option group with the following options"] "MISCELLANEOUS" "AWS Backup Developer Guide, cross-region-backup", [OptionGroupMissing] {
        "the option group has persistent options, and the target Region has no such group"
        &[]
    }
    ["cannot be initiated for", "Feature is not supported for provided resource type"] "UNSUPPORTED_OPERATION" DASHBOARDS, [ResourceUncopyable] {
        "AWS Backup cannot make this copy in one job, or cannot copy this resource type at all"
        steps!["Copy it in two hops." => ["backupctl copy --recovery-point " {Subject}]]
    }
    ["There are too many copy jobs running for resource"] "CONCURRENT_JOB" DASHBOARDS, [ResourceSelectedTwice] {
        "AWS Backup runs one job per resource at a time"
        steps!["Wait for the other job, then copy it again." => ["backupctl copy --recovery-point " {Subject}]]
    }
    ["there was a running job for the same resource"] "CONCURRENT_JOB" DASHBOARDS, [ResourceSelectedTwice, BackupFailed] {
        "another backup of the same database was running"
        &[]
    }
    ["Backup job expired before completion"] "JOB_EXPIRED" DASHBOARDS, [BackupWindowConflict, ResourceSelectedTwice, BackupFailed] {
        "the job did not start, or end, within its window"
        &[]
    }
    ["Backup job failed because backup vault", "does not exist"] "RESOURCE_NOT_FOUND" EVENTS, [VaultMissing] {
        "the plan names a vault that no longer exists"
        &[]
    }
    ["too close to the weekly maintenance window"] "INVALID_LIFECYCLE" DASHBOARDS, [BackupWindowConflict] {
        "RDS takes no snapshot then"
        &[]
    }
    ["automated backup window configured"] "INVALID_LIFECYCLE" DASHBOARDS, [BackupWindowConflict] {
        "RDS takes no snapshot then"
        &[]
    }
    ["Instance is not in state"] "INVALID_STATE" DASHBOARDS, [BackupFailed] {
        "the database was not available"
        steps!["Start the database; the next backup follows automatically."]
    }
    ["not in the available state"] "INVALID_STATE" DASHBOARDS, [BackupFailed] {
        "the database was not available"
        steps!["Start the database; the next backup follows automatically."]
    }
    ["Access denied exception while trying to list tags"] "ACCESS_DENIED" EVENTS, [BackupRoleDenied] {
        "the role is not allowed to read the tags of the database or the snapshot"
        &[]
    }
    ["does not have sufficient permissions to execute the backup"] "ACCESS_DENIED" "tecRacer, Automating Cross-Account / Cross-Region Backups, 2024", [BackupRoleDenied, BackupRoleMissing] {
        "the role lacks a permission or does not exist; AWS reports both the same way"
        &[]
    }
    ["cannot be assumed by AWS Backup"] "ACCESS_DENIED" DASHBOARDS, [BackupRoleMissing, BackupRoleDenied, ServiceLinkedRoleMissing] {
        "the role does not exist, does not trust backup.amazonaws.com, or was created moments ago"
        &[]
    }
    ["is not authorized to call tag:GetResources"] "" "hashicorp/terraform-provider-aws, internal/service/backup/selection.go", [BackupRoleDenied] {
        "the selection's role is not allowed to look up resources by tag, or was created moments ago"
        &[]
    }
    ["You are not authorized to perform this operation"] "ACCESS_DENIED" DASHBOARDS, [BackupRoleDenied, GuardrailDenies, GuardrailsUnseen] {
        "the role lacks a permission for the service that stores the snapshot"
        &[]
    }
    ["We are unable to copy resource tags to your backup"] "TAG_COPY_ERROR" DASHBOARDS, [CopyTagMissing] {
        "the copy may have arrived without its tags; the function then ignores it"
        &[]
    }
    ["more than 50"] "LIMIT_EXCEEDED" DASHBOARDS, [CopyTagMissing, PlanTagMissing] {
        "the tags of the database and the plan together exceed the 50 that a recovery point may have"
        steps!["Remove tags from the database."]
    }
    ["Failed to unshare snapshot"] "" CROSS_ACCOUNT, [SnapshotShareLeft, BackupRoleMissing] {
        "the copy role was deleted, or lost its permissions, while the second hop ran; the copy itself arrived"
        &[]
    }
    ["Subscriber limit exceeded"] "LIMIT_EXCEEDED" DASHBOARDS, [] {
        "too many backups run at the same time in this account"
        steps!["Spread the schedules, or request a higher quota."]
    }
    ["snapshots across regions"] "MISCELLANEOUS" "pbudzon/aws-maintenance, issue 19", [CopyFailed] {
        "too many snapshots are being copied to that Region at the same time (20 today)"
        steps!["Copy it again later." => ["backupctl copy --all-missing"]]
    }
    ["Token expired. Try again"] "TOKEN_EXPIRED" DASHBOARDS, [] {
        "the session that AWS uses for the job expired"
        steps!["Copy it again." => ["backupctl copy --all-missing"]]
    }
    ["An internal error occurred"] "FATAL_ERROR" DASHBOARDS, [] {
        "something failed inside AWS"
        steps!["Copy it again once; if it fails again, contact AWS Support." => ["backupctl copy --all-missing"]]
    }
    ["encountered a fatal error"] "FATAL_ERROR" DASHBOARDS, [] {
        "something failed inside AWS"
        steps!["Copy it again once; if it fails again, contact AWS Support." => ["backupctl copy --all-missing"]]
    }
    ["Your account is not a member of an organization"] "" "cloudquery/cq-provider-aws, issue 817", [OrganizationMissing] {
        "the account is not a member of an organization"
        &[]
    }
    ["Insufficient privileges to perform this action"] "" "AWS Backup Developer Guide, troubleshooting", [VaultMissing] {
        "the vault does not exist, or the caller is not allowed to read it; AWS Backup reports both the same way"
        &[]
    }
    ["Backup vault cannot be deleted because it contains recovery points"] "" "gruntwork-io/cloud-nuke, issue 730", [] {
        "the vault is not empty, or was emptied moments ago"
        steps!["Empty the vault first; this does it and waits." => ["backupctl cleanup"]]
    }
    ["Backup vault configured with Lock"] "" "AWS Backup Developer Guide, vault-lock", [] {
        "a vault lock keeps the recovery point until it expires"
        steps!["Wait until the recovery point expires."]
    }
    ["contains a statement with one or more invalid principals"] "" "tecRacer, Automating Cross-Account / Cross-Region Backups, 2024", [ServiceLinkedRoleMissing, KeyAdminMissing] {
        "the key policy names a role or user that does not exist"
        &[]
    }
    ["new key policy will not allow you to update the key policy in the future"] "" "AWS KMS API Reference, PutKeyPolicy", [KeyAdminMissing] {
        "the key policy would lock out the principal that sets it"
        &[]
    }
    ["cryopod"] "RESOURCE_NOT_FOUND" DASHBOARDS, [VaultMissing] {
        "a vault does not exist (`cryopod` is AWS's internal name for a vault)"
        &[]
    }
    ["Cannot find recovery point"] "RESOURCE_NOT_FOUND" DASHBOARDS, [RecoveryPointOrphaned, CopyWouldExpire] {
        "the recovery point was deleted, or expired, before it was copied"
        &[]
    }
    ["is pending deletion"] "" "AWS KMS Developer Guide, key states", [KeyPendingDeletion] {
        "the key is scheduled for deletion"
        &[]
    }
    ["is disabled."] "" "AWS KMS Developer Guide, key states", [KeyDisabled] {
        "the key is disabled"
        &[]
    }
    ["no longer available"] "RESOURCE_NOT_FOUND" DASHBOARDS, [RecoveryPointOrphaned, VaultMissing] {
        "a resource that the job names no longer exists"
        &[]
    }
    ["does not exist"] "RESOURCE_NOT_FOUND" DASHBOARDS, [VaultMissing, KeyMissing, BackupRoleMissing] {
        "a resource that the job names no longer exists"
        &[]
    }
    ["explicit deny in a service control policy"] "" ACCESS_DENIED, [GuardrailDenies, GuardrailsUnseen] {
        "a service control policy of the organization denies the call; no policy of the account can override it"
        &[]
    }
    ["no service control policy allows"] "" ACCESS_DENIED, [GuardrailDenies, GuardrailsUnseen] {
        "the service control policies of the organization do not allow the call at every level over the account"
        &[]
    }
    ["explicit deny in a resource control policy"] "" ACCESS_DENIED, [GuardrailDenies, GuardrailsUnseen] {
        "a resource control policy of the organization denies the call; no policy of the resource can override it"
        &[]
    }
    ["no resource control policy allows"] "" ACCESS_DENIED, [GuardrailDenies, GuardrailsUnseen] {
        "the resource control policies of the organization do not allow the call at every level over the account"
        &[]
    }
    ["perform: kms:", "resource-based policy"] "" ACCESS_DENIED, [KeyPolicyDenies] {
        "the key policy denies the call"
        &[]
    }
    ["perform: backup:", "resource-based policy"] "" ACCESS_DENIED, [VaultPolicyDenies] {
        "the vault's access policy denies the call"
        &[]
    }
    ["perform: sqs:", "resource-based policy"] "" ACCESS_DENIED, [QueuePolicyDenies] {
        "the queue's policy denies the call"
        &[]
    }
    ["perform: lambda:", "resource-based policy"] "" ACCESS_DENIED, [FunctionPermissionMissing] {
        "the function's policy does not allow the caller to invoke it"
        &[]
    }
    ["perform: iam:PassRole", "policy"] "" ACCESS_DENIED, [FunctionRoleDenied, BackupRoleDenied] {
        "the caller is not allowed to pass the role to AWS Backup; for a copy the caller is the function's role, for a selection the operator"
        &[]
    }
    ["perform: backup:StartCopyJob", "policy"] "" ACCESS_DENIED, [FunctionRoleDenied] {
        "the caller's own policies do not allow it to start a copy; in the event path the caller is the function's role"
        &[]
    }
    ["perform: events:PutEvents", "policy"] "" ACCESS_DENIED, [EventForwardDenied] {
        "the role of the forwarding rule is not allowed to put the event on the event bus"
        &[]
    }
    ["a permissions boundary"] "" ACCESS_DENIED, [BackupRoleDenied, FunctionRoleDenied, EventForwardDenied] {
        "the permissions boundary of the role denies the call"
        &[]
    }
    ["no permissions boundary allows"] "" ACCESS_DENIED, [BackupRoleDenied, FunctionRoleDenied, EventForwardDenied] {
        "the permissions boundary of the role does not allow the call"
        &[]
    }
    ["identity-based policy"] "" ACCESS_DENIED, [BackupRoleDenied, FunctionRoleDenied, EventForwardDenied] {
        "the role's own policies do not allow the call"
        &[]
    }
    ["access denied"] "ACCESS_DENIED" DASHBOARDS, [BackupRoleDenied, VaultPolicyDenies, KeyPolicyDenies, GuardrailDenies, GuardrailsUnseen] {
        "a policy denies what the job does"
        &[]
    }
    ["not authorized to"] "ACCESS_DENIED" DASHBOARDS, [BackupRoleDenied, FunctionRoleDenied, EventForwardDenied, GuardrailDenies, GuardrailsUnseen] {
        "a policy denies what the caller does"
        &[]
    }
    ["does not have permission"] "ACCESS_DENIED" DASHBOARDS, [BackupRoleDenied, GuardrailDenies, GuardrailsUnseen] {
        "a policy denies what the job does"
        &[]
    }
}
