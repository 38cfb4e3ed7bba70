//! `rate(value unit)`: every so many minutes, hours or days (Amazon EventBridge User Guide, "Rate expressions
//! reference").

use chrono::{DateTime, TimeDelta, Utc};

use super::field::number;
use super::mistake::Mistake;

/// A pause of at least a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    seconds: i64,
}

impl Rate {
    pub(super) fn parse(inside: &str) -> Result<Self, Mistake> {
        let (value, unit) = inside.split_once(' ').ok_or(Mistake::Rate)?;
        let value = number(value).filter(|value| *value > 0).ok_or(Mistake::Rate)?;
        let (singular, seconds) = match unit {
            "minute" | "minutes" => ("minute", 60),
            "hour" | "hours" => ("hour", 3600),
            "day" | "days" => ("day", 86_400),
            _ => return Err(Mistake::Rate),
        };
        if (value == 1) == unit.ends_with('s') {
            let plural = if value == 1 { "" } else { "s" };
            return Err(Mistake::Plural { fitting: format!("rate({value} {singular}{plural})") });
        }
        Ok(Self { seconds: i64::from(value) * seconds })
    }

    pub(super) fn pause(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds)
    }

    /// None where the calendar ends before.
    pub(super) fn next(self, since: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let steps = (at - since).num_seconds().div_euclid(self.seconds).max(0) + 1;
        since.checked_add_signed(TimeDelta::try_seconds(steps.checked_mul(self.seconds)?)?)
    }

    pub(super) fn latest(self, since: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let steps = (at - since).num_seconds().div_euclid(self.seconds);
        (steps >= 1).then(|| since + TimeDelta::seconds(steps * self.seconds))
    }
}
