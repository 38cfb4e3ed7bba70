//! The path that starts the second hop.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const RULE_MISSING: Row = Row {
    id: "rule-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule of the event path does not exist.",
    why: "No target receives the copy-completed event, so the second hop never starts.",
    remedy: steps!["Deploy the rule again." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, rules",
};

pub(super) const RULE_DISABLED: Row = Row {
    id: "rule-disabled",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule of the event path is disabled.",
    why: "No target receives the copy-completed event, so the second hop never starts.",
    remedy: steps!["Enable the rule." => ["aws events enable-rule --name " {Name}]],
    source: "Amazon EventBridge User Guide, disabling rules",
};

pub(super) const RULE_PATTERN_MISMATCH: Row = Row {
    id: "rule-pattern-mismatch",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule's event pattern does not match the event that AWS Backup sends.",
    why: "The event matches no rule, so the second hop never starts.",
    remedy: steps!["Restore the pattern." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, eventbridge",
};

pub(super) const RULE_TARGET_MISSING: Row = Row {
    id: "rule-target-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A rule does not pass its events to the next part of the event path.",
    why: "The event is not delivered, so the second hop never starts.",
    remedy: steps!["Restore the target." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, targets",
};

pub(super) const EVENT_FORWARD_DENIED: Row = Row {
    id: "event-forward-denied",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "EventBridge is not allowed to put the event on the event bus of the intermediate Region.",
    why: "EventBridge drops the event without a retry, so the second hop never starts.",
    remedy: steps!["Restore the role." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, sending events between Regions",
};

pub(super) const FUNCTION_MISSING: Row = Row {
    id: "function-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The Lambda function that starts the second hop does not exist.",
    why: "The second hop never starts.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(super) const FUNCTION_PERMISSION_MISSING: Row = Row {
    id: "function-permission-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The rule is not allowed to invoke the function.",
    why: "EventBridge does not retry, so the second hop never starts.",
    remedy: steps!["Restore the permission." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, resource-based policies",
};

pub(super) const FUNCTION_ROLE_DENIED: Row = Row {
    id: "function-role-denied",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function's role is not allowed to do what the function does.",
    why: "The function fails and the second hop never starts, or the function's log is lost.",
    remedy: steps!["Restore the role." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, execution role",
};

pub(super) const FUNCTION_DESTINATION_MISMATCH: Row = Row {
    id: "function-destination-mismatch",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function copies to a vault, or under a role, other than the configured one.",
    why: "Recovery points go to another vault, or nowhere.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(super) const FUNCTION_THROTTLED: Row = Row {
    id: "function-throttled",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function's reserved concurrency is 0.",
    why: "Lambda never runs the function and drops each event after six hours, so the second hop never starts.",
    remedy: steps!["Remove the limit." => ["aws lambda delete-function-concurrency --function-name " {Name}]],
    source: "AWS Lambda Developer Guide, reserved concurrency",
};

pub(super) const FUNCTION_FAILING: Row = Row {
    id: "function-failing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function differs from the one that backupctl ships, or cannot run.",
    why: "The second hop may never start.",
    remedy: steps!["Deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, function states",
};

pub(super) const FUNCTION_RUNTIME_ENDING: Row = Row {
    id: "function-runtime-ending",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "The function's runtime has reached, or is near, the end of its support.",
    why: "AWS stops patching the runtime, and later refuses updates of the function.",
    remedy: steps!["Update backupctl, then deploy the function again." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, runtimes",
};

pub(super) const SWEEP_MISSING: Row = Row {
    id: "sweep-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The sweep does not run.",
    why: "Nothing catches an event that AWS drops.",
    remedy: steps!["Deploy the sweep again." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, eventbridge (best effort)",
};

pub(super) const QUEUE_MISSING: Row = Row {
    id: "queue-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A dead-letter queue of the event path does not exist, or nothing is sent to it.",
    why: "Events and invocations that fail for good are lost without a trace.",
    remedy: steps!["Deploy the queue again." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const QUEUE_POLICY_DENIES: Row = Row {
    id: "queue-policy-denies",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A dead-letter queue does not accept the messages that it is for.",
    why: "Events and invocations that fail for good are lost without a trace.",
    remedy: steps!["Restore the queue's policy." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const DEAD_LETTERS: Row = Row {
    id: "dead-letters",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "A dead-letter queue holds messages.",
    why: "Each message is an event, or an invocation, that failed for good.",
    remedy: steps![
        "Copy the recovery points that the messages name." => ["backupctl copy --all-missing"];
        "When they have arrived, empty the queue." => ["aws sqs purge-queue --queue-url " {Url}]
    ],
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const NOTIFICATION_UNCONFIRMED: Row = Row {
    id: "notification-unconfirmed",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "The subscription for failure notifications is not confirmed.",
    why: "Nobody is notified of failures.",
    remedy: steps!["Open the link in the e-mail that Amazon SNS sent, or have it sent again." => ["aws sns subscribe --topic-arn " {Subject} " --protocol email --notification-endpoint " {Email}]],
    source: "Amazon SNS Developer Guide, confirming a subscription",
};

pub(super) const PIPELINE_PAUSED: Row = Row {
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
