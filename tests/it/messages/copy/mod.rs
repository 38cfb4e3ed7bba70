//! `copy`: what it shows, refuses and fails with.

mod failed;
mod last_attempt;
mod refused;
mod runs;

use aws_sdk_backup::types::BackupPlanInput;
use backupctl::sandbox::Sandbox;

use crate::interruption::world_for_copy;
use crate::mutations::as_input;
use crate::scenario::by_hand::source_points;
use crate::support::command::{backupctl, configured};
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

/// A world in which only `copy` copies, and the one recovery point in its source vault.
fn one_point() -> (Sandbox, String) {
    let (world, point) = world_for_copy();
    (Sandbox::in_memory(world), point)
}

/// The built-in world's accounts with these lines under `[intermediate]`, and these at the end.
fn configuration(intermediate: &str, end: &str) -> String {
    let ours = "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]";
    format!(
        "[source]\naccount = \"111111111111\"\n[intermediate]\n{intermediate}\n[destination]\n\
         account = \"222222222222\"\n{ours}\n{end}\n"
    )
}

/// A world in which the plan's own copy of the recovery point is waited for in vain, this long: the plan copied nothing
/// when it was made, and does now. And the command that copies it.
fn awaited_in_vain(gallery: &Gallery, grace: &str) -> (Sandbox, String) {
    let text = configuration("", &format!("[plan]\nscheduled_copy_grace = \"{grace}\""));
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
    (sandbox, format!("copy --recovery-point {point} --config patient.toml"))
}
