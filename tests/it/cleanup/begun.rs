//! `cleanup` begins only what it can end, and takes consent for what it begins.

use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput};
use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::{DESTINATION, of};
use crate::interruption::left;
use crate::support::command::{backupctl, configured};
use crate::support::normal::plain;
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

const CONFIRMED: &str = "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json";

fn plans(sandbox: &Sandbox) -> Vec<String> {
    in_source(sandbox, async |config| {
        let plans = aws_sdk_backup::Client::new(&config).list_backup_plans().send().await.expect("plans");
        plans.backup_plans_list().iter().filter_map(|plan| plan.backup_plan_id().map(str::to_owned)).collect()
    })
}

/// A second plan into the source vault, with our tag or without, and its id.
pub fn second_plan(sandbox: &Sandbox, tagged: bool) -> String {
    in_source(sandbox, async |config| {
        let rule = BackupRuleInput::builder().rule_name("weekly").schedule_expression("cron(0 5 ? * SAT *)");
        let rule = rule.target_backup_vault_name("source-vault-account-a-region-a").build().expect("a rule");
        let plan = BackupPlanInput::builder().backup_plan_name("another").rules(rule).build().expect("a plan");
        let create = aws_sdk_backup::Client::new(&config).create_backup_plan().backup_plan(plan);
        let create = if tagged {
            create.backup_plan_tags("backupctl:pipeline", "aws-backup-rds-source-stack")
        } else {
            create.backup_plan_tags("team", "billing")
        };
        create.send().await.expect("CreateBackupPlan").backup_plan_id.expect("an id")
    })
}

#[test]
fn every_plan_with_the_pipelines_tag_goes() {
    let sandbox = worlds::after_a_night();
    let id = second_plan(&sandbox, true);
    let document = backupctl(&sandbox, CONFIRMED).expect(0).json();
    let results: Vec<&Value> = document["plans"].as_array().into_iter().flatten().map(|plan| &plan["result"]).collect();
    assert_eq!(results, ["deleted", "deleted"], "{document:#}");
    assert!(document["plans"].to_string().contains(&id));
    assert_eq!(plans(&sandbox), Vec::<String>::new());
    assert_eq!(document["left_behind"], json!([]));
}

#[test]
fn a_plan_without_the_tag_is_named_and_keeps_what_it_writes_into() {
    let sandbox = worlds::after_a_night();
    let id = second_plan(&sandbox, false);
    let document = backupctl(&sandbox, CONFIRMED).expect(5).json();
    let plan = document["plans"].as_array().into_iter().flatten().find(|plan| plan["id"] == id.as_str()).expect("it");
    assert_eq!((&plan["action"], &plan["tags"]), (&json!("blocked"), &json!({"team": "billing"})), "{document:#}");
    let commands: Vec<&str> = plan["commands"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(
        commands[0].starts_with("aws backup tag-resource --resource-arn arn:aws:backup:us-east-1:"),
        "{commands:?}"
    );
    assert!(commands[1].contains(&format!("delete-backup-plan --backup-plan-id {id} --region us-east-1")));
    for list in ["vaults", "stacks", "keys"] {
        assert_eq!(of(&document, list, "source")[0]["action"], "blocked", "{list}: {document:#}");
    }
    assert_eq!(of(&document, "stacks", "destination")[0]["result"], "DELETE_COMPLETE");
    assert_eq!(plans(&sandbox), std::slice::from_ref(&id), "ours went, the other one stays");
    // Adopted, it goes.
    in_source(&sandbox, async |config| {
        let arn = format!("arn:aws:backup:us-east-1:111111111111:backup-plan:{id}");
        let tag = aws_sdk_backup::Client::new(&config).tag_resource().resource_arn(arn);
        tag.tags("backupctl:pipeline", "aws-backup-rds-source-stack").send().await.expect("TagResource");
    });
    backupctl(&sandbox, CONFIRMED).expect(0);
    assert_eq!(plans(&sandbox), Vec::<String>::new());
    assert_eq!(left(&sandbox), Vec::<String>::new());
}

// CloudFormation API Reference, StackResourceSummary: a resource whose creation failed has no physical id.
#[test]
fn a_stack_whose_creation_failed_at_any_resource_is_cleaned_up() {
    for resource in ["Key", "Vault", "CopyFunction", "CopyRole", "CompletedCopyRule", "DeadLetterQueue", "ForwardRule"]
    {
        let sandbox = worlds::built_in();
        let order = format!("sandbox inject stack-resource-fails --resource {resource} --message no --until-cleared");
        backupctl(&sandbox, &order).expect(0);
        backupctl(&sandbox, "bootstrap --yes -o json");
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        backupctl(&sandbox, CONFIRMED).expect(0);
        assert_eq!(left(&sandbox), Vec::<String>::new(), "{resource}");
    }
}

/// A statement that refuses an action to everybody.
fn denying(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "KeepEverything", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}
    ]})
    .to_string()
}

