//! What was written in the file: sections and keys with their places, types checked, nothing resolved.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{ConfigError, Location, Mistake, NO_TOML_HINT};
use crate::pipeline::suggest;

/// A value and where it is written; without a place where it is a default.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) span: Option<Range<usize>>,
}

impl<T> Written<T> {
    pub(super) fn default_value(value: T) -> Self {
        Self { value, span: None }
    }
}

/// The text of one file, and all that was found wrong with it so far.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: RefCell<Vec<(usize, Mistake)>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, mistakes: RefCell::default() }
    }

    /// Parses the file's syntax.
    ///
    /// # Errors
    /// Every place where the text is not TOML.
    pub(super) fn parse(&self) -> Result<DeTable<'a>, ConfigError> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let message = format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default());
            self.mistake(error.span().as_ref(), message, NO_TOML_HINT);
        }
        self.end()?;
        Ok(table.into_inner())
    }

    /// Notes a mistake; `span` is `None` for what is nowhere in the file.
    pub(super) fn mistake(&self, span: Option<&Range<usize>>, message: impl Into<String>, hint: impl Into<String>) {
        let at = span.map(|span| Location::of(self.text, span));
        let order = span.map_or(usize::MAX, |span| span.start);
        self.mistakes.borrow_mut().push((order, Mistake { message: message.into(), hint: hint.into(), at }));
    }

    /// Whether anything was wrong.
    ///
    /// # Errors
    /// All that was noted, in the order of the file.
    pub(super) fn end(&self) -> Result<(), ConfigError> {
        let mut mistakes = self.mistakes.borrow().clone();
        if mistakes.is_empty() {
            return Ok(());
        }
        mistakes.sort_by_key(|(order, _)| *order);
        let mistakes = mistakes.into_iter().map(|(_, mistake)| mistake).collect();
        Err(ConfigError { file: self.file.to_owned(), mistakes })
    }

    /// Notes every section that is none of `known`.
    pub(super) fn only_sections(&self, table: &DeTable<'_>, known: &[&str]) {
        for (key, value) in table.iter() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let what = if value.get_ref().is_table() { format!("section [{name}]") } else { format!("key `{name}`") };
            let hint = match suggest::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean [{near}]?"),
                None => format!("the sections are {}", bracketed(known)),
            };
            self.mistake(Some(&key.span()), format!("unknown {what}"), hint);
        }
    }
}

fn bracketed(names: &[&str]) -> String {
    names.iter().map(|name| format!("[{name}]")).collect::<Vec<_>>().join(", ")
}

/// One section of the file; an absent one reads as empty.
#[derive(Debug)]
pub(super) struct Section<'r, 'i> {
    reader: &'r Reader<'i>,
    name: &'static str,
    table: Option<&'r DeTable<'i>>,
    /// Where the section's name is written.
    pub(super) span: Option<Range<usize>>,
    /// Keys that somebody asked for: those that the section knows.
    keys: RefCell<Vec<&'static str>>,
    /// Keys that were named as belonging elsewhere.
    foreign: RefCell<Vec<&'static str>>,
}

impl<'r, 'i> Section<'r, 'i> {
    pub(super) fn of(reader: &'r Reader<'i>, root: &'r DeTable<'i>, name: &'static str) -> Self {
        let found = root.iter().find(|(key, _)| key.get_ref() == name);
        let table = found.and_then(|(key, value)| {
            if !value.get_ref().is_table() {
                let message = format!("`{name}` is {}, not a section", kind_of(value.get_ref()));
                reader.mistake(Some(&key.span()), message, format!("write [{name}] on a line of its own"));
            }
            value.get_ref().as_table()
        });
        Self {
            reader,
            name,
            table,
            span: found.map(|(key, _)| key.span()),
            keys: RefCell::default(),
            foreign: RefCell::default(),
        }
    }

    /// The sections of a list of them (`[[name]]`), in the order of the file.
    pub(super) fn each(reader: &'r Reader<'i>, root: &'r DeTable<'i>, name: &'static str) -> Vec<Self> {
        let Some((key, value)) = root.iter().find(|(key, _)| key.get_ref() == name) else { return Vec::new() };
        let items: Vec<_> = value.get_ref().as_array().into_iter().flat_map(|array| array.iter()).collect();
        if value.get_ref().as_array().is_none() || items.iter().any(|item| !item.get_ref().is_table()) {
            let message = format!("`{name}` is {}, not a list of sections", kind_of(value.get_ref()));
            reader.mistake(Some(&key.span()), message, format!("write [[{name}]] on a line of its own, once for each"));
        }
        let tables = items.into_iter().filter_map(|item| Some((item.get_ref().as_table()?, item.span())));
        let section = |(table, span)| Self {
            reader,
            name,
            table: Some(table),
            span: Some(span),
            keys: RefCell::default(),
            foreign: RefCell::default(),
        };
        tables.map(section).collect()
    }

