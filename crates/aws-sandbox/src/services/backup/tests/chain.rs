//! Backups and copies from end to end.

use super::support::*;
use super::*;
use crate::services::rds;
use crate::world::faults::{Effect, Fault};

fn plan(sim: &mut Sim, timezone: &str) -> Value {
    let input = json!({
        "BackupPlan": { "BackupPlanName": "backup-plan-rds", "Rules": [{
            "RuleName": "daily",
            "TargetBackupVaultName": SOURCE,
            "ScheduleExpression": "cron(0 5 ? * * *)",
            "ScheduleExpressionTimezone": timezone,
            "Lifecycle": { "DeleteAfterDays": 7 },
            "RecoveryPointTags": { "CopyToVault": "destination" },
            "CopyActions": [{
                "DestinationBackupVaultArn": vault_arn(PRODUCTION, WEST, INTERMEDIATE),
                "Lifecycle": { "DeleteAfterDays": 5 },
            }],
        }] },
    });
    let plan = sim.ok(PRODUCTION, EAST, "CreateBackupPlan", input);
    let selection = json!({
        "BackupPlanId": plan["BackupPlanId"],
        "BackupSelection": { "SelectionName": "orders", "IamRoleArn": ROLE, "Resources": [ORDERS] },
    });
    sim.ok(PRODUCTION, EAST, "CreateBackupSelection", selection);
    plan
}

// AWS Backup Developer Guide, "Creating backup copies": the plan's own copy has CreatedBy and the
// backup job's id; a copy keeps the origin's creation date; its expiry counts from there.
#[test]
fn a_plan_backs_up_at_its_time_and_makes_the_first_hop_itself() {
    let mut sim = Sim::with_vaults();
    let plan = plan(&mut sim, "Etc/UTC");
    sim.world.advance_to(Moment::from_millis(BEGINNING + 23 * 3_600_000)); // the next day at 05:00
    let jobs = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"].clone();
    assert_eq!(jobs.as_array().map(Vec::len), Some(1));
    assert_eq!(jobs[0]["State"], "CREATED");
    assert_eq!(jobs[0]["CreatedBy"]["BackupPlanId"], plan["BackupPlanId"]);
    assert_eq!(jobs[0]["CreatedBy"]["BackupRuleCron"], "cron(0 5 ? * * *)");
    let created = BEGINNING as f64 / 1000.0 + 23.0 * 3600.0;
    assert_eq!(jobs[0]["CreationDate"], created);
    assert_eq!(jobs[0]["StartBy"], created + 8.0 * 3600.0);

    sim.advance(2 * 3600);
    let job = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"][0].clone();
    assert_eq!((&job["State"], &job["PercentDone"]), (&json!("COMPLETED"), &json!("100.0")));
    assert_eq!(job["MessageCategory"], "SUCCESS");
    let point_arn = job["RecoveryPointArn"].as_str().expect("an ARN").to_owned();
    let id = job["BackupJobId"].as_str().expect("an id");
    assert_eq!(point_arn, format!("arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-{id}"));

    let hops = sim.ok(PRODUCTION, EAST, "ListCopyJobs", json!({ "BySourceRecoveryPointArn": point_arn }));
    let hop = hops["CopyJobs"][0].clone();
    assert_eq!(hop["State"], "COMPLETED", "{hop}");
    assert_eq!(hop["CreatedByBackupJobId"], job["BackupJobId"]);
    assert_eq!(hop["CreatedBy"]["BackupPlanId"], plan["BackupPlanId"]);
    let hop_id = hop["CopyJobId"].as_str().expect("an id");
    assert_eq!(hop_id, hop_id.to_uppercase());
    let copy = hop["DestinationRecoveryPointArn"].as_str().expect("an ARN").to_owned();
    let name = hop_id.to_lowercase();
    assert_eq!(copy, format!("arn:aws:rds:us-west-2:111111111111:snapshot:awsbackup:copyjob-{name}"));

    let describe = json!({ "BackupVaultName": INTERMEDIATE, "RecoveryPointArn": copy });
    let point = sim.ok(PRODUCTION, WEST, "DescribeRecoveryPoint", describe);
    assert_eq!(point["CreationDate"], job["CreationDate"]);
    assert_eq!(point["Lifecycle"], json!({ "DeleteAfterDays": 5 }));
    assert_eq!(point["CalculatedLifecycle"]["DeleteAt"], created + 5.0 * 86_400.0);
    assert_eq!(point["SourceBackupVaultArn"], vault_arn(PRODUCTION, EAST, SOURCE));
    assert_eq!(point["ResourceArn"], ORDERS);
    let key = sim.key(PRODUCTION, WEST);
    assert_eq!(point["EncryptionKeyArn"], key);
    assert_eq!(point["EncryptionKeyType"], "CUSTOMER_MANAGED_KMS_KEY");
    assert_eq!(hop["DestinationEncryptionKeyArn"], key);
    let tags = &rds::snapshot(&sim.world, &copy).expect("the snapshot").tags;
    let value = |key: &str| tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str());
    assert_eq!((value("CopyToVault"), value("team")), (Some("destination"), Some("core")));
}

