//! What a message holds: its characters, its attributes, its size and its digests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Map, Value};

use crate::world::ServiceError;

/// The characters of a message (SQS API Reference, "SendMessage").
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

pub(super) fn size(body: &str, attributes: &Map<String, Value>) -> usize {
    let of_attributes: usize = attributes
        .iter()
        .map(|(name, value)| {
            let (kind, _, bytes) = parts(value);
            name.len() + kind.len() + bytes.len()
        })
        .sum();
    body.len() + of_attributes
}

pub(super) fn check_attribute(name: &str, value: &Value) -> Result<(), ServiceError> {
    let (kind, is_binary, bytes) = parts(value);
    let base = kind.split('.').next().unwrap_or_default();
    if !matches!(base, "String" | "Number" | "Binary") {
        let text = format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
        );
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    if bytes.is_empty() || (base == "Binary") != is_binary {
        let text = format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{base}'."
        );
        return Err(ServiceError::new("InvalidParameterValue", text));
    }
    Ok(())
}

/// An attribute's data type, whether its value is binary, and the value's bytes.
fn parts(value: &Value) -> (&str, bool, Vec<u8>) {
    let kind = value["DataType"].as_str().unwrap_or_default();
    match value["BinaryValue"].as_str() {
        Some(text) => (kind, true, STANDARD.decode(text).unwrap_or_default()),
        None => (kind, false, value["StringValue"].as_str().unwrap_or_default().as_bytes().to_vec()),
    }
}

pub(super) fn md5_of(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
pub(super) fn md5_of_attributes<'a>(attributes: impl Iterator<Item = (&'a String, &'a Value)>) -> String {
    let mut sorted: Vec<(&String, &Value)> = attributes.collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut bytes = Vec::new();
    let mut push = |part: &[u8], transport: Option<u8>| {
        bytes.extend(transport);
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    };
    for (name, value) in sorted {
        let (kind, is_binary, content) = parts(value);
        push(name.as_bytes(), None);
        push(kind.as_bytes(), None);
        push(&content, Some(if is_binary { 2 } else { 1 }));
    }
    md5_of(&bytes)
}
