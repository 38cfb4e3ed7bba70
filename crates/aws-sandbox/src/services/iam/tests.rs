use serde_json::{Value, json};

use super::*;
use crate::services::conformance::assert_conforms;
use crate::world::{Caller, Moment, ServiceError};
use aws_policy::context::Context;
use aws_policy::evaluate::Principal;

const A: &str = "111111111111";
const B: &str = "222222222222";

fn account(text: &str) -> AccountId {
    text.parse().expect("an account")
}

fn world() -> World {
    let regions = vec!["us-west-2".parse().expect("a Region")];
    let mut world = World::empty(7, Moment::from_millis(1_767_592_800_000), regions);
    for id in [A, B] {
        create_administrator(&mut world, &account(id));
    }
    world
}

fn ask(world: &mut World, operation: &str, input: Value) -> Result<Value, ServiceError> {
    let caller = administrator(world, &account(A)).expect("an administrator");
    let region = world.regions[0].clone();
    let answer = world.call(&caller, &region, Service::Iam, operation, input, &Context::new());
    answer.inspect(|answer| assert_conforms(Service::Iam, operation, answer))
}

fn trust_of(principal: Value) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" },
    })
    .to_string()
}

fn make_role(world: &mut World, name: &str) -> Value {
    let trust = trust_of(json!({ "Service": "backup.amazonaws.com" }));
    let input = json!({ "RoleName": name, "Path": "/service-role/", "AssumeRolePolicyDocument": trust });
    ask(world, "CreateRole", input).expect("a role")["Role"].clone()
}

const ALLOW_LIST: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"backup:List*","Resource":"*"}]}"#;
const COPY_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";

/// IAM API Reference, "CreateRole", "GetRole": ARN with the path, id `AROA…`, document URL-encoded.
#[test]
fn a_role_comes_back_as_it_was_made() {
    let mut world = world();
    let role = make_role(&mut world, "copy");
    assert_eq!(role["Arn"], "arn:aws:iam::111111111111:role/service-role/copy");
    let id = role["RoleId"].as_str().expect("an id");
    assert!(id.starts_with("AROA") && id.len() == 21, "{id}");
    let document = role["AssumeRolePolicyDocument"].as_str().expect("a document");
    assert!(document.starts_with("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22"), "{document}");
    assert_eq!(role["MaxSessionDuration"], 3600);
    assert_eq!(ask(&mut world, "GetRole", json!({ "RoleName": "copy" })).expect("a role")["Role"], role);
}

/// IAM's codes and texts as the AWS CLI shows them.
#[test]
fn errors_are_in_iams_words() {
    let mut world = world();
    make_role(&mut world, "copy");
    let cases = [
        ("GetRole", json!({ "RoleName": "none" }), "NoSuchEntity", "The role with name none cannot be found."),
        (
            "CreateRole",
            json!({ "RoleName": "copy", "AssumeRolePolicyDocument": trust_of(json!({ "Service": "backup.amazonaws.com" })) }),
            "EntityAlreadyExists",
            "Role with name copy already exists.",
        ),
        (
            "GetRolePolicy",
            json!({ "RoleName": "copy", "PolicyName": "p" }),
            "NoSuchEntity",
            "The role policy with name p cannot be found.",
        ),
        (
            "AttachRolePolicy",
            json!({ "RoleName": "copy", "PolicyArn": "arn:aws:iam::aws:policy/None" }),
            "NoSuchEntity",
            "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable.",
        ),
        (
            "CreateRole",
            json!({ "RoleName": "x", "AssumeRolePolicyDocument": trust_of(json!({ "AWS": "arn:aws:iam::222222222222:role/none" })) }),
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::222222222222:role/none\"",
        ),
        (
            "PutRolePolicy",
            json!({ "RoleName": "copy", "PolicyName": "p", "PolicyDocument": "{" }),
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        ),
        (
            "PutRolePolicy",
            json!({ "RoleName": "copy", "PolicyName": "p", "PolicyDocument": trust_of(json!("*")) }),
            "MalformedPolicyDocument",
            "Policy document should not specify a principal.",
        ),
    ];
    for (operation, input, code, message) in cases {
        let error = ask(&mut world, operation, input).expect_err(operation);
        assert_eq!((error.code.as_str(), error.message.as_str()), (code, message), "{operation}");
    }
}

