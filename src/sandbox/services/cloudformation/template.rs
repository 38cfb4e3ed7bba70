//! A template, read from YAML or JSON into an ordered tree with its intrinsic functions.

use serde::{Deserialize, Serialize};
use serde_yaml_ng::Value as Yaml;

use super::graph;
use super::parameters::ParameterDefinition;
use crate::sandbox::world::ServiceError;

/// The longest `TemplateBody`, in bytes (CloudFormation User Guide, "Understand CloudFormation quotas").
pub const BODY_LIMIT: usize = 51_200;
/// The most resources in one template (same page).
const RESOURCE_LIMIT: usize = 500;

/// What is wrong with a template, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(pub String);

impl TemplateError {
    /// `Template format error: …`.
    pub fn format(text: impl AsRef<str>) -> Self {
        Self(format!("Template format error: {}", text.as_ref()))
    }
}

impl From<TemplateError> for ServiceError {
    fn from(error: TemplateError) -> Self {
        ServiceError::new("ValidationError", error.0)
    }
}

/// The intrinsic functions (Template Reference, "Intrinsic function reference").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    Ref,
    Sub,
    GetAtt,
    Join,
    Select,
    Split,
    If,
    Equals,
    And,
    Or,
    Not,
    Condition,
    FindInMap,
    ImportValue,
    GetAZs,
    Base64,
    Cidr,
}

impl Function {
    const ALL: &'static [(Function, &'static str)] = &[
        (Function::Ref, "Ref"),
        (Function::Sub, "Sub"),
        (Function::GetAtt, "GetAtt"),
        (Function::Join, "Join"),
        (Function::Select, "Select"),
        (Function::Split, "Split"),
        (Function::If, "If"),
        (Function::Equals, "Equals"),
        (Function::And, "And"),
        (Function::Or, "Or"),
        (Function::Not, "Not"),
        (Function::Condition, "Condition"),
        (Function::FindInMap, "FindInMap"),
        (Function::ImportValue, "ImportValue"),
        (Function::GetAZs, "GetAZs"),
        (Function::Base64, "Base64"),
        (Function::Cidr, "Cidr"),
    ];

    fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(function, _)| *function)
    }

    /// The function that a key of the long form names: `Ref`, `Fn::Sub`.
    fn by_key(key: &str) -> Option<Self> {
        match key {
            "Ref" => Some(Function::Ref),
            _ => Self::by_name(key.strip_prefix("Fn::")?)
                .filter(|function| !matches!(function, Function::Ref | Function::Condition)),
        }
    }
}

/// A piece of a template. Numbers stay text, so that an account id keeps its zeros.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Call(Function, Box<Node>),
}

impl Node {
    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match self {
            Node::Map(entries) => entries,
            _ => &[],
        }
    }

    /// A scalar as text.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Node::Bool(flag) => Some(flag.to_string()),
            Node::Number(text) | Node::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn from_yaml(value: &Yaml) -> Result<Self, TemplateError> {
        Ok(match value {
            Yaml::Null => Node::Null,
            Yaml::Bool(flag) => Node::Bool(*flag),
            Yaml::Number(number) => Node::Number(number.to_string()),
            Yaml::String(text) => Node::Text(text.clone()),
            Yaml::Sequence(items) => Node::List(items.iter().map(Node::from_yaml).collect::<Result<_, _>>()?),
            Yaml::Mapping(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    map.push((key_text(key)?, Node::from_yaml(value)?));
                }
                long_form(map)?
            }
            Yaml::Tagged(tagged) => {
                let name = tagged.tag.to_string();
                let name = name.trim_start_matches('!');
                let function = Function::by_name(name).ok_or_else(|| unsupported_function(name))?;
                Node::Call(function, Box::new(split_attribute(function, Node::from_yaml(&tagged.value)?)))
            }
        })
    }

    fn from_json(value: &serde_json::Value) -> Result<Self, TemplateError> {
        use serde_json::Value;
        Ok(match value {
            Value::Null => Node::Null,
            Value::Bool(flag) => Node::Bool(*flag),
            Value::Number(number) => Node::Number(number.to_string()),
            Value::String(text) => Node::Text(text.clone()),
            Value::Array(items) => Node::List(items.iter().map(Node::from_json).collect::<Result<_, _>>()?),
            Value::Object(entries) => {
                let mut map = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    map.push((key.clone(), Node::from_json(value)?));
                }
                long_form(map)?
            }
        })
    }
}

fn key_text(key: &Yaml) -> Result<String, TemplateError> {
    match key {
        Yaml::String(text) => Ok(text.clone()),
        Yaml::Number(number) => Ok(number.to_string()),
        Yaml::Bool(flag) => Ok(flag.to_string()),
        _ => Err(TemplateError::format("[/] map keys must be strings; received a map instead")),
    }
}

