//! What a person may read stands in a snapshot, or in a list with the reason why not.

mod bootstrap;
pub mod cleanup;
mod command_line;
mod configuration;
mod consent;
mod copy;
mod credentials;
pub mod doctor;
mod explain;
mod init;
mod inject;
mod inventory;
mod medium;
mod rehearse;
mod scenarios;
mod served;
mod verify;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use inventory::Message;
use serde::Deserialize;

fn below(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(&path, extension, found);
        } else if path.extension().is_some_and(|one| one == extension) {
            found.push(path);
        }
    }
}

/// A text with each run of blanks and line ends as one blank: how it is folded is not the question here.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A snapshot without the marks that a gallery puts before each line of stderr: a message may go over several.
fn without_marks(snapshot: &str) -> String {
    snapshot.lines().map(|line| line.strip_prefix("2> ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// A message that no snapshot shows, and why it is so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unshown {
    file: String,
    text: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnshownTable {
    message: Vec<Unshown>,
}

fn snapshots() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    below(&root.join("src"), "snap", &mut paths);
    below(&root.join("crates"), "snap", &mut paths);
    below(&root.join("tests"), "snap", &mut paths);
    // What is done in each state of a stack, which a test holds to the sources.
    paths.push(root.join("docs/stacks.md"));
    paths.iter().map(|path| flat(&without_marks(&fs::read_to_string(path).expect("a snapshot")))).collect()
}

#[test]
fn every_message_stands_in_a_snapshot() {
    let shown = snapshots();
    let unseen: BTreeSet<Message> =
        inventory::messages().into_iter().filter(|message| !shown.iter().any(|text| message.stands_in(text))).collect();
    let table: UnshownTable = toml::from_str(include_str!("unshown.toml")).expect("unshown.toml");
    let listed: BTreeSet<Message> = table
        .message
        .into_iter()
        .map(|row| {
            assert!(!row.reason.is_empty(), "{}: {:?} has no reason", row.file, row.text);
            Message { file: row.file, text: row.text }
        })
        .collect();
    let lines = |messages: BTreeSet<&Message>| -> Vec<String> {
        messages.into_iter().map(|message| format!("{}: {:?}", message.file, message.text)).collect()
    };
    let missing = lines(unseen.difference(&listed).collect());
    assert!(missing.is_empty(), "{} stand in no snapshot:\n{}", missing.len(), missing.join("\n"));
    let needless = lines(listed.difference(&unseen).collect());
    assert!(needless.is_empty(), "listed in unshown.toml, and shown or gone:\n{}", needless.join("\n"));
}
