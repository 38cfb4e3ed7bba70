//! What `cleanup` leaves alone: what AWS keeps, what somebody needs, what it could not look at.

use aws_sdk_backup::types::RecoveryPointSelection;
use backupctl::aws::wait::Patience;
use backupctl::operations::cleanup::{LastCopy, LockConsent, Options};
use backupctl::pipeline::EnvironmentName;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::handle::Interruption;
use serde_json::Value;

use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

pub mod begun;
mod hostile;
mod lasting;
mod unallowed;

const DESTINATION: &str = "destination-vault-account-b-region-b";

/// As `backupctl cleanup` without a flag is asked: everything goes but the last copy of a database that is gone.
pub fn whole() -> Options {
    Options {
        only: Vec::new(),
        environments: EnvironmentName::ALL.to_vec(),
        resources: Vec::new(),
        older_than: None,
        keep_last: None,
        last_copy: LastCopy::Keep,
        locks: LockConsent::Leave,
        patience: Patience::default(),
    }
}

/// The entries of a list of the document that stand for an environment.
fn of<'a>(document: &'a Value, list: &str, environment: &str) -> Vec<&'a Value> {
    let items = document[list].as_array().into_iter().flatten();
    items.filter(|item| item["environment"] == environment).collect()
}

/// Holds the source recovery points of `orders` for a court, and returns the hold's id.
pub fn hold(sandbox: &Sandbox) -> String {
    in_source(sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let selection = RecoveryPointSelection::builder()
            .vault_names("source-vault-account-a-region-a")
            .resource_identifiers("arn:aws:rds:us-east-1:111111111111:db:orders")
            .build();
        let hold = backup.create_legal_hold().title("case 7").description("kept for the court");
        let hold = hold.idempotency_token("one").recovery_point_selection(selection).send().await.expect("a hold");
        hold.legal_hold_id.expect("an id")
    })
}

/// Locks the destination vault in governance mode.
pub fn lock(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let lock = backup.put_backup_vault_lock_configuration().backup_vault_name(DESTINATION).min_retention_days(1);
        lock.send().await.expect("locked");
    });
}

/// A database under the destination vault's key, and its ARN.
pub fn restore(sandbox: &Sandbox) -> String {
    in_destination(sandbox, async |config| {
        let vaults = aws_sdk_backup::Client::new(&config).list_backup_vaults().send().await.expect("vaults");
        let key = vaults.backup_vault_list()[0].encryption_key_arn().expect("a key").to_owned();
        // The operator lets RDS use the key, as restoring under it demands.
        let kms = aws_sdk_kms::Client::new(&config);
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"kms:*","Resource":"*"}]}"#;
        kms.put_key_policy().key_id(&key).policy(policy).send().await.expect("a policy");
        let rds = aws_sdk_rds::Client::new(&config);
        let database = rds.create_db_instance().db_instance_identifier("restored").engine("postgres");
        let database = database.db_instance_class("db.t3.micro").allocated_storage(20).master_username("u");
        let database = database.master_user_password("password-1").storage_encrypted(true).kms_key_id(&key);
        let made = database.send().await.expect("a database").db_instance.expect("it");
        made.db_instance_arn.expect("an ARN")
    })
}

// AWS Backup Developer Guide, "Legal holds": what is held cannot be deleted until the hold is cancelled.
#[test]
fn what_a_legal_hold_keeps_is_blocked_and_told_how_it_is_freed() {
    let sandbox = worlds::after_a_night();
    let id = hold(&sandbox);
    let shown = backupctl(&sandbox, "cleanup --dry-run").expect(4);
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
    let held: Vec<&Value> = of(&document, "recovery_points", "source")
        .into_iter()
        .filter(|point| point["reason"] == "legal-hold")
        .collect();
    assert_eq!(held.len(), 1, "{document:#}");
    assert_eq!((&held[0]["action"], &held[0]["result"]), (&"blocked".into(), &Value::Null));
    assert!(held[0]["remedy"].as_str().is_some_and(|text| text.contains(&id)), "{held:?}");
    assert_eq!(of(&document, "stacks", "source")[0]["action"], "blocked");
    assert_eq!(of(&document, "stacks", "destination")[0]["result"], "DELETE_COMPLETE");
    assert_eq!(document["summary"]["failed"], 0, "{document:#}");
    let listed = shown.stdout;
    assert!(listed.contains("under a legal hold"), "{listed}");
    assert!(listed.contains("case 7") && listed.contains("cancel-legal-hold"), "{listed}");
    in_source(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let cancel = backup.cancel_legal_hold().legal_hold_id(&id).cancel_description("closed");
        cancel.send().await.expect("cancelled");
    });
    backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0);
}