    /// Whether the key is written, rightly or wrongly.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| table.iter().any(|(name, _)| name.get_ref() == key))
    }

    /// Notes keys that belong in another section.
    pub(super) fn elsewhere(&self, keys: &[&'static str], hint: &str) {
        for (key, _) in self.table.into_iter().flat_map(|table| table.iter()) {
            let name: &str = key.get_ref();
            if let Some(known) = keys.iter().find(|known| **known == name) {
                self.foreign.borrow_mut().push(known);
                self.reader.mistake(Some(&key.span()), format!("`{name}` does not belong in [{}]", self.name), hint);
            }
        }
    }

    fn find(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'i>>> {
        self.keys.borrow_mut().push(key);
        self.table?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        self.wrong_part(&format!("`{key}`"), value, wanted, &format!("{key} = {example}"));
    }

    fn wrong_part(&self, what: &str, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
        let message = format!("{what} is {}, but must be {wanted}", kind_of(value.get_ref()));
        self.reader.mistake(Some(&value.span()), message, format!("write it as `{example}`"));
    }

    pub(super) fn text(&self, key: &'static str) -> Option<Written<String>> {
        let value = self.find(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Written { value: text.to_owned(), span: Some(value.span()) }),
            None => {
                self.wrong_type(key, value, "a string", "\"…\"");
                None
            }
        }
    }

    /// A date, as TOML's own or as text.
    pub(super) fn date(&self, key: &'static str) -> Option<Written<NaiveDate>> {
        let value = self.find(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => String::new(),
        };
        match NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            Ok(date) => Some(Written { value: date, span: Some(value.span()) }),
            Err(_) => {
                self.wrong_type(key, value, "a day", "2027-01-31");
                None
            }
        }
    }

    pub(super) fn number(&self, key: &'static str) -> Option<Written<i64>> {
        let value = self.find(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok());
        match number {
            Some(number) => Some(Written { value: number, span: Some(value.span()) }),
            None => {
                self.wrong_type(key, value, "a whole number", "7");
                None
            }
        }
    }

    /// A list of strings; where `or_one` is set, a lone string is a list of one.
    pub(super) fn texts(&self, key: &'static str, shape: ListShape) -> Option<Written<Vec<Written<String>>>> {
        let value = self.find(key)?;
        let span = Some(value.span());
        if let (ListShape::OneOrMany, Some(text)) = (shape, value.get_ref().as_str()) {
            return Some(Written { value: vec![Written { value: text.to_owned(), span: span.clone() }], span });
        }
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of strings", "[\"…\"]");
            return None;
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Written { value: text.to_owned(), span: Some(item.span()) }),
                None => {
                    self.wrong_part(&format!("an item of `{key}`"), item, "a string", &format!("{key} = [\"…\"]"));
                }
            }
        }
        Some(Written { value: texts, span })
    }

    /// A table of strings by name.
    pub(super) fn map(&self, key: &'static str) -> Option<Written<BTreeMap<String, String>>> {
        let value = self.find(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, "a table of strings", "{ name = \"value\" }");
            return None;
        };
        let mut map = BTreeMap::new();
        for (name, item) in table.iter() {
            match item.get_ref().as_str() {
                Some(text) => {
                    map.insert(name.get_ref().to_string(), text.to_owned());
                }
                None => {
                    let (name, example) = (name.get_ref(), format!("{key} = {{ name = \"value\" }}"));
                    self.wrong_part(&format!("`{name}` of `{key}`"), item, "a string", &example);
                }
            }
        }
        Some(Written { value: map, span: Some(value.span()) })
    }

    /// Notes every key that nobody asked for.
    pub(super) fn end(&self) {
        let keys = self.keys.borrow();
        for (key, _) in self.table.into_iter().flat_map(|table| table.iter()) {
            let name: &str = key.get_ref();
            if keys.contains(&name) || self.foreign.borrow().contains(&name) {
                continue;
            }
            let hint = match suggest::nearest(name, keys.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("[{}] knows {}", self.name, keys.join(", ")),
            };
            self.reader.mistake(Some(&key.span()), format!("unknown key `{name}` in [{}]", self.name), hint);
        }
    }
}

/// How a list may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListShape {
    /// Only as a list.
    Many,
    /// As a list, or as one string.
    OneOrMany,
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
