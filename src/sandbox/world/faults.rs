//! Faults that somebody ordered: what goes wrong, where, and how often. They are part of the world, so
//! that they are written down with it and strike in the same place each time.
//!
//! Faults of calls strike what clients send, before the service sees it or on the answer's way back;
//! the calls that AWS's services make among themselves are left alone. Faults of events, jobs and
//! stack resources strike where those happen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Place, World};
use crate::policy::names::{AccountId, Region};
use crate::policy::wildcard::Pattern;

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
    SlowAnswer {
        /// How much longer.
        seconds: u64,
    },
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
    LateEvent {
        /// By how much.
        seconds: u64,
    },
    /// A backup job fails.
    BackupJobFails {
        /// Its `StatusMessage`.
        message: String,
    },
    /// A copy job fails.
    CopyJobFails {
        /// Its `StatusMessage`.
        message: String,
    },
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
    /// The account.
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
    /// What goes wrong.
    #[serde(flatten)]
    pub effect: Effect,
    /// On what.
    #[serde(flatten)]
    pub matching: Matching,
    /// How many that match pass before it strikes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    /// How often.
    #[serde(default = "once")]
    pub often: Often,
}

fn is_zero(number: &u64) -> bool {
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

/// A fault with what it remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ordered {
    #[serde(flatten)]
    fault: Fault,
    /// How many draws were made for a share.
    #[serde(default, skip_serializing_if = "is_zero")]
    draws: u64,
    /// Which ones were struck, where each is struck once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    struck: BTreeSet<u64>,
}

/// All faults that are in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Faults(Vec<Ordered>);

/// Something that a fault may strike.
#[derive(Debug, Clone, Copy)]
pub struct Struck<'a> {
    /// What kind of thing.
    pub target: Target,
    /// `backup:StartCopyJob`, `aws.backup:Copy Job State Change`; empty for a job or a stack resource.
    pub operation: &'a str,
    /// Where.
    pub place: &'a Place,
    /// Its texts are what [`Matching::resource`] is held against.
    pub about: &'a Value,
}

impl Faults {
    /// Adds one.
    pub fn order(&mut self, fault: Fault) {
        self.0.push(Ordered { fault, draws: 0, struck: BTreeSet::new() });
    }

    /// Clears all; how many there were.
    pub fn clear(&mut self) -> usize {
        std::mem::take(&mut self.0).len()
    }

    /// Those in force, in the order in which they were ordered.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter().map(|ordered| &ordered.fault)
    }

    /// The first fault that strikes, those ordered earlier first; what one has struck is not counted by
    /// those after it. A spent fault is gone.
    pub fn strike(&mut self, seed: u64, what: Struck<'_>) -> Option<Effect> {
        let mut effect = None;
        for ordered in &mut self.0 {
            if effect.is_none() && ordered.fault.matches(what) && ordered.strikes(seed, what) {
                effect = Some(ordered.fault.effect.clone());
            }
        }
        self.0.retain(|ordered| ordered.fault.often != Often::Times(0));
        effect
    }
}

impl Ordered {
    fn strikes(&mut self, seed: u64, what: Struck<'_>) -> bool {
        if self.fault.after > 0 {
            self.fault.after -= 1;
            return false;
        }
        match &mut self.fault.often {
            Often::Times(left) => {
                *left = left.saturating_sub(1);
                true
            }
            Often::Percent(share) => {
                self.draws += 1;
                let drawn = word(&format!("{seed}/fault/{:?}/{}", self.fault.effect, self.draws)) % 100;
                drawn < u64::from(*share)
            }
            Often::EachOnce => self.struck.insert(word(&format!("{}/{}/{}", what.place, what.operation, what.about))),
            Often::UntilCleared => true,
        }
    }
}

fn word(text: &str) -> u64 {
    let mut bytes = [0u8; 8];
    bytes.copy_from_slice(&Sha256::digest(text)[..8]);
    u64::from_le_bytes(bytes)
}

impl Fault {
    fn matches(&self, what: Struck<'_>) -> bool {
        let Matching { operation, account, region, resource } = &self.matching;
        let folded = |text: &str| text.to_ascii_lowercase();
        self.effect.target() == what.target
            && account.as_ref().is_none_or(|account| *account == what.place.account)
            && region.as_ref().is_none_or(|region| *region == what.place.region)
            && operation.as_ref().is_none_or(|pattern| Pattern::new(&folded(pattern)).matches(&folded(what.operation)))
            && resource.as_ref().is_none_or(|pattern| any_text(what.about, &Pattern::new(pattern)))
    }
}

