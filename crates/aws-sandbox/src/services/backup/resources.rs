//! Protected resources: what was ever backed up here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::backup_jobs::{BackupJob, BackupState};
use super::errors::not_found;
use super::paging::{Paging, page_of_map};
use crate::world::{Call, Place, ServiceError, World};

/// The last completed backup of each resource, by its ARN.
fn last_backups(world: &World, place: &Place) -> BTreeMap<String, BackupJob> {
    let jobs = world.services.backup.get(place).into_iter().flat_map(|state| state.backup_jobs.iter());
    let mut last: BTreeMap<String, BackupJob> = BTreeMap::new();
    for job in jobs.filter(|job| job.state == BackupState::Completed) {
        let newer = last.get(&job.resource_arn).is_none_or(|known| known.completed <= job.completed);
        if newer {
            last.insert(job.resource_arn.clone(), job.clone());
        }
    }
    last
}

fn view(job: &BackupJob, place: &Place) -> Value {
    json!({
        "ResourceArn": job.resource_arn,
        "ResourceType": job.resource_type,
        "ResourceName": job.resource_name,
        "LastBackupTime": job.completed,
        "LastBackupVaultArn": job.vault_arn(place),
        "LastRecoveryPointArn": job.recovery_point_arn,
    })
}

pub(super) fn list(world: &mut World, call: &Call, paging: Paging) -> Result<Value, ServiceError> {
    let last = last_backups(world, &call.place);
    let page = page_of_map(&paging, &last, |_| true)?;
    let list: Vec<Value> = page.items.iter().map(|job| view(job, &call.place)).collect();
    Ok(json!({ "Results": list, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ArnInput {
    resource_arn: String,
}

pub(super) fn describe(world: &mut World, call: &Call, input: ArnInput) -> Result<Value, ServiceError> {
    let last = last_backups(world, &call.place);
    let job = last
        .get(&input.resource_arn)
        .ok_or_else(|| not_found(format!("Could not find resource {}", input.resource_arn)))?;
    Ok(view(job, &call.place))
}
