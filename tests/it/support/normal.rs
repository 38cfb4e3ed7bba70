//! The normal form of a world: two worlds are the same when their normal forms are equal.
//!
//! Identifiers are replaced by what they stand for; call times, event history and logs are left out.
//! An identifier is known by the places in which it stands (with other identifiers blanked, then
//! refined by what stands beside them), so that its own random text does not matter.

mod history;
mod identifiers;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use backupctl::sandbox::Sandbox;
use serde_json::{Map, Value};

pub use history::without_history;

/// What AWS has still to tell of what was done, it tells within this time: events lag behind by seconds.
const SETTLED: i64 = 600;

/// A sandbox's world without its history, when AWS has told everything. Worlds that are equal in this have equal
/// normal forms, and it costs little.
pub fn plain(sandbox: &Sandbox) -> Value {
    let mut world = sandbox.world();
    let then = world.now.plus_seconds(SETTLED);
    world.advance_to(then);
    without_history(&serde_json::to_value(&world).expect("a world is JSON"))
}

/// Where two worlds of [`plain`] differ, a line each. Most often not even an identifier differs, which is cheap to see.
pub fn apart(found: &Value, expected: &Value) -> String {
    if found == expected { String::new() } else { differences(&normal_form(found), &normal_form(expected)) }
}

/// Where two normal forms differ, a line each. An identifier near a difference differs as well: where anything else
/// does, identifiers are left out.
pub fn differences(one: &Value, other: &Value) -> String {
    if one == other {
        return String::new();
    }
    let mut found = Vec::new();
    differ("", &blank(one), &blank(other), &mut found);
    if found.is_empty() {
        differ("", one, other, &mut found);
    }
    found.join("\n")
}

/// A normal form in which all identifiers look alike.
fn blank(value: &Value) -> Value {
    let plain = |text: &str| {
        let mut parts = text.split('<');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let colour = part.split_once('>').filter(|(colour, _)| colour.bytes().all(|byte| byte.is_ascii_hexdigit()));
            colour.map_or_else(|| format!("{text}<{part}"), |(_, rest)| format!("{text}<>{rest}"))
        })
    };
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(items) => sorted(items.iter().map(blank).collect()),
        Value::Object(map) => keyed(map.iter().map(|(key, item)| (plain(key), blank(item))).collect()),
        other => other.clone(),
    }
}

fn sorted(mut items: Vec<Value>) -> Value {
    items.sort_by_cached_key(ToString::to_string);
    Value::Array(items)
}

/// Members of which several may have the same name.
fn keyed(mut entries: Vec<(String, Value)>) -> Value {
    entries.sort_by_cached_key(|(key, item)| (key.clone(), item.to_string()));
    let mut map = Map::new();
    for (index, (key, item)) in entries.into_iter().enumerate() {
        let key = if map.contains_key(&key) { format!("{key}#{index}") } else { key };
        map.insert(key, item);
    }
    Value::Object(map)
}

fn differ(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differ(&format!("{path}/{key}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{path}/{index}"), a, b, found);
            }
        }
        _ if one == other => {}
        _ => {
            let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            found.push(format!("{path}: {} | {}", short(one), short(other)));
        }
    }
}

/// The normal form of a world's JSON.
pub fn normal_form(world: &Value) -> Value {
    let value = without_history(world);
    let mut names = BTreeMap::new();
    let tree = tree::read(&value, &mut names);
    let mut colours = vec![0; names.len()];
    let mut known = 0;
    // Colours part until none does any more; the bound keeps a chain of identifiers from taking for ever.
    for _ in 0..8 {
        colours = tree::refine(&tree, &colours);
        let now = colours.iter().collect::<BTreeSet<_>>().len();
        if now == known {
            break;
        }
        known = now;
    }
    tree::rename(&tree, &colours)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::normal_form;

    fn world(key: &str, role: &str) -> serde_json::Value {
        json!({"now": 1_767_592_800.5, "kms": {key: {"arn": format!("arn:aws:kms:us-east-1:111111111111:key/{key}"),
            "made": 1_767_592_801.0, "enabled": true}}, "vault": {"key": key, "points": [{"role": role}, {"size": 3}]}})
    }

    const A: &str = "0a1b2c3d-0000-4000-8000-000000000001";
    const B: &str = "ffffffff-0000-4000-8000-000000000002";

    #[test]
    fn identifiers_and_times_do_not_count() {
        let mut later = world(B, "AROAXXXXXXXXXXXXXXXX");
        later["now"] = json!(1_767_592_999.0);
        assert_eq!(normal_form(&world(A, "AROAAAAAAAAAAAAAAAAA")), normal_form(&later));
    }

    #[test]
    fn every_other_difference_counts() {
        let base = normal_form(&world(A, "AROAAAAAAAAAAAAAAAAA"));
        let mut changed = Vec::new();
        let mut other = world(A, "AROAAAAAAAAAAAAAAAAA");
        other["kms"][A]["enabled"] = json!(false);
        changed.push(other);
        let mut other = world(A, "AROAAAAAAAAAAAAAAAAA");
        other["vault"]["key"] = json!(B);
        changed.push(other);
        let mut other = world(A, "AROAAAAAAAAAAAAAAAAA");
        other["vault"]["points"].as_array_mut().expect("points").pop();
        changed.push(other);
        let mut other = world(A, "AROAAAAAAAAAAAAAAAAA");
        other["kms"][B] = other["kms"][A].clone();
        changed.push(other);
        for (index, other) in changed.iter().enumerate() {
            assert_ne!(base, normal_form(other), "change {index}");
        }
    }

    #[test]
    fn the_order_of_a_list_does_not_count() {
        let mut other = world(A, "AROAAAAAAAAAAAAAAAAA");
        other["vault"]["points"].as_array_mut().expect("points").reverse();
        assert_eq!(normal_form(&world(A, "AROAAAAAAAAAAAAAAAAA")), normal_form(&other));
    }
}
