//! Event patterns: which events a rule takes (Amazon EventBridge User Guide, "Comparison operators
//! for use in event patterns").

use std::cmp::Ordering;
use std::net::IpAddr;

use serde_json::{Map, Value};

/// A parsed pattern: an object of conditions.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Node);

#[derive(Debug, Clone, Default)]
struct Node {
    fields: Vec<(String, Field)>,
    /// Each `$or` is a list of alternatives, one of which must hold.
    alternatives: Vec<Vec<Node>>,
}

#[derive(Debug, Clone)]
enum Field {
    Object(Node),
    Leaf(Vec<Test>),
}

#[derive(Debug, Clone)]
enum Test {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    PrefixIgnoreCase(String),
    Suffix(String),
    SuffixIgnoreCase(String),
    Wildcard(String),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(IpAddr, u8),
    Exists(bool),
    /// None of these may hold.
    AnythingBut(Vec<Test>),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// A numeric value lies within five billion (same page, "Numeric matching").
const NUMERIC_BOUND: f64 = 5_000_000_000.0;

impl Pattern {
    /// Reads a pattern from its JSON text.
    ///
    /// # Errors
    /// The reason, as it follows `Event pattern is not valid. Reason: `.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("Unexpected character: {error}"))?;
        match value {
            Value::Object(object) if object.is_empty() => Err("Filter is empty".to_owned()),
            Value::Object(object) => node(&object).map(Self),
            _ => Err("Filter is not an object".to_owned()),
        }
    }

    /// Whether the pattern takes an event.
    pub(super) fn matches(&self, event: &Value) -> bool {
        event.as_object().is_some_and(|event| self.0.matches(event))
    }
}

fn node(object: &Map<String, Value>) -> Result<Node, String> {
    let mut node_found = Node::default();
    for (name, value) in object {
        match value {
            Value::Array(items) if name == "$or" && items.len() >= 2 && items.iter().all(Value::is_object) => {
                let branches = items.iter().filter_map(Value::as_object).map(node).collect::<Result<_, _>>()?;
                node_found.alternatives.push(branches);
            }
            Value::Array(items) if items.is_empty() => return Err("Empty arrays are not allowed".to_owned()),
            Value::Array(items) => {
                let tests = items.iter().map(test).collect::<Result<_, _>>()?;
                node_found.fields.push((name.clone(), Field::Leaf(tests)));
            }
            Value::Object(inner) if inner.is_empty() => return Err("Empty objects are not allowed".to_owned()),
            Value::Object(inner) => node_found.fields.push((name.clone(), Field::Object(node(inner)?))),
            _ => return Err(format!("\"{name}\" must be an object or an array")),
        }
    }
    Ok(node_found)
}

fn test(value: &Value) -> Result<Test, String> {
    let object = match value {
        Value::Object(object) => object,
        Value::Array(_) => return Err("Match value must be String, number, true, false, or null".to_owned()),
        scalar => return Ok(Test::Equals(scalar.clone())),
    };
    let mut members = object.iter();
    let (Some((operator, operand)), None) = (members.next(), members.next()) else {
        return Err("Only one key allowed in match expression".to_owned());
    };
    match operator.as_str() {
        "exists" => match operand {
            Value::Bool(wanted) => Ok(Test::Exists(*wanted)),
            _ => Err("exists match pattern must be either true or false.".to_owned()),
        },
        "anything-but" => anything_but(operand).map(Test::AnythingBut),
        "numeric" => numeric(operand).map(Test::Numeric),
        "cidr" => cidr(operand),
        _ => text_test(operator, operand),
    }
}

