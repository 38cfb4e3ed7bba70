//! A world as a tree whose nodes are hashed, and the colours by which its identifiers are told apart.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::Value;

use super::identifiers::{Text, hash};
use super::{keyed, sorted};

/// A node with the hash of what it holds, identifiers in their colours: made once a round, from the leaves up.
pub(super) struct Node<'a> {
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

pub(super) fn read<'a>(value: &'a Value, names: &mut BTreeMap<String, usize>) -> Node<'a> {
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
pub(super) fn refine(tree: &Node<'_>, colours: &[u64]) -> Vec<u64> {
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

pub(super) fn rename(node: &Node<'_>, colours: &[u64]) -> Value {
    match &node.holds {
        Holds::Plain(value) => (*value).clone(),
        Holds::Text(text) => Value::String(text.painted(colours)),
        Holds::Items(items) => sorted(items.iter().map(|item| rename(item, colours)).collect()),
        Holds::Members(members) => {
            keyed(members.iter().map(|(name, item)| (name.painted(colours), rename(item, colours))).collect())
        }
    }
}