#[test]
fn a_plan_fires_in_its_time_zone_and_only_in_its_newest_version() {
    let mut sim = Sim::with_vaults();
    let made = plan(&mut sim, "America/New_York");
    let update = json!({ "BackupPlanId": made["BackupPlanId"], "BackupPlan": {
        "BackupPlanName": "backup-plan-rds",
        "Rules": [{ "RuleName": "daily", "TargetBackupVaultName": SOURCE, "ScheduleExpression": "cron(0 7 ? * * *)",
                    "ScheduleExpressionTimezone": "America/New_York" }],
    } });
    sim.ok(PRODUCTION, EAST, "UpdateBackupPlan", update);
    // 05:00 in New York was 10:00 UTC, of the first version; 07:00 is 12:00 UTC.
    sim.world.advance_to(Moment::from_millis(BEGINNING + 6 * 3_600_000 - 1));
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"], json!([]));
    sim.world.advance_to(Moment::from_millis(BEGINNING + 6 * 3_600_000));
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"].as_array().map(Vec::len), Some(1));
}

// The key of a first backup is the database's own, not the vault's (AWS Backup Developer Guide,
// "Encryption"); the size of an RDS backup job is 0.
#[test]
fn the_first_backup_stays_under_the_databases_key() {
    let mut sim = Sim::with_vaults();
    let arn = sim.backed_up();
    let describe = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": arn });
    let point = sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", describe);
    let key = rds::snapshot(&sim.world, &arn).and_then(|snapshot| snapshot.kms_key.clone()).expect("a key");
    assert_eq!(point["EncryptionKeyArn"], key);
    assert_ne!(point["EncryptionKeyArn"], sim.key(PRODUCTION, EAST));
    assert_eq!(point["EncryptionKeyType"], Value::Null);
    assert_eq!(point["IsEncrypted"], true);
    assert_eq!(point["Status"], "COMPLETED");
    let job = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"][0].clone();
    assert_eq!(job["BackupSizeInBytes"], 0);
    assert_eq!(job["CreatedBy"], Value::Null);
}

// The snapshot is shared while it is copied, and not afterwards; the copy belongs to the destination
// account's service-linked role; an on-demand job has neither CreatedBy nor a backup job.
#[test]
fn the_second_hop_goes_to_the_other_account() {
    let mut sim = Sim::with_vaults();
    let point = sim.first_hop();
    let id = sim.start_copy(WEST, INTERMEDIATE, &point, &vault_arn(CENTRAL, WEST, DESTINATION));
    sim.advance(90);
    assert_eq!(sim.copy_job(WEST, &id)["State"], "RUNNING");
    assert!(!rds::snapshot(&sim.world, &point).expect("the snapshot").shared_with.is_empty());
    sim.advance(2 * 3600);
    let job = sim.copy_job(WEST, &id);
    assert_eq!(job["State"], "COMPLETED", "{job}");
    assert_eq!((&job["CreatedBy"], &job["CreatedByBackupJobId"]), (&Value::Null, &Value::Null));
    assert!(rds::snapshot(&sim.world, &point).expect("the snapshot").shared_with.is_empty());
    let copy = job["DestinationRecoveryPointArn"].clone();
    let describe = json!({ "BackupVaultName": DESTINATION, "RecoveryPointArn": copy });
    let point = sim.ok(CENTRAL, WEST, "DescribeRecoveryPoint", describe);
    assert_eq!(point["ResourceArn"], ORDERS);
    assert_eq!(point["SourceBackupVaultArn"], vault_arn(PRODUCTION, WEST, INTERMEDIATE));
    assert_eq!(point["EncryptionKeyArn"], sim.key(CENTRAL, WEST));
    assert_eq!(
        point["IamRoleArn"],
        "arn:aws:iam::222222222222:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"
    );
}

