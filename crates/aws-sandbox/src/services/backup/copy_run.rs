//! A copy job is carried out: within an account by the copy role, across accounts by the destination
//! account's service-linked role, to which the copy role shares the snapshot for as long as it takes
//! (AWS Backup Developer Guide, "Creating backup copies across AWS accounts").

use super::Due;
use super::backup_run::GIB;
use super::copy_checks::{self, Route};
use super::copy_jobs::{CopyJob, CopyState};
use super::deletion::service_linked_role_arn;
use super::jobs::{JobKind, free_slot, ordered_failure, take_slot};
use super::rds_calls::{self, CopyRequest, Progress, SnapshotFacts};
use super::recovery_points::{self, PointStatus, RecoveryPoint};
use super::selections::BACKUP_SERVICE;
use super::tags::MOST_TAGS;
use super::{events, vaults};
use crate::services::iam;
use crate::world::{Caller, Place, World};
use aws_policy::names::Arn;

/// How often RDS is asked how far it is.
const WATCH_SECONDS: i64 = 30;

fn job(world: &World, place: &Place, id: &str) -> Option<CopyJob> {
    world.services.backup.get(place)?.copy_jobs.get(id).cloned()
}

fn keep(world: &mut World, place: &Place, changed: &CopyJob) {
    let Some(kept) = world.services.backup.at(place).copy_jobs.get_mut(&changed.id) else { return };
    let moved = kept.state != changed.state;
    *kept = changed.clone();
    if moved {
        events::copy_job_changed(world, place, changed);
    }
}

fn end(world: &mut World, place: &Place, mut job: CopyJob, state: CopyState, message: Option<String>) {
    job.state = state;
    job.status_message = message;
    job.completed = Some(world.now);
    keep(world, place, &job);
    free_slot(world, &job.resource_arn, &job.reference(place));
}

fn fail(world: &mut World, place: &Place, job: CopyJob, message: String) {
    end(world, place, job, CopyState::Failed, Some(message));
}

/// The job starts: what forbids it now forbids it at once, whoever has the resource.
pub(super) fn admit(world: &mut World, place: &Place, id: &str) {
    let Some(job) = job(world, place, id).filter(|job| job.state == CopyState::Created) else { return };
    match copy_checks::check(world, place, &job) {
        Err(message) => fail(world, place, job, message),
        Ok(_) => begin(world, place, id),
    }
}

/// The job runs as soon as its resource is free, and everything is checked once more.
pub(super) fn begin(world: &mut World, place: &Place, id: &str) {
    let Some(mut job) = job(world, place, id) else { return };
    let reference = job.reference(place);
    if job.completed.is_some() {
        return free_slot(world, &job.resource_arn, &reference);
    }
    if job.state != CopyState::Created {
        return;
    }
    if !take_slot(world, &job.resource_arn, &reference) {
        return;
    }
    if let Some(message) = ordered_failure(world, place, JobKind::Copy, &job.resource_arn) {
        return fail(world, place, job, message);
    }
    let started = copy_checks::check(world, place, &job).and_then(|route| carry_out(world, place, &job, &route));
    match started {
        Err(message) => fail(world, place, job, message),
        Ok(()) => {
            job.state = CopyState::Running;
            keep(world, place, &job);
            world.schedule(world.now.plus_seconds(WATCH_SECONDS), place, Due::WatchCopy { job: job.id });
        }
    }
}

fn carry_out(world: &mut World, place: &Place, job: &CopyJob, route: &Route) -> Result<(), String> {
    let tags = rds_calls::tags(world, &route.role, &place.region, &job.source_arn)
        .map_err(|_| "Access denied exception while trying to list tags".to_owned())?;
    if tags.len() > MOST_TAGS {
        return Err("The resultant tag set must not have more than 50 user tags.".to_owned());
    }
    let target = job.snapshot_identifier();
    let request = CopyRequest {
        source_arn: &job.source_arn,
        source_region: &place.region,
        target: &target,
        key_arn: &route.key_arn,
        tags: &tags,
    };
    let region = &route.destination.region;
    if route.destination.account == place.account {
        return rds_calls::copy_snapshot(world, &route.role, region, &request).map_err(|error| error.message);
    }
    share(world, place, job, &route.role, &route.destination, true)?;
    let copied = service_linked_role(world, &route.destination)
        .and_then(|linked| rds_calls::copy_snapshot(world, &linked, region, &request).map_err(|error| error.message));
    if copied.is_err() {
        // The copy's own failure is what the operator must read; a share that stays is seen in RDS.
        let _ = share(world, place, job, &route.role, &route.destination, false);
    }
    copied
}

