use serde_json::json;

use super::tests::{A, B, IRELAND, WEST, account, ask, ask_as_backup, hours, orders, place, world};
use super::*;
use crate::services::{Service, iam, kms};
use aws_policy::context::Context;

const NIGHTLY: &str = "arn:aws:rds:us-west-2:111111111111:snapshot:nightly";

fn key(world: &mut World, who: &str, region: &str, operation: &str, input: serde_json::Value) -> serde_json::Value {
    let caller = iam::administrator(world, &account(who)).expect("an administrator");
    let region = region.parse().expect("a Region");
    world.call(&caller, &region, Service::Kms, operation, input, &Context::new()).expect(operation)
}

fn new_key(world: &mut World, who: &str, region: &str) -> String {
    key(world, who, region, "CreateKey", json!({}))["KeyMetadata"]["Arn"].as_str().expect("an ARN").to_owned()
}

/// A key that both accounts may use.
fn open_key(world: &mut World, who: &str, region: &str) -> String {
    let arn = new_key(world, who, region);
    let principals = [A, B].map(|account| format!("arn:aws:iam::{account}:root"));
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": principals }, "Action": "kms:*", "Resource": "*" }],
    });
    key(
        world,
        who,
        region,
        "PutKeyPolicy",
        json!({ "KeyId": arn, "PolicyName": "default", "Policy": policy.to_string() }),
    );
    arn
}

/// A database under `key` with one snapshot.
fn snapshot_under(world: &mut World, key: Option<String>) {
    add_instance(world, &place(A, WEST), orders(key));
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "nightly" });
    ask(world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
    hours(world, 2);
}

fn grants(world: &World, key: &str) -> usize {
    kms::key(world, key).map_or(0, |key| key.grants.len())
}

/// RDS User Guide, "Encrypting Amazon RDS resources": the AWS managed key where none is named.
#[test]
fn an_encrypted_instance_takes_the_aws_managed_key_by_default() {
    let mut world = world();
    let input = json!({
        "DBInstanceIdentifier": "orders", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres",
        "AllocatedStorage": 20, "MasterUsername": "root", "StorageEncrypted": true,
    });
    let made = ask(&mut world, A, WEST, "CreateDBInstance", input).expect("an instance");
    let key = made["DBInstance"]["KmsKeyId"].as_str().expect("a key");
    assert!(kms::key(&world, key).is_some_and(kms::Key::is_aws_managed));
}

/// RDS User Guide, "Sharing encrypted snapshots".
#[test]
fn a_snapshot_under_the_aws_managed_key_is_not_shared() {
    let mut world = world();
    let managed = kms::aws_managed_key(&mut world, &place(A, WEST), "rds");
    snapshot_under(&mut world, Some(managed));
    let share = json!({ "DBSnapshotIdentifier": "nightly", "AttributeName": "restore", "ValuesToAdd": [B] });
    let error = ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share).expect_err("refused");
    assert_eq!(
        error.message,
        "Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot."
    );
}

/// RDS User Guide, "Copying a DB snapshot"; github.com/pbudzon/aws-maintenance, issue 5.
#[test]
fn an_encrypted_copy_to_another_region_takes_a_key_of_that_region() {
    let mut world = world();
    let managed = kms::aws_managed_key(&mut world, &place(A, WEST), "rds");
    snapshot_under(&mut world, Some(managed.clone()));
    let target = new_key(&mut world, A, IRELAND);
    let mut input = json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": "far" });
    let error = ask(&mut world, A, IRELAND, "CopyDBSnapshot", input.clone()).expect_err("no key");
    assert_eq!(error.message, "Must specify new KMS key for cross region encrypted snapshot copy.");
    input["KmsKeyId"] = json!(target);
    let copied = ask(&mut world, A, IRELAND, "CopyDBSnapshot", input).expect("a copy");
    assert_eq!(copied["DBSnapshot"]["KmsKeyId"], json!(target));
    assert_eq!((grants(&world, &managed), grants(&world, &target)), (1, 1), "one grant on each key");
    hours(&mut world, 4);
    assert_eq!((grants(&world, &managed), grants(&world, &target)), (0, 1), "the source's is given back");
    let far = snapshot(&world, "arn:aws:rds:eu-west-1:111111111111:snapshot:far").expect("a copy");
    assert_eq!(far.status, SnapshotStatus::Available);
    assert_eq!(far.lineage, [Some(managed), Some(target)]);
}

/// The second hop: a shared snapshot under a customer managed key, copied with a key of one's own.
/// github.com/awslabs/rds-snapshot-tool, issue 70; github.com/awslabs/aurora-snapshot-tool, issue 26.
#[test]
fn a_shared_copy_needs_both_keys() {
    let mut world = world();
    let source = open_key(&mut world, A, WEST);
    snapshot_under(&mut world, Some(source.clone()));
    let share = json!({ "DBSnapshotIdentifier": "nightly", "AttributeName": "restore", "ValuesToAdd": [B] });
    ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share).expect("shared");
    let target = new_key(&mut world, B, WEST);
    let mut input = json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": "mine" });
    let none = ask(&mut world, B, WEST, "CopyDBSnapshot", input.clone()).expect_err("no key");
    assert_eq!(none.code, "KMSKeyNotAccessibleFault");
    assert_eq!(
        none.message,
        "The target KMS key [None] does not exist, is not enabled or you do not have permissions to access it."
    );
    input["KmsKeyId"] = json!(target);
    key(&mut world, A, WEST, "DisableKey", json!({ "KeyId": source }));
    let disabled = ask(&mut world, B, WEST, "CopyDBSnapshot", input.clone()).expect_err("a disabled key");
    assert_eq!(
        disabled.message,
        format!(
            "The source snapshot KMS key [{source}] does not exist, is not enabled or you do not have permissions to access it."
        )
    );
    key(&mut world, A, WEST, "EnableKey", json!({ "KeyId": source }));
    ask_as_backup(&mut world, B, WEST, "CopyDBSnapshot", input).expect("a copy");
    hours(&mut world, 2);
    let mine = snapshot(&world, "arn:aws:rds:us-west-2:222222222222:snapshot:mine").expect("a copy");
    assert_eq!(mine.status, SnapshotStatus::Available);
    assert_eq!(mine.kms_key, Some(target));
}

/// AWS Backup Developer Guide, "Encryption for backups": a disabled key fails the copy under way.
#[test]
fn a_copy_fails_where_its_key_is_switched_off_meanwhile() {
    let mut world = world();
    let source = new_key(&mut world, A, WEST);
    snapshot_under(&mut world, Some(source.clone()));
    let target = new_key(&mut world, A, IRELAND);
    let input =
        json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": "far", "KmsKeyId": target });
    ask(&mut world, A, IRELAND, "CopyDBSnapshot", input).expect("a copy");
    key(&mut world, A, WEST, "DisableKey", json!({ "KeyId": source }));
    hours(&mut world, 4);
    let far = snapshot(&world, "arn:aws:rds:eu-west-1:111111111111:snapshot:far").expect("a copy");
    assert!(matches!(&far.status, SnapshotStatus::Failed(reason) if reason.contains(&source)), "{:?}", far.status);
}
