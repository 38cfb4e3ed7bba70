//! The events that AWS Backup emits, best effort, at five-minute marks, with the shapes and quirks
//! that its documentation shows (AWS Backup Developer Guide, "Monitoring AWS Backup events using
//! Amazon EventBridge").

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::backup_jobs::{BackupJob, BackupState};
use super::copy_jobs::{CopyJob, CopyState};
use super::jobs::CreatedBy;
use super::lifecycle::Lifecycle;
use super::recovery_points::RecoveryPoint;
use super::vaults::vault_name;
use crate::services::events;
use crate::world::{Place, World};

/// The pace of AWS Backup's emission, in milliseconds.
const MARK_MILLIS: i64 = 5 * 60 * 1000;

/// An event that waits for the next mark.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Notice {
    detail_type: String,
    resources: Vec<String>,
    detail: Value,
}

fn post(world: &mut World, place: &Place, detail_type: &str, resources: Vec<String>, detail: Value) {
    let outbox = &mut world.services.backup.at(place).outbox;
    let first = outbox.is_empty();
    outbox.push(Notice { detail_type: detail_type.to_owned(), resources, detail });
    if first {
        let mark = (world.now.millis() / MARK_MILLIS + 1) * MARK_MILLIS;
        world.schedule(crate::world::Moment::from_millis(mark), place, Due::EmitEvents);
    }
}

/// Emits what waits in `place`.
pub(super) fn emit_waiting(world: &mut World, place: &Place) {
    for notice in std::mem::take(&mut world.services.backup.at(place).outbox) {
        events::emit(world, place, "aws.backup", &notice.detail_type, notice.resources, notice.detail);
    }
}

/// A copy job changed its state.
pub(super) fn copy_job_changed(world: &mut World, place: &Place, job: &CopyJob) {
    let detail = copy_job_detail(job);
    post(world, place, "Copy Job State Change", vec![job.source_arn.clone()], detail);
}

/// A backup job changed its state.
pub(super) fn backup_job_changed(world: &mut World, place: &Place, job: &BackupJob) {
    let resources = match (&job.state, &job.recovery_point_arn) {
        (BackupState::Completed, Some(arn)) => vec![arn.clone()],
        _ => Vec::new(),
    };
    let detail = backup_job_detail(place, job);
    post(world, place, "Backup Job State Change", resources, detail);
}

/// A recovery point changed its status.
pub(super) fn recovery_point_changed(world: &mut World, place: &Place, vault_arn: &str, point: &RecoveryPoint) {
    let detail = recovery_point_detail(vault_arn, point);
    post(world, place, "Recovery Point State Change", vec![point.arn.clone()], detail);
}

/// CREATED names neither the job nor the resource; RUNNING and FAILED have an empty object where a
/// COMPLETED job has the new recovery point's ARN; an on-demand job has no `createdBy`; the size is
/// a number.
fn copy_job_detail(job: &CopyJob) -> Value {
    if job.state == CopyState::Created {
        return json!({
            "creationDate": job.created.iso(),
            "state": job.state.as_str(),
            "sourceBackupVaultArn": job.source_vault_arn,
            "destinationBackupVaultArn": job.destination_vault_arn,
        });
    }
    let mut detail = json!({
        "copyJobId": job.id,
        "backupSizeInBytes": job.size_bytes,
        "creationDate": job.created.iso(),
        "iamRoleArn": job.role_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "sourceBackupVaultArn": job.source_vault_arn,
        "state": job.state.as_str(),
    });
    if let Some(completed) = job.completed {
        detail["completionDate"] = json!(completed.iso());
    }
    detail["destinationBackupVaultArn"] = json!(job.destination_vault_arn);
    detail["destinationRecoveryPointArn"] = match (&job.state, &job.destination_arn) {
        (CopyState::Completed, Some(arn)) => json!(arn),
        _ => json!({}),
    };
    if job.state == CopyState::Failed {
        detail["statusMessage"] = json!(job.status_message);
    }
    if let Some(created_by) = &job.created_by {
        detail["createdBy"] = created_by_detail(created_by);
    }
    detail
}

