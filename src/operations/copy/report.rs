//! The result, as documents have it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::decide::{Changes, Step};
use super::facts::{ObservedCopy, Prediction};
use crate::operations::error::OperatorError;
use crate::pipeline::check::Check;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Finding;
use crate::pipeline::recovery_point::{CopyJob, JobState};
use crate::pipeline::requirements::failures;
use crate::pipeline::route::Route;
use crate::pipeline::verdict::last_failure;

/// The body of `copy`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Copied {
    pub copies: Vec<CopyReport>,
    pub summary: Summary,
    /// Whether the time ran out while jobs went on.
    #[serde(skip)]
    pub timed_out: bool,
}

/// Counts by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Copied in this run.
    pub completed: usize,
    pub already_copied: usize,
    /// Still going on, or planned in a dry run.
    pub running: usize,
    pub failed: usize,
    pub refused: usize,
}

/// How a recovery point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyState {
    /// It arrived in this run.
    Completed,
    /// It was there before.
    AlreadyCopied,
    /// A job goes on.
    Running,
    /// It would be copied.
    Planned,
    /// A job or a call failed.
    Failed,
    /// It is not copied.
    Refused,
}

impl CopyState {
    /// The state as documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::AlreadyCopied => "already-copied",
            Self::Running => "running",
            Self::Planned => "planned",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// One recovery point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyReport {
    /// As it was asked for.
    pub recovery_point_arn: String,
    pub resource_arn: String,
    pub resource_type: String,
    pub state: CopyState,
    /// Which hops it needs, and why.
    pub route: Route,
    pub destination_recovery_point_arn: Option<String>,
    pub hops: Vec<HopReport>,
    /// What else came of the same backup in the destination vault: a copy of somebody else's job, or that job where it runs
    /// still. AWS keeps two jobs apart that ask with different tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<String>,
    /// A failure outside of a hop, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The same with its place and what to do next.
    #[serde(skip)]
    pub error: Option<OperatorError>,
}

/// What was done about a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopAction {
    /// It was started.
    Start,
    /// A running job was waited for.
    Attach,
    /// The copy was there.
    Skip,
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HopReport {
    pub from: EnvironmentName,
    pub to: EnvironmentName,
    pub action: HopAction,
    pub copy_job_id: Option<String>,
    /// Its state, as AWS spells it.
    pub state: Option<JobState>,
    pub status_message: Option<String>,
    /// Counted from 1 upwards.
    pub attempt: Option<u32>,
    /// The role that it runs under.
    pub role_arn: Option<String>,
    pub recovery_point_arn: Option<String>,
    pub encryption_key_arn: Option<String>,
    /// Whether that is the vault's customer managed key.
    pub key_verified: bool,
    /// Size in bytes; AWS reports none for RDS.
    pub size_bytes: Option<i64>,
    /// When AWS will delete the copy.
    pub delete_at: Option<DateTime<Utc>>,
    /// When the job began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the job ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// What the policies say; null where they were not asked.
    pub prediction: Option<Prediction>,
    /// In a dry run, the newest job of the hop where that brought nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_attempt: Option<LastAttempt>,
    pub diagnosis: Option<Finding>,
}

/// A copy job that is over without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastAttempt {
    pub copy_job_id: String,
    /// Its state, as AWS spells it.
    pub state: JobState,
    pub status_message: Option<String>,
    pub completed_at: Option<DateTime<Utc>>,
    /// The checks that the message can come from, likeliest first.
    pub likely: Vec<Check>,
}

impl LastAttempt {
    fn of(job: &CopyJob) -> Self {
        let message = job.status_message.as_deref().unwrap_or_default();
        Self {
            copy_job_id: job.id.clone(),
            state: job.state.clone(),
            status_message: job.status_message.clone(),
            completed_at: job.completed_at,
            likely: failures::causes(message, |_| false),
        }
    }
}

impl HopReport {
    /// Which of the two it is.
    pub(super) fn hop(&self) -> Hop {
        if self.from == EnvironmentName::Source { Hop::First } else { Hop::Second }
    }

