//! awsQuery: forms in, XML out. STS, IAM, CloudFormation, RDS.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::http::Response;
use super::model::{Kind, Member, Model, OperationModel, Shape, TimestampFormat};
use super::text;

/// Reads the input out of a form's pairs (without `Action` and `Version`).
pub fn read(model: &Model, operation: &OperationModel, pairs: &[(String, String)]) -> Value {
    let flat: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    read_structure(model, model.input(operation), &flat)
}

/// The pairs below a name: `Tags.member.1.Key` below `Tags` is `member.1.Key`.
fn below<'a>(pairs: &[(&'a str, &'a str)], name: &str) -> Vec<(&'a str, &'a str)> {
    pairs
        .iter()
        .filter_map(|(key, value)| {
            let rest = key.strip_prefix(name)?;
            if rest.is_empty() { Some(("", *value)) } else { Some((rest.strip_prefix('.')?, *value)) }
        })
        .collect()
}

fn read_structure(model: &Model, shape: &Shape, pairs: &[(&str, &str)]) -> Value {
    let mut document = Map::new();
    for (name, member) in shape.members.iter() {
        let inner = below(pairs, member.on_wire(name));
        if !inner.is_empty() {
            document.insert(name.to_owned(), read_member(model, member, &inner));
        }
    }
    Value::Object(document)
}

fn read_member(model: &Model, member: &Member, pairs: &[(&str, &str)]) -> Value {
    let shape = member.shape(model);
    match (shape.kind, &shape.of, &shape.value) {
        (Kind::Structure, _, _) => read_structure(model, shape, pairs),
        (Kind::List, Some(of), _) => {
            // An empty list is sent as the bare name: `Tags=`.
            let inner = if member.is_flat(model) { pairs.to_vec() } else { below(pairs, of.on_wire("member")) };
            let inner = if inner.is_empty() { below(pairs, "member") } else { inner };
            Value::Array(numbered(&inner).into_iter().map(|item| read_member(model, of, &item)).collect())
        }
        (Kind::Map, _, Some(value)) => {
            let inner = if member.is_flat(model) { pairs.to_vec() } else { below(pairs, "entry") };
            let key_name = shape.key.as_ref().map_or("key", |key| key.on_wire("key"));
            let mut map = Map::new();
            for entry in numbered(&inner) {
                if let Some((_, key)) = below(&entry, key_name).first() {
                    let pairs = below(&entry, value.on_wire("value"));
                    map.insert((*key).to_owned(), read_member(model, value, &pairs));
                }
            }
            Value::Object(map)
        }
        _ => pairs.first().map_or(Value::Null, |(_, text)| text::from_text(shape, text)),
    }
}

/// The groups below `1.`, `2.`, … in the order of their numbers.
fn numbered<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<Vec<(&'a str, &'a str)>> {
    let mut groups: Vec<(u32, Vec<(&str, &str)>)> = Vec::new();
    for (key, value) in pairs {
        let (number, rest) = key.split_once('.').unwrap_or((key, ""));
        let Ok(number) = number.parse::<u32>() else { continue };
        match groups.iter_mut().find(|(other, _)| *other == number) {
            Some((_, group)) => group.push((rest, value)),
            None => groups.push((number, vec![(rest, value)])),
        }
    }
    groups.sort_by_key(|(number, _)| *number);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Writes an answer.
pub fn write(model: &Model, name: &str, operation: &OperationModel, document: &Value, request_id: &str) -> Response {
    let mut xml = String::with_capacity(512);
    let namespace = model.namespace.as_deref().unwrap_or_default();
    let _ = write!(xml, "<{name}Response xmlns=\"{namespace}\">");
    if let Some(wrapper) = &operation.wrapper {
        let _ = write!(xml, "<{wrapper}>");
        write_structure(&mut xml, model, model.output(operation), document, name);
        let _ = write!(xml, "</{wrapper}>");
    }
    let _ = write!(xml, "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>");
    Response::new(200, "text/xml", request_id, xml)
}

fn write_structure(xml: &mut String, model: &Model, shape: &Shape, document: &Value, operation: &str) {
    let Value::Object(members) = document else { return };
    for (name, value) in members {
        let Some(member) = shape.members.get(name) else {
            debug_assert!(false, "{operation} answers `{name}`, which its model does not have");
            continue;
        };
        write_member(xml, model, member, member.on_wire(name), value, operation);
    }
}

fn write_member(xml: &mut String, model: &Model, member: &Member, name: &str, value: &Value, operation: &str) {
    if value.is_null() {
        return;
    }
    let shape = member.shape(model);
    match (shape.kind, &shape.of, &shape.value, value) {
        (Kind::Structure, _, _, _) => {
            let _ = write!(xml, "<{name}>");
            write_structure(xml, model, shape, value, operation);
            let _ = write!(xml, "</{name}>");
        }
        (Kind::List, Some(of), _, Value::Array(items)) if member.is_flat(model) => {
            for item in items {
                write_member(xml, model, of, of.on_wire(name), item, operation);
            }
        }
        (Kind::List, Some(of), _, Value::Array(items)) => {
            let _ = write!(xml, "<{name}>");
            for item in items {
                write_member(xml, model, of, of.on_wire("member"), item, operation);
            }
            let _ = write!(xml, "</{name}>");
        }
        (Kind::Map, _, Some(of), Value::Object(entries)) => {
            let key_name = shape.key.as_ref().map_or("key", |key| key.on_wire("key"));
            let _ = write!(xml, "<{name}>");
            for (key, value) in entries {
                let _ = write!(xml, "<entry><{key_name}>");
                escape(xml, key);
                let _ = write!(xml, "</{key_name}>");
                write_member(xml, model, of, of.on_wire("value"), value, operation);
                let _ = write!(xml, "</entry>");
            }
            let _ = write!(xml, "</{name}>");
        }
        (Kind::Timestamp, _, _, Value::Number(_)) => {
            let format = member.timestamp_format(model).unwrap_or(TimestampFormat::Iso8601);
            let _ = write!(xml, "<{name}>{}</{name}>", text::timestamp_to_text(value, format));
        }
        _ => {
            let _ = write!(xml, "<{name}>");
            escape(xml, &text::to_text(value));
            let _ = write!(xml, "</{name}>");
        }
    }
}

/// Writes text with XML's five characters escaped, and with control characters that XML 1.0 cannot
/// hold left out.
pub fn escape(xml: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            '\r' => xml.push_str("&#xD;"),
            '\n' | '\t' => xml.push(c),
            c if c.is_control() => {}
            c => xml.push(c),
        }
    }
}
