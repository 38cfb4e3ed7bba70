//! The condition keys of one request, and their values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Condition keys and values of one request. Keys compare without regard to case
/// (IAM User Guide, "Condition operators": "Condition context keys are not case-sensitive").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// No key at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets a multivalued key (`aws:TagKeys`, `backup:CopyTargets`).
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.0.insert(key.to_ascii_lowercase(), values.into_iter().collect());
        self
    }

    /// Sets a single-valued key in place.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), vec![value.into()]);
    }

    /// The values of a key; `None` where the request does not carry it.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.0.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }

    /// Adds every key of `other`; where both have one, `other` wins.
    pub fn extend(&mut self, other: &Context) {
        for (key, values) in &other.0 {
            self.0.insert(key.clone(), values.clone());
        }
    }
}
