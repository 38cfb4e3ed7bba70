//! Waiting: a judgement over one observation, and a dull, bounded loop around it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::session::Session;

/// How to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The first pause between polls; it grows by half to [`Patience::LONGEST_PAUSE`].
    pub poll_interval: Duration,
    /// How long to wait at all.
    pub timeout: Duration,
}

impl Patience {
    /// The longest pause between polls, unless the first one is longer.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

    /// The pause after a pause.
    pub fn grown(self, pause: Duration) -> Duration {
        (pause + pause / 2).min(Self::LONGEST_PAUSE.max(self.poll_interval))
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { poll_interval: Duration::from_secs(15), timeout: Duration::from_secs(24 * 3600) }
    }
}

/// One time limit over several waits.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    begun: DateTime<Utc>,
    patience: Patience,
}

impl Deadline {
    /// The limit begins now.
    pub fn new(session: &Session, patience: Patience) -> Self {
        Self { begun: session.local_now(), patience }
    }

    /// How to wait from now on: as before, for what is left of the time.
    pub fn left(&self, session: &Session) -> Patience {
        let waited = (session.local_now() - self.begun).to_std().unwrap_or_default();
        Patience { timeout: self.patience.timeout.saturating_sub(waited), ..self.patience }
    }

    /// As [`Deadline::left`], for no longer than `most`.
    pub fn at_most(&self, session: &Session, most: Duration) -> Patience {
        let left = self.left(session);
        Patience { timeout: left.timeout.min(most), ..left }
    }
}

/// What a look said.
#[derive(Debug)]
pub enum Look<T> {
    /// It is there.
    Done(T),
    /// Look again after a pause.
    Again,
}

/// How a wait ended without an error.
#[derive(Debug)]
pub enum Waited<T> {
    /// It came.
    Done(T),
    /// It did not come in time.
    TimedOut,
}

/// Looks, pauses and looks again until it is there, a look fails, or the time is over.
///
/// # Errors
/// Whatever a look fails with.
pub async fn poll<T, E>(
    session: &Session,
    patience: Patience,
    mut look: impl AsyncFnMut() -> Result<Look<T>, E>,
) -> Result<Waited<T>, E> {
    let begun = session.local_now();
    let mut pause = patience.poll_interval;
    loop {
        if let Look::Done(found) = look().await? {
            return Ok(Waited::Done(found));
        }
        let waited = (session.local_now() - begun).to_std().unwrap_or_default();
        let Some(left) = patience.timeout.checked_sub(waited).filter(|left| !left.is_zero()) else {
            return Ok(Waited::TimedOut);
        };
        session.sleep(pause.min(left)).await;
        pause = patience.grown(pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_from_fifteen_seconds_to_sixty() {
        let patience = Patience::default();
        let mut pause = patience.poll_interval;
        let mut seen = vec![pause.as_secs()];
        for _ in 0..5 {
            pause = patience.grown(pause);
            seen.push(pause.as_secs());
        }
        assert_eq!(seen, [15, 22, 33, 50, 60, 60]);
    }

    #[test]
    fn a_longer_pause_that_was_asked_for_stays() {
        let patience = Patience { poll_interval: Duration::from_secs(300), ..Patience::default() };
        assert_eq!(patience.grown(patience.poll_interval).as_secs(), 300);
    }
}
