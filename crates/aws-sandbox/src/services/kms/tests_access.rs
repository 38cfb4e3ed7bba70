//! What decides over a key besides its policy's statements: condition keys, grants, accounts.

use serde_json::{Value, json};

use crate::scenario;
use crate::services::{Service, iam};
use crate::world::{Caller, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::evaluate::Principal;

const OWNER: &str = "111111111111";
const OTHER: &str = "222222222222";

fn kms(world: &mut World, caller: &Caller, operation: &str, input: Value) -> Result<Value, ServiceError> {
    world.call(caller, &"us-west-2".parse().expect("a Region"), Service::Kms, operation, input, &Context::new())
}

fn administrator(world: &World, account: &str) -> Caller {
    iam::administrator(world, &account.parse().expect("an account")).expect("an administrator")
}

/// A key of the owner's under these statements besides the usual one.
fn key_with(world: &mut World, statements: &[Value]) -> String {
    let caller = administrator(world, OWNER);
    let root = json!({ "AWS": format!("arn:aws:iam::{OWNER}:root") });
    let mut all = vec![json!({ "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*" })];
    all.extend_from_slice(statements);
    let policy = json!({ "Version": "2012-10-17", "Statement": all }).to_string();
    let made = kms(world, &caller, "CreateKey", json!({ "Policy": policy })).expect("a key");
    made["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned()
}

fn deny(action: &str, condition: Value) -> Value {
    json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition })
}

fn is_denied(answer: Result<Value, ServiceError>) -> bool {
    match answer {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.code, "AccessDeniedException", "{error}");
            true
        }
    }
}

/// KMS Developer Guide, "AWS KMS condition keys": each key, denied by, with the request that carries it and one that
/// does not.
#[test]
fn a_key_policy_sees_the_condition_keys_that_kms_documents() {
    let rds = json!("rds.us-west-2.amazonaws.com");
    let role = json!("arn:aws:iam::111111111111:root");
    let grant = |more: Value| {
        let mut input = json!({ "GranteePrincipal": role, "Operations": ["Decrypt"] });
        input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        input
    };
    let subset = json!({ "Constraints": { "EncryptionContextSubset": { "a": "b" } } });
    let days = |operator: &str, days: i64| json!({ operator: { "kms:ScheduleKeyDeletionPendingWindowInDays": days } });
    let is = |key: &str, value: Value| json!({ "StringEquals": { key: value } });
    let cases = [
        ("ScheduleKeyDeletion", days("NumericLessThan", 30), json!({ "PendingWindowInDays": 7 }), true),
        ("ScheduleKeyDeletion", days("NumericLessThan", 30), json!({ "PendingWindowInDays": 30 }), false),
        // The default counts where the request is silent.
        ("ScheduleKeyDeletion", days("NumericEquals", 30), json!({}), true),
        ("CreateGrant", is("kms:GrantConstraintType", json!("EncryptionContextSubset")), grant(subset), true),
        ("CreateGrant", is("kms:GrantConstraintType", json!("EncryptionContextSubset")), grant(json!({})), false),
        ("CreateGrant", is("kms:RetiringPrincipal", rds.clone()), grant(json!({ "RetiringPrincipal": rds })), true),
        ("CreateGrant", is("kms:RetiringPrincipal", rds.clone()), grant(json!({})), false),
        ("CreateGrant", is("kms:GranteePrincipal", role.clone()), grant(json!({})), true),
        (
            "TagResource",
            is("aws:RequestTag/use", json!("x")),
            json!({ "Tags": [{ "TagKey": "use", "TagValue": "x" }] }),
            true,
        ),
        (
            "TagResource",
            is("aws:RequestTag/use", json!("x")),
            json!({ "Tags": [{ "TagKey": "use", "TagValue": "y" }] }),
            false,
        ),
        (
            "UntagResource",
            json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "use" } }),
            json!({ "TagKeys": ["use"] }),
            true,
        ),
        ("DescribeKey", is("kms:KeySpec", json!("SYMMETRIC_DEFAULT")), json!({}), true),
    ];
    for (operation, condition, mut input, denied) in cases {
        let mut world = scenario::built_in(1);
        let caller = administrator(&world, OWNER);
        input["KeyId"] = json!(key_with(&mut world, &[deny(&format!("kms:{operation}"), condition.clone())]));
        let answer = kms(&mut world, &caller, operation, input.clone());
        assert_eq!(is_denied(answer), denied, "{operation} {input} under {condition}");
    }
}

