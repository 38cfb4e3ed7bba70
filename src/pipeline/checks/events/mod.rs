//! The event path: rules, function, sweep, queues.

pub(crate) mod delivery;
pub(crate) mod function;

use super::calls::situation::{Answer, Situation};
use super::{NOTHING_DELIVERS, Sweep, skipped, stack_is_missing};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Intermediate, Source};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::remedy::steps;
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, Who};
use crate::pipeline::seen::{Look, Observed, RuleSeen};
use crate::pipeline::settings::Pipeline;

pub(crate) const RULE_MISSING: Row = Row {
    id: "rule-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule of the event path does not exist.",
    why: "No target receives the copy-completed event, so the second hop never starts.",
    remedy: steps!["Deploy the rule again." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, rules",
};

pub(crate) const RULE_DISABLED: Row = Row {
    id: "rule-disabled",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule of the event path is disabled.",
    why: "No target receives the copy-completed event, so the second hop never starts.",
    remedy: steps!["Enable the rule." => ["aws events enable-rule --name " {Name}]],
    source: "Amazon EventBridge User Guide, disabling rules",
};

pub(crate) const RULE_PATTERN_MISMATCH: Row = Row {
    id: "rule-pattern-mismatch",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule's event pattern does not match the event that AWS Backup sends.",
    why: "The event matches no rule, so the second hop never starts.",
    remedy: steps!["Restore the pattern." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, eventbridge",
};

pub(crate) const RULE_TARGET_MISSING: Row = Row {
    id: "rule-target-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule does not pass its events to the next part of the event path.",
    why: "The event is not delivered, so the second hop never starts.",
    remedy: steps!["Restore the target." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, targets",
};

pub(crate) const SWEEP_MISSING: Row = Row {
    id: "sweep-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The sweep does not run.",
    why: "Nothing catches an event that AWS drops.",
    remedy: steps!["Deploy the sweep again." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, eventbridge (best effort)",
};

pub(crate) const PIPELINE_PAUSED: Row = Row {
    id: "pipeline-paused",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "The event path is paused, as an interrupted `cleanup` leaves it.",
    why: "No second hop starts until it is resumed.",
    remedy: steps![
        "Finish the cleanup." => ["backupctl cleanup"];
        "Or restore the pipeline." => ["backupctl bootstrap"]
    ],
    source: "AWS Lambda Developer Guide, reserved concurrency",
};

/// Whether the sweep delivers what events do not.
pub(super) fn sweep(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement]) -> Sweep {
    if pipeline.events.sweep_schedule.is_none() {
        return Sweep::Off;
    }
    let (seen, function) = match (&observed.path.sweep_rule, &observed.path.function) {
        (Ok(Some(seen)), Ok(Some(function))) => (seen, function),
        (Ok(None), _) | (_, Ok(None)) => return Sweep::Broken,
        (Err(_), _) | (_, Err(_)) => return Sweep::Unseen,
    };
    let runs = seen.rule.enabled && seen.rule.schedule.is_some();
    let reaches = seen.rule.targets.iter().any(|target| target.arn == function.arn);
    let situation = Situation::new(pipeline, observed);
    let refused = requirements
        .iter()
        .filter(|row| row.step == Step::Sweep)
        .any(|row| matches!(situation.answer(row), Answer::Refused(..)));
    if runs && reaches && !refused { Sweep::Delivers } else { Sweep::Broken }
}

pub(super) fn judge(pipeline: &Pipeline, observed: &Observed, sweep: Sweep, report: &mut Report) {
    let path = &observed.path;
    let situation = Situation::new(pipeline, observed);
    let function = path.function.as_ref().ok().and_then(Option::as_ref);
    let bus = situation.bus_arn();
    rule(observed, Source, "ForwardRule", &path.forward_rule, &bus, sweep, report);
    let target = function.map(|function| function.arn.as_str()).unwrap_or_default();
    rule(observed, Intermediate, "CopyRule", &path.copy_rule, target, sweep, report);
    function::judge(pipeline, observed, report);
    roles(observed, sweep, report);
    sweep_runs(pipeline, observed, sweep, report);
    let forward = situation.dead_letters_of(Source);
    delivery::queue(observed, Source, &path.source_queue, &[("its rule", forward)], report);
    let failures = function.and_then(|function| function.on_failure.clone());
    let invoke = situation.dead_letters_of(Intermediate);
    let users = [("its rule", invoke), ("the function", failures)];
    delivery::queue(observed, Intermediate, &path.intermediate_queue, &users, report);
    delivery::notifications(pipeline, observed, report);
    paused(observed, report);
}

/// An error unless the sweep delivers all the same.
fn by_event(sweep: Sweep) -> Severity {
    if sweep == Sweep::Delivers { Severity::Warning } else { Severity::Error }
}

fn rule(
    observed: &Observed,
    name: EnvironmentName,
    logical_id: &str,
    look: &Look<Option<RuleSeen>>,
    target: &str,
    sweep: Sweep,
    report: &mut Report,
) {
    let fail = |check: Check, subject: &str, message: String, report: &mut Report| {
        let finding = Finding::new(check, name, subject, format!("{message}; {}", sweep.words())).named();
        report.fail(finding.with_severity(by_event(sweep)));
    };
    let seen = match look {
        Err(error) => return report.skip(Check::RuleMissing, name, logical_id, skipped(error)),
        Ok(None) if stack_is_missing(observed, name) => {
            return report.skip(Check::RuleMissing, name, logical_id, Skipped::DependsOn(Check::StackMissing));
        }
        Ok(None) => {
            return fail(Check::RuleMissing, logical_id, format!("the rule {logical_id} does not exist"), report);
        }
        Ok(Some(seen)) => seen,
    };
    let subject = seen.rule.arn.as_str();
    report.pass(Check::RuleMissing, name, subject);
    match seen.rule.enabled {
        true => report.pass(Check::RuleDisabled, name, subject),
        false => fail(Check::RuleDisabled, subject, "the rule is switched off".to_owned(), report),
    }
    match &seen.matches {
        Err(error) => report.skip(Check::RulePatternMismatch, name, subject, skipped(error)),
        Ok(true) => report.pass(Check::RulePatternMismatch, name, subject),
        Ok(false) => {
            let pattern = seen.rule.pattern.as_deref().unwrap_or("none");
            let message = format!("the pattern {pattern} does not match the event of a completed first hop");
            fail(Check::RulePatternMismatch, subject, message, report);
        }
    }
    if target.is_empty() {
        return report.skip(Check::RuleTargetMissing, name, subject, Skipped::DependsOn(Check::FunctionMissing));
    }
    let own: Vec<_> = seen.rule.targets.iter().filter(|one| one.arn == target).collect();
    let message = if own.is_empty() {
        format!("none of the rule's targets is {target}")
    } else if own.iter().all(|one| one.rewrites) {
        format!("the rule hands {target} something else than the event")
    } else if name == Source && own.iter().all(|one| one.role_arn.is_none()) {
        format!("the rule has no role for {target}")
    } else {
        return report.pass(Check::RuleTargetMissing, name, subject);
    };
    fail(Check::RuleTargetMissing, subject, message, report);
}

/// The path's own roles, where they are gone; what they may do is judged by the requirements.
fn roles(observed: &Observed, sweep: Sweep, report: &mut Report) {
    let forward = (Who::ForwardRole, Check::EventForwardDenied, Source, by_event(sweep), sweep.words());
    let function = (Who::FunctionRole, Check::FunctionRoleDenied, Intermediate, Severity::Error, NOTHING_DELIVERS);
    for (who, check, name, severity, words) in [forward, function] {
        if let Some((arn, Ok(None))) = observed.roles.of(who) {
            let message = format!("role {arn} does not exist; {words}");
            report.fail(Finding::new(check, name, arn, message).with_severity(severity));
        }
    }
}

fn sweep_runs(pipeline: &Pipeline, observed: &Observed, sweep: Sweep, report: &mut Report) {
    let subject = pipeline.events.sweep_schedule.as_deref().unwrap_or("none");
    let path = &observed.path;
    match sweep {
        Sweep::Off => report.skip(Check::SweepMissing, Intermediate, subject, Skipped::NotApplicable),
        Sweep::Delivers => report.pass(Check::SweepMissing, Intermediate, subject),
        Sweep::Unseen => {
            if let Some(error) = path.sweep_rule.as_ref().err().or(path.function.as_ref().err()) {
                report.skip(Check::SweepMissing, Intermediate, subject, skipped(error));
            }
        }
        Sweep::Broken if stack_is_missing(observed, Intermediate) => {
            report.skip(Check::SweepMissing, Intermediate, subject, Skipped::DependsOn(Check::StackMissing));
        }
        Sweep::Broken => {
            let why = match &path.sweep_rule {
                Ok(Some(seen)) if !seen.rule.enabled => "the sweep's rule is switched off",
                Ok(Some(_)) | Err(_) => "the sweep's rule does not reach the function",
                Ok(None) => "the sweep's rule does not exist",
            };
            // Events are delivered as long as nothing else is wrong.
            let message = format!("{why}: an event that is lost is found by nobody");
            let finding = Finding::new(Check::SweepMissing, Intermediate, subject, message);
            report.fail(finding.with_severity(Severity::Warning));
        }
    }
}

/// As `cleanup` leaves the path: both rules off and no instance of the function.
fn paused(observed: &Observed, report: &mut Report) {
    let path = &observed.path;
    let off = |look: &Look<Option<RuleSeen>>| matches!(look, Ok(Some(seen)) if !seen.rule.enabled);
    let stopped = matches!(&path.function, Ok(Some(function)) if function.concurrency == Some(0));
    if off(&path.forward_rule) && off(&path.copy_rule) && stopped {
        let message = "both rules are switched off and the function is stopped";
        report.fail(Finding::new(Check::PipelinePaused, Intermediate, "event path", message));
    } else if path.forward_rule.is_ok() && path.copy_rule.is_ok() && path.function.is_ok() {
        report.pass(Check::PipelinePaused, Intermediate, "event path");
    }
}
