//! Builds the process's surroundings, runs one command line, hands its exit code on.

use std::io::{BufReader, IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use backupctl::cli::{self, Io};

fn main() -> ExitCode {
    let mut io = Io::process(Box::new(stdout()), Box::new(stderr()), Box::new(BufReader::new(stdin())));
    io.terminals.stdin = stdin().is_terminal();
    io.terminals.stdout = stdout().is_terminal();
    io.terminals.stderr = stderr().is_terminal();
    // Names and values that are not UTF-8 belong to nobody that we read.
    io.environment =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
    io.directory = std::env::current_dir().unwrap_or_default();
    io.measure();
    io.process_id = std::process::id();
    io.takes_signals = true;
    ExitCode::from(cli::run(std::env::args_os(), &mut io, None).code())
}
