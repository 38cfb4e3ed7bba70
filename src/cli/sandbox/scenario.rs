//! Reading a scenario file: every mistake with its line, its column and what to do about it.

use std::fs;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cli::context::Context;
use crate::cli::outcome::Outcome;
use crate::config::{ConfigError, Mistake, NO_TOML_HINT, nearest};
use crate::policy::names::REGIONS;
use crate::sandbox::scenario::{Flaw, Scenario};

/// Where the keys are explained.
const MANUAL: &str = "docs/scenarios.md describes every key";

/// A scenario by its name or its file.
///
/// # Errors
/// A file that cannot be read, and every mistake in it.
pub(super) fn read(named: &str, context: &Context<'_>) -> Result<Scenario, Outcome> {
    match named {
        "built-in" => return Ok(Scenario::built_in()),
        "bare" => return Ok(Scenario::bare()),
        _ => {}
    }
    let text = fs::read_to_string(context.io.directory.join(named)).map_err(|error| {
        let what = format!("cannot read the scenario `{named}`: {error}");
        Outcome::usage(what, "name built-in, bare, or a scenario file")
    })?;
    Ok(parse(named, &text)?)
}

/// A scenario from its text.
fn parse(file: &str, text: &str) -> Result<Scenario, ConfigError> {
    let wrong = |mistakes| ConfigError { file: file.to_owned(), mistakes };
    let scenario: Scenario = toml::from_str(text).map_err(|error| wrong(vec![misread(text, &error)]))?;
    let mistakes: Vec<Mistake> = scenario.flaws().into_iter().map(|flaw| placed(text, flaw)).collect();
    if mistakes.is_empty() { Ok(scenario) } else { Err(wrong(mistakes)) }
}

/// What keeps the text from being a scenario at all.
fn misread(text: &str, error: &toml::de::Error) -> Mistake {
    let message = error.message().lines().next().unwrap_or_default();
    if DeTable::parse(text).is_err() {
        let message = format!("this is not TOML: {message}");
        return Mistake::at(text, error.span().as_ref(), message, NO_TOML_HINT);
    }
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let hint = match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown") => known_word(unknown, known.iter().copied()),
        Some((unknown, _)) if message.contains("is not an AWS Region") => known_word(unknown, REGIONS.iter().copied()),
        _ => MANUAL.to_owned(),
    };
    Mistake::at(text, error.span().as_ref(), in_words(message), hint)
}

/// A message of the reader, with its names of types as people call them.
fn in_words(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected ").filter(|_| message.starts_with("invalid ")) else {
        return message.to_owned();
    };
    let wanted = match expected {
        "u64" => "a whole number, 0 or more",
        "i64" => "a whole number",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    format!("{found}, expected {wanted}")
}

fn known_word<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(unknown, known).map_or_else(|| MANUAL.to_owned(), |near| format!("did you mean `{near}`?"))
}

/// A flaw with the place of its key or, where that is not written, of what it belongs to.
fn placed(text: &str, flaw: Flaw) -> Mistake {
    let (table, _) = DeTable::parse_recoverable(text);
    let span = place(table.get_ref(), &flaw.path);
    Mistake::at(text, span.as_ref(), flaw.message, flaw.hint)
}

fn place(table: &DeTable<'_>, path: &[String]) -> Option<Range<usize>> {
    let (key, rest) = path.split_first()?;
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    let own = if value.get_ref().is_table() { name.span() } else { value.span() };
    Some(inside(value, rest).unwrap_or(own))
}

fn inside(value: &Spanned<DeValue<'_>>, path: &[String]) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::Table(table) => place(table, path),
        DeValue::Array(items) => {
            let (index, rest) = path.split_first()?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            Some(inside(item, rest).unwrap_or_else(|| item.span()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORLD: &str = "regions = [\"us-east-1\"]\naccounts = [\"111111111111\"]\n";

    fn mistake(text: &str) -> (usize, usize, String, String) {
        let error = parse("world.toml", text).expect_err("a mistake");
        let first = &error.mistakes[0];
        let at = first.at.as_ref().expect("a place");
        (at.line, at.column, first.message.clone(), first.hint.clone())
    }

    #[test]
    fn unknown_keys_name_the_nearest_one() {
        let (line, column, message, hint) = mistake(&format!("{WORLD}[settings]\niam_lag_second = 3\n"));
        assert_eq!((line, column), (4, 1));
        assert!(message.contains("unknown field `iam_lag_second`"), "{message}");
        assert_eq!(hint, "did you mean `iam_lag_seconds`?");
        let (line, _, _, hint) = mistake(&format!("{WORLD}databasess = []\n"));
        assert_eq!((line, hint.as_str()), (3, "did you mean `databases`?"));
    }

    #[test]
    fn wrong_values_point_at_themselves() {
        let (line, column, message, hint) = mistake("regions = [\"us-east1\"]\naccounts = [\"111111111111\"]\n");
        assert_eq!((line, column), (1, 11));
        assert!(message.contains("`us-east1` is not an AWS Region"), "{message}");
        assert_eq!(hint, "did you mean `us-east-1`?");
        let (line, _, _, hint) = mistake("regions = [\"us-east-1\"]\naccounts = 3\n");
        assert_eq!((line, hint.as_str()), (2, MANUAL));
        let (line, ..) = mistake("regions = [\n");
        assert_eq!(line, 1);
    }

    #[test]
    fn what_cannot_be_points_at_its_key_or_at_its_table() {
        let database = "[[databases]]\naccount = \"111111111111\"\nregion = \"us-west-2\"\nname = \"orders\"\n\
            engine = \"postgres\"\nengine_version = \"16.4\"\nallocated_gib = 20\nencryption = \"none\"\n";
        let (line, column, message, hint) = mistake(&format!("{WORLD}{database}"));
        assert_eq!((line, column), (5, 10));
        assert_eq!(message, "the Region us-west-2 is not in the scenario");
        assert_eq!(hint, "add it to `regions`");
        let (line, _, message, _) = mistake(&format!("{WORLD}[settings]\nevents_lost_percent = 101\n"));
        assert_eq!((line, message.as_str()), (4, "`events_lost_percent` is 101"));
    }
}
