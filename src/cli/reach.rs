//! The way to AWS, or to its simulation: the runtime, the clock, the HTTP client, the credentials.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use super::context::administrators;
use super::exit::ExitStatus;
use super::outcome::Outcome;
use crate::aws::Outside;
use crate::aws::outside::LocalClock;
use crate::operations::error::COMMAND;
use crate::operations::{Event, Sink};
use crate::output::{Display, Io, Problem};
use crate::sandbox::Sandbox;
use crate::sandbox::transport::door::Door;

/// How often a live display shows that time passes.
const BEAT: Duration = Duration::from_secs(1);

/// How long an interrupted command may take to take back what it had only begun.
const UNDO: Duration = Duration::from_secs(60);

/// A runtime and what operations take from outside.
#[derive(Debug)]
pub(super) struct Reach {
    runtime: Runtime,
    pub(super) outside: Outside,
    sandbox: Option<(Sandbox, Door)>,
}

/// What goes on in AWS when a command stops, told by its own events.
#[derive(Debug, Default)]
struct GoesOn {
    jobs: BTreeMap<String, String>,
    /// By environment: what CloudFormation is doing to its stack.
    stacks: BTreeMap<String, String>,
    waiting: Option<(String, String)>,
    unselected: bool,
    paused: bool,
}

/// The type of a stack's own events.
const STACK: &str = "AWS::CloudFormation::Stack";

impl GoesOn {
    fn note(&mut self, event: &Event) {
        match event {
            Event::CopyJob { copy_job_id, resource_arn, state, environment } => {
                if matches!(state.as_str(), "CREATED" | "RUNNING") {
                    let what = format!("copy job {copy_job_id} of {resource_arn} into {environment}");
                    self.jobs.insert(copy_job_id.clone(), what);
                } else {
                    self.jobs.remove(copy_job_id);
                }
            }
            Event::Stack { environment, logical_id, resource_type, status, .. } if resource_type == STACK => {
                if status.ends_with("_IN_PROGRESS") {
                    let what = format!("stack {logical_id} of {environment} is in {status}");
                    self.stacks.insert(environment.to_string(), what);
                } else {
                    self.stacks.remove(environment.as_str());
                }
            }
            Event::Waiting { what, resume, .. } => self.waiting = Some((what.clone(), resume.clone())),
            Event::StepDone { .. } => self.waiting = None,
            Event::Unselected { .. } => self.unselected = true,
            Event::Paused { .. } => self.paused = true,
            _ => {}
        }
    }

    /// The last lines of an interrupted command.
    fn told(self) -> Problem {
        let resume = self.waiting.as_ref().map(|(_, resume)| resume.clone()).filter(|resume| !resume.is_empty());
        let resume = resume.or_else(|| (!self.stacks.is_empty()).then(|| format!("backupctl {COMMAND}")));
        let going: Vec<String> = self.stacks.into_values().chain(self.jobs.into_values()).collect();
        let what = match (&self.waiting, going.is_empty()) {
            (_, false) => format!("interrupted; this goes on in AWS:\n{}", going.join("\n")),
            (Some((what, _)), true) => format!("interrupted while waiting for {what}, which goes on in AWS"),
            (None, true) => "interrupted".to_owned(),
        };
        let hint = match resume {
            Some(resume) => format!("resume with `{resume}`"),
            None => "run the same command again: it goes on where it stopped".to_owned(),
        };
        let broken = match (self.unselected, self.paused) {
            (false, false) => "",
            (true, false) => "; nothing is backed up until `backupctl bootstrap` puts plan and selection back",
            (false, true) => "; the event path is paused, and `backupctl bootstrap` puts it back",
            (true, true) => {
                "; nothing is backed up and the event path is paused until `backupctl bootstrap` puts both back"
            }
        };
        let hint = hint + broken;
        Problem { retryable: true, ..Problem::new(what, hint) }
    }
}