/// IAM API Reference, "DeleteRole": policies must be detached and deleted first.
#[test]
fn a_role_with_policies_is_not_deleted() {
    let mut world = world();
    make_role(&mut world, "copy");
    ask(&mut world, "AttachRolePolicy", json!({ "RoleName": "copy", "PolicyArn": COPY_POLICY })).expect("attached");
    ask(&mut world, "PutRolePolicy", json!({ "RoleName": "copy", "PolicyName": "list", "PolicyDocument": ALLOW_LIST }))
        .expect("put");
    let refused = ask(&mut world, "DeleteRole", json!({ "RoleName": "copy" })).expect_err("attached");
    assert_eq!(refused.code, "DeleteConflict");
    assert_eq!(refused.message, "Cannot delete entity, must detach all policies first.");
    ask(&mut world, "DetachRolePolicy", json!({ "RoleName": "copy", "PolicyArn": COPY_POLICY })).expect("detached");
    let refused = ask(&mut world, "DeleteRole", json!({ "RoleName": "copy" })).expect_err("inline");
    assert_eq!(refused.message, "Cannot delete entity, must delete policies first.");
    ask(&mut world, "DeleteRolePolicy", json!({ "RoleName": "copy", "PolicyName": "list" })).expect("deleted");
    ask(&mut world, "DeleteRole", json!({ "RoleName": "copy" })).expect("deleted");
    assert!(!role_exists(&world, "arn:aws:iam::111111111111:role/service-role/copy"));
}

#[test]
fn evaluation_sees_a_change_later_than_reads_do() {
    let mut world = world();
    make_role(&mut world, "copy");
    let arn = "arn:aws:iam::111111111111:role/service-role/copy";
    assert!(trust_access(&world, arn).is_none(), "a new role is not visible yet");
    let seen = world.now.plus_seconds(world.settings.iam_lag_seconds);
    world.advance_to(seen);
    assert!(trust_access(&world, arn).is_some());
    let session = session(&world, arn, "job").expect("a session");
    ask(&mut world, "PutRolePolicy", json!({ "RoleName": "copy", "PolicyName": "list", "PolicyDocument": ALLOW_LIST }))
        .expect("put");
    assert!(side_of(&world, &session.principal).identity.is_empty());
    let seen = world.now.plus_seconds(world.settings.iam_lag_seconds);
    world.advance_to(seen);
    let side = side_of(&world, &session.principal);
    assert_eq!(side.identity[0].name, "inline policy list of role copy");
    assert_eq!(side.identity[0].text, ALLOW_LIST);
}

/// IAM User Guide, "AWS JSON policy elements: Principal": the deleted role's id stays in the policy.
#[test]
fn a_role_made_again_is_another_one() {
    let mut world = world();
    let first = make_role(&mut world, "copy");
    let arn = "arn:aws:iam::111111111111:role/service-role/copy";
    world.advance_to(world.now.plus_seconds(10));
    let session = session(&world, arn, "job").expect("a session");
    let trust = trust_of(json!({ "AWS": arn }));
    ask(&mut world, "CreateRole", json!({ "RoleName": "target", "AssumeRolePolicyDocument": trust })).expect("a role");
    world.advance_to(world.now.plus_seconds(10));
    ask(&mut world, "DeleteRole", json!({ "RoleName": "copy" })).expect("deleted");
    let second = make_role(&mut world, "copy");
    assert_ne!(first["RoleId"], second["RoleId"]);
    ask(&mut world, "AttachRolePolicy", json!({ "RoleName": "copy", "PolicyArn": COPY_POLICY })).expect("attached");
    world.advance_to(world.now.plus_seconds(10));
    assert!(side_of(&world, &session.principal).identity.is_empty(), "the old session has no policies");
    let access = trust_access(&world, "arn:aws:iam::111111111111:role/target").expect("a role");
    let text = &access.resource.policies[0].text;
    assert!(!text.contains(arn) && text.contains(first["RoleId"].as_str().expect("an id")), "{text}");
}

