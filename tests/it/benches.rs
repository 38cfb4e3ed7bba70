//! The benchmark at a hundredth of its size: that every call is answered, and no word on speed.

use std::process::Command;

#[path = "../../benches/calls.rs"]
mod calls;

#[test]
fn every_call_in_process_is_answered() {
    for measured in [calls::at_the_door(200), calls::through_the_sdk(200)] {
        assert_eq!(measured.answered, 200, "{measured:?}");
        assert!(!measured.took.is_zero());
    }
}

#[test]
fn every_call_to_the_server_is_answered() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(format!("{root}/benches/run"))
        .arg("--check")
        .env("BACKUPCTL_PROGRAM", env!("CARGO_BIN_EXE_backupctl"))
        .output()
        .expect("the script runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    for clients in [1, 8] {
        let line = format!("sandbox serve, {clients} clients: 400 of 400 calls answered");
        assert!(told.contains(&line), "{told}");
    }
}
