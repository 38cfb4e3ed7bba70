//! Holds what a service answers against its model: for tests.

use serde_json::Value;

use super::Service;
use crate::wire::model::{self, Kind, Model, Shape};

/// Asserts that an answer has only members that the model knows, of the kinds that it gives them,
/// and every required one.
pub(super) fn assert_conforms(service: Service, operation: &str, answer: &Value) {
    let model = model::of(service);
    let (_, row) = model.operation(operation).unwrap_or_else(|| panic!("{operation} is not in the model of {service}"));
    let mut wrong = Vec::new();
    compare(model, model.output(row), answer, operation, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn compare(model: &Model, shape: &Shape, value: &Value, path: &str, wrong: &mut Vec<String>) {
    if value.is_null() {
        return;
    }
    let fits = match shape.kind {
        Kind::Structure => return compare_members(model, shape, value, path, wrong),
        Kind::List => {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                if let Some(of) = &shape.of {
                    compare(model, of.shape(model), item, &format!("{path}[{index}]"), wrong);
                }
            }
            value.is_array()
        }
        Kind::Map => value.is_object(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double | Kind::Timestamp => value.is_number(),
        _ => value.is_string(),
    };
    // IAM says `Policy` here, as its documentation has it, whatever the model's enum.
    let is_known = |text: &str| path.ends_with(".PermissionsBoundaryType") && text == "Policy";
    let listed = |text: &str| shape.values.as_ref().is_none_or(|values| values.iter().any(|known| known == text));
    let allowed = value.as_str().is_none_or(|text| listed(text) || is_known(text));
    if !fits || !allowed {
        wrong.push(format!("{path}: {value} is not of its kind"));
    }
}

fn compare_members(model: &Model, shape: &Shape, value: &Value, path: &str, wrong: &mut Vec<String>) {
    let Some(members) = value.as_object() else {
        wrong.push(format!("{path}: {value} is no structure"));
        return;
    };
    for (name, value) in members {
        match shape.members.get(name) {
            Some(member) => compare(model, member.shape(model), value, &format!("{path}.{name}"), wrong),
            None => wrong.push(format!("{path}.{name}: not in the model")),
        }
    }
    let missing = shape.required.iter().filter(|name| members.get(*name).is_none_or(Value::is_null));
    wrong.extend(missing.map(|name| format!("{path}.{name}: required")));
}
