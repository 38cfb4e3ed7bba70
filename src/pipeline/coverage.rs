//! How well a database is protected by what the destination vault holds of it. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::policy::schedule::Schedule;

/// A schedule whose next fire time is farther away than this backs nothing up that anybody waits for: a rule that runs
/// once a year is the rarest that there is.
pub const FARTHEST_FIRE: TimeDelta = TimeDelta::days(366);

/// How well one database is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceState {
    /// A usable copy is in the destination vault, young enough and kept long enough.
    Protected,
    /// Its first copy cannot be there yet.
    New,
    /// Its newest usable copy goes within 48 hours.
    Expiring,
    /// Its newest usable copy is older than it may be.
    Stale,
    /// No usable copy is there.
    Unprotected,
    /// The database does not exist, and no copy of it either.
    Missing,
    /// What decides could not be looked at.
    Unknown,
}

impl ResourceState {
    /// The state as documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::New => "new",
            Self::Expiring => "expiring",
            Self::Stale => "stale",
            Self::Unprotected => "unprotected",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// Until when a database's first copy cannot be expected: the deadline after the first fire time since both it and the
/// destination vault exist. A selection that is made again begins nothing anew.
pub fn first_copy_due(began: DateTime<Utc>, schedule: &Schedule, deadline: Duration) -> Option<DateTime<Utc>> {
    let fire = schedule.next_fire(began, began).at()?;
    fire.checked_add_signed(TimeDelta::from_std(deadline).ok()?)
}

/// What the age of a database's newest copy is measured by.
#[derive(Debug, Clone, Copy)]
pub enum Limit<'a> {
    /// It may be this old.
    MaxAge(Duration),
    /// It must not be older than the last fire time whose backup had the time to be made and copied.
    Schedule {
        schedule: &'a Schedule,
        /// How long after a fire time its copy may arrive.
        time_to_arrive: Duration,
        /// Since when the schedule applies to the database.
        began: DateTime<Utc>,
    },
}

impl Limit<'_> {
    /// The earliest time that a copy's backup may be of; none where no copy is due yet.
    pub fn not_before(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let back = |span: Duration| TimeDelta::from_std(span).ok().and_then(|span| now.checked_sub_signed(span));
        match self {
            Self::MaxAge(age) => back(age),
            Self::Schedule { schedule, time_to_arrive, began } => schedule.latest_fire(began, back(time_to_arrive)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    const DAY: Duration = Duration::from_secs(24 * 3600);

    // A daily schedule at 05:00; the database exists since the 5th, 06:00: its first backup is of the 6th, and the copy
    // of that is due on the 7th.
    #[test]
    fn the_first_copy_is_due_a_deadline_after_the_first_fire_time() {
        let daily = Schedule::parse("cron(0 5 ? * * *)", chrono_tz::Etc::UTC).expect("a schedule");
        let due = |began: &str| first_copy_due(at(began), &daily, DAY);
        assert_eq!(due("2026-01-05T06:00:00Z"), Some(at("2026-01-07T05:00:00Z")));
        assert_eq!(due("2026-01-05T04:59:59Z"), Some(at("2026-01-06T05:00:00Z")));
        let never = Schedule::parse("cron(0 12 31 2 ? *)", chrono_tz::Etc::UTC).expect("a schedule");
        assert_eq!(first_copy_due(at("2026-01-05T06:00:00Z"), &never, DAY), None);
    }

    #[test]
    fn a_copy_may_be_as_old_as_its_limit() {
        let daily = Schedule::parse("cron(0 5 ? * * *)", chrono_tz::Etc::UTC).expect("a schedule");
        let now = at("2026-01-09T06:00:00Z");
        assert_eq!(Limit::MaxAge(DAY).not_before(now), Some(at("2026-01-08T06:00:00Z")));
        let limit = |began: &str| Limit::Schedule { schedule: &daily, time_to_arrive: 2 * DAY, began: at(began) };
        assert_eq!(limit("2026-01-01T00:00:00Z").not_before(now), Some(at("2026-01-07T05:00:00Z")));
        // It exists since noon of the 7th: of a fire time before that nothing is due.
        assert_eq!(limit("2026-01-07T12:00:00Z").not_before(now), None);
    }
}
