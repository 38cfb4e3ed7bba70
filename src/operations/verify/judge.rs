//! Says what was seen means. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Options;
use super::observe::{EnvironmentSeen, Observed};
use super::report::{EnvironmentReport, Place, Point, PointReport, Summary, VaultReport, Verified};
use crate::aws::AwsError;
use crate::aws::cloudformation::StackStatus;
use crate::aws::session::Identity;
use crate::pipeline::check::{Area, Check, Severity};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::instant::shown;
use crate::pipeline::lifecycle::{Retention, would_expire};
use crate::pipeline::lineage::{Lineage, tie};
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::route::KeyManager;
use crate::pipeline::schedule::Schedule;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{
    self, Deadlines, Freshness, KeyClass, Sight, Staleness, Stand, last_failure, staleness, stand, stuck,
};

/// Judges what was seen; reads nothing but its arguments.
pub fn judge(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Verified {
    let mut report = Report::default();
    for seen in &observed.environments {
        judge_environment(pipeline, seen, options, &mut report);
    }
    let lineages = lineages(pipeline, observed);
    let mut recovery_points: Vec<PointReport> = lineages
        .values()
        .map(|lineage| {
            let sight = sight(pipeline, observed, lineage, &lineages);
            judge_lineage(pipeline, observed, lineage, &sight, &mut report);
            point_report(lineage, &sight)
        })
        .collect();
    recovery_points.sort_by(|a, b| a.resource_arn.cmp(&b.resource_arn).then(b.created_at.cmp(&a.created_at)));
    judge_freshness(pipeline, observed, options, &mut report);
    let wanted = |area: Area, environment: EnvironmentName| {
        (options.areas.is_empty() || options.areas.contains(&area))
            && (options.environments.is_empty() || options.environments.contains(&environment))
    };
    report.findings.retain(|finding| wanted(finding.check.row().area, finding.environment));
    report.checks.retain(|check| wanted(check.check.row().area, check.environment));
    report.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.check.cmp(&b.check)));
    let summary = Summary::of(&recovery_points, &report.findings, &report.checks, observed.calls);
    Verified {
        environments: observed.environments.iter().map(|seen| environment_report(pipeline, seen)).collect(),
        recovery_points,
        findings: report.findings,
        checks: report.checks,
        summary,
    }
}

fn environment_report(pipeline: &Pipeline, seen: &EnvironmentSeen) -> EnvironmentReport {
    let environment = pipeline.environment(seen.name);
    let points = seen.points.as_ref().map(Vec::len).unwrap_or_default();
    let vault = seen.vault.as_ref().ok().and_then(Option::as_ref).map(|vault| VaultReport {
        name: vault.name.clone(),
        arn: vault.arn.to_string(),
        encryption_key_arn: vault.key_arn.as_ref().map(ToString::to_string),
        locked: vault.locked,
        recovery_points: points,
    });
    let looks: [Option<&AwsError>; 5] = [
        seen.stack.as_ref().err(),
        seen.vault.as_ref().err(),
        seen.points.as_ref().err(),
        seen.jobs.as_ref().err(),
        seen.vault_key.as_ref().err(),
    ];
    EnvironmentReport {
        environment: seen.name,
        account: environment.account.to_string(),
        region: environment.region.to_string(),
        seen: seen.points.is_ok(),
        unseen: looks.into_iter().flatten().map(|error| format!("{}: {error}", error.operation)).collect(),
        vault,
    }
}

fn skipped(error: &AwsError) -> Skipped {
    if error.is_access_denied() {
        Skipped::AccessDenied(error.operation.to_owned())
    } else {
        Skipped::DependsOn(Check::CredentialsInvalid)
    }
}

fn judge_environment(pipeline: &Pipeline, seen: &EnvironmentSeen, options: &Options, report: &mut Report) {
    let (name, environment) = (seen.name, pipeline.environment(seen.name));
    let account = environment.account.to_string();
    match &seen.identity {
        Ok(Identity::Right | Identity::Unknown) => {
            report.pass(Check::CredentialsInvalid, name, &account);
            report.pass(Check::AccountMismatch, name, &account);
        }
        Ok(Identity::Other(other)) => {
            let message = format!("the credentials belong to account {other}, not to {account}");
            report.fail(Finding::new(Check::AccountMismatch, name, &account, message));
        }
        Err(error) => report.fail(Finding::new(Check::CredentialsInvalid, name, &account, error.to_string())),
    }
    judge_stack(pipeline, seen, report);
    judge_vault(pipeline, seen, options, report);
}

