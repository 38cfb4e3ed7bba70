//! AWS Backup: vaults, recovery points, settings; jobs and plans lie in modules of their own.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_backup::types as sdk;
use chrono::{DateTime, Utc};

use super::answer::{Listing, Required, parsed, parsed_if_any};
use super::error::{AwsError, send};
use super::{Session, date, stamp};
use crate::pipeline::arn::{RecoveryPointArn, VaultArn};
use crate::pipeline::lock::LockRange;
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus};
pub use crate::pipeline::seen::vault::{LegalHold, Vault};
use crate::policy::evaluate::Named;

mod jobs;
mod named;
pub mod plans;

pub use jobs::{JobFilter, NewCopy, describe_copy_job, list_backup_jobs, list_copy_jobs, start_copy_job};
pub use named::{delete_lock, describe_vault};

/// Items on a page; `MaxResults` is at most 1,000 (AWS Backup API Reference).
const PAGE: i32 = 1000;

/// A recovery point out of an item of a list or out of an answer of its own: the SDK has a type for each.
macro_rules! recovery_point {
    ($operation:expr, $vault:expr, $arn:expr, $point:expr) => {{
        let (operation, point) = ($operation, $point);
        let created = point.creation_date().and_then(date).required(operation, "CreationDate")?;
        let status = point.status().required(operation, "Status")?;
        RecoveryPoint {
            arn: $arn,
            vault_arn: $vault.clone(),
            origin: Origin::new(point.resource_arn().required(operation, "ResourceArn")?, created),
            resource_type: point.resource_type().unwrap_or_default().to_owned(),
            status: RecoveryPointStatus::from(status.as_str()),
            status_message: point.status_message().map(str::to_owned),
            // The SDK reads an absent IsEncrypted as false: only a key says more.
            encrypted: Some(point.is_encrypted() || point.encryption_key_arn().is_some()),
            key_arn: parsed_if_any(point.encryption_key_arn(), operation, "EncryptionKeyArn")?,
            completed_at: point.completion_date().and_then(date),
            delete_at: point.calculated_lifecycle().and_then(|life| life.delete_at()).and_then(date),
            delete_after_days: point.lifecycle().and_then(|life| life.delete_after_days()),
            copied_from: parsed_if_any(point.source_backup_vault_arn(), operation, "SourceBackupVaultArn")?,
            plan_id: point.created_by().and_then(|by| by.backup_plan_id()).map(str::to_owned),
            rule_id: point.created_by().and_then(|by| by.backup_rule_id()).map(str::to_owned),
            size_bytes: point.backup_size_in_bytes(),
        }
    }};
}

const VAULTS: Listing =
    Listing { operation: "backup:ListBackupVaults", items: "BackupVaultList", id: "BackupVaultArn" };

/// All vaults of the session's account and Region. Existence is only to be learned here: reads of a
/// vault that does not exist answer `AccessDeniedException`.
///
/// # Errors
/// AWS's answer, or one that lacks what every vault has.
pub async fn list_vaults(session: &Session) -> Result<Vec<Vault>, AwsError> {
    let operation = VAULTS.operation;
    let found = VAULTS.read(
        |vault: &sdk::BackupVaultListMember| vault.backup_vault_arn(),
        async |token| {
            let call = session.backup().list_backup_vaults().max_results(PAGE).set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.backup_vault_list, page.next_token))
        },
    );
    found.await?.iter().map(|vault| listed_vault(operation, vault)).collect()
}

fn listed_vault(operation: &'static str, vault: &sdk::BackupVaultListMember) -> Result<Vault, AwsError> {
    let key_arn = parsed_if_any(vault.encryption_key_arn(), operation, "EncryptionKeyArn")?;
    // Only vaults of the other types can be without a key of this account.
    if key_arn.is_none() && vault.vault_type().is_none_or(|kind| *kind == sdk::VaultType::BackupVault) {
        return Err(AwsError::missing(operation, "EncryptionKeyArn"));
    }
    Ok(Vault {
        name: vault.backup_vault_name().required(operation, "BackupVaultName")?.to_owned(),
        arn: parsed(vault.backup_vault_arn(), operation, VAULTS.id)?,
        key_arn,
        recovery_points: vault.number_of_recovery_points(),
        locked: vault.locked().unwrap_or(false),
        lock_date: vault.lock_date().and_then(date),
        min_retention_days: vault.min_retention_days(),
        max_retention_days: vault.max_retention_days(),
        created_at: vault.creation_date().and_then(date),
    })
}

