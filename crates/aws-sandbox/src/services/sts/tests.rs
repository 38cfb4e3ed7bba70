use serde_json::json;

use super::*;
use crate::services::Service;
use crate::services::conformance::assert_conforms;
use aws_policy::context::Context;
use aws_policy::names::AccountId;

const A: &str = "111111111111";
const TARGET: &str = "arn:aws:iam::111111111111:role/target";

fn world() -> World {
    let account: AccountId = A.parse().expect("an account");
    let mut world =
        World::empty(7, Moment::from_millis(1_767_592_800_000), vec!["us-west-2".parse().expect("a Region")]);
    iam::create_administrator(&mut world, &account);
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" }, "Action": "sts:AssumeRole" }],
    });
    let input = json!({ "RoleName": "target", "AssumeRolePolicyDocument": trust.to_string() });
    ask(&mut world, Service::Iam, "CreateRole", input).expect("a role");
    world.advance_to(world.now.plus_seconds(10));
    world
}

fn ask(world: &mut World, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
    let (caller, _) = authenticate(world, "AKIA111111111111SAND", None)?;
    let region = world.regions[0].clone();
    let answer = world.call(&caller, &region, service, operation, input, &Context::new());
    answer.inspect(|answer| assert_conforms(service, operation, answer))
}

/// STS API Reference, "GetCallerIdentity".
#[test]
fn a_caller_learns_who_it_is() {
    let mut world = world();
    let user = ask(&mut world, Service::Sts, "GetCallerIdentity", json!({})).expect("an identity");
    assert_eq!(user["Account"], A);
    assert_eq!(user["Arn"], "arn:aws:iam::111111111111:user/administrator");
    assert!(user["UserId"].as_str().is_some_and(|id| id.starts_with("AIDA")));
}

/// STS API Reference, "AssumeRole": key `ASIA…`, ARN of the assumed role, one hour by default.
#[test]
fn a_session_works_until_it_ends() {
    let mut world = world();
    let input = json!({ "RoleArn": TARGET, "RoleSessionName": "drill" });
    let answer = ask(&mut world, Service::Sts, "AssumeRole", input).expect("credentials");
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::111111111111:assumed-role/target/drill");
    let credentials = &answer["Credentials"];
    let key = credentials["AccessKeyId"].as_str().expect("a key");
    let token = credentials["SessionToken"].as_str();
    assert!(key.starts_with("ASIA") && key.len() == 20);
    let (caller, secret) = authenticate(&world, key, token).expect("a session");
    assert_eq!(credentials["SecretAccessKey"], secret);
    assert_eq!(caller.shown(), "arn:aws:sts::111111111111:assumed-role/target/drill");
    let wrong = authenticate(&world, key, Some("another")).expect_err("a wrong token");
    assert_eq!(wrong.code, "InvalidClientTokenId");
    let region = world.regions[0].clone();
    let who = world.call(&caller, &region, Service::Sts, "GetCallerIdentity", json!({}), &Context::new()).expect("one");
    assert!(who["UserId"].as_str().is_some_and(|id| id.starts_with("AROA") && id.ends_with(":drill")));
    world.advance_to(world.now.plus_seconds(3600));
    let ended = authenticate(&world, key, token).expect_err("an ended session");
    assert_eq!(
        (ended.code.as_str(), ended.message.as_str()),
        ("ExpiredToken", "The security token included in the request is expired")
    );
    assert!(authenticate_at(&world, key, token, world.now.plus_seconds(-1)).is_ok(), "by the client's clock");
}

#[test]
fn an_unknown_key_is_refused_in_stss_words() {
    let error = authenticate(&world(), "AKIA999999999999SAND", None).expect_err("unknown");
    assert_eq!(error.code, "InvalidClientTokenId");
    assert_eq!(error.message, "The security token included in the request is invalid.");
}

/// STS API Reference, "AssumeRole": limits of name and duration; a role that is not there is denied.
#[test]
fn what_cannot_be_assumed_is_said() {
    let mut world = world();
    let cases = [
        (json!({ "RoleArn": TARGET, "RoleSessionName": "x" }), "ValidationError", "length greater than or equal to 2"),
        (json!({ "RoleArn": TARGET, "RoleSessionName": "a b" }), "ValidationError", "[\\w+=,.@-]*"),
        (
            json!({ "RoleArn": TARGET, "RoleSessionName": "drill", "DurationSeconds": 7200 }),
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            json!({ "RoleArn": "arn:aws:iam::111111111111:role/none", "RoleSessionName": "drill" }),
            "AccessDenied",
            "User: arn:aws:iam::111111111111:user/administrator is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/none",
        ),
    ];
    for (input, code, text) in cases {
        let error = ask(&mut world, Service::Sts, "AssumeRole", input).expect_err(text);
        assert_eq!(error.code, code);
        assert!(error.message.contains(text), "{}", error.message);
    }
}

/// STS API Reference, "GetSessionToken": the user itself, for a while.
#[test]
fn a_user_gets_temporary_credentials_for_itself() {
    let mut world = world();
    let answer =
        ask(&mut world, Service::Sts, "GetSessionToken", json!({ "DurationSeconds": 900 })).expect("credentials");
    let credentials = &answer["Credentials"];
    let key = credentials["AccessKeyId"].as_str().expect("a key");
    let (caller, _) = authenticate(&world, key, credentials["SessionToken"].as_str()).expect("a session");
    assert_eq!(caller.shown(), "arn:aws:iam::111111111111:user/administrator");
    let region = world.regions[0].clone();
    let again = world.call(&caller, &region, Service::Sts, "GetSessionToken", json!({}), &Context::new());
    assert_eq!(again.expect_err("a session").code, "AccessDenied");
}
