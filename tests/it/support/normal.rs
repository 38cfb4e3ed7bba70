//! The normal form of a world: two worlds are the same when their normal forms are equal.
//!
//! Identifiers are replaced by what they stand for; call times, event history and logs are left out.
//! An identifier is known by the places in which it stands (with other identifiers blanked, then
//! refined by what stands beside them), so that its own random text does not matter.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use backupctl::sandbox::Sandbox;
use serde_json::{Map, Value};

/// Parts of a world that are history and not state.
///
/// The tokens of requests are history too: a repeated request is known by its token, but nothing is made of it. And
/// which function `backupctl` ships, a world learns by the way.
const HISTORY: &[&str] = &[
    "trail",
    "ids",
    "sequence",
    "request_id",
    "now",
    "invocations",
    "creator_request_id",
    "token",
    "tokens",
    "shipped_function",
];

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

/// A world's JSON without its history.
pub fn without_history(world: &Value) -> Value {
    let mut value = world.clone();
    forget_history(&mut value, "");
    if let Some(services) = value["services"].as_object_mut() {
        services.values_mut().for_each(forget_untouched);
    }
    value
}

/// Leaves out the accounts and Regions of a service in which nothing is: to look there makes a place for them.
fn forget_untouched(service: &mut Value) {
    let Some(accounts) = service.as_object_mut() else { return };
    for account in accounts.values_mut().filter_map(Value::as_object_mut) {
        account.retain(|_, region| !is_vacant(region));
    }
    accounts.retain(|_, account| !is_vacant(account));
}

/// Whether there is nothing in it, however deep.
fn is_vacant(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.values().all(is_vacant))
}

/// A plan's version id: a UUID in base64.
const VERSION_ID: usize = 48;

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
    let tree = read(&value, &mut names);
    let mut colours = vec![0; names.len()];
    let mut known = 0;
    // Colours part until none does any more; the bound keeps a chain of identifiers from taking for ever.
    for _ in 0..8 {
        colours = refine(&tree, &colours);
        let now = colours.iter().collect::<BTreeSet<_>>().len();
        if now == known {
            break;
        }
        known = now;
    }
    rename(&tree, &colours)
}

/// `events` is the history of a stack and the name of a service.
fn forget_history(value: &mut Value, under: &str) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !HISTORY.contains(&key.as_str()) && (key != "events" || under == "services"));
            map.iter_mut().for_each(|(key, item)| forget_history(item, key));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget_history(item, "")),
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

/// A text, taken apart once: plain parts, and identifiers by their number.
struct Text {
    parts: Vec<Result<usize, String>>,
    /// Of a text without identifiers.
    plain: u64,
}

impl Text {
    fn read(text: &str, names: &mut BTreeMap<String, usize>) -> Self {
        let mut parts: Vec<Result<usize, String>> = Vec::new();
        for (is_id, part) in split(text) {
            if is_id {
                let next = names.len();
                parts.push(Ok(*names.entry(part.to_ascii_lowercase()).or_insert(next)));
            } else if let Some(Err(last)) = parts.last_mut() {
                last.push_str(part);
            } else {
                parts.push(Err(part.to_owned()));
            }
        }
        Self { plain: hash(text), parts }
    }

    fn ids(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| part.as_ref().ok().copied())
    }

    fn has_ids(&self) -> bool {
        self.parts.iter().any(Result::is_ok)
    }

    fn digest(&self, colours: &[u64]) -> u64 {
        if !self.has_ids() {
            return self.plain;
        }
        let parts: Vec<Result<u64, &str>> =
            self.parts.iter().map(|part| part.as_ref().map(|id| colours[*id]).map_err(String::as_str)).collect();
        hash(&parts)
    }

    fn painted(&self, colours: &[u64]) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Ok(id) => format!("<{:x}>", colours[*id]),
            Err(text) => text.clone(),
        });
        parts.collect()
    }
}

/// A node with the hash of what it holds, identifiers in their colours: made once a round, from the leaves up.
struct Node<'a> {
    holds: Holds<'a>,
    /// Whether an identifier stands in it: what holds none never changes.
    has_ids: bool,
    digest: Cell<u64>,
}

