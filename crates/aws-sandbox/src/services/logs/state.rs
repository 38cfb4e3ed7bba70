//! What CloudWatch Logs keeps in one place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::world::Moment;

/// What exists in one place: log groups by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) groups: BTreeMap<String, Group>,
}

/// One log group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) created: Moment,
    pub(super) retention_days: Option<i64>,
    pub(super) kms_key: Option<String>,
    pub(super) class: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) streams: BTreeMap<String, Stream>,
}

/// One log stream: its events in the order of their timestamps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stream {
    pub(super) created: Moment,
    #[serde(default)]
    pub(super) last_ingestion: Option<Moment>,
    pub(super) events: Vec<Event>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    /// Milliseconds since the epoch, as the writer gave them.
    pub(super) at: i64,
    pub(super) ingested: Moment,
    pub(super) message: String,
    pub(super) id: String,
}

const DAY: i64 = 86_400_000;
/// What an event costs besides its text (CloudWatch Logs API Reference, "PutLogEvents").
const OVERHEAD: usize = 26;

impl Group {
    /// From when on events are kept, in milliseconds since the epoch.
    pub(super) fn oldest(&self, now: Moment) -> i64 {
        self.retention_days.map_or(i64::MIN, |days| now.millis() - days * DAY)
    }
}

impl Stream {
    /// The events that are still kept.
    pub(super) fn kept(&self, oldest: i64) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.at > oldest)
    }

    pub(super) fn stored(&self, oldest: i64) -> usize {
        self.kept(oldest).map(|event| event.message.len() + OVERHEAD).sum()
    }
}
