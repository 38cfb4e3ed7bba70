//! The flags that every command takes, and what they mean together with the environment.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

use crate::config::duration;
use crate::output::style::ColorChoice;
use crate::output::{Io, Style};

/// Where a sandbox lies when nobody says otherwise.
pub(super) const SANDBOX_DIRECTORY: &str = ".backupctl/sandbox";

/// Flags of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// How the result is written to stdout
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "table")]
    pub(super) output: OutputFormat,

    /// Write progress for machines to stderr
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(super) events: Option<EventsFormat>,

    /// Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<String>,

    /// Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]
    #[arg(long, global = true, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = SANDBOX_DIRECTORY)]
    sandbox: Option<String>,

    /// How the sandbox runs the pipeline's function
    #[arg(long, global = true, value_name = "HOW", default_value = "auto")]
    pub(super) lambda: Lambda,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,

    /// Show no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Log on stderr; repeat for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,

    /// How long to wait at most
    #[arg(long, global = true, value_name = "DURATION", default_value = "24h", value_parser = positive_duration)]
    pub(super) timeout: Duration,

    /// The first pause between two looks; it grows to 60s
    #[arg(long, global = true, value_name = "DURATION", default_value = "15s", value_parser = positive_duration)]
    pub(super) poll_interval: Duration,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// For people.
    Table,
    /// One JSON document.
    Json,
}

/// How progress is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum EventsFormat {
    /// One JSON object a line.
    Ndjson,
}

/// How the sandbox runs the pipeline's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Lambda {
    /// The shipped source runs as its equivalent in Rust, another one under Python.
    Auto,
    /// Every source runs under the machine's Python.
    Python,
}

fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration::parse(text)? {
        Duration::ZERO => Err("it must be longer than nothing".to_owned()),
        duration => Ok(duration),
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=+:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

impl Global {
    /// The configuration that was named, by flag or environment.
    pub(super) fn config<'a>(&'a self, io: &'a Io) -> Option<&'a str> {
        self.config.as_deref().or_else(|| io.variable("BACKUPCTL_CONFIG"))
    }

    /// The sandbox's directory, where one was asked for by flag or environment.
    pub(super) fn sandbox(&self, io: &Io) -> Option<PathBuf> {
        let named = self.sandbox.as_deref().or_else(|| io.variable("BACKUPCTL_SANDBOX"))?;
        Some(io.directory.join(named))
    }

    #[cfg(feature = "sandbox")]
    /// The directory as the user wrote it.
    pub(super) fn sandbox_name(&self, io: &Io) -> String {
        self.sandbox
            .clone()
            .or_else(|| io.variable("BACKUPCTL_SANDBOX").map(str::to_owned))
            .unwrap_or_else(|| SANDBOX_DIRECTORY.to_owned())
    }

    /// The flags that lead another command to the same place, each with a blank before it. What comes from the
    /// environment needs no repeating.
    pub(super) fn repeated(&self) -> String {
        let sandbox = self.sandbox.as_deref().map(|directory| match directory {
            SANDBOX_DIRECTORY => " --sandbox".to_owned(),
            other => format!(" --sandbox={}", quoted(other)),
        });
        let config = self.config.as_deref().map(|path| format!(" --config {}", quoted(path)));
        sandbox.unwrap_or_default() + &config.unwrap_or_default()
    }

    /// Starts the log on stderr, for a process; a command run inside another one has no log of its own.
    pub(super) fn start_log(&self, io: &Io) {
        let level = match self.verbose {
            0 => return,
            1 => "info",
            2 => "debug",
            _ => "trace",
        };
        if io.takes_signals {
            let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(level).without_time();
            // One is running already: it stays.
            let _ = log.try_init();
        }
    }

    /// How stdout is painted.
    pub(super) fn style_out(&self, io: &Io) -> Style {
        Style::choose(self.color, io.terminals.stdout, io.variable("NO_COLOR"))
    }

    /// How stderr is painted.
    pub(super) fn style_err(&self, io: &Io) -> Style {
        Style::choose(self.color, io.terminals.stderr, io.variable("NO_COLOR"))
    }
}
