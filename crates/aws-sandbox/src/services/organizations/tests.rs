use serde_json::{Value, json};

use super::*;
use crate::services::conformance::assert_conforms;
use crate::services::{Service, iam};
use crate::world::{Caller, Moment};
use aws_policy::context::Context;
use aws_policy::names::AccountId;

const MANAGEMENT: &str = "111111111111";
const MEMBER: &str = "222222222222";
const STRANGER: &str = "333333333333";

fn account(text: &str) -> AccountId {
    text.parse().expect("an account")
}

fn world() -> World {
    let mut world =
        World::empty(7, Moment::from_millis(1_767_592_800_000), vec!["us-west-2".parse().expect("a Region")]);
    for id in [MANAGEMENT, MEMBER, STRANGER] {
        iam::create_administrator(&mut world, &account(id));
    }
    create(&mut world, "o-exampleorgid", &account(MANAGEMENT), &[account(MEMBER)]);
    world
}

fn ask(world: &mut World, who: &str, operation: &str, input: Value) -> Result<Value, ServiceError> {
    let caller = iam::administrator(world, &account(who)).expect("an administrator");
    let region = world.regions[0].clone();
    let answer = world.call(&caller, &region, Service::Organizations, operation, input, &Context::new());
    answer.inspect(|answer| assert_conforms(Service::Organizations, operation, answer))
}

/// Organizations API Reference, "DescribeOrganization": any member may call it.
#[test]
fn every_member_may_describe_the_organization_and_only_they() {
    let mut world = world();
    for who in [MANAGEMENT, MEMBER] {
        let shown = ask(&mut world, who, "DescribeOrganization", json!({})).expect("shown")["Organization"].clone();
        assert_eq!(shown["Id"], "o-exampleorgid");
        assert_eq!(shown["MasterAccountId"], MANAGEMENT);
        assert_eq!(shown["FeatureSet"], "ALL");
        assert_eq!(shown["Arn"], "arn:aws:organizations::111111111111:organization/o-exampleorgid");
    }
    let refused = ask(&mut world, STRANGER, "DescribeOrganization", json!({})).expect_err("no member");
    assert_eq!(refused.code, "AWSOrganizationsNotInUseException");
    let refused = ask(&mut world, MEMBER, "ListAccounts", json!({})).expect_err("not management");
    assert_eq!(refused.code, "AccessDeniedException");
}

#[test]
fn trusted_access_is_turned_on_and_off() {
    let mut world = world();
    let service = json!({ "ServicePrincipal": "backup.amazonaws.com" });
    ask(&mut world, MANAGEMENT, "EnableAWSServiceAccess", service.clone()).expect("on");
    assert!(of(&world, &account(MEMBER)).is_some_and(|organization| organization.trusts("backup.amazonaws.com")));
    let listed = ask(&mut world, MANAGEMENT, "ListAWSServiceAccessForOrganization", json!({})).expect("a list");
    assert_eq!(listed["EnabledServicePrincipals"][0]["ServicePrincipal"], "backup.amazonaws.com");
    let refused = ask(&mut world, MEMBER, "DisableAWSServiceAccess", service.clone()).expect_err("not management");
    assert_eq!(refused.code, "AccessDeniedException");
    ask(&mut world, MANAGEMENT, "DisableAWSServiceAccess", service).expect("off");
    assert!(of(&world, &account(MEMBER)).is_some_and(|organization| !organization.trusts("backup.amazonaws.com")));
}

/// Organizations User Guide, "Service control policies": every level counts, the management account
/// is not restricted, FullAWSAccess is attached everywhere at first.
#[test]
fn service_control_policies_count_level_by_level() {
    let mut world = world();
    assert!(service_control(&world, &account(MEMBER)).is_empty(), "not enabled yet");
    place_in_unit(&mut world, &account(MEMBER), "databases");
    let root = of(&world, &account(MEMBER)).expect("an organization").root.clone();
    let content =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"kms:CreateGrant","Resource":"*"}]}"#;
    let policy =
        json!({ "Content": content, "Description": "", "Name": "no-grants", "Type": "SERVICE_CONTROL_POLICY" });
    let id =
        ask(&mut world, MANAGEMENT, "CreatePolicy", policy).expect("a policy")["Policy"]["PolicySummary"]["Id"].clone();
    let attach = json!({ "PolicyId": id, "TargetId": MEMBER });
    let refused = ask(&mut world, MANAGEMENT, "AttachPolicy", attach.clone()).expect_err("not enabled");
    assert_eq!(refused.code, "PolicyTypeNotEnabledException");
    let enable = json!({ "RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY" });
    ask(&mut world, MANAGEMENT, "EnablePolicyType", enable).expect("enabled");
    ask(&mut world, MANAGEMENT, "AttachPolicy", attach.clone()).expect("attached");
    let levels = service_control(&world, &account(MEMBER));
    assert_eq!(levels.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2], "root, unit, account");
    assert_eq!(levels[2][1].text, content);
    assert!(service_control(&world, &account(MANAGEMENT)).is_empty());
    let again = ask(&mut world, MANAGEMENT, "AttachPolicy", attach.clone()).expect_err("twice");
    assert_eq!(again.code, "DuplicatePolicyAttachmentException");
    let full = json!({ "PolicyId": "p-FullAWSAccess", "TargetId": MEMBER });
    ask(&mut world, MANAGEMENT, "DetachPolicy", full).expect("another one is left");
    let last = ask(&mut world, MANAGEMENT, "DetachPolicy", attach).expect_err("the last one");
    assert_eq!(last.code, "ConstraintViolationException");
}

