//! What is done with what fails: dead-letter queues and notifications.

use super::super::{skipped, stack_is_missing};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Intermediate};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::plural::count;
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::seen::event_path::Queue;
use crate::pipeline::seen::{Look, Observed};
use crate::pipeline::settings::Pipeline;

pub(crate) const QUEUE_MISSING: Row = Row {
    id: "queue-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A dead-letter queue of the event path does not exist, or nothing is sent to it.",
    why: "Events and invocations that fail for good are lost without a trace.",
    remedy: steps!["Deploy the queue again." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(crate) const DEAD_LETTERS: Row = Row {
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

pub(crate) const NOTIFICATION_UNCONFIRMED: Row = Row {
    id: "notification-unconfirmed",
    area: Area::Events,
    severity: Severity::Warning,
    meaning: "The subscription for failure notifications is not confirmed.",
    why: "Nobody is notified of failures.",
    remedy: steps!["Open the link in the e-mail that Amazon SNS sent, or have it sent again." => ["aws sns subscribe --topic-arn " {Subject} " --protocol email --notification-endpoint " {Email}]],
    source: "Amazon SNS Developer Guide, confirming a subscription",
};

const DEPLOY_NOTIFICATIONS: &[FixedStep] = steps!["Deploy the notifications." => ["backupctl bootstrap"]];

/// Whether whoever is to be told of failures has said that he wants to be.
pub(super) fn notifications(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
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

pub(super) fn queue(
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
