//! The recovery points of the three vaults, and what the jobs say of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Look;
use super::database::Snapshot;
use super::key::Key;
use crate::pipeline::arn::RecoveryPointArn;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::identity::Identities;
use crate::pipeline::instant::shown;
use crate::pipeline::recovery_point::{BackupJob, CopyJob, RecoveryPoint};
use crate::pipeline::seen;

/// The recovery points of one environment, as far as they could be seen.
#[derive(Debug)]
pub struct EnvironmentSeen {
    pub name: EnvironmentName,
    /// Its vault's recovery points.
    pub points: Look<Vec<RecoveryPoint>>,
    /// The copy jobs out of it to the next vault; empty for the destination.
    pub jobs: Look<Vec<CopyJob>>,
    /// The backup jobs into its vault, newest last; only of the source.
    pub backup_jobs: Look<Vec<BackupJob>>,
    /// The snapshots of AWS Backup, by ARN: all of the intermediate, elsewhere those that had to be asked which database
    /// they are of.
    pub snapshots: Look<BTreeMap<String, Snapshot>>,
    /// Accounts that a snapshot is still shared with, by ARN; only where AWS said that it could not take a share back.
    pub shared: BTreeMap<String, Look<Vec<String>>>,
    /// The keys of its recovery points, by ARN.
    pub keys: BTreeMap<String, Look<Option<Key>>>,
    /// Now, as AWS has it there.
    pub now: DateTime<Utc>,
}

/// Everything that `judge` looks at.
#[derive(Debug)]
pub struct Observed {
    /// Everything but recovery points.
    pub seen: seen::Observed,
    /// The recovery points of the three environments.
    pub environments: Vec<EnvironmentSeen>,
    /// Which database each backup is of.
    pub identities: Identities,
    /// Copies that completed jobs made and no list has, each asked for by name.
    pub absent: Vec<AbsentCopy>,
    /// Calls that it took.
    pub calls: u64,
}

/// A copy that a completed job made and the vault's list lacks, although it is to be kept still.
#[derive(Debug, Clone)]
pub struct AbsentCopy {
    /// The hop that made it.
    pub hop: Hop,
    pub job_id: String,
    pub recovery_point: RecoveryPointArn,
    /// The recovery point that it was copied from.
    pub copied_from: Option<RecoveryPointArn>,
    pub resource_arn: String,
    /// When its backup was made, where anything says so still.
    pub backed_up_at: Option<DateTime<Utc>>,
    /// When the copy was completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Until when it was to be kept.
    pub kept: Kept,
    /// Whether AWS, asked for it by name, says that it is not there; or why that could not be learned.
    pub gone: Look<()>,
}

/// Until when a copy was to be kept, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The days that its copy job asked for.
    AskedFor(DateTime<Utc>),
    /// The days that are deployed, since nothing says what its job asked for.
    Supposed(DateTime<Utc>),
}

impl Kept {
    pub fn until(self) -> DateTime<Utc> {
        match self {
            Self::AskedFor(at) | Self::Supposed(at) => at,
        }
    }

    pub fn in_words(self) -> String {
        match self {
            Self::AskedFor(at) => format!("the copy is gone, and was to be kept until {}", shown(at)),
            Self::Supposed(at) => format!(
                "the copy is gone. Nothing says how long it was to be kept; by the days that are deployed it would be \
                 there until {}, and somebody deleted it unless its copy job asked for fewer",
                shown(at)
            ),
        }
    }
}
