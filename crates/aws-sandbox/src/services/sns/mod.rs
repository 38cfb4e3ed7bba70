//! Amazon SNS: standard topics, their policies and subscriptions, and the way of a message to them.
//!
//! What is mailed lies in an outbox: [`State::mails`].

mod delivery;
mod state;
mod subscriptions;
mod tags;
#[cfg(test)]
mod tests;
mod topics;

use serde_json::{Value, json};

use self::state::Topic;
pub use self::state::{Mail, State};
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, Place, ServiceError, World};
use aws_policy::names::Arn;

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "sns",
    model: include_str!("../../models/sns.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Sns",
    throttled: ("Throttled", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "InternalError",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("ConfirmSubscription", Change, needs_topic, subscriptions::confirm),
    operation!("CreateTopic", Change, topics::needs_name, topics::create),
    operation!("DeleteTopic", Change, needs_topic, topics::delete),
    operation!("GetSubscriptionAttributes", Read, needs_subscription, subscriptions::get_attributes),
    operation!("GetTopicAttributes", Read, needs_topic, topics::get_attributes),
    operation!("ListSubscriptions", Read, needs_any, subscriptions::list),
    operation!("ListSubscriptionsByTopic", Read, needs_topic, subscriptions::list_by_topic),
    operation!("ListTagsForResource", Read, needs_topic, tags::list),
    operation!("ListTopics", Read, needs_any, topics::list),
    operation!("Publish", Change, needs_topic, delivery::publish),
    operation!("SetTopicAttributes", Change, needs_topic, topics::set_attributes),
    operation!("Subscribe", Change, needs_topic, subscriptions::subscribe),
    operation!("TagResource", Change, needs_topic, tags::tag),
    operation!("Unsubscribe", Change, needs_subscription, subscriptions::unsubscribe),
    operation!("UntagResource", Change, needs_topic, tags::untag),
];

fn needs_any(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("sns:{}", call.operation), &call.place.account)])
}

/// Of the topic that the input names: its policy counts, also across accounts.
fn needs_topic(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = ["TopicArn", "TargetArn", "ResourceArn"].iter().find_map(|member| input[*member].as_str());
    needs(world, call, arn.unwrap_or_default())
}

fn needs_subscription(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    needs(world, call, topic_of(input["SubscriptionArn"].as_str().unwrap_or_default()))
}

fn needs(world: &World, call: &Call, arn: &str) -> Result<Vec<Access>, ServiceError> {
    let place = place_of(call, arn)?;
    let mut access = Access::on(&format!("sns:{}", call.operation), arn, &place.account);
    let Some(topic) = find(world, call, arn).ok() else { return Ok(vec![access]) };
    for (key, value) in &topic.tags {
        access = access.with_key(&format!("aws:ResourceTag/{key}"), value);
    }
    Ok(vec![match topic.attributes.get("Policy") {
        Some(policy) => access.with_policy(format!("topic policy of {}", name_of(arn)), policy),
        None => access,
    }])
}

/// `arn:aws:sns:us-west-2:111111111111:topic`: it lies in the Region that is asked, or nowhere.
fn place_of(call: &Call, arn: &str) -> Result<Place, ServiceError> {
    let parsed: Option<Arn> = arn.parse().ok().filter(|arn: &Arn| arn.service == "sns");
    let place = parsed.and_then(|arn| Some(Place::new(arn.account_id()?, arn.region_code()?)));
    place.filter(|place| place.region == call.place.region).ok_or_else(|| invalid("TopicArn"))
}

fn name_of(arn: &str) -> &str {
    arn.split(':').nth(5).unwrap_or_default()
}

/// The topic's ARN out of a subscription's: the part in front of the last colon.
fn topic_of(subscription: &str) -> &str {
    subscription.rsplit_once(':').map_or(subscription, |(topic, _)| topic)
}

fn topic_arn(place: &Place, name: &str) -> String {
    Arn::new(place.region.partition(), "sns", place.region.as_str(), place.account.as_str(), name).to_string()
}

fn find<'a>(world: &'a World, call: &Call, arn: &str) -> Result<&'a Topic, ServiceError> {
    let place = place_of(call, arn)?;
    world.services.sns.get(&place).and_then(|state| state.topics.get(name_of(arn))).ok_or_else(no_topic)
}

fn topic_at<'a>(world: &'a mut World, call: &Call, arn: &str) -> Result<&'a mut Topic, ServiceError> {
    let place = place_of(call, arn)?;
    world.services.sns.at(&place).topics.get_mut(name_of(arn)).ok_or_else(no_topic)
}

fn no_topic() -> ServiceError {
    ServiceError::new("NotFound", "Topic does not exist")
}

fn invalid(parameter: &str) -> ServiceError {
    invalid_because(parameter, &format!("An ARN must have at least 6 elements and lie in this Region: {parameter}"))
}

fn invalid_because(parameter: &str, reason: &str) -> ServiceError {
    ServiceError::new("InvalidParameter", format!("Invalid parameter: {parameter} Reason: {reason}"))
}

fn nothing() -> Value {
    json!({})
}

/// A page of a list, at most a hundred items (SNS API Reference, "ListTopics"): the token is the last
/// item's own name.
fn page(member: &str, items: Vec<(String, Value)>, token: Option<&str>) -> Value {
    const PAGE: usize = 100;
    let mut rest = items.into_iter().filter(|(name, _)| token.is_none_or(|token| name.as_str() > token)).peekable();
    let (mut shown, mut last) = (Vec::new(), String::new());
    while shown.len() < PAGE
        && let Some((name, item)) = rest.next()
    {
        shown.push(item);
        last = name;
    }
    let mut answer = json!({ member: shown });
    if rest.peek().is_some() {
        answer["NextToken"] = json!(last);
    }
    answer
}
