//! What the policies will say of the two copy jobs, and what of them could not be seen.

use super::super::observe::{Bounds, Observed};
use super::situation::{Answer, Place, Situation};
use super::skipped;
use crate::pipeline::check::Check;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Checked, Evidence, Report, Skipped};
use crate::pipeline::settings::Pipeline;
use crate::requirements::Requirement;
use crate::requirements::needs::{Step, Without};

/// A call that a policy refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The check that finds it.
    pub check: Check,
    /// What refuses: a key, a vault, a role.
    pub subject: String,
    /// Who may not do what, and where that stands.
    pub evidence: Evidence,
}

/// What the policies say of a hop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What they will refuse.
    pub refusals: Vec<Refusal>,
    /// What could not be looked at of what decides, each once.
    pub skipped: Vec<Checked>,
}

/// Holds the policies against the calls of a hop.
pub fn hop_outlook(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement], hop: Hop) -> Outlook {
    let step = match hop {
        Hop::First => Step::FirstHop,
        Hop::Second => Step::SecondHop,
    };
    let situation = Situation::new(pipeline, observed);
    let mut refusals = Vec::new();
    let mut report = Report::default();
    for row in requirements.iter().filter(|row| row.step == step && row.without == Without::Lost) {
        match situation.answer(row) {
            Answer::Refused((check, _, subject), evidence) => refusals.push(Refusal { check, subject, evidence }),
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
            Answer::Allowed(_) | Answer::Missing => {}
        }
    }
    for name in [hop.from(), hop.to()] {
        let seen = observed.environment(name);
        if let Err(error) = &seen.vault_key {
            let key = seen.key_arn().unwrap_or_default();
            report.skip(Check::KeyPolicyDenies, name, key, skipped(error));
        }
    }
    if let Err(error) = &observed.settings.destination_organization {
        let destination = EnvironmentName::Destination;
        let subject = pipeline.environment(destination).account.to_string();
        report.skip(Check::OrganizationMissing, destination, subject, skipped(error));
    }
    for name in [hop.from(), hop.to()] {
        let account = &pipeline.environment(name).account;
        if let Some(error) = observed.guardrails.of(account).and_then(Bounds::unread) {
            let place = situation.environment_of(account);
            report.skip(Check::GuardrailsUnseen, place, account.as_str(), skipped(error));
        }
    }
    let mut once: Vec<Checked> = Vec::new();
    for check in report.checks {
        if !once.contains(&check) {
            once.push(check);
        }
    }
    Outlook { refusals, skipped: once }
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
        lines.push(format!(
            "the {}{by} {says} {} for {} ({})",
            evidence.document,
            text(&evidence.action),
            text(&evidence.principal),
            row.step.as_str()
        ));
    }
    let unread = [&pipeline.source.account, &pipeline.destination.account]
        .into_iter()
        .filter_map(|account| Some((account, observed.guardrails.of(account)?.unread()?)));
    lines.extend(unread.map(|(account, error)| {
        format!("the organization's policies over account {account} cannot be read: {}", error.in_a_note())
    }));
    lines
}
