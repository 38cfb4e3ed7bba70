//! Option groups, as far as copying asks for them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::list::Paging;
use super::names::{self, invalid};
use super::state::{OptionGroup, Tag};
use super::tags;
use crate::world::{Call, Place, ServiceError, World};

/// `default:postgres-16`, which every instance has that names no other.
pub(super) fn default_group(engine: &str, version: &str) -> String {
    let mut parts = version.split('.');
    let major = parts.next().unwrap_or_default();
    let major = match (engine, parts.next()) {
        ("mysql" | "mariadb", Some(minor)) => format!("{major}-{minor}"),
        _ => major.to_owned(),
    };
    format!("default:{engine}-{major}")
}

/// `default.postgres16`, `default.mysql8.0`: the parameter group of an instance that names no other.
pub(super) fn default_parameter_group(engine: &str, version: &str) -> String {
    let family = default_group(engine, version);
    let family = family.strip_prefix("default:").unwrap_or_default();
    let (engine, major) = family.split_once('-').unwrap_or((family, ""));
    format!("default.{engine}{}", major.replace('-', "."))
}

/// An option group for a scenario: its name, engine and options, each with whether it is persistent.
#[derive(Debug, Clone, Default)]
pub struct NewOptionGroup {
    pub name: String,
    pub engine: String,
    /// The engine's major version.
    pub major_version: String,
    /// Names of its options, and whether each is persistent.
    pub options: Vec<(String, bool)>,
}

/// Puts an option group there without asking anybody.
pub fn add_option_group(world: &mut World, place: &Place, new: NewOptionGroup) {
    let group = OptionGroup {
        arn: names::arn(place, "og", &new.name),
        name: new.name.clone(),
        engine: new.engine,
        major_version: new.major_version,
        description: String::new(),
        options: new.options.into_iter().collect(),
        tags: Vec::new(),
    };
    world.services.rds.at(place).option_groups.insert(new.name, group);
}

/// The persistent options that a group brings along; the default groups have none.
pub(super) fn persistent(world: &World, place: &Place, group: &str) -> Vec<String> {
    let group = world.services.rds.get(place).and_then(|state| state.option_groups.get(group));
    let options = group.into_iter().flat_map(|group| &group.options);
    options.filter(|(_, persistent)| **persistent).map(|(name, _)| name.clone()).collect()
}

fn missing(name: &str) -> ServiceError {
    ServiceError::new("OptionGroupNotFoundFault", format!("Specified OptionGroupName: {name} not found."))
}

/// Checks that a group may be used here.
///
/// # Errors
/// `OptionGroupNotFoundFault`.
pub(super) fn check(world: &World, place: &Place, name: &str) -> Result<(), ServiceError> {
    let known = world.services.rds.get(place).is_some_and(|state| state.option_groups.contains_key(name));
    if known || name.starts_with("default:") { Ok(()) } else { Err(missing(name)) }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    option_group_name: String,
    engine_name: String,
    major_engine_version: String,
    option_group_description: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

fn show(group: &OptionGroup) -> Value {
    let options = group.options.iter().map(|(name, persistent)| {
        json!({ "OptionName": name, "Persistent": persistent, "Permanent": false, "OptionSettings": [] })
    });
    json!({
        "OptionGroupName": group.name,
        "OptionGroupDescription": group.description,
        "EngineName": group.engine,
        "MajorEngineVersion": group.major_version,
        "Options": options.collect::<Vec<_>>(),
        "AllowsVpcAndNonVpcInstanceMemberships": true,
        "OptionGroupArn": group.arn,
    })
}

pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    let name = input.option_group_name.to_ascii_lowercase();
    names::check_new("OptionGroupName", &name, 255)?;
    let mut set = Vec::new();
    tags::merge(&mut set, input.tags)?;
    let groups = &mut world.services.rds.at(&call.place).option_groups;
    if groups.contains_key(&name) {
        let message = format!("An option group with the name {name} already exists.");
        return Err(ServiceError::new("OptionGroupAlreadyExistsFault", message));
    }
    let group = OptionGroup {
        arn: names::arn(&call.place, "og", &name),
        name: name.clone(),
        engine: input.engine_name,
        major_version: input.major_engine_version,
        description: input.option_group_description,
        options: Default::default(),
        tags: set,
    };
    let shown = show(&group);
    groups.insert(name, group);
    Ok(json!({ "OptionGroup": shown }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    option_group_name: Option<String>,
    engine_name: Option<String>,
    major_engine_version: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn describe(world: &mut World, call: &Call, input: Describe) -> Result<Value, ServiceError> {
    input.paging.filters(&[])?;
    let groups = &world.services.rds.at(&call.place).option_groups;
    if let Some(name) = input.option_group_name.as_deref().filter(|name| !groups.contains_key(*name)) {
        return Err(missing(name));
    }
    let is_wanted = |group: &&OptionGroup| {
        input.option_group_name.as_ref().is_none_or(|name| *name == group.name)
            && input.engine_name.as_ref().is_none_or(|engine| *engine == group.engine)
            && input.major_engine_version.as_ref().is_none_or(|version| *version == group.major_version)
    };
    let shown = groups.values().filter(is_wanted).map(show).collect();
    input.paging.page("OptionGroupsList", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    option_group_name: String,
}

pub(super) fn delete(world: &mut World, call: &Call, input: Delete) -> Result<Value, ServiceError> {
    let name = input.option_group_name;
    let state = world.services.rds.at(&call.place);
    if name.starts_with("default:") {
        return Err(invalid(format!("Default option groups can't be deleted: {name}")));
    }
    if !state.option_groups.contains_key(&name) {
        return Err(missing(&name));
    }
    let by_instance = state.instances.values().any(|instance| instance.option_group == name);
    if by_instance || state.snapshots.values().any(|snapshot| snapshot.option_group == name) {
        let message = format!("The option group '{name}' cannot be deleted because it is in use.");
        return Err(ServiceError::new("InvalidOptionGroupStateFault", message));
    }
    state.option_groups.remove(&name);
    Ok(json!({}))
}
