//! A backup job is carried out: call by call, as the role that it was given.

use super::Due;
use super::backup_jobs::{BackupJob, BackupState};
use super::copy_jobs;
use super::jobs::{JobKind, free_slot, ordered_failure, take_slot};
use super::lifecycle::Lifecycle;
use super::rds_calls::{self, InstanceState, Progress, SnapshotFacts, Tags};
use super::recovery_points::{self, PointStatus, RecoveryPoint};
use super::selections::BACKUP_SERVICE;
use super::tags::MOST_TAGS;
use super::{events, vaults, windows};
use crate::services::iam;
use crate::world::{Caller, Moment, Place, ServiceError, World};

/// A job that cannot start is tried again at least every ten minutes (AWS Backup Developer Guide,
/// "Backup plan options").
const RETRY_SECONDS: i64 = 600;
/// How long a job is PENDING.
const PENDING_SECONDS: i64 = 10;
/// How often RDS is asked how far it is.
const WATCH_SECONDS: i64 = 30;
/// Bytes in a GiB.
pub(super) const GIB: i64 = 1 << 30;

const RUNNING_JOB: &str = "Backup job failed because there was a running job for the same resource.";
const EXPIRED: &str = "Backup job expired before completion.";

fn job(world: &World, place: &Place, id: &str) -> Option<BackupJob> {
    world.services.backup.get(place)?.backup_jobs.get(id).cloned()
}

/// Keeps a changed job, and emits its event where the state is a new one.
fn keep(world: &mut World, place: &Place, changed: &BackupJob) {
    let Some(kept) = world.services.backup.at(place).backup_jobs.get_mut(&changed.id) else { return };
    let moved = kept.state != changed.state;
    *kept = changed.clone();
    if moved {
        events::backup_job_changed(world, place, changed);
    }
}

fn end(world: &mut World, place: &Place, mut job: BackupJob, state: BackupState, message: Option<String>) {
    job.state = state;
    job.status_message = message;
    job.completed = Some(world.now);
    keep(world, place, &job);
    free_slot(world, &job.resource_arn, &job.reference(place));
}

fn fail(world: &mut World, place: &Place, job: BackupJob, message: impl Into<String>) {
    end(world, place, job, BackupState::Failed, Some(message.into()));
}

/// Observed where the role lacks rights and where it does not exist.
fn role_fails(job: &BackupJob) -> String {
    format!("IAM Role {} does not have sufficient permissions to execute the backup.", job.role_arn)
}

fn role(world: &mut World, place: &Place, job: &BackupJob) -> Result<Caller, ServiceError> {
    let service = Caller::service(BACKUP_SERVICE, &place.account);
    iam::assume_role(world, &service, &job.role_arn, &format!("AWSBackup-{}", job.id))
}

fn delay(world: &mut World, place: &Place, mut job: BackupJob, why: String) {
    job.state = BackupState::Created;
    job.retries += 1;
    job.delayed_by = Some(why);
    keep(world, place, &job);
    free_slot(world, &job.resource_arn, &job.reference(place));
    world.schedule(world.now.plus_seconds(RETRY_SECONDS), place, Due::BeginBackup { job: job.id });
}

/// Tries to begin: the vault, the role, the database's state; then the job is PENDING.
pub(super) fn begin(world: &mut World, place: &Place, id: &str) {
    let Some(mut job) = job(world, place, id) else { return };
    if job.completed.is_some() {
        // It was given the resource after its window had closed.
        return free_slot(world, &job.resource_arn, &job.reference(place));
    }
    if job.state != BackupState::Created {
        return;
    }
    if world.now >= job.start_by {
        return close_start_window(world, place, id);
    }
    if !take_slot(world, &job.resource_arn, &job.reference(place)) {
        job.delayed_by = Some(RUNNING_JOB.to_owned());
        return keep(world, place, &job);
    }
    let Some(vault) = vaults::find(world, place, &job.vault_name) else {
        let arn = job.vault_arn(place);
        return fail(world, place, job, format!("Backup job failed because backup vault {arn} does not exist."));
    };
    let kept_days = job.lifecycle.as_ref().and_then(Lifecycle::kept_days);
    if vault.lock.as_ref().is_some_and(|lock| !lock.admits(kept_days)) {
        let message = "Backup job failed. The retention specified in the job is not within the range specified for \
                       the target Backup Vault.";
        return fail(world, place, job, message);
    }
    // Running backups makes AWS Backup's own role, where it is missing (AWS Backup Developer Guide,
    // "Using service-linked roles").
    iam::ensure_service_linked_role(world, &place.account, BACKUP_SERVICE);
    let Ok(role) = role(world, place, &job) else {
        let message = role_fails(&job);
        return fail(world, place, job, message);
    };
    match rds_calls::instance_state(world, &role, &place.region, &job.resource_name) {
        Err(error) if rds_calls::is_denied(&error) => {
            let message = role_fails(&job);
            fail(world, place, job, message);
        }
        Err(error) => fail(world, place, job, error.message),
        Ok(state) => match hindrance(world.now, &job, &state) {
            Some(why) => delay(world, place, job, why),
            None => {
                job.state = BackupState::Pending;
                job.delayed_by = None;
                keep(world, place, &job);
                world.schedule(world.now.plus_seconds(PENDING_SECONDS), place, Due::RunBackup { job: job.id });
            }
        },
    }
}

