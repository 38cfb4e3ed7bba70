//! A template's text, read from YAML or JSON into an ordered tree with its intrinsic functions.

use serde::{Deserialize, Serialize};
use serde_yaml_ng::Value as Yaml;

use super::template::TemplateError;

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
    /// Reads a tree from JSON, where the text begins with a brace, else from YAML.
    ///
    /// # Errors
    /// AWS's text of what is not well-formed.
    pub fn read(text: &str) -> Result<Self, TemplateError> {
        if text.trim_start().starts_with('{') {
            let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
                TemplateError::format(format!(
                    "JSON not well-formed. (line {}, column {})",
                    error.line(),
                    error.column()
                ))
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
