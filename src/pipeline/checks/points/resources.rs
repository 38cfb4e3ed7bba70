//! Whether each selected database has a copy in the destination vault: seen, usable, young enough, under the right key.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::super::skipped;
use super::held::key_class;
use super::{Options, deleted, freshness};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::coverage::{FARTHEST_FIRE, Limit, ResourceState, first_copy_due};
use crate::pipeline::environment::EnvironmentName::{Destination, Intermediate, Source};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::identity::{DatabaseId, Foreign, Owner};
use crate::pipeline::instant::shown;
use crate::pipeline::lifecycle::would_expire;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::remedy::{Hole, steps};
use crate::pipeline::resource;
use crate::pipeline::seen::AwsError;
use crate::pipeline::seen::database::Database;
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::KeyClass;
use crate::policy::schedule::Schedule;

pub(crate) const RESOURCE_UNKNOWN: Row = Row {
    id: "resource-unknown",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A database named with `--resource` is neither selected nor in any of the three vaults.",
    why: "Nothing could be verified: the name may be misspelled, or the database may be unprotected.",
    remedy: steps!["Correct the name, or add the database to [selection] in backupctl.toml and deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup API Reference, ListRecoveryPointsByBackupVault",
};

pub(crate) const NO_USABLE_COPY: Row = Row {
    id: "no-usable-copy",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A selected database has no usable copy in the destination vault.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: steps![
        "Copy what is there." => ["backupctl copy --all-missing"];
        "If copies keep failing, find out why." => ["backupctl doctor"]
    ],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const COPY_STALE: Row = Row {
    id: "copy-stale",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest usable copy of a database in the destination vault is older than it may be.",
    why: "A restore from the destination account would lose more than agreed.",
    remedy: steps![
        "Copy what is missing." => ["backupctl copy --all-missing"];
        "If copies keep failing, find out why." => ["backupctl doctor"]
    ],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const COPY_EXPIRING: Row = Row {
    id: "copy-expiring",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The newest usable copy of a database in the destination vault will be deleted within 48 hours.",
    why: "When it is deleted and nothing newer has arrived, the destination account has no copy of the database.",
    remedy: steps!["Keep it longer." => ["aws backup update-recovery-point-lifecycle --backup-vault-name " {Vault} " --recovery-point-arn " {Subject} " --lifecycle DeleteAfterDays=" {Days}]],
    source: "AWS Backup API Reference, UpdateRecoveryPointLifecycle",
};

/// One selected database.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResourceReport {
    pub resource_arn: String,
    /// Its `DbiResourceId`; null where it does not exist or could not be seen.
    pub database_id: Option<DatabaseId>,
    /// How well it is protected.
    pub state: ResourceState,
    /// When its newest usable backup in the source vault was made.
    pub newest_backup_at: Option<DateTime<Utc>>,
    /// Of when the newest usable copy in the destination vault is.
    pub newest_copy_at: Option<DateTime<Utc>>,
    pub newest_copy_arn: Option<String>,
    /// How old what it holds is.
    pub copy_age_seconds: Option<i64>,
    /// When AWS will delete it.
    pub copy_delete_at: Option<DateTime<Utc>>,
    /// Whether it is young enough, by `--max-age`, else by `max_age`, else by the schedule; null where no copy can be
    /// expected yet, or it could not be looked at.
    pub within_max_age: Option<bool>,
    /// Where the first copy cannot be there yet, until when.
    pub first_copy_due: Option<DateTime<Utc>>,
}

/// The best copy of a database in the destination vault: of its newest backup, and of several the one kept longest.
#[derive(Debug, Clone)]
pub(crate) struct BestCopy {
    pub point: RecoveryPoint,
    /// When the backup was made.
    pub created_at: DateTime<Utc>,
}

/// The best copy of each database, by its ARN.
pub(crate) type BestCopies = BTreeMap<String, BestCopy>;

/// The best usable copies under the right key, each of the database that it was made of, whatever had its name then.
pub(crate) fn best_copies(observed: &Observed, lineages: &BTreeMap<Origin, Lineage>) -> BestCopies {
    let mut best = BestCopies::new();
    for point in copies(lineages).filter(|point| key_of(observed, point) == Some(KeyClass::Expected)) {
        let Owner::Of(arn) = observed.identities.owner(&point.origin) else { continue };
        let candidate = BestCopy { point: point.clone(), created_at: point.origin.created_at };
        let rank = |copy: &BestCopy| (copy.created_at, copy.point.delete_at.is_none(), copy.point.delete_at);
        if best.get(arn).is_none_or(|known| rank(known) < rank(&candidate)) {
            best.insert(arn.to_owned(), candidate);
        }
    }
    best
}

fn copies(lineages: &BTreeMap<Origin, Lineage>) -> impl Iterator<Item = &RecoveryPoint> {
    let points = lineages.values().flat_map(|lineage| &lineage.points[Destination.index()]);
    points.filter(|point| point.status.is_usable())
}

fn is_of(observed: &Observed, origin: &Origin, arn: &str) -> bool {
    observed.identities.owner(origin) == Owner::Of(arn)
}

fn key_of(observed: &Observed, point: &RecoveryPoint) -> Option<KeyClass> {
    let expected = observed.seen.environment(Destination).key_arn();
    key_class(&observed.environments[Destination.index()], expected, point)
}

fn database<'a>(observed: &'a Observed, arn: &str) -> Option<&'a Database> {
    observed.seen.databases.iter().flatten().find(|one| one.arn == arn)
}

