//! The condition keys of one request: their values, and what the asker does not know about them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::keys::{self, Presence, PrincipalKind};

/// Condition keys and values of one request. Keys compare without regard to case
/// (IAM User Guide, "Condition operators": "Condition context keys are not case-sensitive").
///
/// Whoever answers a request knows every key of it: [`Context::new`]. Whoever predicts somebody else's request knows
/// some: [`Context::partial`]. What a policy asks about any other key then stays open, and so may the verdict, unless AWS
/// documents that such a request never carries it ([`keys::presence`]).
///
/// What is stored of a context are the keys that have values: a request that was made knows all of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Vec<String>>", into = "BTreeMap<String, Vec<String>>")]
pub struct Context {
    keys: BTreeMap<String, Known>,
    /// Beginnings of keys, `aws:ResourceTag/`, of which every key is known that the request has.
    families: BTreeSet<String>,
    others: Others,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    Values(Vec<String>),
    Absent,
    Unknown,
}

/// What holds for a key that was not named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Others {
    /// The request does not carry it.
    #[default]
    Absent,
    /// It may carry it, with any value.
    Unknown,
    /// It may, if AWS documents the key for this action and such a principal.
    Documented(String, PrincipalKind),
}

/// What is known of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// The request carries it with these values.
    Values(&'a [String]),
    /// The request does not carry it.
    Absent,
    /// The asker cannot say.
    Unknown,
}

impl Context {
    /// No key at all, and nothing that is unknown: what is not set later, the request does not carry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing known: what is not set or ruled out later, the request may carry with any value.
    pub fn partial() -> Self {
        Self { others: Others::Unknown, ..Self::default() }
    }

    /// Sets a single-valued key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets a multivalued key (`aws:TagKeys`, `backup:CopyTargets`).
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.insert(key, Known::Values(values.into_iter().collect()));
        self
    }

    /// Rules a key out: the request does not carry it.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.insert(key, Known::Absent);
        self
    }

    /// Names a key whose value, if it has one, the asker cannot see.
    #[must_use]
    pub fn unknown(mut self, key: &str) -> Self {
        self.insert(key, Known::Unknown);
        self
    }

    /// Says that every key with this beginning, `aws:ResourceTag/`, is set that the request carries.
    #[must_use]
    pub fn knowing_all(mut self, family: &str) -> Self {
        self.families.insert(family.to_ascii_lowercase());
        self
    }

    /// Sets a single-valued key in place.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.insert(key, Known::Values(vec![value.into()]));
    }

    fn insert(&mut self, key: &str, known: Known) {
        self.keys.insert(key.to_ascii_lowercase(), known);
    }

    /// What is known of a key.
    pub fn lookup(&self, key: &str) -> Lookup<'_> {
        let key = key.to_ascii_lowercase();
        match self.keys.get(&key) {
            Some(Known::Values(values)) => Lookup::Values(values),
            Some(Known::Absent) => Lookup::Absent,
            Some(Known::Unknown) => Lookup::Unknown,
            None if self.families.iter().any(|family| key.starts_with(family.as_str())) => Lookup::Absent,
            None => match &self.others {
                Others::Absent => Lookup::Absent,
                Others::Unknown => Lookup::Unknown,
                Others::Documented(action, who) => match keys::presence(&key, action, *who) {
                    Presence::Never => Lookup::Absent,
                    Presence::Always | Presence::Sometimes | Presence::Undocumented => Lookup::Unknown,
                },
            },
        }
    }

    /// Of the keys that are not known, leaves open only those that a request of this action can carry.
    #[must_use]
    pub fn asked_for(mut self, action: &str, who: PrincipalKind) -> Self {
        if self.is_partial() {
            self.others = Others::Documented(action.to_owned(), who);
        }
        self
    }

    /// Whether there may be keys that are not named.
    pub(super) fn is_partial(&self) -> bool {
        self.others != Others::Absent
    }

    /// The values of a key; `None` where the request does not carry it, or the asker cannot say.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        match self.lookup(key) {
            Lookup::Values(values) => Some(values),
            Lookup::Absent | Lookup::Unknown => None,
        }
    }

    /// Adds what `other` says; where both name a key, `other` wins. What one of them does not know stays unknown.
    pub fn extend(&mut self, other: &Context) {
        self.keys.extend(other.keys.iter().map(|(key, known)| (key.clone(), known.clone())));
        self.families.extend(other.families.iter().cloned());
        if other.is_partial() {
            self.others = other.others.clone();
        }
    }
}

impl From<BTreeMap<String, Vec<String>>> for Context {
    fn from(values: BTreeMap<String, Vec<String>>) -> Self {
        values.into_iter().fold(Self::new(), |context, (key, values)| context.with_all(&key, values))
    }
}

impl From<Context> for BTreeMap<String, Vec<String>> {
    fn from(context: Context) -> Self {
        let keys = context.keys.into_iter();
        keys.filter_map(|(key, known)| match known {
            Known::Values(values) => Some((key, values)),
            Known::Absent | Known::Unknown => None,
        })
        .collect()
    }
}
