//! What KMS's own operations need (Service Authorization Reference, "AWS Key Management Service").

use serde_json::Value;

use super::state::{Found, Key, alias_arn, find};
use crate::world::{Access, Call, Place, ServiceError, World};
use aws_policy::evaluate::{Named, Principal, ResourceRule};

type Accesses = Result<Vec<Access>, ServiceError>;

/// The access to a key for one action: the key's policies, the grants that allow this very call, and
/// KMS's condition keys.
///
/// # Errors
/// `NotFoundException` where there is no such key.
pub fn access(world: &World, action: &str, key_id_or_arn: &str, call: &Call) -> Result<Access, ServiceError> {
    let found = find(world, call, key_id_or_arn)?;
    let key = found.key(world)?;
    let mut access = Access::on(action, key.arn.clone(), &found.place.account);
    access.resource.rule = if key.is_aws_managed() { ResourceRule::AwsManagedKey } else { ResourceRule::Key };
    access.resource.policies.push(Named { name: format!("key policy of {}", key.arn), text: key.policy_now(world) });
    if let Some(text) = &key.ram_policy {
        let name = format!("policy AWS_RAM of {}", key.arn);
        access.resource.policies.push(Named { name, text: text.clone() });
    }
    access.resource.grants = usable_grants(key, action, call);
    access.context = conditions(world, &found, key, call);
    if let Some(alias) = requested_alias(key_id_or_arn).filter(|_| takes_alias(action)) {
        access.context.set("kms:RequestAlias", alias);
    }
    Ok(access)
}

/// The alias by which a request names its key, by its name or its ARN.
fn requested_alias(named: &str) -> Option<&str> {
    let resource = named.splitn(6, ':').nth(5).unwrap_or(named);
    resource.starts_with("alias/").then_some(resource)
}

/// Whether an operation carries `kms:RequestAlias` (KMS Developer Guide, "AWS KMS condition keys": cryptographic
/// operations, DescribeKey and GetPublicKey).
fn takes_alias(action: &str) -> bool {
    let operation = action.strip_prefix("kms:").unwrap_or(action);
    matches!(operation, "DescribeKey" | "GetPublicKey" | "Encrypt" | "Decrypt" | "Sign" | "Verify")
        || ["GenerateDataKey", "GenerateMac", "VerifyMac", "ReEncrypt"].iter().any(|begin| operation.starts_with(begin))
}

fn conditions(world: &World, found: &Found, key: &Key, call: &Call) -> aws_policy::context::Context {
    let aliases = world.services.kms.get(&found.place).map(|state| {
        let names = state.aliases.iter().filter(|(_, alias)| alias.target == key.id);
        names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    });
    let mut context = aws_policy::context::Context::new()
        .with("kms:CallerAccount", call.caller.account.as_str())
        .with("kms:KeySpec", "SYMMETRIC_DEFAULT")
        .with("kms:KeyUsage", "ENCRYPT_DECRYPT")
        .with("kms:KeyOrigin", "AWS_KMS")
        .with("kms:MultiRegion", key.multi_region.to_string())
        .with_all("kms:ResourceAliases", aliases.unwrap_or_default());
    for (name, value) in &key.tags {
        context.set(&format!("aws:ResourceTag/{name}"), value.clone());
    }
    context
}

/// Grants count when they list the operation and name the principal.
fn usable_grants(key: &Key, action: &str, call: &Call) -> Vec<String> {
    let operation = action.strip_prefix("kms:").unwrap_or(action);
    let names: Vec<String> = match &call.caller.principal {
        Principal::Session { role, .. } => vec![role.to_string(), call.caller.shown()],
        Principal::User { arn, .. } => vec![arn.to_string()],
        Principal::Root(_) => vec![call.caller.shown()],
        Principal::Service(name) => vec![name.clone()],
    };
    let grants = key.grants.values();
    grants
        .filter(|grant| names.contains(&grant.grantee) && grant.operations.iter().any(|allowed| allowed == operation))
        .map(|grant| grant.id.clone())
        .collect()
}

fn action(call: &Call) -> String {
    format!("kms:{}", call.operation)
}

fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input[member].as_str().unwrap_or_default()
}

/// An operation on the key in `KeyId`.
pub(super) fn on_key(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![access(world, &action(call), text(input, "KeyId"), call)?])
}

/// An operation that KMS grants on `*` only.
pub(super) fn on_any(_: &World, call: &Call, _: &Value) -> Accesses {
    Ok(vec![Access::on_any(&action(call), &call.place.account)])
}

/// RetireGrant: the grant itself says who may.
pub(super) fn nothing(_: &World, _: &Call, _: &Value) -> Accesses {
    Ok(Vec::new())
}

