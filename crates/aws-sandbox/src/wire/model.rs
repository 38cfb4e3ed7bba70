//! A service's model: what its operations take and answer, as `scripts/make-models.py` wrote it down.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

use crate::services::Service;

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Protocol {
    /// restJson1: Backup, Lambda.
    #[serde(rename = "rest-json")]
    RestJson,
    /// awsJson1.0 and 1.1: KMS, EventBridge, CloudWatch, Organizations, Logs, SQS.
    #[serde(rename = "json")]
    Json,
    /// awsQuery: STS, IAM, CloudFormation, RDS.
    #[serde(rename = "query")]
    Query,
}

/// One service.
#[derive(Debug, Deserialize)]
pub struct Model {
    pub protocol: Protocol,
    pub version: String,
    /// What stands before the dot in `X-Amz-Target`.
    pub target: Option<String>,
    /// One of `1.0` or `1.1`.
    pub json: Option<String>,
    /// The namespace of its XML.
    pub namespace: Option<String>,
    /// Its operations by name.
    pub operations: HashMap<String, OperationModel>,
    /// Its errors by their code on the wire.
    pub errors: HashMap<String, ErrorModel>,
    shapes: HashMap<String, Shape>,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub struct OperationModel {
    pub method: String,
    pub uri: String,
    /// The status of a success, where it is not 200.
    pub status: Option<u16>,
    pub input: Option<String>,
    pub output: Option<String>,
    /// The element around an awsQuery result.
    pub wrapper: Option<String>,
}

/// One error.
#[derive(Debug, Deserialize)]
pub struct ErrorModel {
    /// The name of the member that holds the text: `Message` or `message`.
    pub message: String,
    /// The HTTP status; 400 where the model gives none.
    pub status: Option<u16>,
}

/// The type of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Structure,
    List,
    Map,
    String,
    Character,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

/// How a timestamp stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimestampFormat {
    /// Epoch seconds with a fraction.
    UnixTimestamp,
    /// `2026-01-05T06:00:00.000Z`.
    Iso8601,
    /// `Mon, 05 Jan 2026 06:00:00 GMT`.
    Rfc822,
}

/// Where a member stands in a restJson1 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Location {
    #[serde(rename = "uri")]
    Uri,
    #[serde(rename = "querystring")]
    QueryString,
    #[serde(rename = "header")]
    Header,
    #[serde(rename = "headers")]
    Headers,
    #[serde(rename = "statusCode")]
    StatusCode,
}

/// A reference to a shape.
#[derive(Debug, Deserialize)]
pub struct Member {
    #[serde(rename = "s")]
    shape: String,
    /// Where it stands; in the body where there is none.
    #[serde(rename = "l")]
    pub location: Option<Location>,
    /// Its name on the wire, where that differs.
    #[serde(rename = "n")]
    pub wire_name: Option<String>,
    #[serde(rename = "f")]
    format: Option<TimestampFormat>,
    #[serde(default)]
    flat: bool,
}

/// One shape.
#[derive(Debug, Deserialize)]
pub struct Shape {
    #[serde(rename = "t")]
    pub kind: Kind,
    /// A structure's members, in the model's order.
    #[serde(rename = "m", default)]
    pub members: Members,
    /// A structure's required members.
    #[serde(rename = "r", default)]
    pub required: Vec<String>,
    /// The member that is the whole body.
    #[serde(rename = "p")]
    pub payload: Option<String>,
    pub of: Option<Member>,
    pub key: Option<Member>,
    pub value: Option<Member>,
    #[serde(rename = "f")]
    format: Option<TimestampFormat>,
    #[serde(default)]
    flat: bool,
    /// The least length or number.
    pub min: Option<f64>,
    /// The greatest length or number.
    pub max: Option<f64>,
    #[serde(rename = "enum")]
    pub values: Option<Vec<String>>,
    /// What a text must match.
    pub pattern: Option<String>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// A structure's members in the model's order.
#[derive(Debug, Default)]
pub struct Members(Vec<(String, Member)>);

impl Members {
    /// One member by its name in documents.
    pub fn get(&self, name: &str) -> Option<&Member> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, member)| member)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Member)> {
        self.0.iter().map(|(name, member)| (name.as_str(), member))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ordered;
        impl<'de> serde::de::Visitor<'de> for Ordered {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of members")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Ordered)
    }
}

impl Member {
    /// The shape.
    pub fn shape<'a>(&self, model: &'a Model) -> &'a Shape {
        model.shape(&self.shape)
    }

    /// How its timestamps stand on the wire, where the model says so.
    pub fn timestamp_format(&self, model: &Model) -> Option<TimestampFormat> {
        self.format.or(self.shape(model).format)
    }

    /// Whether its list or map stands without an element around it.
    pub fn is_flat(&self, model: &Model) -> bool {
        self.flat || self.shape(model).flat
    }

    /// The name on the wire of a member called `name`.
    pub fn on_wire<'a>(&'a self, name: &'a str) -> &'a str {
        self.wire_name.as_deref().unwrap_or(name)
    }
}

impl Shape {
    /// Whether a text matches the pattern; a pattern that this engine cannot read matches all.
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            let pattern = self.pattern.as_deref()?;
            // The models' patterns are Java's and match the whole text.
            Regex::new(&format!("^(?:{pattern})$")).ok()
        });
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

static EMPTY: LazyLock<Shape> =
    LazyLock::new(|| serde_json::from_str(r#"{"t":"structure"}"#).expect("a constant shape"));

impl Model {
    /// A shape by its name; an empty structure where the model has none.
    pub fn shape(&self, name: &str) -> &Shape {
        self.shapes.get(name).unwrap_or(&EMPTY)
    }

    /// The input's shape of an operation.
    pub fn input(&self, operation: &OperationModel) -> &Shape {
        operation.input.as_deref().map_or(&EMPTY, |name| self.shape(name))
    }

    /// The output's shape of an operation.
    pub fn output(&self, operation: &OperationModel) -> &Shape {
        operation.output.as_deref().map_or(&EMPTY, |name| self.shape(name))
    }

    /// The operation and its name, both living as long as the model.
    pub fn operation(&self, name: &str) -> Option<(&str, &OperationModel)> {
        self.operations.get_key_value(name).map(|(name, operation)| (name.as_str(), operation))
    }
}

/// The model of a service, read once.
pub fn of(service: Service) -> &'static Model {
    static MODELS: [OnceLock<Model>; Service::ALL.len()] = [const { OnceLock::new() }; Service::ALL.len()];
    let index = Service::ALL.iter().position(|other| *other == service).unwrap_or_default();
    MODELS[index].get_or_init(|| serde_json::from_str(service.row().model).expect("a committed model, read by a test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_can_be_read_and_knows_every_operation_of_its_service() {
        for service in Service::ALL {
            let model = of(*service);
            for operation in service.operations() {
                assert!(model.operations.contains_key(operation.name), "{service} {}", operation.name);
            }
        }
    }
}
