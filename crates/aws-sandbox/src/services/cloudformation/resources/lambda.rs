//! `AWS::Lambda::Function`, `Permission` and `EventInvokeConfig`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Failure, Hand, Made, Outcome, ResourceType, get, tag_changes, tag_map, tags_of, text};
use crate::services::Service;
use crate::world::ServiceError;

const DESTINATION: Kind = Kind::Object(&[Property::required("Destination", Kind::Text)]);

/// Properties that UpdateFunctionConfiguration takes as they are.
const CONFIGURATION: &[&str] = &[
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "Handler",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
];

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::Lambda::Function",
        properties: &[
            Property::new("Architectures", Kind::List(&Kind::Text)),
            Property::required(
                "Code",
                Kind::Object(&[
                    Property::new("S3Bucket", Kind::Text),
                    Property::new("S3Key", Kind::Text),
                    Property::new("ZipFile", Kind::Text),
                ]),
            ),
            Property::new("DeadLetterConfig", Kind::Object(&[Property::new("TargetArn", Kind::Text)])),
            Property::new("Description", Kind::Text),
            Property::new("Environment", Kind::Object(&[Property::new("Variables", Kind::TextMap)])),
            Property::new("EphemeralStorage", Kind::Object(&[Property::required("Size", Kind::Integer)])),
            Property::new("FunctionName", Kind::Text).replaces(),
            Property::new("Handler", Kind::Text),
            Property::new("KmsKeyArn", Kind::Text),
            Property::new(
                "LoggingConfig",
                Kind::Object(&[
                    Property::new("ApplicationLogLevel", Kind::Text),
                    Property::new("LogFormat", Kind::Text),
                    Property::new("LogGroup", Kind::Text),
                    Property::new("SystemLogLevel", Kind::Text),
                ]),
            ),
            Property::new("MemorySize", Kind::Integer),
            Property::new("PackageType", Kind::Text).replaces(),
            Property::new("ReservedConcurrentExecutions", Kind::Integer),
            Property::required("Role", Kind::Text),
            Property::new("Runtime", Kind::Text),
            Property::new("Tags", TAGS),
            Property::new("Timeout", Kind::Integer),
            Property::new("TracingConfig", Kind::Object(&[Property::new("Mode", Kind::Text)])),
        ],
        seconds: (8, 4),
        tags: Some("Tags"),
        custom_name: Some("FunctionName"),
        identifier: Some("FunctionName"),
        create: create_function,
        update: update_function,
        delete: delete_function,
        read: Some(read_function),
    },
    ResourceType {
        name: "AWS::Lambda::Permission",
        properties: &[
            Property::required("Action", Kind::Text).replaces(),
            Property::new("EventSourceToken", Kind::Text).replaces(),
            Property::required("FunctionName", Kind::Text).replaces(),
            Property::new("FunctionUrlAuthType", Kind::Text).replaces(),
            Property::required("Principal", Kind::Text).replaces(),
            Property::new("PrincipalOrgID", Kind::Text).replaces(),
            Property::new("SourceAccount", Kind::Text).replaces(),
            Property::new("SourceArn", Kind::Text).replaces(),
        ],
        seconds: (8, 4),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_permission,
        update: |_, id, _, _| Ok(Made::new(id, json!({ "Id": id }))),
        delete: delete_permission,
        read: None,
    },
    ResourceType {
        name: "AWS::Lambda::EventInvokeConfig",
        properties: &[
            Property::new(
                "DestinationConfig",
                Kind::Object(&[Property::new("OnFailure", DESTINATION), Property::new("OnSuccess", DESTINATION)]),
            ),
            Property::required("FunctionName", Kind::Text).replaces(),
            Property::new("MaximumEventAgeInSeconds", Kind::Integer),
            Property::new("MaximumRetryAttempts", Kind::Integer),
            Property::required("Qualifier", Kind::Text).replaces(),
        ],
        seconds: (4, 3),
        tags: None,
        custom_name: None,
        identifier: None,
        create: create_invoke_config,
        update: |hand, id, _, new| {
            put_invoke_config(hand, new)?;
            Ok(Made::new(id, Value::Null))
        },
        delete: delete_invoke_config,
        read: None,
    },
];

