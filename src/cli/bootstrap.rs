//! `bootstrap`: shows the difference, asks, deploys.

use serde_json::Value;

use super::consent::{self, Answer, Question};
use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Failure, Outcome, Text, body};
use super::reach::Reach;
use crate::config::Selected;
use crate::operations::Sink;
use crate::operations::bootstrap::{
    Bootstrapped, Changes, Mode, Observed, Options, SettingsConsent, WithPlan, abandon, apply, decide, discard,
    observe, report,
};
use crate::operations::deployment::Templates;
use crate::operations::sessions::Sessions;
use crate::output::Problem;
use crate::output::render;
use crate::pipeline::{EnvironmentName, Pipeline};
use crate::templates;

/// Deploy the three stacks, enable what they need, create the backup plan and assign the databases
///
/// Shows the changes first; nothing changes without consent. A second run changes nothing and says so. After an
/// interruption or a partial failure, a second run completes the deployment.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this environment's stack; can be repeated: source, intermediate, destination
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<EnvironmentName>,
    /// Show the changes without making them
    #[arg(long)]
    dry_run: bool,
    /// Make the changes without asking for confirmation
    #[arg(long)]
    yes: bool,
    /// Enable account and organization settings that are off, and create missing roles
    #[arg(long)]
    enable_settings: bool,
    /// Do not create or change the backup plan and its selection
    #[arg(long)]
    no_plan: bool,
}

/// The templates as they are shipped.
pub(super) fn shipped() -> Templates {
    Templates([templates::source(), templates::intermediate(), templates::destination()].map(str::to_owned))
}

impl Args {
    #[cfg(feature = "sandbox")]
    /// Everything, with consent to everything.
    pub(super) fn consented() -> Self {
        Self { environment: Vec::new(), dry_run: false, yes: true, enable_settings: true, no_plan: false }
    }

    fn options(&self, context: &Context<'_>) -> Options {
        let environments =
            if self.environment.is_empty() { EnvironmentName::ALL.to_vec() } else { self.environment.clone() };
        let with_plan = !self.no_plan && environments.contains(&EnvironmentName::Source);
        Options {
            environments,
            mode: if self.dry_run { Mode::DryRun } else { Mode::Apply },
            settings: if self.enable_settings { SettingsConsent::Enable } else { SettingsConsent::Leave },
            plan: if with_plan { WithPlan::Yes } else { WithPlan::No },
            templates: shipped(),
            patience: context.patience(),
        }
    }
}

/// How often it is looked at again: after a rollback was continued, a dead stack deleted, a vault adopted.
const ROUNDS: usize = 4;

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let options = args.options(context);
    let selected = if options.plan == WithPlan::Yes { Selected::Required } else { Selected::Optional };
    let pipeline = context.pipeline(selected)?;
    let reach = match options.plan {
        WithPlan::Yes => context.reach_in_time(&pipeline)?,
        WithPlan::No => context.reach(&pipeline)?,
    };
    let sessions = context.work(&reach, async |_| Sessions::open(&pipeline, &reach.outside).await)?;
    let work = Work { pipeline: &pipeline, reach: &reach, options: &options, sessions: &sessions };
    let ended = work.rounds(args, context);
    let outcome = ended.unwrap_or_else(|outcome| outcome);
    Ok(outcome.with_calls(sessions.calls()))
}

struct Work<'a> {
    pipeline: &'a Pipeline,
    reach: &'a Reach,
    options: &'a Options,
    sessions: &'a Sessions,
}

/// How a round of looking, deciding and doing ended.
enum Round {
    /// The command is done.
    Over(Outcome),
    /// What follows is known only now.
    Again(Bootstrapped),
}

