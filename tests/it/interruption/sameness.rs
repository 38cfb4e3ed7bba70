//! Worlds that are compared after an interruption are compared in everything that AWS keeps.

use serde_json::{Value, json};

use crate::support::normal::{differences, normal_form, plain};
use crate::support::worlds;

const SOURCE: &str = "111111111111/us-east-1";
const INTERMEDIATE: &str = "111111111111/us-west-2";

/// What is at a path below `services`; `*` is the first member, a name that ends in `*` the first that begins so.
fn at<'a>(world: &'a mut Value, path: &[&str]) -> &'a mut Value {
    path.iter().fold(&mut world["services"], |value, part| {
        let seen = format!("{part} of {}", value.to_string().chars().take(200).collect::<String>());
        let found = match (value, part.strip_suffix('*')) {
            (Value::Object(map), Some(start)) => {
                map.iter_mut().find(|(key, _)| key.starts_with(start)).map(|(_, item)| item)
            }
            (Value::Object(map), None) => map.get_mut(*part),
            (Value::Array(items), _) => items.first_mut(),
            _ => None,
        };
        found.unwrap_or_else(|| panic!("no {seen}"))
    })
}

/// Another value of the same kind.
fn altered(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.split_once("\"Allow\"") {
            Some((before, after)) => Value::String(format!("{before}\"Deny\"{after}")),
            None => Value::String(format!("{text}-altered")),
        },
        Value::Number(number) => json!(number.as_i64().expect("a whole number") + 1),
        Value::Bool(is) => json!(!is),
        Value::Null => json!("altered"),
        Value::Object(map) => {
            let mut map = map.clone();
            map.insert("altered".to_owned(), json!("altered"));
            Value::Object(map)
        }
        Value::Array(items) => items.iter().skip(1).cloned().collect(),
    }
}

