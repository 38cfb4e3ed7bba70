//! `cleanup`: shows what goes and what stays, asks, deletes.

pub(super) use super::cleanup_args::Args;
use super::cleanup_consent::{agree, known};
use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Failure, Outcome, Text, body};
use crate::config::Selected;
use crate::operations::cleanup::{Changes, Cleaned, Intent, KeyAction, apply, decide, observe, report};
use crate::operations::error::ErrorKind;
use crate::operations::sessions::Sessions;
use crate::output::render::cleanup::Listing;
use crate::output::{Problem, plural, render};
use crate::pipeline::recovery_point::counted;
use crate::pipeline::resource::{self};

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let pipeline = context.pipeline(Selected::Optional)?;
    known(args, &pipeline)?;
    let options = args.options(&pipeline, context);
    let reach = context.reach(&pipeline)?;
    let (sessions, observed) = context.work(&reach, async |sink| {
        let sessions = Sessions::open(&pipeline, &reach.outside).await;
        let observed = observe(&pipeline, &sessions, &options, &sink).await;
        (sessions, observed)
    })?;
    let observed = observed.map_err(|error| Outcome::from(&error).with_calls(sessions.calls()))?;
    let held = observed.environments.iter().flat_map(|seen| &seen.points);
    let held = held.map(|point| point.origin.resource_arn.as_str());
    if let Some(what) = resource::unknown(&pipeline, &options.resources, held) {
        let problem = Problem::new(what, resource::HINT);
        return Ok(Outcome::failed(ExitStatus::Failed, problem).with_calls(sessions.calls()));
    }
    let changes = decide(&pipeline, &observed, &options);
    let shown = report(&pipeline, &changes, &options);
    if args.dry_run {
        return Ok(would(&changes, &shown, context).with_calls(sessions.calls()));
    }
    if let Err(problem) = agree(args, context, &changes, &observed, &shown) {
        let outcome = Outcome::failed(ExitStatus::Refused, problem).with_body(body(&shown, false));
        return Ok(outcome.with_calls(sessions.calls()));
    }
    let cleaned = context.work(&reach, async |sink| apply(&pipeline, &sessions, &changes, &options, &sink).await)?;
    let outcome = match &cleaned.stopped {
        None => did(&changes, &cleaned, context),
        Some(error) => Outcome::from(error).with_body(body(&cleaned, false)),
    };
    Ok(outcome.with_calls(sessions.calls()))
}

fn would(changes: &Changes, shown: &Cleaned, context: &Context<'_>) -> Outcome {
    let body = body(shown, true);
    let text = render::cleanup::result(&body, Listing::NotShown, &context.page());
    let mut outcome = Outcome::done(Text::Result(text)).with_body(body);
    if !changes.is_empty() {
        outcome.status = ExitStatus::Changes;
    } else if changes.is_blocked() {
        outcome.status = ExitStatus::Refused;
        outcome.failure = Some(Failure::Problem(blocked(shown)));
    }
    outcome
}

fn did(changes: &Changes, cleaned: &Cleaned, context: &Context<'_>) -> Outcome {
    let body = body(cleaned, false);
    // Where nothing was to be deleted, or nobody wanted to read it, the listing did not show the notes.
    let before = if changes.is_empty() || context.global.quiet { Listing::NotShown } else { Listing::Shown };
    let text = render::cleanup::result(&body, before, &context.page());
    let mut outcome = Outcome::done(Text::Result(text)).with_body(body);
    let when = |holds: bool, status: ExitStatus| if holds { status } else { ExitStatus::Done };
    let kind = |kind: ErrorKind| cleaned.failures.iter().any(|error| error.kind == kind);
    outcome.status = when(changes.is_blocked() || kind(ErrorKind::Refused), ExitStatus::Refused)
        .or_worse(when(cleaned.summary.failed > 0 || kind(ErrorKind::Failed), ExitStatus::Failed))
        .or_worse(when(cleaned.summary.pending > 0 || kind(ErrorKind::TimedOut), ExitStatus::TimedOut));
    outcome.failure = match outcome.status {
        ExitStatus::Refused => Some(Failure::Problem(blocked(cleaned))),
        ExitStatus::Failed => Some(Failure::Problem(failures(cleaned))),
        ExitStatus::TimedOut => Some(Failure::Problem(pending(cleaned))),
        _ => None,
    };
    outcome
}

