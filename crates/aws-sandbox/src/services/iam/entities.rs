//! What IAM keeps: roles, users, managed policies, access keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lagged::Lagged;
use super::principals::Pins;
pub use crate::services::tags::Tag;
use crate::world::{Moment, ServiceError};
use aws_policy::names::{AccountId, Arn};

/// What roles and users have in common.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Identity {
    /// The name without its path.
    pub name: String,
    /// One of `/` or `/service-role/`.
    pub path: String,
    /// The unique id: `AROA…` or `AIDA…`.
    pub id: String,
    /// The ARN with the path.
    pub arn: Arn,
    /// When it was made.
    pub created: Moment,
    /// Its tags in the order in which they were set.
    pub tags: Vec<Tag>,
    /// What it may do.
    pub permissions: Lagged<Permissions>,
}

/// The policies of one role or user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// Inline policies by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached policies in the order of attachment.
    pub attached: Vec<String>,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Role {
    pub identity: Identity,
    /// Who may assume it.
    pub trust: Lagged<TrustPolicy>,
    /// What it is for.
    pub description: Option<String>,
    /// How long a session may last, in seconds.
    pub max_session_duration: i64,
}

/// A trust policy and the ids of the principals that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustPolicy {
    /// The document as it was written.
    pub text: String,
    /// Unique ids by principal ARN at the time of writing.
    pub pins: Pins,
}

/// An IAM user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct User {
    pub identity: Identity,
}

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// The name without its path.
    pub name: String,
    pub path: String,
    /// The unique id, `ANPA…`.
    pub id: String,
    pub arn: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Moment,
    /// When a version was added or removed.
    pub updated: Moment,
    pub tags: Vec<Tag>,
    /// Its versions, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// The number of the next version: numbers are never given twice.
    pub next_version: u32,
    /// The id of the version in force.
    pub default_version: String,
    /// The document in force.
    pub in_force: Lagged<String>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// In the form `v1`.
    pub id: String,
    pub document: String,
    /// When it was made.
    pub created: Moment,
}

/// A long-term access key of a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessKey {
    pub user: String,
    pub secret: String,
    /// When it was made.
    pub created: Moment,
}

/// The deletion of a service-linked role, which IAM carries out by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeletionTask {
    /// Why it failed: the service still uses the role there.
    pub in_use: Vec<String>,
    /// The Region in which the use was found.
    pub region: Option<String>,
    pub role_arn: String,
}

/// IAM in one account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) users: BTreeMap<String, User>,
    /// Customer managed policies by ARN.
    pub(super) policies: BTreeMap<String, ManagedPolicy>,
    pub(super) access_keys: BTreeMap<String, AccessKey>,
    pub(super) deletions: BTreeMap<String, DeletionTask>,
}

/// Roles and users are addressed alike in most operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A role.
    Role,
    /// A user.
    User,
}

impl Kind {
    /// The word in IAM's messages.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Role => "role",
            Kind::User => "user",
        }
    }

    /// Which of the two an operation such as `PutRolePolicy` is about.
    pub fn of_operation(operation: &str) -> Self {
        if operation.contains("User") { Kind::User } else { Kind::Role }
    }

    /// `The role with name X cannot be found.`
    pub fn not_found(self, name: &str) -> ServiceError {
        ServiceError::new("NoSuchEntity", format!("The {} with name {name} cannot be found.", self.word()))
    }
}

impl State {
    /// A role by its name.
    pub fn role(&self, name: &str) -> Result<&Role, ServiceError> {
        self.roles.get(name).ok_or_else(|| Kind::Role.not_found(name))
    }

    /// A role to change; roles that a service owns cannot be (IAM User Guide, "Service-linked roles").
    pub fn role_mut(&mut self, name: &str) -> Result<&mut Role, ServiceError> {
        let role = self.roles.get_mut(name).ok_or_else(|| Kind::Role.not_found(name))?;
        if is_service_linked(&role.identity.arn) {
            return Err(protected(name));
        }
        Ok(role)
    }

    /// A role or user by its name.
    pub fn identity(&self, kind: Kind, name: &str) -> Result<&Identity, ServiceError> {
        let found = match kind {
            Kind::Role => self.roles.get(name).map(|role| &role.identity),
            Kind::User => self.users.get(name).map(|user| &user.identity),
        };
        found.ok_or_else(|| kind.not_found(name))
    }

    /// A role or user to change.
    pub fn identity_mut(&mut self, kind: Kind, name: &str) -> Result<&mut Identity, ServiceError> {
        match kind {
            Kind::Role => self.role_mut(name).map(|role| &mut role.identity),
            Kind::User => self.users.get_mut(name).map(|user| &mut user.identity).ok_or_else(|| kind.not_found(name)),
        }
    }

    /// Roles and users with what they are.
    pub fn identities(&self) -> impl Iterator<Item = (Kind, &Identity)> {
        let roles = self.roles.values().map(|role| (Kind::Role, &role.identity));
        roles.chain(self.users.values().map(|user| (Kind::User, &user.identity)))
    }

    /// The role or user with this ARN.
    pub fn by_arn(&self, arn: &Arn) -> Option<&Identity> {
        let name = arn.resource.rsplit('/').next().unwrap_or_default();
        let found = match arn.resource.split('/').next() {
            Some("role") => self.roles.get(name).map(|role| &role.identity),
            Some("user") => self.users.get(name).map(|user| &user.identity),
            _ => None,
        };
        found.filter(|identity| identity.arn == *arn)
    }
}

/// Whether a role belongs to a service: its path says so.
pub fn is_service_linked(role: &Arn) -> bool {
    role.resource.starts_with("role/aws-service-role/")
}

/// The refusal to change a service's role by hand.
pub fn protected(name: &str) -> ServiceError {
    let message =
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS");
    ServiceError::new("UnmodifiableEntity", message)
}

/// `arn:aws:iam::111111111111:role/path/name`, kind being `role`, `user` or `policy`.
pub fn entity_arn(
    partition: aws_policy::names::Partition,
    account: &AccountId,
    kind: &str,
    path: &str,
    name: &str,
) -> Arn {
    Arn::new(partition, "iam", "", account.as_str(), format!("{kind}{path}{name}"))
}
