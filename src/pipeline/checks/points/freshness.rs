//! Whether each selected database was backed up when it was due.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::databases::{selects, wanted};
use super::super::skipped;
use super::Options;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::Source;
use crate::pipeline::finding::{Evidence, Finding, Report, Skipped};
use crate::pipeline::identity::Owner;
use crate::pipeline::instant::shown;
use crate::pipeline::recovery_point::{BackupJob, JobState};
use crate::pipeline::remedy::steps;
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{Freshness, Staleness, staleness};
use crate::policy::schedule::Schedule;

pub(crate) const BACKUP_MISSING: Row = Row {
    id: "backup-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A selected database has no completed recovery point in the source vault.",
    why: "There is nothing to restore it from.",
    remedy: steps!["Find out why its backup jobs fail." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(crate) const BACKUP_STALE: Row = Row {
    id: "backup-stale",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest completed recovery point of a database is older than it may be.",
    why: "A restore would lose more than the schedule promises.",
    remedy: steps!["Find out why its backup jobs fail." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(crate) const BACKUP_FAILED: Row = Row {
    id: "backup-failed",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The last backup job of a database failed, and nothing newer completed.",
    why: "The database's newest backup gets older every day.",
    remedy: steps!["Fix the cause that AWS reports." => ["aws backup list-backup-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, options: &Options, report: &mut Report) {
    let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok();
    let freshness = match (options.max_age.or(pipeline.verify.max_age), &schedule) {
        (Some(age), _) => Freshness::MaxAge(age),
        (None, Some(schedule)) => Freshness::Schedule {
            schedule,
            start_window: pipeline.plan.start_window,
            completion_window: pipeline.plan.completion_window,
        },
        (None, None) => return,
    };
    let source = &observed.environments[Source.index()];
    for (arn, selected_at) in selected(pipeline, observed, options) {
        let points = match &source.points {
            Ok(points) => points,
            Err(error) => {
                report.skip(Check::BackupMissing, Source, &arn, skipped(error));
                continue;
            }
        };
        let Some(selected_at) = selected_at else {
            report.skip(Check::BackupMissing, Source, &arn, Skipped::DependsOn(Check::SelectionMissing));
            continue;
        };
        let usable = points.iter().filter(|point| point.status.is_usable());
        let own = usable.clone().filter(|point| observed.identities.owner(&point.origin) == Owner::Of(&arn));
        let newest = own.map(|point| point.origin.created_at).max();
        let foreign = observed.identities.foreign(usable, &arn);
        // What nothing ties to a database could be its own, where the snapshots that say it may not be read.
        if let Some(error) = source.snapshots.as_ref().err().filter(|_| foreign.unknown > 0) {
            report.skip(Check::BackupMissing, Source, &arn, skipped(error));
            continue;
        }
        let foreign = foreign.in_words(Source);
        match staleness(newest, selected_at, freshness, source.now) {
            None => {
                report.pass(Check::BackupMissing, Source, &arn);
                report.pass(Check::BackupStale, Source, &arn);
            }
            Some(Staleness::Missing) => {
                let message = format!("{arn} has no completed recovery point in the source vault{foreign}");
                report.fail(Finding::new(Check::BackupMissing, Source, &arn, message));
            }
            Some(Staleness::Stale(due)) => {
                let newest = newest.map(shown).unwrap_or_default();
                let message = format!(
                    "the newest backup of {arn} is of {newest}; one of {} or later is due{foreign}",
                    shown(due)
                );
                report.fail(Finding::new(Check::BackupStale, Source, &arn, message));
            }
        }
        match &source.backup_jobs {
            Err(error) => report.skip(Check::BackupFailed, Source, &arn, skipped(error)),
            Ok(jobs) => failed(jobs, &arn, newest, report),
        }
    }
}

/// The databases that are to be backed up, and since when each is selected; none where no selection selects it.
///
/// They are what the configuration selects, so that one that the plan forgot is missed, and what the plan's selections
/// select of the databases that there are.
pub(crate) fn selected(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
) -> BTreeMap<String, Option<DateTime<Utc>>> {
    let databases = observed.seen.databases.as_deref().unwrap_or_default();
    let configured = wanted(pipeline, Some(databases));
    let mut found: BTreeMap<String, Option<DateTime<Utc>>> = configured.iter().map(|arn| (arn.clone(), None)).collect();
    for database in databases {
        found.entry(database.arn.clone()).or_default();
    }
    let plans = observed.seen.plans.as_ref().ok().into_iter().flatten().filter(|plan| plan.ours);
    for selection in plans.flat_map(|plan| &plan.selections) {
        for (arn, since) in &mut found {
            let database = databases.iter().find(|database| database.arn == *arn);
            if selects(&selection.spec, arn, database) {
                *since = (*since).max(selection.created_at);
            }
        }
    }
    found.retain(|arn, since| since.is_some() || configured.contains(arn));
    found.retain(|arn, _| options.resources.is_empty() || options.resources.contains(arn));
    found
}

/// The newest job that is over failed, and nothing newer was completed.
fn failed(jobs: &[BackupJob], arn: &str, newest: Option<DateTime<Utc>>, report: &mut Report) {
    let of_database = jobs.iter().filter(|job| job.resource_arn.as_deref() == Some(arn));
    let over = of_database.filter(|job| {
        matches!(
            job.state,
            JobState::Completed | JobState::Failed | JobState::Expired | JobState::Aborted | JobState::Partial
        )
    });
    let last = over.max_by_key(|job| job.created_at).filter(|job| job.state != JobState::Completed);
    match last {
        Some(job) if job.created_at > newest => {
            let why = job.status_message.clone().unwrap_or_else(|| job.state.to_string());
            let message = format!("backup job {} ended in {}: {why}", job.id, job.state);
            let mut finding = Finding::new(Check::BackupFailed, Source, arn, message);
            finding.evidence = Some(Evidence {
                document: format!("backup job {}", job.id),
                layer: None,
                statement: Some(why),
                action: None,
                principal: None,
            });
            report.fail(finding);
        }
        _ => report.pass(Check::BackupFailed, Source, arn),
    }
}
