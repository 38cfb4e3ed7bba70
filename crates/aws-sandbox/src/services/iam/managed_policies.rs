//! Managed policies and their versions.

use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{ManagedPolicy, PolicyVersion, Tag, entity_arn};
use super::lagged::{Clock, Lagged};
use super::managed;
use super::paging::Paging;
use super::roles::{limit, url_encoded};
use super::{tags, validate};
use crate::world::{Call, ServiceError, World};
use aws_policy::names::AccountId;

/// Characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas").
const POLICY_SIZE: usize = 6144;
/// Versions of a managed policy.
const VERSIONS: usize = 5;

/// The name at the end of a policy's ARN.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// The path in a policy's ARN.
pub(super) fn path_of(arn: &str) -> &str {
    let rest = arn.split_once(":policy").map_or("/", |(_, rest)| rest);
    rest.rfind('/').map_or("/", |last| &rest[..=last])
}

/// Checks that a policy may be attached in an account.
///
/// # Errors
/// `NoSuchEntity`, as AttachRolePolicy and CreateRole answer it.
pub(super) fn existing(world: &World, account: &AccountId, arn: &str) -> Result<(), ServiceError> {
    let own = world.services.iam.get(account).is_some_and(|state| state.policies.contains_key(arn));
    if own || managed::by_arn(arn).is_some() {
        return Ok(());
    }
    Err(ServiceError::new("NoSuchEntity", format!("Policy {arn} does not exist or is not attachable.")))
}

fn missing(arn: &str) -> ServiceError {
    ServiceError::new("NoSuchEntity", format!("Policy {arn} was not found."))
}

fn missing_version(arn: &str, version: &str) -> ServiceError {
    ServiceError::new("NoSuchEntity", format!("Policy {arn} version {version} does not exist or is not attachable."))
}

