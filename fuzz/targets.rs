//! What reads texts from outside, each as a plain function of bytes.
//!
//! The tests give every target its corpus and some thousand seeded mutations; `fuzz/run` feeds the
//! same functions to a coverage-guided fuzzer. A target must not panic, whatever it is given, and
//! where it asserts something, that must hold for every input.

use std::cell::RefCell;

use backupctl::config::{self, Selected};
use backupctl::policy::context::Context;
use backupctl::policy::document::Document;
use backupctl::policy::evaluate::{
    Caller as Policies, Named, Principal, Request as Question, Resource, ResourceRule, evaluate,
};
use backupctl::sandbox::scenario::{Scenario, built_in};
use backupctl::sandbox::services::Service;
use backupctl::sandbox::wire::http::Request;
use backupctl::sandbox::wire::{decode, signature};
use backupctl::sandbox::world::{Caller, World};
use serde_json::json;

/// A target by its name, which is also its folder under `fuzz/corpus`.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What it does with some bytes.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "rest_json_body", run: rest_json_body },
    Target { name: "rest_json_address", run: rest_json_address },
    Target { name: "aws_json_body", run: aws_json_body },
    Target { name: "query_body", run: query_body },
    Target { name: "authorization_header", run: authorization_header },
    Target { name: "policy_document", run: policy_document },
    Target { name: "event_pattern", run: event_pattern },
    Target { name: "template", run: template },
    Target { name: "configuration", run: configuration },
    Target { name: "scenario", run: scenario },
];

fn request(service: &str, method: &str, path: &str, query: &str, target: &str, body: &[u8]) -> Request {
    let scope = format!("AKIA111111111111SAND/20260105/us-west-2/{service}/aws4_request");
    let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=00");
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: vec![
            ("authorization".to_owned(), authorization),
            ("x-amz-target".to_owned(), target.to_owned()),
            ("x-amz-date".to_owned(), "20260105T060000Z".to_owned()),
        ],
        body: body.to_vec(),
    }
}

/// Reads a request; a refusal must be an answer that a client can read.
fn read(request: &Request) {
    if let Err(refusal) = decode(request) {
        let answer = refusal.into_response("r");
        assert!((400..600).contains(&answer.status), "{request:?} gave {answer:?}");
    }
}

fn rest_json_body(bytes: &[u8]) {
    read(&request("backup", "PUT", "/copy-jobs", "", "", bytes));
    read(&request("lambda", "POST", "/2015-03-31/functions", "", "", bytes));
}

fn rest_json_address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (path, query) = text.split_once('?').unwrap_or((&text, ""));
    read(&request("backup", "GET", path, query, "", b""));
}

fn aws_json_body(bytes: &[u8]) {
    read(&request("events", "POST", "/", "", "AWSEvents.PutTargets", bytes));
    read(&request("sqs", "POST", "/", "", "AmazonSQS.SendMessage", bytes));
}

fn query_body(bytes: &[u8]) {
    read(&request("cloudformation", "POST", "/", "", "", bytes));
    read(&request("rds", "POST", "/", "", "", bytes));
}

fn authorization_header(bytes: &[u8]) {
    let mut bent = request("kms", "POST", "/", "", "TrentService.ListKeys", b"{}");
    bent.headers[0].1 = String::from_utf8_lossy(bytes).into_owned();
    read(&bent);
    assert!(signature::verify(&bent, "sandbox").is_err(), "nobody signed this: {bent:?}");
}

/// A document that cannot be read must deny, as a key policy and as an identity policy.
fn policy_document(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let readable = Document::parse(&text).is_ok();
    let named = |text: &str| Named { name: "bent".to_owned(), text: text.to_owned() };
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let account = "111111111111".parse().expect("an account id");
    let principal = Principal::Session {
        role: "arn:aws:iam::111111111111:role/example".parse().expect("an ARN"),
        role_id: "AROAEXAMPLE".to_owned(),
        name: "session".to_owned(),
    };
    let resource = Resource {
        arn: "arn:aws:kms:us-west-2:111111111111:key/1".to_owned(),
        owner: account,
        policies: vec![named(&text)],
        rule: ResourceRule::Key,
        grants: Vec::new(),
    };
    let context = Context::new().with("kms:ViaService", "rds.us-west-2.amazonaws.com");
    let question =
        Question { principal: &principal, action: "kms:CreateGrant", resource: &resource, context: &context };
    let as_key_policy = evaluate(&question, &Policies { identity: vec![named(all)], ..Policies::default() });
    assert!(readable || !as_key_policy.is_allowed(), "an unreadable key policy allowed: {text}");
    let resource = Resource { policies: vec![named(all)], ..resource.clone() };
    let question = Question { resource: &resource, ..question };
    let as_identity_policy = evaluate(&question, &Policies { identity: vec![named(&text)], ..Policies::default() });
    assert!(readable || !as_identity_policy.is_allowed(), "an unreadable identity policy allowed: {text}");
}

/// Asks a service of one small world, as the account's administrator. Only reading operations: the
/// world stays as it is, but for the request ids that it draws.
fn ask(service: Service, operation: &str, input: serde_json::Value) {
    thread_local! {
        static WORLD: RefCell<World> = RefCell::new(built_in(1));
    }
    WORLD.with_borrow_mut(|world| {
        let account = "111111111111".parse().expect("an account id");
        let caller = Caller {
            principal: Principal::Root(account),
            account: "111111111111".parse().expect("an account id"),
            session_policies: Vec::new(),
            expires: None,
            clock: None,
            issued: None,
            held_by: None,
        };
        let region = "us-west-2".parse().expect("a Region");
        // A refusal is an answer; what counts is that there is one.
        drop(world.call(&caller, &region, service, operation, input, &Context::new()));
    });
}

fn event_pattern(bytes: &[u8]) {
    let pattern = String::from_utf8_lossy(bytes);
    let event = r#"{"id":"1","source":"aws.backup","account":"111111111111","time":"2026-01-05T06:00:00Z","region":"us-east-1","resources":[],"detail-type":"Copy Job State Change","detail":{"state":"COMPLETED","backupSizeInBytes":5,"createdBy":{"backupPlanId":"p"},"list":[{"a":1},{"b":null}]}}"#;
    ask(Service::Events, "TestEventPattern", json!({"EventPattern": pattern, "Event": event}));
    ask(Service::Events, "TestEventPattern", json!({"EventPattern": r#"{"source":["aws.backup"]}"#, "Event": pattern}));
}

fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    ask(Service::CloudFormation, "ValidateTemplate", json!({"TemplateBody": text}));
}

/// A configuration that is refused says where and what to do.
fn configuration(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = config::read("bent.toml", &text, Selected::Required) {
        assert!(!error.mistakes.is_empty(), "{text}");
        assert!(error.mistakes.iter().all(|mistake| !mistake.hint.is_empty()), "{error:?}");
    }
}

fn scenario(bytes: &[u8]) {
    drop(toml::from_str::<Scenario>(&String::from_utf8_lossy(bytes)));
}