/// CREATED is minimal; sizes are strings; the percentage is a number; the message stands in literal
/// quotes.
fn backup_job_detail(place: &Place, job: &BackupJob) -> Value {
    if job.state == BackupState::Created {
        return json!({ "backupJobId": job.id, "state": job.state.as_str(), "creationDate": job.created.iso() });
    }
    let mut detail = json!({
        "backupJobId": job.id,
        "backupSizeInBytes": job.size_bytes.to_string(),
        "backupVaultArn": job.vault_arn(place),
        "backupVaultName": job.vault_name,
        "bytesTransferred": job.bytes_transferred.to_string(),
        "creationDate": job.created.iso(),
        "iamRoleArn": job.role_arn,
        "resourceArn": job.resource_arn,
        "resourceType": job.resource_type,
        "state": job.state.as_str(),
    });
    match (&job.state, &job.status_message) {
        (BackupState::Pending, _) => detail["statusMessage"] = json!(""),
        (_, Some(message)) => detail["statusMessage"] = json!(format!("\"{message}\"")),
        _ => {}
    }
    if let Some(completed) = job.completed {
        detail["completionDate"] = json!(completed.iso());
    }
    if let Some(expected) = job.expected_completion {
        detail["expectedCompletionDate"] = json!(expected.date().format("%b %-d, %Y %-I:%M:%S %p").to_string());
    }
    detail["startBy"] = json!(job.start_by.iso());
    detail["percentDone"] = json!(job.percent_done);
    detail["retryCount"] = json!(job.retries);
    if let Some(created_by) = &job.created_by {
        detail["createdBy"] = created_by_detail(created_by);
    }
    detail
}

/// `isEncrypted` is a string, and `calculatedLifeCycle` has a capital C.
fn recovery_point_detail(vault_arn: &str, point: &RecoveryPoint) -> Value {
    let mut detail = json!({
        "backupVaultName": vault_name(vault_arn),
        "backupVaultArn": vault_arn,
        "creationDate": point.created.iso(),
        "iamRoleArn": point.role_arn,
        "resourceType": point.resource_type,
        "resourceArn": point.resource_arn,
        "status": point.status.as_str(),
        "isEncrypted": point.is_encrypted().to_string(),
        "storageClass": "WARM",
    });
    if let Some(message) = &point.status_message {
        detail["statusMessage"] = json!(message);
    }
    if let Some(completed) = point.completed {
        detail["completionDate"] = json!(completed.iso());
    }
    if let Some(created_by) = &point.created_by {
        detail["createdBy"] = created_by_detail(created_by);
    }
    if let Some(days) = point.lifecycle.as_ref().and_then(Lifecycle::kept_days) {
        detail["lifecycle"] = json!({ "deleteAfterDays": days });
    }
    if let Some(at) = point.expires {
        detail["calculatedLifeCycle"] = json!({ "deleteAt": at.iso() });
    }
    detail
}

