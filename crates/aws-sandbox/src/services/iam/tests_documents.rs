//! What no service stores, and what the evaluator makes of what they do store.

use serde_json::{Value, json};

use super::*;
use crate::services::organizations;
use crate::world::{Caller, Moment, ServiceError};
use aws_policy::context::Context;
use aws_policy::document::Document;

const A: &str = "111111111111";
const TRUST: &str =
    r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

fn account(text: &str) -> AccountId {
    text.parse().expect("an account")
}

/// One account that manages an organization, with a role, a key, a vault, a queue and a topic to put policies on.
fn world() -> (World, Value) {
    let regions = vec!["us-west-2".parse().expect("a Region")];
    let mut world = World::empty(7, Moment::from_millis(1_767_592_800_000), regions);
    create_administrator(&mut world, &account(A));
    organizations::create(&mut world, "o-exampleorgid", &account(A), &[]);
    let mut ask = |service, operation, input| call(&mut world, service, operation, input).expect(operation);
    ask(Service::Iam, "CreateRole", json!({ "RoleName": "r", "AssumeRolePolicyDocument": TRUST }));
    let key = ask(Service::Kms, "CreateKey", json!({}))["KeyMetadata"]["KeyId"].clone();
    ask(Service::Backup, "CreateBackupVault", json!({ "BackupVaultName": "v" }));
    let queue = ask(Service::Sqs, "CreateQueue", json!({ "QueueName": "q" }))["QueueUrl"].clone();
    let topic = ask(Service::Sns, "CreateTopic", json!({ "Name": "t" }))["TopicArn"].clone();
    (world, json!({ "key": key, "queue": queue, "topic": topic }))
}

fn call(world: &mut World, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
    let caller: Caller = administrator(world, &account(A)).expect("an administrator");
    let region = world.regions[0].clone();
    world.call(&caller, &region, service, operation, input, &Context::new())
}

/// Every place that a policy document can be written to, with a statement that it takes and what it answers otherwise.
fn places(names: &Value) -> Vec<(Service, &'static str, Value, &'static str, Value, &'static str)> {
    let anyone = |action: &str| json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*" });
    let own = json!({ "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*" });
    let trust = json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole" });
    let scp = json!({ "Name": "p", "Description": "", "Type": "SERVICE_CONTROL_POLICY" });
    let rcp = json!({ "Name": "p", "Description": "", "Type": "RESOURCE_CONTROL_POLICY" });
    let key = json!({ "KeyId": names["key"], "BypassPolicyLockoutSafetyCheck": true });
    let malformed = "MalformedPolicyDocument";
    let of_organization = "MalformedPolicyDocumentException";
    vec![
        (
            Service::Iam,
            "PutRolePolicy",
            json!({ "RoleName": "r", "PolicyName": "p" }),
            "PolicyDocument",
            own.clone(),
            malformed,
        ),
        (Service::Iam, "CreatePolicy", json!({ "PolicyName": "p" }), "PolicyDocument", own.clone(), malformed),
        (Service::Iam, "UpdateAssumeRolePolicy", json!({ "RoleName": "r" }), "PolicyDocument", trust, malformed),
        (Service::Organizations, "CreatePolicy", scp, "Content", own, of_organization),
        (Service::Organizations, "CreatePolicy", rcp, "Content", anyone("kms:*"), of_organization),
        (Service::Kms, "PutKeyPolicy", key, "Policy", anyone("kms:Decrypt"), of_organization),
        (
            Service::Backup,
            "PutBackupVaultAccessPolicy",
            json!({ "BackupVaultName": "v" }),
            "Policy",
            anyone("backup:DeleteRecoveryPoint"),
            "InvalidParameterValueException",
        ),
        (
            Service::Sns,
            "SetTopicAttributes",
            json!({ "TopicArn": names["topic"], "AttributeName": "Policy" }),
            "AttributeValue",
            anyone("sns:Publish"),
            "InvalidParameter",
        ),
        (Service::Events, "PutPermission", json!({}), "Policy", anyone("events:PutEvents"), "ValidationException"),
    ]
}

fn put(
    world: &mut World,
    service: Service,
    operation: &str,
    mut input: Value,
    member: &str,
    text: String,
) -> Result<Value, ServiceError> {
    input[member] = json!(text);
    call(world, service, operation, input)
}

