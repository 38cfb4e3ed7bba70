//! IAM: roles, users, policies. Its state is one for each account.

mod authorization;
pub mod documents;
mod entities;
mod identity_policies;
mod lagged;
mod linked;
mod lookup;
pub mod managed;
mod managed_policies;
mod needs;
mod paging;
mod policy_users;
pub mod principals;
mod roles;
mod tags;
mod users;
mod validate;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_documents;

pub use self::authorization::deny;
pub use self::entities::{Identity, Role, State, Tag, is_service_linked};
pub use self::linked::ensure_service_linked_role;
pub use self::lookup::{assume_role, may_pass_role, role, role_exists, side_of, trust_access};
pub(in crate::services) use self::lookup::{managed_text, session};
pub use self::users::{administrator, by_access_key, create_administrator};
pub use self::validate::identity_policy as check_identity_policy;
use super::Service;
use super::ServiceRow;
use crate::operation;
use crate::world::{Operation, Place, World};
use aws_policy::names::AccountId;

/// Where IAM keeps an account's state: the home Region of the world's partition.
pub fn home(world: &World, account: &AccountId) -> Place {
    let region = world.regions.first().cloned().unwrap_or_else(|| "us-east-1".parse().expect("a Region of the list"));
    Place::new(account.clone(), Service::Iam.home(&region))
}

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "iam",
    model: include_str!("../../models/iam.json"),
    operations: OPERATIONS,
    is_global: true,
    handler_title: "Iam",
    throttled: ("Throttling", "Rate exceeded"),
    denied: "AccessDenied",
    broken: "InternalFailure",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateRole", Change, needs::role, roles::create_role),
    operation!("GetRole", Read, needs::role, roles::get_role),
    operation!("ListRoles", Read, needs::any, roles::list_roles),
    operation!("DeleteRole", Change, needs::role, roles::delete_role),
    operation!("UpdateRole", Change, needs::role, roles::update_role),
    operation!("UpdateRoleDescription", Change, needs::role, roles::update_role_description),
    operation!("UpdateAssumeRolePolicy", Change, needs::role, roles::update_assume_role_policy),
    operation!("PutRolePolicy", Change, needs::role, identity_policies::put_policy),
    operation!("GetRolePolicy", Read, needs::role, identity_policies::get_policy),
    operation!("DeleteRolePolicy", Change, needs::role, identity_policies::delete_policy),
    operation!("ListRolePolicies", Read, needs::role, identity_policies::list_inline),
    operation!("AttachRolePolicy", Change, needs::role, identity_policies::attach),
    operation!("DetachRolePolicy", Change, needs::role, identity_policies::detach),
    operation!("ListAttachedRolePolicies", Read, needs::role, identity_policies::list_attached),
    operation!("PutRolePermissionsBoundary", Change, needs::role, identity_policies::set_boundary),
    operation!("DeleteRolePermissionsBoundary", Change, needs::role, identity_policies::set_boundary),
    operation!("TagRole", Change, needs::role, identity_policies::tag),
    operation!("UntagRole", Change, needs::role, identity_policies::untag),
    operation!("ListRoleTags", Read, needs::role, identity_policies::list_tags),
    operation!("ListInstanceProfilesForRole", Read, needs::role, identity_policies::list_instance_profiles),
    operation!("CreateServiceLinkedRole", Change, needs::linked_role, linked::create),
    operation!("DeleteServiceLinkedRole", Change, needs::role, linked::delete),
    operation!("GetServiceLinkedRoleDeletionStatus", Read, needs::deletion, linked::deletion_status),
    operation!("CreatePolicy", Change, needs::new_policy, managed_policies::create_policy),
    operation!("GetPolicy", Read, needs::policy, managed_policies::get_policy),
    operation!("ListPolicies", Read, needs::any, managed_policies::list_policies),
    operation!("DeletePolicy", Change, needs::policy, managed_policies::delete_policy),
    operation!("CreatePolicyVersion", Change, needs::policy, managed_policies::create_policy_version),
    operation!("GetPolicyVersion", Read, needs::policy, managed_policies::get_policy_version),
    operation!("ListPolicyVersions", Read, needs::policy, managed_policies::list_policy_versions),
    operation!("DeletePolicyVersion", Change, needs::policy, managed_policies::delete_policy_version),
    operation!("SetDefaultPolicyVersion", Change, needs::policy, managed_policies::set_default_policy_version),
    operation!("ListEntitiesForPolicy", Read, needs::policy, policy_users::list_entities),
    operation!("TagPolicy", Change, needs::policy, managed_policies::tag_policy),
    operation!("UntagPolicy", Change, needs::policy, managed_policies::untag_policy),
    operation!("ListPolicyTags", Read, needs::policy, managed_policies::list_policy_tags),
    operation!("CreateUser", Change, needs::user, users::create_user),
    operation!("GetUser", Read, needs::user, users::get_user),
    operation!("ListUsers", Read, needs::any, users::list_users),
    operation!("DeleteUser", Change, needs::user, users::delete_user),
    operation!("PutUserPolicy", Change, needs::user, identity_policies::put_policy),
    operation!("GetUserPolicy", Read, needs::user, identity_policies::get_policy),
    operation!("DeleteUserPolicy", Change, needs::user, identity_policies::delete_policy),
    operation!("ListUserPolicies", Read, needs::user, identity_policies::list_inline),
    operation!("ListGroupsForUser", Read, needs::user, identity_policies::list_groups),
    operation!("AttachUserPolicy", Change, needs::user, identity_policies::attach),
    operation!("DetachUserPolicy", Change, needs::user, identity_policies::detach),
    operation!("ListAttachedUserPolicies", Read, needs::user, identity_policies::list_attached),
    operation!("PutUserPermissionsBoundary", Change, needs::user, identity_policies::set_boundary),
    operation!("DeleteUserPermissionsBoundary", Change, needs::user, identity_policies::set_boundary),
    operation!("TagUser", Change, needs::user, identity_policies::tag),
    operation!("UntagUser", Change, needs::user, identity_policies::untag),
    operation!("ListUserTags", Read, needs::user, identity_policies::list_tags),
    operation!("CreateAccessKey", Change, needs::user, users::create_access_key),
    operation!("ListAccessKeys", Read, needs::user, users::list_access_keys),
    operation!("DeleteAccessKey", Change, needs::user, users::delete_access_key),
];
