//! Every state of a stack, provoked by API calls, and what `bootstrap` does about it (docs/stacks.md).

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::{Capability, ChangeSetType, OnFailure, Tag};
use backupctl::sandbox::Sandbox;

use super::{
    SOURCE, bootstrap, cloudformation, create_source, nothing_is_left_behind, settled, source_parameters,
    source_template, stack_of, status,
};
use crate::support::command::backupctl;
use crate::support::operator::{back_up, in_source, made};
use crate::support::worlds;

const ALIAS: &str = "alias/cmk-source-vault-account-a-region-a";

/// Somebody's key has the alias that the source stack needs.
pub async fn take_the_alias(config: &SdkConfig) {
    let kms = aws_sdk_kms::Client::new(config);
    let key = kms.create_key().send().await.expect("CreateKey").key_metadata.expect("metadata").key_id;
    kms.create_alias().alias_name(ALIAS).target_key_id(key).send().await.expect("CreateAlias");
}

pub async fn free_the_alias(config: &SdkConfig) {
    aws_sdk_kms::Client::new(config).delete_alias().alias_name(ALIAS).send().await.expect("DeleteAlias");
}

/// What a dry run says would happen to the source stack; it leaves nothing behind.
#[track_caller]
fn planned(sandbox: &Sandbox, code: i32) -> String {
    let said = bootstrap(sandbox, "--dry-run").expect(code).json();
    nothing_is_left_behind(sandbox);
    stack_of(&said, "source")["action"].as_str().expect("an action").to_owned()
}

/// The source template with a resource that cannot be made, after everything else was.
pub fn failing_last(template: &str) -> String {
    let broken = template.replacen(
        "Resources:\n",
        "Resources:\n  Later:\n    Type: AWS::IAM::RolePolicy\n    DependsOn: [ForwardRule, Vault]\n    Properties: \
         { RoleName: nobody, PolicyName: x, PolicyDocument: { Version: '2012-10-17', Statement: [] } }\n",
        1,
    );
    assert_ne!(broken, template);
    broken
}

#[test]
fn a_stack_that_was_rolled_back_says_why_and_is_replaced() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| take_the_alias(&config).await);
    let failed = bootstrap(&sandbox, "--yes").expect(1).json();
    let message = failed["error"]["message"].as_str().expect("a message");
    assert!(message.contains("ROLLBACK_COMPLETE") && message.contains("CREATE_FAILED KeyAlias"), "{message}");
    assert!(message.contains("already exists"), "{message}");
    assert_eq!(stack_of(&failed, "destination")["status"], "CREATE_COMPLETE");
    assert!(failed["plan"]["id"].is_null(), "nothing is scheduled over a broken stack: {failed:#}");

    in_source(&sandbox, async |config| free_the_alias(&config).await);
    assert_eq!(planned(&sandbox, 4), "replace");
    let mended = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(stack_of(&mended, "source")["action"], "replace");
    assert_eq!(stack_of(&mended, "destination")["action"], "none");
    settled(&sandbox);
}

