//! Copies that arrived and are gone before their time: a completed copy job has left no recovery point.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::super::skipped;
use super::Options;
use super::resources::BestCopies;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::identity::Owner;
use crate::pipeline::instant::shown;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::origin::Origin;
use crate::pipeline::plural::count;
use crate::pipeline::recovery_point::{CopyJob, JobState, RecoveryPoint, RecoveryPointStatus};
use crate::pipeline::remedy::{Command, steps};
use crate::pipeline::seen::points::{AbsentCopy, EnvironmentSeen, Kept, Observed};
use crate::pipeline::seen::vault::Vault;
use crate::pipeline::seen::{self};
use crate::pipeline::settings::Pipeline;

pub(crate) const DESTINATION_COPY_DELETED: Row = Row {
    id: "destination-copy-deleted",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A copy that had arrived in the destination vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups in the destination account.",
    remedy: steps!["Copy the backup again." => ["backupctl copy --all-missing"]],
    source: "AWS CloudTrail API Reference, LookupEvents",
};

pub(crate) const INTERMEDIATE_COPY_DELETED: Row = Row {
    id: "intermediate-copy-deleted",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A copy that had arrived in the intermediate vault was deleted before its retention ended.",
    why: "Somebody, or something, deletes backups; without the intermediate copy the second hop has nothing to copy.",
    remedy: steps!["Find out who deleted it."],
    source: "AWS CloudTrail API Reference, LookupEvents",
};

/// The copies to ask for by name: a list may lag behind, and only that answer proves that one is gone.
pub(crate) fn absent(
    pipeline: &Pipeline,
    seen: &seen::Observed,
    environments: &[EnvironmentSeen],
    options: &Options,
) -> Vec<AbsentCopy> {
    let mut found = Vec::new();
    for hop in Hop::ALL {
        let (from, to) = (&environments[hop.from().index()], &environments[hop.to().index()]);
        let (Ok(jobs), Ok(points), Ok(_)) = (&from.jobs, &to.points, &seen.environment(hop.to()).vault) else {
            continue;
        };
        let now = environments[EnvironmentName::Destination.index()].now;
        for job in jobs.iter().filter(|job| job.state == JobState::Completed) {
            let (Some(copy), Some(resource)) = (&job.destination_recovery_point, &job.resource_arn) else { continue };
            let is_asked_about = options.resources.is_empty() || options.resources.contains(resource);
            if !is_asked_about || is_of_an_earlier_pipeline(seen, job) || points.iter().any(|point| point.arn == *copy)
            {
                continue;
            }
            let backed_up_at = backed_up_at(hop, job, environments);
            let origin = backed_up_at.map(|at| Origin::new(resource.clone(), at));
            if points.iter().any(|point| point.status.is_usable() && Some(&point.origin) == origin.as_ref()) {
                continue;
            }
            let Some(kept) = kept(pipeline, seen, hop, job, backed_up_at, points) else { continue };
            if kept.until() > now {
                found.push(AbsentCopy {
                    hop,
                    job_id: job.id.clone(),
                    recovery_point: copy.clone(),
                    copied_from: job.source_recovery_point.clone(),
                    resource_arn: resource.clone(),
                    backed_up_at,
                    completed_at: job.completed_at,
                    kept,
                    gone: Ok(()),
                });
            }
        }
    }
    found
}

/// Whether the pipeline was made anew after a job was completed, which is what remains of a whole `cleanup` and another
/// `bootstrap`: all three vaults are younger than the job, and what the earlier ones held went with them. Where one of
/// them is older, a vault was lost, with the copies in it.
fn is_of_an_earlier_pipeline(seen: &seen::Observed, job: &CopyJob) -> bool {
    let Some(completed) = job.completed_at else { return false };
    let is_younger = |vault: &Vault| vault.created_at.is_some_and(|made| made > completed);
    EnvironmentName::ALL
        .iter()
        .all(|name| matches!(&seen.environment(*name).vault, Ok(Some(vault)) if is_younger(vault)))
}

