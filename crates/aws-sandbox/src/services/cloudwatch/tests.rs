use serde_json::{Value, json};

use crate::services::bench::{account, region, world};
use crate::services::{Service, conformance};
use crate::world::{Caller, Place, ServiceError, World};
use aws_policy::context::Context;

struct Bench {
    world: World,
    administrator: Caller,
}

const TOPIC: &str = "arn:aws:sns:us-west-2:111111111111:alarms";
const QUEUE: &str = "https://sqs.us-west-2.amazonaws.com/111111111111/letters";

impl Bench {
    fn new() -> Self {
        let (world, administrator) = world(vec![region()]);
        Self { world, administrator }
    }

    fn call(&mut self, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        self.world.call(&caller, &region(), service, operation, input, &Context::new())
    }

    fn alarms(&mut self, operation: &str, input: Value) -> Value {
        let answer = self.call(Service::CloudWatch, operation, input).expect(operation);
        conformance::assert_conforms(Service::CloudWatch, operation, &answer);
        answer
    }

    fn state(&mut self, name: &str) -> String {
        let answer = self.alarms("DescribeAlarms", json!({"AlarmNames": [name]}));
        answer["MetricAlarms"][0]["StateValue"].as_str().expect("a state").to_owned()
    }

    /// Lets minutes pass.
    fn minutes(&mut self, minutes: i64) {
        self.world.advance_to(self.world.now.plus_seconds(minutes * 60));
    }

    /// A topic that CloudWatch may publish to, with a mailbox that has confirmed, and a queue.
    fn with_topic(key: Option<&str>) -> Self {
        let mut bench = Self::new();
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish",
            "Resource": TOPIC, "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}]});
        let mut attributes = json!({"Policy": policy.to_string()});
        if let Some(key) = key {
            attributes["KmsMasterKeyId"] = json!(key);
        }
        let call =
            |bench: &mut Bench, service, operation, input| bench.call(service, operation, input).expect(operation);
        call(&mut bench, Service::Sns, "CreateTopic", json!({"Name": "alarms", "Attributes": attributes}));
        let mailbox = json!({"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "dba@example.com"});
        call(&mut bench, Service::Sns, "Subscribe", mailbox);
        let token = bench.mails()[0].rsplit(' ').next().expect("a token").to_owned();
        call(&mut bench, Service::Sns, "ConfirmSubscription", json!({"TopicArn": TOPIC, "Token": token}));
        call(&mut bench, Service::Sqs, "CreateQueue", json!({"QueueName": "letters"}));
        bench
    }

    fn mails(&self) -> Vec<String> {
        let state = self.world.services.sns.get(&Place::new(account(), region())).expect("a state");
        state.mails().map(|mail| mail.text.clone()).collect()
    }

    /// What the alarm's mails say, after the one that asked to confirm.
    fn told(&self) -> Vec<(String, String)> {
        let messages = self.mails().into_iter().skip(1).map(|text| {
            let message: Value = serde_json::from_str(&text).expect("JSON");
            let text = |member: &str| message[member].as_str().expect(member).to_owned();
            (text("OldStateValue"), text("NewStateValue"))
        });
        messages.collect()
    }

    fn key(&mut self, service: &str) -> String {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "kms:*",
                "Resource": "*"},
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*"}]});
        let answer = self.call(Service::Kms, "CreateKey", json!({"Policy": policy.to_string()})).expect("CreateKey");
        answer["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned()
    }
}

fn letters(name: &str) -> Value {
    json!({
        "AlarmName": name, "Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": "letters"}], "Statistic": "Maximum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 0.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching", "AlarmActions": [TOPIC], "OKActions": [TOPIC],
        "Tags": [{"Key": "team", "Value": "dba"}],
    })
}

fn heartbeat(treated: &str) -> Value {
    json!({
        "AlarmName": "beat", "Namespace": "AWS/Events", "MetricName": "Invocations",
        "Dimensions": [{"Name": "RuleName", "Value": "beat"}], "Statistic": "Sum", "Period": 3600,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": treated, "AlarmActions": [TOPIC], "InsufficientDataActions": [TOPIC],
    })
}

