//! KMS by its own calls.

use serde_json::{Value, json};

use crate::scenario;
use crate::services::{Service, iam};
use crate::world::{Caller, ServiceError, World};
use aws_policy::context::Context;

fn world() -> (World, Caller) {
    let world = scenario::built_in(1);
    let caller = iam::administrator(&world, &"111111111111".parse().expect("an account")).expect("an administrator");
    (world, caller)
}

fn kms(world: &mut World, caller: &Caller, operation: &str, input: Value) -> Result<Value, ServiceError> {
    world.call(caller, &"us-west-2".parse().expect("a Region"), Service::Kms, operation, input, &Context::new())
}

fn new_key(world: &mut World, caller: &Caller) -> String {
    let made = kms(world, caller, "CreateKey", json!({"Description": "d"})).expect("CreateKey");
    made["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned()
}

#[test]
fn a_key_is_found_by_id_arn_alias_and_alias_arn() {
    let (mut world, caller) = world();
    let arn = new_key(&mut world, &caller);
    let id = arn.rsplit('/').next().expect("an id").to_owned();
    kms(&mut world, &caller, "CreateAlias", json!({"AliasName": "alias/x", "TargetKeyId": id})).expect("CreateAlias");
    for named in [id.as_str(), arn.as_str(), "alias/x", "arn:aws:kms:us-west-2:111111111111:alias/x"] {
        let found = kms(&mut world, &caller, "DescribeKey", json!({"KeyId": named})).expect(named);
        assert_eq!(found["KeyMetadata"]["Arn"], arn.as_str());
        assert_eq!(found["KeyMetadata"]["KeyManager"], "CUSTOMER");
    }
    // The text is that of cloudposse/docs issue 152.
    let missing = kms(&mut world, &caller, "DescribeKey", json!({"KeyId": "alias/y"})).expect_err("no such alias");
    assert_eq!(
        missing.to_string(),
        "NotFoundException: Alias arn:aws:kms:us-west-2:111111111111:alias/y is not found."
    );
}

/// KMS API Reference, CancelKeyDeletion: the key state is Disabled afterwards.
#[test]
fn a_key_whose_deletion_is_cancelled_comes_back_disabled() {
    let (mut world, caller) = world();
    let key = new_key(&mut world, &caller);
    kms(&mut world, &caller, "ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7}))
        .expect("scheduled");
    let refused = kms(&mut world, &caller, "EnableKey", json!({"KeyId": key})).expect_err("pending");
    assert_eq!(refused.code, "KMSInvalidStateException");
    kms(&mut world, &caller, "CancelKeyDeletion", json!({"KeyId": key})).expect("cancelled");
    let state = kms(&mut world, &caller, "DescribeKey", json!({"KeyId": key})).expect("DescribeKey");
    assert_eq!(state["KeyMetadata"]["KeyState"], "Disabled");
    world.advance_to(world.now.plus_seconds(8 * 86_400));
    kms(&mut world, &caller, "DescribeKey", json!({"KeyId": key})).expect("a cancelled deletion deletes nothing");
}

#[test]
fn a_key_is_gone_with_its_aliases_when_its_time_is_over() {
    let (mut world, caller) = world();
    let key = new_key(&mut world, &caller);
    kms(&mut world, &caller, "CreateAlias", json!({"AliasName": "alias/x", "TargetKeyId": key})).expect("CreateAlias");
    kms(&mut world, &caller, "ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7}))
        .expect("scheduled");
    world.advance_to(world.now.plus_seconds(7 * 86_400 + 1));
    assert_eq!(
        kms(&mut world, &caller, "DescribeKey", json!({"KeyId": key})).expect_err("gone").code,
        "NotFoundException"
    );
    let aliases = kms(&mut world, &caller, "ListAliases", json!({})).expect("ListAliases");
    assert!(!aliases.to_string().contains("alias/x"), "{aliases}");
}

/// KMS Developer Guide, "Key states": a disabled key refuses CreateGrant with `<ARN> is disabled.`
#[test]
fn a_disabled_key_gives_no_grant() {
    let (mut world, caller) = world();
    let key = new_key(&mut world, &caller);
    kms(&mut world, &caller, "DisableKey", json!({"KeyId": key})).expect("DisableKey");
    let input = json!({"KeyId": key, "GranteePrincipal": "rds.us-west-2.amazonaws.com", "Operations": ["Decrypt"]});
    let refused = kms(&mut world, &caller, "CreateGrant", input).expect_err("disabled");
    assert_eq!(refused.to_string(), format!("DisabledException: {key} is disabled."));
}

#[test]
fn a_policy_that_names_nobody_or_locks_the_caller_out_is_refused() {
    let (mut world, caller) = world();
    let key = new_key(&mut world, &caller);
    let policy = |principal: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]})
            .to_string()
    };
    let mut put = |text: String| {
        kms(&mut world, &caller, "PutKeyPolicy", json!({"KeyId": key, "PolicyName": "default", "Policy": text}))
    };
    // tecRacer, "Automating Cross-Account / Cross-Region Backups": the text for a role that is not there.
    let refused = put(policy("arn:aws:iam::222222222222:role/not-there")).expect_err("no such role");
    assert_eq!(
        refused.to_string(),
        "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals."
    );
    let refused = put(policy("arn:aws:iam::222222222222:root")).expect_err("locked out");
    assert_eq!(
        refused.to_string(),
        "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future."
    );
    put(policy("arn:aws:iam::111111111111:root")).expect("the default policy again");
}

