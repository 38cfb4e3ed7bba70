//! What AWS does not let be done, and what takes too long: where a run ends, why, and how it goes on.

use aws_sdk_cloudformation::types::{Capability, OnFailure};
use backupctl::sandbox::Sandbox;

use super::{ORDERS, configuration, order, shown};
use crate::bootstrap::plan::with_lag;
use crate::bootstrap::states::{delete_by_hand, stuck, take_the_alias};
use crate::bootstrap::{
    INTERMEDIATE, SOURCE, cloudformation, create_source, nothing_is_left_behind, settled, source_template,
};
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::{in_intermediate, in_source, made, switch_rules_off};
use crate::support::worlds;

/// A bootstrapped world in which there is something to update.
fn switched_off() -> Sandbox {
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    sandbox
}

#[test]
fn what_may_not_be_looked_at_ends_it_before_anything_is_changed() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    deny(&sandbox, "organizations:DescribeOrganization", "");
    gallery.show("organizations:DescribeOrganization", Some(&sandbox), "bootstrap --yes --quiet --no-plan", 0);
    let sandbox = worlds::built_in();
    gallery.file("plain.toml", &configuration("", None));
    deny(&sandbox, "organizations:DescribeOrganization", "");
    gallery.refuse("The same without its id", &sandbox, "bootstrap --yes --config plain.toml", 1);
    for operation in ["backup:ListBackupPlans", "cloudformation:DescribeStacks"] {
        let sandbox = worlds::built_in();
        deny(&sandbox, operation, "");
        gallery.refuse(operation, &sandbox, "bootstrap --yes --environment source", 1);
    }
    for operation in ["cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet"] {
        let sandbox = switched_off();
        deny(&sandbox, operation, "");
        gallery.show(operation, Some(&sandbox), "bootstrap --yes --environment source --quiet", 1);
    }
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_may_not_be_done_to_a_stack_ends_it() {
    let mut gallery = Gallery::new();
    let command = "bootstrap --yes --environment source --quiet";
    let mut denied = |world: Sandbox, operation: &str| {
        deny(&world, operation, "");
        gallery.show(operation, Some(&world), command, 1);
        backupctl(&world, "sandbox inject clear").expect(0);
        world
    };
    denied(worlds::built_in(), "cloudformation:CreateStack");
    denied(worlds::built_in(), "cloudformation:DescribeStackEvents");
    settled_after(&denied(switched_off(), "cloudformation:ExecuteChangeSet"));
    denied(stuck().0, "cloudformation:ContinueUpdateRollback");
    let dead = worlds::built_in();
    in_source(&dead, async |config| take_the_alias(&config).await);
    backupctl(&dead, command).expect(1);
    denied(dead, "cloudformation:DeleteStack");
    let alone = worlds::bootstrapped();
    in_source(&alone, async |config| delete_by_hand(&config).await);
    backupctl(&alone, "sandbox advance 10m").expect(0);
    settled_after(&denied(alone, "cloudformation:CreateChangeSet"));
    insta::assert_snapshot!(shown(gallery));
}

/// The same command again finishes the work.
#[track_caller]
fn settled_after(sandbox: &Sandbox) {
    backupctl(sandbox, "bootstrap --yes").expect(0);
    settled(sandbox);
}

#[test]
fn a_change_set_that_may_not_be_deleted_is_said() {
    let mut gallery = Gallery::new();
    let sandbox = switched_off();
    deny(&sandbox, "cloudformation:DeleteChangeSet", "");
    gallery.show("After a dry run", Some(&sandbox), "bootstrap --dry-run --environment source --no-plan", 1);
    gallery.show("One that found nothing", Some(&sandbox), "bootstrap --dry-run --environment intermediate", 1);
    backupctl(&sandbox, "sandbox inject clear").expect(0);
    insta::assert_snapshot!(shown(gallery));
    settled_after(&sandbox);
    nothing_is_left_behind(&sandbox);
}

