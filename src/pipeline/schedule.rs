//! When a plan's rule fires.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// A schedule that is not one, or one that AWS may take and whose fire times are not known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fire times of `{expression}` cannot be computed")]
pub struct ScheduleError {
    /// What was written.
    pub expression: String,
}

/// A parsed `cron(…)` or `rate(…)` in its timezone.
#[derive(Debug, Clone)]
pub struct Schedule {
    form: Form,
    timezone: Tz,
}

#[derive(Debug, Clone)]
enum Form {
    Cron(Box<Cron>),
    Rate(Duration),
}

impl Schedule {
    /// Parses a schedule expression. AWS's cron has six fields (minutes, hours, day of month, month,
    /// day of week with 1 = Sunday, year), one of the two days must be `?` (Amazon EventBridge User
    /// Guide, cron expressions).
    ///
    /// # Errors
    /// [`ScheduleError`] names the expression; what is wrong with its form, the configuration's own check says.
    pub fn parse(expression: &str, timezone: Tz) -> Result<Self, ScheduleError> {
        let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let form = match (inside("cron"), inside("rate")) {
            (Some(fields), _) => cron(fields).map(|cron| Form::Cron(Box::new(cron))),
            (None, Some(rate)) => interval(rate).map(Form::Rate),
            (None, None) => None,
        };
        let form = form.ok_or_else(|| ScheduleError { expression: expression.to_owned() })?;
        Ok(Self { form, timezone })
    }

    /// The latest fire time at or before `at` and after `since`. A rate counts from `since`.
    pub fn latest_fire(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.form {
            Form::Cron(cron) => {
                let local = at.with_timezone(&self.timezone);
                let found = cron.find_previous_occurrence(&local, true).ok()?.with_timezone(&Utc);
                (found > since).then_some(found)
            }
            Form::Rate(step) => {
                let step = i64::try_from(step.as_secs()).ok().filter(|step| *step > 0)?;
                let steps = (at - since).num_seconds().div_euclid(step);
                (steps >= 1).then(|| since + TimeDelta::seconds(steps * step))
            }
        }
    }

    /// The first fire time after `at`; for a rate that was switched on at `since`.
    pub fn next_fire(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.form {
            Form::Cron(cron) => {
                let local = at.with_timezone(&self.timezone);
                Some(cron.find_next_occurrence(&local, false).ok()?.with_timezone(&Utc))
            }
            Form::Rate(step) => {
                let step = i64::try_from(step.as_secs()).ok().filter(|step| *step > 0)?;
                let steps = (at - since).num_seconds().div_euclid(step).max(0) + 1;
                Some(since + TimeDelta::seconds(steps * step))
            }
        }
    }

    /// The longest time between two fire times; none where there are no two. A cron's are looked at over the first
    /// years of its calendar, as far as a few thousand go.
    pub fn longest_pause(&self) -> Option<TimeDelta> {
        const FIRES: usize = 3000;
        if let Form::Rate(step) = &self.form {
            return TimeDelta::from_std(*step).ok();
        }
        let start = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_454);
        let mut fires = std::iter::successors(self.next_fire(start, start), |last| self.next_fire(start, *last));
        let mut last = fires.next()?;
        let mut longest = None;
        for fire in fires.take(FIRES) {
            longest = longest.max(Some(fire - last));
            last = fire;
        }
        longest
    }
}

/// The greatest value of each of the six fields.
const MOST: [&str; 6] = ["59", "23", "31", "12", "7", "2199"];

fn cron(fields: &str) -> Option<Cron> {
    let parts: Vec<&str> = fields.split_whitespace().collect();
    let [_, _, day, _, weekday, _] = parts.as_slice() else { return None };
    if (*day == "?") == (*weekday == "?") {
        return None;
    }
    let written: Vec<String> = parts.iter().zip(MOST).map(|(field, most)| in_ranges(field, most)).collect();
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .build()
        .parse(&format!("0 {}", written.join(" ")))
        .ok()
}

/// A field as the parser takes it: any day is `*`, and steps from one value on (`0/15`) run to the field's end.
fn in_ranges(field: &str, most: &str) -> String {
    let part = |part: &str| match part.split_once('/') {
        Some((first, step)) if first != "*" && !first.contains('-') => format!("{first}-{most}/{step}"),
        _ => part.to_owned(),
    };
    if field == "?" { "*".to_owned() } else { field.split(',').map(part).collect::<Vec<_>>().join(",") }
}

