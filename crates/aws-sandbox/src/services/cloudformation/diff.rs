//! What a new definition would change in a stack: the content of a change set.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::functions::{KNOWN_AFTER_APPLY, Scope, scalar};
use super::graph::{self, Uses};
use super::resources::{self, Change, ResourceType};
use super::stacks::{Definition, Resource, ResourceStatus, Stack, in_capitals};
use super::steps::{differing, wanted};
use super::template::{Function, Node, TemplateError};
use crate::world::{Place, World};

in_capitals! {
    /// What happens to a resource.
    Action {
        Add = "Add",
        Modify = "Modify",
        Remove = "Remove",
        Import = "Import",
    }
}

in_capitals! {
    /// Whether a modified resource is made anew.
    Replacement {
        True = "True",
        False = "False",
        Conditional = "Conditional",
    }
}

/// One changed property of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// `Properties`, `Tags`, `Metadata`, `DeletionPolicy` …
    pub attribute: String,
    pub name: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    /// One of `Never`, `Conditionally`, `Always`.
    pub recreation: String,
    /// Whether the new value only comes to be at execution.
    pub dynamic: bool,
    /// `DirectModification`, `ParameterReference`, `ResourceReference`, `ResourceAttribute`.
    pub source: String,
    pub causing_entity: Option<String>,
}

/// One changed resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    pub action: Action,
    pub logical_id: String,
    pub physical_id: Option<String>,
    pub kind: String,
    pub replacement: Option<Replacement>,
    /// What becomes of a removed resource that is kept: `Retain`.
    pub policy_action: Option<String>,
    pub details: Vec<Detail>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl ResourceChange {
    /// The change as DescribeChangeSet shows it.
    pub fn shown(&self, with_values: bool) -> Value {
        let mut scope: Vec<&str> = Vec::new();
        for detail in &self.details {
            if !scope.contains(&detail.attribute.as_str()) {
                scope.push(&detail.attribute);
            }
        }
        let mut change = json!({
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.kind,
            "Scope": scope,
            "Details": self.details.iter().map(|detail| detail.shown(with_values)).collect::<Vec<_>>(),
        });
        let mut set = |key: &str, value: Option<Value>| {
            if let (Some(map), Some(value)) = (change.as_object_mut(), value) {
                map.insert(key.to_owned(), value);
            }
        };
        set("PhysicalResourceId", self.physical_id.clone().map(Value::from));
        set("Replacement", self.replacement.map(|one| Value::from(one.to_string())));
        set("PolicyAction", self.policy_action.clone().map(Value::from));
        if with_values {
            set(
                "BeforeContext",
                self.before.as_ref().map(|value| Value::from(json!({ "Properties": value }).to_string())),
            );
            set(
                "AfterContext",
                self.after.as_ref().map(|value| Value::from(json!({ "Properties": value }).to_string())),
            );
        }
        json!({ "Type": "Resource", "ResourceChange": change })
    }
}

impl Detail {
    fn shown(&self, with_values: bool) -> Value {
        let mut target = json!({ "Attribute": self.attribute, "RequiresRecreation": self.recreation });
        if let Some(map) = target.as_object_mut() {
            if let Some(name) = &self.name {
                map.insert("Name".to_owned(), Value::from(name.clone()));
                map.insert("Path".to_owned(), Value::from(format!("/Properties/{name}")));
            }
            if with_values {
                let kind = match (&self.before, &self.after) {
                    (None, _) => "Add",
                    (_, None) => "Remove",
                    _ => "Modify",
                };
                map.insert("AttributeChangeType".to_owned(), Value::from(kind));
                for (key, value) in [("BeforeValue", &self.before), ("AfterValue", &self.after)] {
                    if let Some(value) = value {
                        map.insert(key.to_owned(), Value::from(value.clone()));
                    }
                }
            }
        }
        let mut shown = json!({
            "Target": target,
            "Evaluation": if self.dynamic { "Dynamic" } else { "Static" },
            "ChangeSource": self.source,
        });
        if let (Some(map), Some(entity)) = (shown.as_object_mut(), &self.causing_entity) {
            map.insert("CausingEntity".to_owned(), Value::from(entity.clone()));
        }
        shown
    }
}

