//! How long a recovery point is kept.

use serde::{Deserialize, Serialize};

use super::errors::invalid_parameter;
use crate::world::{Moment, ServiceError};

/// `DeleteAfterDays` that means "for ever".
const FOR_EVER: i64 = -1;
/// The longest retention, in days (AWS Backup Developer Guide, "Backup plan options").
const LONGEST_DAYS: i64 = 36_500;
/// Days that must lie between the move to cold storage and the deletion.
const COLD_DAYS: i64 = 90;

/// A lifecycle as the API has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Lifecycle {
    /// Days until the move to cold storage. Ignored for RDS, which has no cold tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub move_to_cold_storage_after_days: Option<i64>,
    /// Days until deletion; −1 is for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after_days: Option<i64>,
    /// Whether supported resources go to their archive tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_in_to_archive_for_supported_resources: Option<bool>,
    /// Set by AWS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after_event: Option<String>,
}

impl Lifecycle {
    /// Checks what AWS checks of a lifecycle that it is given.
    ///
    /// # Errors
    /// `InvalidParameterValueException`.
    pub(super) fn check(&self) -> Result<(), ServiceError> {
        if self.delete_after_event.is_some() {
            return Err(invalid_parameter("Invalid lifecycle. DeleteAfterEvent is not valid as an input"));
        }
        for (member, days) in [
            ("DeleteAfterDays", self.delete_after_days),
            ("MoveToColdStorageAfterDays", self.move_to_cold_storage_after_days),
        ] {
            if days.is_some_and(|days| days != FOR_EVER && !(1..=LONGEST_DAYS).contains(&days)) {
                return Err(invalid_parameter(format!(
                    "Invalid lifecycle. {member} must be between 1 and {LONGEST_DAYS} days or -1"
                )));
            }
        }
        match (self.move_to_cold_storage_after_days, self.kept_days()) {
            (Some(cold), Some(kept)) if cold != FOR_EVER && kept < cold + COLD_DAYS => Err(invalid_parameter(
                "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
            )),
            _ => Ok(()),
        }
    }

    /// For how many days it keeps; `None` is for ever.
    pub fn kept_days(&self) -> Option<i64> {
        self.delete_after_days.filter(|days| *days != FOR_EVER)
    }

    /// When something created at `created` expires.
    pub fn expiry(&self, created: Moment) -> Option<Moment> {
        self.kept_days().map(|days| created.plus_seconds(days * 86_400))
    }

    /// The lifecycle of a copy: what the copy asks for, or the origin's where it asks for nothing
    /// or for ever (AWS Backup Developer Guide, "Creating backup copies": a copy with −1 keeps the
    /// expiration of its source).
    pub(super) fn of_copy(asked: Option<&Lifecycle>, source: Option<&Lifecycle>) -> Option<Lifecycle> {
        match asked {
            Some(asked) if asked.kept_days().is_some() => Some(asked.clone()),
            Some(asked) => source.cloned().or_else(|| Some(asked.clone())),
            None => source.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: i64) -> Lifecycle {
        Lifecycle { delete_after_days: Some(days), ..Lifecycle::default() }
    }

    // AWS Backup Developer Guide, "Creating backup copies" and "Backup plan options".
    #[test]
    fn a_copy_that_asks_for_ever_keeps_the_expiry_of_its_source() {
        assert_eq!(Lifecycle::of_copy(Some(&days(-1)), Some(&days(7))), Some(days(7)));
        assert_eq!(Lifecycle::of_copy(Some(&days(-1)), Some(&days(-1))), Some(days(-1)));
        assert_eq!(Lifecycle::of_copy(Some(&days(36_500)), Some(&days(7))), Some(days(36_500)));
        assert_eq!(Lifecycle::of_copy(None, Some(&days(7))), Some(days(7)));
        assert_eq!(Lifecycle::of_copy(None, None), None);
    }

    #[test]
    fn deletion_lies_ninety_days_after_cold_storage() {
        let mut lifecycle = days(97);
        lifecycle.move_to_cold_storage_after_days = Some(8);
        let error = lifecycle.check().expect_err("only 89 days apart");
        assert_eq!(error.code, "InvalidParameterValueException");
        assert_eq!(
            error.message,
            "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays"
        );
        lifecycle.delete_after_days = Some(98);
        assert!(lifecycle.check().is_ok());
        assert!(days(0).check().is_err());
        assert!(days(-1).check().is_ok());
    }

    #[test]
    fn expiry_counts_from_the_creation() {
        let created = Moment::from_millis(1_000);
        assert_eq!(days(7).expiry(created), Some(Moment::from_millis(1_000 + 7 * 86_400_000)));
        assert_eq!(days(-1).expiry(created), None);
    }
}
