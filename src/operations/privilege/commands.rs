//! What each command declares that it calls, and where.

use super::calls::{self, Call};
use super::resources::Deletes;
use crate::pipeline::environment::EnvironmentName;

/// A command that calls AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `init`.
    Init,
    /// `doctor`.
    Doctor,
    /// `bootstrap`.
    Bootstrap,
    /// `copy`.
    Copy,
    /// `verify`.
    Verify,
    /// `cleanup`.
    Cleanup,
}

/// Where a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    Every,
    Source,
    Intermediate,
    Destination,
    /// Source and intermediate.
    AccountA,
    Management,
    /// The management account where the configuration says how to act as it, else the destination.
    Organization,
}

impl Command {
    /// Every command that calls AWS.
    pub const ALL: [Self; 6] = [Self::Init, Self::Doctor, Self::Bootstrap, Self::Copy, Self::Verify, Self::Cleanup];

    /// The command's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Doctor => "doctor",
            Self::Bootstrap => "bootstrap",
            Self::Copy => "copy",
            Self::Verify => "verify",
            Self::Cleanup => "cleanup",
        }
    }

    fn declared(self) -> &'static [&'static [(In, Call)]] {
        match self {
            Self::Init => &[INIT],
            Self::Doctor => &[HOPS, DOCTOR, DRIFT],
            Self::Bootstrap => &[BOOTSTRAP],
            Self::Copy => &[HOPS, COPY],
            // It checks everything that `doctor` checks but drift.
            Self::Verify => &[HOPS, DOCTOR, VERIFY],
            Self::Cleanup => &[CLEANUP],
        }
    }

    /// What the command does with stacks.
    pub(super) fn stacks(self) -> Option<Deletes> {
        match self {
            Self::Bootstrap => Some(Deletes::Also),
            Self::Cleanup => Some(Deletes::Only),
            Self::Init | Self::Doctor | Self::Copy | Self::Verify => None,
        }
    }

    /// The calls that it makes in an environment; `None` is the organization's management account.
    pub(super) fn calls(self, place: Option<EnvironmentName>, has_management: bool) -> impl Iterator<Item = Call> {
        use EnvironmentName::{Destination, Intermediate, Source};
        let made = move |at: In| match at {
            In::Every => place.is_some(),
            In::Source => place == Some(Source),
            In::Intermediate => place == Some(Intermediate),
            In::Destination => place == Some(Destination),
            In::AccountA => matches!(place, Some(Source | Intermediate)),
            In::Management => place.is_none(),
            In::Organization if has_management => place.is_none(),
            In::Organization => place == Some(Destination) || place.is_none(),
        };
        self.declared().iter().copied().flatten().filter(move |(at, _)| made(*at)).map(|(_, call)| *call)
    }
}

const INIT: &[(In, Call)] = &[
    (In::Source, calls::DESCRIBE_DATABASES),
    (In::Source, calls::DESCRIBE_KEY),
    (In::Destination, calls::DESCRIBE_ORGANIZATION),
];

/// What decides whether AWS allows the two copy jobs.
const HOPS: &[(In, Call)] = &[
    (In::Intermediate, calls::DESCRIBE_STACK),
    (In::Every, calls::LIST_VAULTS),
    (In::Every, calls::GET_VAULT_POLICY),
    (In::Every, calls::DESCRIBE_KEY),
    (In::Every, calls::GET_KEY_POLICY),
    (In::Source, calls::GET_WORKING_ROLE),
    (In::Source, calls::LIST_ATTACHED_POLICIES),
    (In::Source, calls::LIST_ROLE_POLICIES),
    (In::Source, calls::GET_ROLE_POLICY),
    (In::Source, calls::GET_MANAGED_POLICY),
    (In::Source, calls::GET_MANAGED_POLICY_VERSION),
    (In::Destination, calls::GET_WORKING_ROLE),
    (In::Destination, calls::LIST_ATTACHED_POLICIES),
    (In::Destination, calls::LIST_ROLE_POLICIES),
    (In::Destination, calls::GET_ROLE_POLICY),
    (In::Destination, calls::GET_MANAGED_POLICY),
    (In::Destination, calls::GET_MANAGED_POLICY_VERSION),
    (In::Source, calls::DESCRIBE_ORGANIZATION),
    (In::Destination, calls::DESCRIBE_ORGANIZATION),
    (In::Organization, calls::DESCRIBE_GLOBAL_SETTINGS),
    (In::Organization, calls::LIST_PARENTS),
    (In::Organization, calls::LIST_GUARDRAILS),
    (In::Organization, calls::DESCRIBE_GUARDRAIL),
    (In::Every, calls::LIST_VAULT_TAGS),
    (In::Every, calls::LIST_KEY_TAGS),
    (In::Every, calls::LIST_KEY_ALIASES),
];

