//! `doctor`: what must be true so that recovery points arrive.

use serde_json::json;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use super::verify::{BLIND, area};
use crate::config::Selected;
use crate::operations::doctor::{Drift, Options, judge};
use crate::operations::observe::observe_pipeline;
use crate::operations::sessions::Sessions;
use crate::output::render;
use crate::pipeline::EnvironmentName;
use crate::pipeline::check::{Area, Severity};
use crate::pipeline::requirements::REQUIREMENTS;

/// Check prerequisites and the deployed pipeline, without changing anything
///
/// It holds the real policies of keys, vaults, roles, function and queues against every call that both hops make, and
/// names the document and the statement that refuses. Read-only credentials suffice; what may not be read is skipped.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only checks of this area; can be repeated
    #[arg(long, value_name = "AREA", value_parser = area)]
    only: Vec<Area>,
    /// Only this environment; can be repeated
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<EnvironmentName>,
    /// Have CloudFormation compare its stacks with what is there; it takes minutes
    #[arg(long)]
    detect_drift: bool,
    /// Do not fail because a check could not look
    #[arg(long)]
    allow_skipped: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let pipeline = context.pipeline(Selected::Optional)?;
    let reach = context.reach_in_time(&pipeline)?;
    let options = Options {
        areas: args.only.clone(),
        environments: args.environment.clone(),
        drift: if args.detect_drift { Drift::Detect } else { Drift::Ignore },
    };
    let diagnosed = context.work(&reach, async |sink| {
        let sessions = Sessions::open(&pipeline, &reach.outside).await;
        let observed = Box::pin(observe_pipeline(&pipeline, &sessions, options.drift, &sink)).await;
        judge(&pipeline, &observed, REQUIREMENTS, &options, sessions.calls())
    })?;
    let found = diagnosed.worst() == Some(Severity::Error);
    let blind = diagnosed.has_blind_spot() && !args.allow_skipped;
    let calls = diagnosed.summary.api_calls;
    let shown = json!(diagnosed);
    let page = context.page();
    let mut text = render::verify::diagnosed(&diagnosed, &page);
    if blind && !found {
        text += &render::note(BLIND, &page);
    }
    let mut outcome = Outcome::done(Text::Result(text)).with_body(shown).with_calls(calls);
    outcome.status = if found || blind { ExitStatus::Findings } else { ExitStatus::Done };
    Ok(outcome)
}