/// What `definition` would change in `stack`, in the order of the template.
///
/// # Errors
/// AWS's text of a function that cannot be evaluated, or of a property that does not exist.
pub fn between(
    world: &mut World,
    place: &Place,
    stack: &Stack,
    definition: &Definition,
) -> Result<Vec<ResourceChange>, TemplateError> {
    let exports = world.services.cloudformation.at(place).export_values();
    let (mut references, mut attributes) = (stack.references(), stack.attributes());
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for name in ordered(definition) {
        let scope = Scope {
            template: &definition.template,
            parameters: &definition.parameters,
            place,
            stack_name: &stack.name,
            stack_id: &stack.id,
            notification_arns: &definition.notification_arns,
            exports: &exports,
            references: &references,
            attributes: &attributes,
            foreseen: true,
            imported: Default::default(),
        };
        let Some(written) = definition.template.resource(&name) else { continue };
        if !scope.exists(written.condition.as_ref())? {
            continue;
        }
        kept.push(name.clone());
        let (kind, properties) = wanted(&scope, stack, definition, &name)?;
        let current = stack
            .resource(&name)
            .filter(|one| one.physical_id.is_some() && one.status != ResourceStatus::DeleteComplete);
        let change = match current {
            None => Some(added(&name, kind, properties)),
            Some(current) => modified(current, kind, &properties, definition),
        };
        if let Some(change) = change {
            if change.action == Action::Add || change.replacement != Some(Replacement::False) {
                references.remove(&name);
                attributes.remove(&name);
            }
            changes.push(change);
        }
    }
    let position = |id: &str| definition.template.resources.iter().position(|(name, _)| name == id);
    changes.sort_by_key(|change| position(&change.logical_id));
    changes.extend(stack.resources.iter().filter(|one| !kept.contains(&one.logical_id)).filter_map(removed));
    Ok(changes)
}

/// The resources, those that others need first.
fn ordered(definition: &Definition) -> Vec<String> {
    let needs = graph::dependencies(&definition.template);
    let mut order: Vec<String> = Vec::new();
    while order.len() < needs.len() {
        let before = order.len();
        for (name, _) in &definition.template.resources {
            let ready = needs.get(name).is_none_or(|needed| needed.iter().all(|one| order.contains(one)));
            if ready && !order.contains(name) {
                order.push(name.clone());
            }
        }
        if order.len() == before {
            break;
        }
    }
    order
}

fn added(name: &str, kind: &ResourceType, properties: Value) -> ResourceChange {
    ResourceChange {
        action: Action::Add,
        logical_id: name.to_owned(),
        physical_id: None,
        kind: kind.name.to_owned(),
        replacement: None,
        policy_action: None,
        details: Vec::new(),
        before: None,
        after: Some(properties),
    }
}

fn removed(resource: &Resource) -> Option<ResourceChange> {
    if resource.physical_id.is_none() || resource.status == ResourceStatus::DeleteComplete {
        return None;
    }
    let policy = resource.deletion_policy.unwrap_or_default().as_str();
    Some(ResourceChange {
        action: Action::Remove,
        logical_id: resource.logical_id.clone(),
        physical_id: resource.physical_id.clone(),
        kind: resource.kind.clone(),
        replacement: None,
        policy_action: Some(policy.replace("ExceptOnCreate", "")),
        details: Vec::new(),
        before: Some(resource.properties.clone()),
        after: None,
    })
}

fn modified(
    current: &Resource,
    kind: &ResourceType,
    properties: &Value,
    definition: &Definition,
) -> Option<ResourceChange> {
    let written = definition.template.resource(&current.logical_id)?;
    let mut details: Vec<Detail> = differing(&current.properties, properties)
        .into_iter()
        .map(|name| property_detail(current, kind, properties, &written.properties, definition, name))
        .collect();
    if current.deletion_policy != written.deletion_policy {
        let text = |policy: Option<super::template::Retention>| policy.map(|one| one.as_str().to_owned());
        details.push(attribute_detail("DeletionPolicy", text(current.deletion_policy), text(written.deletion_policy)));
    }
    if current.update_replace_policy != written.update_replace_policy {
        details.push(attribute_detail(
            "UpdateReplacePolicy",
            Some(current.update_replace_policy.as_str().to_owned()),
            Some(written.update_replace_policy.as_str().to_owned()),
        ));
    }
    if details.is_empty() {
        return None;
    }
    let replacement = if details.iter().any(|detail| detail.recreation == "Always" && !detail.dynamic) {
        Replacement::True
    } else if details.iter().any(|detail| detail.recreation == "Always") {
        Replacement::Conditional
    } else {
        Replacement::False
    };
    Some(ResourceChange {
        action: Action::Modify,
        logical_id: current.logical_id.clone(),
        physical_id: current.physical_id.clone(),
        kind: current.kind.clone(),
        replacement: Some(replacement),
        policy_action: (replacement != Replacement::False).then(|| {
            if written.update_replace_policy.as_str() == "Delete" { "ReplaceAndDelete" } else { "ReplaceAndRetain" }
                .to_owned()
        }),
        details,
        before: Some(current.properties.clone()),
        after: Some(properties.clone()),
    })
}

