//! What was done to a pipeline, by API calls, until a check finds it; and what a person does where a remedy is words.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::Place;

use super::stage::replaced;
use super::{CONFIGURATION, NOTIFYING, ORDERS};
use crate::messages::doctor::plan::change_rule;
use crate::mutations;
use crate::support::command::{backupctl, configured};
use crate::support::operator::{PRODUCTION, REGION_B, in_destination, in_intermediate, in_source, made};
use crate::support::worlds;

/// What the intermediate environment's stack made.
fn physical(sandbox: &Sandbox, logical_id: &str) -> String {
    in_intermediate(sandbox, async |config| made(&config, "aws-backup-rds-intermediate-stack", logical_id).await)
}

/// The destination's stack could not be created and was rolled back.
pub(super) fn dead_stack() -> Sandbox {
    let sandbox = worlds::built_in();
    backupctl(&sandbox, "sandbox inject stack-resource-fails --environment destination --message no").expect(0);
    backupctl(&sandbox, "bootstrap --yes --environment destination").expect(1);
    sandbox
}

pub(super) fn outdated(sandbox: &Sandbox) {
    in_intermediate(sandbox, async |config| {
        let client = aws_sdk_cloudformation::Client::new(&config);
        let name = "aws-backup-rds-intermediate-stack";
        let stack =
            client.describe_stacks().stack_name(name).send().await.expect("a stack").stacks.expect("one")[0].clone();
        let parameters = stack.parameters().iter().map(|one| {
            let key = one.parameter_key().expect("a key");
            let builder = aws_sdk_cloudformation::types::Parameter::builder().parameter_key(key);
            match key {
                "DestinationDeleteAfterDays" => builder.parameter_value("99").build(),
                _ => builder.use_previous_value(true).build(),
            }
        });
        let update = client.update_stack().stack_name(name).use_previous_template(true);
        let update = update.set_parameters(Some(parameters.collect()));
        let update = update.capabilities(aws_sdk_cloudformation::types::Capability::CapabilityNamedIam);
        update.set_tags(stack.tags).send().await.expect("UpdateStack");
    });
    sandbox.advance_to(sandbox.now().plus_seconds(3600)).expect("an in-memory world");
}

/// Nobody cancelled its deletion.
pub(super) fn key_gone(sandbox: &Sandbox) {
    let key = physical(sandbox, "Key");
    in_intermediate(sandbox, async |config| {
        let call = aws_sdk_kms::Client::new(&config).schedule_key_deletion().key_id(key).pending_window_in_days(7);
        call.send().await.expect("ScheduleKeyDeletion");
    });
    sandbox.advance_to(sandbox.now().plus_seconds(8 * 86_400)).expect("an in-memory world");
}

/// A plan as ours, made by hand; with this tag it counts as ours.
fn plan_by_hand(sandbox: &Sandbox, name: &'static str, tagged: bool, selection: bool) {
    in_source(sandbox, async |config| {
        use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput, BackupSelection};
        let client = aws_sdk_backup::Client::new(&config);
        let ours = client.list_backup_plans().send().await.expect("plans").backup_plans_list.expect("one")[0].clone();
        let arn = ours.backup_plan_arn.expect("an ARN");
        let tags = client.list_tags().resource_arn(arn).send().await.expect("tags").tags;
        let rule =
            BackupRuleInput::builder().rule_name("by-hand").target_backup_vault_name("source-vault-account-a-region-a");
        let plan = BackupPlanInput::builder().backup_plan_name(name).rules(rule.build().expect("a rule"));
        let call = client.create_backup_plan().backup_plan(plan.build().expect("a plan"));
        let call = call.set_backup_plan_tags(tags.filter(|_| tagged));
        let made = call.send().await.expect("CreateBackupPlan").backup_plan_id.expect("an id");
        if selection {
            let role = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
            let one = BackupSelection::builder().selection_name("more").iam_role_arn(role).resources(ORDERS);
            let call = client.create_backup_selection().backup_plan_id(made);
            call.backup_selection(one.build().expect("a selection")).send().await.expect("CreateBackupSelection");
        }
    });
}

pub(super) fn second_plan(sandbox: &Sandbox) {
    plan_by_hand(sandbox, "second", true, false);
}

pub(super) fn selected_twice(sandbox: &Sandbox) {
    plan_by_hand(sandbox, "second", false, true);
}

pub(super) fn delete_second_plan(sandbox: &Sandbox) {
    in_source(sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let plans = client.list_backup_plans().send().await.expect("plans").backup_plans_list.expect("plans");
        let second = plans.into_iter().find(|plan| plan.backup_plan_name() == Some("second")).expect("the second");
        let id = second.backup_plan_id.expect("an id");
        let selections = client.list_backup_selections().backup_plan_id(&id).send().await.expect("selections");
        for selection in selections.backup_selections_list() {
            let call = client.delete_backup_selection().backup_plan_id(&id);
            call.selection_id(selection.selection_id().expect("an id")).send().await.expect("deleted");
        }
        client.delete_backup_plan().backup_plan_id(id).send().await.expect("deleted");
    });
}

