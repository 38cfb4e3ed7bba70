//! Asking before something is changed.

use super::outcome::Outcome;
use super::reach::Reach;
use crate::output::Io;
use crate::output::Problem;

/// How consent is asked for and given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    /// The question, without its answers: "Apply these changes?"
    pub(super) text: &'a str,
    /// What has to be typed.
    pub(super) answer: Answer<'a>,
    /// The flag that gives consent without a terminal.
    pub(super) flag: &'a str,
    /// What is refused where consent is missing: "the changes were not made".
    pub(super) refused: &'a str,
}

/// What counts as yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    /// `y` or `yes`; anything else is no.
    Yes,
    /// Exactly this word.
    Word(&'a str),
}

/// Asks on a terminal; without one consent can only come from the flag.
///
/// # Errors
/// The refusal, which names the flag where nobody could be asked.
pub(super) fn ask(io: &mut Io, question: Question<'_>) -> Result<(), Problem> {
    put(io, question)?;
    let answer = io.read_line().unwrap_or_default();
    judged(question, &answer)
}

/// As [`ask`], where a command holds something that Ctrl-C at the question must take back.
///
/// # Errors
/// The interruption; within it the refusal.
pub(super) fn ask_over(reach: &Reach, io: &mut Io, question: Question<'_>) -> Result<Result<(), Problem>, Outcome> {
    if let Err(problem) = put(io, question) {
        return Ok(Err(problem));
    }
    let answer = reach.read_line(io)?.unwrap_or_default();
    Ok(judged(question, &answer))
}

fn put(io: &mut Io, question: Question<'_>) -> Result<(), Problem> {
    if !(io.terminals.stdin && io.terminals.stderr) {
        let hint = format!("there is no terminal to ask on: add `{}` to give consent", question.flag);
        return Err(Problem::new(format!("consent is missing: {}", question.refused), hint));
    }
    let choices = match question.answer {
        Answer::Yes => "[y/N]".to_owned(),
        Answer::Word(word) => format!("Type `{word}` to go on:"),
    };
    io.err(&format!("{} {choices} ", question.text));
    Ok(())
}

fn judged(question: Question<'_>, answer: &str) -> Result<(), Problem> {
    let given = match question.answer {
        Answer::Yes => matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"),
        Answer::Word(word) => answer.trim() == word,
    };
    if given {
        return Ok(());
    }
    let hint = "run the command again and confirm; `--dry-run` only shows what would happen";
    Err(Problem::new(format!("not confirmed: {}", question.refused), hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELETE: Question<'static> = Question {
        text: "Delete all of this?",
        answer: Answer::Word("delete"),
        flag: "--yes",
        refused: "nothing was deleted",
    };

    #[test]
    fn without_a_terminal_the_flag_is_named() {
        let problem = ask(&mut Io::captured(), DELETE).expect_err("nobody to ask");
        assert!(problem.hint.is_some_and(|hint| hint.contains("--yes")));
    }

    #[test]
    fn only_the_exact_word_deletes() {
        assert!(ask(&mut Io::captured().answering("delete\n"), DELETE).is_ok());
        for answer in ["", "y\n", "Delete\n", "delete all\n"] {
            assert!(ask(&mut Io::captured().answering(answer), DELETE).is_err(), "{answer:?}");
        }
    }

    #[test]
    fn no_is_the_default() {
        let question = Question { answer: Answer::Yes, ..DELETE };
        assert!(ask(&mut Io::captured().answering("y\n"), question).is_ok());
        assert!(ask(&mut Io::captured().answering("YES\n"), question).is_ok());
        assert!(ask(&mut Io::captured().answering("\n"), question).is_err());
    }
}
