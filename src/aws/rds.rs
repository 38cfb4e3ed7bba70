//! Amazon RDS: which databases exist and what is encrypted under a key.

use std::collections::BTreeMap;

use aws_sdk_rds::types::Filter;
use chrono::{DateTime, Utc};

use super::error::{AwsError, send};
use super::{Session, date};
use crate::pipeline::identity::{DatabaseId, Existing};

/// A DB instance, as far as a pipeline minds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Database {
    /// Its ARN.
    pub arn: String,
    /// Its `DbiResourceId`, which stays when it is renamed.
    pub id: Option<DatabaseId>,
    /// `InstanceCreateTime`; none while it is being made.
    pub created_at: Option<DateTime<Utc>>,
    /// The key of its storage.
    pub key_arn: Option<String>,
    /// Its engine.
    pub engine: String,
    /// Its status.
    pub status: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// When RDS backs it up by itself, UTC; none where it does not.
    pub backup_window: Option<String>,
    /// When RDS maintains it, UTC.
    pub maintenance_window: Option<String>,
    /// Its option groups.
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

/// All DB instances of the session's account and Region.
///
/// # Errors
/// AWS's answer.
pub async fn databases(session: &Session) -> Result<Vec<Database>, AwsError> {
    let mut pages = session.rds().describe_db_instances().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(instance) = send("rds:DescribeDBInstances", async { pages.next().await.transpose() }).await? {
        let Some(arn) = instance.db_instance_arn() else { continue };
        found.push(Database {
            arn: arn.to_owned(),
            id: instance.dbi_resource_id().map(DatabaseId::from),
            created_at: instance.instance_create_time().and_then(date),
            key_arn: instance.kms_key_id().map(str::to_owned),
            engine: instance.engine().unwrap_or_default().to_owned(),
            status: instance.db_instance_status().unwrap_or_default().to_owned(),
            tags: tags_of(instance.tag_list()),
            cluster: instance.db_cluster_identifier().map(str::to_owned),
            backup_window: instance
                .preferred_backup_window()
                .filter(|_| instance.backup_retention_period().is_none_or(|days| days > 0))
                .map(str::to_owned),
            maintenance_window: instance.preferred_maintenance_window().map(str::to_owned),
            option_groups: instance
                .option_group_memberships()
                .iter()
                .filter_map(|group| group.option_group_name().map(str::to_owned))
                .collect(),
        });
    }
    Ok(found)
}

fn tags_of(tags: &[aws_sdk_rds::types::Tag]) -> BTreeMap<String, String> {
    let pairs = tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())));
    pairs.collect()
}

/// A snapshot that AWS Backup made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The database that it was taken of. Whether the copy of a snapshot keeps it is not documented.
    pub database: Option<DatabaseId>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl From<&aws_sdk_rds::types::DbSnapshot> for Snapshot {
    fn from(snapshot: &aws_sdk_rds::types::DbSnapshot) -> Self {
        let database = snapshot.dbi_resource_id().filter(|id| !id.is_empty()).map(DatabaseId::from);
        Self { database, tags: tags_of(snapshot.tag_list()) }
    }
}

/// The snapshots of AWS Backup in the session's account and Region, of instances and clusters, by ARN.
///
/// # Errors
/// AWS's answer.
pub async fn backup_snapshots(session: &Session) -> Result<BTreeMap<String, Snapshot>, AwsError> {
    let mut found = BTreeMap::new();
    let mut pages = session.rds().describe_db_snapshots().snapshot_type("awsbackup").into_paginator().items().send();
    while let Some(snapshot) = send("rds:DescribeDBSnapshots", async { pages.next().await.transpose() }).await? {
        let Some(arn) = snapshot.db_snapshot_arn() else { continue };
        found.insert(arn.to_owned(), Snapshot::from(&snapshot));
    }
    Ok(found)
}

/// Snapshots that one request asks for: as many as one page holds.
pub const SNAPSHOTS_A_REQUEST: usize = 100;

