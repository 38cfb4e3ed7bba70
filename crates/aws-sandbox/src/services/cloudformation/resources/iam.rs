//! `AWS::IAM::Role`, `Policy`, `ManagedPolicy` and `RolePolicy`.

use serde_json::{Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_list, tags_of, text, texts};
use crate::services::Service;

const INLINE: Kind = Kind::List(&Kind::Object(&[
    Property::required("PolicyDocument", Kind::Policy),
    Property::required("PolicyName", Kind::Text),
]));

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::IAM::Role",
        properties: &[
            Property::required("AssumeRolePolicyDocument", Kind::Policy),
            Property::new("Description", Kind::Text),
            Property::new("ManagedPolicyArns", Kind::List(&Kind::Text)),
            Property::new("MaxSessionDuration", Kind::Integer),
            Property::new("Path", Kind::Text).replaces(),
            Property::new("PermissionsBoundary", Kind::Text),
            Property::new("Policies", INLINE),
            Property::new("RoleName", Kind::Text).replaces(),
            Property::new("Tags", TAGS),
        ],
        seconds: (15, 5),
        tags: Some("Tags"),
        custom_name: Some("RoleName"),
        identifier: Some("RoleName"),
        create: create_role,
        update: update_role,
        delete: delete_role,
        read: Some(read_role),
    },
    ResourceType {
        name: "AWS::IAM::Policy",
        properties: &[
            Property::required("PolicyDocument", Kind::Policy),
            Property::required("PolicyName", Kind::Text),
            Property::new("Roles", Kind::List(&Kind::Text)),
        ],
        seconds: (14, 4),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_policy,
        update: update_policy,
        delete: delete_policy,
        read: None,
    },
    ResourceType {
        name: "AWS::IAM::ManagedPolicy",
        properties: &[
            Property::new("Description", Kind::Text).replaces(),
            Property::new("ManagedPolicyName", Kind::Text).replaces(),
            Property::new("Path", Kind::Text).replaces(),
            Property::required("PolicyDocument", Kind::Policy),
            Property::new("Roles", Kind::List(&Kind::Text)),
        ],
        seconds: (14, 4),
        tags: None,
        custom_name: Some("ManagedPolicyName"),
        identifier: Some("PolicyArn"),
        create: create_managed,
        update: update_managed,
        delete: delete_managed,
        read: None,
    },
    ResourceType {
        name: "AWS::IAM::RolePolicy",
        properties: &[
            Property::new("PolicyDocument", Kind::Policy),
            Property::required("PolicyName", Kind::Text).replaces(),
            Property::required("RoleName", Kind::Text).replaces(),
        ],
        seconds: (5, 4),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_role_policy,
        update: update_role_policy,
        delete: delete_role_policy,
        read: None,
    },
];

fn role(answer: &Value) -> Made {
    let role = &answer["Role"];
    Made::new(text(role, "RoleName").unwrap_or_default(), json!({ "Arn": role["Arn"], "RoleId": role["RoleId"] }))
}

fn create_role(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "RoleName", 64);
    let input = json!({
        "RoleName": name,
        "Path": get(properties, "Path"),
        "AssumeRolePolicyDocument": document(properties, "AssumeRolePolicyDocument"),
        "Description": get(properties, "Description"),
        "MaxSessionDuration": get(properties, "MaxSessionDuration"),
        "PermissionsBoundary": get(properties, "PermissionsBoundary"),
        "Tags": tag_list(&tags_of(properties, "Tags"), "Key", "Value"),
    });
    let answer = hand.call(Service::Iam, "CreateRole", input)?;
    if let Err(failure) = attach(hand, &name, &Value::Null, properties) {
        // A role that its policies could not follow is taken back at once.
        delete_role(hand, &name, properties)?;
        return Err(failure);
    }
    Ok(role(&answer))
}

