//! The same commands on the same world: the same bytes, in the log, in the state, on the screen.

use std::fs;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::store::Owner;

use crate::support::command::backupctl;

fn night() -> (Vec<u8>, Vec<u8>, Vec<String>) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    let owner = Owner { pid: 1, command: "test".to_owned(), endpoint: None };
    let (sandbox, _) = Sandbox::open(&path, &owner).expect("a sandbox");
    // Every command, in tables and as documents; a share of the calls is throttled on the way.
    let commands = [
        ("sandbox show", 0),
        ("bootstrap --dry-run", 4),
        ("bootstrap --dry-run -o json", 4),
        ("sandbox inject throttle --share 20", 0),
        ("bootstrap --yes", 0),
        ("bootstrap --yes -o json", 0),
        ("sandbox advance 26h -o json", 0),
        ("verify", 0),
        ("verify -o json", 0),
        ("copy --all-missing", 0),
        ("copy --all-missing -o json", 0),
        ("sandbox inject clear -o json", 0),
        ("sandbox show -o json", 0),
        ("cleanup --dry-run", 4),
        ("cleanup --yes --confirm 111111111111 --confirm 222222222222 --events ndjson", 0),
        ("cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json", 0),
        ("rehearse", 0),
        ("template intermediate", 0),
    ];
    let said = commands
        .iter()
        .map(|(command, code)| {
            let ran = backupctl(&sandbox, command).expect(*code);
            ran.stdout + &ran.stderr
        })
        .collect();
    let log = fs::read(path.join("log")).expect("a log");
    sandbox.save().expect("a snapshot");
    (log, fs::read(path.join("world.json")).expect("a snapshot"), said)
}

#[test]
fn every_command_run_twice_gives_the_same_log_state_and_output() {
    let (first, second) = (night(), night());
    for (index, (one, other)) in first.2.iter().zip(&second.2).enumerate() {
        assert_eq!(one, other, "command {index}");
    }
    let lines = |log: &[u8]| String::from_utf8_lossy(log).lines().map(str::to_owned).collect::<Vec<_>>();
    for (one, other) in lines(&first.0).iter().zip(lines(&second.0).iter()) {
        assert_eq!(one, other);
    }
    assert_eq!(first.0.len(), second.0.len());
    let text = |world: &[u8]| {
        let world: serde_json::Value = serde_json::from_slice(world).expect("JSON");
        format!("{world:#}").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    for (number, (one, other)) in text(&first.1).iter().zip(text(&second.1).iter()).enumerate() {
        assert_eq!(one, other, "line {number} of the snapshots");
    }
    assert!(first.1 == second.1, "the snapshots differ in form");
}
