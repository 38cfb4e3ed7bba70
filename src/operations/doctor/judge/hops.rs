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
    let mut once: Vec<Checked> = Vec::new();
    for check in report.checks {
        if !once.contains(&check) {
            once.push(check);
        }
    }
    Outlook { refusals, skipped: once }
}
