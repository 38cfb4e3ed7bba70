//! Users and their access keys.

use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{AccessKey, Identity, Kind, Permissions, Tag, User, entity_arn};
use super::lagged::Lagged;
use super::paging::Paging;
use super::roles::{ByPath, add_details, limit};
use super::{tags, validate};
use crate::world::{Call, Caller, Moment, Place, ServiceError, World};
use aws_policy::evaluate::Principal;
use aws_policy::names::AccountId;

/// Access keys of one user (IAM User Guide, "IAM and AWS STS quotas").
const ACCESS_KEYS: usize = 2;
/// The user that every account of the sandbox has.
const ADMINISTRATOR: &str = "administrator";
const ADMINISTRATOR_ACCESS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateUser {
    path: Option<String>,
    user_name: String,
    permissions_boundary: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

fn new_user(
    world: &mut World,
    home: &Place,
    path: String,
    name: String,
    tags: Vec<Tag>,
    permissions: Lagged<Permissions>,
) -> User {
    let identity = Identity {
        id: format!("AIDA{}", world.ids.letters(home, "user", 17)),
        arn: entity_arn(home.region.partition(), &home.account, "user", &path, &name),
        name,
        path,
        created: world.now,
        tags,
        permissions,
    };
    User { identity }
}

pub(super) fn create_user(world: &mut World, call: &Call, input: CreateUser) -> Result<Value, ServiceError> {
    let path = input.path.unwrap_or_else(|| "/".into());
    validate::name("userName", &input.user_name, 64)?;
    validate::path(&path)?;
    tags::check(&input.tags)?;
    if let Some(boundary) = &input.permissions_boundary {
        super::managed_policies::existing(world, &call.place.account, boundary)?;
    }
    let state = world.services.iam.at(&call.place.account);
    if state.users.keys().any(|name| name.eq_ignore_ascii_case(&input.user_name)) {
        let message = format!("User with name {} already exists.", input.user_name);
        return Err(ServiceError::new("EntityAlreadyExists", message));
    }
    let permissions = Permissions { boundary: input.permissions_boundary, ..Permissions::default() };
    let permissions = Lagged::written(world.now, permissions);
    let user = new_user(world, &call.place, path, input.user_name, input.tags, permissions);
    let shown = show(&user, true);
    world.services.iam.at(&call.place.account).users.insert(user.identity.name.clone(), user);
    Ok(json!({ "User": shown }))
}

fn show(user: &User, whole: bool) -> Value {
    let identity = &user.identity;
    let mut shown = json!({
        "Path": identity.path,
        "UserName": identity.name,
        "UserId": identity.id,
        "Arn": identity.arn,
        "CreateDate": identity.created,
    });
    if whole {
        add_details(&mut shown, identity);
    }
    shown
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UserOnly {
    user_name: Option<String>,
    access_key_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// The named user, or the one who asks.
fn user_name(call: &Call, named: Option<String>) -> Result<String, ServiceError> {
    let own = match &call.caller.principal {
        Principal::User { arn, .. } => arn.resource.rsplit('/').next().map(str::to_owned),
        _ => None,
    };
    named.or(own).ok_or_else(|| {
        ServiceError::new("ValidationError", "Must specify userName when calling with non-User credentials")
    })
}

pub(super) fn get_user(world: &mut World, call: &Call, input: UserOnly) -> Result<Value, ServiceError> {
    let name = user_name(call, input.user_name)?;
    let user = world.services.iam.at(&call.place.account).users.get(&name);
    Ok(json!({ "User": show(user.ok_or_else(|| Kind::User.not_found(&name))?, true) }))
}

pub(super) fn list_users(world: &mut World, call: &Call, input: ByPath) -> Result<Value, ServiceError> {
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let users = world.services.iam.at(&call.place.account).users.values();
    let shown = users.filter(|user| user.identity.path.starts_with(&prefix)).map(|user| show(user, false)).collect();
    input.paging.page("Users", shown)
}

pub(super) fn delete_user(world: &mut World, call: &Call, input: UserOnly) -> Result<Value, ServiceError> {
    let name = user_name(call, input.user_name)?;
    let state = world.services.iam.at(&call.place.account);
    let identity = state.identity(Kind::User, &name)?;
    if state.access_keys.values().any(|key| key.user == name) {
        return Err(ServiceError::new("DeleteConflict", "Cannot delete entity, must delete access keys first."));
    }
    super::identity_policies::check_unused(identity)?;
    state.users.remove(&name);
    Ok(json!({}))
}

pub(super) fn create_access_key(world: &mut World, call: &Call, input: UserOnly) -> Result<Value, ServiceError> {
    let name = user_name(call, input.user_name)?;
    let state = world.services.iam.at(&call.place.account);
    state.identity(Kind::User, &name)?;
    if state.access_keys.values().filter(|key| key.user == name).count() >= ACCESS_KEYS {
        return Err(limit(&format!("Cannot exceed quota for AccessKeysPerUser: {ACCESS_KEYS}")));
    }
    let id = format!("AKIA{}", world.ids.letters(&call.place, "access-key", 16));
    let secret = world.ids.letters(&call.place, "secret-key", 40);
    let key = AccessKey { user: name.clone(), secret: secret.clone(), created: world.now };
    world.services.iam.at(&call.place.account).access_keys.insert(id.clone(), key);
    Ok(json!({ "AccessKey": {
        "UserName": name, "AccessKeyId": id, "Status": "Active", "SecretAccessKey": secret, "CreateDate": world.now,
    }}))
}

pub(super) fn list_access_keys(world: &mut World, call: &Call, input: UserOnly) -> Result<Value, ServiceError> {
    let name = user_name(call, input.user_name)?;
    let state = world.services.iam.at(&call.place.account);
    state.identity(Kind::User, &name)?;
    let keys = state.access_keys.iter().filter(|(_, key)| key.user == name);
    let shown = keys
        .map(|(id, key)| json!({ "UserName": name, "AccessKeyId": id, "Status": "Active", "CreateDate": key.created }));
    input.paging.page("AccessKeyMetadata", shown.collect())
}

pub(super) fn delete_access_key(world: &mut World, call: &Call, input: UserOnly) -> Result<Value, ServiceError> {
    let name = user_name(call, input.user_name)?;
    let id = input.access_key_id.unwrap_or_default();
    let keys = &mut world.services.iam.at(&call.place.account).access_keys;
    if keys.get(&id).is_none_or(|key| key.user != name) {
        return Err(ServiceError::new("NoSuchEntity", format!("The Access Key with id {id} cannot be found.")));
    }
    keys.remove(&id);
    Ok(json!({}))
}

/// Gives an account its IAM user `administrator` with `AdministratorAccess` and the access key
/// `AKIA<account>SAND`, secret `sandbox`. Nothing changes where it exists.
pub fn create_administrator(world: &mut World, account: &AccountId) {
    if world.services.iam.get(account).is_some_and(|state| state.users.contains_key(ADMINISTRATOR)) {
        return;
    }
    let home = super::home(world, account);
    let permissions = Permissions { attached: vec![ADMINISTRATOR_ACCESS.into()], ..Permissions::default() };
    let settled = Lagged::settled(permissions);
    let user = new_user(world, &home, "/".into(), ADMINISTRATOR.into(), Vec::new(), settled);
    let created = world.now;
    let key = AccessKey { user: ADMINISTRATOR.into(), secret: "sandbox".into(), created };
    let state = world.services.iam.at(account);
    state.users.insert(ADMINISTRATOR.into(), user);
    state.access_keys.insert(format!("AKIA{account}SAND"), key);
}

/// The administrator of an account as a caller, where [`create_administrator`] made one.
pub fn administrator(world: &World, account: &AccountId) -> Option<Caller> {
    caller(world, account, ADMINISTRATOR)
}

fn caller(world: &World, account: &AccountId, name: &str) -> Option<Caller> {
    let identity = &world.services.iam.get(account)?.users.get(name)?.identity;
    let principal = Principal::User { arn: identity.arn.clone(), id: identity.id.clone() };
    Some(Caller {
        principal,
        account: account.clone(),
        session_policies: Vec::new(),
        expires: None::<Moment>,
        clock: None,
        issued: None,
        held_by: None,
    })
}

/// The user behind a long-term access key, and its secret.
pub fn by_access_key(world: &World, access_key_id: &str) -> Option<(Caller, String)> {
    world.services.iam.iter().find_map(|(account, state)| {
        let key = state.access_keys.get(access_key_id)?;
        Some((caller(world, account, &key.user)?, key.secret.clone()))
    })
}
