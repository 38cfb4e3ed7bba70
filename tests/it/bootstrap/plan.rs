//! The plan and the selection: found, repaired, replaced.

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput};
use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::repair::without_suffixes;
use super::{bootstrap, settled};
use crate::support::command::backupctl;
use crate::support::operator::in_source;
use crate::support::worlds;

pub fn backup(config: &SdkConfig) -> aws_sdk_backup::Client {
    aws_sdk_backup::Client::new(config)
}

/// The id and the ARN of the one plan.
pub async fn plan(config: &SdkConfig) -> (String, String) {
    let plans = backup(config).list_backup_plans().send().await.expect("ListBackupPlans");
    let [plan] = plans.backup_plans_list() else { panic!("{plans:?}") };
    (plan.backup_plan_id().expect("an id").to_owned(), plan.backup_plan_arn().expect("an ARN").to_owned())
}

/// The names and ids of the plan's selections.
async fn selections(config: &SdkConfig) -> Vec<(String, String)> {
    let (plan, _) = plan(config).await;
    let list = backup(config).list_backup_selections().backup_plan_id(plan).send().await.expect("selections");
    let mut found: Vec<(String, String)> = list
        .backup_selections_list()
        .iter()
        .map(|one| {
            (one.selection_name().unwrap_or_default().to_owned(), one.selection_id().unwrap_or_default().to_owned())
        })
        .collect();
    found.sort();
    found
}

/// A plan by hand, with the configured name.
pub async fn make_plan(config: &SdkConfig, tag: Option<&str>, rule: &str) -> String {
    let rule = BackupRuleInput::builder().rule_name(rule).target_backup_vault_name("Default").build().expect("a rule");
    let plan = BackupPlanInput::builder().backup_plan_name("backup-plan-rds").rules(rule).build().expect("a plan");
    let mut call = backup(config).create_backup_plan().backup_plan(plan);
    if let Some(tag) = tag {
        call = call.backup_plan_tags("backupctl:pipeline", tag);
    }
    backup_vault_default(config).await;
    call.send().await.expect("CreateBackupPlan").backup_plan_id.expect("an id")
}

async fn backup_vault_default(config: &SdkConfig) {
    // It may be there already.
    let _ = backup(config).create_backup_vault().backup_vault_name("Default").send().await;
}

#[test]
fn two_plans_of_the_name_end_it_with_both_ids_before_anything_is_changed() {
    let sandbox = worlds::built_in();
    let ids = in_source(&sandbox, async |config| {
        [make_plan(&config, None, "one").await, make_plan(&config, None, "two").await]
    });
    let refused = bootstrap(&sandbox, "--yes").expect(5).json();
    let message = refused["error"]["message"].as_str().expect("a message").to_owned();
    assert!(ids.iter().all(|id| message.contains(id)), "{message}");
    insta::assert_snapshot!(without_suffixes(&backupctl(&sandbox, "bootstrap --yes").expect(5).stderr));
}

#[test]
fn a_plan_of_the_name_without_our_tag_is_named_with_the_command_that_adopts_it() {
    let sandbox = worlds::built_in();
    let id = in_source(&sandbox, async |config| make_plan(&config, Some("another-pipeline"), "one").await);
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(without_suffixes(&refused.stderr));
    // The remedy, typed.
    in_source(&sandbox, async |config| {
        let (_, arn) = plan(&config).await;
        let tag = backup(&config).tag_resource().resource_arn(arn);
        tag.tags("backupctl:pipeline", super::SOURCE).send().await.expect("TagResource");
    });
    let adopted = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(adopted["plan"]["id"], id);
    assert_eq!(adopted["plan"]["action"], "update");
    settled(&sandbox);
}

/// Puts the plan's rule back as it is, changed.
pub async fn change_rule(config: &SdkConfig, change: impl FnOnce(&mut aws_sdk_backup::types::BackupRule)) {
    let (id, _) = plan(config).await;
    let answer = backup(config).get_backup_plan().backup_plan_id(&id).send().await.expect("GetBackupPlan");
    let found = answer.backup_plan.expect("a plan");
    let mut rule = found.rules[0].clone();
    change(&mut rule);
    let input = BackupRuleInput::builder()
        .rule_name(rule.rule_name)
        .target_backup_vault_name(rule.target_backup_vault_name)
        .set_schedule_expression(rule.schedule_expression)
        .set_start_window_minutes(rule.start_window_minutes)
        .set_completion_window_minutes(rule.completion_window_minutes)
        .set_lifecycle(rule.lifecycle)
        .set_recovery_point_tags(rule.recovery_point_tags)
        .set_copy_actions(rule.copy_actions)
        .set_schedule_expression_timezone(rule.schedule_expression_timezone)
        .build()
        .expect("a rule");
    let plan = BackupPlanInput::builder().backup_plan_name("renamed").rules(input).build().expect("a plan");
    backup(config).update_backup_plan().backup_plan_id(id).backup_plan(plan).send().await.expect("UpdateBackupPlan");
}