/// AWS Backup Developer Guide, "Using service-linked roles": name, path, who may change it.
#[test]
fn a_service_linked_role_belongs_to_its_service() {
    let mut world = world();
    let made =
        ask(&mut world, "CreateServiceLinkedRole", json!({ "AWSServiceName": "backup.amazonaws.com" })).expect("made");
    let arn = "arn:aws:iam::111111111111:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup";
    assert_eq!(made["Role"]["Arn"], arn);
    let id = made["Role"]["RoleId"].clone();
    ensure_service_linked_role(&mut world, &account(A), "backup.amazonaws.com");
    let got = ask(&mut world, "GetRole", json!({ "RoleName": "AWSServiceRoleForBackup" })).expect("a role");
    assert_eq!(got["Role"]["RoleId"], id, "ensuring it changes nothing");
    let again = ask(&mut world, "CreateServiceLinkedRole", json!({ "AWSServiceName": "backup.amazonaws.com" }));
    assert_eq!(
        again.expect_err("taken").message,
        "Service role name AWSServiceRoleForBackup has been taken in this account, please try a different suffix."
    );
    let refused =
        ask(&mut world, "DeleteRole", json!({ "RoleName": "AWSServiceRoleForBackup" })).expect_err("protected");
    assert_eq!(refused.code, "UnmodifiableEntity");
    let side = side_of(&world, &session(&world, arn, "copy").expect("a session").principal);
    assert!(side.identity[0].text.contains("rds:CopyDBSnapshot"));
    let task =
        ask(&mut world, "DeleteServiceLinkedRole", json!({ "RoleName": "AWSServiceRoleForBackup" })).expect("a task");
    let status = ask(&mut world, "GetServiceLinkedRoleDeletionStatus", task).expect("a status");
    assert_eq!(status["Status"], "SUCCEEDED");
    assert!(!role_exists(&world, arn));
}

/// IAM User Guide, "Versioning IAM policies": five versions, the default one is not deleted.
#[test]
fn a_managed_policy_has_versions() {
    let mut world = world();
    let input = json!({ "PolicyName": "reader", "PolicyDocument": ALLOW_LIST });
    let policy = ask(&mut world, "CreatePolicy", input).expect("a policy")["Policy"].clone();
    let arn = policy["Arn"].as_str().expect("an ARN").to_owned();
    assert_eq!(arn, "arn:aws:iam::111111111111:policy/reader");
    let version =
        json!({ "PolicyArn": arn, "PolicyDocument": ALLOW_LIST.replace("List", "Get"), "SetAsDefault": true });
    for _ in 0..4 {
        ask(&mut world, "CreatePolicyVersion", version.clone()).expect("a version");
    }
    let sixth = ask(&mut world, "CreatePolicyVersion", version.clone()).expect_err("five at most");
    assert_eq!(sixth.code, "LimitExceeded");
    let default = ask(&mut world, "DeletePolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v5" }));
    assert_eq!(default.expect_err("in force").message, "Cannot delete the default version of a policy.");
    ask(&mut world, "DeletePolicyVersion", json!({ "PolicyArn": arn, "VersionId": "v1" })).expect("deleted");
    let next = ask(&mut world, "CreatePolicyVersion", version).expect("a version");
    assert_eq!(next["PolicyVersion"]["VersionId"], "v6", "numbers are not given twice");
    make_role(&mut world, "copy");
    ask(&mut world, "AttachRolePolicy", json!({ "RoleName": "copy", "PolicyArn": arn })).expect("attached");
    let entities = ask(&mut world, "ListEntitiesForPolicy", json!({ "PolicyArn": arn })).expect("a list");
    assert_eq!(entities["PolicyRoles"][0]["RoleName"], "copy");
    let refused = ask(&mut world, "DeletePolicy", json!({ "PolicyArn": arn })).expect_err("attached");
    assert_eq!(refused.message, "Cannot delete a policy attached to entities.");
}