/// The inline source as the API takes it. Templates carry Python or Node.js as text.
fn source(properties: &Value) -> Outcome<String> {
    match properties.get("Code").and_then(|code| text(code, "ZipFile")) {
        Some(source) => Ok(STANDARD.encode(source)),
        None => {
            tracing::warn!("the sandbox has no S3: a function's code must be inline");
            Err(Failure::Plain("Please provide a source for function code.".to_owned()))
        }
    }
}

fn function(name: &str, answer: &Value) -> Made {
    Made::new(name, json!({ "Arn": answer["FunctionArn"] }))
}

fn create_function(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "FunctionName", 64);
    let mut input = json!({
        "FunctionName": name,
        "Code": { "ZipFile": source(properties)? },
        "PackageType": properties.get("PackageType").cloned().unwrap_or(json!("Zip")),
        "Architectures": get(properties, "Architectures"),
        "KMSKeyArn": get(properties, "KmsKeyArn"),
        "Tags": tag_map(&tags_of(properties, "Tags")),
    });
    for member in CONFIGURATION {
        input[*member] = get(properties, member);
    }
    let answer = hand.call(Service::Lambda, "CreateFunction", input)?;
    if let Err(failure) = set_concurrency(hand, &name, &Value::Null, properties) {
        delete_function(hand, &name, properties)?;
        return Err(failure);
    }
    Ok(function(&name, &answer))
}

fn set_concurrency(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<()> {
    let property = "ReservedConcurrentExecutions";
    match (old.get(property), new.get(property)) {
        (before, after) if before == after => Ok(()),
        (_, Some(number)) => {
            let input = json!({ "FunctionName": name, property: number });
            hand.call(Service::Lambda, "PutFunctionConcurrency", input).map(|_| ())
        }
        _ => hand.call_unless_gone(Service::Lambda, "DeleteFunctionConcurrency", json!({ "FunctionName": name })),
    }
}

fn update_function(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let arn = hand.arn("lambda", &format!("function:{name}"));
    if old.get("Code") != new.get("Code") || old.get("Architectures") != new.get("Architectures") {
        let input = json!({
            "FunctionName": name,
            "ZipFile": source(new)?,
            "Architectures": get(new, "Architectures"),
        });
        hand.call(Service::Lambda, "UpdateFunctionCode", input)?;
    }
    if CONFIGURATION.iter().chain(&["KmsKeyArn"]).any(|member| old.get(member) != new.get(member)) {
        let mut input = json!({ "FunctionName": name, "KMSKeyArn": get(new, "KmsKeyArn") });
        for member in CONFIGURATION {
            input[*member] = get(new, member);
        }
        // A setting that the template no longer has goes back to its default.
        for (member, default) in
            [("Environment", json!({ "Variables": {} })), ("Description", json!("")), ("Timeout", json!(3))]
        {
            if old.get(member).is_some() && new.get(member).is_none() {
                input[member] = default;
            }
        }
        hand.call(Service::Lambda, "UpdateFunctionConfiguration", input)?;
    }
    set_concurrency(hand, name, old, new)?;
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        hand.call(Service::Lambda, "TagResource", json!({ "Resource": arn, "Tags": tag_map(&set) }))?;
    }
    if !gone.is_empty() {
        hand.call(Service::Lambda, "UntagResource", json!({ "Resource": arn, "TagKeys": gone }))?;
    }
    Ok(Made::new(name, json!({ "Arn": arn })))
}

fn delete_function(hand: &mut Hand<'_>, name: &str, _properties: &Value) -> Outcome<()> {
    hand.call_unless_gone(Service::Lambda, "DeleteFunction", json!({ "FunctionName": name }))
}

fn create_permission(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let id = hand.generated_name(100);
    let mut input = json!({ "StatementId": id });
    let members = [
        "Action",
        "EventSourceToken",
        "FunctionName",
        "FunctionUrlAuthType",
        "Principal",
        "PrincipalOrgID",
        "SourceAccount",
        "SourceArn",
    ];
    for member in members {
        input[member] = get(properties, member);
    }
    hand.call(Service::Lambda, "AddPermission", input)?;
    Ok(Made::new(id.clone(), json!({ "Id": id })))
}