fn judge_stack(pipeline: &Pipeline, seen: &EnvironmentSeen, report: &mut Report) {
    let name = seen.name;
    let stack = &pipeline.environment(name).stack;
    match &seen.stack {
        Err(error) => report.skip(Check::StackMissing, name, stack, skipped(error)),
        Ok(None) => {
            report.fail(Finding::new(Check::StackMissing, name, stack, format!("stack `{stack}` does not exist")));
        }
        Ok(Some(found)) => {
            report.pass(Check::StackMissing, name, stack);
            match &found.status {
                StackStatus::Updatable(_) | StackStatus::Busy(_) => report.pass(Check::StackUnhealthy, name, stack),
                other => {
                    let message = format!("stack `{stack}` is in {}", other.as_str());
                    report.fail(Finding::new(Check::StackUnhealthy, name, stack, message));
                }
            }
        }
    }
}

fn judge_vault(pipeline: &Pipeline, seen: &EnvironmentSeen, options: &Options, report: &mut Report) {
    let name = seen.name;
    let subject = pipeline.vault_arn(name).to_string();
    let vault = match &seen.vault {
        Err(error) => return report.skip(Check::VaultMissing, name, subject, skipped(error)),
        Ok(None) => {
            let message = format!("backup vault `{}` does not exist", pipeline.environment(name).vault);
            return report.fail(Finding::new(Check::VaultMissing, name, subject, message));
        }
        Ok(Some(vault)) => vault,
    };
    report.pass(Check::VaultMissing, name, &subject);
    match &seen.vault_key {
        Err(error) => report.skip(Check::KeyMissing, name, &subject, skipped(error)),
        Ok(None) => {
            let key = vault.key_arn.as_ref().map_or_else(|| "no key".to_owned(), ToString::to_string);
            report.fail(Finding::new(
                Check::KeyMissing,
                name,
                &subject,
                format!("the vault's key is {key}, which does not exist"),
            ));
        }
        Ok(Some(key)) => {
            report.pass(Check::KeyMissing, name, key.arn.as_str());
            if key.manager == KeyManager::AwsManaged {
                let message = format!("the vault's key {} is managed by AWS", key.arn);
                report.fail(Finding::new(Check::VaultDefaultKey, name, &subject, message));
            } else {
                report.pass(Check::VaultDefaultKey, name, &subject);
            }
            judge_key_state(name, key, report);
        }
    }
    match &seen.points {
        Err(error) => report.skip(Check::CountMismatch, name, &subject, skipped(error)),
        Ok(_) if !options.sees_everything() => {
            report.skip(Check::CountMismatch, name, &subject, Skipped::NotApplicable)
        }
        Ok(points) if points.len() as i64 == vault.recovery_points => report.pass(Check::CountMismatch, name, &subject),
        Ok(points) => {
            let message =
                format!("the vault counts {} recovery points, its list has {}", vault.recovery_points, points.len());
            report.fail(Finding::new(Check::CountMismatch, name, &subject, message));
        }
    }
}

fn judge_key_state(name: EnvironmentName, key: &crate::aws::kms::Key, report: &mut Report) {
    let check = match key.state.as_str() {
        "Enabled" => {
            report.pass(Check::KeyDisabled, name, key.arn.as_str());
            return report.pass(Check::KeyPendingDeletion, name, key.arn.as_str());
        }
        "PendingDeletion" | "PendingReplicaDeletion" => Check::KeyPendingDeletion,
        _ => Check::KeyDisabled,
    };
    let mut finding = Finding::new(check, name, key.arn.as_str(), format!("key {} is {}", key.arn, key.state));
    finding.remedy = finding.remedy.replace("--key-id KEY", &format!("--key-id {}", key.arn));
    finding.commands = finding.commands.iter().map(|one| one.replace("KEY", key.arn.as_str())).collect();
    report.fail(finding);
}

