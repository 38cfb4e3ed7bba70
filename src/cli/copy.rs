//! `copy`: recovery points through the hops that they still lack.

use std::time::Duration;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Failure, Outcome, Text, body};
use crate::aws::wait::Patience;
use crate::config::{Selected, duration};
use crate::operations::copy::{
    Copied, CopyState, Options, Outdated, Start, Targets, Wait, Which, apply, decide, dry_run, observe, predictions,
};
use crate::operations::sessions::Sessions;
use crate::output::render::copy::Run;
use crate::output::{Problem, render};
use crate::pipeline::lifecycle::Retention;
use crate::pipeline::recovery_point::counted;
use crate::pipeline::resource::ResourceName;
use crate::pipeline::{Pipeline, RecoveryPointArn};

/// Copy recovery points through the hops they have not made yet
///
/// Finds where each one already is, attaches to copy jobs that are running, starts the rest, waits, and checks the key
/// of every result. Run again after any interruption it never starts a second copy of the same thing.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("targets").required(true).args(["recovery_point", "resource", "all_missing"]))]
pub(super) struct Args {
    /// ARN of a recovery point; can be repeated
    #[arg(long, value_name = "ARN")]
    recovery_point: Vec<RecoveryPointArn>,
    /// All recovery points of a database: `orders`, `db:orders` or an ARN; can be repeated
    #[arg(long, value_name = "DATABASE")]
    resource: Vec<ResourceName>,
    /// Only the newest recovery point of each database
    #[arg(long, requires = "resource")]
    latest: bool,
    /// Every recovery point in the source vault that lacks a copy
    #[arg(long)]
    all_missing: bool,
    /// Skip recovery points older than this
    #[arg(long, value_name = "DURATION", requires = "all_missing", value_parser = duration::parse)]
    since: Option<Duration>,
    /// How long the destination copy is kept, from the backup's creation: days, `inherit` or `never`
    #[arg(long, value_name = "N|inherit|never", value_parser = retention)]
    delete_after_days: Option<Retention>,
    /// Do not wait for the plan's own first hop; a second copy may result
    #[arg(long)]
    now: bool,
    /// Copy although the intermediate stack differs from the configuration
    #[arg(long)]
    force: bool,
    /// Show what would be copied without copying it
    #[arg(long)]
    dry_run: bool,
    /// Start the copy jobs without waiting for them
    #[arg(long)]
    no_wait: bool,
    /// Recovery points to copy in parallel
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=100))]
    concurrency: u16,
}

fn retention(text: &str) -> Result<Retention, String> {
    match text {
        "inherit" => Ok(Retention::Inherit),
        "never" => Ok(Retention::Never),
        days => match days.parse() {
            // AWS Backup API Reference, Lifecycle: 1 to 36,500 days.
            Ok(days @ 1..=36_500) => Ok(Retention::Days(days)),
            _ => Err("expected 1 to 36500 (days), `inherit` or `never`".to_owned()),
        },
    }
}

impl Args {
    fn options(&self, pipeline: &Pipeline, context: &Context<'_>) -> Options {
        let targets = if self.all_missing {
            Targets::AllMissing { since: self.since }
        } else if self.resource.is_empty() {
            Targets::RecoveryPoints(self.recovery_point.clone())
        } else {
            let which = if self.latest { Which::Latest } else { Which::All };
            Targets::Resources { arns: self.resource.iter().map(|name| name.arn(pipeline)).collect(), which }
        };
        Options {
            targets,
            retention: self.delete_after_days,
            start: if self.now { Start::Now } else { Start::AfterPlan },
            outdated: if self.force { Outdated::Accept } else { Outdated::Refuse },
            wait: if self.no_wait { Wait::No } else { Wait::ForTheEnd },
            concurrency: usize::from(self.concurrency),
            patience: if self.dry_run { looking_twice(context.patience()) } else { context.patience() },
        }
    }
}

