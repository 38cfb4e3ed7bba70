//! Prediction equals outcome: wherever a recovery point does not arrive, `doctor` had reported an error, and the right
//! one; wherever it arrives, it reports none.
//!
//! `doctor` reads its requirements; the sandbox carries the jobs out and knows no such table; what AWS does stands in
//! `mutations/expected.toml`, what `doctor` has to say in `predicted.toml`.

use std::collections::BTreeSet;

use backupctl::operations::doctor;
use backupctl::pipeline::Pipeline;
use backupctl::pipeline::check::{Area, Check, Severity};
use backupctl::pipeline::finding::Finding;
use backupctl::pipeline::requirements::{REQUIREMENTS, Requirement};
use backupctl::pipeline::seen::Observed;
use serde::Deserialize;

use crate::mutations::{self, Outcome, Stage, is_like};
use crate::support::share::{is_full, share};

const PREDICTED: &str = include_str!("predicted.toml");

/// What `predicted.toml` holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicted {
    lost: Vec<Lost>,
    unnoticed: Vec<Unnoticed>,
    unprovoked: Vec<Unprovoked>,
}

/// The errors of a mutation, or of a family.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lost {
    id: Option<String>,
    like: Option<String>,
    checks: BTreeSet<String>,
}

/// A requirement without which every prediction comes true all the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unnoticed {
    row: String,
    why: String,
}

/// A check that no mutation provokes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unprovoked {
    check: String,
    why: String,
}

impl Predicted {
    fn read() -> Self {
        let read: Self = toml::from_str(PREDICTED).expect("the predictions");
        for row in &read.lost {
            assert!(row.id.is_some() != row.like.is_some(), "one of id and like: {row:?}");
            assert!(!row.checks.is_empty(), "no check: {row:?}");
            for check in &row.checks {
                check.parse::<Check>().unwrap_or_else(|error| panic!("{error}: {row:?}"));
            }
        }
        assert!(read.unnoticed.iter().all(|row| row.why.len() > 10), "a reason for each: {:?}", read.unnoticed);
        assert!(read.unprovoked.iter().all(|row| row.why.len() > 10), "a reason for each: {:?}", read.unprovoked);
        read
    }

    /// The row that judges a mutation: its own, else the first family that it belongs to.
    fn of(&self, mutation: &str) -> Option<usize> {
        let own = self.lost.iter().position(|row| row.id.as_deref() == Some(mutation));
        let family = |row: &Lost| row.like.as_deref().is_some_and(|pattern| is_like(pattern, mutation));
        own.or_else(|| self.lost.iter().position(family))
    }
}

/// What is found with these requirements.
pub(super) fn findings(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement]) -> Vec<Finding> {
    doctor::judge(pipeline, observed, requirements, &doctor::Options::default(), 0).findings
}

fn errors(findings: &[Finding]) -> BTreeSet<String> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.check.to_string()).collect()
}

fn said(findings: &[Finding]) -> Vec<String> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| format!("{}: {}", finding.check, finding.message)).collect()
}

