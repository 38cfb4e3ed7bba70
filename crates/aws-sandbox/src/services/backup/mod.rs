//! AWS Backup: vaults, plans, jobs, recovery points. A job is carried out by calls to other services,
//! made by the principals that AWS uses, each authorized by the service that it reaches.

mod backup_jobs;
mod backup_run;
mod copy_checks;
mod copy_jobs;
mod copy_run;
mod deletion;
mod errors;
mod events;
mod firing;
mod jobs;
mod legal_holds;
mod lifecycle;
mod messages;
mod paging;
mod plans;
mod rds_calls;
mod recovery_points;
mod resources;
mod rules;
mod schedule;
mod selections;
mod settings;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;
mod vault_policies;
mod vaults;
mod windows;

pub(crate) use self::vaults::COUNT_LAG_MAX_SECONDS;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::backup_jobs::{BackupJob, BackupState};
pub use self::copy_jobs::{CopyJob, CopyState};
pub use self::jobs::{CreatedBy, JobKind, Jobs};
pub use self::legal_holds::LegalHold;
pub use self::lifecycle::Lifecycle;
pub use self::plans::Plan;
pub use self::recovery_points::{PointStatus, RecoveryPoint};
pub use self::vaults::{Vault, find as vault, vault_arn};
use super::ServiceRow;
use crate::operation;
use crate::world::{Caller, Operation, Place, World};

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "backup",
    model: include_str!("../../models/backup.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Backup",
    throttled: ("ThrottlingException", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "ServiceUnavailableException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateBackupVault", Change, vaults::create_needs, vaults::create),
    operation!("DescribeBackupVault", Read, vaults::needs, vaults::describe),
    operation!("ListBackupVaults", Read, plans::list_needs, vaults::list),
    operation!("DeleteBackupVault", Change, vaults::needs, vaults::delete),
    operation!("PutBackupVaultAccessPolicy", Change, vaults::needs, vault_policies::put_policy),
    operation!("GetBackupVaultAccessPolicy", Read, vaults::needs, vault_policies::get_policy),
    operation!("DeleteBackupVaultAccessPolicy", Change, vaults::needs, vault_policies::delete_policy),
    operation!("PutBackupVaultLockConfiguration", Change, vaults::needs, vault_policies::put_lock),
    operation!("DeleteBackupVaultLockConfiguration", Change, vaults::needs, vault_policies::delete_lock),
    operation!("CreateBackupPlan", Change, plans::needs, plans::create),
    operation!("GetBackupPlan", Read, plans::needs, plans::get),
    operation!("UpdateBackupPlan", Change, plans::needs, plans::update),
    operation!("DeleteBackupPlan", Change, plans::needs, plans::delete),
    operation!("ListBackupPlans", Read, plans::list_needs, plans::list),
    operation!("ListBackupPlanVersions", Read, plans::needs, plans::list_versions),
    operation!("CreateBackupSelection", Change, plans::needs, selections::create),
    operation!("GetBackupSelection", Read, plans::needs, selections::get),
    operation!("DeleteBackupSelection", Change, plans::needs, selections::delete),
    operation!("ListBackupSelections", Read, plans::needs, selections::list),
    operation!("StartBackupJob", Change, backup_jobs::start_needs, backup_jobs::start),
    operation!("DescribeBackupJob", Read, plans::list_needs, backup_jobs::describe),
    operation!("ListBackupJobs", Read, plans::list_needs, backup_jobs::list),
    operation!("StopBackupJob", Change, plans::list_needs, backup_jobs::stop),
    operation!("StartCopyJob", Change, recovery_points::needs, copy_jobs::start),
    operation!("DescribeCopyJob", Read, plans::list_needs, copy_jobs::describe),
    operation!("ListCopyJobs", Read, plans::list_needs, copy_jobs::list),
    operation!("ListRecoveryPointsByBackupVault", Read, recovery_points::list_needs, recovery_points::list),
    operation!(
        "ListRecoveryPointsByResource",
        Read,
        recovery_points::list_by_resource_needs,
        recovery_points::list_by_resource
    ),
    operation!("DescribeRecoveryPoint", Read, recovery_points::needs, recovery_points::describe),
    operation!("UpdateRecoveryPointLifecycle", Change, recovery_points::needs, recovery_points::update_lifecycle),
    operation!("DeleteRecoveryPoint", Change, recovery_points::needs, deletion::delete),
    operation!("DisassociateRecoveryPoint", Change, recovery_points::needs, recovery_points::disassociate),
    operation!("GetRecoveryPointRestoreMetadata", Read, recovery_points::needs, recovery_points::restore_metadata),
    operation!("ListTags", Read, tags::needs, tags::list),
    operation!("TagResource", Change, tags::needs, tags::tag),
    operation!("UntagResource", Change, tags::needs, tags::untag),
    operation!("DescribeGlobalSettings", Read, settings::needs, settings::describe_global),
    operation!("UpdateGlobalSettings", Change, settings::needs, settings::update_global),
    operation!("DescribeRegionSettings", Read, settings::needs, settings::describe_region),
    operation!("UpdateRegionSettings", Change, settings::needs, settings::update_region),
    operation!("CreateLegalHold", Change, legal_holds::needs, legal_holds::create),
    operation!("CancelLegalHold", Change, legal_holds::needs, legal_holds::cancel),
    operation!("GetLegalHold", Read, legal_holds::needs, legal_holds::get),
    operation!("ListLegalHolds", Read, plans::list_needs, legal_holds::list),
    operation!("ListRecoveryPointsByLegalHold", Read, legal_holds::needs, legal_holds::list_points),
    operation!("ListProtectedResources", Read, plans::list_needs, resources::list),
    operation!("DescribeProtectedResource", Read, plans::list_needs, resources::describe),
];