const DOCTOR: &[(In, Call)] = &[
    (In::Every, calls::DESCRIBE_STACK),
    (In::AccountA, calls::LIST_STACK_RESOURCES),
    (In::Every, calls::GET_KEY_ROTATION),
    (In::Every, calls::GET_KEY_ADMINISTRATOR_ROLE),
    (In::Every, calls::GET_KEY_ADMINISTRATOR_USER),
    (In::Organization, calls::LIST_SERVICE_ACCESS),
    (In::Source, calls::DESCRIBE_REGION_SETTINGS),
    (In::Source, calls::LIST_PLANS),
    (In::Source, calls::LIST_PLAN_TAGS),
    (In::Source, calls::GET_PLAN),
    (In::Source, calls::LIST_SELECTIONS),
    (In::Source, calls::GET_SELECTION),
    (In::Source, calls::DESCRIBE_DATABASES),
    (In::AccountA, calls::DESCRIBE_OPTION_GROUPS),
    (In::AccountA, calls::DESCRIBE_RULE),
    (In::AccountA, calls::LIST_TARGETS),
    (In::AccountA, calls::TEST_PATTERN),
    (In::AccountA, calls::GET_QUEUE),
    (In::Intermediate, calls::LIST_COPY_JOBS),
    (In::Intermediate, calls::DESCRIBE_BUS),
    (In::Intermediate, calls::GET_FUNCTION),
    (In::Intermediate, calls::GET_FUNCTION_POLICY),
    (In::Intermediate, calls::GET_FUNCTION_INVOCATION),
    (In::Intermediate, calls::GET_FUNCTION_CONCURRENCY),
    (In::Intermediate, calls::LIST_SUBSCRIPTIONS),
];

/// For `doctor --detect-drift`.
const DRIFT: &[(In, Call)] = &[
    (In::Every, calls::DETECT_DRIFT),
    (In::Every, calls::DESCRIBE_DRIFT_DETECTION),
    (In::Every, calls::DESCRIBE_DRIFTS),
];

const VERIFY: &[(In, Call)] = &[
    (In::Every, calls::LIST_RECOVERY_POINTS),
    (In::AccountA, calls::LIST_COPY_JOBS),
    (In::Source, calls::LIST_BACKUP_JOBS),
    (In::Every, calls::DESCRIBE_SNAPSHOTS),
    (In::Intermediate, calls::DESCRIBE_SNAPSHOT_ATTRIBUTES),
    // A copy that a list lacks is asked for by name.
    (In::Intermediate, calls::DESCRIBE_RECOVERY_POINT),
    (In::Destination, calls::DESCRIBE_RECOVERY_POINT),
];

const COPY: &[(In, Call)] = &[
    (In::Every, calls::LIST_VAULTS),
    (In::Every, calls::LIST_RECOVERY_POINTS),
    (In::Every, calls::DESCRIBE_RECOVERY_POINT),
    (In::Every, calls::DESCRIBE_KEY),
    (In::AccountA, calls::LIST_COPY_JOBS),
    (In::AccountA, calls::DESCRIBE_COPY_JOB),
    (In::Source, calls::GET_PLAN),
    // Which database a recovery point is of.
    (In::Source, calls::DESCRIBE_DATABASES),
    (In::Source, calls::DESCRIBE_SNAPSHOTS),
    // Whether the caller may start the jobs, a role or a user. IAM is one for all Regions of an account.
    (In::Source, calls::GET_OWN_ROLE),
    (In::Source, calls::LIST_OWN_ATTACHED_POLICIES),
    (In::Source, calls::LIST_OWN_ROLE_POLICIES),
    (In::Source, calls::GET_OWN_ROLE_POLICY),
    (In::Source, calls::GET_OWN_USER),
    (In::Source, calls::LIST_OWN_USER_POLICIES),
    (In::Source, calls::GET_OWN_USER_POLICY),
    (In::Source, calls::LIST_OWN_ATTACHED_USER_POLICIES),
    (In::Source, calls::LIST_OWN_GROUPS),
    (In::Source, calls::START_FIRST_HOP),
    (In::Intermediate, calls::DESCRIBE_STACK),
    (In::Intermediate, calls::START_SECOND_HOP),
];

