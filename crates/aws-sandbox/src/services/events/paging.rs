//! `Limit` (1 to 100) and `NextToken` of EventBridge's lists.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::invalid;
use crate::world::ServiceError;

const LARGEST_PAGE: usize = 100;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Paging {
    next_token: Option<String>,
    limit: Option<usize>,
}

/// One page of `items` under `member`, and the token of the next.
///
/// # Errors
/// `ValidationException` for a token that no list gave.
pub(super) fn page(member: &str, items: Vec<Value>, paging: &Paging) -> Result<Value, ServiceError> {
    let start = match &paging.next_token {
        None => 0,
        Some(token) => offset(token).ok_or_else(|| invalid("The NextToken is not valid."))?,
    };
    let size = paging.limit.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    let end = start.saturating_add(size).min(items.len());
    let mut answer = Map::new();
    if end < items.len() {
        answer.insert("NextToken".to_owned(), json!(URL_SAFE_NO_PAD.encode(format!("from:{end}"))));
    }
    let taken: Vec<Value> = items.into_iter().take(end).skip(start).collect();
    answer.insert(member.to_owned(), json!(taken));
    Ok(Value::Object(answer))
}

fn offset(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("from:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_everything_once() {
        let items: Vec<Value> = (0..5).map(|number| json!(number)).collect();
        let mut paging = Paging { next_token: None, limit: Some(2) };
        let mut seen = Vec::new();
        loop {
            let answer = page("Rules", items.clone(), &paging).expect("a page");
            seen.extend(answer["Rules"].as_array().expect("a list").iter().cloned());
            match answer["NextToken"].as_str() {
                Some(token) => paging.next_token = Some(token.to_owned()),
                None => break,
            }
        }
        assert_eq!(seen, items);
        assert!(page("Rules", items, &Paging { next_token: Some("x".to_owned()), limit: None }).is_err());
    }
}
