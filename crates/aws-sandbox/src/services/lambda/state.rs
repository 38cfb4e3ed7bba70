//! What Lambda keeps in one place.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{Moment, Place};
use aws_policy::names::Arn;

/// What exists in one place: functions by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) functions: BTreeMap<String, Function>,
    #[serde(default)]
    log: VecDeque<Written>,
}

/// One line that a function wrote to its log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub at: Moment,
    /// The log group's name.
    pub group: String,
    /// The log stream's name.
    pub stream: String,
    pub message: String,
}

/// How many lines are kept in one place.
const LOG_LENGTH: usize = 2000;

impl State {
    /// The lines that functions of this place wrote, oldest first, bounded.
    pub fn written(&self) -> impl Iterator<Item = &Written> {
        self.log.iter()
    }

    pub(super) fn write(&mut self, line: Written) {
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }
}

/// One function, unpublished version only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Function {
    /// The configuration as the API spells it, without what is derived.
    pub(super) configuration: BTreeMap<String, Value>,
    pub(super) role: String,
    /// The text of the handler's file.
    pub(super) source: String,
    pub(super) code_sha256: String,
    pub(super) code_size: usize,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The resource policy's statements.
    pub(super) statements: Vec<Value>,
    pub(super) reserved_concurrency: Option<i64>,
    pub(super) event_invoke: Option<EventInvoke>,
    pub(super) created: Moment,
    pub(super) modified: Moment,
    pub(super) revision: String,
}

/// How asynchronous invocations are tried again, and what becomes of those that fail.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EventInvoke {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum_retry_attempts: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum_event_age_in_seconds: Option<i64>,
    #[serde(default)]
    pub(super) destination_config: Value,
    pub(super) last_modified: Moment,
}

impl EventInvoke {
    /// Where a failed event goes.
    pub(super) fn on_failure(&self) -> Option<&str> {
        self.destination_config["OnFailure"]["Destination"].as_str()
    }
}

/// A new function is `Pending` for a moment (AWS Lambda Developer Guide, "Lambda function states").
const PENDING_SECONDS: i64 = 2;

impl Function {
    pub(super) fn is_pending(&self, now: Moment) -> bool {
        now < self.created.plus_seconds(PENDING_SECONDS)
    }

    /// The resource policy, if there is one.
    pub(super) fn policy(&self) -> Option<String> {
        let document = json!({"Version": "2012-10-17", "Id": "default", "Statement": self.statements});
        (!self.statements.is_empty()).then(|| document.to_string())
    }
}

/// The function's name out of a name, a partial ARN or an ARN, with or without a qualifier.
pub(super) fn function_name(text: &str) -> &str {
    let rest =
        text.split_once(":function:").map_or_else(|| text.strip_prefix("function:").unwrap_or(text), |(_, rest)| rest);
    rest.split(':').next().unwrap_or(rest)
}

/// `arn:aws:lambda:us-west-2:111111111111:function:name`.
pub(super) fn function_arn(place: &Place, name: &str) -> String {
    let resource = format!("function:{name}");
    Arn::new(place.region.partition(), "lambda", place.region.as_str(), place.account.as_str(), resource).to_string()
}