const BOOTSTRAP: &[(In, Call)] = &[
    (In::Destination, calls::DESCRIBE_ORGANIZATION),
    (In::Organization, calls::LIST_SERVICE_ACCESS),
    (In::Organization, calls::DESCRIBE_GLOBAL_SETTINGS),
    (In::Organization, calls::LIST_PARENTS),
    (In::Organization, calls::LIST_GUARDRAILS),
    (In::Organization, calls::DESCRIBE_GUARDRAIL),
    (In::Management, calls::ENABLE_SERVICE_ACCESS),
    (In::Management, calls::UPDATE_GLOBAL_SETTINGS),
    (In::Source, calls::LIST_DEFAULT_ROLE_POLICIES),
    (In::Source, calls::GET_NEEDED_ROLE),
    (In::Destination, calls::GET_NEEDED_ROLE),
    (In::Source, calls::CREATE_BACKUP_LINKED_ROLE),
    (In::Destination, calls::CREATE_BACKUP_LINKED_ROLE),
    (In::Destination, calls::CREATE_RDS_LINKED_ROLE),
    (In::Source, calls::CREATE_DEFAULT_ROLE),
    (In::Source, calls::ATTACH_DEFAULT_ROLE_POLICY),
    (In::Source, calls::DESCRIBE_REGION_SETTINGS),
    (In::Source, calls::UPDATE_REGION_SETTINGS),
    (In::Every, calls::LIST_VAULTS),
    (In::Every, calls::DESCRIBE_STACK),
    (In::Every, calls::DESCRIBE_STACK_EVENTS),
    (In::Every, calls::CREATE_STACK),
    (In::Every, calls::DELETE_STACK),
    (In::Every, calls::LIST_STACK_RESOURCES),
    (In::Every, calls::CONTINUE_ROLLBACK),
    (In::Every, calls::GET_TEMPLATE),
    (In::Every, calls::LIST_RECOVERY_POINTS),
    (In::Every, calls::LIST_VAULT_TAGS),
    (In::Every, calls::DESCRIBE_KEY),
    (In::Every, calls::LIST_KEY_TAGS),
    (In::Destination, calls::LOCK_VAULT),
    (In::Source, calls::LIST_BACKUP_JOBS),
    (In::AccountA, calls::LIST_COPY_JOBS),
    (In::Intermediate, calls::GET_FUNCTION_CONCURRENCY),
    (In::Intermediate, calls::DELETE_FUNCTION_CONCURRENCY),
    (In::Every, calls::LIST_CHANGE_SETS),
    (In::Every, calls::CREATE_CHANGE_SET),
    (In::Every, calls::DESCRIBE_CHANGE_SET),
    (In::Every, calls::DELETE_CHANGE_SET),
    (In::Every, calls::EXECUTE_CHANGE_SET),
    (In::Every, calls::SET_STACK_POLICY),
    (In::Every, calls::UPDATE_TERMINATION_PROTECTION),
    (In::Source, calls::LIST_PLANS),
    (In::Source, calls::LIST_PLAN_TAGS),
    (In::Source, calls::GET_PLAN),
    (In::Source, calls::LIST_SELECTIONS),
    (In::Source, calls::GET_SELECTION),
    (In::Source, calls::CREATE_PLAN),
    (In::Source, calls::UPDATE_PLAN),
    (In::Source, calls::TAG_PLAN),
    (In::Source, calls::CREATE_SELECTION),
    (In::Source, calls::DELETE_SELECTION),
];

