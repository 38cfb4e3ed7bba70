//! The checks: one row each, from which `explain`, the documents and the documentation are made.

/// How a vault is left behind that cannot be kept: what follows on "let".
macro_rules! the_stack_go {
    () => {
        "the stack go, its vault and recovery points stay, and name another vault in backupctl.toml: `aws cloudformation update-termination-protection --stack-name STACK --no-enable-termination-protection`, `aws cloudformation delete-stack --stack-name STACK`, `backupctl bootstrap`."
    };
}

mod events;
mod keys;
mod plan;
mod prerequisites;
mod recovery_points;
mod stacks;
mod vaults;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Credentials, organization, settings, roles.
    Prerequisites,
    /// CloudFormation stacks.
    Stacks,
    /// Backup vaults.
    Vaults,
    /// KMS keys.
    Keys,
    /// The backup plan and its selection.
    Plan,
    /// The path that starts the second hop.
    Events,
    /// The recovery points themselves.
    RecoveryPoints,
}

impl Area {
    /// All areas, in the order that they are shown.
    pub const ALL: [Self; 7] =
        [Self::Prerequisites, Self::Stacks, Self::Vaults, Self::Keys, Self::Plan, Self::Events, Self::RecoveryPoints];

    /// The area as flags and documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prerequisites => "prerequisites",
            Self::Stacks => "stacks",
            Self::Vaults => "vaults",
            Self::Keys => "keys",
            Self::Plan => "plan",
            Self::Events => "events",
            Self::RecoveryPoints => "recovery-points",
        }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Wrong, and a recovery point still arrives.
    Warning,
    /// A recovery point is missing, or will be.
    Error,
}

impl Severity {
    /// The severity as documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is known about a check, whatever it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckRow {
    /// The stable id.
    pub id: &'static str,
    /// What it looks at.
    pub area: Area,
    /// The severity of its findings where nothing softens it.
    pub severity: Severity,
    /// What a finding means, one sentence.
    pub meaning: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where AWS documents the behaviour.
    pub source: &'static str,
}

/// What is said of a check, whatever it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Text {
    meaning: &'static str,
    why: &'static str,
    remedy: &'static str,
    source: &'static str,
}

macro_rules! checks {
    ($($variant:ident $id:literal $area:ident $severity:ident $text:path;)*) => {
        /// One thing that is looked at, by its stable id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = concat!("`", $id, "`")] $variant,)*
        }

        impl Check {
            /// All checks, in the order of the contract's table.
            pub const ALL: &[Check] = &[$(Check::$variant),*];

            /// The check's row.
            pub const fn row(self) -> CheckRow {
                let (id, area, severity, text) = match self {
                    $(Check::$variant => ($id, Area::$area, Severity::$severity, $text),)*
                };
                let Text { meaning, why, remedy, source } = text;
                CheckRow { id, area, severity, meaning, why, remedy, source }
            }
        }
    };
}

