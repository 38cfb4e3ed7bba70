//! What SNS keeps in one place: topics with their subscriptions, and what was mailed.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::world::Moment;

/// What exists in one place: topics by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) topics: BTreeMap<String, Topic>,
    #[serde(default)]
    outbox: VecDeque<Mail>,
}

/// One standard topic.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Topic {
    /// The attributes that were set, as texts.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
    /// By the last part of their ARNs.
    pub(super) subscriptions: BTreeMap<String, Subscription>,
}

/// One subscription.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Subscription {
    pub(super) protocol: String,
    pub(super) endpoint: String,
    pub(super) owner: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// What confirms it; nothing once it is confirmed.
    pub(super) token: Option<String>,
}

/// One mail that SNS sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub at: Moment,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// How many mails are kept in one place.
const OUTBOX_LENGTH: usize = 1000;

impl State {
    /// What was mailed from here, oldest first, bounded.
    pub fn mails(&self) -> impl Iterator<Item = &Mail> {
        self.outbox.iter()
    }

    pub(super) fn mail(&mut self, mail: Mail) {
        if self.outbox.len() == OUTBOX_LENGTH {
            self.outbox.pop_front();
        }
        self.outbox.push_back(mail);
    }
}