impl Work<'_> {
    fn rounds(&self, args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
        let mut earlier = None;
        for _ in 0..ROUNDS {
            match self.round(args, context, earlier.take())? {
                Round::Over(outcome) => return Ok(outcome),
                Round::Again(result) => earlier = Some(result),
            }
        }
        let problem = Problem::new(
            format!("a stack was still not settled after {ROUNDS} rounds"),
            "look at its events (`aws cloudformation describe-stack-events`), then run `backupctl bootstrap` again",
        );
        Err(Outcome::failed(ExitStatus::Failed, problem))
    }

    /// Works for this command: Ctrl-C takes back what was only made to be looked at.
    fn work<T>(&self, context: &mut Context<'_>, work: impl AsyncFnOnce(Sink) -> T) -> Result<T, Outcome> {
        let undo = async || abandon(self.pipeline, self.sessions, &self.options.environments).await;
        context.work_undoing(self.reach, work, undo)
    }

    fn round(&self, args: &Args, context: &mut Context<'_>, earlier: Option<Bootstrapped>) -> Result<Round, Outcome> {
        let looked =
            self.work(context, async |sink| observe(self.pipeline, self.sessions, self.options, &sink).await)?;
        let observed = match looked {
            Ok(observed) => observed,
            Err(error) => {
                // Another stack may have its change set already.
                self.work(context, async |_| {
                    abandon(self.pipeline, self.sessions, &self.options.environments).await;
                })?;
                return Err(Outcome::from(&error));
            }
        };
        let changes = match decide(self.pipeline, &observed, self.options) {
            Ok(changes) => changes,
            Err(error) => {
                self.discard(context, &observed)?;
                return Err(Outcome::from(&error));
            }
        };
        let mut now = report(self.pipeline, &changes);
        if let Some(earlier) = &earlier {
            now.after(earlier);
        }
        let shown = body(&now, args.dry_run);
        if args.dry_run {
            self.discard(context, &observed)?;
            return Ok(Round::Over(would(&changes, shown, context)));
        }
        if let Some(problem) = blocked(&changes) {
            self.discard(context, &observed)?;
            return Ok(Round::Over(refusal(problem, shown)));
        }
        let difference = body(&report(self.pipeline, &changes), false);
        match consent(args, context, self.reach, &changes, &difference) {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => {
                self.discard(context, &observed)?;
                return Ok(Round::Over(refusal(problem, shown)));
            }
            Err(interrupted) => {
                self.discard(context, &observed)?;
                return Err(interrupted);
            }
        }
        self.apply(context, &observed, &changes, earlier.as_ref())
    }

    fn apply(
        &self,
        context: &mut Context<'_>,
        observed: &Observed,
        changes: &Changes,
        earlier: Option<&Bootstrapped>,
    ) -> Result<Round, Outcome> {
        let patience = self.options.patience;
        let applied = self.work(context, async |sink| {
            apply(self.pipeline, self.sessions, observed, changes, patience, &sink).await
        })?;
        let mut result = applied.result;
        if let Some(earlier) = earlier {
            result.after(earlier);
        }
        match applied.failure {
            None if changes.goes_on() || applied.overtaken => Ok(Round::Again(result)),
            None => {
                let shown = body(&result, false);
                let text = render::bootstrap::result(&shown, &context.page());
                Ok(Round::Over(Outcome::done(Text::Result(text)).with_body(shown)))
            }
            Some(error) => {
                self.discard(context, observed)?;
                Err(Outcome::from(&error).with_body(body(&result, false)))
            }
        }
    }

    fn discard(&self, context: &mut Context<'_>, observed: &Observed) -> Result<(), Outcome> {
        let discarded = self.work(context, async |_| discard(self.sessions, observed).await)?;
        discarded.map_err(|error| Outcome::from(&error))
    }
}

/// What a dry run says.
fn would(changes: &Changes, shown: Value, context: &Context<'_>) -> Outcome {
    let text = render::bootstrap::result(&shown, &context.page());
    let mut outcome = Outcome::done(Text::Result(text)).with_body(shown);
    match blocked(changes) {
        Some(problem) if changes.is_empty() => {
            outcome.status = ExitStatus::Refused;
            outcome.failure = Some(Failure::Problem(problem));
        }
        _ if !changes.is_empty() => outcome.status = ExitStatus::Changes,
        _ => {}
    }
    outcome
}

fn blocked(changes: &Changes) -> Option<Problem> {
    let (stack, block) = changes.blocked()?;
    let what = format!("stack `{}` of {} is left alone: {}", stack.deployment.stack, stack.environment, block.reason);
    Some(Problem { environment: Some(stack.environment.to_string()), ..Problem::new(what, block.remedy.clone()) })
}

fn refusal(problem: Problem, shown: Value) -> Outcome {
    Outcome::failed(ExitStatus::Refused, problem).with_body(shown)
}

/// The interruption at the question; within it the refusal.
fn consent(
    args: &Args,
    context: &mut Context<'_>,
    reach: &Reach,
    changes: &Changes,
    shown: &Value,
) -> Result<Result<(), Problem>, Outcome> {
    if changes.is_empty() {
        return Ok(Ok(()));
    }
    let page = context.page();
    if !context.global.quiet || !args.yes {
        let difference = render::bootstrap::changes(shown, &page);
        context.io.err(&difference);
    }
    if args.yes {
        return Ok(Ok(()));
    }
    let question =
        Question { text: "Make these changes?", answer: Answer::Yes, flag: "--yes", refused: "nothing was changed" };
    consent::ask_over(reach, context.io, question)
}
