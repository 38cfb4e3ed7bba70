//! AWS STS: who we are.

use super::error::{AwsError, send};
use super::session::Session;
pub use crate::pipeline::seen::caller::CallerIdentity;

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
