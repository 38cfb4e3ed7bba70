//! What the policies will say of the two copy jobs, and what of them could not be seen.

use super::super::observe::Observed;
use super::situation::{Answer, Situation};
use super::skipped;
use crate::pipeline::check::Check;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Checked, Evidence, Report};
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

fn rows(requirements: &[Requirement], hop: Hop) -> impl Iterator<Item = &Requirement> {
    let step = match hop {
        Hop::First => Step::FirstHop,
        Hop::Second => Step::SecondHop,
    };
    requirements.iter().filter(move |row| row.step == step && row.without == Without::Lost)
}

/// What the policies will refuse of a hop.
pub fn hop_refusals(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement], hop: Hop) -> Vec<Refusal> {
    let situation = Situation::new(pipeline, observed);
    let mut found: Vec<Refusal> = Vec::new();
    for row in rows(requirements, hop) {
        if let Answer::Refused((check, _, subject), evidence) = situation.answer(row) {
            found.push(Refusal { check, subject, evidence });
        }
    }
    found
}

/// What could not be looked at of what decides about a hop, each once.
pub fn hop_skipped(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement], hop: Hop) -> Vec<Checked> {
    let situation = Situation::new(pipeline, observed);
    let mut report = Report::default();
    for row in rows(requirements, hop) {
        if let Answer::Unseen(sides) = situation.answer(row) {
            for ((check, environment, subject), error) in sides {
                report.skip(check, environment, subject, skipped(&error));
            }
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
    let mut once: Vec<Checked> = Vec::new();
    for check in report.checks {
        if !once.contains(&check) {
            once.push(check);
        }
    }
    once
}
