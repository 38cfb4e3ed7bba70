//! `AWS::KMS::Key` and `AWS::KMS::Alias`.

use serde_json::{Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_list, tags_of, text};
use crate::services::Service;

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::KMS::Key",
        properties: &[
            Property::new("BypassPolicyLockoutSafetyCheck", Kind::Boolean),
            Property::new("Description", Kind::Text),
            Property::new("Enabled", Kind::Boolean),
            Property::new("EnableKeyRotation", Kind::Boolean),
            Property::new("KeyPolicy", Kind::Policy),
            Property::new("KeySpec", Kind::Text).replaces(),
            Property::new("KeyUsage", Kind::Text).replaces(),
            Property::new("MultiRegion", Kind::Boolean).replaces(),
            Property::new("Origin", Kind::Text).replaces(),
            Property::new("PendingWindowInDays", Kind::Integer),
            Property::new("RotationPeriodInDays", Kind::Integer),
            Property::new("Tags", TAGS),
        ],
        seconds: (12, 15),
        tags: Some("Tags"),
        custom_name: None,
        identifier: Some("KeyId"),
        create: create_key,
        update: update_key,
        delete: delete_key,
        read: Some(read_key),
    },
    ResourceType {
        name: "AWS::KMS::Alias",
        properties: &[
            Property::required("AliasName", Kind::Text).replaces(),
            Property::required("TargetKeyId", Kind::Text),
        ],
        seconds: (60, 3),
        tags: None,
        custom_name: Some("AliasName"),
        identifier: Some("AliasName"),
        create: create_alias,
        update: update_alias,
        delete: delete_alias,
        read: Some(read_alias),
    },
];

fn create_key(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let input = json!({
        "Policy": document(properties, "KeyPolicy"),
        "Description": get(properties, "Description"),
        "KeyUsage": get(properties, "KeyUsage"),
        "KeySpec": get(properties, "KeySpec"),
        "Origin": get(properties, "Origin"),
        "MultiRegion": get(properties, "MultiRegion"),
        "BypassPolicyLockoutSafetyCheck": get(properties, "BypassPolicyLockoutSafetyCheck"),
        "Tags": tag_list(&tags_of(properties, "Tags"), "TagKey", "TagValue"),
    });
    let answer = hand.call(Service::Kms, "CreateKey", input)?;
    let id = text(&answer["KeyMetadata"], "KeyId").unwrap_or_default();
    if properties.get("EnableKeyRotation") == Some(&json!(true)) {
        set_rotation(hand, &id, properties)?;
    }
    if properties.get("Enabled") == Some(&json!(false)) {
        hand.call(Service::Kms, "DisableKey", json!({ "KeyId": id }))?;
    }
    Ok(key(&answer["KeyMetadata"]))
}

fn key(metadata: &Value) -> Made {
    let id = text(metadata, "KeyId").unwrap_or_default();
    Made::new(id.clone(), json!({ "Arn": metadata["Arn"], "KeyId": id }))
}

fn set_rotation(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<()> {
    let (operation, input) = if properties.get("EnableKeyRotation") == Some(&json!(true)) {
        let days = get(properties, "RotationPeriodInDays");
        ("EnableKeyRotation", json!({ "KeyId": id, "RotationPeriodInDays": days }))
    } else {
        ("DisableKeyRotation", json!({ "KeyId": id }))
    };
    hand.call(Service::Kms, operation, input).map(|_| ())
}

fn update_key(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let differs = |name: &str| old.get(name) != new.get(name);
    if differs("Enabled") {
        let operation = if new.get("Enabled") == Some(&json!(false)) { "DisableKey" } else { "EnableKey" };
        hand.call(Service::Kms, operation, json!({ "KeyId": id }))?;
    }
    if differs("KeyPolicy")
        && let Some(policy) = document(new, "KeyPolicy")
    {
        let bypass = get(new, "BypassPolicyLockoutSafetyCheck");
        let input = json!({
            "KeyId": id,
            "PolicyName": "default",
            "Policy": policy,
            "BypassPolicyLockoutSafetyCheck": bypass,
        });
        hand.call(Service::Kms, "PutKeyPolicy", input)?;
    }
    if differs("Description") {
        let description = text(new, "Description").unwrap_or_default();
        hand.call(Service::Kms, "UpdateKeyDescription", json!({ "KeyId": id, "Description": description }))?;
    }
    if differs("EnableKeyRotation") || differs("RotationPeriodInDays") {
        set_rotation(hand, id, new)?;
    }
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        let tags = tag_list(&set, "TagKey", "TagValue");
        hand.call(Service::Kms, "TagResource", json!({ "KeyId": id, "Tags": tags }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Kms, "UntagResource", json!({ "KeyId": id, "TagKeys": gone }))?;
    }
    Ok(Made::new(id, json!({ "Arn": hand.arn("kms", &format!("key/{id}")), "KeyId": id })))
}

/// A key is not deleted but scheduled for it, and the stack waits no longer than for that.
fn delete_key(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<()> {
    let window = properties.get("PendingWindowInDays").cloned().unwrap_or(json!(30));
    match hand.call(Service::Kms, "ScheduleKeyDeletion", json!({ "KeyId": id, "PendingWindowInDays": window })) {
        // Somebody scheduled it before: it is on its way.
        Err(super::Failure::Service(_, error)) if error.message.contains("pending deletion") => Ok(()),
        Err(failure) if failure.is_absent() => Ok(()),
        other => other.map(|_| ()),
    }
}

fn read_key(hand: &mut Hand<'_>, id: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::Kms, "DescribeKey", json!({ "KeyId": id }))?;
    let policy = hand.call(Service::Kms, "GetKeyPolicy", json!({ "KeyId": id, "PolicyName": "default" }))?;
    let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap_or_default()).unwrap_or_default();
    let metadata = &answer["KeyMetadata"];
    let rotation = hand.call(Service::Kms, "GetKeyRotationStatus", json!({ "KeyId": id }))?;
    let live = json!({
        "Description": metadata["Description"],
        "Enabled": metadata["Enabled"],
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "KeyPolicy": policy,
    });
    Ok((key(metadata), live))
}

fn create_alias(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = text(properties, "AliasName").unwrap_or_default();
    let input = json!({ "AliasName": name, "TargetKeyId": get(properties, "TargetKeyId") });
    hand.call(Service::Kms, "CreateAlias", input)?;
    Ok(Made::new(name, Value::Null))
}

fn update_alias(hand: &mut Hand<'_>, name: &str, _old: &Value, new: &Value) -> Outcome<Made> {
    let input = json!({ "AliasName": name, "TargetKeyId": get(new, "TargetKeyId") });
    hand.call(Service::Kms, "UpdateAlias", input)?;
    Ok(Made::new(name, Value::Null))
}

fn delete_alias(hand: &mut Hand<'_>, name: &str, _properties: &Value) -> Outcome<()> {
    hand.call_unless_gone(Service::Kms, "DeleteAlias", json!({ "AliasName": name }))
}

fn read_alias(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::Kms, "DescribeKey", json!({ "KeyId": name }))?;
    let target = answer["KeyMetadata"]["KeyId"].clone();
    Ok((Made::new(name, Value::Null), json!({ "AliasName": name, "TargetKeyId": target })))
}
