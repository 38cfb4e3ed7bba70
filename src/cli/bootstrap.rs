//! `bootstrap`: shows the difference, asks, deploys.

use serde_json::{Value, json};

use super::consent::{self, Answer, Question};
use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Failure, Outcome, Text};
use super::reach::Reach;
use crate::config::Selected;
use crate::operations::bootstrap::{
    Bootstrapped, Changes, Observed, Options, SettingsConsent, WithPlan, apply, decide, discard, observe, report,
};
use crate::operations::deployment::Templates;
use crate::operations::sessions::Sessions;
use crate::output::Problem;
use crate::output::render;
use crate::pipeline::{EnvironmentName, Pipeline};
use crate::templates;

/// Deploy the three stacks, turn on what they need, create the plan and assign the databases
///
/// First shows the difference; nothing is changed before consent. A second run changes nothing and says so. After an
/// interruption or a failure halfway, a second run finishes the work.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this environment's stack; repeat for more: source, intermediate, destination
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Vec<EnvironmentName>,
    /// Only show the difference
    #[arg(long)]
    dry_run: bool,
    /// Consent to the difference without being asked
    #[arg(long)]
    yes: bool,
    /// Turn on account and organization settings that are off, and create roles that are missing
    #[arg(long)]
    enable_settings: bool,
    /// Leave the backup plan and its selection alone
    #[arg(long)]
    no_plan: bool,
}

/// The templates as they are shipped.
pub(super) fn shipped() -> Templates {
    Templates([templates::source(), templates::intermediate(), templates::destination()].map(str::to_owned))
}

impl Args {
    /// Everything, with consent to everything.
    pub(super) fn consented() -> Self {
        Self { environment: Vec::new(), dry_run: false, yes: true, enable_settings: true, no_plan: false }
    }

    fn options(&self, context: &Context<'_>) -> Options {
        let environments =
            if self.environment.is_empty() { EnvironmentName::ALL.to_vec() } else { self.environment.clone() };
        Options {
            environments,
            settings: if self.enable_settings { SettingsConsent::Enable } else { SettingsConsent::Leave },
            plan: if self.no_plan { WithPlan::No } else { WithPlan::Yes },
            templates: shipped(),
            patience: context.patience(),
        }
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let selected = if args.no_plan { Selected::Optional } else { Selected::Required };
    let pipeline = context.pipeline(selected)?;
    let options = args.options(context);
    let reach = context.reach(&pipeline)?;
    let work = Work { pipeline: &pipeline, reach: &reach, options: &options };
    let (sessions, observed) = work.look(context)?;
    let ended = work.decided(args, context, &sessions, &observed);
    let outcome = ended.unwrap_or_else(|outcome| outcome);
    Ok(outcome.with_calls(sessions.calls()))
}

struct Work<'a> {
    pipeline: &'a Pipeline,
    reach: &'a Reach,
    options: &'a Options,
}

impl Work<'_> {
    fn look(&self, context: &mut Context<'_>) -> Result<(Sessions, Observed), Outcome> {
        let looked = context.work(self.reach, async |sink| {
            let sessions = Sessions::open(self.pipeline, &self.reach.outside).await;
            let observed = observe(self.pipeline, &sessions, self.options, &sink).await;
            (sessions, observed)
        })?;
        let (sessions, observed) = looked;
        match observed {
            Ok(observed) => Ok((sessions, observed)),
            Err(error) => Err(Outcome::from(&error).with_calls(sessions.calls())),
        }
    }

    fn decided(
        &self,
        args: &Args,
        context: &mut Context<'_>,
        sessions: &Sessions,
        observed: &Observed,
    ) -> Result<Outcome, Outcome> {
        let changes = match decide(self.pipeline, observed, self.options) {
            Ok(changes) => changes,
            Err(error) => {
                self.discard(context, sessions, observed)?;
                return Err(Outcome::from(&error));
            }
        };
        let shown = body(&report(self.pipeline, &changes), args.dry_run);
        if args.dry_run {
            self.discard(context, sessions, observed)?;
            return Ok(would(&changes, shown, context));
        }
        if let Some(problem) = blocked(&changes) {
            self.discard(context, sessions, observed)?;
            return Ok(refusal(problem, shown));
        }
        if let Err(problem) = consent(args, context, &changes, &shown) {
            self.discard(context, sessions, observed)?;
            return Ok(refusal(problem, shown));
        }
        let patience = self.options.patience;
        let applied = context
            .work(self.reach, async |sink| apply(self.pipeline, sessions, observed, &changes, patience, &sink).await)?;
        match applied {
            Ok(result) => {
                let shown = body(&result, false);
                let text = render::bootstrap::result(&shown, &context.page());
                Ok(Outcome::done(Text::Result(text)).with_body(shown))
            }
            Err(error) => Err(Outcome::from(&error).with_body(shown)),
        }
    }

    fn discard(&self, context: &mut Context<'_>, sessions: &Sessions, observed: &Observed) -> Result<(), Outcome> {
        let discarded = context.work(self.reach, async |_| discard(sessions, observed).await)?;
        discarded.map_err(|error| Outcome::from(&error))
    }
}

fn body(result: &Bootstrapped, dry_run: bool) -> Value {
    let mut body = json!({"dry_run": dry_run});
    if let (Some(body), Ok(Value::Object(fields))) = (body.as_object_mut(), serde_json::to_value(result)) {
        body.extend(fields);
    }
    body
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
    let stack = changes.blocked()?;
    let what = format!("stack `{}` of {} is not ours to change", stack.deployment.stack, stack.environment);
    let hint = stack.reason.clone().unwrap_or_else(|| "choose another stack name in backupctl.toml".to_owned());
    Some(Problem { environment: Some(stack.environment.to_string()), ..Problem::new(what, hint) })
}

fn refusal(problem: Problem, shown: Value) -> Outcome {
    Outcome::failed(ExitStatus::Refused, problem).with_body(shown)
}

fn consent(args: &Args, context: &mut Context<'_>, changes: &Changes, shown: &Value) -> Result<(), Problem> {
    if changes.is_empty() {
        return Ok(());
    }
    let page = context.page();
    if !context.global.quiet || !args.yes {
        let difference = render::bootstrap::changes(shown, &page);
        context.io.err(&difference);
    }
    if args.yes {
        return Ok(());
    }
    let question =
        Question { text: "Make these changes?", answer: Answer::Yes, flag: "--yes", refused: "nothing was changed" };
    consent::ask(context.io, question)
}