/// The tests that compare text.
fn text_test(operator: &str, operand: &Value) -> Result<Test, String> {
    if let Value::Object(inner) = operand {
        let ignored = inner.get("equals-ignore-case").and_then(Value::as_str).filter(|_| inner.len() == 1);
        return match (operator, ignored) {
            ("prefix", Some(text)) => Ok(Test::PrefixIgnoreCase(text.to_lowercase())),
            ("suffix", Some(text)) => Ok(Test::SuffixIgnoreCase(text.to_lowercase())),
            ("prefix" | "suffix", None) => Err(format!("Unsupported anything inside {operator}")),
            _ => Err(format!("{operator} match pattern must be a string")),
        };
    }
    let text = operand.as_str().map(str::to_owned);
    let needed = || text.clone().ok_or_else(|| format!("{operator} match pattern must be a string"));
    match operator {
        "prefix" => needed().map(Test::Prefix),
        "suffix" => needed().map(Test::Suffix),
        "equals-ignore-case" => needed().map(|text| Test::EqualsIgnoreCase(text.to_lowercase())),
        "wildcard" => match needed()? {
            pattern if pattern.contains("**") => Err("Consecutive wildcard characters at pos 0".to_owned()),
            pattern => Ok(Test::Wildcard(pattern)),
        },
        unknown => Err(format!("Unrecognized match type {unknown}")),
    }
}

fn anything_but(operand: &Value) -> Result<Vec<Test>, String> {
    let wrong = || "Value of anything-but must be an array or single string/number value.".to_owned();
    match operand {
        Value::Array(items) if items.is_empty() => Err("Empty arrays are not allowed".to_owned()),
        Value::Array(items) => items
            .iter()
            .map(
                |item| if item.is_string() || item.is_number() { Ok(Test::Equals(item.clone())) } else { Err(wrong()) },
            )
            .collect(),
        Value::String(_) | Value::Number(_) => Ok(vec![Test::Equals(operand.clone())]),
        Value::Object(inner) => {
            let mut members = inner.iter();
            let (Some((operator, operand)), None) = (members.next(), members.next()) else {
                return Err("Only one key allowed in match expression".to_owned());
            };
            if !["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(&operator.as_str()) {
                return Err(format!("Unsupported anything-but pattern: {operator}"));
            }
            match operand {
                Value::Array(items) => items.iter().map(|item| text_test(operator, item)).collect(),
                single => text_test(operator, single).map(|test| vec![test]),
            }
        }
        _ => Err(wrong()),
    }
}

fn numeric(operand: &Value) -> Result<Vec<(Comparison, f64)>, String> {
    let items = operand.as_array().ok_or("Value of numeric must be an array.")?;
    if items.is_empty() || items.len() % 2 != 0 || items.len() > 4 {
        return Err("Invalid member in numeric match: expects pairs of operator and number".to_owned());
    }
    let mut comparisons = Vec::new();
    for pair in items.chunks(2) {
        let comparison = match pair[0].as_str() {
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::LessOrEqual,
            Some("=") => Comparison::Equal,
            Some(">=") => Comparison::GreaterOrEqual,
            Some(">") => Comparison::Greater,
            _ => return Err(format!("Unrecognized numeric range operator: {}", pair[0])),
        };
        let bound = pair[1].as_f64().ok_or("Value of numeric operator must be numeric")?;
        if bound.abs() > NUMERIC_BOUND {
            return Err(format!("Value must be between -{NUMERIC_BOUND} and {NUMERIC_BOUND}, inclusive"));
        }
        comparisons.push((comparison, bound));
    }
    Ok(comparisons)
}

fn cidr(operand: &Value) -> Result<Test, String> {
    let text = operand.as_str().ok_or("prefix match pattern must be a string")?;
    let wrong = || format!("Malformed CIDR, one '/' required: {text}");
    let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| format!("Nonstandard IP address: {address}"))?;
    let bits: u8 = bits.parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    if bits > most { Err(wrong()) } else { Ok(Test::Cidr(address, bits)) }
}

impl Node {
    fn matches(&self, event: &Map<String, Value>) -> bool {
        self.fields.iter().all(|(name, field)| field.matches(event.get(name)))
            && self.alternatives.iter().all(|branches| branches.iter().any(|branch| branch.matches(event)))
    }

