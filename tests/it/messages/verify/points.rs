//! Recovery points that did not arrive, are kept wrongly, or carry the wrong tag.

use backupctl::sandbox::Sandbox;

use crate::identity::{create, delete};
use crate::messages::bootstrap::shown;
use crate::messages::doctor::plan::change_rule;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::{in_destination, in_intermediate, made};
use crate::support::worlds;

const POINTS: &str = "verify --only recovery-points";
const WITHOUT_SWEEP: &str = include_str!("../../support/without_sweep.toml");
const ONE: &str = "verify --only recovery-points --resource arn:aws:rds:us-east-1:111111111111:db:orders";

/// The second hop is not started for so long.
fn without_second_hop(hours: u32) -> Sandbox {
    let sandbox = worlds::without_sweep();
    in_intermediate(&sandbox, async |config| {
        let rule = made(&config, "aws-backup-rds-intermediate-stack", "CopyRule").await;
        aws_sdk_eventbridge::Client::new(&config).disable_rule().name(rule).send().await.expect("DisableRule");
    });
    backupctl(&sandbox, &format!("sandbox advance {hours}h")).expect(0);
    sandbox
}

#[test]
fn a_copy_that_would_be_deleted_at_once_is_said_to_come_too_late() {
    let (mut gallery, sandbox) = (Gallery::new(), without_second_hop(152));
    gallery.file("backupctl.toml", WITHOUT_SWEEP);
    gallery.refuse("Six days later", &sandbox, ONE, 3);
    let sandbox = worlds::without_sweep();
    change_rule(&sandbox, |rule| rule.copy_actions = None);
    backupctl(&sandbox, "sandbox advance 152h").expect(0);
    gallery.refuse("Six days without a first hop", &sandbox, ONE, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_tag_that_names_another_vault_is_named() {
    let (mut gallery, sandbox) = (Gallery::new(), without_second_hop(30));
    gallery.file("backupctl.toml", WITHOUT_SWEEP);
    in_intermediate(&sandbox, async |config| {
        let rds = aws_sdk_rds::Client::new(&config);
        let found = rds.describe_db_snapshots().send().await.expect("DescribeDBSnapshots").db_snapshots;
        for snapshot in found.into_iter().flatten() {
            let tag = aws_sdk_rds::types::Tag::builder().key("CopyToVault").value("elsewhere").build();
            let call = rds.add_tags_to_resource().resource_name(snapshot.db_snapshot_arn.expect("an ARN")).tags(tag);
            call.send().await.expect("AddTagsToResource");
        }
    });
    gallery.refuse("Another vault's", &sandbox, ONE, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_recovery_point_that_is_kept_otherwise_is_told_for_how_long() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::after_a_night());
    let vault = "destination-vault-account-b-region-b";
    for (days, code) in [(1, 3), (-1, 0)] {
        in_destination(&sandbox, async |config| {
            let backup = aws_sdk_backup::Client::new(&config);
            let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(vault);
            for point in list.send().await.expect("a list").recovery_points() {
                let lifecycle = aws_sdk_backup::types::Lifecycle::builder().delete_after_days(days).build();
                let update = backup.update_recovery_point_lifecycle().backup_vault_name(vault).lifecycle(lifecycle);
                let update = update.recovery_point_arn(point.recovery_point_arn().expect("an ARN"));
                update.send().await.expect("UpdateRecoveryPointLifecycle");
            }
        });
        gallery.refuse(&format!("Kept {days} days"), &sandbox, POINTS, code);
    }
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_database_that_is_not_encrypted_has_backups_that_are_not() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::built_in());
    gallery.file("backupctl.toml", &WITHOUT_SWEEP.replace("db:orders", "db:legacy"));
    gallery.show("The pipeline", Some(&sandbox), "bootstrap --yes --quiet", 0);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let legacy = ONE.replace("orders", "legacy");
    gallery.refuse("A night later", &sandbox, &legacy, 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn backups_of_an_earlier_database_of_the_name_are_told_apart() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::after_a_night());
    delete(&sandbox, "orders");
    create(&sandbox, "orders");
    // No backup of the new one: its first was due, and failed.
    backupctl(&sandbox, "sandbox inject backup-job-fails --resource *orders* --message no --until-cleared").expect(0);
    backupctl(&sandbox, "sandbox advance 40h").expect(0);
    gallery.refuse("Made again", &sandbox, ONE, 3);
    insta::assert_snapshot!(shown(gallery));
}
