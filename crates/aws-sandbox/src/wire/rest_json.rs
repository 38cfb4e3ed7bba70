//! restJson1: Backup and Lambda.

use serde_json::{Map, Value};

use super::http::{Request, Response};
use super::model::{Kind, Location, Model, OperationModel, TimestampFormat};
use super::{Refused, json, text};

/// Finds the operation by method and path, and the path's labels.
///
/// A slash at the end counts neither way: the Rust SDK sends `GET /backup-vaults`, botocore
/// `GET /backup-vaults/`.
pub fn route<'a>(model: &'a Model, request: &Request) -> Option<(&'a str, Vec<(&'a str, String)>)> {
    let segments: Vec<&str> = request.path.trim_end_matches('/').split('/').skip(1).collect();
    let mut best: Option<(usize, &str, Vec<(&str, String)>)> = None;
    for (name, operation) in &model.operations {
        if operation.method != request.method {
            continue;
        }
        let Some((literal, labels)) = match_template(&operation.uri, &segments) else { continue };
        // `/resources/{arn}` must not take what `/resources/literal` has; the name settles a tie.
        let better = best.as_ref().is_none_or(|(most, other, _)| (literal, *other) > (*most, name.as_str()));
        if better {
            best = Some((literal, name, labels));
        }
    }
    best.map(|(_, name, labels)| (name, labels))
}

fn match_template<'a>(template: &'a str, segments: &[&str]) -> Option<(usize, Vec<(&'a str, String)>)> {
    let path = template.split('?').next().unwrap_or_default().trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if parts.len() != segments.len() {
        return None;
    }
    let mut literal = 0;
    let mut labels = Vec::new();
    for (part, segment) in parts.iter().zip(segments) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(label) if !segment.is_empty() => {
                labels.push((label.trim_end_matches('+'), text::percent_decode(segment, false)?));
            }
            None if part == segment => literal += 1,
            _ => return None,
        }
    }
    Some((literal, labels))
}

/// Reads the input out of path, query string, headers and body.
pub fn read(
    model: &Model,
    operation: &OperationModel,
    labels: &[(&str, String)],
    request: &Request,
) -> Result<Value, Refused> {
    let shape = model.input(operation);
    let mut document = Map::new();
    match &shape.payload {
        Some(name) => {
            let kind = shape.members.get(name).map(|member| member.shape(model).kind);
            if kind == Some(Kind::Blob) {
                document.insert(name.clone(), text::blob(&request.body));
            } else if let (Some(member), false) = (shape.members.get(name), request.body.is_empty()) {
                document.insert(name.clone(), json::read(model, member.shape(model), body_of(request)?));
            }
        }
        None => {
            if let Value::Object(members) = json::read(model, shape, body_of(request)?) {
                document = members;
            }
        }
    }
    let query = parse_query(&request.query)?;
    for (name, member) in shape.members.iter() {
        let (wire, inner) = (member.on_wire(name), member.shape(model));
        let value = match member.location {
            Some(Location::Uri) => {
                labels.iter().find(|(label, _)| *label == wire).map(|(_, text)| text::from_text(inner, text))
            }
            Some(Location::QueryString) => from_query(model, inner, wire, &query),
            Some(Location::Header) => request.header(wire).map(|text| text::from_text(inner, text)),
            _ => None,
        };
        if let Some(value) = value {
            document.insert(name.to_owned(), value);
        }
    }
    Ok(Value::Object(document))
}

fn from_query(model: &Model, shape: &super::model::Shape, wire: &str, query: &[(String, String)]) -> Option<Value> {
    let mut values = query.iter().filter(|(key, _)| key == wire).map(|(_, value)| value);
    match (&shape.of, shape.kind) {
        (Some(of), Kind::List) => {
            let items: Vec<Value> = values.map(|text| text::from_text(of.shape(model), text)).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        _ => values.next().map(|text| text::from_text(shape, text)),
    }
}

fn body_of(request: &Request) -> Result<Value, Refused> {
    if request.body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(&request.body).map_err(|_| Refused::Malformed)
}

pub(super) fn parse_query(query: &str) -> Result<Vec<(String, String)>, Refused> {
    let mut pairs = Vec::new();
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let decode = |text| text::percent_decode(text, true).ok_or(Refused::Malformed);
        pairs.push((decode(key)?, decode(value)?));
    }
    Ok(pairs)
}

/// Writes an answer.
pub fn write(model: &Model, name: &str, operation: &OperationModel, document: &Value, request_id: &str) -> Response {
    let shape = model.output(operation);
    let status = operation.status.unwrap_or(200);
    let body = match &shape.payload {
        Some(payload) => match shape.members.get(payload) {
            Some(member) if member.shape(model).kind == Kind::Blob => text::blob_bytes(&document[payload]),
            Some(member) => json::write(model, member.shape(model), &document[payload], name).to_string().into_bytes(),
            None => Vec::new(),
        },
        None if operation.output.is_none() => Vec::new(),
        None => json::write(model, shape, document, name).to_string().into_bytes(),
    };
    let mut response = Response::new(status, "application/json", request_id, body);
    for (name, member) in shape.members.iter() {
        let value = &document[name];
        match member.location {
            _ if value.is_null() => {}
            Some(Location::StatusCode) => response.status = value.as_u64().map_or(status, |code| code as u16),
            Some(Location::Header) if member.shape(model).kind == Kind::Timestamp => {
                let format = member.timestamp_format(model).unwrap_or(TimestampFormat::Rfc822);
                response =
                    response.with_header(&member.on_wire(name).to_lowercase(), text::timestamp_to_text(value, format));
            }
            Some(Location::Header) => {
                response = response.with_header(&member.on_wire(name).to_lowercase(), text::to_text(value));
            }
            _ => {}
        }
    }
    response
}