#[test]
fn a_rule_that_was_changed_by_hand_is_put_back_line_by_line() {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        change_rule(&config, |rule| {
            rule.copy_actions = None;
            rule.schedule_expression = Some("cron(0 1 ? * * *)".to_owned());
            rule.lifecycle = None;
            rule.recovery_point_tags = None;
        })
        .await;
    });
    let shown = backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    insta::assert_snapshot!(shown.stdout);
    bootstrap(&sandbox, "--yes").expect(0);
    settled(&sandbox);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let verified = backupctl(&sandbox, "verify -o json").expect(0).json();
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
}

/// A directory with a configuration that selects one database more.
fn configured(selection: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let text = format!(
        "[source]\naccount = \"111111111111\"\n[intermediate]\n[destination]\naccount = \"222222222222\"\n[selection]\n{selection}\n"
    );
    std::fs::write(directory.path().join("backupctl.toml"), text).expect("a file");
    directory
}

fn configured_bootstrap(sandbox: &Sandbox, selection: &str, arguments: &str) -> crate::support::command::Ran {
    let directory = configured(selection);
    let config = directory.path().join("backupctl.toml");
    backupctl(sandbox, &format!("--config {} bootstrap {arguments}", config.display()))
}

pub const THREE: &str = r#"resources = ["arn:aws:rds:us-east-1:111111111111:db:orders", "arn:aws:rds:us-east-1:111111111111:db:billing", "arn:aws:rds:us-east-1:111111111111:db:ledger"]"#;
const BY_TAG: &str = r#"resources = ["arn:aws:rds:us-east-1:111111111111:db:*"]
conditions = { backup = "daily" }
exclude = ["arn:aws:rds:us-east-1:111111111111:db:legacy"]"#;

#[test]
fn a_selection_is_replaced_and_at_every_call_something_is_selected() {
    let sandbox = worlds::bootstrapped();
    // After the start window of 05:00, eight hours long.
    backupctl(&sandbox, "sandbox advance 10h").expect(0);
    let before = in_source(&sandbox, async |config| selections(&config).await);
    let world = sandbox.world();
    let shown = configured_bootstrap(&sandbox, THREE, "--dry-run").expect(4);
    insta::assert_snapshot!(shown.stdout);
    sandbox.interrupt(None);
    let ran = configured_bootstrap(&sandbox, THREE, "--yes -o json").expect(0).json();
    assert_eq!(ran["selection"]["action"], "replace", "{ran:#}");
    let calls = sandbox.calls();
    let after = in_source(&sandbox, async |config| selections(&config).await);
    assert_eq!(after.len(), 1, "{after:?}");
    assert_eq!(after[0].0, before[0].0);
    assert_ne!(after[0].1, before[0].1);

    // Killed after any of its last calls, the plan selects something, and the next run ends the same.
    for call in calls.saturating_sub(8)..=calls {
        let killed = Sandbox::in_memory(world.clone());
        killed.interrupt(Some(backupctl::sandbox::handle::Interruption::After(call)));
        configured_bootstrap(&killed, THREE, "--yes");
        killed.interrupt(None);
        let left = in_source(&killed, async |config| selections(&config).await);
        assert!(!left.is_empty(), "call {call}");
        let again = configured_bootstrap(&killed, THREE, "--yes -o json").expect(0).json();
        assert_eq!(again["ok"], true);
        let left = in_source(&killed, async |config| selections(&config).await);
        assert_eq!(left.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), [before[0].0.as_str()], "call {call}");
    }
}

