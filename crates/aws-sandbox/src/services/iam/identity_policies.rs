//! What roles and users may do: inline policies, attached policies, boundaries; and their tags.

use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{Identity, Kind, Permissions, Tag};
use super::lagged::Clock;
use super::paging::Paging;
use super::roles::{limit, url_encoded};
use super::{managed_policies, tags, validate};
use crate::world::{Call, ServiceError, World};

/// Managed policies per role or user, by default (IAM User Guide, "IAM and AWS STS quotas").
const ATTACHED: usize = 10;
/// All inline policies of a role together; of a user.
const INLINE_SIZE_ROLE: usize = 10_240;
const INLINE_SIZE_USER: usize = 2048;

/// Refuses the deletion of what still has policies.
pub(super) fn check_unused(identity: &Identity) -> Result<(), ServiceError> {
    let permissions = identity.permissions.latest();
    let conflict = |message: &str| Err(ServiceError::new("DeleteConflict", message));
    if !permissions.attached.is_empty() {
        return conflict("Cannot delete entity, must detach all policies first.");
    }
    if !permissions.inline.is_empty() {
        return conflict("Cannot delete entity, must delete policies first.");
    }
    Ok(())
}

fn change(
    world: &mut World,
    call: &Call,
    name: &str,
    write: impl FnOnce(&mut Permissions) -> Result<(), ServiceError>,
) -> Result<Value, ServiceError> {
    let clock = Clock::of(world);
    let kind = Kind::of_operation(call.operation);
    let identity = world.services.iam.at(&call.place.account).identity_mut(kind, name)?;
    let mut permissions = identity.permissions.latest().clone();
    write(&mut permissions)?;
    identity.permissions.set(clock, permissions);
    Ok(json!({}))
}

fn read<'a>(world: &'a mut World, call: &Call, name: &str) -> Result<&'a Identity, ServiceError> {
    world.services.iam.at(&call.place.account).identity(Kind::of_operation(call.operation), name)
}

#[derive(Deserialize)]
pub(super) struct PutPolicy {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "PolicyName")]
    policy_name: String,
    #[serde(rename = "PolicyDocument")]
    policy_document: String,
}

pub(super) fn put_policy(world: &mut World, call: &Call, input: PutPolicy) -> Result<Value, ServiceError> {
    let kind = Kind::of_operation(call.operation);
    validate::name("policyName", &input.policy_name, 128)?;
    read(world, call, &input.name)?;
    validate::identity_policy(&input.policy_document)?;
    let most = if kind == Kind::Role { INLINE_SIZE_ROLE } else { INLINE_SIZE_USER };
    change(world, call, &input.name, |permissions| {
        permissions.inline.insert(input.policy_name, input.policy_document);
        let visible = |text: &String| text.chars().filter(|character| !character.is_whitespace()).count();
        if permissions.inline.values().map(visible).sum::<usize>() > most {
            return Err(limit(&format!(
                "Maximum policy size of {most} bytes exceeded for {} {}",
                kind.word(),
                input.name
            )));
        }
        Ok(())
    })
}

#[derive(Deserialize)]
pub(super) struct NamedPolicy {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "PolicyName")]
    policy_name: String,
}

fn no_inline(kind: Kind, policy: &str) -> ServiceError {
    ServiceError::new("NoSuchEntity", format!("The {} policy with name {policy} cannot be found.", kind.word()))
}

pub(super) fn get_policy(world: &mut World, call: &Call, input: NamedPolicy) -> Result<Value, ServiceError> {
    let kind = Kind::of_operation(call.operation);
    let identity = read(world, call, &input.name)?;
    let document = identity.permissions.latest().inline.get(&input.policy_name);
    let document = document.ok_or_else(|| no_inline(kind, &input.policy_name))?;
    let member = if kind == Kind::Role { "RoleName" } else { "UserName" };
    Ok(json!({ member: input.name, "PolicyName": input.policy_name, "PolicyDocument": url_encoded(document) }))
}

