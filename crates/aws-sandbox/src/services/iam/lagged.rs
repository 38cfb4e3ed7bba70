//! A value whose change takes a moment to be seen everywhere.

use serde::{Deserialize, Serialize};

use crate::world::{Moment, World};

/// A value that IAM's own reads see at once and that evaluation sees later
/// (IAM User Guide, "Troubleshoot IAM": "Changes that I make are not always immediately visible").
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Lagged<T> {
    value: T,
    since: Moment,
    /// Older values, oldest first, as far back as evaluation may still look.
    before: Vec<(Moment, T)>,
}

impl<T> Lagged<T> {
    /// A value written at `since`.
    pub fn written(since: Moment, value: T) -> Self {
        Self { value, since, before: Vec::new() }
    }

    /// A value that everybody sees already.
    pub fn settled(value: T) -> Self {
        Self::written(Moment::default(), value)
    }

    /// The value that was written last.
    pub fn latest(&self) -> &T {
        &self.value
    }

    /// The value that evaluation sees; `None` before the first one is visible.
    pub fn seen(&self, clock: Clock) -> Option<&T> {
        if clock.has_spread(self.since) {
            return Some(&self.value);
        }
        self.before.iter().rev().find(|(since, _)| clock.has_spread(*since)).map(|(_, value)| value)
    }

    /// Writes a new value.
    pub fn set(&mut self, clock: Clock, value: T) {
        let old = std::mem::replace(&mut self.value, value);
        self.before.push((std::mem::replace(&mut self.since, clock.now), old));
        let spread = self.before.iter().rposition(|(since, _)| clock.has_spread(*since)).unwrap_or(0);
        self.before.drain(..spread);
    }
}

/// The instant, and how long a change needs.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    pub now: Moment,
    /// Seconds until a change is visible.
    pub lag_seconds: i64,
}

impl Clock {
    /// The world's clock.
    pub fn of(world: &World) -> Self {
        Self { now: world.now, lag_seconds: world.settings.iam_lag_seconds }
    }

    fn has_spread(self, since: Moment) -> bool {
        since.plus_seconds(self.lag_seconds) <= self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Clock {
        Clock { now: Moment::default().plus_seconds(second), lag_seconds: 4 }
    }

    #[test]
    fn a_change_is_read_at_once_and_evaluated_after_the_lag() {
        let mut value = Lagged::written(at(100).now, "first");
        assert_eq!(value.seen(at(103)), None);
        assert_eq!(value.seen(at(104)), Some(&"first"));
        value.set(at(110), "second");
        value.set(at(111), "third");
        assert_eq!(value.latest(), &"third");
        assert_eq!(value.seen(at(113)), Some(&"first"));
        assert_eq!(value.seen(at(114)), Some(&"second"));
        assert_eq!(value.seen(at(115)), Some(&"third"));
    }

    #[test]
    fn what_everybody_has_seen_is_forgotten() {
        let mut value = Lagged::settled(0);
        for second in 0..1000 {
            value.set(at(100 + second), second);
        }
        assert!(value.before.len() <= 6, "{}", value.before.len());
    }
}
