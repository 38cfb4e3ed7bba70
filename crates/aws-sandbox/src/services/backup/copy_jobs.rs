//! Copy jobs: start, describe, list. They are answered where the source vault lies.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::errors::{invalid_parameter, not_found};
use super::jobs::{CreatedBy, Filtered, JobFilter, JobKind, JobRef};
use super::lifecycle::Lifecycle;
use super::paging::Paging;
use super::recovery_points::{PointStatus, RecoveryPoint, busy};
use super::selections::passed_role;
use super::{events, messages, tokens, vaults};
use crate::world::{Call, Moment, Place, ServiceError, World};

/// A copy job is looked at between these many seconds after its request.
const SOONEST_SECONDS: i64 = 5;
const SOON_SPREAD_SECONDS: i64 = 25;

/// A copy job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyJob {
    /// Upper-case, as AWS shows it.
    pub id: String,
    pub source_vault_name: String,
    pub source_vault_arn: String,
    /// The recovery point that is copied.
    pub source_arn: String,
    pub destination_vault_arn: String,
    /// The copy, once it is there.
    pub destination_arn: Option<String>,
    /// The key that the copy is under.
    pub destination_key_arn: Option<String>,
    /// What the request asked for.
    pub lifecycle: Option<Lifecycle>,
    pub resource_arn: String,
    pub resource_type: String,
    pub resource_name: String,
    pub created: Moment,
    pub completed: Option<Moment>,
    pub state: CopyState,
    pub status_message: Option<String>,
    pub size_bytes: i64,
    pub role_arn: String,
    /// Set for copies that a plan made, with the next.
    pub created_by: Option<CreatedBy>,
    pub created_by_backup_job: Option<String>,
}

/// The states of a copy job; PARTIAL is for jobs with children, which RDS has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyState {
    Created,
    Running,
    Completed,
    Failed,
}

impl CopyState {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            CopyState::Created => "CREATED",
            CopyState::Running => "RUNNING",
            CopyState::Completed => "COMPLETED",
            CopyState::Failed => "FAILED",
        }
    }
}

impl CopyJob {
    /// The job's place in the queue of its resource.
    pub(super) fn reference(&self, place: &Place) -> JobRef {
        JobRef { place: place.clone(), kind: JobKind::Copy, id: self.id.clone() }
    }

    /// The name of the snapshot that it makes.
    pub(super) fn snapshot_identifier(&self) -> String {
        format!("awsbackup:copyjob-{}", self.id.to_ascii_lowercase())
    }

    /// The job as a list shows it, which may be late.
    fn as_listed(&self, world: &World) -> Option<Cow<'_, Self>> {
        if !world.is_listed(self.created) {
            return None;
        }
        if self.completed.is_none_or(|at| world.is_listed(at)) {
            return Some(Cow::Borrowed(self));
        }
        let before = Self {
            state: CopyState::Running,
            completed: None,
            destination_arn: None,
            status_message: None,
            ..self.clone()
        };
        Some(Cow::Owned(before))
    }

    fn category(&self) -> &'static str {
        messages::category(self.status_message.as_deref())
    }

    fn filtered<'a>(&'a self, place: &'a Place) -> Filtered<'a> {
        Filtered {
            resource_arn: &self.resource_arn,
            resource_type: &self.resource_type,
            state: self.state.as_str(),
            created: self.created,
            completed: self.completed,
            category: self.category(),
            account: place.account.as_str(),
        }
    }

    fn view(&self, world: &World, place: &Place) -> Value {
        let destination = vaults::locate(&self.destination_vault_arn);
        let vault = destination.as_ref().and_then(|(place, name)| vaults::find(world, place, name));
        json!({
            "AccountId": place.account,
            "CopyJobId": self.id,
            "SourceBackupVaultArn": self.source_vault_arn,
            "SourceRecoveryPointArn": self.source_arn,
            "DestinationBackupVaultArn": self.destination_vault_arn,
            "DestinationVaultType": "BACKUP_VAULT",
            "DestinationVaultLockState":
                vault.map(|vault| if vault.lock.is_some() { "LOCKED" } else { "UNLOCKED" }),
            "DestinationRecoveryPointArn": self.destination_arn,
            "DestinationEncryptionKeyArn": self.destination_key_arn,
            "DestinationRecoveryPointLifecycle": self.lifecycle,
            "ResourceArn": self.resource_arn,
            "ResourceName": self.resource_name,
            "ResourceType": self.resource_type,
            "CreationDate": self.created,
            "CompletionDate": self.completed,
            "State": self.state.as_str(),
            "StatusMessage": self.status_message,
            "MessageCategory": self.category(),
            "BackupSizeInBytes": self.size_bytes,
            "IamRoleArn": self.role_arn,
            "CreatedBy": self.created_by,
            "CreatedByBackupJobId": self.created_by_backup_job,
            "IsParent": false,
        })
    }
}