/// Why a database cannot be backed up now, but later.
fn hindrance(now: Moment, job: &BackupJob, state: &InstanceState) -> Option<String> {
    if state.status != "available" {
        return Some(format!("DB instance {} is not in available state. ({})", job.resource_name, state.status));
    }
    windows::conflict(now, state.backup_window.as_deref(), state.maintenance_window.as_deref())
}

/// The start window is over: a job that has not begun never will.
pub(super) fn close_start_window(world: &mut World, place: &Place, id: &str) {
    let Some(job) = job(world, place, id) else { return };
    if job.state == BackupState::Created {
        let message = job.delayed_by.clone().unwrap_or_else(|| EXPIRED.to_owned());
        end(world, place, job, BackupState::Expired, Some(message));
    }
}

/// Reads the tags, makes the snapshot and tags it.
pub(super) fn run(world: &mut World, place: &Place, id: &str) {
    let Some(mut job) = job(world, place, id).filter(|job| job.state == BackupState::Pending) else { return };
    if let Some(message) = ordered_failure(world, place, JobKind::Backup, &job.resource_arn) {
        return fail(world, place, job, message);
    }
    let Ok(role) = role(world, place, &job) else {
        let message = role_fails(&job);
        return fail(world, place, job, message);
    };
    let region = &place.region;
    let Ok(mut tags) = rds_calls::tags(world, &role, region, &job.resource_arn) else {
        return fail(world, place, job, "Access denied exception while trying to list tags");
    };
    // Tags that the plan assigns win over the resource's own.
    tags.extend(job.recovery_point_tags.clone());
    if tags.len() > MOST_TAGS {
        return fail(world, place, job, "The resultant tag set must not have more than 50 user tags.");
    }
    let identifier = job.snapshot_identifier();
    match rds_calls::create_snapshot(world, &role, region, &job.resource_name, &identifier) {
        Err(error) if rds_calls::is_denied(&error) => {
            let message = role_fails(&job);
            return fail(world, place, job, message);
        }
        Err(error) if error.code == "InvalidDBInstanceState" => return delay(world, place, job, error.message),
        Err(error) => return fail(world, place, job, error.message),
        Ok(()) => {}
    }
    let arn = rds_calls::snapshot_arn(&place.account, region, &identifier);
    job.status_message = tag_trouble(world, &role, place, &arn, &tags);
    job.state = BackupState::Running;
    keep(world, place, &job);
    world.schedule(world.now.plus_seconds(WATCH_SECONDS), place, Due::WatchBackup { job: job.id });
}

/// A backup whose tags failed is completed with an issue.
fn tag_trouble(world: &mut World, role: &Caller, place: &Place, arn: &str, tags: &Tags) -> Option<String> {
    let failed = rds_calls::add_tags(world, role, &place.region, arn, tags).is_err();
    failed.then(|| "We are unable to copy resource tags to your backup because of the Internal Failure.".to_owned())
}

/// Looks how far RDS is.
pub(super) fn watch(world: &mut World, place: &Place, id: &str) {
    let Some(job) = job(world, place, id).filter(|job| job.state == BackupState::Running) else { return };
    let arn = rds_calls::snapshot_arn(&place.account, &place.region, &job.snapshot_identifier());
    match rds_calls::progress(world, &arn) {
        Progress::Available(facts) => complete(world, place, job, &arn, facts),
        Progress::Failed(reason) => fail(world, place, job, reason),
        Progress::Gone => fail(world, place, job, format!("DBSnapshot {arn} does not exist.")),
        Progress::Underway(_) if world.now >= job.complete_by => {
            end(world, place, job, BackupState::Expired, Some(EXPIRED.to_owned()));
        }
        Progress::Underway(percent) => {
            let id = job.id.clone();
            keep(world, place, &BackupJob { percent_done: percent, ..job });
            world.schedule(world.now.plus_seconds(WATCH_SECONDS), place, Due::WatchBackup { job: id });
        }
    }
}

/// The recovery point stays under the snapshot's own key, which is the database's.
fn complete(world: &mut World, place: &Place, mut job: BackupJob, arn: &str, facts: SnapshotFacts) {
    if vaults::find(world, place, &job.vault_name).is_none() {
        let vault_arn = job.vault_arn(place);
        let message = format!("Backup job failed because backup vault {vault_arn} does not exist.");
        return fail(world, place, job, message);
    }
    let point = RecoveryPoint {
        arn: arn.to_owned(),
        source_vault_arn: None,
        resource_arn: job.resource_arn.clone(),
        resource_type: job.resource_type.clone(),
        resource_name: job.resource_name.clone(),
        created_by: job.created_by.clone(),
        role_arn: job.role_arn.clone(),
        status: PointStatus::Completed,
        status_message: None,
        created: job.created,
        initiated: job.created,
        completed: Some(world.now),
        size_bytes: facts.allocated_gib * GIB,
        expires: job.lifecycle.as_ref().and_then(|lifecycle| lifecycle.expiry(job.created)),
        lifecycle: job.lifecycle.clone(),
        key_arn: facts.key_arn.clone(),
    };
    let vault_name = job.vault_name.clone();
    job.recovery_point_arn = Some(arn.to_owned());
    job.key_arn = facts.key_arn;
    job.percent_done = 100;
    let (id, message) = (job.id.clone(), job.status_message.clone());
    recovery_points::add(world, place, &vault_name, point);
    end(world, place, job, BackupState::Completed, message);
    copy_jobs::start_planned(world, place, &id);
}
