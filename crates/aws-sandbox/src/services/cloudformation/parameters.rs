//! A template's parameters: their definitions, and the values that a caller gives them.

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::template::{Node, Template, TemplateError};

/// The longest value of a parameter, in bytes (CloudFormation User Guide, quotas).
const VALUE_LIMIT: usize = 4096;

/// What a parameter's value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// `String`, and the AWS-specific types, whose values are text.
    Text,
    /// `Number`.
    Number,
    /// `CommaDelimitedList` and `List<AWS::…>`.
    TextList,
    /// `List<Number>`.
    NumberList,
}

/// One parameter of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParameterDefinition {
    /// The type as it is written.
    pub type_name: String,
    pub kind: Type,
    pub default: Option<String>,
    pub description: Option<String>,
    pub no_echo: bool,
    pub allowed_values: Vec<String>,
    pub allowed_pattern: Option<String>,
    pub constraint_description: Option<String>,
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,
    pub min_value: Option<f64>,
    pub max_value: Option<f64>,
}

impl ParameterDefinition {
    /// Reads one definition.
    ///
    /// # Errors
    /// AWS's text where it is malformed.
    pub fn read(name: &str, node: &Node) -> Result<Self, TemplateError> {
        const KNOWN: &[&str] = &[
            "Type",
            "Default",
            "Description",
            "NoEcho",
            "AllowedValues",
            "AllowedPattern",
            "ConstraintDescription",
            "MinLength",
            "MaxLength",
            "MinValue",
            "MaxValue",
        ];
        if let Some((key, _)) = node.entries().iter().find(|(key, _)| !KNOWN.contains(&key.as_str())) {
            return Err(TemplateError(format!("Invalid template parameter property '{key}'")));
        }
        let text = |key: &str| node.get(key).and_then(Node::scalar);
        let Some(type_name) = text("Type") else {
            return Err(TemplateError::format(format!(
                "[/Parameters/{name}] Every Parameters object must contain a Type member."
            )));
        };
        let Some(kind) = read_type(&type_name) else {
            return Err(TemplateError::format(format!("Unrecognized parameter type: {type_name}")));
        };
        Ok(Self {
            kind,
            default: text("Default"),
            description: text("Description"),
            no_echo: text("NoEcho").is_some_and(|flag| flag.eq_ignore_ascii_case("true")),
            allowed_values: match node.get("AllowedValues") {
                Some(Node::List(items)) => items.iter().filter_map(Node::scalar).collect(),
                _ => Vec::new(),
            },
            allowed_pattern: text("AllowedPattern"),
            constraint_description: text("ConstraintDescription"),
            min_length: text("MinLength").and_then(|number| number.parse().ok()),
            max_length: text("MaxLength").and_then(|number| number.parse().ok()),
            min_value: text("MinValue").and_then(|number| number.parse().ok()),
            max_value: text("MaxValue").and_then(|number| number.parse().ok()),
            type_name,
        })
    }

    /// The elements of a list value.
    pub fn elements(value: &str) -> Vec<String> {
        if value.is_empty() { Vec::new() } else { value.split(',').map(|item| item.trim().to_owned()).collect() }
    }

    fn check(&self, name: &str, value: &str) -> Result<(), TemplateError> {
        let Some(text) = self.violation(name, value) else { return Ok(()) };
        Err(TemplateError(match &self.constraint_description {
            Some(description) => format!("Parameter {name} failed to satisfy constraint: {description}"),
            None => text,
        }))
    }

    fn violation(&self, name: &str, value: &str) -> Option<String> {
        if value.len() > VALUE_LIMIT {
            return Some(format!("Parameter '{name}' must contain at most {VALUE_LIMIT} bytes"));
        }
        let elements: Vec<String> = match self.kind {
            Type::Text | Type::Number => vec![value.to_owned()],
            Type::TextList | Type::NumberList => Self::elements(value),
        };
        if matches!(self.kind, Type::Number | Type::NumberList)
            && elements.iter().any(|element| element.trim().parse::<f64>().is_err())
        {
            return Some(format!("Parameter '{name}' must be a number"));
        }
        if !self.allowed_values.is_empty()
            && !elements.iter().all(|element| self.allowed_values.iter().any(|allowed| allowed == element))
        {
            return Some(format!("Parameter '{name}' must be one of AllowedValues"));
        }
        self.text_violation(name, value).or_else(|| self.number_violation(name, value))
    }

