//! The real binary, each command its own process, the world carried over in a directory.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn backupctl(directory: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backupctl"))
        .env_clear()
        .current_dir(directory)
        .args(["--sandbox=world"])
        .args(arguments.split_whitespace())
        .output()
        .expect("the binary runs")
}

fn expect(directory: &Path, arguments: &str, code: i32) -> Value {
    let output = backupctl(directory, arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments}\n{out}\n{err}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{arguments}: {error}\n{out}"))
}

#[test]
fn each_command_its_own_process_and_the_world_carried_over() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    expect(at, "bootstrap --yes -o json", 0);
    expect(at, "sandbox advance 26h -o json", 0);
    let verified = expect(at, "verify -o json", 0);
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
    let point = verified["recovery_points"][0]["source"]["recovery_point_arn"].as_str().expect("an ARN").to_owned();
    let copied = expect(at, &format!("copy --recovery-point {point} -o json"), 0);
    assert_eq!(copied["copies"][0]["state"], "already-copied", "{copied:#}");
    let cleaned = expect(at, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json", 0);
    assert_eq!(cleaned["summary"]["failed"], 0, "{cleaned:#}");
    let verified = backupctl(at, "verify -o json");
    assert_eq!(verified.status.code(), Some(3), "after a cleanup the stacks are missing");
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let directory = tempfile::tempdir().expect("a directory");
    let binary = env!("CARGO_BIN_EXE_backupctl");
    let output = Command::new("sh")
        .current_dir(directory.path())
        .args(["-c", &format!("'{binary}' --sandbox=world sandbox show | true")])
        .output()
        .expect("sh runs");
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
}
