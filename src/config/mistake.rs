//! What is wrong with a configuration, and where it stands.

use std::fmt::Write as _;
use std::ops::Range;

/// What to do about a line that is not TOML.
pub const NO_TOML_HINT: &str = "fix the line; strings take quotes, tables square brackets";

/// One thing that is wrong, with the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Where it stands; `None` for what is nowhere (a missing section).
    pub at: Option<Location>,
}

/// A place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    pub excerpt: String,
    /// How many characters are meant; at least 1, and never past the line.
    pub length: usize,
}

impl Location {
    /// The place of a byte range of `text`.
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        let start = floor_boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let excerpt = text[line_start..].lines().next().unwrap_or_default().to_owned();
        let line = text[..line_start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        let end = floor_boundary(text, span.end.max(start));
        let rest_of_line = excerpt.chars().count().saturating_sub(column - 1);
        let length = text[start..end].chars().count().clamp(1, rest_of_line.max(1));
        Self { line, column, excerpt, length }
    }
}

fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

impl Mistake {
    /// A mistake in a part of `text`, or in none.
    pub fn at(text: &str, span: Option<&Range<usize>>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let at = span.map(|span| Location::of(text, span));
        Self { message: message.into(), hint: hint.into(), at }
    }

    /// The mistake for a person: message, place, the line with a caret below what is meant, hint.
    pub fn render(&self, file: &str) -> String {
        let mut text = format!("error: {}\n", self.message);
        match &self.at {
            None => {
                let _ = writeln!(text, "  --> {file}");
            }
            Some(at) => {
                let number = at.line.to_string();
                let margin = " ".repeat(number.len());
                // Tabs stay tabs below the line, so that the caret stands where the text stands.
                let indent: String =
                    at.excerpt.chars().take(at.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
                let _ = writeln!(text, " {margin}--> {file}:{}:{}", at.line, at.column);
                let _ = writeln!(text, " {margin} |");
                let _ = writeln!(text, " {number} | {}", at.excerpt);
                let _ = writeln!(text, " {margin} | {indent}{}", "^".repeat(at.length));
            }
        }
        let _ = writeln!(text, "hint: {}", self.hint);
        text
    }

    /// The mistake in one line, for a JSON document.
    pub fn in_one_line(&self, file: &str) -> String {
        match &self.at {
            None => format!("{file}: {}", self.message),
            Some(at) => format!("{file}:{}:{}: {}", at.line, at.column, self.message),
        }
    }
}

/// All that is wrong with one configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file as the user named it.
    pub file: String,
    /// In the order of the file; never empty.
    pub mistakes: Vec<Mistake>,
}

impl ConfigError {
    /// One mistake that stands nowhere in the file.
    pub fn plain(file: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let mistake = Mistake { message: message.into(), hint: hint.into(), at: None };
        Self { file: file.into(), mistakes: vec![mistake] }
    }

    /// Every mistake for a person, one paragraph each.
    pub fn render(&self) -> String {
        self.mistakes.iter().map(|mistake| mistake.render(&self.file)).collect::<Vec<_>>().join("\n")
    }

    /// Every mistake in one line.
    pub fn in_one_line(&self) -> String {
        self.mistakes.iter().map(|mistake| mistake.in_one_line(&self.file)).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_what_is_meant() {
        let text = "[source]\naccount = \"é1\"\n";
        let start = text.find("\"é1\"").expect("the value");
        let location = Location::of(text, &(start..start + "\"é1\"".len()));
        assert_eq!((location.line, location.column, location.length), (2, 11, 4));
        let mistake = Mistake { message: "bad".into(), hint: "mend".into(), at: Some(location) };
        assert_eq!(
            mistake.render("f.toml"),
            "error: bad\n  --> f.toml:2:11\n   |\n 2 | account = \"é1\"\n   |           ^^^^\nhint: mend\n"
        );
    }

    #[test]
    fn a_span_over_several_lines_is_marked_on_its_first() {
        let text = "a = [\n1,\n2]\n";
        let location = Location::of(text, &(4..text.len() - 1));
        assert_eq!((location.line, location.column, location.length), (1, 5, 1));
    }

    #[test]
    fn the_end_of_the_file_is_a_place() {
        let location = Location::of("a = ", &(4..4));
        assert_eq!((location.line, location.column, location.length), (1, 5, 1));
    }
}
