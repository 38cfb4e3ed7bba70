//! What is not copied, and why.

use aws_sdk_backup::types::BackupPlanInput;
use backupctl::sandbox::Sandbox;

use super::{configuration, one_point};
use crate::mutations::{Change, Environment, Mutation, apply, as_input};
use crate::scenario::by_hand::source_points;
use crate::support::command::{backupctl, configured};
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

#[test]
fn a_stack_that_says_otherwise_than_the_configuration_is_not_copied_with() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    gallery.file("days.toml", &configuration("", "[plan]\ndestination_delete_after_days = 30"));
    gallery.file("stack.toml", &configuration("stack = \"another-stack\"", ""));
    gallery.file("vault.toml", &configuration("vault = \"another-vault\"", ""));
    let command = format!("copy --recovery-point {point} --quiet");
    gallery.refuse("Other days", &sandbox, &format!("{command} --config days.toml"), 5);
    gallery.refuse("Shown", &sandbox, &format!("{command} --config days.toml --dry-run"), 5);
    gallery.refuse("No such stack", &sandbox, &format!("{command} --config stack.toml"), 5);
    gallery.refuse("No such vault", &sandbox, &format!("{command} --config vault.toml"), 1);
    gallery.show("As the stack says", Some(&sandbox), &format!("{command} --config days.toml --force"), 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_copy_that_would_soon_be_deleted_is_not_made() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    backupctl(&sandbox, "sandbox advance 6d").expect(0);
    gallery.refuse("Too old", &sandbox, &format!("copy --recovery-point {point} --quiet"), 5);
    insta::assert_snapshot!(gallery.into_text());
}

/// A world in which the plan's own copy of the recovery point is waited for in vain: the plan copied nothing when it was
/// made, and does now.
fn awaited_in_vain(gallery: &Gallery) -> (Sandbox, String) {
    let text = configuration("", "[plan]\nscheduled_copy_grace = \"10d\"");
    gallery.file("patient.toml", &text);
    let sandbox = worlds::built_in();
    configured(&sandbox, &text, "bootstrap --yes").expect(0);
    in_source(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let plans = backup.list_backup_plans().send().await.expect("ListBackupPlans");
        let id = plans.backup_plans_list()[0].backup_plan_id().expect("an id").to_owned();
        let plan = backup.get_backup_plan().backup_plan_id(&id).send().await.expect("GetBackupPlan").backup_plan;
        let plan = plan.expect("a plan");
        let rules = plan.rules().iter().map(|rule| {
            let mut rule = as_input(rule);
            rule.copy_actions = None;
            rule
        });
        let input =
            BackupPlanInput::builder().backup_plan_name(plan.backup_plan_name()).set_rules(Some(rules.collect()));
        let update = backup.update_backup_plan().backup_plan_id(id).backup_plan(input.build().expect("a plan"));
        update.send().await.expect("UpdateBackupPlan");
    });
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    configured(&sandbox, &text, "bootstrap --yes").expect(0);
    let point = source_points(&sandbox).remove(0);
    (sandbox, format!("copy --recovery-point {point} --config patient.toml --timeout 9d --poll-interval 6h"))
}

#[test]
fn a_recovery_point_that_goes_while_it_is_waited_for_is_not_copied() {
    let mut gallery = Gallery::new();
    let (sandbox, command) = awaited_in_vain(&gallery);
    gallery.show("AWS deletes it when its time is over", Some(&sandbox), &command, 1);
    let (sandbox, command) = awaited_in_vain(&gallery);
    let change = Change::RoleDeleted { role: "AWSBackupDefaultServiceRole".to_owned() };
    apply(&sandbox, &Mutation { id: String::new(), environment: Environment::Source, change }).expect("done");
    gallery.show("AWS cannot delete it when its time is over", Some(&sandbox), &command, 5);
    insta::assert_snapshot!(gallery.into_text());
}
