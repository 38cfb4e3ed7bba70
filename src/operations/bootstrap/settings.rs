//! Settings and roles that AWS Backup needs before any stack is of use.

use serde::Serialize;

use crate::aws::iam::NewRole;
use crate::aws::{AwsError, Session, backup, iam, organizations};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::{BACKUP_ROLE_TRUST, Pipeline};

/// One setting or role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// AWS Backup's service-linked role.
    BackupServiceLinkedRole,
    /// RDS's service-linked role.
    RdsServiceLinkedRole,
    /// The role that AWS Backup backs up with.
    BackupDefaultRole,
    /// AWS Backup's opt-in to RDS.
    RdsOptIn,
    /// AWS Backup as a trusted service of the organization.
    OrganizationsTrustedAccess,
    /// Copies between accounts of the organization.
    CrossAccountBackup,
}

/// How a setting stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingState {
    /// As it must be.
    On,
    /// Missing.
    Off,
    /// The role is there; whether it has its policies could not be looked at, and why.
    Glimpsed(AwsError),
    /// It could not be looked at, and why.
    Unseen(AwsError),
}

/// What is done about a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingAction {
    /// It is turned on.
    Enable,
    /// The role is created.
    Create,
    /// Nothing.
    None,
}

/// A setting in its place, and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    pub environment: EnvironmentName,
    pub setting: Setting,
    pub action: SettingAction,
    /// Whose change it is: the environment's own, or `management` for the organization's settings.
    pub turned_on_in: &'static str,
}

impl Setting {
    /// Everything that is looked at, in the order that it is made.
    pub(super) const WANTED: [(EnvironmentName, Setting); 7] = [
        (EnvironmentName::Source, Setting::BackupServiceLinkedRole),
        (EnvironmentName::Destination, Setting::BackupServiceLinkedRole),
        (EnvironmentName::Destination, Setting::RdsServiceLinkedRole),
        (EnvironmentName::Source, Setting::BackupDefaultRole),
        (EnvironmentName::Source, Setting::RdsOptIn),
        (EnvironmentName::Destination, Setting::OrganizationsTrustedAccess),
        (EnvironmentName::Destination, Setting::CrossAccountBackup),
    ];

    /// The setting as documents have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BackupServiceLinkedRole => "backup-service-linked-role",
            Self::RdsServiceLinkedRole => "rds-service-linked-role",
            Self::BackupDefaultRole => "backup-default-role",
            Self::RdsOptIn => "rds-opt-in",
            Self::OrganizationsTrustedAccess => "organizations-trusted-access",
            Self::CrossAccountBackup => "cross-account-backup",
        }
    }

    /// What turns it on.
    pub(super) fn action(self) -> SettingAction {
        match self {
            Self::BackupServiceLinkedRole | Self::RdsServiceLinkedRole | Self::BackupDefaultRole => {
                SettingAction::Create
            }
            Self::RdsOptIn | Self::OrganizationsTrustedAccess | Self::CrossAccountBackup => SettingAction::Enable,
        }
    }

    /// Whether only the organization's management account can change it.
    pub(super) fn is_organizations(self) -> bool {
        matches!(self, Self::OrganizationsTrustedAccess | Self::CrossAccountBackup)
    }

    /// Whether no recovery point arrives without it, as `doctor` judges it: its check is an error then.
    pub(super) fn is_required(self, environment: EnvironmentName, pipeline: &Pipeline) -> bool {
        match self {
            // RDS needs its own for restores; trusted access serves policies and monitoring (AWS Backup Developer
            // Guide, create-cross-account-backup and manage-cross-account).
            Self::OrganizationsTrustedAccess | Self::RdsServiceLinkedRole => false,
            // The destination's makes the copy; where backups are taken, AWS Backup makes it again by itself (AWS
            // Backup Developer Guide, using-service-linked-roles).
            Self::BackupServiceLinkedRole => environment == EnvironmentName::Destination,
            // An explicit ARN is backed up even when the type is opted out (AWS Backup API
            // Reference, UpdateRegionSettings).
            Self::RdsOptIn => pipeline.selection.is_by_tag(),
            Self::BackupDefaultRole | Self::CrossAccountBackup => true,
        }
    }
}

