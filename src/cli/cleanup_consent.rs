//! Consent to a cleanup: to what goes, by the accounts in which it goes, and to each last copy by the database's name.

use super::cleanup_args::{Args, Only};
use super::consent::{self, Answer, Question};
use super::context::Context;
use super::outcome::{Outcome, body};
use crate::config::duration;
use crate::operations::cleanup::{Changes, Cleaned, Intent, KeyAction, LastCopyOf, Observed};
use crate::output::table::short;
use crate::output::{Problem, plural, render};
use crate::pipeline::Pipeline;
use crate::pipeline::recovery_point::counted;
use crate::pipeline::resource::ResourceName;

/// What is refused where consent is missing.
const REFUSED: &str = "nothing was deleted";

/// An account that is confirmed must be one of the pipeline's: another one was meant for another pipeline.
///
/// # Errors
/// The first that is not.
pub(super) fn known(args: &Args, pipeline: &Pipeline) -> Result<(), Outcome> {
    let ours = [&pipeline.source.account, &pipeline.destination.account];
    match args.confirm.iter().find(|account| !ours.contains(account)) {
        None => Ok(()),
        Some(other) => Err(Outcome::usage(
            format!("`--confirm {other}` names an account that is not of this pipeline"),
            format!("this pipeline's accounts are {} and {}", ours[0], ours[1]),
        )),
    }
}

/// Consent to the listing, and to each last copy by the database's name.
///
/// # Errors
/// The refusal, with the command that consents.
pub(super) fn agree(
    args: &Args,
    context: &mut Context<'_>,
    changes: &Changes,
    observed: &Observed,
    shown: &Cleaned,
) -> Result<(), Problem> {
    if changes.is_empty() {
        return Ok(());
    }
    if !context.global.quiet || !args.yes {
        let listing = render::cleanup::listing(&body(shown, false), &context.page());
        context.io.err(&listing);
    }
    let asks = context.io.terminals.stdin && context.io.terminals.stderr;
    if args.yes || !asks {
        given(args, context, shown)?;
    } else {
        asked(context, shown)?;
    }
    for database in changes.last_copies(observed) {
        // Without a terminal the flag that let the last copy into the listing is the consent.
        if asks || !args.yes {
            let text = last_copy(&database, observed);
            let question = Question {
                text: &text,
                answer: Answer::Word(short(database.resource_arn)),
                flag: "--yes --include-last-copy",
                refused: REFUSED,
            };
            consent::ask(context.io, question)?;
        }
    }
    Ok(())
}

fn last_copy(database: &LastCopyOf<'_>, observed: &Observed) -> String {
    let LastCopyOf { resource_arn, id } = database;
    match id {
        Some(id) if observed.databases.is_ok() => {
            format!("The last copy of {resource_arn} ({id}), which no longer exists, will be deleted.")
        }
        Some(id) => {
            format!("The last copy of {resource_arn} ({id}), which could not be seen to exist, will be deleted.")
        }
        None => format!(
            "Copies under the name {resource_arn} will be deleted. Nothing says which database they are of: each may be \
             the last copy of one that no longer exists."
        ),
    }
}

/// Consent by flags: `--yes`, and `--confirm` for each account that is asked for.
fn given(args: &Args, context: &Context<'_>, shown: &Cleaned) -> Result<(), Problem> {
    let confirmed = |account: &&String| args.confirm.iter().any(|given| given.as_str() == account.as_str());
    let missing: Vec<String> = shown.at_stake.confirm.iter().filter(|one| !confirmed(one)).cloned().collect();
    if args.yes && missing.is_empty() {
        return Ok(());
    }
    let command = command_line(args, context, &shown.at_stake.confirm);
    let what = if missing.is_empty() {
        format!("consent is missing: {REFUSED}")
    } else {
        let accounts = plural::list(&missing);
        format!("consent is missing for what goes in {accounts} ({}): {REFUSED}", what_goes(shown))
    };
    Err(Problem::new(what, format!("when all of it may go, run `{command}`")))
}

/// Consent on a terminal: the number of each account that is asked for, else a word.
fn asked(context: &mut Context<'_>, shown: &Cleaned) -> Result<(), Problem> {
    let what = what_goes(shown);
    let text = format!("Everything listed for deletion will be deleted: {what}.");
    if shown.at_stake.confirm.is_empty() {
        let question = Question { text: &text, answer: Answer::Word("delete"), flag: "--yes", refused: REFUSED };
        return consent::ask(context.io, question);
    }
    for (before, account) in shown.at_stake.confirm.iter().enumerate() {
        let also = format!("That includes what lies in account {account}.");
        let text = if before == 0 { &text } else { &also };
        let question = Question { text, answer: Answer::Word(account), flag: "--yes", refused: REFUSED };
        consent::ask(context.io, question)?;
    }
    Ok(())
}

/// What goes, in numbers, and what can no longer be restored.
fn what_goes(shown: &Cleaned) -> String {
    let stake = &shown.at_stake;
    let accounts = plural::list(&stake.accounts);
    let accounts =
        if stake.accounts.len() == 1 { format!("account {accounts}") } else { format!("accounts {accounts}") };
    let mut what = Vec::new();
    if stake.recovery_points > 0 {
        let databases = plural::count(stake.databases.len() as u64, "database", "databases");
        what.push(format!("{} of {databases}", counted(stake.recovery_points)));
    }
    let keys = shown.keys.iter().filter(|key| key.action == KeyAction::ScheduleDeletion).count();
    let locks = shown.locks.iter().filter(|lock| lock.action == Intent::Delete).count();
    for (number, one, more) in [(keys, "KMS key", "KMS keys"), (locks, "vault lock", "vault locks")] {
        what.extend((number > 0).then(|| plural::count(number as u64, one, more)));
    }
    if what.is_empty() {
        what.push("no recovery point and no key".to_owned());
    }
    let mut text = format!("{}, in {accounts}", plural::list(&what));
    if !stake.unrestorable.is_empty() {
        let names: Vec<String> = stake.unrestorable.iter().map(|arn| short(arn).to_owned()).collect();
        text += &format!(
            "; afterwards no recovery point of {} is left that can be restored from for another 48 hours",
            plural::list(&names)
        );
    }
    text
}

/// This command with the consent that it lacks.
fn command_line(args: &Args, context: &Context<'_>, accounts: &[String]) -> String {
    let mut words = vec![format!("backupctl{} cleanup", context.global.repeated())];
    for only in &args.only {
        let part = match only {
            Only::RecoveryPoints => "recovery-points",
            Only::Stacks => "stacks",
            Only::Plan => "plan",
        };
        words.push(format!("--only {part}"));
    }
    words.extend(args.environment.iter().map(|name| format!("--environment {name}")));
    words.extend(args.resource.iter().map(|name| match name {
        ResourceName::Arn(arn) => format!("--resource {arn}"),
        ResourceName::Database(name) => format!("--resource db:{name}"),
    }));
    words.extend(args.older_than.map(|span| format!("--older-than {}", duration::shown(span))));
    words.extend(args.keep_last.map(|number| format!("--keep-last {number}")));
    words.extend(args.include_last_copy.then(|| "--include-last-copy".to_owned()));
    words.extend(args.remove_lock.then(|| "--remove-lock".to_owned()));
    words.push("--yes".to_owned());
    words.extend(accounts.iter().map(|account| format!("--confirm {account}")));
    words.join(" ")
}
