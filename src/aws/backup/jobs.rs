//! Copy jobs and backup jobs.

use aws_sdk_backup::types::{self as sdk, Lifecycle};
use chrono::{DateTime, Utc};

use super::PAGE;
use crate::aws::error::{AwsError, send};
use crate::aws::{Session, date, stamp};
use crate::pipeline::arn::{RecoveryPointArn, VaultArn};
use crate::pipeline::lifecycle::Retention;
use crate::pipeline::recovery_point::{BackupJob, CopyJob, JobState};

/// Which copy jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of this resource.
    pub resource_arn: Option<String>,
    /// Into this vault.
    pub destination_vault: Option<VaultArn>,
    /// Created after this time.
    pub created_after: Option<DateTime<Utc>>,
}

/// Copy jobs out of the session's account and Region, all pages.
///
/// # Errors
/// AWS's answer.
pub async fn list_copy_jobs(session: &Session, filter: &JobFilter) -> Result<Vec<CopyJob>, AwsError> {
    let mut pages = session
        .backup()
        .list_copy_jobs()
        .set_by_resource_arn(filter.resource_arn.clone())
        .set_by_destination_vault_arn(filter.destination_vault.as_ref().map(ToString::to_string))
        .set_by_created_after(filter.created_after.map(stamp))
        .max_results(PAGE)
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(job) = send("backup:ListCopyJobs", async { pages.next().await.transpose() }).await? {
        found.extend(copy_job(&job));
    }
    Ok(found)
}

/// One copy job, by its id.
///
/// # Errors
/// AWS's answer.
pub async fn describe_copy_job(session: &Session, id: &str) -> Result<CopyJob, AwsError> {
    let operation = "backup:DescribeCopyJob";
    let answer = send(operation, session.backup().describe_copy_job().copy_job_id(id).send()).await?;
    answer.copy_job.as_ref().and_then(copy_job).ok_or_else(|| AwsError::missing(operation, "CopyJob"))
}

fn copy_job(job: &sdk::CopyJob) -> Option<CopyJob> {
    Some(CopyJob {
        id: job.copy_job_id()?.to_owned(),
        state: JobState::from(job.state().map_or("", |state| state.as_str())),
        status_message: job.status_message().map(str::to_owned),
        source_recovery_point: job.source_recovery_point_arn().and_then(|arn| arn.parse().ok()),
        source_vault: job.source_backup_vault_arn().and_then(|arn| arn.parse().ok()),
        destination_vault: job.destination_backup_vault_arn().and_then(|arn| arn.parse().ok()),
        destination_recovery_point: job.destination_recovery_point_arn().and_then(|arn| arn.parse().ok()),
        destination_key: job.destination_encryption_key_arn().and_then(|arn| arn.parse().ok()),
        resource_arn: job.resource_arn().map(str::to_owned),
        resource_type: job.resource_type().map(str::to_owned),
        role_arn: job.iam_role_arn().map(str::to_owned),
        size_bytes: job.backup_size_in_bytes(),
        created_at: job.creation_date().and_then(date),
        completed_at: job.completion_date().and_then(date),
        plan_id: job.created_by().and_then(|by| by.backup_plan_id()).map(str::to_owned),
    })
}

/// A copy to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    /// What is copied.
    pub recovery_point: RecoveryPointArn,
    /// From which vault.
    pub from: VaultArn,
    /// To which vault.
    pub to: VaultArn,
    /// The role that it runs under.
    pub role_arn: String,
    /// How long the copy is kept.
    pub retention: Retention,
    /// What makes the request one request.
    pub token: String,
}

/// Starts a copy job and returns its id. With a token that AWS remembers, the id may be an older job's.
///
/// # Errors
/// AWS's answer.
pub async fn start_copy_job(session: &Session, copy: &NewCopy) -> Result<String, AwsError> {
    let operation = "backup:StartCopyJob";
    let lifecycle = copy.retention.delete_after_days().map(|days| Lifecycle::builder().delete_after_days(days).build());
    let call = session
        .backup()
        .start_copy_job()
        .recovery_point_arn(copy.recovery_point.as_str())
        .source_backup_vault_name(copy.from.name())
        .destination_backup_vault_arn(copy.to.as_str())
        .iam_role_arn(&copy.role_arn)
        .set_lifecycle(lifecycle)
        .idempotency_token(&copy.token);
    send(operation, call.send()).await?.copy_job_id.ok_or_else(|| AwsError::missing(operation, "CopyJobId"))
}

/// Backup jobs into a vault, all pages.
///
/// # Errors
/// AWS's answer.
pub async fn list_backup_jobs(
    session: &Session,
    vault: &VaultArn,
    created_after: Option<DateTime<Utc>>,
) -> Result<Vec<BackupJob>, AwsError> {
    let mut pages = session
        .backup()
        .list_backup_jobs()
        .by_backup_vault_name(vault.name())
        .set_by_created_after(created_after.map(stamp))
        .max_results(PAGE)
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(job) = send("backup:ListBackupJobs", async { pages.next().await.transpose() }).await? {
        let Some(id) = job.backup_job_id() else { continue };
        found.push(BackupJob {
            id: id.to_owned(),
            state: JobState::from(job.state().map_or("", |state| state.as_str())),
            status_message: job.status_message().map(str::to_owned),
            resource_arn: job.resource_arn().map(str::to_owned),
            vault_arn: job.backup_vault_arn().and_then(|arn| arn.parse().ok()),
            recovery_point: job.recovery_point_arn().and_then(|arn| arn.parse().ok()),
            created_at: job.creation_date().and_then(date),
            completed_at: job.completion_date().and_then(date),
        });
    }
    Ok(found)
}
