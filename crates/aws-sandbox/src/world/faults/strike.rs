//! Which fault strikes, and what each remembers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::order::{Effect, Fault, Matching, Often, Target, is_zero};
use crate::world::{Place, World};
use aws_policy::wildcard::Pattern;

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
}