/// The destination vault's policy refuses an action to everybody.
pub fn denied_by_vault(sandbox: &Sandbox, action: &str) {
    in_destination(sandbox, async |config| {
        let put = aws_sdk_backup::Client::new(&config).put_backup_vault_access_policy();
        put.backup_vault_name(DESTINATION).policy(denying(action)).send().await.expect("a policy");
    });
}

/// What of AWS Backup there is in the destination account.
pub fn destination(sandbox: &Sandbox) -> Value {
    let world = plain(sandbox);
    json!([world["services"]["backup"]["222222222222/us-west-2"], world["services"]["kms"]["222222222222/us-west-2"]])
}

// AWS Backup Developer Guide, "Vault access policies": a deny in the vault's policy holds for whoever deletes.
#[test]
fn what_a_vault_policy_refuses_is_blocked_before_consent_and_nothing_of_it_is_begun() {
    for action in ["backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"] {
        let sandbox = worlds::after_a_night();
        denied_by_vault(&sandbox, action);
        let document = backupctl(&sandbox, "cleanup --dry-run -o json").expect(4).json();
        let stack = of(&document, "stacks", "destination")[0].clone();
        let points = of(&document, "recovery_points", "destination");
        let said = format!("{stack} {points:?}");
        assert!(said.contains("statement KeepEverything of access policy of vault"), "{action}: {said}");
        assert_eq!(stack["action"], "blocked", "{action}");
        let done = backupctl(&sandbox, CONFIRMED).expect(5).json();
        let points = of(&done, "recovery_points", "destination");
        let denied = points.iter().all(|point| point["reason"] == "denied");
        assert_eq!(denied, action == "backup:DeleteRecoveryPoint", "{points:?}");
        assert!(of(&done, "keys", "destination")[0]["deletion_date"].is_null(), "{action}");
        assert_eq!(done["summary"]["failed"], 0, "{action}: {done:#}");
    }
}

#[test]
fn a_key_policy_that_refuses_its_deletion_keeps_vault_key_and_stack() {
    let sandbox = worlds::after_a_night();
    in_destination(&sandbox, async |config| {
        let vaults = aws_sdk_backup::Client::new(&config).list_backup_vaults().send().await.expect("vaults");
        let key = vaults.backup_vault_list()[0].encryption_key_arn().expect("a key").to_owned();
        let kms = aws_sdk_kms::Client::new(&config);
        let policy = kms.get_key_policy().key_id(&key).send().await.expect("GetKeyPolicy").policy.expect("a policy");
        let mut policy: Value = serde_json::from_str(&policy).expect("JSON");
        let denial: Value = serde_json::from_str(&denying("kms:ScheduleKeyDeletion")).expect("JSON");
        policy["Statement"].as_array_mut().expect("statements").push(denial["Statement"][0].clone());
        kms.put_key_policy().key_id(key).policy(policy.to_string()).send().await.expect("PutKeyPolicy");
    });
    let document = backupctl(&sandbox, CONFIRMED).expect(5).json();
    let stack = of(&document, "stacks", "destination")[0];
    assert_eq!(stack["action"], "blocked", "{document:#}");
    assert!(stack["reason"].as_str().is_some_and(|why| why.contains("KeepEverything of key policy")), "{stack:#}");
    assert!(of(&document, "vaults", "destination")[0]["result"].is_null(), "{document:#}");
}

/// An operator who may do everything but one thing, in the destination account.
pub const WEAK: &str = r#"
[source]
account = "111111111111"
[destination]
account = "222222222222"
role_arn = "arn:aws:iam::222222222222:role/weak"
[selection]
resources = ["arn:aws:rds:us-east-1:111111111111:db:*"]
"#;

/// A role of that name in the destination account, refused an action by its own policy or by its boundary.
pub fn role_without(sandbox: &Sandbox, action: &str, boundary: bool) {
    in_destination(sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "sts:AssumeRole"}]});
        let limits = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Sid": "NotThis", "Effect": "Deny", "Action": action, "Resource": "*"}]});
        let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        let create = iam.create_role().role_name("weak").assume_role_policy_document(trust.to_string());
        let create = if boundary {
            let made = iam.create_policy().policy_name("limits").policy_document(limits.to_string());
            let made = made.send().await.expect("CreatePolicy").policy.expect("it").arn.expect("an ARN");
            create.permissions_boundary(made)
        } else {
            create
        };
        create.send().await.expect("CreateRole");
        let own = if boundary { &all } else { &limits };
        let put = iam.put_role_policy().role_name("weak").policy_name("own").policy_document(own.to_string());
        put.send().await.expect("PutRolePolicy");
    });
    // IAM takes a moment until it knows a role everywhere.
    backupctl(sandbox, "sandbox advance 1m").expect(0);
}

