//! The lock of the destination vault.

/// A vault lock in governance mode, as the configuration has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VaultLock {
    /// None of ours: as in AWS's procedure.
    #[default]
    None,
    /// It admits the configured days and more, up to these.
    Governance {
        /// The most days that a recovery point may be kept.
        max_days: u32,
    },
}

/// How often the configured days fit into the most that a lock admits by default.
pub const MAX_DAYS_FACTOR: u32 = 5;

/// The longest retention of AWS Backup (AWS Backup API Reference, PutBackupVaultLockConfiguration).
pub const LONGEST_DAYS: u32 = 36_500;

/// The days that a vault lock admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockRange {
    pub min_days: i64,
    pub max_days: i64,
}

impl LockRange {
    /// The range that AWS shows of a locked vault: a bound that is not set binds nothing.
    pub fn seen(min_days: Option<i64>, max_days: Option<i64>) -> Self {
        Self { min_days: min_days.unwrap_or(1), max_days: max_days.unwrap_or(i64::from(LONGEST_DAYS)) }
    }

    /// Whether a copy that is kept this long may come in.
    pub fn admits(self, days: i64) -> bool {
        (self.min_days..=self.max_days).contains(&days)
    }

    /// What either admits, and what lies between.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { min_days: self.min_days.min(other.min_days), max_days: self.max_days.max(other.max_days) }
    }
}

/// In which order the retention of the copies and the lock change, so that no copy is refused in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockOrder {
    /// The lock that is there admits what will be copied: the copies first, and the lock when none of the old ones runs.
    CopiesFirst,
    /// The new lock admits what is copied now: the lock first.
    LockFirst,
    /// Neither: first a lock that admits both, then it is one of the others.
    WidenFirst(LockRange),
}

impl LockOrder {
    /// The order from a lock that is there to one that is wanted, for copies that will be kept `days`. What is copied now is
    /// kept for the least days that the old lock admits: so it was deployed.
    pub fn of(old: LockRange, new: LockRange, days: i64) -> Self {
        if old.admits(days) {
            Self::CopiesFirst
        } else if new.admits(old.min_days) {
            Self::LockFirst
        } else {
            Self::WidenFirst(old.with(new))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(min_days: i64, max_days: i64) -> LockRange {
        LockRange { min_days, max_days }
    }

    #[test]
    fn at_every_step_what_is_copied_is_admitted() {
        use LockOrder::{CopiesFirst, LockFirst, WidenFirst};
        for (old, new, days, order) in [
            (range(7, 35), range(14, 70), 14, CopiesFirst),
            (range(14, 70), range(7, 35), 7, LockFirst),
            (range(7, 35), range(60, 300), 60, WidenFirst(range(7, 300))),
            (range(60, 300), range(7, 35), 7, WidenFirst(range(7, 300))),
            (range(7, 300), range(60, 300), 60, CopiesFirst),
            (range(7, 300), range(7, 35), 7, CopiesFirst),
        ] {
            assert_eq!(LockOrder::of(old, new, days), order, "{old:?} to {new:?}");
        }
    }

    #[test]
    fn a_bound_that_is_not_set_binds_nothing() {
        assert!(LockRange::seen(None, None).admits(36_500));
        assert!(!LockRange::seen(Some(7), None).admits(6));
    }
}
