//! What each call of the SDK takes of IAM (Service Authorization Reference, the page of the service),
//! dependent actions included.

use super::permission::{Permission, Target, When, allow, allow_when};

/// AWS Backup as roles are handed to it.
pub(super) const BACKUP: &str = "backup.amazonaws.com";

/// A call's permissions, the operation's own first. `sts:GetCallerIdentity` is in no table: it takes none.
pub(super) type Call = &'static [Permission];

macro_rules! call {
    ($name:ident, $($permission:expr),+) => {
        pub(super) const $name: Call = &[$($permission),+];
    };
}

// A list of recovery points is filled from RDS, which asks for the caller's own right.
call!(
    LIST_RECOVERY_POINTS,
    allow("backup:ListRecoveryPointsByBackupVault", Target::Vault),
    allow("rds:DescribeDBSnapshots", Target::BackupSnapshots)
);
call!(
    LIST_RECOVERY_POINTS_OF_EVERY_VAULT,
    allow("backup:ListRecoveryPointsByBackupVault", Target::Vaults),
    allow("rds:DescribeDBSnapshots", Target::BackupSnapshots)
);
call!(LIST_VAULTS, allow("backup:ListBackupVaults", Target::Region));
call!(LOCK_VAULT, allow("backup:PutBackupVaultLockConfiguration", Target::Vault));
call!(DESCRIBE_VAULT, allow("backup:DescribeBackupVault", Target::Vault));
call!(DELETE_VAULT, allow("backup:DeleteBackupVault", Target::Vault));
call!(DELETE_LOCK, allow("backup:DeleteBackupVaultLockConfiguration", Target::Vault));
call!(DESCRIBE_RECOVERY_POINT, allow("backup:DescribeRecoveryPoint", Target::RecoveryPoints));
// AWS Backup deletes with the recovery point's own role and, where that may not, with its
// service-linked role, for a caller who may make one (AWS Backup API Reference, DeleteRecoveryPoint).
call!(
    DELETE_RECOVERY_POINT,
    allow("backup:DeleteRecoveryPoint", Target::RecoveryPoints),
    allow_when("iam:CreateServiceLinkedRole", Target::BackupLinkedRole, When::LinkedTo(BACKUP))
);
call!(LIST_BACKUP_JOBS, allow("backup:ListBackupJobs", Target::Region));
call!(LIST_COPY_JOBS, allow("backup:ListCopyJobs", Target::Region));
call!(DESCRIBE_COPY_JOB, allow("backup:DescribeCopyJob", Target::Region));
call!(
    START_FIRST_HOP,
    allow("backup:StartCopyJob", Target::RecoveryPoints),
    allow_when("iam:PassRole", Target::BackupRole, When::PassedTo(BACKUP))
);
call!(
    START_SECOND_HOP,
    allow("backup:StartCopyJob", Target::RecoveryPoints),
    allow_when("iam:PassRole", Target::CopyRole, When::PassedTo(BACKUP))
);
call!(LIST_LEGAL_HOLDS, allow("backup:ListLegalHolds", Target::Region));
call!(LIST_RECOVERY_POINTS_OF_LEGAL_HOLD, allow("backup:ListRecoveryPointsByLegalHold", Target::LegalHolds));
call!(LIST_PLANS, allow("backup:ListBackupPlans", Target::Region));
call!(GET_PLAN, allow("backup:GetBackupPlan", Target::Plans));
call!(LIST_PLAN_TAGS, allow("backup:ListTags", Target::Plans));
call!(LIST_VAULT_TAGS, allow("backup:ListTags", Target::Vault));
call!(LIST_SELECTIONS, allow("backup:ListBackupSelections", Target::Plans));
call!(GET_SELECTION, allow("backup:GetBackupSelection", Target::Plans));
// A plan made with tags takes the right to tag.
call!(CREATE_PLAN, allow("backup:CreateBackupPlan", Target::Plans), allow("backup:TagResource", Target::Plans));
call!(TAG_PLAN, allow("backup:TagResource", Target::Plans));
call!(UPDATE_PLAN, allow("backup:UpdateBackupPlan", Target::Plans));
call!(DELETE_PLAN, allow("backup:DeleteBackupPlan", Target::Plans));
call!(
    CREATE_SELECTION,
    allow("backup:CreateBackupSelection", Target::Plans),
    allow_when("iam:PassRole", Target::BackupRole, When::PassedTo(BACKUP))
);
call!(DELETE_SELECTION, allow("backup:DeleteBackupSelection", Target::Plans));
call!(DESCRIBE_GLOBAL_SETTINGS, allow("backup:DescribeGlobalSettings", Target::Region));
call!(UPDATE_GLOBAL_SETTINGS, allow("backup:UpdateGlobalSettings", Target::Region));
call!(DESCRIBE_REGION_SETTINGS, allow("backup:DescribeRegionSettings", Target::Region));
call!(UPDATE_REGION_SETTINGS, allow("backup:UpdateRegionSettings", Target::Region));

