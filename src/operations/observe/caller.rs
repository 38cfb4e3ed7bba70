//! Who runs the command, as AWS sees it, and the policies that say what this one may do.

use crate::aws::error::FailedAt;
use crate::aws::sts::{self, CallerIdentity};
use crate::aws::{AwsError, Session, iam};
pub use crate::pipeline::seen::caller::CallerSeen;
use crate::policy::evaluate::{Caller, Named, Principal};
use crate::policy::names::Arn;

/// Stands in for policies that could not be read: what is refused all the same is refused for certain.
const EVERYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Asks STS who the session's credentials are, and IAM for their policies. What a session policy takes away again AWS
/// shows nobody.
///
/// # Errors
/// STS's answer.
pub async fn look(session: &Session) -> Result<CallerSeen, AwsError> {
    let identity = sts::caller(session).await?;
    let arn: Option<Arn> = identity.arn.parse().ok();
    if identity.arn.ends_with(":root") {
        return Ok(CallerSeen {
            principal: Principal::Root(session.account().clone()),
            arn: identity.arn,
            caller: Caller::default(),
            tags: None,
            unseen: None,
        });
    }
    let of_role = identity.arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.split_once('/'));
    if let Some((role, name)) = of_role {
        return Ok(of_session(session, &identity, role, name).await);
    }
    let Some(arn) = arn else { return Err(AwsError::missing("sts:GetCallerIdentity", "Arn")) };
    let name = arn.resource.rsplit('/').next().unwrap_or_default().to_owned();
    let read = iam::user(session, &name).await;
    let (caller, unseen) = match read {
        Ok(user) => (Caller { identity: user.identity, boundary: user.boundary, ..Caller::default() }, None),
        Err(error) => (unread(&identity.arn), Some(error)),
    };
    Ok(CallerSeen {
        principal: Principal::User { arn, id: identity.user_id },
        arn: identity.arn,
        caller,
        tags: None,
        unseen,
    })
}

async fn of_session(session: &Session, identity: &CallerIdentity, role: &str, name: &str) -> CallerSeen {
    let id = identity.user_id.split(':').next().unwrap_or_default().to_owned();
    let principal = |arn: &str| match arn.parse() {
        Ok(role) => Principal::Session { role, role_id: id.clone(), name: name.to_owned() },
        Err(_) => Principal::Root(session.account().clone()),
    };
    match iam::role(session, role).await {
        Ok(Some(found)) => CallerSeen {
            principal: principal(&found.arn),
            arn: found.arn,
            caller: Caller { identity: found.identity, boundary: found.boundary, ..Caller::default() },
            tags: Some(found.tags),
            unseen: None,
        },
        found => {
            let arn = format!("arn:{}:iam::{}:role/{role}", session.region().partition(), session.account());
            let gone = || AwsError {
                operation: "iam:GetRole",
                failed_at: FailedAt::Answer,
                code: None,
                message: format!("role {role} is not there"),
                request_id: None,
            };
            CallerSeen {
                principal: principal(&arn),
                caller: unread(&arn),
                arn,
                tags: None,
                unseen: Some(found.err().unwrap_or_else(gone)),
            }
        }
    }
}

/// A caller whose policies could not be read.
pub(crate) fn unread(arn: &str) -> Caller {
    Caller {
        identity: vec![Named { name: format!("the policies of {arn}"), text: EVERYTHING.to_owned() }],
        ..Caller::default()
    }
}
