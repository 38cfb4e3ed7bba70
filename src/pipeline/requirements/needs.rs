//! Who must be allowed to do what, so that a recovery point arrives.
//!
//! One row a call. AWS publishes which permissions its managed policies carry and who makes a copy, but not every
//! call of a job: where nobody has confirmed that a job fails without the row, [`Proof`] says so.

use crate::pipeline::environment::EnvironmentName;

/// The part of the way that a call belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The backup job in the source vault.
    Backup,
    /// Source vault to intermediate vault.
    FirstHop,
    /// The event of the completed first hop, put on the intermediate Region's bus.
    Forwarding,
    /// The event handed to the function.
    Invocation,
    /// The function invoked by the sweep's schedule.
    Sweep,
    /// What the function does.
    Function,
    /// Intermediate vault to destination vault.
    SecondHop,
    /// What failed for good, kept.
    DeadLetters,
}

/// Who makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// AWS Backup as itself.
    BackupService,
    /// EventBridge as itself.
    EventBridge,
    /// Lambda as itself.
    Lambda,
    /// The role of the backup selection.
    BackupRole,
    /// The role of the rule that forwards.
    ForwardRole,
    /// The function's execution role.
    FunctionRole,
    /// The role that the function passes to AWS Backup.
    CopyRole,
    /// `AWSServiceRoleForBackup` of the destination account.
    DestinationLinkedRole,
    /// Whoever runs `copy`.
    Caller,
}

/// On what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// No resource of its own.
    Anything,
    /// A database of the selection.
    Database,
    /// The snapshot of the backup, as RDS sees it.
    SourceSnapshot,
    /// The same snapshot as a recovery point, under the source vault's policy.
    SourcePoint,
    /// The copy in the intermediate Region, as RDS sees it.
    IntermediateSnapshot,
    /// The same as a recovery point, under the intermediate vault's policy.
    IntermediatePoint,
    /// The copy in the destination account.
    DestinationSnapshot,
    /// An environment's backup vault.
    Vault(EnvironmentName),
    /// The key of an environment's backup vault.
    Key(EnvironmentName),
    /// A database's own key, under which its backups in the source vault are.
    DatabaseKey,
    /// The default event bus of the intermediate Region.
    Bus,
    /// The function.
    Function,
    /// A role.
    Role(Who),
    /// The dead-letter queue of the rule that forwards.
    ForwardQueue,
    /// The dead-letter queue of the rule that invokes the function.
    CopyQueue,
    /// The queue that takes what the function failed at for good.
    FailureQueue,
}

/// What the request carries besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum With {
    /// `kms:ViaService` and `kms:CallerAccount`: RDS of this environment's Region asks on the caller's behalf.
    ViaRds(EnvironmentName),
    /// `kms:GrantIsForAWSResource`.
    ForAwsResource,
    /// `backup:CopyTargets`.
    CopyTarget(EnvironmentName),
    /// `iam:PassedToService`.
    PassedToBackup,
    /// `aws:SourceArn` and `aws:SourceAccount`: the rule that forwards.
    ForwardRule,
    /// The same: the rule that invokes the function.
    CopyRule,
    /// The same: the rule of the sweep.
    SweepRule,
    /// `aws:SourceAccount` alone.
    SourceAccount,
}

/// What is lost where the call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// The recovery point does not arrive.
    Lost,
    /// It arrives; something else is lost.
    Arrives,
}

/// How well it is known that AWS makes the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// AWS's documentation, or somebody's CloudTrail, says so.
    Confirmed,
    /// It follows from the managed policies; nobody has published a job that failed for want of it.
    Inferred,
}

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    pub id: &'static str,
    /// To which part it belongs.
    pub step: Step,
    pub who: Who,
    pub action: &'static str,
    pub what: What,
    pub with: &'static [With],
    /// What is lost without it.
    pub without: Without,
    /// How well it is known.
    pub proof: Proof,
    /// Where it stands written.
    pub source: &'static str,
}

