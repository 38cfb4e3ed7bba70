//! `sandbox serve` as its own process: its first line, its lock, its end, its death.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::served::{self, Process, Signed};

fn backupctl(directory: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backupctl"))
        .env_clear()
        .current_dir(directory)
        .arg("--sandbox=world")
        .args(arguments.split_whitespace())
        .output()
        .expect("the binary runs")
}

/// Makes a vault under the account's default key; the path says its name.
fn create_vault(endpoint: &str, name: &str) -> Value {
    let path = format!("/backup-vaults/{name}");
    let request = Signed { method: "PUT", path: &path, ..Signed::json("backup", &[], b"{}") };
    let answer = request.send(endpoint);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn vaults(endpoint: &str) -> Vec<String> {
    let request = Signed { method: "GET", path: "/backup-vaults", ..Signed::json("backup", &[], b"") };
    let answer = request.send(endpoint).json();
    let list = answer["BackupVaultList"].as_array().cloned().unwrap_or_default();
    list.iter().map(|vault| vault["BackupVaultName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn it_tells_its_endpoint_answers_a_signed_call_and_ends_saved() {
    for signal in ["INT", "TERM"] {
        let directory = tempfile::tempdir().expect("a directory");
        let server = Process::start(directory.path(), "--time-scale 0");
        assert!(server.endpoint.starts_with("http://127.0.0.1:"), "{}", server.endpoint);
        let answer = served::who_am_i(&server.endpoint);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.contains("<Account>111111111111</Account>"), "{answer:?}");
        assert_eq!(answer.header("date"), "Mon, 05 Jan 2026 06:00:00 GMT", "the virtual instant");
        create_vault(&server.endpoint, "kept");
        assert_eq!(served::advance(&server.endpoint, 3600)["to"], "2026-01-05T07:00:00.000Z");
        let (status, rest, errors) = server.end(signal);
        assert_eq!((status.code(), rest.as_str()), (Some(0), ""), "{errors}");
        let log = std::fs::read_to_string(directory.path().join("world/log")).expect("a log");
        assert_eq!(log.lines().count(), 1, "everything is in the snapshot: {log}");
        let shown = backupctl(directory.path(), "sandbox show -o json");
        let shown: Value = serde_json::from_slice(&shown.stdout).expect("a document");
        assert_eq!(shown["now"], "2026-01-05T07:00:00Z", "{shown:#}");
        assert!(shown.to_string().contains("\"kept\""), "{shown:#}");
    }
}

#[test]
fn a_second_command_on_its_directory_is_told_the_endpoint_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Process::start(directory.path(), "");
    for command in ["sandbox show", "verify", "sandbox serve", "sandbox reset"] {
        let output = backupctl(directory.path(), command);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {told}");
        assert!(told.contains(&format!("AWS_ENDPOINT_URL={}", server.endpoint)), "{command}: {told}");
        assert!(told.contains(&format!("process {} (`backupctl sandbox serve`)", server.id())), "{command}: {told}");
    }
    assert_eq!(served::who_am_i(&server.endpoint).status, 200);
}

#[test]
fn only_loopback_addresses_are_listened_on() {
    let directory = tempfile::tempdir().expect("a directory");
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0", "example.com:80", "127.0.0.1", "127.0.0.1:70000"] {
        let output = backupctl(directory.path(), &format!("sandbox serve --listen {address}"));
        assert_eq!(output.status.code(), Some(2), "{address}: {output:?}");
        assert!(output.stdout.is_empty(), "{address}");
    }
    for scale in ["-1", "nan", "inf", "86401", "fast"] {
        let output = backupctl(directory.path(), &format!("sandbox serve --time-scale={scale}"));
        assert_eq!(output.status.code(), Some(2), "{scale}: {output:?}");
    }
    assert!(!directory.path().join("world").exists(), "nothing was made");
}

/// The log holds a change before its answer leaves, so killing it at any moment loses none.
#[test]
fn killed_between_two_calls_it_loses_no_answered_change() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut made: Vec<String> = Vec::new();
    for round in 0..4 {
        let server = Process::start(directory.path(), "--time-scale 0");
        assert_eq!(vaults(&server.endpoint), made, "round {round}");
        for number in 0..=round {
            let name = format!("vault-{round}-{number}");
            create_vault(&server.endpoint, &name);
            made.push(name);
        }
        if round == 2 {
            // What the clock brings about counts too: the creation is an hour old afterwards.
            served::advance(&server.endpoint, 3600);
        }
        server.kill();
    }
    let server = Process::start(directory.path(), "--time-scale 0");
    assert_eq!(vaults(&server.endpoint), made);
}

/// At a time scale, real seconds and calls move the clock; at 0 neither does.
#[test]
fn the_time_scale_moves_the_clock() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Process::start(directory.path(), "--time-scale 86400");
    let first = served::who_am_i(&server.endpoint).header("date").to_owned();
    let second = served::who_am_i(&server.endpoint).header("date").to_owned();
    assert_ne!(first, second, "a millisecond is 86 seconds there");
}
