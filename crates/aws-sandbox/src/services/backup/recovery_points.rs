//! Recovery points: list, describe, change their lifecycle.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::errors::{insufficient_privileges, invalid_parameter, invalid_request, not_found};
use super::events;
use super::jobs::CreatedBy;
use super::legal_holds;
use super::lifecycle::Lifecycle;
use super::paging::{Paging, page_of_map};
use super::vaults::{self, Vault, key_type, own_account, vault};
use crate::services::rds;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// The least `MaxResults` of `ListRecoveryPointsByResource` for RDS (API_ListRecoveryPointsByResource).
const LEAST_RDS_PAGE: i64 = 20;

/// A recovery point.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecoveryPoint {
    pub arn: String,
    /// The vault that it was copied from.
    pub source_vault_arn: Option<String>,
    pub resource_arn: String,
    pub resource_type: String,
    pub resource_name: String,
    pub created_by: Option<CreatedBy>,
    /// The role that made it, and with which it is deleted.
    pub role_arn: String,
    pub status: PointStatus,
    pub status_message: Option<String>,
    /// When the origin was made: copies keep it.
    pub created: Moment,
    /// When the job that made this one was made.
    pub initiated: Moment,
    pub completed: Option<Moment>,
    pub size_bytes: i64,
    pub lifecycle: Option<Lifecycle>,
    pub expires: Option<Moment>,
    /// The snapshot's own key; `None` where it is not encrypted.
    pub key_arn: Option<String>,
}

/// The states in use here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PointStatus {
    Completed,
    Deleting,
    Expired,
}

impl PointStatus {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            PointStatus::Completed => "COMPLETED",
            PointStatus::Deleting => "DELETING",
            PointStatus::Expired => "EXPIRED",
        }
    }
}

impl RecoveryPoint {
    /// Whether the snapshot is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.key_arn.is_some()
    }

    fn is_listed(&self, world: &World) -> bool {
        world.is_listed(self.completed.unwrap_or(self.initiated))
    }

    fn view(&self, world: &World, vault: &Vault) -> Value {
        json!({
            "RecoveryPointArn": self.arn,
            "BackupVaultName": vault.name,
            "BackupVaultArn": vault.arn,
            "SourceBackupVaultArn": self.source_vault_arn,
            "ResourceArn": self.resource_arn,
            "ResourceType": self.resource_type,
            "ResourceName": self.resource_name,
            "CreatedBy": self.created_by,
            "IamRoleArn": self.role_arn,
            "Status": self.status.as_str(),
            "StatusMessage": self.status_message,
            "CreationDate": self.created,
            "InitiationDate": self.initiated,
            "CompletionDate": self.completed,
            "BackupSizeInBytes": self.size_bytes,
            "CalculatedLifecycle": self.expires.map(|at| json!({ "DeleteAt": at })),
            "Lifecycle": self.lifecycle,
            "EncryptionKeyArn": self.key_arn,
            "EncryptionKeyType": key_type(world, self.key_arn.as_deref()),
            "IsEncrypted": self.is_encrypted(),
            "LastRestoreTime": null,
            "ParentRecoveryPointArn": null,
            "IsParent": false,
            "VaultType": "BACKUP_VAULT",
        })
    }
}

/// The type of a resource that can be backed up here, by its ARN.
///
/// # Errors
/// `InvalidParameterValueException` in AWS's words (aws-sdk-go-v2 #1912).
pub(super) fn resource_type(arn_text: &str) -> Result<&'static str, ServiceError> {
    let unsupported = || invalid_parameter(format!("Unsupported resource type: {arn_text}"));
    let arn: Arn = arn_text.parse().map_err(|_| unsupported())?;
    match (arn.service.as_str(), arn.resource_after("db:")) {
        ("rds", Some(_)) => Ok("RDS"),
        _ => Err(unsupported()),
    }
}

/// Puts a recovery point into its vault and sets the clock for its end.
pub(super) fn add(world: &mut World, place: &Place, vault_name: &str, point: RecoveryPoint) {
    let now = world.now;
    let Some(vault) = world.services.backup.at(place).vaults.get_mut(vault_name) else { return };
    let vault_arn = vault.arn.clone();
    vault.insert(now, point.clone());
    events::recovery_point_changed(world, place, &vault_arn, &point);
    schedule_expiry(world, place, vault_name, &point);
}

fn schedule_expiry(world: &mut World, place: &Place, vault_name: &str, point: &RecoveryPoint) {
    let Some(expires) = point.expires else { return };
    // "Within eight hours" (AWS Backup Developer Guide, "Deleting backups").
    let spread = world.ids.number(place, "recovery-point-expiry", world.settings.expiry_spread_seconds.max(1));
    let due = Due::Expire { vault: vault_name.to_owned(), point: point.arn.clone() };
    world.schedule(expires.max(world.now).plus_seconds(spread), place, due);
}

