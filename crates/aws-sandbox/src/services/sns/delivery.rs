//! A message on its way to a topic's subscriptions.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::state::{Mail, Subscription};
use super::{find, invalid_because, name_of, place_of};
use crate::services::{Service, kms};
use crate::world::{Call, Caller, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::Arn;

const SNS: &str = "sns.amazonaws.com";
/// The longest message (Amazon SNS quotas).
const LARGEST: usize = 262_144;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Publish {
    topic_arn: Option<String>,
    target_arn: Option<String>,
    message: String,
    subject: Option<String>,
    message_attributes: Option<Map<String, Value>>,
}

/// What is published goes to every confirmed subscription at once; one that refuses it loses it.
pub(super) fn publish(world: &mut World, call: &Call, input: Publish) -> Result<Value, ServiceError> {
    let arn =
        input.topic_arn.or(input.target_arn).ok_or_else(|| invalid_because("TopicArn or TargetArn", "no value"))?;
    let place = place_of(call, &arn)?;
    let topic = find(world, call, &arn)?.clone();
    if input.message.is_empty() {
        return Err(invalid_because("Message", "Empty message"));
    }
    if input.message.len() > LARGEST {
        return Err(invalid_because("Message", "Message too long"));
    }
    if let Some(key) = topic.attributes.get("KmsMasterKeyId") {
        use_key(world, call, &place, key)?;
    }
    let id = world.ids.uuid(&place, "notification");
    let mut notification = json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": arn,
        "Message": input.message,
        "Timestamp": world.now.iso(),
    });
    if let Some(subject) = &input.subject {
        notification["Subject"] = json!(subject);
    }
    if let Some(attributes) = input.message_attributes {
        let shown = attributes.into_iter().map(|(name, value)| {
            let shown = json!({"Type": value["DataType"], "Value": value["StringValue"]});
            (name, shown)
        });
        notification["MessageAttributes"] = Value::Object(shown.collect());
    }
    for (subscription_id, subscription) in topic.subscriptions.iter().filter(|(_, one)| one.token.is_none()) {
        let subscription_arn = format!("{arn}:{subscription_id}");
        if let Err(error) = deliver(world, &place, &arn, &subscription_arn, subscription, &notification) {
            tracing::warn!(subscription_arn, %error, "a subscription refused a message");
        }
    }
    Ok(json!({"MessageId": id}))
}

/// A topic with a KMS key asks for a data key, and for the right to open it again, on behalf of who
/// publishes (SNS Developer Guide, "Key management": `kms:GenerateDataKey*` and `kms:Decrypt`). The
/// sandbox's KMS encrypts nothing: what counts here is whether the key lets the caller.
fn use_key(world: &mut World, call: &Call, place: &Place, key: &str) -> Result<(), ServiceError> {
    let key = match key {
        key if key.starts_with("arn:") => key.to_owned(),
        key => {
            let kind = if key.starts_with("alias/") { "" } else { "key/" };
            let partition = place.region.partition().as_str();
            format!("arn:{partition}:kms:{}:{}:{kind}{key}", place.region, place.account)
        }
    };
    let mut asked = call.clone();
    asked.service = Service::Kms;
    asked.context.set("kms:ViaService", format!("sns.{}.amazonaws.com", place.region));
    asked.context.set("kms:CallerAccount", call.caller.account().as_str());
    for (operation, action) in [("GenerateDataKey", "kms:GenerateDataKey"), ("Decrypt", "kms:Decrypt")] {
        asked.operation = operation;
        let access = kms::access(world, action, &key, &asked).map_err(as_sns_says)?;
        world.authorize(&asked, &access).map_err(as_sns_says)?;
        if kms::key(world, &access.resource.arn).is_some_and(|key| key.state != kms::KeyState::Enabled) {
            return Err(ServiceError::new("KMSDisabled", format!("{} is disabled.", access.resource.arn)));
        }
    }
    Ok(())
}

fn as_sns_says(error: ServiceError) -> ServiceError {
    let code = match error.code.as_str() {
        "AccessDeniedException" | "AccessDenied" => "KMSAccessDenied",
        "NotFoundException" => "KMSNotFound",
        other => other,
    };
    ServiceError::new(code, error.message)
}

fn deliver(
    world: &mut World,
    place: &Place,
    topic_arn: &str,
    subscription_arn: &str,
    subscription: &Subscription,
    notification: &Value,
) -> Result<(), ServiceError> {
    let message = notification["Message"].as_str().unwrap_or_default();
    if subscription.protocol == "email" {
        let subject = notification["Subject"].as_str().unwrap_or("AWS Notification Message").to_owned();
        let mail = Mail { at: world.now, to: subscription.endpoint.clone(), subject, text: message.to_owned() };
        world.services.sns.at(place).mail(mail);
        return Ok(());
    }
    let wrong = |_| invalid_because("Endpoint", name_of(&subscription.endpoint));
    let endpoint: Arn = subscription.endpoint.parse().map_err(wrong)?;
    let region = endpoint.region_code().unwrap_or_else(|| place.region.clone());
    let caller = Caller::service(SNS, &place.account);
    let context = Context::new().with("aws:SourceArn", topic_arn).with("aws:SourceAccount", place.account.as_str());
    let (service, operation, input) = if subscription.protocol == "sqs" {
        let is_raw = subscription.attributes.get("RawMessageDelivery").is_some_and(|raw| raw == "true");
        let body = if is_raw { message.to_owned() } else { notification.to_string() };
        let url = format!("https://sqs.{region}.amazonaws.com/{}/{}", endpoint.account, endpoint.resource);
        (Service::Sqs, "SendMessage", json!({"QueueUrl": url, "MessageBody": body}))
    } else {
        let event = json!({"Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription_arn,
            "Sns": notification,
        }]});
        let payload = STANDARD.encode(event.to_string());
        let name = &subscription.endpoint;
        (Service::Lambda, "Invoke", json!({"FunctionName": name, "InvocationType": "Event", "Payload": payload}))
    };
    world.call(&caller, &region, service, operation, input, &context).map(drop)
}
