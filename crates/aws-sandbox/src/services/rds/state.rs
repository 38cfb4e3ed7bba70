//! What RDS keeps in one place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keys::Asked;
use super::{names, options};
use crate::world::{Moment, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// A tag as RDS writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    pub key: String,
    #[serde(default)]
    pub value: String,
}

/// A DB instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DbInstance {
    /// `DBInstanceIdentifier` in lower case letters.
    pub identifier: String,
    pub arn: String,
    /// The name that it is to have.
    #[serde(default)]
    pub pending_identifier: Option<String>,
    /// `DbiResourceId`: stays when the identifier changes, never comes back.
    pub resource_id: String,
    /// `available`, `creating`, `stopped`, …
    pub status: String,
    /// In the form `db.m5.large`.
    pub class: String,
    /// In the form `postgres`.
    pub engine: String,
    pub engine_version: String,
    /// The size of its storage, in GiB.
    pub allocated_gib: i64,
    /// The key's ARN where its storage is encrypted.
    pub kms_key: Option<String>,
    /// The grant that RDS holds on that key as long as it stands.
    #[serde(default)]
    pub grant: Option<Grant>,
    pub option_group: String,
    pub master_username: String,
    pub database: Option<String>,
    pub port: i64,
    pub created: Moment,
    /// Automated backups are kept so many days.
    pub backup_retention_days: i64,
    /// In the form `hh24:mi-hh24:mi`.
    pub backup_window: String,
    /// In the form `ddd:hh24:mi-ddd:hh24:mi`.
    pub maintenance_window: String,
    /// Whether it has a standby.
    pub multi_az: bool,
    /// Whether it is protected against deletion.
    pub deletion_protection: bool,
    /// Whether its tags go onto its snapshots.
    pub copy_tags_to_snapshot: bool,
    /// In the form `gp3`.
    pub storage_type: String,
    pub tags: Vec<Tag>,
}

/// How far a snapshot is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotStatus {
    /// Being taken or copied.
    Creating,
    /// There.
    Available,
    /// Broken off, with the reason.
    Failed(String),
}

impl SnapshotStatus {
    /// The word in RDS's answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            SnapshotStatus::Creating => "creating",
            SnapshotStatus::Available => "available",
            SnapshotStatus::Failed(_) => "failed",
        }
    }
}

/// A grant that RDS holds on a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub key: String,
    pub id: String,
}

/// The `DbiResourceId` that a snapshot shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownId {
    /// The instance's.
    #[default]
    Own,
    /// None.
    None,
    /// This one.
    Other(String),
}

/// A DB snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DbSnapshot {
    /// `DBSnapshotIdentifier` in lower case letters.
    pub identifier: String,
    pub arn: String,
    /// The number of its creation in its place.
    pub number: u64,
    /// How far it is.
    pub status: SnapshotStatus,
    /// When it was asked for.
    pub created: Moment,
    /// When the data was taken; copies keep it.
    pub original_created: Moment,
    /// When work on it begins: copies of one database wait for each other.
    pub starts: Moment,
    /// When it will be finished.
    pub ends: Moment,
    /// The instance as it was, without what only a living instance has.
    pub instance: DbInstance,
    /// The `DbiResourceId` that it shows, where that is not the instance's.
    #[serde(default)]
    pub shown_id: ShownId,
    /// The key's ARN where it is encrypted.
    pub kms_key: Option<String>,
    pub option_group: String,
    /// Keys by level of copying, the database's own first.
    pub lineage: Vec<Option<String>>,
    /// The snapshot that it was copied from.
    pub source: Option<String>,
    /// The Region that it was copied from, where that is another one.
    pub source_region: Option<String>,
    /// Accounts that may restore and copy it; `all` for everybody.
    pub shared_with: Vec<String>,
    pub tags: Vec<Tag>,
    /// The grant on its own key.
    pub grant: Option<Grant>,
    /// While it is copied: the grant on the source's key.
    pub source_grant: Option<Grant>,
    /// Who asked for it.
    pub(super) asked: Asked,
}

/// An option group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OptionGroup {
    pub name: String,
    pub arn: String,
    /// In the form `oracle-ee`.
    pub engine: String,
    /// In the form `19`.
    pub major_version: String,
    /// What it is for.
    pub description: String,
    /// Its options: name, and whether the option is persistent (`TDE`).
    pub options: BTreeMap<String, bool>,
    pub tags: Vec<Tag>,
}

