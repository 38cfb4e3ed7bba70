//! The templates, held against cfn-lint.

use std::fs;
use std::path::Path;
use std::process::Command;

use backupctl::templates;

use super::python;

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
