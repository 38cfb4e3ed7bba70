//! What RDS's operations need (Service Authorization Reference, "Amazon RDS").

use serde_json::Value;

use super::names;
use super::state::Tag;
use crate::world::{Access, Call, ServiceError, World};

type Accesses = Result<Vec<Access>, ServiceError>;

fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input.get(member).and_then(Value::as_str)
}

/// The ARN of a kind of thing that `name` names here; every one where there is no name.
fn arn(call: &Call, kind: &str, name: Option<&str>) -> String {
    match name {
        None => names::arn(&call.place, kind, "*"),
        Some(name) if name.starts_with("arn:") => name.to_owned(),
        Some(name) => names::arn(&call.place, kind, &name.to_ascii_lowercase()),
    }
}

fn access(world: &World, call: &Call, arn: String) -> Access {
    let mut access = Access::on(&format!("rds:{}", call.operation), arn.as_str(), &call.place.account);
    let (tags, prefix): (&[Tag], _) = if let Some(instance) = super::instance(world, &arn) {
        (&instance.tags, "rds:db-tag")
    } else if let Some(snapshot) = super::snapshot(world, &arn) {
        (&snapshot.tags, "rds:snapshot-tag")
    } else {
        (&[], "")
    };
    for tag in tags {
        access.context.set(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        access.context.set(&format!("{prefix}/{}", tag.key), tag.value.as_str());
    }
    access
}

fn with_request_tags(mut access: Access, input: &Value) -> Access {
    let mut keys = Vec::new();
    for tag in input.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let key = text(tag, "Key").unwrap_or_default();
        let value = text(tag, "Value").unwrap_or_default();
        access.context.set(&format!("aws:RequestTag/{key}"), value);
        access.context.set(&format!("rds:req-tag/{key}"), value);
        keys.push(key.to_owned());
    }
    let removed = input.get("TagKeys").and_then(Value::as_array).into_iter().flatten();
    keys.extend(removed.filter_map(Value::as_str).map(str::to_owned));
    if !keys.is_empty() {
        access.context = access.context.with_all("aws:TagKeys", keys);
    }
    access
}

/// Tags on something new need `rds:AddTagsToResource` on it as well.
fn new_thing(world: &World, call: &Call, input: &Value, arn: String) -> Vec<Access> {
    let mut needs = vec![with_request_tags(access(world, call, arn.clone()), input)];
    if input.get("Tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty()) {
        let tagging = Access::on("rds:AddTagsToResource", arn, &call.place.account);
        needs.push(with_request_tags(tagging, input));
    }
    needs
}

pub(super) fn instance(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![access(world, call, arn(call, "db", text(input, "DBInstanceIdentifier")))])
}

pub(super) fn new_instance(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut needs = new_thing(world, call, input, arn(call, "db", text(input, "DBInstanceIdentifier")));
    if let Some(access) = needs.first_mut() {
        for (key, member) in
            [("rds:DatabaseClass", "DBInstanceClass"), ("rds:DatabaseEngine", "Engine"), ("rds:DatabaseName", "DBName")]
        {
            if let Some(value) = text(input, member) {
                access.context.set(key, value);
            }
        }
        let is_encrypted = input.get("StorageEncrypted").and_then(Value::as_bool).unwrap_or(false);
        access.context.set("rds:StorageEncrypted", is_encrypted.to_string());
    }
    needs.extend(option_group_named(world, call, input));
    Ok(needs)
}

fn option_group_named(world: &World, call: &Call, input: &Value) -> Option<Access> {
    let name = text(input, "OptionGroupName")?;
    Some(access(world, call, arn(call, "og", Some(name))))
}

/// The final snapshot is part of what the deletion needs.
pub(super) fn deleted_instance(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut needs = instance(world, call, input)?;
    if let Some(snapshot) = text(input, "FinalDBSnapshotIdentifier") {
        let arn = arn(call, "snapshot", Some(snapshot));
        needs.push(Access::on("rds:CreateDBSnapshot", arn, &call.place.account));
    }
    Ok(needs)
}

pub(super) fn cluster(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![access(world, call, arn(call, "cluster", text(input, "DBClusterIdentifier")))])
}

pub(super) fn cluster_snapshot(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![access(world, call, arn(call, "cluster-snapshot", text(input, "DBClusterSnapshotIdentifier")))])
}

pub(super) fn snapshot(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![access(world, call, arn(call, "snapshot", text(input, "DBSnapshotIdentifier")))])
}

pub(super) fn new_snapshot(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut needs = instance(world, call, input)?;
    needs.extend(new_thing(world, call, input, arn(call, "snapshot", text(input, "DBSnapshotIdentifier"))));
    Ok(needs)
}

/// The source and the target. Where the source lies in another Region the request is made there,
/// too, so a condition on `aws:RequestedRegion` must allow both (RDS User Guide, "Copying a DB
/// snapshot", "Requesting a cross-Region DB snapshot copy").
pub(super) fn copied_snapshot(world: &World, call: &Call, input: &Value) -> Accesses {
    let source = arn(call, "snapshot", text(input, "SourceDBSnapshotIdentifier"));
    let region = names::read_arn(&source, "snapshot").map(|(place, _)| place.region);
    let mut from = access(world, call, source);
    if let Some(region) = region {
        from.context.set("aws:RequestedRegion", region.as_str());
    }
    let mut needs = vec![from];
    needs.extend(new_thing(world, call, input, arn(call, "snapshot", text(input, "TargetDBSnapshotIdentifier"))));
    needs.extend(option_group_named(world, call, input));
    Ok(needs)
}

pub(super) fn tagged(world: &World, call: &Call, input: &Value) -> Accesses {
    let resource = text(input, "ResourceName").unwrap_or_default().to_owned();
    Ok(vec![with_request_tags(access(world, call, resource), input)])
}

pub(super) fn option_group(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![with_request_tags(access(world, call, arn(call, "og", text(input, "OptionGroupName"))), input)])
}
