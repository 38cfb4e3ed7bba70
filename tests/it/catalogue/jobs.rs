//! Jobs that fail, and jobs that are completed with an issue.

use aws_sdk_backup::types::{BackupJobState, CopyJobState};
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::Scenario;
use serde_json::json;

use super::{BACKUP_ROLE, DESTINATION, DESTINATION_ARN, ORDERS, SOURCE, backed_up, copied_in_one, newest_backup, pass};
use crate::mutations::{Outcome, Stage, a_day_passes, world};
use crate::support::operator::{in_destination, in_source};
use crate::support::worlds;

const LEDGER: &str = "arn:aws:rds:us-east-1:111111111111:db:ledger";

/// Takes an action from the backup role.
fn deny(sandbox: &Sandbox, action: &str) {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": action, "Resource": "*"}]});
    in_source(sandbox, async |config| {
        let put = aws_sdk_iam::Client::new(&config).put_role_policy().role_name("AWSBackupDefaultServiceRole");
        put.policy_name("deny").policy_document(policy.to_string()).send().await.expect("PutRolePolicy");
    });
    pass(sandbox, 1);
}

/// Lets all of account A into the destination vault.
fn open_destination(sandbox: &Sandbox) {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "backup:CopyIntoBackupVault",
        "Resource": "*"}]});
    in_destination(sandbox, async |config| {
        let put = aws_sdk_backup::Client::new(&config).put_backup_vault_access_policy();
        put.backup_vault_name(DESTINATION).policy(policy.to_string()).send().await.expect("PutPolicy");
    });
}

// AWS Backup Developer Guide, "Encryption": a recovery point under an AWS managed key is not copied across
// accounts. "AWS Backup console dashboards": text and category.
#[test]
fn a_recovery_point_under_the_aws_managed_key_is_not_copied_to_another_account() {
    let sandbox = world();
    open_destination(&sandbox);
    let backup = backed_up(&sandbox, ORDERS);
    let copy = copied_in_one(&sandbox, backup.recovery_point_arn().expect("a recovery point"));
    assert_eq!(copy.state(), Some(&CopyJobState::Failed));
    assert_eq!(
        copy.status_message(),
        Some("Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot.")
    );
    assert_eq!(copy.message_category(), Some("ACCESS_DENIED"));
}

// AWS Backup Developer Guide, document history of October 23, 2025: RDS copies go across Regions and accounts in
// one job; "Encryption": the copy is under the destination vault's key.
#[test]
fn a_recovery_point_under_a_shared_customer_managed_key_goes_to_the_other_account_and_region_in_one_job() {
    let sandbox = worlds::bootstrapped();
    open_destination(&sandbox);
    in_source(&sandbox, async |config| {
        let database = aws_sdk_rds::Client::new(&config).describe_db_instances().db_instance_identifier("ledger");
        let database = database.send().await.expect("DescribeDBInstances").db_instances()[0].clone();
        let key = database.kms_key_id().expect("a key").to_owned();
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "kms:*",
                "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
                "Action": ["kms:DescribeKey", "kms:CreateGrant"], "Resource": "*"}]});
        let put = aws_sdk_kms::Client::new(&config).put_key_policy().key_id(key).policy_name("default");
        put.policy(policy.to_string()).send().await.expect("PutKeyPolicy");
    });
    let backup = backed_up(&sandbox, LEDGER);
    let point = backup.recovery_point_arn().expect("a recovery point").to_owned();
    let copy = copied_in_one(&sandbox, &point);
    assert_eq!((copy.state(), copy.status_message()), (Some(&CopyJobState::Completed), None));
    let vault_key = in_destination(&sandbox, async |config| {
        let describe = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(DESTINATION);
        describe.send().await.expect("DescribeBackupVault").encryption_key_arn
    });
    assert_eq!(copy.destination_encryption_key_arn().map(str::to_owned), vault_key);
    assert!(copy.destination_recovery_point_arn().is_some_and(|arn| arn.contains(":us-west-2:222222222222:")));
    // The share is for the time of the copy alone.
    let identifier = point.rsplit_once(":snapshot:").expect("a snapshot").1.to_owned();
    let shared = in_source(&sandbox, async |config| {
        let describe = aws_sdk_rds::Client::new(&config).describe_db_snapshot_attributes();
        let answer = describe.db_snapshot_identifier(identifier).send().await.expect("attributes");
        let result = answer.db_snapshot_attributes_result.expect("a result");
        result.db_snapshot_attributes().iter().flat_map(|attribute| attribute.attribute_values().to_vec()).count()
    });
    assert_eq!(shared, 0);
}