/// RDS in one account and Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) instances: BTreeMap<String, DbInstance>,
    pub(super) snapshots: BTreeMap<String, DbSnapshot>,
    pub(super) option_groups: BTreeMap<String, OptionGroup>,
    /// The number of the next snapshot.
    pub(super) next_number: u64,
    /// The ARN of the copy that was made last, by the database's `DbiResourceId`.
    pub(super) last_copies: BTreeMap<String, String>,
}

/// An instance by its ARN.
pub fn instance<'a>(world: &'a World, arn: &str) -> Option<&'a DbInstance> {
    let (place, identifier) = names::read_arn(arn, "db")?;
    world.services.rds.get(&place)?.instances.get(&identifier)
}

/// A snapshot by its ARN.
pub fn snapshot<'a>(world: &'a World, arn: &str) -> Option<&'a DbSnapshot> {
    let (place, identifier) = names::read_arn(arn, "snapshot")?;
    world.services.rds.get(&place)?.snapshots.get(&identifier)
}

/// `DBInstance X not found.`
pub(super) fn no_instance(identifier: &str) -> ServiceError {
    ServiceError::new("DBInstanceNotFound", format!("DBInstance {identifier} not found."))
}

/// `DBSnapshot X not found.`
pub(super) fn no_snapshot(identifier: &str) -> ServiceError {
    ServiceError::new("DBSnapshotNotFound", format!("DBSnapshot {identifier} not found."))
}

impl State {
    pub(super) fn instance(&self, identifier: &str) -> Result<&DbInstance, ServiceError> {
        let identifier = identifier.to_ascii_lowercase();
        self.instances.get(&identifier).ok_or_else(|| no_instance(&identifier))
    }

    pub(super) fn instance_mut(&mut self, identifier: &str) -> Result<&mut DbInstance, ServiceError> {
        let identifier = identifier.to_ascii_lowercase();
        self.instances.get_mut(&identifier).ok_or_else(|| no_instance(&identifier))
    }

    pub(super) fn snapshot(&self, identifier: &str) -> Result<&DbSnapshot, ServiceError> {
        self.snapshots.get(identifier).ok_or_else(|| no_snapshot(identifier))
    }

    pub(super) fn snapshot_mut(&mut self, identifier: &str) -> Result<&mut DbSnapshot, ServiceError> {
        self.snapshots.get_mut(identifier).ok_or_else(|| no_snapshot(identifier))
    }
}

fn license(engine: &str) -> &'static str {
    match engine {
        "postgres" => "postgresql-license",
        "mysql" | "mariadb" => "general-public-license",
        _ => "license-included",
    }
}

impl DbInstance {
    /// The instance as `DescribeDBInstances` shows it.
    pub(super) fn show(&self, place: &Place) -> Value {
        let mut shown = json!({
            "DBInstanceIdentifier": self.identifier,
            "DBInstanceClass": self.class,
            "Engine": self.engine,
            "DBInstanceStatus": self.status,
            "MasterUsername": self.master_username,
            "AllocatedStorage": self.allocated_gib,
            "InstanceCreateTime": self.created,
            "PreferredBackupWindow": self.backup_window,
            "BackupRetentionPeriod": self.backup_retention_days,
            "DBSecurityGroups": [],
            "VpcSecurityGroups": [],
            "DBParameterGroups": [{
                "DBParameterGroupName": options::default_parameter_group(&self.engine, &self.engine_version),
                "ParameterApplyStatus": "in-sync",
            }],
            "AvailabilityZone": format!("{}a", place.region),
            "PreferredMaintenanceWindow": self.maintenance_window,
            "PendingModifiedValues": {},
            "MultiAZ": self.multi_az,
            "EngineVersion": self.engine_version,
            "AutoMinorVersionUpgrade": true,
            "ReadReplicaDBInstanceIdentifiers": [],
            "LicenseModel": license(&self.engine),
            "OptionGroupMemberships": [{ "OptionGroupName": self.option_group, "Status": "in-sync" }],
            "PubliclyAccessible": false,
            "StorageType": self.storage_type,
            "DbInstancePort": 0,
            "StorageEncrypted": self.kms_key.is_some(),
            "DbiResourceId": self.resource_id,
            "DomainMemberships": [],
            "CopyTagsToSnapshot": self.copy_tags_to_snapshot,
            "MonitoringInterval": 0,
            "DBInstanceArn": self.arn,
            "IAMDatabaseAuthenticationEnabled": false,
            "PerformanceInsightsEnabled": false,
            "DeletionProtection": self.deletion_protection,
            "AssociatedRoles": [],
            "TagList": self.tags,
            "CustomerOwnedIpEnabled": false,
            "BackupTarget": "region",
            "NetworkType": "IPV4",
        });
        if let Some(identifier) = &self.pending_identifier {
            shown["PendingModifiedValues"] = json!({ "DBInstanceIdentifier": identifier });
        }
        for (member, value) in not_chosen() {
            shown[member] = value;
        }
        if let Some(key) = &self.kms_key {
            shown["KmsKeyId"] = json!(key);
        }
        if let Some(database) = &self.database {
            shown["DBName"] = json!(database);
        }
        if self.status != "creating" {
            let letters = self.resource_id.trim_start_matches("db-").to_ascii_lowercase();
            let host =
                format!("{}.{}.{}.rds.amazonaws.com", self.identifier, &letters[..letters.len().min(12)], place.region);
            shown["Endpoint"] = json!({ "Address": host, "Port": self.port });
        }
        shown
    }
}