#[test]
fn what_the_callers_own_policies_refuse_is_blocked_before_consent() {
    for (action, boundary) in [
        ("backup:DeleteRecoveryPoint", false),
        ("backup:DeleteBackupVault", false),
        ("kms:ScheduleKeyDeletion", false),
        ("cloudformation:DeleteStack", false),
        ("cloudformation:DeleteStack", true),
        ("backup:DeleteBackupVault", true),
    ] {
        let sandbox = worlds::after_a_night();
        role_without(&sandbox, action, boundary);
        let before = destination(&sandbox);
        let document = configured(&sandbox, WEAK, CONFIRMED).expect(5).json();
        let about = format!("{action} {boundary}: {document:#}");
        let said =
            format!("{:?}", [of(&document, "stacks", "destination"), of(&document, "recovery_points", "destination")]);
        assert!(said.contains(&format!("denies {action}")), "{about}");
        assert_eq!(of(&document, "stacks", "destination")[0]["action"], "blocked", "{about}");
        assert_eq!(document["summary"]["failed"], 0, "{about}");
        if action == "backup:DeleteRecoveryPoint" {
            assert_eq!(destination(&sandbox), before, "{about}");
        }
    }
}

#[test]
fn consent_by_flags_names_every_account_in_which_copies_or_keys_go() {
    for (arguments, asked) in [
        ("cleanup", "--yes --confirm 111111111111 --confirm 222222222222"),
        ("cleanup --environment destination", "--environment destination --yes --confirm 222222222222"),
        ("cleanup --environment source", "--environment source --yes --confirm 111111111111"),
        ("cleanup --only recovery-points", "--only recovery-points --yes --confirm 222222222222"),
        ("cleanup --only plan", "--only plan --yes"),
        ("cleanup --only recovery-points --environment source", "--only recovery-points --environment source --yes"),
        (
            "cleanup --resource arn:aws:rds:us-east-1:111111111111:db:orders",
            "--resource arn:aws:rds:us-east-1:111111111111:db:orders --yes --confirm 222222222222",
        ),
        ("cleanup --keep-last 0", "--keep-last 0 --yes --confirm 222222222222"),
        ("cleanup --older-than 1m", "--older-than 1m --yes --confirm 222222222222"),
    ] {
        let sandbox = worlds::after_a_night();
        let before = plain(&sandbox);
        let command = format!("run `backupctl --sandbox cleanup {asked}`");
        for given in ["", " --yes", " --yes --confirm 111111111111"] {
            if format!("{arguments}{given}").trim_end() == format!("cleanup {asked}")
                || (!given.is_empty() && !asked.contains("--confirm"))
                || (given.contains("111111111111") && !asked.contains("222222222222"))
            {
                continue;
            }
            let refused = backupctl(&sandbox, &format!("{arguments}{given} -o json")).expect(5).json();
            let hint = refused["error"]["hint"].as_str().expect("a hint");
            assert!(hint.contains(&command), "{arguments}{given}: {hint}");
            assert_eq!(plain(&sandbox)["services"], before["services"], "{arguments}{given}");
        }
        // The command, pasted.
        backupctl(&sandbox, &format!("cleanup {asked} -o json")).expect(0);
    }
}

#[test]
fn a_pruning_that_leaves_newer_copies_needs_no_account() {
    let sandbox = worlds::after_a_night();
    backupctl(&sandbox, "sandbox advance 24h").expect(0);
    let document = backupctl(&sandbox, "cleanup --keep-last 1 --yes -o json").expect(0).json();
    assert_eq!(document["at_stake"]["confirm"], json!([]), "{document:#}");
    assert_eq!((&document["summary"]["deleted"], &document["summary"]["kept"]), (&json!(6), &json!(6)));
}

#[test]
fn an_account_of_another_pipeline_is_no_consent() {
    let sandbox = worlds::after_a_night();
    backupctl(&sandbox, "cleanup --yes --confirm 333333333333").expect(2);
}

/// Somebody deletes the destination's stack by hand.
pub fn stack_deleted(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let client = aws_sdk_cloudformation::Client::new(&config);
        let stack = "aws-backup-rds-destination-stack";
        let off = client.update_termination_protection().stack_name(stack).enable_termination_protection(false);
        off.send().await.expect("UpdateTerminationProtection");
        client.delete_stack().stack_name(stack).send().await.expect("DeleteStack");
    });
    backupctl(sandbox, "sandbox advance 10m").expect(0);
}

