//! AWS Backup: vaults, recovery points, settings; jobs and plans lie in modules of their own.

use std::collections::BTreeMap;

use aws_sdk_backup::types as sdk;
use chrono::{DateTime, Utc};

use super::error::{AwsError, send};
use super::{Session, date, stamp};
use crate::pipeline::arn::{KeyArn, RecoveryPointArn, VaultArn};
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus};
use crate::policy::evaluate::Named;

mod jobs;
pub mod plans;

pub use jobs::{JobFilter, NewCopy, describe_copy_job, list_backup_jobs, list_copy_jobs, start_copy_job};

/// Items on a page; `MaxResults` is at most 1,000 (AWS Backup API Reference).
const PAGE: i32 = 1000;

/// A backup vault as the list of vaults shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: VaultArn,
    /// Its key.
    pub key_arn: Option<KeyArn>,
    /// AWS's own, approximate number of recovery points.
    pub recovery_points: i64,
    /// Whether a vault lock holds it.
    pub locked: bool,
    /// The least days that its lock admits.
    pub min_retention_days: Option<i64>,
    /// The most days that its lock admits.
    pub max_retention_days: Option<i64>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
}

/// All vaults of the session's account and Region. Existence is only to be learned here: reads of a
/// vault that does not exist answer `AccessDeniedException`.
///
/// # Errors
/// AWS's answer.
pub async fn list_vaults(session: &Session) -> Result<Vec<Vault>, AwsError> {
    let mut pages = session.backup().list_backup_vaults().max_results(PAGE).into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(vault) = send("backup:ListBackupVaults", async { pages.next().await.transpose() }).await? {
        let (Some(name), Some(arn)) = (vault.backup_vault_name(), vault.backup_vault_arn()) else { continue };
        let Ok(arn) = arn.parse() else { continue };
        found.push(Vault {
            name: name.to_owned(),
            arn,
            key_arn: vault.encryption_key_arn().and_then(|key| key.parse().ok()),
            recovery_points: vault.number_of_recovery_points(),
            locked: vault.locked().unwrap_or(false),
            min_retention_days: vault.min_retention_days(),
            max_retention_days: vault.max_retention_days(),
            created_at: vault.creation_date().and_then(date),
        });
    }
    Ok(found)
}

/// The access policy of a vault that exists; none where it has none.
///
/// # Errors
/// AWS's answer.
pub async fn vault_policy(session: &Session, name: &str) -> Result<Option<Named>, AwsError> {
    let call = session.backup().get_backup_vault_access_policy().backup_vault_name(name);
    match send("backup:GetBackupVaultAccessPolicy", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(None),
        other => Ok(other?.policy.map(|text| Named { name: format!("access policy of vault {name}"), text })),
    }
}

/// Recovery points of a vault, all pages, optionally of one resource or created after a time.
///
/// # Errors
/// AWS's answer, or one that lacks what every recovery point has.
pub async fn list_recovery_points(
    session: &Session,
    vault: &VaultArn,
    filter: &PointFilter,
) -> Result<Vec<RecoveryPoint>, AwsError> {
    let operation = "backup:ListRecoveryPointsByBackupVault";
    let mut pages = session
        .backup()
        .list_recovery_points_by_backup_vault()
        .backup_vault_name(vault.name())
        .set_by_resource_arn(filter.resource_arn.clone())
        .set_by_created_after(filter.created_after.map(stamp))
        .max_results(PAGE)
        .into_paginator()
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(point) = send(operation, async { pages.next().await.transpose() }).await? {
        found.push(listed(vault, &point).ok_or_else(|| AwsError::missing(operation, "RecoveryPointArn"))?);
    }
    Ok(found)
}

/// Which recovery points are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointFilter {
    /// Of this resource.
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

