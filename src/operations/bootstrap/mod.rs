//! `bootstrap`: settings and roles, three stacks, the plan, the selection.
//!
//! [`observe`] looks (and makes the change sets of existing stacks, which [`discard`] deletes),
//! [`decide`] is pure, [`apply`] does exactly what was decided.

mod apply;
mod decide;
mod observe;
mod report;
mod settings;
mod stack;

pub(crate) use apply::remove_stack;
pub use apply::{apply, discard};
pub use decide::{Changes, PlanAction, PlanChange, SelectionAction, SelectionChange, StackAction, StackChange, decide};
pub use observe::{Observed, ObservedPlan, ObservedStack, observe};
pub use report::{Bootstrapped, report};
pub use settings::{Setting, SettingAction, SettingChange, SettingState};

use crate::aws::wait::Patience;
use crate::operations::deployment::Templates;
use crate::pipeline::environment::EnvironmentName;

/// How `bootstrap` was asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which stacks; all three by default.
    pub environments: Vec<EnvironmentName>,
    /// Whether settings that are off may be turned on.
    pub settings: SettingsConsent,
    /// Whether the plan and the selection are part of it.
    pub plan: WithPlan,
    /// The templates.
    pub templates: Templates,
    /// How to wait.
    pub patience: Patience,
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
    /// `--no-plan`.
    No,
}
