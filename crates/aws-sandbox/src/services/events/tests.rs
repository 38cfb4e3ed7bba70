use serde_json::{Value, json};

use super::state::RuleState;
use crate::services::Service;
use crate::services::bench::{account, world};
use crate::world::faults::{Effect, Fault, Matching};
use crate::world::{Caller, Moment, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::Region;

fn region(code: &str) -> Region {
    code.parse().expect("a Region")
}

struct Bench {
    world: World,
    administrator: Caller,
}

impl Bench {
    fn new() -> Self {
        let regions = vec![region("us-east-1"), region("us-west-2")];
        let (world, administrator) = world(regions);
        Self { world, administrator }
    }

    fn call(&mut self, code: &str, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        self.world.call(&caller, &region(code), service, operation, input, &Context::new())
    }

    fn events(&mut self, code: &str, operation: &str, input: Value) -> Value {
        self.call(code, Service::Events, operation, input).expect(operation)
    }

    fn refused(&mut self, operation: &str, input: Value) -> String {
        self.call("us-east-1", Service::Events, operation, input).expect_err("a refusal").to_string()
    }

    /// A role that EventBridge may assume, with one statement.
    fn role(&mut self, name: &str, action: &str, resource: &str) -> String {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": action, "Resource": resource}]});
        let input = json!({"RoleName": name, "AssumeRolePolicyDocument": trust.to_string(), "Path": "/"});
        self.call("us-east-1", Service::Iam, "CreateRole", input).expect("a role");
        let input = json!({"RoleName": name, "PolicyName": "p", "PolicyDocument": policy.to_string()});
        self.call("us-east-1", Service::Iam, "PutRolePolicy", input).expect("a policy");
        self.world.advance_to(self.world.now.plus_seconds(60));
        format!("arn:aws:iam::111111111111:role/{name}")
    }

    fn emit(&mut self, code: &str) {
        let place = Place::new(account(), region(code));
        super::emit(
            &mut self.world,
            &place,
            "aws.backup",
            "Copy Job State Change",
            vec![],
            json!({"state": "COMPLETED"}),
        );
        self.world.advance_to(self.world.now.plus_seconds(5));
    }

    /// How many deliveries still wait.
    fn waiting(&self) -> usize {
        self.world.queue.iter().count()
    }
}

const PATTERN: &str = r#"{"source":["aws.backup"]}"#;
const BUS_B: &str = "arn:aws:events:us-west-2:111111111111:event-bus/default";

#[test]
fn a_rule_is_put_described_switched_and_deleted() {
    let mut bench = Bench::new();
    let answer = bench.events("us-east-1", "PutRule", json!({"Name": "r", "EventPattern": PATTERN}));
    assert_eq!(answer["RuleArn"], "arn:aws:events:us-east-1:111111111111:rule/r");
    bench.events("us-east-1", "DisableRule", json!({"Name": "r"}));
    let found = bench.events("us-east-1", "DescribeRule", json!({"Name": "r"}));
    assert_eq!((&found["State"], &found["EventPattern"]), (&json!("DISABLED"), &json!(PATTERN)));
    let target = json!([{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:111111111111:function:f"}]);
    bench.events("us-east-1", "PutTargets", json!({"Rule": "r", "Targets": target}));
    // Terraform and the CLI both meet this text.
    assert_eq!(
        bench.refused("DeleteRule", json!({"Name": "r"})),
        "ValidationException: Rule can't be deleted since it has targets."
    );
    bench.events("us-east-1", "RemoveTargets", json!({"Rule": "r", "Ids": ["1"]}));
    bench.events("us-east-1", "DeleteRule", json!({"Name": "r"}));
    assert_eq!(
        bench.refused("DescribeRule", json!({"Name": "r"})),
        "ResourceNotFoundException: Rule r does not exist on EventBus default."
    );
}

#[test]
fn another_regions_bus_needs_a_role_in_the_target() {
    let mut bench = Bench::new();
    bench.events("us-east-1", "PutRule", json!({"Name": "r", "EventPattern": PATTERN}));
    // hashicorp/terraform-provider-aws #31444.
    let target = json!([{"Id": "b", "Arn": BUS_B}]);
    assert_eq!(
        bench.refused("PutTargets", json!({"Rule": "r", "Targets": target})),
        "ValidationException: Cross-region api call is not allowed."
    );
    let other = "arn:aws:events:us-east-1:222222222222:event-bus/default";
    assert_eq!(
        bench.refused("PutTargets", json!({"Rule": "r", "Targets": [{"Id": "b", "Arn": other}]})),
        format!("ValidationException: RoleArn is required for target {other}.")
    );
}

fn forwarding(bench: &mut Bench, action: &str) {
    let role = bench.role("forward", action, BUS_B);
    bench.events("us-east-1", "PutRule", json!({"Name": "forward", "EventPattern": PATTERN}));
    let target = json!([{"Id": "b", "Arn": BUS_B, "RoleArn": role}]);
    bench.events("us-east-1", "PutTargets", json!({"Rule": "forward", "Targets": target}));
    // What arrives in Region B is seen by a rule whose target is missing and has no queue.
    bench.events("us-west-2", "PutRule", json!({"Name": "arrived", "EventPattern": PATTERN}));
    let missing = json!([{"Id": "f", "Arn": "arn:aws:lambda:us-west-2:111111111111:function:none"}]);
    bench.events("us-west-2", "PutTargets", json!({"Rule": "arrived", "Targets": missing}));
}

/// How many events wait for a target in a Region.
fn on_the_way(bench: &Bench, code: &str) -> usize {
    bench.world.queue.iter().filter(|(_, place, _)| place.region == region(code)).count()
}

#[test]
fn an_event_crosses_once_and_keeps_its_region() {
    let mut bench = Bench::new();
    forwarding(&mut bench, "events:PutEvents");
    bench.emit("us-east-1");
    assert_eq!(on_the_way(&bench, "us-west-2"), 0);
    let start = bench.world.now;
    let place = Place::new(account(), region("us-east-1"));
    super::emit(&mut bench.world, &place, "aws.backup", "d", vec![], json!({}));
    assert_eq!((on_the_way(&bench, "us-east-1"), on_the_way(&bench, "us-west-2")), (1, 0));
    bench.world.advance_to(Moment::from_millis(start.millis() + 500));
    assert_eq!((on_the_way(&bench, "us-east-1"), on_the_way(&bench, "us-west-2")), (0, 1));
}

#[test]
fn a_forwarded_event_goes_no_further() {
    let mut bench = Bench::new();
    forwarding(&mut bench, "events:PutEvents");
    // Region B sends it back to Region A: a second hop.
    let bus_a = "arn:aws:events:us-east-1:111111111111:event-bus/default";
    let role = bench.role("back", "events:PutEvents", bus_a);
    let target = json!([{"Id": "f", "Arn": bus_a, "RoleArn": role}]);
    bench.events("us-west-2", "PutTargets", json!({"Rule": "arrived", "Targets": target}));
    bench.emit("us-east-1");
    assert_eq!(bench.waiting(), 0);
}

#[test]
fn a_disabled_rule_takes_nothing() {
    let mut bench = Bench::new();
    forwarding(&mut bench, "events:PutEvents");
    bench.events("us-east-1", "DisableRule", json!({"Name": "forward"}));
    let place = Place::new(account(), region("us-east-1"));
    super::emit(&mut bench.world, &place, "aws.backup", "d", vec![], json!({}));
    assert_eq!(bench.waiting(), 0);
}

#[test]
fn callers_may_not_speak_for_aws() {
    let mut bench = Bench::new();
    let entries = json!([
        {"Source": "aws.backup", "DetailType": "d", "Detail": "{}"},
        {"Source": "mine", "DetailType": "d", "Detail": "{"},
        {"Source": "mine", "DetailType": "d"},
        {"Source": "mine", "DetailType": "d", "Detail": "{}"}]);
    let answer = bench.events("us-east-1", "PutEvents", json!({"Entries": entries}));
    let codes: Vec<&Value> =
        answer["Entries"].as_array().expect("entries").iter().map(|entry| &entry["ErrorCode"]).collect();
    assert_eq!(
        codes,
        [&json!("NotAuthorizedForSourceException"), &json!("MalformedDetail"), &json!("InvalidArgument"), &Value::Null]
    );
    assert_eq!(answer["FailedEntryCount"], 3);
}

#[test]
fn a_schedule_strikes_until_it_is_switched_off() {
    let mut bench = Bench::new();
    bench.events("us-east-1", "PutRule", json!({"Name": "hourly", "ScheduleExpression": "rate(1 hour)"}));
    let place = Place::new(account(), region("us-east-1"));
    assert_eq!(bench.waiting(), 1);
    bench.world.advance_to(bench.world.now.plus_seconds(3 * 3600));
    assert_eq!(bench.waiting(), 1);
    bench.events("us-east-1", "DisableRule", json!({"Name": "hourly"}));
    bench.world.advance_to(bench.world.now.plus_seconds(3600));
    assert_eq!(bench.waiting(), 0);
    let rule = &bench.world.services.events.get(&place).expect("a state").default.rules["hourly"];
    assert_eq!(rule.state, RuleState::Disabled);
}

#[test]
fn a_pattern_is_tested_on_a_whole_event_only() {
    let mut bench = Bench::new();
    let event = json!({"id": "1", "detail-type": "d", "source": "aws.backup", "account": "1", "time": "t",
        "region": "r", "resources": []});
    let answer =
        bench.events("us-east-1", "TestEventPattern", json!({"EventPattern": PATTERN, "Event": event.to_string()}));
    assert_eq!(answer["Result"], true);
    assert_eq!(
        bench.refused("TestEventPattern", json!({"EventPattern": PATTERN, "Event": "{\"source\":\"aws.backup\"}"})),
        "ValidationException: Parameter Event is not valid."
    );
    assert_eq!(
        bench.refused("PutRule", json!({"Name": "r", "EventPattern": "{\"source\":\"a\"}"})),
        "InvalidEventPatternException: Event pattern is not valid. Reason: \"source\" must be an object or an array"
    );
}

/// A queue for the dead letters of one rule.
fn queue(bench: &mut Bench) -> String {
    let arn = "arn:aws:sqs:us-west-2:111111111111:dead";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-west-2:111111111111:rule/arrived"}}}]});
    let input = json!({"QueueName": "dead", "Attributes": {"Policy": policy.to_string()}});
    let answer = bench.call("us-west-2", Service::Sqs, "CreateQueue", input).expect("a queue");
    answer["QueueUrl"].as_str().expect("a URL").to_owned()
}

#[test]
fn an_event_without_a_target_goes_to_the_dead_letter_queue() {
    let mut bench = Bench::new();
    forwarding(&mut bench, "events:PutEvents");
    let url = queue(&mut bench);
    let function = "arn:aws:lambda:us-west-2:111111111111:function:none";
    let target = json!([{"Id": "f", "Arn": function,
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-west-2:111111111111:dead"}}]);
    bench.events("us-west-2", "PutTargets", json!({"Rule": "arrived", "Targets": target}));
    bench.emit("us-east-1");
    let input = json!({"QueueUrl": url, "MessageAttributeNames": ["All"]});
    let answer = bench.call("us-west-2", Service::Sqs, "ReceiveMessage", input).expect("a message");
    let message = &answer["Messages"][0];
    let attribute = |name: &str| message["MessageAttributes"][name]["StringValue"].as_str();
    // EventBridge User Guide, "Using dead-letter queues": a missing target is not tried again.
    assert_eq!(attribute("ERROR_CODE"), Some("NO_RESOURCE"));
    assert_eq!(attribute("RETRY_ATTEMPTS"), Some("0"));
    assert_eq!(attribute("TARGET_ARN"), Some(function));
    assert_eq!(attribute("RULE_ARN"), Some("arn:aws:events:us-west-2:111111111111:rule/arrived"));
    assert_eq!(attribute("EXHAUSTED_RETRY_CONDITION"), None);
    let event: Value = serde_json::from_str(message["Body"].as_str().expect("a body")).expect("an event");
    // The event keeps the Region that it comes from.
    assert_eq!(event["region"], "us-east-1");
}

#[test]
fn a_role_without_permission_forwards_nothing_and_is_not_tried_again() {
    let mut bench = Bench::new();
    forwarding(&mut bench, "events:PutRule");
    bench.emit("us-east-1");
    let record = bench.world.trail.iter().rfind(|record| record.action == "events:PutEvents");
    let record = record.expect("an attempt");
    assert!(record.principal.contains("assumed-role/forward/"), "{}", record.principal);
    assert!(record.error.is_some());
    assert_eq!(bench.waiting(), 0);
    assert!(!bench.world.trail.iter().any(|record| record.action == "lambda:InvokeFunction"));
}

/// The queue's messages after an event met what was ordered, at once and ten minutes later.
fn arrived(effect: Effect) -> (usize, usize) {
    let mut bench = Bench::new();
    let arn = "arn:aws:sqs:us-east-1:111111111111:q";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}]});
    let input = json!({"QueueName": "q", "Attributes": {"Policy": policy.to_string()}});
    bench.call("us-east-1", Service::Sqs, "CreateQueue", input).expect("a queue");
    bench.events("us-east-1", "PutRule", json!({"Name": "r", "EventPattern": PATTERN}));
    bench.events("us-east-1", "PutTargets", json!({"Rule": "r", "Targets": [{"Id": "1", "Arn": arn}]}));
    let matching = Matching { operation: Some("aws.backup:Copy Job*".to_owned()), ..Matching::default() };
    bench.world.faults.order(Fault { matching, ..Fault::next(effect) });
    let messages = |bench: &mut Bench| {
        let input = json!({"QueueUrl": "https://sqs.us-east-1.amazonaws.com/111111111111/q",
            "AttributeNames": ["ApproximateNumberOfMessages"]});
        let answer = bench.call("us-east-1", Service::Sqs, "GetQueueAttributes", input).expect("attributes");
        answer["Attributes"]["ApproximateNumberOfMessages"].as_str().and_then(|n| n.parse().ok()).expect("a number")
    };
    bench.emit("us-east-1");
    let at_once = messages(&mut bench);
    bench.world.advance_to(bench.world.now.plus_seconds(600));
    let later = messages(&mut bench);
    // The order was for one event: the next one comes as ever.
    bench.emit("us-east-1");
    assert_eq!(messages(&mut bench), later + 1);
    (at_once, later)
}

#[test]
fn an_event_is_lost_doubled_or_late_as_ordered() {
    assert_eq!(arrived(Effect::LostEvent), (0, 0));
    assert_eq!(arrived(Effect::DuplicateEvent), (2, 2));
    assert_eq!(arrived(Effect::LateEvent { seconds: 300 }), (0, 1));
}