// AWS Backup Developer Guide, "AWS Backup console dashboards": the texts.
#[test]
fn what_forbids_a_copy_fails_the_job_in_awss_words() {
    let source_to_central = |sim: &mut Sim| {
        let point = sim.backed_up();
        sim.copied(EAST, SOURCE, &point, &vault_arn(CENTRAL, WEST, DESTINATION))
    };
    let second_hop = |sim: &mut Sim| {
        let point = sim.first_hop();
        sim.copied(WEST, INTERMEDIATE, &point, &vault_arn(CENTRAL, WEST, DESTINATION))
    };

    let mut sim = Sim::with_vaults();
    let job = source_to_central(&mut sim);
    assert_eq!(job["State"], "FAILED");
    assert_eq!(
        job["StatusMessage"],
        "Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot."
    );
    assert_eq!(job["MessageCategory"], "ACCESS_DENIED");

    let mut sim = Sim::with_vaults();
    let off = json!({ "GlobalSettings": { "isCrossAccountBackupEnabled": "false" } });
    sim.ok(MANAGEMENT, EAST, "UpdateGlobalSettings", off);
    let job = second_hop(&mut sim);
    assert_eq!(
        job["StatusMessage"],
        "Copy job failed. Cross-account copy feature is not enabled for the current organization."
    );
    assert_eq!(job["MessageCategory"], "FEATURE_NOT_ENABLED");

    let mut sim = Sim::with_vaults();
    let lock = json!({ "BackupVaultName": DESTINATION, "MinRetentionDays": 30 });
    sim.ok(CENTRAL, WEST, "PutBackupVaultLockConfiguration", lock);
    let job = second_hop(&mut sim);
    assert_eq!(
        job["StatusMessage"],
        "Copy job failed. The retention specified in the job is not within the range specified for the target \
         Backup Vault."
    );

    let mut sim = Sim::with_vaults();
    sim.ok(PRODUCTION, WEST, "CreateBackupVault", json!({ "BackupVaultName": "under-default-key" }));
    let point = sim.backed_up();
    let job = sim.copied(EAST, SOURCE, &point, &vault_arn(PRODUCTION, WEST, "under-default-key"));
    assert!(
        job["StatusMessage"].as_str().is_some_and(|message| message
            .starts_with("Copy job failed because the destination Backup vault is encrypted with the default")),
        "{job}"
    );
}

// One backup or copy job at a time for each resource: the others wait in CREATED.
#[test]
fn a_second_job_of_the_resource_waits_for_the_first() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let to = vault_arn(PRODUCTION, WEST, INTERMEDIATE);
    let first = sim.start_copy(EAST, SOURCE, &point, &to);
    let second = sim.start_copy(EAST, SOURCE, &point, &to);
    sim.advance(90);
    let states = [sim.copy_job(EAST, &first)["State"].clone(), sim.copy_job(EAST, &second)["State"].clone()];
    assert!(states.contains(&json!("RUNNING")) && states.contains(&json!("CREATED")), "{states:?}");
    sim.advance(3 * 3600);
    assert_eq!(sim.copy_job(EAST, &first)["State"], "COMPLETED");
    assert_eq!(sim.copy_job(EAST, &second)["State"], "COMPLETED");
}

// A copy's expiry counts from the origin's creation: a late one is born expired and goes within
// eight hours (AWS Backup Developer Guide, "Creating backup copies" and "Deleting backups").
#[test]
fn a_late_copy_is_born_expired_and_goes_within_eight_hours() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    sim.advance(2 * 86_400);
    let input = json!({
        "RecoveryPointArn": point,
        "SourceBackupVaultName": SOURCE,
        "DestinationBackupVaultArn": vault_arn(PRODUCTION, WEST, INTERMEDIATE),
        "IamRoleArn": ROLE,
        "Lifecycle": { "DeleteAfterDays": 1 },
    });
    let id = sim.ok(PRODUCTION, EAST, "StartCopyJob", input)["CopyJobId"].clone();
    sim.advance(3600);
    let job = sim.copy_job(EAST, id.as_str().expect("an id"));
    assert_eq!(job["State"], "COMPLETED");
    sim.advance(8 * 3600);
    let describe = json!({ "BackupVaultName": INTERMEDIATE, "RecoveryPointArn": job["DestinationRecoveryPointArn"] });
    assert_eq!(sim.refused(PRODUCTION, WEST, "DescribeRecoveryPoint", describe).code, "ResourceNotFoundException");
    let origin = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", origin)["Status"], "COMPLETED");
}

