//! `rehearse`: the whole life of a pipeline in a fresh simulated world.

mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Failure, Outcome, Text};
use super::sandbox::{holds_world, lineages};
use super::simulated::{self, store_failure, with_function};
use super::{bootstrap, cleanup, verify};
use crate::config::{self, Selected};
use crate::output::table::short;
use crate::output::{Problem, render, time};
use crate::pipeline::Pipeline;
use crate::policy::schedule::Schedule;
use crate::sandbox::Sandbox;
use crate::sandbox::scenario::{BEGINNING, Scenario};
use crate::sandbox::world::Moment;

/// Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS
///
/// The world is made from your configuration, with everything in it that the configuration names; without one it is
/// the built-in world. No account, credential or network is used.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Keep the world in this directory
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// How often the world is looked at while the night passes.
const LOOK: Duration = Duration::from_secs(300);
/// How long after the schedule's time everything must have arrived.
const PATIENCE: Duration = Duration::from_secs(36 * 3600);

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    context.says_sandbox();
    let pipeline = context.pipeline(Selected::Required)?;
    next_fire(&pipeline, BEGINNING)?;
    let sandbox = fresh(args.keep.as_deref(), &pipeline, context)?;
    let begun = sandbox.now();
    let keep = args.keep.as_deref();
    let mut rehearsal = Rehearsal { sandbox: &sandbox, context, keep, steps: Vec::new(), calls: 0 };
    let ended = rehearsal.all(&pipeline);
    let Rehearsal { steps, calls, .. } = rehearsal;
    context.ran(begun.into(), sandbox.now().into());
    context.tell_notes(&sandbox);
    if keep.is_some() {
        sandbox.save().map_err(|error| store_failure(&error))?;
    }
    let took = sandbox.now() - begun;
    Ok(outcome(ended, &steps, took, keep, context).with_calls(calls))
}

/// When the plan's schedule comes next.
fn next_fire(pipeline: &Pipeline, now: Moment) -> Result<Moment, Outcome> {
    let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone);
    let fire = schedule.ok().and_then(|schedule| schedule.next_fire(now.date(), now.date()).at());
    let fire = fire.ok_or_else(|| {
        let what = format!("the schedule `{}` never fires after {}", pipeline.plan.schedule, now.iso_seconds());
        Outcome::usage(what, "correct `schedule` in [plan] of backupctl.toml; a rehearsal begins at that instant")
    })?;
    Ok(Moment::from_millis(fire.timestamp_millis()))
}

/// The world to rehearse in: the configuration's, in memory or in a directory of its own.
fn fresh(keep: Option<&Path>, pipeline: &Pipeline, context: &Context<'_>) -> Result<Sandbox, Outcome> {
    let scenario = if config::built_in()? == *pipeline { Scenario::built_in() } else { world::scenario(pipeline)? };
    let world = scenario.build().map_err(|error| {
        let what = format!("cannot make a world from the configuration: {}: {}", error.code, error.message);
        Outcome::usage(what, "correct what the configuration names there: AWS would refuse it too")
    })?;
    let world = with_function(world);
    let Some(keep) = keep else { return Ok(Sandbox::in_memory(world)) };
    let place = context.io.directory.join(keep);
    let hint = "name a directory for `--keep` that is empty or missing, and that you may write to";
    if holds_world(&place) {
        let what = format!("`{}` holds a sandbox already", keep.display());
        return Err(Outcome::failed(ExitStatus::Refused, Problem::new(what, hint)));
    }
    let made = Sandbox::open_or_make(&place, &simulated::owner(context.io), || world);
    made.map(|(sandbox, _)| sandbox)
        .map_err(|error| Outcome::failed(ExitStatus::Failed, Problem::new(error.to_string(), hint)))
}

struct Rehearsal<'r, 'c> {
    sandbox: &'r Sandbox,
    context: &'r mut Context<'c>,
    keep: Option<&'r Path>,
    steps: Vec<Value>,
    calls: u64,
}

/// What the rehearsal saw, and what stopped it.
struct Ended {
    lineages: Value,
    stopped: Option<Outcome>,
}

impl Rehearsal<'_, '_> {
    fn all(&mut self, pipeline: &Pipeline) -> Ended {
        let mut lineages = Value::Array(Vec::new());
        let stopped = self.each(pipeline, &mut lineages).err();
        Ended { lineages, stopped }
    }

    fn each(&mut self, pipeline: &Pipeline, lineages: &mut Value) -> Result<(), Outcome> {
        self.command("bootstrap", |context| bootstrap::run(&bootstrap::Args::consented(), context))?;
        self.night(pipeline, lineages)?;
        self.command("verify", |context| verify::run(&verify::Args::default(), context))?;
        self.command("cleanup", |context| cleanup::run(&cleanup::Args::consented(pipeline), context))
    }

    fn say(&mut self, line: &str) {
        if !self.context.global.quiet {
            let now = self.sandbox.now().iso_seconds();
            self.context.io.err_line(&format!("{now}  {line}"));
        }
    }

    fn step(&mut self, name: &str, status: ExitStatus, message: &str) {
        let at = self.sandbox.now().iso_seconds();
        self.steps.push(json!({"step": name, "at": at, "exit_code": status.code(), "message": message}));
    }