/// The permission of an operation on one recovery point, under its vault's policy.
pub(super) fn needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["RecoveryPointArn"].as_str().unwrap_or_default();
    let member = if call.operation == "StartCopyJob" { "SourceBackupVaultName" } else { "BackupVaultName" };
    let vault = input[member].as_str().unwrap_or_default();
    let action = format!("backup:{}", call.operation);
    let mut access = vaults::access(world, &call.place, &action, vault);
    access.resource.arn = arn.to_owned();
    Ok(vec![access])
}

/// What reading the list of RDS recovery points takes besides: AWS Backup asks RDS for them.
fn rds_reading(call: &Call) -> Access {
    let region = &call.place.region;
    let resource = "snapshot:awsbackup:*";
    let arn = Arn::new(region.partition(), "rds", region.as_str(), call.place.account.as_str(), resource);
    Access::on("rds:DescribeDBSnapshots", arn.to_string(), &call.place.account)
}

/// The permission to list a vault, and to read the snapshots where it holds any of RDS.
pub(super) fn list_needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut needs = vaults::needs(world, call, input)?;
    let name = input["BackupVaultName"].as_str().unwrap_or_default();
    let wanted = input["ByResourceType"].as_str();
    let holds_rds = vaults::find(world, &call.place, name).is_some_and(|vault| !vault.points.is_empty());
    if holds_rds && wanted.is_none_or(|wanted| wanted == "RDS") {
        needs.push(rds_reading(call));
    }
    Ok(needs)
}

