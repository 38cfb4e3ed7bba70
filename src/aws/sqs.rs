//! Amazon SQS: the dead-letter queues.

use aws_sdk_sqs::types::QueueAttributeName;

use super::Session;
use super::answer::{Required, parsed};
use super::error::{AwsError, send};
pub use crate::pipeline::seen::event_path::Queue;
use crate::policy::evaluate::Named;

/// A queue by its URL; none where it does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn queue(session: &Session, url: &str) -> Result<Option<Queue>, AwsError> {
    let operation = "sqs:GetQueueAttributes";
    let call = session.sqs().get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
    let answer = match send(operation, call.send()).await {
        Err(error) if error.is("QueueDoesNotExist") || error.is("AWS.SimpleQueueService.NonExistentQueue") => {
            return Ok(None);
        }
        other => other?,
    };
    let attributes = answer.attributes.required(operation, "Attributes")?;
    let text = |name: &QueueAttributeName| attributes.get(name).cloned();
    let arn = text(&QueueAttributeName::QueueArn).required(operation, "QueueArn")?;
    let length = QueueAttributeName::ApproximateNumberOfMessages;
    let messages = parsed(attributes.get(&length).map(String::as_str), operation, length.as_str())?;
    let policy = text(&QueueAttributeName::Policy).filter(|policy| !policy.is_empty());
    Ok(Some(Queue {
        policy: policy.map(|text| Named { name: format!("access policy of queue {arn}"), text }),
        arn,
        url: url.to_owned(),
        messages,
    }))
}
