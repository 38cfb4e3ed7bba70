//! What to do about a finding, as a value: steps of text and commands, and what a command still needs to know.
//!
//! A command with an open hole has no text that could be pasted: [`Command::typed`] is none, and wherever a remedy is
//! shown such a command appears by its name only.

use std::borrow::Cow;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// What a command needs that only the finding knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    /// Twelve digits.
    Account,
    /// Days, as a number.
    Days,
    /// An e-mail address.
    Email,
    /// The name of a profile in the AWS configuration file.
    Profile,
    /// The id of a backup plan.
    Plan,
    /// A Region's code.
    Region,
    /// The id of a backup selection.
    Selection,
    /// What the finding is about: an ARN, or another identifier that the command takes.
    Subject,
    /// The name of a CloudFormation stack.
    Stack,
    /// The last part of the subject's ARN: a role, a rule, a function, a snapshot.
    Name,
    /// The URL of a queue.
    Url,
    /// The name of a backup vault.
    Vault,
}

/// A part of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it is typed.
    Is(Cow<'static, str>),
    /// To be filled in.
    Of(Hole),
}

/// One command line of `backupctl` or the AWS CLI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pieces: Vec<Piece>,
}

/// A sentence, and the commands that carry it out, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Ends with a full stop. It names settings in backquotes, and no command.
    pub text: Cow<'static, str>,
    /// Empty where the sentence is all.
    pub commands: Vec<Command>,
}

/// What to do about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remedy {
    steps: Vec<Step>,
}

/// A part of a command in the table of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixedPiece {
    /// As it is typed.
    Is(&'static str),
    /// To be filled in.
    Of(Hole),
}

/// A step in the table of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedStep {
    /// The same as [`Step::text`].
    pub text: &'static str,
    /// The same as [`Step::commands`].
    pub commands: &'static [&'static [FixedPiece]],
}

/// Steps as the table of checks holds them:
/// `steps!["Enable the key." => ["aws kms enable-key --key-id " {Subject}]]`.
macro_rules! steps {
    ($($text:literal $(=> $([$($piece:tt)+]),+)?);+ $(;)?) => {
        &[$($crate::pipeline::remedy::FixedStep {
            text: $text,
            commands: &[$($(&[$($crate::pipeline::remedy::piece!($piece)),+]),+)?],
        }),+]
    };
}

/// A literal as it is, or a hole in braces.
macro_rules! piece {
    ({$hole:ident}) => {
        $crate::pipeline::remedy::FixedPiece::Of($crate::pipeline::remedy::Hole::$hole)
    };
    ($text:literal) => {
        $crate::pipeline::remedy::FixedPiece::Is($text)
    };
}

pub(crate) use {piece, steps};

impl Command {
    /// A command that needs nothing more.
    pub fn whole(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Is(Cow::Owned(text.into()))] }
    }

    /// A command of these pieces, one behind the other.
    pub fn of(pieces: impl Into<Vec<Piece>>) -> Self {
        Self { pieces: pieces.into() }
    }

    /// What is typed; none while a hole is open.
    pub fn typed(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Is(part) => text += part,
                Piece::Of(_) => return None,
            }
        }
        Some(text)
    }

    /// The command as a text may name it: whole, or as far as its first option with an open hole.
    pub fn shown(&self) -> String {
        self.typed().unwrap_or_else(|| {
            let known = self.pieces.iter().map_while(|piece| match piece {
                Piece::Is(part) => Some(part.as_ref()),
                Piece::Of(_) => None,
            });
            let known: String = known.collect();
            let name = known.split(" -").next().unwrap_or_default().trim_end();
            format!("{name} …")
        })
    }

    /// The service of the AWS CLI that it calls; none for a command of `backupctl`.
    pub fn service(&self) -> Option<&str> {
        let Some(Piece::Is(first)) = self.pieces.first() else { return None };
        first.strip_prefix("aws ")?.split(' ').next()
    }

    /// Whether it already says so: an option such as `--region`.
    pub fn has(&self, option: &str) -> bool {
        let option = format!(" {option} ");
        self.pieces.iter().any(|piece| matches!(piece, Piece::Is(part) if part.contains(&option)))
    }

    /// The same command with more behind it.
    pub fn push(&mut self, more: String) {
        self.pieces.push(Piece::Is(Cow::Owned(more)));
    }

    fn fill(&mut self, hole: Hole, value: &str) {
        for piece in &mut self.pieces {
            if *piece == Piece::Of(hole) {
                *piece = Piece::Is(Cow::Owned(value.to_owned()));
            }
        }
    }
}

impl From<&'static str> for Piece {
    fn from(text: &'static str) -> Self {
        Self::Is(Cow::Borrowed(text))
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Is(Cow::Owned(text))
    }
}

impl From<Hole> for Piece {
    fn from(hole: Hole) -> Self {
        Self::Of(hole)
    }
}

