//! What the selection takes in: nothing, more than the configuration says, or not what it should.

use super::databases::{selects, wanted};
use super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::Source;
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::plural::list;
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::route::KeyManager;
use crate::pipeline::seen::database::Database;
use crate::pipeline::seen::{Observed, PlanSeen};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::suggest;
use crate::policy::wildcard::Pattern;

pub(crate) const SELECTION_EMPTY: Row = Row {
    id: "selection-empty",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The selection matches no database, or one of its tags matches none.",
    why: "AWS Backup accepts a selection that matches nothing, and backs up nothing; tag keys and values are case-sensitive.",
    remedy: steps!["Correct [selection] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup API Reference, BackupSelection",
};

pub(crate) const SELECTION_BEYOND: Row = Row {
    id: "selection-beyond",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The plan selects databases that the configuration does not name.",
    why: "The selections of a plan add up: those databases are also backed up and copied to the destination account.",
    remedy: steps!["Select the databases in backupctl.toml, or delete the selection." => ["aws backup delete-backup-selection --backup-plan-id " {Plan} " --selection-id " {Selection}]],
    source: "AWS Backup API Reference, BackupSelection",
};

pub(crate) const DATABASE_UNPROTECTED: Row = Row {
    id: "database-unprotected",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "Databases encrypted with aws/rds in the source Region are selected by no backup plan.",
    why: "AWS Backup does not back them up, and no copy of them reaches the destination account.",
    remedy: steps!["Name them in `exclude` under [selection] in backupctl.toml, or add them to `resources` and deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

const NARROW_OUR_SELECTION: &[FixedStep] = steps![
    "Select the databases in backupctl.toml, or deploy the selection again to leave them out." => ["backupctl bootstrap"]
];

pub(crate) fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    plans: &[PlanSeen],
    ours: &[&PlanSeen],
    report: &mut Report,
) {
    let subject = pipeline.selection.name.as_str();
    let databases = match &observed.databases {
        Ok(databases) => databases.as_slice(),
        Err(error) => {
            report.skip(Check::SelectionEmpty, Source, subject, skipped(error));
            return report.skip(Check::DatabaseUnprotected, Source, everything(pipeline), skipped(error));
        }
    };
    empty(pipeline, databases, ours, report);
    beyond(pipeline, databases, ours, report);
    unprotected(pipeline, observed, &unselected(pipeline, plans, databases), report);
}

/// Whether anything is chosen at all, by the configuration or by the plan that stands, and whether each part of the
/// configuration's selection chooses something.
fn empty(pipeline: &Pipeline, databases: &[Database], ours: &[&PlanSeen], report: &mut Report) {
    let subject = pipeline.selection.name.as_str();
    let configured = !pipeline.selection.is_empty();
    let by_plan = databases.iter().any(|one| selected_by(ours, one));
    if wanted(pipeline, Some(databases)).is_empty() && (configured || !by_plan) {
        let why: Vec<String> = unmatched(pipeline, databases).into_iter().map(|(_, why)| why).collect();
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
        let message = format!("the selection matches no database{why}");
        return report.fail(Finding::new(Check::SelectionEmpty, Source, subject, message));
    }
    report.pass(Check::SelectionEmpty, Source, subject);
    // Conditions narrow the whole: where one is carried by nobody, nothing at all is chosen by them.
    for (part, why) in unmatched(pipeline, databases) {
        report.fail(Finding::new(Check::SelectionEmpty, Source, part, why).with_severity(Severity::Warning));
    }
}

/// The parts of the configuration's selection that match no database, each with what comes nearest.
fn unmatched(pipeline: &Pipeline, databases: &[Database]) -> Vec<(String, String)> {
    let selection = &pipeline.selection;
    let mut found = Vec::new();
    for pattern in selection.resources.iter().filter(|arn| arn.contains('*')) {
        if !databases.iter().any(|one| Pattern::new(pattern).matches(&one.arn)) {
            let names = databases.iter().filter_map(|one| one.arn.rsplit(':').next());
            let name = pattern.rsplit(':').next().unwrap_or(pattern).trim_end_matches('*');
            let near = suggest::nearest(name, names).map(|near| format!("; there is db:{near}")).unwrap_or_default();
            found.push((pattern.clone(), format!("no database has an ARN like {pattern}{near}")));
        }
    }
    for (key, value) in selection.tags.iter().chain(&selection.conditions) {
        if !databases.iter().any(|one| one.tags.get(key) == Some(value)) {
            let near = nearest_tag(key, value, databases);
            let near = near.map(|near| format!("; {near}")).unwrap_or_default();
            found.push((format!("{key}={value}"), format!("no database carries the tag {key}={value}{near}")));
        }
    }
    found
}

/// The tag of a database that was probably meant: the same but for the case of its letters, or of nearly the same name.
fn nearest_tag(key: &str, value: &str, databases: &[Database]) -> Option<String> {
    let tags = || {
        databases.iter().flat_map(|one| one.tags.iter().map(move |(key, value)| (one, key.as_str(), value.as_str())))
    };
    let name = |one: &Database| one.arn.rsplit(':').next().unwrap_or_default().to_owned();
    let same = |(_, a, b): &(&Database, &str, &str)| a.eq_ignore_ascii_case(key) && b.eq_ignore_ascii_case(value);
    if let Some((one, key, value)) = tags().find(same) {
        return Some(format!("db:{} carries {key}={value} (tags are case-sensitive)", name(one)));
    }
    let near = suggest::nearest(key, tags().map(|(_, key, _)| key))?;
    let (one, key, value) = tags().find(|(_, key, _)| *key == near)?;
    Some(format!("db:{} carries {key}={value}", name(one)))
}

fn selected_by(plans: &[&PlanSeen], database: &Database) -> bool {
    let mut selections = plans.iter().flat_map(|plan| &plan.selections);
    selections.any(|one| selects(&one.spec, &database.arn, Some(database)))
}

/// What the plan's selections take in beyond the configuration: each adds to the others.
fn beyond(pipeline: &Pipeline, databases: &[Database], ours: &[&PlanSeen], report: &mut Report) {
    if pipeline.selection.is_empty() {
        return report.skip(Check::SelectionBeyond, Source, &pipeline.selection.name, Skipped::NotApplicable);
    }
    let wanted = wanted(pipeline, Some(databases));
    for plan in ours {
        for selection in &plan.selections {
            let subject = selection.spec.name.as_str();
            let more = databases.iter().filter(|one| !wanted.contains(&one.arn));
            let more = more.filter(|one| selects(&selection.spec, &one.arn, Some(one)));
            let more: Vec<String> = more.map(short).collect();
            if more.is_empty() {
                report.pass(Check::SelectionBeyond, Source, subject);
                continue;
            }
            let message = format!(
                "selection `{subject}` of plan {} also selects {}, which the configuration does not",
                plan.head.id,
                list(&more)
            );
            let finding = Finding::new(Check::SelectionBeyond, Source, subject, message);
            report.fail(match subject == pipeline.selection.name {
                true => finding.with_remedy(Remedy::from(NARROW_OUR_SELECTION)),
                false => finding.fill(Hole::Plan, &plan.head.id).fill(Hole::Selection, &selection.id),
            });
        }
    }
}

fn short(database: &Database) -> String {
    format!("db:{}", database.arn.rsplit(':').next().unwrap_or_default())
}

/// Databases that neither a plan nor the configuration selects, and that nobody left out on purpose. Instances of a
/// cluster are backed up as the cluster.
pub(crate) fn unselected<'a>(pipeline: &Pipeline, plans: &[PlanSeen], databases: &'a [Database]) -> Vec<&'a Database> {
    let wanted = wanted(pipeline, Some(databases));
    let all: Vec<&PlanSeen> = plans.iter().collect();
    let is_chosen = |one: &Database| {
        selected_by(&all, one) || wanted.contains(&one.arn) || pipeline.selection.left_out_by(&one.arn).is_some()
    };
    databases.iter().filter(|one| one.cluster.is_none() && !is_chosen(one)).collect()
}