fn of(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// What an operator that there is not would do to a policy: IAM User Guide, "Condition operators" (`Null` takes no
/// `IfExists`), "Set operators" (`ForAnyValue`, not `ForAnyValues`). A key twice in an element: "Grammar of the IAM JSON
/// policy language".
#[test]
fn no_service_stores_a_document_that_the_evaluator_cannot_read() {
    let (mut world, names) = world();
    for (service, operation, input, member, statement, code) in places(&names) {
        let with = |element: &str, value: Value| {
            let mut statement = statement.clone();
            statement[element] = value;
            of(&statement)
        };
        let doubled = of(&statement).replace(r#""Effect":"Deny""#, r#""Effect":"Deny","Effect":"Deny""#);
        let unreadable = [
            with("Condition", json!({ "NullIfExists": { "aws:SourceIp": "true" } })),
            with("Condition", json!({ "ForAnyValues:StringEquals": { "aws:TagKeys": "a" } })),
            with("Condition", json!({ "StringSame": { "aws:SourceIp": "x" } })),
            with("Condition", json!({ "StringEquals": { "aws:SourceIp": { "x": "y" } } })),
            with("Sid", json!(1)),
            with("Effect", json!("Refuse")),
            doubled,
            "{".to_owned(),
        ];
        for text in unreadable {
            let answer = put(&mut world, service, operation, input.clone(), member, text.clone());
            let refused = answer.expect_err(&format!("{operation} stored {text}"));
            assert_eq!(refused.code, code, "{operation} of {text}: {refused}");
        }
        put(&mut world, service, operation, input, member, of(&statement)).expect(operation);
        assert!(Document::parse(&of(&statement)).is_ok());
    }
    let queue = |policy: &str| json!({ "QueueUrl": names["queue"], "Attributes": { "Policy": policy } });
    let text =
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Same":{}}}}"#;
    assert!(call(&mut world, Service::Sqs, "SetQueueAttributes", queue(text)).is_err());
    let short = json!({ "Action": "events:PutEvents", "Principal": "*", "StatementId": "s",
        "Condition": { "Type": "Same", "Key": "aws:PrincipalOrgID", "Value": "o-a" } });
    assert!(call(&mut world, Service::Events, "PutPermission", short).is_err());
}

/// IAM User Guide, "Resource" (the service is named; a short ARN is completed), "NotPrincipal" (not in a trust policy),
/// "Principal" (no wildcard within a session's ARN); Organizations User Guide, "SCP syntax" (no Principal, an Effect),
/// "RCP syntax" (only Deny, Principal `*`, no NotAction).
#[test]
fn what_the_language_refuses_beyond_its_grammar() {
    let (mut world, _) = world();
    let identity =
        |resource: &str| (Service::Iam, json!({ "Effect": "Allow", "Action": "ec2:Describe", "Resource": resource }));
    let trust = |element: &str, who: Value| {
        let mut statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole" });
        statement[element] = who;
        (Service::Sts, statement)
    };
    let organization = |kind: &'static str, statement: Value| (kind, statement);
    let rcp = |more: Value| {
        let mut all = json!({ "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*" });
        all.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        organization("RESOURCE_CONTROL_POLICY", all)
    };
    let cases = [
        (identity("arn:aws:ec2:*"), true),
        (identity("arn:aws:backup:*"), true),
        (identity("arn:aws:ec2"), true),
        (identity("arn:aws:*:us-east-1:111111111111:*"), false),
        (identity("arn:aws:e?2:us-east-1:111111111111:*"), false),
        (identity("orders"), false),
        (trust("Principal", json!({ "AWS": A })), true),
        (trust("NotPrincipal", json!({ "AWS": A })), false),
        (trust("Principal", json!({ "AWS": "arn:aws:sts::111111111111:assumed-role/r/*" })), false),
    ];
    for ((service, statement), stored) in cases {
        let (operation, input) = match service {
            Service::Iam => ("PutRolePolicy", json!({ "RoleName": "r", "PolicyName": "p" })),
            _ => ("UpdateAssumeRolePolicy", json!({ "RoleName": "r" })),
        };
        let answer = put(&mut world, Service::Iam, operation, input, "PolicyDocument", of(&statement));
        assert_eq!(answer.is_ok(), stored, "{statement}: {answer:?}");
    }
    let scp = |statement: Value| organization("SERVICE_CONTROL_POLICY", statement);
    let without_action = json!({ "Effect": "Deny", "Principal": "*", "NotAction": "kms:*", "Resource": "*" });
    let cases = [
        (scp(json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" })), true),
        (scp(json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*" })), false),
        (scp(json!({ "Action": "s3:*", "Resource": "*" })), false),
        (rcp(json!({})), true),
        (rcp(json!({ "Effect": "Allow" })), false),
        (rcp(json!({ "Principal": { "AWS": A } })), false),
        (organization("RESOURCE_CONTROL_POLICY", without_action), false),
    ];
    for (number, ((kind, statement), stored)) in cases.into_iter().enumerate() {
        let input = json!({ "Name": format!("p{number}"), "Description": "", "Type": kind });
        let answer = put(&mut world, Service::Organizations, "CreatePolicy", input, "Content", of(&statement));
        assert_eq!(answer.is_ok(), stored, "{kind} {statement}: {answer:?}");
    }
}
