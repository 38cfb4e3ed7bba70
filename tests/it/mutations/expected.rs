//! What AWS does after each mutation, as `expected.toml` has it from AWS's documentation.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::change::ApiRefusal;
use super::day::{Outcome, Stage};

const TABLE: &str = include_str!("expected.toml");
/// The source of a row that nobody has found one for.
const UNSOURCED: &str = "unsourced";

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    sources: BTreeMap<String, String>,
    pub row: Vec<Row>,
}

/// One expectation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    id: Option<String>,
    like: Option<String>,
    outcome: Kind,
    #[serde(default)]
    stage: Option<Stage>,
    code: Option<String>,
    text: Option<String>,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Arrives,
    Lost,
    Refused,
}

impl Table {
    /// Reads the table, and refuses one that is not whole.
    pub fn read() -> Self {
        let table: Self = toml::from_str(TABLE).expect("the table");
        for row in &table.row {
            assert!(row.id.is_some() != row.like.is_some(), "{}: one of id and like", row.name());
            assert!(row.source == UNSOURCED || table.sources.contains_key(&row.source), "{}: its source", row.name());
            assert_eq!(row.stage.is_some(), row.outcome == Kind::Lost, "{}: a stage", row.name());
            assert_eq!(row.code.is_some(), row.outcome == Kind::Refused, "{}: a code", row.name());
            assert!(row.text.is_none() || row.outcome != Kind::Arrives, "{}: a text", row.name());
        }
        table
    }

    /// The row that judges a mutation: its own, else the first family that it belongs to.
    pub fn judge(&self, id: &str) -> Option<usize> {
        let own = self.row.iter().position(|row| row.id.as_deref() == Some(id));
        own.or_else(|| self.row.iter().position(|row| row.like.as_deref().is_some_and(|pattern| is_like(pattern, id))))
    }

    /// How many rows have no source.
    pub fn unsourced(&self) -> usize {
        self.row.iter().filter(|row| row.source == UNSOURCED).count()
    }
}

impl Row {
    /// The mutation or the family.
    pub fn name(&self) -> &str {
        self.id.as_deref().or(self.like.as_deref()).unwrap_or("a row without a name")
    }

    /// Whether it happened so. `names` stand for what differs from world to world.
    pub fn allows(&self, happened: Result<&Outcome, &ApiRefusal>, names: &[(&str, String)]) -> bool {
        let says = |said: &str| {
            let wanted = self.text.as_ref().map(|text| {
                names.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
            });
            wanted.is_none_or(|wanted| is_like(&wanted, said))
        };
        match happened {
            Err(refusal) => {
                self.outcome == Kind::Refused && self.code.as_ref() == Some(&refusal.code) && says(&refusal.message)
            }
            Ok(Outcome::Arrives) => self.outcome == Kind::Arrives,
            Ok(Outcome::Lost(stage, said)) => self.stage == Some(*stage) && says(said),
        }
    }
}

/// `%` stands for any text.
pub fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('%');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
