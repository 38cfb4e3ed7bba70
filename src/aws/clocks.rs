//! The clocks of AWS's hosts, as their answers show them.

/// What the clock of a host said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockReading {
    /// How far it was ahead of the local clock.
    pub offset_millis: i64,
    pub host: String,
}

/// The clock that was farthest behind, and the one that was farthest ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    pub earliest: ClockReading,
    pub latest: ClockReading,
}

impl Clocks {
    /// One clock alone.
    pub fn of(reading: &ClockReading) -> Self {
        Self { earliest: reading.clone(), latest: reading.clone() }
    }

    /// One more clock.
    pub fn add(&mut self, reading: &ClockReading) {
        if reading.offset_millis < self.earliest.offset_millis {
            self.earliest = reading.clone();
        }
        if reading.offset_millis > self.latest.offset_millis {
            self.latest = reading.clone();
        }
    }
}
