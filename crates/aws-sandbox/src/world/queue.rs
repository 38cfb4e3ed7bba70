//! The event queue: everything that will happen, in order of (instant, sequence).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Moment, Place};
use crate::services::Due;

/// What is due, ordered by instant and, where instants are equal, by the order of scheduling.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Queue {
    sequence: u64,
    entries: VecDeque<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    at: Moment,
    sequence: u64,
    place: Place,
    due: Due,
}

impl Queue {
    /// Adds one thing that will happen.
    pub fn push(&mut self, at: Moment, place: Place, due: Due) {
        self.sequence += 1;
        let entry = Entry { at, sequence: self.sequence, place, due };
        let index = self.entries.partition_point(|other| (other.at, other.sequence) <= (entry.at, entry.sequence));
        self.entries.insert(index, entry);
    }

    /// Takes the first thing that is due at or before `instant`.
    pub fn take_due(&mut self, instant: Moment) -> Option<(Moment, Place, Due)> {
        if self.entries.front()?.at > instant {
            return None;
        }
        self.entries.pop_front().map(|entry| (entry.at, entry.place, entry.due))
    }

    /// When the next thing happens.
    pub fn next_at(&self) -> Option<Moment> {
        self.entries.front().map(|entry| entry.at)
    }

    /// Everything that is due, in order, for `sandbox show`.
    pub fn iter(&self) -> impl Iterator<Item = (Moment, &Place, &Due)> {
        self.entries.iter().map(|entry| (entry.at, &entry.place, &entry.due))
    }
}