fn any_text(value: &Value, pattern: &Pattern) -> bool {
    match value {
        Value::String(text) => pattern.matches(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, pattern)),
        Value::Object(map) => map.values().any(|item| any_text(item, pattern)),
        _ => false,
    }
}

impl World {
    /// The fault that strikes `what`, if one does.
    pub fn struck(&mut self, what: Struck<'_>) -> Option<Effect> {
        if self.faults.0.is_empty() { None } else { self.faults.strike(self.seed, what) }
    }

    /// The message of a fault that strikes a job or a stack resource which is about to run.
    pub fn failure_of(&mut self, target: Target, place: &Place, about: &Value) -> Option<String> {
        match self.struck(Struck { target, operation: "", place, about })? {
            Effect::BackupJobFails { message }
            | Effect::CopyJobFails { message }
            | Effect::StackResourceFails { message } => Some(message),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place() -> Place {
        "111111111111/us-east-1".parse().expect("a place")
    }

    fn strike(faults: &mut Faults, operation: &str, about: &Value) -> bool {
        faults.strike(1, Struck { target: Target::Call, operation, place: &place(), about }).is_some()
    }

    fn of(fault: Fault) -> Faults {
        let mut faults = Faults::default();
        faults.order(fault);
        faults
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_was_ordered_and_is_gone() {
        let mut faults = of(Fault { after: 2, often: Often::Times(2), ..Fault::next(Effect::Throttle) });
        let struck: Vec<bool> = (0..6).map(|_| strike(&mut faults, "kms:DescribeKey", &json!({}))).collect();
        assert_eq!(struck, [false, false, true, true, false, false]);
        assert_eq!(faults, Faults::default());
    }

    #[test]
    fn it_strikes_only_what_it_names() {
        let matching = Matching {
            operation: Some("Backup:Start*".to_owned()),
            region: Some("us-east-1".parse().expect("a Region")),
            resource: Some("*:snapshot:job-1".to_owned()),
            ..Matching::default()
        };
        let mut faults = of(Fault { matching, often: Often::UntilCleared, ..Fault::next(Effect::AccessDenied) });
        let about = json!({"RecoveryPointArn": "arn:aws:rds:us-east-1:111111111111:snapshot:job-1"});
        assert!(strike(&mut faults, "backup:StartCopyJob", &about));
        assert!(!strike(&mut faults, "backup:ListTags", &about));
        assert!(!strike(&mut faults, "backup:StartCopyJob", &json!({"RecoveryPointArn": "arn:other"})));
        let elsewhere = "111111111111/us-west-2".parse().expect("a place");
        let there = Struck { target: Target::Call, operation: "backup:StartCopyJob", place: &elsewhere, about: &about };
        assert_eq!(faults.strike(1, there), None);
        assert_eq!(faults.strike(1, Struck { target: Target::Event, place: &place(), ..there }), None);
        assert_eq!(faults.clear(), 1);
        assert!(!strike(&mut faults, "backup:StartCopyJob", &about));
    }

    #[test]
    fn a_share_is_drawn_under_the_seed() {
        let draw = |seed: u64| {
            let mut faults = of(Fault { often: Often::Percent(30), ..Fault::next(Effect::Throttle) });
            let what = place();
            (0..1000)
                .filter(|_| {
                    let call = Struck { target: Target::Call, operation: "a:B", place: &what, about: &json!({}) };
                    faults.strike(seed, call).is_some()
                })
                .collect::<Vec<i32>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        // 1000 draws of 0.3: mean 300, standard deviation 14.5.
        assert!((240..360).contains(&draw(1).len()), "{}", draw(1).len());
    }

    #[test]
    fn each_once_lets_the_same_call_pass_when_it_comes_again() {
        let mut faults = of(Fault { often: Often::EachOnce, ..Fault::next(Effect::Throttle) });
        let struck: Vec<bool> =
            [1, 2, 1, 2, 3].iter().map(|n| strike(&mut faults, "a:B", &json!({ "n": n }))).collect();
        assert_eq!(struck, [true, true, false, false, true]);
    }

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
