//! Functions: made, read, changed, deleted, listed, tagged.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::code;
use super::state::{Function, function_arn, function_name};
use super::{conflict, invalid_parameter, not_found};
use crate::services::iam;
use crate::world::{Access, Call, Caller, Moment, Place, ServiceError, World};
use aws_policy::evaluate::Principal;

const LAMBDA: &str = "lambda.amazonaws.com";
/// All environment variables together (AWS Lambda quotas).
const MOST_ENVIRONMENT_BYTES: usize = 4096;

/// The members that an input may set and an answer shows as they are.
const PLAIN: [&str; 13] = [
    "Runtime",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "DeadLetterConfig",
    "KMSKeyArn",
    "TracingConfig",
    "EphemeralStorage",
    "LoggingConfig",
    "Architectures",
    "PackageType",
    "SnapStart",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CodeOf {
    zip_file: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    variables: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    function_name: String,
    role: String,
    code: CodeOf,
    environment: Option<Environment>,
    tags: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    plain: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateCode {
    function_name: String,
    zip_file: Option<String>,
    dry_run: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateConfiguration {
    function_name: String,
    role: Option<String>,
    environment: Option<Environment>,
    #[serde(flatten)]
    plain: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Name {
    pub(super) function_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tagging {
    resource: String,
    tags: Option<BTreeMap<String, String>>,
    tag_keys: Option<Vec<String>>,
}

/// The permission on the function that the input names, with the function's own policy.
pub(super) fn needs_function(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let text = input["FunctionName"].as_str().or(input["Resource"].as_str()).unwrap_or_default();
    let name = function_name(text);
    // Two operations are authorized under another name (Service Authorization Reference, AWS Lambda).
    let action = match call.operation {
        "Invoke" => "InvokeFunction",
        "ListTags" => "ListTags",
        other => other,
    };
    let access = Access::on(&format!("lambda:{action}"), function_arn(&call.place, name), &call.place.account);
    let found = world.services.lambda.get(&call.place).and_then(|state| state.functions.get(name));
    // A service that invokes a missing function is told so: EventBridge's `NO_RESOURCE`.
    if found.is_none() && matches!(call.caller.principal, Principal::Service(_)) {
        return Err(not_found(&access.resource.arn));
    }
    Ok(vec![match found.and_then(Function::policy) {
        Some(policy) => access.with_policy(format!("policy of function {name}"), policy),
        None => access,
    }])
}

pub(super) fn function<'a>(world: &'a mut World, call: &Call, text: &str) -> Result<&'a mut Function, ServiceError> {
    let name = function_name(text);
    let arn = function_arn(&call.place, name);
    world.services.lambda.at(&call.place).functions.get_mut(name).ok_or_else(|| not_found(&arn))
}

/// Lambda looks whether it may assume the role before it takes a function.
fn check_role(world: &mut World, call: &Call, role: &str) -> Result<(), ServiceError> {
    iam::may_pass_role(world, call, role, LAMBDA)?;
    let service = Caller::service(LAMBDA, &call.place.account);
    iam::assume_role(world, &service, role, "awslambda")
        .map_err(|_| invalid_parameter("The role defined for the function cannot be assumed by Lambda."))?;
    Ok(())
}

fn variables(environment: Option<Environment>) -> Result<Option<BTreeMap<String, String>>, ServiceError> {
    let Some(variables) = environment.map(|environment| environment.variables.unwrap_or_default()) else {
        return Ok(None);
    };
    let size: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MOST_ENVIRONMENT_BYTES {
        return Err(invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided exceeded the 4KB limit.",
        ));
    }
    Ok(Some(variables))
}

fn defaults() -> BTreeMap<String, Value> {
    let defaults = json!({
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512},
        "Architectures": ["x86_64"],
        "PackageType": "Zip",
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
    });
    defaults.as_object().cloned().unwrap_or_default().into_iter().collect()
}

fn set_plain(configuration: &mut BTreeMap<String, Value>, mut given: Map<String, Value>) {
    for member in PLAIN {
        if let Some(value) = given.remove(member).filter(|value| !value.is_null()) {
            configuration.insert(member.to_owned(), value);
        }
    }
}

pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    let name = function_name(&input.function_name).to_owned();
    if world.services.lambda.at(&call.place).functions.contains_key(&name) {
        return Err(conflict(format!("Function already exist: {name}")));
    }
    check_role(world, call, &input.role)?;
    let mut configuration = defaults();
    set_plain(&mut configuration, input.plain);
    let handler = configuration.get("Handler").and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = code::read(call, input.code.zip_file.as_deref(), &handler)?;
    let now = world.now;
    let made = Function {
        configuration,
        role: input.role,
        source: code.source,
        code_sha256: code.sha256,
        code_size: code.size,
        environment: variables(input.environment)?.unwrap_or_default(),
        tags: input.tags.unwrap_or_default(),
        statements: Vec::new(),
        reserved_concurrency: None,
        event_invoke: None,
        created: now,
        modified: now,
        revision: world.ids.uuid(&call.place, "function-revision"),
    };
    let answer = shown(&call.place, &name, &made, now);
    world.services.lambda.at(&call.place).functions.insert(name, made);
    Ok(answer)
}