const ROLE_POLICY: &str = "AWS Managed Policy Reference, AWSBackupServiceRolePolicyForBackup";
const OPERATOR_POLICY: &str = "AWS Managed Policy Reference, AWSBackupOperatorAccess";
const LINKED_POLICY: &str = "AWS Managed Policy Reference, AWSBackupServiceLinkedRolePolicyForBackup";
const SERVICE_ROLES: &str = "AWS Backup Developer Guide, iam-service-roles";
const CROSS_ACCOUNT: &str = "AWS Backup Developer Guide, create-cross-account-backup";
const COPY_SNAPSHOT: &str = "Amazon RDS User Guide, USER_CopySnapshot";
const SOURCE_KEY: &str =
    "KMSKeyNotAccessibleFault of CopyDBSnapshot; pbudzon/aws-maintenance#13, awslabs/aurora-snapshot-tool#29";
const CROSS_REGION_EVENTS: &str = "Amazon EventBridge User Guide, eb-cross-region";
const RULE_TARGETS: &str = "Amazon EventBridge User Guide, eb-use-resource-based";
const DEAD_LETTERS: &str = "Amazon EventBridge User Guide, eb-rule-dlq";
const EXECUTION_ROLE: &str = "AWS Lambda Developer Guide, lambda-intro-execution-role";
const AUTHORIZATION: &str = "Service Authorization Reference, AWS Backup";
const FUNCTION: &str = "src/templates/function.py";

