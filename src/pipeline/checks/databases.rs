//! The databases that the plan is for: whether each is there, is selected, and can be backed up and copied.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::Source;
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::remedy::{Command, Remedy, steps};
use crate::pipeline::seen::database::Database;
use crate::pipeline::seen::plan::SelectionSpec;
use crate::pipeline::seen::{Observed, PlanSeen};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::suggest;
use crate::policy::schedule::Schedule;
use crate::policy::wildcard::Pattern;

pub(crate) const RESOURCE_NOT_SELECTED: Row = Row {
    id: "resource-not-selected",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database is not selected by the plan.",
    why: "It is not backed up.",
    remedy: steps!["Restore the selection." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(crate) const RESOURCE_SELECTED_TWICE: Row = Row {
    id: "resource-selected-twice",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "A database is also selected by another plan or selection.",
    why: "AWS Backup runs one job per resource at a time: one of the two waits, or expires.",
    remedy: steps!["Remove it from the other selection." => ["aws backup list-backup-plans"]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(crate) const RESOURCE_MISSING: Row = Row {
    id: "resource-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database does not exist.",
    why: "Nothing is backed up under that ARN.",
    remedy: steps!["Remove it from `resources` in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon RDS API Reference, DescribeDBInstances",
};

pub(crate) const RESOURCE_UNAVAILABLE: Row = Row {
    id: "resource-unavailable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database is stopped, or in a state that it does not leave by itself.",
    why: "AWS Backup backs up only databases that are available, so the backup job fails.",
    remedy: steps!["Start it if it is stopped; otherwise the instance's RDS events show why it changed state." => ["aws rds start-db-instance --db-instance-identifier " {Name}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(crate) const RESOURCE_UNCOPYABLE: Row = Row {
    id: "resource-uncopyable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "AWS Backup cannot copy recovery points of this resource to another account.",
    why: "No copy will ever arrive.",
    remedy: steps!["Protect it another way, and exclude it from the selection (`exclude` in backupctl.toml)."],
    source: "AWS Backup Developer Guide, backup-feature-availability",
};

pub(crate) const OPTION_GROUP_MISSING: Row = Row {
    id: "option-group-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The database's option group has persistent options, and the intermediate Region has no such option group.",
    why: "AWS Backup passes no option group: the first hop fails with `The snapshot requires a target option group`.",
    remedy: steps![
        "Create an option group of that name, with the same persistent options, in the intermediate Region (`aws rds create-option-group`, then `aws rds add-option-to-option-group`)."
    ],
    source: "AWS Backup Developer Guide, cross-region-backup",
};

pub(crate) const BACKUP_WINDOW_CONFLICT: Row = Row {
    id: "backup-window-conflict",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The plan's schedule falls into the database's maintenance or automated backup window, or the hour before it.",
    why: "AWS Backup starts no snapshot then: the job waits, and fails if its start window is too short.",
    remedy: steps!["Move `schedule` in backupctl.toml out of the windows, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, troubleshooting",
};

const BOOTSTRAP: &str = "backupctl bootstrap";
/// States that a database does not leave by itself before the next backup: AWS Backup takes none that is not available
/// (AWS Backup Developer Guide, backup-dashboards; Amazon RDS User Guide, accessing-monitoring).
const UNAVAILABLE: [&str; 13] = [
    "deleting",
    "stopped",
    "stopping",
    "failed",
    "restore-error",
    "storage-full",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
];
/// Fire times that are held against a database's windows: a week of a daily schedule.
const FIRES: usize = 7;

/// Whether a selection selects a database (AWS Backup API Reference, BackupSelection): its ARN or any of the tags, all
/// of the conditions, and not left out.
pub(crate) fn selects(spec: &SelectionSpec, arn: &str, database: Option<&Database>) -> bool {
    let is = |pattern: &String| Pattern::new(pattern).matches(arn);
    let tag = |(key, value): (&String, &String)| database.is_some_and(|one| one.tags.get(key) == Some(value));
    let chosen = spec.resources.iter().any(is)
        || spec.any_tag.iter().any(tag)
        || (spec.resources.is_empty() && spec.any_tag.is_empty() && !spec.all_tags.is_empty());
    chosen && !spec.not_resources.iter().any(is) && spec.all_tags.iter().all(tag)
}

pub(crate) fn databases(
    pipeline: &Pipeline,
    observed: &Observed,
    plans: &[PlanSeen],
    ours: &[&PlanSeen],
    report: &mut Report,
) {
    let known = match &observed.databases {
        Err(error) => {
            for arn in pipeline.selection.resources.iter().filter(|arn| !arn.contains('*')) {
                report.skip(Check::ResourceMissing, Source, arn, skipped(error));
            }
            None
        }
        Ok(all) => Some(all),
    };
    for arn in wanted(pipeline, known.map(Vec::as_slice)) {
        let database = known.and_then(|all| all.iter().find(|one| one.arn == arn));
        if let Some(known) = known {
            // What is no DB instance is not looked for here: a cluster, a table, a volume.
            let is_instance = arn.contains(":rds:") && arn.contains(":db:");
            if is_instance && !known.iter().any(|one| one.arn == arn) {
                report.fail(missing(&arn, known));
                continue;
            }
            report.pass(Check::ResourceMissing, Source, &arn);
        }
        selected(pipeline, plans, ours, &arn, database, report);
        if let Some(database) = database {
            copyable(database, report);
            available(database, report);
            option_group(observed, database, report);
            windows(pipeline, observed.now, database, report);
        }
    }
}

/// The databases that the configuration selects: those named, and of the known ones those that it chooses.
pub(crate) fn wanted(pipeline: &Pipeline, known: Option<&[Database]>) -> Vec<String> {
    let selection = &pipeline.selection;
    let spec = SelectionSpec {
        name: selection.name.clone(),
        role_arn: String::new(),
        resources: selection.resources.clone(),
        not_resources: selection.exclude.clone(),
        any_tag: selection.tags.clone(),
        all_tags: selection.conditions.clone(),
        others: Vec::new(),
    };
    let mut arns: Vec<String> = selection.resources.iter().filter(|arn| !arn.contains('*')).cloned().collect();
    let chosen = known.into_iter().flatten().filter(|one| selects(&spec, &one.arn, Some(one)));
    arns.extend(chosen.map(|one| one.arn.clone()));
    arns.sort();
    arns.dedup();
    arns
}

/// A named database that does not exist, with the one that was probably meant.
fn missing(arn: &str, known: &[Database]) -> Finding {
    let name = arn.rsplit(':').next().unwrap_or(arn);
    let names = known.iter().filter_map(|one| one.arn.rsplit(':').next());
    match suggest::nearest(name, names) {
        None => Finding::new(Check::ResourceMissing, Source, arn, format!("{arn} does not exist")),
        Some(near) => {
            let message = format!("{arn} does not exist; did you mean db:{near}?");
            let text =
                format!("Correct `resources` in backupctl.toml (db:{near} exists), or remove it, then deploy it.");
            let remedy = Remedy::default().then(text, vec![Command::whole(BOOTSTRAP)]);
            Finding::new(Check::ResourceMissing, Source, arn, message).with_remedy(remedy)
        }
    }
}

fn selected(
    pipeline: &Pipeline,
    plans: &[PlanSeen],
    ours: &[&PlanSeen],
    arn: &str,
    database: Option<&Database>,
    report: &mut Report,
) {
    let by = |plan: &PlanSeen| -> Vec<String> {
        let all = plan.selections.iter().filter(|one| selects(&one.spec, arn, database));
        all.map(|one| format!("`{}` of plan {}", one.spec.name, plan.head.id)).collect()
    };
    if ours.iter().any(|plan| plan.selections.iter().any(|one| !one.spec.name.is_empty())) {
        match ours.iter().any(|plan| !by(plan).is_empty()) {
            true => report.pass(Check::ResourceNotSelected, Source, arn),
            false => {
                let message = format!("no selection of the plan selects {arn}");
                let finding = Finding::new(Check::ResourceNotSelected, Source, arn, message);
                report.fail(match left_out(pipeline, arn, database) {
                    None => finding,
                    Some(remedy) => finding.with_remedy(remedy),
                });
            }
        }
    } else {
        report.skip(Check::ResourceNotSelected, Source, arn, Skipped::DependsOn(Check::SelectionMissing));
    }
    let all: Vec<String> = plans.iter().flat_map(by).collect();
    if all.len() > 1 {
        let message = format!("{arn} is selected by {}", all.join(" and by "));
        report.fail(Finding::new(Check::ResourceSelectedTwice, Source, arn, message));
    } else {
        report.pass(Check::ResourceSelectedTwice, Source, arn);
    }
}

/// What mends it where the configuration names a database and leaves it out all the same: no bootstrap does.
fn left_out(pipeline: &Pipeline, arn: &str, database: Option<&Database>) -> Option<Remedy> {
    let selection = &pipeline.selection;
    if let Some(pattern) = selection.left_out_by(arn) {
        let text = format!(
            "backupctl.toml both names and excludes it: remove `{pattern}` from `exclude` under [selection], or the \
             database from `resources`, then deploy it."
        );
        return Some(Remedy::default().then(text, vec![Command::whole(BOOTSTRAP)]));
    }
    let tags = &database?.tags;
    let (key, value) = selection.conditions.iter().find(|(key, value)| tags.get(*key) != Some(value))?;
    let command = format!("aws rds add-tags-to-resource --resource-name {arn} --tags Key={key},Value={value}");
    let text = "`conditions` under [selection] require a tag that the database does not have; add it.";
    Some(Remedy::default().then(text, vec![Command::whole(command)]))
}

/// Instances of a Multi-AZ cluster cannot be copied at all (AWS Backup Developer Guide, backup-feature-availability).
fn copyable(database: &Database, report: &mut Report) {
    let multi_az = database.cluster.is_some() && !database.engine.starts_with("aurora");
    if multi_az {
        let message = format!("{} belongs to a Multi-AZ DB cluster: AWS Backup cannot copy it", database.arn);
        report.fail(Finding::new(Check::ResourceUncopyable, Source, &database.arn, message));
    } else {
        report.pass(Check::ResourceUncopyable, Source, &database.arn);
    }
}

fn available(database: &Database, report: &mut Report) {
    let arn = database.arn.as_str();
    if UNAVAILABLE.contains(&database.status.as_str()) {
        let message = format!("{arn} is {}: AWS Backup backs up what is available", database.status);
        report.fail(Finding::new(Check::ResourceUnavailable, Source, arn, message).named());
    } else {
        report.pass(Check::ResourceUnavailable, Source, arn);
    }
}

fn option_group(observed: &Observed, database: &Database, report: &mut Report) {
    let arn = database.arn.as_str();
    let needed = database.own_option_groups();
    match &observed.option_groups {
        Err(error) if !needed.is_empty() => report.skip(Check::OptionGroupMissing, Source, arn, skipped(error)),
        Ok(groups) => {
            let lacks = |name: &String| groups.source_persistent.contains(name) && !groups.intermediate.contains(name);
            match needed.into_iter().find(|name| lacks(name)) {
                None => report.pass(Check::OptionGroupMissing, Source, arn),
                Some(name) => {
                    let message =
                        format!("option group `{name}` has persistent options; the intermediate Region lacks it");
                    report.fail(Finding::new(Check::OptionGroupMissing, Source, arn, message));
                }
            }
        }
        Err(_) => report.pass(Check::OptionGroupMissing, Source, arn),
    }
}

/// RDS takes no snapshot for AWS Backup from an hour before a window until its end (AWS Backup Developer Guide,
/// troubleshooting). Aurora is exempt.
fn windows(pipeline: &Pipeline, now: DateTime<Utc>, database: &Database, report: &mut Report) {
    let arn = database.arn.as_str();
    let Ok(schedule) = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone) else { return };
    let mut at = now;
    for _ in 0..FIRES {
        let Some(next) = schedule.next_fire(now, at).at() else { break };
        at = next;
        let hit = [
            ("automated backup window", database.backup_window.as_deref()),
            ("maintenance window", database.maintenance_window.as_deref()),
        ]
        .into_iter()
        .find(|(_, window)| window.is_some_and(|window| is_inside(window, at)));
        if let Some((kind, window)) = hit {
            let window = window.unwrap_or_default();
            let when = crate::pipeline::instant::shown(at);
            let message =
                format!("the backup of {when} falls into the {kind} {window} of {arn}, or the hour before it");
            return report.fail(Finding::new(Check::BackupWindowConflict, Source, arn, message));
        }
    }
    report.pass(Check::BackupWindowConflict, Source, arn);
}

/// Whether an instant lies in `04:00-04:30` or `sun:06:00-sun:06:30`, or in the hour before.
fn is_inside(window: &str, at: DateTime<Utc>) -> bool {
    let Some((begin, end)) = window.split_once('-') else { return false };
    let (Some(begin), Some(end)) = (minute(begin), minute(end)) else { return false };
    let weekly = window.matches(':').count() == 4;
    let length = if weekly { 7 * 1440 } else { 1440 };
    let day = if weekly { i64::from(at.weekday().num_days_from_monday()) * 1440 } else { 0 };
    let now = day + i64::from(at.hour()) * 60 + i64::from(at.minute());
    let begin = begin - TimeDelta::hours(1).num_minutes();
    (now - begin).rem_euclid(length) <= (end - begin).rem_euclid(length)
}

fn minute(text: &str) -> Option<i64> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let parts: Vec<&str> = text.split(':').collect();
    let (day, hour, minute) = match parts.as_slice() {
        [day, hour, minute] => (days.iter().position(|one| one == day)?, hour, minute),
        [hour, minute] => (0, hour, minute),
        _ => return None,
    };
    Some(i64::try_from(day).ok()? * 1440 + hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
}

/// A resource whose recovery points take no route to the destination.
pub fn uncopyable(arn: &str, why: String) -> Finding {
    Finding::new(Check::ResourceUncopyable, Source, arn, why)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    #[test]
    fn the_hour_before_a_window_counts_and_midnight_is_no_border() {
        assert!(is_inside("05:30-06:00", at("2026-01-05T05:00:00Z")));
        assert!(!is_inside("06:30-07:00", at("2026-01-05T05:00:00Z")));
        assert!(is_inside("00:10-00:40", at("2026-01-05T23:30:00Z")));
        // 2026-01-05 is a Monday.
        assert!(is_inside("mon:05:30-mon:06:00", at("2026-01-05T05:00:00Z")));
        assert!(!is_inside("tue:05:30-tue:06:00", at("2026-01-05T05:00:00Z")));
        assert!(is_inside("mon:00:15-mon:00:45", at("2026-01-04T23:30:00Z")));
    }

    #[test]
    fn a_selection_chooses_by_name_or_tag_and_leaves_out() {
        let pair = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let database = Database { tags: pair("backup", "daily"), ..Database::default() };
        let arn = "arn:aws:rds:us-east-1:111111111111:db:orders";
        let mut spec = SelectionSpec {
            name: "s".to_owned(),
            role_arn: String::new(),
            resources: vec!["arn:aws:rds:*:*:db:*".to_owned()],
            not_resources: Vec::new(),
            any_tag: BTreeMap::new(),
            all_tags: BTreeMap::new(),
            others: Vec::new(),
        };
        assert!(selects(&spec, arn, Some(&database)));
        spec.not_resources = vec![arn.to_owned()];
        assert!(!selects(&spec, arn, Some(&database)));
        spec = SelectionSpec {
            resources: Vec::new(),
            not_resources: Vec::new(),
            any_tag: pair("backup", "daily"),
            ..spec
        };
        assert!(selects(&spec, arn, Some(&database)));
        spec.all_tags = pair("stage", "production");
        assert!(!selects(&spec, arn, Some(&database)));
    }
}
