//! Backup jobs: start, describe, list.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::errors::{invalid_parameter, invalid_request, not_found};
use super::jobs::{CreatedBy, Filtered, JobFilter, JobKind, JobRef};
use super::lifecycle::Lifecycle;
use super::paging::Paging;
use super::recovery_points::resource_type;
use super::rules::{CopyAction, check_windows, windows};
use super::selections::passed_role;
use super::{events, messages, tags, tokens, vaults};
use crate::services::rds;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// An on-demand job begins between these many seconds after its request.
const SOONEST_SECONDS: i64 = 5;
const SOON_SPREAD_SECONDS: i64 = 15;

/// A backup job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BackupJob {
    pub id: String,
    pub vault_name: String,
    pub resource_arn: String,
    pub resource_type: String,
    pub resource_name: String,
    pub role_arn: String,
    pub created: Moment,
    pub completed: Option<Moment>,
    pub state: BackupState,
    pub status_message: Option<String>,
    pub percent_done: i64,
    /// Stays 0 for RDS instances.
    pub size_bytes: i64,
    pub bytes_transferred: i64,
    pub created_by: Option<CreatedBy>,
    pub lifecycle: Option<Lifecycle>,
    pub recovery_point_tags: BTreeMap<String, String>,
    pub copy_actions: Vec<CopyAction>,
    /// When it must have begun.
    pub start_by: Moment,
    /// When it must be over.
    pub complete_by: Moment,
    pub expected_completion: Option<Moment>,
    pub recovery_point_arn: Option<String>,
    pub key_arn: Option<String>,
    /// How often it was tried again.
    pub retries: i64,
    pub delayed_by: Option<String>,
}

/// The states in use here. A job is ABORTED by `StopBackupJob`, which RDS does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackupState {
    Created,
    Pending,
    Running,
    Completed,
    Failed,
    Expired,
}

impl BackupState {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            BackupState::Created => "CREATED",
            BackupState::Pending => "PENDING",
            BackupState::Running => "RUNNING",
            BackupState::Completed => "COMPLETED",
            BackupState::Failed => "FAILED",
            BackupState::Expired => "EXPIRED",
        }
    }
}

impl BackupJob {
    /// The job's place in the queue of its resource.
    pub(super) fn reference(&self, place: &Place) -> JobRef {
        JobRef { place: place.clone(), kind: JobKind::Backup, id: self.id.clone() }
    }

    /// The job as a list shows it, which may be late.
    fn as_listed(&self, world: &World) -> Option<Cow<'_, Self>> {
        if !world.is_listed(self.created) {
            return None;
        }
        if self.completed.is_none_or(|at| world.is_listed(at)) {
            return Some(Cow::Borrowed(self));
        }
        Some(Cow::Owned(Self { state: BackupState::Running, completed: None, status_message: None, ..self.clone() }))
    }

    /// The vault's ARN.
    pub(super) fn vault_arn(&self, place: &Place) -> String {
        vaults::vault_arn(place, &self.vault_name)
    }

    /// The name of the snapshot that it makes.
    pub(super) fn snapshot_identifier(&self) -> String {
        format!("awsbackup:job-{}", self.id)
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

    /// What describing and listing share; the percentage is a string.
    fn view(&self, world: &World, place: &Place) -> Value {
        let locked = vaults::find(world, place, &self.vault_name).is_some_and(|vault| vault.lock.is_some());
        json!({
            "AccountId": place.account,
            "BackupJobId": self.id,
            "BackupVaultName": self.vault_name,
            "BackupVaultArn": self.vault_arn(place),
            "VaultType": "BACKUP_VAULT",
            "VaultLockState": if locked { "LOCKED" } else { "UNLOCKED" },
            "RecoveryPointArn": self.recovery_point_arn,
            "RecoveryPointLifecycle": self.lifecycle,
            "EncryptionKeyArn": self.key_arn,
            "IsEncrypted": self.key_arn.is_some(),
            "ResourceArn": self.resource_arn,
            "ResourceName": self.resource_name,
            "ResourceType": self.resource_type,
            "CreationDate": self.created,
            "InitiationDate": self.created,
            "CompletionDate": self.completed,
            "State": self.state.as_str(),
            "StatusMessage": self.status_message,
            "MessageCategory": self.category(),
            "PercentDone": format!("{}.0", self.percent_done),
            "BackupSizeInBytes": self.size_bytes,
            "BytesTransferred": self.bytes_transferred,
            "IamRoleArn": self.role_arn,
            "CreatedBy": self.created_by,
            "ExpectedCompletionDate": self.expected_completion,
            "StartBy": self.start_by,
            "BackupOptions": {},
            "BackupType": "",
            "IsParent": false,
        })
    }
}

/// What a new job is made of.
pub(super) struct NewBackupJob {
    pub(super) vault_name: String,
    pub(super) resource_arn: String,
    pub(super) role_arn: String,
    pub(super) created_by: Option<CreatedBy>,
    pub(super) lifecycle: Option<Lifecycle>,
    pub(super) recovery_point_tags: BTreeMap<String, String>,
    pub(super) copy_actions: Vec<CopyAction>,
    /// Minutes to start, minutes to complete.
    pub(super) windows: (i64, i64),
    /// How many seconds after its creation it begins.
    pub(super) delay_seconds: i64,
}