// CloudFormation keeps vaults and keys (DeletionPolicy: Retain): what lies in them needs its stack again.
#[test]
fn a_vault_whose_stack_is_gone_says_which_commands_come_next() {
    let sandbox = worlds::after_a_night();
    stack_deleted(&sandbox);
    let document = backupctl(&sandbox, "cleanup --environment destination --dry-run -o json").expect(4).json();
    let next =
        "run `backupctl bootstrap --environment destination`, then `backupctl cleanup --environment destination`";
    assert_eq!(of(&document, "stacks", "destination")[0]["remedy"], next, "{document:#}");
    let points = of(&document, "recovery_points", "destination");
    assert!(!points.is_empty() && points.iter().all(|point| point["remedy"] == next), "{points:?}");
    backupctl(&sandbox, "bootstrap --environment destination --yes").expect(0);
    backupctl(&sandbox, CONFIRMED).expect(0);
    assert_eq!(left(&sandbox), Vec::<String>::new());
}

pub fn locked(sandbox: &Sandbox, grace_days: Option<i64>) {
    in_destination(sandbox, async |config| {
        let lock = aws_sdk_backup::Client::new(&config).put_backup_vault_lock_configuration();
        let lock = lock.backup_vault_name(DESTINATION).min_retention_days(1).set_changeable_for_days(grace_days);
        lock.send().await.expect("locked");
    });
}

// AWS Backup Developer Guide, "AWS Backup Vault Lock": governance mode can be taken off, compliance mode only in its
// grace time.
#[test]
fn a_lock_goes_with_a_whole_cleanup_that_is_told_so_and_never_past_its_grace_time() {
    for grace in [None, Some(3)] {
        let sandbox = worlds::after_a_night();
        locked(&sandbox, grace);
        let kept = backupctl(&sandbox, "cleanup --keep-last 0 --yes --confirm 222222222222 -o json").expect(5).json();
        let here = of(&kept, "recovery_points", "destination");
        assert!(here.iter().all(|point| point["reason"] == "locked"), "{kept:#}");
        assert!(
            here[0]["remedy"].as_str().is_some_and(|text| text.contains("backupctl cleanup --remove-lock")),
            "{here:?}"
        );
        let document = backupctl(&sandbox, &format!("{CONFIRMED} --remove-lock")).expect(0).json();
        assert_eq!(of(&document, "locks", "destination")[0]["result"], "removed", "{document:#}");
        assert_eq!(left(&sandbox), Vec::<String>::new());
    }
    let sandbox = worlds::after_a_night();
    locked(&sandbox, Some(3));
    backupctl(&sandbox, "sandbox advance 73h").expect(0);
    let document = backupctl(&sandbox, &format!("{CONFIRMED} --remove-lock")).expect(5).json();
    let here = of(&document, "recovery_points", "destination");
    assert!(!here.is_empty() && here.iter().all(|point| point["reason"] == "locked"), "{document:#}");
    assert!(here[0]["remedy"].as_str().is_some_and(|text| text.contains("compliance mode")), "{here:?}");
    assert_eq!(of(&document, "stacks", "destination")[0]["action"], "blocked");
}

#[test]
fn a_lock_stays_where_something_else_keeps_its_vault() {
    let sandbox = worlds::after_a_night();
    locked(&sandbox, None);
    super::restore(&sandbox);
    let document = backupctl(&sandbox, &format!("{CONFIRMED} --remove-lock")).expect(5).json();
    assert_eq!(of(&document, "locks", "destination")[0]["action"], "blocked", "{document:#}");
    assert!(of(&document, "recovery_points", "destination").iter().all(|point| point["result"].is_null()));
    assert!(document["notes"].to_string().contains("the lock on the destination vault stays"), "{document:#}");
}

#[test]
fn every_wait_ends_at_the_time_that_was_given() {
    let sandbox = worlds::after_a_night();
    // The list still has what AWS has already promised to delete.
    let order = "sandbox inject slow-answer --operation backup:ListRecoveryPointsByBackupVault --environment source";
    backupctl(&sandbox, &format!("{order} --by 40m --call 3")).expect(0);
    let begun = sandbox.now();
    let ran = backupctl(&sandbox, "cleanup --only recovery-points --environment source --yes --timeout 30m -o json");
    assert!([0, 6].contains(&ran.code), "{}", ran.stderr);
    assert!(sandbox.now() - begun < std::time::Duration::from_secs(75 * 60), "{}", ran.stdout);
}
