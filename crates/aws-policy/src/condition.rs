//! Conditions: operators, set operators, missing keys
//! (IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for
//! multi-valued context keys").

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::context::{Context, Lookup};
use super::elements::{DocumentError, Effect, Version, wrong};
use super::keys;
use super::truth::Truth;
use super::wildcard::{Expanded, Pattern};

/// What two values are compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equals,
    EqualsIgnoreCase,
    Like,
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// How two ordered values must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Same,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
}

/// Which of a key's values count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    /// No set operator: a single-valued key.
    One,
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// One operator on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    quantifier: Quantifier,
    comparison: Comparison,
    negated: bool,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

struct Operator {
    quantifier: Quantifier,
    comparison: Comparison,
    negated: bool,
    if_exists: bool,
}

fn operator(text: &str) -> Option<Operator> {
    let (quantifier, rest) = match text.split_once(':') {
        None => (Quantifier::One, text),
        Some(("ForAllValues", rest)) => (Quantifier::All, rest),
        Some(("ForAnyValue", rest)) => (Quantifier::Any, rest),
        Some(_) => return None,
    };
    let (name, if_exists) = match rest.strip_suffix("IfExists") {
        Some(name) => (name, true),
        None => (rest, false),
    };
    let (comparison, negated) = comparison(name)?;
    // `Null` asks for existence itself ("...IfExists condition operators": every operator but Null).
    let allowed = comparison != Comparison::Null || (!if_exists && quantifier == Quantifier::One);
    allowed.then_some(Operator { quantifier, comparison, negated, if_exists })
}

pub(super) fn is_operator(text: &str) -> bool {
    operator(text).is_some()
}

fn comparison(name: &str) -> Option<(Comparison, bool)> {
    Some(match name {
        "StringEquals" => (Comparison::Equals, false),
        "StringNotEquals" => (Comparison::Equals, true),
        "StringEqualsIgnoreCase" => (Comparison::EqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Comparison::EqualsIgnoreCase, true),
        "StringLike" => (Comparison::Like, false),
        "StringNotLike" => (Comparison::Like, true),
        "NumericEquals" => (Comparison::Number(Order::Same), false),
        "NumericNotEquals" => (Comparison::Number(Order::Same), true),
        "NumericLessThan" => (Comparison::Number(Order::Less), false),
        "NumericLessThanEquals" => (Comparison::Number(Order::LessOrSame), false),
        "NumericGreaterThan" => (Comparison::Number(Order::More), false),
        "NumericGreaterThanEquals" => (Comparison::Number(Order::MoreOrSame), false),
        "DateEquals" => (Comparison::Date(Order::Same), false),
        "DateNotEquals" => (Comparison::Date(Order::Same), true),
        "DateLessThan" => (Comparison::Date(Order::Less), false),
        "DateLessThanEquals" => (Comparison::Date(Order::LessOrSame), false),
        "DateGreaterThan" => (Comparison::Date(Order::More), false),
        "DateGreaterThanEquals" => (Comparison::Date(Order::MoreOrSame), false),
        "Bool" => (Comparison::Bool, false),
        "BinaryEquals" => (Comparison::Binary, false),
        "IpAddress" => (Comparison::Ip, false),
        "NotIpAddress" => (Comparison::Ip, true),
        "ArnEquals" | "ArnLike" => (Comparison::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Comparison::Arn, true),
        "Null" => (Comparison::Null, false),
        _ => return None,
    })
}

impl Condition {
    /// Reads a whole `Condition` element.
    pub(super) fn parse_all(value: &Value, place: &str) -> Result<Vec<Self>, DocumentError> {
        let operators = value.as_object().ok_or_else(|| wrong(place, "is not an object"))?;
        let mut found = Vec::new();
        for (name, keys) in operators {
            let place = format!("{place}.{name}");
            let keys_of = || keys.as_object().ok_or_else(|| wrong(&place, "is not an object"));
            let read = operator(name).ok_or_else(|| wrong(&place, "is not a condition operator"))?;
            for (key, values) in keys_of()? {
                let Operator { quantifier, comparison, negated, if_exists } = read;
                let values = scalars(values, &format!("{place}.{key}"))?;
                found.push(Condition { quantifier, comparison, negated, if_exists, key: key.clone(), values });
            }
        }
        Ok(found)
    }

    /// Whether the condition of a statement with this effect holds for a request.
    pub(super) fn holds(&self, context: &Context, version: Version, effect: Effect) -> Truth {
        let is_misfit = !self.is_set() && self.comparison != Comparison::Null && keys::is_multivalued(&self.key);
        let present = match context.lookup(&self.key) {
            // A key without any value counts as absent, and so does an empty string for a set operator ("Set
            // operators": "a null data set, such as an empty string").
            Lookup::Values([]) => return self.holds_absent().into(),
            Lookup::Values(values) if self.is_set() && values.iter().all(String::is_empty) => {
                return self.holds_absent().into();
            }
            Lookup::Values(values) => values,
            Lookup::Absent => return self.holds_absent().into(),
            Lookup::Unknown => return self.holds_unknown(is_misfit),
        };
        if self.comparison == Comparison::Null {
            return self.asks_for_absence("false").into();
        }
        let fits = |actual: &String| Truth::any(self.values.iter().map(|one| self.fits(one, actual, context, version)));
        if is_misfit {
            let met = Truth::any(present.iter().map(fits));
            return self.holds_misfit(met, effect, context.is_partial());
        }
        match (self.quantifier, self.negated) {
            (Quantifier::One | Quantifier::Any, false) => Truth::any(present.iter().map(fits)),
            (Quantifier::One | Quantifier::All, true) => Truth::any(present.iter().map(fits)).not(),
            (Quantifier::All, false) => Truth::all(present.iter().map(fits)),
            (Quantifier::Any, true) => Truth::all(present.iter().map(fits)).not(),
        }
    }

