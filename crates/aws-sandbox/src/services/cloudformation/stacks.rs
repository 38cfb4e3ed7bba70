//! Stacks: what they are made of, and what is remembered of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::change_sets::ChangeSet;
use super::drift::ResourceDrift;
use super::functions::Scope;
use super::parameters::Parameter;
use super::run::{Run, Undo};
use super::template::{Retention, Template};
pub use crate::services::tags::Tag;
use crate::world::{Caller, Moment, Place, World};

/// An enum whose variants AWS writes in capitals.
macro_rules! in_capitals {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),* }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),* })
            }
        }
    };
}
pub(super) use in_capitals;

in_capitals! {
    /// The states of a stack (CloudFormation User Guide, "Stack status codes").
    StackStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        RollbackFailed = "ROLLBACK_FAILED",
        RollbackComplete = "ROLLBACK_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateComplete = "UPDATE_COMPLETE",
        UpdateFailed = "UPDATE_FAILED",
        UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
        UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
        UpdateRollbackCompleteCleanupInProgress = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
        ReviewInProgress = "REVIEW_IN_PROGRESS",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportComplete = "IMPORT_COMPLETE",
        ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
        ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
        ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
    }
}

impl StackStatus {
    /// Whether an operation is under way.
    pub fn is_busy(self) -> bool {
        self.to_string().ends_with("IN_PROGRESS") && self != StackStatus::ReviewInProgress
    }

    /// Whether a new update may begin (same page, and the errors of UpdateStack).
    pub fn is_updatable(self) -> bool {
        matches!(
            self,
            StackStatus::CreateComplete
                | StackStatus::UpdateComplete
                | StackStatus::UpdateRollbackComplete
                | StackStatus::ImportComplete
                | StackStatus::ImportRollbackComplete
                | StackStatus::CreateFailed
                | StackStatus::UpdateFailed
        )
    }
}

in_capitals! {
    /// The states of a resource of a stack.
    ResourceStatus {
        CreateInProgress = "CREATE_IN_PROGRESS",
        CreateFailed = "CREATE_FAILED",
        CreateComplete = "CREATE_COMPLETE",
        DeleteInProgress = "DELETE_IN_PROGRESS",
        DeleteFailed = "DELETE_FAILED",
        DeleteComplete = "DELETE_COMPLETE",
        DeleteSkipped = "DELETE_SKIPPED",
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        UpdateFailed = "UPDATE_FAILED",
        UpdateComplete = "UPDATE_COMPLETE",
        ImportInProgress = "IMPORT_IN_PROGRESS",
        ImportFailed = "IMPORT_FAILED",
        ImportComplete = "IMPORT_COMPLETE",
    }
}

in_capitals! {
    /// What happens to a stack that could not be made.
    OnFailure {
        Rollback = "ROLLBACK",
        Delete = "DELETE",
        DoNothing = "DO_NOTHING",
    }
}

/// Everything that a stack is told by its caller, and that a rollback puts back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// The template as it was handed in.
    pub text: String,
    pub template: Template,
    pub parameters: Vec<Parameter>,
    pub tags: Vec<Tag>,
    pub capabilities: Vec<String>,
    pub role_arn: Option<String>,
    pub notification_arns: Vec<String>,
}

/// One resource of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    pub logical_id: String,
    /// In the form `AWS::KMS::Key`.
    pub kind: String,
    /// What `Ref` gives, once it exists.
    pub physical_id: Option<String>,
    pub status: ResourceStatus,
    pub reason: Option<String>,
    pub changed: Moment,
    /// The properties as they were last applied, with the stack's tags.
    pub properties: Value,
    /// What `Fn::GetAtt` answers with.
    pub attributes: Map<String, Value>,
    pub metadata: Value,
    pub deletion_policy: Option<Retention>,
    pub update_replace_policy: Retention,
    /// The logical ids that it needs.
    pub needs: Vec<String>,
    /// The exports that it imports.
    pub imports: Vec<String>,
}

/// One event of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub at: Moment,
    pub logical_id: String,
    pub physical_id: String,
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
    pub properties: Option<String>,
    pub token: Option<String>,
}

/// One output of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Output {
    pub key: String,
    pub value: String,
    pub description: Option<String>,
    pub export: Option<String>,
}

/// The rest of an update whose rollback failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unfinished {
    pub before: Box<Definition>,
    pub undo: Vec<Undo>,
    pub leftovers: Vec<Resource>,
}

/// One stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stack {
    pub id: String,
    pub name: String,
    pub status: StackStatus,
    pub reason: Option<String>,
    pub created: Moment,
    pub updated: Option<Moment>,
    pub deleted: Option<Moment>,
    pub definition: Definition,
    pub resources: Vec<Resource>,
    pub outputs: Vec<Output>,
    pub on_failure: OnFailure,
    pub timeout_minutes: Option<i64>,
    pub termination_protection: bool,
    /// The stack policy's JSON text.
    pub policy: Option<String>,
    pub events: Vec<Event>,
    pub change_sets: Vec<ChangeSet>,
    /// The change set that made or last changed it.
    pub change_set_id: Option<String>,
    /// The operation under way.
    pub run: Option<Run>,
    /// Runs so far: tells a thing that is due for an operation long over.
    pub runs: u64,
    pub unfinished: Option<Unfinished>,
    /// The exports that its outputs import.
    pub output_imports: Vec<String>,
    /// What the last look at each resource gave.
    pub drift: BTreeMap<String, ResourceDrift>,
}

