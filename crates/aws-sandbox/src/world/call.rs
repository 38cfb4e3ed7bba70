//! One call: who makes it, where, and what it takes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Moment, Place, ServiceError, World};
use crate::services::Service;
use aws_policy::context::Context;
use aws_policy::evaluate::{Named, Principal, Resource, ResourceRule};
use aws_policy::names::AccountId;

/// Who makes a call, as far as it was authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    pub principal: Principal,
    /// The account in which it acts: a service principal acts for one.
    pub account: AccountId,
    /// Session policies given to AssumeRole, as JSON texts.
    #[serde(default)]
    pub session_policies: Vec<String>,
    /// When a session's token was issued; none of one that a service makes for the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Moment>,
    /// When a session's credentials end.
    #[serde(default)]
    pub expires: Option<Moment>,
    /// What the client's own clock says, where it is not the world's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Moment>,
    /// The service that assumed the role and acts with the session itself: `backup.amazonaws.com`. It forwards nobody's
    /// credentials, so that no condition key shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
}

impl Caller {
    /// The account in which the caller acts.
    pub fn account(&self) -> AccountId {
        self.account.clone()
    }

    /// An AWS service acting as itself for an account: `events.amazonaws.com`.
    pub fn service(name: &str, account: &AccountId) -> Self {
        Self {
            principal: Principal::Service(name.to_owned()),
            account: account.clone(),
            session_policies: Vec::new(),
            expires: None,
            clock: None,
            issued: None,
            held_by: None,
        }
    }

    /// The ARN that CloudTrail and error messages show:
    /// `arn:aws:sts::111111111111:assumed-role/name/session`, or the service's name.
    pub fn shown(&self) -> String {
        match &self.principal {
            Principal::Service(name) => name.clone(),
            Principal::Root(account) => format!("arn:aws:iam::{account}:root"),
            Principal::User { arn, .. } => arn.to_string(),
            Principal::Session { role, name, .. } => {
                let role_name = role.resource.rsplit('/').next().unwrap_or_default();
                format!("arn:{}:sts::{}:assumed-role/{role_name}/{name}", role.partition, role.account)
            }
        }
    }
}

/// One call on its way through a service.
#[derive(Debug, Clone)]
pub struct Call {
    pub caller: Caller,
    /// The account and Region in which the service answers.
    pub place: Place,
    pub service: Service,
    /// The operation's name in the API.
    pub operation: &'static str,
    pub request_id: String,
    /// Condition keys that the calling service added.
    pub context: Context,
}

/// One permission that a call needs.
#[derive(Debug, Clone)]
pub struct Access {
    /// In the form `backup:StartCopyJob`.
    pub action: String,
    /// What for, with the policies attached to it.
    pub resource: Resource,
    /// Condition keys of this action.
    pub context: Context,
}

impl Access {
    /// A permission on a resource that carries no policy of its own.
    pub fn on(action: &str, arn: impl Into<String>, owner: &AccountId) -> Self {
        let resource = Resource {
            arn: arn.into(),
            owner: owner.clone(),
            policies: Vec::new(),
            rule: ResourceRule::Ordinary,
            grants: Vec::new(),
        };
        Self { action: action.to_owned(), resource, context: Context::new() }
    }

    /// A permission that AWS grants on `*` only.
    pub fn on_any(action: &str, owner: &AccountId) -> Self {
        Self::on(action, "*", owner)
    }

    /// Adds the resource's own policy, by a name for people and its JSON text.
    #[must_use]
    pub fn with_policy(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.resource.policies.push(Named { name: name.into(), text: text.into() });
        self
    }

    /// Adds a condition key.
    #[must_use]
    pub fn with_key(mut self, key: &str, value: impl Into<String>) -> Self {
        self.context.set(key, value);
        self
    }
}

/// Whether an operation changes the world: a change is in the log before it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// Leaves the world as it is.
    Read,
    /// Changes it.
    Change,
}

/// Answers a document with a document.
pub type Run = fn(&mut World, &Call, Value) -> Result<Value, ServiceError>;
/// Lists the permissions that a call needs.
pub type Needs = fn(&World, &Call, &Value) -> Result<Vec<Access>, ServiceError>;

/// One operation of a service: its row.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name in the API: `StartCopyJob`.
    pub name: &'static str,
    /// Whether it changes something.
    pub kind: OperationKind,
    /// What it must be allowed.
    pub needs: Needs,
    pub run: Run,
}

/// Reads the members in use out of a decoded document. The wire has validated it against the
/// model, so a failure here is a member that the model and the struct see differently.
///
/// # Errors
/// `ValidationException` naming the member.
pub fn parse_input<T: DeserializeOwned>(input: Value) -> Result<T, ServiceError> {
    serde_json::from_value(input).map_err(|error| ServiceError::new("ValidationException", error.to_string()))
}

/// Turns an answer into its document.
///
/// # Errors
/// `InternalFailure` where it cannot be written as JSON.
pub fn answer<T: Serialize>(output: T) -> Result<Value, ServiceError> {
    serde_json::to_value(output).map_err(|error| ServiceError::new("InternalFailure", error.to_string()))
}

/// Makes an operation's row: name, `Read` or `Change`, the permissions, the function
/// `fn(&mut World, &Call, Input) -> Result<Output, ServiceError>`.
#[macro_export]
macro_rules! operation {
    ($name:literal, $kind:ident, $needs:expr, $run:path) => {
        $crate::world::call::Operation {
            name: $name,
            kind: $crate::world::call::OperationKind::$kind,
            needs: $needs,
            run: |world, call, input| {
                $crate::world::call::answer($run(world, call, $crate::world::call::parse_input(input)?)?)
            },
        }
    };
}