#[test]
fn a_stack_whose_creation_failed_and_stands_is_replaced_and_the_vault_that_it_leaves_adopted() {
    let sandbox = worlds::built_in();
    let template = failing_last(&source_template(&sandbox));
    in_source(&sandbox, async |config| create_source(&config, &template, OnFailure::DoNothing).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    in_source(&sandbox, async |config| {
        assert_eq!(status(&config, SOURCE).await, "CREATE_FAILED");
    });
    assert_eq!(planned(&sandbox, 4), "replace");
    let mended = bootstrap(&sandbox, "--yes").expect(0).json();
    assert!(stack_of(&mended, "source").to_string().contains("\"Import\""), "{mended:#}");
    settled(&sandbox);
}

#[test]
fn a_dead_stack_that_holds_recovery_points_is_left_alone() {
    let sandbox = worlds::built_in();
    let template = failing_last(&source_template(&sandbox));
    in_source(&sandbox, async |config| create_source(&config, &template, OnFailure::DoNothing).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    back_up(&sandbox, "orders");
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(refused.stderr);
    in_source(&sandbox, async |config| assert_eq!(status(&config, SOURCE).await, "CREATE_FAILED"));
}

#[test]
fn a_deletion_that_failed_is_finished_and_what_it_left_is_adopted() {
    let sandbox = worlds::after_a_night();
    let points = backupctl(&sandbox, "verify -o json").expect(0).json()["summary"].clone();
    let role = in_source(&sandbox, async |config| {
        let role = made(&config, SOURCE, "ForwardRole").await;
        // A role that has a policy that the stack does not know cannot be deleted (IAM API Reference, DeleteRole).
        aws_sdk_iam::Client::new(&config)
            .put_role_policy()
            .role_name(&role)
            .policy_name("by-hand")
            .policy_document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#)
            .send()
            .await
            .expect("PutRolePolicy");
        delete_by_hand(&config).await;
        role
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    in_source(&sandbox, async |config| assert_eq!(status(&config, SOURCE).await, "DELETE_FAILED"));
    assert_eq!(planned(&sandbox, 4), "replace");
    let failed = bootstrap(&sandbox, "--yes").expect(1).json();
    assert!(failed["error"]["message"].as_str().is_some_and(|text| text.contains("ForwardRole")), "{failed:#}");

    in_source(&sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        iam.delete_role_policy().role_name(role).policy_name("by-hand").send().await.expect("DeleteRolePolicy");
    });
    let mended = bootstrap(&sandbox, "--yes").expect(0).json();
    let text = stack_of(&mended, "source").to_string();
    assert!(text.contains("\"Import\""), "{text}");
    settled(&sandbox);
    assert_eq!(backupctl(&sandbox, "verify -o json").expect(0).json()["summary"]["protected"], points["protected"]);
}

pub async fn delete_by_hand(config: &SdkConfig) {
    let client = cloudformation(config);
    client
        .update_termination_protection()
        .stack_name(SOURCE)
        .enable_termination_protection(false)
        .send()
        .await
        .expect("UpdateTerminationProtection");
    client.delete_stack().stack_name(SOURCE).send().await.expect("DeleteStack");
}

#[test]
fn a_vault_and_a_key_without_their_stack_are_adopted_and_keep_what_lies_in_them() {
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| delete_by_hand(&config).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    let before = stands(&sandbox);
    let shown = backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    insta::assert_snapshot!(shown.stdout);
    nothing_is_left_behind(&sandbox);
    let adopted = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(stack_of(&adopted, "source")["action"], "import");
    assert_eq!(stands(&sandbox), before);
    settled(&sandbox);
    let protection = in_source(&sandbox, async |config| {
        let found = cloudformation(&config).describe_stacks().stack_name(SOURCE).send().await.expect("DescribeStacks");
        found.stacks()[0].enable_termination_protection()
    });
    assert_eq!(protection, Some(true));
}

/// The source vault's key and its number of recovery points.
fn stands(sandbox: &Sandbox) -> (Option<String>, i64) {
    in_source(sandbox, async |config| {
        let found = aws_sdk_backup::Client::new(&config)
            .describe_backup_vault()
            .backup_vault_name("source-vault-account-a-region-a")
            .send()
            .await
            .expect("DescribeBackupVault");
        (found.encryption_key_arn.clone(), found.number_of_recovery_points)
    })
}

#[test]
fn a_vault_of_somebody_else_is_not_adopted() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        let vault = aws_sdk_backup::Client::new(&config).create_backup_vault();
        vault.backup_vault_name("source-vault-account-a-region-a").send().await.expect("CreateBackupVault");
    });
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(refused.stderr);
    in_source(&sandbox, async |config| assert_eq!(status(&config, SOURCE).await, "-"));
}

/// A stack that somebody's change set made and nobody executed.
pub async fn review(config: &SdkConfig, template: &str, name: &str) {
    cloudformation(config)
        .create_change_set()
        .stack_name(SOURCE)
        .change_set_name(name)
        .change_set_type(ChangeSetType::Create)
        .template_body(template)
        .set_parameters(Some(source_parameters()))
        .capabilities(Capability::CapabilityNamedIam)
        .send()
        .await
        .expect("CreateChangeSet");
}

#[test]
fn an_empty_stack_in_review_is_replaced_where_its_change_sets_are_ours() {
    let sandbox = worlds::built_in();
    let template = source_template(&sandbox);
    in_source(&sandbox, async |config| review(&config, &template, "backupctl-bootstrap").await);
    let said = bootstrap(&sandbox, "--dry-run").expect(4).json();
    assert_eq!(stack_of(&said, "source")["action"], "replace");
    bootstrap(&sandbox, "--yes").expect(0);
    settled(&sandbox);

    let foreign = worlds::built_in();
    in_source(&foreign, async |config| review(&config, &template, "somebodys").await);
    let refused = backupctl(&foreign, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(refused.stderr);
    in_source(&foreign, async |config| assert_eq!(status(&config, SOURCE).await, "REVIEW_IN_PROGRESS"));
}

#[test]
fn a_stack_of_somebody_else_is_named_with_its_owner_and_left_alone() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        cloudformation(&config)
            .create_stack()
            .stack_name(SOURCE)
            .template_body("Resources:\n  Group:\n    Type: AWS::Logs::LogGroup\n")
            .tags(Tag::builder().key("team").value("payments").build())
            .send()
            .await
            .expect("CreateStack");
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(refused.stderr);
    let destination = crate::support::operator::in_destination(&sandbox, async |config| {
        status(&config, "aws-backup-rds-destination-stack").await
    });
    assert_eq!(destination, "-", "nothing is changed anywhere");
}

