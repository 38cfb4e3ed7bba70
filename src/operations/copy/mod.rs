//! `copy`: carries recovery points through the hops that they still lack, once each.
//!
//! [`observe`] looks, [`decide`] is pure and says what each recovery point lacks; [`apply`] goes
//! through the hops, looking again before every start, because the plan, the function and the sweep
//! start the very same copies.

mod apply;
mod decide;
mod facts;
mod known;
mod observe;
mod predict;
mod report;
mod targets;
mod why;

pub use apply::apply;
pub use decide::{Changes, HopStep, Step, decide};
pub use facts::{Facts, HopTwo, Observed, ObservedCopy, Prediction, Predictions};
pub use known::Known;
pub use observe::observe;
pub use predict::predictions;
pub use report::{Copied, CopyReport, CopyState, HopAction, HopReport, LastAttempt, Summary, dry_run};

use std::time::Duration;

use crate::aws::wait::Patience;
use crate::pipeline::arn::RecoveryPointArn;
use crate::pipeline::lifecycle::Retention;

/// Which recovery points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// These.
    RecoveryPoints(Vec<RecoveryPointArn>),
    /// Those of these databases.
    Resources {
        arns: Vec<String>,
        /// All, or the newest of each.
        which: Which,
    },
    /// Everything in the source vault that lacks a copy.
    AllMissing {
        /// Not older than this.
        since: Option<Duration>,
    },
}

/// How many of a database's recovery points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// The newest.
    Latest,
}

/// Whether the plan's own first hop is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// It is, for the configured grace.
    AfterPlan,
    /// `--now`: a second copy may result.
    Now,
}

/// What is done where the stack's values differ from the configuration's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outdated {
    /// It is refused.
    Refuse,
    /// `--force`: the stack's values are taken.
    Accept,
}

/// Whether the end is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It is.
    ForTheEnd,
    /// `--no-wait`.
    No,
}

/// How `copy` was asked.
#[derive(Debug, Clone)]
pub struct Options {
    pub targets: Targets,
    /// How long the destination copy is kept; the stack's value by default.
    pub retention: Option<Retention>,
    /// Whether the plan's own first hop is waited for.
    pub start: Start,
    /// Where the stack is outdated.
    pub outdated: Outdated,
    /// Whether the end is waited for.
    pub wait: Wait,
    /// Recovery points at a time.
    pub concurrency: usize,
    pub patience: Patience,
}
