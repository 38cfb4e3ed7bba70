//! What the caller's own policies and its organization's refuse is blocked before anything is begun.

use aws_sdk_organizations::types::PolicyType;
use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::begun::destination;
use super::of;
use crate::support::command::{backupctl, deny};
use crate::support::operator::{REGION_A, acting, in_destination};
use crate::support::worlds;

const CONFIRMED: &str = "cleanup --environment destination --yes --confirm 222222222222 -o json";
const USER: &str = "administrator";

/// Where a statement stands that speaks about the user who cleans the destination up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Inline,
    Attached,
    Boundary,
    ServiceControl,
    ResourceControl,
    /// In the place of the service control policy that allows everything.
    OnlyServiceControl,
}

/// Puts a document there.
fn put(sandbox: &Sandbox, at: At, text: &str) {
    if matches!(at, At::ServiceControl | At::ResourceControl | At::OnlyServiceControl) {
        attach(sandbox, at, text);
    } else {
        in_destination(sandbox, async |config| {
            let iam = aws_sdk_iam::Client::new(&config);
            let managed = async || {
                let made = iam.create_policy().policy_name("limits").policy_document(text).send().await;
                made.expect("CreatePolicy").policy.expect("a policy").arn.expect("an ARN")
            };
            match at {
                At::Inline => {
                    let put = iam.put_user_policy().user_name(USER).policy_name("own").policy_document(text);
                    put.send().await.expect("PutUserPolicy");
                }
                At::Attached => {
                    let attach = iam.attach_user_policy().user_name(USER).policy_arn(managed().await);
                    attach.send().await.expect("AttachUserPolicy");
                }
                _ => {
                    let bound = iam.put_user_permissions_boundary().user_name(USER);
                    bound.permissions_boundary(managed().await).send().await.expect("PutUserPermissionsBoundary");
                }
            }
        });
    }
    // IAM takes a moment until it knows a policy everywhere.
    backupctl(sandbox, "sandbox advance 1m").expect(0);
}

/// Attaches a policy to the destination account, as the management account.
fn attach(sandbox: &Sandbox, at: At, text: &str) {
    let (kind, name) = match at {
        At::ResourceControl => (PolicyType::ResourceControlPolicy, "perimeter"),
        _ => (PolicyType::ServiceControlPolicy, "guardrail"),
    };
    acting(sandbox, "999999999999", REGION_A, async |config| {
        let organizations = aws_sdk_organizations::Client::new(&config);
        let roots = organizations.list_roots().send().await.expect("ListRoots");
        let root = roots.roots()[0].id().expect("an id");
        let enable = organizations.enable_policy_type().root_id(root).policy_type(kind.clone());
        enable.send().await.expect("EnablePolicyType");
        let create = organizations.create_policy().name(name).description("").r#type(kind.clone());
        let made = create.content(text).send().await.expect("CreatePolicy").policy.expect("a policy");
        let id = made.policy_summary.and_then(|summary| summary.id).expect("an id");
        organizations.attach_policy().policy_id(id).target_id("222222222222").send().await.expect("AttachPolicy");
        if at == At::OnlyServiceControl {
            let detach = organizations.detach_policy().policy_id("p-FullAWSAccess").target_id("222222222222");
            detach.send().await.expect("DetachPolicy");
        }
    });
}

/// The user who cleans the destination up is refused an action.
fn refused(sandbox: &Sandbox, at: At, action: &str) {
    let mut denial = json!({"Sid": "NotThis", "Effect": "Deny", "Action": action, "Resource": "*"});
    if at == At::ResourceControl {
        denial["Principal"] = json!("*");
    }
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let statements = match at {
        At::Boundary => json!([all, denial]),
        // It allows the reads, and not the action.
        At::OnlyServiceControl => {
            let reads = ["Describe*", "List*", "Get*"];
            let services = ["backup", "cloudformation", "iam", "kms", "organizations", "rds", "sts"];
            let reads = services.iter().flat_map(|service| reads.map(|verb| format!("{service}:{verb}")));
            let reads: Vec<String> = reads.chain(["backup:DeleteRecoveryPoint".to_owned()]).collect();
            json!([{"Effect": "Allow", "Action": reads, "Resource": "*"}])
        }
        _ => json!([denial]),
    };
    put(sandbox, at, &json!({"Version": "2012-10-17", "Statement": statements}).to_string());
}

/// What stays of the destination is told with the statement and its document.
fn told(document: &Value) -> String {
    let lists = ["stacks", "recovery_points"].map(|list| of(document, list, "destination"));
    format!("{lists:?}")
}

