use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::services::Service;
use crate::services::bench::{account, region, world};
use crate::world::{Caller, Place, ServiceError, World};
use aws_policy::context::Context;

struct Bench {
    world: World,
    administrator: Caller,
    place: Place,
}

const SOURCE: &str = "def handler(event, context):\n    pass\n";

impl Bench {
    fn new() -> Self {
        let (world, administrator) = world(vec![region()]);
        let mut bench = Self { world, administrator, place: Place::new(account(), region()) };
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let input = json!({"RoleName": "function", "AssumeRolePolicyDocument": trust.to_string(), "Path": "/"});
        bench.call(Service::Iam, "CreateRole", input).expect("a role");
        bench.wait(60);
        bench
    }

    fn call(&mut self, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        let context = Context::new().with("aws:CalledVia", "cloudformation.amazonaws.com");
        self.world.call(&caller, &self.place.region.clone(), service, operation, input, &context)
    }

    fn lambda(&mut self, operation: &str, input: Value) -> Value {
        self.call(Service::Lambda, operation, input).expect(operation)
    }

    fn refused(&mut self, operation: &str, input: Value) -> String {
        self.call(Service::Lambda, operation, input).expect_err("a refusal").to_string()
    }

    fn wait(&mut self, seconds: i64) {
        self.world.advance_to(self.world.now.plus_seconds(seconds));
    }

    fn create(&mut self) -> Value {
        let answer = self.lambda(
            "CreateFunction",
            json!({"FunctionName": "f", "Role": "arn:aws:iam::111111111111:role/function", "Runtime": "python3.13",
                "Handler": "index.handler", "Code": {"ZipFile": STANDARD.encode(SOURCE)}, "Timeout": null,
                "Environment": {"Variables": {"INTERMEDIATE_VAULT_NAME": "intermediate",
                    "DESTINATION_VAULT_ARN": "arn:aws:backup:us-west-2:222222222222:backup-vault:destination"}}}),
        );
        self.wait(10);
        answer
    }

    fn send(&mut self) {
        let payload = STANDARD.encode(json!({"source": "mine"}).to_string());
        let answer = self.lambda("Invoke", json!({"FunctionName": "f", "InvocationType": "Event", "Payload": payload}));
        assert_eq!(answer["StatusCode"], 202);
    }

    fn runs(&self) -> Vec<i64> {
        let state = self.world.services.lambda.get(&self.place).expect("a state");
        let starts = state.written().filter(|line| line.message.starts_with("START"));
        starts.map(|line| line.at.millis()).collect()
    }
}

#[test]
fn a_function_is_made_and_read() {
    let mut bench = Bench::new();
    let made = bench.create();
    assert_eq!(made["State"], "Pending");
    assert_eq!(made["Timeout"], 3);
    let found = bench.lambda("GetFunction", json!({"FunctionName": "f"}));
    assert_eq!(found["Configuration"]["State"], "Active");
    assert_eq!(found["Configuration"]["FunctionArn"], "arn:aws:lambda:us-west-2:111111111111:function:f");
    assert_eq!(found["Configuration"]["LoggingConfig"]["LogGroup"], "/aws/lambda/f");
    assert_eq!(
        bench.refused("GetFunction", json!({"FunctionName": "g"})),
        "ResourceNotFoundException: Function not found: arn:aws:lambda:us-west-2:111111111111:function:g"
    );
}

#[test]
fn permissions_make_the_policy() {
    let mut bench = Bench::new();
    bench.create();
    assert_eq!(
        bench.refused("GetPolicy", json!({"FunctionName": "f"})),
        "ResourceNotFoundException: The resource you requested does not exist."
    );
    let input = json!({"FunctionName": "f", "StatementId": "s", "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com", "SourceArn": "arn:aws:events:us-west-2:111111111111:rule/r"});
    bench.lambda("AddPermission", input.clone());
    let policy = bench.lambda("GetPolicy", json!({"FunctionName": "f"}))["Policy"].clone();
    let policy: Value = serde_json::from_str(policy.as_str().expect("a text")).expect("a document");
    let expected = json!({"Sid": "s", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-west-2:111111111111:function:f",
        "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:events:us-west-2:111111111111:rule/r"}}});
    assert_eq!(policy["Statement"], json!([expected]));
    assert!(bench.refused("AddPermission", input).starts_with("ResourceConflictException: The statement id (s)"));
    bench.lambda("RemovePermission", json!({"FunctionName": "f", "StatementId": "s"}));
}

#[test]
fn an_error_is_tried_again_after_one_and_after_two_minutes() {
    let mut bench = Bench::new();
    bench.create();
    // The source is not the shipped one: each run ends in an error.
    bench.send();
    bench.wait(3600);
    let runs = bench.runs();
    assert_eq!(runs.len(), 3);
    assert_eq!((runs[1] - runs[0], runs[2] - runs[1]), (60_000, 120_000));
}

#[test]
fn the_event_invoke_configuration_bounds_the_tries() {
    let mut bench = Bench::new();
    bench.create();
    bench.lambda("PutFunctionEventInvokeConfig", json!({"FunctionName": "f", "MaximumRetryAttempts": 0}));
    bench.send();
    bench.wait(3600);
    assert_eq!(bench.runs().len(), 1);
}

#[test]
fn no_reserved_concurrency_throttles_until_there_is_some() {
    let mut bench = Bench::new();
    bench.create();
    bench.lambda("PutFunctionConcurrency", json!({"FunctionName": "f", "ReservedConcurrentExecutions": 0}));
    assert_eq!(bench.refused("Invoke", json!({"FunctionName": "f"})), "TooManyRequestsException: Rate Exceeded.");
    bench.send();
    bench.wait(3600);
    assert!(bench.runs().is_empty());
    bench.lambda("DeleteFunctionConcurrency", json!({"FunctionName": "f"}));
    bench.wait(300);
    assert!(!bench.runs().is_empty());
}

#[test]
fn after_six_hours_a_throttled_event_is_dropped() {
    let mut bench = Bench::new();
    bench.create();
    bench.lambda("PutFunctionConcurrency", json!({"FunctionName": "f", "ReservedConcurrentExecutions": 0}));
    bench.send();
    bench.wait(7 * 3600);
    bench.lambda("DeleteFunctionConcurrency", json!({"FunctionName": "f"}));
    bench.wait(3600);
    assert!(bench.runs().is_empty());
}

#[test]
fn the_shipped_source_runs() {
    let mut bench = Bench::new();
    bench.create();
    let answer = bench.lambda("Invoke", json!({"FunctionName": "f"}));
    assert_eq!(answer["FunctionError"], "Unhandled");
    super::ship(&mut bench.world, SOURCE);
    let answer = bench.lambda("Invoke", json!({"FunctionName": "f"}));
    assert_eq!(answer["FunctionError"], Value::Null);
    let payload = STANDARD.decode(answer["Payload"].as_str().expect("a payload")).expect("base64");
    let record: Value = serde_json::from_slice(&payload).expect("a record");
    assert_eq!(record["outcome"], "ignored");
}
