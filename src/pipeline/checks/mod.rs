//! The checks. One file an area holds, for each of its checks: its row, its rule and its remedies. Pure: what was seen,
//! and the table of requirements, into findings.

pub mod acknowledgements;
pub(crate) mod calls;
pub(crate) mod databases;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod plan;
pub mod points;
pub(crate) mod prerequisites;
pub(crate) mod selection;
pub(crate) mod stacks;
pub(crate) mod vaults;

use chrono::{DateTime, Utc};

use crate::pipeline::check::{Area, Check};
use crate::pipeline::complete::complete;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::seen::{AwsError, FailedAt, Observed};
use crate::pipeline::settings::Pipeline;

pub use calls::hops::{Outlook, ReadUnder, forbidden, hop_outlook};

/// Judges everything but recovery points; reads nothing but its arguments.
pub fn judge(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement], report: &mut Report) {
    prerequisites::judge(pipeline, observed, report);
    stacks::judge(pipeline, observed, report);
    vaults::judge(pipeline, observed, report);
    keys::judge(pipeline, observed, report);
    plan::judge(pipeline, observed, report);
    let sweep = events::sweep(pipeline, observed, requirements);
    events::judge(pipeline, observed, sweep, report);
    calls::denials::judge(pipeline, observed, requirements, sweep, report);
}

/// Leaves what is wanted, worst first, its commands for the place where they are to be typed.
pub fn arrange(
    pipeline: &Pipeline,
    is_wanted: impl Fn(Area, EnvironmentName) -> bool,
    now: DateTime<Utc>,
    report: &mut Report,
) {
    // That nobody knows what was asked about is told whatever else is wanted.
    let wants = |check: Check, environment: EnvironmentName| {
        check == Check::ResourceUnknown || is_wanted(check.row().area, environment)
    };
    report.findings.retain(|finding| wants(finding.check, finding.environment));
    report.checks.retain(|check| wants(check.check, check.environment));
    for finding in &mut report.findings {
        finding.acknowledge(pipeline, now);
        complete(pipeline, finding);
    }
    // What is acknowledged stands behind what is not.
    let rank = |finding: &Finding| (finding.acknowledged.is_some(), std::cmp::Reverse(finding.severity), finding.check);
    report.findings.sort_by_key(rank);
}

/// Why a look that failed skips a check.
pub(crate) fn skipped(error: &AwsError) -> Skipped {
    match (error.failed_at, error.missing_permission()) {
        (FailedAt::Guard, _) => Skipped::DependsOn(Check::AccountMismatch),
        (FailedAt::Identity, _) if prerequisites::is_region(error) => Skipped::DependsOn(Check::RegionUnavailable),
        (FailedAt::Identity, _) => Skipped::DependsOn(Check::CredentialsInvalid),
        (_, Some(permission)) => Skipped::AccessDenied(permission.to_owned()),
        (_, None) => Skipped::CallFailed(error.operation.to_owned()),
    }
}

/// What a finding adds where no second hop is started any more.
const NOTHING_DELIVERS: &str = "nothing delivers";

/// Whether the event path's sweep brings what an event did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sweep {
    /// It is not configured.
    Off,
    /// It runs.
    Delivers,
    /// It is configured and does not run.
    Broken,
    /// It is configured; its rule or the function could not be looked at.
    Unseen,
}

impl Sweep {
    /// What a finding of the event path adds.
    fn words(self) -> &'static str {
        match self {
            Self::Delivers => "the sweep still delivers",
            Self::Off | Self::Broken => NOTHING_DELIVERS,
            Self::Unseen => "whether the sweep delivers could not be looked at",
        }
    }
}

/// Where the checks of an area are about nothing, because the stack that would hold it is missing.
fn stack_is_missing(observed: &Observed, name: EnvironmentName) -> bool {
    matches!(observed.environment(name).stack, Ok(None))
}