/// Judges every selected database, and says of those asked for by name that nobody knows them.
pub(crate) fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    lineages: &BTreeMap<Origin, Lineage>,
    best: &BestCopies,
    report: &mut Report,
) -> Vec<ResourceReport> {
    let selected = freshness::selected(pipeline, observed, options);
    let mut arns: Vec<&String> = selected.keys().collect();
    // What is asked for by name and lies in a vault is judged although nobody selects it any more.
    let in_vaults = lineages.keys().map(|origin| &origin.resource_arn);
    arns.extend(in_vaults.filter(|arn| options.resources.contains(arn)));
    arns.sort();
    arns.dedup();
    unknown(pipeline, observed, options, &arns, lineages, report);
    // Where the plan's own checks are asked for, `selection-empty` says it.
    let says_so = options.areas.is_empty() || options.areas.contains(&Area::Plan);
    if arns.is_empty() && options.resources.is_empty() && !says_so {
        let message = "no database is selected: nothing is protected";
        report.fail(Finding::new(Check::NoUsableCopy, Destination, &pipeline.selection.name, message));
    }
    let judged = arns.into_iter().map(|arn| one(pipeline, observed, options, lineages, best, arn, report));
    judged.collect()
}

fn unknown(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    known: &[&String],
    lineages: &BTreeMap<Origin, Lineage>,
    report: &mut Report,
) {
    let databases = observed.seen.databases.as_deref().unwrap_or_default();
    for arn in options.resources.iter().filter(|arn| !known.contains(arn)) {
        if let Some(error) = observed.environments.iter().find_map(|seen| seen.points.as_ref().err()) {
            report.skip(Check::ResourceUnknown, Source, arn, skipped(error));
            continue;
        }
        let names = pipeline.selection.resources.iter().chain(databases.iter().map(|one| &one.arn));
        let names = names.chain(lineages.keys().map(|origin| &origin.resource_arn));
        let near = resource::nearest(arn, names.map(String::as_str));
        let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message = format!("{arn} is neither selected nor in any of the three vaults{near}");
        report.fail(Finding::new(Check::ResourceUnknown, Source, arn, message));
    }
}

