//! DB instances, their snapshots and option groups.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::pipeline::identity::{DatabaseId, Existing};

/// A DB instance, as far as a pipeline minds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    pub arn: String,
    /// Its `DbiResourceId`, which stays when it is renamed.
    pub id: Option<DatabaseId>,
    /// `InstanceCreateTime`; none while it is being made.
    pub created_at: Option<DateTime<Utc>>,
    /// The key of its storage.
    pub key_arn: Option<String>,
    pub engine: String,
    pub status: String,
    pub tags: BTreeMap<String, String>,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// When RDS backs it up by itself, UTC; none where it does not.
    pub backup_window: Option<String>,
    /// When RDS maintains it, UTC.
    pub maintenance_window: Option<String>,
    pub option_groups: Vec<String>,
}

impl Database {
    /// Its option groups that are not RDS's own.
    pub fn own_option_groups(&self) -> Vec<&String> {
        self.option_groups.iter().filter(|name| !name.starts_with("default:")).collect()
    }

    /// What tells it from another database of its name; none while RDS is deleting it.
    pub fn existing(&self) -> Option<Existing> {
        let there = self.status != "deleting";
        there.then(|| Existing { arn: self.arn.clone(), id: self.id.clone(), created_at: self.created_at })
    }
}

/// A snapshot that AWS Backup made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The database that it was taken of. Whether the copy of a snapshot keeps it is not documented.
    pub database: Option<DatabaseId>,
    /// The name that the database had.
    pub database_name: String,
    /// Whether it is still being made.
    pub is_being_made: bool,
    pub tags: BTreeMap<String, String>,
}

/// An option group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionGroup {
    pub name: String,
    /// Whether it has an option that cannot be taken out while an instance uses the group.
    pub persistent: bool,
}

/// Option groups of the two Regions, as far as they matter.
#[derive(Debug, Default)]
pub struct OptionGroups {
    /// Those of the source Region that have options which cannot be taken out.
    pub source_persistent: Vec<String>,
    /// All of the intermediate Region.
    pub intermediate: Vec<String>,
}
