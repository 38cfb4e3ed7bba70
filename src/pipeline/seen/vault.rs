//! Backup vaults.

use chrono::{DateTime, Utc};

use crate::pipeline::arn::{KeyArn, VaultArn};

/// A backup vault as the list of vaults shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    pub name: String,
    pub arn: VaultArn,
    pub key_arn: Option<KeyArn>,
    /// AWS's own, approximate number of recovery points.
    pub recovery_points: i64,
    /// Whether a vault lock holds it.
    pub locked: bool,
    /// When its lock can no longer be taken off; none where the lock is in governance mode.
    pub lock_date: Option<DateTime<Utc>>,
    /// The least days that its lock admits.
    pub min_retention_days: Option<i64>,
    /// The most days that its lock admits.
    pub max_retention_days: Option<i64>,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
}

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    pub id: String,
    pub title: String,
}
