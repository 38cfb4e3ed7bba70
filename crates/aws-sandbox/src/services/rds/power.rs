//! Starting and stopping a DB instance.

use serde::Deserialize;
use serde_json::{Value, json};

use super::instances::settle_in;
use super::{keys, names, snapshots};
use crate::world::{Call, ServiceError, World};

#[derive(Deserialize)]
pub(super) struct StartOrStop {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: String,
    #[serde(rename = "DBSnapshotIdentifier")]
    snapshot: Option<String>,
}

pub(super) fn start(world: &mut World, call: &Call, input: StartOrStop) -> Result<Value, ServiceError> {
    turn(world, call, input, "stopped", "starting")
}

pub(super) fn stop(world: &mut World, call: &Call, input: StartOrStop) -> Result<Value, ServiceError> {
    turn(world, call, input, "available", "stopping")
}

fn turn(world: &mut World, call: &Call, input: StartOrStop, from: &str, to: &str) -> Result<Value, ServiceError> {
    let identifier = names::read(&call.place, &input.identifier, "db").1;
    let instance = world.services.rds.at(&call.place).instance(&identifier)?.clone();
    if instance.status != from {
        let message = format!("Instance {identifier} is not in {from} state.");
        return Err(ServiceError::new("InvalidDBInstanceState", message));
    }
    if to == "starting" {
        keys::check_usable(world, call, instance.kms_key.as_deref())?;
    }
    if let Some(name) = &input.snapshot {
        snapshots::take(world, call, &instance, name, Vec::new())?;
    }
    let instance = world.services.rds.at(&call.place).instance_mut(&identifier)?;
    instance.status = to.into();
    let instance = instance.clone();
    settle_in(world, &call.place, &instance, 180);
    Ok(json!({ "DBInstance": instance.show(&call.place) }))
}
