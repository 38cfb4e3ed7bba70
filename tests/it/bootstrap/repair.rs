//! What was changed by hand is put back; a vault or a key that is gone is not.

use aws_config::SdkConfig;
use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::{INTERMEDIATE, SOURCE, bootstrap, cloudformation, nothing_is_left_behind, settled, stack_of};
use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_intermediate, in_source, made};
use crate::support::worlds;

/// The documents of the event path, the keys and the vaults, as AWS returns them.
fn documents(sandbox: &Sandbox) -> Value {
    let source = in_source(sandbox, async |config| {
        json!([
            rule(&config, SOURCE, "ForwardRule").await,
            role(&config, SOURCE, "ForwardRole").await,
            key(&config, SOURCE).await
        ])
    });
    let intermediate = in_intermediate(sandbox, async |config| {
        let lambda = aws_sdk_lambda::Client::new(&config);
        let function = made(&config, INTERMEDIATE, "CopyFunction").await;
        let policy = lambda.get_policy().function_name(&function).send().await.ok().and_then(|answer| answer.policy);
        let statements: Value = serde_json::from_str(&policy.unwrap_or("{}".into())).expect("JSON");
        let mut statements = statements["Statement"].as_array().cloned().unwrap_or_default();
        for statement in &mut statements {
            statement["Sid"] = Value::Null;
        }
        statements.sort_by_key(Value::to_string);
        let settings = lambda.get_function_configuration().function_name(&function).send().await.expect("a function");
        let concurrency = lambda.get_function_concurrency().function_name(&function).send().await.expect("concurrency");
        json!([
            rule(&config, INTERMEDIATE, "CopyRule").await,
            role(&config, INTERMEDIATE, "CopyRole").await,
            role(&config, INTERMEDIATE, "CopyFunctionRole").await,
            key(&config, INTERMEDIATE).await,
            vault(&config, "intermediate-vault-account-a-region-b").await,
            statements,
            settings.timeout(),
            settings
                .environment()
                .and_then(|one| one.variables())
                .map(|map| map.iter().collect::<std::collections::BTreeMap<_, _>>()),
            concurrency.reserved_concurrent_executions(),
        ])
    });
    let destination = in_destination(sandbox, async |config| {
        json!([
            key(&config, "aws-backup-rds-destination-stack").await,
            vault(&config, "destination-vault-account-b-region-b").await,
        ])
    });
    json!([source, intermediate, destination])
}

