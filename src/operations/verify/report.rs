//! The result, as documents have it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::operations::doctor::{EnvironmentReport, Options};
use crate::pipeline::check::{Area, Check, Severity};
use crate::pipeline::checks::points::resources::ResourceReport;
use crate::pipeline::coverage::ResourceState;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{CheckResult, Checked, Finding, Report};
use crate::pipeline::recovery_point::RecoveryPointStatus;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{KeyClass, State};

/// The body of `verify`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verified {
    /// The verdict in one line.
    pub headline: Option<String>,
    /// What was not asked about, and what is wrong there; none where everything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// How each selected database is protected.
    pub resources: Vec<ResourceReport>,
    pub environments: Vec<EnvironmentReport>,
    pub recovery_points: Vec<PointReport>,
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub checks: Vec<Checked>,
    pub summary: Summary,
}

/// What `--environment` and `--only` leave out: the exit code says nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub environments: Vec<EnvironmentName>,
    pub areas: Vec<Area>,
    pub errors: usize,
    pub warnings: usize,
    /// Checks of error severity there that could not look.
    pub could_not_look: usize,
}

impl LeftOut {
    pub(super) fn of(pipeline: &Pipeline, wanted: &Options, report: &Report, now: DateTime<Utc>) -> Option<Self> {
        if wanted.areas.is_empty() && wanted.environments.is_empty() {
            return None;
        }
        let is_left_out = |check: Check, environment: EnvironmentName| {
            check != Check::ResourceUnknown && !wanted.wants(check.row().area, environment)
        };
        let findings = report.findings.iter().filter(|one| is_left_out(one.check, one.environment)).cloned();
        let counted = findings.map(|mut one| {
            one.acknowledge(pipeline, now);
            one
        });
        let counted: Vec<Finding> = counted.filter(Finding::counts).collect();
        let of = |severity: Severity| counted.iter().filter(|one| one.severity == severity).count();
        let is_blind = |one: &&Checked| {
            one.is_blind && one.check.row().severity == Severity::Error && is_left_out(one.check, one.environment)
        };
        let all = wanted.environments.is_empty();
        let environments = EnvironmentName::ALL.into_iter().filter(|name| !all && !wanted.environments.contains(name));
        let all = wanted.areas.is_empty();
        let areas = Area::ALL.into_iter().filter(|area| !all && !wanted.areas.contains(area));
        Some(Self {
            environments: environments.collect(),
            areas: areas.collect(),
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            could_not_look: report.checks.iter().filter(is_blind).count(),
        })
    }
}

/// One backup, over the three vaults.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointReport {
    pub resource_arn: String,
    pub resource_type: String,
    /// When it was backed up.
    pub created_at: DateTime<Utc>,
    /// How well it is protected.
    pub state: State,
    /// In the source vault.
    pub source: Place,
    /// In the intermediate vault.
    pub intermediate: Place,
    /// In the destination vault.
    pub destination: Place,
}

/// A recovery point in a vault: there, absent (`null`), or not looked at (`{"seen": false}`).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Place {
    /// There.
    There(Box<Point>),
    /// Looked, and absent.
    Absent,
    /// Could not look.
    Unseen { seen: bool },
}

/// A recovery point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    pub recovery_point_arn: String,
    /// Its status, as AWS spells it.
    pub status: RecoveryPointStatus,
    pub encryption_key_arn: Option<String>,
    /// Whose key that is; null where it could not be looked up.
    pub key: Option<KeyClass>,
    /// When the copy was completed; null in the source.
    pub copied_at: Option<DateTime<Utc>>,
    /// The copy job; null in the source, and when AWS lists it no more.
    pub copy_job_id: Option<String>,
    /// When AWS will delete it.
    pub delete_at: Option<DateTime<Utc>>,
}

/// Counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Backups in this state.
    pub protected: usize,
    /// Backups in this state.
    pub copying: usize,
    /// Backups in this state.
    pub waiting: usize,
    /// Backups in this state.
    pub incomplete: usize,
    /// Backups in this state.
    pub broken: usize,
    /// Backups in this state.
    pub expiring: usize,
    /// Backups in this state.
    pub unknown: usize,
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

impl Summary {
    pub(super) fn of(points: &[PointReport], findings: &[Finding], checks: &[Checked], api_calls: u64) -> Self {
        let state = |state: State| points.iter().filter(|point| point.state == state).count();
        let result = |result: CheckResult| checks.iter().filter(|check| check.result == result).count();
        let of = |severity: Severity| {
            findings.iter().filter(|finding| finding.severity == severity && finding.counts()).count()
        };
        Self {
            protected: state(State::Protected),
            copying: state(State::Copying),
            waiting: state(State::Waiting),
            incomplete: state(State::Incomplete),
            broken: state(State::Broken),
            expiring: state(State::Expiring),
            unknown: state(State::Unknown),
            checks_passed: result(CheckResult::Passed),
            checks_failed: of(Severity::Error),
            checks_warned: of(Severity::Warning),
            checks_skipped: result(CheckResult::Skipped),
            acknowledged: findings.iter().filter(|finding| !finding.counts()).count(),
            api_calls,
        }
    }
}

impl Verified {
    /// The worst finding's severity.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.severity).max()
    }

    /// Whether nobody saw that every selected database has a copy: where one could not be looked at, or none is selected.
    /// No flag makes that right.
    pub fn has_unseen_copy(&self) -> bool {
        let is_unknown = |one: &ResourceReport| one.state == ResourceState::Unknown;
        self.headline.is_some() && (self.resources.is_empty() || self.resources.iter().any(is_unknown))
    }

    /// Whether a check of error severity could not look.
    pub fn has_blind_spot(&self) -> bool {
        self.checks.iter().any(|check| check.is_blind && check.check.row().severity == Severity::Error)
    }
}