/// The snapshots of AWS Backup behind these recovery points, by ARN; what is not there is left out.
///
/// # Errors
/// AWS's answer.
pub async fn snapshots_behind(session: &Session, arns: &[&str]) -> Result<BTreeMap<String, Snapshot>, AwsError> {
    let mut found = BTreeMap::new();
    let names: Vec<String> = arns.iter().filter_map(|arn| Some(arn.split_once(":snapshot:")?.1.to_owned())).collect();
    for names in names.chunks(SNAPSHOTS_A_REQUEST) {
        let filter = Filter::builder().name("db-snapshot-id").set_values(Some(names.to_vec())).build();
        let call = session.rds().describe_db_snapshots().snapshot_type("awsbackup").filters(filter);
        let mut pages = call.into_paginator().items().send();
        while let Some(snapshot) = send("rds:DescribeDBSnapshots", async { pages.next().await.transpose() }).await? {
            let Some(arn) = snapshot.db_snapshot_arn() else { continue };
            found.insert(arn.to_owned(), Snapshot::from(&snapshot));
        }
    }
    Ok(found)
}

/// The accounts that a snapshot is shared with.
///
/// # Errors
/// AWS's answer.
pub async fn shared_with(session: &Session, arn: &str) -> Result<Vec<String>, AwsError> {
    let name = arn.split_once(":snapshot:").map_or(arn, |(_, name)| name);
    let call = session.rds().describe_db_snapshot_attributes().db_snapshot_identifier(name);
    let answer = send("rds:DescribeDBSnapshotAttributes", call.send()).await?;
    let attributes = answer.db_snapshot_attributes_result.and_then(|result| result.db_snapshot_attributes);
    let restore = attributes.into_iter().flatten().filter(|one| one.attribute_name() == Some("restore"));
    Ok(restore.flat_map(|one| one.attribute_values.unwrap_or_default()).collect())
}

/// An option group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionGroup {
    /// Its name.
    pub name: String,
    /// Whether it has an option that cannot be taken out while an instance uses the group.
    pub persistent: bool,
}

/// All option groups of the session's account and Region.
///
/// # Errors
/// AWS's answer.
pub async fn option_groups(session: &Session) -> Result<Vec<OptionGroup>, AwsError> {
    let mut pages = session.rds().describe_option_groups().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(group) = send("rds:DescribeOptionGroups", async { pages.next().await.transpose() }).await? {
        let lasting = |option: &aws_sdk_rds::types::Option| {
            option.persistent().unwrap_or_default() || option.permanent().unwrap_or_default()
        };
        let persistent = group.options().iter().any(lasting);
        found.push(OptionGroup { name: group.option_group_name().unwrap_or_default().to_owned(), persistent });
    }
    Ok(found)
}

/// ARNs of the DB snapshots under a key, those of AWS Backup included.
///
/// # Errors
/// AWS's answer.
pub async fn snapshots_under(session: &Session, key_arn: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = session.rds().describe_db_snapshots().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(snapshot) = send("rds:DescribeDBSnapshots", async { pages.next().await.transpose() }).await? {
        if snapshot.kms_key_id() == Some(key_arn) {
            found.extend(snapshot.db_snapshot_arn().map(str::to_owned));
        }
    }
    Ok(found)
}

/// ARNs of the DB clusters under a key.
///
/// # Errors
/// AWS's answer.
pub async fn clusters_under(session: &Session, key_arn: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = session.rds().describe_db_clusters().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(cluster) = send("rds:DescribeDBClusters", async { pages.next().await.transpose() }).await? {
        if cluster.kms_key_id() == Some(key_arn) {
            found.extend(cluster.db_cluster_arn().map(str::to_owned));
        }
    }
    Ok(found)
}

/// ARNs of the DB cluster snapshots under a key.
///
/// # Errors
/// AWS's answer.
pub async fn cluster_snapshots_under(session: &Session, key_arn: &str) -> Result<Vec<String>, AwsError> {
    let operation = "rds:DescribeDBClusterSnapshots";
    let mut pages = session.rds().describe_db_cluster_snapshots().into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(snapshot) = send(operation, async { pages.next().await.transpose() }).await? {
        if snapshot.kms_key_id() == Some(key_arn) {
            found.extend(snapshot.db_cluster_snapshot_arn().map(str::to_owned));
        }
    }
    Ok(found)
}
