//! Plan, stacks and roles: what is not as the configuration says.

use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput, BackupSelection};
use backupctl::sandbox::Sandbox;

use super::SOURCE;
use crate::messages::bootstrap::{ORDERS, configuration, shown};
use crate::mutations::as_input;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

/// A deployed world whose one rule somebody changed.
fn with_rule(change: impl FnOnce(&mut BackupRuleInput)) -> Sandbox {
    let sandbox = worlds::bootstrapped();
    change_rule(&sandbox, change);
    sandbox
}

/// Somebody changes the plan's one rule.
pub fn change_rule(sandbox: &Sandbox, change: impl FnOnce(&mut BackupRuleInput)) {
    in_source(sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let plans = client.list_backup_plans().send().await.expect("ListBackupPlans").backup_plans_list;
        let id = plans.expect("plans")[0].backup_plan_id.clone().expect("an id");
        let plan = client.get_backup_plan().backup_plan_id(&id).send().await.expect("GetBackupPlan").backup_plan;
        let plan = plan.expect("a plan");
        let mut rule = as_input(&plan.rules()[0]);
        change(&mut rule);
        let input = BackupPlanInput::builder().backup_plan_name(plan.backup_plan_name()).rules(rule);
        let update = client.update_backup_plan().backup_plan_id(id).backup_plan(input.build().expect("a plan"));
        update.send().await.expect("UpdateBackupPlan");
    });
}

#[test]
fn a_rule_that_is_not_the_configured_one_is_told_by_what_differs() {
    let mut gallery = Gallery::new();
    let plan = "doctor --only plan";
    let sandbox = with_rule(|rule| rule.schedule_expression = Some("cron(0 4 ? * * *)".to_owned()));
    gallery.refuse("Another hour", &sandbox, plan, 0);
    let sandbox = with_rule(|rule| rule.schedule_expression = Some("cron(0 5 1 1 ? 2025)".to_owned()));
    gallery.refuse("A time that is over", &sandbox, plan, 3);
    let sandbox = with_rule(|rule| rule.rule_name = "nightly".to_owned());
    gallery.refuse("Another name", &sandbox, plan, 0);
    let sandbox = with_rule(|rule| {
        rule.rule_name = "nightly".to_owned();
        rule.target_backup_vault_name = "Default".to_owned();
    });
    gallery.refuse("A rule of somebody else", &sandbox, plan, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_selection_that_runs_under_another_role_is_said() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    let another = in_source(&sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let trust = backupctl::pipeline::settings::BACKUP_ROLE_TRUST;
        let create = iam.create_role().role_name("another").assume_role_policy_document(trust);
        let another = create.send().await.expect("CreateRole").role.expect("a role").arn;
        for policy in ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"] {
            let arn = format!("arn:aws:iam::aws:policy/service-role/{policy}");
            iam.attach_role_policy().role_name("another").policy_arn(arn).send().await.expect("AttachRolePolicy");
        }
        another
    });
    // IAM tells AWS Backup of it.
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
    in_source(&sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let plans = client.list_backup_plans().send().await.expect("ListBackupPlans").backup_plans_list;
        let plan = plans.expect("plans")[0].backup_plan_id.clone().expect("an id");
        let listed = client.list_backup_selections().backup_plan_id(&plan).send().await.expect("selections");
        for one in listed.backup_selections_list() {
            let id = one.selection_id().expect("an id");
            let get = client.get_backup_selection().backup_plan_id(&plan).selection_id(id);
            let old = get.send().await.expect("GetBackupSelection").backup_selection.expect("a selection");
            let delete = client.delete_backup_selection().backup_plan_id(&plan).selection_id(id);
            delete.send().await.expect("DeleteBackupSelection");
            let new = BackupSelection::builder().selection_name(old.selection_name()).iam_role_arn(&another);
            let new = new.set_resources(old.resources).build().expect("a selection");
            let create = client.create_backup_selection().backup_plan_id(&plan).backup_selection(new);
            create.send().await.expect("CreateBackupSelection");
        }
    });
    gallery.refuse("Another role", &sandbox, "doctor --only prerequisites --environment source", 0);
    gallery.show("The remedy, typed", Some(&sandbox), "bootstrap --yes --quiet", 0);
    gallery.refuse("Then", &sandbox, "doctor --only prerequisites --environment source", 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_database_that_is_named_and_left_out_is_said_to_be_both() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::built_in());
    let chosen =
        |more: &str| configuration("", Some(&format!("{ORDERS}{more}\n[organization]\nid = \"o-sandboxorg1\"")));
    gallery.file("excluded.toml", &chosen("exclude = [\"arn:aws:rds:us-east-1:111111111111:db:ord*\"]"));
    gallery.file("untagged.toml", &chosen("conditions = { stage = \"production\" }"));
    for name in ["excluded", "untagged"] {
        let config = gallery.directory().join(format!("{name}.toml"));
        backupctl(&sandbox, &format!("--config {} bootstrap --yes --timeout 2d", config.display())).expect(0);
        let about = if name == "excluded" { "By `exclude`" } else { "By `conditions`" };
        gallery.refuse(about, &sandbox, &format!("doctor --only plan --config {name}.toml"), 3);
    }
    in_source(&sandbox, async |config| {
        let tag = aws_sdk_rds::types::Tag::builder().key("stage").value("production").build();
        let call = aws_sdk_rds::Client::new(&config).add_tags_to_resource().tags(tag);
        call.resource_name("arn:aws:rds:us-east-1:111111111111:db:orders").send().await.expect("AddTagsToResource");
    });
    gallery.refuse("With the tag", &sandbox, "doctor --only plan --config untagged.toml", 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_stack_without_the_tag_is_said_to_lack_it() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    in_source(&sandbox, async |config| {
        let client = aws_sdk_cloudformation::Client::new(&config);
        let stacks = client.describe_stacks().stack_name(SOURCE).send().await.expect("DescribeStacks").stacks;
        let stack = stacks.expect("one").remove(0);
        let parameters = stack.parameters().iter().map(|one| {
            let key = one.parameter_key().expect("a key");
            aws_sdk_cloudformation::types::Parameter::builder().parameter_key(key).use_previous_value(true).build()
        });
        let update = client.update_stack().stack_name(SOURCE).use_previous_template(true);
        let update = update.set_parameters(Some(parameters.collect())).set_tags(Some(Vec::new()));
        let update = update.capabilities(aws_sdk_cloudformation::types::Capability::CapabilityNamedIam);
        update.send().await.expect("UpdateStack");
    });
    sandbox.advance_to(sandbox.now().plus_seconds(3600)).expect("an in-memory world");
    gallery.refuse("No tag", &sandbox, "doctor --only stacks --environment source", 0);
    insta::assert_snapshot!(shown(gallery));
}
