//! What surrounds a function: its resource policy, its concurrency, its event invoke configuration.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::functions::{Name, function};
use super::state::{EventInvoke, function_arn, function_name};
use super::{conflict, invalid_parameter};
use crate::world::{Call, ServiceError, World};
use aws_policy::names::AccountId;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AddPermission {
    function_name: String,
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    function_url_auth_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RemovePermission {
    function_name: String,
    statement_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutConcurrency {
    function_name: String,
    reserved_concurrent_executions: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutEventInvoke {
    function_name: String,
    maximum_retry_attempts: Option<i64>,
    maximum_event_age_in_seconds: Option<i64>,
    destination_config: Option<Value>,
}

/// The principal as it stands in the policy: a service, an account, or anybody.
fn principal(call: &Call, text: &str) -> Value {
    match text.parse::<AccountId>() {
        Ok(account) => json!({"AWS": format!("arn:{}:iam::{account}:root", call.place.region.partition())}),
        Err(_) if text == "*" => json!("*"),
        Err(_) if text.starts_with("arn:") => json!({"AWS": text}),
        Err(_) => json!({"Service": text}),
    }
}

fn condition(input: &AddPermission) -> Value {
    let mut equals = Map::new();
    let keys = [
        ("AWS:SourceAccount", &input.source_account),
        ("lambda:EventSourceToken", &input.event_source_token),
        ("aws:PrincipalOrgID", &input.principal_org_id),
        ("lambda:FunctionUrlAuthType", &input.function_url_auth_type),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            equals.insert(key.to_owned(), json!(value));
        }
    }
    let mut condition = Map::new();
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    if let Some(arn) = &input.source_arn {
        condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
    }
    Value::Object(condition)
}

pub(super) fn add_permission(world: &mut World, call: &Call, input: AddPermission) -> Result<Value, ServiceError> {
    let arn = function_arn(&call.place, function_name(&input.function_name));
    let found = function(world, call, &input.function_name)?;
    if found.statements.iter().any(|statement| statement["Sid"] == input.statement_id.as_str()) {
        return Err(conflict(format!(
            "The statement id ({}) provided already exists. Please provide a new statement id, or remove the existing \
             statement.",
            input.statement_id
        )));
    }
    let mut statement = json!({
        "Sid": input.statement_id,
        "Effect": "Allow",
        "Principal": principal(call, &input.principal),
        "Action": input.action,
        "Resource": arn,
    });
    let condition = condition(&input);
    if condition.as_object().is_some_and(|condition| !condition.is_empty()) {
        statement["Condition"] = condition;
    }
    let text = statement.to_string();
    found.statements.push(statement);
    Ok(json!({"Statement": text}))
}

pub(super) fn remove_permission(
    world: &mut World,
    call: &Call,
    input: RemovePermission,
) -> Result<Value, ServiceError> {
    let found = function(world, call, &input.function_name)?;
    let before = found.statements.len();
    found.statements.retain(|statement| statement["Sid"] != input.statement_id.as_str());
    if found.statements.len() == before {
        return Err(ServiceError::new(
            "ResourceNotFoundException",
            format!("Statement {} is not found in resource policy.", input.statement_id),
        ));
    }
    Ok(json!({}))
}

pub(super) fn get_policy(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let found = function(world, call, &input.function_name)?;
    let missing = || ServiceError::new("ResourceNotFoundException", "The resource you requested does not exist.");
    Ok(json!({"Policy": found.policy().ok_or_else(missing)?, "RevisionId": found.revision}))
}

pub(super) fn put_concurrency(world: &mut World, call: &Call, input: PutConcurrency) -> Result<Value, ServiceError> {
    let found = function(world, call, &input.function_name)?;
    if input.reserved_concurrent_executions < 0 {
        return Err(invalid_parameter("ReservedConcurrentExecutions must not be negative"));
    }
    found.reserved_concurrency = Some(input.reserved_concurrent_executions);
    Ok(json!({"ReservedConcurrentExecutions": input.reserved_concurrent_executions}))
}

pub(super) fn get_concurrency(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let found = function(world, call, &input.function_name)?;
    Ok(found.reserved_concurrency.map_or_else(|| json!({}), |count| json!({"ReservedConcurrentExecutions": count})))
}

pub(super) fn delete_concurrency(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    function(world, call, &input.function_name)?.reserved_concurrency = None;
    Ok(json!({}))
}

/// The configuration as its operations show it.
fn shown(arn: &str, config: &EventInvoke) -> Value {
    let mut value = json!(config);
    value["FunctionArn"] = json!(format!("{arn}:$LATEST"));
    if config.destination_config.is_null() {
        value["DestinationConfig"] = json!({"OnSuccess": {}, "OnFailure": {}});
    }
    value
}

fn no_config(arn: &str) -> ServiceError {
    let text = format!("The function {arn}:$LATEST doesn't have an EventInvokeConfig");
    ServiceError::new("ResourceNotFoundException", text)
}

pub(super) fn put_event_invoke(world: &mut World, call: &Call, input: PutEventInvoke) -> Result<Value, ServiceError> {
    let now = world.now;
    let found = function(world, call, &input.function_name)?;
    let config = EventInvoke {
        maximum_retry_attempts: input.maximum_retry_attempts,
        maximum_event_age_in_seconds: input.maximum_event_age_in_seconds,
        destination_config: input.destination_config.unwrap_or_default(),
        last_modified: now,
    };
    found.event_invoke = Some(config.clone());
    Ok(shown(&function_arn(&call.place, function_name(&input.function_name)), &config))
}

/// Like putting, but what is left out stays as it is.
pub(super) fn update_event_invoke(
    world: &mut World,
    call: &Call,
    input: PutEventInvoke,
) -> Result<Value, ServiceError> {
    let arn = function_arn(&call.place, function_name(&input.function_name));
    let now = world.now;
    let config = function(world, call, &input.function_name)?.event_invoke.as_mut().ok_or_else(|| no_config(&arn))?;
    config.maximum_retry_attempts = input.maximum_retry_attempts.or(config.maximum_retry_attempts);
    config.maximum_event_age_in_seconds = input.maximum_event_age_in_seconds.or(config.maximum_event_age_in_seconds);
    if let Some(destinations) = input.destination_config {
        config.destination_config = destinations;
    }
    config.last_modified = now;
    Ok(shown(&arn, config))
}

pub(super) fn get_event_invoke(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let arn = function_arn(&call.place, function_name(&input.function_name));
    let found = function(world, call, &input.function_name)?;
    found.event_invoke.as_ref().map(|config| shown(&arn, config)).ok_or_else(|| no_config(&arn))
}

pub(super) fn list_event_invoke(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let arn = function_arn(&call.place, function_name(&input.function_name));
    let found = function(world, call, &input.function_name)?;
    let configs: Vec<Value> = found.event_invoke.iter().map(|config| shown(&arn, config)).collect();
    Ok(json!({"FunctionEventInvokeConfigs": configs}))
}

pub(super) fn delete_event_invoke(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let arn = function_arn(&call.place, function_name(&input.function_name));
    let found = function(world, call, &input.function_name)?;
    found.event_invoke.take().map(|_| json!({})).ok_or_else(|| no_config(&arn))
}
