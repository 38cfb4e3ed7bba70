//! Service-linked roles.

use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{DeletionTask, Permissions, Role, TrustPolicy, is_service_linked};
use super::roles::{NewRole, RoleOnly, show};
use crate::world::{Call, Moment, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// A service whose role is known by name and policy.
struct Known {
    service: &'static str,
    role: &'static str,
    policy: Option<&'static str>,
}

/// Sources: AWS Backup Developer Guide, "Using service-linked roles for AWS Backup"; RDS User Guide,
/// "Using service-linked roles for Amazon RDS"; AWS Organizations User Guide, "AWS Organizations and
/// service-linked roles"; EventBridge User Guide, "Using service-linked roles".
const KNOWN: &[Known] = &[
    Known {
        service: "backup.amazonaws.com",
        role: "AWSServiceRoleForBackup",
        policy: Some("arn:aws:iam::aws:policy/aws-service-role/AWSBackupServiceLinkedRolePolicyForBackup"),
    },
    Known {
        service: "rds.amazonaws.com",
        role: "AWSServiceRoleForRDS",
        policy: Some("arn:aws:iam::aws:policy/aws-service-role/AmazonRDSServiceRolePolicy"),
    },
    Known { service: "organizations.amazonaws.com", role: "AWSServiceRoleForOrganizations", policy: None },
    Known { service: "events.amazonaws.com", role: "AWSServiceRoleForCloudWatchEvents", policy: None },
];

/// Services that let several roles be made, told apart by a suffix (IAM User Guide, "Create a
/// service-linked role").
const WITH_SUFFIX: &[&str] = &["autoscaling.amazonaws.com", "lex.amazonaws.com", "connect.amazonaws.com"];

/// `AWSServiceRoleForBackup`; for a service that is not in the table, the pattern that most follow.
pub(super) fn role_name(service: &str, suffix: Option<&str>) -> String {
    let known = KNOWN.iter().find(|known| known.service == service).map(|known| known.role.to_owned());
    let name = known.unwrap_or_else(|| {
        let first = service.split('.').next().unwrap_or_default();
        let mut letters = first.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        format!("AWSServiceRoleFor{}{}", capital.map(String::from).unwrap_or_default(), letters.as_str())
    });
    match suffix {
        Some(suffix) => format!("{name}_{suffix}"),
        None => name,
    }
}

fn trust(service: &str) -> TrustPolicy {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    });
    TrustPolicy { text: document.to_string(), pins: Default::default() }
}

fn build(world: &mut World, home: &Place, service: &str, suffix: Option<&str>, description: Option<String>) -> Role {
    let policy = KNOWN.iter().find(|known| known.service == service).and_then(|known| known.policy);
    let attached = policy.map(|arn| arn.replacen("arn:aws:", &format!("arn:{}:", home.region.partition()), 1));
    let role = NewRole {
        path: format!("/aws-service-role/{service}/"),
        name: role_name(service, suffix),
        trust: trust(service),
        description,
        max_session_duration: 3600,
        tags: Vec::new(),
        permissions: Permissions { attached: attached.into_iter().collect(), ..Permissions::default() },
    };
    // A service waits for its own role, so that nobody ever meets one that does not work yet.
    role.build(world, home, Moment::default())
}

/// Makes the service-linked role of a service, as the service does on first use. Nothing changes
/// where it exists.
pub fn ensure_service_linked_role(world: &mut World, account: &AccountId, service: &str) {
    let name = role_name(service, None);
    if world.services.iam.get(account).is_some_and(|state| state.roles.contains_key(&name)) {
        return;
    }
    let home = super::home(world, account);
    let role = build(world, &home, service, None, None);
    world.services.iam.at(account).roles.insert(name, role);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateLinked {
    #[serde(rename = "AWSServiceName")]
    service: String,
    description: Option<String>,
    custom_suffix: Option<String>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateLinked) -> Result<Value, ServiceError> {
    let invalid = |message: String| Err(ServiceError::new("InvalidInput", message));
    let is_service = input.service.split_once('.').is_some_and(|(first, rest)| {
        !first.is_empty() && rest.starts_with("amazonaws.com") || rest.ends_with(".amazonaws.com")
    });
    if !is_service {
        return invalid(format!("Service {} is not a valid service name.", input.service));
    }
    if input.custom_suffix.is_some() && !WITH_SUFFIX.contains(&input.service.as_str()) {
        return invalid(format!("Custom suffix is not allowed for {}", input.service));
    }
    let name = role_name(&input.service, input.custom_suffix.as_deref());
    if world.services.iam.at(&call.place.account).roles.contains_key(&name) {
        return invalid(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        ));
    }
    let role = build(world, &call.place, &input.service, input.custom_suffix.as_deref(), input.description);
    let shown = show(world, &role, true);
    world.services.iam.at(&call.place.account).roles.insert(name, role);
    Ok(json!({ "Role": shown }))
}

pub(super) fn delete(world: &mut World, call: &Call, input: RoleOnly) -> Result<Value, ServiceError> {
    let name = input.role_name;
    let state = world.services.iam.at(&call.place.account);
    let role_arn = state.role(&name)?.identity.arn.clone();
    if !is_service_linked(&role_arn) {
        return Err(ServiceError::new("InvalidInput", format!("Role {name} is not a service-linked role.")));
    }
    let service = role_arn.resource.split('/').nth(2).unwrap_or_default().to_owned();
    let uses = uses(world, &call.place.account, &service);
    let id = format!("task/aws-service-role/{service}/{name}/{}", world.ids.uuid(&call.place, "role-deletion"));
    let task = DeletionTask {
        region: uses.first().map(|(region, _)| region.clone()),
        in_use: uses.into_iter().map(|(_, arn)| arn).collect(),
        role_arn: role_arn.to_string(),
    };
    let state = world.services.iam.at(&call.place.account);
    if task.in_use.is_empty() {
        state.roles.remove(&name);
    }
    state.deletions.insert(id.clone(), task);
    Ok(json!({ "DeletionTaskId": id }))
}

/// What keeps a service from giving up its role, with the Region of each: backups for AWS Backup,
/// databases for RDS (AWS Backup Developer Guide, "Deleting a service-linked role"; RDS User Guide,
/// "Deleting a service-linked role for Amazon RDS").
fn uses(world: &World, account: &AccountId, service: &str) -> Vec<(String, String)> {
    crate::services::rds::uses_of_linked_role(world, account, service)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Task {
    deletion_task_id: String,
}

pub(super) fn deletion_status(world: &mut World, call: &Call, input: Task) -> Result<Value, ServiceError> {
    let state = world.services.iam.at(&call.place.account);
    let Some(task) = state.deletions.get(&input.deletion_task_id) else {
        let message = format!("Deletion task {} cannot be found.", input.deletion_task_id);
        return Err(ServiceError::new("NoSuchEntity", message));
    };
    if task.in_use.is_empty() {
        return Ok(json!({ "Status": "SUCCEEDED" }));
    }
    Ok(json!({
        "Status": "FAILED",
        "Reason": {
            "Reason": "The role is in use by the following resources. You must delete these resources before you can delete the role.",
            "RoleUsageList": [{ "Region": task.region, "Resources": task.in_use }],
        },
    }))
}
