//! RDS: instances and their snapshots. Clusters are described and never there.

mod attributes;
mod clusters;
mod copy;
mod instances;
mod keys;
mod list;
mod names;
mod needs;
mod options;
mod power;
mod rename;
mod snapshots;
mod state;
mod tags;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_keys;

use serde::{Deserialize, Serialize};

pub use self::instances::{NewInstance, add_instance};
pub use self::options::{NewOptionGroup, add_option_group};
pub use self::state::{DbInstance, DbSnapshot, OptionGroup, SnapshotStatus, State, Tag, instance, snapshot};
use super::ServiceRow;
use crate::operation;
use crate::world::{Operation, Place, World};
use aws_policy::names::AccountId;

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "rds",
    model: include_str!("../../models/rds.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Rds",
    throttled: ("Throttling", "Rate exceeded"),
    denied: "AccessDenied",
    broken: "InternalFailure",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("DescribeDBInstances", Read, needs::instance, instances::describe),
    operation!("CreateDBInstance", Change, needs::new_instance, instances::create),
    operation!("ModifyDBInstance", Change, needs::instance, instances::modify),
    operation!("DeleteDBInstance", Change, needs::deleted_instance, instances::delete),
    operation!("StartDBInstance", Change, needs::instance, power::start),
    operation!("StopDBInstance", Change, needs::instance, power::stop),
    operation!("DescribeDBClusters", Read, needs::cluster, clusters::describe),
    operation!("DescribeDBClusterSnapshots", Read, needs::cluster_snapshot, clusters::describe_snapshots),
    operation!("DescribeDBSnapshots", Read, needs::snapshot, snapshots::describe),
    operation!("CreateDBSnapshot", Change, needs::new_snapshot, snapshots::create),
    operation!("CopyDBSnapshot", Change, needs::copied_snapshot, copy::copy),
    operation!("DeleteDBSnapshot", Change, needs::snapshot, snapshots::delete),
    operation!("DescribeDBSnapshotAttributes", Read, needs::snapshot, attributes::describe),
    operation!("ModifyDBSnapshotAttribute", Change, needs::snapshot, attributes::modify),
    operation!("AddTagsToResource", Change, needs::tagged, tags::add),
    operation!("RemoveTagsFromResource", Change, needs::tagged, tags::remove),
    operation!("ListTagsForResource", Read, needs::tagged, tags::list),
    operation!("CreateOptionGroup", Change, needs::option_group, options::create),
    operation!("DescribeOptionGroups", Read, needs::option_group, options::describe),
    operation!("DeleteOptionGroup", Change, needs::option_group, options::delete),
];

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Due {
    /// An instance reaches the state that it was on its way to.
    Instance {
        /// In the form `DBInstanceIdentifier`.
        identifier: String,
        /// `DbiResourceId`, so that an instance of the same name is not taken for it.
        resource_id: String,
    },
    /// A maintenance window opens for which a change of an instance waits.
    Maintenance {
        /// In the form `DbiResourceId`.
        resource_id: String,
    },
    /// A snapshot is finished, or fails.
    Snapshot {
        /// In the form `DBSnapshotIdentifier`.
        identifier: String,
        /// The number of its creation in this place.
        number: u64,
    },
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Instance { identifier, resource_id } => instances::arrive(world, place, &identifier, &resource_id),
        Due::Maintenance { resource_id } => rename::maintain(world, place, &resource_id),
        Due::Snapshot { identifier, number } => snapshots::finish(world, place, &identifier, number),
    }
}

/// What an account still has that a service needs its service-linked role for, with the Region of
/// each: databases for RDS, snapshots that AWS Backup manages for AWS Backup.
pub fn uses_of_linked_role(world: &World, account: &AccountId, service: &str) -> Vec<(String, String)> {
    let mut uses = Vec::new();
    for (place, state) in world.services.rds.iter().filter(|(place, _)| place.account == *account) {
        let arns: Vec<&String> = match service {
            "rds.amazonaws.com" => state.instances.values().map(|instance| &instance.arn).collect(),
            "backup.amazonaws.com" => {
                let managed = state.snapshots.values().filter(|snapshot| names::is_backup(&snapshot.identifier));
                managed.map(|snapshot| &snapshot.arn).collect()
            }
            _ => Vec::new(),
        };
        uses.extend(arns.into_iter().map(|arn| (place.region.to_string(), arn.clone())));
    }
    uses
}