fn one(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    lineages: &BTreeMap<Origin, Lineage>,
    best: &BestCopies,
    arn: &str,
    report: &mut Report,
) -> ResourceReport {
    let seen = &observed.environments[Destination.index()];
    let now = seen.now;
    let copy = best.get(arn);
    let began = began(observed, arn);
    let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok();
    let first_due = match (&schedule, began) {
        (Some(schedule), Some(began)) => first_copy_due(began, schedule, pipeline.verify.destination_deadline),
        _ => None,
    };
    let deadline = TimeDelta::from_std(pipeline.verify.destination_deadline).unwrap_or(TimeDelta::zero());
    let is_new = copy.is_none()
        && first_due.is_some_and(|due| now < due && due - now <= FARTHEST_FIRE + deadline)
        // A copy that had arrived was the first.
        && !deleted::has_arrived(observed, arn)
        && !is_older_seen(pipeline, observed, lineages, arn, now);
    let exists = !is_gone(observed, arn);
    let not_before = limit(pipeline, options, schedule.as_ref(), began).and_then(|limit| limit.not_before(now));
    let is_stale = copy.is_some_and(|copy| not_before.is_some_and(|least| copy.created_at < least));
    let expires = copy.is_some_and(|copy| would_expire(copy.point.delete_at, now));
    let foreign = observed.identities.foreign(copies(lineages), arn);
    let unread = seen.snapshots.as_ref().err().filter(|_| foreign.unknown > 0);
    let is_unsure = || {
        let mut own = copies(lineages).filter(|point| is_of(observed, &point.origin, arn));
        unread.is_some() || own.any(|point| key_of(observed, point).is_none())
    };
    let state = match copy {
        None if seen.points.is_err() || is_unsure() => ResourceState::Unknown,
        // Of one that does not exist no copy is to come, whenever the next is due.
        None if !exists => ResourceState::Missing,
        None if is_new => ResourceState::New,
        None => ResourceState::Unprotected,
        // Nobody can make a newer one of a database that is gone: that it is, is the finding.
        Some(_) if is_stale && exists => ResourceState::Stale,
        Some(_) if expires => ResourceState::Expiring,
        Some(_) => ResourceState::Protected,
    };
    let newest_backup_at = newest_backup(observed, arn);
    let judged = Judged { state, copy, not_before, expires, newest_backup_at, foreign, unread };
    say(pipeline, observed, arn, &judged, report);
    ResourceReport {
        resource_arn: arn.to_owned(),
        database_id: database(observed, arn).and_then(|one| one.id.clone()),
        state,
        newest_backup_at,
        newest_copy_at: copy.map(|copy| copy.created_at),
        newest_copy_arn: copy.map(|copy| copy.point.arn.to_string()),
        copy_age_seconds: copy.map(|copy| (now - copy.created_at).num_seconds()),
        copy_delete_at: copy.and_then(|copy| copy.point.delete_at),
        within_max_age: match state {
            ResourceState::Unknown | ResourceState::New => None,
            _ => Some(copy.is_some() && !is_stale),
        },
        first_copy_due: first_due.filter(|_| state == ResourceState::New),
    }
}

/// What was found about one database.
struct Judged<'a> {
    state: ResourceState,
    copy: Option<&'a BestCopy>,
    not_before: Option<DateTime<Utc>>,
    expires: bool,
    newest_backup_at: Option<DateTime<Utc>>,
    /// Copies that have its name and are not known to be its own.
    foreign: Foreign,
    /// Why the snapshots that say whose they are could not be read.
    unread: Option<&'a AwsError>,
}

fn say(pipeline: &Pipeline, observed: &Observed, arn: &str, judged: &Judged<'_>, report: &mut Report) {
    let name = Destination;
    match judged.state {
        ResourceState::Unknown => {
            let points = observed.environments[name.index()].points.as_ref().err();
            let why =
                points.or(judged.unread).map_or_else(|| Skipped::CallFailed("kms:DescribeKey".to_owned()), skipped);
            return report.skip(Check::NoUsableCopy, name, arn, why);
        }
        ResourceState::New => return report.skip(Check::NoUsableCopy, name, arn, Skipped::NotApplicable),
        ResourceState::Missing => {
            return report.skip(Check::NoUsableCopy, name, arn, Skipped::DependsOn(Check::ResourceMissing));
        }
        ResourceState::Unprotected if matches!(observed.seen.environment(name).vault, Ok(None)) => {
            return report.skip(Check::NoUsableCopy, name, arn, Skipped::DependsOn(Check::VaultMissing));
        }
        ResourceState::Unprotected => {
            let backup = match judged.newest_backup_at {
                Some(at) => format!("its newest backup is of {}", shown(at)),
                None => "no backup of it was seen either".to_owned(),
            };
            let foreign = judged.foreign.in_words(name);
            let message = format!("{arn} has no usable copy in the destination vault; {backup}{foreign}");
            return report.fail(Finding::new(Check::NoUsableCopy, name, arn, message));
        }
        ResourceState::Protected | ResourceState::Expiring | ResourceState::Stale => {}
    }
    report.pass(Check::NoUsableCopy, name, arn);
    let Some(copy) = judged.copy else { return };
    match judged.not_before.filter(|_| judged.state == ResourceState::Stale) {
        Some(least) => {
            let message = format!(
                "the newest usable copy of {arn} is of {}; one of {} or later is due{}",
                shown(copy.created_at),
                shown(least),
                judged.foreign.in_words(name)
            );
            report.fail(Finding::new(Check::CopyStale, name, arn, message));
        }
        None => report.pass(Check::CopyStale, name, arn),
    }
    let subject = copy.point.arn.as_str();
    if !judged.expires {
        return report.pass(Check::CopyExpiring, name, subject);
    }
    let at = copy.point.delete_at.map(shown).unwrap_or_default();
    let message = format!("the newest usable copy of {arn}, of {}, will be deleted at {at}", shown(copy.created_at));
    // Its days count from the backup: the configured ones once more from now on.
    let age = (observed.environments[name.index()].now - copy.created_at).num_days();
    let days = age + i64::from(pipeline.plan.destination_delete_after_days);
    let finding = Finding::new(Check::CopyExpiring, name, subject, message);
    report.fail(finding.fill(Hole::Vault, copy.point.vault_arn.name()).fill(Hole::Days, &days.to_string()));
}