/// IAM User Guide, "aws:PrincipalOrgPaths".
#[test]
fn a_path_names_organization_root_and_units() {
    let mut world = world();
    let root = of(&world, &account(MEMBER)).expect("an organization").root.clone();
    assert_eq!(organization_path(&world, &account(MEMBER)), Some(format!("o-exampleorgid/{root}/")));
    place_in_unit(&mut world, &account(MEMBER), "databases");
    let path = organization_path(&world, &account(MEMBER)).expect("a path");
    assert!(path.starts_with(&format!("o-exampleorgid/{root}/ou-")) && path.ends_with('/'), "{path}");
    let parents = ask(&mut world, MANAGEMENT, "ListParents", json!({ "ChildId": MEMBER })).expect("a parent");
    assert_eq!(parents["Parents"][0]["Type"], "ORGANIZATIONAL_UNIT");
    assert!(organization_path(&world, &account(STRANGER)).is_none());
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let mut world = world();
    let first = ask(&mut world, MANAGEMENT, "ListAccounts", json!({ "MaxResults": 1 })).expect("a page");
    assert_eq!(first["Accounts"][0]["Id"], MANAGEMENT);
    let second = json!({ "MaxResults": 1, "NextToken": first["NextToken"] });
    let second = ask(&mut world, MANAGEMENT, "ListAccounts", second).expect("a page");
    assert_eq!(second["Accounts"][0]["Id"], MEMBER);
    assert!(second.get("NextToken").is_none());
}

/// AWS KMS Developer Guide, "Resource control policies": AWS's sample against confused deputies; IAM User Guide,
/// "aws:SourceOrgPaths", "aws:ResourceOrgPaths".
#[test]
fn a_service_carries_the_organization_of_the_account_for_which_it_asks() {
    let mut world = world();
    place_in_unit(&mut world, &account(MEMBER), "databases");
    let organization = of(&world, &account(MEMBER)).expect("an organization");
    let (root, path) = (organization.root.clone(), organization.path(&account(MEMBER)));
    let enable = json!({ "RootId": root, "PolicyType": "RESOURCE_CONTROL_POLICY" });
    ask(&mut world, MANAGEMENT, "EnablePolicyType", enable).expect("enabled");
    let deputies = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {
            "StringNotEqualsIfExists": { "aws:SourceOrgID": "o-exampleorgid" },
            "Null": { "aws:SourceAccount": "false" },
            "Bool": { "aws:PrincipalIsAWSService": "true" },
        },
    }] });
    let policy = json!({ "Content": deputies.to_string(), "Description": "", "Name": "deputies",
        "Type": "RESOURCE_CONTROL_POLICY" });
    let made = ask(&mut world, MANAGEMENT, "CreatePolicy", policy).expect("a policy");
    let attach = json!({ "PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": root });
    ask(&mut world, MANAGEMENT, "AttachPolicy", attach).expect("attached");

    let region = world.regions[0].clone();
    let owner = iam::administrator(&world, &account(MEMBER)).expect("an administrator");
    let mut sqs = |caller: &Caller, operation: &str, input: Value, context: &Context| {
        world.call(caller, &region, Service::Sqs, operation, input, context)
    };
    let none = Context::new();
    let url = sqs(&owner, "CreateQueue", json!({ "QueueName": "q" }), &none).expect("a queue")["QueueUrl"].clone();
    let open_to = |condition: Value| {
        let statement = json!({ "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
            "Action": "sqs:SendMessage", "Resource": "*", "Condition": condition });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        json!({ "QueueUrl": url, "Attributes": { "Policy": policy } })
    };
    let message = json!({ "QueueUrl": url, "MessageBody": "m" });
    let events = Caller::service("events.amazonaws.com", &account(MEMBER));
    let from = |source: &str| Context::new().with("aws:SourceAccount", source);
    let paths = json!({ "ForAnyValue:StringLike": { "aws:SourceOrgPaths": [format!("{path}*")] } });
    for condition in [json!({ "StringEquals": { "aws:SourceOrgID": "o-exampleorgid" } }), paths] {
        sqs(&owner, "SetQueueAttributes", open_to(condition.clone()), &none).expect("a policy");
        sqs(&events, "SendMessage", message.clone(), &from(MEMBER))
            .unwrap_or_else(|error| panic!("{condition}: {error}"));
        let refused = sqs(&events, "SendMessage", message.clone(), &from(STRANGER)).expect_err("another organization");
        assert!(refused.code.starts_with("AccessDenied"), "{refused}");
    }
    sqs(&owner, "SetQueueAttributes", open_to(json!({})), &none).expect("a policy");
    let refused =
        sqs(&events, "SendMessage", message.clone(), &from(STRANGER)).expect_err("the resource control policy");
    assert!(refused.message.contains("resource control policy"), "{refused}");
    sqs(&events, "SendMessage", message, &from(MEMBER)).expect("of the organization");

    let within = |path: &str| {
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": { "ForAnyValue:StringEquals": { "aws:ResourceOrgPaths": [path] } } });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        Caller { session_policies: vec![policy], ..owner.clone() }
    };
    let of_queue = json!({ "QueueUrl": url });
    sqs(&within(&path), "GetQueueAttributes", of_queue.clone(), &none).expect("in the unit");
    assert!(sqs(&within("o-other/r-x/"), "GetQueueAttributes", of_queue, &none).is_err());
}