// AWS Backup Developer Guide, "Monitoring AWS Backup events", the failed job of the example.
#[test]
fn a_backup_role_that_may_not_list_tags_fails_the_job() {
    let sandbox = world();
    deny(&sandbox, "rds:ListTagsForResource");
    let job = backed_up(&sandbox, ORDERS);
    assert_eq!(job.state(), Some(&BackupJobState::Failed));
    assert_eq!(job.status_message(), Some("Access denied exception while trying to list tags"));
    assert_eq!(job.message_category(), Some("ACCESS_DENIED"));
}

// AWS Backup Developer Guide, "AWS Backup console dashboards", TAG_COPY_ERROR: the job is completed with an
// issue, and without its tag the recovery point goes no further than the intermediate vault.
#[test]
fn a_backup_whose_tags_fail_is_completed_with_an_issue_and_goes_one_hop_only() {
    let sandbox = world();
    deny(&sandbox, "rds:AddTagsToResource");
    let outcome = a_day_passes(&sandbox);
    let job = in_source(&sandbox, newest_backup);
    assert_eq!(job.state(), Some(&BackupJobState::Completed));
    let message = job.status_message().unwrap_or_default();
    assert!(message.starts_with("We are unable to copy resource tags to your backup because"), "{message}");
    assert_eq!(job.message_category(), Some("TAG_COPY_ERROR"));
    assert_eq!(outcome, Outcome::Lost(Stage::Function, "the recovery point has no tag CopyToVault".to_owned()));
}

// AWS Backup Developer Guide, quotas: 50 tags on a recovery point; "AWS Backup console dashboards": the text.
#[test]
fn fifty_tags_of_the_database_leave_no_room_for_the_plans() {
    let sandbox = world();
    in_source(&sandbox, async |config| {
        let tags =
            (0..49).map(|number| aws_sdk_rds::types::Tag::builder().key(format!("tag-{number}")).value("x").build());
        let add = aws_sdk_rds::Client::new(&config).add_tags_to_resource().resource_name(ORDERS);
        add.set_tags(Some(tags.collect())).send().await.expect("AddTagsToResource");
    });
    let said = "The resultant tag set must not have more than 50 user tags.".to_owned();
    assert_eq!(a_day_passes(&sandbox), Outcome::Lost(Stage::NoBackup, said));
    let job = in_source(&sandbox, newest_backup);
    assert_eq!(job.state(), Some(&BackupJobState::Failed));
    assert_eq!(job.message_category(), Some("LIMIT_EXCEEDED"));
}

/// A world of one database with so many GiB, and a vault in its Region.
fn one_database(gib: i64) -> Sandbox {
    let mut scenario = Scenario::built_in();
    scenario.databases.retain(|database| database.name == "orders");
    scenario.databases[0].allocated_gib = gib;
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    in_source(&sandbox, async |config| {
        let create = aws_sdk_backup::Client::new(&config).create_backup_vault().backup_vault_name(SOURCE);
        create.send().await.expect("CreateBackupVault");
    });
    sandbox
}

// API_StartBackupJob, CompleteWindowMinutes; "AWS Backup console dashboards", JOB_EXPIRED.
#[test]
fn a_backup_that_takes_longer_than_its_completion_window_expires() {
    let sandbox = one_database(6000);
    in_source(&sandbox, async |config| {
        let start = aws_sdk_backup::Client::new(&config).start_backup_job().backup_vault_name(SOURCE);
        let start = start.resource_arn(ORDERS).iam_role_arn(BACKUP_ROLE);
        let start = start.start_window_minutes(60).complete_window_minutes(120);
        start.send().await.expect("StartBackupJob");
    });
    pass(&sandbox, 4);
    let job = in_source(&sandbox, newest_backup);
    assert_eq!(job.state(), Some(&BackupJobState::Expired));
    assert_eq!(job.status_message(), Some("Backup job expired before completion."));
    assert_eq!(job.message_category(), Some("JOB_EXPIRED"));
}

