//! boto3 calls every operation, and its answers are held against botocore's service models.

use std::collections::{BTreeMap, BTreeSet};

use backupctl::sandbox::services::Service;

use super::{after_a_night_with_an_outsider, python, script};
use crate::support::served;

/// Every operation that the sandbox has, by service.
fn operations() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let of = |service: Service| service.operations().iter().map(|operation| operation.name).collect();
    Service::ALL.iter().map(|service| (service.signing_name(), of(*service))).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "the coverage is to be seen")]
fn every_operation_answers_boto3_as_its_model_says() {
    let Some(python) = python("AWS") else { return };
    let sandbox = after_a_night_with_an_outsider();
    let server = served::serve(&sandbox, 0.0);
    let directory = tempfile::tempdir().expect("a directory");
    let list = directory.path().join("operations.json");
    std::fs::write(&list, serde_json::to_string(&operations()).expect("JSON")).expect("written");
    let said = script(&python, "conformance.py", &[&server.endpoint, list.to_str().expect("a path")], &BTreeMap::new());
    eprintln!("{said}");
}

/// The operations in the tables of `docs/sandbox-operations.md`, under the headings that name their service.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../../docs/sandbox-operations.md");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut service = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            service = heading.split('`').nth(1).map(str::to_owned);
        } else if line.starts_with("## ") {
            service = None;
        } else if let (Some(service), Some(row)) = (&service, line.strip_prefix("| `")) {
            let first = row.split('|').next().unwrap_or_default();
            let names = first.split(['`', ',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned);
            found.entry(service.clone()).or_default().extend(names);
        }
    }
    found
}

#[test]
fn the_documentation_lists_every_operation_and_no_other() {
    let there: BTreeMap<String, BTreeSet<String>> = operations()
        .into_iter()
        .map(|(service, names)| (service.to_owned(), names.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(documented(), there);
}
