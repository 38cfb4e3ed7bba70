//! Amazon SNS: who is told of failures.

use aws_sdk_sns::types;

use super::Session;
use super::answer::{Listing, Required};
use super::error::{AwsError, send};
pub use crate::pipeline::seen::event_path::Subscription;

/// What SNS gives in the place of an ARN until the subscriber has confirmed (Amazon SNS API Reference, Subscription).
const PENDING: &str = "PendingConfirmation";

/// The subscriptions of a topic; none where the topic does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn subscriptions(session: &Session, topic: &str) -> Result<Option<Vec<Subscription>>, AwsError> {
    let found = SUBSCRIPTIONS.read(
        |one: &types::Subscription| one.endpoint(),
        async |token| {
            let call = session.sns().list_subscriptions_by_topic().topic_arn(topic).set_next_token(token);
            let page = send(SUBSCRIPTIONS.operation, call.send()).await?;
            Ok((page.subscriptions, page.next_token))
        },
    );
    match found.await {
        Err(error) if error.is("NotFound") || error.is("NotFoundException") => Ok(None),
        found => found?.into_iter().map(subscription).collect::<Result<_, _>>().map(Some),
    }
}

/// A subscription that is not confirmed has no ARN of its own: the endpoint tells them apart.
const SUBSCRIPTIONS: Listing =
    Listing { operation: "sns:ListSubscriptionsByTopic", items: "Subscriptions", id: "Endpoint" };

fn subscription(one: types::Subscription) -> Result<Subscription, AwsError> {
    let arn = one.subscription_arn.required(SUBSCRIPTIONS.operation, "SubscriptionArn")?;
    Ok(Subscription { endpoint: one.endpoint.unwrap_or_default(), confirmed: arn != PENDING })
}