pub(super) fn create_key(_: &World, call: &Call, input: &Value) -> Accesses {
    // What the request leaves out counts with its default (KMS Developer Guide, "kms:KeySpec" and its like).
    let given = |member: &str, default: &str| input[member].as_str().unwrap_or(default).to_owned();
    let key_spec = input["CustomerMasterKeySpec"].as_str().unwrap_or("SYMMETRIC_DEFAULT");
    let mut create = with_request_tags(Access::on_any("kms:CreateKey", &call.place.account), input)
        .with_key("kms:CallerAccount", call.caller.account.as_str())
        .with_key("kms:KeySpec", given("KeySpec", key_spec))
        .with_key("kms:KeyUsage", given("KeyUsage", "ENCRYPT_DECRYPT"))
        .with_key("kms:KeyOrigin", given("Origin", "AWS_KMS"))
        .with_key("kms:MultiRegion", input["MultiRegion"].as_bool().unwrap_or(false).to_string());
    bypass(&mut create, input);
    let mut accesses = vec![create];
    if input["Tags"].as_array().is_some_and(|tags| !tags.is_empty()) {
        // The key has no id yet (AWS KMS Developer Guide, "Controlling access to tags": policies name `key/*`).
        let Place { account, region } = &call.place;
        let key = format!("arn:{}:kms:{region}:{account}:key/*", region.partition());
        accesses.push(with_request_tags(Access::on("kms:TagResource", key, account), input));
    }
    Ok(accesses)
}

/// `kms:BypassPolicyLockoutSafetyCheck`, false where the request is silent.
fn bypass(access: &mut Access, input: &Value) {
    let bypass = input["BypassPolicyLockoutSafetyCheck"].as_bool().unwrap_or(false);
    access.context.set("kms:BypassPolicyLockoutSafetyCheck", bypass.to_string());
}

pub(super) fn put_policy(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut access = access(world, "kms:PutKeyPolicy", text(input, "KeyId"), call)?;
    bypass(&mut access, input);
    Ok(vec![access])
}

pub(super) fn schedule_deletion(world: &World, call: &Call, input: &Value) -> Accesses {
    let access = access(world, "kms:ScheduleKeyDeletion", text(input, "KeyId"), call)?;
    // The default is 30 days (KMS API Reference, ScheduleKeyDeletion).
    let days = input["PendingWindowInDays"].as_i64().unwrap_or(30);
    Ok(vec![access.with_key("kms:ScheduleKeyDeletionPendingWindowInDays", days.to_string())])
}

pub(super) fn tag(world: &World, call: &Call, input: &Value) -> Accesses {
    Ok(vec![with_request_tags(access(world, "kms:TagResource", text(input, "KeyId"), call)?, input)])
}

pub(super) fn untag(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut access = access(world, "kms:UntagResource", text(input, "KeyId"), call)?;
    let keys = input["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    access.context = access.context.clone().with_all("aws:TagKeys", keys);
    Ok(vec![access])
}

fn with_request_tags(mut access: Access, input: &Value) -> Access {
    let tags = input["Tags"].as_array().cloned().unwrap_or_default();
    for tag in &tags {
        access.context.set(&format!("aws:RequestTag/{}", text(tag, "TagKey")), text(tag, "TagValue"));
    }
    let keys = tags.iter().map(|tag| text(tag, "TagKey").to_owned());
    access.context = access.context.clone().with_all("aws:TagKeys", keys);
    access
}

pub(super) fn create_grant(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut access = access(world, "kms:CreateGrant", text(input, "KeyId"), call)?;
    let operations = input["Operations"].as_array().into_iter().flatten().filter_map(Value::as_str);
    access.context = access.context.clone().with_all("kms:GrantOperations", operations.map(str::to_owned));
    for (key, members) in [
        ("kms:GranteePrincipal", ["GranteePrincipal", "GranteeServicePrincipal"]),
        ("kms:RetiringPrincipal", ["RetiringPrincipal", "RetiringServicePrincipal"]),
    ] {
        if let Some(principal) = members.iter().find_map(|member| input[member].as_str()) {
            access.context.set(key, principal);
        }
    }
    let kinds = ["EncryptionContextEquals", "EncryptionContextSubset"];
    if let Some(kind) = kinds.iter().find(|kind| input["Constraints"][**kind].is_object()) {
        access.context.set("kms:GrantConstraintType", *kind);
    }
    if let Ok(key) = find(world, call, text(input, "KeyId"))?.key(world) {
        access.resource.grants.retain(|id| key.grants.get(id).is_some_and(|parent| parent.covers(input)));
    }
    // A service that asks on behalf of its caller says so; nobody else can.
    if call.context.get("kms:GrantIsForAWSResource").is_none() {
        access.context.set("kms:GrantIsForAWSResource", "false");
    }
    Ok(vec![access])
}

pub(super) fn create_alias(world: &World, call: &Call, input: &Value) -> Accesses {
    alias_and_key(world, call, input, "kms:CreateAlias")
}

pub(super) fn update_alias(world: &World, call: &Call, input: &Value) -> Accesses {
    let mut accesses = alias_and_key(world, call, input, "kms:UpdateAlias")?;
    if let Ok(found) = find(world, call, text(input, "AliasName")) {
        accesses.push(access(world, "kms:UpdateAlias", &found.key(world)?.arn, call)?);
    }
    Ok(accesses)
}

pub(super) fn delete_alias(world: &World, call: &Call, input: &Value) -> Accesses {
    let alias = Access::on("kms:DeleteAlias", alias_arn(&call.place, text(input, "AliasName")), &call.place.account);
    let found = find(world, call, text(input, "AliasName"))?;
    Ok(vec![alias, access(world, "kms:DeleteAlias", &found.key(world)?.arn, call)?])
}

fn alias_and_key(world: &World, call: &Call, input: &Value, action: &str) -> Accesses {
    let alias = Access::on(action, alias_arn(&call.place, text(input, "AliasName")), &call.place.account);
    Ok(vec![alias, access(world, action, text(input, "TargetKeyId"), call)?])
}