/// Updates the source stack by hand: another description of the role, and a resource that cannot be made.
pub async fn broken_update(config: &SdkConfig, template: &str, disable_rollback: bool) {
    let broken = template.replace("Lets EventBridge hand", "Lets somebody hand").replacen(
        "Resources:\n",
        "Resources:\n  Later:\n    Type: AWS::IAM::RolePolicy\n    DependsOn: ForwardRole\n    Properties: \
         { RoleName: nobody, PolicyName: x, PolicyDocument: { Version: '2012-10-17', Statement: [] } }\n",
        1,
    );
    assert_ne!(broken, template);
    cloudformation(config)
        .update_stack()
        .stack_name(SOURCE)
        .template_body(broken)
        .set_parameters(Some(source_parameters()))
        .tags(super::our_tag())
        .capabilities(Capability::CapabilityNamedIam)
        .disable_rollback(disable_rollback)
        .send()
        .await
        .expect("UpdateStack");
}

#[test]
fn an_update_that_was_not_rolled_back_is_updated() {
    let sandbox = worlds::bootstrapped();
    let template = source_template(&sandbox);
    in_source(&sandbox, async |config| broken_update(&config, &template, true).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    in_source(&sandbox, async |config| assert_eq!(status(&config, SOURCE).await, "UPDATE_FAILED"));
    assert_eq!(planned(&sandbox, 4), "update");
    bootstrap(&sandbox, "--yes").expect(0);
    settled(&sandbox);
}

#[expect(clippy::disallowed_methods, reason = "the runtime's clock is the virtual one")]
pub async fn pause(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A pipeline whose source stack's rollback got stuck, since somebody deleted this role.
pub fn stuck() -> (Sandbox, String) {
    let sandbox = worlds::bootstrapped();
    let template = source_template(&sandbox);
    let role = in_source(&sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let roles = iam.list_roles().send().await.expect("ListRoles");
        let role =
            roles.roles().iter().find(|role| role.role_name().contains("ForwardRole")).expect("the role").clone();
        broken_update(&config, &template, false).await;
        while status(&config, SOURCE).await == "UPDATE_IN_PROGRESS" {
            pause(1).await;
        }
        // Somebody deletes the role before the rollback reaches it.
        let name = role.role_name();
        iam.delete_role_policy().role_name(name).policy_name("forward-copy-events").send().await.expect("its policy");
        iam.delete_role().role_name(name).send().await.expect("DeleteRole");
        name.to_owned()
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    in_source(&sandbox, async |config| assert_eq!(status(&config, SOURCE).await, "UPDATE_ROLLBACK_FAILED"));
    (sandbox, role)
}

/// What mends it.
pub fn make_role_again(sandbox: &Sandbox, role: &str) {
    in_source(sandbox, async |config| {
        aws_sdk_iam::Client::new(&config)
            .create_role()
            .role_name(role)
            .assume_role_policy_document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#)
            .send()
            .await
            .expect("CreateRole");
    });
}

#[test]
fn a_rollback_that_is_stuck_is_continued_when_what_stood_in_its_way_is_mended() {
    let (sandbox, role) = stuck();
    assert_eq!(planned(&sandbox, 4), "continue-rollback");
    let stuck = backupctl(&sandbox, "bootstrap --yes").expect(1);
    insta::assert_snapshot!(last_lines(&stuck.stderr, "error:"));

    make_role_again(&sandbox, &role);
    let mended = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(stack_of(&mended, "source")["action"], "continue-rollback");
    settled(&sandbox);
}

/// From the line that begins so to the end, request ids blanked.
fn last_lines(text: &str, from: &str) -> String {
    let at = text.find(from).unwrap_or_default();
    text[at..].to_owned()
}

#[test]
fn somebodys_operation_is_waited_for_and_a_dry_run_only_says_so() {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        cloudformation(&config)
            .update_stack()
            .stack_name(SOURCE)
            .use_previous_template(true)
            .set_parameters(Some(source_parameters()))
            .tags(super::our_tag())
            .tags(Tag::builder().key("changed").value("by-hand").build())
            .capabilities(Capability::CapabilityNamedIam)
            .send()
            .await
            .expect("UpdateStack");
    });
    let shown = backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    insta::assert_snapshot!(shown.stdout);
    let waited = bootstrap(&sandbox, "--yes").expect(0);
    assert!(waited.stderr.contains("waiting for the end of UPDATE_IN_PROGRESS"), "{}", waited.stderr);
    assert_eq!(stack_of(&waited.json(), "source")["action"], "update");
    settled(&sandbox);
}

#[test]
fn a_wait_that_takes_too_long_is_a_time_out_and_no_failure() {
    let sandbox = worlds::built_in();
    let template = source_template(&sandbox);
    in_source(&sandbox, async |config| create_source(&config, &template, OnFailure::Rollback).await);
    let late = bootstrap(&sandbox, "--yes --timeout 20s").expect(6).json();
    assert_eq!(late["error"]["retryable"], true);
    bootstrap(&sandbox, "--yes").expect(0);
    settled(&sandbox);
}