impl From<&'static [FixedPiece]> for Command {
    fn from(pieces: &'static [FixedPiece]) -> Self {
        let owned = pieces.iter().map(|piece| match piece {
            FixedPiece::Is(text) => Piece::Is(Cow::Borrowed(text)),
            FixedPiece::Of(hole) => Piece::Of(*hole),
        });
        Self { pieces: owned.collect() }
    }
}

impl From<&'static [FixedStep]> for Remedy {
    fn from(steps: &'static [FixedStep]) -> Self {
        let owned = steps.iter().map(|step| Step {
            text: Cow::Borrowed(step.text),
            commands: step.commands.iter().map(|pieces| Command::from(*pieces)).collect(),
        });
        Self { steps: owned.collect() }
    }
}

impl Remedy {
    /// A sentence, and nothing to type.
    pub fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self { steps: vec![Step { text: text.into(), commands: Vec::new() }] }
    }

    /// The same remedy with one more step.
    #[must_use]
    pub fn then(mut self, text: impl Into<Cow<'static, str>>, commands: Vec<Command>) -> Self {
        self.steps.push(Step { text: text.into(), commands });
        self
    }

    /// The same remedy with a hole filled.
    #[must_use]
    pub fn fill(mut self, hole: Hole, value: &str) -> Self {
        self.commands_mut().for_each(|command| command.fill(hole, value));
        self
    }

    /// Its steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Every command, in order, to be completed for the place where it is typed.
    pub fn commands_mut(&mut self) -> impl Iterator<Item = &mut Command> {
        self.steps.iter_mut().flat_map(|step| &mut step.commands)
    }

    /// The steps of which a command matches are left with those that do not.
    pub fn retain(&mut self, keep: impl Fn(&Command) -> bool) {
        self.steps.iter_mut().for_each(|step| step.commands.retain(&keep));
    }

    /// The commands that can be pasted.
    pub fn commands(&self) -> Vec<String> {
        self.steps.iter().flat_map(|step| &step.commands).filter_map(Command::typed).collect()
    }

    /// The sentences. What [`Self::commands`] has is left out; a command that cannot be pasted is named.
    pub fn prose(&self) -> String {
        self.join(|command| command.typed().is_none())
    }

    /// Sentences and commands in one line, for where there is room for one only.
    pub fn in_line(&self) -> String {
        self.join(|_| true)
    }

    /// The same as a hint of an error is written: it begins small and ends without a full stop.
    pub fn hint(&self) -> String {
        let line = self.in_line();
        let mut letters = line.trim_end_matches('.').chars();
        let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
        format!("{first}{}", letters.as_str())
    }

    fn join(&self, is_shown: impl Fn(&Command) -> bool) -> String {
        let sentence = |step: &Step| {
            let shown: Vec<String> = step.commands.iter().filter(|one| is_shown(one)).map(Command::shown).collect();
            match shown.is_empty() {
                true => step.text.to_string(),
                false => format!("{}: `{}`.", step.text.trim_end_matches('.'), shown.join("`, `")),
            }
        };
        self.steps.iter().map(sentence).collect::<Vec<_>>().join(" ")
    }
}

impl Serialize for Remedy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut both = serializer.serialize_struct("Remedy", 2)?;
        both.serialize_field("remedy", &self.prose())?;
        both.serialize_field("commands", &self.commands())?;
        both.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENABLE: &[FixedStep] = steps!["Enable the key." => ["aws kms enable-key --key-id " {Subject}]];
    const EMPTY: &[FixedStep] = steps![
        "Copy what is missing." => ["backupctl copy --all-missing"];
        "Then empty the queue." => ["aws sqs purge-queue --queue-url " {Url}]
    ];

    #[test]
    fn a_command_with_a_hole_is_named_and_cannot_be_pasted() {
        let remedy = Remedy::from(ENABLE);
        assert_eq!(remedy.commands(), [""; 0]);
        assert_eq!(remedy.prose(), "Enable the key: `aws kms enable-key …`.");
        assert_eq!(remedy.in_line(), remedy.prose());
    }

    #[test]
    fn a_filled_command_is_said_once() {
        let remedy = Remedy::from(ENABLE).fill(Hole::Subject, "k-1");
        assert_eq!(remedy.commands(), ["aws kms enable-key --key-id k-1"]);
        assert_eq!(remedy.prose(), "Enable the key.");
        assert_eq!(remedy.in_line(), "Enable the key: `aws kms enable-key --key-id k-1`.");
    }

    #[test]
    fn what_is_filled_is_filled_in_every_step_and_nowhere_else() {
        let remedy = Remedy::from(EMPTY).fill(Hole::Subject, "k-1").fill(Hole::Url, "https://queue");
        assert_eq!(
            remedy.commands(),
            ["backupctl copy --all-missing", "aws sqs purge-queue --queue-url https://queue"]
        );
    }

    #[test]
    fn a_document_has_the_text_and_the_commands() {
        let json = serde_json::to_value(Remedy::from(EMPTY)).expect("serializable");
        assert_eq!(json["commands"], serde_json::json!(["backupctl copy --all-missing"]));
        assert_eq!(json["remedy"], "Copy what is missing. Then empty the queue: `aws sqs purge-queue …`.");
    }
}