/// A map with the one key `Ref` or `Fn::…` is a function in its long form.
fn long_form(mut map: Vec<(String, Node)>) -> Result<Node, TemplateError> {
    let [(key, _)] = &map[..] else { return Ok(Node::Map(map)) };
    let Some(function) = Function::by_key(key) else {
        return if key.starts_with("Fn::") {
            Err(unsupported_function(key.trim_start_matches("Fn::")))
        } else {
            Ok(Node::Map(map))
        };
    };
    let (_, argument) = map.remove(0);
    Ok(Node::Call(function, Box::new(split_attribute(function, argument))))
}

/// `!GetAtt Resource.Attribute.Nested` is the list `[Resource, Attribute.Nested]`.
fn split_attribute(function: Function, argument: Node) -> Node {
    match (function, &argument) {
        (Function::GetAtt, Node::Text(text)) => match text.split_once('.') {
            Some((resource, attribute)) => {
                Node::List(vec![Node::Text(resource.to_owned()), Node::Text(attribute.to_owned())])
            }
            None => argument,
        },
        _ => argument,
    }
}

fn unsupported_function(name: &str) -> TemplateError {
    TemplateError(format!(
        "Template error: Encountered unsupported function: Fn::{name} Supported functions are: [Fn::Base64, Fn::GetAtt, \
         Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, Ref, Fn::Equals, Fn::If, Fn::Not, \
         Condition, Fn::And, Fn::Or, Fn::Sub, Fn::Cidr]"
    ))
}

/// What happens to the physical resource when it leaves the stack
/// (Template Reference, "DeletionPolicy attribute").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Retention {
    /// It is deleted.
    #[default]
    Delete,
    /// It stays.
    Retain,
    /// It stays, except when the operation that made it is rolled back.
    RetainExceptOnCreate,
}

impl Retention {
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Retention::Delete => "Delete",
            Retention::Retain => "Retain",
            Retention::RetainExceptOnCreate => "RetainExceptOnCreate",
        }
    }
}

/// One resource of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceDefinition {
    /// `AWS::KMS::Key`.
    pub kind: String,
    /// Its properties, unresolved.
    pub properties: Node,
    /// Its metadata, unresolved.
    pub metadata: Node,
    /// The condition under which it exists.
    pub condition: Option<String>,
    /// `DependsOn`.
    pub depends_on: Vec<String>,
    /// `DeletionPolicy`, where it is written.
    pub deletion_policy: Option<Retention>,
    /// `UpdateReplacePolicy`.
    pub update_replace_policy: Retention,
}

/// One output of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputDefinition {
    /// What it is for.
    pub description: Option<String>,
    /// Its value, unresolved.
    pub value: Node,
    /// The condition under which it exists.
    pub condition: Option<String>,
    /// The name under which other stacks may import it, unresolved.
    pub export: Option<Node>,
}

/// A template in its parts, each in written order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Template {
    pub description: Option<String>,
    pub metadata: Option<Node>,
    pub parameters: Vec<(String, ParameterDefinition)>,
    pub mappings: Vec<(String, Node)>,
    pub conditions: Vec<(String, Node)>,
    pub resources: Vec<(String, ResourceDefinition)>,
    pub outputs: Vec<(String, OutputDefinition)>,
}

impl Template {
    /// Reads and validates a template as CloudFormation does before it makes anything.
    ///
    /// # Errors
    /// AWS's text of the first thing that is wrong.
    pub fn read(text: &str) -> Result<Self, TemplateError> {
        if text.len() > BODY_LIMIT {
            return Err(TemplateError(format!(
                "1 validation error detected: Value '{text}' at 'templateBody' failed to satisfy constraint: Member must \
                 have length less than or equal to {BODY_LIMIT}"
            )));
        }
        let root = read_tree(text)?;
        let template = Self::from_tree(&root)?;
        graph::validate(&template)?;
        Ok(template)
    }

    fn from_tree(root: &Node) -> Result<Self, TemplateError> {
        let Node::Map(entries) = root else {
            return Err(TemplateError::format("unsupported structure."));
        };
        let mut template = Template::default();
        let mut unknown = Vec::new();
        for (key, node) in entries {
            match key.as_str() {
                "AWSTemplateFormatVersion" => check_version(node)?,
                "Description" => template.description = node.scalar(),
                "Metadata" => template.metadata = Some(node.clone()),
                "Parameters" => template.parameters = section(node, key, ParameterDefinition::read)?,
                "Mappings" => template.mappings = node.entries().to_vec(),
                "Conditions" => template.conditions = node.entries().to_vec(),
                "Resources" => template.resources = section(node, key, read_resource)?,
                "Outputs" => template.outputs = section(node, key, read_output)?,
                "Rules" | "Transform" => {
                    tracing::warn!(section = key, "the sandbox lacks this section of a template");
                    unknown.push(key.clone());
                }
                _ => unknown.push(key.clone()),
            }
        }
        if !unknown.is_empty() {
            return Err(TemplateError(format!("Invalid template property or properties [{}]", unknown.join(", "))));
        }
        if template.resources.is_empty() {
            return Err(TemplateError::format("At least one Resources member must be defined."));
        }
        if template.resources.len() > RESOURCE_LIMIT {
            return Err(TemplateError::format(format!(
                "Number of resources, {}, is greater than maximum allowed, {RESOURCE_LIMIT}",
                template.resources.len()
            )));
        }
        Ok(template)
    }

