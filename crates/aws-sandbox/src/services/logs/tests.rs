use serde_json::{Value, json};

use crate::services::{Service, iam};
use crate::world::{Caller, Moment, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::{AccountId, Region};

const START: i64 = 1_767_592_800_000;
const GROUP: &str = "/aws/lambda/copy";

struct Bench {
    world: World,
    administrator: Caller,
}

fn region() -> Region {
    "us-west-2".parse().expect("a Region")
}

impl Bench {
    fn new() -> Self {
        let account: AccountId = "111111111111".parse().expect("an account");
        let mut world = World::empty(1, Moment::from_millis(START - 60_000), vec![region()]);
        iam::create_administrator(&mut world, &account);
        world.advance_to(Moment::from_millis(START));
        let administrator = iam::administrator(&world, &account).expect("an administrator");
        Self { world, administrator }
    }

    /// With one group and one stream, `s`.
    fn with_stream() -> Self {
        let mut bench = Self::new();
        bench.ok("CreateLogGroup", json!({ "logGroupName": GROUP }));
        bench.ok("CreateLogStream", json!({"logGroupName": GROUP, "logStreamName": "s"}));
        bench
    }

    fn call(&mut self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        self.world.call(&caller, &region(), Service::Logs, operation, input, &Context::new())
    }

    fn ok(&mut self, operation: &str, input: Value) -> Value {
        self.call(operation, input).expect(operation)
    }

    fn refused(&mut self, operation: &str, input: Value) -> String {
        self.call(operation, input).expect_err("a refusal").to_string()
    }

    fn put(&mut self, messages: &[&str]) {
        let events: Vec<Value> =
            messages.iter().enumerate().map(|(i, m)| json!({"timestamp": START + i as i64, "message": m})).collect();
        self.ok("PutLogEvents", json!({"logGroupName": GROUP, "logStreamName": "s", "logEvents": events}));
    }
}

/// Texts as clients show them (no full stop after "already exists").
#[test]
fn what_is_absent_or_there_already_is_said_in_the_services_words() {
    let mut bench = Bench::with_stream();
    assert_eq!(
        bench.refused("CreateLogGroup", json!({ "logGroupName": GROUP })),
        "ResourceAlreadyExistsException: The specified log group already exists"
    );
    assert_eq!(
        bench.refused("CreateLogStream", json!({"logGroupName": GROUP, "logStreamName": "s"})),
        "ResourceAlreadyExistsException: The specified log stream already exists"
    );
    assert_eq!(
        bench.refused("DescribeLogStreams", json!({"logGroupName": "none"})),
        "ResourceNotFoundException: The specified log group does not exist."
    );
    assert_eq!(
        bench.refused("GetLogEvents", json!({"logGroupName": GROUP, "logStreamName": "none"})),
        "ResourceNotFoundException: The specified log stream does not exist."
    );
}

#[test]
fn a_group_shows_its_arns_and_its_retention() {
    let mut bench = Bench::with_stream();
    bench.ok("PutRetentionPolicy", json!({"logGroupName": GROUP, "retentionInDays": 30}));
    bench.put(&["four"]);
    assert_eq!(
        bench.ok("DescribeLogGroups", json!({"logGroupNamePrefix": "/aws/"})),
        json!({"logGroups": [{"logGroupName": GROUP, "creationTime": START, "metricFilterCount": 0,
            "arn": "arn:aws:logs:us-west-2:111111111111:log-group:/aws/lambda/copy:*", "storedBytes": 30,
            "logGroupClass": "STANDARD",
            "logGroupArn": "arn:aws:logs:us-west-2:111111111111:log-group:/aws/lambda/copy", "retentionInDays": 30}]})
    );
    assert_eq!(bench.ok("DescribeLogGroups", json!({"logGroupNamePrefix": "x"})), json!({"logGroups": []}));
    assert!(bench.call("PutRetentionPolicy", json!({"logGroupName": GROUP, "retentionInDays": 2})).is_err());
}

#[test]
fn groups_come_in_pages() {
    let mut bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.ok("CreateLogGroup", json!({ "logGroupName": name }));
    }
    let first = bench.ok("DescribeLogGroups", json!({"limit": 2}));
    assert_eq!(first["logGroups"].as_array().map(Vec::len), Some(2));
    let second = bench.ok("DescribeLogGroups", json!({"limit": 2, "nextToken": first["nextToken"]}));
    assert_eq!(second["logGroups"][0]["logGroupName"], "c");
    assert_eq!(second.get("nextToken"), None);
}

