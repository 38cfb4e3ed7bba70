//! What must be true before a copy job moves any data, in the order in which AWS Backup tells it.

use super::copy_jobs::CopyJob;
use super::lifecycle::Lifecycle;
use super::recovery_points::PointStatus;
use super::selections::BACKUP_SERVICE;
use super::{settings, vaults};
use crate::services::{Service, iam, organizations};
use crate::world::{Access, Call, Caller, Place, World};
use aws_policy::context::Context;

const ACCESS_DENIED: &str = "Access Denied trying to call AWS Backup service";
const DEFAULT_KEY: &str = "Copy job failed because the destination Backup vault is encrypted with the default Backup \
     service managed key. The contents of this vault cannot be copied. Only the contents of a Backup vault encrypted \
     by an AWS KMS key may be copied.";
const FEATURE_OFF: &str = "Copy job failed. Cross-account copy feature is not enabled for the current organization.";
const NOT_ONE_ORGANIZATION: &str =
    "Copy job failed. Both source and destination account must be a member of the same organization.";
const RETENTION: &str = "Copy job failed. The retention specified in the job is not within the range specified for \
     the target Backup Vault.";

/// A copy that may be made: by whom, to where, under which key.
pub(super) struct Route {
    /// The copy role, assumed.
    pub(super) role: Caller,
    pub(super) destination: Place,
    /// The destination vault's key.
    pub(super) key_arn: String,
}

/// Checks a copy.
///
/// # Errors
/// The job's `StatusMessage`.
pub(super) fn check(world: &mut World, place: &Place, job: &CopyJob) -> Result<Route, String> {
    let role = assumed(world, place, job)?;
    let source_vault = vaults::find(world, place, &job.source_vault_name);
    let point = source_vault
        .and_then(|vault| vault.points.get(&job.source_arn))
        .filter(|point| point.status == PointStatus::Completed)
        .cloned()
        .ok_or_else(|| format!("Cannot find recovery point. {}", job.source_arn))?;
    let source_default_key = source_vault.is_some_and(|vault| vault.default_key);
    let (destination, name) = vaults::locate(&job.destination_vault_arn)
        .ok_or_else(|| format!("Backup vault {} is invalid.", job.destination_vault_arn))?;
    allowed(world, place, job, &role, &destination, &name)?;
    let crosses = destination.account != place.account;
    let vault = vaults::find(world, &destination, &name)
        .ok_or_else(|| format!("Copy job failed because backup vault {} does not exist.", job.destination_vault_arn))?;
    if vault.default_key || (crosses && source_default_key) {
        return Err(DEFAULT_KEY.to_owned());
    }
    if crosses {
        one_organization(world, place, &destination)?;
    }
    let lifecycle = Lifecycle::of_copy(job.lifecycle.as_ref(), point.lifecycle.as_ref());
    let kept_days = lifecycle.as_ref().and_then(Lifecycle::kept_days);
    if vault.lock.as_ref().is_some_and(|lock| !lock.admits(kept_days)) {
        return Err(RETENTION.to_owned());
    }
    Ok(Route { role, key_arn: vault.key_arn.clone(), destination })
}

/// The copy role, assumed by AWS Backup.
pub(super) fn assumed(world: &mut World, place: &Place, job: &CopyJob) -> Result<Caller, String> {
    let service = Caller::service(BACKUP_SERVICE, &place.account);
    iam::assume_role(world, &service, &job.role_arn, &format!("AWSBackup-{}", job.id))
        .map_err(|_| format!("IAM Role {} cannot be assumed by AWS Backup", job.role_arn))
}

/// The role must be allowed to take the recovery point out of the source vault, towards this very
/// destination, and to bring it into the destination vault, whose policy must let it in.
fn allowed(
    world: &mut World,
    place: &Place,
    job: &CopyJob,
    role: &Caller,
    destination: &Place,
    destination_vault: &str,
) -> Result<(), String> {
    let mut from = vaults::access(world, place, "backup:CopyFromBackupVault", &job.source_vault_name);
    from.resource.arn = job.source_arn.clone();
    from.context = from.context.with_all("backup:CopyTargets", std::iter::once(job.destination_vault_arn.clone()));
    if let Some(path) = organizations::organization_path(world, &destination.account) {
        from.context = from.context.with_all("backup:CopyTargetOrgPaths", std::iter::once(path));
    }
    let into = vaults::access(world, destination, "backup:CopyIntoBackupVault", destination_vault);
    let vault_tags = vaults::find(world, destination, destination_vault).map(|vault| vault.tags.clone());
    let into = vault_tags
        .into_iter()
        .flatten()
        .fold(into, |into: Access, (key, value)| into.with_key(&format!("aws:ResourceTag/{key}"), value));
    let call = Call {
        caller: role.clone(),
        place: place.clone(),
        service: Service::Backup,
        operation: "StartCopyJob",
        request_id: world.ids.request_id(),
        context: Context::new(),
    };
    world.authorize(&call, &from).map_err(|_| ACCESS_DENIED.to_owned())?;
    world.authorize(&call, &into).map_err(|_| ACCESS_DENIED.to_owned())
}

fn one_organization(world: &World, source: &Place, destination: &Place) -> Result<(), String> {
    let id = |place: &Place| organizations::of(world, &place.account).map(|organization| organization.id.clone());
    match (id(source), id(destination)) {
        (Some(one), Some(other)) if one == other => {}
        _ => return Err(NOT_ONE_ORGANIZATION.to_owned()),
    }
    if settings::cross_account_enabled(world, source) { Ok(()) } else { Err(FEATURE_OFF.to_owned()) }
}
