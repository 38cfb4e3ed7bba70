//! The event path: rules, function, sweep, queues.

use super::calls::situation::{Answer, Situation};
use super::{NOTHING_DELIVERS, Sweep, skipped, stack_is_missing};
use crate::pipeline::check::{Check, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::plural::count;
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, Who};
use crate::pipeline::seen::event_path::Function;
use crate::pipeline::seen::event_path::Queue;
use crate::pipeline::seen::{Look, Observed, RuleSeen};
use crate::pipeline::settings::Pipeline;

const DEPLOY_NOTIFICATIONS: &[FixedStep] = steps!["Deploy the notifications." => ["backupctl bootstrap"]];
/// What the function reads from its environment, each of which it cannot do without.
const VARIABLES: [&str; 5] = [
    "INTERMEDIATE_VAULT_NAME",
    "DESTINATION_VAULT_ARN",
    "COPY_ROLE_ARN",
    "DESTINATION_DELETE_AFTER_DAYS",
    "TOKEN_VERSION",
];
/// Days below which the function takes no copy to be worth making.
const LEAST_DAYS: u32 = 3;
/// Runtimes whose support ends within a year or has ended (AWS Lambda Developer Guide, lambda-runtimes, read 2026-11).
const ENDING: [&str; 5] = ["python3.8", "python3.9", "python3.10", "python3.11", "python3.7"];

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
    judge_function(pipeline, observed, report);
    roles(observed, sweep, report);
    sweep_runs(pipeline, observed, sweep, report);
    let forward = situation.dead_letters_of(Source);
    queue(observed, Source, &path.source_queue, &[("its rule", forward)], report);
    let failures = function.and_then(|function| function.on_failure.clone());
    let invoke = situation.dead_letters_of(Intermediate);
    let users = [("its rule", invoke), ("the function", failures)];
    queue(observed, Intermediate, &path.intermediate_queue, &users, report);
    notifications(pipeline, observed, report);
    paused(observed, report);
}

