//! What the policies will say of the two copy jobs, and what of them could not be seen.

use std::collections::BTreeSet;

use super::super::keys::{missing_of_database, pending as key_state, unusable_by};
use super::super::{prerequisites, skipped, vaults};
use super::denials;
use super::situation::{Answer, Place, Situation};
use crate::pipeline::check::{Check, Severity};
use crate::pipeline::complete::complete;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{CheckResult, Checked, Evidence, Finding, Report, Skipped};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, Without};
use crate::pipeline::seen::key::Key;
use crate::pipeline::seen::{Bounds, Look, Observed};
use crate::pipeline::settings::Pipeline;

/// What the policies say of a hop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What will be refused, with what undoes it.
    pub refusals: Vec<Finding>,
    /// What could not be looked at of what decides, each once.
    pub skipped: Vec<Checked>,
    /// The checks that have looked, and found nothing: they are no cause of a failure.
    pub passed: BTreeSet<Check>,
}

/// Under which key the first hop reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadUnder {
    /// Under any of those that were looked at.
    AnyKey,
    /// Under this one.
    Key(String),
    /// Under none: the backup is not encrypted.
    NoKey,
}

impl From<&Option<String>> for ReadUnder {
    fn from(key: &Option<String>) -> Self {
        key.clone().map_or(Self::NoKey, Self::Key)
    }
}

impl ReadUnder {
    pub(crate) fn includes(&self, arn: &str) -> bool {
        match self {
            Self::AnyKey => true,
            Self::Key(key) => key == arn,
            Self::NoKey => false,
        }
    }
}

/// Holds the policies against the calls of a hop.
pub fn hop_outlook(
    pipeline: &Pipeline,
    observed: &Observed,
    requirements: &[Requirement],
    hop: Hop,
    under: &ReadUnder,
) -> Outlook {
    let step = match hop {
        Hop::First => Step::FirstHop,
        Hop::Second => Step::SecondHop,
    };
    let situation = Situation { under: under.clone(), ..Situation::new(pipeline, observed) };
    let mut report = Report::default();
    standing(pipeline, observed, hop, under, &mut report);
    // What `doctor` calls an error refuses the hop.
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut refusals: Vec<Finding> = errors.cloned().collect();
    let rows = requirements.iter().filter(|row| row.step == step && row.without == Without::Lost);
    for row in rows {
        match situation.answer(row) {
            Answer::Refused(place, evidence) => {
                let refusal = denied(observed, place, &evidence);
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
            }
            Answer::Unseen(sides) => {
                for ((check, environment, subject), error) in sides {
                    report.skip(check, environment, subject, skipped(&error));
                }
            }
            Answer::Undecided(doubts) => {
                for ((check, environment, subject), undecided) in doubts {
                    report.skip(check, environment, subject, Skipped::Undecided(undecided));
                }
            }
            Answer::Allowed(places) => {
                places.into_iter().for_each(|(check, environment, subject)| report.pass(check, environment, subject));
            }
            Answer::Missing => {}
        }
    }
    for name in [hop.from(), hop.to()] {
        let account = &pipeline.environment(name).account;
        let place = situation.environment_of(account);
        match observed.guardrails.of(account).map(Bounds::unread) {
            Some(Some(error)) => report.skip(Check::GuardrailsUnseen, place, account.as_str(), skipped(error)),
            Some(None) => {
                report.pass(Check::GuardrailDenies, place, account.as_str());
                report.pass(Check::GuardrailsUnseen, place, account.as_str());
            }
            None => {}
        }
    }
    outlook(pipeline, refusals, report)
}

/// What stands after everything was looked at: each skip once, and the checks of which nothing else is said than that
/// they passed.
fn outlook(pipeline: &Pipeline, mut refusals: Vec<Finding>, report: Report) -> Outlook {
    let mut once: Vec<Checked> = Vec::new();
    let (passes, others): (Vec<Checked>, Vec<Checked>) =
        report.checks.into_iter().partition(|check| check.result == CheckResult::Passed);
    let mut passed: BTreeSet<Check> = passes.into_iter().map(|check| check.check).collect();
    for check in &others {
        passed.remove(&check.check);
    }
    for refusal in &refusals {
        passed.remove(&refusal.check);
    }
    let asks = |check: &Checked| check.evidence.as_ref().map(|one| (one.document.clone(), one.statement.clone()));
    let is_same = |one: &Checked, other: &Checked| {
        let what = |check: &Checked| (check.check, check.environment, check.subject.clone(), check.reason.clone());
        what(one) == what(other) && asks(one) == asks(other)
    };
    for check in others {
        if check.result == CheckResult::Skipped && !once.iter().any(|known| is_same(known, &check)) {
            once.push(check);
        }
    }
    refusals.iter_mut().for_each(|refusal| complete(pipeline, refusal));
    Outlook { refusals, skipped: once, passed }
}

