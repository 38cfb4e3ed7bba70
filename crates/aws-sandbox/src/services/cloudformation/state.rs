//! The stacks of one place, their exports and who imports them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::drift::Detection;
use super::stacks::Stack;

/// The stacks of one place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub stacks: BTreeMap<String, Stack>,
    /// The stack that each remembered client request token began, by operation and token.
    pub tokens: BTreeMap<String, String>,
    /// Runs of DetectStackDrift, by id.
    pub detections: BTreeMap<String, Detection>,
}

impl State {
    /// A stack by its name, where it is not deleted, or by its ARN.
    pub fn find(&self, name_or_id: &str) -> Option<&Stack> {
        if name_or_id.starts_with("arn:") {
            return self.stacks.get(name_or_id);
        }
        self.stacks.values().find(|stack| stack.name == name_or_id && stack.is_alive())
    }

    /// Whether a stack has this thing among its resources.
    pub fn has_resource(&self, kind: &str, physical_id: &str) -> bool {
        let mut existing = self.stacks.values().filter(|stack| stack.is_alive()).flat_map(Stack::existing);
        existing.any(|(resource, id)| resource.kind == kind && id == physical_id)
    }

    /// The same, to change it.
    pub fn find_mut(&mut self, name_or_id: &str) -> Option<&mut Stack> {
        let id = self.find(name_or_id)?.id.clone();
        self.stacks.get_mut(&id)
    }

    /// All exports, by name: the exporting stack's id and the value.
    pub fn exports(&self) -> BTreeMap<String, (String, String)> {
        let mut exports = BTreeMap::new();
        for stack in self.stacks.values().filter(|stack| stack.is_alive()) {
            for output in &stack.outputs {
                if let Some(name) = &output.export {
                    exports.insert(name.clone(), (stack.id.clone(), output.value.clone()));
                }
            }
        }
        exports
    }

    /// The values of all exports, by name.
    pub fn export_values(&self) -> BTreeMap<String, String> {
        self.exports().into_iter().map(|(name, (_, value))| (name, value)).collect()
    }

    /// The names of the stacks that import `export`.
    pub fn importers(&self, export: &str) -> Vec<String> {
        self.stacks
            .values()
            .filter(|stack| stack.is_alive())
            .filter(|stack| {
                let imports = stack.resources.iter().flat_map(|resource| &resource.imports);
                imports.chain(&stack.output_imports).any(|name| name == export)
            })
            .map(|stack| stack.name.clone())
            .collect()
    }
}
