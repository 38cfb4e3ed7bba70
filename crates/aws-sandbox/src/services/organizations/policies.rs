//! Service control policies and resource control policies.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::{self, Page};
use super::state::{Organization, Policy, PolicyType};
use crate::services::iam::documents;
use crate::world::{Call, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// Policies of one type directly attached to one target (Organizations User Guide, "Quotas").
const ATTACHED: usize = 5;
/// Characters of a policy.
const POLICY_SIZE: usize = 5120;

fn fault(code: &str, message: &str) -> ServiceError {
    ServiceError::new(code, message)
}

fn policy_type(text: &str) -> Result<PolicyType, ServiceError> {
    serde_json::from_value(json!(text)).map_err(|_| {
        tracing::warn!(policy_type = text, "the sandbox lacks this policy type");
        fault("InvalidInputException", "You specified an invalid value for the policy type.")
            .with("Reason", "INVALID_ENUM_POLICY_TYPE")
    })
}

impl Organization {
    /// The ARN of a policy that is there.
    pub(super) fn policy_arn(&self, place: &Place, id: &str) -> Option<String> {
        self.policies.get(id).map(|policy| self.arn_of(place, policy))
    }

    fn arn_of(&self, place: &Place, policy: &Policy) -> String {
        let id = format!("{}/{}", policy.kind.in_arn(), policy.id);
        match policy.aws_managed {
            true => format!("arn:{}:organizations::aws:policy/{id}", place.region.partition()),
            false => self.arn(place, "policy", &id),
        }
    }

    fn show_summary(&self, place: &Place, policy: &Policy) -> Value {
        json!({
            "Id": policy.id, "Arn": self.arn_of(place, policy), "Name": policy.name, "Description": policy.description,
            "Type": policy.kind, "AwsManaged": policy.aws_managed,
        })
    }

    fn policy(&self, id: &str) -> Result<&Policy, ServiceError> {
        self.policies.get(id).ok_or_else(|| {
            fault("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
        })
    }

    fn own_policy(&mut self, id: &str) -> Result<&mut Policy, ServiceError> {
        self.policy(id)?;
        self.policies
            .get_mut(id)
            .filter(|policy| !policy.aws_managed)
            .ok_or_else(|| fault("PolicyChangesInProgressException", "AWS managed policies can't be changed."))
    }

    fn check_target(&self, target: &str) -> Result<(), ServiceError> {
        if self.targets().iter().any(|known| known == target) {
            return Ok(());
        }
        Err(fault(
            "TargetNotFoundException",
            "We can't find a root, OU, account, or policy with the TargetId that you specified.",
        ))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RootType {
    root_id: String,
    policy_type: String,
}

pub(super) fn enable_type(world: &mut World, call: &Call, input: RootType) -> Result<Value, ServiceError> {
    let kind = policy_type(&input.policy_type)?;
    let organization = accounts::managed(world, call)?;
    check_root(organization, &input.root_id)?;
    if organization.policy_types.contains(&kind) {
        return Err(fault("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled."));
    }
    organization.enable(kind);
    Ok(json!({ "Root": organization.show_root(&call.place) }))
}

fn check_root(organization: &Organization, root: &str) -> Result<(), ServiceError> {
    if organization.root == root {
        return Ok(());
    }
    Err(fault("RootNotFoundException", "You specified a root that doesn't exist."))
}

pub(super) fn disable_type(world: &mut World, call: &Call, input: RootType) -> Result<Value, ServiceError> {
    let kind = policy_type(&input.policy_type)?;
    let organization = accounts::managed(world, call)?;
    check_root(organization, &input.root_id)?;
    if !organization.policy_types.contains(&kind) {
        return Err(fault(
            "PolicyTypeNotEnabledException",
            "This operation can be performed only for enabled policy types.",
        ));
    }
    organization.policy_types.retain(|enabled| *enabled != kind);
    let of_kind: Vec<String> =
        organization.policies.values().filter(|policy| policy.kind == kind).map(|policy| policy.id.clone()).collect();
    for attached in organization.attachments.values_mut() {
        attached.retain(|id| !of_kind.contains(id));
    }
    Ok(json!({ "Root": organization.show_root(&call.place) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    content: String,
    description: String,
    name: String,
    #[serde(rename = "Type")]
    kind: String,
}

/// Organizations User Guide, "SCP syntax" and "RCP syntax".
fn check_content(kind: PolicyType, content: &str) -> Result<(), ServiceError> {
    let malformed = || {
        fault(
            "MalformedPolicyDocumentException",
            "The provided policy document does not meet the requirements of the specified policy type.",
        )
    };
    if content.len() > POLICY_SIZE {
        return Err(fault("ConstraintViolationException", "You have exceeded the allowed maximum size of a policy.")
            .with("Reason", "POLICY_CONTENT_LIMIT_EXCEEDED"));
    }
    let document = documents::read(content).map_err(|_| malformed())?;
    let statements = match &document["Statement"] {
        Value::Array(statements) => statements.as_slice(),
        statement => std::slice::from_ref(statement),
    };
    let fits = |statement: &Value| {
        let has = |element: &str| statement.get(element).is_some();
        let has_resource = has("Resource") || has("NotResource");
        match kind {
            PolicyType::ServiceControlPolicy => has_resource && !has("Principal") && !has("NotPrincipal"),
            PolicyType::ResourceControlPolicy => {
                has_resource
                    && statement["Effect"] == "Deny"
                    && statement["Principal"] == "*"
                    && !has("NotPrincipal")
                    && !has("NotAction")
            }
        }
    };
    if !statements.is_empty() && statements.iter().all(fits) { Ok(()) } else { Err(malformed()) }
}

pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    let kind = policy_type(&input.kind)?;
    check_content(kind, &input.content)?;
    let id = format!("p-{}", super::state::short_id(world, &call.place, "organization-policy", 8));
    let organization = accounts::managed(world, call)?;
    if organization.policies.values().any(|policy| policy.name == input.name && policy.kind == kind) {
        return Err(fault("DuplicatePolicyException", "A policy with the same name already exists."));
    }
    let Create { content, description, name, .. } = input;
    let policy = Policy { id: id.clone(), name, description, kind, content, aws_managed: false };
    let shown = json!({ "PolicySummary": organization.show_summary(&call.place, &policy), "Content": policy.content });
    organization.policies.insert(id, policy);
    Ok(json!({ "Policy": shown }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Update {
    policy_id: String,
    name: Option<String>,
    description: Option<String>,
    content: Option<String>,
}

pub(super) fn update(world: &mut World, call: &Call, input: Update) -> Result<Value, ServiceError> {
    let organization = accounts::managed(world, call)?;
    let policy = organization.own_policy(&input.policy_id)?;
    if let Some(content) = &input.content {
        check_content(policy.kind, content)?;
    }
    if let Some(name) = input.name {
        policy.name = name;
    }
    if let Some(description) = input.description {
        policy.description = description;
    }
    if let Some(content) = input.content {
        policy.content = content;
    }
    show_policy(organization, call, &input.policy_id)
}

fn show_policy(organization: &Organization, call: &Call, id: &str) -> Result<Value, ServiceError> {
    let policy = organization.policy(id)?;
    Ok(
        json!({ "Policy": { "PolicySummary": organization.show_summary(&call.place, policy), "Content": policy.content } }),
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnePolicy {
    policy_id: String,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn describe(world: &mut World, call: &Call, input: OnePolicy) -> Result<Value, ServiceError> {
    show_policy(accounts::read(world, call)?, call, &input.policy_id)
}

pub(super) fn delete(world: &mut World, call: &Call, input: OnePolicy) -> Result<Value, ServiceError> {
    let organization = accounts::managed(world, call)?;
    organization.own_policy(&input.policy_id)?;
    if organization.attachments.values().any(|attached| attached.contains(&input.policy_id)) {
        return Err(fault("PolicyInUseException", "The policy is attached to one or more entities."));
    }
    organization.policies.remove(&input.policy_id);
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filtered {
    filter: String,
    target_id: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list(world: &mut World, call: &Call, input: Filtered) -> Result<Value, ServiceError> {
    // No policy of another type can be made here, so there is none; the model knows which types there are.
    let kind = policy_type(&input.filter).ok();
    let organization = accounts::read(world, call)?;
    let policies = organization.policies.values().filter(|policy| Some(policy.kind) == kind);
    let shown = policies.map(|policy| organization.show_summary(&call.place, policy)).collect();
    input.page.of("Policies", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attachment {
    policy_id: String,
    target_id: String,
}

pub(super) fn attach(world: &mut World, call: &Call, input: Attachment) -> Result<Value, ServiceError> {
    let organization = accounts::managed(world, call)?;
    let kind = organization.policy(&input.policy_id)?.kind;
    organization.check_target(&input.target_id)?;
    if !organization.policy_types.contains(&kind) {
        return Err(fault(
            "PolicyTypeNotEnabledException",
            "This operation can be performed only for enabled policy types.",
        ));
    }
    let of_kind = of_kind(organization, &input.target_id, kind);
    if of_kind.contains(&input.policy_id) {
        return Err(fault(
            "DuplicatePolicyAttachmentException",
            "A policy with the specified name and type is already attached to the specified target.",
        ));
    }
    if of_kind.len() >= ATTACHED {
        let message = "You have exceeded the maximum number of policies of this type that can be attached to a target.";
        return Err(
            fault("ConstraintViolationException", message).with("Reason", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
        );
    }
    organization.attachments.entry(input.target_id).or_default().push(input.policy_id);
    Ok(json!({}))
}

fn of_kind(organization: &Organization, target: &str, kind: PolicyType) -> Vec<String> {
    let attached = organization.attachments.get(target).into_iter().flatten();
    attached.filter(|id| organization.policies.get(*id).is_some_and(|policy| policy.kind == kind)).cloned().collect()
}

pub(super) fn detach(world: &mut World, call: &Call, input: Attachment) -> Result<Value, ServiceError> {
    let organization = accounts::managed(world, call)?;
    let policy = organization.policy(&input.policy_id)?;
    let kind = policy.kind;
    if policy.id == PolicyType::ResourceControlPolicy.default_policy() {
        let message = "You can't detach the RCPFullAWSAccess policy.";
        return Err(fault("ConstraintViolationException", message));
    }
    organization.check_target(&input.target_id)?;
    let of_kind = of_kind(organization, &input.target_id, kind);
    if !of_kind.contains(&input.policy_id) {
        return Err(fault(
            "PolicyNotAttachedException",
            "The policy isn't attached to the specified target in the specified root.",
        ));
    }
    if of_kind.len() == 1 {
        let message = "You can't remove the last policy of this type that is attached to the target.";
        return Err(
            fault("ConstraintViolationException", message).with("Reason", "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
        );
    }
    if let Some(attached) = organization.attachments.get_mut(&input.target_id) {
        attached.retain(|id| *id != input.policy_id);
    }
    Ok(json!({}))
}

pub(super) fn list_for_target(world: &mut World, call: &Call, input: Filtered) -> Result<Value, ServiceError> {
    let kind = policy_type(&input.filter)?;
    let target = input.target_id.unwrap_or_default();
    let organization = accounts::read(world, call)?;
    organization.check_target(&target)?;
    let ids = of_kind(organization, &target, kind);
    let policies = ids.iter().filter_map(|id| organization.policies.get(id));
    let shown = policies.map(|policy| organization.show_summary(&call.place, policy)).collect();
    input.page.of("Policies", shown)
}

pub(super) fn list_targets(world: &mut World, call: &Call, input: OnePolicy) -> Result<Value, ServiceError> {
    let organization = accounts::read(world, call)?;
    organization.policy(&input.policy_id)?;
    let targets = organization.attachments.iter().filter(|(_, attached)| attached.contains(&input.policy_id));
    let shown = targets.map(|(target, _)| {
        let (kind, in_arn, name) = match target.parse::<AccountId>() {
            Ok(account) => ("ACCOUNT", "account", organization.members.get(&account).map(|member| member.name.clone())),
            Err(_) if *target == organization.root => ("ROOT", "root", Some("Root".to_owned())),
            Err(_) => ("ORGANIZATIONAL_UNIT", "ou", organization.units.get(target).map(|unit| unit.name.clone())),
        };
        let arn = organization.arn(&call.place, in_arn, target);
        json!({ "TargetId": target, "Arn": arn, "Name": name, "Type": kind })
    });
    input.page.of("Targets", shown.collect())
}