impl Reach {
    /// AWS itself, as the AWS CLI reaches it.
    pub(super) fn aws(local_clock: LocalClock) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let outside = Outside {
            http_client: None,
            time_source: SharedTimeSource::new(SystemTimeSource::new()),
            local_clock,
            sleep: SharedAsyncSleep::new(TokioSleep::new()),
            credentials: None,
            seed: None,
        };
        Ok(Self { runtime, outside, sandbox: None })
    }

    /// A sandbox: no socket, no real credential, and a clock that jumps over every wait.
    pub(super) fn sandbox(sandbox: Sandbox) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build()?;
        let door = {
            let _inside = runtime.enter();
            sandbox.door()
        };
        // Names must differ from command to command and be the same in every run of one history.
        let seed = sandbox.look(|world| world.seed.wrapping_add(world.now.millis().unsigned_abs()));
        // The SDK draws the jitter of its retries from this thread's generator.
        fastrand::seed(seed);
        let outside = Outside {
            http_client: Some(door.http_client()),
            time_source: door.time_source(),
            local_clock: LocalClock::Another,
            sleep: door.sleep(),
            credentials: Some(administrators()),
            seed: Some(seed),
        };
        Ok(Self { runtime, outside, sandbox: Some((sandbox, door)) })
    }

    /// What time it is. A paused clock can only be read inside its runtime.
    pub(super) fn now(&self) -> SystemTime {
        let _inside = self.runtime.enter();
        self.outside.time_source.now()
    }

    /// Runs `work`, showing its events, until it ends or is interrupted.
    ///
    /// # Errors
    /// The interruption, with what goes on in AWS; what was started is not stopped.
    pub(super) fn run<T>(
        &self,
        io: &mut Io,
        display: &Display,
        started: SystemTime,
        work: impl AsyncFnOnce(Sink) -> T,
    ) -> Result<T, Outcome> {
        self.run_undoing(io, display, started, work, async || ())
    }

    /// As [`Reach::run`]; after Ctrl-C `undo` takes back what was only begun, unless Ctrl-C comes again.
    ///
    /// # Errors
    /// As [`Reach::run`].
    pub(super) fn run_undoing<T>(
        &self,
        io: &mut Io,
        display: &Display,
        started: SystemTime,
        work: impl AsyncFnOnce(Sink) -> T,
        undo: impl AsyncFnOnce(),
    ) -> Result<T, Outcome> {
        let (sender, mut events) = mpsc::unbounded_channel();
        let sink = Sink::new(move |event| {
            // The receiver outlives the work; after an interruption nobody listens any more.
            let _ = sender.send(event);
        });
        let mut goes_on = GoesOn::default();
        let clock = &self.outside.time_source;
        let listens = io.takes_signals;
        let ended = self.runtime.block_on(async {
            let mut work = std::pin::pin!(work(sink));
            let mut stopped = std::pin::pin!(self.stopped(listens));
            let ended = loop {
                tokio::select! {
                    biased;
                    Some(event) = events.recv() => {
                        goes_on.note(&event);
                        display.show(io, &event, clock.now(), started);
                    }
                    result = &mut work => break Ok(result),
                    how = &mut stopped => break Err(how),
                    () = self.beat() => display.beat(clock.now().duration_since(started).unwrap_or_default()),
                }
            };
            while let Ok(event) = events.try_recv() {
                goes_on.note(&event);
                display.show(io, &event, clock.now(), started);
            }
            ended
        });
        display.end();
        let result = ended.map_err(|how| (how, Outcome::failed(ExitStatus::Interrupted, goes_on.told())));
        match result {
            Ok(result) => self.settle().map(|()| result),
            // Whoever is killed settles nothing, and a process that is to end ends here and now.
            Err((Stopped::Killed, _)) if io.is_process() => std::process::abort(),
            Err((Stopped::Killed, outcome)) => Err(outcome),
            Err((Stopped::BySignal, outcome)) => {
                self.runtime.block_on(async {
                    tokio::select! {
                        biased;
                        () = undo() => {}
                        _ = self.stopped(listens) => {}
                        () = self.outside.sleep.sleep(UNDO) => {}
                    }
                });
                self.settle()?;
                Err(outcome)
            }
        }
    }

    /// Brings the world to the command's instant and writes it down.
    fn settle(&self) -> Result<(), Outcome> {
        let Some((sandbox, door)) = &self.sandbox else { return Ok(()) };
        let _inside = self.runtime.enter();
        let written = door.settle().and_then(|()| sandbox.save());
        written.map_err(|error| {
            let problem = Problem::new(format!("cannot write the sandbox: {error}"), "free space and run it again");
            Outcome::failed(ExitStatus::Failed, problem)
        })
    }

    /// Reads one line of an answer; nothing at the end of the input, and an interruption where Ctrl-C comes first.
    ///
    /// # Errors
    /// The interruption.
    pub(super) fn read_line(&self, io: &mut Io) -> Result<Option<String>, Outcome> {
        if !io.takes_signals {
            return Ok(io.read_line());
        }
        // Once a command has listened for Ctrl-C, only who listens hears it; reading does not.
        let mut input = io.take_input();
        let (sender, answer) = oneshot::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = input.read_line(&mut line).is_ok_and(|bytes| bytes > 0);
            // After Ctrl-C nobody waits for the answer any more.
            let _ = sender.send((input, read.then(|| line.trim_end_matches(['\n', '\r']).to_owned())));
        });
        let answer = self.runtime.block_on(async {
            tokio::select! {
                biased;
                answer = answer => answer.ok(),
                _ = tokio::signal::ctrl_c() => None,
            }
        });
        let Some((input, line)) = answer else {
            io.err("\n");
            let problem = Problem::new(
                "interrupted at the question; nothing of this was done",
                "run the command again when you are ready",
            );
            return Err(Outcome::failed(ExitStatus::Interrupted, problem));
        };
        io.give_input(input);
        Ok(line)
    }

    async fn stopped(&self, listens: bool) -> Stopped {
        let signal = async {
            if !listens || tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let killed = async {
            match &self.sandbox {
                Some((_, door)) => door.ended().await,
                None => std::future::pending().await,
            }
        };
        let pressed = async {
            match &self.sandbox {
                Some((_, door)) => door.signalled().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = signal => Stopped::BySignal,
            () = pressed => Stopped::BySignal,
            () = killed => Stopped::Killed,
        }
    }

    /// A second passes, where time is real; a simulated clock has no beat, it would only slow it.
    async fn beat(&self) {
        match self.sandbox {
            None => self.outside.sleep.sleep(BEAT).await,
            Some(_) => std::future::pending().await,
        }
    }
}

/// What ended a command from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    /// Ctrl-C.
    BySignal,
    /// An interruption that a test set: the process is gone.
    Killed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::pipeline::EnvironmentName;

    fn stack(status: &str) -> Event {
        Event::Stack {
            environment: EnvironmentName::Source,
            logical_id: "aws-backup-rds-source-stack".to_owned(),
            resource_type: STACK.to_owned(),
            status: status.to_owned(),
            reason: None,
        }
    }

    fn job(state: &str) -> Event {
        Event::CopyJob {
            environment: EnvironmentName::Destination,
            copy_job_id: "0A1B".to_owned(),
            resource_arn: "arn:aws:rds:us-east-1:111111111111:db:orders".to_owned(),
            state: state.to_owned(),
        }
    }

    fn waiting(resume: &str) -> Event {
        Event::Waiting { what: "copy job 0A1B".to_owned(), until: None, resume: resume.to_owned() }
    }

    /// What was going on when Ctrl-C came, and what the last lines say of it.
    #[test]
    fn whoever_is_interrupted_says_what_goes_on_and_how_to_come_back() {
        let copy = "backupctl copy --all-missing";
        let paused = || Event::Paused { environment: EnvironmentName::Intermediate };
        let unselected = || Event::Unselected { environment: EnvironmentName::Source };
        let scenes: [(&str, Vec<Event>); 10] = [
            ("Nothing was begun", vec![]),
            ("A stack is deployed", vec![stack("CREATE_IN_PROGRESS")]),
            ("A stack was deployed", vec![stack("CREATE_IN_PROGRESS"), stack("CREATE_COMPLETE")]),
            ("A copy job runs", vec![job("RUNNING"), waiting(copy)]),
            ("A stack and a copy job", vec![stack("UPDATE_IN_PROGRESS"), job("CREATED")]),
            ("A copy job ended, and is still waited for", vec![job("RUNNING"), job("COMPLETED"), waiting(copy)]),
            ("What is waited for cannot be resumed by name", vec![waiting("")]),
            ("The event path is paused", vec![paused(), waiting("backupctl cleanup")]),
            ("The plan selects nothing", vec![unselected()]),
            ("Both", vec![unselected(), paused(), waiting("backupctl cleanup")]),
        ];
        let shown = scenes.map(|(about, events)| {
            let mut goes_on = GoesOn::default();
            events.iter().for_each(|event| goes_on.note(event));
            format!("## {about}\n{}", goes_on.told().render(Style::PLAIN).replace(COMMAND, "bootstrap"))
        });
        insta::assert_snapshot!(shown.join("\n"));
    }
}
