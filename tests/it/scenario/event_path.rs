//! The event path survives: what is lost on it lies in a queue, and the sweep makes up for it.

use aws_config::SdkConfig;
use aws_sdk_sqs::types::Message;
use backupctl::policy::context::Context;
use backupctl::policy::evaluate::Principal;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::Service;
use backupctl::sandbox::world::{Caller, Place};
use serde_json::{Value, json};

use super::one_reason::{INTERMEDIATE_STACK, SOURCE_STACK, resource};
use crate::support::command::backupctl;
use crate::support::operator::{PRODUCTION, REGION_B, in_intermediate, in_source};
use crate::support::worlds;

fn intermediate() -> Place {
    Place::new(PRODUCTION.parse().expect("an account"), REGION_B.parse().expect("a Region"))
}

/// A night passes, and `verify` finds both databases protected.
fn both_are_protected_after_a_night(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox advance 26h").expect(0);
    let verified = backupctl(sandbox, "verify --only recovery-points -o json").expect(0).json();
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
}

/// The decisions that the function logged, each a line of JSON.
fn decisions(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.look(|world| {
        let lambda = world.services.lambda.get(&intermediate()).expect("a function ran");
        lambda.written().filter_map(|line| serde_json::from_str(&line.message).ok()).collect()
    })
}

fn with_outcome<'a>(decisions: &'a [Value], outcome: &str) -> Vec<&'a Value> {
    decisions.iter().filter(|line| line["outcome"] == outcome).collect()
}

/// All messages of a stack's dead-letter queue, as an operator reads them.
async fn dead_letters(config: SdkConfig, stack: &str) -> Vec<Message> {
    let url = resource(&config, stack, "AWS::SQS::Queue").await;
    let sqs = aws_sdk_sqs::Client::new(&config);
    let mut messages = Vec::new();
    loop {
        let receive = sqs.receive_message().queue_url(&url).max_number_of_messages(10).message_attribute_names("All");
        let received = receive.send().await.expect("ReceiveMessage").messages.unwrap_or_default();
        if received.is_empty() {
            return messages;
        }
        messages.extend(received);
    }
}

fn attribute<'a>(message: &'a Message, name: &str) -> &'a str {
    let attributes = message.message_attributes().expect("attributes");
    attributes.get(name).and_then(|value| value.string_value()).unwrap_or_default()
}

fn body(message: &Message) -> Value {
    serde_json::from_str(message.body().expect("a body")).expect("JSON")
}

#[test]
fn events_that_never_come_are_made_up_for_by_the_sweep() {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        let rule = resource(&config, SOURCE_STACK, "AWS::Events::Rule").await;
        aws_sdk_eventbridge::Client::new(&config).disable_rule().name(rule).send().await.expect("DisableRule");
    });
    both_are_protected_after_a_night(&sandbox);
    let decisions = decisions(&sandbox);
    assert_eq!(with_outcome(&decisions, "started").len(), 2, "{decisions:#?}");
    // Each hour a run says what it saw, also where there was nothing to do.
    assert!(with_outcome(&decisions, "swept").len() >= 25, "{decisions:#?}");
}

#[test]
fn a_night_with_events_leaves_the_sweep_nothing_to_start() {
    let sandbox = worlds::after_a_night();
    let decisions = decisions(&sandbox);
    for line in with_outcome(&decisions, "started") {
        assert!(line["copy_job_id"].is_string(), "started by the sweep: {line}");
    }
    let swept = with_outcome(&decisions, "swept");
    let settled = swept.iter().filter_map(|line| line["counts"]["settled"].as_u64()).max();
    assert_eq!(settled, Some(2), "{swept:#?}");
}

/// The event lies in the queue of the rule's own Region, with what EventBridge says of it (EventBridge User Guide,
/// "Using dead-letter queues": no retry where a permission is missing).
#[test]
fn what_the_source_cannot_hand_over_lies_in_its_queue_and_still_arrives() {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        let role = resource(&config, SOURCE_STACK, "AWS::IAM::Role").await;
        let iam = aws_sdk_iam::Client::new(&config);
        let policy = iam.delete_role_policy().role_name(role).policy_name("forward-copy-events");
        policy.send().await.expect("DeleteRolePolicy");
    });
    both_are_protected_after_a_night(&sandbox);
    let letters = in_source(&sandbox, async |config| dead_letters(config, SOURCE_STACK).await);
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        assert_eq!(attribute(letter, "ERROR_CODE"), "NO_PERMISSIONS");
        assert!(attribute(letter, "RULE_ARN").starts_with("arn:aws:events:us-east-1:111111111111:rule/"));
        assert_eq!(attribute(letter, "TARGET_ARN"), "arn:aws:events:us-west-2:111111111111:event-bus/default");
        assert_eq!(body(letter)["detail"]["state"], "COMPLETED");
    }
}