#[test]
fn a_stream_is_read_forward_until_its_token_stays() {
    let mut bench = Bench::with_stream();
    bench.put(&["one", "two", "three"]);
    let mut input = json!({"logGroupName": GROUP, "logStreamName": "s", "startFromHead": true, "limit": 2});
    let mut seen = Vec::new();
    loop {
        let page = bench.ok("GetLogEvents", input.clone());
        seen.extend(page["events"].as_array().expect("events").iter().map(|event| event["message"].clone()));
        if input["nextToken"] == page["nextForwardToken"] {
            break;
        }
        input["nextToken"] = page["nextForwardToken"].clone();
    }
    assert_eq!(json!(seen), json!(["one", "two", "three"]));
    let last = bench.ok("GetLogEvents", json!({"logGroupName": GROUP, "logStreamName": "s", "limit": 1}));
    assert_eq!(last["events"], json!([{"timestamp": START + 2, "message": "three", "ingestionTime": START}]));
    let until = json!({"logGroupName": GROUP, "logStreamName": "s", "endTime": START + 1});
    assert_eq!(bench.ok("GetLogEvents", until)["events"].as_array().map(Vec::len), Some(1));
}

/// CloudWatch Logs User Guide, "Filter pattern syntax".
#[test]
fn patterns_of_words_leave_out_what_they_should() {
    let mut bench = Bench::with_stream();
    bench.put(&["ERROR one", "INFO two", "ERROR three"]);
    for (pattern, expected) in [
        ("", 3),
        ("ERROR", 2),
        ("ERROR one", 1),
        ("\"ERROR three\"", 1),
        ("?one ?two", 2),
        ("ERROR -three", 1),
        ("error", 0),
    ] {
        let found = bench.ok("FilterLogEvents", json!({"logGroupName": GROUP, "filterPattern": pattern}));
        assert_eq!(found["events"].as_array().map(Vec::len), Some(expected), "{pattern}");
    }
    assert!(bench.call("FilterLogEvents", json!({"logGroupName": GROUP, "filterPattern": "{ $.a = 1 }"})).is_err());
    let first = bench.ok("FilterLogEvents", json!({"logGroupName": GROUP, "limit": 2}));
    let rest = bench.ok("FilterLogEvents", json!({"logGroupName": GROUP, "limit": 2, "nextToken": first["nextToken"]}));
    assert_eq!(rest["events"][0]["message"], "ERROR three");
}

/// Limits of "PutLogEvents" in the CloudWatch Logs API Reference.
#[test]
fn events_out_of_order_or_out_of_time_are_not_taken() {
    let mut bench = Bench::with_stream();
    let put = |times: &[i64]| {
        let events: Vec<Value> = times.iter().map(|at| json!({"timestamp": START + at, "message": "m"})).collect();
        json!({"logGroupName": GROUP, "logStreamName": "s", "logEvents": events})
    };
    assert!(bench.call("PutLogEvents", put(&[1, 0])).is_err());
    let hour = 3_600_000;
    assert_eq!(
        bench.ok("PutLogEvents", put(&[0, 2 * hour + 1])),
        json!({"rejectedLogEventsInfo": {"tooNewLogEventStartIndex": 1}})
    );
    assert_eq!(
        bench.ok("PutLogEvents", put(&[-15 * 24 * hour])),
        json!({"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}})
    );
    bench.ok("PutRetentionPolicy", json!({"logGroupName": GROUP, "retentionInDays": 1}));
    bench.world.advance_to(Moment::from_millis(START + 25 * hour));
    let events = bench.ok("GetLogEvents", json!({"logGroupName": GROUP, "logStreamName": "s"}));
    assert_eq!(events["events"], json!([]));
}

#[test]
fn a_group_is_tagged_by_its_arn() {
    let mut bench = Bench::with_stream();
    let arn = format!("arn:aws:logs:us-west-2:111111111111:log-group:{GROUP}");
    bench.ok("TagResource", json!({"resourceArn": arn, "tags": {"a": "1", "b": "2"}}));
    bench.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["a"]}));
    assert_eq!(bench.ok("ListTagsForResource", json!({ "resourceArn": arn })), json!({"tags": {"b": "2"}}));
    assert!(bench.call("ListTagsForResource", json!({"resourceArn": format!("{arn}:*")})).is_err());
}

#[test]
fn what_a_function_writes_makes_its_group_and_stream() {
    let mut bench = Bench::new();
    let place = Place::new(bench.administrator.account(), region());
    let role = bench.administrator.clone();
    for line in ["first", "second"] {
        super::write(&mut bench.world, &role, &place, GROUP, "s", &[line.to_owned()]);
    }
    let events = bench.ok("GetLogEvents", json!({"logGroupName": GROUP, "logStreamName": "s"}));
    assert_eq!(events["events"][0]["message"], "first\n");
    assert_eq!(events["events"][1]["message"], "second\n");
}