/// Moves a window of the database.
fn move_window(sandbox: &Sandbox, backup: Option<&str>, maintenance: Option<&str>) {
    in_source(sandbox, async |config| {
        let modify = aws_sdk_rds::Client::new(&config).modify_db_instance().db_instance_identifier("orders");
        let modify = modify.set_preferred_backup_window(backup.map(str::to_owned));
        let modify = modify.set_preferred_maintenance_window(maintenance.map(str::to_owned));
        modify.apply_immediately(true).send().await.expect("ModifyDBInstance");
    });
}

// AWS Backup Developer Guide, "Backup plan options": no backup of a database begins in its maintenance window
// or within the hour before it; "AWS Backup console dashboards", INVALID_LIFECYCLE. Worlds begin on a Monday
// at 06:00.
#[test]
fn no_backup_begins_in_the_databases_own_windows_or_shortly_before() {
    let maintenance = "Backup job could not start because it is either inside or too close to the weekly maintenance \
         window configured in RDS instance.";
    let backup = "Backup job could not start because it is either inside or too close to the automated backup window \
         configured in RDS instance.";
    for (windows, text) in [((None, Some("mon:06:30-mon:09:00")), maintenance), ((Some("06:30-09:00"), None), backup)] {
        let sandbox = one_database(20);
        move_window(&sandbox, windows.0, windows.1);
        in_source(&sandbox, async |config| {
            let start = aws_sdk_backup::Client::new(&config).start_backup_job().backup_vault_name(SOURCE);
            let start = start.resource_arn(ORDERS).iam_role_arn(BACKUP_ROLE).start_window_minutes(60);
            start.send().await.expect("StartBackupJob");
        });
        pass(&sandbox, 4);
        let job = in_source(&sandbox, newest_backup);
        assert_eq!((job.state(), job.status_message()), (Some(&BackupJobState::Expired), Some(text)));
        assert_eq!(job.message_category(), Some("INVALID_LIFECYCLE"));
    }
}

// API_StartBackupJob: a job that cannot start is tried again within its start window. The plan's is eight hours.
#[test]
fn a_window_at_the_plans_time_only_delays_the_backup() {
    let sandbox = world();
    move_window(&sandbox, Some("05:30-06:30"), None);
    assert_eq!(a_day_passes(&sandbox), Outcome::Arrives);
    let job = in_source(&sandbox, newest_backup);
    let lasted = job.completion_date().expect("an end").secs() - job.creation_date().expect("a beginning").secs();
    assert!(lasted > 3600, "{lasted} seconds");
}

// AWS Backup Developer Guide, "Creating backup copies across AWS accounts": after switching the feature off,
// copies may go on for up to 15 minutes.
#[test]
fn cross_account_copies_go_on_for_fifteen_minutes_after_the_feature_was_switched_off() {
    let off = |sandbox: &Sandbox| {
        crate::support::operator::acting(sandbox, "999999999999", "us-east-1", async |config| {
            let update = aws_sdk_backup::Client::new(&config).update_global_settings();
            update.global_settings("isCrossAccountBackupEnabled", "false").send().await.expect("UpdateGlobalSettings");
        });
    };
    let copy_after = |seconds: i64| {
        let sandbox = worlds::bootstrapped();
        open_destination(&sandbox);
        let point = backed_up(&sandbox, "arn:aws:rds:us-east-1:111111111111:db:legacy");
        off(&sandbox);
        sandbox.advance_to(sandbox.now().plus_seconds(seconds)).expect("an in-memory world");
        let copy = copied_in_one(&sandbox, point.recovery_point_arn().expect("a recovery point"));
        (copy.state().cloned(), copy.status_message().map(str::to_owned), copy.message_category().map(str::to_owned))
    };
    assert_eq!(copy_after(60).0, Some(CopyJobState::Completed));
    let text = "Copy job failed. Cross-account copy feature is not enabled for the current organization.".to_owned();
    let failed = (Some(CopyJobState::Failed), Some(text), Some("FEATURE_NOT_ENABLED".to_owned()));
    assert_eq!(copy_after(16 * 60), failed);
    assert!(DESTINATION_ARN.ends_with(DESTINATION));
}
