//! Recovery points, backup jobs and copy jobs as the pipeline sees them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::arn::{KeyArn, RecoveryPointArn, VaultArn};
use super::origin::Origin;
use super::plural::count;

/// A recovery point as a vault's list returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveryPoint {
    pub arn: RecoveryPointArn,
    /// The vault that it lies in.
    pub vault_arn: VaultArn,
    /// The resource that was backed up, and when.
    pub origin: Origin,
    /// `RDS`, `Aurora`, `EBS`, … as AWS Backup spells it.
    pub resource_type: String,
    pub status: RecoveryPointStatus,
    /// AWS's explanation of the status, where it gives one.
    pub status_message: Option<String>,
    /// Whether it is encrypted; unknown where AWS does not say.
    pub encrypted: Option<bool>,
    /// The key that encrypts it.
    pub key_arn: Option<KeyArn>,
    /// When the backup or copy ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// When AWS will delete it.
    pub delete_at: Option<DateTime<Utc>>,
    /// Days that it is kept, from the origin's creation.
    pub delete_after_days: Option<i64>,
    /// The vault that it was copied from.
    pub copied_from: Option<VaultArn>,
    /// The plan that made it.
    pub plan_id: Option<String>,
    /// The rule of that plan.
    pub rule_id: Option<String>,
    /// Its size in bytes; 0 or absent for RDS.
    pub size_bytes: Option<i64>,
}

/// `1 recovery point`, `2 recovery points`.
pub fn counted(number: usize) -> String {
    count(number as u64, "recovery point", "recovery points")
}

/// `RecoveryPointStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoveryPointStatus {
    /// Finished.
    Completed,
    /// Finished, in AWS's newer word.
    Available,
    /// Being made.
    Creating,
    /// Made of parts of which some are missing.
    Partial,
    /// Being deleted.
    Deleting,
    /// Past its retention, or deleted with too few permissions.
    Expired,
    /// A continuous backup whose feed was stopped.
    Stopped,
    /// A word that this version does not know.
    Other(String),
}

impl RecoveryPointStatus {
    /// The status as AWS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Completed => "COMPLETED",
            Self::Available => "AVAILABLE",
            Self::Creating => "CREATING",
            Self::Partial => "PARTIAL",
            Self::Deleting => "DELETING",
            Self::Expired => "EXPIRED",
            Self::Stopped => "STOPPED",
            Self::Other(word) => word,
        }
    }

    /// Whether one can restore from it.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Completed | Self::Available)
    }
}

impl From<&str> for RecoveryPointStatus {
    fn from(word: &str) -> Self {
        match word {
            "COMPLETED" => Self::Completed,
            "AVAILABLE" => Self::Available,
            "CREATING" => Self::Creating,
            "PARTIAL" => Self::Partial,
            "DELETING" => Self::Deleting,
            "EXPIRED" => Self::Expired,
            "STOPPED" => Self::Stopped,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// The state of a backup job or copy job. Copy jobs know only the first, `Running`, `Completed`,
/// `Failed` and `Partial`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// Accepted, not begun.
    Created,
    /// Waits for its start window.
    Pending,
    /// Under way.
    Running,
    /// Being stopped.
    Aborting,
    /// Stopped.
    Aborted,
    /// Ended well.
    Completed,
    /// Ended without a result.
    Failed,
    /// Did not start in its window.
    Expired,
    /// Ended with a part of the result.
    Partial,
    /// A word that this version does not know.
    Other(String),
}

impl JobState {
    /// The state as AWS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "CREATED",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Aborting => "ABORTING",
            Self::Aborted => "ABORTED",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Expired => "EXPIRED",
            Self::Partial => "PARTIAL",
            Self::Other(word) => word,
        }
    }

    /// Whether the job is still going on; an unknown word counts as going on, because starting
    /// another job beside it could make a second copy.
    pub fn is_in_flight(&self) -> bool {
        matches!(self, Self::Created | Self::Pending | Self::Running | Self::Aborting | Self::Other(_))
    }

    /// Whether the job is over without a whole result.
    pub fn is_over_without_result(&self) -> bool {
        matches!(self, Self::Aborted | Self::Failed | Self::Expired | Self::Partial)
    }
}

impl From<&str> for JobState {
    fn from(word: &str) -> Self {
        match word {
            "CREATED" => Self::Created,
            "PENDING" => Self::Pending,
            "RUNNING" => Self::Running,
            "ABORTING" => Self::Aborting,
            "ABORTED" => Self::Aborted,
            "COMPLETED" => Self::Completed,
            "FAILED" => Self::Failed,
            "EXPIRED" => Self::Expired,
            "PARTIAL" => Self::Partial,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for JobState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for RecoveryPointStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A copy job as the source vault's account and Region list it.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyJob {
    /// Its id, as AWS spells it (compare ids without regard to case).
    pub id: String,
    pub state: JobState,
    pub status_message: Option<String>,
    /// The recovery point that is copied.
    pub source_recovery_point: Option<RecoveryPointArn>,
    /// The vault that it is copied from.
    pub source_vault: Option<VaultArn>,
    /// The vault that it is copied to.
    pub destination_vault: Option<VaultArn>,
    /// The copy, once there is one.
    pub destination_recovery_point: Option<RecoveryPointArn>,
    /// The key that encrypts the copy, where AWS says it.
    pub destination_key: Option<KeyArn>,
    pub resource_arn: Option<String>,
    pub resource_type: Option<String>,
    /// The role that it runs under.
    pub role_arn: Option<String>,
    /// The size in bytes; 0 or absent for RDS.
    pub size_bytes: Option<i64>,
    /// When the job was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When the job ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// The plan that started it; absent for jobs that somebody started.
    pub plan_id: Option<String>,
    /// Days that the copy was to be kept, from the origin's creation, where the job asked for any.
    pub delete_after_days: Option<i64>,
}

/// A backup job.
#[derive(Debug, Clone, PartialEq)]
pub struct BackupJob {
    pub id: String,
    pub state: JobState,
    pub status_message: Option<String>,
    pub resource_arn: Option<String>,
    /// The vault that it writes to.
    pub vault_arn: Option<VaultArn>,
    /// The recovery point, once there is one.
    pub recovery_point: Option<RecoveryPointArn>,
    /// When the job was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When the job ended.
    pub completed_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_copy_job_is_over_without_a_result() {
        assert!(JobState::from("PARTIAL").is_over_without_result());
        assert!(!JobState::from("COMPLETED").is_over_without_result());
    }

    #[test]
    fn an_unknown_state_counts_as_going_on() {
        assert!(JobState::from("QUEUED").is_in_flight());
    }

    #[test]
    fn both_words_for_finished_are_usable() {
        assert!(RecoveryPointStatus::from("COMPLETED").is_usable());
        assert!(RecoveryPointStatus::from("AVAILABLE").is_usable());
        assert!(!RecoveryPointStatus::from("EXPIRED").is_usable());
    }
}
