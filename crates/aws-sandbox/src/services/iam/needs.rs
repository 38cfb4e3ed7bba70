//! What IAM's own operations need: the action is the operation's name, the resource what it is about
//! (Service Authorization Reference, "AWS Identity and Access Management (IAM)").

use serde_json::Value;

use super::entities::{Kind, entity_arn};
use crate::world::{Access, Call, ServiceError, World};

type Accesses = Result<Vec<Access>, ServiceError>;

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn action(call: &Call) -> String {
    format!("iam:{}", call.operation)
}

fn with_keys(mut access: Access, input: &Value) -> Access {
    if let Some(policy) = input.get("PolicyArn").and_then(Value::as_str) {
        access.context.set("iam:PolicyARN", policy);
    }
    if let Some(boundary) = input.get("PermissionsBoundary").and_then(Value::as_str) {
        access.context.set("iam:PermissionsBoundary", boundary);
    }
    let mut keys = Vec::new();
    for tag in input.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        access.context.set(&format!("aws:RequestTag/{}", text(tag, "Key")), text(tag, "Value"));
        keys.push(text(tag, "Key").to_owned());
    }
    keys.extend(
        input
            .get("TagKeys")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    if !keys.is_empty() {
        access.context = access.context.with_all("aws:TagKeys", keys);
    }
    access
}

fn identity(world: &World, call: &Call, input: &Value, kind: Kind) -> Accesses {
    let (member, word) = match kind {
        Kind::Role => ("RoleName", "role"),
        Kind::User => ("UserName", "user"),
    };
    let name = text(input, member);
    let known = world.services.iam.get(&call.place.account).and_then(|state| state.identity(kind, name).ok());
    let path = input.get("Path").and_then(Value::as_str).unwrap_or("/");
    let arn = match known {
        Some(identity) => identity.arn.clone(),
        None => entity_arn(call.place.region.partition(), &call.place.account, word, path, name),
    };
    let mut access = with_keys(Access::on(&action(call), arn.to_string(), &call.place.account), input);
    if let Some(identity) = known {
        for tag in &identity.tags {
            access.context.set(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        }
        if access.context.get("iam:PermissionsBoundary").is_none()
            && let Some(boundary) = &identity.permissions.latest().boundary
        {
            access.context.set("iam:PermissionsBoundary", boundary.as_str());
        }
    }
    Ok(vec![access])
}

/// The role named by `RoleName`.
pub(super) fn role(world: &World, call: &Call, input: &Value) -> Accesses {
    identity(world, call, input, Kind::Role)
}

/// The user named by `UserName`; the caller itself where none is named.
pub(super) fn user(world: &World, call: &Call, input: &Value) -> Accesses {
    if input.get("UserName").is_none() {
        return Ok(vec![Access::on(&action(call), call.caller.shown(), &call.place.account)]);
    }
    identity(world, call, input, Kind::User)
}

/// The managed policy named by `PolicyArn`.
pub(super) fn policy(_: &World, call: &Call, input: &Value) -> Accesses {
    let access = Access::on(&action(call), text(input, "PolicyArn"), &call.place.account);
    Ok(vec![with_keys(access, input)])
}

/// The managed policy that `PolicyName` is going to be.
pub(super) fn new_policy(_: &World, call: &Call, input: &Value) -> Accesses {
    let path = input.get("Path").and_then(Value::as_str).unwrap_or("/");
    let arn = entity_arn(call.place.region.partition(), &call.place.account, "policy", path, text(input, "PolicyName"));
    Ok(vec![with_keys(Access::on(&action(call), arn.to_string(), &call.place.account), input)])
}

/// Lists, which AWS grants on a path below the account or on `*`.
pub(super) fn any(_: &World, call: &Call, _: &Value) -> Accesses {
    Ok(vec![Access::on_any(&action(call), &call.place.account)])
}

/// The service-linked role of `AWSServiceName`.
pub(super) fn linked_role(_: &World, call: &Call, input: &Value) -> Accesses {
    let service = text(input, "AWSServiceName");
    let path = format!("/aws-service-role/{service}/");
    let name = super::linked::role_name(service, input.get("CustomSuffix").and_then(Value::as_str));
    let arn = entity_arn(call.place.region.partition(), &call.place.account, "role", &path, &name);
    let access =
        Access::on(&action(call), arn.to_string(), &call.place.account).with_key("iam:AWSServiceName", service);
    Ok(vec![access])
}

/// The role that a deletion task is about.
pub(super) fn deletion(world: &World, call: &Call, input: &Value) -> Accesses {
    let task = world
        .services
        .iam
        .get(&call.place.account)
        .and_then(|state| state.deletions.get(text(input, "DeletionTaskId")));
    let arn = task.map_or_else(|| "*".to_owned(), |task| task.role_arn.clone());
    Ok(vec![Access::on(&action(call), arn, &call.place.account)])
}
