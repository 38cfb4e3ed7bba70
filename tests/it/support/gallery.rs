//! Commands as a person types them and reads what comes, many to one snapshot.

use std::path::PathBuf;

use backupctl::cli::{self, Io};
use backupctl::sandbox::Sandbox;

use super::budget::counted;
use super::command::Ran;
use super::normal::{apart, plain};

/// What was typed and what came, one after the other; files lie in a directory of its own.
pub struct Gallery {
    directory: tempfile::TempDir,
    text: String,
}

/// Who types: what differs from a pipe with an empty environment.
#[derive(Default, Clone, Copy)]
pub struct Typed<'a> {
    /// A terminal, at which these lines are typed as answers.
    pub answers: Option<&'a str>,
    /// Environment variables.
    pub environment: &'a [(&'a str, &'a str)],
}

impl Gallery {
    /// An empty one.
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory"), text: String::new() }
    }

    /// Where the commands run; what they print names files below it without it.
    pub fn directory(&self) -> PathBuf {
        self.directory.path().to_owned()
    }

    /// Writes a file that a command line may name.
    pub fn file(&self, name: &str, text: &str) {
        std::fs::write(self.directory.path().join(name), text).expect("written");
    }

    /// Runs a command line, which must end with `code`, and shows it under what it is about.
    #[track_caller]
    pub fn show(&mut self, about: &str, sandbox: Option<&Sandbox>, arguments: &str, code: i32) -> Ran {
        self.typed(about, sandbox, arguments, code, Typed::default())
    }

    /// As [`Gallery::show`]; nothing may have changed in the world after it.
    #[track_caller]
    pub fn refuse(&mut self, about: &str, sandbox: &Sandbox, arguments: &str, code: i32) -> Ran {
        let before = plain(sandbox);
        let ran = self.show(about, Some(sandbox), arguments, code);
        assert_eq!(apart(&plain(sandbox), &before), "", "{about}");
        ran
    }

    /// As [`Gallery::show`], typed by somebody in particular. Words in double quotes are one argument.
    #[track_caller]
    pub fn typed(
        &mut self,
        about: &str,
        sandbox: Option<&Sandbox>,
        arguments: &str,
        code: i32,
        typed: Typed<'_>,
    ) -> Ran {
        let mut io = Io::captured();
        if let Some(answers) = typed.answers {
            io = io.answering(answers);
        }
        io.environment.extend(typed.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        io.directory = self.directory();
        let words = ["backupctl"].into_iter().chain(sandbox.map(|_| "--sandbox")).map(Into::into);
        let words = words.chain(split(arguments).into_iter().map(Into::into));
        let status = counted(sandbox, || cli::run(words, &mut io, sandbox.cloned()));
        let (stdout, stderr) = io.into_captured();
        let ran = Ran { code: i32::from(status.code()), stdout, stderr };
        assert_eq!(ran.code, code, "{about}\nstdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
        let place = self.directory.path().display().to_string();
        let shown =
            [&ran.stdout, &ran.stderr].map(|stream| stream.replace(&format!("{place}/"), "").replace(&place, "."));
        let variables: String = typed.environment.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        self.text += &format!("## {about}\n$ {variables}backupctl {arguments}\n");
        for (stream, mark) in shown.iter().zip(["", "2> "]) {
            for line in stream.lines() {
                self.text += format!("{mark}{line}").trim_end();
                self.text.push('\n');
            }
        }
        self.text += &format!("exit {code}\n\n");
        ran
    }

    /// All of it, for a snapshot.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Words at blanks; what stands between double quotes is one.
fn split(arguments: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in arguments.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
