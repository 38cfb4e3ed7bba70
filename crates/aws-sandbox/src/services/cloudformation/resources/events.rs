//! `AWS::Events::Rule` and `AWS::Events::EventBusPolicy`.

use serde_json::{Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Failure, Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_list, tags_of, text};
use crate::services::Service;

const TARGET: Kind = Kind::Object(&[
    Property::required("Arn", Kind::Text),
    Property::new("DeadLetterConfig", Kind::Object(&[Property::new("Arn", Kind::Text)])),
    Property::required("Id", Kind::Text),
    Property::new("Input", Kind::Text),
    Property::new("InputPath", Kind::Text),
    Property::new(
        "InputTransformer",
        Kind::Object(&[Property::new("InputPathsMap", Kind::TextMap), Property::required("InputTemplate", Kind::Text)]),
    ),
    Property::new(
        "RetryPolicy",
        Kind::Object(&[
            Property::new("MaximumEventAgeInSeconds", Kind::Integer),
            Property::new("MaximumRetryAttempts", Kind::Integer),
        ]),
    ),
    Property::new("RoleArn", Kind::Text),
    Property::new("SqsParameters", Kind::Object(&[Property::required("MessageGroupId", Kind::Text)])),
]);

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::Events::Rule",
        properties: &[
            Property::new("Description", Kind::Text),
            Property::new("EventBusName", Kind::Text).replaces(),
            Property::new("EventPattern", Kind::Json),
            Property::new("Name", Kind::Text).replaces(),
            Property::new("RoleArn", Kind::Text),
            Property::new("ScheduleExpression", Kind::Text),
            Property::new("State", Kind::Text),
            Property::new("Tags", TAGS),
            Property::new("Targets", Kind::List(&TARGET)),
        ],
        seconds: (60, 5),
        tags: Some("Tags"),
        custom_name: Some("Name"),
        identifier: Some("Arn"),
        create: create_rule,
        update: update_rule,
        delete: delete_rule,
        read: Some(read_rule),
    },
    ResourceType {
        name: "AWS::Events::EventBusPolicy",
        properties: &[
            Property::new("Action", Kind::Text),
            Property::new(
                "Condition",
                Kind::Object(&[
                    Property::new("Key", Kind::Text),
                    Property::new("Type", Kind::Text),
                    Property::new("Value", Kind::Text),
                ]),
            ),
            Property::new("EventBusName", Kind::Text).replaces(),
            Property::new("Principal", Kind::Text),
            Property::new("Statement", Kind::Policy),
            Property::required("StatementId", Kind::Text).replaces(),
        ],
        seconds: (3, 3),
        tags: None,
        custom_name: None,
        identifier: None,
        create: put_permission,
        update: |hand, _, _, new| put_permission(hand, new),
        delete: remove_permission,
        read: None,
    },
];

/// The physical id of a rule: its name, or `bus|name` on another bus than the default one.
fn rule_id(name: &str, bus: Option<String>) -> String {
    match bus.as_deref() {
        None | Some("default") => name.to_owned(),
        Some(bus) => format!("{}|{name}", bus.rsplit('/').next().unwrap_or(bus)),
    }
}

fn rule_name(id: &str) -> &str {
    id.rsplit('|').next().unwrap_or(id)
}

fn put_rule(hand: &mut Hand<'_>, name: &str, properties: &Value) -> Outcome<Made> {
    let bus = get(properties, "EventBusName");
    let input = json!({
        "Name": name,
        "EventBusName": bus,
        "EventPattern": document(properties, "EventPattern"),
        "ScheduleExpression": get(properties, "ScheduleExpression"),
        "State": get(properties, "State"),
        "Description": get(properties, "Description"),
        "RoleArn": get(properties, "RoleArn"),
    });
    let answer = hand.call(Service::Events, "PutRule", input)?;
    let arn = text(&answer, "RuleArn").unwrap_or_default();
    Ok(Made::new(rule_id(name, text(properties, "EventBusName")), json!({ "Arn": arn })))
}

fn create_rule(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "Name", 64);
    let made = put_rule(hand, &name, properties)?;
    let arn = made.attributes.get("Arn").cloned().unwrap_or_default();
    let tags = tag_list(&tags_of(properties, "Tags"), "Key", "Value");
    let rest = match &tags {
        Value::Null => Ok(Value::Null),
        tags => hand.call(Service::Events, "TagResource", json!({ "ResourceARN": arn, "Tags": tags })),
    };
    if let Err(failure) = rest.and_then(|_| put_targets(hand, &name, properties)) {
        delete_rule(hand, &name, properties)?;
        return Err(failure);
    }
    Ok(made)
}

