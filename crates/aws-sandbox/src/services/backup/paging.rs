//! `MaxResults` (1 to 1000) and the opaque `NextToken` of every list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::errors::invalid_parameter;
use crate::world::ServiceError;

/// The largest page, which is also the default one.
const LARGEST_PAGE: usize = 1000;

/// The paging members of a list's input.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Paging {
    pub(super) next_token: Option<String>,
    pub(super) max_results: Option<i64>,
}

/// One page.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

impl Paging {
    /// The key after which the page begins.
    ///
    /// # Errors
    /// `InvalidParameterValueException` for a token that this list did not give.
    pub(super) fn after(&self) -> Result<Option<String>, ServiceError> {
        let Some(token) = self.next_token.as_deref().filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        let wrong = || invalid_parameter("The specified NextToken is invalid.");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        text.strip_prefix("after:").map(|key| Some(key.to_owned())).ok_or_else(wrong)
    }

    /// The page's size.
    ///
    /// # Errors
    /// `InvalidParameterValueException` outside of 1 to 1000.
    pub(super) fn size(&self) -> Result<usize, ServiceError> {
        match self.max_results {
            None => Ok(LARGEST_PAGE),
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|size| (1..=LARGEST_PAGE).contains(size))
                .ok_or_else(|| invalid_parameter("MaxResults must be between 1 and 1000")),
        }
    }

    /// Takes one page of `items`, which begin after [`Paging::after`] and come with their keys.
    ///
    /// # Errors
    /// As [`Paging::size`].
    pub(super) fn page<T>(&self, items: impl Iterator<Item = (String, T)>) -> Result<Page<T>, ServiceError> {
        let size = self.size()?;
        let mut items = items.fuse();
        let mut page = Vec::new();
        let mut last = None;
        for (key, item) in items.by_ref().take(size) {
            page.push(item);
            last = Some(key);
        }
        let more = items.next().is_some();
        let next_token = last.filter(|_| more).map(|key| URL_SAFE_NO_PAD.encode(format!("after:{key}")));
        Ok(Page { items: page, next_token })
    }
}

/// One page of a map in the order of its keys.
///
/// # Errors
/// As [`Paging::after`] and [`Paging::size`].
pub(super) fn page_of_map<'a, T>(
    paging: &Paging,
    map: &'a std::collections::BTreeMap<String, T>,
    wanted: impl Fn(&T) -> bool + 'a,
) -> Result<Page<&'a T>, ServiceError> {
    use std::ops::Bound;
    let after = paging.after()?;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let range = map.range::<String, _>((start, Bound::Unbounded));
    paging.page(range.filter(|(_, item)| wanted(item)).map(|(key, item)| (key.clone(), item)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn pages_follow_each_other_and_the_last_has_no_token() {
        let map: BTreeMap<String, i32> = (1..=5).map(|number| (format!("k{number}"), number)).collect();
        let mut paging = Paging { next_token: None, max_results: Some(2) };
        let first = page_of_map(&paging, &map, |number| *number != 2).expect("a page");
        assert_eq!(first.items, [&1, &3]);
        paging.next_token = first.next_token;
        let second = page_of_map(&paging, &map, |number| *number != 2).expect("a page");
        assert_eq!(second.items, [&4, &5]);
        assert_eq!(second.next_token, None);
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        let map: BTreeMap<String, i32> = BTreeMap::new();
        for max_results in [0, -1, 1001] {
            let paging = Paging { next_token: None, max_results: Some(max_results) };
            assert_eq!(page_of_map(&paging, &map, |_| true).expect_err("size").code, "InvalidParameterValueException");
        }
        let paging = Paging { next_token: Some("garbage".to_owned()), max_results: None };
        assert!(page_of_map(&paging, &map, |_| true).is_err());
    }
}
