//! Copy jobs and backup jobs.

use aws_sdk_backup::types::{self as sdk, Lifecycle};
use chrono::{DateTime, Utc};

use super::PAGE;
use crate::aws::answer::{Listing, Required, parsed, parsed_if_any};
use crate::aws::error::{AwsError, send};
use crate::aws::{Session, date, stamp};
use crate::pipeline::arn::{RecoveryPointArn, VaultArn};
use crate::pipeline::lifecycle::Retention;
use crate::pipeline::recovery_point::{BackupJob, CopyJob, JobState};

/// Which copy jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    pub resource_arn: Option<String>,
    pub destination_vault: Option<VaultArn>,
    /// Created after this time.
    pub created_after: Option<DateTime<Utc>>,
}

/// Copy jobs out of the session's account and Region, all pages.
///
/// # Errors
/// AWS's answer.
pub async fn list_copy_jobs(session: &Session, filter: &JobFilter) -> Result<Vec<CopyJob>, AwsError> {
    let operation = COPY_JOBS.operation;
    let found = COPY_JOBS.read(
        |job: &sdk::CopyJob| job.copy_job_id(),
        async |token| {
            let call = session
                .backup()
                .list_copy_jobs()
                .set_by_resource_arn(filter.resource_arn.clone())
                .set_by_destination_vault_arn(filter.destination_vault.as_ref().map(ToString::to_string))
                .set_by_created_after(filter.created_after.map(stamp))
                .max_results(PAGE)
                .set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.copy_jobs, page.next_token))
        },
    );
    found.await?.iter().map(|job| copy_job(operation, job)).collect()
}

const COPY_JOBS: Listing = Listing { operation: "backup:ListCopyJobs", items: "CopyJobs", id: "CopyJobId" };

/// One copy job, by its id.
///
/// # Errors
/// AWS's answer.
pub async fn describe_copy_job(session: &Session, id: &str) -> Result<CopyJob, AwsError> {
    let operation = "backup:DescribeCopyJob";
    let answer = send(operation, session.backup().describe_copy_job().copy_job_id(id).send()).await?;
    let job = answer.copy_job.required(operation, "CopyJob")?;
    // AWS spells ids in either case.
    let named = job.copy_job_id().required(operation, COPY_JOBS.id)?;
    if !named.eq_ignore_ascii_case(id) {
        return Err(AwsError::unreadable(operation, COPY_JOBS.id, named));
    }
    copy_job(operation, &job)
}

/// What ties a job to its origin, and what says how it ended, is required: a job that is overlooked is a second copy.
fn copy_job(operation: &'static str, job: &sdk::CopyJob) -> Result<CopyJob, AwsError> {
    let state = JobState::from(job.state().required(operation, "State")?.as_str());
    let copy = parsed_if_any(job.destination_recovery_point_arn(), operation, "DestinationRecoveryPointArn")?;
    if state == JobState::Completed && copy.is_none() {
        return Err(AwsError::missing(operation, "DestinationRecoveryPointArn"));
    }
    Ok(CopyJob {
        id: job.copy_job_id().required(operation, COPY_JOBS.id)?.to_owned(),
        state,
        status_message: job.status_message().map(str::to_owned),
        source_recovery_point: Some(parsed(job.source_recovery_point_arn(), operation, "SourceRecoveryPointArn")?),
        source_vault: parsed_if_any(job.source_backup_vault_arn(), operation, "SourceBackupVaultArn")?,
        destination_vault: Some(parsed(job.destination_backup_vault_arn(), operation, "DestinationBackupVaultArn")?),
        destination_recovery_point: copy,
        destination_key: parsed_if_any(job.destination_encryption_key_arn(), operation, "DestinationEncryptionKeyArn")?,
        resource_arn: job.resource_arn().map(str::to_owned),
        resource_type: job.resource_type().map(str::to_owned),
        role_arn: job.iam_role_arn().map(str::to_owned),
        size_bytes: job.backup_size_in_bytes(),
        created_at: Some(job.creation_date().and_then(date).required(operation, "CreationDate")?),
        completed_at: job.completion_date().and_then(date),
        plan_id: job.created_by().and_then(|by| by.backup_plan_id()).map(str::to_owned),
        delete_after_days: job.destination_recovery_point_lifecycle().and_then(Lifecycle::delete_after_days),
    })
}

/// A copy to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    pub recovery_point: RecoveryPointArn,
    pub from: VaultArn,
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
    send(operation, call.send()).await?.copy_job_id.required(operation, COPY_JOBS.id)
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
    let operation = BACKUP_JOBS.operation;
    let found = BACKUP_JOBS.read(
        |job: &sdk::BackupJob| job.backup_job_id(),
        async |token| {
            let call = session
                .backup()
                .list_backup_jobs()
                .by_backup_vault_name(vault.name())
                .set_by_created_after(created_after.map(stamp))
                .max_results(PAGE)
                .set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.backup_jobs, page.next_token))
        },
    );
    found.await?.iter().map(|job| backup_job(operation, job)).collect()
}

const BACKUP_JOBS: Listing = Listing { operation: "backup:ListBackupJobs", items: "BackupJobs", id: "BackupJobId" };

fn backup_job(operation: &'static str, job: &sdk::BackupJob) -> Result<BackupJob, AwsError> {
    Ok(BackupJob {
        id: job.backup_job_id().required(operation, BACKUP_JOBS.id)?.to_owned(),
        state: JobState::from(job.state().required(operation, "State")?.as_str()),
        status_message: job.status_message().map(str::to_owned),
        resource_arn: Some(job.resource_arn().required(operation, "ResourceArn")?.to_owned()),
        vault_arn: parsed_if_any(job.backup_vault_arn(), operation, "BackupVaultArn")?,
        recovery_point: parsed_if_any(job.recovery_point_arn(), operation, "RecoveryPointArn")?,
        created_at: Some(job.creation_date().and_then(date).required(operation, "CreationDate")?),
        completed_at: job.completion_date().and_then(date),
    })
}
