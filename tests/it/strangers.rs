//! Tools that nobody here wrote, held against what we ship.

use std::fs;
use std::path::Path;
use std::process::Command;

use backupctl::templates;

/// The Python of a group of pinned packages, or `None` with a line that says what is left out.
#[expect(clippy::print_stderr, reason = "a test that could not run says so")]
fn python(group: &str) -> Option<String> {
    let variable = format!("BACKUPCTL_PYTHON_{group}");
    let python = std::env::var(&variable).ok();
    if python.is_none() {
        eprintln!("left out: {variable} is not set (`tests/run` sets it)");
    }
    python
}

#[test]
fn cfn_lint_finds_nothing_in_the_templates() {
    let Some(python) = python("LINT") else { return };
    let directory = tempfile::tempdir().expect("a directory");
    for (name, text) in [
        ("source", templates::source()),
        ("intermediate", templates::intermediate()),
        ("destination", templates::destination()),
    ] {
        let path = directory.path().join(format!("{name}.yml"));
        fs::write(&path, text).expect("written");
        // The program lies beside its Python.
        let output = Command::new(Path::new(&python).with_file_name("cfn-lint"))
            .args(["--regions", "us-east-1", "us-west-2", "eu-west-1", "--"])
            .arg(&path)
            .output()
            .expect("cfn-lint runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {said}");
    }
}