    /// A hop of which nothing is known yet.
    pub fn new(hop: Hop, action: HopAction) -> Self {
        Self {
            from: hop.from(),
            to: hop.to(),
            action,
            copy_job_id: None,
            state: None,
            status_message: None,
            attempt: None,
            role_arn: None,
            recovery_point_arn: None,
            encryption_key_arn: None,
            key_verified: false,
            size_bytes: None,
            delete_at: None,
            started_at: None,
            completed_at: None,
            prediction: None,
            last_attempt: None,
            diagnosis: None,
        }
    }

    pub(super) fn with_job(mut self, job: &CopyJob) -> Self {
        self.copy_job_id = Some(job.id.clone());
        self.state = Some(job.state.clone());
        self.status_message.clone_from(&job.status_message);
        self.role_arn = job.role_arn.clone().or(self.role_arn);
        self.recovery_point_arn = job.destination_recovery_point.as_ref().map(ToString::to_string);
        self.encryption_key_arn = job.destination_key.as_ref().map(ToString::to_string);
        self.size_bytes = job.size_bytes.filter(|size| *size > 0);
        self.started_at = job.created_at;
        self.completed_at = job.completed_at;
        self
    }
}

impl CopyReport {
    pub(super) fn new(copy: &ObservedCopy, state: CopyState) -> Self {
        let there = copy.lineage.point(EnvironmentName::Destination);
        Self {
            recovery_point_arn: copy.asked.to_string(),
            resource_arn: copy.lineage.origin.resource_arn.clone(),
            resource_type: copy.lineage.resource_type.clone(),
            state,
            route: copy.route.clone(),
            destination_recovery_point_arn: there.map(|point| point.arn.to_string()),
            hops: Vec::new(),
            duplicates: Vec::new(),
            failure: None,
            error: None,
        }
    }
}

impl Copied {
    pub(super) fn of(copies: Vec<CopyReport>, timed_out: bool) -> Self {
        let count = |state: CopyState| copies.iter().filter(|copy| copy.state == state).count();
        let summary = Summary {
            completed: count(CopyState::Completed),
            already_copied: count(CopyState::AlreadyCopied),
            running: count(CopyState::Running) + count(CopyState::Planned),
            failed: count(CopyState::Failed),
            refused: count(CopyState::Refused),
        };
        Self { copies, summary, timed_out }
    }
}

/// What a dry run says.
pub fn dry_run(changes: &Changes) -> Copied {
    let copies = changes.copies.iter().map(|(copy, step)| {
        let state = match step {
            Step::Arrived => CopyState::AlreadyCopied,
            Step::Refuse(..) => CopyState::Refused,
            Step::Attach(..) | Step::AwaitPlan(_) | Step::Start(..) => CopyState::Planned,
        };
        let mut report = CopyReport::new(copy, state);
        report.hops = planned_hops(step);
        for hop in report.hops.iter_mut().filter(|hop| hop.action == HopAction::Start) {
            hop.last_attempt = last_failure(&copy.lineage, hop.hop()).map(LastAttempt::of);
            hop.prediction = changes.facts.predictions.of(hop.hop(), &copy.lineage).cloned();
        }
        report
    });
    Copied::of(copies.collect(), false)
}

fn planned_hops(step: &Step) -> Vec<HopReport> {
    let first_then = |first: HopReport| vec![first, HopReport::new(Hop::Second, HopAction::Start)];
    match step {
        Step::Arrived => Hop::ALL.map(|hop| HopReport::new(hop, HopAction::Skip)).to_vec(),
        Step::AwaitPlan(_) => first_then(HopReport::new(Hop::First, HopAction::Attach)),
        Step::Attach(hop, job) => with_second(*hop, HopReport::new(*hop, HopAction::Attach).with_job(job)),
        Step::Start(hop, step) => {
            let mut report = HopReport::new(*hop, HopAction::Start);
            report.attempt = Some(step.attempt);
            report.role_arn = Some(step.role_arn.clone());
            report.delete_at = step.delete_at;
            with_second(*hop, report)
        }
        Step::Refuse(hop, finding) => {
            let mut report = HopReport::new(*hop, HopAction::Skip);
            report.diagnosis = Some((**finding).clone());
            vec![report]
        }
    }
}

fn with_second(hop: Hop, report: HopReport) -> Vec<HopReport> {
    match hop {
        Hop::First => vec![report, HopReport::new(Hop::Second, HopAction::Start)],
        Hop::Second => vec![HopReport::new(Hop::First, HopAction::Skip), report],
    }
}
