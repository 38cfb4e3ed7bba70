//! The errors that a service makes out of its model before it looks at its state.

use serde_json::Value;

use super::model::{Kind, Model, Protocol, Shape};
use crate::services::Service;
use crate::world::ServiceError;

/// One breach of the model.
struct Breach {
    /// The member's path in documents: `Tags.1.Key`.
    path: Vec<String>,
    kind: BreachKind,
}

enum BreachKind {
    Missing,
    Constraint { value: String, constraint: String },
    Type { expected: &'static str },
}

/// Checks an input against its shape.
///
/// # Errors
/// The first breach, in the form of the service.
pub fn validate(service: Service, model: &Model, shape: &Shape, input: &Value) -> Result<(), ServiceError> {
    let mut path = Vec::new();
    match check(model, shape, input, &mut path) {
        Ok(()) => Ok(()),
        Err(breach) => Err(say(service, model, &breach)),
    }
}

fn check(model: &Model, shape: &Shape, value: &Value, path: &mut Vec<String>) -> Result<(), Breach> {
    let breach = |path: &[String], kind| Err(Breach { path: path.to_vec(), kind });
    let mistyped = |path: &[String], expected| breach(path, BreachKind::Type { expected });
    match (shape.kind, value) {
        (Kind::Structure, Value::Object(members)) => {
            for name in &shape.required {
                if members.get(name).is_none_or(Value::is_null) {
                    path.push(name.clone());
                    return breach(path, BreachKind::Missing);
                }
            }
            for (name, value) in members {
                let Some(member) = shape.members.get(name) else { continue };
                path.push(name.clone());
                check(model, member.shape(model), value, path)?;
                path.pop();
            }
            Ok(())
        }
        (Kind::List, Value::Array(items)) => {
            length(shape, items.len(), value, path)?;
            let Some(of) = &shape.of else { return Ok(()) };
            for (index, item) in items.iter().enumerate() {
                path.push((index + 1).to_string());
                check(model, of.shape(model), item, path)?;
                path.pop();
            }
            Ok(())
        }
        (Kind::Map, Value::Object(entries)) => {
            length(shape, entries.len(), value, path)?;
            let Some(of) = &shape.value else { return Ok(()) };
            for (key, item) in entries {
                path.push(key.clone());
                check(model, of.shape(model), item, path)?;
                path.pop();
            }
            Ok(())
        }
        (Kind::String, Value::String(text)) => {
            length(shape, text.chars().count(), value, path)?;
            if let Some(values) = &shape.values
                && !values.contains(text)
            {
                let constraint = format!("Member must satisfy enum value set: [{}]", values.join(", "));
                return breach(path, BreachKind::Constraint { value: text.clone(), constraint });
            }
            if !shape.matches(text) {
                let pattern = shape.pattern.as_deref().unwrap_or_default();
                let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
                return breach(path, BreachKind::Constraint { value: text.clone(), constraint });
            }
            Ok(())
        }
        (Kind::Integer | Kind::Long, Value::Number(number)) if number.is_i64() || number.is_u64() => {
            range(shape, value, path)
        }
        (Kind::Integer | Kind::Long, Value::Number(number)) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => {
            range(shape, value, path)
        }
        (Kind::Float | Kind::Double, Value::Number(_)) => range(shape, value, path),
        (Kind::Boolean, Value::Bool(_)) | (Kind::Timestamp, Value::Number(_)) => Ok(()),
        (Kind::Blob | Kind::Character, Value::String(_)) => Ok(()),
        (Kind::Structure, _) => mistyped(path, "structure"),
        (Kind::List, _) => mistyped(path, "list"),
        (Kind::Map, _) => mistyped(path, "map"),
        (Kind::Integer | Kind::Long, _) => mistyped(path, "integer"),
        (Kind::Float | Kind::Double, _) => mistyped(path, "number"),
        (Kind::Boolean, _) => mistyped(path, "boolean"),
        (Kind::Timestamp, _) => mistyped(path, "timestamp"),
        (Kind::String | Kind::Blob | Kind::Character, _) => mistyped(path, "string"),
    }
}

fn length(shape: &Shape, length: usize, value: &Value, path: &[String]) -> Result<(), Breach> {
    let length = length as f64;
    let constraint = if shape.min.is_some_and(|min| length < min) {
        format!("Member must have length greater than or equal to {}", shape.min.unwrap_or_default())
    } else if shape.max.is_some_and(|max| length > max) {
        format!("Member must have length less than or equal to {}", shape.max.unwrap_or_default())
    } else {
        return Ok(());
    };
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Err(Breach { path: path.to_vec(), kind: BreachKind::Constraint { value, constraint } })
}

fn range(shape: &Shape, value: &Value, path: &[String]) -> Result<(), Breach> {
    let number = value.as_f64().unwrap_or_default();
    let constraint = if shape.min.is_some_and(|min| number < min) {
        format!("Member must have value greater than or equal to {}", shape.min.unwrap_or_default())
    } else if shape.max.is_some_and(|max| number > max) {
        format!("Member must have value less than or equal to {}", shape.max.unwrap_or_default())
    } else {
        return Ok(());
    };
    Err(Breach { path: path.to_vec(), kind: BreachKind::Constraint { value: value.to_string(), constraint } })
}

/// The breach in the service's own form.
///
/// The generic sentence ("1 validation error detected: …") is that of AWS's service framework, seen
/// from KMS, CloudFormation, IAM, EventBridge and Lambda alike. RDS has its own for missing parameters.
fn say(service: Service, model: &Model, breach: &Breach) -> ServiceError {
    let name = breach.path.join(".");
    let camel: Vec<String> = breach.path.iter().map(|part| lower_first(part)).collect();
    let camel = camel.join(".");
    let sentence = match &breach.kind {
        BreachKind::Missing => {
            format!(
                "1 validation error detected: Value null at '{camel}' failed to satisfy constraint: Member must not be null"
            )
        }
        BreachKind::Constraint { value, constraint } => {
            format!(
                "1 validation error detected: Value '{value}' at '{camel}' failed to satisfy constraint: {constraint}"
            )
        }
        BreachKind::Type { expected } => format!("The value of '{camel}' must be a {expected}"),
    };
    match (service, &breach.kind) {
        (Service::Backup, BreachKind::Missing) => {
            ServiceError::new("MissingParameterValueException", sentence).with("Code", "ERROR_2401")
        }
        (Service::Backup, _) => ServiceError::new("InvalidParameterValueException", sentence),
        (Service::CloudWatch, _) => ServiceError::new("ValidationError", sentence),
        // Lambda names what is out of bounds a ValidationException, and a word that it does not know
        // (a runtime) an invalid value.
        (Service::Lambda, BreachKind::Constraint { constraint, .. }) if !constraint.contains("enum value set") => {
            ServiceError::new("ValidationException", sentence)
        }
        (Service::Lambda, _) => ServiceError::new("InvalidParameterValueException", sentence),
        (Service::Logs, _) => ServiceError::new("InvalidParameterException", sentence),
        (Service::Organizations, _) => ServiceError::new("InvalidInputException", sentence),
        (Service::Rds, BreachKind::Missing) => {
            ServiceError::new("MissingParameter", format!("The request must contain the parameter {name}."))
        }
        (Service::Rds, _) => ServiceError::new("InvalidParameterValue", sentence),
        (Service::Sns, _) => ServiceError::new("InvalidParameter", format!("Invalid parameter: {sentence}")),
        (Service::Sqs, BreachKind::Missing) => {
            ServiceError::new("MissingParameter", format!("The request must contain the parameter {name}."))
        }
        (Service::Sqs, _) => ServiceError::new("InvalidParameterValue", sentence),
        _ if matches!(breach.kind, BreachKind::Type { .. }) && model.protocol == Protocol::Json => {
            ServiceError::new("SerializationException", sentence)
        }
        _ if model.protocol == Protocol::Query => ServiceError::new("ValidationError", sentence),
        _ => ServiceError::new("ValidationException", sentence),
    }
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase().to_string() + chars.as_str()).unwrap_or_default()
}
