//! Copies that had arrived and were deleted: an error at once, whatever deadline still runs.

use super::{
    BILLING, DESTINATION_VAULT, INTERMEDIATE_VAULT, ORDERS, SOURCE_VAULT, delete_points, found, of_check, pass,
    resource,
};
use crate::support::command::{backupctl, deny};
use crate::support::worlds;

#[test]
fn a_deleted_destination_copy_is_an_error_at_once_and_says_who_can_be_asked() {
    let sandbox = worlds::after_a_night();
    backupctl(&sandbox, "verify -o json").expect(0);
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let deleted = of_check(&ran, "destination-copy-deleted");
    let [finding] = deleted.as_slice() else { panic!("{deleted:#?}") };
    assert_eq!(finding["severity"], "error");
    let subject = finding["subject"].as_str().expect("an ARN");
    assert!(subject.starts_with("arn:aws:rds:us-west-2:222222222222:snapshot:"), "{subject}");
    assert!(finding["message"].as_str().is_some_and(|text| text.contains(ORDERS) && text.contains("2026-01-13T05:0")));
    let lookup = finding["commands"].as_array().expect("commands").iter().filter_map(|one| one.as_str());
    let lookup = lookup.filter(|one| one.starts_with("aws cloudtrail lookup-events ")).collect::<Vec<_>>();
    assert_eq!(lookup.len(), 1, "{finding:#}");
    assert!(lookup[0].contains("AttributeKey=EventName,AttributeValue=DeleteRecoveryPoint"), "{}", lookup[0]);
    assert!(lookup[0].contains(subject) && lookup[0].ends_with(" --region us-west-2"), "{}", lookup[0]);
    // The one cause is told once for the backup, and once for the database.
    assert_eq!(found(&ran, ORDERS), [("no-usable-copy".to_owned(), "error".to_owned())]);
    assert_eq!(of_check(&ran, "destination-copy-missing").len(), 0);
    assert_eq!(resource(&ran, "orders")["state"], "unprotected");
    assert_eq!(resource(&ran, "billing")["state"], "protected");
    let states = ran.json()["recovery_points"].as_array().expect("points").clone();
    let of_orders = states.iter().find(|point| point["resource_arn"] == ORDERS).expect("a backup");
    assert_eq!(of_orders["state"], "incomplete");
    let headline = ran.json()["headline"].as_str().expect("a headline").to_owned();
    assert_eq!(headline, "NOT PROTECTED: db:orders has no usable copy in account 222222222222.");
}

#[test]
fn a_deleted_intermediate_copy_is_a_warning() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, INTERMEDIATE_VAULT, "");
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    let deleted = of_check(&ran, "intermediate-copy-deleted");
    assert_eq!(deleted.len(), 2, "{deleted:#?}");
    assert!(deleted.iter().all(|finding| finding["severity"] == "warning" && finding["environment"] == "intermediate"));
}

// Everything of a backup is gone from all three vaults: no list shows that it ever was. The copy jobs do.
#[test]
fn a_backup_that_is_gone_everywhere_is_missed_all_the_same() {
    let sandbox = worlds::after_a_night();
    for vault in [SOURCE_VAULT, INTERMEDIATE_VAULT, DESTINATION_VAULT] {
        delete_points(&sandbox, vault, "orders");
    }
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    assert_eq!(of_check(&ran, "destination-copy-deleted").len(), 1);
    assert_eq!(of_check(&ran, "destination-copy-deleted")[0]["severity"], "error");
    assert_eq!(resource(&ran, "orders")["state"], "unprotected");
}

// An old backup that was taken out of every vault while a newer copy is usable was pruned.
#[test]
fn pruning_old_backups_everywhere_warns_and_deleting_only_the_copies_is_an_error() {
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 24);
    backupctl(&sandbox, "cleanup --only recovery-points --keep-last 1 --yes --quiet").expect(0);
    let ran = backupctl(&sandbox, "verify -o json");
    let deleted = of_check(&ran, "destination-copy-deleted");
    assert_eq!(deleted.len(), 2, "{}", ran.stdout);
    assert!(deleted.iter().all(|finding| finding["severity"] == "warning"), "{deleted:#?}");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn what_was_to_be_asked_for_by_name_and_could_not_be_is_no_green() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, INTERMEDIATE_VAULT, "");
    backupctl(&sandbox, "verify --quiet").expect(0);
    deny(&sandbox, "backup:DescribeRecoveryPoint", "--environment destination");
    backupctl(&sandbox, "verify --quiet").expect(0);
    delete_points(&sandbox, DESTINATION_VAULT, "billing");
    let ran = backupctl(&sandbox, "verify --resource orders -o json");
    assert_eq!(ran.code, 0, "another database's copy is not asked for: {}", ran.stdout);
    let ran = backupctl(&sandbox, "verify --resource billing -o json").expect(3);
    let checks = ran.json()["checks"].as_array().expect("checks").clone();
    let skipped = checks.iter().find(|check| check["check"] == "destination-copy-deleted").expect("a check");
    assert_eq!(skipped["result"], "skipped");
    assert_eq!(skipped["missing_permission"], "backup:DescribeRecoveryPoint");
    assert_eq!(resource(&ran, "billing")["resource_arn"], BILLING);
}

// Its week is over: what AWS deleted in its time was not deleted by anybody.
#[test]
fn a_copy_that_expired_is_not_missed() {
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 9 * 24);
    let ran = backupctl(&sandbox, "verify -o json");
    assert_eq!(of_check(&ran, "destination-copy-deleted").len() + of_check(&ran, "intermediate-copy-deleted").len(), 0);
}

// Unless it is copied again: then the copy is back.
#[test]
fn a_copy_that_was_made_again_is_not_missed() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    backupctl(&sandbox, "copy --all-missing --quiet").expect(0);
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    assert_eq!(of_check(&ran, "destination-copy-deleted").len(), 0);
    assert_eq!(resource(&ran, "orders")["state"], "protected");
}
