//! `AWS::SNS::Topic` and `AWS::SNS::TopicPolicy`.

use serde_json::{Map, Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_list, tags_of, text, texts};
use crate::services::Service;

const SUBSCRIPTION: Kind =
    Kind::Object(&[Property::required("Endpoint", Kind::Text), Property::required("Protocol", Kind::Text)]);

/// Properties that are attributes of a topic under the same name.
const ATTRIBUTES: &[&str] = &["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"];

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::SNS::Topic",
        properties: &[
            Property::new("DisplayName", Kind::Text),
            Property::new("KmsMasterKeyId", Kind::Text),
            Property::new("SignatureVersion", Kind::Text),
            Property::new("Subscription", Kind::List(&SUBSCRIPTION)),
            Property::new("Tags", TAGS),
            Property::new("TopicName", Kind::Text).replaces(),
            Property::new("TracingConfig", Kind::Text),
        ],
        seconds: (10, 5),
        tags: Some("Tags"),
        custom_name: Some("TopicName"),
        identifier: Some("TopicArn"),
        create: create_topic,
        update: update_topic,
        delete: |hand, arn, _| hand.call_unless_gone(Service::Sns, "DeleteTopic", json!({ "TopicArn": arn })),
        read: None,
    },
    ResourceType {
        name: "AWS::SNS::TopicPolicy",
        properties: &[
            Property::required("PolicyDocument", Kind::Policy),
            Property::required("Topics", Kind::List(&Kind::Text)),
        ],
        seconds: (3, 3),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_policy,
        update: update_policy,
        delete: |hand, _, properties| reset_policies(hand, &texts(properties, "Topics")),
        read: None,
    },
];

fn attributes(properties: &Value) -> Map<String, Value> {
    let set = ATTRIBUTES.iter().filter_map(|name| Some(((*name).to_owned(), Value::from(text(properties, name)?))));
    set.collect()
}

fn topic(arn: &str) -> Made {
    let name = arn.rsplit(':').next().unwrap_or_default();
    Made::new(arn, json!({ "TopicArn": arn, "TopicName": name }))
}

fn create_topic(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "TopicName", 256);
    let attributes = attributes(properties);
    let input = json!({
        "Name": name,
        "Attributes": if attributes.is_empty() { Value::Null } else { Value::Object(attributes) },
        "Tags": tag_list(&tags_of(properties, "Tags"), "Key", "Value"),
    });
    let answer = hand.call(Service::Sns, "CreateTopic", input)?;
    let arn = text(&answer, "TopicArn").unwrap_or_default();
    for subscription in properties.get("Subscription").and_then(Value::as_array).into_iter().flatten() {
        if let Err(failure) = subscribe(hand, &arn, subscription) {
            hand.call_unless_gone(Service::Sns, "DeleteTopic", json!({ "TopicArn": arn }))?;
            return Err(failure);
        }
    }
    Ok(topic(&arn))
}

fn subscribe(hand: &mut Hand<'_>, arn: &str, subscription: &Value) -> Outcome<()> {
    let input = json!({
        "TopicArn": arn,
        "Protocol": get(subscription, "Protocol"),
        "Endpoint": get(subscription, "Endpoint"),
        "ReturnSubscriptionArn": true,
    });
    hand.call(Service::Sns, "Subscribe", input).map(drop)
}

fn subscriptions(properties: &Value) -> Vec<Value> {
    properties.get("Subscription").and_then(Value::as_array).cloned().unwrap_or_default()
}

/// A subscription that the template no longer has is ended, unless nobody has confirmed it: SNS lets those lapse.
fn update_topic(hand: &mut Hand<'_>, arn: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let (before, after) = (attributes(old), attributes(new));
    let names = ATTRIBUTES.iter().filter(|name| before.get(**name) != after.get(**name));
    for name in names.copied().collect::<Vec<_>>() {
        let value = after.get(name).cloned().unwrap_or_else(|| json!(""));
        let input = json!({ "TopicArn": arn, "AttributeName": name, "AttributeValue": value });
        hand.call(Service::Sns, "SetTopicAttributes", input)?;
    }
    let (before, after) = (subscriptions(old), subscriptions(new));
    for subscription in after.iter().filter(|one| !before.contains(one)) {
        subscribe(hand, arn, subscription)?;
    }
    let gone: Vec<&Value> = before.iter().filter(|one| !after.contains(one)).collect();
    if !gone.is_empty() {
        let listed = hand.call(Service::Sns, "ListSubscriptionsByTopic", json!({ "TopicArn": arn }))?;
        for known in listed["Subscriptions"].as_array().into_iter().flatten() {
            let is_gone =
                gone.iter().any(|one| ["Protocol", "Endpoint"].iter().all(|member| one[*member] == known[*member]));
            if is_gone && known["SubscriptionArn"].as_str().is_some_and(|arn| arn.starts_with("arn:")) {
                let input = json!({ "SubscriptionArn": known["SubscriptionArn"] });
                hand.call_unless_gone(Service::Sns, "Unsubscribe", input)?;
            }
        }
    }
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        let input = json!({ "ResourceArn": arn, "Tags": tag_list(&set, "Key", "Value") });
        hand.call(Service::Sns, "TagResource", input)?;
    }
    if !gone.is_empty() {
        hand.call(Service::Sns, "UntagResource", json!({ "ResourceArn": arn, "TagKeys": gone }))?;
    }
    Ok(topic(arn))
}

fn put_policies(hand: &mut Hand<'_>, topics: &[String], properties: &Value) -> Outcome<()> {
    let policy = document(properties, "PolicyDocument").unwrap_or_default();
    for arn in topics {
        let input = json!({ "TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy });
        hand.call(Service::Sns, "SetTopicAttributes", input)?;
    }
    Ok(())
}

/// A topic is never without a policy: taken away, its owner alone is let in.
fn reset_policies(hand: &mut Hand<'_>, topics: &[String]) -> Outcome<()> {
    for arn in topics {
        let owner = format!("arn:{}:iam::{}:root", hand.place.region.partition(), hand.place.account);
        let policy = json!({ "Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
            "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": { "AWS": owner },
            "Action": ["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:DeleteTopic", "SNS:Subscribe",
                "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
            "Resource": arn,
        }] });
        let input = json!({ "TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy.to_string() });
        hand.call_unless_gone(Service::Sns, "SetTopicAttributes", input)?;
    }
    Ok(())
}

fn create_policy(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    put_policies(hand, &texts(properties, "Topics"), properties)?;
    let id = hand.generated_name(128);
    Ok(Made::new(id.clone(), json!({ "Id": id })))
}

fn update_policy(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let after = texts(new, "Topics");
    put_policies(hand, &after, new)?;
    let gone: Vec<String> = texts(old, "Topics").into_iter().filter(|arn| !after.contains(arn)).collect();
    reset_policies(hand, &gone)?;
    Ok(Made::new(id, json!({ "Id": id })))
}
