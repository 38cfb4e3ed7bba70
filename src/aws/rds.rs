//! Amazon RDS: which databases exist and what is encrypted under a key.

use std::collections::BTreeMap;

use aws_sdk_rds::types::{self, Filter};

use super::answer::{Listing, Required};
use super::error::{AwsError, send};
use super::{Session, date};
use crate::pipeline::identity::DatabaseId;
pub use crate::pipeline::seen::database::{Database, OptionGroup, Snapshot};

/// All DB instances of the session's account and Region.
///
/// # Errors
/// AWS's answer.
pub async fn databases(session: &Session) -> Result<Vec<Database>, AwsError> {
    let instances = INSTANCES.read(
        |instance: &types::DbInstance| instance.db_instance_arn(),
        async |token| {
            let call = session.rds().describe_db_instances().set_marker(token);
            let page = send(INSTANCES.operation, call.send()).await?;
            Ok((page.db_instances, page.marker))
        },
    );
    let mut found = Vec::new();
    for instance in instances.await? {
        found.push(Database {
            arn: instance.db_instance_arn().unwrap_or_default().to_owned(),
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

const INSTANCES: Listing = Listing { operation: "rds:DescribeDBInstances", items: "DBInstances", id: "DBInstanceArn" };
const SNAPSHOTS: Listing = Listing { operation: "rds:DescribeDBSnapshots", items: "DBSnapshots", id: "DBSnapshotArn" };
const OPTION_GROUPS: Listing =
    Listing { operation: "rds:DescribeOptionGroups", items: "OptionGroupsList", id: "OptionGroupName" };
const CLUSTERS: Listing = Listing { operation: "rds:DescribeDBClusters", items: "DBClusters", id: "DBClusterArn" };
const CLUSTER_SNAPSHOTS: Listing =
    Listing { operation: "rds:DescribeDBClusterSnapshots", items: "DBClusterSnapshots", id: "DBClusterSnapshotArn" };

fn tags_of(tags: &[aws_sdk_rds::types::Tag]) -> BTreeMap<String, String> {
    let pairs = tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())));
    pairs.collect()
}

impl From<&aws_sdk_rds::types::DbSnapshot> for Snapshot {
    fn from(snapshot: &aws_sdk_rds::types::DbSnapshot) -> Self {
        let database = snapshot.dbi_resource_id().filter(|id| !id.is_empty()).map(DatabaseId::from);
        Self {
            database,
            database_name: snapshot.db_instance_identifier().unwrap_or_default().to_owned(),
            is_being_made: snapshot.status() == Some("creating"),
            tags: tags_of(snapshot.tag_list()),
        }
    }
}

/// The snapshots of AWS Backup in the session's account and Region, of instances and clusters, by ARN.
///
/// # Errors
/// AWS's answer.
pub async fn backup_snapshots(session: &Session) -> Result<BTreeMap<String, Snapshot>, AwsError> {
    let snapshots = snapshots(session, Some("awsbackup"), None).await?;
    Ok(by_arn(&snapshots))
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
        found.extend(by_arn(&snapshots(session, Some("awsbackup"), Some(filter)).await?));
    }
    Ok(found)
}

fn by_arn(snapshots: &[types::DbSnapshot]) -> BTreeMap<String, Snapshot> {
    let known = |snapshot: &types::DbSnapshot| Some((snapshot.db_snapshot_arn()?.to_owned(), snapshot.into()));
    snapshots.iter().filter_map(known).collect()
}

async fn snapshots(
    session: &Session,
    kind: Option<&str>,
    filter: Option<Filter>,
) -> Result<Vec<types::DbSnapshot>, AwsError> {
    let found = SNAPSHOTS.read(
        |snapshot: &types::DbSnapshot| snapshot.db_snapshot_arn(),
        async |token| {
            let call = session.rds().describe_db_snapshots().set_snapshot_type(kind.map(str::to_owned));
            let call = call.set_filters(filter.clone().map(|filter| vec![filter]));
            let page = send(SNAPSHOTS.operation, call.set_marker(token).send()).await?;
            Ok((page.db_snapshots, page.marker))
        },
    );
    found.await
}

/// The accounts that a snapshot is shared with.
///
/// # Errors
/// AWS's answer.
pub async fn shared_with(session: &Session, arn: &str) -> Result<Vec<String>, AwsError> {
    let name = arn.split_once(":snapshot:").map_or(arn, |(_, name)| name);
    let call = session.rds().describe_db_snapshot_attributes().db_snapshot_identifier(name);
    let operation = "rds:DescribeDBSnapshotAttributes";
    let result = send(operation, call.send()).await?.db_snapshot_attributes_result;
    let result = result.required(operation, "DBSnapshotAttributesResult")?;
    let attributes = result.db_snapshot_attributes.required(operation, "DBSnapshotAttributes")?;
    let restore = attributes.into_iter().filter(|one| one.attribute_name() == Some("restore"));
    Ok(restore.flat_map(|one| one.attribute_values.unwrap_or_default()).collect())
}

/// All option groups of the session's account and Region.
///
/// # Errors
/// AWS's answer.
pub async fn option_groups(session: &Session) -> Result<Vec<OptionGroup>, AwsError> {
    let groups = OPTION_GROUPS.read(
        |group: &types::OptionGroup| group.option_group_name(),
        async |token| {
            let page = send(OPTION_GROUPS.operation, session.rds().describe_option_groups().set_marker(token).send());
            let page = page.await?;
            Ok((page.option_groups_list, page.marker))
        },
    );
    let mut found = Vec::new();
    for group in groups.await? {
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
    let mut found = snapshots(session, None, None).await?;
    found.retain(|snapshot| snapshot.kms_key_id() == Some(key_arn));
    Ok(found.into_iter().filter_map(|snapshot| snapshot.db_snapshot_arn).collect())
}

/// ARNs of the DB clusters under a key.
///
/// # Errors
/// AWS's answer.
pub async fn clusters_under(session: &Session, key_arn: &str) -> Result<Vec<String>, AwsError> {
    let clusters = CLUSTERS.read(
        |cluster: &types::DbCluster| cluster.db_cluster_arn(),
        async |token| {
            let page = send(CLUSTERS.operation, session.rds().describe_db_clusters().set_marker(token).send()).await?;
            Ok((page.db_clusters, page.marker))
        },
    );
    let mut found = clusters.await?;
    found.retain(|cluster| cluster.kms_key_id() == Some(key_arn));
    Ok(found.into_iter().filter_map(|cluster| cluster.db_cluster_arn).collect())
}

/// ARNs of the DB cluster snapshots under a key.
///
/// # Errors
/// AWS's answer.
pub async fn cluster_snapshots_under(session: &Session, key_arn: &str) -> Result<Vec<String>, AwsError> {
    let snapshots = CLUSTER_SNAPSHOTS.read(
        |snapshot: &types::DbClusterSnapshot| snapshot.db_cluster_snapshot_arn(),
        async |token| {
            let call = session.rds().describe_db_cluster_snapshots().set_marker(token);
            let page = send(CLUSTER_SNAPSHOTS.operation, call.send()).await?;
            Ok((page.db_cluster_snapshots, page.marker))
        },
    );
    let mut found = snapshots.await?;
    found.retain(|snapshot| snapshot.kms_key_id() == Some(key_arn));
    Ok(found.into_iter().filter_map(|snapshot| snapshot.db_cluster_snapshot_arn).collect())
}
