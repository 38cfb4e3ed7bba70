//! The checks: one row each, from which `explain`, the documents and the documentation are made.

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

use super::remedy::FixedStep;

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
pub struct Row {
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
    /// What to do where the finding itself knows nothing better.
    pub remedy: &'static [FixedStep],
    /// Where AWS documents the behaviour.
    pub source: &'static str,
}

macro_rules! checks {
    ($($variant:ident $row:path;)*) => {
        /// One thing that is looked at, by its stable id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = concat!("See [`", stringify!($row), "`].")] $variant,)*
        }

        impl Check {
            /// All checks, in the order of the contract's table.
            pub const ALL: &[Check] = &[$(Check::$variant),*];

            /// The check's row.
            pub const fn row(self) -> Row {
                match self {
                    $(Check::$variant => $row,)*
                }
            }
        }
    };
}

checks! {
    CredentialsInvalid prerequisites::CREDENTIALS_INVALID;
    AccountMismatch prerequisites::ACCOUNT_MISMATCH;
    RegionUnavailable prerequisites::REGION_UNAVAILABLE;
    OrganizationMissing prerequisites::ORGANIZATION_MISSING;
    OrganizationMismatch prerequisites::ORGANIZATION_MISMATCH;
    SourceIsManagementAccount prerequisites::SOURCE_IS_MANAGEMENT_ACCOUNT;
    CrossAccountBackupDisabled prerequisites::CROSS_ACCOUNT_BACKUP_DISABLED;
    TrustedAccessMissing prerequisites::TRUSTED_ACCESS_MISSING;
    RdsOptInDisabled prerequisites::RDS_OPT_IN_DISABLED;
    BackupRoleMissing prerequisites::BACKUP_ROLE_MISSING;
    BackupRoleDenied prerequisites::BACKUP_ROLE_DENIED;
    ServiceLinkedRoleMissing prerequisites::SERVICE_LINKED_ROLE_MISSING;
    RdsServiceLinkedRoleMissing prerequisites::RDS_SERVICE_LINKED_ROLE_MISSING;
    KeyAdminMissing prerequisites::KEY_ADMIN_MISSING;
    CallerDenied prerequisites::CALLER_DENIED;
    GuardrailDenies prerequisites::GUARDRAIL_DENIES;
    GuardrailsUnseen prerequisites::GUARDRAILS_UNSEEN;
    AcknowledgementUnused prerequisites::ACKNOWLEDGEMENT_UNUSED;
    StackMissing stacks::STACK_MISSING;
    StackUnhealthy stacks::STACK_UNHEALTHY;
    StackOutdated stacks::STACK_OUTDATED;
    StackDrifted stacks::STACK_DRIFTED;
    VaultMissing vaults::VAULT_MISSING;
    VaultDefaultKey vaults::VAULT_DEFAULT_KEY;
    VaultKeyMismatch vaults::VAULT_KEY_MISMATCH;
    VaultPolicyDenies vaults::VAULT_POLICY_DENIES;
    VaultPolicyOpen vaults::VAULT_POLICY_OPEN;
    CopyTargetOpen vaults::COPY_TARGET_OPEN;
    VaultRetentionConflict vaults::VAULT_RETENTION_CONFLICT;
    VaultUnprotected vaults::VAULT_UNPROTECTED;
    KeyMissing keys::KEY_MISSING;
    KeyDisabled keys::KEY_DISABLED;
    KeyPendingDeletion keys::KEY_PENDING_DELETION;
    KeyPolicyDenies keys::KEY_POLICY_DENIES;
    KeyPolicyOpen keys::KEY_POLICY_OPEN;
    KeyRotationDisabled keys::KEY_ROTATION_DISABLED;
    PlanMissing plan::PLAN_MISSING;
    PlanAmbiguous plan::PLAN_AMBIGUOUS;
    PlanRuleMissing plan::PLAN_RULE_MISSING;
    ScheduleNeverFires plan::SCHEDULE_NEVER_FIRES;
    ScheduleUnreadable plan::SCHEDULE_UNREADABLE;
    PlanCopyMissing plan::PLAN_COPY_MISSING;
    PlanTagMissing plan::PLAN_TAG_MISSING;
    PlanTagMismatch plan::PLAN_TAG_MISMATCH;
    PlanRetentionShort plan::PLAN_RETENTION_SHORT;
    SelectionMissing plan::SELECTION_MISSING;
    SelectionEmpty plan::SELECTION_EMPTY;
    SelectionBeyond plan::SELECTION_BEYOND;
    DatabaseUnprotected plan::DATABASE_UNPROTECTED;
    ResourceUnknown plan::RESOURCE_UNKNOWN;
    ResourceNotSelected plan::RESOURCE_NOT_SELECTED;
    ResourceSelectedTwice plan::RESOURCE_SELECTED_TWICE;
    ResourceMissing plan::RESOURCE_MISSING;
    ResourceUnavailable plan::RESOURCE_UNAVAILABLE;
    ResourceUncopyable plan::RESOURCE_UNCOPYABLE;
    OptionGroupMissing plan::OPTION_GROUP_MISSING;
    BackupWindowConflict plan::BACKUP_WINDOW_CONFLICT;
    RuleMissing events::RULE_MISSING;
    RuleDisabled events::RULE_DISABLED;
    RulePatternMismatch events::RULE_PATTERN_MISMATCH;
    RuleTargetMissing events::RULE_TARGET_MISSING;
    EventForwardDenied events::EVENT_FORWARD_DENIED;
    FunctionMissing events::FUNCTION_MISSING;
    FunctionPermissionMissing events::FUNCTION_PERMISSION_MISSING;
    FunctionRoleDenied events::FUNCTION_ROLE_DENIED;
    FunctionDestinationMismatch events::FUNCTION_DESTINATION_MISMATCH;
    FunctionThrottled events::FUNCTION_THROTTLED;
    FunctionFailing events::FUNCTION_FAILING;
    FunctionRuntimeEnding events::FUNCTION_RUNTIME_ENDING;
    SweepMissing events::SWEEP_MISSING;
    QueueMissing events::QUEUE_MISSING;
    QueuePolicyDenies events::QUEUE_POLICY_DENIES;
    DeadLetters events::DEAD_LETTERS;
    NotificationUnconfirmed events::NOTIFICATION_UNCONFIRMED;
    PipelinePaused events::PIPELINE_PAUSED;
    BackupMissing recovery_points::BACKUP_MISSING;
    BackupStale recovery_points::BACKUP_STALE;
    BackupFailed recovery_points::BACKUP_FAILED;
    NoUsableCopy recovery_points::NO_USABLE_COPY;
    CopyStale recovery_points::COPY_STALE;
    CopyExpiring recovery_points::COPY_EXPIRING;
    DestinationCopyDeleted recovery_points::DESTINATION_COPY_DELETED;
    IntermediateCopyDeleted recovery_points::INTERMEDIATE_COPY_DELETED;
    IntermediateCopyMissing recovery_points::INTERMEDIATE_COPY_MISSING;
    DestinationCopyMissing recovery_points::DESTINATION_COPY_MISSING;
    CopyFailed recovery_points::COPY_FAILED;
    CopyStuck recovery_points::COPY_STUCK;
    CopyTagMissing recovery_points::COPY_TAG_MISSING;
    CopyWouldExpire recovery_points::COPY_WOULD_EXPIRE;
    DuplicateCopy recovery_points::DUPLICATE_COPY;
    WrongKey recovery_points::WRONG_KEY;
    Unencrypted recovery_points::UNENCRYPTED;
    RecoveryPointUnhealthy recovery_points::RECOVERY_POINT_UNHEALTHY;
    RetentionMismatch recovery_points::RETENTION_MISMATCH;
    RecoveryPointOrphaned recovery_points::RECOVERY_POINT_ORPHANED;
    SnapshotShareLeft recovery_points::SNAPSHOT_SHARE_LEFT;
    CountMismatch recovery_points::COUNT_MISMATCH;
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
            let steps = row.remedy.iter().map(|step| step.text);
            for text in [row.meaning, row.why].into_iter().chain(steps) {
                assert!(text.ends_with('.') && text.len() > 5, "{check}: {text}");
            }
            assert!(!row.remedy.is_empty(), "{check}");
            assert!(!row.source.is_empty(), "{check}");
        }
    }
}