    fn text_violation(&self, name: &str, value: &str) -> Option<String> {
        if let Some(pattern) = &self.allowed_pattern
            && matches!(self.kind, Type::Text | Type::TextList)
        {
            // Each item of a list must match (CloudFormation User Guide, "CloudFormation template Parameters syntax").
            let items = if self.kind == Type::Text { vec![value.to_owned()] } else { Self::elements(value) };
            // The pattern must match the whole value, as Java's `matches` does.
            match Regex::new(&format!("^(?:{pattern})$")) {
                Ok(regex) if items.iter().all(|item| regex.is_match(item)) => {}
                Ok(_) => return Some(format!("Parameter '{name}' must match pattern {pattern}")),
                Err(_) => {
                    return Some(format!("Invalid value '{pattern}' for AllowedPattern of parameter '{name}'"));
                }
            }
        }
        let length = value.chars().count();
        if self.min_length.is_some_and(|least| length < least) {
            return self.min_length.map(|least| format!("Parameter '{name}' must contain at least {least} characters"));
        }
        if self.max_length.is_some_and(|most| length > most) {
            return self.max_length.map(|most| format!("Parameter '{name}' must contain at most {most} characters"));
        }
        None
    }

    fn number_violation(&self, name: &str, value: &str) -> Option<String> {
        if self.kind != Type::Number {
            return None;
        }
        let number: f64 = value.trim().parse().ok()?;
        match (self.min_value, self.max_value) {
            (Some(least), _) if number < least => {
                Some(format!("Parameter '{name}' must be a number not less than {least}"))
            }
            (_, Some(most)) if number > most => {
                Some(format!("Parameter '{name}' must be a number not greater than {most}"))
            }
            _ => None,
        }
    }
}

fn read_type(name: &str) -> Option<Type> {
    match name {
        "String" => Some(Type::Text),
        "Number" => Some(Type::Number),
        "CommaDelimitedList" | "List<String>" => Some(Type::TextList),
        "List<Number>" => Some(Type::NumberList),
        _ if name.starts_with("List<AWS::") => Some(Type::TextList),
        _ if name.starts_with("AWS::SSM::") => {
            tracing::warn!(parameter_type = name, "the sandbox has no Systems Manager parameters");
            None
        }
        _ if name.starts_with("AWS::") => Some(Type::Text),
        _ => None,
    }
}

/// One member of `Parameters` in a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Given {
    pub parameter_key: Option<String>,
    pub parameter_value: Option<String>,
    pub use_previous_value: Option<bool>,
}

/// One parameter with the value that the stack has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    pub key: String,
    pub value: String,
    pub no_echo: bool,
}

/// The values of all parameters of `template`: given, previous or default.
///
/// # Errors
/// AWS's text: unknown parameters, missing values, values that break a constraint.
pub fn bind(template: &Template, given: &[Given], previous: &[Parameter]) -> Result<Vec<Parameter>, TemplateError> {
    let unknown: Vec<&str> = given
        .iter()
        .filter_map(|one| one.parameter_key.as_deref())
        .filter(|key| template.parameter(key).is_none())
        .collect();
    if !unknown.is_empty() {
        return Err(TemplateError(format!("Parameters: [{}] do not exist in the template", unknown.join(", "))));
    }
    let mut bound = Vec::new();
    let mut missing = Vec::new();
    for (name, definition) in &template.parameters {
        let one = given.iter().find(|one| one.parameter_key.as_deref() == Some(name));
        let value = match one {
            Some(one) if one.use_previous_value == Some(true) => {
                match previous.iter().find(|parameter| parameter.key == *name) {
                    Some(parameter) => Some(parameter.value.clone()),
                    None => {
                        return Err(TemplateError(format!(
                            "Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a \
                             parameter key not in the previous template"
                        )));
                    }
                }
            }
            Some(one) => Some(one.parameter_value.clone().unwrap_or_default()),
            None => definition.default.clone(),
        };
        match value {
            None => missing.push(name.clone()),
            Some(value) => {
                definition.check(name, &value)?;
                bound.push(Parameter { key: name.clone(), value, no_echo: definition.no_echo });
            }
        }
    }
    if missing.is_empty() {
        Ok(bound)
    } else {
        Err(TemplateError(format!("Parameters: [{}] must have values", missing.join(", "))))
    }
}
