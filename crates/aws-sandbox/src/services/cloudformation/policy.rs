//! Stack policies: which resources an update may change
//! (CloudFormation User Guide, "Prevent updates to stack resources").

use serde_json::Value;

use super::stacks::Resource;
use crate::world::ServiceError;

/// The longest stack policy, in bytes (API Reference, SetStackPolicy).
const LIMIT: usize = 16_384;

/// What an update does to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    Modify,
    Replace,
    Delete,
}

impl Update {
    fn as_str(self) -> &'static str {
        match self {
            Update::Modify => "Update:Modify",
            Update::Replace => "Update:Replace",
            Update::Delete => "Update:Delete",
        }
    }
}

/// Checks the form of a stack policy.
///
/// # Errors
/// `ValidationError` where it is no policy.
pub fn check(text: &str) -> Result<(), ServiceError> {
    let refuse =
        |what: &str| Err(ServiceError::new("ValidationError", format!("Error validating stack policy: {what}")));
    if text.len() > LIMIT {
        return refuse("the policy is too long");
    }
    let Ok(policy) = serde_json::from_str::<Value>(text) else { return refuse("Invalid stack policy") };
    let Some(statements) = policy.get("Statement") else { return refuse("Invalid stack policy") };
    for statement in listed(statements) {
        let effect = statement.get("Effect").and_then(Value::as_str);
        if !matches!(effect, Some("Allow" | "Deny")) {
            return refuse("Invalid stack policy");
        }
        for action in texts(statement, "Action").iter().chain(&texts(statement, "NotAction")) {
            if !matches!(action.as_str(), "Update:Modify" | "Update:Replace" | "Update:Delete" | "Update:*") {
                return refuse(&format!("Unknown action {action}"));
            }
        }
    }
    Ok(())
}

/// Why the policy does not let an update touch the resource; nothing where it does.
///
/// A policy that is set protects everything that it does not allow, and a Deny wins (same page).
pub fn refusal(text: &str, update: Update, logical_id: &str, resource: &Resource) -> Option<String> {
    let policy: Value = serde_json::from_str(text).ok()?;
    let statements = listed(policy.get("Statement")?);
    let mut allowed = false;
    for (index, statement) in statements.iter().enumerate() {
        if !covers(statement, update, logical_id, resource) {
            continue;
        }
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") => {
                return Some(format!(
                    "Action denied by stack policy: Statement [#{}] does not allow [{}] for resource [{}]",
                    index + 1,
                    texts(statement, "Action").join(", "),
                    texts(statement, "Resource").join(", ")
                ));
            }
            Some("Allow") => allowed = true,
            _ => {}
        }
    }
    (!allowed).then(|| {
        format!(
            "Action denied by stack policy: no statement allows [{}] for resource [LogicalResourceId/{logical_id}]",
            update.as_str()
        )
    })
}

fn covers(statement: &Value, update: Update, logical_id: &str, resource: &Resource) -> bool {
    let action = |pattern: &String| matches(pattern, update.as_str());
    let wanted = format!("LogicalResourceId/{logical_id}");
    let physical = format!("PhysicalResourceId/{}", resource.physical_id.as_deref().unwrap_or_default());
    let target = |pattern: &String| matches(pattern, &wanted) || matches(pattern, &physical);
    let by_action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(_), _) => texts(statement, "Action").iter().any(action),
        (None, Some(_)) => !texts(statement, "NotAction").iter().any(action),
        (None, None) => false,
    };
    let by_resource = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(_), _) => texts(statement, "Resource").iter().any(target),
        (None, Some(_)) => !texts(statement, "NotResource").iter().any(target),
        (None, None) => false,
    };
    by_action && by_resource && by_condition(statement, &resource.kind)
}

/// The only condition key is `ResourceType`.
fn by_condition(statement: &Value, kind: &str) -> bool {
    let Some(Value::Object(conditions)) = statement.get("Condition") else { return true };
    conditions.iter().all(|(operator, keys)| {
        let types = texts(keys, "ResourceType");
        match operator.as_str() {
            "StringEquals" => types.iter().any(|one| one == kind),
            "StringLike" => types.iter().any(|pattern| matches(pattern, kind)),
            "StringNotEquals" => types.iter().all(|one| one != kind),
            "StringNotLike" => types.iter().all(|pattern| !matches(pattern, kind)),
            _ => false,
        }
    })
}

fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    match value.get(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