#[test]
fn a_function_that_may_not_be_let_go_on_is_said() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    in_intermediate(&sandbox, async |config| {
        let function = made(&config, INTERMEDIATE, "CopyFunction").await;
        let lambda = aws_sdk_lambda::Client::new(&config);
        let pause = lambda.put_function_concurrency().function_name(function).reserved_concurrent_executions(0);
        pause.send().await.expect("PutFunctionConcurrency");
    });
    deny(&sandbox, "lambda:DeleteFunctionConcurrency", "");
    gallery.show("A paused function", Some(&sandbox), "bootstrap --yes --environment intermediate", 1);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_may_not_be_done_to_settings_plan_and_selection_ends_it() {
    let mut gallery = Gallery::new();
    let bare = worlds::bare();
    deny(&bare, "iam:CreateServiceLinkedRole", "");
    gallery.refuse("A setting", &bare, "bootstrap --yes --enable-settings --quiet", 1);
    for (about, operation) in
        [("The plan", "backup:CreateBackupPlan"), ("The selection", "backup:CreateBackupSelection")]
    {
        let sandbox = worlds::built_in();
        deny(&sandbox, operation, "");
        gallery.show(about, Some(&sandbox), "bootstrap --yes --quiet", 1);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        settled_after(&sandbox);
    }
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 10h").expect(0);
    gallery.file("one.toml", &configuration("", Some(ORDERS)));
    deny(&sandbox, "backup:DeleteBackupSelection", "");
    gallery.show("The old selection", Some(&sandbox), "bootstrap --yes --quiet --config one.toml", 1);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn two_stacks_that_fail_side_by_side_are_both_named() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    for environment in ["source", "destination"] {
        order(&sandbox, &format!("stack-resource-fails --environment {environment} --message Broken"));
    }
    gallery.show("Two at once", Some(&sandbox), "bootstrap --yes --quiet", 1);
    insta::assert_snapshot!(shown(gallery));
    settled_after(&sandbox);
}

#[test]
fn what_takes_too_long_is_a_time_out() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    let command = "bootstrap --yes --quiet --environment source --no-plan --timeout 20s";
    gallery.show("Our own creation", Some(&sandbox), command, 6);
    gallery.show("The same command again", Some(&sandbox), "bootstrap --yes --environment source --no-plan", 0);

    let sandbox = worlds::built_in();
    let template = source_template(&sandbox);
    in_source(&sandbox, async |config| create_source(&config, &template, OnFailure::Rollback).await);
    gallery.show("Somebody's creation", Some(&sandbox), command, 6);

    let sandbox = switched_off();
    let impatient = "bootstrap --yes --quiet --environment source --no-plan --timeout 1s --poll-interval 1s";
    gallery.show("A change set", Some(&sandbox), impatient, 6);
    nothing_is_left_behind(&sandbox);
    insta::assert_snapshot!(shown(gallery));
    settled_after(&sandbox);
}

#[test]
fn a_role_that_aws_backup_does_not_know_yet_is_waited_for() {
    let mut gallery = Gallery::new();
    let fresh = format!("{}\n[plan]\nrole = \"fresh\"", crate::bootstrap::plan::THREE);
    gallery.file("fresh.toml", &configuration("", Some(&format!("[selection]\n{fresh}"))));
    let command = "bootstrap --yes --config fresh.toml";
    gallery.show("It comes", Some(&with_lag(60)), command, 0);
    gallery.show("It does not come", Some(&with_lag(3600)), command, 1);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn somebodys_update_is_waited_for() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        let update = cloudformation(&config).update_stack().stack_name(SOURCE).use_previous_template(true);
        let update = update.set_parameters(Some(crate::bootstrap::source_parameters()));
        let update = update.tags(crate::bootstrap::our_tag()).capabilities(Capability::CapabilityNamedIam);
        let changed = aws_sdk_cloudformation::types::Tag::builder().key("changed").value("by-hand").build();
        update.tags(changed).send().await.expect("UpdateStack");
    });
    gallery.refuse("A dry run", &sandbox, "bootstrap --dry-run --environment source --no-plan", 4);
    gallery.show("A run", Some(&sandbox), "bootstrap --yes --environment source --no-plan", 0);
    insta::assert_snapshot!(shown(gallery));
}