impl Stack {
    /// A resource by its logical id.
    pub fn resource(&self, logical_id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.logical_id == logical_id)
    }

    /// A resource by its logical id, to change it.
    pub fn resource_mut(&mut self, logical_id: &str) -> Option<&mut Resource> {
        self.resources.iter_mut().find(|resource| resource.logical_id == logical_id)
    }

    /// Whether it counts as existing under its name.
    pub fn is_alive(&self) -> bool {
        self.status != StackStatus::DeleteComplete
    }

    /// `Ref` of every resource that exists.
    pub fn references(&self) -> BTreeMap<String, Value> {
        self.existing().map(|(resource, id)| (resource.logical_id.clone(), Value::from(id))).collect()
    }

    /// `Fn::GetAtt` of every resource that exists.
    pub fn attributes(&self) -> BTreeMap<String, Map<String, Value>> {
        self.existing().map(|(resource, _)| (resource.logical_id.clone(), resource.attributes.clone())).collect()
    }

    /// The resources that exist, each with its physical id.
    pub fn existing(&self) -> impl Iterator<Item = (&Resource, &str)> {
        self.resources
            .iter()
            .filter(|resource| resource.status != ResourceStatus::DeleteComplete)
            .filter_map(|resource| Some((resource, resource.physical_id.as_deref()?)))
    }

    /// The tags that AWS puts on every resource of a stack, then the stack's own.
    pub fn tags_for(&self, logical_id: &str) -> Vec<Tag> {
        let system = [
            ("aws:cloudformation:stack-name", self.name.as_str()),
            ("aws:cloudformation:logical-id", logical_id),
            ("aws:cloudformation:stack-id", self.id.as_str()),
        ];
        let system = system.map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() });
        system.into_iter().chain(self.definition.tags.iter().cloned()).collect()
    }

    /// Names that can be evaluated in `definition`'s template.
    pub fn with_scope<T>(
        &self,
        place: &Place,
        definition: &Definition,
        exports: &BTreeMap<String, String>,
        foreseen: bool,
        use_scope: impl FnOnce(&Scope<'_>) -> T,
    ) -> T {
        let (references, attributes) = (self.references(), self.attributes());
        use_scope(&Scope {
            template: &definition.template,
            parameters: &definition.parameters,
            place,
            stack_name: &self.name,
            stack_id: &self.id,
            notification_arns: &definition.notification_arns,
            exports,
            references: &references,
            attributes: &attributes,
            foreseen,
            imported: Default::default(),
        })
    }

    /// Writes an event about the stack itself and takes over its status.
    pub fn turn(&mut self, world: &mut World, place: &Place, status: StackStatus, reason: Option<String>) {
        self.status = status;
        self.reason = reason.clone();
        let event = Event {
            id: world.ids.uuid(place, "stack-event"),
            at: world.now,
            logical_id: self.name.clone(),
            physical_id: self.id.clone(),
            kind: "AWS::CloudFormation::Stack".to_owned(),
            status: status.to_string(),
            reason,
            properties: None,
            token: self.run.as_ref().and_then(|run| run.token.clone()),
        };
        self.events.push(event);
    }

    /// Writes an event about a resource.
    pub fn note(&mut self, world: &mut World, place: &Place, resource: &Resource) {
        let draw = hex::encode(world.ids.draw(place, "resource-event"));
        let event = Event {
            id: format!("{}-{}-{}", resource.logical_id, resource.status, &draw[..12]),
            at: world.now,
            logical_id: resource.logical_id.clone(),
            physical_id: resource.physical_id.clone().unwrap_or_default(),
            kind: resource.kind.clone(),
            status: resource.status.to_string(),
            reason: resource.reason.clone(),
            properties: Some(resource.properties.to_string()),
            token: self.run.as_ref().and_then(|run| run.token.clone()),
        };
        self.events.push(event);
    }

    /// Gives a resource of the stack a status, and writes the event.
    pub fn mark(
        &mut self,
        world: &mut World,
        place: &Place,
        logical_id: &str,
        status: ResourceStatus,
        reason: Option<String>,
    ) {
        let Some(resource) = self.resource_mut(logical_id) else { return };
        resource.status = status;
        resource.reason = reason;
        resource.changed = world.now;
        let shown = resource.clone();
        self.note(world, place, &shown);
    }
}

/// Who acts for a stack: its caller, or its service role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Actor {
    pub caller: Caller,
    /// Whether this is the service role: then the calls carry no `aws:CalledVia`.
    pub is_role: bool,
}
