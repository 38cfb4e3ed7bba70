//! How long one can restore from a recovery point. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use super::lifecycle::would_expire;
use super::recovery_point::RecoveryPoint;

/// Whether the key that a recovery point is under works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStand {
    /// It does, or none is needed.
    Works,
    /// It does not, or nobody could look; where it is scheduled for deletion, when it goes. KMS refuses every use of a
    /// key that is disabled or pending deletion (AWS KMS Developer Guide, "Key states of AWS KMS keys").
    Fails {
        /// When it goes for ever.
        gone_at: Option<DateTime<Utc>>,
    },
}

/// When something ends; the greater, the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// At this time.
    At(DateTime<Utc>),
    /// Never, as far as AWS says.
    Never,
}

/// How long one can restore from a recovery point; the greater, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// Not at all: it is not whole, or on its way out.
    Unusable,
    /// Until then, if its key works again.
    IfItsKeyWorks(End),
    /// Until then.
    Until(End),
}

impl Life {
    /// By its status, its retention and its key.
    pub fn of(point: &RecoveryPoint, key: KeyStand) -> Self {
        if !point.status.is_usable() {
            return Self::Unusable;
        }
        let kept = ends(point);
        match key {
            KeyStand::Works => Self::Until(kept),
            KeyStand::Fails { gone_at: None } => Self::IfItsKeyWorks(kept),
            KeyStand::Fails { gone_at: Some(at) } => Self::IfItsKeyWorks(kept.min(End::At(at))),
        }
    }

    /// Whether one can restore from it now, and for another 48 hours: what does not last stands for nothing that goes.
    pub fn lasts(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Until(End::Never) => true,
            Self::Until(End::At(at)) => !would_expire(Some(at), now),
            Self::Unusable | Self::IfItsKeyWorks(_) => false,
        }
    }
}

/// When AWS deletes a recovery point; where only its days are said, they count from its creation.
fn ends(point: &RecoveryPoint) -> End {
    let days = point.delete_after_days.filter(|days| *days > 0).and_then(TimeDelta::try_days);
    let counted = || point.origin.created_at.checked_add_signed(days?);
    point.delete_at.or_else(counted).map_or(End::Never, End::At)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::environment::EnvironmentName::Destination;
    use crate::pipeline::lineage::tests::point;
    use crate::pipeline::recovery_point::RecoveryPointStatus;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    #[test]
    fn what_lasts_can_be_restored_from_for_another_48_hours() {
        let now = at("2026-01-06T05:00:00Z");
        let of = |delete_at: Option<&str>, key| {
            Life::of(&RecoveryPoint { delete_at: delete_at.map(at), ..point(Destination, "copyjob-2") }, key)
        };
        assert!(of(Some("2026-01-08T05:00:00Z"), KeyStand::Works).lasts(now));
        assert!(!of(Some("2026-01-08T04:59:59Z"), KeyStand::Works).lasts(now));
        assert!(of(None, KeyStand::Works).lasts(now));
        assert!(!of(None, KeyStand::Fails { gone_at: None }).lasts(now));
        let deleting = RecoveryPoint { status: RecoveryPointStatus::Deleting, ..point(Destination, "copyjob-2") };
        assert_eq!(Life::of(&deleting, KeyStand::Works), Life::Unusable);
        // AWS says the days and no date: they count from the backup of 5 January.
        let days = RecoveryPoint { delete_after_days: Some(1), ..point(Destination, "copyjob-2") };
        assert_eq!(Life::of(&days, KeyStand::Works), Life::Until(End::At(now)));
    }

    #[test]
    fn a_key_that_works_outweighs_a_longer_retention_and_one_that_goes_ends_it() {
        let (short, long) = (Some(at("2026-01-07T05:00:00Z")), Some(at("2026-03-01T05:00:00Z")));
        let of = |delete_at, key| Life::of(&RecoveryPoint { delete_at, ..point(Destination, "copyjob-2") }, key);
        let gone_at = Some(at("2026-01-13T05:00:00Z"));
        let by_worth = [
            of(long, KeyStand::Fails { gone_at }),
            of(long, KeyStand::Fails { gone_at: None }),
            of(short, KeyStand::Works),
            of(long, KeyStand::Works),
            of(None, KeyStand::Works),
        ];
        assert!(by_worth.is_sorted(), "{by_worth:?}");
        assert_eq!(by_worth[0], Life::IfItsKeyWorks(End::At(at("2026-01-13T05:00:00Z"))));
    }
}
