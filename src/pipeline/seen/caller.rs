//! Who a session's credentials are.

use std::collections::BTreeMap;

use super::{AwsError, FailedAt, Look};
use crate::policy::evaluate::{Caller, Principal};

/// Who STS says that we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// STS was not asked yet.
    Unknown,
    /// The configured account.
    Right,
    /// Another account.
    Other(String),
}

/// Who the session's credentials are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The user's ARN, the root user's, or a role session's.
    pub arn: String,
    /// The user's unique id, or the role's and the session's name.
    pub user_id: String,
}

/// Why nothing of an environment was asked: its credentials do not work or are another account's.
pub fn unseen(operation: &'static str, identity: &Look<Identity>) -> AwsError {
    match identity {
        Err(error) => AwsError { operation, failed_at: FailedAt::Identity, ..error.clone() },
        Ok(Identity::Other(other)) => {
            let message = format!("the credentials belong to account {other}");
            AwsError { failed_at: FailedAt::Guard, message, ..AwsError::not_asked(operation) }
        }
        Ok(Identity::Right | Identity::Unknown) => AwsError::not_asked(operation),
    }
}

/// The caller, as far as it could be seen.
#[derive(Debug, Clone)]
pub struct CallerSeen {
    /// Its ARN, as STS names it; a role session's is the role's own.
    pub arn: String,
    /// As a policy knows it.
    pub principal: Principal,
    /// Its own policies; what could not be read allows everything.
    pub caller: Caller,
    /// The tags of its role; none where there is no role, or it could not be read.
    pub tags: Option<BTreeMap<String, String>>,
    /// Why its policies could not be read.
    pub unseen: Option<AwsError>,
}
