//! `doctor`: what must be true so that recovery points arrive, before and after bootstrap. It reads and changes
//! nothing. `observe` looks, `judge` is pure: what was seen, and the table of requirements, into findings.

mod report;

pub use report::{Diagnosed, EnvironmentReport, VaultReport, environment_report};

pub use super::observe::Drift;
use crate::pipeline::check::{Area, Check};
use crate::pipeline::checks::{self, acknowledgements};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::Report;
use crate::pipeline::requirements::Requirement;
use crate::pipeline::seen::Observed;
use crate::pipeline::settings::Pipeline;

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

impl Options {
    /// Whether a check is wanted.
    pub fn wants(&self, area: Area, environment: EnvironmentName) -> bool {
        (self.areas.is_empty() || self.areas.contains(&area))
            && (self.environments.is_empty() || self.environments.contains(&environment))
    }
}

/// Judges what was seen; reads nothing but its arguments.
pub fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    requirements: &[Requirement],
    options: &Options,
    calls: u64,
) -> Diagnosed {
    let mut report = Report::default();
    checks::judge(pipeline, observed, requirements, &mut report);
    let is_made = |check: Check| match check {
        Check::StackDrifted => options.drift == Drift::Detect,
        _ => check.row().area != Area::RecoveryPoints,
    };
    acknowledgements::judge(pipeline, observed.now, is_made, &mut report);
    checks::arrange(pipeline, |area, environment| options.wants(area, environment), observed.now, &mut report);
    let environments = observed.environments.iter().map(|seen| environment_report(pipeline, seen, None)).collect();
    Diagnosed::new(environments, report, calls)
}
