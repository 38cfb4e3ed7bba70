//! A template in its parts: parameters, mappings, conditions, resources, outputs.

use serde::{Deserialize, Serialize};

use super::graph;
pub use super::node::{Function, Node};
use super::parameters::ParameterDefinition;
use crate::world::ServiceError;

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
    /// In the form `AWS::KMS::Key`.
    pub kind: String,
    pub properties: Node,
    pub metadata: Node,
    /// The condition under which it exists.
    pub condition: Option<String>,
    /// In the form `DependsOn`.
    pub depends_on: Vec<String>,
    /// `DeletionPolicy`, where it is written.
    pub deletion_policy: Option<Retention>,
    /// In the form `UpdateReplacePolicy`.
    pub update_replace_policy: Retention,
}

/// One output of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputDefinition {
    /// What it is for.
    pub description: Option<String>,
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
        let root = Node::read(text)?;
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