/// The configuration as every operation shows it.
fn shown(place: &Place, name: &str, function: &Function, now: Moment) -> Value {
    let mut value: Map<String, Value> = function.configuration.clone().into_iter().collect();
    let mut set = |member: &str, found: Value| {
        value.insert(member.to_owned(), found);
    };
    set("FunctionName", json!(name));
    set("FunctionArn", json!(function_arn(place, name)));
    set("Role", json!(function.role));
    set("CodeSize", json!(function.code_size));
    set("CodeSha256", json!(function.code_sha256));
    set("LastModified", json!(function.modified.iso().replace('Z', "+0000")));
    set("Version", json!("$LATEST"));
    set("RevisionId", json!(function.revision));
    if !function.environment.is_empty() {
        set("Environment", json!({"Variables": function.environment}));
    }
    let logging = function.configuration.get("LoggingConfig").cloned().unwrap_or_else(|| json!({}));
    let group = logging["LogGroup"].as_str().map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned);
    let format = logging["LogFormat"].as_str().unwrap_or("Text").to_owned();
    let mut shown_logging = json!({"LogFormat": format, "LogGroup": group});
    if format == "JSON" {
        for member in ["ApplicationLogLevel", "SystemLogLevel"] {
            shown_logging[member] = json!(logging[member].as_str().unwrap_or("INFO"));
        }
    }
    set("LoggingConfig", shown_logging);
    if function.is_pending(now) {
        set("State", json!("Pending"));
        set("StateReason", json!("The function is being created."));
        set("StateReasonCode", json!("Creating"));
    } else {
        set("State", json!("Active"));
        set("LastUpdateStatus", json!("Successful"));
    }
    Value::Object(value)
}

pub(super) fn get_configuration(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let now = world.now;
    let found = function(world, call, &input.function_name)?;
    Ok(shown(&call.place, function_name(&input.function_name), found, now))
}

pub(super) fn get(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    let now = world.now;
    let found = function(world, call, &input.function_name)?;
    let name = function_name(&input.function_name);
    let region = &call.place.region;
    let mut answer = json!({
        "Configuration": shown(&call.place, name, found, now),
        "Code": {
            "RepositoryType": "S3",
            "Location": format!("https://awslambda-{region}-tasks.s3.{region}.amazonaws.com/snapshots/{}/{name}", call.place.account),
        },
    });
    if !found.tags.is_empty() {
        answer["Tags"] = json!(found.tags);
    }
    if let Some(reserved) = found.reserved_concurrency {
        answer["Concurrency"] = json!({"ReservedConcurrentExecutions": reserved});
    }
    Ok(answer)
}