/// The policy of `aws/rds`: `kms:CallerAccount` and `kms:ViaService` pin its use to the owner's RDS.
#[test]
fn the_aws_managed_key_is_shown_to_its_account_and_used_through_its_service_only() {
    let (mut world, caller) = world();
    let place = crate::world::Place::new(caller.account(), "us-west-2".parse().expect("a Region"));
    let key = super::aws_managed_key(&mut world, &place, "rds");
    assert_eq!(key, super::aws_managed_key(&mut world, &place, "rds"), "made once");
    let shown = kms(&mut world, &caller, "DescribeKey", json!({"KeyId": "alias/aws/rds"})).expect("DescribeKey");
    assert_eq!(shown["KeyMetadata"]["KeyManager"], "AWS");
    let stranger = iam::administrator(&world, &"222222222222".parse().expect("an account")).expect("an administrator");
    let grant = json!({"KeyId": key, "GranteePrincipal": "rds.us-west-2.amazonaws.com", "Operations": ["Decrypt"]});
    let via =
        Context::new().with("kms:ViaService", "rds.us-west-2.amazonaws.com").with("kms:GrantIsForAWSResource", "true");
    let region = "us-west-2".parse().expect("a Region");
    let refused =
        world.call(&stranger, &region, Service::Kms, "CreateGrant", grant.clone(), &via).expect_err("another account");
    assert_eq!(refused.code, "AccessDeniedException");
    let refused = world
        .call(&caller, &region, Service::Kms, "CreateGrant", grant.clone(), &Context::new())
        .expect_err("not through RDS");
    assert_eq!(refused.code, "AccessDeniedException");
    world.call(&caller, &region, Service::Kms, "CreateGrant", grant, &via).expect("the owner through RDS");
}

#[test]
fn lists_come_in_pages() {
    let (mut world, caller) = world();
    let keys: Vec<String> = (0..5).map(|_| new_key(&mut world, &caller)).collect();
    let mut seen = Vec::new();
    let mut marker = Value::Null;
    loop {
        let mut input = json!({"Limit": 2});
        if marker.is_string() {
            input["Marker"] = marker.clone();
        }
        let page = kms(&mut world, &caller, "ListKeys", input).expect("ListKeys");
        seen.extend(
            page["Keys"].as_array().expect("keys").iter().map(|key| key["KeyArn"].as_str().expect("an ARN").to_owned()),
        );
        if page["Truncated"] == json!(false) {
            break;
        }
        marker = page["NextMarker"].clone();
    }
    assert!(keys.iter().all(|key| seen.contains(key)) && seen.len() >= 5, "{seen:?}");
}
