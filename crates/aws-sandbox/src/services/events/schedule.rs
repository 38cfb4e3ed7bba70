//! Schedule expressions of rules: `rate(…)` and `cron(…)`, always in UTC (Amazon EventBridge User
//! Guide, "Schedule expressions").

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::world::Moment;

/// A parsed expression.
#[derive(Debug, Clone)]
pub(super) enum Schedule {
    /// Six fields: minutes, hours, day of month, month, day of week (1 is Sunday), year.
    Cron(Box<Cron>),
    /// Every so many seconds, counted from the rule's creation.
    Rate(i64),
}

impl Schedule {
    /// Reads an expression; `None` where it is none.
    pub(super) fn parse(expression: &str) -> Option<Self> {
        let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        match inside("rate") {
            Some(rate) => interval(rate).map(Schedule::Rate),
            None => cron(inside("cron")?).map(|cron| Schedule::Cron(Box::new(cron))),
        }
    }

    /// The first instant after `at`.
    pub(super) fn next(&self, at: Moment) -> Option<Moment> {
        match self {
            Schedule::Rate(seconds) => Some(at.plus_seconds(*seconds)),
            Schedule::Cron(cron) => {
                let found: DateTime<Utc> = cron.find_next_occurrence(&at.date(), false).ok()?;
                Some(Moment::from_millis(found.timestamp_millis()))
            }
        }
    }
}

fn interval(rate: &str) -> Option<i64> {
    let (count, unit) = rate.split_once(' ')?;
    let count: i64 = count.parse().ok().filter(|count| *count > 0)?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    // "If the value is equal to 1, then the unit must be singular."
    ((count == 1) != unit.ends_with('s')).then(|| count.checked_mul(seconds)).flatten()
}

fn cron(fields: &str) -> Option<Cron> {
    let parts: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = parts.as_slice() else { return None };
    if (*day == "?") == (*weekday == "?") {
        return None;
    }
    let star = |field: &str| if field == "?" { "*".to_owned() } else { field.to_owned() };
    let pattern = format!("0 {minutes} {hours} {} {month} {} {year}", star(day), star(weekday));
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .build()
        .parse(&pattern)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, at: &str) -> String {
        let at: DateTime<Utc> = at.parse().expect("a date");
        let at = Moment::from_millis(at.timestamp_millis());
        Schedule::parse(expression).expect("a schedule").next(at).expect("an instant").iso_seconds()
    }

    #[test]
    fn examples_of_the_user_guide() {
        // 2026-01-05 is a Monday.
        assert_eq!(next("cron(15 12 * * ? *)", "2026-01-05T12:15:00Z"), "2026-01-06T12:15:00Z");
        assert_eq!(next("cron(0 18 ? * MON-FRI *)", "2026-01-09T18:00:00Z"), "2026-01-12T18:00:00Z");
        assert_eq!(next("cron(0 10 ? * 1 *)", "2026-01-05T06:00:00Z"), "2026-01-11T10:00:00Z");
        assert_eq!(next("rate(5 minutes)", "2026-01-05T06:00:00Z"), "2026-01-05T06:05:00Z");
        assert_eq!(next("rate(1 hour)", "2026-01-05T06:00:00Z"), "2026-01-05T07:00:00Z");
    }

    #[test]
    fn expressions_that_are_none() {
        for wrong in
            ["rate(1 hours)", "rate(5 minute)", "rate(0 days)", "cron(0 10 * * * *)", "cron(0 10 ? * *)", "every day"]
        {
            assert!(Schedule::parse(wrong).is_none(), "{wrong}");
        }
    }
}
