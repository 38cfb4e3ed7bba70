//! `cleanup`: the plan, the recovery points of the three vaults, then vaults, keys and stacks.
//!
//! [`observe`] looks, [`decide`] is pure and says what goes and what is kept and why, [`apply`] does
//! it after consent: what came in between is not deleted but named.

mod apply;
mod change;
mod decide;
mod fate;
mod key_use;
mod observe;
mod points;
mod report;
mod standing;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use change::{Changes, EnvironmentChange, Fate, Intent, KeyChange, LastCopyOf, PlanChange, PointChange, Reason};
pub use decide::decide;
pub use observe::{EnvironmentSeen, Observed, observe};
pub use report::{Cleaned, KeyAction, Undone, report};

use std::time::Duration;

use crate::aws::wait::Patience;
use crate::pipeline::environment::EnvironmentName;

/// A part of what there is to clean up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `--only recovery-points`.
    RecoveryPoints,
    /// `--only stacks`.
    Stacks,
    /// `--only plan`.
    Plan,
}

/// Whether the last copy of a database that no longer exists may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCopy {
    /// It is kept.
    Keep,
    /// `--include-last-copy`.
    Include,
}

/// How `cleanup` was asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only these parts; all by default.
    pub only: Vec<Part>,
    /// Which environments; all three by default.
    pub environments: Vec<EnvironmentName>,
    /// Only recovery points of these databases.
    pub resources: Vec<String>,
    /// Only recovery points created longer ago.
    pub older_than: Option<Duration>,
    /// The newest of each database in each vault stay.
    pub keep_last: Option<usize>,
    /// The last copy of a database that no longer exists.
    pub last_copy: LastCopy,
    /// How to wait.
    pub patience: Patience,
}

impl Options {
    /// Whether only some of the recovery points are meant: the plan and the path stay.
    pub(super) fn is_selective(&self) -> bool {
        !self.resources.is_empty() || self.older_than.is_some() || self.keep_last.is_some()
    }

    /// Whether a part is meant.
    pub(super) fn includes(&self, part: Part) -> bool {
        match part {
            Part::RecoveryPoints => self.only.is_empty() || self.only.contains(&part),
            Part::Stacks | Part::Plan => !self.is_selective() && (self.only.is_empty() || self.only.contains(&part)),
        }
    }
}