macro_rules! requirements {
    ($(#[$about:meta])* $table:ident: $($id:literal $step:ident $who:ident $action:literal $what:expr, [$($with:expr),*] $without:ident $proof:ident $source:expr;)*) => {
        $(#[$about])*
        pub const $table: &[Requirement] = &[$(Requirement {
            id: $id,
            step: Step::$step,
            who: Who::$who,
            action: $action,
            what: $what,
            with: &[$($with),*],
            without: Without::$without,
            proof: Proof::$proof,
            source: $source,
        }),*];
    };
}

use EnvironmentName::{Destination, Intermediate, Source};
use What::{
    Anything, Bus, CopyQueue, Database, DatabaseKey, DestinationSnapshot, FailureQueue, ForwardQueue,
    IntermediatePoint, IntermediateSnapshot, Key, Role, SourcePoint, SourceSnapshot, Vault,
};
use With::{CopyTarget, ForAwsResource, PassedToBackup, SourceAccount, ViaRds};

requirements! {
    /// Every call that is known, in the order that a recovery point travels.
    REQUIREMENTS:
    "backup/assume-role" Backup BackupService "sts:AssumeRole" Role(Who::BackupRole), [SourceAccount] Lost Confirmed SERVICE_ROLES;
    "backup/describe-database" Backup BackupRole "rds:DescribeDBInstances" Database, [] Lost Inferred ROLE_POLICY;
    "backup/create-snapshot-of-database" Backup BackupRole "rds:CreateDBSnapshot" Database, [] Lost Inferred ROLE_POLICY;
    "backup/create-snapshot" Backup BackupRole "rds:CreateDBSnapshot" SourceSnapshot, [] Lost Inferred ROLE_POLICY;
    "backup/describe-snapshot" Backup BackupRole "rds:DescribeDBSnapshots" SourceSnapshot, [] Arrives Inferred ROLE_POLICY;
    "backup/tag-snapshot" Backup BackupRole "rds:AddTagsToResource" SourceSnapshot, [] Lost Inferred ROLE_POLICY;
    "backup/read-tags" Backup BackupRole "rds:ListTagsForResource" Database, [] Lost Inferred ROLE_POLICY;

    "hop-1/copy-from" FirstHop BackupRole "backup:CopyFromBackupVault" SourcePoint, [CopyTarget(Intermediate)] Lost Confirmed AUTHORIZATION;
    "hop-1/copy-into" FirstHop BackupRole "backup:CopyIntoBackupVault" Vault(Intermediate), [] Lost Confirmed CROSS_ACCOUNT;
    "hop-1/read-tags" FirstHop BackupRole "rds:ListTagsForResource" SourceSnapshot, [] Lost Inferred ROLE_POLICY;
    "hop-1/copy-from-snapshot" FirstHop BackupRole "rds:CopyDBSnapshot" SourceSnapshot, [] Lost Confirmed COPY_SNAPSHOT;
    "hop-1/copy-snapshot" FirstHop BackupRole "rds:CopyDBSnapshot" IntermediateSnapshot, [] Lost Confirmed COPY_SNAPSHOT;
    "hop-1/tag-copy" FirstHop BackupRole "rds:AddTagsToResource" IntermediateSnapshot, [] Lost Inferred ROLE_POLICY;
    "hop-1/describe-copy" FirstHop BackupRole "rds:DescribeDBSnapshots" IntermediateSnapshot, [] Arrives Inferred ROLE_POLICY;
    "hop-1/describe-key" FirstHop BackupRole "kms:DescribeKey" Key(Intermediate), [ViaRds(Intermediate)] Lost Confirmed COPY_SNAPSHOT;
    "hop-1/grant-key" FirstHop BackupRole "kms:CreateGrant" Key(Intermediate), [ViaRds(Intermediate), ForAwsResource] Lost Confirmed COPY_SNAPSHOT;
    "hop-1/describe-source-key" FirstHop BackupRole "kms:DescribeKey" DatabaseKey, [ViaRds(Source)] Lost Confirmed SOURCE_KEY;
    "hop-1/grant-source-key" FirstHop BackupRole "kms:CreateGrant" DatabaseKey, [ViaRds(Source), ForAwsResource] Lost Confirmed SOURCE_KEY;

    "forward/assume-role" Forwarding EventBridge "sts:AssumeRole" Role(Who::ForwardRole), [With::ForwardRule] Lost Confirmed CROSS_REGION_EVENTS;
    "forward/put-events" Forwarding ForwardRole "events:PutEvents" Bus, [] Lost Confirmed CROSS_REGION_EVENTS;

    "invoke/function" Invocation EventBridge "lambda:InvokeFunction" What::Function, [With::CopyRule] Lost Confirmed RULE_TARGETS;
    "sweep/invoke" Sweep EventBridge "lambda:InvokeFunction" What::Function, [With::SweepRule] Arrives Confirmed RULE_TARGETS;

    "function/assume-role" Function Lambda "sts:AssumeRole" Role(Who::FunctionRole), [] Lost Confirmed EXECUTION_ROLE;
    "function/describe-recovery-point" Function FunctionRole "backup:DescribeRecoveryPoint" IntermediatePoint, [] Lost Confirmed FUNCTION;
    "function/find-snapshot" Function FunctionRole "rds:DescribeDBSnapshots" IntermediateSnapshot, [] Lost Inferred OPERATOR_POLICY;
    "function/read-tags" Function FunctionRole "rds:ListTagsForResource" IntermediateSnapshot, [] Lost Confirmed FUNCTION;
    "function/list-recovery-points" Function FunctionRole "backup:ListRecoveryPointsByBackupVault" Vault(Intermediate), [] Lost Confirmed FUNCTION;
    "function/list-copy-jobs" Function FunctionRole "backup:ListCopyJobs" Anything, [] Lost Confirmed FUNCTION;
    "function/start-copy-job" Function FunctionRole "backup:StartCopyJob" IntermediatePoint, [] Lost Confirmed AUTHORIZATION;
    "function/pass-role" Function FunctionRole "iam:PassRole" Role(Who::CopyRole), [PassedToBackup] Lost Confirmed AUTHORIZATION;
    "function/describe-copy-job" Function FunctionRole "backup:DescribeCopyJob" Anything, [] Arrives Confirmed FUNCTION;

    "hop-2/assume-role" SecondHop BackupService "sts:AssumeRole" Role(Who::CopyRole), [SourceAccount] Lost Confirmed SERVICE_ROLES;
    "hop-2/copy-from" SecondHop CopyRole "backup:CopyFromBackupVault" IntermediatePoint, [CopyTarget(Destination)] Lost Confirmed CROSS_ACCOUNT;
    "hop-2/copy-into" SecondHop CopyRole "backup:CopyIntoBackupVault" Vault(Destination), [] Lost Confirmed CROSS_ACCOUNT;
    "hop-2/describe-snapshot" SecondHop CopyRole "rds:DescribeDBSnapshots" IntermediateSnapshot, [] Arrives Inferred ROLE_POLICY;
    "hop-2/read-tags" SecondHop CopyRole "rds:ListTagsForResource" IntermediateSnapshot, [] Lost Inferred "AWS Backup Developer Guide, eventbridge (a FAILED copy job)";
    "hop-2/share-snapshot" SecondHop CopyRole "rds:ModifyDBSnapshotAttribute" IntermediateSnapshot, [] Lost Confirmed CROSS_ACCOUNT;
    "hop-2/copy-snapshot" SecondHop DestinationLinkedRole "rds:CopyDBSnapshot" DestinationSnapshot, [] Lost Confirmed CROSS_ACCOUNT;
    "hop-2/tag-copy" SecondHop DestinationLinkedRole "rds:AddTagsToResource" DestinationSnapshot, [] Lost Inferred LINKED_POLICY;
    "hop-2/describe-source-key" SecondHop DestinationLinkedRole "kms:DescribeKey" Key(Intermediate), [ViaRds(Destination)] Lost Confirmed "tecRacer, Automating Cross-Account / Cross-Region Backups, 2024";
    "hop-2/grant-source-key" SecondHop DestinationLinkedRole "kms:CreateGrant" Key(Intermediate), [ViaRds(Destination), ForAwsResource] Lost Confirmed "tecRacer, Automating Cross-Account / Cross-Region Backups, 2024";
    "hop-2/describe-key" SecondHop DestinationLinkedRole "kms:DescribeKey" Key(Destination), [ViaRds(Destination)] Lost Confirmed COPY_SNAPSHOT;
    "hop-2/grant-key" SecondHop DestinationLinkedRole "kms:CreateGrant" Key(Destination), [ViaRds(Destination), ForAwsResource] Lost Confirmed COPY_SNAPSHOT;

    "dead-letters/forward" DeadLetters EventBridge "sqs:SendMessage" ForwardQueue, [With::ForwardRule] Arrives Confirmed DEAD_LETTERS;
    "dead-letters/invoke" DeadLetters EventBridge "sqs:SendMessage" CopyQueue, [With::CopyRule] Arrives Confirmed DEAD_LETTERS;
    "dead-letters/function" DeadLetters FunctionRole "sqs:SendMessage" FailureQueue, [] Arrives Confirmed "AWS Lambda Developer Guide, invocation-async-retain-records";
}

requirements! {
    /// What `copy` itself must be allowed, where the plan or the function asks for the same otherwise.
    BY_HAND:
    "by-hand-1/start-copy-job" FirstHop Caller "backup:StartCopyJob" SourcePoint, [] Lost Confirmed AUTHORIZATION;
    "by-hand-1/pass-role" FirstHop Caller "iam:PassRole" Role(Who::BackupRole), [PassedToBackup] Lost Confirmed AUTHORIZATION;
    "by-hand-2/start-copy-job" SecondHop Caller "backup:StartCopyJob" IntermediatePoint, [] Lost Confirmed AUTHORIZATION;
    "by-hand-2/pass-role" SecondHop Caller "iam:PassRole" Role(Who::CopyRole), [PassedToBackup] Lost Confirmed AUTHORIZATION;
}

impl Step {
    /// The step in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "the backup job",
            Self::FirstHop => "the first hop",
            Self::Forwarding => "forwarding the event",
            Self::Invocation => "invoking the function",
            Self::Sweep => "the sweep",
            Self::Function => "the function",
            Self::SecondHop => "the second hop",
            Self::DeadLetters => "keeping what failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let ids: BTreeSet<&str> = REQUIREMENTS.iter().chain(BY_HAND).map(|row| row.id).collect();
        assert_eq!(ids.len(), REQUIREMENTS.len() + BY_HAND.len());
    }

    #[test]
    fn the_documentation_lists_what_nobody_has_confirmed() {
        let text = include_str!("../../../docs/requirements.md");
        for row in REQUIREMENTS.iter().chain(BY_HAND) {
            let line = text.lines().find(|line| line.starts_with(&format!("| `{}` |", row.id)));
            let line = line.unwrap_or_else(|| panic!("docs/requirements.md lacks {}", row.id));
            assert!(line.contains(&format!("`{}`", row.action)), "{line}");
            let unconfirmed = line.ends_with("| not confirmed |");
            assert_eq!(unconfirmed, row.proof == Proof::Inferred, "{line}");
        }
        let listed = text.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(listed, REQUIREMENTS.len() + BY_HAND.len());
    }
}
