//! What every service refuses as a policy document, whatever the policy is attached to.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::principals::{self, as_list};
use aws_policy::document::Document;

/// Why a text is not a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It is not JSON, or has a key twice in one element (IAM User Guide, "Grammar of the IAM JSON policy language").
    Json,
    /// A resource's service is left open (IAM User Guide, "IAM JSON policy elements: Resource": no wildcard in the
    /// service segment).
    Vendor(String),
    /// A session is named with a wildcard (IAM User Guide, "AWS JSON policy elements: Principal").
    Session(String),
    /// There is no such condition operator.
    Operator(String),
    /// It breaks the grammar in another way.
    Grammar,
}

/// Reads a document that any service would store.
///
/// # Errors
/// Why none would. What passes, the evaluator can read.
pub fn read(text: &str) -> Result<Value, Unfit> {
    let document = json(text)?;
    check(&document)?;
    Ok(document)
}

/// Reads JSON in which no object has a key twice.
///
/// # Errors
/// [`Unfit::Json`].
pub fn json(text: &str) -> Result<Value, Unfit> {
    serde_json::from_str::<Unique>(text).map(|Unique(value)| value).map_err(|_| Unfit::Json)
}

/// Checks a document that is JSON.
///
/// # Errors
/// Every other reason.
pub fn check(document: &Value) -> Result<(), Unfit> {
    for statement in as_list(document.get("Statement")) {
        for element in ["Resource", "NotResource"] {
            let open = as_list(statement.get(element)).into_iter().filter_map(Value::as_str).find(|text| {
                let vendor = text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(1));
                vendor.is_some_and(|vendor| vendor.contains(['*', '?']))
            });
            if let Some(text) = open {
                return Err(Unfit::Vendor(text.to_owned()));
            }
        }
        for operator in statement.get("Condition").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            if !Document::knows_operator(operator) {
                return Err(Unfit::Operator(operator.clone()));
            }
        }
    }
    let of_sessions = |text: &str| text.contains(":assumed-role/") && text.contains(['*', '?']);
    let named = principals::of_document(document).into_iter().find(|one| one.kind == "AWS" && of_sessions(&one.value));
    if let Some(named) = named {
        return Err(Unfit::Session(named.value));
    }
    Document::from_value(document).map(drop).map_err(|_| Unfit::Grammar)
}

/// JSON whose objects have each key once.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Unique)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Unique(value))) = members.next_entry::<String, Unique>()? {
            if object.contains_key(&key) {
                return Err(Error::custom(format!("{key} stands there twice")));
            }
            object.insert(key, value);
        }
        Ok(object.into())
    }
}
