//! What somebody may order: what goes wrong, on what, how often.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use aws_policy::names::{AccountId, Region};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", rename_all_fields = "snake_case")]
pub enum Effect {
    /// The call is throttled.
    Throttle,
    /// The service fails (5xx) and has done nothing.
    ServerError,
    /// The connection breaks.
    ConnectionReset {
        /// Whether the service had carried the call out.
        side: Side,
    },
    /// The answer takes this much longer.
    SlowAnswer { seconds: u64 },
    /// The caller's credentials have expired.
    ExpiredCredentials,
    /// The caller may not do it.
    AccessDenied,
    /// The client's process ends.
    ProcessEnds {
        /// Whether the service had carried the call out.
        side: Side,
    },
    /// An event reaches no rule.
    LostEvent,
    /// An event comes twice.
    DuplicateEvent,
    /// An event comes later.
    LateEvent { seconds: u64 },
    /// A backup job fails.
    BackupJobFails { message: String },
    /// A copy job fails.
    CopyJobFails { message: String },
    /// A resource of a stack fails.
    StackResourceFails {
        /// The reason that its event shows.
        message: String,
    },
}

/// On which side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The service never sees it.
    Before,
    /// The service has carried it out, and nobody gets the answer.
    After,
}

/// Which kind of thing a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A client's call.
    Call,
    /// An event that reaches a bus.
    Event,
    /// A backup job that is about to run.
    BackupJob,
    /// A copy job that is about to run.
    CopyJob,
    /// A step of a stack.
    StackResource,
}

impl Effect {
    /// What it strikes.
    pub fn target(&self) -> Target {
        match self {
            Self::Throttle
            | Self::ServerError
            | Self::ConnectionReset { .. }
            | Self::SlowAnswer { .. }
            | Self::ExpiredCredentials
            | Self::AccessDenied
            | Self::ProcessEnds { .. } => Target::Call,
            Self::LostEvent | Self::DuplicateEvent | Self::LateEvent { .. } => Target::Event,
            Self::BackupJobFails { .. } => Target::BackupJob,
            Self::CopyJobFails { .. } => Target::CopyJob,
            Self::StackResourceFails { .. } => Target::StackResource,
        }
    }
}

/// How often a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Often {
    /// The next so many that match.
    Times(u64),
    /// So many of a hundred, drawn under the world's seed.
    Percent(u8),
    /// Each different one once: the same call again passes.
    EachOnce,
    /// Every one, until it is cleared.
    UntilCleared,
}

/// What a fault strikes; what is absent matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Matching {
    /// `backup:StartCopyJob`, with `*` and `?`; of an event `source:detail-type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The Region that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Any text of a call's input or of an event, a job's resource, a stack resource's logical id or
    /// type; with `*` and `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// One fault as it was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(flatten)]
    pub effect: Effect,
    #[serde(flatten)]
    pub matching: Matching,
    /// How many that match pass before it strikes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    #[serde(default = "once")]
    pub often: Often,
}

pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn once() -> Often {
    Often::Times(1)
}

impl Fault {
    /// Reads an order as `POST /_sandbox/inject` takes it.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it; a key that is not known is wrong.
    pub fn read(order: Value) -> Result<Self, String> {
        const KNOWN: &[&str] =
            &["fault", "side", "seconds", "message", "operation", "account", "region", "resource", "after", "often"];
        let unknown = order.as_object().and_then(|order| order.keys().find(|key| !KNOWN.contains(&key.as_str())));
        if let Some(key) = unknown {
            return Err(format!("`{key}` is none of {}", KNOWN.join(", ")));
        }
        serde_json::from_value(order).map_err(|error| error.to_string())
    }

    /// The next call, event, job or resource of any kind.
    pub fn next(effect: Effect) -> Self {
        Self { effect, matching: Matching::default(), after: 0, often: once() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_order_says_is_read_and_written_in_words() {
        let text = json!({"fault": "connection-reset", "side": "after", "operation": "backup:StartCopyJob",
            "account": "111111111111", "often": {"percent": 30}});
        let fault = Fault::read(text.clone()).expect("a fault");
        assert_eq!(serde_json::to_value(&fault).expect("JSON"), text);
        let least: Fault = serde_json::from_value(json!({"fault": "throttle"})).expect("a fault");
        assert_eq!(least, Fault::next(Effect::Throttle));
        for wrong in [json!({"fault": "thunder"}), json!({"fault": "throttle", "oftn": 1}), json!([])] {
            assert!(Fault::read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