// IAM User Guide, "Policy evaluation logic": a deny in any of these refuses, whatever else allows.
#[test]
fn what_refuses_the_user_who_calls_is_blocked_with_its_statement_before_consent() {
    for (at, action, document) in [
        (At::Inline, "backup:DeleteRecoveryPoint", "inline policy own of user administrator"),
        (At::Inline, "kms:ScheduleKeyDeletion", "inline policy own of user administrator"),
        (At::Attached, "cloudformation:DeleteStack", "managed policy arn:aws:iam::222222222222:policy/limits"),
        (At::Boundary, "backup:DeleteRecoveryPoint", "permissions boundary arn:aws:iam::222222222222:policy/limits"),
        (At::ServiceControl, "backup:DeleteRecoveryPoint", "service control policy guardrail ("),
        (At::ServiceControl, "kms:ScheduleKeyDeletion", "service control policy guardrail ("),
        (At::ServiceControl, "cloudformation:DeleteStack", "service control policy guardrail ("),
        (At::ResourceControl, "kms:ScheduleKeyDeletion", "resource control policy perimeter ("),
    ] {
        let sandbox = worlds::after_a_night();
        refused(&sandbox, at, action);
        let before = destination(&sandbox);
        let done = backupctl(&sandbox, CONFIRMED).expect(5).json();
        let about = format!("{at:?} {action}: {done:#}");
        assert!(told(&done).contains(&format!("statement NotThis of {document}")), "{about}");
        assert!(told(&done).contains(&format!("denies {action}")), "{about}");
        for list in ["stacks", "vaults", "keys"] {
            assert_eq!(of(&done, list, "destination")[0]["action"], "blocked", "{list}: {about}");
        }
        assert_eq!(done["summary"]["failed"], 0, "{about}");
        assert!(!done["notes"].to_string().contains("not looked at"), "{about}");
        if action == "backup:DeleteRecoveryPoint" {
            assert_eq!(destination(&sandbox), before, "{about}");
        }
    }
}

// Organizations User Guide, "SCP evaluation": each level must allow.
#[test]
fn what_no_service_control_policy_allows_is_blocked() {
    let sandbox = worlds::after_a_night();
    refused(&sandbox, At::OnlyServiceControl, "backup:DeleteBackupVault");
    let done = backupctl(&sandbox, CONFIRMED).expect(5).json();
    let stack = of(&done, "stacks", "destination")[0];
    let reason = stack["reason"].to_string();
    insta::assert_snapshot!(format!("{reason}\n{}", stack["remedy"].as_str().expect("a remedy")));
    assert!(
        reason.contains(
            "no service control policy at some level over account 222222222222 allows backup:DeleteBackupVault"
        ),
        "{done:#}"
    );
    assert!(of(&done, "keys", "destination")[0]["deletion_date"].is_null(), "{done:#}");
}

#[test]
fn what_could_not_be_read_is_one_note_before_consent_and_hides_nothing_else() {
    let sandbox = worlds::after_a_night();
    for operation in ["iam:ListGroupsForUser", "organizations:ListParents"] {
        deny(&sandbox, operation, "");
    }
    let ran = backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222").expect(0);
    assert_eq!(ran.stderr.matches("not looked at before consent").count(), 1, "{}", ran.stderr);
    assert!(!ran.stdout.contains("not looked at before consent"), "{}", ran.stdout);
    let sandbox = worlds::after_a_night();
    for operation in ["iam:ListGroupsForUser", "organizations:ListParents"] {
        deny(&sandbox, operation, "");
    }
    let shown = backupctl(&sandbox, "cleanup --dry-run -o json").expect(4).json();
    let notes: Vec<&str> = shown["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let told: Vec<&&str> = notes.iter().filter(|note| note.starts_with("not looked at before consent")).collect();
    assert_eq!(told.len(), 1, "{notes:?}");
    for part in ["user/administrator", "iam:ListGroupsForUser", "account 111111111111", "account 222222222222"] {
        assert!(told[0].contains(part), "{part}: {told:?}");
    }
    insta::assert_snapshot!(told[0]);
}

// The user that calls in each of the three environments has one managed policy: GetUser, the three lists, GetPolicy and
// GetPolicyVersion. Of the organization: DescribeOrganization, ListParents for each account, one list of the root's policies of each kind.
#[test]
fn each_caller_and_the_organization_are_asked_about_once() {
    let sandbox = worlds::after_a_night();
    let asked = || {
        sandbox.look(|world| {
            let of = |service: &str| world.trail.iter().filter(|one| one.action.starts_with(service)).count();
            [of("iam:"), of("organizations:")]
        })
    };
    let before = asked();
    backupctl(&sandbox, "cleanup --dry-run").expect(4);
    let after = asked();
    assert_eq!([after[0] - before[0], after[1] - before[1]], [3 * 6, 1 + 2 + 2]);
}
