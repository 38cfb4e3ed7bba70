//! Renaming a DB instance (RDS User Guide, "Renaming a DB instance"): name, ARN and endpoint change, the resource id,
//! the tags and the snapshots stay, and the old name is free for another.

use chrono::{Datelike, TimeDelta, Timelike, Weekday};

use super::state::{DbInstance, State};
use super::{Due, names};
use crate::world::{Moment, Place, ServiceError, World};

/// "The new DNS name for the renamed DB instance becomes effective in about 10 minutes", and the instance is not
/// available until then (same page).
const SECONDS: i64 = 600;

/// Checks a new name before anything is changed.
///
/// # Errors
/// `InvalidParameterValue`, or `DBInstanceAlreadyExists`: "You cannot use an existing DB instance name".
pub(super) fn check(state: &State, old: &str, new: &str) -> Result<(), ServiceError> {
    names::check_new("NewDBInstanceIdentifier", new, 63)?;
    if !new.eq_ignore_ascii_case(old) && is_taken(state, &new.to_ascii_lowercase()) {
        return Err(ServiceError::new("DBInstanceAlreadyExists", "DB instance already exists"));
    }
    Ok(())
}

/// Whether an instance has the name, or is on its way to it.
pub(super) fn is_taken(state: &State, name: &str) -> bool {
    let going =
        |instance: &DbInstance| instance.status == "renaming" && instance.pending_identifier.as_deref() == Some(name);
    state.instances.contains_key(name) || state.instances.values().any(going)
}

/// Notes the new name. It is taken at once with `ApplyImmediately`, else in the next maintenance window (RDS API
/// Reference, ModifyDBInstance, `NewDBInstanceIdentifier`).
pub(super) fn ask(world: &mut World, place: &Place, old: &str, new: Option<String>, at_once: bool) {
    let now = world.now;
    let Some(instance) = world.services.rds.at(place).instances.get_mut(old) else { return };
    if new.is_none() && !at_once {
        return;
    }
    if let Some(new) = new.map(|new| new.to_ascii_lowercase()) {
        instance.pending_identifier = (new != instance.identifier).then_some(new);
    }
    if instance.pending_identifier.is_none() {
        return;
    }
    let instance = instance.clone();
    if at_once {
        begin(world, place, &instance.resource_id);
    } else {
        let due = Due::Maintenance { resource_id: instance.resource_id };
        world.schedule(next_window(now, &instance.maintenance_window), place, due);
    }
}

/// A maintenance window opens: what waits for it begins, where the instance can.
pub(super) fn maintain(world: &mut World, place: &Place, resource_id: &str) {
    let now = world.now;
    let waits = |one: &&DbInstance| one.resource_id == resource_id && one.pending_identifier.is_some();
    let Some(instance) = world.services.rds.at(place).instances.values().find(waits).cloned() else { return };
    if instance.status == "available" {
        begin(world, place, resource_id);
    } else {
        let due = Due::Maintenance { resource_id: resource_id.to_owned() };
        world.schedule(next_window(now, &instance.maintenance_window), place, due);
    }
}

fn begin(world: &mut World, place: &Place, resource_id: &str) {
    let instances = &mut world.services.rds.at(place).instances;
    let Some(instance) = instances.values_mut().find(|one| one.resource_id == resource_id) else { return };
    instance.status = "renaming".into();
    let due = Due::Instance { identifier: instance.identifier.clone(), resource_id: resource_id.to_owned() };
    world.schedule(world.now.plus_seconds(SECONDS), place, due);
}

/// The instance has its new name, unless somebody else took it meanwhile.
pub(super) fn finish(state: &mut State, place: &Place, old: &str) {
    let Some(mut instance) = state.instances.remove(old) else { return };
    instance.status = "available".into();
    if let Some(new) = instance.pending_identifier.take().filter(|new| !state.instances.contains_key(new)) {
        instance.arn = names::arn(place, "db", &new);
        instance.identifier = new;
    }
    state.instances.insert(instance.identifier.clone(), instance);
}