fn share(
    world: &mut World,
    place: &Place,
    job: &CopyJob,
    role: &Caller,
    destination: &Place,
    shared: bool,
) -> Result<(), String> {
    let arn = job.source_arn.parse::<Arn>().map_err(|error| error.to_string())?;
    let identifier = arn.resource_after("snapshot:").unwrap_or_default();
    rds_calls::share(world, role, &place.region, identifier, &destination.account, shared)
        .map_err(|error| error.message)
}

fn service_linked_role(world: &mut World, destination: &Place) -> Result<Caller, String> {
    let arn = service_linked_role_arn(destination);
    let service = Caller::service(BACKUP_SERVICE, &destination.account);
    iam::assume_role(world, &service, &arn, "AWSBackup-Copy")
        .map_err(|_| format!("The provided role {arn} cannot be assumed by AWS Backup."))
}

/// Looks how far RDS is.
pub(super) fn watch(world: &mut World, place: &Place, id: &str) {
    let Some(job) = job(world, place, id).filter(|job| job.state == CopyState::Running) else { return };
    let Some((destination, vault_name)) = vaults::locate(&job.destination_vault_arn) else { return };
    let arn = rds_calls::snapshot_arn(&destination.account, &destination.region, &job.snapshot_identifier());
    let progress = rds_calls::progress(world, &arn);
    if let Progress::Underway(_) = progress {
        return world.schedule(world.now.plus_seconds(WATCH_SECONDS), place, Due::WatchCopy { job: job.id });
    }
    let unshared = destination.account == place.account
        || copy_checks::assumed(world, place, &job)
            .and_then(|role| share(world, place, &job, &role, &destination, false))
            .is_ok();
    match progress {
        Progress::Available(facts) => {
            let message = (!unshared).then(|| "Failed to unshare snapshot".to_owned());
            complete(world, place, job, &destination, &vault_name, (arn, facts), message);
        }
        Progress::Failed(reason) => fail(world, place, job, reason),
        Progress::Gone | Progress::Underway(_) => fail(world, place, job, format!("DBSnapshot {arn} does not exist.")),
    }
}

/// The copy keeps the origin's creation date, and its lifecycle counts from there. In another account
/// it belongs to that account's service-linked role.
fn complete(
    world: &mut World,
    place: &Place,
    mut job: CopyJob,
    destination: &Place,
    vault_name: &str,
    (arn, facts): (String, SnapshotFacts),
    message: Option<String>,
) {
    let source = vaults::find(world, place, &job.source_vault_name).and_then(|vault| vault.points.get(&job.source_arn));
    let Some(source) = source.cloned() else {
        let message = format!("Cannot find recovery point. {}", job.source_arn);
        return fail(world, place, job, message);
    };
    if vaults::find(world, destination, vault_name).is_none() {
        let message = format!("Copy job failed because backup vault {} does not exist.", job.destination_vault_arn);
        return fail(world, place, job, message);
    }
    let lifecycle = super::lifecycle::Lifecycle::of_copy(job.lifecycle.as_ref(), source.lifecycle.as_ref());
    let role_arn =
        if destination.account == place.account { job.role_arn.clone() } else { service_linked_role_arn(destination) };
    let point = RecoveryPoint {
        arn: arn.clone(),
        source_vault_arn: Some(job.source_vault_arn.clone()),
        role_arn,
        status: PointStatus::Completed,
        status_message: None,
        initiated: job.created,
        completed: Some(world.now),
        size_bytes: facts.allocated_gib * GIB,
        expires: lifecycle.as_ref().and_then(|lifecycle| lifecycle.expiry(source.created)),
        lifecycle,
        key_arn: facts.key_arn.clone(),
        ..source
    };
    job.destination_arn = Some(arn);
    job.destination_key_arn = facts.key_arn;
    recovery_points::add(world, destination, vault_name, point);
    end(world, place, job, CopyState::Completed, message);
}
