//! RDS's paging (`Marker`, `MaxRecords` 20 to 100) and filters.

use serde::Deserialize;
use serde_json::{Value, json};

use super::names::invalid;
use crate::world::ServiceError;

/// A filter: any of its values.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Filter {
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// Where a list goes on, how far, and what it leaves out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Paging {
    filters: Vec<Filter>,
    max_records: Option<i64>,
    marker: Option<String>,
}

impl Paging {
    /// The filters, all of which are among `known`.
    pub(super) fn filters(&self, known: &[&str]) -> Result<&[Filter], ServiceError> {
        match self.filters.iter().find(|filter| !known.contains(&filter.name.as_str())) {
            Some(unknown) => Err(invalid(format!("Unrecognized filter name: {}", unknown.name))),
            None => Ok(&self.filters),
        }
    }

    /// One page under the name of its list.
    pub(super) fn page(&self, list: &str, items: Vec<Value>) -> Result<Value, ServiceError> {
        let most = self.max_records.unwrap_or(100);
        if !(20..=100).contains(&most) {
            return Err(invalid(format!("Invalid value {most} for MaxRecords. Must be between 20 and 100")));
        }
        let start = match self.marker.as_deref() {
            None | Some("") => 0,
            Some(marker) => read_marker(marker)
                .filter(|start| *start <= items.len())
                .ok_or_else(|| invalid("Invalid value for Marker"))?,
        };
        let end = items.len().min(start + most as usize);
        let mut answer = json!({ list: items[start..end] });
        if end < items.len() {
            answer["Marker"] = json!(hex::encode(format!("rds:{end}")));
        }
        Ok(answer)
    }
}

fn read_marker(marker: &str) -> Option<usize> {
    String::from_utf8(hex::decode(marker).ok()?).ok()?.strip_prefix("rds:")?.parse().ok()
}

/// Whether one of a filter's values is an identifier or ARN of a thing.
pub(super) fn names_it(values: &[String], identifier: &str, arn: &str) -> bool {
    values.iter().any(|value| value.eq_ignore_ascii_case(identifier) || value == arn)
}
