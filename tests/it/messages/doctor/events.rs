//! The event path: rules that hand on something else, a function that cannot run, queues and who is told.

use super::{INTERMEDIATE, SOURCE};
use crate::messages::bootstrap::shown;
use crate::mutations;
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::{in_intermediate, in_source, made};
use crate::support::worlds;

const WITHOUT_SWEEP: &str = include_str!("../../support/without_sweep.toml");
const WITH_NOTIFICATIONS: &str = include_str!("../../support/with_notifications.toml");
const IN_SOURCE: &str = "doctor --only events --environment source";
const IN_INTERMEDIATE: &str = "doctor --only events --environment intermediate";

/// A gallery whose commands know that there is no sweep.
fn without_sweep() -> Gallery {
    let gallery = Gallery::new();
    gallery.file("backupctl.toml", WITHOUT_SWEEP);
    gallery
}

#[test]
fn a_target_that_gets_something_else_than_the_event_is_none() {
    let (mut gallery, sandbox) = (without_sweep(), worlds::without_sweep());
    in_intermediate(&sandbox, async |config| {
        let rule = made(&config, INTERMEDIATE, "CopyRule").await;
        let events = aws_sdk_eventbridge::Client::new(&config);
        let targets = events.list_targets_by_rule().rule(&rule).send().await.expect("targets").targets;
        let mut target = targets.expect("targets").remove(0);
        target.input = Some("{}".to_owned());
        events.put_targets().rule(rule).targets(target).send().await.expect("PutTargets");
    });
    gallery.refuse("Something else than the event", &sandbox, IN_INTERMEDIATE, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_the_sweep_makes_up_for_is_a_warning_and_a_sweep_that_is_broken_is_one_too() {
    let mut gallery = Gallery::new();
    let mut after = |mutations: &[&str], command: &str| {
        let sandbox = mutations::swept_world();
        mutations.iter().for_each(|id| mutations::make(&sandbox, id));
        gallery.refuse(&mutations.join(", "), &sandbox, command, 0);
    };
    after(&["source rule ForwardRule disabled"], IN_SOURCE);
    after(&["intermediate function CopyFunction: permission 2 removed"], IN_INTERMEDIATE);
    after(&["intermediate rule SweepRule disabled"], IN_INTERMEDIATE);
    after(&["intermediate rule SweepRule: target CopyFunction removed"], IN_INTERMEDIATE);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_function_that_cannot_do_its_work_is_said_to_fail() {
    let (mut gallery, sandbox) = (without_sweep(), worlds::without_sweep());
    in_intermediate(&sandbox, async |config| {
        let function = made(&config, INTERMEDIATE, "CopyFunction").await;
        let update = aws_sdk_lambda::Client::new(&config).update_function_configuration().function_name(function);
        update.handler("main.run").send().await.expect("UpdateFunctionConfiguration");
    });
    gallery.refuse("Another handler", &sandbox, IN_INTERMEDIATE, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_bus_that_lets_nobody_in_is_named_with_its_statement() {
    let (mut gallery, sandbox) = (without_sweep(), worlds::without_sweep());
    in_intermediate(&sandbox, async |config| {
        let deny = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Closed","Effect":"Deny","Principal":"*",
            "Action":"events:PutEvents","Resource":"arn:aws:events:us-west-2:111111111111:event-bus/default"}]}"#;
        let events = aws_sdk_eventbridge::Client::new(&config);
        events.put_permission().policy(deny).send().await.expect("PutPermission");
    });
    gallery.refuse("Denied by the bus", &sandbox, IN_INTERMEDIATE, 3);
    in_intermediate(&sandbox, async |config| {
        let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",
            "Action":"events:PutEvents","Resource":"arn:aws:events:us-west-2:111111111111:event-bus/default"}]}"#;
        aws_sdk_eventbridge::Client::new(&config).put_permission().policy(deny).send().await.expect("PutPermission");
    });
    gallery.refuse("By a statement without a name", &sandbox, IN_INTERMEDIATE, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_waits_in_a_queue_is_counted() {
    let (mut gallery, sandbox) = (without_sweep(), worlds::without_sweep());
    for _ in 0..2 {
        in_source(&sandbox, async |config| {
            let url = made(&config, SOURCE, "DeadLetterQueue").await;
            let sqs = aws_sdk_sqs::Client::new(&config);
            sqs.send_message().queue_url(url).message_body("{}").send().await.expect("SendMessage");
        });
        gallery.refuse("A message", &sandbox, IN_SOURCE, 0);
    }
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn whoever_is_to_be_told_of_failures_and_has_not_confirmed_is_named() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::with_notifications());
    gallery.file("backupctl.toml", WITH_NOTIFICATIONS);
    gallery.refuse("Not confirmed", &sandbox, IN_INTERMEDIATE, 0);
    gallery.file("backupctl.toml", &WITH_NOTIFICATIONS.replace("dba@", "oncall@"));
    gallery.refuse("Somebody else", &sandbox, IN_INTERMEDIATE, 0);
    backupctl(&sandbox, &format!("bootstrap --yes --config {}/backupctl.toml", gallery.directory().display()))
        .expect(0);
    gallery.refuse("The remedy, typed", &sandbox, IN_INTERMEDIATE, 0);
    deny(&sandbox, "sns:*", "");
    gallery.refuse("Who is told may not be looked at", &sandbox, IN_INTERMEDIATE, 0);
    insta::assert_snapshot!(shown(gallery));
}
