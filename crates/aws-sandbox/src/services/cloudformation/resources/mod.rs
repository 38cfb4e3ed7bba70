//! The resource types: their properties, and how they are made by calls to the services.

mod backup;
mod cloudwatch;
mod events;
mod iam;
mod kms;
mod lambda;
mod logs;
mod schema;
mod sns;
mod sqs;
mod wait;

use serde_json::{Map, Value, json};

pub use self::schema::{Change, Kind, Property, apply_schema};
use super::functions::scalar;
use super::stacks::{Actor, Tag};
use crate::services::Service;
use crate::world::{Place, ServiceError, World};
use aws_policy::context::Context;

/// What a handler made or changed.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// What `Ref` answers with.
    pub physical_id: String,
    /// What `Fn::GetAtt` answers with.
    pub attributes: Map<String, Value>,
}

impl Made {
    /// A resource with its attributes.
    pub fn new(physical_id: impl Into<String>, attributes: Value) -> Self {
        let attributes = match attributes {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Self { physical_id: physical_id.into(), attributes }
    }
}

/// Why a handler failed.
#[derive(Debug, Clone)]
pub enum Failure {
    /// A service said no.
    Service(Service, ServiceError),
    /// CloudFormation itself did.
    Plain(String),
}

impl Failure {
    /// Whether the service says that the thing does not exist.
    pub fn is_absent(&self) -> bool {
        matches!(self, Failure::Service(_, error) if handler_code(error) == "NotFound")
    }
}

/// What a handler is given and gives back.
pub type Outcome<T> = Result<T, Failure>;

/// Reads a thing by its physical id: its attributes and its properties.
pub type Read = fn(&mut Hand<'_>, &str) -> Outcome<(Made, Value)>;

/// One resource type.
pub struct ResourceType {
    /// In the form `AWS::KMS::Key`.
    pub name: &'static str,
    pub properties: &'static [Property],
    /// Seconds that it takes to settle: at least, and how many more it may be.
    pub seconds: (i64, i64),
    /// The property that holds the stack's tags.
    pub tags: Option<&'static str>,
    /// The property that names the thing, where a name can be chosen.
    pub custom_name: Option<&'static str>,
    /// The property that identifies the thing on import (`primaryIdentifier` of its schema).
    pub identifier: Option<&'static str>,
    pub create: fn(&mut Hand<'_>, &Value) -> Outcome<Made>,
    /// Changes it in place: physical id, old and new properties.
    pub update: fn(&mut Hand<'_>, &str, &Value, &Value) -> Outcome<Made>,
    /// Deletes it: physical id and properties.
    pub delete: fn(&mut Hand<'_>, &str, &Value) -> Outcome<()>,
    /// Reads what is there: the attributes, and the properties as they are now.
    pub read: Option<Read>,
}

/// Reads a thing by its physical id and the properties that were last applied: the properties as they are now.
pub type ReadBeside = fn(&mut Hand<'_>, &str, &Value) -> Outcome<Value>;

/// How things are read that more than their physical id identifies. CloudFormation reads them too (CloudFormation
/// User Guide, "Resource type support").
pub fn read_beside(kind: &str) -> Option<ReadBeside> {
    match kind {
        "AWS::Lambda::Permission" => Some(lambda::read_permission),
        "AWS::Lambda::EventInvokeConfig" => Some(lambda::read_invoke_config),
        "AWS::SQS::QueuePolicy" => Some(sqs::read_policy),
        _ => None,
    }
}

/// All resource types.
const TYPES: &[&[ResourceType]] = &[
    kms::TYPES,
    backup::TYPES,
    iam::TYPES,
    events::TYPES,
    cloudwatch::TYPES,
    lambda::TYPES,
    sns::TYPES,
    sqs::TYPES,
    logs::TYPES,
    wait::TYPES,
];

/// A resource type by its name.
pub fn by_name(name: &str) -> Option<&'static ResourceType> {
    TYPES.iter().flat_map(|types| types.iter()).find(|known| known.name == name)
}

/// What a handler works with.
pub struct Hand<'a> {
    pub world: &'a mut World,
    pub actor: &'a Actor,
    pub place: &'a Place,
    pub stack_name: &'a str,
    pub logical_id: &'a str,
}

impl Hand<'_> {
    /// One call to a service, for the stack's caller.
    pub fn call(&mut self, service: Service, operation: &str, input: Value) -> Outcome<Value> {
        let mut context = Context::new();
        if !self.actor.is_role {
            let name = "cloudformation.amazonaws.com";
            context = context
                .with_all("aws:CalledVia", [name.to_owned()])
                .with("aws:CalledViaFirst", name)
                .with("aws:CalledViaLast", name)
                .with("aws:ViaAWSService", "true");
        }
        let region = &self.place.region;
        self.world
            .call(&self.actor.caller, region, service, operation, without_nulls(input), &context)
            .map_err(|error| Failure::Service(service, error))
    }

    /// The same, where it does not matter that the thing has gone.
    pub fn call_unless_gone(&mut self, service: Service, operation: &str, input: Value) -> Outcome<()> {
        match self.call(service, operation, input) {
            Err(failure) if failure.is_absent() => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// The name that a property gives, or `<stack>-<logical id>-<suffix>` (CloudFormation User
    /// Guide, "Name type"), cut to `limit` characters.
    pub fn name(&mut self, properties: &Value, property: &str, limit: usize) -> String {
        match text(properties, property) {
            Some(name) => name,
            None => self.generated_name(limit),
        }
    }

    /// A generated physical name.
    pub fn generated_name(&mut self, limit: usize) -> String {
        let suffix = self.world.ids.letters(self.place, "physical-id", 12);
        let room = limit.saturating_sub(suffix.len() + 1);
        let mut stem = format!("{}-{}", self.stack_name, self.logical_id);
        if stem.len() > room {
            // AWS shortens both halves alike.
            let half = room.saturating_sub(1) / 2;
            let stack: String = self.stack_name.chars().take(half).collect();
            let logical: String = self.logical_id.chars().take(room.saturating_sub(stack.len() + 1)).collect();
            stem = format!("{stack}-{logical}");
        }
        format!("{stem}-{suffix}")
    }

    /// An ARN in the stack's own place.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let Place { account, region } = self.place;
        format!("arn:{}:{service}:{region}:{account}:{resource}", region.partition())
    }
}

/// Members that are not set are left out of a request.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

/// A property as text.
pub fn text(properties: &Value, name: &str) -> Option<String> {
    properties.get(name).and_then(scalar)
}

/// A property as it stands, null where it is absent.
pub fn get(properties: &Value, name: &str) -> Value {
    properties.get(name).cloned().unwrap_or(Value::Null)
}

/// A policy document as JSON text in written order.
pub fn document(properties: &Value, name: &str) -> Option<String> {
    match properties.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The texts of a list property.
pub fn texts(properties: &Value, name: &str) -> Vec<String> {
    properties
        .get(name)
        .and_then(Value::as_array)
        .map(|items| items.iter().filter_map(scalar).collect())
        .unwrap_or_default()
}

/// A tag property, list or map, as tags.
pub fn tags_of(properties: &Value, name: &str) -> Vec<Tag> {
    match properties.get(name) {
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| Some(Tag { key: text(item, "Key")?, value: text(item, "Value")? })).collect()
        }
        Some(Value::Object(map)) => {
            map.iter().filter_map(|(key, value)| Some(Tag { key: key.clone(), value: scalar(value)? })).collect()
        }
        _ => Vec::new(),
    }
}

/// Tags as the list that most APIs take, with their own member names.
pub fn tag_list(tags: &[Tag], key: &str, value: &str) -> Value {
    if tags.is_empty() {
        return Value::Null;
    }
    tags.iter().map(|tag| json!({ key: tag.key, value: tag.value })).collect()
}

/// Tags as a map; null where there are none.
pub fn tag_map(tags: &[Tag]) -> Value {
    if tags.is_empty() {
        return Value::Null;
    }
    Value::Object(tags.iter().map(|tag| (tag.key.clone(), Value::from(tag.value.clone()))).collect())
}

/// The tags to set and the keys to remove between two states of a tag property.
pub fn tag_changes(old: &Value, new: &Value, name: &str) -> (Vec<Tag>, Vec<String>) {
    let (before, after) = (tags_of(old, name), tags_of(new, name));
    let gone = before
        .iter()
        .filter(|tag| !after.iter().any(|other| other.key == tag.key))
        .map(|tag| tag.key.clone())
        .collect();
    let set = after.into_iter().filter(|tag| !before.contains(tag)).collect();
    (set, gone)
}

/// Types whose service takes the reserved tag keys of CloudFormation; the others of the sandbox take
/// keys that begin with `aws:` from nobody.
const WITH_SYSTEM_TAGS: &[&str] = &["AWS::Events::Rule", "AWS::Lambda::Function"];

/// Puts the stack's tags into a resource's tag property, in its own form; the resource's own win.
pub fn with_stack_tags(resource_type: &ResourceType, properties: &mut Value, stack_tags: &[Tag]) {
    let Some(name) = resource_type.tags else { return };
    let own = tags_of(properties, name);
    let system_too = WITH_SYSTEM_TAGS.contains(&resource_type.name);
    let mut tags: Vec<Tag> = stack_tags
        .iter()
        .filter(|tag| system_too || !tag.key.starts_with("aws:"))
        .filter(|tag| !own.iter().any(|other| other.key == tag.key))
        .cloned()
        .collect();
    tags.extend(own);
    let as_map =
        resource_type.properties.iter().any(|property| property.name == name && matches!(property.kind, Kind::TextMap));
    let value = if as_map { tag_map(&tags) } else { tag_list(&tags, "Key", "Value") };
    if let (Value::Object(map), false) = (properties, tags.is_empty()) {
        map.insert(name.to_owned(), value);
    }
}

/// The handler's error code that CloudFormation makes of a service's error
/// (CloudFormation CLI User Guide, "Handler error codes").
pub fn handler_code(error: &ServiceError) -> &'static str {
    let code = error.code.as_str();
    let has = |part: &str| code.contains(part);
    if has("AccessDenied") || has("NotAuthorized") || has("Unauthorized") {
        "AccessDenied"
    } else if has("AlreadyExist") || has("EntityAlreadyExists") || has("ResourceConflict") || has("QueueNameExists") {
        "AlreadyExists"
    } else if has("NotFound") || has("NoSuch") || has("NonExistent") || has("DoesNotExist") {
        "NotFound"
    } else if has("LimitExceeded") || has("Quota") {
        "ServiceLimitExceeded"
    } else if has("Throttl") || has("TooManyRequests") {
        "Throttling"
    } else if has("Conflict") || has("InUse") {
        "ResourceConflict"
    } else if has("Internal") || has("ServiceUnavailable") {
        "ServiceInternalError"
    } else if has("Invalid") || has("Validation") || has("Malformed") || has("MissingParameter") {
        "InvalidRequest"
    } else {
        "GeneralServiceException"
    }
}
