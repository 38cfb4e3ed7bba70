//! The intrinsic functions: turns a piece of a template into plain JSON.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::parameters::{Parameter, ParameterDefinition, Type};
use super::template::{Function, Node, Template, TemplateError};
use crate::world::Place;
use aws_policy::names::Region;

/// What AWS writes for a value that only comes to be when the change set is executed.
pub const KNOWN_AFTER_APPLY: &str = "{{changeSet:KNOWN_AFTER_APPLY}}";

/// What a template's functions can reach.
pub struct Scope<'a> {
    pub template: &'a Template,
    pub parameters: &'a [Parameter],
    pub place: &'a Place,
    pub stack_name: &'a str,
    pub stack_id: &'a str,
    pub notification_arns: &'a [String],
    /// Exported values of the place, by name.
    pub exports: &'a BTreeMap<String, String>,
    /// `Ref` of each resource that exists.
    pub references: &'a BTreeMap<String, Value>,
    /// `Fn::GetAtt` of each resource that exists.
    pub attributes: &'a BTreeMap<String, Map<String, Value>>,
    /// Whether a resource that does not exist yet is [`KNOWN_AFTER_APPLY`] instead of an error.
    pub foreseen: bool,
    /// The exports that were imported so far.
    pub imported: RefCell<Vec<String>>,
}

type Resolved = Result<Option<Value>, TemplateError>;

