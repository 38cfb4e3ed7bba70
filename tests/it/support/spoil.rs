//! Something between the world and its clients that spoils answers: a proxy, a gateway, a cache, a service that has a
//! bad day. Rules are data, and each case comes out the same in every run.

use std::sync::{Arc, Mutex};

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::wire::Decoded;
use backupctl::sandbox::wire::http::Response;
use serde_json::Value;

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spoil {
    /// 200 and a result with nothing in it.
    Hollow,
    /// 200 and no body at all.
    Nothing,
    /// Without this member, wherever it stands.
    Without(&'static str),
    /// This list, or this map, is empty.
    Empty(&'static str),
    /// Each item of this list stands in it twice.
    Twice(&'static str),
    /// This member has this value, wherever it stands.
    With(&'static str, &'static str),
    /// This member is a number, wherever it stands.
    Number(&'static str),
    /// Each page has the same token of a next one.
    SameToken(&'static str),
    /// The `Date` header is off by so many seconds.
    Date(i64),
    /// The page of a captive portal.
    Portal,
    /// The first half of the body.
    Half,
    /// Bytes that are no text.
    Noise,
    /// Another status, without a body.
    Status(u16),
}

/// An environment, as a call of the built-in configuration shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Anywhere,
    Source,
    Intermediate,
    Destination,
}

impl From {
    fn is(self, call: &Decoded) -> bool {
        let (account, region) = match self {
            Self::Anywhere => return true,
            Self::Source => ("111111111111", "us-east-1"),
            Self::Intermediate => ("111111111111", "us-west-2"),
            Self::Destination => ("222222222222", "us-west-2"),
        };
        call.access_key_id.contains(account) && call.region.as_str() == region
    }
}

/// Spoils each answer to an operation (`backup:ListBackupVaults`) in an environment.
pub fn spoil(sandbox: &Sandbox, rules: &[(&'static str, From, Spoil)]) {
    let rules = rules.to_vec();
    let kept: Arc<Mutex<Vec<Option<Response>>>> = Arc::new(Mutex::new(vec![None; rules.len()]));
    sandbox.put_between(move |call, mut response| {
        let operation = format!("{}:{}", call.service, call.operation);
        for (index, (of, from, spoil)) in rules.iter().enumerate() {
            if *of != operation || !from.is(call) {
                continue;
            }
            if let Spoil::SameToken(token) = spoil {
                // The world does not know the token, so the first page is answered again and again.
                let mut kept = kept.lock().expect("one thread at a time");
                let first = kept[index].get_or_insert_with(|| with_token(response.clone(), token));
                response = first.clone();
            } else {
                response = spoiled(response, call.operation, *spoil);
            }
        }
        response
    });
}

fn with_token(response: Response, member: &str) -> Response {
    match Body::of(&response.body) {
        Body::Json(mut value) => {
            value[member] = Value::from("YWZ0ZXI6YQ");
            Response { body: value.to_string().into_bytes(), ..response }
        }
        Body::Xml(text) => {
            let end = text.find("Result>").map_or(0, |at| at + "Result>".len());
            let (head, rest) = text.split_at(end);
            let body = format!("{head}<{member}>again</{member}>{rest}").into_bytes();
            Response { body, ..response }
        }
    }
}

fn spoiled(response: Response, operation: &str, spoil: Spoil) -> Response {
    let content = |body: Vec<u8>| Response { body, ..response.clone() };
    let body = Body::of(&response.body);
    match spoil {
        Spoil::Hollow => content(body.hollow(operation)),
        Spoil::Nothing => content(Vec::new()),
        Spoil::Without(member) => content(body.each(member, |_| Vec::new())),
        Spoil::Empty(member) => content(body.each(member, |found| vec![Content::Empty(found)])),
        Spoil::Twice(member) => content(body.each(member, |found| vec![Content::Twice(found)])),
        Spoil::With(member, value) => content(body.each(member, |_| vec![Content::Text(value)])),
        Spoil::Number(member) => content(body.each(member, |_| vec![Content::Number])),
        Spoil::SameToken(_) => response,
        Spoil::Date(seconds) => dated(response, seconds),
        Spoil::Portal => Response {
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome to the hotel</body></html>"
                .to_vec(),
            ..response
        },
        Spoil::Half => content(response.body[..response.body.len() / 2].to_vec()),
        Spoil::Noise => content(vec![0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe]),
        Spoil::Status(status) => Response { status, body: Vec::new(), ..response },
    }
}

fn dated(mut response: Response, seconds: i64) -> Response {
    for (name, value) in &mut response.headers {
        if name == "date" {
            let at = chrono::DateTime::parse_from_rfc2822(value).expect("a date");
            let at = at + chrono::TimeDelta::seconds(seconds);
            *value = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        }
    }
    response
}

/// What stands in a member's place.
enum Content<'a> {
    Empty(Found<'a>),
    Twice(Found<'a>),
    Text(&'a str),
    Number,
}

/// What stood there.
enum Found<'a> {
    Json(&'a Value),
    Xml(&'a str),
}

enum Body {
    Json(Value),
    Xml(String),
}

impl Body {
    fn of(bytes: &[u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(value) => Self::Json(value),
            Err(_) => Self::Xml(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    fn hollow(self, operation: &str) -> Vec<u8> {
        match self {
            Self::Json(_) => b"{}".to_vec(),
            Self::Xml(_) => format!("<{operation}Response><{operation}Result/></{operation}Response>").into_bytes(),
        }
    }

    /// Puts something else in the place of a member, wherever it stands; nothing leaves it out.
    fn each(self, member: &str, put: impl Fn(Found<'_>) -> Vec<Content<'_>>) -> Vec<u8> {
        match self {
            Self::Json(value) => in_json(&value, member, &put).to_string().into_bytes(),
            Self::Xml(text) => in_xml(&text, member, &put).into_bytes(),
        }
    }
}

fn in_json(value: &Value, member: &str, put: &impl Fn(Found<'_>) -> Vec<Content<'_>>) -> Value {
    match value {
        Value::Object(map) => {
            let mut changed = serde_json::Map::new();
            for (key, inner) in map {
                if key != member {
                    changed.insert(key.clone(), in_json(inner, member, put));
                } else if let Some(content) = put(Found::Json(inner)).pop() {
                    changed.insert(key.clone(), json_of(&content));
                }
            }
            Value::Object(changed)
        }
        Value::Array(items) => items.iter().map(|item| in_json(item, member, put)).collect(),
        other => other.clone(),
    }
}

fn json_of(content: &Content<'_>) -> Value {
    match content {
        Content::Empty(Found::Json(Value::Object(_))) => Value::Object(serde_json::Map::new()),
        Content::Empty(_) => Value::Array(Vec::new()),
        Content::Twice(Found::Json(Value::Array(items))) => items.iter().chain(items).cloned().collect(),
        Content::Twice(_) => panic!("only a list can hold an item twice"),
        Content::Text(text) => Value::from(*text),
        Content::Number => Value::from(7),
    }
}

fn in_xml(text: &str, member: &str, put: &impl Fn(Found<'_>) -> Vec<Content<'_>>) -> String {
    let (open, close) = (format!("<{member}>"), format!("</{member}>"));
    let mut changed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&open) {
        let end = rest[at..].find(&close).expect("a member that is closed") + at;
        let inner = &rest[at + open.len()..end];
        changed += &rest[..at];
        if let Some(content) = put(Found::Xml(inner)).pop() {
            let inner = match content {
                Content::Empty(_) => String::new(),
                Content::Twice(Found::Xml(inner)) => inner.repeat(2),
                Content::Twice(Found::Json(_)) => panic!("this is XML"),
                Content::Text(text) => text.to_owned(),
                Content::Number => "7".to_owned(),
            };
            changed += &format!("{open}{inner}{close}");
        }
        rest = &rest[end + close.len()..];
    }
    changed + rest
}