/// "When an alarm is created, its state is immediately set to INSUFFICIENT_DATA. It is then evaluated" (API Reference,
/// "PutMetricAlarm"). A queue that holds a message has data by the minute, an empty one that was never active has none.
#[test]
fn a_message_in_a_queue_raises_the_alarm_and_an_empty_queue_ends_it() {
    let mut bench = Bench::with_topic(None);
    let rule = json!({"Name": "alarms", "EventPattern": r#"{"source": ["aws.cloudwatch"]}"#});
    bench.call(Service::Events, "PutRule", rule).expect("PutRule");
    bench.alarms("PutMetricAlarm", letters("letters"));
    assert_eq!(bench.state("letters"), "INSUFFICIENT_DATA");
    bench.minutes(2);
    assert_eq!(bench.state("letters"), "OK", "missing data counts as not breaching");
    bench.call(Service::Sqs, "SendMessage", json!({"QueueUrl": QUEUE, "MessageBody": "lost"})).expect("SendMessage");
    bench.minutes(3);
    assert_eq!(bench.state("letters"), "ALARM");
    bench.call(Service::Sqs, "PurgeQueue", json!({"QueueUrl": QUEUE})).expect("PurgeQueue");
    bench.minutes(5);
    assert_eq!(bench.state("letters"), "OK");
    let told = bench.told();
    let turns: Vec<(&str, &str)> = told.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    assert_eq!(turns, [("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK")]);
    let place = Place::new(account(), region());
    let events = crate::services::events::last_events(&bench.world, &place);
    assert_eq!(events.filter(|event| event.source == "aws.cloudwatch").count(), 3);
}

/// Amazon SNS Developer Guide, "Key management": the key of an encrypted topic must let cloudwatch.amazonaws.com use it,
/// or nothing arrives.
#[test]
fn a_topic_whose_key_does_not_know_cloudwatch_gets_nothing() {
    for (service, arrive) in [("events.amazonaws.com", 0), ("cloudwatch.amazonaws.com", 2)] {
        let mut bench = Bench::with_topic(None);
        let key = bench.key(service);
        let input = json!({"TopicArn": TOPIC, "AttributeName": "KmsMasterKeyId", "AttributeValue": key});
        bench.call(Service::Sns, "SetTopicAttributes", input).expect("SetTopicAttributes");
        bench.alarms("PutMetricAlarm", letters("letters"));
        bench.minutes(2);
        bench.call(Service::Sqs, "SendMessage", json!({"QueueUrl": QUEUE, "MessageBody": "lost"})).expect("sent");
        bench.minutes(3);
        assert_eq!(bench.state("letters"), "ALARM");
        assert_eq!(bench.told().len(), arrive, "{service}");
        let denials = bench.world.trail.iter().filter(|record| record.error.is_some());
        let denied: Vec<_> = denials.map(|record| (record.principal.as_str(), record.action.as_str())).collect();
        let is_denied = denied.contains(&("cloudwatch.amazonaws.com", "kms:GenerateDataKey"));
        assert_eq!(is_denied, arrive == 0, "{denied:?}");
    }
}

/// The guide's table of missing data: without a single datapoint in the evaluation range the alarm has insufficient data,
/// or is raised where missing data breaches: then already when it is new.
#[test]
fn a_rule_that_stops_is_told_by_missing_data() {
    for (treated, at_first, in_the_end) in
        [("missing", "INSUFFICIENT_DATA", "INSUFFICIENT_DATA"), ("breaching", "ALARM", "ALARM")]
    {
        let mut bench = Bench::with_topic(None);
        bench.alarms("PutMetricAlarm", heartbeat(treated));
        bench.minutes(5);
        assert_eq!(bench.state("beat"), at_first, "{treated}");
        let rule = json!({"Name": "beat", "ScheduleExpression": "rate(1 hour)"});
        bench.call(Service::Events, "PutRule", rule).expect("PutRule");
        let target = json!({"Rule": "beat", "Targets": [
            {"Id": "letters", "Arn": "arn:aws:sqs:us-west-2:111111111111:letters"}]});
        bench.call(Service::Events, "PutTargets", target).expect("PutTargets");
        bench.minutes(48 * 60);
        assert_eq!(bench.state("beat"), "OK", "{treated}");
        let before = bench.told().len();
        assert_eq!(before, usize::from(treated == "breaching"), "{:?}", bench.told());
        bench.call(Service::Events, "DisableRule", json!({"Name": "beat"})).expect("DisableRule");
        bench.minutes(2 * 60 - 5);
        assert_eq!(bench.state("beat"), "OK", "{treated}");
        bench.minutes(2 * 60 + 5);
        assert_eq!(bench.state("beat"), in_the_end, "{treated}");
        assert_eq!(bench.told()[before..], [("OK".to_owned(), in_the_end.to_owned())]);
    }
}

#[test]
fn alarms_are_found_set_tagged_and_deleted() {
    let mut bench = Bench::with_topic(None);
    for name in ["one", "three", "two"] {
        bench.alarms("PutMetricAlarm", letters(name));
    }
    let page = bench.alarms("DescribeAlarms", json!({"MaxRecords": 2}));
    assert_eq!(page["MetricAlarms"].as_array().map(Vec::len), Some(2));
    let rest = bench.alarms("DescribeAlarms", json!({"NextToken": page["NextToken"]}));
    assert_eq!(rest["MetricAlarms"][0]["AlarmName"], "two");
    let input = json!({"AlarmName": "two", "StateValue": "ALARM", "StateReason": "a try"});
    bench.alarms("SetAlarmState", input);
    let raised = bench.alarms("DescribeAlarms", json!({"StateValue": "ALARM"}));
    assert_eq!(raised["MetricAlarms"].as_array().map(Vec::len), Some(1), "{raised:#}");
    bench.minutes(2);
    assert_eq!(bench.state("two"), "OK", "the next evaluation corrects it");
    let arn = "arn:aws:cloudwatch:us-west-2:111111111111:alarm:two";
    bench.alarms("TagResource", json!({"ResourceARN": arn, "Tags": [{"Key": "cost", "Value": "7"}]}));
    bench.alarms("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["team"]}));
    let tags = bench.alarms("ListTagsForResource", json!({"ResourceARN": arn}));
    assert_eq!(tags["Tags"], json!([{"Key": "cost", "Value": "7"}]));
    let both = bench.call(Service::CloudWatch, "DeleteAlarms", json!({"AlarmNames": ["one", "none"]}));
    assert_eq!(both.expect_err("a refusal").code, "ResourceNotFound");
    bench.alarms("DeleteAlarms", json!({"AlarmNames": ["one", "two", "three"]}));
    assert_eq!(bench.alarms("DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
    bench.minutes(3);
    assert_eq!(bench.world.queue.iter().count(), 0, "no alarm, no clock");
}

#[test]
fn what_cannot_be_an_alarm_is_refused() {
    let mut bench = Bench::with_topic(None);
    let changed = |changes: Value| {
        let mut input = letters("wrong");
        for (member, value) in changes.as_object().expect("an object") {
            input[member] = value.clone();
        }
        input
    };
    for (changes, says) in [
        (json!({"AlarmActions": ["arn:aws:sns:us-east-1:111111111111:alarms"]}), "Only us-west-2 is supported"),
        (json!({"AlarmActions": ["arn:aws:lambda:us-west-2:111111111111:function:f"]}), "Invalid arn syntax"),
        (json!({"Period": 30}), "multiples of 60"),
        (json!({"Period": 300, "EvaluationPeriods": 289}), "86400"),
        (json!({"DatapointsToAlarm": 2}), "DatapointsToAlarm"),
        (json!({"Unit": "Count"}), "without Unit"),
        (json!({"MetricName": null}), "MetricName"),
        (json!({"ComparisonOperator": "GreaterThanUpperThreshold"}), "fixed threshold"),
    ] {
        let error = bench.call(Service::CloudWatch, "PutMetricAlarm", changed(changes)).expect_err("a refusal");
        assert_eq!(error.code, "ValidationError");
        assert!(error.message.contains(says), "{}", error.message);
    }
}