call!(DESCRIBE_STACK, allow("cloudformation:DescribeStacks", Target::Stack));
call!(DESCRIBE_STACK_EVENTS, allow("cloudformation:DescribeStackEvents", Target::Stack));
call!(LIST_STACK_RESOURCES, allow("cloudformation:ListStackResources", Target::Stack));
call!(CREATE_STACK, allow("cloudformation:CreateStack", Target::Stack));
call!(DELETE_STACK, allow("cloudformation:DeleteStack", Target::Stack));
call!(CREATE_CHANGE_SET, allow("cloudformation:CreateChangeSet", Target::Stack));
call!(DESCRIBE_CHANGE_SET, allow("cloudformation:DescribeChangeSet", Target::Stack));
call!(DELETE_CHANGE_SET, allow("cloudformation:DeleteChangeSet", Target::Stack));
call!(EXECUTE_CHANGE_SET, allow("cloudformation:ExecuteChangeSet", Target::Stack));
call!(SET_STACK_POLICY, allow("cloudformation:SetStackPolicy", Target::Stack));
call!(UPDATE_TERMINATION_PROTECTION, allow("cloudformation:UpdateTerminationProtection", Target::Stack));

call!(CONTINUE_ROLLBACK, allow("cloudformation:ContinueUpdateRollback", Target::Stack));
call!(GET_TEMPLATE, allow("cloudformation:GetTemplate", Target::Stack));
call!(LIST_CHANGE_SETS, allow("cloudformation:ListChangeSets", Target::Stack));

call!(DISABLE_RULE, allow("events:DisableRule", Target::StackRules));
call!(PUT_FUNCTION_CONCURRENCY, allow("lambda:PutFunctionConcurrency", Target::StackFunctions));
call!(DELETE_FUNCTION_CONCURRENCY, allow("lambda:DeleteFunctionConcurrency", Target::StackFunctions));
call!(GET_FUNCTION_CONCURRENCY, allow("lambda:GetFunctionConcurrency", Target::StackFunctions));

call!(LIST_DEFAULT_ROLE_POLICIES, allow("iam:ListAttachedRolePolicies", Target::NeededRoles));
call!(GET_NEEDED_ROLE, allow("iam:GetRole", Target::NeededRoles));
call!(
    CREATE_BACKUP_LINKED_ROLE,
    allow_when("iam:CreateServiceLinkedRole", Target::BackupLinkedRole, When::LinkedTo(BACKUP))
);
call!(
    CREATE_RDS_LINKED_ROLE,
    allow_when("iam:CreateServiceLinkedRole", Target::RdsLinkedRole, When::LinkedTo("rds.amazonaws.com"))
);
call!(CREATE_DEFAULT_ROLE, allow("iam:CreateRole", Target::DefaultRole));
call!(ATTACH_DEFAULT_ROLE_POLICY, allow("iam:AttachRolePolicy", Target::DefaultRole));

call!(LIST_GRANTS, allow("kms:ListGrants", Target::Keys));
call!(GET_KEY_LAST_USAGE, allow("kms:GetKeyLastUsage", Target::Keys));
call!(LIST_KEY_TAGS, allow("kms:ListResourceTags", Target::Keys));
call!(LIST_KEY_ALIASES, allow("kms:ListAliases", Target::Region));
call!(DESCRIBE_KEY, allow("kms:DescribeKey", Target::Keys));
call!(SCHEDULE_KEY_DELETION, allow_when("kms:ScheduleKeyDeletion", Target::VaultKey, When::OurKey));

call!(DESCRIBE_ORGANIZATION, allow("organizations:DescribeOrganization", Target::Everything));
call!(LIST_PARENTS, allow("organizations:ListParents", Target::Everything));
call!(LIST_GUARDRAILS, allow("organizations:ListPoliciesForTarget", Target::Everything));
call!(DESCRIBE_GUARDRAIL, allow("organizations:DescribePolicy", Target::OrganizationPolicies));
call!(LIST_SERVICE_ACCESS, allow("organizations:ListAWSServiceAccessForOrganization", Target::Everything));
call!(ENABLE_SERVICE_ACCESS, allow("organizations:EnableAWSServiceAccess", Target::Everything));

