//! Conditions: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`.

use serde_json::Value;

use super::functions::{Scope, scalar};
use super::template::{Function, Node, TemplateError};

impl Scope<'_> {
    /// Whether a named condition holds.
    ///
    /// # Errors
    /// AWS's text where it does not exist.
    pub fn condition(&self, name: &str) -> Result<bool, TemplateError> {
        match self.template.conditions.iter().find(|(known, _)| known == name) {
            Some((_, node)) => self.holds(node),
            None => Err(TemplateError::format(format!("Unresolved condition dependency {name}"))),
        }
    }

    /// Whether something under a condition exists.
    ///
    /// # Errors
    /// AWS's text where the condition does not exist.
    pub fn exists(&self, condition: Option<&String>) -> Result<bool, TemplateError> {
        condition.map_or(Ok(true), |name| self.condition(name))
    }

    /// Whether a condition function holds.
    pub(super) fn holds(&self, node: &Node) -> Result<bool, TemplateError> {
        let form = |name: &str, count: &str| {
            TemplateError(format!("Template error: every Fn::{name} object requires a list of {count} parameters."))
        };
        match node {
            Node::Map(entries) => match &entries[..] {
                [(key, Node::Text(name))] if key == "Condition" => self.condition(name),
                _ => Err(TemplateError::format(
                    "Conditions can only be boolean operations on parameters and other conditions",
                )),
            },
            Node::Call(Function::Condition, name) => self.condition(&name.scalar().unwrap_or_default()),
            Node::Call(Function::Equals, argument) => match &**argument {
                Node::List(items) if items.len() == 2 => {
                    Ok(comparable(self.resolve(&items[0])?) == comparable(self.resolve(&items[1])?))
                }
                _ => Err(form("Equals", "two string")),
            },
            Node::Call(Function::Not, argument) => match &**argument {
                Node::List(items) if items.len() == 1 => Ok(!self.holds(&items[0])?),
                _ => Err(form("Not", "one boolean")),
            },
            Node::Call(function @ (Function::And | Function::Or), argument) => match &**argument {
                Node::List(items) if (2..=10).contains(&items.len()) => {
                    let mut any = false;
                    let mut all = true;
                    for item in items {
                        let holds = self.holds(item)?;
                        any |= holds;
                        all &= holds;
                    }
                    Ok(if *function == Function::And { all } else { any })
                }
                _ => Err(form(if *function == Function::And { "And" } else { "Or" }, "2 to 10 boolean")),
            },
            _ => Err(TemplateError::format(
                "Conditions can only be boolean operations on parameters and other conditions",
            )),
        }
    }
}

/// `Fn::Equals` compares texts: `true` and `"true"` are equal.
fn comparable(value: Option<Value>) -> Option<Value> {
    value.map(|value| match scalar(&value) {
        Some(text) => Value::String(text),
        None => value,
    })
}
