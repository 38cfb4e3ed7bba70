//! Every check is provoked by API calls, and what its finding says is typed, as it stands there: then the finding is gone.
//!
//! What `aws …` says is typed into the AWS CLI itself.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use backupctl::pipeline::check::Check;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::Place;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{python, shell};
use crate::mutations;
use crate::support::command::backupctl;
use crate::support::operator::{PRODUCTION, REGION_B, in_destination, in_intermediate, in_source};
use crate::support::{served, worlds};

const CONFIGURATION: &str = r#"
[source]
account = "111111111111"
region = "us-east-1"
profile = "production"
[intermediate]
region = "us-west-2"
[destination]
account = "222222222222"
profile = "central"
[organization]
management_profile = "management"
[selection]
resources = ["arn:aws:rds:us-east-1:111111111111:db:orders"]
[events]
sweep_schedule = ""
"#;

/// How a check is provoked, in a world of [`mutations::world`] unless it makes its own.
enum Cause {
    /// By the mutation of that name.
    Mutation(&'static str),
    /// By these calls.
    Calls(fn(&Sandbox)),
    /// In another world than the deployed one.
    World(fn() -> Sandbox),
    /// By a line of the configuration that is put in the place of another one.
    Configuration(&'static str, &'static str),
}

/// What a person does about it.
enum Cure {
    /// Types all commands of the finding.
    AsSaid,
    /// Types the commands of the remedy's text, with these words in the place of those in capitals.
    Filled(&'static [(&'static str, &'static str)]),
    /// Types the first command of the finding, and an hour passes.
    First,
    /// Types one of the commands, where they are alternatives.
    Only(&'static str),
    /// Puts a line of the configuration in the place of another one, and runs `backupctl bootstrap`.
    Configuration(&'static str, &'static str),
    /// Puts a line of the configuration in the place of another one, and types all commands of the finding.
    Renamed(&'static str, &'static str),
    /// Nothing, as the remedy says: the finding stays.
    Nothing,
    /// Does what the remedy says in words.
    InWords(fn(&Sandbox)),
}

struct Case {
    check: &'static str,
    command: &'static str,
    cause: Cause,
    cure: Cure,
}

const fn case(check: &'static str, cause: Cause, cure: Cure) -> Case {
    Case { check, command: "doctor", cause, cure }
}

const fn mutated(check: &'static str, mutation: &'static str) -> Case {
    case(check, Cause::Mutation(mutation), Cure::AsSaid)
}

const NOTIFYING: &str = "[notifications]\nemail = \"dba@example.com\"\n[events]";

const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

fn cases() -> Vec<Case> {
    let mut all = vec![
        mutated("rds-opt-in-disabled", "source RDS opted out"),
        mutated("backup-role-missing", "source role AWSBackupDefaultServiceRole deleted"),
        mutated(
            "backup-role-denied",
            "source role AWSBackupDefaultServiceRole: AWSBackupServiceRolePolicyForBackup detached",
        ),
        mutated("service-linked-role-missing", "source service-linked role of AWS Backup deleted"),
        mutated("rds-service-linked-role-missing", "destination service-linked role of RDS deleted"),
        mutated("cross-account-backup-disabled", "management cross-account backup disabled"),
        mutated("trusted-access-missing", "management trusted access disabled"),
        case(
            "key-admin-missing",
            Cause::Configuration("profile = \"central\"", "profile = \"central\"\nkey_admin = \"role/nobody\""),
            Cure::Configuration("\nkey_admin = \"role/nobody\"", ""),
        ),
        case(
            "organization-mismatch",
            Cause::Configuration("[organization]", "[organization]\nid = \"o-anotherorg1\""),
            Cure::Configuration("\nid = \"o-anotherorg1\"", ""),
        ),
        case("stack-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("vault-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("plan-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("stack-unhealthy", Cause::World(dead_stack), Cure::AsSaid),
        case("stack-outdated", Cause::Calls(outdated), Cure::AsSaid),
        Case { command: "doctor --detect-drift", ..mutated("stack-drifted", "intermediate key rotation disabled") },
        case(
            "vault-default-key",
            Cause::Mutation("intermediate vault under the default key"),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        mutated("vault-policy-denies", "destination vault policy deleted"),
        mutated("vault-policy-open", "destination vault policy: CopyRoles: condition ArnLike aws:PrincipalArn widened"),
        mutated("copy-target-open", "intermediate vault policy deleted"),
        case(
            "vault-retention-conflict",
            Cause::Mutation("destination vault locked for at least 30 days"),
            Cure::Configuration("[selection]", "[plan]\ndestination_delete_after_days = 35\n[selection]"),
        ),
        case(
            "vault-unprotected",
            Cause::Calls(|_| {}),
            Cure::Filled(&[("VAULT", "destination-vault-account-b-region-b"), ("DAYS", "7")]),
        ),
        case(
            "key-missing",
            Cause::Calls(key_gone),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        mutated("key-disabled", "intermediate key disabled"),
        mutated("key-pending-deletion", "intermediate key deleted"),
        mutated("key-policy-denies", "intermediate key policy: CentralBackupServiceUse: removed"),
        mutated(
            "key-policy-open",
            "intermediate key policy: CentralBackupServiceUse: condition ArnEquals aws:PrincipalArn widened",
        ),
        mutated("key-rotation-disabled", "intermediate key rotation disabled"),
        case("plan-ambiguous", Cause::Calls(second_plan), Cure::InWords(delete_second_plan)),
        mutated("plan-missing", "source plan deleted"),
        mutated("plan-rule-missing", "source plan rule: schedule next year"),
        mutated("plan-copy-missing", "source plan rule: without copies"),
        mutated("plan-tag-missing", "source plan rule: without tag CopyToVault"),
        mutated("plan-tag-mismatch", "source plan rule: tag CopyToVault is another"),
        mutated("plan-retention-short", "source plan rule: retention 1 day"),
        mutated("selection-missing", "source selection deleted"),
        mutated("resource-not-selected", "source selection: resource excluded"),
        case("resource-selected-twice", Cause::Calls(selected_twice), Cure::InWords(delete_second_plan)),
        case(
            "resource-missing",
            Cause::Configuration("db:orders\"]", "db:orders\", \"arn:aws:rds:us-east-1:111111111111:db:nobody\"]"),
            Cure::Configuration(", \"arn:aws:rds:us-east-1:111111111111:db:nobody\"", ""),
        ),
        case("resource-unavailable", Cause::Mutation("source database stopped"), Cure::First),
        case("credentials-invalid", Cause::Calls(expired), Cure::InWords(renewed)),
        case(
            "source-is-management-account",
            Cause::Configuration("111111111111", "999999999999"),
            Cure::Configuration("999999999999", "111111111111"),
        ),
        case(
            "vault-key-mismatch",
            Cause::Calls(vault_under_another_key),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        case("function-runtime-ending", Cause::Calls(old_runtime), Cure::AsSaid),
        case("sweep-missing", Cause::Configuration("sweep_schedule = \"\"", ""), Cure::AsSaid),
        case("notification-unconfirmed", Cause::Configuration("[events]", NOTIFYING), Cure::InWords(confirmed)),
        case(
            "backup-window-conflict",
            Cause::Configuration("[selection]", "[plan]\nschedule = \"cron(30 2 * * ? *)\"\n[selection]"),
            Cure::Configuration("[plan]\nschedule = \"cron(30 2 * * ? *)\"\n", ""),
        ),
        mutated("rule-missing", "source rule ForwardRule deleted"),
        mutated("rule-disabled", "intermediate rule CopyRule disabled"),
        mutated("rule-pattern-mismatch", "source rule ForwardRule: pattern detail.state is another"),
        mutated("rule-target-missing", "intermediate rule CopyRule: target CopyFunction removed"),
        mutated("event-forward-denied", "source role ForwardRole policy: PutEvents: removed"),
        mutated("function-missing", "intermediate function CopyFunction deleted"),
        mutated("function-permission-missing", "intermediate function CopyFunction: permission 1 removed"),
        mutated("function-role-denied", "intermediate role CopyFunctionRole policy: ReadTags: removed"),
        mutated(
            "function-destination-mismatch",
            "intermediate function CopyFunction: variable DESTINATION_VAULT_ARN is another",
        ),
        mutated("function-throttled", "intermediate function CopyFunction throttled"),
        mutated("function-failing", "intermediate function CopyFunction: variable TOKEN_VERSION removed"),
        mutated("queue-missing", "source queue DeadLetterQueue deleted"),
        mutated("queue-policy-denies", "source queue DeadLetterQueue policy: DeadLetters: removed"),
        case("pipeline-paused", Cause::Calls(paused), Cure::Only("backupctl bootstrap")),
    ];
    all.extend(recovery_points());
    all
}

fn recovery_points() -> Vec<Case> {
    let verify = |check, cause, cure| Case { check, command: "verify", cause, cure };
    vec![
        verify("destination-copy-missing", Cause::World(without_second_hop), Cure::AsSaid),
        verify("copy-failed", Cause::World(failed_second_hop), Cure::AsSaid),
        verify("intermediate-copy-missing", Cause::World(failed_first_hop), Cure::AsSaid),
        verify("copy-tag-missing", Cause::World(untagged), Cure::AsSaid),
        verify("backup-missing", Cause::World(never_backed_up), Cure::InWords(a_night_with_the_plan)),
        verify("backup-stale", Cause::World(backed_up_once), Cure::InWords(a_night_with_the_plan)),
        verify("backup-failed", Cause::World(failed_backup), Cure::InWords(a_day)),
        verify("retention-mismatch", Cause::World(kept_too_long), Cure::AsSaid),
        verify("duplicate-copy", Cause::World(copied_twice), Cure::AsSaid),
        verify("recovery-point-orphaned", Cause::World(orphaned), Cure::Nothing),
    ]
}

/// Why the others are not here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("account-mismatch", "a sandbox has no credentials of another account; strangers::profiles has"),
    ("guardrails-unseen", "always there, in every world of doctor::worlds"),
    (
        "organization-missing",
        "an account is invited in a console by hand and accepts by hand; catalogue has such worlds",
    ),
    ("region-unavailable", "no Region of a sandbox can be switched off"),
    ("resource-uncopyable", "Multi-AZ DB clusters are not simulated"),
    ("option-group-missing", "options of a group come from scenarios only; catalogue has such worlds"),
    ("dead-letters", "what is in a queue is read and deleted by hand; scenario::event_path"),
    ("copy-stuck", "no job of a sandbox stands still"),
    ("copy-would-expire", "operations::verify::judge"),
    ("wrong-key", "a copy is always under its vault's key; operations::verify::judge"),
    ("unencrypted", "a database is encrypted by restoring it; operations::verify::judge"),
    ("recovery-point-unhealthy", "operations::verify::judge"),
    ("snapshot-share-left", "only AWS Backup itself shares its snapshots; operations::verify::points"),
    ("count-mismatch", "a list that leaves something out; operations::verify::judge"),
];

fn made(sandbox: &Sandbox, stack: &'static str, logical_id: &'static str) -> String {
    in_intermediate(sandbox, async |config| {
        let call = aws_sdk_cloudformation::Client::new(&config).describe_stack_resource();
        let answer = call.stack_name(stack).logical_resource_id(logical_id).send().await.expect("a resource");
        answer.stack_resource_detail.expect("a detail").physical_resource_id.expect("an id")
    })
}

/// The destination's stack could not be created and was rolled back.
fn dead_stack() -> Sandbox {
    let sandbox = worlds::built_in();
    backupctl(&sandbox, "sandbox inject stack-resource-fails --environment destination --message no").expect(0);
    backupctl(&sandbox, "bootstrap --yes --environment destination").expect(1);
    sandbox
}

fn outdated(sandbox: &Sandbox) {
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
fn key_gone(sandbox: &Sandbox) {
    let key = made(sandbox, "aws-backup-rds-intermediate-stack", "Key");
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

fn second_plan(sandbox: &Sandbox) {
    plan_by_hand(sandbox, "second", true, false);
}

fn selected_twice(sandbox: &Sandbox) {
    plan_by_hand(sandbox, "second", false, true);
}

fn delete_second_plan(sandbox: &Sandbox) {
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
fn paused(sandbox: &Sandbox) {
    let all = mutations::mutations(sandbox);
    for id in [
        "source rule ForwardRule disabled",
        "intermediate rule CopyRule disabled",
        "intermediate function CopyFunction throttled",
    ] {
        let one = all.iter().find(|mutation| mutation.id == id).expect("the mutation");
        mutations::apply(sandbox, one).expect("made");
    }
}

/// A night without the rule that starts the second hop, then two days.
fn without_second_hop() -> Sandbox {
    let sandbox = mutations::world();
    let rule = made(&sandbox, "aws-backup-rds-intermediate-stack", "CopyRule");
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
fn failed_second_hop() -> Sandbox {
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

fn expired(sandbox: &Sandbox) {
    let order = "sandbox inject expired-credentials --environment destination --until-cleared";
    backupctl(sandbox, order).expect(0);
}

fn renewed(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox inject clear").expect(0);
}

/// The topic is made by `bootstrap`, and the link of the mail that SNS sends is opened.
fn confirmed(sandbox: &Sandbox) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("backupctl.toml");
    std::fs::write(&path, replaced(CONFIGURATION, "[events]", NOTIFYING)).expect("written");
    let command = format!("--config {}", path.display());
    backupctl(sandbox, &format!("bootstrap --yes {command}")).expect(0);
    let pending = backupctl(sandbox, &format!("doctor -o json {command}")).stdout;
    assert!(pending.contains("dba@example.com has not confirmed"), "{pending}");
    let topic = made(sandbox, "aws-backup-rds-intermediate-stack", "FailureTopic");
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

fn vault_under_another_key(sandbox: &Sandbox) {
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

fn old_runtime(sandbox: &Sandbox) {
    let function = made(sandbox, "aws-backup-rds-intermediate-stack", "CopyFunction");
    in_intermediate(sandbox, async |config| {
        let call = aws_sdk_lambda::Client::new(&config).update_function_configuration().function_name(function);
        let old = aws_sdk_lambda::types::Runtime::Python39;
        call.runtime(old).send().await.expect("UpdateFunctionConfiguration");
    });
}

fn failed_first_hop() -> Sandbox {
    let sandbox = mutations::world();
    backupctl(&sandbox, "sandbox inject copy-job-fails --message no --until-cleared").expect(0);
    a_day(&sandbox);
    a_day(&sandbox);
    renewed(&sandbox);
    sandbox
}

fn mutated_world(id: &str) -> Sandbox {
    let sandbox = mutations::world();
    let all = mutations::mutations(&sandbox);
    mutations::apply(&sandbox, all.iter().find(|mutation| mutation.id == id).expect("the mutation")).expect("made");
    sandbox
}

fn untagged() -> Sandbox {
    let sandbox = mutated_world("source plan rule: without tag CopyToVault");
    a_day(&sandbox);
    a_day(&sandbox);
    sandbox
}

fn never_backed_up() -> Sandbox {
    let sandbox = mutated_world("source plan rule: schedule next year");
    for _ in 0..3 {
        a_day(&sandbox);
    }
    sandbox
}

fn backed_up_once() -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    let all = mutations::mutations(&sandbox);
    let id = "source plan rule: schedule next year";
    mutations::apply(&sandbox, all.iter().find(|mutation| mutation.id == id).expect("the mutation")).expect("made");
    for _ in 0..3 {
        a_day(&sandbox);
    }
    sandbox
}

fn a_night_with_the_plan(sandbox: &Sandbox) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("backupctl.toml");
    std::fs::write(&path, CONFIGURATION).expect("written");
    backupctl(sandbox, &format!("bootstrap --yes --config {}", path.display())).expect(0);
    a_day(sandbox);
}

fn a_day(sandbox: &Sandbox) {
    backupctl(sandbox, "sandbox advance 26h").expect(0);
}

fn failed_backup() -> Sandbox {
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

fn kept_too_long() -> Sandbox {
    let sandbox = mutations::world();
    a_day(&sandbox);
    let vault = "destination-vault-account-b-region-b";
    in_destination(&sandbox, async |config| {
        let lifecycle = aws_sdk_backup::types::Lifecycle::builder().delete_after_days(99).build();
        let call = aws_sdk_backup::Client::new(&config).update_recovery_point_lifecycle().backup_vault_name(vault);
        let call = call.recovery_point_arn(point(&config, vault).await).lifecycle(lifecycle);
        call.send().await.expect("UpdateRecoveryPointLifecycle");
    });
    sandbox
}

fn copied_twice() -> Sandbox {
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

fn orphaned() -> Sandbox {
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

/// A person at a shell with the AWS CLI.
struct Typist {
    child: Child,
    _directory: TempDir,
}

impl Typist {
    fn new(python: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let environment: BTreeMap<String, String> = shell("http://127.0.0.1:1", &directory);
        let child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strangers/typist.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        Self { child, _directory: directory }
    }

    /// Types the commands; what failed.
    fn types(&mut self, endpoint: &str, commands: &[String]) -> Option<String> {
        let line = json!({"endpoint": endpoint, "commands": commands}).to_string();
        writeln!(self.child.stdin.as_mut().expect("piped"), "{line}").expect("written");
        let mut answer = String::new();
        BufReader::new(self.child.stdout.as_mut().expect("piped")).read_line(&mut answer).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["failed"].as_str().map(str::to_owned)
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A world and its configuration.
struct Stage {
    sandbox: Sandbox,
    configuration: String,
    directory: TempDir,
}

impl Stage {
    fn set(case: &Case) -> Self {
        let mut configuration = CONFIGURATION.to_owned();
        let sandbox = match case.cause {
            Cause::World(make) => make(),
            _ => mutations::world(),
        };
        match case.cause {
            Cause::Mutation(id) => {
                let all = mutations::mutations(&sandbox);
                let one = all.iter().find(|mutation| mutation.id == id).unwrap_or_else(|| panic!("no `{id}`"));
                mutations::apply(&sandbox, one).unwrap_or_else(|refusal| panic!("{id}: {refusal:?}"));
                // A database takes its time to go.
                sandbox.advance_to(sandbox.now().plus_seconds(1_200)).expect("an in-memory world");
            }
            Cause::Calls(work) => work(&sandbox),
            Cause::World(_) => {}
            Cause::Configuration(old, new) => configuration = replaced(&configuration, old, new),
        }
        Self { sandbox, configuration, directory: tempfile::tempdir().expect("a directory") }
    }

    /// Runs a command of ours with the configuration.
    fn ours(&self, command: &str) -> crate::support::command::Ran {
        let path = self.directory.path().join("backupctl.toml");
        std::fs::write(&path, &self.configuration).expect("written");
        backupctl(&self.sandbox, &format!("{command} --config {}", path.display()))
    }

    /// The findings of a check.
    fn findings(&self, case: &Case) -> Vec<Value> {
        let document = self.ours(&format!("{} -o json", case.command)).json();
        let all = document["findings"].as_array().unwrap_or_else(|| panic!("{document:#}"));
        all.iter().filter(|finding| finding["check"] == case.check).cloned().collect()
    }

    /// Types commands, ours and the AWS CLI's; what failed.
    fn types(&self, typist: &mut Typist, commands: &[String]) -> Option<String> {
        for command in commands {
            if let Some(ours) = command.strip_prefix("backupctl ") {
                let consent = if ours.starts_with("bootstrap") { " --yes" } else { "" };
                let ran = self.ours(&format!("{ours}{consent}"));
                if ran.code != 0 {
                    return Some(format!("{command}: exit {}\n{}", ran.code, ran.stderr));
                }
            } else {
                let server = served::serve(&self.sandbox, 0.0);
                if let Some(failed) = typist.types(&server.endpoint, std::slice::from_ref(command)) {
                    return Some(failed);
                }
            }
        }
        // IAM tells the other services of it.
        self.sandbox.advance_to(self.sandbox.now().plus_seconds(60)).expect("an in-memory world");
        None
    }

    fn cure(&mut self, typist: &mut Typist, case: &Case, findings: &[Value]) -> Option<String> {
        let mut commands: Vec<String> = Vec::new();
        if let Cure::Renamed(old, new) = case.cure {
            self.configuration = replaced(&self.configuration, old, new);
        }
        match case.cure {
            Cure::AsSaid | Cure::Renamed(..) => {
                for command in findings.iter().flat_map(|finding| finding["commands"].as_array().expect("a list")) {
                    let command = command.as_str().expect("text").to_owned();
                    if !commands.contains(&command) {
                        commands.push(command);
                    }
                }
                if commands.is_empty() {
                    return Some("the finding has no command".to_owned());
                }
            }
            Cure::First => commands.push(findings[0]["commands"][0].as_str().expect("a command").to_owned()),
            Cure::Only(command) => commands.push(command.to_owned()),
            Cure::Filled(words) => {
                let remedy = findings[0]["remedy"].as_str().expect("text");
                let command = remedy.split('`').nth(1).expect("a command");
                let filled = words.iter().fold(command.to_owned(), |text, (word, value)| text.replace(word, value));
                let (profile, region) = match findings[0]["environment"].as_str() {
                    Some("source") => ("production", "us-east-1"),
                    Some("intermediate") => ("production", "us-west-2"),
                    _ => ("central", "us-west-2"),
                };
                commands.push(format!("{filled} --region {region} --profile {profile}"));
            }
            Cure::Configuration(old, new) => {
                self.configuration = replaced(&self.configuration, old, new);
                commands.push("backupctl bootstrap".to_owned());
            }
            Cure::InWords(work) => work(&self.sandbox),
            Cure::Nothing => {}
        }
        let failed = self.types(typist, &commands);
        if matches!(case.cure, Cure::First) {
            self.sandbox.advance_to(self.sandbox.now().plus_seconds(3_600)).expect("an in-memory world");
        }
        failed
    }
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} in {text}");
    text.replace(old, new)
}

#[test]
fn every_check_is_provoked_and_its_remedy_typed_ends_it() {
    let Some(python) = python("AWS") else { return };
    let mut typist = Typist::new(&python);
    let mut wrong = Vec::new();
    for case in cases() {
        let mut stage = Stage::set(&case);
        let findings = stage.findings(&case);
        if findings.is_empty() {
            wrong.push(format!("{}: not found", case.check));
            continue;
        }
        let about = format!("{}: {}", case.check, findings[0]["commands"]);
        if let Some(failed) = stage.cure(&mut typist, &case, &findings) {
            wrong.push(format!("{about}: {failed}"));
            continue;
        }
        let left = stage.findings(&case);
        if left.is_empty() == matches!(case.cure, Cure::Nothing) {
            wrong.push(format!("{about}: then: {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_check_is_left_out() {
    let mut named: Vec<&str> = cases().iter().map(|case| case.check).collect();
    named.extend(ELSEWHERE.iter().map(|(check, _)| *check));
    let missing: Vec<&str> = Check::ALL.iter().map(|check| check.row().id).filter(|id| !named.contains(id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    for (check, why) in ELSEWHERE {
        assert!(!why.is_empty() && !cases().iter().any(|case| case.check == *check), "{check}");
    }
}
