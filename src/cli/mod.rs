//! The command line: one file a subcommand, with its arguments, its confirmation, its rendering.

#![expect(clippy::result_large_err, reason = "an outcome travels once a command, and only a few calls up")]

mod bootstrap;
mod cleanup;
mod cleanup_args;
mod cleanup_consent;
#[cfg(feature = "sandbox")]
pub mod connector;
mod consent;
mod context;
mod copy;
mod doctor;
mod exit;
mod explain;
mod generate;
mod global;
mod in_flight;
mod init;
mod outcome;
mod policy;
mod reach;
#[cfg(feature = "sandbox")]
mod rehearse;
#[cfg(feature = "sandbox")]
mod sandbox;
pub mod simulated;
mod template;
mod verify;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use crate::output::Io;
pub use exit::ExitStatus;

use context::Context;
use global::Global;
use outcome::Outcome;
use simulated::Sandbox;

/// Carries RDS backups that are encrypted with `aws/rds` to another account
///
/// Bootstraps, copies, verifies and cleans up an AWS Backup pipeline of two hops: from the source vault to an
/// intermediate vault in another Region, and from there to a vault in another account.
#[derive(Debug, Parser)]
#[command(name = "backupctl", version, max_term_width = 100, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(Box<init::Args>),
    Bootstrap(bootstrap::Args),
    Copy(copy::Args),
    Verify(verify::Args),
    Doctor(doctor::Args),
    Explain(explain::Args),
    Cleanup(cleanup::Args),
    #[cfg(feature = "sandbox")]
    Rehearse(rehearse::Args),
    Policy(policy::Args),
    Template(template::Args),
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Args),
    Completions(generate::CompletionsArgs),
    Man(generate::ManArgs),
}

impl Command {
    /// The command's name in a document's schema.
    fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Bootstrap(_) => "bootstrap",
            Self::Copy(_) => "copy",
            Self::Verify(_) => "verify",
            Self::Doctor(_) => "doctor",
            Self::Explain(_) => "explain",
            Self::Cleanup(_) => "cleanup",
            #[cfg(feature = "sandbox")]
            Self::Rehearse(_) => "rehearse",
            Self::Policy(_) => "policy",
            Self::Template(_) => "template",
            #[cfg(feature = "sandbox")]
            Self::Sandbox(args) => args.name(),
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Bootstrap(args) => bootstrap::run(args, context),
            Self::Copy(args) => copy::run(args, context),
            Self::Verify(args) => verify::run(args, context),
            Self::Doctor(args) => doctor::run(args, context),
            Self::Explain(args) => explain::run(args, context),
            Self::Cleanup(args) => cleanup::run(args, context),
            #[cfg(feature = "sandbox")]
            Self::Rehearse(args) => rehearse::run(args, context),
            Self::Policy(args) => policy::run(args, context),
            Self::Template(args) => template::run(args, context),
            #[cfg(feature = "sandbox")]
            Self::Sandbox(args) => sandbox::run(args, context),
            Self::Completions(args) => Ok(generate::completions(args)),
            Self::Man(args) => generate::man(args, context),
        }
    }
}

/// The whole command line as clap knows it, every command's help with its exit codes.
fn definition() -> clap::Command {
    let with_codes = |command: clap::Command| command.after_long_help(ExitStatus::help());
    with_codes(Cli::command()).mut_subcommands(with_codes)
}

/// Runs one command line, the program's name first, and says how the process ends.
///
/// `given` is a sandbox that the caller holds; it stands in for the directory of `--sandbox`.
pub fn run(arguments: impl IntoIterator<Item = OsString>, io: &mut Io, given: Option<Sandbox>) -> ExitStatus {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = definition().term_width(io.width).try_get_matches_from(&arguments);
    match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => {
            let Cli { global, command } = cli;
            global.start_log(io);
            let mut context = Context::new(io, global, given);
            let outcome = command.run(&mut context).unwrap_or_else(|outcome| outcome);
            context.finish(command.name(), outcome)
        }
        Err(error) => not_parsed(&error, &arguments, io),
    }
}

/// Whether a command line, the program's name first, is understood; nothing is run.
///
/// # Errors
/// What is wrong with it, as a person reads it.
pub fn check(arguments: impl IntoIterator<Item = OsString>) -> Result<(), String> {
    let parsed = definition().try_get_matches_from(arguments);
    parsed.and_then(|matches| Cli::from_arg_matches(&matches)).map(drop).map_err(|error| error.render().to_string())
}

/// Help and version go to stdout; anything else is a mistake of the command line.
fn not_parsed(error: &clap::Error, arguments: &[OsString], io: &mut Io) -> ExitStatus {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        io.out(&error.render().to_string());
        return ExitStatus::Done;
    }
    let told = error.render().to_string();
    if !asks_for_json(arguments) {
        io.err(&told);
        return ExitStatus::Usage;
    }
    io.err(&told);
    let what = told.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let outcome = Outcome::usage(what, "see `backupctl --help`");
    let names: Vec<String> = definition().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let named = arguments.iter().skip(1).find_map(|argument| names.iter().find(|name| argument == name.as_str()));
    let command = named.map_or("usage", String::as_str);
    context::document_only(io, command, asks_for_sandbox(arguments, io), outcome)
}

fn asks_for_json(arguments: &[OsString]) -> bool {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    texts.windows(2).any(|pair| matches!(pair, ["-o" | "--output", "json"]))
        || texts.iter().any(|text| matches!(*text, "-ojson" | "-o=json" | "--output=json"))
}

fn asks_for_sandbox(arguments: &[OsString], io: &Io) -> bool {
    let flag = |argument: &OsString| {
        argument.to_str().is_some_and(|text| text == "--sandbox" || text.starts_with("--sandbox="))
    };
    arguments.iter().any(flag) || io.variable("BACKUPCTL_SANDBOX").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a command line that needs no world.
    pub(super) fn run_plain(arguments: &str) -> (u8, String, String) {
        let mut io = Io::captured();
        let arguments = std::iter::once("backupctl").chain(arguments.split_whitespace()).map(OsString::from);
        let status = run(arguments, &mut io, None);
        let (stdout, stderr) = io.into_captured();
        (status.code(), stdout, stderr)
    }

    #[test]
    fn the_command_line_is_well_defined() {
        definition().debug_assert();
    }

    #[test]
    fn help_and_version_are_results() {
        let (code, stdout, stderr) = run_plain("--help");
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert!(stdout.contains("Exit status:") && stdout.contains("130  interrupted"), "{stdout}");
        let (code, stdout, _) = run_plain("--version");
        assert_eq!((code, stdout), (0, format!("backupctl {}\n", env!("CARGO_PKG_VERSION"))));
    }

    #[test]
    fn a_wrong_command_line_is_exit_2_on_stderr() {
        for wrong in
            ["", "bootstrapp", "bootstrap --nonsense", "--timeout 0s sandbox show", "--timeout soon sandbox show"]
        {
            let (code, stdout, stderr) = run_plain(wrong);
            assert_eq!((code, stdout.as_str()), (2, ""), "{wrong}");
            assert!(!stderr.is_empty(), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_command_line_is_one_document_with_json() {
        let (code, stdout, _) = run_plain("bootstrap --nonsense -o json");
        let document: serde_json::Value = serde_json::from_str(&stdout).expect("one document");
        assert_eq!(code, 2);
        assert_eq!(document["schema"], "backupctl.bootstrap/1");
        assert_eq!(document["exit_code"], 2);
        assert_eq!(document["ok"], false);
        assert!(document["error"]["message"].as_str().is_some_and(|message| message.contains("--nonsense")));
    }
}