pub(super) fn own<'a>(world: &'a mut World, call: &Call, arn: &str) -> Result<&'a mut ManagedPolicy, ServiceError> {
    if managed::by_arn(arn).is_some() {
        return Err(ServiceError::new(
            "AccessDenied",
            format!(
                "User: {} is not authorized to perform: iam:{} on resource: policy {}",
                call.caller.shown(),
                call.operation,
                name_of(arn)
            ),
        ));
    }
    world.services.iam.at(&call.place.account).policies.get_mut(arn).ok_or_else(|| missing(arn))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreatePolicy {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

fn check_document(text: &str) -> Result<(), ServiceError> {
    if text.chars().filter(|character| !character.is_whitespace()).count() > POLICY_SIZE {
        return Err(limit(&format!("Cannot exceed quota for PolicySize: {POLICY_SIZE}")));
    }
    validate::identity_policy(text)
}

pub(super) fn create_policy(world: &mut World, call: &Call, input: CreatePolicy) -> Result<Value, ServiceError> {
    let path = input.path.unwrap_or_else(|| "/".into());
    validate::name("policyName", &input.policy_name, 128)?;
    validate::path(&path)?;
    check_document(&input.policy_document)?;
    tags::check(&input.tags)?;
    let partition = call.place.region.partition();
    let arn = entity_arn(partition, &call.place.account, "policy", &path, &input.policy_name).to_string();
    let state = world.services.iam.at(&call.place.account);
    if state.policies.values().any(|policy| policy.name.eq_ignore_ascii_case(&input.policy_name)) {
        let message = format!("A policy called {} already exists. Duplicate names are not allowed.", input.policy_name);
        return Err(ServiceError::new("EntityAlreadyExists", message));
    }
    let id = format!("ANPA{}", world.ids.letters(&call.place, "policy", 17));
    let now = world.now;
    let version = PolicyVersion { id: "v1".into(), document: input.policy_document.clone(), created: now };
    let policy = ManagedPolicy {
        name: input.policy_name,
        path,
        id,
        arn: arn.clone(),
        description: input.description,
        created: now,
        updated: now,
        tags: input.tags,
        versions: vec![version],
        next_version: 2,
        default_version: "v1".into(),
        in_force: Lagged::written(now, input.policy_document),
    };
    let mut shown = show(world, &call.place.account, &policy);
    if !policy.tags.is_empty() {
        shown["Tags"] = json!(policy.tags);
    }
    world.services.iam.at(&call.place.account).policies.insert(arn, policy);
    Ok(json!({ "Policy": shown }))
}

fn counts(world: &World, account: &AccountId, arn: &str) -> (usize, usize) {
    let state = world.services.iam.get(account);
    let permissions =
        state.into_iter().flat_map(|state| state.identities()).map(|(_, identity)| identity.permissions.latest());
    permissions.fold((0, 0), |(attached, boundaries), permissions| {
        let is_attached = permissions.attached.iter().any(|other| other == arn);
        let is_boundary = permissions.boundary.as_deref() == Some(arn);
        (attached + usize::from(is_attached), boundaries + usize::from(is_boundary))
    })
}

fn show(world: &World, account: &AccountId, policy: &ManagedPolicy) -> Value {
    let (attached, boundaries) = counts(world, account, &policy.arn);
    let mut shown = json!({
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": true,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    });
    if let Some(description) = &policy.description {
        shown["Description"] = json!(description);
    }
    shown
}

fn show_aws(world: &World, account: &AccountId, policy: &managed::AwsManaged) -> Value {
    let arn = policy.arn();
    let (attached, boundaries) = counts(world, account, &arn);
    let date = aws_date(policy);
    json!({
        "PolicyName": policy.policy_name,
        "Arn": arn,
        "Path": policy.path,
        "DefaultVersionId": policy.version_id,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": !policy.path.starts_with("/aws-service-role/"),
        "CreateDate": date,
        "UpdateDate": date,
    })
}

fn aws_date(policy: &managed::AwsManaged) -> f64 {
    let date = chrono::DateTime::parse_from_rfc3339(&policy.create_date);
    date.map(|date| date.timestamp() as f64).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyOnly {
    policy_arn: String,
}

pub(super) fn get_policy(world: &mut World, call: &Call, input: PolicyOnly) -> Result<Value, ServiceError> {
    let account = &call.place.account;
    if let Some(policy) = managed::by_arn(&input.policy_arn) {
        let mut shown = show_aws(world, account, policy);
        shown["Description"] = json!(policy.description);
        return Ok(json!({ "Policy": shown }));
    }
    let policy = own(world, call, &input.policy_arn)?.clone();
    let mut shown = show(world, account, &policy);
    if !policy.tags.is_empty() {
        shown["Tags"] = json!(policy.tags);
    }
    Ok(json!({ "Policy": shown }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListPolicies {
    scope: Option<String>,
    #[serde(default)]
    only_attached: bool,
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list_policies(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    let account = &call.place.account;
    let scope = input.scope.as_deref().unwrap_or("All");
    let mut shown = Vec::new();
    if scope != "AWS" {
        let policies = world.services.iam.get(account).map(|state| &state.policies);
        let own = policies.into_iter().flat_map(|policies| policies.values());
        shown.extend(own.map(|policy| show(world, account, policy)).map(|mut policy| {
            // Lists have no description (IAM API Reference, "Policy").
            policy.as_object_mut().and_then(|members| members.shift_remove("Description"));
            policy
        }));
    }
    if scope != "Local" {
        shown.extend(managed::all().iter().map(|policy| show_aws(world, account, policy)));
    }
    let prefix = input.path_prefix.unwrap_or_else(|| "/".into());
    let count = match input.policy_usage_filter.as_deref() {
        Some("PermissionsBoundary") => "PermissionsBoundaryUsageCount",
        _ => "AttachmentCount",
    };
    let is_boundary_list = input.policy_usage_filter.as_deref() == Some("PermissionsBoundary");
    shown.retain(|policy| {
        let in_path = policy["Path"].as_str().is_some_and(|path| path.starts_with(&prefix));
        let used = policy[count].as_u64().unwrap_or(0) > 0;
        in_path && (used || !(input.only_attached || is_boundary_list))
    });
    input.paging.page("Policies", shown)
}

pub(super) fn delete_policy(world: &mut World, call: &Call, input: PolicyOnly) -> Result<Value, ServiceError> {
    let versions = own(world, call, &input.policy_arn)?.versions.len();
    let conflict = |message: &str| Err(ServiceError::new("DeleteConflict", message));
    let (attached, boundaries) = counts(world, &call.place.account, &input.policy_arn);
    if attached + boundaries > 0 {
        return conflict("Cannot delete a policy attached to entities.");
    }
    if versions > 1 {
        return conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
    }
    world.services.iam.at(&call.place.account).policies.remove(&input.policy_arn);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateVersion {
    policy_arn: String,
    policy_document: String,
    #[serde(default)]
    set_as_default: bool,
}

pub(super) fn create_policy_version(
    world: &mut World,
    call: &Call,
    input: CreateVersion,
) -> Result<Value, ServiceError> {
    let clock = Clock::of(world);
    check_document(&input.policy_document)?;
    let policy = own(world, call, &input.policy_arn)?;
    if policy.versions.len() >= VERSIONS {
        return Err(limit(&format!(
            "A managed policy can have up to {VERSIONS} versions. Before you create a new version, you must delete an existing version."
        )));
    }
    let id = format!("v{}", policy.next_version);
    policy.next_version += 1;
    policy.updated = clock.now;
    if input.set_as_default {
        policy.default_version.clone_from(&id);
        policy.in_force.set(clock, input.policy_document.clone());
    }
    policy.versions.push(PolicyVersion { id: id.clone(), document: input.policy_document, created: clock.now });
    Ok(
        json!({ "PolicyVersion": { "VersionId": id, "IsDefaultVersion": input.set_as_default, "CreateDate": clock.now } }),
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneVersion {
    policy_arn: String,
    version_id: String,
}

pub(super) fn get_policy_version(world: &mut World, call: &Call, input: OneVersion) -> Result<Value, ServiceError> {
    if let Some(policy) = managed::by_arn(&input.policy_arn) {
        if policy.version_id != input.version_id {
            return Err(missing_version(&input.policy_arn, &input.version_id));
        }
        return Ok(json!({ "PolicyVersion": {
            "Document": url_encoded(&policy.document.to_string()),
            "VersionId": policy.version_id,
            "IsDefaultVersion": true,
            "CreateDate": aws_date(policy),
        }}));
    }
    let policy = own(world, call, &input.policy_arn)?;
    let version = policy.versions.iter().find(|version| version.id == input.version_id);
    let version = version.ok_or_else(|| missing_version(&input.policy_arn, &input.version_id))?;
    Ok(json!({ "PolicyVersion": {
        "Document": url_encoded(&version.document),
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default_version,
        "CreateDate": version.created,
    }}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfPolicy {
    policy_arn: String,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list_policy_versions(world: &mut World, call: &Call, input: OfPolicy) -> Result<Value, ServiceError> {
    if let Some(policy) = managed::by_arn(&input.policy_arn) {
        let shown = json!({ "VersionId": policy.version_id, "IsDefaultVersion": true, "CreateDate": aws_date(policy) });
        return input.paging.page("Versions", vec![shown]);
    }
    let policy = own(world, call, &input.policy_arn)?;
    let shown = policy.versions.iter().rev().map(|version| {
        json!({ "VersionId": version.id, "IsDefaultVersion": version.id == policy.default_version, "CreateDate": version.created })
    });
    input.paging.page("Versions", shown.collect())
}

pub(super) fn delete_policy_version(world: &mut World, call: &Call, input: OneVersion) -> Result<Value, ServiceError> {
    let policy = own(world, call, &input.policy_arn)?;
    if policy.default_version == input.version_id {
        return Err(ServiceError::new("DeleteConflict", "Cannot delete the default version of a policy."));
    }
    let position = policy.versions.iter().position(|version| version.id == input.version_id);
    let position = position.ok_or_else(|| missing_version(&input.policy_arn, &input.version_id))?;
    policy.versions.remove(position);
    Ok(json!({}))
}

pub(super) fn set_default_policy_version(
    world: &mut World,
    call: &Call,
    input: OneVersion,
) -> Result<Value, ServiceError> {
    let clock = Clock::of(world);
    let policy = own(world, call, &input.policy_arn)?;
    let version = policy.versions.iter().find(|version| version.id == input.version_id);
    let document = version.ok_or_else(|| missing_version(&input.policy_arn, &input.version_id))?.document.clone();
    policy.default_version = input.version_id;
    policy.updated = clock.now;
    policy.in_force.set(clock, document);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PolicyTags {
    policy_arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn tag_policy(world: &mut World, call: &Call, input: PolicyTags) -> Result<Value, ServiceError> {
    tags::merge(&mut own(world, call, &input.policy_arn)?.tags, input.tags)?;
    Ok(json!({}))
}

pub(super) fn untag_policy(world: &mut World, call: &Call, input: PolicyTags) -> Result<Value, ServiceError> {
    tags::remove(&mut own(world, call, &input.policy_arn)?.tags, &input.tag_keys);
    Ok(json!({}))
}

pub(super) fn list_policy_tags(world: &mut World, call: &Call, input: PolicyTags) -> Result<Value, ServiceError> {
    let shown = own(world, call, &input.policy_arn)?.tags.iter().map(|tag| json!(tag)).collect();
    input.paging.page("Tags", shown)
}
