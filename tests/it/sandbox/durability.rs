//! What a directory keeps when its process dies at any moment.

use std::fs;
use std::path::Path;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::store::{Owner, StoreError};
use serde_json::Value;

use crate::support::operator::in_source;

fn owner() -> Owner {
    Owner { pid: 1, command: "test".to_owned(), endpoint: None }
}

fn open(directory: &Path) -> (Sandbox, Vec<String>) {
    Sandbox::open(directory, &owner()).expect("a sandbox")
}

fn world(sandbox: &Sandbox) -> Value {
    let mut world = sandbox.look(|world| serde_json::to_value(world).expect("a world is JSON"));
    // Reads draw request ids and leave a trail, and are not in the log: they change nothing else.
    for history in ["trail", "ids"] {
        world.as_object_mut().expect("an object").remove(history);
    }
    world
}

fn change_something(sandbox: &Sandbox, name: &str) {
    in_source(sandbox, async |config| {
        let kms = aws_sdk_kms::Client::new(&config);
        let key = kms.create_key().description(name).send().await.expect("CreateKey");
        let arn = key.key_metadata.and_then(|key| key.arn).expect("an ARN");
        let backup = aws_sdk_backup::Client::new(&config);
        // The SDK would make up a random token.
        let vault = backup.create_backup_vault().backup_vault_name(name).creator_request_id(name);
        vault.encryption_key_arn(arn).send().await.expect("a vault");
    });
}

#[test]
fn a_killed_process_loses_no_answered_change() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    let (sandbox, notes) = open(&path);
    assert!(notes.iter().any(|note| note.contains("made a new sandbox")), "{notes:?}");
    change_something(&sandbox, "one");
    change_something(&sandbox, "two");
    let before = world(&sandbox);
    // Nothing is saved: the process is gone.
    drop(sandbox);
    let (again, notes) = open(&path);
    assert_eq!(notes, Vec::<String>::new());
    assert_eq!(world(&again), before);
    again.save().expect("a snapshot");
    drop(again);
    assert_eq!(world(&open(&path).0), before);
}

#[test]
fn a_torn_tail_is_cut_and_said_and_what_stands_before_it_stays() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    let (sandbox, _) = open(&path);
    change_something(&sandbox, "one");
    let before = world(&sandbox);
    drop(sandbox);
    let log = path.join("log");
    let mut bytes = fs::read(&log).expect("a log");
    bytes.extend_from_slice(b"{\"call\":{\"at\":17");
    fs::write(&log, bytes).expect("written");
    let (again, notes) = open(&path);
    assert!(notes.iter().any(|note| note.contains("torn")), "{notes:?}");
    assert_eq!(world(&again), before);
    change_something(&again, "two");
    let after = world(&again);
    drop(again);
    assert_eq!(world(&open(&path).0), after);
}

#[test]
fn a_log_that_its_snapshot_has_taken_in_is_not_replayed() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    let (sandbox, _) = open(&path);
    change_something(&sandbox, "one");
    let old_log = fs::read(path.join("log")).expect("a log");
    sandbox.save().expect("a snapshot");
    let before = world(&sandbox);
    drop(sandbox);
    // As if the process had died between the snapshot's rename and the new log.
    fs::write(path.join("log"), old_log).expect("written");
    assert_eq!(world(&open(&path).0), before);
}

#[test]
fn a_foreign_directory_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("thesis.txt"), "precious").expect("written");
    let error = Sandbox::open(directory.path(), &owner()).expect_err("foreign");
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    let left: Vec<_> = fs::read_dir(directory.path()).expect("read").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["thesis.txt"]);
}

#[test]
fn a_damaged_snapshot_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    drop(open(&path));
    fs::write(path.join("world.json"), "{\"backupctl-sandbox\":1,").expect("written");
    let error = Sandbox::open(&path, &owner()).expect_err("damaged");
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
    assert_eq!(fs::read_to_string(path.join("world.json")).expect("read"), "{\"backupctl-sandbox\":1,");
}

#[test]
fn the_same_calls_in_the_same_order_make_the_same_bytes() {
    let run = || {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("sandbox");
        let (sandbox, _) = open(&path);
        change_something(&sandbox, "one");
        change_something(&sandbox, "two");
        let log = fs::read(path.join("log")).expect("a log");
        sandbox.save().expect("a snapshot");
        (log, fs::read(path.join("world.json")).expect("a snapshot"))
    };
    assert_eq!(run(), run());
}
