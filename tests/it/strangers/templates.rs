//! The templates, held against what others say of templates: cfn-lint, checkov, AWS Control Tower's rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backupctl::templates;
use serde_json::Value;

use super::{python, script};

/// Writes the three, each after `change`.
fn written(directory: &Path, change: impl Fn(&str) -> String) -> [PathBuf; 3] {
    [
        ("source", templates::source()),
        ("intermediate", templates::intermediate()),
        ("destination", templates::destination()),
    ]
    .map(|(name, text)| {
        let path = directory.join(format!("{name}.yml"));
        fs::write(&path, change(text)).expect("written");
        path
    })
}

#[test]
fn cfn_lint_finds_nothing_in_the_templates() {
    let Some(python) = python("LINT") else { return };
    let directory = tempfile::tempdir().expect("a directory");
    for path in written(directory.path(), str::to_owned) {
        // The program lies beside its Python.
        let output = Command::new(Path::new(&python).with_file_name("cfn-lint"))
            .args(["--regions", "us-east-1", "us-west-2", "eu-west-1", "--"])
            .arg(&path)
            .output()
            .expect("cfn-lint runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", path.display());
    }
}

/// What checkov and cfn-guard say of the three: for each scanner what fails and what a template explains.
fn scanned(python: &str, change: impl Fn(&str) -> String) -> Vec<(String, Vec<Value>, Vec<Value>)> {
    let (templates, work) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    written(templates.path(), change);
    let path = |directory: &tempfile::TempDir| directory.path().display().to_string();
    let said = script(python, "scan.py", &[&path(&templates), &path(&work)], &BTreeMap::new());
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let list = |found: &Value, name: &str| found[name].as_array().expect("a list").clone();
    lines.map(|found| (found["scanner"].to_string(), list(&found, "failed"), list(&found, "skipped"))).collect()
}

#[test]
fn the_scanners_find_only_what_a_template_explains() {
    let Some(python) = python("SCAN") else { return };
    let found = scanned(&python, str::to_owned);
    let explained: Vec<usize> = found.iter().map(|(_, _, skipped)| skipped.len()).collect();
    assert_eq!(explained, [10, 12], "{found:#?}");
    for (scanner, failed, _) in &found {
        assert_eq!(*failed, [Value::Null; 0], "{scanner}");
    }
    // Without the explanations the same stand as failures: each is needed, and the scanners do look.
    let silent =
        |text: &str| text.replace("      checkov:\n", "      x:\n").replace("      cfn-guard:\n", "      y:\n");
    for ((scanner, failed, _), (_, _, explained)) in scanned(&python, silent).iter().zip(&found) {
        assert_eq!(failed, explained, "{scanner}");
    }
}
