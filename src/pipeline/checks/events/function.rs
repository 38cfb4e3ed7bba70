//! The function that starts the second hop.

use super::super::{skipped, stack_is_missing};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{Destination, Intermediate};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::remedy::steps;
use crate::pipeline::seen::Observed;
use crate::pipeline::seen::event_path::Function;
use crate::pipeline::settings::Pipeline;

pub(crate) const FUNCTION_MISSING: Row = Row {
    id: "function-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The Lambda function that starts the second hop does not exist.",
    why: "The second hop never starts.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(crate) const FUNCTION_DESTINATION_MISMATCH: Row = Row {
    id: "function-destination-mismatch",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function copies to a vault, or under a role, other than the configured one.",
    why: "Recovery points go to another vault, or nowhere.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(crate) const FUNCTION_THROTTLED: Row = Row {
    id: "function-throttled",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function's reserved concurrency is 0.",
    why: "Lambda never runs the function and drops each event after six hours, so the second hop never starts.",
    remedy: steps!["Remove the limit." => ["aws lambda delete-function-concurrency --function-name " {Name}]],
    source: "AWS Lambda Developer Guide, reserved concurrency",
};

pub(crate) const FUNCTION_FAILING: Row = Row {
    id: "function-failing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function differs from the one that backupctl ships, or cannot run.",
    why: "The second hop may never start.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, function states",
};

pub(crate) const FUNCTION_RUNTIME_ENDING: Row = Row {
    id: "function-runtime-ending",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "The function's runtime has reached, or is near, the end of its support.",
    why: "AWS stops patching the runtime, and later refuses updates of the function.",
    remedy: steps!["Update backupctl, then deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, runtimes",
};

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

pub(super) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
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