checks! {
    CredentialsInvalid "credentials-invalid" Prerequisites Error prerequisites::CREDENTIALS_INVALID;
    AccountMismatch "account-mismatch" Prerequisites Error prerequisites::ACCOUNT_MISMATCH;
    RegionUnavailable "region-unavailable" Prerequisites Error prerequisites::REGION_UNAVAILABLE;
    OrganizationMissing "organization-missing" Prerequisites Error prerequisites::ORGANIZATION_MISSING;
    OrganizationMismatch "organization-mismatch" Prerequisites Error prerequisites::ORGANIZATION_MISMATCH;
    SourceIsManagementAccount "source-is-management-account" Prerequisites Error prerequisites::SOURCE_IS_MANAGEMENT_ACCOUNT;
    CrossAccountBackupDisabled "cross-account-backup-disabled" Prerequisites Error prerequisites::CROSS_ACCOUNT_BACKUP_DISABLED;
    TrustedAccessMissing "trusted-access-missing" Prerequisites Warning prerequisites::TRUSTED_ACCESS_MISSING;
    RdsOptInDisabled "rds-opt-in-disabled" Prerequisites Error prerequisites::RDS_OPT_IN_DISABLED;
    BackupRoleMissing "backup-role-missing" Prerequisites Error prerequisites::BACKUP_ROLE_MISSING;
    BackupRoleDenied "backup-role-denied" Prerequisites Error prerequisites::BACKUP_ROLE_DENIED;
    ServiceLinkedRoleMissing "service-linked-role-missing" Prerequisites Error prerequisites::SERVICE_LINKED_ROLE_MISSING;
    RdsServiceLinkedRoleMissing "rds-service-linked-role-missing" Prerequisites Warning prerequisites::RDS_SERVICE_LINKED_ROLE_MISSING;
    KeyAdminMissing "key-admin-missing" Prerequisites Warning prerequisites::KEY_ADMIN_MISSING;
    CallerDenied "caller-denied" Prerequisites Error prerequisites::CALLER_DENIED;
    GuardrailDenies "guardrail-denies" Prerequisites Error prerequisites::GUARDRAIL_DENIES;
    GuardrailsUnseen "guardrails-unseen" Prerequisites Info prerequisites::GUARDRAILS_UNSEEN;
    AcknowledgementUnused "acknowledgement-unused" Prerequisites Info prerequisites::ACKNOWLEDGEMENT_UNUSED;
    StackMissing "stack-missing" Stacks Error stacks::STACK_MISSING;
    StackUnhealthy "stack-unhealthy" Stacks Error stacks::STACK_UNHEALTHY;
    StackOutdated "stack-outdated" Stacks Warning stacks::STACK_OUTDATED;
    StackDrifted "stack-drifted" Stacks Warning stacks::STACK_DRIFTED;
    VaultMissing "vault-missing" Vaults Error vaults::VAULT_MISSING;
    VaultDefaultKey "vault-default-key" Vaults Error vaults::VAULT_DEFAULT_KEY;
    VaultKeyMismatch "vault-key-mismatch" Vaults Warning vaults::VAULT_KEY_MISMATCH;
    VaultPolicyDenies "vault-policy-denies" Vaults Error vaults::VAULT_POLICY_DENIES;
    VaultPolicyOpen "vault-policy-open" Vaults Warning vaults::VAULT_POLICY_OPEN;
    CopyTargetOpen "copy-target-open" Vaults Warning vaults::COPY_TARGET_OPEN;
    VaultRetentionConflict "vault-retention-conflict" Vaults Error vaults::VAULT_RETENTION_CONFLICT;
    VaultUnprotected "vault-unprotected" Vaults Info vaults::VAULT_UNPROTECTED;
    KeyMissing "key-missing" Keys Error keys::KEY_MISSING;
    KeyDisabled "key-disabled" Keys Error keys::KEY_DISABLED;
    KeyPendingDeletion "key-pending-deletion" Keys Error keys::KEY_PENDING_DELETION;
    KeyPolicyDenies "key-policy-denies" Keys Error keys::KEY_POLICY_DENIES;
    KeyPolicyOpen "key-policy-open" Keys Warning keys::KEY_POLICY_OPEN;
    KeyRotationDisabled "key-rotation-disabled" Keys Warning keys::KEY_ROTATION_DISABLED;
    PlanMissing "plan-missing" Plan Error plan::PLAN_MISSING;
    PlanAmbiguous "plan-ambiguous" Plan Error plan::PLAN_AMBIGUOUS;
    PlanRuleMissing "plan-rule-missing" Plan Error plan::PLAN_RULE_MISSING;
    ScheduleNeverFires "schedule-never-fires" Plan Error plan::SCHEDULE_NEVER_FIRES;
    ScheduleUnreadable "schedule-unreadable" Plan Error plan::SCHEDULE_UNREADABLE;
    PlanCopyMissing "plan-copy-missing" Plan Error plan::PLAN_COPY_MISSING;
    PlanTagMissing "plan-tag-missing" Plan Error plan::PLAN_TAG_MISSING;
    PlanTagMismatch "plan-tag-mismatch" Plan Error plan::PLAN_TAG_MISMATCH;
    PlanRetentionShort "plan-retention-short" Plan Warning plan::PLAN_RETENTION_SHORT;
    SelectionMissing "selection-missing" Plan Error plan::SELECTION_MISSING;
    SelectionEmpty "selection-empty" Plan Error plan::SELECTION_EMPTY;
    SelectionBeyond "selection-beyond" Plan Warning plan::SELECTION_BEYOND;
    DatabaseUnprotected "database-unprotected" Plan Warning plan::DATABASE_UNPROTECTED;
    ResourceUnknown "resource-unknown" Plan Error plan::RESOURCE_UNKNOWN;
    ResourceNotSelected "resource-not-selected" Plan Error plan::RESOURCE_NOT_SELECTED;
    ResourceSelectedTwice "resource-selected-twice" Plan Warning plan::RESOURCE_SELECTED_TWICE;
    ResourceMissing "resource-missing" Plan Error plan::RESOURCE_MISSING;
    ResourceUnavailable "resource-unavailable" Plan Error plan::RESOURCE_UNAVAILABLE;
    ResourceUncopyable "resource-uncopyable" Plan Error plan::RESOURCE_UNCOPYABLE;
    OptionGroupMissing "option-group-missing" Plan Error plan::OPTION_GROUP_MISSING;
    BackupWindowConflict "backup-window-conflict" Plan Warning plan::BACKUP_WINDOW_CONFLICT;
    RuleMissing "rule-missing" Events Error events::RULE_MISSING;
    RuleDisabled "rule-disabled" Events Error events::RULE_DISABLED;
    RulePatternMismatch "rule-pattern-mismatch" Events Error events::RULE_PATTERN_MISMATCH;
    RuleTargetMissing "rule-target-missing" Events Error events::RULE_TARGET_MISSING;
    EventForwardDenied "event-forward-denied" Events Error events::EVENT_FORWARD_DENIED;
    FunctionMissing "function-missing" Events Error events::FUNCTION_MISSING;
    FunctionPermissionMissing "function-permission-missing" Events Error events::FUNCTION_PERMISSION_MISSING;
    FunctionRoleDenied "function-role-denied" Events Error events::FUNCTION_ROLE_DENIED;
    FunctionDestinationMismatch "function-destination-mismatch" Events Error events::FUNCTION_DESTINATION_MISMATCH;
    FunctionThrottled "function-throttled" Events Error events::FUNCTION_THROTTLED;
    FunctionFailing "function-failing" Events Error events::FUNCTION_FAILING;
    FunctionRuntimeEnding "function-runtime-ending" Events Warning events::FUNCTION_RUNTIME_ENDING;
    SweepMissing "sweep-missing" Events Error events::SWEEP_MISSING;
    QueueMissing "queue-missing" Events Error events::QUEUE_MISSING;
    QueuePolicyDenies "queue-policy-denies" Events Error events::QUEUE_POLICY_DENIES;
    DeadLetters "dead-letters" Events Warning events::DEAD_LETTERS;
    NotificationUnconfirmed "notification-unconfirmed" Events Warning events::NOTIFICATION_UNCONFIRMED;
    PipelinePaused "pipeline-paused" Events Warning events::PIPELINE_PAUSED;
    BackupMissing "backup-missing" RecoveryPoints Error recovery_points::BACKUP_MISSING;
    BackupStale "backup-stale" RecoveryPoints Error recovery_points::BACKUP_STALE;
    BackupFailed "backup-failed" RecoveryPoints Error recovery_points::BACKUP_FAILED;
    NoUsableCopy "no-usable-copy" RecoveryPoints Error recovery_points::NO_USABLE_COPY;
    CopyStale "copy-stale" RecoveryPoints Error recovery_points::COPY_STALE;
    CopyExpiring "copy-expiring" RecoveryPoints Error recovery_points::COPY_EXPIRING;
    DestinationCopyDeleted "destination-copy-deleted" RecoveryPoints Error recovery_points::DESTINATION_COPY_DELETED;
    IntermediateCopyDeleted "intermediate-copy-deleted" RecoveryPoints Warning recovery_points::INTERMEDIATE_COPY_DELETED;
    IntermediateCopyMissing "intermediate-copy-missing" RecoveryPoints Error recovery_points::INTERMEDIATE_COPY_MISSING;
    DestinationCopyMissing "destination-copy-missing" RecoveryPoints Error recovery_points::DESTINATION_COPY_MISSING;
    CopyFailed "copy-failed" RecoveryPoints Error recovery_points::COPY_FAILED;
    CopyStuck "copy-stuck" RecoveryPoints Warning recovery_points::COPY_STUCK;
    CopyTagMissing "copy-tag-missing" RecoveryPoints Error recovery_points::COPY_TAG_MISSING;
    CopyWouldExpire "copy-would-expire" RecoveryPoints Error recovery_points::COPY_WOULD_EXPIRE;
    DuplicateCopy "duplicate-copy" RecoveryPoints Warning recovery_points::DUPLICATE_COPY;
    WrongKey "wrong-key" RecoveryPoints Error recovery_points::WRONG_KEY;
    Unencrypted "unencrypted" RecoveryPoints Error recovery_points::UNENCRYPTED;
    RecoveryPointUnhealthy "recovery-point-unhealthy" RecoveryPoints Error recovery_points::RECOVERY_POINT_UNHEALTHY;
    RetentionMismatch "retention-mismatch" RecoveryPoints Warning recovery_points::RETENTION_MISMATCH;
    RecoveryPointOrphaned "recovery-point-orphaned" RecoveryPoints Info recovery_points::RECOVERY_POINT_ORPHANED;
    SnapshotShareLeft "snapshot-share-left" RecoveryPoints Warning recovery_points::SNAPSHOT_SHARE_LEFT;
    CountMismatch "count-mismatch" RecoveryPoints Warning recovery_points::COUNT_MISMATCH;
}