/// Brings inline and attached policies from one state to another.
fn attach(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<()> {
    let (before, after) = (texts(old, "ManagedPolicyArns"), texts(new, "ManagedPolicyArns"));
    for arn in after.iter().filter(|arn| !before.contains(arn)) {
        hand.call(Service::Iam, "AttachRolePolicy", json!({ "RoleName": name, "PolicyArn": arn }))?;
    }
    for arn in before.iter().filter(|arn| !after.contains(arn)) {
        hand.call_unless_gone(Service::Iam, "DetachRolePolicy", json!({ "RoleName": name, "PolicyArn": arn }))?;
    }
    let (before, after) = (inline(old), inline(new));
    for (policy, text) in after.iter().filter(|one| !before.contains(one)) {
        let input = json!({ "RoleName": name, "PolicyName": policy, "PolicyDocument": text });
        hand.call(Service::Iam, "PutRolePolicy", input)?;
    }
    for (policy, _) in before.iter().filter(|(policy, _)| !after.iter().any(|(other, _)| other == policy)) {
        let input = json!({ "RoleName": name, "PolicyName": policy });
        hand.call_unless_gone(Service::Iam, "DeleteRolePolicy", input)?;
    }
    Ok(())
}

fn inline(properties: &Value) -> Vec<(String, String)> {
    let policies = properties.get("Policies").and_then(Value::as_array);
    let pair = |one: &Value| Some((text(one, "PolicyName")?, document(one, "PolicyDocument")?));
    policies.map(|policies| policies.iter().filter_map(pair).collect()).unwrap_or_default()
}

fn update_role(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let differs = |property: &str| old.get(property) != new.get(property);
    if differs("AssumeRolePolicyDocument") {
        let policy = document(new, "AssumeRolePolicyDocument");
        hand.call(Service::Iam, "UpdateAssumeRolePolicy", json!({ "RoleName": name, "PolicyDocument": policy }))?;
    }
    if differs("Description") || differs("MaxSessionDuration") {
        let input = json!({
            "RoleName": name,
            "Description": text(new, "Description").unwrap_or_default(),
            "MaxSessionDuration": new.get("MaxSessionDuration").cloned().unwrap_or(json!(3600)),
        });
        hand.call(Service::Iam, "UpdateRole", input)?;
    }
    if differs("PermissionsBoundary") {
        match text(new, "PermissionsBoundary") {
            Some(arn) => {
                let input = json!({ "RoleName": name, "PermissionsBoundary": arn });
                hand.call(Service::Iam, "PutRolePermissionsBoundary", input)?;
            }
            None => {
                hand.call_unless_gone(Service::Iam, "DeleteRolePermissionsBoundary", json!({ "RoleName": name }))?;
            }
        }
    }
    attach(hand, name, old, new)?;
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        let tags = tag_list(&set, "Key", "Value");
        hand.call(Service::Iam, "TagRole", json!({ "RoleName": name, "Tags": tags }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Iam, "UntagRole", json!({ "RoleName": name, "TagKeys": gone }))?;
    }
    hand.call(Service::Iam, "GetRole", json!({ "RoleName": name })).map(|answer| role(&answer))
}

fn delete_role(hand: &mut Hand<'_>, name: &str, properties: &Value) -> Outcome<()> {
    for arn in texts(properties, "ManagedPolicyArns") {
        hand.call_unless_gone(Service::Iam, "DetachRolePolicy", json!({ "RoleName": name, "PolicyArn": arn }))?;
    }
    for (policy, _) in inline(properties) {
        let input = json!({ "RoleName": name, "PolicyName": policy });
        hand.call_unless_gone(Service::Iam, "DeleteRolePolicy", input)?;
    }
    hand.call_unless_gone(Service::Iam, "DeleteRole", json!({ "RoleName": name }))
}

fn read_role(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::Iam, "GetRole", json!({ "RoleName": name }))?;
    let found = &answer["Role"];
    let attached = hand.call(Service::Iam, "ListAttachedRolePolicies", json!({ "RoleName": name }))?;
    let attached = attached["AttachedPolicies"].as_array().cloned().unwrap_or_default();
    let listed = hand.call(Service::Iam, "ListRolePolicies", json!({ "RoleName": name }))?;
    let mut policies = Vec::new();
    for policy in texts(&listed, "PolicyNames") {
        let input = json!({ "RoleName": name, "PolicyName": policy });
        let answer = hand.call(Service::Iam, "GetRolePolicy", input)?;
        policies.push(json!({ "PolicyName": policy, "PolicyDocument": decoded(&answer["PolicyDocument"]) }));
    }
    let live = json!({
        "RoleName": name,
        "Path": found["Path"],
        "Description": found["Description"],
        "MaxSessionDuration": found["MaxSessionDuration"],
        "PermissionsBoundary": found["PermissionsBoundary"]["PermissionsBoundaryArn"],
        "AssumeRolePolicyDocument": decoded(&found["AssumeRolePolicyDocument"]),
        "ManagedPolicyArns": attached.iter().map(|one| one["PolicyArn"].clone()).collect::<Vec<_>>(),
        "Policies": policies,
    });
    Ok((role(&answer), live))
}

/// IAM answers documents percent-encoded (IAM API Reference, GetRole).
fn decoded(document: &Value) -> Value {
    let text = document.as_str().unwrap_or_default();
    let plain = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(&plain).unwrap_or_default()
}

fn create_policy(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    put_inline(hand, properties, &texts(properties, "Roles"))?;
    let id = hand.generated_name(128);
    Ok(Made::new(id.clone(), json!({ "Id": id })))
}

fn put_inline(hand: &mut Hand<'_>, properties: &Value, roles: &[String]) -> Outcome<()> {
    let policy = document(properties, "PolicyDocument");
    for role in roles {
        let input = json!({
            "RoleName": role,
            "PolicyName": get(properties, "PolicyName"),
            "PolicyDocument": policy,
        });
        hand.call(Service::Iam, "PutRolePolicy", input)?;
    }
    Ok(())
}

