//! What a command works with: its streams, the global flags, the configuration, the way to AWS.

use std::time::SystemTime;

use aws_smithy_async::time::{SystemTimeSource, TimeSource};
use chrono::{DateTime, TimeDelta, Utc};

use super::exit::ExitStatus;
use super::global::{EventsFormat, Global, OutputFormat};
use super::outcome::{Failure, Outcome, Text};
use super::reach::Reach;
use super::simulated::{self, Owner, Sandbox};
use crate::aws::outside::LocalClock;
use crate::aws::wait::Patience;
use crate::config::{self, Search, Selected};
use crate::operations::Sink;
use crate::output::render::{self, Page};
use crate::output::{Display, Envelope, Io, Problem, time};
use crate::pipeline::Pipeline;
use crate::pipeline::instant::shown;
use crate::policy::schedule::{NextFire, Schedule};

/// One command's surroundings.
pub(super) struct Context<'a> {
    pub(super) io: &'a mut Io,
    pub(super) global: Global,
    /// A sandbox that the caller holds already, in place of the directory's.
    given: Option<Sandbox>,
    started: SystemTime,
    /// The last known instant of a clock that is not this machine's.
    instant: Option<SystemTime>,
    in_sandbox: bool,
    /// The sandbox that was opened, whose last notes are told at the end.
    opened: Option<Sandbox>,
}

/// What the variables begin with that name another endpoint than AWS's (AWS SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// A schedule that begins later than this is a slip: 29 February comes within eight years.
const FARTHEST_START: TimeDelta = TimeDelta::days(8 * 366);

impl<'a> Context<'a> {
    pub(super) fn new(io: &'a mut Io, global: Global, given: Option<Sandbox>) -> Self {
        let in_sandbox = given.is_some() || global.sandbox(io).is_some();
        Self { io, global, given, started: machine_now(), instant: None, in_sandbox, opened: None }
    }

