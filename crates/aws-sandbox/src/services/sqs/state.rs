//! What SQS keeps in one place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Texts;
use crate::world::Moment;

/// A queue's name.
pub(super) type QueueName = String;

/// What exists in one place: queues by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) queues: BTreeMap<QueueName, Queue>,
    /// When queues were deleted: their names are free again a minute later.
    #[serde(default)]
    pub(super) deleted: BTreeMap<QueueName, Moment>,
}

/// One standard queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Queue {
    /// The attributes that were set, as texts.
    pub(super) attributes: Texts,
    pub(super) tags: Texts,
    pub(super) created: Moment,
    pub(super) modified: Moment,
    #[serde(default)]
    pub(super) purged: Option<Moment>,
    /// In the order of their sending.
    pub(super) messages: Vec<Message>,
}

/// One message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
    /// As the API has them: name to `{DataType, StringValue}`.
    #[serde(default)]
    pub(super) attributes: Map<String, Value>,
    /// `AWSTraceHeader` and the like.
    #[serde(default)]
    pub(super) system: Map<String, Value>,
    pub(super) sender: String,
    pub(super) sent: Moment,
    /// From when on it can be received.
    pub(super) visible: Moment,
    pub(super) receives: i64,
    #[serde(default)]
    pub(super) first_received: Option<Moment>,
    /// The handle of the last receive.
    #[serde(default)]
    pub(super) receipt: Option<String>,
    /// The queue that it was moved from after too many receives.
    #[serde(default)]
    pub(super) dead_letter_source: Option<String>,
    /// The encrypted data key (base64) of a queue with a KMS key.
    #[serde(default)]
    pub(super) data_key: Option<String>,
}

/// How the messages of a queue stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) visible: usize,
    pub(super) in_flight: usize,
    pub(super) delayed: usize,
}

impl Queue {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// A number among the attributes, or its default (SQS API Reference, "SetQueueAttributes").
    pub(super) fn number(&self, name: &str) -> i64 {
        self.attribute(name).or_else(|| super::attributes::default_of(name)).and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    /// Forgets the messages that are past the retention period.
    pub(super) fn expire(&mut self, now: Moment) {
        let seconds = self.number("MessageRetentionPeriod");
        self.messages.retain(|message| message.sent.plus_seconds(seconds) > now);
    }

    pub(super) fn counts(&self, now: Moment) -> Counts {
        let oldest = now.plus_seconds(-self.number("MessageRetentionPeriod"));
        let mut counts = Counts::default();
        for message in self.messages.iter().filter(|message| message.sent > oldest) {
            match (message.visible > now, message.receives > 0) {
                (false, _) => counts.visible += 1,
                (true, true) => counts.in_flight += 1,
                (true, false) => counts.delayed += 1,
            }
        }
        counts
    }

    /// The dead-letter queue's name and after how many receives a message goes there.
    pub(super) fn redrive(&self) -> Option<(QueueName, i64)> {
        let policy: Value = serde_json::from_str(self.attribute("RedrivePolicy")?).ok()?;
        let queue = policy["deadLetterTargetArn"].as_str()?.rsplit(':').next()?.to_owned();
        let count = &policy["maxReceiveCount"];
        Some((queue, count.as_i64().or_else(|| count.as_str()?.parse().ok())?))
    }
}