fn remove_inline(hand: &mut Hand<'_>, properties: &Value, roles: &[String]) -> Outcome<()> {
    for role in roles {
        let input = json!({ "RoleName": role, "PolicyName": get(properties, "PolicyName") });
        hand.call_unless_gone(Service::Iam, "DeleteRolePolicy", input)?;
    }
    Ok(())
}

fn update_policy(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let (before, after) = (texts(old, "Roles"), texts(new, "Roles"));
    put_inline(hand, new, &after)?;
    let renamed = old.get("PolicyName") != new.get("PolicyName");
    let gone: Vec<String> = before.into_iter().filter(|role| renamed || !after.contains(role)).collect();
    remove_inline(hand, old, &gone)?;
    Ok(Made::new(id, json!({ "Id": id })))
}

fn delete_policy(hand: &mut Hand<'_>, _id: &str, properties: &Value) -> Outcome<()> {
    remove_inline(hand, properties, &texts(properties, "Roles"))
}

fn create_managed(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "ManagedPolicyName", 128);
    let input = json!({
        "PolicyName": name,
        "Path": get(properties, "Path"),
        "PolicyDocument": document(properties, "PolicyDocument"),
        "Description": get(properties, "Description"),
    });
    let answer = hand.call(Service::Iam, "CreatePolicy", input)?;
    let arn = text(&answer["Policy"], "Arn").unwrap_or_default();
    for role in texts(properties, "Roles") {
        hand.call(Service::Iam, "AttachRolePolicy", json!({ "RoleName": role, "PolicyArn": arn }))?;
    }
    Ok(Made::new(arn.clone(), json!({ "PolicyArn": arn, "PolicyId": answer["Policy"]["PolicyId"] })))
}

fn update_managed(hand: &mut Hand<'_>, arn: &str, old: &Value, new: &Value) -> Outcome<Made> {
    if old.get("PolicyDocument") != new.get("PolicyDocument") {
        let policy = document(new, "PolicyDocument");
        let versions = hand.call(Service::Iam, "ListPolicyVersions", json!({ "PolicyArn": arn }))?;
        let versions = versions["Versions"].as_array().cloned().unwrap_or_default();
        // A policy has at most five versions: the oldest that is not in force makes room.
        if versions.len() >= 5
            && let Some(oldest) = versions.iter().rev().find(|one| one["IsDefaultVersion"] != json!(true))
        {
            let input = json!({ "PolicyArn": arn, "VersionId": oldest["VersionId"] });
            hand.call(Service::Iam, "DeletePolicyVersion", input)?;
        }
        let input = json!({ "PolicyArn": arn, "PolicyDocument": policy, "SetAsDefault": true });
        hand.call(Service::Iam, "CreatePolicyVersion", input)?;
    }
    let (before, after) = (texts(old, "Roles"), texts(new, "Roles"));
    for role in after.iter().filter(|role| !before.contains(role)) {
        hand.call(Service::Iam, "AttachRolePolicy", json!({ "RoleName": role, "PolicyArn": arn }))?;
    }
    for role in before.iter().filter(|role| !after.contains(role)) {
        hand.call_unless_gone(Service::Iam, "DetachRolePolicy", json!({ "RoleName": role, "PolicyArn": arn }))?;
    }
    Ok(Made::new(arn, json!({ "PolicyArn": arn })))
}

fn delete_managed(hand: &mut Hand<'_>, arn: &str, properties: &Value) -> Outcome<()> {
    for role in texts(properties, "Roles") {
        hand.call_unless_gone(Service::Iam, "DetachRolePolicy", json!({ "RoleName": role, "PolicyArn": arn }))?;
    }
    let versions = match hand.call(Service::Iam, "ListPolicyVersions", json!({ "PolicyArn": arn })) {
        Err(failure) if failure.is_absent() => return Ok(()),
        other => other?,
    };
    for version in versions["Versions"].as_array().into_iter().flatten() {
        if version["IsDefaultVersion"] != json!(true) {
            let input = json!({ "PolicyArn": arn, "VersionId": version["VersionId"] });
            hand.call_unless_gone(Service::Iam, "DeletePolicyVersion", input)?;
        }
    }
    hand.call_unless_gone(Service::Iam, "DeletePolicy", json!({ "PolicyArn": arn }))
}

fn create_role_policy(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let role = text(properties, "RoleName").unwrap_or_default();
    put_inline(hand, properties, std::slice::from_ref(&role))?;
    let name = text(properties, "PolicyName").unwrap_or_default();
    Ok(Made::new(format!("{name}|{role}"), Value::Null))
}

fn update_role_policy(hand: &mut Hand<'_>, id: &str, _old: &Value, new: &Value) -> Outcome<Made> {
    put_inline(hand, new, &[text(new, "RoleName").unwrap_or_default()])?;
    Ok(Made::new(id, Value::Null))
}

fn delete_role_policy(hand: &mut Hand<'_>, _id: &str, properties: &Value) -> Outcome<()> {
    remove_inline(hand, properties, &[text(properties, "RoleName").unwrap_or_default()])
}
