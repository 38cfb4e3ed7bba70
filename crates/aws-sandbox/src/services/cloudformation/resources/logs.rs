//! `AWS::Logs::LogGroup`.

use serde_json::{Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Failure, Hand, Made, Outcome, ResourceType, get, tag_changes, tag_map, tags_of, text};
use crate::services::Service;
use crate::world::ServiceError;

pub const TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::Logs::LogGroup",
    properties: &[
        Property::new("KmsKeyId", Kind::Text),
        Property::new("LogGroupClass", Kind::Text).replaces(),
        Property::new("LogGroupName", Kind::Text).replaces(),
        Property::new("RetentionInDays", Kind::Integer),
        Property::new("Tags", TAGS),
    ],
    seconds: (10, 5),
    tags: Some("Tags"),
    custom_name: Some("LogGroupName"),
    identifier: Some("LogGroupName"),
    create: create_group,
    update: update_group,
    delete: |hand, name, _| hand.call_unless_gone(Service::Logs, "DeleteLogGroup", json!({ "logGroupName": name })),
    read: Some(read_group),
}];

fn group(hand: &Hand<'_>, name: &str) -> Made {
    // Template Reference: the ARN ends in `:*`.
    Made::new(name, json!({ "Arn": hand.arn("logs", &format!("log-group:{name}:*")) }))
}

fn create_group(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "LogGroupName", 512);
    let input = json!({
        "logGroupName": name,
        "kmsKeyId": get(properties, "KmsKeyId"),
        "logGroupClass": get(properties, "LogGroupClass"),
        "tags": tag_map(&tags_of(properties, "Tags")),
    });
    hand.call(Service::Logs, "CreateLogGroup", input)?;
    if let Some(days) = properties.get("RetentionInDays") {
        let input = json!({ "logGroupName": name, "retentionInDays": days });
        if let Err(failure) = hand.call(Service::Logs, "PutRetentionPolicy", input) {
            hand.call_unless_gone(Service::Logs, "DeleteLogGroup", json!({ "logGroupName": name }))?;
            return Err(failure);
        }
    }
    Ok(group(hand, &name))
}

fn update_group(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let differs = |property: &str| old.get(property) != new.get(property);
    if differs("RetentionInDays") {
        match new.get("RetentionInDays") {
            Some(days) => {
                let input = json!({ "logGroupName": name, "retentionInDays": days });
                hand.call(Service::Logs, "PutRetentionPolicy", input)?;
            }
            None => {
                hand.call_unless_gone(Service::Logs, "DeleteRetentionPolicy", json!({ "logGroupName": name }))?;
            }
        }
    }
    if differs("KmsKeyId") {
        let (operation, input) = match text(new, "KmsKeyId") {
            Some(key) => ("AssociateKmsKey", json!({ "logGroupName": name, "kmsKeyId": key })),
            None => ("DisassociateKmsKey", json!({ "logGroupName": name })),
        };
        hand.call(Service::Logs, operation, input)?;
    }
    let arn = hand.arn("logs", &format!("log-group:{name}"));
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        hand.call(Service::Logs, "TagResource", json!({ "resourceArn": arn, "tags": tag_map(&set) }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Logs, "UntagResource", json!({ "resourceArn": arn, "tagKeys": gone }))?;
    }
    Ok(group(hand, name))
}

fn read_group(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::Logs, "DescribeLogGroups", json!({ "logGroupNamePrefix": name }))?;
    let groups = answer["logGroups"].as_array().cloned().unwrap_or_default();
    let Some(found) = groups.iter().find(|one| one["logGroupName"] == name) else {
        let error = ServiceError::new("ResourceNotFoundException", "The specified log group does not exist.");
        return Err(Failure::Service(Service::Logs, error));
    };
    let live = json!({
        "LogGroupName": name,
        "RetentionInDays": found["retentionInDays"],
        "KmsKeyId": found["kmsKeyId"],
    });
    Ok((group(hand, name), live))
}
