//! What a service answers when it does not do what it was asked.

use serde_json::{Map, Value};

use crate::services::Service;

/// An error in AWS's own words. The wire gives it its HTTP status and form from the service's model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// The code on the wire: `InvalidParameterValueException`, `NoSuchEntity`.
    pub code: String,
    pub message: String,
    /// Further members of the error's shape (`Context`, `Arn`).
    pub members: Map<String, Value>,
}

impl ServiceError {
    /// An error with a code and a text.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), members: Map::new() }
    }

    /// Adds a member of the error's shape.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// What AWS answers to an operation that it does not know; the log names what the sandbox lacks.
    pub fn unknown_operation(service: Service, operation: &str) -> Self {
        tracing::warn!(%service, operation, "the sandbox lacks this operation");
        Self::new("UnknownOperationException", String::new())
    }
}