/// One of everything that a command could leave otherwise, by service, place and member.
const KINDS: &[&[&str]] = &[
    &["backup", SOURCE, "plans", "*", "tags"],
    &["backup", SOURCE, "plans", "*", "deleted"],
    &["backup", SOURCE, "plans", "*", "versions", "*", "document"],
    &["backup", SOURCE, "plans", "*", "selections", "*"],
    &["backup", INTERMEDIATE, "vaults", "*", "policy", "text"],
    &["backup", SOURCE, "vaults", "source-*", "key_arn"],
    &["backup", SOURCE, "vaults", "source-*", "lock"],
    &["backup", SOURCE, "vaults", "source-*", "tags"],
    &["backup", SOURCE, "vaults", "source-*", "points", "*", "status"],
    &["backup", SOURCE, "vaults", "source-*", "points", "*", "lifecycle", "DeleteAfterDays"],
    &["backup", SOURCE, "vaults", "source-*", "points", "*", "key_arn"],
    &["backup", SOURCE, "vaults", "source-*", "points", "*", "role_arn"],
    &["backup", SOURCE, "region", "opt_in", "RDS"],
    &["backup", INTERMEDIATE, "copy_jobs", "in_order", "*", "state"],
    &["backup", INTERMEDIATE, "copy_jobs", "in_order", "*", "destination_vault_arn"],
    &["cloudformation", SOURCE, "stacks", "*", "status"],
    &["cloudformation", SOURCE, "stacks", "*", "definition", "parameters", "*", "value"],
    &["cloudformation", SOURCE, "stacks", "*", "definition", "text"],
    &["cloudformation", SOURCE, "stacks", "*", "definition", "tags"],
    &["cloudformation", SOURCE, "stacks", "*", "resources"],
    &["cloudformation", SOURCE, "stacks", "*", "outputs"],
    &["cloudformation", SOURCE, "stacks", "*", "policy"],
    &["cloudformation", SOURCE, "stacks", "*", "termination_protection"],
    &["cloudformation", SOURCE, "stacks", "*", "change_set_id"],
    &["events", INTERMEDIATE, "default", "statements"],
    &["events", INTERMEDIATE, "default", "rules", "*", "state"],
    &["events", INTERMEDIATE, "default", "rules", "*", "pattern"],
    &["events", INTERMEDIATE, "default", "rules", "*", "targets"],
    &["events", INTERMEDIATE, "default", "rules", "*", "targets", "*", "DeadLetterConfig", "Arn"],
    &["events", INTERMEDIATE, "default", "rules", "aws-backup-rds-intermediate-stack-SweepRule*", "schedule"],
    &["events", SOURCE, "default", "rules", "*", "role_arn"],
    &["iam", "111111111111", "roles", "backup-copy-us-west-2", "trust", "value", "text"],
    &["iam", "111111111111", "roles", "backup-copy-us-west-2", "identity", "permissions", "value", "inline", "*"],
    &["iam", "111111111111", "roles", "backup-copy-us-west-2", "identity", "tags"],
    &["kms", INTERMEDIATE, "keys", "*", "state"],
    &["kms", INTERMEDIATE, "keys", "*", "policy"],
    &["kms", INTERMEDIATE, "keys", "*", "deletion"],
    &["kms", INTERMEDIATE, "keys", "*", "rotation_days"],
    &["kms", INTERMEDIATE, "keys", "*", "grants"],
    &["kms", INTERMEDIATE, "aliases", "alias/cmk-*", "target"],
    &["lambda", INTERMEDIATE, "functions", "*", "environment", "DESTINATION_DELETE_AFTER_DAYS"],
    &["lambda", INTERMEDIATE, "functions", "*", "configuration"],
    &["lambda", INTERMEDIATE, "functions", "*", "source"],
    &["lambda", INTERMEDIATE, "functions", "*", "role"],
    &["lambda", INTERMEDIATE, "functions", "*", "statements"],
    &["lambda", INTERMEDIATE, "functions", "*", "reserved_concurrency"],
    &["lambda", INTERMEDIATE, "functions", "*", "event_invoke", "MaximumRetryAttempts"],
    &["logs", INTERMEDIATE, "groups", "*", "retention_days"],
    &["organizations", "organizations", "*", "service_access"],
    &["rds", INTERMEDIATE, "snapshots", "*", "status"],
    &["rds", INTERMEDIATE, "snapshots", "*", "shared_with"],
    &["rds", INTERMEDIATE, "snapshots", "*", "tags"],
    &["rds", INTERMEDIATE, "snapshots", "*", "kms_key"],
    &["rds", SOURCE, "instances", "*", "tags"],
    &["sqs", INTERMEDIATE, "queues", "*", "attributes", "MessageRetentionPeriod"],
    &["sqs", INTERMEDIATE, "queues", "*", "attributes", "Policy"],
];

/// A list that has nothing to lose gets an item.
fn alter(value: &mut Value) {
    *value = if *value == json!([]) { json!(["altered"]) } else { altered(value) };
}

#[test]
fn every_kind_of_difference_counts() {
    let world = plain(&worlds::after_a_night());
    let expected = normal_form(&world);
    for path in KINDS {
        let mut other = world.clone();
        alter(at(&mut other, path));
        assert_ne!(differences(&normal_form(&other), &expected), "", "{path:?}");
    }
}

/// A world in which two things have changed places is another one, though nothing new stands in it.
#[test]
fn what_is_exchanged_counts() {
    let world = plain(&worlds::after_a_night());
    let mut other = world.clone();
    let keys = at(&mut other, &["rds", SOURCE, "instances"]).as_object().expect("databases").clone();
    let (orders, ledger) = (keys["orders"]["kms_key"].clone(), keys["ledger"]["kms_key"].clone());
    assert_ne!(orders, ledger);
    at(&mut other, &["rds", SOURCE, "instances", "orders"])["kms_key"] = ledger;
    at(&mut other, &["rds", SOURCE, "instances", "ledger"])["kms_key"] = orders;
    assert_ne!(differences(&normal_form(&other), &normal_form(&world)), "");
}