/// Whether a copy of a database had arrived in the destination vault, whatever became of it since.
pub(crate) fn has_arrived(observed: &Observed, arn: &str) -> bool {
    let of_database = |job: &&CopyJob| job.resource_arn.as_deref() == Some(arn) && job.state == JobState::Completed;
    let jobs = observed.environments[Hop::Second.from().index()].jobs.iter().flatten();
    let jobs = jobs.filter(of_database).filter(|job| !is_of_an_earlier_pipeline(&observed.seen, job));
    let mut origins =
        jobs.filter_map(|job| Some(Origin::new(arn, backed_up_at(Hop::Second, job, &observed.environments)?)));
    // One that nobody can restore from any more: being deleted, for one.
    let lies_there = |point: &RecoveryPoint| {
        point.origin.resource_arn == arn
            && point.status != RecoveryPointStatus::Creating
            && observed.identities.owner(&point.origin) != Owner::Another
    };
    origins.any(|origin| observed.identities.owner(&origin) == Owner::Of(arn))
        || observed.absent.iter().any(|gone| gone.hop == Hop::Second && gone.resource_arn == arn)
        || observed.environments[Hop::Second.to().index()].points.iter().flatten().any(lies_there)
}

/// When the backup was made that a job copied: from the recovery point that it copied, else from what led to that.
fn backed_up_at(hop: Hop, job: &CopyJob, environments: &[EnvironmentSeen]) -> Option<DateTime<Utc>> {
    let copied = job.source_recovery_point.as_ref()?;
    let from = &environments[hop.from().index()];
    let listed = from.points.iter().flatten().find(|point| point.arn == *copied);
    if let Some(point) = listed {
        return Some(point.origin.created_at);
    }
    match hop {
        Hop::First => {
            let made = from.backup_jobs.iter().flatten().find(|one| one.recovery_point.as_ref() == Some(copied));
            made.and_then(|one| one.created_at)
        }
        Hop::Second => {
            let first = &environments[Hop::First.from().index()];
            let made =
                first.jobs.iter().flatten().find(|one| one.destination_recovery_point.as_ref() == Some(copied))?;
            backed_up_at(Hop::First, made, environments)
        }
    }
}

/// Until when a copy was to be kept. Its days count from the backup. Where nothing says when that was, it is taken to
/// have been as early as the deadline allows. Where the job does not say its days, and they may have been others than
/// today's when it began, it is taken for the fewest that any copy beside it is kept: better no finding than a false one.
fn kept(
    pipeline: &Pipeline,
    seen: &seen::Observed,
    hop: Hop,
    job: &CopyJob,
    backed_up_at: Option<DateTime<Utc>>,
    beside: &[RecoveryPoint],
) -> Option<Kept> {
    let asked_for = job.delete_after_days.filter(|days| *days > 0);
    if let (Some(at), Some(days)) = (backed_up_at, asked_for) {
        return Some(Kept::AskedFor(at.checked_add_signed(TimeDelta::try_days(days)?)?));
    }
    let fewest = beside.iter().filter_map(|point| point.delete_after_days).filter(|days| *days > 0).min();
    let (in_force, since) = match hop {
        Hop::First => (i64::from(pipeline.plan.copy_delete_after_days), None),
        Hop::Second => days_in_force(pipeline, seen),
    };
    let is_known = since.is_some_and(|since| job.created_at.is_some_and(|created| created >= since));
    let deployed = if is_known { in_force } else { fewest.map_or(in_force, |fewest| fewest.min(in_force)) };
    let days = asked_for.unwrap_or(deployed);
    let deadline = TimeDelta::from_std(pipeline.verify.destination_deadline).ok()?;
    let counted_from = backed_up_at.or_else(|| job.created_at?.checked_sub_signed(deadline))?;
    Some(Kept::Supposed(counted_from.checked_add_signed(TimeDelta::try_days(days)?)?))
}

/// The days that the second hop's copies are kept by what is deployed, and since when that can be said.
pub(crate) fn days_in_force(pipeline: &Pipeline, seen: &seen::Observed) -> (i64, Option<DateTime<Utc>>) {
    let configured = i64::from(pipeline.plan.destination_delete_after_days);
    match &seen.environment(EnvironmentName::Intermediate).stack {
        Ok(Some(stack)) => {
            let deployed = stack.outputs.get("DestinationDeleteAfterDays").and_then(|days| days.parse().ok());
            (deployed.unwrap_or(configured), stack.changed_at)
        }
        _ => (configured, None),
    }
}