fn attribute_detail(attribute: &str, before: Option<String>, after: Option<String>) -> Detail {
    Detail {
        attribute: attribute.to_owned(),
        name: None,
        before,
        after,
        recreation: "Never".to_owned(),
        dynamic: false,
        source: "DirectModification".to_owned(),
        causing_entity: None,
    }
}

fn property_detail(
    current: &Resource,
    kind: &ResourceType,
    properties: &Value,
    written: &Node,
    definition: &Definition,
    name: String,
) -> Detail {
    let shown = |value: Option<&Value>| value.map(|value| scalar(value).unwrap_or_else(|| value.to_string()));
    let after = shown(properties.get(&name));
    let replaces = kind.properties.iter().any(|property| property.name == name && property.change == Change::Replace);
    let is_tags = kind.tags == Some(name.as_str());
    let (source, causing_entity) = cause(written.get(&name), definition);
    Detail {
        attribute: if is_tags { "Tags" } else { "Properties" }.to_owned(),
        before: shown(current.properties.get(&name)),
        dynamic: after.as_ref().is_some_and(|text| text.contains(KNOWN_AFTER_APPLY)),
        after,
        recreation: if replaces { "Always" } else { "Never" }.to_owned(),
        source,
        causing_entity,
        name: (!is_tags).then_some(name),
    }
}

/// Where a changed value comes from: the template's own text, a parameter or another resource.
fn cause(node: Option<&Node>, definition: &Definition) -> (String, Option<String>) {
    let direct = ("DirectModification".to_owned(), None);
    let Some(node) = node else { return direct };
    if let Node::Call(Function::GetAtt, argument) = node
        && let Node::List(items) = &**argument
    {
        let path: Vec<String> = items.iter().filter_map(Node::scalar).collect();
        return ("ResourceAttribute".to_owned(), Some(path.join(".")));
    }
    let uses = Uses::of(node);
    let parameter = uses.references.iter().find(|name| definition.template.parameter(name).is_some());
    let resource = uses.references.iter().find(|name| definition.template.resource(name).is_some());
    match (parameter, resource) {
        (Some(name), _) => ("ParameterReference".to_owned(), Some(name.clone())),
        (None, Some(name)) => ("ResourceReference".to_owned(), Some(name.clone())),
        _ => direct,
    }
}

/// Whether the stack itself changes where no resource does: its outputs or its tags.
pub fn touches_stack(old: &Definition, new: &Definition) -> bool {
    old.template.outputs != new.template.outputs || old.tags != new.tags || output_values_move(old, new)
}

/// A parameter that an output shows has another value.
fn output_values_move(old: &Definition, new: &Definition) -> bool {
    let mut uses = Uses::default();
    for (_, output) in &new.template.outputs {
        uses.collect(&output.value);
    }
    let value = |definition: &Definition, name: &str| {
        definition.parameters.iter().find(|one| one.key == name).map(|one| one.value.clone())
    };
    uses.references.iter().any(|name| value(old, name) != value(new, name))
}

/// Names a resource that a change set takes over.
pub fn imported(name: &str, physical_id: &str, kind: &str, after: Value) -> ResourceChange {
    ResourceChange {
        action: Action::Import,
        logical_id: name.to_owned(),
        physical_id: Some(physical_id.to_owned()),
        kind: kind.to_owned(),
        replacement: None,
        policy_action: None,
        details: Vec::new(),
        before: None,
        after: Some(after),
    }
}

/// Whether `kind` is a type that can be imported.
pub fn importable(kind: &str) -> bool {
    resources::by_name(kind).is_some_and(|kind| kind.read.is_some() && kind.identifier.is_some())
}
