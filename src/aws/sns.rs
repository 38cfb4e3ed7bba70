//! Amazon SNS: who is told of failures.

use super::Session;
use super::error::{AwsError, send};

/// What SNS gives in the place of an ARN until the subscriber has confirmed (Amazon SNS API Reference, Subscription).
const PENDING: &str = "PendingConfirmation";

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// An e-mail address, or an ARN.
    pub endpoint: String,
    /// Whether the subscriber has said yes.
    pub confirmed: bool,
}

/// The subscriptions of a topic; none where the topic does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn subscriptions(session: &Session, topic: &str) -> Result<Option<Vec<Subscription>>, AwsError> {
    let mut pages = session.sns().list_subscriptions_by_topic().topic_arn(topic).into_paginator().send();
    let mut found = Vec::new();
    loop {
        let next = async { pages.next().await.transpose() };
        let page = match send("sns:ListSubscriptionsByTopic", next).await {
            Err(error) if error.is("NotFound") || error.is("NotFoundException") => return Ok(None),
            other => other?,
        };
        let Some(page) = page else { return Ok(Some(found)) };
        for one in page.subscriptions() {
            let confirmed = one.subscription_arn().is_some_and(|arn| arn != PENDING);
            found.push(Subscription { endpoint: one.endpoint().unwrap_or_default().to_owned(), confirmed });
        }
    }
}
