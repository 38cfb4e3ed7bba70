//! AWS STS: who we are.

use super::answer::Required;
use super::error::{AwsError, send};
use super::session::Session;

/// The account that the session's credentials belong to.
pub(super) async fn caller_account(session: &Session) -> Result<String, AwsError> {
    let answer = send("sts:GetCallerIdentity", session.sts().get_caller_identity().send()).await?;
    answer.account.required("sts:GetCallerIdentity", "Account")
}