/// The service-linked roles' names (AWS Backup Developer Guide, using-service-linked-roles; Amazon
/// RDS User Guide, UsingWithRDS.IAM.ServiceLinkedRoles).
const BACKUP_ROLE: &str = "AWSServiceRoleForBackup";
const RDS_ROLE: &str = "AWSServiceRoleForRDS";
/// The default role's path, name and policies (AWS Backup Developer Guide, iam-service-roles).
const DEFAULT_ROLE: &str = "service-role/AWSBackupDefaultServiceRole";
const DEFAULT_ROLE_POLICIES: [&str; 2] =
    ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"];

/// Whether the configured role is the one that we know how to create.
pub(super) fn is_default_role(pipeline: &Pipeline) -> bool {
    pipeline.plan.role.trim_start_matches('/') == DEFAULT_ROLE
}

/// Looks at a setting.
pub(super) async fn look(
    pipeline: &Pipeline,
    sessions: &Sessions,
    management: Option<&Session>,
    environment: EnvironmentName,
    setting: Setting,
) -> SettingState {
    let session = sessions.get(environment);
    let found = match setting {
        Setting::BackupServiceLinkedRole => iam::role_exists(session, BACKUP_ROLE).await,
        Setting::RdsServiceLinkedRole => iam::role_exists(session, RDS_ROLE).await,
        Setting::BackupDefaultRole => return backup_role(pipeline, session).await,
        Setting::RdsOptIn => backup::is_rds_opted_in(session).await,
        Setting::OrganizationsTrustedAccess => organizations::has_trusted_access(management.unwrap_or(session)).await,
        Setting::CrossAccountBackup => backup::is_cross_account_enabled(management.unwrap_or(session)).await,
    };
    state(found)
}

fn state(found: Result<bool, AwsError>) -> SettingState {
    match found {
        Ok(true) => SettingState::On,
        Ok(false) => SettingState::Off,
        Err(error) => SettingState::Unseen(error),
    }
}

/// Whether the role exists; the one that we know how to create must have its policies too, since a run may have been
/// stopped between creating and attaching.
async fn backup_role(pipeline: &Pipeline, session: &Session) -> SettingState {
    let name = pipeline.plan.role.rsplit('/').next().unwrap_or_default();
    if !is_default_role(pipeline) {
        return state(iam::role_exists(session, name).await);
    }
    let has_all = |attached: Vec<String>| default_role_policies(pipeline).iter().all(|one| attached.contains(one));
    match iam::attached_policies(session, name).await {
        Err(error) if error.is_access_denied() => match iam::role_exists(session, name).await {
            Ok(true) => SettingState::Glimpsed(error),
            otherwise => state(otherwise),
        },
        looked => state(looked.map(|attached| attached.is_some_and(has_all))),
    }
}

fn default_role_policies(pipeline: &Pipeline) -> [String; 2] {
    DEFAULT_ROLE_POLICIES.map(|policy| format!("arn:{}:iam::aws:policy/{policy}", pipeline.partition()))
}

/// Turns a setting on.
pub(super) async fn turn_on(pipeline: &Pipeline, session: &Session, setting: Setting) -> Result<(), AwsError> {
    match setting {
        Setting::BackupServiceLinkedRole => iam::create_service_linked_role(session, "backup.amazonaws.com").await,
        Setting::RdsServiceLinkedRole => iam::create_service_linked_role(session, "rds.amazonaws.com").await,
        Setting::BackupDefaultRole => {
            let (path, name) = DEFAULT_ROLE.split_once('/').unwrap_or_default();
            let role = NewRole {
                path: &format!("/{path}/"),
                name,
                trust: BACKUP_ROLE_TRUST,
                description: "Provides AWS Backup permission to create backups and perform restores on your behalf",
            };
            iam::create_role(session, &role).await?;
            for arn in default_role_policies(pipeline) {
                iam::attach_role_policy(session, name, &arn).await?;
            }
            Ok(())
        }
        Setting::RdsOptIn => backup::opt_in_rds(session).await,
        Setting::OrganizationsTrustedAccess => organizations::enable_trusted_access(session).await,
        Setting::CrossAccountBackup => backup::enable_cross_account(session).await,
    }
}
