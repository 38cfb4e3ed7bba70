//! Scalars between documents and wires.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::model::{Kind, Shape, TimestampFormat};
use crate::world::Moment;

/// Decodes a percent-encoded path segment or query part; `None` where it is no UTF-8 or a `%` stands
/// before something else than two hexadecimal digits.
pub fn percent_decode(text: &str, plus_is_blank: bool) -> Option<String> {
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let sound = || bytes.get(index + 1..index + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if *byte == b'%' && !sound() {
            return None;
        }
    }
    let text: Cow<'_, str> = if plus_is_blank { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}

/// A scalar that arrived as text (in a path, a query string, a header, a form) as its document value.
/// What cannot be read as its type stays text, and validation names it.
pub fn from_text(shape: &Shape, text: &str) -> Value {
    match shape.kind {
        Kind::Boolean => match text {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => Value::from(text),
        },
        Kind::Integer | Kind::Long => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Kind::Float | Kind::Double => text.parse::<f64>().map_or_else(|_| Value::from(text), Value::from),
        Kind::Timestamp => timestamp_from_text(text).map_or_else(|| Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

/// Epoch seconds from any of the three forms.
pub fn timestamp_from_text(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let date = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .map(|date| date.timestamp_millis())
        .or_else(|_| {
            chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
                .map(|date| date.and_utc().timestamp_millis())
        })
        .ok()?;
    Some(date as f64 / 1000.0)
}

/// A document's timestamp in a form for the wire.
pub fn timestamp_to_text(value: &Value, format: TimestampFormat) -> String {
    let moment = Moment::from_millis((value.as_f64().unwrap_or_default() * 1000.0).round() as i64);
    match format {
        TimestampFormat::UnixTimestamp => value.to_string(),
        TimestampFormat::Iso8601 => moment.iso(),
        TimestampFormat::Rfc822 => moment.date().format("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    }
}

/// A document's scalar as text.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A blob's bytes as its document text.
pub fn blob(bytes: &[u8]) -> Value {
    Value::from(STANDARD.encode(bytes))
}

/// The bytes of a blob in a document; the text itself where it is no base64.
pub fn blob_bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap_or_default();
    STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec())
}
