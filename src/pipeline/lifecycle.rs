//! When a copy will be deleted.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::origin::Origin;

/// Days that stand for "never" on a copy: −1 would keep the source's expiry instead
/// (AWS Backup Developer Guide, recov-point-create-a-copy).
pub const NEVER_DAYS: i64 = 36_500;

/// A copy that would be deleted this soon after its expected completion is refused.
pub const LEAST_LIFE: Duration = Duration::from_secs(48 * 3600);

/// How long a copy is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Days from the *origin's* creation.
    Days(u32),
    /// As long as the recovery point that it is copied from.
    Inherit,
    /// For ever.
    Never,
}

impl Retention {
    /// The `DeleteAfterDays` to send; none sends no lifecycle.
    pub fn delete_after_days(self) -> Option<i64> {
        match self {
            Self::Days(days) => Some(i64::from(days)),
            Self::Inherit => None,
            Self::Never => Some(NEVER_DAYS),
        }
    }

    /// When a copy of the origin will be deleted; `inherited` is the deletion date of the recovery
    /// point that it is copied from.
    pub fn delete_at(self, origin: &Origin, inherited: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        match self.delete_after_days() {
            None => inherited,
            Some(days) => TimeDelta::try_days(days).and_then(|days| origin.created_at.checked_add_signed(days)),
        }
    }
}

/// Whether a copy that ends at `completes_at` would be gone within 48 hours of it.
pub fn would_expire(delete_at: Option<DateTime<Utc>>, completes_at: DateTime<Utc>) -> bool {
    delete_at.is_some_and(|at| at - completes_at < TimeDelta::seconds(LEAST_LIFE.as_secs() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    #[test]
    fn a_copy_expires_counted_from_the_origin_not_from_the_copy() {
        let origin = Origin::new("arn:aws:rds:us-east-1:111111111111:db:orders", at("2026-01-05T05:00:00Z"));
        assert_eq!(Retention::Days(7).delete_at(&origin, None), Some(at("2026-01-12T05:00:00Z")));
    }

    #[test]
    fn never_is_a_hundred_years() {
        assert_eq!(Retention::Never.delete_after_days(), Some(36_500));
        assert_eq!(Retention::Inherit.delete_after_days(), None);
    }

    #[test]
    fn forty_eight_hours_is_enough_and_a_second_less_is_not() {
        let delete_at = Some(at("2026-01-12T05:00:00Z"));
        assert!(!would_expire(delete_at, at("2026-01-10T05:00:00Z")));
        assert!(would_expire(delete_at, at("2026-01-10T05:00:01Z")));
        assert!(!would_expire(None, at("2026-01-10T05:00:01Z")));
    }
}
