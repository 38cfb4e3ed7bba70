//! The second hop happens for one reason only: each link of the event path, taken away, stops it,
//! and `verify` says so once the deadlines have passed. Nothing sweeps in these worlds: what the sweep
//! makes up for stands in `event_path`.

use backupctl::sandbox::Sandbox;

use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_intermediate, in_source};
use crate::support::worlds;

pub(super) const SOURCE_STACK: &str = "aws-backup-rds-source-stack";
pub(super) const INTERMEDIATE_STACK: &str = "aws-backup-rds-intermediate-stack";

/// The physical id of the first resource of a type in a stack.
pub(super) async fn resource(config: &aws_config::SdkConfig, stack: &str, kind: &str) -> String {
    let resources = aws_sdk_cloudformation::Client::new(config)
        .describe_stack_resources()
        .stack_name(stack)
        .send()
        .await
        .expect("DescribeStackResources");
    let found = resources.stack_resources().iter().find(|resource| resource.resource_type() == Some(kind));
    found.and_then(|resource| resource.physical_resource_id()).unwrap_or_else(|| panic!("no {kind}")).to_owned()
}

/// Two nights pass, which is past every deadline of the first; then `verify` must name the gap.
fn the_second_hop_is_missing(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox advance 54h").expect(0);
    let verified = backupctl(sandbox, "verify -o json").expect(3).json();
    let missing: Vec<&str> = verified["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["check"] == "destination-copy-missing")
        .filter_map(|finding| finding["severity"].as_str())
        .collect();
    assert!(!missing.is_empty() && missing.iter().all(|severity| *severity == "error"), "{verified:#}");
    let copies = in_destination(sandbox, async |config| {
        let points = aws_sdk_backup::Client::new(&config)
            .list_recovery_points_by_backup_vault()
            .backup_vault_name("destination-vault-account-b-region-b")
            .send()
            .await
            .expect("recovery points");
        points.recovery_points().len()
    });
    assert_eq!(copies, 0);
}

#[test]
fn a_disabled_source_rule_stops_it() {
    let sandbox = worlds::without_sweep();
    in_source(&sandbox, async |config| {
        let rule = resource(&config, SOURCE_STACK, "AWS::Events::Rule").await;
        aws_sdk_eventbridge::Client::new(&config).disable_rule().name(rule).send().await.expect("DisableRule");
    });
    the_second_hop_is_missing(&sandbox);
}

#[test]
fn a_forwarding_role_without_put_events_stops_it() {
    let sandbox = worlds::without_sweep();
    in_source(&sandbox, async |config| {
        let role = resource(&config, SOURCE_STACK, "AWS::IAM::Role").await;
        let iam = aws_sdk_iam::Client::new(&config);
        let inline = iam.list_role_policies().role_name(&role).send().await.expect("ListRolePolicies");
        for name in inline.policy_names() {
            iam.delete_role_policy().role_name(&role).policy_name(name).send().await.expect("DeleteRolePolicy");
        }
        let attached = iam.list_attached_role_policies().role_name(&role).send().await.expect("attached");
        for policy in attached.attached_policies() {
            let arn = policy.policy_arn().expect("an ARN");
            iam.detach_role_policy().role_name(&role).policy_arn(arn).send().await.expect("DetachRolePolicy");
        }
        assert!(inline.policy_names().len() + attached.attached_policies().len() > 0, "nothing was taken away");
    });
    the_second_hop_is_missing(&sandbox);
}

#[test]
fn a_function_without_permission_stops_it() {
    let sandbox = worlds::without_sweep();
    in_intermediate(&sandbox, async |config| {
        let function = resource(&config, INTERMEDIATE_STACK, "AWS::Lambda::Function").await;
        let lambda = aws_sdk_lambda::Client::new(&config);
        let policy = lambda.get_policy().function_name(&function).send().await.expect("GetPolicy");
        let document: serde_json::Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
        for statement in document["Statement"].as_array().expect("statements") {
            let sid = statement["Sid"].as_str().expect("a Sid");
            lambda
                .remove_permission()
                .function_name(&function)
                .statement_id(sid)
                .send()
                .await
                .expect("RemovePermission");
        }
    });
    the_second_hop_is_missing(&sandbox);
}

/// Rewrites the plan's recovery point tags, as an operator in the console would.
fn change_tags(sandbox: &Sandbox, change: impl Fn(&mut std::collections::HashMap<String, String>)) {
    in_source(sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let plans = backup.list_backup_plans().send().await.expect("ListBackupPlans");
        let id = plans.backup_plans_list()[0].backup_plan_id().expect("an id").to_owned();
        let plan = backup.get_backup_plan().backup_plan_id(&id).send().await.expect("GetBackupPlan");
        let plan = plan.backup_plan().expect("a plan");
        let mut input = aws_sdk_backup::types::BackupPlanInput::builder().backup_plan_name(plan.backup_plan_name());
        for rule in plan.rules() {
            let mut tags = rule.recovery_point_tags().cloned().unwrap_or_default();
            change(&mut tags);
            let mut rule = crate::mutations::as_input(rule);
            rule.recovery_point_tags = Some(tags);
            input = input.rules(rule);
        }
        let input = input.build().expect("a plan");
        backup.update_backup_plan().backup_plan_id(&id).backup_plan(input).send().await.expect("UpdateBackupPlan");
    });
}

#[test]
fn a_recovery_point_without_the_tag_stops_it() {
    let sandbox = worlds::without_sweep();
    change_tags(&sandbox, |tags| {
        assert!(tags.remove("CopyToVault").is_some(), "the plan sets the tag");
    });
    the_second_hop_is_missing(&sandbox);
}

#[test]
fn a_tag_that_names_another_vault_stops_it() {
    let sandbox = worlds::without_sweep();
    change_tags(&sandbox, |tags| {
        let other = "arn:aws:backup:us-west-2:222222222222:backup-vault:somebody-elses-vault".to_owned();
        assert!(tags.insert("CopyToVault".to_owned(), other).is_some(), "the plan sets the tag");
    });
    the_second_hop_is_missing(&sandbox);
}

#[test]
fn an_intermediate_key_that_does_not_know_the_central_account_stops_it() {
    let sandbox = worlds::without_sweep();
    in_intermediate(&sandbox, async |config| {
        let key = resource(&config, INTERMEDIATE_STACK, "AWS::KMS::Key").await;
        let kms = aws_sdk_kms::Client::new(&config);
        let policy = kms.get_key_policy().key_id(&key).policy_name("default").send().await.expect("GetKeyPolicy");
        let mut document: serde_json::Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
        let statements = document["Statement"].as_array_mut().expect("statements");
        let before = statements.len();
        statements.retain(|statement| !statement.to_string().contains("222222222222"));
        assert!(statements.len() < before, "nothing was taken away");
        let text = document.to_string();
        kms.put_key_policy().key_id(&key).policy_name("default").policy(text).send().await.expect("PutKeyPolicy");
    });
    the_second_hop_is_missing(&sandbox);
}

#[test]
fn a_vault_policy_for_another_organization_stops_it() {
    let sandbox = worlds::without_sweep();
    in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let vault = "destination-vault-account-b-region-b";
        let policy = backup.get_backup_vault_access_policy().backup_vault_name(vault).send().await.expect("a policy");
        let text = policy.policy().expect("a policy").replace("o-sandboxorg1", "o-anotherorg1");
        assert!(text.contains("o-anotherorg1"), "{text}");
        backup.put_backup_vault_access_policy().backup_vault_name(vault).policy(text).send().await.expect("PutPolicy");
    });
    the_second_hop_is_missing(&sandbox);
}
