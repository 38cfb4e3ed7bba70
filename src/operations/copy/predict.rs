//! What the policies say of the hops before AWS is asked for them.

use std::collections::BTreeSet;

use super::facts::{Observed, Prediction, Predictions, read_under};
use crate::operations::events::Sink;
use crate::operations::observe::{Scope, observe};
use crate::operations::sessions::Sessions;
use crate::pipeline::checks::{Outlook, ReadUnder, hop_outlook};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Checked;
use crate::pipeline::requirements::{BY_HAND, REQUIREMENTS};
use crate::pipeline::settings::Pipeline;

/// What the policies say of both hops: the keys', the vaults', the roles'. What cannot be read refuses nothing, and
/// is said.
pub async fn predictions(pipeline: &Pipeline, sessions: &Sessions, observed: &Observed, sink: &Sink) -> Predictions {
    let first = observed.copies.iter().filter(|copy| copy.lineage.point(EnvironmentName::Intermediate).is_none());
    let under: BTreeSet<Option<String>> = first.map(|copy| read_under(&copy.lineage)).collect();
    let keys = under.iter().flatten().cloned().collect();
    let seen = Box::pin(observe(pipeline, sessions, Scope::Hops(&keys))).await;
    // Nothing of the job begins where the caller may not ask for it.
    let asked = [BY_HAND, REQUIREMENTS].concat();
    let of_first = |key: Option<String>| {
        let outlook = hop_outlook(pipeline, &seen, &asked, Hop::First, &ReadUnder::from(&key));
        (key, prediction(outlook))
    };
    let second = hop_outlook(pipeline, &seen, &asked, Hop::Second, &ReadUnder::AnyKey);
    let predictions =
        Predictions { first: under.into_iter().map(of_first).collect(), second: Some(prediction(second)) };
    say(&predictions, sink);
    predictions
}

/// What could not be looked at, and what nobody can know before.
fn say(predictions: &Predictions, sink: &Sink) {
    let skipped = || predictions.first.values().chain(&predictions.second).flat_map(|prediction| &prediction.skipped);
    let lacking: BTreeSet<String> = skipped()
        .filter(|check| undecided(check).is_none())
        .filter_map(|check| Some(format!("{} ({})", check.missing_permission.as_ref()?, check.environment)))
        .collect();
    if !lacking.is_empty() {
        let lacking: Vec<String> = lacking.into_iter().collect();
        sink.note(format!("not everything that decides could be looked at; the caller lacks {}", lacking.join(", ")));
    }
    let keys: BTreeSet<String> = skipped().filter_map(|check| Some(where_asked(undecided(check)?, check))).collect();
    if !keys.is_empty() {
        let keys: Vec<String> = keys.into_iter().collect();
        sink.note(format!("whether AWS allows it depends on what cannot be known before: {}", keys.join("; ")));
    }
}

/// The condition key on which a check hangs.
fn undecided(check: &Checked) -> Option<&str> {
    check.reason.as_deref()?.strip_prefix("undecided:")
}

/// The key, and the document and the statement that ask for it.
fn where_asked(key: &str, check: &Checked) -> String {
    let Some(evidence) = &check.evidence else { return key.to_owned() };
    match &evidence.statement {
        Some(statement) => format!("{key} ({}, {statement})", evidence.document),
        None => format!("{key} ({})", evidence.document),
    }
}

fn prediction(outlook: Outlook) -> Prediction {
    let Outlook { refusals: reasons, skipped, .. } = outlook;
    let allowed = match (reasons.is_empty(), skipped.is_empty()) {
        (false, _) => Some(false),
        (true, true) => Some(true),
        (true, false) => None,
    };
    Prediction { allowed, reasons, skipped }
}