/// What a new job is made of.
struct NewCopyJob<'a> {
    source_vault: (&'a str, &'a str),
    point: &'a RecoveryPoint,
    destination_vault_arn: String,
    role_arn: String,
    lifecycle: Option<Lifecycle>,
    created_by: Option<CreatedBy>,
    created_by_backup_job: Option<String>,
}

fn create(world: &mut World, place: &Place, new: NewCopyJob<'_>) -> String {
    let (source_vault_name, source_vault_arn) = new.source_vault;
    let job = CopyJob {
        id: world.ids.uuid(place, "copy-job").to_ascii_uppercase(),
        source_vault_name: source_vault_name.to_owned(),
        source_vault_arn: source_vault_arn.to_owned(),
        source_arn: new.point.arn.clone(),
        destination_vault_arn: new.destination_vault_arn,
        destination_arn: None,
        destination_key_arn: None,
        lifecycle: new.lifecycle,
        resource_arn: new.point.resource_arn.clone(),
        resource_type: new.point.resource_type.clone(),
        resource_name: new.point.resource_name.clone(),
        created: world.now,
        completed: None,
        state: CopyState::Created,
        status_message: None,
        size_bytes: new.point.size_bytes,
        role_arn: new.role_arn,
        created_by: new.created_by,
        created_by_backup_job: new.created_by_backup_job,
    };
    let id = job.id.clone();
    let delay = SOONEST_SECONDS + world.ids.number(place, "copy-begin", SOON_SPREAD_SECONDS);
    world.schedule(world.now.plus_seconds(delay), place, Due::AdmitCopy { job: id.clone() });
    world.services.backup.at(place).copy_jobs.add(&id, job.clone());
    events::copy_job_changed(world, place, &job);
    id
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartInput {
    recovery_point_arn: String,
    source_backup_vault_name: String,
    destination_backup_vault_arn: String,
    iam_role_arn: String,
    idempotency_token: Option<String>,
    lifecycle: Option<Lifecycle>,
}

/// What AWS checks while the client waits; everything else fails the job later.
pub(super) fn start(world: &mut World, call: &Call, input: StartInput) -> Result<Value, ServiceError> {
    let token = input.idempotency_token.as_deref();
    if let Some(answer) = tokens::recall(world, call, token) {
        return Ok(answer);
    }
    let destination = &input.destination_backup_vault_arn;
    let located = vaults::locate(destination)
        .filter(|(place, _)| place.region.partition() == call.place.region.partition())
        .ok_or_else(|| invalid_parameter(format!("Invalid destination vault ARN: {destination}")))?;
    if !world.regions.contains(&located.0.region) {
        return Err(invalid_parameter(format!("Region {} is not enabled", located.0.region)));
    }
    if let Some(lifecycle) = &input.lifecycle {
        lifecycle.check()?;
    }
    let vault_name = &input.source_backup_vault_name;
    let (arn, point) = source(world, &call.place, vault_name, &input.recovery_point_arn)?;
    passed_role(world, call, &input.iam_role_arn)?;
    let new = NewCopyJob {
        source_vault: (vault_name, &arn),
        point: &point,
        destination_vault_arn: destination.clone(),
        role_arn: input.iam_role_arn.clone(),
        lifecycle: input.lifecycle.clone(),
        created_by: None,
        created_by_backup_job: None,
    };
    let id = create(world, &call.place, new);
    let answer = json!({ "CopyJobId": id, "CreationDate": world.now, "IsParent": false });
    tokens::remember(world, call, token, &answer);
    Ok(answer)
}

fn source(world: &World, place: &Place, vault_name: &str, arn: &str) -> Result<(String, RecoveryPoint), ServiceError> {
    let vault = vaults::find(world, place, vault_name)
        .ok_or_else(|| not_found(format!("Backup vault {vault_name} does not exist.")))?;
    let point = vault.points.get(arn).ok_or_else(|| not_found(format!("Cannot find recovery point. {arn}")))?;
    match point.status {
        PointStatus::Completed => Ok((vault.arn.clone(), point.clone())),
        PointStatus::Deleting | PointStatus::Expired => Err(busy()),
    }
}

/// The copy actions of the rule that made this backup job, in the rule's order and without a token.
pub(super) fn start_planned(world: &mut World, place: &Place, backup_job: &str) {
    let Some(state) = world.services.backup.get(place) else { return };
    let Some(job) = state.backup_jobs.get(backup_job).cloned() else { return };
    let Some(vault) = state.vaults.get(&job.vault_name) else { return };
    let vault_arn = vault.arn.clone();
    let Some(point) = job.recovery_point_arn.as_ref().and_then(|arn| vault.points.get(arn)).cloned() else { return };
    for action in job.copy_actions {
        let new = NewCopyJob {
            source_vault: (&job.vault_name, &vault_arn),
            point: &point,
            destination_vault_arn: action.destination_backup_vault_arn,
            role_arn: job.role_arn.clone(),
            lifecycle: action.lifecycle,
            created_by: job.created_by.clone(),
            created_by_backup_job: Some(job.id.clone()),
        };
        create(world, place, new);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdInput {
    copy_job_id: String,
}

pub(super) fn describe(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let state = world.services.backup.get(&call.place);
    let job = state
        .and_then(|state| state.copy_jobs.get(&input.copy_job_id))
        .ok_or_else(|| not_found(format!("Copy job {} does not exist.", input.copy_job_id)))?;
    Ok(json!({ "CopyJob": job.view(world, &call.place) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    by_destination_vault_arn: Option<String>,
    by_source_recovery_point_arn: Option<String>,
    #[serde(flatten)]
    filter: JobFilter,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let after = input.paging.after()?;
    let reach = world.now.plus_seconds(-world.settings.job_list_seconds);
    let jobs = world.services.backup.get(&call.place).map(|state| &state.copy_jobs);
    let wanted = |filter: &Option<String>, value: &str| filter.as_deref().is_none_or(|filter| filter == value);
    let jobs = jobs
        .into_iter()
        .flat_map(|jobs| jobs.newest_first(after.as_deref()))
        .take_while(|(_, job)| job.created >= reach)
        .filter_map(|(key, job)| Some((key, job.as_listed(world)?)))
        .filter(|(_, job)| input.filter.admits(&job.filtered(&call.place)))
        .filter(|(_, job)| wanted(&input.by_destination_vault_arn, &job.destination_vault_arn))
        .filter(|(_, job)| wanted(&input.by_source_recovery_point_arn, &job.source_arn));
    let page = input.paging.page(jobs.map(|(key, job)| (key, job.view(world, &call.place))))?;
    Ok(json!({ "CopyJobs": page.items, "NextToken": page.next_token }))
}