/// As `cleanup` leaves the path when it is stopped halfway.
pub(super) fn paused(sandbox: &Sandbox) {
    for id in [
        "source rule ForwardRule disabled",
        "intermediate rule CopyRule disabled",
        "intermediate function CopyFunction throttled",
    ] {
        mutations::make(sandbox, id);
    }
}

/// Somebody closed the bus.
pub(super) fn closed_bus(sandbox: &Sandbox) {
    in_intermediate(sandbox, async |config| {
        let deny = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Closed","Effect":"Deny","Principal":"*",
            "Action":"events:PutEvents","Resource":"arn:aws:events:us-west-2:111111111111:event-bus/default"}]}"#;
        let events = aws_sdk_eventbridge::Client::new(&config);
        events.put_permission().policy(deny).send().await.expect("PutPermission");
    });
}

/// Something that failed for good.
pub(super) fn a_letter(sandbox: &Sandbox) {
    let queue = physical(sandbox, "DeadLetterQueue");
    in_intermediate(sandbox, async |config| {
        let sqs = aws_sdk_sqs::Client::new(&config);
        sqs.send_message().queue_url(queue).message_body("{}").send().await.expect("SendMessage");
    });
}

/// No second hop, until it is too late for a copy of the first backup.
pub(super) fn too_late() -> Sandbox {
    let sandbox = mutated_world("intermediate rule CopyRule disabled");
    backupctl(&sandbox, "sandbox advance 152h").expect(0);
    sandbox
}

/// A night without the rule that starts the second hop, then two days.
pub(super) fn without_second_hop() -> Sandbox {
    let sandbox = mutations::world();
    let rule = physical(&sandbox, "CopyRule");
    in_intermediate(&sandbox, async |config| {
        let client = aws_sdk_eventbridge::Client::new(&config);
        client.disable_rule().name(&rule).send().await.expect("DisableRule");
    });
    backupctl(&sandbox, "sandbox advance 30h").expect(0);
    in_intermediate(&sandbox, async |config| {
        let client = aws_sdk_eventbridge::Client::new(&config);
        client.enable_rule().name(&rule).send().await.expect("EnableRule");
    });
    backupctl(&sandbox, "sandbox advance 20h").expect(0);
    sandbox
}

/// A night while the destination vault let nobody in.
pub(super) fn failed_second_hop() -> Sandbox {
    let sandbox = mutations::world();
    let vault = "destination-vault-account-b-region-b";
    let policy = in_destination(&sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let policy = client.get_backup_vault_access_policy().backup_vault_name(vault).send().await.expect("a policy");
        client.delete_backup_vault_access_policy().backup_vault_name(vault).send().await.expect("deleted");
        policy.policy.expect("a policy")
    });
    backupctl(&sandbox, "sandbox advance 40h").expect(0);
    in_destination(&sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let call = client.put_backup_vault_access_policy().backup_vault_name(vault).policy(policy);
        call.send().await.expect("put back");
    });
    sandbox
}

pub(super) fn expired(sandbox: &Sandbox) {
    let order = "sandbox inject expired-credentials --environment destination --until-cleared";
    backupctl(sandbox, order).expect(0);
}

pub(super) fn renewed(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox inject clear").expect(0);
}

/// The topic is made by `bootstrap`, and the link of the mail that SNS sends is opened.
pub(super) fn confirmed(sandbox: &Sandbox) {
    let configuration = replaced(CONFIGURATION, "[events]", NOTIFYING);
    configured(sandbox, &configuration, "bootstrap --yes").expect(0);
    let pending = configured(sandbox, &configuration, "doctor -o json").stdout;
    assert!(pending.contains("dba@example.com has not confirmed"), "{pending}");
    let topic = physical(sandbox, "FailureTopic");
    let token = sandbox.look(|world| {
        let region = REGION_B.parse().expect("a Region");
        let place = Place::new(PRODUCTION.parse().expect("an account"), region);
        let mails = world.services.sns.get(&place).expect("a topic").mails();
        mails.last().expect("a mail").text.rsplit(' ').next().expect("a token").to_owned()
    });
    in_intermediate(sandbox, async |config| {
        let sns = aws_sdk_sns::Client::new(&config);
        sns.confirm_subscription().topic_arn(topic).token(token).send().await.expect("ConfirmSubscription");
    });
}