#[test]
fn a_remembered_token_starts_nothing_and_a_forgotten_one_does() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let input = json!({
        "RecoveryPointArn": point,
        "SourceBackupVaultName": SOURCE,
        "DestinationBackupVaultArn": vault_arn(PRODUCTION, WEST, INTERMEDIATE),
        "IamRoleArn": ROLE,
        "IdempotencyToken": "once",
    });
    let first = sim.ok(PRODUCTION, EAST, "StartCopyJob", input.clone());
    sim.advance(3599);
    assert_eq!(sim.ok(PRODUCTION, EAST, "StartCopyJob", input.clone()), first);
    sim.advance(1);
    assert_ne!(sim.ok(PRODUCTION, EAST, "StartCopyJob", input)["CopyJobId"], first["CopyJobId"]);
}

#[test]
fn a_deletion_takes_its_time_and_the_vault_believes_it_late() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let delete_vault = json!({ "BackupVaultName": SOURCE });
    let error = sim.refused(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone());
    assert_eq!(error.code, "InvalidRequestException");
    assert_eq!(error.message, "Backup vault cannot be deleted because it contains recovery points.");
    assert_eq!(error.members["Code"], "ERROR_9101");
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone())["Status"], "DELETING");
    assert_eq!(
        sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone()).code,
        "InvalidResourceStateException"
    );
    sim.advance(50);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
    assert!(rds::snapshot(&sim.world, &point).is_none());
    assert_eq!(
        sim.refused(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone()).code,
        "InvalidRequestException"
    );
    sim.advance(60);
    sim.ok(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone());
    let gone = sim.refused(PRODUCTION, EAST, "DescribeBackupVault", delete_vault);
    assert_eq!(gone.code, "AccessDeniedException");
    assert_eq!(gone.message, "Insufficient privileges to perform this action.");
}

// AWS Backup Developer Guide, "Creating backup copies across AWS accounts": the role deleted in the
// middle of the copy.
#[test]
fn a_copy_role_that_goes_in_the_middle_leaves_the_share() {
    let mut sim = Sim::with_vaults();
    let point = sim.first_hop();
    let id = sim.start_copy(WEST, INTERMEDIATE, &point, &vault_arn(CENTRAL, WEST, DESTINATION));
    sim.advance(90);
    assert_eq!(sim.copy_job(WEST, &id)["State"], "RUNNING");
    sim.remove_role();
    sim.advance(2 * 3600);
    let job = sim.copy_job(WEST, &id);
    assert_eq!((&job["State"], &job["StatusMessage"]), (&json!("COMPLETED"), &json!("Failed to unshare snapshot")));
    assert!(!rds::snapshot(&sim.world, &point).expect("the snapshot").shared_with.is_empty());
}

// API_DeleteRecoveryPoint: with insufficient permissions the call succeeds and the recovery point
// enters EXPIRED.
#[test]
fn what_its_role_cannot_delete_expires_when_its_time_is_over() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    sim.remove_role();
    sim.advance(8 * 86_400);
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    let described = sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone());
    assert_eq!(described["Status"], "EXPIRED");
    assert!(described["StatusMessage"].is_string());
    // The root user has iam:CreateServiceLinkedRole, so AWS Backup deletes with its own role.
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    sim.advance(60);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
}

// A role that does not exist fails a scheduled job with the text that is observed for it.
#[test]
fn a_job_whose_role_is_gone_fails() {
    let mut sim = Sim::with_vaults();
    plan(&mut sim, "Etc/UTC");
    sim.remove_role();
    sim.advance(86_400);
    let job = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"][0].clone();
    assert_eq!(job["State"], "FAILED");
    assert_eq!(
        job["StatusMessage"],
        format!("IAM Role {ROLE} does not have sufficient permissions to execute the backup.")
    );
}

// AWS Backup Developer Guide, "Monitoring AWS Backup events": EXPIRED with this text.
#[test]
fn a_job_that_cannot_begin_in_its_window_expires() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let input = json!({
        "BackupVaultName": SOURCE, "ResourceArn": ORDERS, "IamRoleArn": ROLE, "StartWindowMinutes": 60,
    });
    let busy = super::super::jobs::JobRef {
        place: place(PRODUCTION, EAST),
        kind: super::super::jobs::JobKind::Backup,
        id: "another".to_owned(),
    };
    assert!(super::super::jobs::take_slot(&mut sim.world, ORDERS, &busy), "{point}");
    let id = sim.ok(PRODUCTION, EAST, "StartBackupJob", input)["BackupJobId"].clone();
    sim.advance(3599);
    let describe = json!({ "BackupJobId": id });
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeBackupJob", describe.clone())["State"], "CREATED");
    sim.advance(1);
    let job = sim.ok(PRODUCTION, EAST, "DescribeBackupJob", describe);
    assert_eq!(job["State"], "EXPIRED");
    assert_eq!(job["StatusMessage"], "Backup job failed because there was a running job for the same resource.");
    assert_eq!(job["MessageCategory"], "CONCURRENT_JOB");
}

