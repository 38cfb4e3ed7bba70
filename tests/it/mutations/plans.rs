//! What can be changed in one rule of a backup plan.

use aws_sdk_backup::types::{BackupRule, BackupRuleInput, CopyAction, Lifecycle};

use super::walk::{another, swapped};

/// The rule as `UpdateBackupPlan` takes it.
pub fn as_input(rule: &BackupRule) -> BackupRuleInput {
    BackupRuleInput::builder()
        .rule_name(rule.rule_name())
        .target_backup_vault_name(rule.target_backup_vault_name())
        .set_schedule_expression(rule.schedule_expression().map(str::to_owned))
        .set_schedule_expression_timezone(rule.schedule_expression_timezone().map(str::to_owned))
        .set_start_window_minutes(rule.start_window_minutes())
        .set_completion_window_minutes(rule.completion_window_minutes())
        .set_lifecycle(rule.lifecycle().cloned())
        .set_copy_actions(rule.copy_actions.clone())
        .set_recovery_point_tags(rule.recovery_point_tags().cloned())
        .build()
        .expect("a rule")
}

fn days(days: i64) -> Option<Lifecycle> {
    Some(Lifecycle::builder().delete_after_days(days).build())
}

/// Every variant of a rule: one thing taken away, or swapped.
pub(super) fn rule_variants(rule: &BackupRule) -> Vec<(String, BackupRuleInput)> {
    let now = as_input(rule);
    let change = |change: &dyn Fn(&mut BackupRuleInput)| {
        let mut changed = now.clone();
        change(&mut changed);
        changed
    };
    let mut variants = vec![
        ("vault is another".to_owned(), change(&|rule| rule.target_backup_vault_name.push_str("-another"))),
        ("vault is Default".to_owned(), change(&|rule| rule.target_backup_vault_name = "Default".to_owned())),
        ("without a schedule".to_owned(), change(&|rule| rule.schedule_expression = None)),
        (
            "schedule next year".to_owned(),
            change(&|rule| rule.schedule_expression = Some("cron(0 5 1 1 ? 2027)".to_owned())),
        ),
        ("start window too short".to_owned(), change(&|rule| rule.start_window_minutes = Some(30))),
        ("retention 1 day".to_owned(), change(&|rule| rule.lifecycle = days(1))),
        ("retention for ever".to_owned(), change(&|rule| rule.lifecycle = None)),
        ("without tags".to_owned(), change(&|rule| rule.recovery_point_tags = None)),
        ("without copies".to_owned(), change(&|rule| rule.copy_actions = None)),
    ];
    let mut tags: Vec<(&String, &String)> = now.recovery_point_tags().into_iter().flatten().collect();
    tags.sort();
    for (key, value) in tags {
        let tag = |value: Option<String>| {
            change(&|rule| {
                let tags = rule.recovery_point_tags.get_or_insert_default();
                match &value {
                    Some(value) => drop(tags.insert(key.clone(), value.clone())),
                    None => drop(tags.remove(key)),
                }
            })
        };
        variants.push((format!("without tag {key}"), tag(None)));
        variants.push((format!("tag {key} is another"), tag(Some(another(value)))));
        for (what, value) in swapped(value) {
            variants.push((format!("tag {key} {what}"), tag(Some(value))));
        }
    }
    for action in now.copy_actions() {
        let copy = |arn: String, lifecycle: Option<Lifecycle>| {
            let action = CopyAction::builder().destination_backup_vault_arn(arn).set_lifecycle(lifecycle).build();
            let action = action.expect("an action");
            change(&|rule| rule.copy_actions = Some(vec![action.clone()]))
        };
        let arn = action.destination_backup_vault_arn();
        let lifecycle = action.lifecycle().cloned();
        variants.push(("copy to another vault".to_owned(), copy(another(arn), lifecycle.clone())));
        for (what, arn) in swapped(arn) {
            variants.push((format!("copy {what}"), copy(arn, lifecycle.clone())));
        }
        variants.push(("copy retention 1 day".to_owned(), copy(arn.to_owned(), days(1))));
        variants.push(("copy without retention".to_owned(), copy(arn.to_owned(), None)));
    }
    variants
}
