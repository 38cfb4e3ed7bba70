//! KMS's paging: `Limit` and `Marker` in, `Truncated` and `NextMarker` out.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::world::ServiceError;

/// The paging members of an input.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    limit: Option<usize>,
    marker: Option<String>,
}

/// One page of `entries`, which are (place in the order, entry).
///
/// # Errors
/// `InvalidMarkerException` for a marker that was not given out.
pub(super) fn page(
    entries: Vec<(String, Value)>,
    page: &Page,
    member: &str,
    default: usize,
) -> Result<Value, ServiceError> {
    let limit = page.limit.unwrap_or(default).max(1);
    let start = match &page.marker {
        None => 0,
        Some(marker) => {
            let position = entries.iter().position(|(key, _)| key == marker);
            position.ok_or_else(|| ServiceError::new("InvalidMarkerException", format!("Invalid marker {marker}")))?
        }
    };
    let next = entries.get(start + limit).map(|(key, _)| key.clone());
    let items: Vec<Value> = entries.into_iter().skip(start).take(limit).map(|(_, entry)| entry).collect();
    let mut answer = Map::new();
    answer.insert(member.to_owned(), Value::Array(items));
    answer.insert("Truncated".to_owned(), json!(next.is_some()));
    if let Some(next) = next {
        answer.insert("NextMarker".to_owned(), json!(next));
    }
    Ok(Value::Object(answer))
}
