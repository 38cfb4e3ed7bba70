//! How well each database is protected, in a line each, and what is said of those that are not.

use crate::green::{
    DESTINATION_VAULT, INTERMEDIATE_VAULT, SOURCE_VAULT, configuration, delete_points, pass, stop_second_hops,
};
use crate::messages::bootstrap::shown;
use crate::support::gallery::Gallery;
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

const POINTS: &str = "verify --only recovery-points";

#[test]
fn the_verdict_comes_first() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    gallery.refuse("Before the first night", &sandbox, POINTS, 0);
    let sandbox = worlds::after_a_night();
    gallery.refuse("After it", &sandbox, "verify", 0);
    gallery.refuse("One database", &sandbox, &format!("{POINTS} --resource orders"), 0);
    gallery.refuse("A misspelt name", &sandbox, "verify --only plan --resource db:ordes", 3);
    gallery.refuse("One that copy does not know", &sandbox, "copy --dry-run --resource ordes", 1);
    gallery.refuse("One that cleanup does not know", &sandbox, "cleanup --dry-run --resource ordes", 1);
    gallery.refuse("No name", &sandbox, "verify --resource or_ders", 2);
    gallery.refuse("Too old", &sandbox, &format!("{POINTS} --max-age 1h"), 3);
    stop_second_hops(&sandbox);
    gallery.refuse("A rule that is off", &sandbox, "verify --only events --only recovery-points", 3);
    delete_points(&sandbox, DESTINATION_VAULT, "");
    gallery.refuse("Its copies deleted", &sandbox, POINTS, 3);
    delete_points(&sandbox, INTERMEDIATE_VAULT, "orders");
    delete_points(&sandbox, SOURCE_VAULT, "orders");
    gallery.refuse("Everything of one deleted", &sandbox, &format!("{POINTS} --resource orders"), 3);
    gallery.file("backupctl.toml", &configuration("tags = { owner = \"me\" }"));
    // Nobody has called this world before: it makes its event bus when it is first looked at.
    gallery.show("Nothing selected", Some(&worlds::built_in()), POINTS, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_is_about_to_go_is_said_with_what_goes_with_it() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::after_a_night());
    in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(DESTINATION_VAULT);
        let points = list.send().await.expect("a list").recovery_points.unwrap_or_default();
        let lifecycle = aws_sdk_backup::types::Lifecycle::builder().delete_after_days(1).build();
        let update = backup.update_recovery_point_lifecycle().backup_vault_name(DESTINATION_VAULT).lifecycle(lifecycle);
        let update = update.recovery_point_arn(points[0].recovery_point_arn().expect("an ARN"));
        update.send().await.expect("UpdateRecoveryPointLifecycle");
        let vault = backup.describe_backup_vault().backup_vault_name(DESTINATION_VAULT).send().await.expect("a vault");
        let schedule = aws_sdk_kms::Client::new(&config).schedule_key_deletion().pending_window_in_days(7);
        schedule.key_id(vault.encryption_key_arn.expect("a key")).send().await.expect("ScheduleKeyDeletion");
    });
    gallery.refuse("A copy and a key that go", &sandbox, "verify --only keys --only recovery-points", 3);
    gallery.refuse("The key, to doctor", &sandbox, "doctor --only keys", 3);
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let delete = aws_sdk_rds::Client::new(&config).delete_db_instance().db_instance_identifier("orders");
        delete.skip_final_snapshot(true).send().await.expect("DeleteDBInstance");
    });
    pass(&sandbox, 2);
    gallery.refuse("A database that was deleted", &sandbox, "verify --only plan --only recovery-points", 3);
    insta::assert_snapshot!(shown(gallery));
}