fn delete_permission(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<()> {
    let input = json!({ "FunctionName": get(properties, "FunctionName"), "StatementId": id });
    hand.call_unless_gone(Service::Lambda, "RemovePermission", input)
}

/// `$LATEST` is the unqualified function.
fn invoke_target(properties: &Value) -> Value {
    json!({ "FunctionName": get(properties, "FunctionName"), "Qualifier": get(properties, "Qualifier") })
}

fn put_invoke_config(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Value> {
    let mut input = invoke_target(properties);
    for member in ["DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts"] {
        input[member] = get(properties, member);
    }
    hand.call(Service::Lambda, "PutFunctionEventInvokeConfig", input)
}

fn create_invoke_config(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    put_invoke_config(hand, properties)?;
    Ok(Made::new(hand.generated_name(100), Value::Null))
}

fn delete_invoke_config(hand: &mut Hand<'_>, _id: &str, properties: &Value) -> Outcome<()> {
    hand.call_unless_gone(Service::Lambda, "DeleteFunctionEventInvokeConfig", invoke_target(properties))
}

/// The code itself is not compared: AWS does not read it back either.
fn read_function(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let found = hand.call(Service::Lambda, "GetFunctionConfiguration", json!({ "FunctionName": name }))?;
    let concurrency = hand.call(Service::Lambda, "GetFunctionConcurrency", json!({ "FunctionName": name }))?;
    let mut live = json!({
        "FunctionName": name,
        "ReservedConcurrentExecutions": concurrency["ReservedConcurrentExecutions"],
    });
    for member in ["Description", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout"] {
        live[member] = found[member].clone();
    }
    Ok((function(name, &found), live))
}

/// What one statement of the function's policy says, in the properties that made it.
pub fn read_permission(hand: &mut Hand<'_>, id: &str, properties: &Value) -> Outcome<Value> {
    let input = json!({ "FunctionName": get(properties, "FunctionName") });
    let answer = hand.call(Service::Lambda, "GetPolicy", input)?;
    let policy: Value = serde_json::from_str(answer["Policy"].as_str().unwrap_or_default()).unwrap_or_default();
    let statements = policy["Statement"].as_array().cloned().unwrap_or_default();
    let Some(statement) = statements.into_iter().find(|one| one["Sid"] == id) else {
        let text = format!("Statement {id} is not found in resource policy.");
        return Err(Failure::Service(Service::Lambda, ServiceError::new("ResourceNotFoundException", text)));
    };
    let principal = match &statement["Principal"] {
        Value::Object(map) => map.values().next().cloned().unwrap_or_default(),
        other => other.clone(),
    };
    let condition = |operator: &str, key: &str| {
        let keys = statement["Condition"][operator].as_object();
        let found = keys.and_then(|keys| keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    Ok(json!({
        "Action": statement["Action"],
        "Principal": principal,
        "PrincipalOrgID": condition("StringEquals", "aws:PrincipalOrgID"),
        "SourceAccount": condition("StringEquals", "AWS:SourceAccount"),
        "SourceArn": condition("ArnLike", "AWS:SourceArn"),
    }))
}

/// How often the function is tried again, and where its failures go.
pub fn read_invoke_config(hand: &mut Hand<'_>, _id: &str, properties: &Value) -> Outcome<Value> {
    let found = hand.call(Service::Lambda, "GetFunctionEventInvokeConfig", invoke_target(properties))?;
    let mut live = json!({});
    for member in ["MaximumEventAgeInSeconds", "MaximumRetryAttempts"] {
        live[member] = found[member].clone();
    }
    live["DestinationConfig"] = match &found["DestinationConfig"] {
        Value::Object(sides) => {
            let set = sides.iter().filter(|(_, side)| side.get("Destination").is_some_and(|one| !one.is_null()));
            Value::Object(set.map(|(side, value)| (side.clone(), value.clone())).collect())
        }
        other => other.clone(),
    };
    Ok(live)
}