/// When a window as RDS writes it, `sun:12:00-sun:12:30`, opens next; a week from now where it cannot be read.
fn next_window(now: Moment, window: &str) -> Moment {
    let date = now.date();
    let opens = window.split('-').next().and_then(|text| {
        let mut parts = text.split(':');
        let day: Weekday = parts.next()?.parse().ok()?;
        let (hour, minute): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(i64::from(day.num_days_from_monday()) * 1440 + hour * 60 + minute)
    });
    let passed = i64::from(date.weekday().num_days_from_monday()) * 1440
        + i64::from(date.hour()) * 60
        + i64::from(date.minute());
    let minutes = opens.map_or(7 * 1440, |opens| match (opens - passed).rem_euclid(7 * 1440) {
        0 => 7 * 1440,
        minutes => minutes,
    });
    let whole_minute = date - TimeDelta::seconds(i64::from(date.second()));
    let whole_minute = whole_minute - TimeDelta::nanoseconds(i64::from(date.nanosecond()));
    Moment::from_millis((whole_minute + TimeDelta::minutes(minutes)).timestamp_millis())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{A, WEST, ask, hours, orders, place, world};
    use super::super::{NewInstance, add_instance, instance};
    use super::*;

    fn shown(world: &mut World, name: &str) -> Value {
        let all = ask(world, A, WEST, "DescribeDBInstances", json!({ "DBInstanceIdentifier": name }));
        all.map(|all| all["DBInstances"][0].clone()).unwrap_or_default()
    }

    fn rename(world: &mut World, old: &str, new: &str, at_once: bool) -> Result<Value, ServiceError> {
        let input = json!({ "DBInstanceIdentifier": old, "NewDBInstanceIdentifier": new, "ApplyImmediately": at_once });
        ask(world, A, WEST, "ModifyDBInstance", input)
    }

    /// RDS User Guide, "Renaming a DB instance": about ten minutes, not available meanwhile; the endpoint and (RDS API
    /// Reference, DBInstance) the ARN hold the name, `DbiResourceId` never changes, tags and snapshots stay.
    #[test]
    fn a_renamed_instance_is_the_same_database_under_another_arn() {
        let mut world = world();
        add_instance(&mut world, &place(A, WEST), orders(None));
        let before = shown(&mut world, "orders");
        let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "nightly" });
        ask(&mut world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
        hours(&mut world, 2);
        let answer = rename(&mut world, "orders", "Orders-Old", true).expect("accepted");
        assert_eq!(answer["DBInstance"]["PendingModifiedValues"], json!({ "DBInstanceIdentifier": "orders-old" }));
        assert_eq!(shown(&mut world, "orders")["DBInstanceStatus"], "renaming");
        let taken = rename(&mut world, "orders", "other", true).expect_err("it is not available");
        assert_eq!(taken.code, "InvalidDBInstanceState");
        hours(&mut world, 1);
        let after = shown(&mut world, "orders-old");
        assert_eq!(after["DBInstanceArn"], "arn:aws:rds:us-west-2:111111111111:db:orders-old");
        assert_eq!((&after["DBInstanceStatus"], &after["PendingModifiedValues"]), (&json!("available"), &json!({})));
        for member in ["DbiResourceId", "InstanceCreateTime", "TagList"] {
            assert_eq!(after[member], before[member], "{member}");
        }
        assert_ne!(after["Endpoint"]["Address"], before["Endpoint"]["Address"]);
        assert!(instance(&world, "arn:aws:rds:us-west-2:111111111111:db:orders").is_none());
        let of_it = json!({ "DbiResourceId": before["DbiResourceId"] });
        let snapshots = ask(&mut world, A, WEST, "DescribeDBSnapshots", of_it).expect("a list");
        assert_eq!(snapshots["DBSnapshots"][0]["DBSnapshotIdentifier"], "nightly");
    }

    #[test]
    fn a_freed_name_is_anothers_and_a_taken_one_is_refused() {
        let mut world = world();
        add_instance(&mut world, &place(A, WEST), orders(None));
        add_instance(&mut world, &place(A, WEST), NewInstance { identifier: "restored".into(), ..orders(None) });
        let [old, new] = ["orders", "restored"].map(|name| shown(&mut world, name)["DbiResourceId"].clone());
        let refused = rename(&mut world, "restored", "orders", true).expect_err("the name is taken");
        assert_eq!(refused.code, "DBInstanceAlreadyExists");
        rename(&mut world, "orders", "orders-old", true).expect("accepted");
        let refused = rename(&mut world, "restored", "orders-old", true).expect_err("somebody is on the way to it");
        assert_eq!(refused.code, "DBInstanceAlreadyExists");
        hours(&mut world, 1);
        rename(&mut world, "restored", "orders", true).expect("accepted");
        hours(&mut world, 1);
        assert_eq!(shown(&mut world, "orders")["DbiResourceId"], new);
        assert_eq!(shown(&mut world, "orders-old")["DbiResourceId"], old);
        let refused = rename(&mut world, "orders", "-", true).expect_err("no identifier");
        assert_eq!(refused.code, "InvalidParameterValue");
    }

    /// RDS API Reference, ModifyDBInstance: without `ApplyImmediately` in the next maintenance window. The world begins
    /// on Monday 5 January 2026, 06:00; the window is Sunday, 12:00.
    #[test]
    fn without_apply_immediately_the_name_changes_in_the_maintenance_window() {
        let mut world = world();
        add_instance(&mut world, &place(A, WEST), orders(None));
        rename(&mut world, "orders", "orders-old", false).expect("accepted");
        hours(&mut world, 6 * 24 + 5);
        let waits = shown(&mut world, "orders");
        assert_eq!(waits["DBInstanceStatus"], "available");
        assert_eq!(waits["PendingModifiedValues"]["DBInstanceIdentifier"], "orders-old");
        hours(&mut world, 2);
        assert_eq!(shown(&mut world, "orders"), Value::Null);
        assert_eq!(shown(&mut world, "orders-old")["DBInstanceStatus"], "available");
    }
}