/// The rule's id is called `backupPlanRuleId` here and `BackupRuleId` in the API.
fn created_by_detail(created_by: &CreatedBy) -> Value {
    json!({
        "backupPlanId": created_by.backup_plan_id,
        "backupPlanArn": created_by.backup_plan_arn,
        "backupPlanVersion": created_by.backup_plan_version,
        "backupPlanRuleId": created_by.backup_rule_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Moment;

    fn copy_job(state: CopyState) -> CopyJob {
        CopyJob {
            id: "0175DE71-5784-589F-D8AC-541ACCB4CAC8".to_owned(),
            source_vault_name: "source".to_owned(),
            source_vault_arn: "arn:aws:backup:us-west-2:111122223333:backup-vault:source".to_owned(),
            source_arn: "arn:aws:rds:us-west-2:111122223333:snapshot:awsbackup:job-1".to_owned(),
            destination_vault_arn: "arn:aws:backup:eu-west-1:111122223333:backup-vault:intermediate".to_owned(),
            destination_arn: Some("arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:copyjob-2".to_owned()),
            destination_key_arn: None,
            lifecycle: None,
            resource_arn: "arn:aws:rds:us-west-2:111122223333:db:orders".to_owned(),
            resource_type: "RDS".to_owned(),
            resource_name: "orders".to_owned(),
            created: Moment::from_millis(1_768_514_787_234),
            completed: Some(Moment::from_millis(1_768_514_878_111)),
            state,
            status_message: None,
            size_bytes: 3_221_225_472,
            role_arn: "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole".to_owned(),
            created_by: Some(CreatedBy {
                backup_plan_id: "p".to_owned(),
                backup_plan_arn: "arn:aws:backup:us-west-2:111122223333:backup-plan:p".to_owned(),
                backup_plan_name: "plan".to_owned(),
                backup_plan_version: "v".to_owned(),
                backup_rule_id: "r".to_owned(),
                backup_rule_name: "rule".to_owned(),
                backup_rule_cron: "cron(0 5 ? * * *)".to_owned(),
                backup_rule_timezone: "Etc/UTC".to_owned(),
            }),
            created_by_backup_job: None,
        }
    }

    // AWS Backup Developer Guide, "Monitoring AWS Backup events using Amazon EventBridge": the sample
    // of a completed copy job, whose values stand here.
    #[test]
    fn a_completed_copy_job_is_told_as_in_the_published_sample() {
        let expected = json!({
            "copyJobId": "0175DE71-5784-589F-D8AC-541ACCB4CAC8",
            "backupSizeInBytes": 3_221_225_472_i64,
            "creationDate": "2026-01-15T22:06:27.234Z",
            "iamRoleArn": "arn:aws:iam::111122223333:role/service-role/AWSBackupDefaultServiceRole",
            "resourceArn": "arn:aws:rds:us-west-2:111122223333:db:orders",
            "resourceType": "RDS",
            "sourceBackupVaultArn": "arn:aws:backup:us-west-2:111122223333:backup-vault:source",
            "state": "COMPLETED",
            "completionDate": "2026-01-15T22:07:58.111Z",
            "destinationBackupVaultArn": "arn:aws:backup:eu-west-1:111122223333:backup-vault:intermediate",
            "destinationRecoveryPointArn": "arn:aws:rds:eu-west-1:111122223333:snapshot:awsbackup:copyjob-2",
            "createdBy": {
                "backupPlanId": "p",
                "backupPlanArn": "arn:aws:backup:us-west-2:111122223333:backup-plan:p",
                "backupPlanVersion": "v",
                "backupPlanRuleId": "r",
            },
        });
        assert_eq!(copy_job_detail(&copy_job(CopyState::Completed)), expected);
    }

    // The same page: the samples of the other states.
    #[test]
    fn the_other_states_have_their_published_quirks() {
        let created = copy_job_detail(&copy_job(CopyState::Created));
        let members: Vec<&String> = created.as_object().expect("an object").keys().collect();
        assert_eq!(members, ["creationDate", "state", "sourceBackupVaultArn", "destinationBackupVaultArn"]);
        let mut job = copy_job(CopyState::Failed);
        job.status_message = Some("Access Denied trying to call AWS Backup service".to_owned());
        job.created_by = None;
        let failed = copy_job_detail(&job);
        assert_eq!(failed["destinationRecoveryPointArn"], json!({}));
        assert_eq!(failed["statusMessage"], "Access Denied trying to call AWS Backup service");
        assert_eq!(failed.get("createdBy"), None);
        job.state = CopyState::Running;
        assert_eq!(copy_job_detail(&job)["destinationRecoveryPointArn"], json!({}));
    }
}