    /// Whether the node holds where the event has nothing: only tests for absence do.
    fn matches_nothing(&self) -> bool {
        self.matches(&Map::new())
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Field::Object(node), Some(Value::Object(event))) => node.matches(event),
            // One element of an array of objects must hold all conditions.
            (Field::Object(node), Some(Value::Array(items))) => {
                items.iter().filter_map(Value::as_object).any(|event| node.matches(event))
            }
            (Field::Object(node), _) => node.matches_nothing(),
            (Field::Leaf(tests), value) => tests.iter().any(|test| test.matches_leaf(value)),
        }
    }
}

impl Test {
    /// `exists` looks at leaves only: an object is none, and an empty array has none.
    fn matches_leaf(&self, value: Option<&Value>) -> bool {
        let leaves: Vec<&Value> = match value {
            Some(Value::Array(items)) => items.iter().filter(|item| !item.is_object() && !item.is_array()).collect(),
            Some(Value::Object(_)) | None => Vec::new(),
            Some(leaf) => vec![leaf],
        };
        match self {
            Test::Exists(wanted) => *wanted != leaves.is_empty(),
            test => leaves.into_iter().any(|leaf| test.matches_value(leaf)),
        }
    }

    fn matches_value(&self, value: &Value) -> bool {
        let text = value.as_str();
        let lower = || value.as_str().map(str::to_lowercase);
        match self {
            Test::Equals(Value::Number(wanted)) => value.as_f64().is_some_and(|found| Some(found) == wanted.as_f64()),
            Test::Equals(wanted) => wanted == value,
            Test::EqualsIgnoreCase(wanted) => lower().as_deref() == Some(wanted.as_str()),
            Test::Prefix(wanted) => text.is_some_and(|text| text.starts_with(wanted)),
            Test::PrefixIgnoreCase(wanted) => lower().is_some_and(|text| text.starts_with(wanted)),
            Test::Suffix(wanted) => text.is_some_and(|text| text.ends_with(wanted)),
            Test::SuffixIgnoreCase(wanted) => lower().is_some_and(|text| text.ends_with(wanted)),
            Test::Wildcard(pattern) => text.is_some_and(|text| wildcard(pattern, text)),
            Test::Numeric(comparisons) => {
                value.as_f64().is_some_and(|found| comparisons.iter().all(|(how, bound)| how.holds(found, *bound)))
            }
            Test::Cidr(network, bits) => {
                text.and_then(|text| text.parse().ok()).is_some_and(|address| within(address, *network, *bits))
            }
            Test::Exists(wanted) => *wanted,
            Test::AnythingBut(tests) => !tests.iter().any(|test| test.matches_value(value)),
        }
    }
}

impl Comparison {
    fn holds(self, found: f64, bound: f64) -> bool {
        match found.partial_cmp(&bound) {
            Some(Ordering::Less) => matches!(self, Comparison::Less | Comparison::LessOrEqual),
            Some(Ordering::Equal) => {
                matches!(self, Comparison::LessOrEqual | Comparison::Equal | Comparison::GreaterOrEqual)
            }
            Some(Ordering::Greater) => matches!(self, Comparison::Greater | Comparison::GreaterOrEqual),
            None => false,
        }
    }
}

/// `*` stands for any run of characters; a backslash takes the next one literally.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut tokens = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '*' => None,
            '\\' => Some(characters.next().unwrap_or('\\')),
            other => Some(other),
        });
    }
    // `reached[i]`: the first `i` characters of the text can be taken by the tokens so far.
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in tokens {
        let mut next = vec![false; text.len() + 1];
        match token {
            None => {
                let first = reached.iter().position(|here| *here).unwrap_or(next.len());
                next[first..].fill(true);
            }
            Some(wanted) => {
                for (index, found) in text.iter().enumerate() {
                    next[index + 1] = reached[index] && *found == wanted;
                }
            }
        }
        reached = next;
    }
    reached[text.len()]
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (u128::from(u32::from(address)), u128::from(u32::from(network)), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (u128::from(address), u128::from(network), 128),
        _ => return false,
    };
    let shift = width - u32::from(bits);
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests;