    /// A resource by its logical id.
    pub fn resource(&self, logical_id: &str) -> Option<&ResourceDefinition> {
        self.resources.iter().find(|(name, _)| name == logical_id).map(|(_, resource)| resource)
    }

    /// A parameter by its name.
    pub fn parameter(&self, name: &str) -> Option<&ParameterDefinition> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, parameter)| parameter)
    }
}

fn read_tree(text: &str) -> Result<Node, TemplateError> {
    if text.trim_start().starts_with('{') {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
            TemplateError::format(format!("JSON not well-formed. (line {}, column {})", error.line(), error.column()))
        })?;
        return Node::from_json(&value);
    }
    let value: Yaml = serde_yaml_ng::from_str(text).map_err(|error| {
        TemplateError::format(match error.location() {
            Some(place) => format!("YAML not well-formed. (line {}, column {})", place.line(), place.column()),
            None => "YAML not well-formed.".to_owned(),
        })
    })?;
    Node::from_yaml(&value)
}

fn check_version(node: &Node) -> Result<(), TemplateError> {
    match node.scalar().as_deref() {
        Some("2010-09-09") => Ok(()),
        other => Err(TemplateError(format!(
            "Template format error: {} is not a supported value for AWSTemplateFormatVersion.",
            other.unwrap_or_default()
        ))),
    }
}

fn section<T>(
    node: &Node,
    name: &str,
    read: fn(&str, &Node) -> Result<T, TemplateError>,
) -> Result<Vec<(String, T)>, TemplateError> {
    let Node::Map(entries) = node else {
        return Err(TemplateError::format(format!("[/{name}] '{name}' must be an object.")));
    };
    for (key, _) in entries {
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let what = match name {
                "Resources" => "Resource name",
                "Outputs" => "Output name",
                _ => "Parameter name",
            };
            return Err(TemplateError::format(format!("{what} {key} is non alphanumeric.")));
        }
    }
    entries.iter().map(|(key, node)| Ok((key.clone(), read(key, node)?))).collect()
}

fn read_resource(name: &str, node: &Node) -> Result<ResourceDefinition, TemplateError> {
    let Node::Map(entries) = node else {
        return Err(TemplateError::format(format!("[/Resources/{name}] resource definition is malformed")));
    };
    const KNOWN: &[&str] = &[
        "Type",
        "Properties",
        "Metadata",
        "Condition",
        "DependsOn",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "UpdatePolicy",
        "CreationPolicy",
    ];
    if let Some((key, _)) = entries.iter().find(|(key, _)| !KNOWN.contains(&key.as_str())) {
        return Err(TemplateError(format!("Invalid template resource property '{key}'")));
    }
    let Some(kind) = node.get("Type").and_then(Node::scalar) else {
        return Err(TemplateError::format(format!(
            "[/Resources/{name}] Every Resources object must contain a Type member."
        )));
    };
    let depends_on = match node.get("DependsOn") {
        None => Vec::new(),
        Some(Node::List(items)) => items.iter().filter_map(Node::scalar).collect(),
        Some(other) => other.scalar().into_iter().collect(),
    };
    Ok(ResourceDefinition {
        kind,
        properties: node.get("Properties").cloned().unwrap_or(Node::Map(Vec::new())),
        metadata: node.get("Metadata").cloned().unwrap_or(Node::Null),
        condition: node.get("Condition").and_then(Node::scalar),
        depends_on,
        deletion_policy: read_retention(name, node, "DeletionPolicy")?,
        update_replace_policy: read_retention(name, node, "UpdateReplacePolicy")?.unwrap_or_default(),
    })
}

fn read_retention(name: &str, node: &Node, key: &str) -> Result<Option<Retention>, TemplateError> {
    let Some(value) = node.get(key) else { return Ok(None) };
    match value.scalar().as_deref() {
        Some("Delete") => Ok(Some(Retention::Delete)),
        Some("Retain") => Ok(Some(Retention::Retain)),
        Some("RetainExceptOnCreate") if key == "DeletionPolicy" => Ok(Some(Retention::RetainExceptOnCreate)),
        // None of the types that the sandbox has can be snapshotted.
        Some("Snapshot") => {
            Err(TemplateError::format(format!("Snapshot is not a supported {key} for resource [{name}]")))
        }
        other => {
            let other = other.unwrap_or("null");
            Err(TemplateError::format(format!("Unrecognized {key} {other} for resource [{name}]")))
        }
    }
}

fn read_output(name: &str, node: &Node) -> Result<OutputDefinition, TemplateError> {
    let Some(value) = node.get("Value") else {
        return Err(TemplateError::format(format!(
            "[/Outputs/{name}] Every Outputs member must contain a Value object"
        )));
    };
    Ok(OutputDefinition {
        description: node.get("Description").and_then(Node::scalar),
        value: value.clone(),
        condition: node.get("Condition").and_then(Node::scalar),
        export: node.get("Export").and_then(|export| export.get("Name")).cloned(),
    })
}
