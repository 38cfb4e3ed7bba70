//! The messages that stand in the sources: every string that a person may read.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Where no messages of ours stand: what the simulated AWS answers is held to AWS's own words, and the table of needs
/// says of sources what `docs/` prints whole, which a test holds to it.
const ELSEWHERE: [&str; 4] =
    ["pipeline/requirements/needs.rs", "aws-sandbox/models/", "aws-sandbox/services/", "aws-sandbox/wire/"];

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    /// The source: below `src/`, or the crate and what is below its `src/`.
    pub file: String,
    /// As it is written there, with its holes.
    pub text: String,
}

impl Message {
    /// The parts between the holes, in their order; those that say something.
    fn parts(&self) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut letters = self.text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.peek() == Some(&letter) => {
                    letters.next();
                    parts.last_mut().expect("one").push(letter);
                }
                '{' => {
                    letters.by_ref().find(|next| *next == '}');
                    parts.push(String::new());
                }
                letter => parts.last_mut().expect("one").push(letter),
            }
        }
        let parts = parts.iter().map(|part| super::flat(part));
        parts.filter(|part| part.chars().any(char::is_alphanumeric)).collect()
    }

    /// Whether a text (with single blanks) holds the message. A sentence before its commands ends with a colon.
    pub fn stands_in(&self, text: &str) -> bool {
        let mut parts = self.parts();
        if let Some(last) = parts.last_mut() {
            *last = last.trim_end_matches('.').to_owned();
        }
        in_order(&parts, text)
    }
}

/// Whether a text holds the parts in their order, close to each other.
fn in_order(parts: &[String], text: &str) -> bool {
    const HOLE: usize = 400;
    let Some((first, others)) = parts.split_first() else { return true };
    text.match_indices(first.as_str()).any(|(at, _)| {
        let mut end = at + first.len();
        others.iter().all(|part| {
            let far = text.len().min(end + HOLE + part.len());
            let far = (far..=text.len()).find(|at| text.is_char_boundary(*at)).expect("the end");
            let found = text[end..far].find(part.as_str());
            end += found.map_or(0, |at| at + part.len());
            found.is_some()
        })
    })
}

/// All of them.
pub fn messages() -> Vec<Message> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = messages_below("", &root.join("src"));
    for member in ["aws-policy", "aws-sandbox"] {
        found.extend(messages_below(&format!("{member}/"), &root.join("crates").join(member).join("src")));
    }
    found
}

fn messages_below(prefix: &str, root: &Path) -> Vec<Message> {
    let mut paths: Vec<PathBuf> = Vec::new();
    super::below(root, "rs", &mut paths);
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let file = format!("{prefix}{}", path.strip_prefix(root).expect("below src").display());
        let is_test = file.split(['/', '.']).any(|part| part.starts_with("tests"));
        if is_test || ELSEWHERE.iter().any(|other| file.starts_with(other)) {
            continue;
        }
        let tokens: TokenStream = fs::read_to_string(&path).expect("a source").parse().expect("Rust");
        let mut texts = Vec::new();
        strings(tokens, &mut texts);
        found.extend(texts.into_iter().map(|text| Message { file: file.clone(), text }));
    }
    found
}

/// The sentences among the strings of some tokens: attributes (with the documentation) and test modules are left out.
fn strings(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_test = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                while matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!') {
                    tokens.next();
                }
                if let Some(TokenTree::Group(attribute)) = tokens.next() {
                    is_test |= attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                }
            }
            TokenTree::Group(group) => {
                // The one in braces is the item's body; `pub(super)` and arguments stand before it.
                let skipped = is_test;
                is_test &= group.delimiter() != Delimiter::Brace;
                if !skipped {
                    strings(group.stream(), found);
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => is_test = false,
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                    && is_sentence(&text.value())
                {
                    found.push(text.value());
                }
            }
            _ => {}
        }
    }
}

/// Three words or more: less is a name, a column's head or a unit.
fn is_sentence(text: &str) -> bool {
    let word =
        |word: &&str| word.chars().filter(|letter| letter.is_lowercase()).count() >= 2 && !word.contains(['/', '_']);
    text.split_whitespace().filter(word).count() >= 3
}
