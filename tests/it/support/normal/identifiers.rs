//! Identifiers in texts.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A plan's version id: a UUID in base64.
const VERSION_ID: usize = 48;

/// The identifiers in a text: UUIDs in either case, and IAM's and CloudFormation's letter ids.
fn split(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        if end == 0 {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            parts.push((false, &rest[..step]));
            rest = &rest[step..];
            continue;
        }
        let mut word = &rest[..end];
        rest = &rest[end..];
        while !word.is_empty() {
            match find_id(word) {
                Some((from, to)) => {
                    parts.push((false, &word[..from]));
                    parts.push((true, &word[from..to]));
                    word = &word[to..];
                }
                None => {
                    parts.push((false, word));
                    word = "";
                }
            }
        }
    }
    parts
}

fn find_id(word: &str) -> Option<(usize, usize)> {
    let bytes = word.as_bytes();
    for from in 0..bytes.len() {
        if from > 0 && bytes[from - 1] != b'-' {
            continue;
        }
        if let Some(candidate) = bytes.get(from..from + 36) {
            let uuid = candidate.iter().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
            if uuid {
                return Some((from, from + 36));
            }
        }
        let run = bytes[from..].iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        let ends = bytes.get(from + run).is_none_or(|byte| *byte == b'-');
        let word = bytes[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if word == VERSION_ID && bytes.len() == from + word {
            return Some((from, from + word));
        }
        if ends && run >= 12 && bytes[from..from + run].iter().any(u8::is_ascii_uppercase) {
            return Some((from, from + run));
        }
    }
    None
}

/// A text, taken apart once: plain parts, and identifiers by their number.
pub(super) struct Text {
    parts: Vec<Result<usize, String>>,
    /// Of a text without identifiers.
    plain: u64,
}

impl Text {
    pub(super) fn read(text: &str, names: &mut BTreeMap<String, usize>) -> Self {
        let mut parts: Vec<Result<usize, String>> = Vec::new();
        for (is_id, part) in split(text) {
            if is_id {
                let next = names.len();
                parts.push(Ok(*names.entry(part.to_ascii_lowercase()).or_insert(next)));
            } else if let Some(Err(last)) = parts.last_mut() {
                last.push_str(part);
            } else {
                parts.push(Err(part.to_owned()));
            }
        }
        Self { plain: hash(text), parts }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| part.as_ref().ok().copied())
    }

    pub(super) fn has_ids(&self) -> bool {
        self.parts.iter().any(Result::is_ok)
    }

    pub(super) fn digest(&self, colours: &[u64]) -> u64 {
        if !self.has_ids() {
            return self.plain;
        }
        let parts: Vec<Result<u64, &str>> =
            self.parts.iter().map(|part| part.as_ref().map(|id| colours[*id]).map_err(String::as_str)).collect();
        hash(&parts)
    }

    pub(super) fn painted(&self, colours: &[u64]) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Ok(id) => format!("<{:x}>", colours[*id]),
            Err(text) => text.clone(),
        });
        parts.collect()
    }
}

/// A hash that is the same in every run of this build.
pub(super) fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