fn parsed(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

async fn rule(config: &SdkConfig, stack: &str, logical_id: &str) -> Value {
    let events = aws_sdk_eventbridge::Client::new(config);
    let name = made(config, stack, logical_id).await;
    let Ok(found) = events.describe_rule().name(&name).send().await else { return Value::Null };
    let targets = events.list_targets_by_rule().rule(&name).send().await.expect("targets");
    let arns: Vec<&str> = targets.targets().iter().map(|target| target.arn()).collect();
    json!([found.state().map(|state| state.as_str()), parsed(found.event_pattern()), arns])
}

async fn role(config: &SdkConfig, stack: &str, logical_id: &str) -> Value {
    let iam = aws_sdk_iam::Client::new(config);
    let name = made(config, stack, logical_id).await;
    let Ok(found) = iam.get_role().role_name(&name).send().await else { return Value::Null };
    let trust = found.role.and_then(|role| role.assume_role_policy_document);
    let mut policies = Vec::new();
    for policy in iam.list_role_policies().role_name(&name).send().await.expect("policies").policy_names() {
        let document = iam.get_role_policy().role_name(&name).policy_name(policy).send().await.expect("a policy");
        policies.push(json!([policy, document.policy_document()]));
    }
    json!([trust, policies])
}

async fn key(config: &SdkConfig, stack: &str) -> Value {
    let kms = aws_sdk_kms::Client::new(config);
    let id = made(config, stack, "Key").await;
    let found = kms.describe_key().key_id(&id).send().await.expect("DescribeKey").key_metadata.expect("metadata");
    let policy = kms.get_key_policy().key_id(&id).send().await.expect("a policy").policy;
    let rotation =
        kms.get_key_rotation_status().key_id(&id).send().await.is_ok_and(|answer| answer.key_rotation_enabled());
    json!([found.key_state().map(|state| state.as_str()), parsed(policy.as_deref()), rotation])
}

async fn vault(config: &SdkConfig, name: &str) -> Value {
    let backup = aws_sdk_backup::Client::new(config);
    let found = backup.get_backup_vault_access_policy().backup_vault_name(name).send().await;
    parsed(found.ok().and_then(|answer| answer.policy).as_deref())
}

const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:CopyIntoBackupVault","Resource":"*"}]}"#;

/// What an operator can change by hand, by name.
const BY_HAND: [&str; 13] = [
    "source rule off",
    "source rule's target gone",
    "source rule's pattern narrowed",
    "source rule gone",
    "source role's policy gone",
    "source role gone",
    "source key's rotation off",
    "intermediate key's policy widened",
    "intermediate rule off and function paused",
    "function's time-out and variables changed",
    "function's permission gone",
    "destination vault's policy gone",
    "destination vault's policy denies",
];

async fn source_by_hand(config: &SdkConfig, what: &str) {
    let events = aws_sdk_eventbridge::Client::new(config);
    let iam = aws_sdk_iam::Client::new(config);
    let rule = made(config, SOURCE, "ForwardRule").await;
    let role = made(config, SOURCE, "ForwardRole").await;
    match what {
        "source rule off" => drop(events.disable_rule().name(rule).send().await.expect("DisableRule")),
        "source rule's target gone" => {
            events.remove_targets().rule(rule).ids("IntermediateRegionBus").send().await.expect("RemoveTargets");
        }
        "source rule's pattern narrowed" => {
            let narrow = r#"{"source":["aws.backup"],"detail":{"state":["FAILED"]}}"#;
            events.put_rule().name(rule).event_pattern(narrow).send().await.expect("PutRule");
        }
        "source rule gone" => {
            events.remove_targets().rule(&rule).ids("IntermediateRegionBus").send().await.expect("RemoveTargets");
            events.delete_rule().name(rule).send().await.expect("DeleteRule");
        }
        "source role's policy gone" | "source role gone" => {
            let policies = iam.list_role_policies().role_name(&role).send().await.expect("policies");
            for policy in policies.policy_names() {
                iam.delete_role_policy().role_name(&role).policy_name(policy).send().await.expect("DeleteRolePolicy");
            }
            if what == "source role gone" {
                iam.delete_role().role_name(role).send().await.expect("DeleteRole");
            }
        }
        "source key's rotation off" => {
            let key = made(config, SOURCE, "Key").await;
            let kms = aws_sdk_kms::Client::new(config);
            kms.disable_key_rotation().key_id(key).send().await.expect("DisableKeyRotation");
        }
        other => panic!("{other} is no change by hand"),
    }
}

async fn intermediate_by_hand(config: &SdkConfig, what: &str) {
    let lambda = aws_sdk_lambda::Client::new(config);
    let function = made(config, INTERMEDIATE, "CopyFunction").await;
    match what {
        "intermediate key's policy widened" => {
            let key = made(config, INTERMEDIATE, "Key").await;
            let open = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}"#;
            let kms = aws_sdk_kms::Client::new(config);
            kms.put_key_policy().key_id(key).policy(open).send().await.expect("PutKeyPolicy");
        }
        // What a cleanup that was stopped has done (it pauses the event path first).
        "intermediate rule off and function paused" => {
            let rule = made(config, INTERMEDIATE, "CopyRule").await;
            let events = aws_sdk_eventbridge::Client::new(config);
            events.disable_rule().name(rule).send().await.expect("DisableRule");
            let pause = lambda.put_function_concurrency().function_name(function).reserved_concurrent_executions(0);
            pause.send().await.expect("PutFunctionConcurrency");
        }
        "function's time-out and variables changed" => {
            let variables = aws_sdk_lambda::types::Environment::builder().variables("A", "b").build();
            let update =
                lambda.update_function_configuration().function_name(function).timeout(1).environment(variables);
            update.send().await.expect("UpdateFunctionConfiguration");
        }
        "function's permission gone" => {
            let policy = lambda.get_policy().function_name(&function).send().await.expect("GetPolicy").policy;
            let policy: Value = serde_json::from_str(&policy.expect("a policy")).expect("JSON");
            for statement in policy["Statement"].as_array().expect("statements") {
                let id = statement["Sid"].as_str().expect("an id");
                let remove = lambda.remove_permission().function_name(&function).statement_id(id);
                remove.send().await.expect("RemovePermission");
            }
        }
        other => panic!("{other} is no change by hand"),
    }
}

async fn destination_by_hand(config: &SdkConfig, what: &str) {
    let backup = aws_sdk_backup::Client::new(config);
    let vault = "destination-vault-account-b-region-b";
    match what {
        "destination vault's policy gone" => {
            let delete = backup.delete_backup_vault_access_policy().backup_vault_name(vault);
            delete.send().await.expect("DeleteBackupVaultAccessPolicy");
        }
        "destination vault's policy denies" => {
            let put = backup.put_backup_vault_access_policy().backup_vault_name(vault).policy(DENY);
            put.send().await.expect("PutBackupVaultAccessPolicy");
        }
        other => panic!("{other} is no change by hand"),
    }
}