/// The permission to list by resource.
pub(super) fn list_by_resource_needs(_: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut needs = vec![Access::on_any("backup:ListRecoveryPointsByResource", &call.place.account)];
    if resource_type(input["ResourceArn"].as_str().unwrap_or_default()).is_ok() {
        needs.push(rds_reading(call));
    }
    Ok(needs)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    backup_vault_name: String,
    backup_vault_account_id: Option<String>,
    by_resource_arn: Option<String>,
    by_resource_type: Option<String>,
    by_backup_plan_id: Option<String>,
    by_created_before: Option<Moment>,
    by_created_after: Option<Moment>,
    by_parent_recovery_point_arn: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

impl ListInput {
    fn admits(&self, point: &RecoveryPoint) -> bool {
        let plan = point.created_by.as_ref().map(|created_by| &created_by.backup_plan_id);
        self.by_resource_arn.as_ref().is_none_or(|arn| *arn == point.resource_arn)
            && self.by_resource_type.as_ref().is_none_or(|kind| *kind == point.resource_type)
            && self.by_backup_plan_id.as_ref().is_none_or(|id| Some(id) == plan)
            && self.by_created_before.is_none_or(|before| point.created < before)
            && self.by_created_after.is_none_or(|after| point.created > after)
            && self.by_parent_recovery_point_arn.is_none()
    }
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    own_account(call, input.backup_vault_account_id.as_deref())?;
    if let Some(arn) = &input.by_resource_arn {
        resource_type(arn)?;
    }
    let vault = vault(world, &call.place, &input.backup_vault_name)?;
    let listed = vault.as_listed(world);
    let page = page_of_map(&input.paging, &listed, |point| point.is_listed(world) && input.admits(point))?;
    let points: Vec<Value> = page.items.iter().map(|point| point.view(world, vault)).collect();
    Ok(json!({ "RecoveryPoints": points, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByResourceInput {
    resource_arn: String,
    #[serde(flatten)]
    paging: Paging,
}

/// For RDS the page must hold at least 20, or AWS says that privileges are insufficient
/// (boto3 #2797). The vault's name is filled in for EFS and EC2 only.
pub(super) fn list_by_resource(world: &mut World, call: &Call, input: ByResourceInput) -> Result<Value, ServiceError> {
    resource_type(&input.resource_arn)?;
    if input.paging.max_results.is_some_and(|size| size < LEAST_RDS_PAGE) {
        return Err(insufficient_privileges());
    }
    let after = input.paging.after()?.unwrap_or_default();
    let state = world.services.backup.get(&call.place);
    let mut points: Vec<&RecoveryPoint> = state
        .into_iter()
        .flat_map(|state| state.vaults.values())
        .flat_map(|vault| vault.points.values())
        .filter(|point| point.resource_arn == input.resource_arn && point.arn > after && point.is_listed(world))
        .collect();
    points.sort_by(|one, other| one.arn.cmp(&other.arn));
    let view = |point: &RecoveryPoint| {
        json!({
            "RecoveryPointArn": point.arn,
            "CreationDate": point.created,
            "Status": point.status.as_str(),
            "StatusMessage": point.status_message,
            "EncryptionKeyArn": point.key_arn,
            "EncryptionKeyType": key_type(world, point.key_arn.as_deref()),
            "BackupSizeBytes": point.size_bytes,
            "BackupVaultName": null,
            "IsParent": false,
            "ParentRecoveryPointArn": null,
            "ResourceName": point.resource_name,
            "VaultType": "BACKUP_VAULT",
        })
    };
    let page = input.paging.page(points.into_iter().map(|point| (point.arn.clone(), view(point))))?;
    Ok(json!({ "RecoveryPoints": page.items, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PointInput {
    pub(super) backup_vault_name: String,
    pub(super) recovery_point_arn: String,
    backup_vault_account_id: Option<String>,
}

/// The recovery point and its vault.
///
/// # Errors
/// The refusal of a missing vault; `ResourceNotFoundException` for a missing recovery point.
pub(super) fn point<'a>(
    world: &'a World,
    place: &Place,
    vault_name: &str,
    arn: &str,
) -> Result<(&'a Vault, &'a RecoveryPoint), ServiceError> {
    let vault = vault(world, place, vault_name)?;
    let point = vault.points.get(arn).ok_or_else(|| not_found(format!("Cannot find recovery point. {arn}")))?;
    Ok((vault, point))
}

pub(super) fn describe(world: &mut World, call: &Call, input: PointInput) -> Result<Value, ServiceError> {
    own_account(call, input.backup_vault_account_id.as_deref())?;
    let (vault, point) = point(world, &call.place, &input.backup_vault_name, &input.recovery_point_arn)?;
    let mut view = point.view(world, vault);
    view["StorageClass"] = json!("WARM");
    Ok(view)
}

/// A lock and a hold both stand against changing and deleting.
pub(super) fn refuse_protected(
    world: &World,
    place: &Place,
    vault: &Vault,
    point: &RecoveryPoint,
) -> Result<(), ServiceError> {
    if vault.lock.is_some() {
        return Err(invalid_request("RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)"));
    }
    if legal_holds::holds(world, place, &vault.name, point) {
        return Err(invalid_request("RecoveryPoint cannot be deleted or updated (it is under an active legal hold)"));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateLifecycleInput {
    backup_vault_name: String,
    recovery_point_arn: String,
    lifecycle: Option<Lifecycle>,
}

pub(super) fn update_lifecycle(
    world: &mut World,
    call: &Call,
    input: UpdateLifecycleInput,
) -> Result<Value, ServiceError> {
    let (vault_name, arn) = (&input.backup_vault_name, &input.recovery_point_arn);
    let (vault, found) = point(world, &call.place, vault_name, arn)?;
    refuse_protected(world, &call.place, vault, found)?;
    if found.status == PointStatus::Deleting {
        return Err(busy());
    }
    let lifecycle = input.lifecycle.unwrap_or_default();
    lifecycle.check()?;
    let mut changed = found.clone();
    changed.expires = lifecycle.expiry(changed.created);
    changed.lifecycle = Some(lifecycle.clone());
    let vault_arn = vault.arn.clone();
    let expires = changed.expires;
    schedule_expiry(world, &call.place, vault_name, &changed);
    vaults::vault_mut(world, &call.place, vault_name)?.points.insert(arn.clone(), changed);
    Ok(json!({
        "BackupVaultArn": vault_arn,
        "RecoveryPointArn": arn,
        "Lifecycle": lifecycle,
        "CalculatedLifecycle": expires.map(|at| json!({ "DeleteAt": at })),
    }))
}

/// AWS Backup does one thing with a recovery point at a time.
pub(super) fn busy() -> ServiceError {
    ServiceError::new(
        "InvalidResourceStateException",
        "AWS Backup is already performing an action on this recovery point. Try again later.",
    )
}

/// Only continuous backups can be let go.
pub(super) fn disassociate(world: &mut World, call: &Call, input: PointInput) -> Result<Value, ServiceError> {
    point(world, &call.place, &input.backup_vault_name, &input.recovery_point_arn)?;
    Err(invalid_request("Only continuous backups can be disassociated: this recovery point is a snapshot"))
}

/// What a restore starts from: the settings that the snapshot keeps.
pub(super) fn restore_metadata(world: &mut World, call: &Call, input: PointInput) -> Result<Value, ServiceError> {
    own_account(call, input.backup_vault_account_id.as_deref())?;
    let (vault, point) = point(world, &call.place, &input.backup_vault_name, &input.recovery_point_arn)?;
    let snapshot = rds::snapshot(world, &point.arn).ok_or_else(|| not_found("Cannot find recovery point."))?;
    Ok(json!({
        "BackupVaultArn": vault.arn,
        "RecoveryPointArn": point.arn,
        "ResourceType": point.resource_type,
        "RestoreMetadata": {
            "DBSnapshotIdentifier": snapshot.identifier,
            "Engine": snapshot.instance.engine,
            "EngineVersion": snapshot.instance.engine_version,
            "DBInstanceClass": snapshot.instance.class,
            "AllocatedStorage": snapshot.instance.allocated_gib.to_string(),
            "StorageType": snapshot.instance.storage_type,
            "MultiAZ": snapshot.instance.multi_az.to_string(),
            "Port": snapshot.instance.port.to_string(),
            "OptionGroupName": snapshot.option_group,
            "Encrypted": point.is_encrypted().to_string(),
        },
    }))
}
