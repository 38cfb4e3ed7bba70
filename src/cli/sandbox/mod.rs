//! `sandbox`: the simulated AWS in a directory.

mod inject;
mod scenario;
mod serve;
mod view;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use serde_json::json;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use super::simulated::{self, store_failure, with_function};
use crate::config::duration;
use crate::output::{Problem, plural, render, time};
use crate::sandbox::Sandbox;
use crate::sandbox::store::StoreError;
use crate::sandbox::world::World;

pub(super) use view::lineages;
use view::view;

/// Manage the simulated AWS in the directory of `--sandbox`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create the simulated AWS
    Init(ScenarioArgs),
    /// Advance the virtual clock; everything due until then happens
    Advance {
        /// By how much: 90s, 45m, 24h, 7d
        #[arg(value_name = "DURATION", value_parser = duration::parse)]
        by: Duration,
    },
    /// Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs
    Serve(serve::Args),
    Inject(inject::Args),
    /// Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials
    Show,
    /// Discard the simulated AWS and create a new one
    Reset(ScenarioArgs),
}

#[derive(Debug, clap::Args)]
struct ScenarioArgs {
    /// How the world begins: built-in, bare, or a scenario file
    #[arg(long, value_name = "NAME or FILE", default_value = "built-in")]
    scenario: String,
}

impl Args {
    /// The command's name in a document's schema.
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Init(_) => "sandbox-init",
            Command::Advance { .. } => "sandbox-advance",
            Command::Serve(_) => "sandbox-serve",
            Command::Inject(_) => "sandbox-inject",
            Command::Show => "sandbox-show",
            Command::Reset(_) => "sandbox-reset",
        }
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    context.says_sandbox();
    match &args.command {
        Command::Init(scenario) => init(scenario, context),
        Command::Advance { by } => advance(*by, context),
        Command::Serve(args) => serve::run(args, context),
        Command::Inject(args) => inject::run(args, context),
        Command::Show => show(context),
        Command::Reset(scenario) => reset(scenario, context),
    }
}

/// The files that hold a world, beside its lock.
const FILES: [&str; 2] = ["world.json", "log"];

/// Whether a directory holds a world already.
pub(super) fn holds_world(directory: &Path) -> bool {
    FILES.iter().any(|file| directory.join(file).exists())
}

fn directory(context: &Context<'_>) -> (String, PathBuf) {
    let name = context.global.sandbox_name(context.io);
    let path = context.io.directory.join(&name);
    (name, path)
}

fn init(args: &ScenarioArgs, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let (name, path) = directory(context);
    if holds_world(&path) {
        let what = format!("`{name}` holds a sandbox already");
        let hint = format!("throw it away with `backupctl sandbox reset --sandbox={name}`, or name another directory");
        return Err(Outcome::failed(ExitStatus::Refused, Problem::new(what, hint)));
    }
    make(build(args, context)?, args, &name, &path, context)
}

fn reset(args: &ScenarioArgs, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let (name, path) = directory(context);
    let world = build(args, context)?;
    // A damaged world may be thrown away as well; a foreign directory or one in use may not.
    match Sandbox::open(&path, &simulated::owner(context.io)) {
        Ok(_) | Err(StoreError::Unreadable { .. }) => {}
        Err(error) => return Err(store_failure(&error)),
    }
    for file in FILES {
        match fs::remove_file(path.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let what = format!("cannot delete `{}`: {error}", path.join(file).display());
                return Err(Outcome::failed(ExitStatus::Failed, Problem::new(what, "make the directory writable")));
            }
            _ => {}
        }
    }
    make(world, args, &name, &path, context)
}

/// The world of the scenario that the command line names.
fn build(args: &ScenarioArgs, context: &Context<'_>) -> Result<World, Outcome> {
    scenario::read(&args.scenario, context)?.build().map_err(|error| {
        Outcome::usage(
            format!("the scenario `{}` cannot be built: {}: {}", args.scenario, error.code, error.message),
            "correct what the scenario asks for there: AWS would refuse it too",
        )
    })
}

fn make(
    world: World,
    args: &ScenarioArgs,
    name: &str,
    path: &Path,
    context: &mut Context<'_>,
) -> Result<Outcome, Outcome> {
    let (sandbox, _) = Sandbox::open_or_make(path, &simulated::owner(context.io), || with_function(world))
        .map_err(|error| store_failure(&error))?;
    context.ran(sandbox.now().into(), sandbox.now().into());
    let now = sandbox.now().iso_seconds();
    let text = format!("made the world `{}` in `{name}`; it is {now} there\n", args.scenario);
    let body = json!({"directory": name, "scenario": args.scenario, "now": now});
    Ok(Outcome::done(Text::Result(text)).with_body(body))
}

fn advance(by: Duration, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let sandbox = context.sandbox()?;
    let before = sandbox.now();
    let moved = sandbox.advance_to(before + by).and_then(|happened| sandbox.save().map(|()| happened));
    let happened = moved.map_err(|error| store_failure(&error))?;
    context.ran(before.into(), sandbox.now().into());
    let after = sandbox.now().iso_seconds();
    let things = match happened {
        0 => "nothing".to_owned(),
        some => plural::count(some as u64, "scheduled event", "scheduled events"),
    };
    let text = format!("moved the clock by {} to {after}; {things} ran\n", time::span(by));
    let body =
        json!({"from": before.iso_seconds(), "to": after, "advanced_seconds": by.as_secs(), "happened": happened});
    Ok(Outcome::done(Text::Result(text)).with_body(body))
}

fn show(context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let sandbox = context.sandbox()?;
    context.ran(sandbox.now().into(), sandbox.now().into());
    let shown = view(&sandbox.world());
    let text = render::world::result(&shown, &context.page());
    Ok(Outcome::done(Text::Result(text)).with_body(shown))
}
