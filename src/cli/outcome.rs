//! How a command ended: its status, its document, and what a person reads.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::exit::ExitStatus;
use crate::config::ConfigError;
use crate::operations::OperatorError;
use crate::operations::error::{COMMAND, ErrorKind};
use crate::output::Problem;

/// What a command hands back.
#[derive(Debug)]
pub(super) struct Outcome {
    /// How it ended.
    pub(super) status: ExitStatus,
    /// The command's own fields of the JSON document.
    pub(super) body: Map<String, Value>,
    /// What a person reads.
    pub(super) text: Text,
    /// Why it failed, where it did.
    pub(super) failure: Option<Failure>,
    /// Calls made to AWS.
    pub(super) api_calls: u64,
}

/// What a person reads on stdout.
#[derive(Debug)]
pub(super) enum Text {
    /// A result, which says first whether it is the sandbox's.
    Result(String),
    /// It was told on the way: nothing is added, no document either.
    #[cfg_attr(
        not(feature = "sandbox"),
        expect(dead_code, reason = "only `rehearse` and `sandbox serve` tell theirs on the way")
    )]
    Told,
    /// A document of its own (a template, a completion script): nothing is added.
    Bare(String),
}

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// One problem.
    Problem(Problem),
    /// A configuration with all its mistakes.
    Configuration(ConfigError),
}

impl Failure {
    /// The problem of a JSON document's `error`.
    pub(super) fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Configuration(error) => Problem {
                what: error.in_one_line(),
                hint: error.mistakes.first().map(|mistake| mistake.hint.clone()),
                ..Problem::default()
            },
        }
    }
}

impl Outcome {
    /// It went well.
    pub(super) fn done(text: Text) -> Self {
        Self { status: ExitStatus::Done, body: Map::new(), text, failure: None, api_calls: 0 }
    }

    /// It ended with a problem before it had a result.
    pub(super) fn failed(status: ExitStatus, problem: Problem) -> Self {
        let text = Text::Bare(String::new());
        Self { status, body: Map::new(), text, failure: Some(Failure::Problem(problem)), api_calls: 0 }
    }

    /// What a command line needs and did not give.
    pub(super) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::failed(ExitStatus::Usage, Problem::new(what, hint))
    }

    /// With the document's own fields.
    #[must_use]
    pub(super) fn with_body(mut self, body: Value) -> Self {
        if let Value::Object(body) = body {
            self.body = body;
        }
        self
    }

    /// As the outcome of this command, which its hints name.
    #[must_use]
    pub(super) fn of(mut self, command: &str) -> Self {
        if let Some(Failure::Problem(Problem { hint: Some(hint), .. })) = &mut self.failure {
            *hint = hint.replace(COMMAND, command);
        }
        self
    }

    /// With the number of calls made.
    #[must_use]
    pub(super) fn with_calls(mut self, api_calls: u64) -> Self {
        self.api_calls = api_calls;
        self
    }
}

impl From<ConfigError> for Outcome {
    fn from(error: ConfigError) -> Self {
        let text = Text::Bare(String::new());
        let failure = Some(Failure::Configuration(error));
        Self { status: ExitStatus::Usage, body: Map::new(), text, failure, api_calls: 0 }
    }
}

impl From<&OperatorError> for Outcome {
    fn from(error: &OperatorError) -> Self {
        Self::failed(status_of(error), Problem::of(error))
    }
}

/// The exit status that an operation's error calls for.
pub(super) fn status_of(error: &OperatorError) -> ExitStatus {
    match error.kind {
        ErrorKind::Failed => ExitStatus::Failed,
        ErrorKind::Refused => ExitStatus::Refused,
        ErrorKind::TimedOut => ExitStatus::TimedOut,
        ErrorKind::Configuration => ExitStatus::Usage,
    }
}
/// A result as a command's own fields, with whether anything was changed before them.
pub(super) fn body(result: &impl Serialize, dry_run: bool) -> Value {
    let mut body = json!({"dry_run": dry_run});
    if let (Some(body), Ok(Value::Object(fields))) = (body.as_object_mut(), serde_json::to_value(result)) {
        body.extend(fields);
    }
    body
}