    #[cfg(feature = "sandbox")]
    /// The surroundings of a command that this one runs in a sandbox of its own. Its events are shown to whoever asks
    /// for them: this command tells its own steps.
    pub(super) fn inside(&mut self, sandbox: Sandbox) -> Context<'_> {
        let mut global = self.global.clone();
        global.quiet |= global.verbose == 0;
        Context::new(self.io, global, Some(sandbox))
    }

    /// What time it is by the clock that the command runs by.
    fn now(&self) -> SystemTime {
        self.instant.unwrap_or_else(machine_now)
    }

    #[cfg(feature = "sandbox")]
    /// The command ran from one virtual instant to another.
    pub(super) fn ran(&mut self, from: SystemTime, to: SystemTime) {
        self.started = from;
        self.instant = Some(to);
    }

    /// Whether a simulated AWS is asked.
    pub(super) fn in_sandbox(&self) -> bool {
        self.in_sandbox
    }

    #[cfg(feature = "sandbox")]
    /// From here on the result is one of a simulated AWS, whatever the flags say.
    pub(super) fn says_sandbox(&mut self) {
        self.in_sandbox = true;
    }

    /// The configuration; the built-in one where there is none and the sandbox is asked.
    ///
    /// # Errors
    /// Every mistake in it, or that there is none.
    pub(super) fn pipeline(&self, selected: Selected) -> Result<Pipeline, Outcome> {
        let user_directory = if self.in_sandbox { None } else { self.io.user_configuration() };
        let search = Search {
            named: self.global.config(self.io),
            directory: &self.io.directory,
            user_directory: user_directory.as_deref(),
        };
        match config::load(&search, selected)? {
            Some(pipeline) => Ok(pipeline),
            None if self.in_sandbox => Ok(config::built_in()?),
            None => Err(config::missing().into()),
        }
    }

    /// The sandbox that the flags name, opened; what there is to tell is told.
    ///
    /// # Errors
    /// Why its directory cannot be used, or that this build has none.
    pub(super) fn sandbox(&mut self) -> Result<Sandbox, Outcome> {
        let owner = simulated::owner(self.io);
        self.sandbox_of(&owner)
    }

    /// As [`Context::sandbox`], with what its lock says of this process.
    ///
    /// # Errors
    /// As [`Context::sandbox`].
    pub(super) fn sandbox_of(&mut self, owner: &Owner) -> Result<Sandbox, Outcome> {
        let sandbox = simulated::open(self.given.as_ref(), owner, &self.global, self.io)?;
        self.opened = Some(sandbox.clone());
        Ok(sandbox)
    }

    /// Tells what a sandbox has to tell.
    pub(super) fn tell_notes(&mut self, sandbox: &Sandbox) {
        for note in sandbox.take_notes() {
            self.io.err(&render::fold(&format!("sandbox: {note}"), 0, self.io.width));
        }
    }

    /// The way to AWS, or to the sandbox where the flags ask for it.
    ///
    /// # Errors
    /// A sandbox that cannot be used, or that lacks what the configuration names.
    pub(super) fn reach(&mut self, pipeline: &Pipeline) -> Result<Reach, Outcome> {
        let sandbox = self.in_sandbox.then(|| self.sandbox()).transpose()?;
        if let Some(refused) = sandbox.as_ref().and_then(|sandbox| simulated::lacks(sandbox, pipeline)) {
            return Err(refused);
        }
        self.reach_through(sandbox)
    }

    /// As [`Context::reach`], of a command that relies on the configured schedule: one that is over, or begins in a far
    /// year, is a mistake in the configuration, which only the time shows.
    ///
    /// # Errors
    /// As [`Context::reach`], and such a schedule.
    pub(super) fn reach_in_time(&mut self, pipeline: &Pipeline) -> Result<Reach, Outcome> {
        let reach = self.reach(pipeline)?;
        let now = DateTime::<Utc>::from(reach.now());
        let schedule = &pipeline.plan.schedule;
        let next = Schedule::parse(schedule, pipeline.plan.timezone).ok().map(|schedule| schedule.next_fire(now, now));
        let why = match next {
            Some(NextFire::Never) => "never fires again".to_owned(),
            Some(NextFire::At(at)) if at - now > FARTHEST_START => format!("does not fire before {}", shown(at)),
            Some(NextFire::At(_) | NextFire::Unreadable) | None => return Ok(reach),
        };
        Err(Outcome::usage(
            format!("the schedule `{schedule}` under [plan] {why}: nothing would be backed up"),
            "correct `schedule` under [plan] of backupctl.toml: `cron(0 5 ? * * *)` is every day at 05:00",
        ))
    }

    /// The way to AWS, or to the sandbox, of a command that has no configuration yet.
    ///
    /// # Errors
    /// A sandbox that cannot be used.
    pub(super) fn reach_without_pipeline(&mut self) -> Result<Reach, Outcome> {
        let sandbox = self.in_sandbox.then(|| self.sandbox()).transpose()?;
        self.reach_through(sandbox)
    }

    fn reach_through(&mut self, sandbox: Option<Sandbox>) -> Result<Reach, Outcome> {
        let local_clock = self.local_clock();
        let reach = sandbox.map_or_else(|| Reach::aws(local_clock), Reach::sandbox);
        let reach = reach.map_err(|error| {
            let problem = Problem::new(format!("cannot start: {error}"), "free memory or file handles and try again");
            Outcome::failed(ExitStatus::Failed, problem)
        })?;
        self.started = reach.now();
        self.instant = Some(self.started);
        Ok(reach)
    }

    /// Whether this machine's clock is one of AWS's: a simulated AWS may live in a time of its own.
    fn local_clock(&self) -> LocalClock {
        let mut variables = self.io.environment.iter();
        if variables.any(|(name, value)| name.starts_with(ENDPOINT) && !value.is_empty()) {
            LocalClock::Another
        } else {
            LocalClock::Counts
        }
    }

    /// How events are shown.
    pub(super) fn display(&self) -> Display {
        let style = self.global.style_err(self.io);
        match self.global.events {
            Some(EventsFormat::Ndjson) => Display::Ndjson,
            None if self.global.quiet => Display::Quiet,
            None if self.io.terminals.stderr && self.io.is_process() => Display::live(style),
            None => Display::Lines(style),
        }
    }

    /// How to wait.
    pub(super) fn patience(&self) -> Patience {
        Patience { poll_interval: self.global.poll_interval, timeout: self.global.timeout }
    }

    /// Runs `work` over `reach`, showing its events.
    ///
    /// # Errors
    /// The interruption.
    pub(super) fn work<T>(&mut self, reach: &Reach, work: impl AsyncFnOnce(Sink) -> T) -> Result<T, Outcome> {
        let display = self.display();
        let result = reach.run(self.io, &display, self.started, work);
        self.instant = Some(reach.now());
        result
    }

    /// As [`Context::work`]; after Ctrl-C `undo` takes back what was only begun.
    ///
    /// # Errors
    /// The interruption.
    pub(super) fn work_undoing<T>(
        &mut self,
        reach: &Reach,
        work: impl AsyncFnOnce(Sink) -> T,
        undo: impl AsyncFnOnce(),
    ) -> Result<T, Outcome> {
        let display = self.display();
        let result = reach.run_undoing(self.io, &display, self.started, work, undo);
        self.instant = Some(reach.now());
        result
    }

    /// What a rendering for stdout is made for.
    pub(super) fn page(&self) -> Page {
        Page { width: self.io.width, style: self.global.style_out(self.io), now: self.now().into() }
    }

    /// What a rendering for stderr is made for.
    pub(super) fn page_err(&self) -> Page {
        Page { style: self.global.style_err(self.io), ..self.page() }
    }

    /// Writes the result and the error, and says how the process ends.
    pub(super) fn finish(mut self, command: &str, outcome: Outcome) -> ExitStatus {
        if let Some(sandbox) = self.opened.take() {
            self.tell_notes(&sandbox);
        }
        let outcome = outcome.of(command);
        let now = self.now();
        let Self { io, global, started, in_sandbox, .. } = self;
        let style = global.style_err(io);
        if let Some(failure) = &outcome.failure {
            match failure {
                Failure::Problem(problem) => io.err(&problem.render(style)),
                Failure::Configuration(error) => io.err(&error.render()),
            }
        }
        match global.output {
            _ if matches!(outcome.text, Text::Told) => {}
            OutputFormat::Json => {
                let envelope = Envelope {
                    command: command.to_owned(),
                    generated_at: time::rfc3339(now),
                    sandbox: in_sandbox,
                    exit_code: outcome.status.code(),
                    api_calls: outcome.api_calls,
                    duration_seconds: now.duration_since(started).unwrap_or_default().as_secs(),
                    error: outcome.failure.as_ref().map(Failure::problem),
                };
                io.out_line(&format!("{:#}", envelope.around(outcome.body)));
            }
            OutputFormat::Table => match outcome.text {
                Text::Told => {}
                Text::Bare(text) => io.out(&text),
                Text::Result(text) if in_sandbox => {
                    io.out_line(&format!("SANDBOX: a simulated AWS answered; its clock says {}.", time::rfc3339(now)));
                    io.out(&text);
                }
                Text::Result(text) => io.out(&text),
            },
        }
        match io.result_lost() {
            None => outcome.status,
            Some(kind) => {
                let problem = Problem::new(format!("cannot write the result: {kind}"), "free space and run it again");
                io.err(&problem.render(style));
                outcome.status.or_worse(ExitStatus::Failed)
            }
        }
    }
}

/// This machine's own time.
fn machine_now() -> SystemTime {
    SystemTimeSource::new().now()
}

/// Writes the document of a command line that could not be parsed.
pub(super) fn document_only(io: &mut Io, command: &str, sandbox: bool, outcome: Outcome) -> ExitStatus {
    let envelope = Envelope {
        command: command.to_owned(),
        generated_at: time::rfc3339(machine_now()),
        sandbox,
        exit_code: outcome.status.code(),
        api_calls: 0,
        duration_seconds: 0,
        error: outcome.failure.as_ref().map(Failure::problem),
    };
    io.out_line(&format!("{:#}", envelope.around(outcome.body)));
    outcome.status
}