/// A function that is being made takes no change.
fn settled(found: &Function, arn: &str, now: Moment) -> Result<(), ServiceError> {
    if found.is_pending(now) {
        return Err(conflict(format!(
            "The operation cannot be performed at this time. The function is currently in the following state: \
             Pending ({arn})"
        )));
    }
    Ok(())
}

pub(super) fn update_code(world: &mut World, call: &Call, input: UpdateCode) -> Result<Value, ServiceError> {
    let (now, revision) = (world.now, world.ids.uuid(&call.place, "function-revision"));
    let name = function_name(&input.function_name).to_owned();
    let found = function(world, call, &name)?;
    settled(found, &name, now)?;
    let handler = found.configuration.get("Handler").and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = code::read(call, input.zip_file.as_deref(), &handler)?;
    if input.dry_run != Some(true) {
        found.source = code.source;
        found.code_sha256 = code.sha256;
        found.code_size = code.size;
        found.modified = now;
        found.revision = revision;
    }
    Ok(shown(&call.place, &name, found, now))
}

pub(super) fn update_configuration(
    world: &mut World,
    call: &Call,
    input: UpdateConfiguration,
) -> Result<Value, ServiceError> {
    let name = function_name(&input.function_name).to_owned();
    let now = world.now;
    settled(function(world, call, &name)?, &name, now)?;
    if let Some(role) = &input.role {
        check_role(world, call, role)?;
    }
    let revision = world.ids.uuid(&call.place, "function-revision");
    let environment = variables(input.environment)?;
    let found = function(world, call, &name)?;
    set_plain(&mut found.configuration, input.plain);
    found.role = input.role.unwrap_or_else(|| found.role.clone());
    found.environment = environment.unwrap_or_else(|| found.environment.clone());
    found.modified = now;
    found.revision = revision;
    Ok(shown(&call.place, &name, found, now))
}

pub(super) fn delete(world: &mut World, call: &Call, input: Name) -> Result<Value, ServiceError> {
    function(world, call, &input.function_name)?;
    world.services.lambda.at(&call.place).functions.remove(function_name(&input.function_name));
    Ok(json!({}))
}

pub(super) fn list(world: &mut World, call: &Call, input: List) -> Result<Value, ServiceError> {
    let after = match input.marker.as_deref().filter(|marker| !marker.is_empty()) {
        None => None,
        Some(marker) => {
            let bytes = URL_SAFE_NO_PAD.decode(marker).map_err(|_| invalid_parameter("Invalid marker"))?;
            Some(String::from_utf8(bytes).map_err(|_| invalid_parameter("Invalid marker"))?)
        }
    };
    let (now, size) = (world.now, input.max_items.unwrap_or(50).clamp(1, 50));
    let functions = &world.services.lambda.at(&call.place).functions;
    let rest: Vec<_> = functions.iter().filter(|(name, _)| after.as_ref().is_none_or(|after| *name > after)).collect();
    let taken = rest.iter().take(size);
    let shown: Vec<Value> = taken.map(|(name, function)| shown(&call.place, name, function, now)).collect();
    let mut answer = json!({"Functions": shown});
    if rest.len() > size
        && let Some((last, _)) = rest.get(size - 1)
    {
        answer["NextMarker"] = json!(URL_SAFE_NO_PAD.encode(last));
    }
    Ok(answer)
}

pub(super) fn tag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    function(world, call, &input.resource)?.tags.extend(input.tags.unwrap_or_default());
    Ok(json!({}))
}

pub(super) fn untag(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    let keys = input.tag_keys.unwrap_or_default();
    function(world, call, &input.resource)?.tags.retain(|key, _| !keys.contains(key));
    Ok(json!({}))
}

pub(super) fn list_tags(world: &mut World, call: &Call, input: Tagging) -> Result<Value, ServiceError> {
    Ok(json!({"Tags": function(world, call, &input.resource)?.tags}))
}
