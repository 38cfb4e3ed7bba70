//! What is done about a stack in each of CloudFormation's states. `docs/stacks.md` shows the same table.

/// What is done about a stack of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It is created; where its vault stands already, vault and key are adopted.
    Create,
    /// A change set says what would change; nothing where it is empty.
    Update,
    /// It is deleted and created again, after consent; never while it holds a vault with recovery points.
    Replace,
    /// Its rollback is continued, after consent; then it is looked at again.
    ContinueRollback,
    /// Somebody's operation is waited for; then it is looked at again.
    Wait,
}

impl Course {
    /// The course as the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create, or import",
            Self::Update => "update, or none",
            Self::Replace => "replace",
            Self::ContinueRollback => "continue-rollback",
            Self::Wait => "wait",
        }
    }
}

/// A state, the course, and why it is this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// As AWS spells it.
    pub status: &'static str,
    pub course: Course,
    pub why: &'static str,
}

const fn state(status: &'static str, course: Course, why: &'static str) -> State {
    State { status, course, why }
}

/// Every state (CloudFormation User Guide, "Stack status codes").
pub const STATES: &[State] = &[
    state("CREATE_COMPLETE", Course::Update, "healthy"),
    state("UPDATE_COMPLETE", Course::Update, "healthy"),
    state("UPDATE_ROLLBACK_COMPLETE", Course::Update, "healthy: the update failed, the stack is as it was before"),
    state("UPDATE_FAILED", Course::Update, "an update that was not rolled back; another one mends it"),
    state("IMPORT_COMPLETE", Course::Update, "healthy: what it lacks is added"),
    state("IMPORT_ROLLBACK_COMPLETE", Course::Update, "healthy: the import failed, the stack is as it was before"),
    state("DELETE_COMPLETE", Course::Create, "it is gone"),
    state("REVIEW_IN_PROGRESS", Course::Replace, "empty: a change set made it and nobody executed it"),
    state("ROLLBACK_COMPLETE", Course::Replace, "its creation failed; it can only be deleted"),
    state(
        "ROLLBACK_FAILED",
        Course::Replace,
        "its creation failed, and so did the cleaning up; it can only be deleted",
    ),
    state("CREATE_FAILED", Course::Replace, "its creation failed and was not rolled back"),
    state("DELETE_FAILED", Course::Replace, "its deletion failed; it can only be deleted"),
    state("IMPORT_ROLLBACK_FAILED", Course::Replace, "its import failed, and so did the way back"),
    state(
        "UPDATE_ROLLBACK_FAILED",
        Course::ContinueRollback,
        "the way back got stuck; no update may begin before it ended",
    ),
    state("CREATE_IN_PROGRESS", Course::Wait, "somebody creates it"),
    state("ROLLBACK_IN_PROGRESS", Course::Wait, "its creation failed and is taken back"),
    state("UPDATE_IN_PROGRESS", Course::Wait, "somebody updates it"),
    state("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Course::Wait, "what an update left over goes"),
    state("UPDATE_ROLLBACK_IN_PROGRESS", Course::Wait, "an update failed and is taken back"),
    state("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Course::Wait, "what a failed update left over goes"),
    state("DELETE_IN_PROGRESS", Course::Wait, "somebody deletes it"),
    state("IMPORT_IN_PROGRESS", Course::Wait, "somebody imports into it"),
    state("IMPORT_ROLLBACK_IN_PROGRESS", Course::Wait, "an import failed and is taken back"),
];

/// The state of that name; none where this version does not know it.
pub fn state_of(status: &str) -> Option<&'static State> {
    STATES.iter().find(|state| state.status == status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::cloudformation::StackStatus;

    #[test]
    fn the_documentation_shows_this_table() {
        let page = include_str!("../../../docs/stacks.md");
        let rows: Vec<[String; 3]> = page
            .lines()
            .filter(|line| line.starts_with("| `") && line.contains("_"))
            .map(|line| {
                let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
                [cells[0].trim_matches('`').to_owned(), cells[1].to_owned(), cells[2].to_owned()]
            })
            .collect();
        let table: Vec<[String; 3]> = STATES
            .iter()
            .map(|state| [state.status.to_owned(), state.course.as_str().to_owned(), state.why.to_owned()])
            .collect();
        assert_eq!(rows, table);
    }

    #[test]
    fn what_is_waited_for_is_what_is_under_way() {
        for state in STATES {
            let busy = matches!(StackStatus::from(state.status), StackStatus::Busy(_));
            assert_eq!(busy, state.course == Course::Wait, "{}", state.status);
        }
    }

    /// `StackStatus` of the API (botocore, cloudformation/2010-05-15/service-2.json).
    #[test]
    fn every_state_of_the_api_has_its_row() {
        use aws_status::ALL;
        for status in ALL {
            assert!(state_of(status).is_some(), "{status}");
        }
        assert_eq!(STATES.len(), ALL.len());
    }

    mod aws_status {
        pub(super) const ALL: [&str; 23] = [
            "CREATE_IN_PROGRESS",
            "CREATE_FAILED",
            "CREATE_COMPLETE",
            "ROLLBACK_IN_PROGRESS",
            "ROLLBACK_FAILED",
            "ROLLBACK_COMPLETE",
            "DELETE_IN_PROGRESS",
            "DELETE_FAILED",
            "DELETE_COMPLETE",
            "UPDATE_IN_PROGRESS",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_COMPLETE",
            "UPDATE_FAILED",
            "UPDATE_ROLLBACK_IN_PROGRESS",
            "UPDATE_ROLLBACK_FAILED",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE",
            "REVIEW_IN_PROGRESS",
            "IMPORT_IN_PROGRESS",
            "IMPORT_COMPLETE",
            "IMPORT_ROLLBACK_IN_PROGRESS",
            "IMPORT_ROLLBACK_FAILED",
            "IMPORT_ROLLBACK_COMPLETE",
        ];
    }
}