/// KMS Developer Guide, "kms:RequestAlias", "kms:ResourceAliases": by which name the request asks, and which names the
/// key has.
#[test]
fn an_alias_counts_as_asked_for_and_as_one_of_the_keys_own() {
    let mut world = scenario::built_in(1);
    let caller = administrator(&world, OWNER);
    let by_request = deny("kms:DescribeKey", json!({ "StringEquals": { "kms:RequestAlias": "alias/asked" } }));
    let by_own =
        deny("kms:DisableKey", json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/asked" } }));
    // A plain operator matches nothing of a key with several values.
    let plain = deny("kms:ListResourceTags", json!({ "StringEquals": { "kms:ResourceAliases": "alias/asked" } }));
    let key = key_with(&mut world, &[by_request, by_own, plain]);
    let alias = json!({ "AliasName": "alias/asked", "TargetKeyId": key });
    kms(&mut world, &caller, "CreateAlias", alias).expect("an alias");
    let mut ask = |operation: &str, named: &str| kms(&mut world, &caller, operation, json!({ "KeyId": named }));
    assert!(is_denied(ask("DescribeKey", "alias/asked")));
    assert!(is_denied(ask("DescribeKey", "arn:aws:kms:us-west-2:111111111111:alias/asked")));
    assert!(!is_denied(ask("DescribeKey", &key)));
    assert!(is_denied(ask("DisableKey", &key)));
    assert!(!is_denied(ask("ListResourceTags", &key)));
}

/// KMS Developer Guide, "kms:BypassPolicyLockoutSafetyCheck", "kms:KeySpec", "kms:MultiRegion" of CreateKey, with the
/// default where the request is silent.
#[test]
fn a_policy_of_the_callers_own_sees_what_kind_of_key_is_made() {
    let cases = [
        (json!({ "Bool": { "kms:BypassPolicyLockoutSafetyCheck": "true" } }), json!({}), false),
        (
            json!({ "Bool": { "kms:BypassPolicyLockoutSafetyCheck": "true" } }),
            json!({ "BypassPolicyLockoutSafetyCheck": true }),
            true,
        ),
        (json!({ "StringEquals": { "kms:KeySpec": "SYMMETRIC_DEFAULT" } }), json!({}), true),
        (json!({ "StringEquals": { "kms:KeyUsage": "ENCRYPT_DECRYPT" } }), json!({}), true),
        (json!({ "StringEquals": { "kms:KeyOrigin": "AWS_KMS" } }), json!({}), true),
        (json!({ "Bool": { "kms:MultiRegion": "true" } }), json!({}), false),
        (json!({ "Bool": { "kms:MultiRegion": "true" } }), json!({ "MultiRegion": true }), true),
    ];
    for (condition, input, denied) in cases {
        let mut world = scenario::built_in(1);
        let mut caller = administrator(&world, OWNER);
        let statements = json!([
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "kms:CreateKey", "Resource": "*", "Condition": condition },
        ]);
        caller.session_policies = vec![json!({ "Version": "2012-10-17", "Statement": statements }).to_string()];
        let answer = kms(&mut world, &caller, "CreateKey", input.clone());
        assert_eq!(is_denied(answer), denied, "{input} under {condition}");
    }
}

/// KMS Developer Guide, "Allowing users in other accounts to use a KMS key": only using it crosses accounts, whatever
/// the two policies say.
#[test]
fn another_account_uses_a_key_but_does_not_administer_it() {
    let mut world = scenario::built_in(1);
    let everybody = json!({ "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" });
    let key = key_with(&mut world, &[everybody]);
    let stranger = administrator(&world, OTHER);
    let mut ask = |operation: &str, mut input: Value| {
        input["KeyId"] = json!(key);
        kms(&mut world, &stranger, operation, input)
    };
    let grant = json!({ "GranteePrincipal": "arn:aws:iam::222222222222:root", "Operations": ["Decrypt"] });
    assert!(!is_denied(ask("DescribeKey", json!({}))));
    assert!(!is_denied(ask("CreateGrant", grant)));
    assert!(!is_denied(ask("ListGrants", json!({}))));
    for operation in ["ScheduleKeyDeletion", "DisableKey", "EnableKeyRotation", "GetKeyPolicy", "ListResourceTags"] {
        assert!(is_denied(ask(operation, json!({}))), "{operation}");
    }
}

/// KMS Developer Guide, "Granting CreateGrant permission": no operation that the parent grant lacks, and constraints as
/// strict or stricter.
#[test]
fn a_grant_makes_no_grant_of_more_than_its_own() {
    let mut world = scenario::built_in(1);
    let owner = administrator(&world, OWNER);
    let key = key_with(&mut world, &[]);
    let grantee =
        Caller { principal: Principal::Root(OTHER.parse().expect("an account")), ..administrator(&world, OTHER) };
    let named = "arn:aws:iam::222222222222:root";
    let parent = json!({
        "KeyId": key, "GranteePrincipal": named, "Operations": ["CreateGrant", "DescribeKey"],
        "Constraints": { "EncryptionContextSubset": { "aws:rds:db-id": "db-1" } },
    });
    kms(&mut world, &owner, "CreateGrant", parent).expect("a grant");
    let exact = json!({ "EncryptionContextEquals": { "aws:rds:db-id": "db-1" } });
    let more = json!({ "EncryptionContextSubset": { "aws:rds:db-id": "db-1", "x": "y" } });
    let other = json!({ "EncryptionContextSubset": { "aws:rds:db-id": "db-2" } });
    let cases = [
        (json!(["DescribeKey"]), Some(&exact), false),
        (json!(["DescribeKey", "CreateGrant"]), Some(&more), false),
        (json!(["Decrypt"]), Some(&exact), true),
        (json!(["DescribeKey", "Decrypt"]), Some(&exact), true),
        (json!(["DescribeKey"]), None, true),
        (json!(["DescribeKey"]), Some(&other), true),
    ];
    for (operations, constraints, denied) in cases {
        let mut input = json!({ "KeyId": key, "GranteePrincipal": named, "Operations": operations });
        if let Some(constraints) = constraints {
            input["Constraints"] = constraints.clone();
        }
        let answer = kms(&mut world, &grantee, "CreateGrant", input.clone());
        assert_eq!(is_denied(answer), denied, "{input}");
    }
}
