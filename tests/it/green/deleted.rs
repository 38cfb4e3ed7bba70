//! Copies that had arrived and were deleted: an error at once, whatever deadline still runs.

use super::{
    BILLING, DESTINATION_VAULT, INTERMEDIATE_VAULT, ORDERS, SOURCE_VAULT, delete_points, found, of_check, pass,
    resource,
};
use aws_sdk_backup::types::Lifecycle;
use backupctl::sandbox::Sandbox;

use crate::support::command::{Ran, backupctl, configured, deny};
use crate::support::operator::{in_destination, in_intermediate};
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

/// Somebody deletes the destination vault with all that is in it.
fn lose_the_vault(sandbox: &Sandbox) {
    delete_points(sandbox, DESTINATION_VAULT, "");
    in_destination(sandbox, async |config| {
        let delete = aws_sdk_backup::Client::new(&config).delete_backup_vault().backup_vault_name(DESTINATION_VAULT);
        delete.send().await.expect("DeleteBackupVault");
    });
}

/// What the remedy of `vault-missing` says: the stack goes, `bootstrap` makes it anew.
fn make_the_vault_anew(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let client = aws_sdk_cloudformation::Client::new(&config);
        let stack = "aws-backup-rds-destination-stack";
        let off = client.update_termination_protection().stack_name(stack).enable_termination_protection(false);
        off.send().await.expect("UpdateTerminationProtection");
        client.delete_stack().stack_name(stack).send().await.expect("DeleteStack");
    });
    backupctl(sandbox, "sandbox advance 20m").expect(0);
    backupctl(sandbox, "bootstrap --yes --quiet").expect(0);
}

fn states(ran: &Ran) -> Vec<String> {
    let points = ran.json()["recovery_points"].as_array().expect("points").clone();
    points.iter().map(|point| point["state"].as_str().expect("a state").to_owned()).collect()
}

// A vault that is younger than the copy jobs into it is no new pipeline while the vaults of account A are older: the
// copies were lost with the vault before it.
#[test]
fn a_vault_that_was_lost_and_made_anew_hides_no_lost_copy() {
    let sandbox = worlds::after_a_night();
    lose_the_vault(&sandbox);
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let missing = of_check(&ran, "vault-missing");
    let message = missing[0]["message"].as_str().expect("a message");
    let lost = "2 copies of 2 databases that had arrived in it and were to be kept still are gone";
    assert!(message.ends_with(lost), "{message}");
    insta::assert_snapshot!(crate::support::shown::in_document(&missing[0]));
    assert_eq!(states(&ran), ["incomplete", "incomplete"], "nothing can arrive in a vault that is not there");
    assert_eq!(resource(&ran, "orders")["state"], "unprotected");
    make_the_vault_anew(&sandbox);
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let deleted = of_check(&ran, "destination-copy-deleted");
    assert_eq!(deleted.len(), 2, "{}", ran.stdout);
    assert!(deleted.iter().all(|finding| finding["severity"] == "error"), "{deleted:#?}");
    assert_eq!(resource(&ran, "orders")["state"], "unprotected");
    // What account A still has mends it.
    backupctl(&sandbox, "copy --all-missing --quiet").expect(0);
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    assert_eq!(resource(&ran, "orders")["state"], "protected");
}

// Ours, and of all three vaults: what they held was taken down with consent.
#[test]
fn a_pipeline_that_was_cleaned_up_and_made_anew_misses_no_copy() {
    let sandbox = worlds::after_a_night();
    backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 --quiet").expect(0);
    backupctl(&sandbox, "bootstrap --yes --quiet").expect(0);
    let ran = backupctl(&sandbox, "verify -o json").expect(0);
    assert_eq!(of_check(&ran, "destination-copy-deleted").len(), 0, "{}", ran.stdout);
    assert_eq!(resource(&ran, "orders")["state"], "new");
}

// AWS Backup API Reference, CopyJob: DestinationRecoveryPointLifecycle is what the job asked for.
#[test]
fn a_copy_that_was_to_be_kept_a_day_and_ran_out_is_not_missed() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    in_intermediate(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let points = backup.list_recovery_points_by_backup_vault().backup_vault_name(INTERMEDIATE_VAULT);
        let points = points.by_resource_arn(ORDERS).send().await.expect("a list");
        let roles = aws_sdk_iam::Client::new(&config).list_roles().send().await.expect("roles");
        let role = roles.roles().iter().find(|role| role.role_name().contains("backup-copy")).expect("the copy role");
        let copy = backup.start_copy_job().source_backup_vault_name(INTERMEDIATE_VAULT).iam_role_arn(role.arn());
        let copy = copy.recovery_point_arn(points.recovery_points()[0].recovery_point_arn().expect("an ARN"));
        let vault = format!("arn:aws:backup:us-west-2:222222222222:backup-vault:{DESTINATION_VAULT}");
        let copy = copy.destination_backup_vault_arn(vault);
        copy.lifecycle(Lifecycle::builder().delete_after_days(1).build()).send().await.expect("StartCopyJob");
    });
    pass(&sandbox, 48);
    let ran = backupctl(&sandbox, "verify -o json");
    let deleted = of_check(&ran, "destination-copy-deleted");
    let [finding] = deleted.as_slice() else { panic!("{deleted:#?}") };
    assert!(finding["message"].as_str().is_some_and(|text| text.contains("was to be kept until 2026-01-13T05:0")));
}

// Nothing says how long a copy was to be kept whose job asked for nothing: it is missed, and nobody is accused.
#[test]
fn a_copy_of_which_nothing_says_how_long_it_was_to_be_kept_is_missed_without_a_claim() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    backupctl(&sandbox, "copy --resource orders --delete-after-days inherit --quiet").expect(0);
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    let deleted = of_check(&ran, "destination-copy-deleted");
    let unknown = deleted.iter().find(|one| one["message"].to_string().contains("Nothing says how long"));
    insta::assert_snapshot!(crate::support::shown::in_document(unknown.unwrap_or_else(|| panic!("{deleted:#?}"))));
}

#[test]
fn a_database_whose_copies_are_being_deleted_or_that_does_not_exist_is_not_new() {
    let sandbox = worlds::after_a_night();
    in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(DESTINATION_VAULT);
        for point in list.send().await.expect("a list").recovery_points() {
            let delete = backup.delete_recovery_point().backup_vault_name(DESTINATION_VAULT);
            let delete = delete.recovery_point_arn(point.recovery_point_arn().expect("an ARN"));
            delete.send().await.expect("DeleteRecoveryPoint");
        }
    });
    let ran = backupctl(&sandbox, "verify -o json").expect(3);
    assert_eq!(resource(&ran, "orders")["state"], "unprotected", "{}", ran.stdout);
    let selection = format!("resources = [\"{ORDERS}\", \"{}\"]", ORDERS.replace("orders", "ordes"));
    let sandbox = worlds::bootstrapped();
    let ran =
        configured(&sandbox, &super::configuration(&selection), "verify --only recovery-points -o json").expect(0);
    assert_eq!(
        (&resource(&ran, "orders")["state"], &resource(&ran, "ordes")["state"]),
        (&"new".into(), &"missing".into())
    );
    assert!(resource(&ran, "ordes")["first_copy_due"].is_null());
}
