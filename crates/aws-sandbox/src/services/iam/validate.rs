//! Whether a policy document is one, in IAM's words.

use serde_json::Value;

use super::documents::{self, Unfit};
use super::principals::{self, as_list};
use crate::world::{ServiceError, World};

fn malformed(message: impl Into<String>) -> ServiceError {
    ServiceError::new("MalformedPolicyDocument", message)
}

/// Checks an identity policy.
///
/// # Errors
/// `MalformedPolicyDocument` with IAM's text.
pub fn identity_policy(text: &str) -> Result<(), ServiceError> {
    let document = parse(text)?;
    for statement in as_list(document.get("Statement")) {
        statement_form(statement)?;
        if statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        actions(statement)?;
        resources(statement)?;
    }
    unique_sids(&document)?;
    documents::check(&document).map_err(unfit)
}

fn unfit(why: Unfit) -> ServiceError {
    match why {
        Unfit::Json => malformed("This policy contains invalid Json"),
        Unfit::Vendor(_) => malformed("Resource vendor must be fully qualified and cannot contain regexes."),
        Unfit::Session(text) => malformed(format!("Invalid principal in policy: \"AWS\":\"{text}\"")),
        Unfit::Operator(name) => malformed(format!("Invalid Condition type : {name}.")),
        Unfit::Grammar => malformed("Syntax errors in policy."),
    }
}

/// Checks a trust policy and that the principals that it names exist.
///
/// # Errors
/// `MalformedPolicyDocument` with IAM's text.
pub fn trust_policy(world: &World, text: &str) -> Result<Value, ServiceError> {
    let document = parse(text)?;
    for statement in as_list(document.get("Statement")) {
        statement_form(statement)?;
        if statement.get("Resource").is_some() || statement.get("NotResource").is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        // Trust policies take no NotPrincipal (IAM User Guide, "AWS JSON policy elements: NotPrincipal").
        if statement.get("NotPrincipal").is_some() {
            return Err(malformed("Has prohibited field NotPrincipal"));
        }
        if statement.get("Principal").is_none() {
            return Err(malformed("Missing required field Principal"));
        }
        actions(statement)?;
        let only_sts =
            |action: &&Value| action.as_str().is_some_and(|action| action.to_ascii_lowercase().starts_with("sts:"));
        if !as_list(statement.get("Action")).iter().all(only_sts) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
    }
    unique_sids(&document)?;
    documents::check(&document).map_err(unfit)?;
    if let Some(named) = principals::invalid(world, &document) {
        let kind = if named.kind == "Service" { "SERVICE" } else { named.kind.as_str() };
        return Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{}\"", named.value)));
    }
    Ok(document)
}

fn parse(text: &str) -> Result<Value, ServiceError> {
    let document = documents::json(text).map_err(unfit)?;
    let Some(members) = document.as_object() else {
        return Err(malformed("Syntax errors in policy."));
    };
    let known = |name: &String| ["Version", "Id", "Statement"].contains(&name.as_str());
    if let Some(unknown) = members.keys().find(|name| !known(name)) {
        return Err(malformed(format!("Syntax error at position (1,1): unknown element {unknown}")));
    }
    match document.get("Version") {
        None => {}
        Some(Value::String(version)) if ["2012-10-17", "2008-10-17"].contains(&version.as_str()) => {}
        Some(_) => return Err(malformed("The policy must contain a valid version string")),
    }
    match document.get("Statement") {
        Some(Value::Object(_)) => {}
        Some(Value::Array(statements)) if !statements.is_empty() => {}
        _ => return Err(malformed("Syntax errors in policy.")),
    }
    Ok(document)
}