/// A dry run waits for nothing: what its first look does not show, a second one may.
fn looking_twice(patience: Patience) -> Patience {
    Patience { timeout: patience.timeout.min(patience.poll_interval), ..patience }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let pipeline = context.pipeline(Selected::Optional)?;
    let options = args.options(&pipeline, context);
    let reach = context.reach(&pipeline)?;
    if args.now {
        context.io.err_line("note: `--now` does not wait for the plan's own copy; a second copy may result");
    }
    let (copied, changes_something, calls) = context.work(&reach, async |sink| {
        let sessions = Sessions::open(&pipeline, &reach.outside).await;
        let copied = match observe(&pipeline, &sessions, &options, &sink).await {
            Err(error) => Err(error),
            Ok(mut observed) => {
                // A dry run has the time to ask every policy; a real one hears AWS's own answer.
                if args.dry_run {
                    observed.facts.predictions = predictions(&pipeline, &sessions, &observed, &sink).await;
                }
                let changes = decide(&pipeline, observed, &options);
                let changes_something = !changes.is_empty();
                let copied = if args.dry_run {
                    dry_run(&changes)
                } else {
                    apply(&pipeline, &sessions, &changes, &options, &sink).await
                };
                Ok((copied, changes_something))
            }
        };
        match copied {
            Ok((copied, changes_something)) => (Ok(copied), changes_something, sessions.calls()),
            Err(error) => (Err(error), false, sessions.calls()),
        }
    })?;
    let copied = copied.map_err(|error| Outcome::from(&error).with_calls(calls))?;
    Ok(outcome(&copied, args, changes_something, context).with_calls(calls))
}

fn outcome(copied: &Copied, args: &Args, changes_something: bool, context: &Context<'_>) -> Outcome {
    let shown = body(copied, args.dry_run);
    let run = if args.dry_run { Run::Dry } else { Run::Real };
    let text = render::copy::result(copied, run, &context.page());
    let mut outcome = Outcome::done(Text::Result(text)).with_body(shown);
    outcome.status = status(copied, args, changes_something);
    if outcome.status.is_error() {
        outcome.failure = Some(Failure::Problem(problem(copied, outcome.status)));
    }
    outcome
}

fn status(copied: &Copied, args: &Args, changes_something: bool) -> ExitStatus {
    let summary = &copied.summary;
    let when = |holds: bool, status: ExitStatus| if holds { status } else { ExitStatus::Done };
    if args.dry_run {
        let changes = when(changes_something, ExitStatus::Changes);
        // With anything to do a dry run says so; what is refused beside it stands in the document.
        return if changes_something { changes } else { when(summary.refused > 0, ExitStatus::Refused) };
    }
    let unfinished = copied.timed_out || (!args.no_wait && summary.running > 0);
    when(summary.refused > 0, ExitStatus::Refused)
        .or_worse(when(summary.failed > 0, ExitStatus::Failed))
        .or_worse(when(unfinished, ExitStatus::TimedOut))
}

fn problem(copied: &Copied, status: ExitStatus) -> Problem {
    let state = match status {
        ExitStatus::Refused => CopyState::Refused,
        ExitStatus::TimedOut => CopyState::Running,
        _ => CopyState::Failed,
    };
    let concerned: Vec<_> = copied.copies.iter().filter(|copy| copy.state == state).collect();
    let all = counted(copied.copies.len());
    let became = match status {
        ExitStatus::Refused => "refused",
        ExitStatus::TimedOut => "did not finish before the timeout; copy jobs already started keep running in AWS",
        _ => "failed to copy",
    };
    let what = format!("{} of {all} {became}", concerned.len());
    let first = concerned.first();
    if let Some(error) = first.and_then(|copy| copy.error.as_ref()) {
        return Problem { what: format!("{what}: {}", error.what), ..Problem::of(error) };
    }
    let last =
        first.and_then(|copy| copy.hops.iter().rfind(|hop| hop.diagnosis.is_some() || hop.status_message.is_some()));
    let diagnosis = last.and_then(|hop| hop.diagnosis.as_ref());
    let remedy = diagnosis.map(|diagnosis| diagnosis.remedy.hint());
    Problem {
        place: first.map(|copy| copy.recovery_point_arn.clone()).unwrap_or_default(),
        environment: last.map(|hop| hop.to.to_string()),
        why: last
            .and_then(|hop| hop.status_message.clone())
            .or_else(|| diagnosis.map(|diagnosis| diagnosis.message.clone())),
        retryable: status == ExitStatus::TimedOut,
        ..Problem::new(what, remedy.unwrap_or_else(|| "run the command again; it resumes where it stopped".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::run_plain;

    #[test]
    fn how_long_a_copy_is_kept_is_days_or_a_word() {
        assert_eq!(retention("7"), Ok(Retention::Days(7)));
        assert_eq!(retention("inherit"), Ok(Retention::Inherit));
        assert_eq!(retention("never"), Ok(Retention::Never));
        for wrong in ["0", "36501", "-1", "for ever"] {
            assert!(retention(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_to_copy_must_be_named_once() {
        for wrong in ["copy", "copy --recovery-point nonsense", "copy --all-missing --resource x", "copy --latest"] {
            assert_eq!(run_plain(wrong).0, 2, "{wrong}");
        }
    }
}
