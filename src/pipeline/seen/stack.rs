//! A CloudFormation stack, what it made, and what a change set would do with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// A stack as `DescribeStacks` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    pub name: String,
    /// Its id: an ARN that stays readable after deletion.
    pub id: String,
    pub status: StackStatus,
    pub status_reason: Option<String>,
    pub outputs: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected from deletion.
    pub termination_protection: bool,
    /// When it was last changed, or made.
    pub changed_at: Option<DateTime<Utc>>,
}

/// What is deployed under a stack's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub stack: String,
    pub template: String,
    pub parameters: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    /// The service role that CloudFormation acts as.
    pub role_arn: Option<String>,
}

/// An event of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEvent {
    pub id: String,
    /// The resource's logical id; the stack's name for the stack's own.
    pub logical_id: String,
    /// What it is in the service: a vault's name, a rule's name.
    pub physical_id: Option<String>,
    pub resource_type: String,
    /// `CREATE_FAILED`, … as AWS spells it.
    pub status: String,
    pub reason: Option<String>,
    pub at: Option<DateTime<Utc>>,
}

/// A resource of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackResource {
    pub logical_id: String,
    /// What it is in the service.
    pub physical_id: String,
    pub resource_type: String,
    pub status: String,
}

/// A stack's status, by what can be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StackStatus {
    /// `CREATE_COMPLETE`, `UPDATE_COMPLETE`, `UPDATE_ROLLBACK_COMPLETE`, `IMPORT_*_COMPLETE`: it can be updated.
    Updatable(String),
    /// An operation is under way.
    Busy(String),
    /// `ROLLBACK_COMPLETE`, `CREATE_FAILED`, `ROLLBACK_FAILED`, `DELETE_FAILED`: it can only be deleted.
    Dead(String),
    /// `REVIEW_IN_PROGRESS`: a change set made it, it counts as not existing.
    Review,
    /// `UPDATE_ROLLBACK_FAILED`: its rollback must be continued.
    RollbackStuck,
    /// `DELETE_COMPLETE`.
    Gone,
    /// A status that this version does not know.
    Other(String),
}

impl StackStatus {
    /// The status as AWS spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Updatable(word) | Self::Busy(word) | Self::Dead(word) | Self::Other(word) => word,
            Self::Review => "REVIEW_IN_PROGRESS",
            Self::RollbackStuck => "UPDATE_ROLLBACK_FAILED",
            Self::Gone => "DELETE_COMPLETE",
        }
    }
}

impl From<&str> for StackStatus {
    fn from(word: &str) -> Self {
        let own = word.to_owned();
        match word {
            "REVIEW_IN_PROGRESS" => Self::Review,
            "UPDATE_ROLLBACK_FAILED" => Self::RollbackStuck,
            "DELETE_COMPLETE" => Self::Gone,
            "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE"
            | "UPDATE_FAILED" => Self::Updatable(own),
            "ROLLBACK_COMPLETE" | "CREATE_FAILED" | "ROLLBACK_FAILED" | "DELETE_FAILED" | "IMPORT_ROLLBACK_FAILED" => {
                Self::Dead(own)
            }
            _ if word.ends_with("_IN_PROGRESS") => Self::Busy(own),
            _ => Self::Other(own),
        }
    }
}

/// A change to one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceChange {
    pub logical_id: String,
    pub resource_type: String,
    /// `Add`, `Modify`, `Remove`, … as AWS spells it.
    pub action: String,
    /// `True`, `False`, `Conditional`; none where AWS does not say.
    pub replacement: Option<String>,
    /// Its properties that change, where AWS names them.
    pub properties: Vec<PropertyChange>,
}

/// A change to one property of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyChange {
    /// Its name: `KeyPolicy`, `Tags`.
    pub name: String,
    /// What is there: the real value where AWS looked at it, else the one that was last deployed.
    pub before: Option<String>,
    /// What the template says.
    pub after: Option<String>,
}

/// How a change set came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeSet {
    /// Still being made.
    Pending,
    /// It can be executed.
    Ready(Vec<ResourceChange>),
    /// Nothing would change.
    Empty,
    /// It could not be made; AWS's reason.
    Failed(String),
}

/// What a change set compares its template with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// What is really there: a drift-aware change set (CloudFormation User Guide, "Using drift-aware change sets").
    Reality,
    /// Nothing: these resources, which stand without a stack, are taken over.
    Adoption(Vec<AdoptedResource>),
}

/// A resource that an import takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptedResource {
    /// Its logical id in the template.
    pub logical_id: String,
    pub resource_type: String,
    /// The property that identifies it, and its value.
    pub identifier: (String, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rolled_back_update_is_healthy_and_a_rolled_back_creation_is_dead() {
        assert!(matches!(StackStatus::from("UPDATE_ROLLBACK_COMPLETE"), StackStatus::Updatable(_)));
        assert!(matches!(StackStatus::from("ROLLBACK_COMPLETE"), StackStatus::Dead(_)));
        assert!(matches!(StackStatus::from("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), StackStatus::Busy(_)));
        assert_eq!(StackStatus::from("REVIEW_IN_PROGRESS"), StackStatus::Review);
    }
}