call!(DESCRIBE_DATABASES, allow("rds:DescribeDBInstances", Target::Databases));
call!(DESCRIBE_SNAPSHOTS, allow("rds:DescribeDBSnapshots", Target::Snapshots));
call!(DESCRIBE_CLUSTERS, allow("rds:DescribeDBClusters", Target::Clusters));
call!(DESCRIBE_CLUSTER_SNAPSHOTS, allow("rds:DescribeDBClusterSnapshots", Target::ClusterSnapshots));
call!(DESCRIBE_OPTION_GROUPS, allow("rds:DescribeOptionGroups", Target::OptionGroups));
call!(DESCRIBE_SNAPSHOT_ATTRIBUTES, allow("rds:DescribeDBSnapshotAttributes", Target::BackupSnapshots));

call!(GET_VAULT_POLICY, allow("backup:GetBackupVaultAccessPolicy", Target::Vault));
call!(DETECT_DRIFT, allow("cloudformation:DetectStackDrift", Target::Stack));
call!(DESCRIBE_DRIFT_DETECTION, allow("cloudformation:DescribeStackDriftDetectionStatus", Target::Region));
call!(DESCRIBE_DRIFTS, allow("cloudformation:DescribeStackResourceDrifts", Target::Stack));
call!(DESCRIBE_BUS, allow("events:DescribeEventBus", Target::DefaultBus));
call!(DESCRIBE_RULE, allow("events:DescribeRule", Target::StackRules));
call!(LIST_TARGETS, allow("events:ListTargetsByRule", Target::StackRules));
call!(TEST_PATTERN, allow("events:TestEventPattern", Target::Region));
call!(GET_WORKING_ROLE, allow("iam:GetRole", Target::WorkingRoles));
call!(LIST_ATTACHED_POLICIES, allow("iam:ListAttachedRolePolicies", Target::WorkingRoles));
call!(LIST_ROLE_POLICIES, allow("iam:ListRolePolicies", Target::WorkingRoles));
call!(GET_ROLE_POLICY, allow("iam:GetRolePolicy", Target::WorkingRoles));
call!(GET_OWN_ROLE, allow("iam:GetRole", Target::Roles));
call!(LIST_OWN_ATTACHED_POLICIES, allow("iam:ListAttachedRolePolicies", Target::Roles));
call!(LIST_OWN_ROLE_POLICIES, allow("iam:ListRolePolicies", Target::Roles));
call!(GET_OWN_ROLE_POLICY, allow("iam:GetRolePolicy", Target::Roles));
call!(GET_OWN_USER, allow("iam:GetUser", Target::Users));
call!(LIST_OWN_USER_POLICIES, allow("iam:ListUserPolicies", Target::Users));
call!(GET_OWN_USER_POLICY, allow("iam:GetUserPolicy", Target::Users));
call!(LIST_OWN_ATTACHED_USER_POLICIES, allow("iam:ListAttachedUserPolicies", Target::Users));
call!(LIST_OWN_GROUPS, allow("iam:ListGroupsForUser", Target::Users));
call!(GET_MANAGED_POLICY, allow("iam:GetPolicy", Target::ManagedPolicies));
call!(GET_MANAGED_POLICY_VERSION, allow("iam:GetPolicyVersion", Target::ManagedPolicies));
call!(GET_KEY_ADMINISTRATOR_ROLE, allow("iam:GetRole", Target::KeyAdministrators));
call!(GET_KEY_ADMINISTRATOR_USER, allow("iam:GetUser", Target::KeyAdministrators));
call!(GET_KEY_POLICY, allow("kms:GetKeyPolicy", Target::Keys));
call!(GET_KEY_ROTATION, allow("kms:GetKeyRotationStatus", Target::Keys));
call!(GET_FUNCTION, allow("lambda:GetFunctionConfiguration", Target::StackFunctions));
call!(GET_FUNCTION_POLICY, allow("lambda:GetPolicy", Target::StackFunctions));
call!(GET_FUNCTION_INVOCATION, allow("lambda:GetFunctionEventInvokeConfig", Target::StackFunctions));
call!(LIST_SUBSCRIPTIONS, allow("sns:ListSubscriptionsByTopic", Target::NotificationTopic));
call!(GET_QUEUE, allow("sqs:GetQueueAttributes", Target::StackQueues));
