//! The path that starts the second hop.

use super::Text;

pub(super) const RULE_MISSING: Text = Text {
    meaning: "A rule of the event path does not exist.",
    why: "Nobody hears that a copy is completed: the second hop never begins.",
    remedy: "Run `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, rules",
};

pub(super) const RULE_DISABLED: Text = Text {
    meaning: "A rule of the event path is switched off.",
    why: "Nobody hears that a copy is completed: the second hop never begins.",
    remedy: "Switch it on: `aws events enable-rule --name RULE`.",
    source: "Amazon EventBridge User Guide, disabling rules",
};

pub(super) const RULE_PATTERN_MISMATCH: Text = Text {
    meaning: "A rule's pattern does not match the event that AWS Backup sends.",
    why: "The event passes by: the second hop never begins.",
    remedy: "Put the pattern back: `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, eventbridge",
};

pub(super) const RULE_TARGET_MISSING: Text = Text {
    meaning: "A rule does not hand its events to the next part of the path.",
    why: "The event goes nowhere: the second hop never begins.",
    remedy: "Put the target back: `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, targets",
};

pub(super) const EVENT_FORWARD_DENIED: Text = Text {
    meaning: "EventBridge may not put the event on the bus of the intermediate Region.",
    why: "The event is lost without a retry: the second hop never begins.",
    remedy: "Put the role back: `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, sending events between Regions",
};

pub(super) const FUNCTION_MISSING: Text = Text {
    meaning: "The function that starts the second hop does not exist.",
    why: "The second hop never begins.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(super) const FUNCTION_PERMISSION_MISSING: Text = Text {
    meaning: "The rule may not invoke the function.",
    why: "EventBridge does not retry: the second hop never begins.",
    remedy: "Put the permission back: `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, resource-based policies",
};

pub(super) const FUNCTION_ROLE_DENIED: Text = Text {
    meaning: "The function's role may not do what the function does.",
    why: "The function fails and the second hop never begins, or nobody sees its log.",
    remedy: "Put the role back: `backupctl bootstrap`.",
    source: "AWS Lambda Developer Guide, execution role",
};

pub(super) const FUNCTION_DESTINATION_MISMATCH: Text = Text {
    meaning: "The function copies to another vault, or under another role, than the configured one.",
    why: "Recovery points go elsewhere, or nowhere.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Lambda API Reference, GetFunctionConfiguration",
};

pub(super) const FUNCTION_THROTTLED: Text = Text {
    meaning: "The function's reserved concurrency is 0.",
    why: "Lambda runs it for no event and drops each after six hours: the second hop never begins.",
    remedy: "Take the limit away: `aws lambda delete-function-concurrency --function-name FUNCTION`.",
    source: "AWS Lambda Developer Guide, reserved concurrency",
};

pub(super) const FUNCTION_FAILING: Text = Text {
    meaning: "The function is not as it was shipped, or cannot run.",
    why: "The second hop may never begin.",
    remedy: "Put it back: `backupctl bootstrap`.",
    source: "AWS Lambda Developer Guide, function states",
};

pub(super) const FUNCTION_RUNTIME_ENDING: Text = Text {
    meaning: "The function's runtime is at, or near, the end of its support.",
    why: "AWS stops mending it, and one day no update of the function is accepted.",
    remedy: "Update backupctl, then run `backupctl bootstrap`.",
    source: "AWS Lambda Developer Guide, runtimes",
};

pub(super) const SWEEP_MISSING: Text = Text {
    meaning: "The sweep does not run.",
    why: "An event that AWS loses is found by nobody.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, eventbridge (best effort)",
};

pub(super) const QUEUE_MISSING: Text = Text {
    meaning: "A dead-letter queue of the event path does not exist, or nothing is handed to it.",
    why: "What fails for good is lost without a trace.",
    remedy: "Run `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const QUEUE_POLICY_DENIES: Text = Text {
    meaning: "A dead-letter queue does not take what it is for.",
    why: "What fails for good is lost without a trace.",
    remedy: "Put the queue's policy back: `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const DEAD_LETTERS: Text = Text {
    meaning: "A dead-letter queue holds messages.",
    why: "Each is an event, or an invocation, that failed for good.",
    remedy: "Copy what they name: `backupctl copy --all-missing`; when it has arrived, empty the queue: `aws sqs purge-queue --queue-url URL`.",
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(super) const NOTIFICATION_UNCONFIRMED: Text = Text {
    meaning: "The notification's subscription is not confirmed.",
    why: "Nobody is told of failures.",
    remedy: "Open the link in the e-mail that Amazon SNS sent, or have it sent again: `aws sns subscribe --topic-arn TOPIC --protocol email --notification-endpoint EMAIL`.",
    source: "Amazon SNS Developer Guide, confirming a subscription",
};

pub(super) const PIPELINE_PAUSED: Text = Text {
    meaning: "The event path is paused, as `cleanup` leaves it when it is stopped.",
    why: "No second hop begins until it goes on.",
    remedy: "Go on: `backupctl cleanup`, or put it back: `backupctl bootstrap`.",
    source: "AWS Lambda Developer Guide, reserved concurrency",
};
