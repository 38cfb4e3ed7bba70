//! The documents say what happens: their `console` blocks run, their command lines parse.
//!
//! All `console` blocks of one document run in one empty directory, in order, each line that begins with
//! `$ backupctl` as a command in process. Below it stands what it writes to stdout (and, where it does not
//! end with 0, to stderr), with `[..]` for a piece of a line and `...` for whole lines. `? 4` right below the
//! command is its exit code where that is not 0.

mod generated;

use std::fs;
use std::path::{Path, PathBuf};

use backupctl::cli::{self, Io};
use backupctl::pipeline::check::Check;
use backupctl::pipeline::remedy::Remedy;
use backupctl::pipeline::requirements::failures::FAILURES;
use snapbox::Assert;

/// The Markdown files of the project's root and of `docs/`.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = [root.to_owned(), root.join("docs")]
        .iter()
        .flat_map(|directory| fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("entry").path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    found.sort();
    found
}

/// A fenced block: its language, and its lines with their numbers.
struct Block {
    language: String,
    lines: Vec<(usize, String)>,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some(Block { language: language.trim().to_owned(), lines: Vec::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.lines.push((index + 1, line.to_owned())),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// One command with what it must do.
struct Example {
    line: usize,
    command: String,
    code: i32,
    output: String,
}

fn examples(block: &Block) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for (number, line) in &block.lines {
        if let Some(command) = line.strip_prefix("$ ") {
            let command = command.to_owned();
            examples.push(Example { line: *number, command, code: 0, output: String::new() });
            continue;
        }
        let Some(example) = examples.last_mut() else { panic!("line {number} stands before any command") };
        match line.strip_prefix("? ").filter(|_| example.output.is_empty()) {
            Some(code) => example.code = code.parse().expect("an exit code"),
            None => {
                example.output.push_str(line);
                example.output.push('\n');
            }
        }
    }
    examples
}

/// Splits a command line at blanks, keeping what stands in quotes together.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            (_, Some(open)) if letter == open => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().expect("one").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn what_the_documents_show_is_what_happens() {
    let mut ran = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        let directory = tempfile::tempdir().expect("a directory");
        for example in blocks(&text).iter().filter(|block| block.language == "console").flat_map(examples) {
            let place = format!("{}:{}: {}", document.display(), example.line, example.command);
            let words = words(&example.command);
            assert_eq!(words[0], "backupctl", "{place}");
            let mut io = Io::captured();
            io.directory = directory.path().to_owned();
            let status = cli::run(words.into_iter().map(Into::into), &mut io, None);
            let (stdout, stderr) = io.into_captured();
            assert_eq!(i32::from(status.code()), example.code, "{place}\n{stdout}\n{stderr}");
            let written = if example.code == 0 { stdout } else { stdout + &stderr };
            let held = Assert::new().try_eq(Some(&place), written.into(), example.output.into());
            if let Err(difference) = held {
                panic!("{place}\n{difference}");
            }
            ran += 1;
        }
    }
    assert!(ran >= 5, "only {ran} examples");
}

/// What the table of checks and the table of failures say to type, where nothing has to be filled in.
#[test]
fn the_commands_of_every_remedy_are_understood() {
    let rows = Check::ALL.iter().map(|check| check.row().remedy).chain(FAILURES.iter().map(|failure| failure.remedy));
    let (mut ours, mut of_aws) = (0, 0);
    for remedy in rows.map(Remedy::from) {
        for command in remedy.commands() {
            assert!(!command.contains(['<', '>', '…']), "{command}");
            match command.strip_prefix("backupctl ") {
                Some(arguments) => {
                    let given = std::iter::once("backupctl".to_owned()).chain(words(arguments)).map(Into::into);
                    cli::check(given).unwrap_or_else(|error| panic!("{command}: {error}"));
                    ours += 1;
                }
                None => {
                    assert!(command.starts_with("aws "), "{command}");
                    of_aws += 1;
                }
            }
        }
        // A command that still lacks something is no command: it is named in the text only.
        let named = remedy.prose();
        for (at, _) in named.match_indices(" …`") {
            let name = named[..at].rsplit('`').next().unwrap_or_default();
            assert!(name.starts_with("aws ") || name.starts_with("backupctl "), "{named}");
        }
    }
    assert!(ours > 40 && of_aws > 5, "{ours}, {of_aws}");
}

#[test]
fn the_command_lines_that_the_documents_name_are_understood() {
    let mut seen = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        for block in blocks(&text).iter().filter(|block| block.language == "sh") {
            for (number, line) in &block.lines {
                let line = line.split(" #").next().unwrap_or_default().trim();
                let ours = line.strip_prefix("cargo run -- ").or_else(|| line.strip_prefix("backupctl "));
                let Some(arguments) = ours.filter(|line| !line.contains(['$', '<', '>', '|'])) else { continue };
                let given = std::iter::once("backupctl".to_owned()).chain(words(arguments)).map(Into::into);
                if let Err(error) = cli::check(given) {
                    panic!("{}:{number}: {line}\n{error}", document.display());
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "only {seen} command lines");
}
