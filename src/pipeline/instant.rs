//! Instants as people and documents read them.

use chrono::{DateTime, SecondsFormat, Utc};

/// RFC 3339 in UTC, in whole seconds, with a `Z`.
pub fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