fn lineages(pipeline: &Pipeline, observed: &Observed) -> BTreeMap<Origin, Lineage> {
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let points = |index: usize| observed.environments[index].points.as_deref().unwrap_or_default();
    let jobs = |index: usize| observed.environments[index].jobs.as_deref().unwrap_or_default();
    tie([points(0), points(1), points(2)], [jobs(0), jobs(1)], [&vaults[0], &vaults[1], &vaults[2]])
}

/// Whose key a recovery point is under, by `DescribeKey`; none where that could not be learned.
fn key_class(seen: &EnvironmentSeen, point: &RecoveryPoint) -> Option<KeyClass> {
    let Some(key) = &point.key_arn else {
        return (point.encrypted == Some(false)).then_some(KeyClass::None);
    };
    let expected = seen.vault.as_ref().ok()?.as_ref()?.key_arn.as_ref();
    let found = seen.keys.get(key.as_str())?;
    match found {
        Ok(Some(found)) if found.manager == KeyManager::AwsManaged => Some(KeyClass::AwsManaged),
        // The source's backups are under the database's own key: any customer managed one is right.
        Ok(Some(_)) if seen.name == EnvironmentName::Source || Some(key) == expected => Some(KeyClass::Expected),
        Ok(_) => Some(KeyClass::Other),
        // A key that may not be described is still seen to be another one.
        Err(_) if seen.name != EnvironmentName::Source && Some(key) != expected => Some(KeyClass::Other),
        Err(_) => None,
    }
}

