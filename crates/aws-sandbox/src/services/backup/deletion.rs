//! The end of a recovery point: asked for, or by its lifecycle.

use serde_json::Value;

use super::Due;
use super::copy_jobs::CopyState;
use super::jobs::{JobKind, holder};
use super::rds_calls;
use super::recovery_points::{PointInput, PointStatus, RecoveryPoint, busy, point, refuse_protected};
use super::selections::BACKUP_SERVICE;
use super::{events, legal_holds};
use crate::services::{Service, iam};
use crate::world::{Access, Call, Caller, Place, ServiceError, World};
use aws_policy::names::Arn;

/// A deletion takes between these many seconds.
const SHORTEST_SECONDS: i64 = 15;
const SPREAD_SECONDS: i64 = 30;

/// What is being copied is looked at again after so many seconds.
const AGAIN_SECONDS: i64 = 1800;

/// Whether a running copy job reads it.
fn is_copied(world: &World, place: &Place, point: &RecoveryPoint) -> bool {
    let Some(holder) = holder(world, &point.resource_arn, place) else { return false };
    let state = world.services.backup.get(&holder.place).filter(|_| holder.kind == JobKind::Copy);
    let job = state.and_then(|state| state.copy_jobs.get(&holder.id));
    job.is_some_and(|job| job.state == CopyState::Running && job.source_arn == point.arn)
}

/// Answers at once and deletes later: what stands against it then turns the recovery point `EXPIRED`.
pub(super) fn delete(world: &mut World, call: &Call, input: PointInput) -> Result<Value, ServiceError> {
    let (vault_name, arn) = (&input.backup_vault_name, &input.recovery_point_arn);
    let (vault, found) = point(world, &call.place, vault_name, arn)?;
    refuse_protected(world, &call.place, vault, found)?;
    if found.status == PointStatus::Deleting || is_copied(world, &call.place, found) {
        return Err(busy());
    }
    set_status(world, &call.place, vault_name, arn, PointStatus::Deleting, None);
    let lasts = SHORTEST_SECONDS + world.ids.number(&call.place, "recovery-point-deletion", SPREAD_SECONDS);
    let due = Due::FinishDeletion {
        vault: vault_name.clone(),
        point: arn.clone(),
        caller: Some(Box::new(call.caller.clone())),
    };
    world.schedule(world.now.plus_seconds(lasts), &call.place, due);
    Ok(Value::Null)
}

/// A recovery point's time is over, unless its lifecycle was changed or a hold keeps it.
pub(super) fn expire(world: &mut World, place: &Place, vault_name: &str, arn: &str) {
    let Ok((vault, found)) = point(world, place, vault_name, arn) else { return };
    let over = found.expires.is_some_and(|at| at <= world.now);
    if !over || found.status != PointStatus::Completed || legal_holds::holds(world, place, &vault.name, found) {
        return;
    }
    if is_copied(world, place, found) {
        let due = Due::Expire { vault: vault_name.to_owned(), point: arn.to_owned() };
        return world.schedule(world.now.plus_seconds(AGAIN_SECONDS), place, due);
    }
    set_status(world, place, vault_name, arn, PointStatus::Deleting, None);
    finish(world, place, vault_name, arn, None);
}

/// Deletes with the recovery point's role or, where that fails, with the service-linked role, which a
/// caller may let AWS Backup make (API_DeleteRecoveryPoint: an expired recovery point can be deleted
/// once the caller has `iam:CreateServiceLinkedRole`).
pub(super) fn finish(world: &mut World, place: &Place, vault_name: &str, arn: &str, caller: Option<&Caller>) {
    let Ok((_, found)) = point(world, place, vault_name, arn) else { return };
    let role_arn = found.role_arn.clone();
    let mut result = delete_as(world, place, &role_arn, arn);
    if result.is_err()
        && let Some(caller) = caller
        && let Some(linked) = service_linked_role(world, place, caller)
    {
        result = delete_as(world, place, &linked, arn);
    }
    match result {
        Ok(()) => remove(world, place, vault_name, arn),
        Err(error) => {
            let message = format!(
                "Recovery point could not be deleted: AWS Backup lacks the permission with role {role_arn}. {}",
                error.message
            );
            set_status(world, place, vault_name, arn, PointStatus::Expired, Some(message));
        }
    }
}

fn delete_as(world: &mut World, place: &Place, role_arn: &str, arn: &str) -> Result<(), ServiceError> {
    let service = Caller::service(BACKUP_SERVICE, &place.account);
    let role = iam::assume_role(world, &service, role_arn, "AWSBackup-Delete")?;
    let parsed = arn.parse::<Arn>().ok();
    let identifier = parsed.as_ref().and_then(|arn| arn.resource_after("snapshot:")).unwrap_or_default();
    match rds_calls::delete_snapshot(world, &role, &place.region, identifier) {
        // Gone already: nothing is left to delete.
        Err(error) if error.code == "DBSnapshotNotFound" => Ok(()),
        result => result,
    }
}

/// The account's service-linked role, for a caller who may make it; made first where it is missing.
fn service_linked_role(world: &mut World, place: &Place, caller: &Caller) -> Option<String> {
    let arn = service_linked_role_arn(place);
    let access = Access::on("iam:CreateServiceLinkedRole", arn.clone(), &place.account)
        .with_key("iam:AWSServiceName", BACKUP_SERVICE);
    let call = Call {
        caller: caller.clone(),
        place: place.clone(),
        service: Service::Backup,
        operation: "DeleteRecoveryPoint",
        request_id: world.ids.request_id(),
        context: aws_policy::context::Context::new(),
    };
    world.authorize(&call, &access).ok()?;
    iam::ensure_service_linked_role(world, &place.account, BACKUP_SERVICE);
    Some(arn)
}

/// `AWSServiceRoleForBackup` of an account.
pub(super) fn service_linked_role_arn(place: &Place) -> String {
    let resource = format!("role/aws-service-role/{BACKUP_SERVICE}/AWSServiceRoleForBackup");
    Arn::new(place.region.partition(), "iam", "", place.account.as_str(), resource).to_string()
}

fn remove(world: &mut World, place: &Place, vault_name: &str, arn: &str) {
    let (now, lag) = (world.now, world.settings.list_lag_seconds);
    if let Some(vault) = world.services.backup.at(place).vaults.get_mut(vault_name) {
        vault.remove(now, arn, lag);
    }
}

fn set_status(
    world: &mut World,
    place: &Place,
    vault_name: &str,
    arn: &str,
    status: PointStatus,
    message: Option<String>,
) {
    let Some(vault) = world.services.backup.at(place).vaults.get_mut(vault_name) else { return };
    let vault_arn = vault.arn.clone();
    let Some(point) = vault.points.get_mut(arn) else { return };
    point.status = status;
    point.status_message = message;
    let changed = point.clone();
    events::recovery_point_changed(world, place, &vault_arn, &changed);
}