/// The text is no check's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a check; `backupctl explain` lists them")]
pub struct NoSuchCheck(String);

impl Check {
    /// The stable id.
    pub const fn id(self) -> &'static str {
        self.row().id
    }
}

impl Check {
    /// Whether this check's errors are about a resource of the operator's own, whose state somebody may have chosen:
    /// such an error can be acknowledged. An error about the pipeline cannot.
    pub const fn is_about_a_resource(self) -> bool {
        matches!(
            self,
            Self::ResourceMissing
                | Self::ResourceUnavailable
                | Self::ResourceUncopyable
                | Self::ResourceNotSelected
                | Self::OptionGroupMissing
        )
    }

    /// Whether a finding of this check can be acknowledged at all: never one about whether a copy exists, its key or
    /// its age, which are the errors of recovery points.
    pub const fn may_be_acknowledged(self) -> bool {
        let row = self.row();
        !(matches!(row.area, Area::RecoveryPoints) && matches!(row.severity, Severity::Error))
    }
}

impl FromStr for Check {
    type Err = NoSuchCheck;
    fn from_str(text: &str) -> Result<Self, NoSuchCheck> {
        Self::ALL.iter().copied().find(|check| check.id() == text).ok_or_else(|| NoSuchCheck(text.to_owned()))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_one_checks() {
        let mut ids: Vec<_> = Check::ALL.iter().map(|check| check.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Check::ALL.len());
    }

    #[test]
    fn the_worst_severity_is_the_greatest() {
        assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Info);
    }

