//! The checks: one row each, from which `explain`, the documents and the documentation are made.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::checks;
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
    pub id: &'static str,
    /// What it looks at.
    pub area: Area,
    /// The severity of its findings where nothing softens it.
    pub severity: Severity,
    /// What a finding means, one sentence.
    pub meaning: &'static str,
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
    CredentialsInvalid checks::prerequisites::accounts::CREDENTIALS_INVALID;
    AccountMismatch checks::prerequisites::accounts::ACCOUNT_MISMATCH;
    RegionUnavailable checks::prerequisites::accounts::REGION_UNAVAILABLE;
    OrganizationMissing checks::prerequisites::accounts::ORGANIZATION_MISSING;
    OrganizationMismatch checks::prerequisites::accounts::ORGANIZATION_MISMATCH;
    SourceIsManagementAccount checks::prerequisites::accounts::SOURCE_IS_MANAGEMENT_ACCOUNT;
    CrossAccountBackupDisabled checks::prerequisites::accounts::CROSS_ACCOUNT_BACKUP_DISABLED;
    TrustedAccessMissing checks::prerequisites::TRUSTED_ACCESS_MISSING;
    RdsOptInDisabled checks::prerequisites::RDS_OPT_IN_DISABLED;
    BackupRoleMissing checks::prerequisites::BACKUP_ROLE_MISSING;
    BackupRoleDenied checks::calls::denials::BACKUP_ROLE_DENIED;
    ServiceLinkedRoleMissing checks::prerequisites::SERVICE_LINKED_ROLE_MISSING;
    RdsServiceLinkedRoleMissing checks::prerequisites::RDS_SERVICE_LINKED_ROLE_MISSING;
    KeyAdminMissing checks::prerequisites::KEY_ADMIN_MISSING;
    CallerDenied checks::calls::denials::CALLER_DENIED;
    GuardrailDenies checks::calls::denials::GUARDRAIL_DENIES;
    GuardrailsUnseen checks::prerequisites::GUARDRAILS_UNSEEN;
    AcknowledgementUnused checks::acknowledgements::ACKNOWLEDGEMENT_UNUSED;
    StackMissing checks::stacks::STACK_MISSING;
    StackUnhealthy checks::stacks::STACK_UNHEALTHY;
    StackOutdated checks::stacks::STACK_OUTDATED;
    StackDrifted checks::stacks::STACK_DRIFTED;
    VaultMissing checks::vaults::VAULT_MISSING;
    VaultDefaultKey checks::vaults::VAULT_DEFAULT_KEY;
    VaultKeyMismatch checks::vaults::VAULT_KEY_MISMATCH;
    VaultPolicyDenies checks::calls::denials::VAULT_POLICY_DENIES;
    VaultPolicyOpen checks::vaults::VAULT_POLICY_OPEN;
    CopyTargetOpen checks::vaults::COPY_TARGET_OPEN;
    VaultRetentionConflict checks::vaults::VAULT_RETENTION_CONFLICT;
    VaultUnprotected checks::vaults::VAULT_UNPROTECTED;
    KeyMissing checks::keys::KEY_MISSING;
    KeyDisabled checks::keys::KEY_DISABLED;
    KeyPendingDeletion checks::keys::KEY_PENDING_DELETION;
    KeyPolicyDenies checks::calls::denials::KEY_POLICY_DENIES;
    KeyPolicyOpen checks::keys::KEY_POLICY_OPEN;
    KeyRotationDisabled checks::keys::KEY_ROTATION_DISABLED;
    PlanMissing checks::plan::PLAN_MISSING;
    PlanAmbiguous checks::plan::PLAN_AMBIGUOUS;
    PlanRuleMissing checks::plan::PLAN_RULE_MISSING;
    ScheduleNeverFires checks::plan::SCHEDULE_NEVER_FIRES;
    ScheduleUnreadable checks::plan::SCHEDULE_UNREADABLE;
    PlanCopyMissing checks::plan::PLAN_COPY_MISSING;
    PlanTagMissing checks::plan::PLAN_TAG_MISSING;
    PlanTagMismatch checks::plan::PLAN_TAG_MISMATCH;
    PlanRetentionShort checks::plan::PLAN_RETENTION_SHORT;
    SelectionMissing checks::plan::SELECTION_MISSING;
    SelectionEmpty checks::selection::SELECTION_EMPTY;
    SelectionBeyond checks::selection::SELECTION_BEYOND;
    DatabaseUnprotected checks::selection::DATABASE_UNPROTECTED;
    ResourceUnknown checks::points::resources::RESOURCE_UNKNOWN;
    ResourceNotSelected checks::databases::RESOURCE_NOT_SELECTED;
    ResourceSelectedTwice checks::databases::RESOURCE_SELECTED_TWICE;
    ResourceMissing checks::databases::RESOURCE_MISSING;
    ResourceUnavailable checks::databases::RESOURCE_UNAVAILABLE;
    ResourceUncopyable checks::databases::RESOURCE_UNCOPYABLE;
    OptionGroupMissing checks::databases::OPTION_GROUP_MISSING;
    BackupWindowConflict checks::databases::BACKUP_WINDOW_CONFLICT;
    RuleMissing checks::events::RULE_MISSING;
    RuleDisabled checks::events::RULE_DISABLED;
    RulePatternMismatch checks::events::RULE_PATTERN_MISMATCH;
    RuleTargetMissing checks::events::RULE_TARGET_MISSING;
    EventForwardDenied checks::calls::denials::EVENT_FORWARD_DENIED;
    FunctionMissing checks::events::function::FUNCTION_MISSING;
    FunctionPermissionMissing checks::calls::denials::FUNCTION_PERMISSION_MISSING;
    FunctionRoleDenied checks::calls::denials::FUNCTION_ROLE_DENIED;
    FunctionDestinationMismatch checks::events::function::FUNCTION_DESTINATION_MISMATCH;
    FunctionThrottled checks::events::function::FUNCTION_THROTTLED;
    FunctionFailing checks::events::function::FUNCTION_FAILING;
    FunctionRuntimeEnding checks::events::function::FUNCTION_RUNTIME_ENDING;
    SweepMissing checks::events::SWEEP_MISSING;
    QueueMissing checks::events::delivery::QUEUE_MISSING;
    QueuePolicyDenies checks::calls::denials::QUEUE_POLICY_DENIES;
    DeadLetters checks::events::delivery::DEAD_LETTERS;
    NotificationUnconfirmed checks::events::delivery::NOTIFICATION_UNCONFIRMED;
    PipelinePaused checks::events::PIPELINE_PAUSED;
    BackupMissing checks::points::freshness::BACKUP_MISSING;
    BackupStale checks::points::freshness::BACKUP_STALE;
    BackupFailed checks::points::freshness::BACKUP_FAILED;
    NoUsableCopy checks::points::resources::NO_USABLE_COPY;
    CopyStale checks::points::resources::COPY_STALE;
    CopyExpiring checks::points::resources::COPY_EXPIRING;
    DestinationCopyDeleted checks::points::deleted::DESTINATION_COPY_DELETED;
    IntermediateCopyDeleted checks::points::deleted::INTERMEDIATE_COPY_DELETED;
    IntermediateCopyMissing checks::points::copies::INTERMEDIATE_COPY_MISSING;
    DestinationCopyMissing checks::points::copies::DESTINATION_COPY_MISSING;
    CopyFailed checks::points::failed_job::COPY_FAILED;
    CopyStuck checks::points::copies::COPY_STUCK;
    CopyTagMissing checks::points::held::COPY_TAG_MISSING;
    CopyWouldExpire checks::points::copies::COPY_WOULD_EXPIRE;
    DuplicateCopy checks::points::copies::DUPLICATE_COPY;
    WrongKey checks::points::held::WRONG_KEY;
    Unencrypted checks::points::held::UNENCRYPTED;
    RecoveryPointUnhealthy checks::points::held::RECOVERY_POINT_UNHEALTHY;
    RetentionMismatch checks::points::held::RETENTION_MISMATCH;
    RecoveryPointOrphaned checks::points::held::RECOVERY_POINT_ORPHANED;
    SnapshotShareLeft checks::points::held::SNAPSHOT_SHARE_LEFT;
    CountMismatch checks::points::held::COUNT_MISMATCH;
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
