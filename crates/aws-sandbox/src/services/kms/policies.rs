//! Key policies.

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::find;
use crate::services::iam::documents;
use crate::services::iam::principals::{self, Pins};
use crate::world::{Call, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::evaluate::{self, Named, Request, Resource, ResourceRule};

/// The longest key policy (KMS Developer Guide, "Quotas").
const POLICY_BYTES_MAX: usize = 32 * 1024;

/// The policy that CreateKey gives a key by default: everything is left to the account's IAM policies
/// (KMS Developer Guide, "Default key policy").
pub(super) fn delegation(place: &Place) -> String {
    let root = format!("arn:{}:iam::{}:root", place.region.partition(), place.account);
    json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": { "AWS": root },
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
    .to_string()
}

/// Checks a policy that a key shall have, and remembers whom it names.
///
/// # Errors
/// `MalformedPolicyDocumentException` in KMS's words: no policy, a principal that does not exist, or
/// a policy that would lock the caller out.
pub(super) fn accept(world: &World, call: &Call, text: &str, bypass: bool) -> Result<Pins, ServiceError> {
    let malformed = |why: &str| ServiceError::new("MalformedPolicyDocumentException", why);
    if text.len() > POLICY_BYTES_MAX {
        let text = "Policy document exceeds the maximum length of 32768 bytes".to_owned();
        return Err(ServiceError::new("LimitExceededException", text));
    }
    let document = documents::json(text).map_err(|_| malformed("Policy is not valid JSON"))?;
    let statements = document.get("Statement").map(|statement| match statement {
        Value::Array(statements) => statements.clone(),
        statement => vec![statement.clone()],
    });
    let statements =
        statements.filter(|list| !list.is_empty()).ok_or_else(|| malformed("Policy contains no statements"))?;
    for statement in &statements {
        if statement.get("Principal").is_none() && statement.get("NotPrincipal").is_none() {
            return Err(malformed("Policy contains a statement with no principal"));
        }
        if statement.get("Resource").is_none() && statement.get("NotResource").is_none() {
            return Err(malformed("Policy contains a statement with no resource"));
        }
    }
    if documents::check(&document).is_err() {
        return Err(malformed("Policy contains a statement that is not valid."));
    }
    if principals::invalid(world, &document).is_some() {
        return Err(malformed("Policy contains a statement with one or more invalid principals."));
    }
    if !bypass && !lets_caller_change_it(call, text) {
        return Err(malformed("The new key policy will not allow you to update the key policy in the future."));
    }
    Ok(principals::pin(world, &document))
}

/// Whether the policy lets this caller put another one (API_PutKeyPolicy: "the key policy must allow the
/// principal that is making the request to make a subsequent PutKeyPolicy request"). KMS asks the policy
/// alone and takes a delegation to the caller's account for a yes.
fn lets_caller_change_it(call: &Call, text: &str) -> bool {
    let resource = Resource {
        arn: "*".to_owned(),
        owner: call.place.account.clone(),
        policies: vec![Named { name: "the new key policy".to_owned(), text: text.to_owned() }],
        rule: ResourceRule::Key,
        grants: Vec::new(),
    };
    let everything = Named {
        name: "everything".to_owned(),
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#.to_owned(),
    };
    let side = evaluate::Caller { identity: vec![everything], ..evaluate::Caller::default() };
    let context = Context::new().with("kms:CallerAccount", call.caller.account.as_str());
    let principal = &call.caller.principal;
    let request = Request { principal, action: "kms:PutKeyPolicy", resource: &resource, context: &context };
    evaluate::evaluate(&request, &side).is_allowed()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetPolicy {
    key_id: String,
    policy_name: Option<String>,
}

pub(super) fn get(world: &mut World, call: &Call, input: GetPolicy) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    same_account(call, &found.place)?;
    let key = found.key(world)?;
    let name = input.policy_name.unwrap_or_else(|| "default".to_owned());
    let text = match name.as_str() {
        "default" => Some(key.policy_now(world)),
        "AWS_RAM" => key.ram_policy.clone(),
        _ => None,
    };
    let text = text.ok_or_else(|| ServiceError::new("NotFoundException", "No such policy exists"))?;
    Ok(json!({ "Policy": text, "PolicyName": name }))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutPolicy {
    key_id: String,
    policy_name: Option<String>,
    policy: String,
    #[serde(default)]
    bypass_policy_lockout_safety_check: bool,
}

pub(super) fn put(world: &mut World, call: &Call, input: PutPolicy) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    same_account(call, &found.place)?;
    match input.policy_name.as_deref() {
        None | Some("default") => {}
        Some("AWS_RAM") => {
            let text = "The AWS_RAM policy can only be managed by the RAM service.";
            return Err(ServiceError::new("ValidationException", text));
        }
        Some(_) => return Err(ServiceError::new("NotFoundException", "No such policy exists")),
    }
    if found.key(world)?.is_aws_managed() {
        let text = "The policy of an AWS managed key cannot be changed";
        return Err(ServiceError::new("AccessDeniedException", text));
    }
    let pins = accept(world, call, &input.policy, input.bypass_policy_lockout_safety_check)?;
    let key = found.key_mut(world)?;
    key.must_not_be_pending()?;
    key.policy = input.policy;
    key.pins = pins;
    Ok(json!({}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListPolicies {
    key_id: String,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListPolicies) -> Result<Value, ServiceError> {
    let found = find(world, call, &input.key_id)?;
    same_account(call, &found.place)?;
    let mut names = vec!["default"];
    names.extend(found.key(world)?.ram_policy.is_some().then_some("AWS_RAM"));
    Ok(json!({ "PolicyNames": names, "Truncated": false }))
}

/// Key policies are not read or written across accounts (KMS API Reference, GetKeyPolicy,
/// "Cross-account use: No").
fn same_account(call: &Call, place: &Place) -> Result<(), ServiceError> {
    if place.account == call.caller.account {
        return Ok(());
    }
    let text = format!("The operation {} cannot be used on a key of another account", call.operation);
    Err(ServiceError::new("AccessDeniedException", text))
}
