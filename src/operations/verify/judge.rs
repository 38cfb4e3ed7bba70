//! Says what was seen means. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::headline::headline;
use super::observe::{EnvironmentSeen, Observed};
use super::report::{LeftOut, Place, Point, PointReport, Summary, Verified};
use super::resources::{BestCopies, best_copies};
use super::{Options, dead_letters, deleted, freshness, points, resources, stakes};
use crate::operations::doctor::{self, EnvironmentReport, environment_report, skipped};
use crate::pipeline::check::{Check, Severity};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{CheckResult, Evidence, Finding, Report, Skipped};
use crate::pipeline::instant::shown;
use crate::pipeline::lifecycle::{Retention, would_expire};
use crate::pipeline::lineage::{Lineage, tie};
use crate::pipeline::origin::Origin;
use crate::pipeline::plural;
use crate::pipeline::recovery_point::{JobState, RecoveryPoint};
use crate::pipeline::remedy::{Command, Hole, Remedy};
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{self, Deadlines, KeyClass, Sight, Stand, last_failure, stand, stuck};
use crate::requirements::REQUIREMENTS;
use crate::requirements::failures;

/// Judges what was seen; reads nothing but its arguments.
pub fn judge(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Verified {
    let mut report = Report::default();
    doctor::judge_into(pipeline, &observed.doctor, REQUIREMENTS, &mut report);
    for seen in &observed.environments {
        count(pipeline, observed, seen, options, &mut report);
        if let Err(error) = &seen.jobs {
            let vault = pipeline.vault_arn(seen.name).to_string();
            report.skip(Check::CopyStuck, seen.name, vault, skipped(error));
        }
    }
    for hop in Hop::ALL.into_iter().filter(|hop| is_proven(pipeline, observed, *hop)) {
        report.prove(hop);
    }
    let lineages = lineages(pipeline, observed);
    let best = best_copies(observed, &lineages);
    let now = observed.environments[EnvironmentName::Destination.index()].now;
    let after = options.since.and_then(|span| TimeDelta::from_std(span).ok()).map(|span| now - span);
    let wanted = lineages.values().filter(|one| after.is_none_or(|after| one.origin.created_at >= after));
    let mut recovery_points: Vec<PointReport> = wanted
        .map(|lineage| {
            let sight = sight(pipeline, observed, lineage, &lineages);
            judge_lineage(pipeline, observed, lineage, &sight, &best, &mut report);
            point_report(lineage, &sight)
        })
        .collect();
    recovery_points.sort_by(|a, b| a.resource_arn.cmp(&b.resource_arn).then(b.created_at.cmp(&a.created_at)));
    deleted::judge(pipeline, observed, &lineages, &best, &mut report);
    freshness::judge(pipeline, observed, options, &mut report);
    dead_letters::judge(&mut report);
    let resources = resources::judge(pipeline, observed, options, &lineages, &best, &mut report);
    stakes::judge(pipeline, observed, &best, &mut report);
    // Drift is not looked for here; and what is asked about some backups only says nothing of the others.
    if options.sees_everything() && options.since.is_none() {
        let is_made = |check: Check| check != Check::StackDrifted;
        doctor::judge::acknowledgements::judge(pipeline, now, is_made, &mut report);
    }
    let wanted = doctor::Options {
        areas: options.areas.clone(),
        environments: options.environments.clone(),
        drift: doctor::Drift::Ignore,
    };
    let left_out = LeftOut::of(pipeline, &wanted, &report, now);
    doctor::judge::arrange(pipeline, &wanted, now, &mut report);
    let summary = Summary::of(&recovery_points, &report.findings, &report.checks, observed.calls);
    Verified {
        headline: headline(pipeline, options, &resources, &report),
        left_out,
        resources,
        environments: environments(pipeline, observed),
        recovery_points,
        findings: report.findings,
        checks: report.checks,
        summary,
    }
}

/// Whether the newest copy job of a hop that has ended is completed: what the policies say now let it through.
fn is_proven(pipeline: &Pipeline, observed: &Observed, hop: Hop) -> bool {
    let to = pipeline.vault_arn(hop.to());
    let jobs = observed.environments[hop.from().index()].jobs.as_deref().unwrap_or_default();
    let ended = jobs.iter().filter(|job| job.destination_vault.as_ref() == Some(&to) && !job.state.is_in_flight());
    ended.max_by_key(|job| job.created_at).is_some_and(|job| job.state == JobState::Completed)
}

fn environments(pipeline: &Pipeline, observed: &Observed) -> Vec<EnvironmentReport> {
    let both = observed.doctor.environments.iter().zip(&observed.environments);
    both.map(|(seen, listed)| environment_report(pipeline, seen, Some(listed.points.as_ref().map(Vec::len)))).collect()
}

fn count(pipeline: &Pipeline, observed: &Observed, seen: &EnvironmentSeen, options: &Options, report: &mut Report) {
    let (name, subject) = (seen.name, pipeline.vault_arn(seen.name).to_string());
    let Ok(Some(vault)) = &observed.doctor.environment(name).vault else { return };
    match &seen.points {
        Err(error) => report.skip(Check::CountMismatch, name, &subject, skipped(error)),
        Ok(_) if !options.sees_everything() => {
            report.skip(Check::CountMismatch, name, &subject, Skipped::NotApplicable)
        }
        Ok(points) if points.len() as i64 == vault.recovery_points => report.pass(Check::CountMismatch, name, &subject),
        Ok(points) => {
            let counted = plural::count(vault.recovery_points.unsigned_abs(), "recovery point", "recovery points");
            let message = format!("the vault counts {counted}, its list has {}", points.len());
            report.fail(Finding::new(Check::CountMismatch, name, &subject, message));
        }
    }
}

fn lineages(pipeline: &Pipeline, observed: &Observed) -> BTreeMap<Origin, Lineage> {
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let points = |index: usize| observed.environments[index].points.as_deref().unwrap_or_default();
    let jobs = |index: usize| observed.environments[index].jobs.as_deref().unwrap_or_default();
    tie([points(0), points(1), points(2)], [jobs(0), jobs(1)], [&vaults[0], &vaults[1], &vaults[2]])
}

/// Whose key a recovery point is under, by `DescribeKey`; none where that could not be learned.
pub(super) fn key_class(seen: &EnvironmentSeen, expected: Option<&str>, point: &RecoveryPoint) -> Option<KeyClass> {
    let Some(key) = &point.key_arn else {
        return (point.encrypted == Some(false)).then_some(KeyClass::None);
    };
    let found = seen.keys.get(key.as_str())?;
    match found {
        Ok(Some(found)) if found.manager == KeyManager::AwsManaged => Some(KeyClass::AwsManaged),
        // The source's backups are under the database's own key: any customer managed one is right.
        Ok(Some(_)) if seen.name == EnvironmentName::Source => Some(KeyClass::Expected),
        // Whose key it is cannot be said without knowing the vault's.
        Ok(_) if expected.is_none() => None,
        Ok(Some(_)) if Some(key.as_str()) == expected => Some(KeyClass::Expected),
        Ok(_) => Some(KeyClass::Other),
        Err(_) => None,
    }
}

/// Why it could not be learned.
fn unseen_key(observed: &Observed, name: EnvironmentName, point: &RecoveryPoint) -> Skipped {
    let key = point.key_arn.as_ref().and_then(|key| observed.environments[name.index()].keys.get(key.as_str()));
    match (key, &observed.doctor.environment(name).vault) {
        (Some(Err(error)), _) | (_, Err(error)) => skipped(error),
        (_, Ok(None)) => Skipped::DependsOn(Check::VaultMissing),
        // AWS's list leaves out the key, or the vault's own.
        (_, Ok(Some(_))) => Skipped::CallFailed("kms:DescribeKey".to_owned()),
    }
}

fn sight(pipeline: &Pipeline, observed: &Observed, lineage: &Lineage, all: &BTreeMap<Origin, Lineage>) -> Sight {
    let keys = EnvironmentName::ALL.map(|name| {
        let seen = &observed.environments[name.index()];
        let expected = observed.doctor.environment(name).key_arn();
        lineage.point(name).and_then(|point| key_class(seen, expected, point))
    });
    let newer_arrived = all.values().any(|other| {
        observed.identities.are_of_one(&other.origin, &lineage.origin)
            && other.origin.created_at > lineage.origin.created_at
            && other.point(EnvironmentName::Destination).is_some_and(|point| point.status.is_usable())
    });
    Sight {
        seen: EnvironmentName::ALL.map(|name| observed.environments[name.index()].points.is_ok()),
        keys,
        deadlines: Deadlines {
            intermediate: pipeline.verify.intermediate_deadline,
            destination: pipeline.verify.destination_deadline,
        },
        // Judged from the destination, so that a hostile source account cannot turn the clock back.
        now: observed.environments[EnvironmentName::Destination.index()].now,
        newer_arrived,
        deleted: lacks_destination_vault(observed) || deleted::is_gone(observed, lineage, Hop::Second),
    }
}

/// Whether there is no destination vault: nothing can arrive in it, and what had arrived is gone.
fn lacks_destination_vault(observed: &Observed) -> bool {
    matches!(observed.doctor.environment(EnvironmentName::Destination).vault, Ok(None))
}

fn subject_of(lineage: &Lineage, environment: EnvironmentName) -> String {
    let nearest = [environment, EnvironmentName::Source, EnvironmentName::Intermediate, EnvironmentName::Destination];
    let found = nearest.into_iter().find_map(|name| lineage.point(name));
    found.map_or_else(|| lineage.origin.resource_arn.clone(), |point| point.arn.to_string())
}

fn judge_lineage(
    pipeline: &Pipeline,
    observed: &Observed,
    lineage: &Lineage,
    sight: &Sight,
    best: &BestCopies,
    report: &mut Report,
) {
    for name in EnvironmentName::ALL {
        let subject = subject_of(lineage, name);
        match lineage.point(name) {
            Some(point) => {
                judge_point(name, point, sight.keys[name.index()], report);
                if sight.keys[name.index()].is_none() {
                    report.skip(Check::WrongKey, name, &subject, unseen_key(observed, name, point));
                }
                points::retention(pipeline, observed, name, point, best, report);
            }
            None if name == EnvironmentName::Source => {}
            None => judge_absence(pipeline, observed, lineage, sight, name, &subject, report),
        }
        // The best comes first, and what is usable before what is not.
        if let Some(extra) = lineage.points[name.index()].get(1).filter(|point| point.status.is_usable()) {
            let message = format!("the {name} vault holds more than one copy of the backup of {}", describe(lineage));
            let finding = Finding::new(Check::DuplicateCopy, name, extra.arn.as_str(), message);
            report.fail(finding.fill(Hole::Vault, extra.vault_arn.name()));
        }
    }
    points::orphaned(observed, lineage, report);
    points::tag(pipeline, observed, lineage, report);
    points::share(observed, lineage, report);
    for hop in Hop::ALL {
        if let Some(job) = stuck(lineage, hop, sight.now) {
            let since = job.created_at.map(shown).unwrap_or_default();
            let message = format!("copy job {} has been in {} since {since}", job.id, job.state);
            // The job is listed where it was started.
            report.fail(Finding::new(Check::CopyStuck, hop.from(), &lineage.origin.resource_arn, message));
        }
    }
}

fn describe(lineage: &Lineage) -> String {
    format!("{} of {}", lineage.origin.resource_arn, shown(lineage.origin.created_at))
}

fn judge_point(name: EnvironmentName, point: &RecoveryPoint, key: Option<KeyClass>, report: &mut Report) {
    use crate::pipeline::recovery_point::RecoveryPointStatus as Status;
    let subject = point.arn.to_string();
    if point.status.is_usable() || point.status == Status::Creating {
        report.pass(Check::RecoveryPointUnhealthy, name, &subject);
    } else {
        let why = point.status_message.clone().map(|why| format!(": {why}")).unwrap_or_default();
        let message = format!("the recovery point is {}{why}", point.status.as_str());
        let finding = Finding::new(Check::RecoveryPointUnhealthy, name, &subject, message);
        report.fail(finding.fill(Hole::Vault, point.vault_arn.name()));
    }
    match key {
        None => {}
        Some(KeyClass::None) => {
            let severity = if name == EnvironmentName::Source { Severity::Info } else { Severity::Error };
            let message = "the recovery point is not encrypted";
            report.fail(Finding::new(Check::Unencrypted, name, &subject, message).with_severity(severity));
        }
        Some(KeyClass::AwsManaged | KeyClass::Other) if name != EnvironmentName::Source => {
            let key = point.key_arn.as_ref().map(ToString::to_string).unwrap_or_default();
            let message = format!("the copy is encrypted under {key}, which is not its vault's key");
            report.fail(Finding::new(Check::WrongKey, name, &subject, message));
        }
        Some(_) => report.pass(Check::WrongKey, name, &subject),
    }
}

fn judge_absence(
    pipeline: &Pipeline,
    observed: &Observed,
    lineage: &Lineage,
    sight: &Sight,
    name: EnvironmentName,
    subject: &str,
    report: &mut Report,
) {
    let (check, hop) = match name {
        EnvironmentName::Destination => (Check::DestinationCopyMissing, Hop::Second),
        _ => (Check::IntermediateCopyMissing, Hop::First),
    };
    let late = too_late(pipeline, lineage, sight, hop);
    match stand(lineage, sight, name) {
        Stand::Unseen => {
            let error = observed.environments[name.index()].points.as_ref().err();
            let why = error.map_or(Skipped::DependsOn(Check::VaultMissing), skipped);
            return report.skip(check, name, subject, why);
        }
        Stand::Missing if name == EnvironmentName::Destination && lacks_destination_vault(observed) => {
            report.skip(check, name, subject, Skipped::DependsOn(Check::VaultMissing));
        }
        // That it was there and is gone is said already, with who can be asked.
        Stand::Missing if name == EnvironmentName::Destination && sight.deleted => {}
        Stand::Missing => {
            let message = format!("the backup of {} is not in the {name} vault", describe(lineage));
            let finding = Finding::new(check, name, subject, message);
            report.fail(match &late {
                None => finding,
                Some((_, remedy)) => finding.with_remedy(remedy.clone().fill(Hole::Subject, subject)),
            });
            if let Some((delete_at, remedy)) = late {
                let message = format!("a copy made now would be deleted at {}", shown(delete_at));
                let finding = Finding::new(Check::CopyWouldExpire, name, subject, message);
                report.fail(finding.with_remedy(remedy.fill(Hole::Subject, subject)));
            }
        }
        _ => report.pass(check, name, subject),
    }
    if let Some(job) = last_failure(lineage, hop) {
        let why = job.status_message.clone().unwrap_or_else(|| job.state.to_string());
        let message = format!("copy job {} ended in {}: {why}{}", job.id, job.state, causes(&why, report));
        let mut finding = Finding::new(Check::CopyFailed, name, subject, message);
        finding.evidence = Some(Evidence {
            document: format!("copy job {}", job.id),
            layer: None,
            statement: Some(why),
            action: None,
            principal: job.role_arn.clone(),
        });
        report.fail(finding);
    }
}

/// When a copy that is made now would be deleted, where that is within 48 hours, and how it is kept longer. One that is
/// too late is no finding where its backup is past its retention anyway.
fn too_late(pipeline: &Pipeline, lineage: &Lineage, sight: &Sight, hop: Hop) -> Option<(DateTime<Utc>, Remedy)> {
    let days = match hop {
        Hop::First => pipeline.plan.copy_delete_after_days,
        Hop::Second => pipeline.plan.destination_delete_after_days,
    };
    let delete_at = Retention::Days(days).delete_at(&lineage.origin, None).filter(|at| *at > sight.now)?;
    if !would_expire(Some(delete_at), sight.now) {
        return None;
    }
    // A copy's days count from the backup's creation.
    let days = i64::from(days) + (sight.now - lineage.origin.created_at).num_days();
    let remedy = match hop {
        // `--delete-after-days` is the destination's.
        Hop::First => {
            let text = format!(
                "Keep it longer there: set `copy_delete_after_days` under [plan] in backupctl.toml to {days} or more, then \
                 copy it."
            );
            let copy = Command::of(["backupctl copy --recovery-point ".into(), Hole::Subject.into()]);
            Remedy::default().then(text, vec![copy])
        }
        Hop::Second => Remedy::from(Check::CopyWouldExpire.row().remedy).fill(Hole::Days, &days.to_string()),
    };
    Some((delete_at, remedy))
}

/// The checks that a message of AWS can come from, but those that have passed.
fn causes(message: &str, report: &Report) -> String {
    let has_passed = |check: Check| {
        let mut of = report.checks.iter().filter(|one| one.check == check).peekable();
        of.peek().is_some() && of.all(|one| one.result == CheckResult::Passed)
    };
    let checks: Vec<&str> = failures::causes(message, has_passed).into_iter().map(Check::id).collect();
    match checks.is_empty() {
        true => String::new(),
        false => format!(" (likely {})", checks.join(" or ")),
    }
}

fn point_report(lineage: &Lineage, sight: &Sight) -> PointReport {
    let place = |name: EnvironmentName| {
        if !sight.seen[name.index()] {
            return Place::Unseen { seen: false };
        }
        let Some(point) = lineage.point(name) else { return Place::Absent };
        let hop = Hop::ALL.into_iter().find(|hop| hop.to() == name);
        Place::There(Box::new(Point {
            recovery_point_arn: point.arn.to_string(),
            status: point.status.clone(),
            encryption_key_arn: point.key_arn.as_ref().map(ToString::to_string),
            key: sight.keys[name.index()],
            copied_at: hop.and(point.completed_at),
            copy_job_id: hop.and_then(|hop| lineage.job_of(hop)).map(|job| job.id.clone()),
            delete_at: point.delete_at,
        }))
    };
    PointReport {
        resource_arn: lineage.origin.resource_arn.clone(),
        resource_type: lineage.resource_type.clone(),
        created_at: lineage.origin.created_at,
        state: verdict::judge(lineage, sight),
        source: place(EnvironmentName::Source),
        intermediate: place(EnvironmentName::Intermediate),
        destination: place(EnvironmentName::Destination),
    }
}