fn listed(vault: &VaultArn, point: &sdk::RecoveryPointByBackupVault) -> Option<RecoveryPoint> {
    let created = point.creation_date().and_then(date)?;
    Some(RecoveryPoint {
        arn: point.recovery_point_arn()?.parse().ok()?,
        vault_arn: vault.clone(),
        origin: Origin::new(point.resource_arn()?, created),
        resource_type: point.resource_type().unwrap_or_default().to_owned(),
        status: RecoveryPointStatus::from(point.status().map_or("", |status| status.as_str())),
        status_message: point.status_message().map(str::to_owned),
        // The SDK reads an absent IsEncrypted as false: only a key says more.
        encrypted: Some(point.is_encrypted() || point.encryption_key_arn().is_some()),
        key_arn: point.encryption_key_arn().and_then(|key| key.parse().ok()),
        completed_at: point.completion_date().and_then(date),
        delete_at: point.calculated_lifecycle().and_then(|life| life.delete_at()).and_then(date),
        delete_after_days: point.lifecycle().and_then(|life| life.delete_after_days()),
        copied_from: point.source_backup_vault_arn().and_then(|arn| arn.parse().ok()),
        plan_id: point.created_by().and_then(|by| by.backup_plan_id()).map(str::to_owned),
        rule_id: point.created_by().and_then(|by| by.backup_rule_id()).map(str::to_owned),
        size_bytes: point.backup_size_in_bytes(),
    })
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
    let created = point.creation_date().and_then(date).ok_or_else(|| AwsError::missing(operation, "CreationDate"))?;
    let resource = point.resource_arn().ok_or_else(|| AwsError::missing(operation, "ResourceArn"))?;
    Ok(Some(RecoveryPoint {
        arn: arn.clone(),
        vault_arn: vault.clone(),
        origin: Origin::new(resource, created),
        resource_type: point.resource_type().unwrap_or_default().to_owned(),
        status: RecoveryPointStatus::from(point.status().map_or("", |status| status.as_str())),
        status_message: point.status_message().map(str::to_owned),
        encrypted: Some(point.is_encrypted() || point.encryption_key_arn().is_some()),
        key_arn: point.encryption_key_arn().and_then(|key| key.parse().ok()),
        completed_at: point.completion_date().and_then(date),
        delete_at: point.calculated_lifecycle().and_then(|life| life.delete_at()).and_then(date),
        delete_after_days: point.lifecycle().and_then(|life| life.delete_after_days()),
        copied_from: point.source_backup_vault_arn().and_then(|arn| arn.parse().ok()),
        plan_id: point.created_by().and_then(|by| by.backup_plan_id()).map(str::to_owned),
        rule_id: point.created_by().and_then(|by| by.backup_rule_id()).map(str::to_owned),
        size_bytes: point.backup_size_in_bytes(),
    }))
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

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// What the legal holds in force keep, by recovery point.
///
/// # Errors
/// AWS's answer.
pub async fn held_recovery_points(session: &Session) -> Result<BTreeMap<String, LegalHold>, AwsError> {
    let mut pages = session.backup().list_legal_holds().into_paginator().items().send();
    let mut held = BTreeMap::new();
    while let Some(hold) = send("backup:ListLegalHolds", async { pages.next().await.transpose() }).await? {
        // A hold that is being made or cancelled holds as well.
        let Some(id) = hold.legal_hold_id().filter(|_| hold.status() != Some(&sdk::LegalHoldStatus::Canceled)) else {
            continue;
        };
        let hold = LegalHold { id: id.to_owned(), title: hold.title().unwrap_or_default().to_owned() };
        let list = session.backup().list_recovery_points_by_legal_hold().legal_hold_id(id);
        let mut points = list.into_paginator().items().send();
        let operation = "backup:ListRecoveryPointsByLegalHold";
        while let Some(point) = send(operation, async { points.next().await.transpose() }).await? {
            held.extend(point.recovery_point_arn().map(|arn| (arn.to_owned(), hold.clone())));
        }
    }
    Ok(held)
}

/// Tags of a vault or plan. AWS Backup does not serve the tags of RDS recovery points.
///
/// # Errors
/// AWS's answer.
pub async fn list_tags(session: &Session, arn: &str) -> Result<BTreeMap<String, String>, AwsError> {
    let answer = send("backup:ListTags", session.backup().list_tags().resource_arn(arn).send()).await?;
    Ok(answer.tags.unwrap_or_default().into_iter().collect())
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
    let answer = send("backup:DescribeGlobalSettings", session.backup().describe_global_settings().send()).await?;
    let settings = answer.global_settings.unwrap_or_default();
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
    let answer = send("backup:DescribeRegionSettings", session.backup().describe_region_settings().send()).await?;
    Ok(answer.resource_type_opt_in_preference.unwrap_or_default().get("RDS").copied().unwrap_or(false))
}

/// Opts AWS Backup in to RDS in the session's Region, leaving all other types as they are.
///
/// # Errors
/// AWS's answer.
pub async fn opt_in_rds(session: &Session) -> Result<(), AwsError> {
    let answer = send("backup:DescribeRegionSettings", session.backup().describe_region_settings().send()).await?;
    let mut preference = answer.resource_type_opt_in_preference.unwrap_or_default();
    preference.insert("RDS".to_owned(), true);
    let call = session.backup().update_region_settings().set_resource_type_opt_in_preference(Some(preference));
    send("backup:UpdateRegionSettings", call.send()).await.map(drop)
}