fn interval(rate: &str) -> Option<Duration> {
    let (count, unit) = rate.split_once(' ')?;
    let count: u64 = count.parse().ok()?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    // AWS takes the singular for one, and the plural for more.
    if count == 0 || (count == 1) == unit.ends_with('s') {
        return None;
    }
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    fn schedule(expression: &str, timezone: Tz) -> Schedule {
        Schedule::parse(expression, timezone).expect("a schedule")
    }

    #[test]
    fn daily_at_five() {
        let daily = schedule("cron(0 5 ? * * *)", chrono_tz::Etc::UTC);
        let since = at("2026-01-01T00:00:00Z");
        assert_eq!(daily.latest_fire(since, at("2026-01-05T05:00:00Z")), Some(at("2026-01-05T05:00:00Z")));
        assert_eq!(daily.latest_fire(since, at("2026-01-05T04:59:59Z")), Some(at("2026-01-04T05:00:00Z")));
        assert_eq!(daily.next_fire(since, at("2026-01-05T05:00:00Z")), Some(at("2026-01-06T05:00:00Z")));
        assert_eq!(daily.latest_fire(since, at("2026-01-01T04:00:00Z")), None);
    }

    #[test]
    fn one_is_sunday() {
        // 2026-01-04 is a Sunday.
        let sundays = schedule("cron(0 5 ? * 1 *)", chrono_tz::Etc::UTC);
        let found = sundays.latest_fire(at("2025-01-01T00:00:00Z"), at("2026-01-08T00:00:00Z"));
        assert_eq!(found, Some(at("2026-01-04T05:00:00Z")));
        let names = schedule("cron(0 5 ? * MON-FRI *)", chrono_tz::Etc::UTC);
        let found = names.latest_fire(at("2025-01-01T00:00:00Z"), at("2026-01-04T12:00:00Z"));
        assert_eq!(found, Some(at("2026-01-02T05:00:00Z")));
    }

    #[test]
    fn the_hour_is_the_timezones() {
        let vienna = schedule("cron(0 5 ? * * *)", chrono_tz::Europe::Vienna);
        let since = at("2025-01-01T00:00:00Z");
        assert_eq!(vienna.latest_fire(since, at("2026-01-05T12:00:00Z")), Some(at("2026-01-05T04:00:00Z")));
        assert_eq!(vienna.latest_fire(since, at("2026-07-05T12:00:00Z")), Some(at("2026-07-05T03:00:00Z")));
    }

    #[test]
    fn a_rate_counts_from_its_beginning() {
        let rate = schedule("rate(12 hours)", chrono_tz::Etc::UTC);
        let since = at("2026-01-01T01:00:00Z");
        assert_eq!(rate.latest_fire(since, at("2026-01-02T02:00:00Z")), Some(at("2026-01-02T01:00:00Z")));
        assert_eq!(rate.latest_fire(since, at("2026-01-01T12:59:00Z")), None);
    }

    // Amazon EventBridge User Guide, cron expressions: `1/10` in the minutes is every tenth minute from the first on.
    #[test]
    fn steps_from_a_value_on_run_to_the_end_of_the_field() {
        let since = at("2026-01-01T00:00:00Z");
        let quarters = schedule("cron(0/15 8 ? * * *)", chrono_tz::Etc::UTC);
        assert_eq!(quarters.next_fire(since, at("2026-01-05T08:15:00Z")), Some(at("2026-01-05T08:30:00Z")));
        assert_eq!(quarters.next_fire(since, at("2026-01-05T08:45:00Z")), Some(at("2026-01-06T08:00:00Z")));
        let twice = schedule("cron(0 5/12 ? * * *)", chrono_tz::Etc::UTC);
        assert_eq!(twice.latest_fire(since, at("2026-01-05T23:00:00Z")), Some(at("2026-01-05T17:00:00Z")));
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        for expression in ["cron(0 5 * * * *)", "cron(0 5 ? * *)", "rate(1 hours)", "rate(0 days)", "0 5 * * *"] {
            assert!(Schedule::parse(expression, chrono_tz::Etc::UTC).is_err(), "{expression}");
        }
    }
}
