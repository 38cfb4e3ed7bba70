//! One table of events, three judges: the function under today's boto3, under an old botocore, and
//! its equivalent in Rust must make the calls that the table demands and end as it says.

use std::collections::{BTreeMap, VecDeque};
use std::process::Command;

use backupctl::sandbox::services::Service;
use backupctl::sandbox::services::lambda::equivalent;
use backupctl::sandbox::world::{Moment, ServiceError};
use backupctl::templates;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

mod deployed;

const TABLE: &str = include_str!("function/events.jsonl");

/// RFC 7396.
fn merge(base: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *base = patch.clone();
        return;
    };
    if !base.is_object() {
        *base = json!({});
    }
    let Some(object) = base.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

fn merged(base: &Value, patch: &Value) -> Value {
    let mut value = base.clone();
    if !patch.is_null() {
        merge(&mut value, patch);
    }
    value
}

struct Table {
    defined: BTreeMap<String, Value>,
    rows: Vec<Value>,
}

fn table() -> Table {
    let lines = TABLE.lines().filter(|line| !line.is_empty());
    let values = lines.map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let (definitions, rows): (Vec<Value>, Vec<Value>) = values.partition(|value| value.get("define").is_some());
    let defined = definitions.iter().map(|line| (name(&line["define"]), line["as"].clone())).collect();
    Table { defined, rows }
}

fn name(value: &Value) -> String {
    value.as_str().expect("a name").to_owned()
}

/// The members in which a line is not as it is expected.
fn differs(expected: &Value, line: &Value) -> Vec<String> {
    let members = expected.as_object().into_iter().flatten();
    members
        .filter(|(member, value)| line.get(*member).unwrap_or(&Value::Null) != *value)
        .map(|(member, value)| format!("{member} is {} instead of {value}", line[member.as_str()]))
        .collect()
}

impl Table {
    /// The calls of a row, each with its answer.
    fn exchanges(&self, row: &Value) -> VecDeque<Value> {
        let entries = row["exchanges"].as_array().into_iter().flatten();
        entries.map(|entry| self.exchange(entry)).collect()
    }

    fn exchange(&self, entry: &Value) -> Value {
        let Some(base) = entry.get("as") else { return self.defined[&name(entry)].clone() };
        let mut exchange = self.defined[&name(base)].clone();
        exchange["input"] = merged(&exchange["input"], &entry["input"]);
        if let Some(error) = entry.get("error") {
            exchange["error"] = error.clone();
        } else if let Some(answer) = entry.get("answer") {
            exchange["answer"] = answer.clone();
        } else {
            exchange["answer"] = merged(&exchange["answer"], &entry["patch"]);
        }
        exchange
    }

    fn event(&self, row: &Value) -> Value {
        let event = row["event"].as_str().and_then(|name| self.defined.get(name)).unwrap_or(&row["event"]);
        merged(event, &row["patch"])
    }

    /// What differs in a row.
    fn run(&self, row: &Value) -> Vec<String> {
        let mut expected = self.exchanges(row);
        let mut differences = Vec::new();
        let environment = merged(&self.defined["environment"], &row["environment"]);
        let environment: BTreeMap<String, String> = serde_json::from_value(environment).expect("texts");
        let seconds = row.get("now").unwrap_or(&self.defined["now"]).as_i64().expect("an instant");
        let mut api = |service: Service, operation: &str, input: Value| {
            let call = format!("{}:{operation}", service.signing_name());
            let Some(exchange) = expected.pop_front() else {
                differences.push(format!("unexpected call {call} {input}"));
                return Err(ServiceError::new("Unexpected", ""));
            };
            if exchange["call"] != call.as_str() || exchange["input"] != input {
                differences.push(format!("call {call} {input} instead of {}", exchange["input"]));
            }
            match exchange.get("error") {
                Some(error) => Err(ServiceError::new(name(&error["code"]), name(&error["message"]))),
                None => Ok(exchange["answer"].clone()),
            }
        };
        let now = Moment::from_millis(seconds * 1000);
        let mut left: VecDeque<i64> =
            row["remaining"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
        let mut remaining = || left.pop_front().unwrap_or(300_000);
        let run = equivalent::handle_within(&self.event(row), &environment, now, &mut remaining, &mut api);
        differences.extend(expected.iter().map(|exchange| format!("missing call {}", exchange["call"])));
        let raised = run.raised.map(|raised| raised.kind);
        if raised.as_deref() != row["raises"].as_str() {
            differences.push(format!("raised {raised:?} instead of {}", row["raises"]));
        }
        let lines = row["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
        if lines.len() != run.lines.len() {
            differences.push(format!("{} lines instead of {}", run.lines.len(), lines.len()));
        }
        for (expected, line) in lines.iter().zip(&run.lines) {
            differences.extend(differs(expected, line));
        }
        let mut record = row.get("record").cloned().unwrap_or_else(|| json!({}));
        record["outcome"] = row.get("outcome").cloned().unwrap_or_else(|| json!("error"));
        differences.extend(differs(&record, &run.record));
        differences
    }
}

#[test]
fn the_equivalent_is_read_again_whenever_the_function_changes() {
    let shipped = hex::encode(Sha256::digest(templates::FUNCTION));
    assert_eq!(
        equivalent::OF_SOURCE,
        shipped,
        "`function.py` has changed: bring `equivalent.rs` and the table of events up to it, then name its hash there"
    );
}

#[test]
fn the_equivalent_does_what_the_table_says() {
    let table = table();
    let differences: Vec<String> = table
        .rows
        .iter()
        .flat_map(|row| table.run(row).into_iter().map(move |difference| format!("{}: {difference}", row["name"])))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_row_names_its_source_and_its_end() {
    let table = table();
    assert!(table.rows.len() >= 60, "{} rows", table.rows.len());
    let mut names: Vec<String> = table.rows.iter().map(|row| name(&row["name"])).collect();
    for row in &table.rows {
        assert!(row["source"].as_str().is_some_and(|source| !source.is_empty()), "{}", row["name"]);
        assert_ne!(row.get("outcome").is_some(), row.get("raises").is_some(), "{}", row["name"]);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), table.rows.len(), "names are unique");
}

/// Runs the Python under the interpreter that an environment variable names.
#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn python(variable: &str) {
    let Ok(interpreter) = std::env::var(variable) else {
        eprintln!("left out: {variable} names no Python");
        return;
    };
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(interpreter)
        .arg(format!("{root}/tests/it/function/run_table.py"))
        .arg(format!("{root}/src/templates/function.py"))
        .arg(format!("{root}/tests/it/function/events.jsonl"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_function_does_what_the_table_says() {
    python("BACKUPCTL_PYTHON_AWS");
}

#[test]
fn the_function_needs_no_newer_botocore_than_its_runtime_ships() {
    python("BACKUPCTL_PYTHON_OLD_BOTOCORE");
}
