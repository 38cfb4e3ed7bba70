//! Vaults by their name, and their locks.

use super::super::error::{AwsError, send};
use super::super::{Session, date};
use super::Vault;

/// What AWS Backup answers for a vault that does not exist; IAM's own denials name who may not do what.
const NOT_AUTHORIZED: &str = "is not authorized to perform";

/// A vault by its name; none where AWS Backup does not know it. A vault that does not exist answers
/// `ResourceNotFoundException` or `AccessDeniedException` with "Insufficient privileges to perform this action."
/// (AWS Backup API Reference, DescribeBackupVault; hashicorp/terraform-provider-aws, internal/service/backup/vault.go),
/// so that only together with the list of vaults it says that the vault is gone.
///
/// # Errors
/// AWS's answer, also where IAM says that the caller may not ask.
pub async fn describe_vault(session: &Session, name: &str) -> Result<Option<Vault>, AwsError> {
    let operation = "backup:DescribeBackupVault";
    let answer = match send(operation, session.backup().describe_backup_vault().backup_vault_name(name).send()).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        Err(error) if error.is_access_denied() && !error.message.contains(NOT_AUTHORIZED) => return Ok(None),
        other => other?,
    };
    let arn = answer.backup_vault_arn().and_then(|arn| arn.parse().ok());
    Ok(Some(Vault {
        name: name.to_owned(),
        arn: arn.ok_or_else(|| AwsError::missing(operation, "BackupVaultArn"))?,
        key_arn: answer.encryption_key_arn().and_then(|key| key.parse().ok()),
        recovery_points: answer.number_of_recovery_points(),
        locked: answer.locked().unwrap_or(false),
        lock_date: answer.lock_date().and_then(date),
        min_retention_days: answer.min_retention_days(),
        max_retention_days: answer.max_retention_days(),
        created_at: answer.creation_date().and_then(date),
    }))
}

/// Takes the lock off a vault: one in governance mode, or one whose grace time is not over (AWS Backup Developer
/// Guide, "AWS Backup Vault Lock").
///
/// # Errors
/// AWS's answer.
pub async fn delete_lock(session: &Session, name: &str) -> Result<(), AwsError> {
    let call = session.backup().delete_backup_vault_lock_configuration().backup_vault_name(name);
    send("backup:DeleteBackupVaultLockConfiguration", call.send()).await.map(drop)
}
