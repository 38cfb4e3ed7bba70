//! The normal form of a world: two worlds are the same when their normal forms are equal.
//!
//! Identifiers are replaced by what they stand for; call times, event history and logs are left out.
//! An identifier is known by the places in which it stands (with other identifiers blanked, then
//! refined by what stands beside them), so that its own random text does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use backupctl::sandbox::Sandbox;
use serde_json::{Map, Value};

/// Parts of a world that are history and not state.
///
/// The tokens of requests are history too: a repeated request is known by its token, but nothing is made of it.
const HISTORY: &[&str] = &[
    "trail",
    "ids",
    "sequence",
    "events",
    "request_id",
    "now",
    "invocations",
    "creator_request_id",
    "token",
    "tokens",
];

/// A world's JSON without its history. Worlds that are equal in this have equal normal forms, and it costs little.
pub fn without_history(world: &Value) -> Value {
    let mut value = world.clone();
    forget_history(&mut value);
    value
}

/// A plan's version id: a UUID in base64.
const VERSION_ID: usize = 48;

/// The normal form of a sandbox's world.
pub fn normal(sandbox: &Sandbox) -> Value {
    normal_form(&sandbox.look(|world| serde_json::to_value(world).expect("a world is JSON")))
}

/// Where two normal forms differ, a line each.
pub fn differences(one: &Value, other: &Value) -> String {
    let mut found = Vec::new();
    differ("", one, other, &mut found);
    found.join("\n")
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
    let mut value = world.clone();
    forget_history(&mut value);
    let mut colours: BTreeMap<String, u64> = tokens(&value).into_iter().map(|token| (token, 0)).collect();
    for _ in 0..4 {
        colours = refine(&value, &colours);
    }
    rename(&value, &colours)
}

fn forget_history(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !HISTORY.contains(&key.as_str()));
            map.values_mut().for_each(forget_history);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_history),
        Value::Number(number) if is_time(number.as_f64().unwrap_or_default()) => *value = Value::from("time"),
        Value::String(text)
            if text.len() >= 20 && text.as_bytes()[4] == b'-' && text.contains('T') && text.ends_with('Z') =>
        {
            *value = Value::from("time");
        }
        _ => {}
    }
}

/// Epoch seconds between 2020 and 2100.
fn is_time(number: f64) -> bool {
    (1.577e9..4.1e9).contains(&number)
}

/// The identifiers in a text: UUIDs in either case, and IAM's and CloudFormation's letter ids.
fn split(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
        if end == 0 {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            parts.push((false, &rest[..step]));
            rest = &rest[step..];
            continue;
        }
        let mut word = &rest[..end];
        rest = &rest[end..];
        while !word.is_empty() {
            match find_id(word) {
                Some((from, to)) => {
                    parts.push((false, &word[..from]));
                    parts.push((true, &word[from..to]));
                    word = &word[to..];
                }
                None => {
                    parts.push((false, word));
                    word = "";
                }
            }
        }
    }
    parts
}

fn find_id(word: &str) -> Option<(usize, usize)> {
    let bytes = word.as_bytes();
    for from in 0..bytes.len() {
        if from > 0 && bytes[from - 1] != b'-' {
            continue;
        }
        if let Some(candidate) = bytes.get(from..from + 36) {
            let uuid = candidate.iter().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
            if uuid {
                return Some((from, from + 36));
            }
        }
        let run = bytes[from..].iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        let ends = bytes.get(from + run).is_none_or(|byte| *byte == b'-');
        let word = bytes[from..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if word == VERSION_ID && bytes.len() == from + word {
            return Some((from, from + word));
        }
        if ends && run >= 12 && bytes[from..from + run].iter().any(u8::is_ascii_uppercase) {
            return Some((from, from + run));
        }
    }
    None
}

fn tokens(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    each_text(value, &mut |text| {
        for (is_id, part) in split(text) {
            if is_id {
                found.insert(part.to_ascii_lowercase());
            }
        }
    });
    found
}

fn each_text(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, see)),
        Value::Object(map) => {
            for (key, item) in map {
                see(key);
                each_text(item, see);
            }
        }
        _ => {}
    }
}

/// A node with the hash of what it holds, tokens painted: made once a round, from the leaves up.
struct Node<'a> {
    value: &'a Value,
    digest: u64,
    /// Members with their painted names, or items.
    children: Vec<(Option<(&'a str, String)>, Node<'a>)>,
}

fn node<'a>(value: &'a Value, colours: &BTreeMap<String, u64>) -> Node<'a> {
    let children: Vec<(Option<(&str, String)>, Node<'_>)> = match value {
        Value::Array(items) => items.iter().map(|item| (None, node(item, colours))).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, item)| (Some((key.as_str(), paint(key, colours))), node(item, colours))).collect()
        }
        _ => Vec::new(),
    };
    let digest = match value {
        Value::Array(_) | Value::Object(_) => {
            let name = |child: &(Option<(&str, String)>, Node<'_>)| child.0.as_ref().map(|(_, painted)| hash(painted));
            let mut parts: Vec<(Option<u64>, u64)> =
                children.iter().map(|child| (name(child), child.1.digest)).collect();
            parts.sort_unstable();
            hash(&(value.is_object(), parts))
        }
        Value::String(text) => hash(&paint(text, colours)),
        other => hash(&other.to_string()),
    };
    Node { value, digest, children }
}

/// A token's next colour: where it stands, in texts whose tokens wear their present colours.
fn refine(value: &Value, colours: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut places: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    walk(&node(value, colours), "", colours, &mut places);
    places
        .into_iter()
        .map(|(token, mut hashes)| {
            hashes.sort_unstable();
            (token, hash(&hashes))
        })
        .collect()
}

fn walk(at: &Node<'_>, path: &str, colours: &BTreeMap<String, u64>, places: &mut BTreeMap<String, Vec<u64>>) {
    let mut note = |text: &str, context: u64| {
        let mut ids = split(text).into_iter().filter(|(is_id, _)| *is_id).peekable();
        if ids.peek().is_some() {
            let seen = hash(&(path, context, paint(text, colours)));
            for (_, part) in ids {
                places.entry(part.to_ascii_lowercase()).or_default().push(seen);
            }
        }
    };
    if let Value::String(text) = at.value {
        note(text, 0);
    }
    for (name, child) in &at.children {
        if let Some((name, _)) = name {
            note(name, child.digest);
            if let Value::String(text) = child.value {
                // What stands beside an identifier tells what it is.
                note(text, at.digest);
            }
        }
    }
    for (name, child) in &at.children {
        let part = name.as_ref().map_or("[]", |(_, painted)| painted);
        walk(child, &format!("{path}/{part}"), colours, places);
    }
}

fn paint(text: &str, colours: &BTreeMap<String, u64>) -> String {
    split(text)
        .into_iter()
        .map(|(is_id, part)| match (is_id, colours.get(&part.to_ascii_lowercase())) {
            (true, Some(colour)) => format!("<{colour:x}>"),
            _ => part.to_owned(),
        })
        .collect()
}

fn rename(value: &Value, colours: &BTreeMap<String, u64>) -> Value {
    match value {
        Value::String(text) => Value::String(paint(text, colours)),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| rename(item, colours)).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> =
                map.iter().map(|(key, item)| (paint(key, colours), rename(item, colours))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.to_string().cmp(&b.1.to_string())));
            let mut renamed = Map::new();
            for (index, (key, item)) in entries.into_iter().enumerate() {
                let key = if renamed.contains_key(&key) { format!("{key}#{index}") } else { key };
                renamed.insert(key, item);
            }
            Value::Object(renamed)
        }
        other => other.clone(),
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
