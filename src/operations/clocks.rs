//! What time it is where a wrong answer would delete: by every clock that was seen, not by the last one.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::{ErrorPlace, OperatorError};
use crate::aws::outside::LocalClock;
use crate::aws::session::{ClockReading, Clocks};
use crate::aws::{Outside, Session};
use crate::pipeline::instant::shown;

/// Clocks farther apart than this cannot all be right: AWS refuses a request whose signature is more than five minutes
/// away from its own clock, 15 with some services (AWS Signature Version 4, "Troubleshooting").
const APART: TimeDelta = TimeDelta::minutes(15);

/// Whose the local clock is called.
const LOCAL: &str = "this machine";

/// Every clock that was seen: of the answers of all environments, and the local one where it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClocksSeen {
    local: DateTime<Utc>,
    clocks: Clocks,
    place: ErrorPlace,
}

impl ClocksSeen {
    pub(super) fn of(outside: &Outside, sessions: &[Session; 3]) -> Self {
        let [source, ..] = sessions;
        let here = ClockReading { offset_millis: 0, host: LOCAL.to_owned() };
        let mut all: Vec<Clocks> = sessions.iter().filter_map(Session::clocks).collect();
        if outside.local_clock == LocalClock::Counts || all.is_empty() {
            all.push(Clocks::of(&here));
        }
        let mut all = all.into_iter();
        let mut clocks = all.next().unwrap_or_else(|| Clocks::of(&here));
        for other in all {
            clocks.add(&other.earliest);
            clocks.add(&other.latest);
        }
        Self { local: source.local_now(), clocks, place: ErrorPlace::of(source) }
    }

    /// Now, by the clock that is farthest behind: by it nothing is older than it is.
    pub fn earliest(&self) -> DateTime<Utc> {
        self.at(&self.clocks.earliest)
    }

    /// Now, by the clock that is farthest ahead: by it nothing is kept longer than it is.
    pub fn latest(&self) -> DateTime<Utc> {
        self.at(&self.clocks.latest)
    }

    fn at(&self, reading: &ClockReading) -> DateTime<Utc> {
        self.local + TimeDelta::milliseconds(reading.offset_millis)
    }

    /// Nothing is deleted by its age while the clocks disagree.
    ///
    /// # Errors
    /// The two that are farthest apart, with their times.
    pub fn agree(&self) -> Result<(), OperatorError> {
        let Clocks { earliest, latest } = &self.clocks;
        if self.at(latest) - self.at(earliest) <= APART {
            return Ok(());
        }
        let told = |reading: &ClockReading| format!("{} says {}", reading.host, shown(self.at(reading)));
        Err(OperatorError::refused(
            format!(
                "clocks are more than 15 minutes apart: {}, {}; nothing is deleted by its age",
                told(earliest),
                told(latest)
            ),
            self.place.clone(),
            "set the clock that is wrong, or go round the gateway or the endpoint that answers with it, then run the \
             same command again",
        ))
    }
}