/// Both lists in full, where they differ.
fn compare(what: &str, found: &BTreeSet<&str>, listed: impl Iterator<Item = String>, wrong: &mut Vec<String>) {
    let listed: BTreeSet<String> = listed.collect();
    for one in found.iter().filter(|one| !listed.contains(**one)) {
        wrong.push(format!("{what} and not listed: {one}"));
    }
    for one in listed.iter().filter(|one| !found.contains(one.as_str())) {
        wrong.push(format!("listed, but not {what}: {one}"));
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "how many predictions came true is for whoever runs it to see")]
fn what_doctor_says_comes_true_and_each_row_counts() {
    let predicted = Predicted::read();
    let pipeline = mutations::pipeline();
    let mut used = vec![false; predicted.lost.len()];
    let mut provoked = BTreeSet::new();
    let (mut lost, mut wrong) = (Vec::new(), Vec::new());
    let (mut arrived, mut false_alarms, mut missed, mut other, mut refused) = (0, 0, 0, 0, 0);
    for case in mutations::TABLE.iter() {
        let id = case.mutation.id.as_str();
        let Ok((observed, outcome)) = &case.happened else {
            refused += 1;
            continue;
        };
        let findings = findings(&pipeline, observed, REQUIREMENTS);
        let errors = errors(&findings);
        provoked.extend(findings.iter().map(|finding| finding.check.id()));
        match (outcome, errors.is_empty()) {
            (Outcome::Arrives, true) => arrived += 1,
            (Outcome::Arrives, false) => {
                false_alarms += 1;
                wrong.push(format!("false alarm: {id}: {:#?}", said(&findings)));
            }
            (Outcome::Lost(..), true) => {
                missed += 1;
                wrong.push(format!("missed: {id}: {outcome:?}"));
            }
            (Outcome::Lost(..), false) => {
                let row = predicted.of(id);
                row.into_iter().for_each(|row| used[row] = true);
                if row.is_none_or(|row| predicted.lost[row].checks != errors) {
                    other += 1;
                    wrong.push(format!("another check: {id}: {row:?} {:#?}", said(&findings)));
                }
                lost.push((observed, said(&findings)));
            }
        }
    }
    let idle = predicted.lost.iter().zip(&used).filter(|(_, used)| !**used);
    wrong.extend(idle.map(|(row, _)| format!("no mutation is lost so: {row:?}")));

    // Each requirement away in turn: how many of the losses would have been missed.
    let mut unnoticed = BTreeSet::new();
    let mut misses = 0;
    for row in REQUIREMENTS {
        let rest: Vec<Requirement> = REQUIREMENTS.iter().filter(|other| other.id != row.id).copied().collect();
        let named = lost.iter().filter(|(_, said)| said.iter().any(|one| one.contains(row.action)));
        let missed = named.filter(|(observed, _)| errors(&findings(&pipeline, observed, &rest)).is_empty()).count();
        misses += missed;
        if missed == 0 {
            unnoticed.insert(row.id);
        }
    }
    compare("unnoticed", &unnoticed, predicted.unnoticed.iter().map(|row| row.row.clone()), &mut wrong);

    let rows = Check::ALL.iter().map(|check| check.row());
    let ours = rows.filter(|row| row.area != Area::RecoveryPoints).map(|row| row.id);
    let unprovoked: BTreeSet<&str> = ours.filter(|id| !provoked.contains(id)).collect();
    compare("unprovoked", &unprovoked, predicted.unprovoked.iter().map(|row| row.check.clone()), &mut wrong);

    eprintln!(
        "{arrived} arrive as predicted, {} are lost as predicted, {refused} refused by the API; {false_alarms} false \
         alarms, {missed} missed, {other} by another check; of {} requirements {} are noticed when they are gone \
         ({misses} losses missed)",
        lost.len(),
        REQUIREMENTS.len(),
        REQUIREMENTS.len() - unnoticed.len()
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// With the sweep, what breaks the event path alone keeps nothing from arriving, and the finding says which it is.
#[test]
#[expect(clippy::print_stderr, reason = "how many predictions came true is for whoever runs it to see")]
fn with_the_sweep_the_finding_says_whether_anything_delivers() {
    let on_the_path: BTreeSet<&str> = mutations::TABLE
        .iter()
        .filter(|case| matches!(case.happened, Ok((_, Outcome::Lost(Stage::Event, _)))))
        .map(|case| case.mutation.id.as_str())
        .collect();
    // The function's permissions are numbered: one of them is the sweep's.
    let of_the_path = |id: &str| on_the_path.contains(id) && !id.contains(": permission ");
    let mut chosen = mutations::mutations(&mutations::swept_world());
    chosen.retain(|mutation| {
        let id = mutation.id.as_str();
        of_the_path(id) || id.contains(": permission ") || id.contains(" rule SweepRule")
    });
    let chosen: Vec<_> = share(4, chosen).collect();
    let pipeline = mutations::swept_pipeline();
    let (mut delivered, mut lost, mut wrong) = (0, 0, Vec::new());
    for case in mutations::pass(&mutations::swept_configuration(), &pipeline, &mutations::swept_world, &chosen) {
        let id = case.mutation.id.as_str();
        let Ok((observed, outcome)) = case.happened else { continue };
        let findings = findings(&pipeline, &observed, REQUIREMENTS);
        let says = |words: &str| findings.iter().any(|finding| finding.message.contains(words));
        let (delivers, nothing) = (says("the sweep still delivers"), says("nothing delivers"));
        let arrives = outcome == Outcome::Arrives;
        if arrives {
            delivered += 1
        } else {
            lost += 1
        }
        let told = if of_the_path(id) { delivers != nothing } else { !(delivers && nothing) };
        if !told || (delivers && !arrives) || (nothing && arrives) || errors(&findings).is_empty() != arrives {
            let all: Vec<_> = findings.iter().map(|one| format!("{} {:?}", one.message, one.severity)).collect();
            wrong.push(format!("{id}: {outcome:?}, but {all:#?}"));
        }
    }
    eprintln!("with the sweep {delivered} arrive and {lost} are lost, as the finding says");
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let least = if is_full() { 10 } else { 2 };
    assert!(delivered > least && (lost > 0 || !is_full()), "{delivered} arrive, {lost} are lost");
}
