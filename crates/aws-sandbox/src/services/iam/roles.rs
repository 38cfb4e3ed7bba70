//! Roles: made, read, changed, deleted.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{Identity, Kind, Permissions, Role, Tag, TrustPolicy, entity_arn, is_service_linked, protected};
use super::lagged::{Clock, Lagged};
use super::paging::Paging;
use super::{principals, tags, validate};
use crate::world::{Call, Moment, Place, ServiceError, World};

/// Trust policies may have 2,048 characters (IAM User Guide, "IAM and AWS STS quotas").
const TRUST_POLICY_SIZE: usize = 2048;
/// Roles per account, by default.
const ROLES: usize = 1000;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Policy documents come back URL-encoded after RFC 3986 (IAM API Reference, "GetRolePolicy").
pub(super) fn url_encoded(document: &str) -> String {
    utf8_percent_encode(document, UNRESERVED).to_string()
}

/// What is needed for a new role.
pub(super) struct NewRole {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) trust: TrustPolicy,
    pub(super) description: Option<String>,
    pub(super) max_session_duration: i64,
    pub(super) tags: Vec<Tag>,
    pub(super) permissions: Permissions,
}

impl NewRole {
    /// Makes the role with an id of its own, written at `since`.
    pub(super) fn build(self, world: &mut World, home: &Place, since: Moment) -> Role {
        let identity = Identity {
            id: format!("AROA{}", world.ids.letters(home, "role", 17)),
            arn: entity_arn(home.region.partition(), &home.account, "role", &self.path, &self.name),
            name: self.name,
            path: self.path,
            created: world.now,
            tags: self.tags,
            permissions: Lagged::written(since, self.permissions),
        };
        Role {
            identity,
            trust: Lagged::written(since, self.trust),
            description: self.description,
            max_session_duration: self.max_session_duration,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateRole {
    path: Option<String>,
    role_name: String,
    assume_role_policy_document: String,
    description: Option<String>,
    max_session_duration: Option<i64>,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

pub(super) fn create_role(world: &mut World, call: &Call, input: CreateRole) -> Result<Value, ServiceError> {
    let path = input.path.unwrap_or_else(|| "/".into());
    validate::name("roleName", &input.role_name, 64)?;
    validate::path(&path)?;
    if path.starts_with("/aws-service-role/") {
        return Err(protected(&input.role_name));
    }
    tags::check(&input.tags)?;
    let max_session_duration = input.max_session_duration.unwrap_or(3600);
    check_duration(max_session_duration)?;
    let trust = trust_policy(world, input.assume_role_policy_document)?;
    if let Some(boundary) = &input.permissions_boundary {
        super::managed_policies::existing(world, &call.place.account, boundary)?;
    }
    let state = world.services.iam.at(&call.place.account);
    if state.roles.keys().any(|name| name.eq_ignore_ascii_case(&input.role_name)) {
        let message = format!("Role with name {} already exists.", input.role_name);
        return Err(ServiceError::new("EntityAlreadyExists", message));
    }
    if state.roles.values().filter(|role| !is_service_linked(&role.identity.arn)).count() >= ROLES {
        return Err(limit(&format!("Cannot exceed quota for RolesPerAccount: {ROLES}")));
    }
    let permissions = Permissions { boundary: input.permissions_boundary, ..Permissions::default() };
    let role = NewRole {
        path,
        name: input.role_name,
        trust,
        description: input.description,
        max_session_duration,
        tags: input.tags,
        permissions,
    };
    let now = world.now;
    let role = role.build(world, &call.place, now);
    let shown = show(world, &role, true);
    world.services.iam.at(&call.place.account).roles.insert(role.identity.name.clone(), role);
    Ok(json!({ "Role": shown }))
}

pub(super) fn limit(message: &str) -> ServiceError {
    ServiceError::new("LimitExceeded", message)
}

fn check_duration(seconds: i64) -> Result<(), ServiceError> {
    if (3600..=43_200).contains(&seconds) {
        return Ok(());
    }
    let bound = if seconds < 3600 { "greater than or equal to 3600" } else { "less than or equal to 43200" };
    Err(ServiceError::new(
        "ValidationError",
        format!(
            "1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value {bound}"
        ),
    ))
}

fn trust_policy(world: &World, text: String) -> Result<TrustPolicy, ServiceError> {
    if text.chars().filter(|character| !character.is_whitespace()).count() > TRUST_POLICY_SIZE {
        return Err(limit(&format!("Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_SIZE}")));
    }
    let document = validate::trust_policy(world, &text)?;
    Ok(TrustPolicy { pins: principals::pin(world, &document), text })
}

/// A role as the API shows it; `ListRoles` leaves tags and boundary out
/// (IAM API Reference, "ListRoles").
pub(super) fn show(world: &World, role: &Role, whole: bool) -> Value {
    let identity = &role.identity;
    let trust = role.trust.latest();
    let mut shown = json!({
        "Path": identity.path,
        "RoleName": identity.name,
        "RoleId": identity.id,
        "Arn": identity.arn,
        "CreateDate": identity.created,
        "AssumeRolePolicyDocument": url_encoded(&principals::render(world, &trust.text, &trust.pins)),
        "MaxSessionDuration": role.max_session_duration,
    });
    if let Some(description) = &role.description {
        shown["Description"] = json!(description);
    }
    if whole {
        add_details(&mut shown, identity);
        shown["RoleLastUsed"] = json!({});
    }
    shown
}

/// Adds what only the reads of a single role or user show.
pub(super) fn add_details(shown: &mut Value, identity: &Identity) {
    if !identity.tags.is_empty() {
        shown["Tags"] = json!(identity.tags);
    }
    if let Some(boundary) = &identity.permissions.latest().boundary {
        shown["PermissionsBoundary"] =
            json!({ "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary });
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleOnly {
    pub(super) role_name: String,
}

pub(super) fn get_role(world: &mut World, call: &Call, input: RoleOnly) -> Result<Value, ServiceError> {
    let role = world.services.iam.at(&call.place.account).role(&input.role_name)?.clone();
    Ok(json!({ "Role": show(world, &role, true) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ByPath {
    pub(super) path_prefix: Option<String>,
    #[serde(flatten)]
    pub(super) paging: Paging,
}

pub(super) fn list_roles(world: &mut World, call: &Call, input: ByPath) -> Result<Value, ServiceError> {
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let roles = world.services.iam.get(&call.place.account).map(|state| &state.roles);
    let roles =
        roles.into_iter().flat_map(|roles| roles.values()).filter(|role| role.identity.path.starts_with(&prefix));
    let shown = roles.map(|role| show(world, role, false)).collect();
    input.paging.page("Roles", shown)
}

pub(super) fn delete_role(world: &mut World, call: &Call, input: RoleOnly) -> Result<Value, ServiceError> {
    let state = world.services.iam.at(&call.place.account);
    state.role_mut(&input.role_name)?;
    super::identity_policies::check_unused(state.identity(Kind::Role, &input.role_name)?)?;
    state.roles.remove(&input.role_name);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateRole {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<i64>,
}

pub(super) fn update_role(world: &mut World, call: &Call, input: UpdateRole) -> Result<Value, ServiceError> {
    let duration = input.max_session_duration.unwrap_or(3600);
    check_duration(duration)?;
    let state = world.services.iam.at(&call.place.account);
    let role = state.role_mut(&input.role_name)?;
    role.max_session_duration = duration;
    if input.description.is_some() {
        role.description = input.description.filter(|text| !text.is_empty());
    }
    Ok(json!({}))
}

pub(super) fn update_role_description(
    world: &mut World,
    call: &Call,
    input: UpdateRole,
) -> Result<Value, ServiceError> {
    let state = world.services.iam.at(&call.place.account);
    // The description is the one thing that may be changed of a service-linked role
    // (IAM User Guide, "Editing a service-linked role").
    let role = state.roles.get_mut(&input.role_name).ok_or_else(|| Kind::Role.not_found(&input.role_name))?;
    role.description = input.description.filter(|text| !text.is_empty());
    let role = role.clone();
    Ok(json!({ "Role": show(world, &role, true) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateTrust {
    role_name: String,
    policy_document: String,
}

pub(super) fn update_assume_role_policy(
    world: &mut World,
    call: &Call,
    input: UpdateTrust,
) -> Result<Value, ServiceError> {
    let clock = Clock::of(world);
    world.services.iam.at(&call.place.account).role_mut(&input.role_name)?;
    let trust = trust_policy(world, input.policy_document)?;
    let state = world.services.iam.at(&call.place.account);
    state.role_mut(&input.role_name)?.trust.set(clock, trust);
    Ok(json!({}))
}
