//! Amazon RDS: which databases exist and what is encrypted under a key.

use super::Session;
use super::error::{AwsError, send};

/// A DB instance, as far as a pipeline minds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Its ARN.
    pub arn: String,
    /// The key of its storage.
    pub key_arn: Option<String>,
    /// Its engine.
    pub engine: String,
    /// Its status.
    pub status: String,
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
            key_arn: instance.kms_key_id().map(str::to_owned),
            engine: instance.engine().unwrap_or_default().to_owned(),
            status: instance.db_instance_status().unwrap_or_default().to_owned(),
        });
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