/// The databases of the source environment, as a finding about all of them names them.
fn everything(pipeline: &Pipeline) -> String {
    let source = &pipeline.source;
    format!("arn:{}:rds:{}:{}:db:*", pipeline.partition(), source.region, source.account)
}

/// One finding for all of them; those that are acknowledged one by one have findings of their own, so that an
/// acknowledgement never hides a database that comes later.
fn unprotected(pipeline: &Pipeline, observed: &Observed, unselected: &[&Database], report: &mut Report) {
    let subject = everything(pipeline);
    let mut open = Vec::new();
    for database in unselected {
        match database.key_arn.as_ref().and_then(|key| observed.database_key(key)) {
            Some(Ok(Some(key))) if key.manager == KeyManager::AwsManaged => {}
            Some(Err(error)) => {
                report.skip(Check::DatabaseUnprotected, Source, &database.arn, skipped(error));
                continue;
            }
            _ => continue,
        }
        if pipeline.acknowledged(Check::DatabaseUnprotected, &database.arn, observed.now).is_some() {
            let message = format!("{} is encrypted with aws/rds, and no backup plan selects it", short(database));
            report.fail(Finding::new(Check::DatabaseUnprotected, Source, &database.arn, message));
        } else {
            open.push(short(database));
        }
    }
    match open.as_slice() {
        [] => report.pass(Check::DatabaseUnprotected, Source, subject),
        several => {
            let (are, them) = if several.len() == 1 { ("is", "it") } else { ("are", "them") };
            let message = format!("{} {are} encrypted with aws/rds, and no backup plan selects {them}", list(several));
            report.fail(Finding::new(Check::DatabaseUnprotected, Source, subject, message));
        }
    }
}
