//! The simulator's README, typed by a newcomer.

use std::path::Path;
use std::process::Command;

use backupctl::sandbox::{Sandbox, scenario};

use super::python;
use crate::support::served;

#[test]
fn the_first_use_of_the_simulator_works_as_it_is_written() {
    let Some(python) = python("AWS") else { return };
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/aws-sandbox/README.md");
    let readme = std::fs::read_to_string(readme).expect("the README");
    let (_, block) = readme.split_once("```python\n").expect("a block of Python");
    let (block, _) = block.split_once("```").expect("its end");
    assert_eq!(block.lines().count(), 5);
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    let server = served::serve(&sandbox, 60.0);
    let code = block.replace("http://127.0.0.1:4566", &server.endpoint);
    assert!(code.contains(&server.endpoint), "{code}");
    let ran = Command::new(python).args(["-c", &code]).output().expect("Python starts");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("nightly"), "{said}");
    let made = sandbox.look(|world| serde_json::to_string(world).expect("JSON").contains("nightly"));
    assert!(made, "the vault is in the world");
}
