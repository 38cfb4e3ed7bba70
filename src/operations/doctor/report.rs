//! The result, as documents have it.

use serde::Serialize;

use crate::aws::AwsError;
use crate::pipeline::check::Severity;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{CheckResult, Checked, Finding, Report};
use crate::pipeline::seen::EnvironmentSeen;
use crate::pipeline::settings::Pipeline;

/// The body of `doctor`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosed {
    pub environments: Vec<EnvironmentReport>,
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub checks: Vec<Checked>,
    pub summary: Summary,
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvironmentReport {
    pub environment: EnvironmentName,
    pub account: String,
    pub region: String,
    /// Whether it could be looked at.
    pub seen: bool,
    /// What could not be looked at.
    pub unseen: Vec<String>,
    /// Its vault; null where there is none or it could not be looked at.
    pub vault: Option<VaultReport>,
}

/// A vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VaultReport {
    pub name: String,
    pub arn: String,
    pub encryption_key_arn: Option<String>,
    /// Whether a vault lock holds it.
    pub locked: bool,
    /// How many recovery points its list returned, or, where they were not listed, AWS's own approximate number.
    pub recovery_points: usize,
}

/// Counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub checks_passed: usize,
    /// Checks that found an error.
    pub checks_failed: usize,
    /// Checks that found what may go wrong one day.
    pub checks_warned: usize,
    /// Checks that could not look.
    pub checks_skipped: usize,
    /// Findings that are acknowledged, and in no other of these counts.
    pub acknowledged: usize,
    /// Calls that it took.
    pub api_calls: u64,
}

impl Diagnosed {
    pub(super) fn new(environments: Vec<EnvironmentReport>, report: Report, api_calls: u64) -> Self {
        let result = |result: CheckResult| report.checks.iter().filter(|check| check.result == result).count();
        let of = |severity: Severity| {
            report.findings.iter().filter(|finding| finding.severity == severity && finding.counts()).count()
        };
        let summary = Summary {
            checks_passed: result(CheckResult::Passed),
            checks_failed: of(Severity::Error),
            checks_warned: of(Severity::Warning),
            checks_skipped: result(CheckResult::Skipped),
            acknowledged: report.findings.iter().filter(|finding| !finding.counts()).count(),
            api_calls,
        };
        Self { environments, findings: report.findings, checks: report.checks, summary }
    }

    /// Whether a check of error severity could not look.
    pub fn has_blind_spot(&self) -> bool {
        self.checks.iter().any(|check| check.is_blind && check.check.row().severity == Severity::Error)
    }

    /// The worst finding's severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.severity).max()
    }
}

/// An environment, as both `doctor` and `verify` show it. `listed` are the recovery points, where they were asked for.
pub fn environment_report(
    pipeline: &Pipeline,
    seen: &EnvironmentSeen,
    listed: Option<Result<usize, &AwsError>>,
) -> EnvironmentReport {
    let environment = pipeline.environment(seen.name);
    let vault = seen.vault.as_ref().ok().and_then(Option::as_ref).map(|vault| VaultReport {
        name: vault.name.clone(),
        arn: vault.arn.to_string(),
        encryption_key_arn: vault.key_arn.as_ref().map(ToString::to_string),
        locked: vault.locked,
        recovery_points: match &listed {
            Some(listed) => *listed.as_ref().unwrap_or(&0),
            None => usize::try_from(vault.recovery_points).unwrap_or_default(),
        },
    });
    let looks = [
        seen.stack.as_ref().err(),
        seen.vault.as_ref().err(),
        listed.as_ref().and_then(|listed| listed.as_ref().err().copied()),
        seen.vault_policy.as_ref().err(),
        seen.vault_key.as_ref().err(),
        seen.key_policies.as_ref().err(),
    ];
    let mut unseen: Vec<String> =
        looks.into_iter().flatten().map(|error| format!("{}: {error}", error.operation)).collect();
    unseen.dedup();
    EnvironmentReport {
        environment: seen.name,
        account: environment.account.to_string(),
        region: environment.region.to_string(),
        seen: seen.vault.is_ok() && listed.is_none_or(|listed| listed.is_ok()),
        unseen,
        vault,
    }
}
