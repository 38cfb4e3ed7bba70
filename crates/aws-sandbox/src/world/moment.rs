//! A virtual instant.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A virtual instant, to the millisecond. In documents it is a number of epoch seconds with a
/// fraction, as AWS's JSON protocols have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(i64);

impl Moment {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Later by whole seconds (earlier, where negative).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// The instant as a calendar date; the epoch where it lies out of the calendar's range.
    pub fn date(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// ISO 8601 with milliseconds: `2026-01-05T06:00:00.000Z`.
    pub fn iso(self) -> String {
        self.date().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// ISO 8601 in whole seconds: `2026-01-05T06:00:00Z`.
    pub fn iso_seconds(self) -> String {
        self.date().to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl From<Moment> for SystemTime {
    fn from(moment: Moment) -> Self {
        moment.date().into()
    }
}

impl Add<Duration> for Moment {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0 + span.as_millis() as i64)
    }
}

impl Sub for Moment {
    type Output = Duration;
    /// How long after `other`; nothing where it lies before.
    fn sub(self, other: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(other.0).max(0) as u64)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1000.0)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self((f64::deserialize(deserializer)? * 1000.0).round() as i64))
    }
}
