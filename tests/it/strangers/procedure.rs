//! The seed's procedure by hand, with the AWS CLI alone.

use backupctl::sandbox::store::Owner;
use backupctl::sandbox::{Sandbox, scenario};

use super::{python, script, shell, with_slow_calls};
use crate::support::command::run;
use crate::support::served::Process;

#[test]
fn the_aws_cli_alone_deploys_protects_looks_and_cleans_up() {
    let Some(python) = python("AWS") else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let place = directory.path().to_str().expect("a path");
    // `backupctl` gives the templates' text, and nothing else.
    run(None, &format!("template --write {place}")).expect(0);
    let owner = Owner { pid: 1, command: "a test".to_owned(), endpoint: None };
    let world = with_slow_calls(scenario::built_in(1));
    drop(Sandbox::open_or_make(&directory.path().join("world"), &owner, || world).expect("a world"));
    let server = Process::start(directory.path(), "--time-scale 1");
    script(&python, "procedure.py", &[place], &shell(&server.endpoint, &directory));
}