pub(super) fn delete_policy(world: &mut World, call: &Call, input: NamedPolicy) -> Result<Value, ServiceError> {
    let kind = Kind::of_operation(call.operation);
    change(world, call, &input.name, |permissions| {
        permissions.inline.remove(&input.policy_name).map(|_| ()).ok_or_else(|| no_inline(kind, &input.policy_name))
    })
}

#[derive(Deserialize)]
pub(super) struct ListPolicies {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "PathPrefix")]
    path_prefix: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list_inline(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    let names = read(world, call, &input.name)?.permissions.latest().inline.keys().map(|name| json!(name)).collect();
    input.paging.page("PolicyNames", names)
}

pub(super) fn list_attached(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    let attached = read(world, call, &input.name)?.permissions.latest().attached.clone();
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let shown = attached.iter().filter(|arn| managed_policies::path_of(arn).starts_with(&prefix));
    let shown = shown.map(|arn| json!({ "PolicyName": managed_policies::name_of(arn), "PolicyArn": arn })).collect();
    input.paging.page("AttachedPolicies", shown)
}

/// The sandbox has no groups.
pub(super) fn list_groups(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    read(world, call, &input.name)?;
    input.paging.page("Groups", Vec::new())
}

#[derive(Deserialize)]
pub(super) struct Attachment {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "PolicyArn")]
    policy_arn: String,
}

pub(super) fn attach(world: &mut World, call: &Call, input: Attachment) -> Result<Value, ServiceError> {
    read(world, call, &input.name)?;
    managed_policies::existing(world, &call.place.account, &input.policy_arn)?;
    let word = if Kind::of_operation(call.operation) == Kind::Role { "Role" } else { "User" };
    change(world, call, &input.name, |permissions| {
        if permissions.attached.contains(&input.policy_arn) {
            return Ok(());
        }
        if permissions.attached.len() >= ATTACHED {
            return Err(limit(&format!("Cannot exceed quota for PoliciesPer{word}: {ATTACHED}")));
        }
        permissions.attached.push(input.policy_arn);
        Ok(())
    })
}

pub(super) fn detach(world: &mut World, call: &Call, input: Attachment) -> Result<Value, ServiceError> {
    change(world, call, &input.name, |permissions| {
        let position = permissions.attached.iter().position(|arn| *arn == input.policy_arn);
        let Some(position) = position else {
            return Err(ServiceError::new("NoSuchEntity", format!("Policy {} was not found.", input.policy_arn)));
        };
        permissions.attached.remove(position);
        Ok(())
    })
}

#[derive(Deserialize)]
pub(super) struct Boundary {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "PermissionsBoundary")]
    permissions_boundary: Option<String>,
}

pub(super) fn set_boundary(world: &mut World, call: &Call, input: Boundary) -> Result<Value, ServiceError> {
    read(world, call, &input.name)?;
    if let Some(boundary) = &input.permissions_boundary {
        managed_policies::existing(world, &call.place.account, boundary)?;
    }
    change(world, call, &input.name, |permissions| {
        permissions.boundary = input.permissions_boundary;
        Ok(())
    })
}

#[derive(Deserialize)]
pub(super) struct Tagging {
    #[serde(alias = "RoleName", alias = "UserName")]
    name: String,
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
    #[serde(rename = "TagKeys", default)]
    tag_keys: Vec<String>,
}

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let kind = Kind::of_operation(call.operation);
    let identity = world.services.iam.at(&call.place.account).identity_mut(kind, &input.name)?;
    tags::merge(&mut identity.tags, input.tags)?;
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let kind = Kind::of_operation(call.operation);
    let identity = world.services.iam.at(&call.place.account).identity_mut(kind, &input.name)?;
    tags::remove(&mut identity.tags, &input.tag_keys);
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    let shown = read(world, call, &input.name)?.tags.iter().map(|tag| json!(tag)).collect();
    input.paging.page("Tags", shown)
}

/// Roles have no instance profiles here, because nothing can make one.
pub(super) fn list_instance_profiles(
    world: &mut World,
    call: &Call,
    input: ListPolicies,
) -> Result<Value, ServiceError> {
    read(world, call, &input.name)?;
    input.paging.page("InstanceProfiles", Vec::new())
}
