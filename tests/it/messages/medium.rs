//! A result that cannot be written, told by the process itself.

use std::fs::OpenOptions;
use std::process::Command;

#[test]
fn a_result_that_finds_no_room_is_a_failure() {
    let full = OpenOptions::new().write(true).open("/dev/full").expect("a device that is always full");
    let ran = Command::new(env!("CARGO_BIN_EXE_backupctl")).env_clear().arg("explain").stdout(full).output();
    let ran = ran.expect("the binary runs");
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    insta::assert_snapshot!(String::from_utf8_lossy(&ran.stderr));
}
