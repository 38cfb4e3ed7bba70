//! When a rule of a backup plan fires, and what AWS Backup checks of its schedule.

use aws_policy::schedule::{Mistake, Schedule, Service};
use chrono_tz::Tz;

use super::errors::invalid_parameter;
use crate::world::{Moment, ServiceError};

/// What a rule without a schedule has.
pub(super) const DEFAULT_EXPRESSION: &str = "cron(0 5 ? * * *)";
/// What a rule without a time zone has.
pub(super) const DEFAULT_TIMEZONE: &str = "Etc/UTC";

/// Checks an expression and its time zone. AWS's sentence for what is too frequent is its own; those for the others are
/// not known.
///
/// # Errors
/// `InvalidParameterValueException`.
pub(super) fn check(expression: &str, timezone: &str) -> Result<(), ServiceError> {
    let Ok(zone) = timezone.parse::<Tz>() else {
        return Err(invalid_parameter(format!("Invalid schedule expression timezone: {timezone}")));
    };
    match Schedule::of(Service::BackupPlan, expression, zone) {
        Ok(_) => Ok(()),
        Err(Mistake::TooOften) => {
            Err(invalid_parameter("The interval between backup jobs shouldn't be less than 60 minutes."))
        }
        Err(_) => Err(invalid_parameter(format!("Invalid schedule expression: {expression}"))),
    }
}

/// The first fire time after `after`; a rate counts from `anchor`.
pub(super) fn next_fire(expression: &str, timezone: &str, after: Moment, anchor: Moment) -> Option<Moment> {
    let schedule = Schedule::parse(expression, timezone.parse().ok()?).ok()?;
    let at = schedule.next_fire(anchor.date(), after.date()).at()?;
    Some(Moment::from_millis(at.timestamp_millis()))
}
