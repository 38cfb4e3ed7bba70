//! The real process, really killed: at a call, by an order that makes it abort, and from outside.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::store::{Owner, Store};
use backupctl::sandbox::world::World;
use serde_json::Value;

use super::world_for_copy;
use crate::support::command::backupctl;
use crate::support::normal::{apart, plain};
use crate::support::worlds;

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;

fn binary(directory: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backupctl"));
    command.env_clear().current_dir(directory).arg("--sandbox=world").args(arguments.split_whitespace());
    command
}

/// Writes a prepared world into a directory.
fn write(directory: &Path, world: &World) {
    let owner = Owner { pid: 1, command: "test".to_owned(), endpoint: None };
    let opened = Store::open(&directory.join("world"), &owner).expect("an empty directory");
    let mut store = opened.store;
    store.snapshot(world).expect("written");
}

/// The world that a directory holds.
fn read(directory: &Path) -> Sandbox {
    let owner = Owner { pid: 1, command: "test".to_owned(), endpoint: None };
    let (sandbox, notes) = Sandbox::open(&directory.join("world"), &owner).expect("a sandbox");
    assert_eq!(notes, Vec::<String>::new());
    sandbox
}

/// The undisturbed end of a command, and how many calls it makes.
fn undisturbed(world: &World, command: &str) -> (Value, u64) {
    let sandbox = Sandbox::in_memory(world.clone());
    sandbox.interrupt(None);
    backupctl(&sandbox, command).expect(0);
    let calls = sandbox.calls();
    (plain(&sandbox), calls)
}

/// Runs the command again, and holds the world against the undisturbed one.
fn ends_as(directory: &Path, command: &str, expected: &Value, about: &str) {
    let again = binary(directory, command).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(0), "{about}: {told}");
    let differences = apart(&plain(&read(directory)), expected);
    assert!(differences.is_empty(), "{about}:\n{differences}");
}

fn killed_at(world: &World, command: &str, points: &[(u64, &str)]) {
    let (expected, calls) = undisturbed(world, command);
    for (share, side) in points {
        let call = (calls * share / 100).max(1);
        let about = format!("{command}, killed {side} call {call} of {calls}");
        let directory = tempfile::tempdir().expect("a directory");
        write(directory.path(), world);
        let order = format!("sandbox inject process-ends --call {call} --side {side}");
        let ordered = binary(directory.path(), &order).output().expect("the binary runs");
        assert!(ordered.status.success(), "{about}: {ordered:?}");
        let killed = binary(directory.path(), command).output().expect("the binary runs");
        assert_eq!(killed.status.signal(), Some(SIGABRT), "{about}: {killed:?}");
        assert!(killed.stdout.is_empty(), "{about}: a killed process has no result");
        ends_as(directory.path(), command, &expected, &about);
    }
}

#[test]
fn a_bootstrap_that_died_at_a_call_is_finished_by_the_next_process() {
    let world = worlds::built_in().world();
    killed_at(&world, "bootstrap --yes -o json", &[(25, "after"), (45, "before"), (65, "after"), (97, "after")]);
}

#[test]
fn a_copy_that_died_at_a_call_is_finished_by_the_next_process() {
    let (world, point) = world_for_copy();
    let command = format!("copy --recovery-point {point} -o json");
    killed_at(&world, &command, &[(20, "after"), (50, "before"), (90, "after")]);
}

#[test]
fn a_cleanup_that_died_at_a_call_is_finished_by_the_next_process() {
    let world = worlds::after_a_night().world();
    killed_at(
        &world,
        "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json",
        &[(35, "after"), (60, "before"), (90, "after")],
    );
}

/// SIGKILL as soon as the process has said a line of progress; where it stands then is its own matter.
#[test]
fn a_process_that_is_killed_from_outside_is_finished_by_the_next_one() {
    let (world, point) = world_for_copy();
    for (world, command) in [
        (worlds::built_in().world(), "bootstrap --yes -o json".to_owned()),
        (world, format!("copy --recovery-point {point} -o json")),
        (
            worlds::after_a_night().world(),
            "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json".to_owned(),
        ),
    ] {
        let (expected, _) = undisturbed(&world, &command);
        let directory = tempfile::tempdir().expect("a directory");
        write(directory.path(), &world);
        let mut child = binary(directory.path(), &command)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let said: Vec<String> = lines.by_ref().take(4).map_while(Result::ok).collect();
        child.kill().expect("killed");
        let status = child.wait().expect("it ended");
        // On a slow machine the lines may come when everything is done.
        assert!(status.signal() == Some(SIGKILL) || status.success(), "{command}: {status:?} after {said:?}");
        ends_as(directory.path(), &command, &expected, &format!("{command}, killed after {said:?}"));
    }
}
