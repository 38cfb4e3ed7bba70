//! Instants and spans for people: UTC with a `Z`, and how long ago.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};

use crate::pipeline::instant::shown;

/// RFC 3339 in UTC, whole seconds: `2026-01-05T06:00:00Z`.
pub fn rfc3339(instant: SystemTime) -> String {
    shown(instant.into())
}

/// Reads an RFC 3339 instant.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.with_timezone(&Utc))
}

/// An instant in a table: `2026-01-05 06:00Z (3h ago)`.
pub fn cell(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ({})", instant.format("%Y-%m-%d %H:%MZ"), age(instant, now))
}

/// The same of a text; one that is no instant stays as it is.
pub fn in_table(text: &str, now: DateTime<Utc>) -> String {
    parse(text).map_or_else(|| text.to_owned(), |instant| cell(instant, now))
}

/// How far an instant lies from now: `3h ago`, `in 2d`, `now`.
pub fn age(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - instant).num_seconds();
    match seconds {
        0 => "now".to_owned(),
        1.. => format!("{} ago", rough(seconds.unsigned_abs())),
        _ => format!("in {}", rough(seconds.unsigned_abs())),
    }
}

/// The largest unit alone, rounded down: `59s`, `3h`, `2d`.
fn rough(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A span, its two largest units: `45s`, `1m 05s`, `2h 03m`, `3d 04h`.
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{}h {:02}m", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_shows_utc_and_the_age() {
        let now = parse("2026-01-05T09:30:00Z").expect("an instant");
        assert_eq!(in_table("2026-01-05T06:00:00.500Z", now), "2026-01-05 06:00Z (3h ago)");
        assert_eq!(in_table("2026-01-12T09:30:00Z", now), "2026-01-12 09:30Z (in 7d)");
        assert_eq!(in_table("2026-01-05T10:30:00+01:00", now), "2026-01-05 09:30Z (now)");
        assert_eq!(in_table("soon", now), "soon");
    }

    #[test]
    fn spans_show_two_units() {
        for (seconds, text) in [(0, "0s"), (59, "59s"), (65, "1m 05s"), (7_380, "2h 03m"), (273_600, "3d 04h")] {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }
}
