//! `bootstrap`: settings and roles, three stacks, the plan, the selection.
//!
//! [`observe`] looks (and makes the change sets of existing stacks, which [`discard`] deletes), [`decide`] is pure,
//! [`apply`] does exactly what was decided. Where what follows is only known when it is done ([`Changes::goes_on`]),
//! all three begin again.

mod adoption;
mod apply;
mod decide;
mod foreseen;
mod lock;
mod observe;
mod report;
mod settings;
mod stack;
pub mod states;

pub(crate) use apply::remove_stack;
pub use apply::{Applied, abandon, apply, discard};
pub use decide::{
    Block, Candidate, Changes, PlanAction, PlanChange, Repair, SelectionAction, SelectionChange, SelectionStep,
    StackAction, StackChange, decide, one_of,
};
pub use observe::{Difference, Observed, ObservedPlan, ObservedStack, Standing, observe};
pub use report::{Bootstrapped, report};
pub use settings::{Setting, SettingAction, SettingChange, SettingState};

use crate::aws::wait::Patience;
use crate::operations::deployment::Templates;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::plural;

/// The name of our change sets. It is always the same one, so that one that a killed run left behind is found and
/// deleted by the next without being looked for.
pub const CHANGE_SET: &str = "backupctl-bootstrap";

/// The type of a backup vault, as CloudFormation names it.
const VAULT: &str = "AWS::Backup::BackupVault";
/// The type of a key.
const KEY: &str = "AWS::KMS::Key";

/// How `bootstrap` was asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which stacks; all three by default.
    pub environments: Vec<EnvironmentName>,
    /// Whether it will be done.
    pub mode: Mode,
    /// Whether settings that are off may be turned on.
    pub settings: SettingsConsent,
    /// Whether the plan and the selection are part of it.
    pub plan: WithPlan,
    pub templates: Templates,
    pub patience: Patience,
}

/// Whether it will be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// After consent.
    Apply,
    /// It is only shown; nothing is waited for, and a change set that is denied is done without.
    DryRun,
}

/// Whether settings that are off may be turned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsConsent {
    /// `--enable-settings`.
    Enable,
    /// They are left.
    Leave,
}

/// Whether the plan and the selection are part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithPlan {
    /// They are.
    Yes,
    /// `--no-plan`, or the source environment was not asked for.
    No,
}

/// AWS's approximate number of recovery points, in words.
fn recovery_points(number: i64) -> String {
    let counted = plural::count(number.unsigned_abs(), "recovery point", "recovery points");
    format!("{counted} in it, by AWS's count")
}
