//! What is said of a check, or of a message of AWS, without looking at anything.

use serde::Serialize;

use super::check::{Area, Check, Severity};
use super::remedy::Remedy;
use super::requirements::failures::{Failure, meanings, texts_of};

/// The body of `explain`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Explained {
    /// What a message of AWS can mean.
    Message {
        /// As it was given.
        message: String,
        /// Likeliest first; empty where the message is not known.
        causes: Vec<Cause>,
    },
    /// All of a check.
    Check { check: Box<CheckPage> },
    /// The list of checks.
    Checks {
        /// In the order of the contract.
        checks: Vec<CheckHead>,
    },
}

/// A check in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckHead {
    pub id: &'static str,
    /// What it looks at.
    pub area: Area,
    /// The severity of its findings where nothing softens it.
    pub severity: Severity,
    /// What a finding means, one sentence.
    pub meaning: &'static str,
    /// Sentences and commands in one line.
    pub remedy: String,
}

/// All that is said of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckPage {
    pub id: &'static str,
    /// What it looks at.
    pub area: Area,
    /// The severity of its findings where nothing softens it.
    pub severity: Severity,
    /// Whether an error is a warning where a recovery point arrives all the same.
    pub softer_where_it_arrives: bool,
    /// What a finding means, one sentence.
    pub meaning: &'static str,
    pub why: &'static str,
    /// Texts of AWS that its cause can show as.
    pub aws_says: Vec<AwsText>,
    /// What to do, and the commands that need nothing filled in.
    #[serde(flatten)]
    pub remedy: Remedy,
    /// Where AWS documents the behaviour.
    pub source: &'static str,
}

/// A text that AWS is known to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwsText {
    /// `…` for what varies.
    pub text: String,
    /// Who wrote it down.
    pub source: &'static str,
}

/// What a message of AWS can mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// The text that is known, `…` for what varies.
    pub text: String,
    /// `MessageCategory` of the job, as AWS spells it.
    pub category: Option<&'static str>,
    pub cause: &'static str,
    /// The checks that find it, likeliest first.
    pub checks: Vec<CheckHead>,
    /// What to do where no check finds it.
    pub remedy: Option<String>,
    /// Who wrote it down.
    pub source: &'static str,
}

impl Explained {
    /// The list of all checks.
    pub fn list() -> Self {
        Self::Checks { checks: Check::ALL.iter().copied().map(CheckHead::from).collect() }
    }

    /// What a message can mean.
    pub fn message(message: &str) -> Self {
        let causes = meanings(message).into_iter().map(Cause::from).collect();
        Self::Message { message: message.to_owned(), causes }
    }

    /// A check's page.
    pub fn check(check: Check) -> Self {
        let row = check.row();
        let aws_says = texts_of(check).map(|failure| AwsText { text: failure.text(), source: failure.source });
        Self::Check {
            check: Box::new(CheckPage {
                id: row.id,
                area: row.area,
                severity: row.severity,
                softer_where_it_arrives: is_softened(row.area),
                meaning: row.meaning,
                why: row.why,
                aws_says: aws_says.collect(),
                remedy: Remedy::from(row.remedy),
                source: row.source,
            }),
        }
    }
}

/// In these areas an error is a warning where a recovery point still arrives.
fn is_softened(area: Area) -> bool {
    matches!(area, Area::Stacks | Area::Vaults | Area::Keys | Area::Plan | Area::Events)
}

impl From<Check> for CheckHead {
    fn from(check: Check) -> Self {
        let row = check.row();
        let remedy = Remedy::from(row.remedy).in_line();
        Self { id: row.id, area: row.area, severity: row.severity, meaning: row.meaning, remedy }
    }
}

impl From<&Failure> for Cause {
    fn from(failure: &Failure) -> Self {
        Self {
            text: failure.text(),
            category: (!failure.category.is_empty()).then_some(failure.category),
            cause: failure.cause,
            checks: failure.checks.iter().copied().map(CheckHead::from).collect(),
            remedy: (!failure.remedy.is_empty()).then(|| Remedy::from(failure.remedy).in_line()),
            source: failure.source,
        }
    }
}