/// Makes a job and sets the clock for its beginning and the end of its window.
pub(super) fn create(world: &mut World, place: &Place, new: NewBackupJob) -> String {
    let arn = new.resource_arn.parse::<Arn>().ok();
    let name = arn.as_ref().and_then(|arn| arn.resource_after("db:")).unwrap_or_default().to_owned();
    let now = world.now;
    let job = BackupJob {
        id: world.ids.uuid(place, "backup-job"),
        vault_name: new.vault_name,
        resource_type: "RDS".to_owned(),
        resource_name: name,
        resource_arn: new.resource_arn,
        role_arn: new.role_arn,
        created: now,
        completed: None,
        state: BackupState::Created,
        status_message: None,
        percent_done: 0,
        size_bytes: 0,
        bytes_transferred: 0,
        created_by: new.created_by,
        lifecycle: new.lifecycle,
        recovery_point_tags: new.recovery_point_tags,
        copy_actions: new.copy_actions,
        start_by: now.plus_seconds(new.windows.0 * 60),
        complete_by: now.plus_seconds(new.windows.1 * 60),
        expected_completion: None,
        recovery_point_arn: None,
        key_arn: None,
        retries: 0,
        delayed_by: None,
    };
    let id = job.id.clone();
    world.schedule(now.plus_seconds(new.delay_seconds), place, Due::BeginBackup { job: id.clone() });
    world.schedule(job.start_by, place, Due::CloseStartWindow { job: id.clone() });
    world.services.backup.at(place).backup_jobs.add(&id, job.clone());
    events::backup_job_changed(world, place, &job);
    id
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartInput {
    backup_vault_name: String,
    resource_arn: String,
    iam_role_arn: String,
    idempotency_token: Option<String>,
    start_window_minutes: Option<i64>,
    complete_window_minutes: Option<i64>,
    lifecycle: Option<Lifecycle>,
    #[serde(default)]
    recovery_point_tags: BTreeMap<String, String>,
}

/// The permission to back up into a vault.
pub(super) fn start_needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let access = vaults::needs(world, call, input)?;
    Ok(access.into_iter().map(|access| tags::with_request_tags(access, &input["RecoveryPointTags"])).collect())
}

pub(super) fn start(world: &mut World, call: &Call, input: StartInput) -> Result<Value, ServiceError> {
    let token = input.idempotency_token.as_deref();
    if let Some(answer) = tokens::recall(world, call, token) {
        return Ok(answer);
    }
    vaults::vault(world, &call.place, &input.backup_vault_name)?;
    resource_type(&input.resource_arn)?;
    check_windows(input.start_window_minutes, input.complete_window_minutes)?;
    if let Some(lifecycle) = &input.lifecycle {
        lifecycle.check()?;
    }
    tags::check(&input.recovery_point_tags)?;
    passed_role(world, call, &input.iam_role_arn)?;
    let foreign = input
        .resource_arn
        .parse::<Arn>()
        .is_ok_and(|arn| arn.account != call.place.account.as_str() || arn.region != call.place.region.as_str());
    if foreign {
        return Err(invalid_parameter(format!("Resource {} is not in this account and Region", input.resource_arn)));
    }
    if rds::instance(world, &input.resource_arn).is_none() {
        return Err(not_found(format!("Could not find resource {}", input.resource_arn)));
    }
    let delay_seconds = SOONEST_SECONDS + world.ids.number(&call.place, "backup-begin", SOON_SPREAD_SECONDS);
    let new = NewBackupJob {
        vault_name: input.backup_vault_name.clone(),
        resource_arn: input.resource_arn,
        role_arn: input.iam_role_arn,
        created_by: None,
        lifecycle: input.lifecycle,
        recovery_point_tags: input.recovery_point_tags,
        copy_actions: Vec::new(),
        windows: windows(input.start_window_minutes, input.complete_window_minutes),
        delay_seconds,
    };
    let id = create(world, &call.place, new);
    let answer = json!({ "BackupJobId": id, "CreationDate": world.now, "IsParent": false });
    tokens::remember(world, call, token, &answer);
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdInput {
    backup_job_id: String,
}

fn find<'a>(world: &'a World, place: &Place, id: &str) -> Result<&'a BackupJob, ServiceError> {
    let state = world.services.backup.get(place);
    state
        .and_then(|state| state.backup_jobs.get(id))
        .ok_or_else(|| not_found(format!("Backup job {id} does not exist.")))
}

pub(super) fn describe(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    Ok(find(world, &call.place, &input.backup_job_id)?.view(world, &call.place))
}

/// RDS is among the types whose jobs cannot be stopped (API_StopBackupJob).
pub(super) fn stop(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let job = find(world, &call.place, &input.backup_job_id)?;
    Err(invalid_request(format!("Stopping a backup job is not supported for resource type {}", job.resource_type)))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    by_backup_vault_name: Option<String>,
    #[serde(flatten)]
    filter: JobFilter,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let after = input.paging.after()?;
    let reach = world.now.plus_seconds(-world.settings.job_list_seconds);
    let jobs = world.services.backup.get(&call.place).map(|state| &state.backup_jobs);
    let jobs = jobs
        .into_iter()
        .flat_map(|jobs| jobs.newest_first(after.as_deref()))
        .take_while(|(_, job)| job.created >= reach)
        .filter_map(|(key, job)| Some((key, job.as_listed(world)?)))
        .filter(|(_, job)| input.filter.admits(&job.filtered(&call.place)))
        .filter(|(_, job)| input.by_backup_vault_name.as_ref().is_none_or(|name| *name == job.vault_name));
    let page = input.paging.page(jobs.map(|(key, job)| (key, job.view(world, &call.place))))?;
    Ok(json!({ "BackupJobs": page.items, "NextToken": page.next_token }))
}
