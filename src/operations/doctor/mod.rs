//! `doctor`: what must be true so that recovery points arrive, before and after bootstrap. It reads and changes
//! nothing. `observe` looks, `judge` is pure: what was seen, and the table of requirements, into findings.

pub mod judge;
mod observe;
mod report;

pub use judge::{Outlook, ReadUnder, forbidden, hop_outlook, judge, judge_into};
pub(crate) use judge::{key_state, selects, skipped, wanted};
pub use observe::{
    DatabaseKeySeen, EnvironmentSeen, GuardrailsSeen, Look, Observed, PlanSeen, Viewpoint, observe, observe_hops,
    planned,
};
pub(crate) use observe::{over, unseen};
pub use report::{Diagnosed, EnvironmentReport, VaultReport, environment_report};

use crate::pipeline::check::Area;
use crate::pipeline::environment::EnvironmentName;

/// How `doctor` was asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only checks of these areas; all by default.
    pub areas: Vec<Area>,
    /// Only these environments; all by default.
    pub environments: Vec<EnvironmentName>,
    /// Whether CloudFormation is to compare what it made with what is there.
    pub drift: Drift,
}

/// Whether drift is looked for. It takes CloudFormation minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drift {
    /// It is not.
    #[default]
    Ignore,
    /// It is.
    Detect,
}

impl Options {
    /// Whether a check is wanted.
    pub fn wants(&self, area: Area, environment: EnvironmentName) -> bool {
        (self.areas.is_empty() || self.areas.contains(&area))
            && (self.environments.is_empty() || self.environments.contains(&environment))
    }
}
