//! `completions` and `man`: made from the one definition of the command line.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use crate::output::Problem;

/// Print a shell's completion script
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page, or write one page per command into DIR
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Directory to write the pages to
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// A shell's completion script.
fn script(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::definition(), "backupctl", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

pub(super) fn completions(args: &CompletionsArgs) -> Outcome {
    let text = script(args.shell);
    let body = json!({"shell": args.shell.to_string(), "document": text});
    Outcome::done(Text::Bare(text)).with_body(body)
}

/// Every page with the name of its file: the program's own, then one for each command and subcommand.
fn pages() -> Result<Vec<(String, String)>, std::io::Error> {
    let mut definition = super::definition().disable_help_subcommand(true);
    definition.build();
    let mut pages = Vec::new();
    collect(&definition, &mut pages)?;
    Ok(pages)
}

/// A built command knows its page's name: its parents' names and its own, joined by hyphens.
fn collect(command: &clap::Command, pages: &mut Vec<(String, String)>) -> Result<(), std::io::Error> {
    let mut text = Vec::new();
    // No date: two builds of one version are the same bytes.
    let page = clap_mangen::Man::new(command.clone()).date("");
    page.render(&mut text)?;
    pages.push((page.get_filename(), String::from_utf8_lossy(&text).into_owned()));
    command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .try_for_each(|command| collect(command, pages))
}

pub(super) fn man(args: &ManArgs, context: &Context<'_>) -> Result<Outcome, Outcome> {
    let failed = |error: &std::io::Error| {
        let problem =
            Problem::new(format!("cannot write the manual pages: {error}"), "name a directory that you may write to");
        Outcome::failed(ExitStatus::Failed, problem)
    };
    let pages = pages().map_err(|error| failed(&error))?;
    let Some(directory) = &args.directory else {
        let text = pages.into_iter().next().map(|(_, text)| text).unwrap_or_default();
        let body = json!({"document": text});
        return Ok(Outcome::done(Text::Bare(text)).with_body(body));
    };
    let place = context.io.directory.join(directory);
    write_pages(&place, &pages).map_err(|error| failed(&error))?;
    let files: Vec<String> = pages.iter().map(|(file, _)| directory.join(file).display().to_string()).collect();
    let text = files.iter().map(|file| format!("{file}\n")).collect();
    Ok(Outcome::done(Text::Bare(text)).with_body(json!({"files": files})))
}

fn write_pages(place: &Path, pages: &[(String, String)]) -> Result<(), std::io::Error> {
    fs::create_dir_all(place)?;
    pages.iter().try_for_each(|(file, text)| fs::write(place.join(file), text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use clap::ValueEnum;
    use clap_complete::{Generator, Shell};

    use super::*;

    /// The files of a committed directory.
    fn committed(directory: &str) -> BTreeMap<String, String> {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        let entries = fs::read_dir(place).expect("the directory is committed");
        entries
            .map(|entry| {
                let entry = entry.expect("an entry");
                let text = fs::read_to_string(entry.path()).expect("text");
                (entry.file_name().to_string_lossy().into_owned(), text)
            })
            .collect()
    }

    #[test]
    fn the_committed_completions_are_what_the_command_line_makes() {
        let made: BTreeMap<String, String> =
            Shell::value_variants().iter().map(|shell| (shell.file_name("backupctl"), script(*shell))).collect();
        assert!(made == committed("completions"), "stale: run scripts/generate");
    }

    #[test]
    fn the_committed_manual_pages_are_what_the_command_line_makes() {
        let made: BTreeMap<String, String> = pages().expect("pages").into_iter().collect();
        assert!(made == committed("man"), "stale: run scripts/generate");
    }

    #[test]
    fn every_command_has_its_page_with_the_exit_codes() {
        let pages: BTreeMap<String, String> = pages().expect("pages").into_iter().collect();
        for command in super::super::definition().get_subcommands() {
            let page = &pages[&format!("backupctl-{}.1", command.get_name())];
            assert!(page.contains("Exit status:"), "{}", command.get_name());
        }
    }
}
