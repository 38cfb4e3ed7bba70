//! Every SDK operation in use, and whether it reads or changes.

/// What an operation does to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only looks.
    Read,
    /// It may change something.
    Change,
}

/// Operations by the SDK's service name and operation name.
pub const OPERATIONS: &[(&str, &str, Effect)] = &[
    ("Backup", "CreateBackupPlan", Effect::Change),
    ("Backup", "CreateBackupSelection", Effect::Change),
    ("Backup", "DeleteBackupPlan", Effect::Change),
    ("Backup", "DeleteBackupSelection", Effect::Change),
    ("Backup", "DeleteBackupVault", Effect::Change),
    ("Backup", "DeleteBackupVaultLockConfiguration", Effect::Change),
    ("Backup", "DeleteRecoveryPoint", Effect::Change),
    ("Backup", "DescribeBackupVault", Effect::Read),
    ("Backup", "DescribeCopyJob", Effect::Read),
    ("Backup", "DescribeGlobalSettings", Effect::Read),
    ("Backup", "DescribeRecoveryPoint", Effect::Read),
    ("Backup", "DescribeRegionSettings", Effect::Read),
    ("Backup", "GetBackupPlan", Effect::Read),
    ("Backup", "GetBackupSelection", Effect::Read),
    ("Backup", "GetBackupVaultAccessPolicy", Effect::Read),
    ("Backup", "ListBackupJobs", Effect::Read),
    ("Backup", "ListBackupPlans", Effect::Read),
    ("Backup", "ListBackupSelections", Effect::Read),
    ("Backup", "ListBackupVaults", Effect::Read),
    ("Backup", "ListCopyJobs", Effect::Read),
    ("Backup", "ListLegalHolds", Effect::Read),
    ("Backup", "ListRecoveryPointsByLegalHold", Effect::Read),
    ("Backup", "ListRecoveryPointsByBackupVault", Effect::Read),
    ("Backup", "ListTags", Effect::Read),
    ("Backup", "PutBackupVaultLockConfiguration", Effect::Change),
    ("Backup", "StartCopyJob", Effect::Change),
    ("Backup", "TagResource", Effect::Change),
    ("Backup", "UpdateBackupPlan", Effect::Change),
    ("Backup", "UpdateGlobalSettings", Effect::Change),
    ("Backup", "UpdateRegionSettings", Effect::Change),
    ("CloudFormation", "ContinueUpdateRollback", Effect::Change),
    ("CloudFormation", "CreateChangeSet", Effect::Change),
    ("CloudFormation", "CreateStack", Effect::Change),
    ("CloudFormation", "DeleteChangeSet", Effect::Change),
    ("CloudFormation", "DeleteStack", Effect::Change),
    ("CloudFormation", "DescribeChangeSet", Effect::Read),
    ("CloudFormation", "DescribeStackDriftDetectionStatus", Effect::Read),
    ("CloudFormation", "DescribeStackEvents", Effect::Read),
    ("CloudFormation", "DescribeStackResourceDrifts", Effect::Read),
    ("CloudFormation", "DescribeStacks", Effect::Read),
    ("CloudFormation", "DetectStackDrift", Effect::Read),
    ("CloudFormation", "ExecuteChangeSet", Effect::Change),
    ("CloudFormation", "GetTemplate", Effect::Read),
    ("CloudFormation", "ListChangeSets", Effect::Read),
    ("CloudFormation", "SetStackPolicy", Effect::Change),
    ("CloudFormation", "UpdateTerminationProtection", Effect::Change),
    ("EventBridge", "DescribeEventBus", Effect::Read),
    ("EventBridge", "DescribeRule", Effect::Read),
    ("EventBridge", "DisableRule", Effect::Change),
    ("EventBridge", "EnableRule", Effect::Change),
    ("EventBridge", "ListTargetsByRule", Effect::Read),
    ("EventBridge", "TestEventPattern", Effect::Read),
    ("CloudFormation", "ListStackResources", Effect::Read),
    ("IAM", "AttachRolePolicy", Effect::Change),
    ("IAM", "CreateRole", Effect::Change),
    ("IAM", "CreateServiceLinkedRole", Effect::Change),
    ("IAM", "GetPolicy", Effect::Read),
    ("IAM", "GetPolicyVersion", Effect::Read),
    ("IAM", "GetRole", Effect::Read),
    ("IAM", "GetRolePolicy", Effect::Read),
    ("IAM", "GetUser", Effect::Read),
    ("IAM", "GetUserPolicy", Effect::Read),
    ("IAM", "ListAttachedRolePolicies", Effect::Read),
    ("IAM", "ListAttachedUserPolicies", Effect::Read),
    ("IAM", "ListGroupsForUser", Effect::Read),
    ("IAM", "ListRolePolicies", Effect::Read),
    ("IAM", "ListUserPolicies", Effect::Read),
    ("KMS", "DescribeKey", Effect::Read),
    ("KMS", "GetKeyPolicy", Effect::Read),
    ("KMS", "GetKeyRotationStatus", Effect::Read),
    ("KMS", "ListAliases", Effect::Read),
    ("KMS", "ListResourceTags", Effect::Read),
    ("KMS", "GetKeyLastUsage", Effect::Read),
    ("KMS", "ListGrants", Effect::Read),
    ("KMS", "ScheduleKeyDeletion", Effect::Change),
    ("Lambda", "DeleteFunctionConcurrency", Effect::Change),
    ("Lambda", "GetFunctionConcurrency", Effect::Read),
    ("Lambda", "GetFunctionConfiguration", Effect::Read),
    ("Lambda", "GetFunctionEventInvokeConfig", Effect::Read),
    ("Lambda", "GetPolicy", Effect::Read),
    ("Lambda", "PutFunctionConcurrency", Effect::Change),
    ("Organizations", "DescribeOrganization", Effect::Read),
    ("Organizations", "DescribePolicy", Effect::Read),
    ("Organizations", "EnableAWSServiceAccess", Effect::Change),
    ("Organizations", "ListAWSServiceAccessForOrganization", Effect::Read),
    ("Organizations", "ListParents", Effect::Read),
    ("Organizations", "ListPoliciesForTarget", Effect::Read),
    ("RDS", "DescribeDBClusterSnapshots", Effect::Read),
    ("RDS", "DescribeDBClusters", Effect::Read),
    ("RDS", "DescribeDBInstances", Effect::Read),
    ("RDS", "DescribeDBSnapshotAttributes", Effect::Read),
    ("RDS", "DescribeDBSnapshots", Effect::Read),
    ("RDS", "DescribeOptionGroups", Effect::Read),
    ("SNS", "ListSubscriptionsByTopic", Effect::Read),
    ("SQS", "GetQueueAttributes", Effect::Read),
    ("STS", "AssumeRole", Effect::Read),
    ("STS", "GetCallerIdentity", Effect::Read),
];

/// What an operation does; an operation that the table lacks counts as a change.
pub fn effect(service: &str, operation: &str) -> Effect {
    OPERATIONS
        .iter()
        .find(|(of, name, _)| *of == service && *name == operation)
        .map_or(Effect::Change, |(_, _, effect)| *effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_begin_with_a_reading_verb() {
        for (service, operation, effect) in OPERATIONS {
            let reading = ["Describe", "Detect", "Get", "List", "Test", "AssumeRole"]
                .iter()
                .any(|verb| operation.starts_with(verb));
            assert_eq!(reading, *effect == Effect::Read, "{service} {operation}");
        }
    }
}
