//! `init`: what it finds, what it writes, what it refuses.

use std::path::Path;

use backupctl::cli::{self, Io};
use backupctl::config::{self, Selected};
use backupctl::sandbox::Sandbox;

use crate::support::command::{Ran, backupctl, run};
use crate::support::worlds;

fn file(directory: &Path) -> String {
    directory.join("backupctl.toml").display().to_string()
}

/// Runs a command line whose questions are answered at a terminal.
fn answering(sandbox: &Sandbox, arguments: &str, answers: &str) -> Ran {
    let mut io = Io::captured().answering(answers);
    let arguments = std::iter::once("backupctl").chain(arguments.split_whitespace()).map(Into::into);
    let status = cli::run(arguments, &mut io, Some(sandbox.clone()));
    let (stdout, stderr) = io.into_captured();
    Ran { code: i32::from(status.code()), stdout, stderr }
}

#[test]
fn it_writes_a_configuration_that_loads_and_drives_the_pipeline() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    let ran = backupctl(&sandbox, &format!("init --config {path} -o json")).expect(0);
    let document = ran.json();
    assert_eq!(document["schema"], "backupctl.init/1");
    assert_eq!(document["organization"], "o-sandboxorg1");
    assert_eq!(document["source"]["account"], "111111111111");
    assert_eq!(document["notes"].as_array().map(Vec::len), Some(0), "{document:#}");
    // The two under aws/rds; `ledger` has a key of its own and `legacy` none.
    let selected: Vec<&str> =
        document["selected"].as_array().expect("a list").iter().filter_map(|one| one.as_str()).collect();
    assert_eq!(
        selected,
        ["arn:aws:rds:us-east-1:111111111111:db:billing", "arn:aws:rds:us-east-1:111111111111:db:orders"]
    );
    assert_eq!(document["databases"].as_array().map(Vec::len), Some(4));
    let text = std::fs::read_to_string(&path).expect("written");
    insta::assert_snapshot!("written", text);
    let pipeline = config::read("backupctl.toml", &text, Selected::Required).expect("loads as it is");
    assert_eq!(pipeline.selection.resources.len(), 2);
    backupctl(&sandbox, &format!("bootstrap --yes --config {path}")).expect(0);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    backupctl(&sandbox, &format!("verify --config {path}")).expect(0);
}

#[test]
fn it_never_overwrites_without_force() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    std::fs::write(&path, "mine").expect("a file");
    let refused = backupctl(&sandbox, &format!("init --config {path}")).expect(5);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "mine");
    backupctl(&sandbox, &format!("init --force --config {path}")).expect(0);
    assert_ne!(std::fs::read_to_string(&path).expect("there"), "mine");
}

#[test]
fn without_a_terminal_and_without_flags_it_names_the_flags() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = file(directory.path());
    let ran = run(None, &format!("init --config {path}")).expect(2);
    insta::assert_snapshot!("no_flags", ran.stderr);
    let ran = run(None, &format!("init --source-account 111111111111 --config {path}")).expect(2);
    assert!(ran.stderr.contains("--destination-account ID"), "{}", ran.stderr);
    assert!(!Path::new(&path).exists());
}

#[test]
fn flags_are_held_to_the_files_rules() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    let wrong = |flags: &str| backupctl(&sandbox, &format!("init {flags} --config {path}"));
    assert!(wrong("--source-account 12").expect(2).stderr.contains("12 digits"));
    assert!(wrong("--source-region us-west2").expect(2).stderr.contains("not an AWS Region"));
    assert!(wrong("--intermediate-region us-east-1").expect(2).stderr.contains("both us-east-1"));
    assert!(wrong("--resource arn:aws:rds:eu-west-1:111111111111:db:x").expect(2).stderr.contains("eu-west-1"));
    assert!(wrong("--tag daily").expect(2).stderr.contains("key=value"));
    assert!(wrong("--email nobody").expect(2).stderr.contains("nobody"));
    assert!(!Path::new(&path).exists());
}

#[test]
fn a_tag_or_named_databases_take_the_place_of_what_was_found() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    backupctl(&sandbox, &format!("init --tag backup=daily --config {path}")).expect(0);
    let read = || {
        let text = std::fs::read_to_string(&path).expect("written");
        config::read("backupctl.toml", &text, Selected::Required).expect("loads").selection
    };
    assert_eq!(read().tags.get("backup").map(String::as_str), Some("daily"));
    assert!(read().resources.is_empty());
    let ledger = "arn:aws:rds:us-east-1:111111111111:db:ledger";
    backupctl(&sandbox, &format!("init --force --resource {ledger} --email a@example.com --config {path}")).expect(0);
    assert_eq!(read().resources, [ledger]);
}

#[test]
fn a_role_of_another_account_is_refused_and_one_that_cannot_be_assumed_is_said() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    let flags = "--source-account 111111111111 --source-role-arn arn:aws:iam::111111111111:role/nobody";
    let ran = backupctl(&sandbox, &format!("init {flags} --config {path}")).expect(0);
    assert!(ran.stdout.contains("the databases could not be looked for"), "{}", ran.stdout);
    assert!(ran.stdout.contains("nothing is selected yet"), "{}", ran.stdout);
    let text = std::fs::read_to_string(&path).expect("written");
    config::read("backupctl.toml", &text, Selected::Optional).expect("loads");
}

#[test]
fn a_terminal_is_asked_and_wrong_answers_are_asked_again() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    let answers = "us-west2\nus-east-1\n\n3\n1\ndba@example.com\n";
    let ran = answering(&sandbox, &format!("--sandbox --color never init --config {path}"), answers).expect(0);
    insta::assert_snapshot!("asked", ran.stderr.replace(&path, "backupctl.toml"));
    insta::assert_snapshot!("told", ran.stdout.replace(&path, "backupctl.toml"));
    let text = std::fs::read_to_string(&path).expect("written");
    let pipeline = config::read("backupctl.toml", &text, Selected::Required).expect("loads");
    assert_eq!(pipeline.selection.resources, ["arn:aws:rds:us-east-1:111111111111:db:billing"]);
    assert_eq!(pipeline.notifications.email.as_deref(), Some("dba@example.com"));
}

#[test]
fn questions_that_nobody_answers_write_nothing() {
    let (sandbox, directory) = (worlds::built_in(), tempfile::tempdir().expect("a directory"));
    let path = file(directory.path());
    answering(&sandbox, &format!("--sandbox init --config {path}"), "us-east-1\n").expect(2);
    assert!(!Path::new(&path).exists());
}