// AWS Backup Developer Guide, "AWS Backup Vault Lock": governance mode is taken off by whoever may.
#[test]
fn what_a_vault_lock_keeps_is_blocked_and_told_how_it_is_freed() {
    let sandbox = worlds::after_a_night();
    let vault = DESTINATION;
    lock(&sandbox);
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
    let locked = of(&document, "recovery_points", "destination");
    assert!(!locked.is_empty() && locked.iter().all(|point| point["reason"] == "locked"), "{document:#}");
    assert!(locked[0]["remedy"].as_str().is_some_and(|text| text.contains(vault)), "{locked:?}");
    assert_eq!(of(&document, "stacks", "destination")[0]["action"], "blocked");
    assert_eq!(document["summary"]["failed"], 0, "{document:#}");
    in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        backup.delete_backup_vault_lock_configuration().backup_vault_name(vault).send().await.expect("taken off");
    });
    backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0);
}

#[test]
fn a_key_whose_uses_could_not_be_looked_at_stays() {
    for operation in [
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBSnapshots",
        "kms:ListGrants",
        "kms:GetKeyLastUsage",
    ] {
        let sandbox = worlds::bootstrapped();
        let order = format!("sandbox inject access-denied --operation {operation} --environment destination");
        backupctl(&sandbox, &format!("{order} --until-cleared")).expect(0);
        let document =
            backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
        let key = of(&document, "keys", "destination")[0];
        assert_eq!(key["action"], "blocked", "{operation}: {document:#}");
        let used: Vec<&str> = key["used_by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(used, [format!("unseen: the caller lacks {operation}")], "{operation}");
        assert_eq!(of(&document, "stacks", "destination")[0]["action"], "blocked", "{operation}");
        assert_eq!(of(&document, "stacks", "source")[0]["result"], "DELETE_COMPLETE", "{operation}");
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        let again =
            backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0).json();
        assert_eq!(of(&again, "stacks", "destination")[0]["result"], "DELETE_COMPLETE", "{operation}");
    }
}

#[test]
fn a_database_under_the_destination_key_keeps_key_vault_and_stack() {
    let sandbox = worlds::after_a_night();
    let restored = restore(&sandbox);
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
    let key = of(&document, "keys", "destination")[0];
    assert_eq!(key["action"], "blocked", "{document:#}");
    assert!(key["used_by"].as_array().is_some_and(|used| used.contains(&restored.into())), "{key:#}");
    assert_eq!(of(&document, "vaults", "destination")[0]["action"], "blocked");
    assert_eq!(of(&document, "keys", "intermediate")[0]["action"], "schedule-deletion");
}

#[test]
fn an_interrupted_cleanup_says_that_the_path_is_paused_and_how_to_go_on() {
    let sandbox = worlds::after_a_night();
    sandbox.interrupt(None);
    let whole =
        backupctl(&worlds::after_a_night(), "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json")
            .expect(0)
            .json();
    let calls = whole["api_calls"].as_u64().expect("a number");
    sandbox.interrupt(Some(Interruption::Signal(calls / 2)));
    let ran = backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(130);
    let hint = ran.json()["error"]["hint"].as_str().expect("a hint").to_owned();
    assert!(hint.contains("backupctl cleanup"), "{hint}");
    assert!(hint.contains("the event path is paused until `backupctl bootstrap` puts both back"), "{hint}");
}