fn put_targets(hand: &mut Hand<'_>, name: &str, properties: &Value) -> Outcome<()> {
    let targets = get(properties, "Targets");
    if targets.as_array().is_none_or(Vec::is_empty) {
        return Ok(());
    }
    let input = json!({ "Rule": name, "EventBusName": get(properties, "EventBusName"), "Targets": targets });
    let answer = hand.call(Service::Events, "PutTargets", input)?;
    match answer["FailedEntries"].as_array().and_then(|entries| entries.first()) {
        None => Ok(()),
        Some(entry) => {
            let message = text(entry, "ErrorMessage").unwrap_or_default();
            Err(Failure::Plain(format!("{message} (Target: {})", text(entry, "TargetId").unwrap_or_default())))
        }
    }
}

fn target_ids(properties: &Value) -> Vec<String> {
    let targets = properties.get("Targets").and_then(Value::as_array);
    targets.map(|targets| targets.iter().filter_map(|one| text(one, "Id")).collect()).unwrap_or_default()
}

fn remove_targets(hand: &mut Hand<'_>, name: &str, properties: &Value, ids: &[String]) -> Outcome<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let input = json!({ "Rule": name, "EventBusName": get(properties, "EventBusName"), "Ids": ids });
    hand.call_unless_gone(Service::Events, "RemoveTargets", input)
}

fn update_rule(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let name = rule_name(id);
    let made = put_rule(hand, name, new)?;
    let kept = target_ids(new);
    let gone: Vec<String> = target_ids(old).into_iter().filter(|id| !kept.contains(id)).collect();
    remove_targets(hand, name, old, &gone)?;
    if old.get("Targets") != new.get("Targets") {
        put_targets(hand, name, new)?;
    }
    let arn = made.attributes.get("Arn").cloned().unwrap_or_default();
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        let tags = tag_list(&set, "Key", "Value");
        hand.call(Service::Events, "TagResource", json!({ "ResourceARN": arn, "Tags": tags }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Events, "UntagResource", json!({ "ResourceARN": arn, "TagKeys": gone }))?;
    }
    Ok(made)
}

fn delete_rule(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<()> {
    let name = rule_name(id);
    remove_targets(hand, name, properties, &target_ids(properties))?;
    let input = json!({ "Name": name, "EventBusName": get(properties, "EventBusName") });
    hand.call_unless_gone(Service::Events, "DeleteRule", input)
}

/// With `Statement` the whole statement is given, else principal, action and condition.
fn put_permission(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let id = text(properties, "StatementId").unwrap_or_default();
    let bus = get(properties, "EventBusName");
    let input = match properties.get("Statement") {
        Some(Value::Object(statement)) => {
            let mut statement = statement.clone();
            statement.insert("Sid".to_owned(), Value::from(id.clone()));
            let kept = other_statements(hand, &bus, &id)?;
            let statements: Vec<Value> = kept.into_iter().chain([Value::Object(statement)]).collect();
            let policy = json!({ "Version": "2012-10-17", "Statement": statements });
            json!({ "EventBusName": bus, "Policy": policy.to_string() })
        }
        _ => json!({
            "EventBusName": bus,
            "StatementId": id,
            "Action": properties.get("Action").cloned().unwrap_or(json!("events:PutEvents")),
            "Principal": get(properties, "Principal"),
            "Condition": get(properties, "Condition"),
        }),
    };
    hand.call(Service::Events, "PutPermission", input)?;
    Ok(Made::new(rule_id(&id, text(properties, "EventBusName")), Value::Null))
}

/// The statements of the bus's policy besides one: PutPermission replaces the whole policy.
fn other_statements(hand: &mut Hand<'_>, bus: &Value, id: &str) -> Outcome<Vec<Value>> {
    let answer = hand.call(Service::Events, "DescribeEventBus", json!({ "Name": bus }))?;
    let policy: Value = serde_json::from_str(answer["Policy"].as_str().unwrap_or("{}")).unwrap_or_default();
    let statements = policy["Statement"].as_array().cloned().unwrap_or_default();
    Ok(statements.into_iter().filter(|one| one["Sid"] != *id).collect())
}

fn remove_permission(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<()> {
    let input = json!({ "StatementId": rule_name(id), "EventBusName": get(properties, "EventBusName") });
    hand.call_unless_gone(Service::Events, "RemovePermission", input)
}

fn read_rule(hand: &mut Hand<'_>, id: &str) -> Outcome<(Made, Value)> {
    let bus = id.split_once('|').map(|(bus, _)| bus);
    let name = rule_name(id);
    let found = hand.call(Service::Events, "DescribeRule", json!({ "Name": name, "EventBusName": bus }))?;
    let targets = hand.call(Service::Events, "ListTargetsByRule", json!({ "Rule": name, "EventBusName": bus }))?;
    let pattern: Value = serde_json::from_str(found["EventPattern"].as_str().unwrap_or("null")).unwrap_or_default();
    let live = json!({
        "Name": name,
        "Description": found["Description"],
        "EventPattern": pattern,
        "RoleArn": found["RoleArn"],
        "ScheduleExpression": found["ScheduleExpression"],
        "State": found["State"],
        "Targets": targets["Targets"],
    });
    Ok((Made::new(id, json!({ "Arn": found["Arn"] })), live))
}
