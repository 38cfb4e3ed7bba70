//! Tags of roles, users and policies.

use super::entities::Tag;
use crate::world::ServiceError;

/// At most so many tags (IAM User Guide, "IAM and AWS STS quotas").
const TAGS: usize = 50;

/// Checks tags for a new thing.
///
/// # Errors
/// `InvalidInput` for reserved or repeated keys, `LimitExceeded` for more than 50.
pub(super) fn check(tags: &[Tag]) -> Result<(), ServiceError> {
    let mut set = Vec::new();
    merge(&mut set, tags.to_vec())?;
    if set.len() < tags.len() {
        return Err(invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
    }
    Ok(())
}

/// Sets tags, replacing those with the same key; keys differ without regard to case.
///
/// # Errors
/// As [`check`].
pub(super) fn merge(set: &mut Vec<Tag>, tags: Vec<Tag>) -> Result<(), ServiceError> {
    let mut merged = set.clone();
    for tag in tags {
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Keys that start with aws: are reserved."));
        }
        match merged.iter_mut().find(|old| old.key.eq_ignore_ascii_case(&tag.key)) {
            Some(old) => *old = tag,
            None => merged.push(tag),
        }
    }
    if merged.len() > TAGS {
        return Err(ServiceError::new(
            "LimitExceeded",
            format!("The number of tags has reached the maximum limit. Limit is {TAGS}."),
        ));
    }
    *set = merged;
    Ok(())
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new("InvalidInput", message)
}

/// Takes tags away; keys that are not there are not an error.
pub(super) fn remove(set: &mut Vec<Tag>, keys: &[String]) {
    set.retain(|tag| !keys.iter().any(|key| key.eq_ignore_ascii_case(&tag.key)));
}