/// The access policy of a vault that exists; none where it has none.
///
/// # Errors
/// AWS's answer.
pub async fn vault_policy(session: &Session, name: &str) -> Result<Option<Named>, AwsError> {
    let call = session.backup().get_backup_vault_access_policy().backup_vault_name(name);
    match send("backup:GetBackupVaultAccessPolicy", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(None),
        other => {
            let text = other?.policy.required("backup:GetBackupVaultAccessPolicy", "Policy")?;
            Ok(Some(Named { name: format!("access policy of vault {name}"), text }))
        }
    }
}

const RECOVERY_POINTS: Listing =
    Listing { operation: "backup:ListRecoveryPointsByBackupVault", items: "RecoveryPoints", id: "RecoveryPointArn" };

/// Recovery points of a vault, all pages, optionally of one resource or created after a time.
///
/// # Errors
/// AWS's answer, or one that lacks what every recovery point has.
pub async fn list_recovery_points(
    session: &Session,
    vault: &VaultArn,
    filter: &PointFilter,
) -> Result<Vec<RecoveryPoint>, AwsError> {
    let operation = RECOVERY_POINTS.operation;
    let found = RECOVERY_POINTS.read(
        |point: &sdk::RecoveryPointByBackupVault| point.recovery_point_arn(),
        async |token| {
            let call = session
                .backup()
                .list_recovery_points_by_backup_vault()
                .backup_vault_name(vault.name())
                .set_by_resource_arn(filter.resource_arn.clone())
                .set_by_created_after(filter.created_after.map(stamp))
                .max_results(PAGE)
                .set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.recovery_points, page.next_token))
        },
    );
    let mut points = Vec::new();
    for point in found.await? {
        let arn = parsed(point.recovery_point_arn(), operation, RECOVERY_POINTS.id)?;
        points.push(recovery_point!(operation, vault, arn, point));
    }
    Ok(points)
}

/// Which recovery points are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointFilter {
    pub resource_arn: Option<String>,
    /// Created after this time.
    pub created_after: Option<DateTime<Utc>>,
}

impl PointFilter {
    /// Those of one resource.
    pub fn of_resource(arn: &str) -> Self {
        Self { resource_arn: Some(arn.to_owned()), created_after: None }
    }
}

/// One recovery point, none where the vault does not have it.
///
/// # Errors
/// AWS's answer.
pub async fn describe_recovery_point(
    session: &Session,
    vault: &VaultArn,
    arn: &RecoveryPointArn,
) -> Result<Option<RecoveryPoint>, AwsError> {
    let operation = "backup:DescribeRecoveryPoint";
    let call = session.backup().describe_recovery_point().backup_vault_name(vault.name());
    let point = match send(operation, call.recovery_point_arn(arn.as_str()).send()).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        other => other?,
    };
    // An answer about another recovery point would be no answer.
    let named = point.recovery_point_arn().required(operation, "RecoveryPointArn")?;
    if named != arn.as_str() {
        return Err(AwsError::unreadable(operation, "RecoveryPointArn", named));
    }
    Ok(Some(recovery_point!(operation, vault, arn.clone(), point)))
}

/// Asks AWS to delete a recovery point. Its answer is no proof: the list is.
///
/// # Errors
/// AWS's answer; a recovery point that is not there is deleted already.
pub async fn delete_recovery_point(
    session: &Session,
    vault: &VaultArn,
    arn: &RecoveryPointArn,
) -> Result<(), AwsError> {
    let call = session.backup().delete_recovery_point().backup_vault_name(vault.name());
    match send("backup:DeleteRecoveryPoint", call.recovery_point_arn(arn.as_str()).send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(()),
        other => other.map(drop),
    }
}

/// Deletes an empty vault.
///
/// # Errors
/// AWS's answer.
pub async fn delete_vault(session: &Session, name: &str) -> Result<(), AwsError> {
    send("backup:DeleteBackupVault", session.backup().delete_backup_vault().backup_vault_name(name).send())
        .await
        .map(drop)
}

/// Locks a vault in governance mode: without `ChangeableForDays` the lock can be changed and taken off again (AWS Backup API
/// Reference, PutBackupVaultLockConfiguration).
///
/// # Errors
/// AWS's answer.
pub async fn lock_vault(session: &Session, name: &str, range: LockRange) -> Result<(), AwsError> {
    let call = session.backup().put_backup_vault_lock_configuration().backup_vault_name(name);
    let call = call.min_retention_days(range.min_days).max_retention_days(range.max_days);
    send("backup:PutBackupVaultLockConfiguration", call.send()).await.map(drop)
}

