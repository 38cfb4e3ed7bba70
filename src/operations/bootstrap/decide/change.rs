//! A stack, and what happens to it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::LockRange;
use crate::pipeline::seen::stack::{AdoptedResource, Deployment, ResourceChange};

/// What happens to a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackAction {
    /// It is created.
    Create,
    /// Its change set is executed, and what no change set reaches is repaired.
    Update,
    /// Nothing.
    None,
    /// A dead one of ours is deleted, then it is created.
    Replace,
    /// The rollback of a failed update is continued.
    ContinueRollback,
    /// Somebody's operation is waited for; a dry run does not wait.
    Wait,
    /// A vault and its key that stand without a stack are adopted.
    Import,
    /// Something stands in the way; see the block.
    Blocked,
}

/// What stands in the way of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// Something changed by hand that no change set reaches: it is put back by the service's own call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// The stack is protected from deletion again.
    TerminationProtection,
    /// The function may run again: a cleanup that was stopped, or somebody, had paused it.
    ResumeFunction { arn: String },
    /// The vault is locked as the template says: CloudFormation does not read a vault's lock back.
    Lock {
        vault: String,
        /// What the lock admits.
        range: LockRange,
    },
}

impl Repair {
    /// The repair in words.
    pub fn text(&self) -> String {
        match self {
            Self::TerminationProtection => "turn termination protection on again".to_owned(),
            Self::Lock { vault, range } => {
                format!("lock backup vault {vault} again, for {} to {} days", range.min_days, range.max_days)
            }
            Self::ResumeFunction { arn } => {
                format!("let function {} run again (its concurrency is 0)", arn.rsplit(':').next().unwrap_or(arn))
            }
        }
    }
}

/// A stack, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackChange {
    pub environment: EnvironmentName,
    pub action: StackAction,
    /// Why it is this action, where the operator should know.
    pub reason: Option<String>,
    /// What stands in the way.
    pub block: Option<Block>,
    pub deployment: Deployment,
    pub changes: Vec<ResourceChange>,
    /// What no change set reaches.
    pub repairs: Vec<Repair>,
    /// Whether a change set of ours makes the difference.
    pub has_change_set: bool,
    /// What an import takes over.
    pub adopts: Vec<AdoptedResource>,
    /// Whether it is looked at again afterwards.
    pub goes_on: bool,
    /// Whether it is done before anything else is touched: what else stands shows why it may be done.
    pub goes_first: bool,
    /// The id of the stack that exists.
    pub stack_id: Option<String>,
    pub status: Option<String>,
    pub outputs: BTreeMap<String, String>,
    /// Vaults and keys that stand there without their stack.
    pub retained: Vec<String>,
}

impl StackChange {
    pub(super) fn block(&mut self, reason: impl Into<String>, remedy: impl Into<String>) {
        self.action = StackAction::Blocked;
        self.block = Some(Block { reason: reason.into(), remedy: remedy.into() });
    }
}