const CLEANUP: &[(In, Call)] = &[
    (In::Every, calls::DESCRIBE_STACK),
    (In::Every, calls::DESCRIBE_STACK_EVENTS),
    (In::Every, calls::LIST_STACK_RESOURCES),
    (In::Every, calls::DELETE_STACK),
    (In::Every, calls::UPDATE_TERMINATION_PROTECTION),
    (In::Every, calls::LIST_VAULTS),
    (In::Every, calls::LIST_VAULT_TAGS),
    (In::Every, calls::DESCRIBE_VAULT),
    (In::Every, calls::DESCRIBE_RECOVERY_POINT),
    (In::Every, calls::DELETE_LOCK),
    (In::Every, calls::GET_VAULT_POLICY),
    // IAM is one for all Regions of an account: the intermediate environment's caller is the source's.
    (In::Source, calls::GET_OWN_ROLE),
    (In::Destination, calls::GET_OWN_ROLE),
    (In::Source, calls::LIST_OWN_ATTACHED_POLICIES),
    (In::Destination, calls::LIST_OWN_ATTACHED_POLICIES),
    (In::Source, calls::LIST_OWN_ROLE_POLICIES),
    (In::Destination, calls::LIST_OWN_ROLE_POLICIES),
    (In::Source, calls::GET_OWN_ROLE_POLICY),
    (In::Destination, calls::GET_OWN_ROLE_POLICY),
    (In::Source, calls::GET_MANAGED_POLICY),
    (In::Destination, calls::GET_MANAGED_POLICY),
    (In::Source, calls::GET_MANAGED_POLICY_VERSION),
    (In::Destination, calls::GET_MANAGED_POLICY_VERSION),
    (In::Source, calls::GET_OWN_USER),
    (In::Destination, calls::GET_OWN_USER),
    (In::Source, calls::LIST_OWN_USER_POLICIES),
    (In::Destination, calls::LIST_OWN_USER_POLICIES),
    (In::Source, calls::GET_OWN_USER_POLICY),
    (In::Destination, calls::GET_OWN_USER_POLICY),
    (In::Source, calls::LIST_OWN_ATTACHED_USER_POLICIES),
    (In::Destination, calls::LIST_OWN_ATTACHED_USER_POLICIES),
    (In::Source, calls::LIST_OWN_GROUPS),
    (In::Destination, calls::LIST_OWN_GROUPS),
    (In::Destination, calls::DESCRIBE_ORGANIZATION),
    (In::Organization, calls::LIST_PARENTS),
    (In::Organization, calls::LIST_GUARDRAILS),
    (In::Organization, calls::DESCRIBE_GUARDRAIL),
    (In::Every, calls::GET_KEY_POLICY),
    (In::Every, calls::LIST_RECOVERY_POINTS_OF_EVERY_VAULT),
    (In::Every, calls::DELETE_RECOVERY_POINT),
    (In::Every, calls::DELETE_VAULT),
    (In::Every, calls::DESCRIBE_KEY),
    (In::Every, calls::SCHEDULE_KEY_DELETION),
    (In::Every, calls::DESCRIBE_DATABASES),
    (In::Every, calls::DESCRIBE_SNAPSHOTS),
    (In::Every, calls::DESCRIBE_CLUSTERS),
    (In::Every, calls::DESCRIBE_CLUSTER_SNAPSHOTS),
    (In::Every, calls::LIST_GRANTS),
    (In::Every, calls::GET_KEY_LAST_USAGE),
    (In::Every, calls::LIST_LEGAL_HOLDS),
    (In::Every, calls::LIST_RECOVERY_POINTS_OF_LEGAL_HOLD),
    (In::AccountA, calls::LIST_COPY_JOBS),
    (In::AccountA, calls::DISABLE_RULE),
    (In::AccountA, calls::DESCRIBE_RULE),
    (In::Intermediate, calls::GET_FUNCTION_CONCURRENCY),
    (In::Intermediate, calls::PUT_FUNCTION_CONCURRENCY),
    (In::Source, calls::LIST_BACKUP_JOBS),
    (In::Every, calls::LIST_PLANS),
    (In::Every, calls::LIST_PLAN_TAGS),
    (In::Every, calls::GET_PLAN),
    (In::Every, calls::LIST_SELECTIONS),
    (In::Every, calls::DELETE_SELECTION),
    (In::Every, calls::DELETE_PLAN),
];
