//! IAM's paging: `Marker`, `IsTruncated`, `MaxItems`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::ServiceError;

/// Where a list goes on, and how far.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Paging {
    /// From the answer before.
    pub marker: Option<String>,
    /// At most so many; IAM's default is 100.
    pub max_items: Option<usize>,
}

impl Paging {
    /// One page under the name of its list, with `IsTruncated` and `Marker`.
    ///
    /// # Errors
    /// `ValidationError` for a marker that no answer gave.
    pub fn page(&self, list: &str, items: Vec<Value>) -> Result<Value, ServiceError> {
        let start = match self.marker.as_deref() {
            None => 0,
            Some(marker) => read_marker(marker)
                .filter(|start| *start <= items.len())
                .ok_or_else(|| ServiceError::new("ValidationError", "Invalid Marker."))?,
        };
        let end = items.len().min(start.saturating_add(self.max_items.unwrap_or(100).max(1)));
        let truncated = end < items.len();
        let mut answer = json!({ list: items[start..end], "IsTruncated": truncated });
        if truncated {
            answer["Marker"] = Value::from(write_marker(end));
        }
        Ok(answer)
    }
}

fn write_marker(position: usize) -> String {
    hex::encode(format!("iam:{position}"))
}

fn read_marker(marker: &str) -> Option<usize> {
    String::from_utf8(hex::decode(marker).ok()?).ok()?.strip_prefix("iam:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let items: Vec<Value> = (0..5).map(Value::from).collect();
        let first = Paging { marker: None, max_items: Some(3) }.page("Roles", items.clone()).expect("a page");
        assert_eq!(first["Roles"], json!([0, 1, 2]));
        assert_eq!(first["IsTruncated"], json!(true));
        let marker = first["Marker"].as_str().map(str::to_owned);
        let last = Paging { marker, max_items: Some(3) }.page("Roles", items.clone()).expect("a page");
        assert_eq!(last, json!({ "Roles": [3, 4], "IsTruncated": false }));
        let wrong = Paging { marker: Some("nonsense".into()), max_items: None }.page("Roles", items);
        assert_eq!(wrong.expect_err("no such marker").code, "ValidationError");
    }
}
