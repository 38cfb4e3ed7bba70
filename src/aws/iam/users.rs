//! Users, who may be whoever runs a command.

use aws_sdk_iam::types::{AttachedPolicy, Group};

use super::{decoded, managed_policy};
use crate::aws::Session;
use crate::aws::answer::{Listing, Required, text};
use crate::aws::error::{AwsError, FailedAt, send};
pub use crate::pipeline::seen::role::User;
use crate::policy::evaluate::Named;

const INLINE: Listing = Listing { operation: "iam:ListUserPolicies", items: "PolicyNames", id: "PolicyName" };
const ATTACHED: Listing =
    Listing { operation: "iam:ListAttachedUserPolicies", items: "AttachedPolicies", id: "PolicyArn" };
const GROUPS: Listing = Listing { operation: "iam:ListGroupsForUser", items: "Groups", id: "GroupName" };

/// A user and its policies.
///
/// # Errors
/// AWS's answer. A user that is in a group has policies that are not read here, and is an error as well.
pub async fn user(session: &Session, name: &str) -> Result<User, AwsError> {
    let operation = "iam:GetUser";
    let answer = send(operation, session.iam().get_user().user_name(name).send()).await?;
    let found = answer.user.required(operation, "User")?;
    let boundary = match found.permissions_boundary() {
        Some(one) => {
            let arn = one.permissions_boundary_arn().required(operation, "PermissionsBoundaryArn")?;
            Some(managed_policy(session, arn, "permissions boundary").await?)
        }
        None => None,
    };
    let mut identity = inline(session, name).await?;
    identity.extend(attached(session, name).await?);
    let groups = groups(session, name).await?;
    if !groups.is_empty() {
        return Err(AwsError {
            operation: "iam:ListGroupPolicies",
            failed_at: FailedAt::Answer,
            code: None,
            message: format!("the policies of the groups of user {name} are not read: {}", groups.join(", ")),
            request_id: None,
        });
    }
    Ok(User { identity, boundary })
}

async fn inline(session: &Session, user: &str) -> Result<Vec<Named>, AwsError> {
    let names = INLINE.read(
        |name: &String| Some(name.as_str()),
        async |token| {
            let call = session.iam().list_user_policies().user_name(user).set_marker(token);
            let page = send(INLINE.operation, call.send()).await?;
            Ok((Some(page.policy_names), page.marker))
        },
    );
    let operation = "iam:GetUserPolicy";
    let mut found = Vec::new();
    for policy in names.await? {
        let call = session.iam().get_user_policy().user_name(user).policy_name(&policy);
        let answer = send(operation, call.send()).await?;
        let document = decoded(text(answer.policy_document(), operation, "PolicyDocument")?);
        found.push(Named { name: format!("inline policy {policy} of user {user}"), text: document });
    }
    Ok(found)
}

async fn attached(session: &Session, user: &str) -> Result<Vec<Named>, AwsError> {
    let policies = ATTACHED.read(
        |policy: &AttachedPolicy| policy.policy_arn(),
        async |token| {
            let call = session.iam().list_attached_user_policies().user_name(user).set_marker(token);
            let page = send(ATTACHED.operation, call.send()).await?;
            Ok((page.attached_policies, page.marker))
        },
    );
    let mut found = Vec::new();
    for arn in policies.await?.into_iter().filter_map(|policy| policy.policy_arn) {
        found.push(managed_policy(session, &arn, "managed policy").await?);
    }
    Ok(found)
}

async fn groups(session: &Session, user: &str) -> Result<Vec<String>, AwsError> {
    let groups = GROUPS.read(
        |group: &Group| Some(group.group_name()),
        async |token| {
            let call = session.iam().list_groups_for_user().user_name(user).set_marker(token);
            let page = send(GROUPS.operation, call.send()).await?;
            Ok((Some(page.groups), page.marker))
        },
    );
    Ok(groups.await?.into_iter().map(|group| group.group_name).collect())
}