#[test]
fn inside_the_start_window_a_selection_is_not_replaced_and_everything_else_is_done() {
    let sandbox = worlds::bootstrapped();
    // The built-in world begins at midnight: an hour after the fire time of 05:00.
    let now = sandbox.now().date();
    let to_six = (chrono::TimeDelta::hours(30)
        - (now - now.date_naive().and_hms_opt(0, 0, 0).expect("midnight").and_utc()))
    .num_minutes();
    backupctl(&sandbox, &format!("sandbox advance {to_six}m")).expect(0);
    in_source(&sandbox, async |config| {
        change_rule(&config, |rule| rule.copy_actions = None).await;
    });
    let before = in_source(&sandbox, async |config| selections(&config).await);
    let late = configured_bootstrap(&sandbox, THREE, "--yes --timeout 1h").expect(6);
    insta::assert_snapshot!(without_suffixes(&late.stderr));
    assert_eq!(in_source(&sandbox, async |config| selections(&config).await), before);
    let copies = in_source(&sandbox, async |config| {
        let (id, _) = plan(&config).await;
        let answer = backup(&config).get_backup_plan().backup_plan_id(id).send().await.expect("GetBackupPlan");
        answer.backup_plan.expect("a plan").rules[0].copy_actions().len()
    });
    assert_eq!(copies, 1, "the plan is repaired");
    // With the patience that it takes it waits for the window's end.
    let done = configured_bootstrap(&sandbox, THREE, "--yes -o json").expect(0).json();
    assert_eq!(done["selection"]["action"], "replace");
    assert!(done["duration_seconds"].as_u64().is_some_and(|seconds| seconds > 3600), "{done:#}");
}

#[test]
fn databases_are_chosen_by_arn_with_conditions_and_exclusions() {
    let sandbox = worlds::built_in();
    configured_bootstrap(&sandbox, BY_TAG, "--yes").expect(0);
    let document = in_source(&sandbox, async |config| {
        let (plan, _) = plan(&config).await;
        let (_, id) = selections(&config).await.remove(0);
        let call = backup(&config).get_backup_selection().backup_plan_id(plan).selection_id(id);
        let found = call.send().await.expect("GetBackupSelection").backup_selection.expect("a selection");
        let equal = found.conditions().map(|all| all.string_equals().to_vec()).unwrap_or_default();
        serde_json::json!({
            "resources": found.resources(),
            "not": found.not_resources(),
            "all": equal.iter().map(|one| (one.condition_key(), one.condition_value())).collect::<Vec<_>>(),
        })
    });
    let expected: Value = serde_json::json!({
        "resources": ["arn:aws:rds:us-east-1:111111111111:db:*"],
        "not": ["arn:aws:rds:us-east-1:111111111111:db:legacy"],
        "all": [["aws:ResourceTag/backup", "daily"]],
    });
    assert_eq!(document, expected);
    let again = configured_bootstrap(&sandbox, BY_TAG, "--yes -o json").expect(0).json();
    assert_eq!(again["changed"], false, "{again:#}");
}

#[test]
fn a_tag_that_the_plan_has_lost_is_put_back() {
    let sandbox = worlds::built_in();
    let directory = tempfile::tempdir().expect("a directory");
    let config = directory.path().join("backupctl.toml");
    let text = "[source]\naccount = \"111111111111\"\ntags = { team = \"dba\" }\n[intermediate]\n[destination]\n\
                account = \"222222222222\"\n[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n";
    std::fs::write(&config, text).expect("a file");
    let command = format!("--config {} bootstrap --yes -o json", config.display());
    backupctl(&sandbox, &command).expect(0);
    in_source(&sandbox, async |config| {
        let (_, arn) = plan(&config).await;
        backup(&config).untag_resource().resource_arn(arn).tag_key_list("team").send().await.expect("UntagResource");
    });
    let mended = backupctl(&sandbox, &command).expect(0).json();
    assert_eq!(mended["plan"]["changes"][0]["name"], "tag team", "{mended:#}");
    assert_eq!(backupctl(&sandbox, &command).expect(0).json()["changed"], false);
}

/// After the start window, in a world where IAM tells of the new role `fresh` only after these seconds.
pub fn with_lag(seconds: i64) -> Sandbox {
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 10h").expect(0);
    let mut world = sandbox.world();
    world.settings.iam_lag_seconds = seconds;
    let sandbox = Sandbox::in_memory(world);
    in_source(&sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        iam.create_role().role_name("fresh").assume_role_policy_document(trust).send().await.expect("CreateRole");
        let policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
        iam.attach_role_policy().role_name("fresh").policy_arn(policy).send().await.expect("AttachRolePolicy");
    });
    sandbox
}

#[test]
fn a_role_that_iam_does_not_know_everywhere_yet_is_waited_for_and_said() {
    let selection = format!("{THREE}\n[plan]\nrole = \"fresh\"");
    let soon = configured_bootstrap(&with_lag(60), &selection, "--yes").expect(0);
    assert!(soon.stderr.contains("IAM catches up, retrying"), "{}", soon.stderr);
    let never = with_lag(3600);
    let late = configured_bootstrap(&never, &selection, "--yes").expect(1);
    let error = &late.stderr[late.stderr.find("error:").expect("an error")..];
    insta::assert_snapshot!(without_suffixes(error));
    // The old selection still stands.
    let left = in_source(&never, async |config| selections(&config).await);
    assert_eq!(left.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["rds-default-kms-key"]);
}
