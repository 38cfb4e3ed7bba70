//! Tags of instances, snapshots and option groups.

use serde::Deserialize;
use serde_json::{Value, json};

use super::names::{self, invalid};
use super::state::{Tag, no_instance, no_snapshot};
use crate::world::{Call, ServiceError, World};

/// Tags per resource.
const TAGS: usize = 50;

/// Sets tags, replacing those with the same key.
///
/// # Errors
/// `InvalidParameterValue` for reserved keys or more than 50 tags.
pub(super) fn merge(set: &mut Vec<Tag>, tags: Vec<Tag>) -> Result<(), ServiceError> {
    let mut merged = set.clone();
    for tag in tags {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys cannot start with the reserved prefix \"aws:\"."));
        }
        match merged.iter_mut().find(|old| old.key == tag.key) {
            Some(old) => *old = tag,
            None => merged.push(tag),
        }
    }
    if merged.iter().filter(|tag| !tag.key.starts_with("aws:")).count() > TAGS {
        return Err(invalid("The resultant tag set must not have more than 50 user tags."));
    }
    *set = merged;
    Ok(())
}

/// Sets tags in the name of AWS Backup, which may use its own `aws:backup:` keys.
pub(super) fn merge_for(call: &Call, set: &mut Vec<Tag>, tags: Vec<Tag>) -> Result<(), ServiceError> {
    if !names::is_by_backup(call) {
        return merge(set, tags);
    }
    let (own, others): (Vec<Tag>, Vec<Tag>) = tags.into_iter().partition(|tag| tag.key.starts_with("aws:backup:"));
    for tag in own {
        set.retain(|old| old.key != tag.key);
        set.push(tag);
    }
    merge(set, others)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tagging {
    resource_name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// The tags of a thing in the caller's own place.
fn tags_of<'a>(world: &'a mut World, call: &Call, name: &str) -> Result<&'a mut Vec<Tag>, ServiceError> {
    let kinds = ["db", "snapshot", "og"];
    let found = kinds.iter().find_map(|kind| Some((*kind, names::read_arn(name, kind)?)));
    let Some((kind, (place, identifier))) = found else {
        return Err(invalid(format!("Unexpected ARN format or resource type: {name}")));
    };
    if place.region != call.place.region {
        return Err(invalid(format!(
            "The specified resource name does not match an RDS resource in this region.: {name}"
        )));
    }
    let missing = match kind {
        "db" => no_instance(&identifier),
        "snapshot" => no_snapshot(&identifier),
        _ => {
            ServiceError::new("OptionGroupNotFoundFault", format!("Specified OptionGroupName: {identifier} not found."))
        }
    };
    if place.account != call.place.account {
        return Err(missing);
    }
    let state = world.services.rds.at(&place);
    let tags = match kind {
        "db" => state.instances.get_mut(&identifier).map(|instance| &mut instance.tags),
        "snapshot" => state.snapshots.get_mut(&identifier).map(|snapshot| &mut snapshot.tags),
        _ => state.option_groups.get_mut(&identifier).map(|group| &mut group.tags),
    };
    tags.ok_or(missing)
}

pub(super) fn add(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    merge_for(call, tags_of(world, call, &input.resource_name)?, input.tags)?;
    Ok(json!({}))
}

pub(super) fn remove(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    tags_of(world, call, &input.resource_name)?.retain(|tag| !input.tag_keys.contains(&tag.key));
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    Ok(json!({ "TagList": tags_of(world, call, &input.resource_name)? }))
}
