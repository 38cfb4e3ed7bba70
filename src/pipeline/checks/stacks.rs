//! CloudFormation stacks.

use super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::origin::TOKEN_VERSION;
use crate::pipeline::remedy::steps;
use crate::pipeline::seen::stack::{Stack, StackStatus};
use crate::pipeline::seen::{Look, Observed};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::tags::TAG;
use crate::templates::TEMPLATE_VERSION;

pub(crate) const STACK_MISSING: Row = Row {
    id: "stack-missing",
    area: Area::Stacks,
    severity: Severity::Error,
    meaning: "The CloudFormation stack of this environment does not exist.",
    why: "Without it, the environment has no vault, no key and no event path.",
    remedy: steps!["Deploy the stack." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation API Reference, DescribeStacks",
};

pub(crate) const STACK_UNHEALTHY: Row = Row {
    id: "stack-unhealthy",
    area: Area::Stacks,
    severity: Severity::Error,
    meaning: "The CloudFormation stack of this environment is in a state in which it cannot work or be updated.",
    why: "What the stack should create may be missing or incomplete.",
    remedy: steps!["Repair the stack; `bootstrap` shows what it would change and asks first." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, stack status codes",
};

pub(crate) const STACK_OUTDATED: Row = Row {
    id: "stack-outdated",
    area: Area::Stacks,
    severity: Severity::Warning,
    meaning: "The stack was deployed with values that differ from the configuration.",
    why: "The function uses the stack's values and the command line the configuration's, so the two would not agree.",
    remedy: steps!["Update the stack." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, stack outputs",
};

pub(crate) const STACK_DRIFTED: Row = Row {
    id: "stack-drifted",
    area: Area::Stacks,
    severity: Severity::Warning,
    meaning: "A resource of the stack was changed outside CloudFormation.",
    why: "The next update may fail because of it, or revert it without notice.",
    remedy: steps!["See what differs, then restore it." => ["aws cloudformation describe-stack-resource-drifts --stack-name " {Stack}], ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, detecting unmanaged configuration changes",
};

pub(super) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for seen in &observed.environments {
        let (name, stack) = (seen.name, pipeline.environment(seen.name).stack.as_str());
        match &seen.stack {
            Err(error) => report.skip(Check::StackMissing, name, stack, skipped(error)),
            Ok(None) => {
                let message = format!("stack `{stack}` does not exist");
                // With vault, key and path in place a recovery point arrives; nothing else says so.
                let arrives = matches!(&seen.vault, Ok(Some(_))) && name == EnvironmentName::Destination;
                let severity = if arrives { Severity::Warning } else { Severity::Error };
                report.fail(Finding::new(Check::StackMissing, name, stack, message).with_severity(severity));
            }
            Ok(Some(found)) => {
                report.pass(Check::StackMissing, name, stack);
                health(name, found, report);
                outdated(pipeline, name, found, report);
            }
        }
        drift(name, stack, seen.drifted.as_ref(), report);
    }
}

fn health(name: EnvironmentName, stack: &Stack, report: &mut Report) {
    let severity = match &stack.status {
        StackStatus::Updatable(_) | StackStatus::Busy(_) => {
            return report.pass(Check::StackUnhealthy, name, &stack.name);
        }
        // What it made is there, as before the update.
        StackStatus::RollbackStuck | StackStatus::Other(_) => Severity::Warning,
        StackStatus::Dead(_) | StackStatus::Review | StackStatus::Gone => Severity::Error,
    };
    let reason = stack.status_reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let message = format!("stack `{}` is in {}{reason}", stack.name, stack.status.as_str());
    report.fail(Finding::new(Check::StackUnhealthy, name, &stack.name, message).with_severity(severity));
}

/// The values that function and command line both read, where they differ.
fn outdated(pipeline: &Pipeline, name: EnvironmentName, stack: &Stack, report: &mut Report) {
    let vault = pipeline.vault_arn(EnvironmentName::Destination).to_string();
    let days = pipeline.plan.destination_delete_after_days.to_string();
    let own_vault = pipeline.vault_arn(name).to_string();
    let mut wanted = vec![("TemplateVersion", TEMPLATE_VERSION), ("VaultArn", own_vault.as_str())];
    if name == EnvironmentName::Intermediate {
        wanted.extend([
            ("DestinationVaultArn", vault.as_str()),
            ("DestinationDeleteAfterDays", days.as_str()),
            ("TokenVersion", TOKEN_VERSION),
        ]);
    }
    let mut differences: Vec<String> = Vec::new();
    for (output, ours) in wanted {
        let theirs = stack.outputs.get(output).map_or("nothing", String::as_str);
        if theirs != ours {
            differences.push(format!("{output} is {theirs}, not {ours}"));
        }
    }
    if stack.tags.get(TAG).is_none_or(|tag| tag != pipeline.identity()) {
        differences.push(format!("it does not carry the tag {TAG}={}", pipeline.identity()));
    }
    if differences.is_empty() {
        report.pass(Check::StackOutdated, name, &stack.name);
    } else {
        report.fail(Finding::new(Check::StackOutdated, name, &stack.name, differences.join("; ")));
    }
}

fn drift(name: EnvironmentName, stack: &str, drifted: Option<&Look<Vec<String>>>, report: &mut Report) {
    match drifted {
        None => report.skip(Check::StackDrifted, name, stack, Skipped::NotApplicable),
        Some(Err(error)) => report.skip(Check::StackDrifted, name, stack, skipped(error)),
        Some(Ok(changed)) if changed.is_empty() => report.pass(Check::StackDrifted, name, stack),
        Some(Ok(changed)) => {
            let message = format!("changed by hand: {}", changed.join(", "));
            report.fail(Finding::new(Check::StackDrifted, name, stack, message));
        }
    }
}

/// The intermediate stack does not say how the second hop runs.
pub fn without_second_hop(pipeline: &Pipeline) -> Finding {
    let name = &pipeline.intermediate.stack;
    let message = format!("stack `{name}` does not say how the second hop runs");
    Finding::new(Check::StackMissing, EnvironmentName::Intermediate, name, message)
}

/// The intermediate stack's values differ from the configuration's: the function would not do what `copy` does.
pub fn other_values(pipeline: &Pipeline, differences: &[String]) -> Finding {
    let stack = &pipeline.intermediate.stack;
    let finding = Finding::new(Check::StackOutdated, EnvironmentName::Intermediate, stack, differences.join("; "));
    finding.then("Or copy with the stack's values: run the command again with `--force`.", Vec::new())
}