    /// The ids, areas and severities of the contract's table.
    fn contracts() -> Vec<(String, String, String)> {
        let text = include_str!("../../docs/contract.md");
        let table = text.split("## Checks").nth(1).expect("the chapter");
        let mut rows = Vec::new();
        for line in table.lines().filter(|line| line.contains('`')).filter_map(|line| line.strip_prefix("| ")) {
            let (area, checks) = line.split_once(" | ").expect("two columns");
            for one in checks.trim_end_matches(" |").split(" · ") {
                let (id, rest) = one.trim_start_matches('`').split_once("` ").expect("an id and its severity");
                rows.push((area.to_owned(), id.to_owned(), rest[..1].to_owned()));
            }
        }
        rows
    }

    #[test]
    fn the_rows_are_the_contracts_both_ways() {
        let letter = |severity: Severity| severity.as_str()[..1].to_uppercase();
        let ours = Check::ALL.iter().map(|check| {
            let row = check.row();
            (row.area.as_str().to_owned(), row.id.to_owned(), letter(row.severity))
        });
        assert_eq!(ours.collect::<Vec<_>>(), contracts());
    }

    #[test]
    fn every_row_says_everything() {
        for check in Check::ALL {
            let row = check.row();
            for text in [row.meaning, row.why, row.remedy] {
                assert!(text.ends_with('.') && text.len() > 10, "{check}: {text}");
            }
            assert!(!row.source.is_empty(), "{check}");
        }
    }
}
