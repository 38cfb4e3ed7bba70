//! AWS STS: who we are.

use super::answer::Required;
use super::error::{AwsError, send};
use super::session::Session;

/// The account that the session's credentials belong to.
pub(super) async fn caller_account(session: &Session) -> Result<String, AwsError> {
    let answer = send("sts:GetCallerIdentity", session.sts().get_caller_identity().send()).await?;
    answer.account.required("sts:GetCallerIdentity", "Account")
}

/// Who the session's credentials are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The user's ARN, the root user's, or a role session's.
    pub arn: String,
    /// The user's unique id, or the role's and the session's name.
    pub user_id: String,
}

/// Who the session's credentials are.
///
/// # Errors
/// STS's answer.
pub async fn caller(session: &Session) -> Result<CallerIdentity, AwsError> {
    let operation = "sts:GetCallerIdentity";
    let answer = send(operation, session.sts().get_caller_identity().send()).await?;
    let arn = answer.arn.ok_or_else(|| AwsError::missing(operation, "Arn"))?;
    Ok(CallerIdentity { arn, user_id: answer.user_id.unwrap_or_default() })
}
