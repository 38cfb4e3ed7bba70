//! Clusters: nothing can make one here, so the lists are empty.

use serde::Deserialize;
use serde_json::Value;

use super::list::Paging;
use crate::world::{Call, ServiceError, World};

#[derive(Deserialize)]
pub(super) struct Describe {
    #[serde(rename = "DBClusterIdentifier")]
    cluster: Option<String>,
    #[serde(rename = "DBClusterSnapshotIdentifier")]
    snapshot: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn describe(_: &mut World, _: &Call, input: Describe) -> Result<Value, ServiceError> {
    input.paging.filters(&["clone-group-id", "db-cluster-id", "db-cluster-resource-id", "domain", "engine"])?;
    match input.cluster {
        Some(cluster) => Err(ServiceError::new("DBClusterNotFoundFault", format!("DBCluster {cluster} not found."))),
        None => input.paging.page("DBClusters", Vec::new()),
    }
}

pub(super) fn describe_snapshots(_: &mut World, _: &Call, input: Describe) -> Result<Value, ServiceError> {
    input.paging.filters(&["db-cluster-id", "db-cluster-snapshot-id", "snapshot-type", "engine"])?;
    match input.snapshot {
        Some(snapshot) => {
            Err(ServiceError::new("DBClusterSnapshotNotFoundFault", format!("DBClusterSnapshot {snapshot} not found.")))
        }
        None => input.paging.page("DBClusterSnapshots", Vec::new()),
    }
}
