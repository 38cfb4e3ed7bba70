//! The principals that a policy names: whether they exist, and who they were.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::world::World;
use aws_policy::names::{AccountId, Arn};

/// Unique ids by ARN, as they were when a policy was written.
///
/// AWS turns the ARN of a role or user into its unique id when it stores a policy, so that a role
/// that is deleted and made again is another one (IAM User Guide, "AWS JSON policy elements:
/// Principal", note on IAM role principals).
pub type Pins = BTreeMap<String, String>;

/// One principal in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`; `AWS` for a bare `*`.
    pub kind: String,
    pub value: String,
}

/// All principals of a parsed policy document, in order.
pub fn of_document(document: &Value) -> Vec<Named> {
    let mut found = Vec::new();
    for statement in as_list(document.get("Statement")) {
        for element in ["Principal", "NotPrincipal"] {
            match statement.get(element) {
                Some(Value::String(text)) => found.push(Named { kind: "AWS".into(), value: text.clone() }),
                Some(Value::Object(kinds)) => {
                    for (kind, values) in kinds {
                        let values = as_list(Some(values)).into_iter().filter_map(Value::as_str);
                        found.extend(values.map(|value| Named { kind: kind.clone(), value: value.to_owned() }));
                    }
                }
                _ => {}
            }
        }
    }
    found
}

/// A value that AWS lets stand alone or in a list.
pub(super) fn as_list(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(values)) => values.iter().collect(),
        Some(value) => vec![value],
    }
}

/// The first principal that AWS would not accept, as `(kind, value)`: a role or user that is not
/// there, a text that is no principal. Any account id is taken for an account.
pub fn invalid(world: &World, document: &Value) -> Option<Named> {
    of_document(document).into_iter().find(|named| !is_valid(world, named))
}

fn is_valid(world: &World, named: &Named) -> bool {
    match named.kind.as_str() {
        "AWS" => {
            named.value == "*" || named.value.parse::<AccountId>().is_ok() || aws_principal_exists(world, &named.value)
        }
        "Service" => is_service_name(&named.value),
        "Federated" | "CanonicalUser" => !named.value.is_empty(),
        _ => false,
    }
}

fn is_service_name(text: &str) -> bool {
    let known_suffix =
        [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal"].iter().any(|suffix| text.ends_with(suffix));
    known_suffix && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))
}

fn aws_principal_exists(world: &World, text: &str) -> bool {
    let Ok(arn) = text.parse::<Arn>() else {
        return false;
    };
    let Some(account) = arn.account_id() else {
        return false;
    };
    match (arn.service.as_str(), arn.resource.as_str()) {
        ("iam", "root") => true,
        ("iam", _) => unique_id(world, &arn).is_some(),
        ("sts", resource) => {
            let role = resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
            let state = world.services.iam.get(&account);
            role.is_some_and(|role| state.is_some_and(|state| state.roles.contains_key(role)))
        }
        _ => false,
    }
}

/// The unique id of the role or user with this ARN, if there is one.
pub fn unique_id(world: &World, arn: &Arn) -> Option<String> {
    let state = world.services.iam.get(&arn.account_id()?)?;
    state.by_arn(arn).map(|identity| identity.id.clone())
}

/// The ids of the roles and users that a document names.
pub fn pin(world: &World, document: &Value) -> Pins {
    let arns = of_document(document).into_iter().filter(|named| named.kind == "AWS").map(|named| named.value);
    arns.filter_map(|text| {
        let id = unique_id(world, &text.parse().ok()?)?;
        Some((text, id))
    })
    .collect()
}

/// The document as AWS shows and evaluates it now: where a named role or user is gone or is
/// another one by now, its unique id stands in place of its ARN.
pub fn render(world: &World, text: &str, pins: &Pins) -> String {
    let is_same = |arn: &str, id: &String| arn.parse().is_ok_and(|arn| unique_id(world, &arn).as_ref() == Some(id));
    let lost: Pins =
        pins.iter().filter(|(arn, id)| !is_same(arn, id)).map(|(arn, id)| (arn.clone(), id.clone())).collect();
    if lost.is_empty() {
        return text.to_owned();
    }
    let Ok(mut document) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().for_each(|statement| replace_in(statement, &lost)),
        Some(statement) => replace_in(statement, &lost),
        None => {}
    }
    document.to_string()
}

fn replace_in(statement: &mut Value, lost: &Pins) {
    for element in ["Principal", "NotPrincipal"] {
        let Some(values) = statement.get_mut(element).and_then(|principal| principal.get_mut("AWS")) else {
            continue;
        };
        let replace = |value: &mut Value| {
            if let Some(id) = value.as_str().and_then(|arn| lost.get(arn)) {
                *value = Value::from(id.as_str());
            }
        };
        match values {
            Value::Array(values) => values.iter_mut().for_each(replace),
            value => replace(value),
        }
    }
}
