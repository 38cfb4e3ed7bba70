//! CloudFormation stacks.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const STACK_MISSING: Row = Row {
    id: "stack-missing",
    area: Area::Stacks,
    severity: Severity::Error,
    meaning: "The CloudFormation stack of this environment does not exist.",
    why: "Without it, the environment has no vault, no key and no event path.",
    remedy: steps!["Deploy the stack." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation API Reference, DescribeStacks",
};

pub(super) const STACK_UNHEALTHY: Row = Row {
    id: "stack-unhealthy",
    area: Area::Stacks,
    severity: Severity::Error,
    meaning: "The CloudFormation stack of this environment is in a state in which it cannot work or be updated.",
    why: "What the stack should create may be missing or incomplete.",
    remedy: steps!["Repair the stack; `bootstrap` shows what it would change and asks first." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, stack status codes",
};

pub(super) const STACK_OUTDATED: Row = Row {
    id: "stack-outdated",
    area: Area::Stacks,
    severity: Severity::Warning,
    meaning: "The stack was deployed with values that differ from the configuration.",
    why: "The function uses the stack's values and the command line the configuration's, so the two would not agree.",
    remedy: steps!["Update the stack." => ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, stack outputs",
};

pub(super) const STACK_DRIFTED: Row = Row {
    id: "stack-drifted",
    area: Area::Stacks,
    severity: Severity::Warning,
    meaning: "A resource of the stack was changed outside CloudFormation.",
    why: "The next update may fail because of it, or revert it without notice.",
    remedy: steps!["See what differs, then restore it." => ["aws cloudformation describe-stack-resource-drifts --stack-name " {Stack}], ["backupctl bootstrap"]],
    source: "AWS CloudFormation User Guide, detecting unmanaged configuration changes",
};
