//! One question, and the answer.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::elements::Effect;
use super::names::AccountId;
use super::who::Principal;

/// One policy document and what to call it when it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// For a person: `inline policy copy of role backup-copy-us-west-2`, `key policy of arn:…`.
    pub name: String,
    /// The JSON text of the document.
    pub text: String,
}

/// How the resource's own policy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceRule {
    /// Within one account identity *or* resource policy suffices; across accounts both must allow.
    Ordinary,
    /// A KMS key: the key policy must allow the principal itself or delegate to its account
    /// (KMS Developer Guide, "Key policies"); a grant allows by itself.
    Key,
    /// A KMS key that AWS manages, `aws/rds`: as [`ResourceRule::Key`], but beyond resource control policies (KMS
    /// Developer Guide, "Resource control policies in AWS KMS").
    AwsManagedKey,
    /// A role's trust policy: it must allow; within the account it suffices where it names the
    /// principal, not where it names only the account.
    Trust,
}

impl ResourceRule {
    /// Whether it is a key's.
    pub fn is_key(self) -> bool {
        matches!(self, ResourceRule::Key | ResourceRule::AwsManagedKey)
    }
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The ARN, or `*` for calls that know no resource.
    pub arn: String,
    /// The account that owns the resource.
    pub owner: AccountId,
    /// The policies attached to the resource itself.
    pub policies: Vec<Named>,
    pub rule: ResourceRule,
    /// For a key: grants that allow this very call to this principal, by grant id.
    pub grants: Vec<String>,
}

/// All policies on the caller's side.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Identity policies, inline and attached. Empty and meaningless for services and root users.
    pub identity: Vec<Named>,
    /// The permissions boundary, if one is set.
    pub boundary: Option<Named>,
    /// Session policies, if the session was made with any.
    pub session: Vec<Named>,
    /// Service control policies, one list for each level from the root of the organization down
    /// to the account; every level must allow. Empty: outside an organization or management account.
    pub service_control: Vec<Vec<Named>>,
    /// Resource control policies of the *resource's* account, by level in the same way.
    pub resource_control: Vec<Vec<Named>>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    pub principal: &'a Principal,
    /// In the form `backup:StartCopyJob`.
    pub action: &'a str,
    pub resource: &'a Resource,
    /// With which condition keys. `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`
    /// and `aws:userid` are derived from the principal where they are absent.
    pub context: &'a Context,
}

/// The statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decider {
    /// [`Named::name`] of its document.
    pub document: String,
    /// Its `Sid`, or its position, counted from 1, as `statement 2`.
    pub statement: String,
}

/// Why a request is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// Identity policies.
    Identity,
    /// The resource's policy.
    Resource,
}

/// A condition key that the asker does not know, and the statement that asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The key as the statement spells it: `aws:RequestedRegion`.
    pub key: String,
    /// What the statement does where it applies.
    pub effect: Effect,
    /// The kind of its document.
    pub layer: Layer,
    /// The document and the statement.
    pub by: Decider,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed, by these statements (one of each side that had to allow).
    Allowed(Vec<Decider>),
    /// An explicit deny.
    Denied {
        /// Which kind of document denies.
        layer: Layer,
        by: Decider,
    },
    /// Nothing allows it on this layer.
    NotAllowed(Layer),
    /// It depends on these keys, which the context does not know. Never the answer to a [`Context::new`], which knows
    /// all.
    Undecided(Vec<Doubt>),
}

impl Verdict {
    /// Whether the request goes through.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Verdict::Allowed(_))
    }

    /// Whether the request is refused, whatever the keys are that the context does not know.
    pub fn is_refused(&self) -> bool {
        matches!(self, Verdict::Denied { .. } | Verdict::NotAllowed(_))
    }
}
