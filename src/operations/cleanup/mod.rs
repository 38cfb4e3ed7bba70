//! `cleanup`: the plan, the recovery points of the three vaults, then vaults, keys and stacks.
//!
//! [`observe`] looks, [`decide`] is pure and says what goes and what is kept and why, [`apply`] does
//! it after consent: what came in between is not deleted but named.

mod absence;
mod apply;
mod change;
mod decide;
mod fate;
mod key_use;
mod lives;
mod lock;
mod observe;
mod obstacle;
mod pause;
mod plans;
mod points;
mod ready;
mod refusals;
mod report;
mod rights;
mod seen;
mod stake;
mod standing;
mod take_down;
#[cfg(test)]
mod tests;

pub use apply::apply;
pub use change::{Changes, EnvironmentChange, Fate, Intent, KeyChange, LastCopyOf, PlanChange, PointChange, Reason};
pub use decide::decide;
pub use observe::observe;
pub use report::{Cleaned, KeyAction, Undone, report};
pub use seen::{EnvironmentSeen, Observed, Owner, PlanSeen};
pub use stake::Stake;

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

/// Whether the vaults' locks may be taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockConsent {
    /// They stay, with what they keep.
    Leave,
    /// `--remove-lock`.
    Remove,
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
    pub locks: LockConsent,
    pub patience: Patience,
}

impl Options {
    /// Whether only some of the recovery points are meant: the plan and the path stay.
    pub(super) fn is_selective(&self) -> bool {
        !self.resources.is_empty() || self.older_than.is_some() || self.keep_last.is_some()
    }

    /// Whether all of an environment is meant.
    pub(super) fn is_whole(&self, name: EnvironmentName) -> bool {
        !self.is_selective() && self.only.is_empty() && self.environments.contains(&name)
    }

    /// Whether a part is meant.
    pub(super) fn includes(&self, part: Part) -> bool {
        match part {
            Part::RecoveryPoints => self.only.is_empty() || self.only.contains(&part),
            Part::Stacks | Part::Plan => !self.is_selective() && (self.only.is_empty() || self.only.contains(&part)),
        }
    }
}
