//! Subscriptions: asked for, confirmed, listed, ended.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{Mail, Subscription};
use super::{find, invalid_because, no_topic, nothing, page, place_of, topic_arn, topic_at, topic_of, topics};
use crate::world::{Call, ServiceError, World};
use aws_policy::names::Arn;

/// What a list and `Subscribe` show for a subscription that nobody has confirmed.
const PENDING: &str = "PendingConfirmation";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Subscribe {
    topic_arn: String,
    protocol: String,
    endpoint: Option<String>,
    attributes: Option<BTreeMap<String, String>>,
    return_subscription_arn: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Confirm {
    topic_arn: String,
    token: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfSubscription {
    subscription_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    topic_arn: Option<String>,
    next_token: Option<String>,
}

/// Queues and functions of the topic's own account need no confirmation; a mailbox does (SNS API
/// Reference, "Subscribe"). The same endpoint again is the same subscription.
pub(super) fn subscribe(world: &mut World, call: &Call, input: Subscribe) -> Result<Value, ServiceError> {
    topics::exists(world, call, &input.topic_arn)?;
    let place = place_of(call, &input.topic_arn)?;
    let endpoint = input.endpoint.unwrap_or_default();
    let is_confirmed = match input.protocol.as_str() {
        "email" if endpoint.contains('@') => false,
        "email" => return Err(invalid_because("Endpoint", "Email address")),
        protocol @ ("sqs" | "lambda") => {
            let arn: Option<Arn> = endpoint.parse().ok().filter(|arn: &Arn| arn.service == protocol);
            let arn = arn.ok_or_else(|| invalid_because("Endpoint", &format!("{protocol} endpoint ARN")))?;
            if arn.account_id().as_ref() != Some(&place.account) {
                return Err(invalid_because(
                    "Endpoint",
                    "The sandbox has subscriptions of the topic's own account only.",
                ));
            }
            true
        }
        other => {
            tracing::warn!(protocol = other, "the sandbox has no such subscriptions");
            return Err(invalid_because("Protocol", &format!("The sandbox has no subscriptions of {other}.")));
        }
    };
    let id = world.ids.uuid(&place, "subscription");
    let token = (!is_confirmed).then(|| hex::encode(world.ids.draw(&place, "subscription-token")));
    let now = world.now;
    let topic = topic_at(world, call, &input.topic_arn)?;
    let known =
        topic.subscriptions.iter().find(|(_, known)| known.protocol == input.protocol && known.endpoint == endpoint);
    let (id, token) = match known {
        Some((id, known)) => (id.clone(), known.token.clone()),
        None => {
            let attributes = input.attributes.unwrap_or_default();
            let owner = call.place.account.to_string();
            let made = Subscription {
                protocol: input.protocol,
                endpoint: endpoint.clone(),
                owner,
                attributes,
                token: token.clone(),
            };
            topic.subscriptions.insert(id.clone(), made);
            (id, token)
        }
    };
    let arn = format!("{}:{id}", input.topic_arn);
    let Some(token) = token else { return Ok(json!({"SubscriptionArn": arn})) };
    let text = format!("You have chosen to subscribe to the topic:\n{}\n\nToken: {token}", input.topic_arn);
    let subject = "AWS Notification - Subscription Confirmation".to_owned();
    world.services.sns.at(&place).mail(Mail { at: now, to: endpoint, subject, text });
    let shown = if input.return_subscription_arn == Some(true) { arn } else { "pending confirmation".to_owned() };
    Ok(json!({"SubscriptionArn": shown}))
}

pub(super) fn confirm(world: &mut World, call: &Call, input: Confirm) -> Result<Value, ServiceError> {
    let topic = topic_at(world, call, &input.topic_arn)?;
    let found = topic.subscriptions.iter_mut().find(|(_, known)| known.token.as_ref() == Some(&input.token));
    let (id, subscription) = found.ok_or_else(|| invalid_because("Token", "Invalid token"))?;
    subscription.token = None;
    Ok(json!({"SubscriptionArn": format!("{}:{id}", input.topic_arn)}))
}

fn no_subscription() -> ServiceError {
    ServiceError::new("NotFound", "Subscription does not exist")
}

fn id_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// Ending one that is gone succeeds.
pub(super) fn unsubscribe(world: &mut World, call: &Call, input: OfSubscription) -> Result<Value, ServiceError> {
    if let Ok(topic) = topic_at(world, call, topic_of(&input.subscription_arn)) {
        topic.subscriptions.remove(id_of(&input.subscription_arn));
    }
    Ok(nothing())
}

pub(super) fn get_attributes(world: &mut World, call: &Call, input: OfSubscription) -> Result<Value, ServiceError> {
    let topic_arn = topic_of(&input.subscription_arn);
    let topic = find(world, call, topic_arn).map_err(|_| no_subscription())?;
    let found = topic.subscriptions.get(id_of(&input.subscription_arn)).ok_or_else(no_subscription)?;
    let mut shown = found.attributes.clone();
    for (name, value) in [
        ("SubscriptionArn", input.subscription_arn.as_str()),
        ("TopicArn", topic_arn),
        ("Protocol", found.protocol.as_str()),
        ("Endpoint", found.endpoint.as_str()),
        ("Owner", found.owner.as_str()),
        ("PendingConfirmation", if found.token.is_some() { "true" } else { "false" }),
    ] {
        shown.insert(name.to_owned(), value.to_owned());
    }
    shown.entry("RawMessageDelivery".to_owned()).or_insert_with(|| "false".to_owned());
    Ok(json!({"Attributes": shown}))
}

fn shown(topic_arn: &str, id: &str, subscription: &Subscription) -> (String, Value) {
    let arn = format!("{topic_arn}:{id}");
    let value = json!({
        "SubscriptionArn": if subscription.token.is_some() { PENDING } else { arn.as_str() },
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": topic_arn,
    });
    (arn, value)
}

pub(super) fn list(world: &mut World, call: &Call, input: List) -> Result<Value, ServiceError> {
    let topics = world.services.sns.get(&call.place).into_iter().flat_map(|state| state.topics.iter());
    let mut items: Vec<(String, Value)> = topics
        .flat_map(|(name, topic)| {
            let arn = topic_arn(&call.place, name);
            topic.subscriptions.iter().map(move |(id, subscription)| shown(&arn, id, subscription))
        })
        .collect();
    items.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(page("Subscriptions", items, input.next_token.as_deref()))
}

pub(super) fn list_by_topic(world: &mut World, call: &Call, input: List) -> Result<Value, ServiceError> {
    let arn = input.topic_arn.ok_or_else(no_topic)?;
    let topic = find(world, call, &arn)?;
    let items = topic.subscriptions.iter().map(|(id, subscription)| shown(&arn, id, subscription)).collect();
    Ok(page("Subscriptions", items, input.next_token.as_deref()))
}
