//! What can be done with a stack, by its status.

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
