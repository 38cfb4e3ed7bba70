//! Whoever is named under `[notifications]` is told of letters that lie in a dead-letter queue, and of a sweep that does
//! not come.
//!
//! A metric alarm is evaluated every minute; the queue's reads periods of five minutes. An alarm has insufficient data
//! when the whole evaluation range is without, which in every example of the Amazon CloudWatch User Guide is two
//! periods longer than the evaluation periods ("Configuring how CloudWatch alarms treat missing data"): with a sweep
//! each hour, three hours after the last one.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::Place;
use serde_json::Value;

use super::notifications::{confirm, mails, told};
use super::one_reason::{INTERMEDIATE_STACK, SOURCE_STACK, resource};
use crate::support::command::backupctl;
use crate::support::operator::{PRODUCTION, REGION_A, REGION_B, in_intermediate, in_source};
use crate::support::worlds;

async fn send_to_dead_letters(config: aws_config::SdkConfig, stack: &str) {
    let url = resource(&config, stack, "AWS::SQS::Queue").await;
    let sqs = aws_sdk_sqs::Client::new(&config);
    sqs.send_message().queue_url(url).message_body("an event").send().await.expect("SendMessage");
}

async fn disable_sweep(config: aws_config::SdkConfig) {
    let events = aws_sdk_eventbridge::Client::new(&config);
    let rules = events.list_rules().send().await.expect("ListRules");
    let sweep = rules.rules().iter().find(|rule| rule.schedule_expression().is_some()).expect("a sweep");
    events.disable_rule().name(sweep.name().expect("a name")).send().await.expect("DisableRule");
}

/// How every alarm there stands.
fn states(sandbox: &Sandbox, region: &str) -> Vec<String> {
    let place = Place::new(PRODUCTION.parse().expect("an account"), region.parse().expect("a Region"));
    let state = sandbox.look(|world| serde_json::to_value(world.services.cloudwatch.get(&place)).expect("JSON"));
    let alarms = state["alarms"].as_object().expect("alarms");
    alarms.values().map(|alarm| alarm["state"].as_str().expect("a state").to_owned()).collect()
}

#[test]
fn a_letter_in_the_queue_of_region_b_is_told() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    assert!(told(&sandbox).is_empty(), "{:#?}", told(&sandbox));
    in_intermediate(&sandbox, async |config| send_to_dead_letters(config, INTERMEDIATE_STACK).await);
    backupctl(&sandbox, "sandbox advance 5m").expect(0);
    let told = told(&sandbox);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["NewStateValue"], "ALARM", "{told:#?}");
    assert!(told[0]["AlarmName"].as_str().is_some_and(|name| name.contains("-DeadLetterAlarm-")), "{told:#?}");
    assert!(told[0]["AlarmDescription"].as_str().is_some_and(|text| text.contains("dead-letter queue")), "{told:#?}");
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    assert_eq!(self::told(&sandbox).len(), 1, "an alarm is told when it is raised, and once");
}

/// "The alarm's SNS topic must be in the same Region": from Region A the event of the alarm comes.
#[test]
fn a_letter_in_the_queue_of_region_a_is_told_from_region_b() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    in_source(&sandbox, async |config| send_to_dead_letters(config, SOURCE_STACK).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    let told = told(&sandbox);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["detail-type"], "CloudWatch Alarm State Change", "{told:#?}");
    assert_eq!(told[0]["region"], REGION_A, "{told:#?}");
    assert_eq!(told[0]["detail"]["state"]["value"], "ALARM", "{told:#?}");
}

#[test]
fn a_sweep_that_is_switched_off_is_told_within_four_hours() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    backupctl(&sandbox, "sandbox advance 5h").expect(0);
    in_intermediate(&sandbox, disable_sweep);
    backupctl(&sandbox, "sandbox advance 4h").expect(0);
    let told = told(&sandbox);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["NewStateValue"], "INSUFFICIENT_DATA", "{told:#?}");
    assert!(told[0]["AlarmDescription"].as_str().is_some_and(|text| text.contains("no sweep")), "{told:#?}");
}

#[test]
fn nothing_is_told_while_all_is_well() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    backupctl(&sandbox, "sandbox advance 48h").expect(0);
    assert!(told(&sandbox).is_empty(), "{:#?}", told(&sandbox));
    // The queues' two and the sweep's.
    assert_eq!((states(&sandbox, REGION_A), states(&sandbox, REGION_B)), (vec!["OK".into()], vec!["OK".into(); 2]));
}

/// Amazon SNS Developer Guide, "Key management": a service that publishes needs the key too.
#[test]
fn a_key_that_does_not_let_cloudwatch_in_swallows_the_alarm_and_the_denial_says_so() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    in_intermediate(&sandbox, async |config| {
        let topic = resource(&config, INTERMEDIATE_STACK, "AWS::SNS::Topic").await;
        let sns = aws_sdk_sns::Client::new(&config);
        let attributes = sns.get_topic_attributes().topic_arn(topic).send().await.expect("GetTopicAttributes");
        let key = attributes.attributes().expect("attributes")["KmsMasterKeyId"].clone();
        let kms = aws_sdk_kms::Client::new(&config);
        let policy = kms.get_key_policy().key_id(&key).policy_name("default").send().await.expect("GetKeyPolicy");
        let mut document: Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
        for statement in document["Statement"].as_array_mut().expect("statements") {
            if statement["Sid"] == "Publish" {
                statement["Principal"]["Service"] = "events.amazonaws.com".into();
            }
        }
        let text = document.to_string();
        kms.put_key_policy().key_id(&key).policy_name("default").policy(text).send().await.expect("PutKeyPolicy");
        send_to_dead_letters(config, INTERMEDIATE_STACK).await;
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    assert_eq!(mails(&sandbox).len(), 1, "the confirmation is all");
    let denials = sandbox.look(|world| {
        let refused = world.trail.iter().filter(|record| record.error.is_some());
        refused.map(|record| (record.principal.clone(), record.action.clone())).collect::<Vec<_>>()
    });
    let wanted = ("cloudwatch.amazonaws.com".to_owned(), "kms:GenerateDataKey".to_owned());
    assert!(denials.contains(&wanted), "{denials:?}");
    let shown = backupctl(&sandbox, "sandbox show");
    assert!(shown.stdout.contains("cloudwatch.amazonaws.com"), "{}", shown.stdout);
}
