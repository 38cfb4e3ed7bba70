//! How long copies are kept: one that goes too early is an error, one that was told to stay is none.

use aws_sdk_backup::types::Lifecycle;
use backupctl::sandbox::Sandbox;

use super::{DESTINATION_VAULT, delete_points, found, of_check, pass, resource};
use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

/// The destination copies are given another life, of the backups that `newest` says.
pub fn keep(sandbox: &Sandbox, days: i64, newest: bool) {
    in_destination(sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(DESTINATION_VAULT);
        let points = list.send().await.expect("a list").recovery_points.unwrap_or_default();
        let last = points.iter().filter_map(|point| point.creation_date()).map(|date| date.secs()).max().expect("one");
        for point in &points {
            let is_newest = point.creation_date().is_some_and(|date| last - date.secs() < 3600);
            if is_newest == newest {
                let lifecycle = Lifecycle::builder().delete_after_days(days).build();
                let update = backup.update_recovery_point_lifecycle().backup_vault_name(DESTINATION_VAULT);
                let update =
                    update.recovery_point_arn(point.recovery_point_arn().expect("an ARN")).lifecycle(lifecycle);
                update.send().await.expect("UpdateRecoveryPointLifecycle");
            }
        }
    });
}

// The copies are a few hours old: one day is within 48 hours, three days are not.
#[test]
fn the_newest_copy_that_is_kept_too_short_is_an_error_and_an_older_one_a_warning() {
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 24);
    keep(&sandbox, 1, true);
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    assert_eq!(of_check(&ran, "copy-expiring").len(), 2);
    assert!(of_check(&ran, "retention-mismatch").iter().all(|finding| finding["severity"] == "error"));
    assert_eq!(resource(&ran, "orders")["state"], "expiring");
    assert!(ran.json()["headline"].as_str().is_some_and(|text| text.starts_with("NOT PROTECTED ENOUGH")));
    let command = of_check(&ran, "copy-expiring")[0]["commands"][0].as_str().expect("a command").to_owned();
    assert!(command.starts_with("aws backup update-recovery-point-lifecycle --backup-vault-name"), "{command}");
    keep(&sandbox, 3, true);
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    assert_eq!((of_check(&ran, "copy-expiring").len(), of_check(&ran, "retention-mismatch").len()), (0, 2));
    keep(&sandbox, 7, true);
    keep(&sandbox, 3, false);
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    assert!(of_check(&ran, "retention-mismatch").iter().all(|finding| finding["severity"] == "warning"));
    assert_eq!(of_check(&ran, "retention-mismatch").len(), 2);
    // None of it is a reason to copy again.
    keep(&sandbox, 1, true);
    let copied = backupctl(&sandbox, "copy --all-missing --dry-run -o json");
    assert_eq!(copied.code, 5, "{}", copied.stdout);
    let hops = copied.json()["copies"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|copy| copy["hops"].to_string())
        .collect::<String>();
    assert!(!hops.contains(r#""action":"start""#) && hops.contains("copy-would-expire"), "{}", copied.stdout);
}

// AWS Backup Developer Guide, recov-point-create-a-copy: a copy for ever is one of 36,500 days.
#[test]
fn a_copy_that_was_told_to_stay_longer_is_proposed_no_cut() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    backupctl(&sandbox, "copy --resource orders --delete-after-days never --quiet").expect(0);
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    let kept = of_check(&ran, "retention-mismatch");
    let [finding] = kept.as_slice() else { panic!("{kept:#?}") };
    assert_eq!((&finding["severity"], finding["commands"].as_array().map(Vec::len)), (&"info".into(), Some(0)));
    assert_eq!(found(&ran, "db:orders"), Vec::new());
}

// Two recovery points of two databases lie under the destination's key.
#[test]
fn a_key_that_is_going_says_what_goes_with_it_and_how_it_is_kept() {
    let sandbox = worlds::after_a_night();
    in_destination(&sandbox, async |config| {
        let vault = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(DESTINATION_VAULT);
        let key = vault.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        let schedule = aws_sdk_kms::Client::new(&config).schedule_key_deletion().key_id(key).pending_window_in_days(7);
        schedule.send().await.expect("ScheduleKeyDeletion");
    });
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let going = of_check(&ran, "key-pending-deletion");
    let [finding] = going.as_slice() else { panic!("{going:#?}") };
    let message = finding["message"].as_str().expect("a message");
    let at_stake = "then 2 recovery points of 2 databases (db:billing and db:orders) can never be restored";
    assert!(message.contains("will be deleted at 2026-01-13T") && message.ends_with(at_stake), "{message}");
    let cancel = finding["commands"][0].as_str().expect("a command");
    assert!(
        cancel.starts_with("aws kms cancel-key-deletion --key-id arn:aws:kms:us-west-2:222222222222:key/"),
        "{cancel}"
    );
    assert!(cancel.ends_with(" --region us-west-2"), "{cancel}");
    let ran = backupctl(&sandbox, "doctor -o json").expect(3);
    let message = of_check(&ran, "key-pending-deletion")[0]["message"].as_str().expect("a message").to_owned();
    assert!(message.ends_with("then 2 recovery points of the vault can never be restored"), "{message}");
}

#[test]
fn a_database_that_was_deleted_says_what_is_left_and_how_it_is_restored() {
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let delete = aws_sdk_rds::Client::new(&config).delete_db_instance().db_instance_identifier("orders");
        delete.skip_final_snapshot(true).send().await.expect("DeleteDBInstance");
    });
    pass(&sandbox, 2);
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let finding = &of_check(&ran, "resource-missing")[0];
    let message = finding["message"].as_str().expect("a message");
    assert!(message.contains("its last backup is of 2026-01-06T05:0"), "{message}");
    assert!(message.contains("is kept until 2026-01-13T05:0"), "{message}");
    let commands: Vec<&str> =
        finding["commands"].as_array().expect("commands").iter().filter_map(|one| one.as_str()).collect();
    let restore = commands.iter().find(|one| one.starts_with("aws backup start-restore-job ")).expect("a command");
    assert!(restore.contains("--recovery-point-arn arn:aws:rds:us-west-2:222222222222:snapshot:"), "{restore}");
    assert!(restore.contains("--metadata \"DBInstanceIdentifier=orders,DBInstanceClass=$(aws backup "), "{restore}");
    // The class is asked for, not guessed: AWS Backup keeps that of the database.
    assert!(
        restore.contains("--query RestoreMetadata.DBInstanceClass --output text)\" --region us-west-2"),
        "{restore}"
    );
    let arn = restore.split_whitespace().nth(4).expect("an ARN").to_owned();
    let class = in_destination(&sandbox, async |config| {
        let kept = aws_sdk_backup::Client::new(&config).get_recovery_point_restore_metadata();
        let kept = kept.backup_vault_name("destination-vault-account-b-region-b").recovery_point_arn(arn);
        let kept = kept.send().await.expect("GetRecoveryPointRestoreMetadata");
        kept.restore_metadata.and_then(|kept| kept.get("DBInstanceClass").cloned())
    });
    assert!(class.is_some_and(|class| class.starts_with("db.")));
    // Its copy is what is left of it, and is judged: no newer one is asked for.
    pass(&sandbox, 48);
    let ran = backupctl(&sandbox, "verify --only recovery-points -o json");
    assert_eq!(of_check(&ran, "copy-stale").len(), 0);
    assert_eq!(resource(&ran, "orders")["state"], "protected");
}
