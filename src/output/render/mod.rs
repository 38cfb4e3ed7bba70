//! Documents for people: each rendering reads the command's own document and nothing else.

pub mod bootstrap;
pub mod cleanup;
pub mod copy;
pub mod explain;
pub mod finding;
pub mod init;
pub mod verify;
pub mod world;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::style::Style;

/// What a rendering is made for.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Columns to write in.
    pub width: usize,
    /// How it is painted.
    pub style: Style,
    /// What ages count from.
    pub now: DateTime<Utc>,
}

/// A part of a document, read without surprises: what is absent reads as empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a>(pub(super) &'a Value);

impl<'a> View<'a> {
    /// The member of that name.
    pub(super) fn at(self, key: &str) -> View<'a> {
        static NULL: Value = Value::Null;
        View(self.0.get(key).unwrap_or(&NULL))
    }

    /// A member's text; empty where it is none.
    pub(super) fn text(self, key: &str) -> &'a str {
        self.at(key).0.as_str().unwrap_or_default()
    }

    /// A member's number; 0 where it is none.
    pub(super) fn number(self, key: &str) -> u64 {
        self.at(key).0.as_u64().unwrap_or_default()
    }

    /// Whether a member is `true`.
    pub(super) fn is(self, key: &str) -> bool {
        self.at(key).0.as_bool().unwrap_or_default()
    }

    /// Whether there is nothing.
    pub(super) fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The items of a list member.
    pub(super) fn items(self, key: &str) -> impl Iterator<Item = View<'a>> {
        self.at(key).0.as_array().into_iter().flatten().map(View)
    }

    /// The entries of a table member, in the document's order.
    pub(super) fn entries(self, key: &str) -> impl Iterator<Item = (&'a str, View<'a>)> {
        self.at(key).0.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), View(value)))
    }
}

/// `text` folded at blanks to `width` columns, each line after `margin` blanks.
pub(crate) fn fold(text: &str, margin: usize, width: usize) -> String {
    let room = width.saturating_sub(margin).max(20);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    let margin = " ".repeat(margin);
    lines.iter().map(|line| format!("{margin}{line}\n")).collect()
}

/// A line after `margin` blanks, and where it is too long for the page, its rest under it and further in.
pub(super) fn hanging(line: &str, margin: usize, page: &Page) -> String {
    format!("{}{}", " ".repeat(margin), fold(line, margin + 2, page.width).trim_start())
}

/// What a document says besides, a paragraph each.
pub(super) fn notes(document: View<'_>, page: &Page) -> String {
    document.items("notes").filter_map(|note| note.0.as_str()).map(|text| note(text, page)).collect()
}

/// One note, a paragraph.
pub fn note(text: &str, page: &Page) -> String {
    fold(&format!("note: {text}"), 0, page.width).replacen("note:", &page.style.warn("note:"), 1)
}

/// A page of eighty plain columns, for tests.
#[cfg(test)]
pub(super) fn tests_page() -> Page {
    let now = super::time::parse("2026-01-05T09:30:00Z").expect("an instant");
    Page { width: 80, style: Style::PLAIN, now }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded_at_blanks_and_long_words_stay_whole() {
        let arn = "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1";
        assert_eq!(
            fold(&format!("the copy of {arn} is missing"), 2, 30),
            format!("  the copy of\n  {arn}\n  is missing\n")
        );
    }
}
