//! Schedules, as the service takes them that they are for.

use chrono_tz::Tz;

use super::rules::Wrong;
use crate::policy::schedule::{Mistake, Schedule, Service};

/// The schedule of the backup plan's rule.
pub(super) fn plan(text: &str, timezone: Tz) -> Result<String, Wrong> {
    taken(Service::BackupPlan, text, timezone)
}

/// The schedule of the sweep; none where nothing is written.
pub(super) fn sweep(text: &str) -> Result<Option<String>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    // A rule's schedule is always in UTC (Amazon EventBridge User Guide, "Creating a scheduled rule").
    taken(Service::EventsRule, text, Tz::UTC).map(Some)
}

/// Checks that the service takes a schedule and that it fires: AWS takes one that never does, and then nothing is ever
/// backed up or swept.
fn taken(service: Service, text: &str, timezone: Tz) -> Result<String, Wrong> {
    let plain = |schedule: Schedule| schedule.wrapped().cloned().map_or(Ok(schedule), Err);
    let schedule = Schedule::of(service, text, timezone).and_then(plain).map_err(|mistake| {
        let hint = mistake.hint(service);
        let hint = match (service, &mistake) {
            (Service::EventsRule, Mistake::Form) => format!("{hint}, or \"\" for no sweep"),
            _ => hint,
        };
        Wrong::new(format!("`{text}` is not a schedule: {mistake}"), hint)
    })?;
    if schedule.ever_fires() {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` never fires: no date fits all of its fields"),
        "write days that its months have, such as cron(0 5 L * ? *) for the last day of each month",
    ))
}
