//! A world with its configuration, and a person at a shell who types.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::shell;
use super::{CONFIGURATION, Case, Cause, Cure};
use crate::mutations;
use crate::support::command::{Ran, configured};
use crate::support::served;

/// A person at a shell with the AWS CLI.
pub(super) struct Typist {
    child: Child,
    _directory: TempDir,
}

impl Typist {
    pub(super) fn new(python: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let environment: BTreeMap<String, String> = shell("http://127.0.0.1:1", &directory);
        let child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strangers/typist.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        Self { child, _directory: directory }
    }

    /// Types the commands; what failed.
    fn types(&mut self, endpoint: &str, commands: &[String]) -> Option<String> {
        let line = json!({"endpoint": endpoint, "commands": commands}).to_string();
        writeln!(self.child.stdin.as_mut().expect("piped"), "{line}").expect("written");
        let mut answer = String::new();
        BufReader::new(self.child.stdout.as_mut().expect("piped")).read_line(&mut answer).expect("an answer");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["failed"].as_str().map(str::to_owned)
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A world and its configuration.
pub(super) struct Stage {
    sandbox: Sandbox,
    configuration: String,
}

impl Stage {
    pub(super) fn set(case: &Case) -> Self {
        let mut configuration = CONFIGURATION.to_owned();
        let sandbox = match case.cause {
            Cause::World(make) => make(),
            _ => mutations::world(),
        };
        match case.cause {
            Cause::Mutation(id) => {
                mutations::make(&sandbox, id);
                // A database takes its time to go.
                sandbox.advance_to(sandbox.now().plus_seconds(1_200)).expect("an in-memory world");
            }
            Cause::Calls(work) => work(&sandbox),
            Cause::World(_) => {}
            Cause::Configuration(old, new) => configuration = replaced(&configuration, old, new),
        }
        Self { sandbox, configuration }
    }

    /// Runs a command of ours with the configuration.
    fn ours(&self, command: &str) -> Ran {
        configured(&self.sandbox, &self.configuration, command)
    }

    /// The findings of a check.
    pub(super) fn findings(&self, case: &Case) -> Vec<Value> {
        let document = self.ours(&format!("{} -o json", case.command)).json();
        let all = document["findings"].as_array().unwrap_or_else(|| panic!("{document:#}"));
        all.iter().filter(|finding| finding["check"] == case.check).cloned().collect()
    }

    /// Types commands, ours and the AWS CLI's; what failed.
    fn types(&self, typist: &mut Typist, commands: &[String]) -> Option<String> {
        for command in commands {
            if let Some(ours) = command.strip_prefix("backupctl ") {
                let consent = if ours.starts_with("bootstrap") { " --yes" } else { "" };
                let ran = self.ours(&format!("{ours}{consent}"));
                if ran.code != 0 {
                    return Some(format!("{command}: exit {}\n{}", ran.code, ran.stderr));
                }
            } else {
                let server = served::serve(&self.sandbox, 0.0);
                if let Some(failed) = typist.types(&server.endpoint, std::slice::from_ref(command)) {
                    return Some(failed);
                }
            }
        }
        // IAM tells the other services of it.
        self.sandbox.advance_to(self.sandbox.now().plus_seconds(60)).expect("an in-memory world");
        None
    }

    pub(super) fn cure(&mut self, typist: &mut Typist, case: &Case, findings: &[Value]) -> Option<String> {
        let mut commands: Vec<String> = Vec::new();
        if let Cure::Renamed(old, new) = case.cure {
            self.configuration = replaced(&self.configuration, old, new);
        }
        match case.cure {
            Cure::AsSaid | Cure::Renamed(..) => {
                for command in findings.iter().flat_map(|finding| finding["commands"].as_array().expect("a list")) {
                    let command = command.as_str().expect("text").to_owned();
                    if !commands.contains(&command) {
                        commands.push(command);
                    }
                }
                if commands.is_empty() {
                    return Some("the finding has no command".to_owned());
                }
            }
            Cure::First => commands.push(findings[0]["commands"][0].as_str().expect("a command").to_owned()),
            Cure::Only(command) => commands.push(command.to_owned()),
            Cure::Configuration(old, new) => {
                self.configuration = replaced(&self.configuration, old, new);
                commands.push("backupctl bootstrap".to_owned());
            }
            Cure::InWords(work) => work(&self.sandbox),
            Cure::Nothing => {}
        }
        let failed = self.types(typist, &commands);
        if matches!(case.cure, Cure::First) {
            self.sandbox.advance_to(self.sandbox.now().plus_seconds(3_600)).expect("an in-memory world");
        }
        failed
    }
}

pub(super) fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} in {text}");
    text.replace(old, new)
}
