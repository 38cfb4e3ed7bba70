//! Tags of what AWS Backup owns itself: vaults, plans, legal holds. The tags of an RDS recovery
//! point live on its snapshot and are reached through RDS.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::errors::{invalid_parameter, limit_exceeded, not_found};
use super::paging::{Paging, page_of_map};
use super::{plans, vaults};
use crate::world::{Access, Call, Place, ServiceError, World};
use aws_policy::names::Arn;

/// User tags on one resource.
pub(super) const MOST_TAGS: usize = 50;

/// Checks the tags of a request.
///
/// # Errors
/// `InvalidParameterValueException` for AWS's own prefix and for bad lengths.
pub(super) fn check(tags: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    if tags.len() > MOST_TAGS {
        return Err(limit_exceeded("The resultant tag set must not have more than 50 user tags."));
    }
    for (key, value) in tags {
        // CloudFormation puts its own tags on every vault and plan that it makes.
        if key.to_ascii_lowercase().starts_with("aws:") && !key.starts_with("aws:cloudformation:") {
            return Err(invalid_parameter("Tag keys cannot start with the reserved prefix \"aws:\"."));
        }
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid_parameter(format!("Invalid tag: {key}")));
        }
    }
    Ok(())
}

/// Puts the request's tags into the condition keys of a permission.
pub(super) fn with_request_tags(mut access: Access, tags: &Value) -> Access {
    let Some(tags) = tags.as_object().filter(|tags| !tags.is_empty()) else {
        return access;
    };
    for (key, value) in tags {
        access.context.set(&format!("aws:RequestTag/{key}"), value.as_str().unwrap_or_default());
    }
    access.context = access.context.with_all("aws:TagKeys", tags.keys().cloned());
    access
}

/// What can carry tags here.
enum Tagged {
    Vault(String),
    Plan(String),
    Hold(String),
}

/// Finds what an ARN names. Only ARNs of AWS Backup itself are taken: those of services that it does
/// not fully manage have the tags of their own service (AWS Backup Developer Guide, "Add or remove
/// tags on existing recovery points").
fn tagged(place: &Place, arn_text: &str) -> Result<Tagged, ServiceError> {
    let arn: Arn = arn_text.parse().map_err(|_| invalid_parameter(format!("Invalid ARN: {arn_text}")))?;
    if arn.service != "backup" {
        return Err(invalid_parameter(format!("Unsupported resource type: {arn_text}")));
    }
    let here = arn.account == place.account.as_str() && arn.region == place.region.as_str();
    let strip = |prefix: &str| arn.resource_after(prefix).filter(|_| here).map(str::to_owned);
    if let Some(name) = strip("backup-vault:") {
        Ok(Tagged::Vault(name))
    } else if let Some(id) = strip("backup-plan:").or_else(|| strip("plan:")) {
        Ok(Tagged::Plan(id))
    } else if let Some(id) = strip("legal-hold:") {
        Ok(Tagged::Hold(id))
    } else {
        Err(not_found(format!("Could not find resource {arn_text}")))
    }
}

fn tags_mut<'a>(
    world: &'a mut World,
    place: &Place,
    arn: &str,
) -> Result<&'a mut BTreeMap<String, String>, ServiceError> {
    let tagged = tagged(place, arn)?;
    let state = world.services.backup.at(place);
    let found = match tagged {
        Tagged::Vault(name) => state.vaults.get_mut(&name).map(|vault| &mut vault.tags),
        Tagged::Plan(id) => state.plans.get_mut(&id).map(|plan| &mut plan.tags),
        Tagged::Hold(id) => state.legal_holds.get_mut(&id).map(|hold| &mut hold.tags),
    };
    found.ok_or_else(|| not_found(format!("Could not find resource {arn}")))
}

/// The permission of the three operations: on the resource whose tags they are about.
pub(super) fn needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["ResourceArn"].as_str().unwrap_or_default();
    let action = format!("backup:{}", call.operation);
    let access = match tagged(&call.place, arn) {
        Ok(Tagged::Vault(name)) => vaults::access(world, &call.place, &action, &name),
        Ok(Tagged::Plan(id)) => Access::on(&action, plans::plan_arn(&call.place, &id), &call.place.account),
        _ => Access::on(&action, arn, &call.place.account),
    };
    let mut access = with_request_tags(access, &input["Tags"]);
    if let Some(keys) = input["TagKeyList"].as_array() {
        let keys = keys.iter().filter_map(Value::as_str).map(str::to_owned);
        access.context = access.context.with_all("aws:TagKeys", keys);
    }
    Ok(vec![access])
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    resource_arn: String,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let tags = tags_mut(world, &call.place, &input.resource_arn)?.clone();
    let keyed: BTreeMap<String, (String, String)> =
        tags.into_iter().map(|(key, value)| (key.clone(), (key, value))).collect();
    let page = page_of_map(&input.paging, &keyed, |_| true)?;
    let tags: BTreeMap<&str, &str> = page.items.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    Ok(json!({ "Tags": tags, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TagInput {
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

pub(super) fn tag(world: &mut World, call: &Call, input: TagInput) -> Result<Value, ServiceError> {
    check(&input.tags)?;
    let tags = tags_mut(world, &call.place, &input.resource_arn)?;
    let mut result = tags.clone();
    result.extend(input.tags);
    check(&result)?;
    *tags = result;
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UntagInput {
    resource_arn: String,
    tag_key_list: Vec<String>,
}

pub(super) fn untag(world: &mut World, call: &Call, input: UntagInput) -> Result<Value, ServiceError> {
    let tags = tags_mut(world, &call.place, &input.resource_arn)?;
    tags.retain(|key, _| !input.tag_key_list.contains(key));
    Ok(Value::Null)
}
