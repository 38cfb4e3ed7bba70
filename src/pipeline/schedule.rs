//! When a plan's rule fires.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// A schedule that is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{expression}` is not a schedule as AWS writes it: {reason}")]
pub struct ScheduleError {
    /// What was written.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
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
    /// [`ScheduleError`] says what is wrong with the expression.
    pub fn parse(expression: &str, timezone: Tz) -> Result<Self, ScheduleError> {
        let fail = |reason: &str| ScheduleError { expression: expression.to_owned(), reason: reason.to_owned() };
        let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let form = if let Some(fields) = inside("cron") {
            Form::Cron(Box::new(cron(fields).map_err(|reason| fail(&reason))?))
        } else if let Some(rate) = inside("rate") {
            Form::Rate(interval(rate).map_err(fail)?)
        } else {
            return Err(fail("it begins with neither `cron(` nor `rate(`"));
        };
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

fn cron(fields: &str) -> Result<Cron, String> {
    let parts: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = parts.as_slice() else {
        return Err(format!("cron takes six fields, this has {}", parts.len()));
    };
    if (*day == "?") == (*weekday == "?") {
        return Err("exactly one of day-of-month and day-of-week must be `?`".to_owned());
    }
    let star = |field: &str| if field == "?" { "*".to_owned() } else { field.to_owned() };
    let pattern = format!("0 {minutes} {hours} {} {month} {} {year}", star(day), star(weekday));
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .build()
        .parse(&pattern)
        .map_err(|error| error.to_string())
}

fn interval(rate: &str) -> Result<Duration, &'static str> {
    let (count, unit) = rate.split_once(' ').ok_or("rate takes a number and a unit")?;
    let count: u64 = count.parse().map_err(|_| "rate takes a number and a unit")?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86_400,
        _ => return Err("its unit is none of minutes, hours, days"),
    };
    if count == 0 || (count == 1) == unit.ends_with('s') {
        return Err("the unit is singular for 1 and plural for more");
    }
    count.checked_mul(seconds).map(Duration::from_secs).ok_or("its number is too great")
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

    #[test]
    fn what_aws_refuses_is_refused() {
        for expression in ["cron(0 5 * * * *)", "cron(0 5 ? * *)", "rate(1 hours)", "rate(0 days)", "0 5 * * *"] {
            assert!(Schedule::parse(expression, chrono_tz::Etc::UTC).is_err(), "{expression}");
        }
    }
}