enum Holds<'a> {
    Plain(&'a Value),
    Text(Text),
    Items(Vec<Node<'a>>),
    Members(Vec<(Text, Node<'a>)>),
}

fn read<'a>(value: &'a Value, names: &mut BTreeMap<String, usize>) -> Node<'a> {
    let holds = match value {
        Value::Array(items) => Holds::Items(items.iter().map(|item| read(item, names)).collect()),
        Value::Object(map) => {
            Holds::Members(map.iter().map(|(key, item)| (Text::read(key, names), read(item, names))).collect())
        }
        Value::String(text) => Holds::Text(Text::read(text, names)),
        other => Holds::Plain(other),
    };
    let has_ids = match &holds {
        Holds::Plain(_) => false,
        Holds::Text(text) => text.has_ids(),
        Holds::Items(items) => items.iter().any(|item| item.has_ids),
        Holds::Members(members) => members.iter().any(|(name, item)| name.has_ids() || item.has_ids),
    };
    let node = Node { holds, has_ids, digest: Cell::new(0) };
    node.digest.set(digest(&node, &[]));
    node
}

/// The hash of a node whose parts have theirs; of one with identifiers it is of no use before there are colours.
fn digest(node: &Node<'_>, colours: &[u64]) -> u64 {
    if node.has_ids && colours.is_empty() {
        return 0;
    }
    match &node.holds {
        Holds::Plain(value) => hash(&value.to_string()),
        Holds::Text(text) => text.digest(colours),
        Holds::Items(items) => {
            let mut parts: Vec<u64> = items.iter().map(|item| item.digest.get()).collect();
            parts.sort_unstable();
            hash(&(1, parts))
        }
        Holds::Members(members) => {
            let mut parts: Vec<(u64, u64)> =
                members.iter().map(|(name, item)| (name.digest(colours), item.digest.get())).collect();
            parts.sort_unstable();
            hash(&(2, parts))
        }
    }
}

fn colour(node: &Node<'_>, colours: &[u64]) {
    if !node.has_ids {
        return;
    }
    match &node.holds {
        Holds::Items(items) => items.iter().for_each(|item| colour(item, colours)),
        Holds::Members(members) => members.iter().for_each(|(_, item)| colour(item, colours)),
        Holds::Plain(_) | Holds::Text(_) => {}
    }
    node.digest.set(digest(node, colours));
}

/// An identifier's next colour: where it stands, in texts whose identifiers wear their present colours.
fn refine(tree: &Node<'_>, colours: &[u64]) -> Vec<u64> {
    colour(tree, colours);
    let mut places = vec![Vec::new(); colours.len()];
    walk(tree, 0, colours, &mut places);
    places
        .into_iter()
        .map(|mut hashes| {
            hashes.sort_unstable();
            hash(&hashes)
        })
        .collect()
}

fn walk(at: &Node<'_>, path: u64, colours: &[u64], places: &mut [Vec<u64>]) {
    if !at.has_ids {
        return;
    }
    let mut note = |text: &Text, context: u64| {
        if text.has_ids() {
            let seen = hash(&(path, context, text.digest(colours)));
            text.ids().for_each(|id| places[id].push(seen));
        }
    };
    match &at.holds {
        Holds::Plain(_) => {}
        Holds::Text(text) => note(text, 0),
        Holds::Items(items) => items.iter().for_each(|item| walk(item, hash(&(path, "[]")), colours, places)),
        Holds::Members(members) => {
            for (name, item) in members {
                note(name, item.digest.get());
                if let Holds::Text(text) = &item.holds {
                    // What stands beside an identifier tells what it is.
                    note(text, at.digest.get());
                }
            }
            for (name, item) in members {
                walk(item, hash(&(path, name.digest(colours))), colours, places);
            }
        }
    }
}

fn rename(node: &Node<'_>, colours: &[u64]) -> Value {
    match &node.holds {
        Holds::Plain(value) => (*value).clone(),
        Holds::Text(text) => Value::String(text.painted(colours)),
        Holds::Items(items) => sorted(items.iter().map(|item| rename(item, colours)).collect()),
        Holds::Members(members) => {
            keyed(members.iter().map(|(name, item)| (name.painted(colours), rename(item, colours))).collect())
        }
    }
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
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
