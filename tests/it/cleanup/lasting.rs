//! A copy that AWS deletes within hours, or whose key fails, stands for nothing that goes.

use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::{DESTINATION, of};
use crate::green::pass;
use crate::green::retention::keep;
use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

/// Two nights, and the copies of the second in account B go within a day of their backup.
fn newest_goes_today() -> Sandbox {
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 24);
    keep(&sandbox, 1, true);
    sandbox
}

/// How many copies of the first night, of 6 January, are in the destination vault: those that last.
fn lasting(sandbox: &Sandbox) -> usize {
    in_destination(sandbox, async |config| {
        let list = aws_sdk_backup::Client::new(&config).list_recovery_points_by_backup_vault();
        let list = list.backup_vault_name(DESTINATION).send().await.expect("a list");
        let days = list.recovery_points().iter().filter_map(|point| Some(point.creation_date()?.secs() / 86_400));
        days.filter(|day| *day == 20_459).count()
    })
}

/// KMS deletes the destination vault's key in seven days.
pub fn key_goes(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let vault = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(DESTINATION);
        let key = vault.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        let schedule = aws_sdk_kms::Client::new(&config).schedule_key_deletion().key_id(key).pending_window_in_days(7);
        schedule.send().await.expect("ScheduleKeyDeletion");
    });
}

#[test]
fn a_pruning_that_leaves_only_copies_that_go_today_needs_the_account() {
    let sandbox = newest_goes_today();
    let ran = backupctl(&sandbox, "cleanup --only recovery-points --older-than 12h --yes -o json").expect(5);
    assert_eq!(ran.json()["at_stake"]["confirm"], json!(["222222222222"]), "{}", ran.stdout);
    assert_eq!(lasting(&sandbox), 2);
}

#[test]
fn keep_last_leaves_a_copy_that_lasts_beside_one_that_goes_today() {
    let sandbox = newest_goes_today();
    let document = backupctl(&sandbox, "cleanup --only recovery-points --keep-last 1 --yes -o json").expect(0).json();
    let kept = of(&document, "recovery_points", "destination").into_iter().filter(|point| point["action"] == "keep");
    assert_eq!(kept.count(), 4, "{document:#}");
    assert_eq!(of(&document, "recovery_points", "source").iter().filter(|one| one["action"] == "delete").count(), 2);
    assert_eq!(lasting(&sandbox), 2);
}

#[test]
fn the_last_copy_of_a_deleted_database_is_the_one_that_lasts() {
    let sandbox = newest_goes_today();
    in_source(&sandbox, async |config| {
        let delete = aws_sdk_rds::Client::new(&config).delete_db_instance().db_instance_identifier("orders");
        delete.skip_final_snapshot(true).send().await.expect("DeleteDBInstance");
    });
    pass(&sandbox, 1);
    let command = "cleanup --yes --confirm 111111111111 --confirm 222222222222 --resource orders -o json";
    let document = backupctl(&sandbox, command).expect(5).json();
    let last = document["recovery_points"].as_array().into_iter().flatten();
    let last: Vec<(&Value, &str)> = last
        .filter(|point| point["reason"] == "last-copy")
        .map(|point| (&point["environment"], &point["created_at"].as_str().expect("a date")[..10]))
        .collect();
    assert_eq!(last, [(&json!("intermediate"), "2026-01-07"), (&json!("destination"), "2026-01-06")], "{document:#}");
    assert_eq!(lasting(&sandbox), 2, "one of each database");
}

#[test]
fn copies_under_a_key_that_goes_are_not_what_is_left() {
    let sandbox = worlds::after_a_night();
    key_goes(&sandbox);
    let prune = "cleanup --only recovery-points --older-than 1h --environment source --environment intermediate";
    let refused = backupctl(&sandbox, &format!("{prune} --yes -o json")).expect(5).json();
    assert_eq!(refused["at_stake"]["confirm"], json!(["111111111111"]), "{refused:#}");
    let both = ["arn:aws:rds:us-east-1:111111111111:db:billing", "arn:aws:rds:us-east-1:111111111111:db:orders"];
    assert_eq!(refused["at_stake"]["unrestorable"], json!(both), "{refused:#}");
    let notes = refused["notes"].to_string();
    assert!(notes.contains("aws kms cancel-key-deletion --key-id arn:aws:kms:us-west-2:222222222222:key/"), "{notes}");
    assert_eq!(of(&refused, "recovery_points", "source").len(), 2);
    // The key works again: the copies count.
    in_destination(&sandbox, async |config| {
        let kms = aws_sdk_kms::Client::new(&config);
        let vault = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(DESTINATION);
        let key = vault.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        kms.cancel_key_deletion().key_id(&key).send().await.expect("CancelKeyDeletion");
        kms.enable_key().key_id(&key).send().await.expect("EnableKey");
    });
    backupctl(&sandbox, &format!("{prune} --yes -o json")).expect(0);
}
