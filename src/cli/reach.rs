//! The way to AWS, or to its simulation: the runtime, the clock, the HTTP client, the credentials.

use std::io::{self, BufRead};
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

use super::exit::ExitStatus;
use super::in_flight::InFlight;
use super::outcome::Outcome;
use super::simulated::{Connected, Sandbox};
use crate::aws::Outside;
use crate::aws::outside::LocalClock;
use crate::operations::Sink;
use crate::output::{Display, Io, Problem};

/// How often a live display shows that time passes.
const BEAT: Duration = Duration::from_secs(1);

/// How long an interrupted command may take to take back what it had only begun.
const UNDO: Duration = Duration::from_secs(60);

/// A runtime and what operations take from outside.
#[derive(Debug)]
pub(super) struct Reach {
    runtime: Runtime,
    pub(super) outside: Outside,
    sandbox: Option<Connected>,
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
        let (connected, outside) = Connected::new(sandbox, &runtime);
        Ok(Self { runtime, outside, sandbox: Some(connected) })
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
        let mut in_flight = InFlight::default();
        let clock = &self.outside.time_source;
        let listens = io.takes_signals;
        let ended = self.runtime.block_on(async {
            let mut work = std::pin::pin!(work(sink));
            let mut stopped = std::pin::pin!(self.stopped(listens));
            let ended = loop {
                tokio::select! {
                    biased;
                    Some(event) = events.recv() => {
                        in_flight.note(&event);
                        display.show(io, &event, clock.now(), started);
                    }
                    result = &mut work => break Ok(result),
                    how = &mut stopped => break Err(how),
                    () = self.beat() => display.beat(clock.now().duration_since(started).unwrap_or_default()),
                }
            };
            while let Ok(event) = events.try_recv() {
                in_flight.note(&event);
                display.show(io, &event, clock.now(), started);
            }
            ended
        });
        display.end();
        let result = ended.map_err(|how| (how, Outcome::failed(ExitStatus::Interrupted, in_flight.message())));
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
        let Some(sandbox) = &self.sandbox else { return Ok(()) };
        let _inside = self.runtime.enter();
        sandbox.settle().map_err(|error| {
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
                Some(sandbox) => sandbox.ended().await,
                None => std::future::pending().await,
            }
        };
        let pressed = async {
            match &self.sandbox {
                Some(sandbox) => sandbox.signalled().await,
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