/// What an instance has whose owner chose none of it (RDS API Reference, "DBInstance").
fn not_chosen() -> [(&'static str, Value); 5] {
    [
        ("CACertificateIdentifier", json!("rds-ca-rsa2048-g1")),
        ("ActivityStreamStatus", json!("stopped")),
        ("DedicatedLogVolume", json!(false)),
        ("DatabaseInsightsMode", json!("standard")),
        ("EngineLifecycleSupport", json!("open-source-rds-extended-support")),
    ]
}

impl DbSnapshot {
    /// Whether `account`, which does not own it, may restore and copy it.
    pub(super) fn is_shared_with(&self, account: &AccountId) -> bool {
        self.shared_with.iter().any(|other| other == "all" || other == account.as_str())
    }

    /// `awsbackup` where AWS Backup manages it, `manual` otherwise.
    pub(super) fn kind(&self) -> &'static str {
        if names::is_backup(&self.identifier) { "awsbackup" } else { "manual" }
    }

    /// How far it is, in per cent.
    pub(super) fn progress(&self, now: Moment) -> i64 {
        match self.status {
            SnapshotStatus::Available => 100,
            _ => {
                let whole = (self.ends - self.starts).as_millis().max(1);
                (((now - self.starts).as_millis() * 100 / whole) as i64).min(99)
            }
        }
    }

    /// The snapshot as RDS shows it to `viewer`: others see its ARN for a name.
    pub(super) fn show(&self, owner: &Place, viewer: &AccountId, now: Moment) -> Value {
        let is_own = owner.account == *viewer;
        let mut shown = json!({
            "DBSnapshotIdentifier": if is_own { &self.identifier } else { &self.arn },
            "DBInstanceIdentifier": self.instance.identifier,
            "Engine": self.instance.engine,
            "AllocatedStorage": self.instance.allocated_gib,
            "Status": self.status.as_str(),
            "Port": self.instance.port,
            "AvailabilityZone": format!("{}a", owner.region),
            "InstanceCreateTime": self.instance.created,
            "MasterUsername": self.instance.master_username,
            "EngineVersion": self.instance.engine_version,
            "LicenseModel": license(&self.instance.engine),
            "SnapshotType": if is_own { self.kind() } else { "shared" },
            "OptionGroupName": self.option_group,
            "PercentProgress": self.progress(now),
            "StorageType": self.instance.storage_type,
            "Encrypted": self.kms_key.is_some(),
            "DBSnapshotArn": self.arn,
            "IAMDatabaseAuthenticationEnabled": false,
            "ProcessorFeatures": [],
            "TagList": if is_own { json!(self.tags) } else { json!([]) },
            "SnapshotTarget": "region",
            "OriginalSnapshotCreateTime": self.original_created,
            "SnapshotDatabaseTime": self.original_created,
        });
        let id = match &self.shown_id {
            ShownId::Own => Some(self.instance.resource_id.clone()),
            ShownId::None => None,
            ShownId::Other(id) => Some(id.clone()),
        };
        let optional = [
            ("DbiResourceId", id),
            ("KmsKeyId", self.kms_key.clone()),
            ("SourceDBSnapshotIdentifier", self.source.clone()),
            ("SourceRegion", self.source_region.clone()),
        ];
        for (member, value) in optional {
            if let Some(value) = value {
                shown[member] = json!(value);
            }
        }
        // The time of a snapshot is known when its data is (RDS API Reference, "DBSnapshot").
        if self.status == SnapshotStatus::Available {
            shown["SnapshotCreateTime"] = json!(self.created);
        }
        shown
    }
}