#[test]
fn everything_that_can_be_changed_by_hand_is_shown_and_put_back() {
    let original = documents(&worlds::bootstrapped());
    for what in BY_HAND {
        let sandbox = worlds::bootstrapped();
        match what {
            _ if what.starts_with("source") => in_source(&sandbox, async |config| source_by_hand(&config, what).await),
            _ if what.starts_with("destination") => {
                in_destination(&sandbox, async |config| destination_by_hand(&config, what).await);
            }
            _ => in_intermediate(&sandbox, async |config| intermediate_by_hand(&config, what).await),
        }
        assert_ne!(documents(&sandbox), original, "{what} changes something");
        let mended = bootstrap(&sandbox, "--yes").expect(0).json();
        assert_eq!(mended["changed"], true, "{what}");
        assert_eq!(documents(&sandbox), original, "{what}");
        let again = bootstrap(&sandbox, "--yes").expect(0).json();
        assert_eq!(again["changed"], false, "{what}: {again:#}");
    }
}

#[test]
fn the_difference_goes_from_what_is_really_there_to_the_template() {
    let sandbox = worlds::bootstrapped();
    in_destination(&sandbox, async |config| destination_by_hand(&config, "destination vault's policy denies").await);
    in_intermediate(&sandbox, async |config| {
        intermediate_by_hand(&config, "intermediate rule off and function paused").await;
    });
    in_source(&sandbox, async |config| {
        let protection = cloudformation(&config).update_termination_protection().stack_name(SOURCE);
        protection.enable_termination_protection(false).send().await.expect("UpdateTerminationProtection");
    });
    let shown = backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    insta::assert_snapshot!(without_suffixes(&shown.stdout));
    nothing_is_left_behind(&sandbox);
    let done = backupctl(&sandbox, "bootstrap --yes").expect(0);
    insta::assert_snapshot!(without_suffixes(&format!("{}----\n{}", done.stderr, done.stdout)));
    settled(&sandbox);
}

/// Generated names and ids, blanked: they are drawn from the seed, but no reader looks at them.
pub fn without_suffixes(text: &str) -> String {
    let name = regex::Regex::new(r"-[A-Z0-9]{12}\b").expect("a pattern");
    let id = regex::Regex::new(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a pattern");
    id.replace_all(&name.replace_all(text, "-SUFFIX"), "<id>").into_owned()
}

#[test]
fn a_key_that_is_scheduled_for_deletion_is_not_made_anew() {
    let sandbox = worlds::bootstrapped();
    let key = in_intermediate(&sandbox, async |config| {
        let key = made(&config, INTERMEDIATE, "Key").await;
        let kms = aws_sdk_kms::Client::new(&config);
        kms.schedule_key_deletion().key_id(&key).send().await.expect("ScheduleKeyDeletion");
        key
    });
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(without_suffixes(&refused.stderr));
    nothing_is_left_behind(&sandbox);
    // The remedy, typed.
    in_intermediate(&sandbox, async |config| {
        let kms = aws_sdk_kms::Client::new(&config);
        kms.cancel_key_deletion().key_id(&key).send().await.expect("CancelKeyDeletion");
        kms.enable_key().key_id(&key).send().await.expect("EnableKey");
    });
    settled(&sandbox);
}

#[test]
fn a_vault_that_is_gone_is_not_made_anew() {
    let sandbox = worlds::bootstrapped();
    in_destination(&sandbox, async |config| {
        let delete = aws_sdk_backup::Client::new(&config).delete_backup_vault();
        delete.backup_vault_name("destination-vault-account-b-region-b").send().await.expect("DeleteBackupVault");
    });
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(without_suffixes(&refused.stderr));
    nothing_is_left_behind(&sandbox);
    // The remedy, typed.
    in_destination(&sandbox, async |config| {
        let client = cloudformation(&config);
        let stack = "aws-backup-rds-destination-stack";
        let protection = client.update_termination_protection().stack_name(stack).enable_termination_protection(false);
        protection.send().await.expect("UpdateTerminationProtection");
        client.delete_stack().stack_name(stack).send().await.expect("DeleteStack");
    });
    bootstrap(&sandbox, "--yes").expect(0);
    settled(&sandbox);
}

#[test]
fn a_disabled_key_is_enabled_again() {
    let sandbox = worlds::bootstrapped();
    let original = documents(&sandbox);
    in_destination(&sandbox, async |config| {
        let key = made(&config, "aws-backup-rds-destination-stack", "Key").await;
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
    let mended = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(stack_of(&mended, "destination")["action"], "update", "{mended:#}");
    assert_eq!(documents(&sandbox), original);
}
