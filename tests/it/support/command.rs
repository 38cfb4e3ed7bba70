//! Whole commands, in process: what a person would type, and what they would see.

use backupctl::cli::{self, Io};
use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::budget::counted;

/// What a command left.
#[derive(Debug)]
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// Fails the test, showing everything, where the exit code is another one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// Runs `backupctl --sandbox ARGUMENTS` on a world; the arguments are split at blanks.
pub fn backupctl(sandbox: &Sandbox, arguments: &str) -> Ran {
    run(Some(sandbox), &format!("--sandbox {arguments}"))
}

/// Every call of this kind is denied until it is cleared; `rest` narrows it, as `--environment source` or `--call 2` do.
pub fn deny(sandbox: &Sandbox, operation: &str, rest: &str) {
    let order = format!("sandbox inject access-denied --operation {operation} --until-cleared {rest}");
    backupctl(sandbox, &order).expect(0);
}

/// As [`backupctl`], with this configuration.
pub fn configured(sandbox: &Sandbox, configuration: &str, arguments: &str) -> Ran {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("backupctl.toml");
    std::fs::write(&path, configuration).expect("written");
    backupctl(sandbox, &format!("{arguments} --config {}", path.display()))
}

/// As [`backupctl`], with environment variables.
pub fn backupctl_with(sandbox: &Sandbox, arguments: &str, environment: &[(&str, &str)]) -> Ran {
    run_in(captured(environment), Some(sandbox), &format!("--sandbox {arguments}"))
}

/// As [`run`] without a world, with environment variables.
pub fn run_with(arguments: &str, environment: &[(&str, &str)]) -> Ran {
    run_in(captured(environment), None, arguments)
}

fn captured(environment: &[(&str, &str)]) -> Io {
    let mut io = Io::captured();
    io.environment.extend(environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    io
}

/// Runs `backupctl ARGUMENTS`, sealed from the machine: no environment, no terminal, 80 columns.
pub fn run(sandbox: Option<&Sandbox>, arguments: &str) -> Ran {
    run_in(Io::captured(), sandbox, arguments)
}

fn run_in(mut io: Io, sandbox: Option<&Sandbox>, arguments: &str) -> Ran {
    let arguments = std::iter::once("backupctl").chain(arguments.split_whitespace()).map(Into::into);
    let status = counted(sandbox, || cli::run(arguments, &mut io, sandbox.cloned()));
    let (stdout, stderr) = io.into_captured();
    Ran { code: i32::from(status.code()), stdout, stderr }
}
