//! Who asks.

use serde::{Deserialize, Serialize};

use super::names::{AccountId, Arn};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// An AWS service acting as itself: `events.amazonaws.com`.
    Service(String),
    /// The root user of an account.
    Root(AccountId),
    /// An IAM user.
    User {
        /// In the form `arn:aws:iam::111111111111:user/path/name`.
        arn: Arn,
        /// The unique id, `AIDA…`.
        id: String,
    },
    /// A session of an IAM role.
    Session {
        /// The role's own ARN with its path: what `aws:PrincipalArn` carries.
        role: Arn,
        /// The role's unique id, `AROA…`: what a stored policy remembers it by.
        role_id: String,
        name: String,
    },
}