    /// A plain operator on a key with several values: "multivalued context keys require a condition set operator" (IAM
    /// User Guide, "Single-valued vs. multivalued context keys"). Such a condition was seen to match nothing. Whether a
    /// negated one holds where a value matches, AWS does not say: it is taken to deny rather than to allow, and stays
    /// open to those who predict.
    fn holds_misfit(&self, met: Truth, effect: Effect, is_partial: bool) -> Truth {
        match (self.negated, met) {
            (false, _) => Truth::False,
            (true, Truth::False) => Truth::True,
            (true, _) if is_partial => Truth::open(&self.key),
            (true, _) => (effect == Effect::Deny).into(),
        }
    }

    fn is_set(&self) -> bool {
        self.quantifier != Quantifier::One
    }

    fn asks_for_absence(&self, answer: &str) -> bool {
        self.values.iter().any(|value| value.eq_ignore_ascii_case(answer))
    }

    /// What holds where the request does not carry the key ("...IfExists condition operators", "Set operators").
    fn holds_absent(&self) -> bool {
        match self.comparison {
            Comparison::Null => self.asks_for_absence("true"),
            _ => {
                self.if_exists
                    || self.quantifier == Quantifier::All
                    || self.negated && self.quantifier == Quantifier::One
            }
        }
    }

    /// What holds of a key that may be absent or carry any value: open, unless each of these comes to the same.
    fn holds_unknown(&self, is_misfit: bool) -> Truth {
        let absent = self.holds_absent();
        let (met, unmet) = match self.comparison {
            Comparison::Null => (self.asks_for_absence("false"), self.asks_for_absence("false")),
            _ if is_misfit && !self.negated => (false, false),
            _ => (!self.negated, self.negated),
        };
        let takes_all = self.comparison == Comparison::Like
            && self.values.iter().any(|value| !value.is_empty() && value.bytes().all(|byte| byte == b'*'));
        let same = if takes_all { absent == met } else { absent == met && met == unmet };
        if same { met.into() } else { Truth::open(&self.key) }
    }

    fn fits(&self, wanted: &str, actual: &str, context: &Context, version: Version) -> Truth {
        let by_pattern = |fits: &dyn Fn(&Pattern) -> bool| match Pattern::of(wanted, context, version) {
            Expanded::Pattern(pattern) => fits(&pattern).into(),
            Expanded::NoValue => Truth::False,
            Expanded::Unknown(key) => Truth::open(&key),
        };
        match self.comparison {
            Comparison::Equals => by_pattern(&|pattern| pattern.literal() == actual),
            Comparison::EqualsIgnoreCase => {
                by_pattern(&|pattern| pattern.literal().to_lowercase() == actual.to_lowercase())
            }
            Comparison::Like => by_pattern(&|pattern| pattern.matches(actual)),
            Comparison::Arn => by_pattern(&|pattern| pattern.matches_arn(actual)),
            Comparison::Number(order) => order.holds(number(actual), number(wanted)).into(),
            Comparison::Date(order) => order.holds(instant(actual), instant(wanted)).into(),
            Comparison::Bool => wanted.eq_ignore_ascii_case(actual).into(),
            Comparison::Binary => (wanted == actual).into(),
            Comparison::Ip => in_range(wanted, actual).into(),
            Comparison::Null => Truth::False,
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, actual: Option<T>, wanted: Option<T>) -> bool {
        let (Some(actual), Some(wanted)) = (actual, wanted) else {
            return false;
        };
        match self {
            Order::Same => actual == wanted,
            Order::Less => actual < wanted,
            Order::LessOrSame => actual <= wanted,
            Order::More => actual > wanted,
            Order::MoreOrSame => actual >= wanted,
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Milliseconds since 1970: W3C's forms of ISO 8601, from the year alone to a fraction of a second with a zone, or
/// epoch seconds ("Date condition operators").
fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    // Four digits are a year: as seconds they would be a minute of 1970.
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_year && let Ok(seconds) = text.parse::<f64>() {
        return seconds.is_finite().then_some((seconds * 1000.0) as i64);
    }
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.timestamp_millis());
    }
    let zoned = text.strip_suffix('Z').map_or_else(|| text.to_owned(), |time| format!("{time}+00:00"));
    if let Ok(date) = DateTime::parse_from_str(&zoned, "%Y-%m-%dT%H:%M%:z") {
        return Some(date.timestamp_millis());
    }
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let date = NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

/// Whether an address lies in a CIDR range, or is the address that stands for `/32` or `/128`.
fn in_range(range: &str, address: &str) -> bool {
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (range, Some(128)),
    };
    let (Ok(network), Ok(address), Some(length)) = (network.parse(), address.parse(), length) else {
        return false;
    };
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let length = if range.contains('/') { length } else { 32 };
            length <= 32 && same_prefix(network.to_bits().into(), address.to_bits().into(), 32, length)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            length <= 128 && same_prefix(network.to_bits(), address.to_bits(), 128, length)
        }
        _ => false,
    }
}

fn same_prefix(one: u128, other: u128, bits: u32, length: u32) -> bool {
    length == 0 || (one ^ other) >> (bits - length) == 0
}

/// A string, number or truth value, or a list of them.
fn scalars(value: &Value, place: &str) -> Result<Vec<String>, DocumentError> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(wrong(place, "holds what is no string, number or truth value")),
    };
    match value {
        Value::Array(values) => values.iter().map(scalar).collect(),
        value => Ok(vec![scalar(value)?]),
    }
}
