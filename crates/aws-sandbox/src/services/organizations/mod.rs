//! AWS Organizations: who belongs together, and what an organization forbids its accounts.

mod access;
mod accounts;
mod policies;
mod state;
#[cfg(test)]
mod tests;

pub use self::state::{
    Member, Organization, PolicyType, State, create, of, organization_path, place_in_unit, resource_control,
    service_control,
};
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, ServiceError, World};

fn needs(_: &World, call: &Call, _: &serde_json::Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("organizations:{}", call.operation), &call.place.account)])
}

fn needs_service(_: &World, call: &Call, input: &serde_json::Value) -> Result<Vec<Access>, ServiceError> {
    let mut access = Access::on_any(&format!("organizations:{}", call.operation), &call.place.account);
    if let Some(service) = input.get("ServicePrincipal").and_then(serde_json::Value::as_str) {
        access.context.set("organizations:ServicePrincipal", service);
    }
    Ok(vec![access])
}

/// Operations on one policy are granted on it (Service Authorization Reference, AWS Organizations).
fn needs_policy(world: &World, call: &Call, input: &serde_json::Value) -> Result<Vec<Access>, ServiceError> {
    let id = input.get("PolicyId").and_then(serde_json::Value::as_str).unwrap_or_default();
    let arn = of(world, &call.place.account).and_then(|organization| organization.policy_arn(&call.place, id));
    let action = format!("organizations:{}", call.operation);
    Ok(vec![Access::on(&action, arn.unwrap_or_else(|| "*".to_owned()), &call.place.account)])
}

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "organizations",
    model: include_str!("../../models/organizations.json"),
    operations: OPERATIONS,
    is_global: true,
    handler_title: "Organizations",
    throttled: (
        "TooManyRequestsException",
        "AWS Organizations can't complete your request because another request is already in progress. Try again later.",
    ),
    denied: "AccessDeniedException",
    broken: "ServiceException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateOrganization", Change, needs, accounts::create_organization),
    operation!("DescribeOrganization", Read, needs, accounts::describe_organization),
    operation!("ListAccounts", Read, needs, accounts::list_accounts),
    operation!("DescribeAccount", Read, needs, accounts::describe_account),
    operation!("ListRoots", Read, needs, accounts::list_roots),
    operation!("ListParents", Read, needs, accounts::list_parents),
    operation!("ListChildren", Read, needs, accounts::list_children),
    operation!("ListAccountsForParent", Read, needs, accounts::list_accounts_for_parent),
    operation!("ListOrganizationalUnitsForParent", Read, needs, accounts::list_units_for_parent),
    operation!("CreateOrganizationalUnit", Change, needs, accounts::create_unit),
    operation!("MoveAccount", Change, needs, accounts::move_account),
    operation!("ListAWSServiceAccessForOrganization", Read, needs, access::list),
    operation!("EnableAWSServiceAccess", Change, needs_service, access::enable),
    operation!("DisableAWSServiceAccess", Change, needs_service, access::disable),
    operation!("RegisterDelegatedAdministrator", Change, needs_service, access::register),
    operation!("ListDelegatedAdministrators", Read, needs_service, access::list_delegated),
    operation!("EnablePolicyType", Change, needs, policies::enable_type),
    operation!("DisablePolicyType", Change, needs, policies::disable_type),
    operation!("CreatePolicy", Change, needs, policies::create),
    operation!("UpdatePolicy", Change, needs_policy, policies::update),
    operation!("DescribePolicy", Read, needs_policy, policies::describe),
    operation!("DeletePolicy", Change, needs_policy, policies::delete),
    operation!("ListPolicies", Read, needs, policies::list),
    operation!("AttachPolicy", Change, needs, policies::attach),
    operation!("DetachPolicy", Change, needs, policies::detach),
    operation!("ListPoliciesForTarget", Read, needs, policies::list_for_target),
    operation!("ListTargetsForPolicy", Read, needs, policies::list_targets),
];
