//! The process as a command sees it: streams, terminal, environment, current directory.
//!
//! Everything that is printed goes through here, so that a test can run a whole command without a
//! process of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, ErrorKind, Write};
use std::path::PathBuf;

use super::table;

/// Which of the three streams are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminals {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
}

/// Everything of the process that a command may touch.
pub struct Io {
    stdout: Stream,
    stderr: Stream,
    stdin: Box<dyn BufRead + Send>,
    /// Which streams are terminals.
    pub terminals: Terminals,
    /// How many columns there are to write in.
    pub width: usize,
    pub environment: BTreeMap<String, String>,
    pub directory: PathBuf,
    /// The process id, for the sandbox's lock.
    pub process_id: u32,
    /// Whether Ctrl-C is ours to handle: of a process, not of a command run inside another one.
    pub takes_signals: bool,
}

enum Sink {
    Process(Box<dyn Write>),
    Captured(Vec<u8>),
}

struct Stream {
    sink: Sink,
    /// The reader has gone, or the medium is full: nothing more is written.
    broken: Option<ErrorKind>,
}

impl Stream {
    fn write(&mut self, text: &str) {
        if self.broken.is_some() {
            return;
        }
        let written = match &mut self.sink {
            Sink::Process(writer) => writer.write_all(text.as_bytes()).and_then(|()| writer.flush()),
            Sink::Captured(bytes) => bytes.write_all(text.as_bytes()),
        };
        if let Err(error) = written {
            self.broken = Some(error.kind());
        }
    }
}

/// Columns where there is no terminal to ask.
pub const WIDTH_WITHOUT_TERMINAL: usize = 80;

impl Io {
    /// The streams of a process.
    pub fn process(stdout: Box<dyn Write>, stderr: Box<dyn Write>, stdin: Box<dyn BufRead + Send>) -> Self {
        Self {
            stdout: Stream { sink: Sink::Process(stdout), broken: None },
            stderr: Stream { sink: Sink::Process(stderr), broken: None },
            stdin,
            terminals: Terminals::default(),
            width: WIDTH_WITHOUT_TERMINAL,
            environment: BTreeMap::new(),
            directory: PathBuf::from("."),
            process_id: 0,
            takes_signals: false,
        }
    }

    /// Sealed from the machine: empty environment, no terminal, 80 columns, output kept.
    pub fn captured() -> Self {
        Self {
            stdout: Stream { sink: Sink::Captured(Vec::new()), broken: None },
            stderr: Stream { sink: Sink::Captured(Vec::new()), broken: None },
            stdin: Box::new(std::io::empty()),
            terminals: Terminals::default(),
            width: WIDTH_WITHOUT_TERMINAL,
            environment: BTreeMap::new(),
            directory: PathBuf::from("."),
            process_id: 0,
            takes_signals: false,
        }
    }

    /// Answers prompts with `text` as a person at a terminal would.
    #[must_use]
    pub fn answering(mut self, text: &str) -> Self {
        self.stdin = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        self.terminals = Terminals { stdin: true, stdout: true, stderr: true };
        self
    }

    /// What was written to stdout and stderr; empty where it went to the process's own.
    pub fn into_captured(self) -> (String, String) {
        let text = |stream: Stream| match stream.sink {
            Sink::Captured(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Sink::Process(_) => String::new(),
        };
        (text(self.stdout), text(self.stderr))
    }

    /// Finds out how many columns there are: `COLUMNS`, else the terminal's, else 80.
    pub fn measure(&mut self) {
        let named = self.variable("COLUMNS").and_then(|columns| columns.parse().ok()).filter(|columns| *columns >= 20);
        let width = named.or_else(|| table::terminal_width().filter(|_| self.terminals.stdout));
        self.width = width.unwrap_or(WIDTH_WITHOUT_TERMINAL);
    }

    /// Whether stderr is the process's own, so that a live display may draw there.
    pub fn is_process(&self) -> bool {
        matches!(self.stderr.sink, Sink::Process(_))
    }

    /// Writes to stdout. A reader that has gone ends the writing quietly.
    pub fn out(&mut self, text: &str) {
        self.stdout.write(text);
    }

    /// Writes a line to stdout.
    pub fn out_line(&mut self, line: &str) {
        self.out(line);
        self.out("\n");
    }

    /// Writes to stderr.
    pub fn err(&mut self, text: &str) {
        self.stderr.write(text);
    }

    /// Writes a line to stderr.
    pub fn err_line(&mut self, line: &str) {
        self.err(line);
        self.err("\n");
    }

    /// Why the result could not be written, if it could not. A reader that has gone (`| head`) is no
    /// failure: Unix tools end quietly there.
    pub fn result_lost(&self) -> Option<ErrorKind> {
        self.stdout.broken.filter(|kind| *kind != ErrorKind::BrokenPipe)
    }

    /// Reads one line of an answer, without its end; `None` at the end of the input.
    pub fn read_line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stdin.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end_matches(['\n', '\r']).to_owned()),
        }
    }

    /// Hands standard input over to whoever waits for an answer elsewhere; [`Io::give_input`] gives it back.
    pub fn take_input(&mut self) -> Box<dyn BufRead + Send> {
        std::mem::replace(&mut self.stdin, Box::new(std::io::empty()))
    }

    /// Gives standard input back.
    pub fn give_input(&mut self, input: Box<dyn BufRead + Send>) {
        self.stdin = input;
    }

    /// An environment variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The user's configuration directory (XDG Base Directory Specification).
    pub fn user_configuration(&self) -> Option<PathBuf> {
        self.variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| self.variable("HOME").map(|home| PathBuf::from(home).join(".config")))
    }
}

impl fmt::Debug for Io {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Io").field("terminals", &self.terminals).field("width", &self.width).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed(ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn with_stdout(kind: ErrorKind) -> Io {
        Io::process(Box::new(Closed(kind)), Box::new(std::io::sink()), Box::new(std::io::empty()))
    }

    #[test]
    fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is_one() {
        let mut piped = with_stdout(ErrorKind::BrokenPipe);
        piped.out_line("table");
        assert_eq!(piped.result_lost(), None);
        let mut full = with_stdout(ErrorKind::StorageFull);
        full.out_line("table");
        assert_eq!(full.result_lost(), Some(ErrorKind::StorageFull));
    }

    #[test]
    fn the_user_directory_follows_xdg() {
        let mut io = Io::captured();
        assert_eq!(io.user_configuration(), None);
        io.environment.insert("HOME".into(), "/home/dba".into());
        assert_eq!(io.user_configuration(), Some(PathBuf::from("/home/dba/.config")));
        io.environment.insert("XDG_CONFIG_HOME".into(), "/etc/dba".into());
        assert_eq!(io.user_configuration(), Some(PathBuf::from("/etc/dba")));
    }
}
