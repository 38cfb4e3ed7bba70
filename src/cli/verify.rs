//! `verify`: what is in each vault, under which key, and what is missing.

use std::time::Duration;

use clap::ValueEnum;
use serde_json::json;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use crate::config::{Selected, duration};
use crate::operations::sessions::Sessions;
use crate::operations::verify::{Options, Verified, judge, observe};
use crate::output::render;
use crate::pipeline::EnvironmentName;
use crate::pipeline::check::{Area, Severity};
use crate::pipeline::resource::ResourceName;

/// Validate recovery points and their encryption keys in each vault
///
/// It reads and changes nothing. What could not be looked at is said to be unseen, never passed; one broken environment
/// does not hide the findings of the others.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Only this database: `orders`, `db:orders` or an ARN; can be repeated
    #[arg(long, value_name = "DATABASE")]
    resource: Vec<ResourceName>,
    /// Only backups made within this time
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    since: Option<Duration>,
    /// The oldest that a database's newest backup, and its copy in the destination account, may be
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_age: Option<Duration>,
    /// Only checks of this area; can be repeated
    #[arg(long, value_name = "AREA", value_parser = area)]
    only: Vec<Area>,
    /// Only this environment; can be repeated
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<EnvironmentName>,
    /// Lowest severity that makes the exit code 3
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Do not fail because of a skipped check; a copy that was not seen is never forgiven
    #[arg(long)]
    allow_skipped: bool,
}

pub(super) const BLIND: &str = "what could not be looked at may be wrong, so this ends with 3, as an error does; \
                     `--allow-skipped` forgives it";

const UNSEEN: &str = "nobody saw that every selected database has a copy, so this ends with 3: `--allow-skipped` forgives \
                      checks that could not look, not that";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    #[default]
    Error,
    Warning,
}

impl FailOn {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}

pub(super) fn area(text: &str) -> Result<Area, String> {
    let found = Area::ALL.into_iter().find(|area| area.as_str() == text);
    found.ok_or_else(|| format!("the areas are {}", Area::ALL.map(Area::as_str).join(", ")))
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let pipeline = context.pipeline(Selected::Optional)?;
    let reach = context.reach_in_time(&pipeline)?;
    let options = Options {
        resources: args.resource.iter().map(|name| name.arn(&pipeline)).collect(),
        since: args.since,
        max_age: args.max_age,
        areas: args.only.clone(),
        environments: args.environment.clone(),
    };
    let (verified, calls) = context.work(&reach, async |sink| {
        let sessions = Sessions::open(&pipeline, &reach.outside).await;
        let observed = Box::pin(observe(&pipeline, &sessions, &options, &sink)).await;
        (judge(&pipeline, &observed, &options), sessions.calls())
    })?;
    let status = status(&verified, args.fail_on.severity(), args.allow_skipped);
    let shown = json!(verified);
    let page = context.page();
    let mut text = render::verify::verified(&verified, &page);
    // Nothing else would say why a run without a finding does not end with 0.
    if status == ExitStatus::Findings && !fails(&verified, args.fail_on.severity()) {
        text += &render::note(if args.allow_skipped { UNSEEN } else { BLIND }, &page);
    }
    let mut outcome = Outcome::done(Text::Result(text)).with_body(shown).with_calls(calls);
    outcome.status = status;
    Ok(outcome)
}

fn fails(verified: &Verified, fail_on: Severity) -> bool {
    verified.worst().is_some_and(|worst| worst >= fail_on)
}

/// Exit 3 at a finding from that severity on, and where a check of error severity was blind.
pub(super) fn status(verified: &Verified, fail_on: Severity, allow_skipped: bool) -> ExitStatus {
    let found = fails(verified, fail_on);
    let blind = verified.has_blind_spot() && !allow_skipped;
    if found || blind || verified.has_unseen_copy() { ExitStatus::Findings } else { ExitStatus::Done }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_the_contracts() {
        assert_eq!(area("recovery-points"), Ok(Area::RecoveryPoints));
        assert!(area("vault").is_err());
    }
}
