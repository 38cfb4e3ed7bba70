//! What EventBridge keeps in one place: buses, their rules, the rules' targets.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::world::{Moment, Place};
use aws_policy::names::Arn;

/// The bus that every account has in every Region.
pub(super) const DEFAULT_BUS: &str = "default";

/// What exists in one place. The default bus is there without ever having been made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) default: Bus,
    pub(super) custom: BTreeMap<String, Bus>,
    /// The last events that reached a bus, oldest first: AWS keeps none, people who look on want them.
    #[serde(default)]
    pub(super) trail: VecDeque<SeenEvent>,
}

/// How many events are kept to be looked at.
pub(super) const TRAIL_LENGTH: usize = 20;

/// An event that reached a bus, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SeenEvent {
    pub at: Moment,
    /// In the form `aws.backup`.
    pub source: String,
    /// `Copy Job State Change`.
    pub detail_type: String,
    /// Where it happened: a forwarded event keeps its Region.
    pub region: String,
    /// The `state` or `status` of its detail.
    pub state: Option<String>,
    /// What it is about.
    pub resources: Vec<String>,
    /// The rules that took it.
    pub rules: Vec<String>,
}

/// One event bus.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Bus {
    pub(super) description: Option<String>,
    pub(super) kms_key: Option<String>,
    /// The resource policy's statements, as JSON objects.
    pub(super) statements: Vec<Value>,
    pub(super) created: Moment,
    pub(super) modified: Moment,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) rules: BTreeMap<String, Rule>,
}

/// Whether a rule works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum RuleState {
    #[default]
    #[serde(rename = "ENABLED")]
    Enabled,
    #[serde(rename = "DISABLED")]
    Disabled,
    #[serde(rename = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")]
    EnabledWithManagementEvents,
}

/// One rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Rule {
    pub(super) pattern: Option<String>,
    pub(super) schedule: Option<String>,
    pub(super) state: RuleState,
    pub(super) description: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) created_by: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) targets: Vec<Target>,
    /// Counts the changes of the schedule: an older clock entry finds that it is none any more.
    pub(super) generation: u64,
}

/// One target, with the members that other kinds of targets take kept as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_transformer: Option<InputTransformer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dead_letter_config: Option<DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_policy: Option<RetryPolicy>,
    #[serde(flatten)]
    pub(super) other: Map<String, Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InputTransformer {
    pub(super) input_paths_map: BTreeMap<String, String>,
    pub(super) input_template: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct DeadLetterConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RetryPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum_retry_attempts: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum_event_age_in_seconds: Option<i64>,
}

impl State {
    pub(super) fn bus(&self, name: &str) -> Option<&Bus> {
        if name == DEFAULT_BUS { Some(&self.default) } else { self.custom.get(name) }
    }

    pub(super) fn bus_mut(&mut self, name: &str) -> Option<&mut Bus> {
        if name == DEFAULT_BUS { Some(&mut self.default) } else { self.custom.get_mut(name) }
    }

    /// All buses with their names, the default one first.
    pub(super) fn buses(&self) -> impl Iterator<Item = (&str, &Bus)> {
        let custom = self.custom.iter().map(|(name, bus)| (name.as_str(), bus));
        std::iter::once((DEFAULT_BUS, &self.default)).chain(custom)
    }
}

impl Bus {
    /// The bus's resource policy, if it has one.
    pub(super) fn policy(&self) -> Option<String> {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": self.statements});
        (!self.statements.is_empty()).then(|| document.to_string())
    }
}

/// A bus's name out of a name or an ARN.
pub(super) fn bus_name(name_or_arn: Option<&str>) -> &str {
    let text = name_or_arn.unwrap_or(DEFAULT_BUS);
    text.split_once(":event-bus/").map_or(text, |(_, name)| name)
}

/// `arn:aws:events:us-east-1:111111111111:event-bus/default`.
pub(super) fn bus_arn(place: &Place, bus: &str) -> String {
    arn(place, format!("event-bus/{bus}"))
}

/// `…:rule/name` on the default bus, `…:rule/bus/name` on another.
pub(super) fn rule_arn(place: &Place, bus: &str, rule: &str) -> String {
    if bus == DEFAULT_BUS { arn(place, format!("rule/{rule}")) } else { arn(place, format!("rule/{bus}/{rule}")) }
}

fn arn(place: &Place, resource: String) -> String {
    Arn::new(place.region.partition(), "events", place.region.as_str(), place.account.as_str(), resource).to_string()
}
