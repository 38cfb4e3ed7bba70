//! Documents as JSON bodies: names and timestamp forms, for restJson1 and awsJson.

use serde_json::{Map, Value};

use super::model::{Kind, Member, Model, Shape, TimestampFormat};
use super::text;

/// Turns a JSON body into a document: wire names into members' names, timestamps into epoch seconds.
/// Members that the model does not know are dropped, as the JSON services ignore them; what has
/// another type stays as it is, for validation to name.
pub fn read(model: &Model, shape: &Shape, value: Value) -> Value {
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(mut body)) => {
            let mut document = Map::new();
            for (name, member) in shape.members.iter().filter(|(_, member)| member.location.is_none()) {
                match body.remove(member.on_wire(name)) {
                    None | Some(Value::Null) => {}
                    Some(value) => {
                        document.insert(name.to_owned(), read(model, member.shape(model), value));
                    }
                }
            }
            Value::Object(document)
        }
        (Kind::List, Value::Array(items)) => match &shape.of {
            Some(of) => Value::Array(items.into_iter().map(|item| read(model, of.shape(model), item)).collect()),
            None => Value::Array(items),
        },
        (Kind::Map, Value::Object(entries)) => match &shape.value {
            Some(of) => Value::Object(
                entries.into_iter().map(|(key, value)| (key, read(model, of.shape(model), value))).collect(),
            ),
            None => Value::Object(entries),
        },
        (Kind::Timestamp, Value::String(text)) => {
            text::timestamp_from_text(&text).map_or(Value::String(text), Value::from)
        }
        (_, value) => value,
    }
}

/// Turns a document into a JSON body. `null` stays `null` where the service wrote one.
pub fn write(model: &Model, shape: &Shape, document: &Value, operation: &str) -> Value {
    match (shape.kind, document) {
        (Kind::Structure, Value::Object(members)) => {
            let mut body = Map::new();
            for (name, value) in members {
                let Some(member) = shape.members.get(name) else {
                    debug_assert!(false, "{operation} answers `{name}`, which its model does not have");
                    continue;
                };
                if member.location.is_none() {
                    body.insert(member.on_wire(name).to_owned(), write_member(model, member, value, operation));
                }
            }
            Value::Object(body)
        }
        (Kind::List, Value::Array(items)) => match &shape.of {
            Some(of) => Value::Array(items.iter().map(|item| write_member(model, of, item, operation)).collect()),
            None => Value::Array(items.clone()),
        },
        (Kind::Map, Value::Object(entries)) => match &shape.value {
            Some(of) => Value::Object(
                entries.iter().map(|(key, value)| (key.clone(), write_member(model, of, value, operation))).collect(),
            ),
            None => Value::Object(entries.clone()),
        },
        (_, value) => value.clone(),
    }
}

fn write_member(model: &Model, member: &Member, value: &Value, operation: &str) -> Value {
    let shape = member.shape(model);
    match (shape.kind, member.timestamp_format(model), value) {
        (Kind::Timestamp, Some(format @ (TimestampFormat::Iso8601 | TimestampFormat::Rfc822)), Value::Number(_)) => {
            Value::from(text::timestamp_to_text(value, format))
        }
        _ => write(model, shape, value, operation),
    }
}