/// Whether whoever is to be told of failures has said that he wants to be.
fn notifications(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let check = Check::NotificationUnconfirmed;
    let Some(email) = &pipeline.notifications.email else {
        return report.skip(check, Intermediate, "none", Skipped::NotApplicable);
    };
    let fail = |subject: &str, message: String, report: &mut Report| {
        report.fail(Finding::new(check, Intermediate, subject, message).fill(Hole::Email, email));
    };
    match &observed.path.topic {
        Err(error) => report.skip(check, Intermediate, "FailureTopic", skipped(error)),
        Ok(None) if stack_is_missing(observed, Intermediate) => {
            report.skip(check, Intermediate, "FailureTopic", Skipped::DependsOn(Check::StackMissing));
        }
        Ok(None) => {
            let message = format!("there is no topic that tells {email} of failures");
            let finding = Finding::new(check, Intermediate, "FailureTopic", message);
            report.fail(finding.with_remedy(Remedy::from(DEPLOY_NOTIFICATIONS)));
        }
        Ok(Some((topic, told))) => match told.iter().find(|one| one.endpoint == *email) {
            Some(one) if one.confirmed => report.pass(check, Intermediate, topic),
            Some(_) => fail(topic, format!("{email} has not confirmed that it wants to be told of failures"), report),
            None => {
                let message = format!("{email} is not subscribed to the topic of failures");
                let finding = Finding::new(check, Intermediate, topic, message);
                report.fail(finding.with_remedy(Remedy::from(DEPLOY_NOTIFICATIONS)));
            }
        },
    }
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

fn judge_function(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let function = match &observed.path.function {
        Err(error) => return report.skip(Check::FunctionMissing, Intermediate, "CopyFunction", skipped(error)),
        Ok(None) if stack_is_missing(observed, Intermediate) => {
            let why = Skipped::DependsOn(Check::StackMissing);
            return report.skip(Check::FunctionMissing, Intermediate, "CopyFunction", why);
        }
        Ok(None) => {
            let message = "the function that starts the second hop does not exist; nothing delivers";
            return report.fail(Finding::new(Check::FunctionMissing, Intermediate, "CopyFunction", message));
        }
        Ok(Some(function)) => function,
    };
    let subject = function.arn.as_str();
    report.pass(Check::FunctionMissing, Intermediate, subject);
    destination(pipeline, function, report);
    if function.concurrency == Some(0) {
        let message = "the function's reserved concurrency is 0; nothing delivers";
        report.fail(Finding::new(Check::FunctionThrottled, Intermediate, subject, message).named());
    } else {
        report.pass(Check::FunctionThrottled, Intermediate, subject);
    }
    let lacks: Vec<&str> =
        VARIABLES.into_iter().filter(|name| function.environment.get(*name).is_none_or(String::is_empty)).collect();
    let days = function.environment.get("DESTINATION_DELETE_AFTER_DAYS").and_then(|days| days.parse::<u32>().ok());
    let wrong = if !lacks.is_empty() {
        Some(format!("the function's environment lacks {}", lacks.join(", ")))
    } else if days.is_none_or(|days| days < LEAST_DAYS) {
        Some("DESTINATION_DELETE_AFTER_DAYS of the function leaves a copy less than 48 hours".to_owned())
    } else if function.handler != "index.handler" {
        Some(format!("the function's handler is {}, not index.handler", function.handler))
    } else {
        None
    };
    match wrong {
        Some(message) => report.fail(Finding::new(Check::FunctionFailing, Intermediate, subject, message)),
        None => report.pass(Check::FunctionFailing, Intermediate, subject),
    }
    if ENDING.contains(&function.runtime.as_str()) {
        let message = format!("the function runs on {}", function.runtime);
        report.fail(Finding::new(Check::FunctionRuntimeEnding, Intermediate, subject, message));
    } else {
        report.pass(Check::FunctionRuntimeEnding, Intermediate, subject);
    }
}

fn destination(pipeline: &Pipeline, function: &Function, report: &mut Report) {
    let vault = pipeline.vault_arn(Destination).to_string();
    let role = pipeline.copy_role_arn();
    let is = |name: &str, wanted: &str| function.environment.get(name).is_none_or(|value| value == wanted);
    let mut differences = Vec::new();
    let mut severity = Severity::Warning;
    for (name, wanted) in
        [("DESTINATION_VAULT_ARN", vault.as_str()), ("INTERMEDIATE_VAULT_NAME", pipeline.intermediate.vault.as_str())]
    {
        if !is(name, wanted) {
            severity = Severity::Error;
            differences.push(format!("{name} of the function is not {wanted}"));
        }
    }
    // Another role that may do the same still delivers; what it may do is judged by itself.
    if !is("COPY_ROLE_ARN", &role) {
        differences.push(format!("COPY_ROLE_ARN of the function is not {role}"));
    }
    if differences.is_empty() {
        return report.pass(Check::FunctionDestinationMismatch, Intermediate, &function.arn);
    }
    let finding = Finding::new(Check::FunctionDestinationMismatch, Intermediate, &function.arn, differences.join("; "));
    report.fail(finding.with_severity(severity));
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

fn queue(
    observed: &Observed,
    name: EnvironmentName,
    look: &Look<Option<Queue>>,
    users: &[(&str, Option<String>)],
    report: &mut Report,
) {
    let missing = |message: String, report: &mut Report| {
        let finding = Finding::new(Check::QueueMissing, name, "DeadLetterQueue", message);
        report.fail(finding.with_severity(Severity::Warning));
    };
    match look {
        Err(error) => {
            report.skip(Check::QueueMissing, name, "DeadLetterQueue", skipped(error));
            report.skip(Check::DeadLetters, name, "DeadLetterQueue", skipped(error));
        }
        Ok(None) if stack_is_missing(observed, name) => {
            report.skip(Check::QueueMissing, name, "DeadLetterQueue", Skipped::DependsOn(Check::StackMissing));
        }
        Ok(None) => missing("the dead-letter queue does not exist".to_owned(), report),
        Ok(Some(queue)) => {
            let idle: Vec<&str> =
                users.iter().filter(|(_, arn)| arn.as_ref() != Some(&queue.arn)).map(|(who, _)| *who).collect();
            match idle.is_empty() {
                true => report.pass(Check::QueueMissing, name, &queue.arn),
                false => missing(format!("{} hands the queue nothing", idle.join(" and ")), report),
            }
            if queue.messages == 0 {
                report.pass(Check::DeadLetters, name, &queue.arn);
            } else {
                let waiting = count(queue.messages, "message waits", "messages wait");
                let message = format!("{waiting} in the queue");
                let finding = Finding::new(Check::DeadLetters, name, &queue.arn, message);
                report.fail(match observed.environment(name).resource("DeadLetterQueue") {
                    Some(url) => finding.fill(Hole::Url, url),
                    None => finding,
                });
            }
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
