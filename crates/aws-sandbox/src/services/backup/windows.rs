//! The windows that RDS keeps for itself: no backup begins in one of them, or within the hour before
//! (AWS Backup Developer Guide, "Backup plan options and configuration"). Such a job is tried again within
//! its start window, as every job that cannot start.

use crate::world::Moment;

const DAY_MINUTES: i64 = 1440;
const WEEK_MINUTES: i64 = 7 * DAY_MINUTES;
/// Not in this time before a window either.
const TOO_CLOSE_MINUTES: i64 = 60;
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// The epoch was a Thursday.
const EPOCH_DAY: i64 = 4;

/// Why no backup may begin now: the windows as RDS writes them, `09:00-09:30` and `sun:12:00-sun:12:30`.
/// AWS Backup Developer Guide, "AWS Backup console dashboards": the texts up to `configured`; the rest is
/// field-reported.
pub(super) fn conflict(now: Moment, backup: Option<&str>, maintenance: Option<&str>) -> Option<String> {
    let minute = now.millis().div_euclid(60_000) + EPOCH_DAY * DAY_MINUTES;
    let kept = if maintenance.is_some_and(|window| is_near(minute, window, WEEK_MINUTES)) {
        "weekly maintenance window"
    } else if backup.is_some_and(|window| is_near(minute, window, DAY_MINUTES)) {
        "automated backup window"
    } else {
        return None;
    };
    Some(format!(
        "Backup job could not start because it is either inside or too close to the {kept} configured in RDS instance."
    ))
}

/// Whether a minute lies in a window that comes back each `period`, or shortly before it.
fn is_near(minute: i64, window: &str, period: i64) -> bool {
    let Some((from, to)) = window.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?))) else {
        return false;
    };
    let opens = from - TOO_CLOSE_MINUTES;
    (minute - opens).rem_euclid(period) < (to - opens).rem_euclid(period)
}

/// `09:30`, or `sun:09:30` in minutes of the week.
fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.rsplit_once(':')?;
    let (day, hours) = match hours.split_once(':') {
        Some((day, hours)) => (DAYS.iter().position(|name| *name == day)? as i64, hours),
        None => (0, hours),
    };
    Some(day * DAY_MINUTES + hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-05T00:00:00Z, a Monday.
    const MONDAY: i64 = 1_767_571_200;

    fn at(day: i64, hour: i64, minute: i64) -> Moment {
        Moment::from_millis((MONDAY + day * 86_400 + hour * 3600 + minute * 60) * 1000)
    }

    #[test]
    fn a_daily_window_is_closed_from_an_hour_before_until_its_end() {
        for (hour, minute, closed) in [(7, 59, false), (8, 0, true), (9, 29, true), (9, 30, false)] {
            let conflict = conflict(at(2, hour, minute), Some("09:00-09:30"), None);
            assert_eq!(conflict.is_some(), closed, "{hour}:{minute}");
        }
        for (hour, minute, closed) in [(22, 29, false), (22, 30, true), (0, 10, true), (0, 30, false)] {
            let conflict = conflict(at(0, hour, minute), Some("23:30-00:30"), None);
            assert_eq!(conflict.is_some(), closed, "{hour}:{minute}");
        }
    }

    #[test]
    fn a_weekly_window_is_closed_on_its_day() {
        for (day, hour, closed) in [(5, 12, false), (6, 10, false), (6, 11, true), (6, 12, true), (6, 13, false)] {
            let conflict = conflict(at(day, hour, 15), None, Some("sun:12:00-sun:12:30"));
            assert_eq!(conflict.is_some(), closed, "day {day}, {hour}:15");
        }
    }
}