/// Says of each copy that is gone who can be asked about it. In the destination it is an error, but where the whole
/// backup was taken out of every vault and a newer copy of the database is there: that is how old ones are pruned.
pub(crate) fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    lineages: &BTreeMap<Origin, Lineage>,
    best: &BestCopies,
    report: &mut Report,
) {
    for hop in Hop::ALL {
        let check = check_of(hop);
        let vault = pipeline.vault_arn(hop.to()).to_string();
        let jobs = observed.environments[hop.from().index()].jobs.as_ref().err();
        let points = observed.environments[hop.to().index()].points.as_ref().err();
        if matches!(observed.seen.environment(hop.to()).vault, Ok(None)) {
            went_with_the_vault(observed, hop, report);
            report.skip(check, hop.to(), vault, Skipped::DependsOn(Check::VaultMissing));
        } else if let Some(error) = jobs.or(points) {
            report.skip(check, hop.to(), vault, skipped(error));
        } else if !observed.absent.iter().any(|copy| copy.hop == hop) {
            report.pass(check, hop.to(), vault);
        }
    }
    let is_told = |copy: &&AbsentCopy| matches!(observed.seen.environment(copy.hop.to()).vault, Ok(None));
    for copy in observed.absent.iter().filter(|copy| !is_told(copy)) {
        let (check, name, subject) = (check_of(copy.hop), copy.hop.to(), copy.recovery_point.as_str());
        if let Err(error) = &copy.gone {
            report.skip(check, name, subject, skipped(error));
            continue;
        }
        let of = copy.backed_up_at.map(|at| format!(" of {}", shown(at))).unwrap_or_default();
        let completed = copy.completed_at.map(shown).unwrap_or_default();
        let message = format!(
            "copy job {} brought the backup{of} of {} into the {name} vault at {completed}; {}",
            copy.job_id,
            copy.resource_arn,
            copy.kept.in_words()
        );
        let mut finding = Finding::new(check, name, subject, message);
        if is_pruned(observed, copy, lineages, best) {
            finding = finding.with_severity(Severity::Warning);
        }
        report.fail(finding.then("Find out who deleted it.", vec![Command::whole(who_deleted(copy))]));
    }
}

/// A vault that is missing says what it held.
fn went_with_the_vault(observed: &Observed, hop: Hop, report: &mut Report) {
    let held: Vec<&AbsentCopy> = observed.absent.iter().filter(|copy| copy.hop == hop).collect();
    let of: BTreeSet<&str> = held.iter().map(|copy| copy.resource_arn.as_str()).collect();
    let missing = |one: &&mut Finding| one.check == Check::VaultMissing && one.environment == hop.to();
    let Some(finding) = report.findings.iter_mut().find(missing).filter(|_| !held.is_empty()) else { return };
    finding.message += &format!(
        "; {} of {} that had arrived in it and {} to be kept still {} gone",
        count(held.len() as u64, "copy", "copies"),
        count(of.len() as u64, "database", "databases"),
        if held.len() == 1 { "was" } else { "were" },
        if held.len() == 1 { "is" } else { "are" },
    );
}

fn check_of(hop: Hop) -> Check {
    match hop {
        Hop::First => Check::IntermediateCopyDeleted,
        Hop::Second => Check::DestinationCopyDeleted,
    }
}

/// Whether nothing of the backup is left anywhere, and a newer copy of its database is usable.
fn is_pruned(observed: &Observed, copy: &AbsentCopy, lineages: &BTreeMap<Origin, Lineage>, best: &BestCopies) -> bool {
    let Some(at) = copy.backed_up_at else { return false };
    let origin = Origin::new(copy.resource_arn.clone(), at);
    let is_anothers = observed.identities.owner(&origin) == Owner::Another;
    !lineages.contains_key(&origin)
        && !is_anothers
        && best.get(&copy.resource_arn).is_some_and(|best| best.created_at > at)
}

/// The line that finds who deleted it. CloudTrail is asked by the event's name, since it need not list a recovery point
/// among an event's resources (AWS CloudTrail API Reference, LookupEvents), and the answer is searched for the ARN.
fn who_deleted(copy: &AbsentCopy) -> String {
    let since = copy.completed_at.map(|at| format!(" --start-time {}", shown(at))).unwrap_or_default();
    format!(
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteRecoveryPoint{since} \
         --query \"Events[?contains(CloudTrailEvent, '{}')]\"",
        copy.recovery_point
    )
}

/// Whether a copy of this origin was in the hop's vault and is gone.
pub(crate) fn is_gone(observed: &Observed, lineage: &Lineage, hop: Hop) -> bool {
    let (from, origin) = (&lineage.points[hop.from().index()], &lineage.origin);
    observed.absent.iter().filter(|copy| copy.hop == hop && copy.gone.is_ok()).any(|copy| {
        let same = copy.resource_arn == origin.resource_arn && copy.backed_up_at == Some(origin.created_at);
        same || from.iter().any(|point| copy.copied_from.as_ref() == Some(&point.arn))
    })
}