#[test]
fn an_aws_managed_policy_is_read_like_any_other() {
    let mut world = world();
    let policy = ask(&mut world, "GetPolicy", json!({ "PolicyArn": COPY_POLICY })).expect("a policy")["Policy"].clone();
    assert_eq!(policy["DefaultVersionId"], "v30");
    let version = json!({ "PolicyArn": COPY_POLICY, "VersionId": "v30" });
    let version = ask(&mut world, "GetPolicyVersion", version).expect("a version");
    assert!(version["PolicyVersion"]["Document"].as_str().is_some_and(|text| text.contains("rds%3ACopyDBSnapshot")));
    let attached = json!({ "Scope": "AWS", "OnlyAttached": true });
    let attached = ask(&mut world, "ListPolicies", attached).expect("a list");
    assert_eq!(attached["Policies"][0]["PolicyName"], "AdministratorAccess");
    assert_eq!(attached["Policies"].as_array().map(Vec::len), Some(1));
}

#[test]
fn tags_and_boundary_show_on_the_role_alone() {
    let mut world = world();
    make_role(&mut world, "copy");
    let tags = json!([{ "Key": "team", "Value": "db" }, { "Key": "Team", "Value": "ops" }]);
    ask(&mut world, "TagRole", json!({ "RoleName": "copy", "Tags": tags })).expect("tagged");
    let boundary = "arn:aws:iam::aws:policy/AdministratorAccess";
    ask(&mut world, "PutRolePermissionsBoundary", json!({ "RoleName": "copy", "PermissionsBoundary": boundary }))
        .expect("set");
    let role = ask(&mut world, "GetRole", json!({ "RoleName": "copy" })).expect("a role")["Role"].clone();
    assert_eq!(role["Tags"], json!([{ "Key": "Team", "Value": "ops" }]));
    assert_eq!(role["PermissionsBoundary"]["PermissionsBoundaryArn"], boundary);
    let listed =
        ask(&mut world, "ListRoles", json!({ "PathPrefix": "/service-role/" })).expect("a list")["Roles"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert!(listed[0].get("Tags").is_none() && listed[0].get("PermissionsBoundary").is_none());
    world.advance_to(world.now.plus_seconds(10));
    let arn = "arn:aws:iam::111111111111:role/service-role/copy";
    let side = side_of(&world, &session(&world, arn, "s").expect("a session").principal);
    assert_eq!(
        side.boundary.map(|named| named.name).as_deref(),
        Some("permissions boundary arn:aws:iam::aws:policy/AdministratorAccess")
    );
}

#[test]
fn the_administrator_is_there_once() {
    let mut world = world();
    let before = administrator(&world, &account(A));
    create_administrator(&mut world, &account(A));
    assert_eq!(administrator(&world, &account(A)), before);
    let (caller, secret) = by_access_key(&world, "AKIA111111111111SAND").expect("a key");
    assert_eq!(Some(&caller), before.as_ref());
    assert_eq!(secret, "sandbox");
    assert!(
        matches!(&caller.principal, Principal::User { arn, .. } if arn.to_string() == "arn:aws:iam::111111111111:user/administrator")
    );
    assert!(side_of(&world, &caller.principal).identity[0].text.contains("\"Action\":\"*\""));
}

#[test]
fn a_role_is_found_by_name_in_its_account_and_by_arn_anywhere() {
    let mut world = world();
    make_role(&mut world, "copy");
    let arn = "arn:aws:iam::111111111111:role/service-role/copy";
    assert!(role(&world, "copy", &account(A)).is_some());
    assert!(role(&world, "copy", &account(B)).is_none());
    assert!(role(&world, arn, &account(B)).is_some());
    assert!(role(&world, "arn:aws:iam::111111111111:role/copy", &account(A)).is_none(), "the path is part of the ARN");
}

/// IAM User Guide, "Grant a user permissions to pass a role": never to another account's service.
#[test]
fn a_role_of_another_account_is_not_passed() {
    let mut world = world();
    let caller: Caller = administrator(&world, &account(B)).expect("an administrator");
    let call = crate::world::Call {
        place: home(&world, &account(B)),
        caller,
        service: Service::Backup,
        operation: "StartCopyJob",
        request_id: String::new(),
        context: Context::new(),
    };
    let refused = may_pass_role(&mut world, &call, "arn:aws:iam::111111111111:role/copy", "backup.amazonaws.com");
    assert_eq!(refused.expect_err("another account").message, "Cross-account pass role is not allowed.");
}