impl Scope<'_> {
    /// The value of `node`; nothing where it is `AWS::NoValue`.
    ///
    /// # Errors
    /// AWS's text.
    pub fn resolve(&self, node: &Node) -> Resolved {
        Ok(Some(match node {
            Node::Null => Value::Null,
            Node::Bool(flag) => Value::Bool(*flag),
            Node::Number(text) => number(text),
            Node::Text(text) => Value::String(text.clone()),
            Node::List(items) => Value::Array(self.resolve_all(items)?),
            Node::Map(entries) => {
                let mut map = Map::new();
                for (key, node) in entries {
                    if let Some(value) = self.resolve(node)? {
                        map.insert(key.clone(), value);
                    }
                }
                Value::Object(map)
            }
            Node::Call(function, argument) => return self.call(*function, argument),
        }))
    }

    fn resolve_all(&self, items: &[Node]) -> Result<Vec<Value>, TemplateError> {
        let mut values = Vec::new();
        for item in items {
            values.extend(self.resolve(item)?);
        }
        Ok(values)
    }

    /// The value of `node` as text.
    ///
    /// # Errors
    /// Where it is no scalar.
    pub fn text(&self, node: &Node, what: &str) -> Result<String, TemplateError> {
        self.resolve(node)?.as_ref().and_then(scalar).ok_or_else(|| TemplateError(format!("Template error: {what}")))
    }

    fn call(&self, function: Function, argument: &Node) -> Resolved {
        let value = match function {
            Function::Ref => return self.reference(argument),
            Function::If => return self.choose(argument),
            Function::Sub => Value::String(self.substitute(argument)?),
            Function::GetAtt => self.attribute(argument)?,
            Function::Join => self.join(argument)?,
            Function::Select => self.select(argument)?,
            Function::Split => self.split(argument)?,
            Function::Equals | Function::And | Function::Or | Function::Not | Function::Condition => {
                Value::Bool(self.holds(&Node::Call(function, Box::new(argument.clone())))?)
            }
            Function::FindInMap => self.find_in_map(argument)?,
            Function::ImportValue => self.import(argument)?,
            Function::GetAZs => self.zones(argument)?,
            Function::Base64 => {
                let text = self.text(argument, "every Fn::Base64 object must have a String-typed value.")?;
                Value::String(STANDARD.encode(text))
            }
            Function::Cidr => {
                tracing::warn!("the sandbox lacks Fn::Cidr");
                return Err(TemplateError("Template error: the sandbox lacks Fn::Cidr".to_owned()));
            }
        };
        Ok(Some(value))
    }

    fn reference(&self, argument: &Node) -> Resolved {
        let Some(name) = argument.scalar() else {
            return Err(TemplateError::format("Every Ref object must have a single String value."));
        };
        self.named(&name)
    }

    fn named(&self, name: &str) -> Resolved {
        if let Some(value) = self.pseudo(name) {
            return Ok(value);
        }
        if let Some(definition) = self.template.parameter(name) {
            let value = self.parameters.iter().find(|parameter| parameter.key == name).map(|one| one.value.as_str());
            return Ok(Some(match definition.kind {
                Type::Text | Type::Number => Value::String(value.unwrap_or_default().to_owned()),
                Type::TextList | Type::NumberList => {
                    Value::from(ParameterDefinition::elements(value.unwrap_or_default()))
                }
            }));
        }
        match self.references.get(name) {
            Some(value) => Ok(Some(value.clone())),
            None if self.foreseen && self.template.resource(name).is_some() => {
                Ok(Some(Value::String(KNOWN_AFTER_APPLY.to_owned())))
            }
            None => Err(TemplateError::format(format!(
                "Unresolved resource dependencies [{name}] in the Resources block of the template"
            ))),
        }
    }

    /// A pseudo parameter; the inner nothing is `AWS::NoValue`.
    fn pseudo(&self, name: &str) -> Option<Option<Value>> {
        let region = self.place.region.as_str();
        Some(Some(Value::String(match name {
            "AWS::NoValue" => return Some(None),
            "AWS::NotificationARNs" => return Some(Some(Value::from(self.notification_arns.to_vec()))),
            "AWS::AccountId" => self.place.account.to_string(),
            "AWS::Region" => region.to_owned(),
            "AWS::Partition" => self.place.region.partition().to_string(),
            "AWS::StackName" => self.stack_name.to_owned(),
            "AWS::StackId" => self.stack_id.to_owned(),
            "AWS::URLSuffix" => if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }.to_owned(),
            _ => return None,
        })))
    }

    fn attribute(&self, argument: &Node) -> Result<Value, TemplateError> {
        let Node::List(items) = argument else {
            return Err(TemplateError::format(
                "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
            ));
        };
        let (Some(resource), Some(attribute)) = (items.first().and_then(Node::scalar), items.get(1)) else {
            return Err(TemplateError::format(
                "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
            ));
        };
        let attribute = self.text(attribute, "Fn::GetAtt object requires two non-empty parameters")?;
        self.attribute_of(&resource, &attribute)
    }

    fn attribute_of(&self, resource: &str, attribute: &str) -> Result<Value, TemplateError> {
        if let Some(known) = self.attributes.get(resource) {
            return known.get(attribute).cloned().ok_or_else(|| {
                TemplateError(format!(
                    "Template error: resource {resource} does not support attribute type {attribute} in Fn::GetAtt"
                ))
            });
        }
        if self.foreseen && self.template.resource(resource).is_some() {
            return Ok(Value::String(KNOWN_AFTER_APPLY.to_owned()));
        }
        Err(TemplateError(format!("Template error: instance of Fn::GetAtt references undefined resource {resource}")))
    }

    fn substitute(&self, argument: &Node) -> Result<String, TemplateError> {
        const FORM: &str = "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string \
                            as first argument, and an optional second argument to specify a mapping of values to \
                            replace in the string";
        let (text, own) = match argument {
            Node::List(items) if items.len() == 2 => (items.first().and_then(Node::scalar), items[1].entries()),
            other => (other.scalar(), &[][..]),
        };
        let text = text.ok_or_else(|| TemplateError(format!("Template error: {FORM}")))?;
        let mut result = String::with_capacity(text.len());
        for piece in pieces(&text) {
            match piece {
                Piece::Plain(plain) => result.push_str(plain),
                Piece::Name(name) => {
                    let value = match own.iter().find(|(known, _)| *known == name) {
                        Some((_, node)) => self.resolve(node)?,
                        None => match name.split_once('.') {
                            Some((resource, attribute)) => Some(self.attribute_of(resource, attribute)?),
                            None => self.named(name)?,
                        },
                    };
                    let value = value.as_ref().and_then(scalar).ok_or_else(|| {
                        TemplateError(format!(
                            "Template error: variable {name} in Fn::Sub expression does not resolve to a string"
                        ))
                    })?;
                    result.push_str(&value);
                }
            }
        }
        Ok(result)
    }

    fn join(&self, argument: &Node) -> Result<Value, TemplateError> {
        const FORM: &str = "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of \
                            strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to \
                            be joined.";
        let form = || TemplateError(format!("Template error: {FORM}"));
        let Node::List(items) = argument else { return Err(form()) };
        let [Node::Text(delimiter), list] = &items[..] else { return Err(form()) };
        let list = match self.resolve(list)? {
            Some(Value::Array(values)) => values,
            Some(Value::String(text)) if text == KNOWN_AFTER_APPLY => return Ok(Value::String(text)),
            _ => return Err(form()),
        };
        let texts: Option<Vec<String>> = list.iter().map(scalar).collect();
        texts.map(|texts| Value::String(texts.join(delimiter))).ok_or_else(form)
    }

    fn select(&self, argument: &Node) -> Result<Value, TemplateError> {
        let form = || {
            TemplateError(
                "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
                    .to_owned(),
            )
        };
        let Node::List(items) = argument else { return Err(form()) };
        let [index, list] = &items[..] else { return Err(form()) };
        let index: usize = self.text(index, "Fn::Select requires an integer index")?.parse().map_err(|_| form())?;
        match self.resolve(list)? {
            Some(Value::Array(values)) => values.get(index).cloned().ok_or_else(|| {
                TemplateError(format!("Template error: Fn::Select cannot select nonexistent value at index {index}"))
            }),
            Some(Value::String(text)) if text == KNOWN_AFTER_APPLY => Ok(Value::String(text)),
            _ => Err(form()),
        }
    }

    fn split(&self, argument: &Node) -> Result<Value, TemplateError> {
        let form = || {
            TemplateError(
                "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a \
                 string to be split or a function that returns a string to be split."
                    .to_owned(),
            )
        };
        let Node::List(items) = argument else { return Err(form()) };
        let [Node::Text(delimiter), text] = &items[..] else { return Err(form()) };
        let text = self.resolve(text)?.as_ref().and_then(scalar).ok_or_else(form)?;
        if delimiter.is_empty() {
            return Err(form());
        }
        if text.contains(KNOWN_AFTER_APPLY) {
            return Ok(Value::String(KNOWN_AFTER_APPLY.to_owned()));
        }
        Ok(Value::from(text.split(delimiter.as_str()).map(str::to_owned).collect::<Vec<_>>()))
    }

    fn choose(&self, argument: &Node) -> Resolved {
        let form = || TemplateError("Template error: Fn::If requires a list argument with three elements".to_owned());
        let Node::List(items) = argument else { return Err(form()) };
        let [Node::Text(condition), yes, no] = &items[..] else { return Err(form()) };
        if self.condition(condition)? { self.resolve(yes) } else { self.resolve(no) }
    }

    fn find_in_map(&self, argument: &Node) -> Result<Value, TemplateError> {
        let form = || {
            TemplateError(
                "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the \
                 attribute for return value"
                    .to_owned(),
            )
        };
        let Node::List(items) = argument else { return Err(form()) };
        let [map, first, second] = &items[..] else { return Err(form()) };
        let what = "Fn::FindInMap parameters must be strings";
        let (map, first, second) = (self.text(map, what)?, self.text(first, what)?, self.text(second, what)?);
        let found = self
            .template
            .mappings
            .iter()
            .find(|(name, _)| *name == map)
            .and_then(|(_, node)| node.get(&first)?.get(&second));
        match found {
            Some(node) => Ok(self.resolve(node)?.unwrap_or(Value::Null)),
            None => Err(TemplateError(format!("Template error: Unable to get mapping for {map}::{first}::{second}"))),
        }
    }

    fn import(&self, argument: &Node) -> Result<Value, TemplateError> {
        let name = self
            .text(argument, "the attribute in Fn::ImportValue must be a string or a function that returns a string")?;
        match self.exports.get(&name) {
            Some(value) => {
                self.imported.borrow_mut().push(name);
                Ok(Value::String(value.clone()))
            }
            None => Err(TemplateError(format!("No export named {name} found."))),
        }
    }

    fn zones(&self, argument: &Node) -> Result<Value, TemplateError> {
        let given = self.text(argument, "every Fn::GetAZs object must have a String-typed value.")?;
        let region = if given.is_empty() { self.place.region.to_string() } else { given };
        let region: Region = region
            .parse()
            .map_err(|_| TemplateError(format!("Template error: Fn::GetAZs cannot find Region {region}")))?;
        Ok(Value::from(["a", "b", "c"].map(|zone| format!("{region}{zone}")).to_vec()))
    }
}

/// Numbers stay numbers only where JSON gives the same text back: `012345678901` does not.
fn number(text: &str) -> Value {
    match serde_json::from_str::<serde_json::Number>(text) {
        Ok(number) if number.to_string() == text => Value::Number(number),
        _ => Value::String(text.to_owned()),
    }
}

/// A scalar as text.
pub fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

enum Piece<'a> {
    Plain(&'a str),
    Name(&'a str),
}

/// Cuts the text of `Fn::Sub` at its `${names}`; `${!literal}` is the plain text `${literal}`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let inner = &rest[start + 2..start + length];
        pieces.push(Piece::Plain(&rest[..start]));
        match inner.strip_prefix('!') {
            Some(_) => {
                pieces.push(Piece::Plain("${"));
                pieces.push(Piece::Plain(&rest[start + 3..=start + length]));
            }
            None => pieces.push(Piece::Name(inner.trim())),
        }
        rest = &rest[start + length + 1..];
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The names that a text of `Fn::Sub` asks for.
pub fn sub_names(text: &str) -> Vec<String> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.to_owned()),
            Piece::Plain(_) => None,
        })
        .collect()
}