/// Since when a copy of a database can come about: it exists, and so does the destination vault.
fn began(observed: &Observed, arn: &str) -> Option<DateTime<Utc>> {
    let vault = observed.seen.environment(Destination).vault.as_ref().ok()?.as_ref()?.created_at?;
    Some(database(observed, arn).and_then(|one| one.created_at).map_or(vault, |made| made.max(vault)))
}

/// Whether a database is known not to exist.
fn is_gone(observed: &Observed, arn: &str) -> bool {
    observed.seen.databases.is_ok() && arn.contains(":db:") && database(observed, arn).is_none()
}

/// Whether anything of the database is seen that is older than the deadline: then it is not new.
fn is_older_seen(
    pipeline: &Pipeline,
    observed: &Observed,
    lineages: &BTreeMap<Origin, Lineage>,
    arn: &str,
    now: DateTime<Utc>,
) -> bool {
    let deadline = TimeDelta::from_std(pipeline.verify.destination_deadline).unwrap_or(TimeDelta::zero());
    let made = database(observed, arn).and_then(|one| one.created_at);
    let is_older = |at: DateTime<Utc>| at < now - deadline && made.is_none_or(|made| at >= made);
    let jobs = [Source, Intermediate].into_iter().flat_map(|name| observed.environments[name.index()].jobs.iter());
    let copied = jobs.flatten().filter(|job| job.resource_arn.as_deref() == Some(arn)).filter_map(|job| job.created_at);
    let backed_up = observed.environments[Source.index()].backup_jobs.iter().flatten();
    let backed_up = backed_up.filter(|job| job.resource_arn.as_deref() == Some(arn)).filter_map(|job| job.created_at);
    let points = lineages.keys().filter(|origin| is_of(observed, origin, arn)).map(|origin| origin.created_at);
    copied.chain(backed_up).chain(points).any(is_older)
}

fn newest_backup(observed: &Observed, arn: &str) -> Option<DateTime<Utc>> {
    let points = observed.environments[Source.index()].points.iter().flatten();
    let usable = points.filter(|point| point.status.is_usable() && is_of(observed, &point.origin, arn));
    usable.map(|point| point.origin.created_at).max()
}

fn limit<'a>(
    pipeline: &Pipeline,
    options: &Options,
    schedule: Option<&'a Schedule>,
    began: Option<DateTime<Utc>>,
) -> Option<Limit<'a>> {
    if let Some(age) = options.max_age.or(pipeline.verify.max_age) {
        return Some(Limit::MaxAge(age));
    }
    let plan = &pipeline.plan;
    let to_succeed = plan.completion_window.min(plan.start_window + Duration::from_secs(12 * 3600));
    let time_to_arrive = to_succeed + pipeline.verify.destination_deadline;
    Some(Limit::Schedule { schedule: schedule?, time_to_arrive, began: began? })
}
