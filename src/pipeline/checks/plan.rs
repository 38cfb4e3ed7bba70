//! The backup plan, its rule and its selections.

use chrono::{DateTime, Utc};

use super::databases::databases;
use super::{selection as chosen, skipped};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::coverage::FARTHEST_FIRE;
use crate::pipeline::environment::EnvironmentName::{Destination, Intermediate, Source};
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::instant::shown;
use crate::pipeline::plan::{Candidate, one_of};
use crate::pipeline::plural::count;
use crate::pipeline::remedy::steps;
use crate::pipeline::seen::plan::Rule;
use crate::pipeline::seen::{Observed, PlanSeen};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::tags::COPY_TO_VAULT;
use crate::policy::schedule::{NextFire, Schedule, next_fire};

pub(crate) const PLAN_MISSING: Row = Row {
    id: "plan-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup plan does not exist.",
    why: "Nothing is backed up on a schedule.",
    remedy: steps!["Create the plan." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, ListBackupPlans",
};

pub(crate) const PLAN_AMBIGUOUS: Row = Row {
    id: "plan-ambiguous",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "More than one backup plan carries this pipeline's tag or name.",
    why: "AWS Backup allows several plans of one name, so which of them is meant cannot be told.",
    remedy: steps![
        "Keep one plan and delete the others, selections first; `doctor` names the plan to keep and prints the commands."
    ],
    source: "AWS Backup Developer Guide, CreateBackupPlan",
};

pub(crate) const PLAN_RULE_MISSING: Row = Row {
    id: "plan-rule-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup plan has no rule of the configured name that backs up to the source vault.",
    why: "Nothing is backed up on a schedule.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(crate) const SCHEDULE_NEVER_FIRES: Row = Row {
    id: "schedule-never-fires",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule's schedule never fires again, or not within a year.",
    why: "AWS Backup accepts such a schedule and never makes a backup; nothing ever looks overdue.",
    remedy: steps!["Correct `schedule` under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(crate) const SCHEDULE_UNREADABLE: Row = Row {
    id: "schedule-unreadable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "backupctl cannot compute when the backup rule's schedule, or its time zone, fires.",
    why: "Without the fire times, an overdue backup cannot be recognized.",
    remedy: steps!["Correct `schedule` under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(crate) const PLAN_COPY_MISSING: Row = Row {
    id: "plan-copy-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule does not copy to the intermediate vault.",
    why: "The first hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(crate) const PLAN_TAG_MISSING: Row = Row {
    id: "plan-tag-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule does not add the tag CopyToVault to its recovery points.",
    why: "The function copies only recovery points that carry the tag, so the second hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(crate) const PLAN_TAG_MISMATCH: Row = Row {
    id: "plan-tag-mismatch",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The CopyToVault tag of the backup rule names a vault other than the destination.",
    why: "The function refuses every other vault, so the second hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(crate) const PLAN_RETENTION_SHORT: Row = Row {
    id: "plan-retention-short",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The backup rule keeps recovery points for less than the configured days.",
    why: "They are deleted earlier than intended; an intermediate copy that is deleted too early stops the second hop.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(crate) const SELECTION_MISSING: Row = Row {
    id: "selection-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The plan has no backup selection of the configured name.",
    why: "A plan without a selection backs up nothing.",
    remedy: steps!["Create the selection." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

/// When AWS Backup runs a rule that has no schedule (AWS Backup API Reference, BackupRule).
const DEFAULT_SCHEDULE: &str = "cron(0 5 ? * * *)";

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let name = pipeline.plan.name.as_str();
    let plans = match &observed.plans {
        Err(error) => return report.skip(Check::PlanMissing, Source, name, skipped(error)),
        Ok(plans) => plans,
    };
    let ours: Vec<&PlanSeen> = plans.iter().filter(|plan| plan.ours).collect();
    match ours.as_slice() {
        [] => {
            let message = format!("backup plan `{name}` does not exist");
            report.fail(Finding::new(Check::PlanMissing, Source, name, message));
        }
        [plan] => {
            report.pass(Check::PlanMissing, Source, name);
            report.pass(Check::PlanAmbiguous, Source, name);
            rule(pipeline, observed.now, plan, report);
            selection(pipeline, plan, report);
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|plan| plan.head.id.as_str()).collect();
            let candidates: Vec<Candidate<'_>> = several
                .iter()
                .map(|plan| Candidate { head: &plan.head, rules: &plan.rules, selections: &plan.selections })
                .collect();
            let one = one_of(pipeline, &candidates);
            let message = format!("backup plans {} are all this pipeline's", ids.join(", "));
            let finding = Finding::new(Check::PlanAmbiguous, Source, name, message);
            report.fail(finding.with_remedy(one.remedy()));
        }
    }
    databases(pipeline, observed, plans, &ours, report);
    chosen::judge(pipeline, observed, plans, &ours, report);
}

/// A rule that does what the configured one does, by its name or by what it does.
fn our_rule<'a>(pipeline: &Pipeline, plan: &'a PlanSeen) -> Option<&'a Rule> {
    let named = plan.rules.iter().find(|rule| rule.name == pipeline.plan.rule);
    named.or_else(|| plan.rules.iter().find(|rule| rule.vault == pipeline.source.vault))
}

fn rule(pipeline: &Pipeline, now: DateTime<Utc>, plan: &PlanSeen, report: &mut Report) {
    let subject = plan.head.name.as_str();
    let Some(rule) = our_rule(pipeline, plan) else {
        let message = format!("plan `{subject}` has no rule that backs up to `{}`", pipeline.source.vault);
        return report.fail(Finding::new(Check::PlanRuleMissing, Source, subject, message));
    };
    let wrong = if rule.vault != pipeline.source.vault {
        Some((format!("rule `{}` backs up to vault `{}`", rule.name, rule.vault), Severity::Error))
    } else if let Some(next) = leaves_out(pipeline, now, rule) {
        Some((format!("rule `{}` {next}, and not at {}", rule.name, pipeline.plan.schedule), Severity::Error))
    } else if rule.name != pipeline.plan.rule {
        Some((format!("the rule is called `{}`, not `{}`", rule.name, pipeline.plan.rule), Severity::Warning))
    } else if schedule_of(rule) != pipeline.plan.schedule {
        let found = schedule_of(rule);
        Some((format!("rule `{}` runs at {found}, not at {}", rule.name, pipeline.plan.schedule), Severity::Warning))
    } else {
        None
    };
    match wrong {
        Some((message, severity)) => {
            report.fail(Finding::new(Check::PlanRuleMissing, Source, subject, message).with_severity(severity));
        }
        None => report.pass(Check::PlanRuleMissing, Source, subject),
    }
    fires(now, rule, subject, report);
    copy(pipeline, rule, subject, report);
    tag(pipeline, rule, subject, report);
}

/// When the plan that stands runs next; where none does, as it is configured.
pub(crate) fn next_run(pipeline: &Pipeline, observed: &Observed) -> Option<DateTime<Utc>> {
    let mut ours = observed.plans.as_ref().ok().into_iter().flatten().filter(|plan| plan.ours);
    match ours.find_map(|plan| our_rule(pipeline, plan)) {
        Some(rule) => next_fire(schedule_of(rule), rule.timezone.as_deref(), observed.now).at(),
        None => {
            let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok()?;
            schedule.next_fire(observed.now, observed.now).at()
        }
    }
}

fn schedule_of(rule: &Rule) -> &str {
    rule.schedule.as_deref().unwrap_or(DEFAULT_SCHEDULE)
}

/// When the rule runs next, where the configured schedule would have run twice by then.
fn leaves_out(pipeline: &Pipeline, now: DateTime<Utc>, rule: &Rule) -> Option<String> {
    let wanted = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok()?;
    let first = wanted.next_fire(now, now).at()?;
    let second = wanted.next_fire(now, first).at()?;
    let next = next_fire(schedule_of(rule), rule.timezone.as_deref(), now).at()?;
    (next > second).then(|| format!("runs next at {}", shown(next)))
}

/// Whether the rule that stands runs again, and whether its times can be known: the freshness of backups is judged by
/// them.
fn fires(now: DateTime<Utc>, rule: &Rule, subject: &str, report: &mut Report) {
    let schedule = match &rule.timezone {
        Some(timezone) => format!("{} ({timezone})", schedule_of(rule)),
        None => schedule_of(rule).to_owned(),
    };
    match next_fire(schedule_of(rule), rule.timezone.as_deref(), now) {
        NextFire::At(at) if at - now > FARTHEST_FIRE => {
            let message =
                format!("rule `{}` runs at {schedule}, next at {}: nothing is backed up before", rule.name, shown(at));
            report.fail(Finding::new(Check::ScheduleNeverFires, Source, subject, message));
        }
        NextFire::At(_) => {
            report.pass(Check::ScheduleNeverFires, Source, subject);
            report.pass(Check::ScheduleUnreadable, Source, subject);
        }
        NextFire::Never => {
            let message = format!("rule `{}` runs at {schedule}, which is never again", rule.name);
            report.fail(Finding::new(Check::ScheduleNeverFires, Source, subject, message));
        }
        NextFire::Unreadable => {
            let message = format!("rule `{}` runs at {schedule}: its times cannot be computed here", rule.name);
            report.fail(Finding::new(Check::ScheduleUnreadable, Source, subject, message));
        }
    }
}

fn copy(pipeline: &Pipeline, rule: &Rule, subject: &str, report: &mut Report) {
    let vault = pipeline.vault_arn(Intermediate);
    let Some(copy) = rule.copies.iter().find(|copy| copy.vault == vault) else {
        let message = format!("rule `{}` does not copy to {vault}", rule.name);
        return report.fail(Finding::new(Check::PlanCopyMissing, Source, subject, message));
    };
    report.pass(Check::PlanCopyMissing, Source, subject);
    let mut short = Vec::new();
    let kept = [
        ("recovery points", rule.delete_after_days, pipeline.plan.delete_after_days),
        ("intermediate copies", copy.delete_after_days, pipeline.plan.copy_delete_after_days),
    ];
    for (what, days, wanted) in kept {
        if let Some(days) = days.filter(|days| *days >= 0 && *days < i64::from(wanted)) {
            short.push(format!("{what} are kept {}, not {wanted}", count(days.unsigned_abs(), "day", "days")));
        }
    }
    if short.is_empty() {
        report.pass(Check::PlanRetentionShort, Source, subject);
    } else {
        report.fail(Finding::new(Check::PlanRetentionShort, Source, subject, short.join("; ")));
    }
}

fn tag(pipeline: &Pipeline, rule: &Rule, subject: &str, report: &mut Report) {
    let vault = pipeline.vault_arn(Destination).to_string();
    match rule.tags.get(COPY_TO_VAULT) {
        None => {
            let message = format!("rule `{}` puts no tag {COPY_TO_VAULT} on its recovery points", rule.name);
            report.fail(Finding::new(Check::PlanTagMissing, Source, subject, message));
        }
        // The function cuts blanks off the value before it compares.
        Some(value) if value.trim() != vault => {
            report.pass(Check::PlanTagMissing, Source, subject);
            let message = format!("the tag {COPY_TO_VAULT} names {value}, not {vault}");
            report.fail(Finding::new(Check::PlanTagMismatch, Source, subject, message));
        }
        Some(_) => {
            report.pass(Check::PlanTagMissing, Source, subject);
            report.pass(Check::PlanTagMismatch, Source, subject);
        }
    }
}

fn selection(pipeline: &Pipeline, plan: &PlanSeen, report: &mut Report) {
    let (subject, wanted) = (plan.head.name.as_str(), pipeline.selection.name.as_str());
    if plan.selections.iter().any(|selection| selection.spec.name == wanted) {
        return report.pass(Check::SelectionMissing, Source, subject);
    }
    let message = format!("the plan has no selection `{wanted}`");
    // Another selection may select the same: whether each database is selected is a check of its own.
    let severity = if plan.selections.is_empty() { Severity::Error } else { Severity::Warning };
    report.fail(Finding::new(Check::SelectionMissing, Source, subject, message).with_severity(severity));
}
