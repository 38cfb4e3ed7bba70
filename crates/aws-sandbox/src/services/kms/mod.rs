//! KMS: keys, their policies, aliases and grants. Its state is one for each account and Region.
//!
//! Every call on a key is authorized against the key's own policy by [`access`]; grants that allow
//! the very call to the very principal are handed over with it.

mod access;
mod aliases;
mod grants;
mod keys;
mod managed;
mod paging;
mod policies;
mod state;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_access;

use serde::{Deserialize, Serialize};

pub use self::access::access;
pub use self::managed::aws_managed_key;
pub use self::state::{Alias, Grant, Key, KeyState, Manager, State, key};
use super::ServiceRow;
use crate::operation;
use crate::world::{Operation, Place, World};

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "kms",
    model: include_str!("../../models/kms.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Kms",
    throttled: ("ThrottlingException", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "KMSInternalException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateKey", Change, access::create_key, keys::create),
    operation!("DescribeKey", Read, access::on_key, keys::describe),
    operation!("ListKeys", Read, access::on_any, keys::list),
    operation!("EnableKey", Change, access::on_key, keys::enable),
    operation!("DisableKey", Change, access::on_key, keys::disable),
    operation!("ScheduleKeyDeletion", Change, access::schedule_deletion, keys::schedule_deletion),
    operation!("CancelKeyDeletion", Change, access::on_key, keys::cancel_deletion),
    operation!("EnableKeyRotation", Change, access::on_key, keys::enable_rotation),
    operation!("DisableKeyRotation", Change, access::on_key, keys::disable_rotation),
    operation!("GetKeyRotationStatus", Read, access::on_key, keys::rotation_status),
    operation!("UpdateKeyDescription", Change, access::on_key, keys::update_description),
    operation!("GetKeyLastUsage", Read, access::on_key, keys::last_usage),
    operation!("TagResource", Change, access::tag, keys::tag),
    operation!("UntagResource", Change, access::untag, keys::untag),
    operation!("ListResourceTags", Read, access::on_key, keys::list_tags),
    operation!("GetKeyPolicy", Read, access::on_key, policies::get),
    operation!("PutKeyPolicy", Change, access::put_policy, policies::put),
    operation!("ListKeyPolicies", Read, access::on_key, policies::list),
    operation!("CreateAlias", Change, access::create_alias, aliases::create),
    operation!("UpdateAlias", Change, access::update_alias, aliases::update),
    operation!("DeleteAlias", Change, access::delete_alias, aliases::delete),
    operation!("ListAliases", Read, access::on_any, aliases::list),
    operation!("CreateGrant", Change, access::create_grant, grants::create),
    operation!("ListGrants", Read, access::on_key, grants::list),
    operation!("ListRetirableGrants", Read, access::on_any, grants::list_retirable),
    operation!("RetireGrant", Change, access::nothing, grants::retire),
    operation!("RevokeGrant", Change, access::on_key, grants::revoke),
];

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Due {
    /// A key's waiting time is over.
    Delete { key: String },
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Delete { key } => keys::delete_when_due(world, place, &key),
    }
}