    /// Runs a command in the world as an operator would; stops the rehearsal where it does not end well.
    fn command(
        &mut self,
        name: &'static str,
        run: impl FnOnce(&mut Context<'_>) -> Result<Outcome, Outcome>,
    ) -> Result<(), Outcome> {
        self.say(&format!("backupctl {name}"));
        let mut inner = self.context.inside(self.sandbox.clone());
        let outcome = run(&mut inner).unwrap_or_else(|outcome| outcome);
        self.calls += outcome.api_calls;
        let ended = if outcome.status == ExitStatus::Done { "ended well" } else { outcome.status.meaning() };
        self.step(name, outcome.status, ended);
        self.say(&format!("backupctl {name}: {ended}"));
        if outcome.status == ExitStatus::Done { Ok(()) } else { Err(outcome) }
    }

    /// Lets the schedule's time come, and time pass until every backup has arrived in the destination vault.
    fn night(&mut self, pipeline: &Pipeline, seen: &mut Value) -> Result<(), Outcome> {
        let fire = next_fire(pipeline, self.sandbox.now())?;
        self.say(&format!("waiting for the plan's time, {}", fire.iso_seconds()));
        let mut told = Vec::new();
        let mut instant = fire;
        while instant <= fire + PATIENCE {
            self.sandbox.advance_to(instant).map_err(|error| store_failure(&error))?;
            *seen = self.sandbox.look(|world| lineages(world, pipeline));
            self.tell_arrivals(seen, &mut told);
            if all_arrived(seen, pipeline) {
                self.step("scheduled-backup", ExitStatus::Done, "every backup arrived in the destination vault");
                return Ok(());
            }
            instant = instant + LOOK;
        }
        let waited = format!("within {} of the plan's time", time::span(PATIENCE));
        let (what, hint) = if seen.as_array().is_some_and(Vec::is_empty) {
            let hint = "let [selection] of backupctl.toml choose a DB instance, and `exclude` not leave it out";
            (format!("nothing was backed up {waited}"), hint.to_owned())
        } else {
            (format!("not every backup arrived {waited}"), look(self.keep, "sandbox show"))
        };
        self.step("scheduled-backup", ExitStatus::Failed, &what);
        Err(Outcome::failed(ExitStatus::Failed, Problem::new(what, hint)))
    }

    fn tell_arrivals(&mut self, seen: &Value, told: &mut Vec<String>) {
        for lineage in seen.as_array().into_iter().flatten() {
            for vault in ["source", "intermediate", "destination"] {
                let Some(key) = lineage[vault]["encryption_key"].as_str() else { continue };
                let database = short(lineage["resource_arn"].as_str().unwrap_or_default());
                let line = format!("{vault} vault: a recovery point of {database}, encrypted with {key}");
                let id = format!("{line} {}", lineage["created_at"]);
                if !told.contains(&id) {
                    told.push(id);
                    self.say(&line);
                }
            }
        }
    }
}

/// Whether every backup is in all three vaults, and every database that is named, and not left out, has one.
fn all_arrived(seen: &Value, pipeline: &Pipeline) -> bool {
    let all = || seen.as_array().into_iter().flatten();
    let selection = &pipeline.selection;
    let named =
        selection.resources.iter().filter(|arn| !arn.contains(['*', '?']) && selection.left_out_by(arn).is_none());
    let whole =
        all().all(|lineage| ["source", "intermediate", "destination"].iter().all(|vault| lineage[vault].is_object()));
    all().next().is_some() && whole && named.into_iter().all(|arn| all().any(|lineage| lineage["resource_arn"] == *arn))
}

/// How the world is looked at in which the rehearsal ended.
fn look(keep: Option<&Path>, command: &str) -> String {
    match keep {
        Some(keep) => format!("look at the world that is kept: `backupctl {command} --sandbox={}`", keep.display()),
        None => format!("keep the world with `--keep DIR` and look at it: `backupctl {command} --sandbox=DIR`"),
    }
}

fn outcome(ended: Ended, steps: &[Value], took: Duration, keep: Option<&Path>, context: &Context<'_>) -> Outcome {
    let body = json!({"steps": steps, "recovery_points": ended.lineages, "virtual_seconds": took.as_secs()});
    let table = render::world::three_vaults(&ended.lineages, &context.page());
    let mut text = render::world::steps(steps, &context.page());
    text.push('\n');
    if !table.is_empty() {
        text += &format!("The key that encrypts each recovery point, vault by vault:\n\n{table}\n");
    }
    text += &format!("It took {} of virtual time.\n", time::span(took));
    let Some(stopped) = ended.stopped else { return Outcome::done(Text::Result(text)).with_body(body) };
    // What a command found is its result, and is why it did not end well.
    if let (None, Text::Result(found)) = (&stopped.failure, &stopped.text) {
        text = format!("{found}\n{text}");
    }
    let mut outcome = Outcome::done(Text::Result(text)).with_body(body);
    outcome.status = stopped.status;
    outcome.failure = stopped.failure.or_else(|| {
        let step = steps.last().and_then(|step| step["step"].as_str()).unwrap_or_default();
        Some(Failure::Problem(Problem::new(format!("the rehearsal stopped at {step}"), look(keep, step))))
    });
    outcome
}