#[test]
fn a_plan_whose_vault_is_gone_keeps_failing() {
    let mut sim = Sim::with_vaults();
    plan(&mut sim, "Etc/UTC");
    sim.ok(PRODUCTION, EAST, "DeleteBackupVault", json!({ "BackupVaultName": SOURCE }));
    sim.advance(2 * 86_400);
    let jobs = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({ "ByState": "FAILED" }))["BackupJobs"].clone();
    assert_eq!(jobs.as_array().map(Vec::len), Some(2));
    let vault = vault_arn(PRODUCTION, EAST, SOURCE);
    assert_eq!(jobs[0]["StatusMessage"], format!("Backup job failed because backup vault {vault} does not exist."));
}

// AWS Backup does one thing with a recovery point at a time: InvalidResourceStateException.
#[test]
fn what_is_being_copied_is_not_deleted() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let id = sim.start_copy(EAST, SOURCE, &point, &vault_arn(PRODUCTION, WEST, INTERMEDIATE));
    sim.advance(90);
    assert_eq!(sim.copy_job(EAST, &id)["State"], "RUNNING");
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    let error = sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    assert_eq!(error.code, "InvalidResourceStateException");
    sim.advance(2 * 3600);
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input);
}

#[test]
fn an_ordered_failure_strikes_as_often_as_it_was_ordered() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let message = "Copy job encountered a fatal error.";
    sim.world.faults.order(Fault::next(Effect::CopyJobFails { message: message.to_owned() }));
    let to = vault_arn(PRODUCTION, WEST, INTERMEDIATE);
    let job = sim.copied(EAST, SOURCE, &point, &to);
    assert_eq!((&job["State"], &job["StatusMessage"]), (&json!("FAILED"), &json!(message)));
    assert_eq!(job["MessageCategory"], "FATAL_ERROR");
    assert_eq!(sim.copied(EAST, SOURCE, &point, &to)["State"], "COMPLETED");
}

// The promise of the sandbox: a chain that starts at its time, late by the whole delay even, is over
// two hours later, when the second hop starts with the next five-minute mark.
#[test]
fn both_hops_of_a_hundred_gib_are_over_within_two_hours() {
    let mut sim = Sim::with_vaults();
    plan(&mut sim, "Etc/UTC");
    let fire = BEGINNING + 23 * 3_600_000;
    let mut second = None;
    for mark in 1..=24 {
        sim.world.advance_to(Moment::from_millis(fire + mark * 300_000));
        let hops = sim.ok(PRODUCTION, EAST, "ListCopyJobs", json!({ "ByState": "COMPLETED" }))["CopyJobs"].clone();
        if second.is_none()
            && let Some(point) = hops[0]["DestinationRecoveryPointArn"].as_str()
        {
            second = Some(sim.start_copy(WEST, INTERMEDIATE, point, &vault_arn(CENTRAL, WEST, DESTINATION)));
        }
    }
    let id = second.expect("the first hop was over in time");
    assert_eq!(sim.copy_job(WEST, &id)["State"], "COMPLETED");
}

// The same world and the same calls give the same world.
#[test]
fn the_same_calls_give_the_same_world() {
    let run = || {
        let mut sim = Sim::with_vaults();
        plan(&mut sim, "Etc/UTC");
        sim.advance(2 * 86_400);
        serde_json::to_string(&sim.world).expect("JSON")
    };
    assert_eq!(run(), run());
}

// A world survives being written and read in the middle of its jobs.
#[test]
fn a_world_that_was_written_down_goes_on() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let id = sim.start_copy(EAST, SOURCE, &point, &vault_arn(PRODUCTION, WEST, INTERMEDIATE));
    sim.advance(90);
    let text = serde_json::to_string(&sim.world).expect("JSON");
    sim.world = serde_json::from_str(&text).expect("a world");
    assert_eq!(sim.copy_job(EAST, &id)["State"], "RUNNING");
    sim.advance(2 * 3600);
    assert_eq!(sim.copy_job(EAST, &id)["State"], "COMPLETED");
}
