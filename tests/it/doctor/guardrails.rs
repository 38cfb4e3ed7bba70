//! The prediction under what organizations set over their accounts: with the management account's credentials it is
//! right or says which key it hangs on; without them it says that it has not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use backupctl::operations::Sink;
use backupctl::operations::doctor;
use backupctl::operations::observe::{Drift, observe_pipeline};
use backupctl::operations::sessions::Sessions;
use backupctl::pipeline::Pipeline;
use backupctl::pipeline::check::Severity;
use backupctl::pipeline::checks::{self, ReadUnder};
use backupctl::pipeline::environment::Hop;
use backupctl::pipeline::requirements::{REQUIREMENTS, Requirement};
use backupctl::pipeline::seen::Observed;
use backupctl::sandbox::Sandbox;

use crate::mutations::guardrails::{Case, Expected, cases, put, world_of};
use crate::mutations::{self, Outcome, a_day_passes};
use crate::support::budget::counted;
use crate::support::operator::{PRODUCTION, administrator, outside};

/// The account of which nobody has credentials in a blind look.
const MANAGEMENT: &str = "999999999999";

/// One case, and what followed.
struct Happened {
    case: Case,
    seen: Observed,
    blind: Observed,
    outcome: Outcome,
}

/// What is seen by whoever has no credentials of the management account.
pub(super) fn observe_blind(pipeline: &Pipeline, sandbox: &Sandbox) -> Observed {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    counted(Some(sandbox), || {
        runtime.expect("a runtime").block_on(async {
            let outside = outside(sandbox, |account| match account.as_str() {
                MANAGEMENT => administrator(PRODUCTION),
                own => administrator(own),
            });
            let sessions = Sessions::open(pipeline, &outside).await;
            Box::pin(observe_pipeline(pipeline, &sessions, Drift::Ignore, &Sink::none())).await
        })
    })
}

fn pass(pipeline: &Pipeline) -> Vec<Happened> {
    let work = |case: Case| {
        let sandbox = world_of(&case);
        put(&sandbox, &case);
        let seen = mutations::observe(pipeline, &sandbox);
        let blind = observe_blind(pipeline, &sandbox);
        let outcome = a_day_passes(&sandbox);
        Happened { case, seen, blind, outcome }
    };
    let name = thread::current().name().unwrap_or_default().to_owned();
    let mut all = cases();
    let rest = all.split_off(all.len() / 2);
    thread::scope(|scope| {
        let parts = [all, rest].map(|part| {
            let work = move || part.into_iter().map(work).collect::<Vec<_>>();
            thread::Builder::new().name(name.clone()).spawn_scoped(scope, work).expect("a thread")
        });
        parts.into_iter().flat_map(|part| part.join().expect("a part of the pass")).collect()
    })
}

/// What is said: the errors, and the keys on which a check of an error hangs.
struct Said {
    errors: BTreeSet<String>,
    undecided: BTreeSet<String>,
    words: Vec<String>,
}

fn said(pipeline: &Pipeline, observed: &Observed) -> Said {
    let diagnosed = doctor::judge(pipeline, observed, REQUIREMENTS, &doctor::Options::default(), 0);
    let errors = diagnosed.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let blind = diagnosed.checks.iter().filter(|check| check.is_blind);
    let keys = blind.filter_map(|check| check.reason.as_deref()?.strip_prefix("undecided:"));
    Said {
        undecided: keys.map(str::to_owned).collect(),
        words: errors.clone().map(|finding| format!("{}: {}", finding.check, finding.message)).collect(),
        errors: errors.map(|finding| finding.check.to_string()).collect(),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "how many predictions came true is for whoever runs it to see")]
fn what_an_organization_forbids_is_predicted_or_named_as_unknown() {
    let pipeline = mutations::pipeline();
    let mut wrong = Vec::new();
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    let (mut right, mut missed, mut alarms, mut undecided) = (0, 0, 0, 0);
    let all = pass(&pipeline);
    for Happened { case, seen, blind, outcome } in &all {
        let id = &case.id;
        if !case.outcome.is(outcome) {
            wrong.push(format!("{id}: {:?} expected, {outcome:?}", case.outcome));
        }
        let Said { errors, undecided: open, words } = said(&pipeline, seen);
        let lost = *outcome != Outcome::Arrives;
        match (lost, errors.is_empty(), open.is_empty()) {
            (_, true, false) => {
                undecided += 1;
                open.iter().for_each(|key| *keys.entry(key.clone()).or_default() += 1);
            }
            (true, true, true) => missed += 1,
            (false, false, _) => alarms += 1,
            _ => right += 1,
        }
        let is_open = case.undecided.as_ref().map_or(open.is_empty(), |key| open.contains(key));
        if errors != case.checks || !is_open {
            wrong.push(format!("{id}: {outcome:?}, but doctor says {words:#?}, open {open:?}"));
        }
        wrong.extend(hops(&pipeline, case, seen, outcome));
        wrong.extend(unseen(&pipeline, case, blind, outcome));
    }
    eprintln!(
        "{} guardrails: {right} predicted, {missed} missed, {alarms} false alarms, {undecided} undecided {keys:?}",
        all.len()
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((missed, alarms), (0, 0));
    for id in ["hop-1/describe-source-key", "hop-1/grant-source-key"] {
        assert!(counts(&pipeline, &all, id), "{id} is missed nowhere");
    }
    assert!(all.len() >= 80 && undecided * 20 <= all.len(), "{undecided} of {} undecided", all.len());
}

/// Whether a loss is missed without the row.
fn counts(pipeline: &Pipeline, all: &[Happened], id: &str) -> bool {
    let rest: Vec<Requirement> = REQUIREMENTS.iter().filter(|row| row.id != id).copied().collect();
    all.iter().filter(|one| one.outcome != Outcome::Arrives).any(|one| {
        let said = doctor::judge(pipeline, &one.seen, &rest, &doctor::Options::default(), 0);
        !said.findings.iter().any(|finding| finding.severity == Severity::Error)
    })
}

/// What a copy's dry run says of both hops.
fn hops(pipeline: &Pipeline, case: &Case, observed: &Observed, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    for (hop, stage) in [(Hop::First, Expected::Hop1), (Hop::Second, Expected::Hop2)] {
        let outlook = checks::hop_outlook(pipeline, observed, REQUIREMENTS, hop, &ReadUnder::AnyKey);
        let refused = !outlook.refusals.is_empty();
        if case.outcome == stage && !refused {
            wrong.push(format!("{}: {hop:?} is not refused", case.id));
        }
        if *outcome == Outcome::Arrives && case.outcome == Expected::Arrives && (refused || !outlook.skipped.is_empty())
        {
            wrong.push(format!("{}: {hop:?} arrives, but {outlook:?}", case.id));
        }
    }
    wrong
}

/// Without the management account's credentials nothing is called right that an organization may forbid, and nothing is
/// an error that arrives.
fn unseen(pipeline: &Pipeline, case: &Case, blind: &Observed, outcome: &Outcome) -> Option<String> {
    let Said { errors, words, .. } = said(pipeline, blind);
    if *outcome == Outcome::Arrives && case.outcome == Expected::Arrives && !errors.is_empty() {
        return Some(format!("{}: a false alarm without management: {words:#?}", case.id));
    }
    let is_open = |hop: Hop| {
        let outlook = checks::hop_outlook(pipeline, blind, REQUIREMENTS, hop, &ReadUnder::AnyKey);
        outlook.skipped.iter().any(|one| one.check.id() == "guardrails-unseen")
    };
    (!Hop::ALL.into_iter().all(is_open)).then(|| format!("{}: allowed without having seen", case.id))
}