/// What the legal holds in force keep, by recovery point.
///
/// # Errors
/// AWS's answer.
pub async fn held_recovery_points(session: &Session) -> Result<BTreeMap<String, LegalHold>, AwsError> {
    let holds = LEGAL_HOLDS.read(
        |hold: &sdk::LegalHold| hold.legal_hold_id(),
        async |token| {
            let call = session.backup().list_legal_holds().set_next_token(token);
            let page = send(LEGAL_HOLDS.operation, call.send()).await?;
            Ok((page.legal_holds, page.next_token))
        },
    );
    let mut held = BTreeMap::new();
    // A hold that is being made or cancelled holds as well.
    for hold in holds.await?.iter().filter(|hold| hold.status() != Some(&sdk::LegalHoldStatus::Canceled)) {
        let id = hold.legal_hold_id().unwrap_or_default();
        let hold = LegalHold { id: id.to_owned(), title: hold.title().unwrap_or_default().to_owned() };
        for point in held_by(session, id).await? {
            held.extend(point.recovery_point_arn.map(|arn| (arn, hold.clone())));
        }
    }
    Ok(held)
}

const LEGAL_HOLDS: Listing = Listing { operation: "backup:ListLegalHolds", items: "LegalHolds", id: "LegalHoldId" };
const HELD: Listing =
    Listing { operation: "backup:ListRecoveryPointsByLegalHold", items: "RecoveryPoints", id: "RecoveryPointArn" };

async fn held_by(session: &Session, hold: &str) -> Result<Vec<sdk::RecoveryPointMember>, AwsError> {
    let found = HELD.read(
        |point: &sdk::RecoveryPointMember| point.recovery_point_arn(),
        async |token| {
            let call = session.backup().list_recovery_points_by_legal_hold().legal_hold_id(hold).set_next_token(token);
            let page = send(HELD.operation, call.send()).await?;
            Ok((page.recovery_points, page.next_token))
        },
    );
    found.await
}

/// Tags of a vault or plan. AWS Backup does not serve the tags of RDS recovery points.
///
/// # Errors
/// AWS's answer.
pub async fn list_tags(session: &Session, arn: &str) -> Result<BTreeMap<String, String>, AwsError> {
    let operation = "backup:ListTags";
    let answer = send(operation, session.backup().list_tags().resource_arn(arn).send()).await?;
    Ok(answer.tags.required(operation, "Tags")?.into_iter().collect())
}

/// Puts tags on a vault or a plan; its other tags stay.
///
/// # Errors
/// AWS's answer.
pub async fn tag_resource(session: &Session, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
    let tags = tags.clone().into_iter().collect();
    let call = session.backup().tag_resource().resource_arn(arn).set_tags(Some(tags));
    send("backup:TagResource", call.send()).await.map(drop)
}

/// Whether the organization allows copies between accounts.
///
/// # Errors
/// AWS's answer (`InvalidRequestException` outside an organization).
pub async fn is_cross_account_enabled(session: &Session) -> Result<bool, AwsError> {
    let operation = "backup:DescribeGlobalSettings";
    let answer = send(operation, session.backup().describe_global_settings().send()).await?;
    let settings = answer.global_settings.required(operation, "GlobalSettings")?;
    Ok(settings.get("isCrossAccountBackupEnabled").is_some_and(|value| value == "true"))
}

/// Allows copies between accounts of the organization; only the management account may.
///
/// # Errors
/// AWS's answer.
pub async fn enable_cross_account(session: &Session) -> Result<(), AwsError> {
    let call = session.backup().update_global_settings().global_settings("isCrossAccountBackupEnabled", "true");
    send("backup:UpdateGlobalSettings", call.send()).await.map(drop)
}

/// Whether AWS Backup is opted in to RDS in the session's Region.
///
/// # Errors
/// AWS's answer.
pub async fn is_rds_opted_in(session: &Session) -> Result<bool, AwsError> {
    Ok(opt_ins(session).await?.get("RDS").copied().unwrap_or(false))
}

async fn opt_ins(session: &Session) -> Result<HashMap<String, bool>, AwsError> {
    let operation = "backup:DescribeRegionSettings";
    let answer = send(operation, session.backup().describe_region_settings().send()).await?;
    answer.resource_type_opt_in_preference.required(operation, "ResourceTypeOptInPreference")
}

/// Opts AWS Backup in to RDS in the session's Region, leaving all other types as they are.
///
/// # Errors
/// AWS's answer.
pub async fn opt_in_rds(session: &Session) -> Result<(), AwsError> {
    let mut preference = opt_ins(session).await?;
    preference.insert("RDS".to_owned(), true);
    let call = session.backup().update_region_settings().set_resource_type_opt_in_preference(Some(preference));
    send("backup:UpdateRegionSettings", call.send()).await.map(drop)
}