pub fn vault_under_another_key(sandbox: &Sandbox) {
    in_intermediate(sandbox, async |config| {
        let key = aws_sdk_kms::Client::new(&config).create_key().send().await.expect("CreateKey");
        let key = key.key_metadata.expect("a key").arn.expect("an ARN");
        let client = aws_sdk_backup::Client::new(&config);
        let vault = "intermediate-vault-account-a-region-b";
        client.delete_backup_vault().backup_vault_name(vault).send().await.expect("DeleteBackupVault");
        let call = client.create_backup_vault().backup_vault_name(vault).encryption_key_arn(key);
        call.send().await.expect("CreateBackupVault");
    });
}

pub(super) fn old_runtime(sandbox: &Sandbox) {
    let function = physical(sandbox, "CopyFunction");
    in_intermediate(sandbox, async |config| {
        let call = aws_sdk_lambda::Client::new(&config).update_function_configuration().function_name(function);
        let old = aws_sdk_lambda::types::Runtime::Python39;
        call.runtime(old).send().await.expect("UpdateFunctionConfiguration");
    });
}

pub(super) fn failed_first_hop() -> Sandbox {
    let sandbox = mutations::world();
    backupctl(&sandbox, "sandbox inject copy-job-fails --message no --until-cleared").expect(0);
    a_day(&sandbox);
    a_day(&sandbox);
    renewed(&sandbox);
    sandbox
}

fn mutated_world(id: &str) -> Sandbox {
    let sandbox = mutations::world();
    mutations::make(&sandbox, id);
    sandbox
}

pub(super) fn untagged() -> Sandbox {
    let sandbox = mutated_world("source plan rule: without tag CopyToVault");
    a_day(&sandbox);
    a_day(&sandbox);
    sandbox
}

pub(super) fn never_backed_up() -> Sandbox {
    let sandbox = mutated_world("source plan rule: schedule next year");
    for _ in 0..3 {
        a_day(&sandbox);
    }
    sandbox
}

pub(super) fn backed_up_once() -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    mutations::make(&sandbox, "source plan rule: schedule next year");
    for _ in 0..3 {
        a_day(&sandbox);
    }
    sandbox
}

pub(super) fn a_night_with_the_plan(sandbox: &Sandbox) {
    configured(sandbox, CONFIGURATION, "bootstrap --yes").expect(0);
    a_day(sandbox);
}

pub(super) fn a_day(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox advance 26h").expect(0);
}

pub(super) fn failed_backup() -> Sandbox {
    let sandbox = mutations::world();
    backupctl(&sandbox, "sandbox inject backup-job-fails --message no").expect(0);
    a_day(&sandbox);
    sandbox
}

/// The recovery point of a vault; there is one.
async fn point(config: &aws_config::SdkConfig, vault: &str) -> String {
    let call = aws_sdk_backup::Client::new(config).list_recovery_points_by_backup_vault().backup_vault_name(vault);
    let points = call.send().await.expect("a list").recovery_points.expect("a list");
    points[0].recovery_point_arn.clone().expect("an ARN")
}

pub(super) fn kept_too_short() -> Sandbox {
    kept(3)
}

pub(super) fn going() -> Sandbox {
    kept(1)
}

/// The schedule of the plan that stands is one that AWS takes, and on which no day falls.
pub(super) fn never_again(sandbox: &Sandbox) {
    change_rule(sandbox, |rule| rule.schedule_expression = Some("cron(0 12 31 2 ? *)".to_owned()));
}

fn kept(days: i64) -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    let vault = "destination-vault-account-b-region-b";
    in_destination(&sandbox, async |config| {
        let lifecycle = aws_sdk_backup::types::Lifecycle::builder().delete_after_days(days).build();
        let call = aws_sdk_backup::Client::new(&config).update_recovery_point_lifecycle().backup_vault_name(vault);
        let call = call.recovery_point_arn(point(&config, vault).await).lifecycle(lifecycle);
        call.send().await.expect("UpdateRecoveryPointLifecycle");
    });
    sandbox
}

pub(super) fn copied_twice() -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    in_source(&sandbox, async |config| {
        let vault = "source-vault-account-a-region-a";
        let call = aws_sdk_backup::Client::new(&config).start_copy_job().source_backup_vault_name(vault);
        let call = call.recovery_point_arn(point(&config, vault).await);
        let to = "arn:aws:backup:us-west-2:111111111111:backup-vault:intermediate-vault-account-a-region-b";
        let role = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
        call.destination_backup_vault_arn(to).iam_role_arn(role).send().await.expect("StartCopyJob");
    });
    backupctl(&sandbox, "sandbox advance 4h").expect(0);
    sandbox
}

pub(super) fn orphaned() -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    in_source(&sandbox, async |config| {
        let vault = "source-vault-account-a-region-a";
        let call = aws_sdk_backup::Client::new(&config).delete_recovery_point().backup_vault_name(vault);
        call.recovery_point_arn(point(&config, vault).await).send().await.expect("DeleteRecoveryPoint");
    });
    backupctl(&sandbox, "sandbox advance 1h").expect(0);
    sandbox
}