#[test]
fn what_the_function_may_not_be_handed_lies_in_the_queue_with_its_event() {
    let sandbox = worlds::without_sweep();
    in_intermediate(&sandbox, async |config| {
        let function = resource(&config, INTERMEDIATE_STACK, "AWS::Lambda::Function").await;
        let lambda = aws_sdk_lambda::Client::new(&config);
        let policy = lambda.get_policy().function_name(&function).send().await.expect("GetPolicy");
        let document: Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
        let statements = document["Statement"].as_array().expect("statements");
        assert_eq!(statements.len(), 1, "without a sweep only one rule may invoke the function");
        let sid = statements[0]["Sid"].as_str().expect("a Sid");
        let remove = lambda.remove_permission().function_name(&function).statement_id(sid);
        remove.send().await.expect("RemovePermission");
    });
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let letters = in_intermediate(&sandbox, async |config| dead_letters(config, INTERMEDIATE_STACK).await);
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        assert_eq!(attribute(letter, "ERROR_CODE"), "NO_PERMISSIONS");
        assert!(attribute(letter, "TARGET_ARN").starts_with("arn:aws:lambda:us-west-2:111111111111:function:"));
        assert_eq!(body(letter)["region"], "us-east-1", "a forwarded event keeps its Region");
    }
}

/// AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation": three runs, then
/// the record of the invocation goes to the on-failure destination.
#[test]
fn what_the_function_gives_up_on_lies_in_the_queue_with_its_error() {
    let sandbox = worlds::without_sweep();
    in_intermediate(&sandbox, async |config| {
        let function = resource(&config, INTERMEDIATE_STACK, "AWS::Lambda::Function").await;
        let environment = aws_sdk_lambda::types::Environment::builder().variables("TOKEN_VERSION", "1").build();
        let lambda = aws_sdk_lambda::Client::new(&config);
        let update = lambda.update_function_configuration().function_name(function).environment(environment);
        update.send().await.expect("UpdateFunctionConfiguration");
    });
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let letters = in_intermediate(&sandbox, async |config| dead_letters(config, INTERMEDIATE_STACK).await);
    assert_eq!(letters.len(), 2);
    for record in letters.iter().map(body) {
        assert_eq!(record["requestContext"]["condition"], "RetriesExhausted", "{record:#}");
        assert_eq!(record["requestContext"]["approximateInvokeCount"], 3, "{record:#}");
        assert_eq!(record["responsePayload"]["errorType"], "KeyError", "{record:#}");
        assert_eq!(record["requestPayload"]["detail"]["state"], "COMPLETED", "{record:#}");
    }
}

/// Same page: throttled invocations are tried again for six hours at the longest.
#[test]
fn a_throttled_function_loses_nothing_that_the_next_sweep_does_not_find() {
    let sandbox = worlds::bootstrapped();
    let function = in_intermediate(&sandbox, async |config| {
        let function = resource(&config, INTERMEDIATE_STACK, "AWS::Lambda::Function").await;
        let lambda = aws_sdk_lambda::Client::new(&config);
        let put = lambda.put_function_concurrency().function_name(&function).reserved_concurrent_executions(0);
        put.send().await.expect("PutFunctionConcurrency");
        function
    });
    // The night's first hops end at about 06:30; twelve hours later both events are too old.
    backupctl(&sandbox, "sandbox advance 38h").expect(0);
    let letters = in_intermediate(&sandbox, async |config| dead_letters(config, INTERMEDIATE_STACK).await);
    let records: Vec<Value> = letters.iter().map(body).collect();
    assert!(records.iter().all(|record| record["requestContext"]["condition"] == "EventAgeExceeded"), "{records:#?}");
    let copies = records.iter().filter(|record| record["requestPayload"]["source"] == "aws.backup").count();
    assert_eq!(copies, 2, "{records:#?}");
    in_intermediate(&sandbox, async |config| {
        let lambda = aws_sdk_lambda::Client::new(&config);
        lambda.delete_function_concurrency().function_name(function).send().await.expect("DeleteFunctionConcurrency");
    });
    backupctl(&sandbox, "sandbox advance 4h").expect(0);
    let verified = backupctl(&sandbox, "verify --only recovery-points -o json").expect(0).json();
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
}

#[test]
fn a_late_run_does_not_bring_a_deleted_log_group_back() {
    let sandbox = worlds::bootstrapped();
    let groups = |sandbox: &Sandbox| {
        sandbox.look(|world| serde_json::to_value(&world.services.logs).expect("a state").to_string())
    };
    let group =
        in_intermediate(&sandbox, async |config| resource(&config, INTERMEDIATE_STACK, "AWS::Logs::LogGroup").await);
    assert!(groups(&sandbox).contains(&group));
    // The project has no SDK for CloudWatch Logs: the world is called as the SDK's request would call it.
    let Place { account, region } = intermediate();
    let principal = Principal::Root(account.clone());
    let caller = Caller {
        principal,
        account,
        session_policies: Vec::new(),
        expires: None,
        clock: None,
        issued: None,
        held_by: None,
    };
    let mut world = sandbox.world();
    let input = json!({"logGroupName": group});
    world.call(&caller, &region, Service::Logs, "DeleteLogGroup", input, &Context::new()).expect("DeleteLogGroup");
    let sandbox = Sandbox::in_memory(world);
    in_intermediate(&sandbox, async |config| {
        let function = resource(&config, INTERMEDIATE_STACK, "AWS::Lambda::Function").await;
        let invoked = aws_sdk_lambda::Client::new(&config).invoke().function_name(function).send().await;
        assert_eq!(invoked.expect("Invoke").status_code(), 200);
    });
    assert!(!groups(&sandbox).contains(&group), "{}", groups(&sandbox));
}