/// A problem whose reasons are what failed on the way, each with what helps.
fn problem(what: String, hint: &str, cleaned: &Cleaned) -> Problem {
    let reasons: Vec<String> =
        cleaned.failures.iter().map(|error| format!("{}: {error}", error.place.environment)).collect();
    let mut hints: Vec<&str> = Vec::new();
    for hint in [hint].into_iter().chain(cleaned.failures.iter().map(|error| error.hint.as_str())) {
        if !hint.is_empty() && !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    let why = (!reasons.is_empty()).then(|| reasons.join("\n"));
    Problem { why, ..Problem::new(what, hints.join("\n")) }
}

/// What is still there though it was meant to go; what was refused, too.
fn still_there(cleaned: &Cleaned) -> String {
    let undone = cleaned.undone();
    let number = undone.recovery_points + cleaned.summary.blocked;
    let mut words = Vec::new();
    if number > 0 {
        words.push(counted(number));
    }
    let plans = cleaned.plans.iter().filter(|plan| plan.action == Intent::Blocked).map(|plan| plan.id.clone());
    words.extend(named("backup plan", plans.chain(undone.plans).collect()));
    let vaults = cleaned.vaults.iter().filter(|vault| vault.action == Intent::Blocked).map(|vault| vault.name.clone());
    words.extend(named("vault", vaults.chain(undone.vaults).collect()));
    let keys = cleaned.keys.iter().filter(|key| key.action == KeyAction::Blocked).map(|key| key.arn.clone());
    words.extend(named("key", keys.chain(undone.keys).collect()));
    let stacks = cleaned.stacks.iter().filter(|stack| stack.action == Intent::Blocked).map(|stack| stack.name.clone());
    words.extend(named("stack", stacks.chain(undone.stacks).collect()));
    plural::list(&words)
}

/// One by its name, more by their number: the listing names them.
fn named(noun: &str, names: Vec<String>) -> Option<String> {
    match &names[..] {
        [] => None,
        [name] => Some(format!("{noun} {name}")),
        names => Some(format!("{} {noun}s", names.len())),
    }
}

fn blocked(cleaned: &Cleaned) -> Problem {
    let refused = cleaned.summary.blocked > 0
        || cleaned.stacks.iter().any(|stack| stack.action == Intent::Blocked)
        || cleaned.plans.iter().any(|plan| plan.action == Intent::Blocked);
    let hint = if refused { "the listing says why each one stays" } else { "" };
    problem(format!("not deleted: {}", still_there(cleaned)), hint, cleaned)
}

fn failures(cleaned: &Cleaned) -> Problem {
    let summary = &cleaned.summary;
    let what = format!(
        "of the recovery points {} deleted, {} failed, {} left; not deleted: {}",
        summary.deleted,
        summary.failed,
        summary.pending + summary.kept + summary.blocked,
        still_there(cleaned)
    );
    let freed = cleaned.recovery_points.iter().any(|point| point.result == Some("failed") && point.remedy.is_some());
    let hint = if freed {
        "the listing says what AWS could not delete and why; fix that, then run `backupctl cleanup` again"
    } else {
        ""
    };
    Problem { retryable: true, ..problem(what, hint, cleaned) }
}

fn pending(cleaned: &Cleaned) -> Problem {
    let what = format!("not deleted before the timeout: {}", still_there(cleaned));
    let hint = "AWS goes on deleting; `backupctl cleanup` comes back to it";
    let hint = if cleaned.summary.pending > 0 { hint } else { "" };
    Problem { retryable: true, ..problem(what, hint, cleaned) }
}
