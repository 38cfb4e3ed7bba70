//! Who a snapshot is shared with.

use serde::Deserialize;
use serde_json::{Value, json};

use super::keys::Asked;
use super::names::{self, invalid};
use super::state::{DbSnapshot, SnapshotStatus};
use super::{keys, options};
use crate::world::{Call, ServiceError, World};
use aws_policy::names::AccountId;

/// Accounts that one snapshot may be shared with (RDS User Guide, "Sharing a DB snapshot").
const SHARED_ACCOUNTS: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attributes {
    #[serde(rename = "DBSnapshotIdentifier")]
    snapshot: String,
    attribute_name: Option<String>,
    #[serde(default)]
    values_to_add: Vec<String>,
    #[serde(default)]
    values_to_remove: Vec<String>,
}

fn show(snapshot: &DbSnapshot) -> Value {
    json!({ "DBSnapshotAttributesResult": {
        "DBSnapshotIdentifier": snapshot.identifier,
        "DBSnapshotAttributes": [{ "AttributeName": "restore", "AttributeValues": snapshot.shared_with }],
    }})
}

pub(super) fn describe(world: &mut World, call: &Call, input: Attributes) -> Result<Value, ServiceError> {
    let (owner, identifier) = names::read(&call.place, &input.snapshot, "snapshot");
    let state = world.services.rds.at(&call.place);
    let snapshot = state.snapshot(&identifier)?;
    if owner != call.place {
        return Err(super::state::no_snapshot(&input.snapshot));
    }
    Ok(show(snapshot))
}

pub(super) fn modify(world: &mut World, call: &Call, input: Attributes) -> Result<Value, ServiceError> {
    let (owner, identifier) = names::read(&call.place, &input.snapshot, "snapshot");
    names::check_manager(call, &identifier)?;
    if owner != call.place {
        return Err(super::state::no_snapshot(&input.snapshot));
    }
    if input.attribute_name.as_deref() != Some("restore") {
        let name = input.attribute_name.unwrap_or_default();
        return Err(invalid(format!("Invalid attribute name: {name}. The only attribute is restore.")));
    }
    let snapshot = world.services.rds.at(&call.place).snapshot(&identifier)?.clone();
    if snapshot.status != SnapshotStatus::Available {
        let message = format!("DBSnapshot {identifier} is not in available state.");
        return Err(ServiceError::new("InvalidDBSnapshotState", message));
    }
    if !input.values_to_add.is_empty() {
        check_shareable(world, call, &snapshot, &input.values_to_add)?;
    }
    let mut shared_with = snapshot.shared_with;
    shared_with.retain(|account| !input.values_to_remove.contains(account));
    for account in input.values_to_add {
        if !shared_with.contains(&account) {
            shared_with.push(account);
        }
    }
    if shared_with.len() > SHARED_ACCOUNTS {
        let message = format!("Cannot share a snapshot with more than {SHARED_ACCOUNTS} accounts");
        return Err(ServiceError::new("SharedSnapshotQuotaExceeded", message));
    }
    let snapshot = world.services.rds.at(&call.place).snapshot_mut(&identifier)?;
    snapshot.shared_with = shared_with;
    Ok(show(snapshot))
}

/// RDS User Guide, "Sharing encrypted snapshots": not under the AWS managed key, not with TDE, not
/// with everybody.
fn check_shareable(
    world: &mut World,
    call: &Call,
    snapshot: &DbSnapshot,
    accounts: &[String],
) -> Result<(), ServiceError> {
    let combination = |message: &str| Err(ServiceError::new("InvalidParameterCombination", message));
    if let Some(wrong) = accounts.iter().find(|account| *account != "all" && account.parse::<AccountId>().is_err()) {
        return Err(invalid(format!("Invalid AWS account ID: {wrong}")));
    }
    if options::persistent(world, &call.place, &snapshot.option_group).iter().any(|option| option.starts_with("TDE")) {
        return combination("Snapshots with the TDE option can't be shared. Specify another snapshot.");
    }
    let Some(key) = &snapshot.kms_key else {
        return Ok(());
    };
    if keys::is_aws_managed(world, &Asked::by(call), key) {
        return combination("Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot.");
    }
    if accounts.iter().any(|account| account == "all") {
        return combination("Encrypted snapshots can't be shared publicly. Specify AWS account IDs.");
    }
    Ok(())
}
