//! A resource type's property schema: what is known, required, and of which type.

use serde_json::{Map, Value};

use crate::services::cloudformation::functions::{KNOWN_AFTER_APPLY, scalar};

/// What a changed property means for the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is changed in place.
    InPlace,
    /// It is made anew.
    Replace,
}

/// The type of a property.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// A policy document: its numbers and booleans become text.
    Policy,
    /// Anything, as it is written.
    Json,
    /// A map of texts.
    TextMap,
    /// A list.
    List(&'static Kind),
    /// An object of known properties.
    Object(&'static [Property]),
}

/// `Tags` in the form that most types have.
pub const TAGS: Kind =
    Kind::List(&Kind::Object(&[Property::required("Key", Kind::Text), Property::required("Value", Kind::Text)]));

/// One property.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub change: Change,
}

impl Property {
    /// An optional property that is changed in place.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, change: Change::InPlace }
    }

    /// A required one.
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { required: true, ..Self::new(name, kind) }
    }

    /// The same, but a change replaces the resource.
    pub const fn replaces(self) -> Self {
        Self { change: Change::Replace, ..self }
    }
}

/// Checks resolved properties against their schema and gives every scalar its type.
///
/// # Errors
/// All violations in the form of a resource provider's schema validation.
pub fn apply_schema(logical_id: &str, properties: &[Property], value: Value) -> Result<Value, String> {
    let mut violations = Vec::new();
    let value = object("#", properties, value, &mut violations);
    if violations.is_empty() {
        return Ok(value);
    }
    Err(format!("Properties validation failed for resource {logical_id} with message:\n[{}]", violations.join(", ")))
}

fn object(path: &str, properties: &[Property], value: Value, violations: &mut Vec<String>) -> Value {
    let Value::Object(map) = value else {
        violations.push(format!("{path}: expected type: JSONObject, found: {}", found(&value)));
        return Value::Null;
    };
    for property in properties.iter().filter(|property| property.required) {
        if map.get(property.name).is_none_or(Value::is_null) {
            violations.push(format!("{path}: required key [{}] not found", property.name));
        }
    }
    let mut typed = Map::new();
    for (key, value) in map {
        match properties.iter().find(|property| property.name == key) {
            None => violations.push(format!("{path}: extraneous key [{key}] is not permitted")),
            Some(_) if value.is_null() => violations.push(format!("{path}/{key}: expected a value, found: Null")),
            Some(property) => {
                let value = typed_value(&format!("{path}/{key}"), property.kind, value, violations);
                typed.insert(key, value);
            }
        }
    }
    Value::Object(typed)
}

fn typed_value(path: &str, kind: Kind, value: Value, violations: &mut Vec<String>) -> Value {
    if value.as_str() == Some(KNOWN_AFTER_APPLY) {
        return value;
    }
    let mut wrong = |wanted: &str, value: &Value| {
        violations.push(format!("{path}: expected type: {wanted}, found: {}", found(value)));
        Value::Null
    };
    match kind {
        Kind::Text => match scalar(&value) {
            Some(text) => Value::String(text),
            None => wrong("String", &value),
        },
        Kind::Integer => match scalar(&value).and_then(|text| text.parse::<i64>().ok()) {
            Some(number) => Value::from(number),
            None => wrong("Integer", &value),
        },
        Kind::Number => match scalar(&value).and_then(|text| text.parse::<f64>().ok()) {
            Some(number) => Value::from(number),
            None => wrong("Number", &value),
        },
        Kind::Boolean => match scalar(&value).map(|text| text.to_ascii_lowercase()).as_deref() {
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            _ => wrong("Boolean", &value),
        },
        Kind::Policy => match value {
            Value::Object(_) => texts_within(value),
            // A document may also be given as JSON text.
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            other => wrong("JSONObject", &other),
        },
        Kind::Json => value,
        Kind::TextMap => match value {
            Value::Object(map) => {
                let texts = map.into_iter().map(|(key, value)| match scalar(&value) {
                    Some(text) => (key, Value::String(text)),
                    None => (key, wrong("String", &value)),
                });
                Value::Object(texts.collect())
            }
            other => wrong("JSONObject", &other),
        },
        Kind::List(inner) => match value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| typed_value(&format!("{path}/{index}"), *inner, item, violations))
                .collect(),
            other => wrong("JSONArray", &other),
        },
        Kind::Object(properties) => object(path, properties, value, violations),
    }
}

/// Policy documents carry texts only: `true` is written as `"true"`.
fn texts_within(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, texts_within(value))).collect()),
        Value::Array(items) => items.into_iter().map(texts_within).collect(),
        other => scalar(&other).map_or(other, Value::String),
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Number",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    }
}