fn sight(pipeline: &Pipeline, observed: &Observed, lineage: &Lineage, all: &BTreeMap<Origin, Lineage>) -> Sight {
    let keys = EnvironmentName::ALL.map(|name| {
        let seen = &observed.environments[name.index()];
        lineage.point(name).and_then(|point| key_class(seen, point))
    });
    let newer_arrived = all.values().any(|other| {
        other.origin.resource_arn == lineage.origin.resource_arn
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
    }
}

fn subject_of(lineage: &Lineage, environment: EnvironmentName) -> String {
    let nearest = [environment, EnvironmentName::Source, EnvironmentName::Intermediate, EnvironmentName::Destination];
    let found = nearest.into_iter().find_map(|name| lineage.point(name));
    found.map_or_else(|| lineage.origin.resource_arn.clone(), |point| point.arn.to_string())
}

fn judge_lineage(pipeline: &Pipeline, observed: &Observed, lineage: &Lineage, sight: &Sight, report: &mut Report) {
    for name in EnvironmentName::ALL {
        let subject = subject_of(lineage, name);
        match lineage.point(name) {
            Some(point) => judge_point(name, point, sight.keys[name.index()], report),
            None if name == EnvironmentName::Source => {}
            None => judge_absence(pipeline, observed, lineage, sight, name, &subject, report),
        }
        if lineage.points[name.index()].iter().filter(|point| point.status.is_usable()).count() > 1 {
            let message = format!("the {name} vault holds more than one copy of the backup of {}", describe(lineage));
            report.fail(Finding::new(Check::DuplicateCopy, name, &subject, message));
        }
    }
    for hop in Hop::ALL {
        if let Some(job) = stuck(lineage, hop, sight.now) {
            let since = job.created_at.map(shown).unwrap_or_default();
            let message = format!("copy job {} has been in {} since {since}", job.id, job.state);
            report.fail(Finding::new(Check::CopyStuck, hop.to(), &lineage.origin.resource_arn, message));
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
        report.fail(Finding::new(Check::RecoveryPointUnhealthy, name, &subject, message));
    }
    match key {
        None => report.skip(Check::WrongKey, name, &subject, Skipped::AccessDenied("kms:DescribeKey".to_owned())),
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
    match stand(lineage, sight, name) {
        Stand::Unseen => {
            let error = observed.environments[name.index()].points.as_ref().err();
            let why = error.map_or(Skipped::DependsOn(Check::VaultMissing), skipped);
            return report.skip(check, name, subject, why);
        }
        Stand::Missing => {
            let message = format!("the backup of {} is not in the {name} vault", describe(lineage));
            report.fail(Finding::new(check, name, subject, message));
        }
        _ => report.pass(check, name, subject),
    }
    if let Some(job) = last_failure(lineage, hop) {
        let why = job.status_message.clone().unwrap_or_else(|| job.state.to_string());
        let message = format!("copy job {} ended in {}: {why}", job.id, job.state);
        report.fail(Finding::new(Check::CopyFailed, name, subject, message));
    }
    let retention = match hop {
        Hop::First => Retention::Days(pipeline.plan.copy_delete_after_days),
        Hop::Second => Retention::Days(pipeline.plan.destination_delete_after_days),
    };
    let delete_at = retention.delete_at(&lineage.origin, None);
    // One that is too late is no finding where its backup is past its retention anyway.
    let alive = delete_at.is_some_and(|at| at > sight.now);
    let missing = matches!(stand(lineage, sight, name), Stand::Missing);
    if missing && alive && would_expire(delete_at, sight.now) {
        let when = delete_at.map(shown).unwrap_or_default();
        let message = format!("a copy made now would be deleted at {when}");
        report.fail(Finding::new(Check::CopyWouldExpire, name, subject, message));
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

/// The databases that are named one by one; wildcards and tags are resolved by AWS alone.
fn named_databases<'a>(pipeline: &'a Pipeline, options: &'a Options) -> Vec<&'a String> {
    let wanted = |arn: &&String| options.resources.is_empty() || options.resources.contains(arn);
    pipeline.selection.resources.iter().filter(|arn| !arn.contains('*')).filter(wanted).collect()
}

fn judge_freshness(pipeline: &Pipeline, observed: &Observed, options: &Options, report: &mut Report) {
    let source = &observed.environments[EnvironmentName::Source.index()];
    let name = EnvironmentName::Source;
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
    let selected_at = judge_plan(pipeline, observed, report);
    for arn in named_databases(pipeline, options) {
        let (points, selected_at) = match (&source.points, selected_at) {
            (Ok(points), Some(selected_at)) => (points, selected_at),
            (Err(error), _) => {
                report.skip(Check::BackupMissing, name, arn, skipped(error));
                continue;
            }
            (Ok(_), None) => {
                report.skip(Check::BackupMissing, name, arn, Skipped::DependsOn(Check::SelectionMissing));
                continue;
            }
        };
        let usable = points.iter().filter(|point| &point.origin.resource_arn == arn && point.status.is_usable());
        let newest = usable.map(|point| point.origin.created_at).max();
        match staleness(newest, selected_at, freshness, source.now) {
            None => {
                report.pass(Check::BackupMissing, name, arn);
                report.pass(Check::BackupStale, name, arn);
            }
            Some(Staleness::Missing) => {
                let message = format!("{arn} has no completed recovery point in the source vault");
                report.fail(Finding::new(Check::BackupMissing, name, arn, message));
            }
            Some(Staleness::Stale(due)) => {
                let newest = newest.map(shown).unwrap_or_default();
                let message =
                    format!("the newest backup of {arn} is of {newest}; one of {} or later is due", shown(due));
                report.fail(Finding::new(Check::BackupStale, name, arn, message));
            }
        }
    }
}

/// Since when our databases are selected.
fn judge_plan(pipeline: &Pipeline, observed: &Observed, report: &mut Report) -> Option<DateTime<Utc>> {
    let name = EnvironmentName::Source;
    let subject = &pipeline.plan.name;
    match &observed.plans {
        Err(error) => {
            report.skip(Check::PlanMissing, name, subject, skipped(error));
            None
        }
        Ok(plans) => match plans.as_slice() {
            [] => {
                let message = format!("backup plan `{subject}` does not exist");
                report.fail(Finding::new(Check::PlanMissing, name, subject, message));
                None
            }
            [plan] => {
                report.pass(Check::PlanMissing, name, subject);
                report.pass(Check::PlanAmbiguous, name, subject);
                if plan.selected_at.is_none() {
                    let message = format!("the plan has no selection `{}`", pipeline.selection.name);
                    report.fail(Finding::new(Check::SelectionMissing, name, subject, message));
                } else {
                    report.pass(Check::SelectionMissing, name, subject);
                }
                plan.selected_at
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|plan| plan.id.as_str()).collect();
                let message = format!("backup plans {} are all this pipeline's", ids.join(", "));
                report.fail(Finding::new(Check::PlanAmbiguous, name, subject, message));
                several.iter().filter_map(|plan| plan.selected_at).max()
            }
        },
    }
}