/// Who may not do what, and which document decides it.
fn denied(observed: &Observed, (check, environment, subject): Place, evidence: &Evidence) -> Finding {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let by = evidence.statement.as_ref().map(|statement| format!(", statement {statement}")).unwrap_or_default();
    let message =
        format!("{} may not {}: {}{by}", text(&evidence.principal), text(&evidence.action), evidence.document);
    denials::by_policies(observed, Finding::new(check, environment, subject, message), evidence)
}

/// What a hop stands on besides the policies, as `doctor` judges it: settings, roles, vaults, and the state of the keys.
fn standing(pipeline: &Pipeline, observed: &Observed, hop: Hop, under: &ReadUnder, report: &mut Report) {
    prerequisites::of_hop(pipeline, observed, hop, report);
    // What a member account says of the organization's setting decides nothing; the management account's word would.
    let weak: Vec<Finding> = report.findings.iter().filter(|one| one.severity == Severity::Warning).cloned().collect();
    for finding in weak {
        let lacks = Skipped::AccessDenied("backup:DescribeGlobalSettings".to_owned());
        report.skip(finding.check, finding.environment, finding.subject, lacks);
    }
    for name in [hop.from(), hop.to()] {
        let vault = &observed.environment(name).vault;
        let subject = pipeline.vault_arn(name).to_string();
        match vault {
            Err(error) => report.skip(Check::VaultMissing, name, subject, skipped(error)),
            Ok(None) => {
                let message = format!("backup vault `{}` does not exist", pipeline.environment(name).vault);
                let finding = Finding::new(Check::VaultMissing, name, subject, message);
                report.fail(vaults::missing(observed.environment(name), finding));
            }
            Ok(Some(_)) => report.pass(Check::VaultMissing, name, subject),
        }
    }
    for (arn, key) in keys_of(observed, hop, under) {
        let place = if under.includes(arn) && hop == Hop::First { hop.from() } else { hop.to() };
        match key {
            Err(error) => report.skip(Check::KeyPolicyDenies, place, arn, skipped(error)),
            Ok(key) => match unusable(arn, key) {
                Some((Check::KeyMissing, message)) if observed.database_keys.contains_key(arn) && hop == Hop::First => {
                    report.fail(missing_of_database(arn, message));
                }
                Some((check, message)) => report.fail(Finding::new(check, place, arn, message)),
                None => {
                    for check in [Check::KeyMissing, Check::KeyDisabled, Check::KeyPendingDeletion] {
                        report.pass(check, place, arn);
                    }
                }
            },
        }
    }
}

/// The keys that a hop reads and writes under.
fn keys_of<'a>(observed: &'a Observed, hop: Hop, under: &ReadUnder) -> Vec<(&'a str, &'a Look<Option<Key>>)> {
    let of_vault = |name: EnvironmentName| {
        let seen = observed.environment(name);
        (seen.key_arn().unwrap_or_default(), &seen.vault_key)
    };
    let mut keys: Vec<_> = match hop {
        Hop::First => {
            let read = observed.database_keys.iter().filter(|(arn, _)| under.includes(arn));
            read.map(|(arn, seen)| (arn.as_str(), &seen.key)).collect()
        }
        Hop::Second => vec![of_vault(hop.from())],
    };
    keys.push(of_vault(hop.to()));
    keys
}

/// A key that is not there, or in a state in which nothing can be read or written under it.
fn unusable(arn: &str, key: &Option<Key>) -> Option<(Check, String)> {
    match key {
        None if arn.is_empty() => None,
        None => Some((Check::KeyMissing, format!("key {arn} does not exist"))),
        Some(key) => Some((unusable_by(key)?, key_state(key))),
    }
}

/// What the organization refuses of everything that the pipeline will do, a line each: before there is anything whose
/// own policies could be read.
pub fn forbidden(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement]) -> Vec<String> {
    let situation = Situation::new(pipeline, observed);
    let is_lost = |row: &&Requirement| row.without == Without::Lost && row.step != Step::Sweep;
    let mut lines: Vec<String> = Vec::new();
    for row in requirements.iter().filter(is_lost) {
        let (evidence, says) = match situation.answer(row) {
            Answer::Refused((Check::GuardrailDenies, ..), evidence) => (evidence, "will refuse".to_owned()),
            Answer::Undecided(doubts) => {
                let of = |place: &Place| place.0 == Check::GuardrailDenies;
                let Some((_, open)) = doubts.into_iter().find(|(place, _)| of(place)) else { continue };
                let says = format!("may refuse, by the condition key {} that cannot be known before,", open.key);
                (open.evidence, says)
            }
            _ => continue,
        };
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let by = evidence.statement.as_ref().map(|statement| format!(", statement {statement},")).unwrap_or_default();
        let line = format!(
            "the {}{by} {says} {} for {} ({})",
            evidence.document,
            text(&evidence.action),
            text(&evidence.principal),
            row.step.as_str()
        );
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let unread = [&pipeline.source.account, &pipeline.destination.account]
        .into_iter()
        .filter_map(|account| Some((account, observed.guardrails.of(account)?.unread()?)));
    lines.extend(unread.map(|(account, error)| {
        format!("the organization's policies over account {account} cannot be read: {}", error.in_a_note())
    }));
    lines
}
