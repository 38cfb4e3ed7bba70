//! What happens, as it happens: typed, for whoever shows it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::pipeline::environment::EnvironmentName;

/// Something that happened. Emitted on change, not per poll.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A step of the operation begins.
    Step { message: String },
    /// A step ended well.
    StepDone { message: String },
    /// Worth knowing while it runs: something was passed over, retried, left.
    Note { message: String },
    /// A resource of a stack changed its status.
    Stack {
        environment: EnvironmentName,
        logical_id: String,
        resource_type: String,
        /// Its status, as AWS spells it.
        status: String,
        reason: Option<String>,
    },
    /// A copy job was seen in a new state.
    CopyJob {
        /// Where it copies to.
        environment: EnvironmentName,
        copy_job_id: String,
        resource_arn: String,
        /// The state, as AWS spells it.
        state: String,
    },
    /// A recovery point is gone, or was refused.
    RecoveryPoint {
        environment: EnvironmentName,
        recovery_point_arn: String,
        /// One of `deleted`, `failed`, `pending`.
        result: String,
    },
    /// The backup plan selects nothing any more: nothing is backed up.
    Unselected { environment: EnvironmentName },
    /// The event path of an environment is paused: copies start by hand only.
    Paused { environment: EnvironmentName },
    /// A wait begins.
    Waiting {
        what: String,
        /// How long at most.
        until: Option<DateTime<Utc>>,
        /// The command that resumes it.
        resume: String,
    },
}

/// Takes events. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Sink(Arc<dyn Fn(Event) + Send + Sync>);

impl Sink {
    /// A sink that hands every event on.
    pub fn new(take: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }

    /// A sink that drops everything.
    pub fn none() -> Self {
        Self::new(drop)
    }

    /// Hands an event on.
    pub fn emit(&self, event: Event) {
        (self.0)(event);
    }

    /// A step begins.
    pub fn step(&self, message: impl Into<String>) {
        self.emit(Event::Step { message: message.into() });
    }

    /// A step ended well.
    pub fn done(&self, message: impl Into<String>) {
        self.emit(Event::StepDone { message: message.into() });
    }

    /// Something worth knowing.
    pub fn note(&self, message: impl Into<String>) {
        self.emit(Event::Note { message: message.into() });
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}