/// What exists in one place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub vaults: BTreeMap<String, Vault>,
    /// By id; deleted ones stay.
    pub plans: BTreeMap<String, Plan>,
    pub backup_jobs: Jobs<BackupJob>,
    /// Of the vaults that lie here.
    pub copy_jobs: Jobs<CopyJob>,
    pub legal_holds: BTreeMap<String, LegalHold>,
    region: settings::RegionSettings,
    /// In the home Region of a management account: its organization's settings.
    global: settings::GlobalSettings,
    tokens: tokens::Tokens,
    /// Who works on the resources that lie here.
    slots: BTreeMap<String, jobs::Slot>,
    /// Events that wait for the next mark.
    outbox: Vec<events::Notice>,
}

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Due {
    /// A rule of a plan fires, if that version is still in force.
    Fire { plan: String, version: String, rule: String },
    /// A backup job tries to begin.
    BeginBackup { job: String },
    /// A backup job's start window is over.
    CloseStartWindow { job: String },
    /// A backup job makes its snapshot.
    RunBackup { job: String },
    /// A backup job looks how far RDS is.
    WatchBackup { job: String },
    /// A copy job starts.
    AdmitCopy { job: String },
    /// A copy job runs, if its resource is free.
    BeginCopy { job: String },
    /// A copy job looks how far RDS is.
    WatchCopy { job: String },
    /// A recovery point's time is over, if its lifecycle still says so.
    Expire { vault: String, point: String },
    /// A deletion is carried out for whom asked for it.
    FinishDeletion { vault: String, point: String, caller: Option<Box<Caller>> },
    /// The five-minute mark.
    EmitEvents,
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Fire { plan, version, rule } => firing::fire(world, place, &plan, &version, &rule),
        Due::BeginBackup { job } => backup_run::begin(world, place, &job),
        Due::CloseStartWindow { job } => backup_run::close_start_window(world, place, &job),
        Due::RunBackup { job } => backup_run::run(world, place, &job),
        Due::WatchBackup { job } => backup_run::watch(world, place, &job),
        Due::AdmitCopy { job } => copy_run::admit(world, place, &job),
        Due::BeginCopy { job } => copy_run::begin(world, place, &job),
        Due::WatchCopy { job } => copy_run::watch(world, place, &job),
        Due::Expire { vault, point } => deletion::expire(world, place, &vault, &point),
        Due::FinishDeletion { vault, point, caller } => {
            deletion::finish(world, place, &vault, &point, caller.as_deref());
        }
        Due::EmitEvents => events::emit_waiting(world, place),
    }
}