fn statement_form(statement: &Value) -> Result<(), ServiceError> {
    const ELEMENTS: &[&str] =
        &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    let members = statement.as_object().ok_or_else(|| malformed("Syntax errors in policy."))?;
    if members.keys().any(|name| !ELEMENTS.contains(&name.as_str())) {
        return Err(malformed("Syntax errors in policy."));
    }
    match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow" | "Deny") => {}
        Some(other) => return Err(malformed(format!("Invalid effect: {other}"))),
        None => return Err(malformed("Missing required field Effect")),
    }
    let condition_is_map = statement.get("Condition").is_none_or(|condition| {
        condition.as_object().is_some_and(|operators| operators.values().all(Value::is_object))
    });
    if condition_is_map { Ok(()) } else { Err(malformed("Syntax errors in policy.")) }
}

fn actions(statement: &Value) -> Result<(), ServiceError> {
    let listed = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(_), Some(_)) => return Err(malformed("Syntax errors in policy.")),
        (None, None) => return Err(malformed("Policy statement must contain actions.")),
        (action, not_action) => as_list(action.or(not_action)),
    };
    if listed.is_empty() {
        return Err(malformed("Policy statement must contain actions."));
    }
    for action in listed {
        let text = action.as_str().ok_or_else(|| malformed("Syntax errors in policy."))?;
        match text.split_once(':') {
            _ if text == "*" => {}
            Some((vendor, name)) if !name.is_empty() && is_vendor(vendor) => {}
            Some((vendor, _)) if !is_vendor(vendor) => return Err(malformed(format!("Vendor {vendor} is not valid"))),
            _ => return Err(malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")),
        }
    }
    Ok(())
}

fn is_vendor(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn resources(statement: &Value) -> Result<(), ServiceError> {
    let listed = match (statement.get("Resource"), statement.get("NotResource")) {
        (Some(_), Some(_)) => return Err(malformed("Syntax errors in policy.")),
        (resource, not_resource) => as_list(resource.or(not_resource)),
    };
    if listed.is_empty() {
        return Err(malformed("Policy statement must contain resources."));
    }
    for resource in listed {
        let text = resource.as_str().ok_or_else(|| malformed("Syntax errors in policy."))?;
        // The parts that a short ARN leaves out are completed with `*`; its service it must name.
        let is_arn = text.starts_with("arn:") && text.split(':').nth(2).is_some_and(|vendor| !vendor.is_empty());
        if text != "*" && !is_arn && !(text.ends_with('*') && "arn:".starts_with(text.trim_end_matches('*'))) {
            return Err(malformed(format!("Resource {text} must be in ARN format or \"*\".")));
        }
    }
    Ok(())
}

fn unique_sids(document: &Value) -> Result<(), ServiceError> {
    let mut seen = std::collections::BTreeSet::new();
    for statement in as_list(document.get("Statement")) {
        let Some(sid) = statement.get("Sid").and_then(Value::as_str) else {
            continue;
        };
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(malformed(format!(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*: {sid}"
            )));
        }
        if !sid.is_empty() && !seen.insert(sid) {
            return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
        }
    }
    Ok(())
}

/// Checks the form of a name: `[\w+=,.@-]`, 1 to `longest` characters.
///
/// # Errors
/// `ValidationError` as IAM answers it.
pub fn name(member: &str, text: &str, longest: usize) -> Result<(), ServiceError> {
    if text.is_empty() || text.chars().count() > longest {
        let bound = if text.is_empty() { "greater than or equal to 1" } else { "less than or equal to" };
        let limit = if text.is_empty() { String::new() } else { format!(" {longest}") };
        let message = format!(
            "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: Member must have length {bound}{limit}"
        );
        return Err(ServiceError::new("ValidationError", message));
    }
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
        return Ok(());
    }
    Err(ServiceError::new(
        "ValidationError",
        format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        ),
    ))
}

/// Checks a path: `/` or `/a/b/`.
///
/// # Errors
/// `ValidationError`.
pub fn path(text: &str) -> Result<(), ServiceError> {
    let is_path = text == "/"
        || (text.len() <= 512
            && text.starts_with('/')
            && text.ends_with('/')
            && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
    if is_path {
        return Ok(());
    }
    Err(ServiceError::new(
        "ValidationError",
        "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    ))
}
