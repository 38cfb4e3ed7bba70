//! A comment on a field says what its name does not: a unit, a form, a range, a source, a promise.

use std::fs;

use super::sources_below;

/// Fewer words than these restate the name.
const FEWEST_WORDS: usize = 4;

/// Whether a line declares a field of a struct or of a variant.
fn is_field(line: &str) -> bool {
    let line = line.trim_start();
    let named = line.strip_prefix("pub(super) ").or(line.strip_prefix("pub(crate) ")).or(line.strip_prefix("pub "));
    let (name, _) = named.unwrap_or(line).split_once(": ").unwrap_or_default();
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The comments of one line that stand on a field and say less.
fn short(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let comment = |index: usize| lines.get(index).and_then(|line| line.trim_start().strip_prefix("/// "));
    let alone = |index: usize| (index == 0 || comment(index - 1).is_none()) && comment(index + 1).is_none();
    let on_field = |index: usize| {
        let below = lines[index + 1..].iter().find(|line| !line.trim_start().starts_with("#["));
        below.is_some_and(|line| is_field(line))
    };
    let few = |text: &str| text.split_whitespace().count() < FEWEST_WORDS;
    let found = (0..lines.len()).filter_map(|index| Some((index, comment(index)?)));
    found
        .filter(|(index, text)| few(text) && alone(*index) && on_field(*index))
        .map(|(index, text)| format!("{}: {text}", index + 1))
        .collect()
}

#[test]
fn no_comment_restates_the_name_of_a_field() {
    let mut all = Vec::new();
    // What stands on the arguments of the command line is their help.
    let is_help = |path: &std::path::Path| path.starts_with(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli"));
    for path in ["src", "crates"].into_iter().flat_map(sources_below).filter(|path| !is_help(path)) {
        let text = fs::read_to_string(&path).expect("a source");
        all.extend(short(&text).into_iter().map(|found| format!("{}:{found}", path.display())));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_fence_sees_a_short_comment_and_passes_a_full_one() {
    let text = "struct A {\n    /// Its name.\n    pub name: String,\n    /// Its age in whole days.\n    age: u32,\n    /// Its \
                kind.\n    #[serde(skip)]\n    pub(crate) kind: Kind,\n}\nenum B {\n    /// One.\n    One,\n}\n";
    assert_eq!(short(text), ["2: Its name.", "6: Its kind."]);
}
