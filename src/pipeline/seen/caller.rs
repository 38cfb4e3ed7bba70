//! Who a session's credentials are.

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
