//! Answers that are not AWS's, or not yet what AWS will say: nothing that they lack is taken for a fact, nothing is
//! deleted on their word, and nothing is copied twice.

mod acts;
mod empty;
mod generated;
mod lag;
mod letters;
mod looks;
mod numbers;
mod short;

use std::collections::BTreeMap;

use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::support::command::{Ran, backupctl};

/// The recovery points of the world, by vault and by origin, with the ARNs of each.
fn points(sandbox: &Sandbox) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut found: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    sandbox.look(|world| {
        for (_, state) in world.services.backup.iter() {
            for vault in state.vaults.values() {
                for point in vault.points.values() {
                    let origin = format!("{} {}", point.resource_arn, point.created.iso_seconds());
                    found.entry(vault.arn.clone()).or_default().entry(origin).or_default().push(point.arn.clone());
                }
            }
        }
    });
    found
}

/// Fails where a vault holds two recovery points of one origin.
#[track_caller]
fn nothing_twice(sandbox: &Sandbox, about: &str) {
    for (vault, origins) in points(sandbox) {
        for (origin, arns) in origins {
            assert_eq!(arns.len(), 1, "{about}: {origin} lies in {vault} as {arns:?}");
        }
    }
}

/// What a hostile answer must never move: recovery points, keys that are to go, stacks, plans.
#[derive(Debug, Clone, PartialEq)]
struct Standing {
    points: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    going_keys: usize,
    stacks: usize,
    plans: usize,
}

fn standing(sandbox: &Sandbox) -> Standing {
    let count = |value: &Value, pointer: &str| match value.pointer(pointer) {
        Some(Value::Object(map)) => map.len(),
        Some(Value::Array(list)) => list.len(),
        _ => 0,
    };
    let world = serde_json::to_value(sandbox.world()).expect("a world is JSON");
    let places = |service: &str| world["services"][service].as_object().cloned().unwrap_or_default();
    let keys = places("kms").values().map(ToString::to_string).collect::<String>();
    Standing {
        points: points(sandbox),
        going_keys: keys.matches("PendingDeletion").count(),
        stacks: places("cloudformation").values().map(|place| count(place, "/stacks")).sum(),
        plans: places("backup").values().map(|place| count(place, "/plans")).sum(),
    }
}

/// Everything that a command wrote.
fn told(ran: &Ran) -> String {
    format!("{}\n{}", ran.stdout, ran.stderr)
}

/// A document's checks with this result, as `id: reason`.
fn checks(document: &Value, result: &str) -> Vec<String> {
    let checks = document["checks"].as_array().expect("checks");
    let found = checks.iter().filter(|check| check["result"] == result);
    found.map(|check| format!("{}: {}", text(&check["check"]), text(&check["reason"]))).collect()
}

fn findings(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().expect("findings");
    findings.iter().map(|finding| format!("{} {}", text(&finding["severity"]), text(&finding["check"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// As a night of the default world leaves it, with every answer as it is.
#[test]
fn unspoiled_the_world_of_these_cases_is_green() {
    let sandbox = super::support::worlds::after_a_night();
    backupctl(&sandbox, "verify").expect(0);
    nothing_twice(&sandbox, "a night");
    assert_eq!(points(&sandbox).len(), 3);
}
