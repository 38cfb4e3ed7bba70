//! When a rule of a backup plan fires: AWS's `cron(…)` and `rate(…)` in a time zone.
//!
//! AWS's cron has six fields (minutes, hours, day of month, month, day of week, year), counts the
//! days of the week from 1 = SUN, demands `?` in one of the two day fields and knows `L`, `W` and
//! `#` (Amazon EventBridge User Guide, "Cron expressions"; AWS Backup uses the same form).

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::world::Moment;

/// What a rule without a schedule has.
pub(super) const DEFAULT_EXPRESSION: &str = "cron(0 5 ? * * *)";
/// What a rule without a time zone has.
pub(super) const DEFAULT_TIMEZONE: &str = "Etc/UTC";

/// A schedule that can be asked for its next time.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    Cron { cron: Box<Cron>, zone: Tz },
    Rate { seconds: i64 },
}

/// Why an expression is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScheduleError {
    #[error("Invalid schedule expression: {0}")]
    Expression(String),
    #[error("Invalid schedule expression timezone: {0}")]
    Timezone(String),
}

impl Schedule {
    /// Reads an expression and its IANA time zone.
    ///
    /// # Errors
    /// An expression that AWS would not take.
    pub(super) fn parse(expression: &str, timezone: &str) -> Result<Self, ScheduleError> {
        let wrong = || ScheduleError::Expression(expression.to_owned());
        let zone: Tz = timezone.parse().map_err(|_| ScheduleError::Timezone(timezone.to_owned()))?;
        let inside = |prefix: &str| expression.trim().strip_prefix(prefix)?.strip_suffix(')');
        let form = if let Some(fields) = inside("cron(") {
            Form::Cron { cron: Box::new(cron(fields).ok_or_else(wrong)?), zone }
        } else if let Some(rate) = inside("rate(") {
            Form::Rate { seconds: rate_seconds(rate).ok_or_else(wrong)? }
        } else {
            return Err(wrong());
        };
        Ok(Self { form })
    }

    /// The first time after `after`; a rate counts from `anchor`.
    pub(super) fn next(&self, after: Moment, anchor: Moment) -> Option<Moment> {
        match &self.form {
            Form::Cron { cron, zone } => {
                let local: DateTime<Tz> = after.date().with_timezone(zone);
                let found = cron.find_next_occurrence(&local, false).ok()?;
                Some(Moment::from_millis(found.with_timezone(&Utc).timestamp_millis()))
            }
            Form::Rate { seconds } => {
                let passed = (after.millis() - anchor.millis()).max(0) / (seconds * 1000);
                Some(anchor.plus_seconds((passed + 1) * seconds))
            }
        }
    }
}

/// Translates AWS's six fields. Croner's alternative weekdays count from 1 = SUN too; its sloppy
/// ranges are AWS's `0/15`; a bare `L` in the day of the week is AWS's last day of the week, Saturday.
fn cron(fields: &str) -> Option<Cron> {
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = fields.as_slice() else {
        return None;
    };
    if (*day == "?") == (*weekday == "?") {
        return None;
    }
    let day = if *day == "?" { "*" } else { day };
    // That field's wildcards are `, - * ? L #`; with `#` it holds one expression.
    if weekday.contains('/') || (weekday.contains('#') && weekday.contains(',')) {
        return None;
    }
    let saturday = |part| if part == "L" { "7" } else { part };
    let weekday = match *weekday {
        "?" => "*".to_owned(),
        weekday => weekday.split(',').map(saturday).collect::<Vec<_>>().join(","),
    };
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .sloppy_ranges(true)
        .build()
        .parse(&format!("0 {minutes} {hours} {day} {month} {weekday} {year}"))
        .ok()
}

fn rate_seconds(rate: &str) -> Option<i64> {
    let (value, unit) = rate.trim().split_once(' ')?;
    let value: i64 = value.parse().ok().filter(|value| *value > 0)?;
    let unit_seconds = match (value, unit.trim()) {
        (1, "minute") | (2.., "minutes") => 60,
        (1, "hour") | (2.., "hours") => 3_600,
        (1, "day") | (2.., "days") => 86_400,
        _ => return None,
    };
    value.checked_mul(unit_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::from_millis(text.parse::<DateTime<Utc>>().expect("a date").timestamp_millis())
    }

    fn next(expression: &str, timezone: &str, after: &str) -> String {
        let schedule = Schedule::parse(expression, timezone).expect(expression);
        schedule.next(moment(after), moment("2026-01-01T00:00:00Z")).expect("a next time").iso_seconds()
    }

    // Amazon EventBridge User Guide, "Cron expressions": the table of examples, its words turned
    // into instants by hand. 2026-01-05 is a Monday.
    #[test]
    fn the_documented_examples_fire_when_the_documentation_says() {
        let table = [
            ("0 10 * * ? *", "2026-01-05T06:00:00Z", "2026-01-05T10:00:00Z", "every day at 10:00"),
            ("15 12 * * ? *", "2026-01-05T12:15:00Z", "2026-01-06T12:15:00Z", "every day at 12:15"),
            ("0 18 ? * MON-FRI *", "2026-01-09T18:00:00Z", "2026-01-12T18:00:00Z", "every weekday at 18:00"),
            ("0 8 1 * ? *", "2026-01-05T06:00:00Z", "2026-02-01T08:00:00Z", "the first day of each month at 8:00"),
            ("0/15 * * * ? *", "2026-01-05T06:01:00Z", "2026-01-05T06:15:00Z", "every 15 minutes"),
            ("0/10 * ? * MON-FRI *", "2026-01-09T23:50:00Z", "2026-01-12T00:00:00Z", "every 10 minutes on weekdays"),
            ("0/5 8-17 ? * MON-FRI *", "2026-01-05T17:55:00Z", "2026-01-06T08:00:00Z", "every 5 minutes, 8:00-17:55"),
            ("0 9 ? * 2#1 *", "2026-01-05T09:00:00Z", "2026-02-02T09:00:00Z", "the first Monday of each month"),
        ];
        for (fields, after, expected, words) in table {
            assert_eq!(next(&format!("cron({fields})"), "Etc/UTC", after), expected, "{words}");
        }
    }

    // The same page: 1 = SUN; L in the day of the month is its last day, in the day of the week the
    // last day of the week; 6L is the last Friday; 3W the weekday nearest to the third.
    #[test]
    fn the_wildcards_mean_what_the_documentation_says() {
        assert_eq!(next("cron(0 5 ? * 1 *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-11T05:00:00Z");
        assert_eq!(next("cron(0 5 ? * SUN *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-11T05:00:00Z");
        assert_eq!(next("cron(0 5 ? * 7 *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-10T05:00:00Z");
        assert_eq!(next("cron(0 5 ? * L *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-10T05:00:00Z");
        assert_eq!(next("cron(0 5 ? * 6L *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-30T05:00:00Z");
        assert_eq!(next("cron(0 5 L * ? *)", "Etc/UTC", "2026-02-05T06:00:00Z"), "2026-02-28T05:00:00Z");
        // 2026-01-03 is a Saturday, so its nearest weekday is Friday the second.
        assert_eq!(next("cron(0 5 3W * ? *)", "Etc/UTC", "2026-01-01T06:00:00Z"), "2026-01-02T05:00:00Z");
        assert_eq!(next("cron(0 5 ? * 3#2 *)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2026-01-13T05:00:00Z");
        assert_eq!(next("cron(0 5 1 1 ? 2028)", "Etc/UTC", "2026-01-05T06:00:00Z"), "2028-01-01T05:00:00Z");
    }

    #[test]
    fn the_time_zone_counts_and_daylight_saving_with_it() {
        // Berlin is UTC+1 in January and UTC+2 in July.
        assert_eq!(next("cron(0 5 ? * * *)", "Europe/Berlin", "2026-01-05T06:00:00Z"), "2026-01-06T04:00:00Z");
        assert_eq!(next("cron(0 5 ? * * *)", "Europe/Berlin", "2026-07-05T06:00:00Z"), "2026-07-06T03:00:00Z");
    }

    #[test]
    fn a_rate_counts_from_its_anchor() {
        assert_eq!(next("rate(12 hours)", "Etc/UTC", "2026-01-05T13:00:00Z"), "2026-01-06T00:00:00Z");
        assert_eq!(next("rate(1 day)", "Etc/UTC", "2026-01-05T00:00:00Z"), "2026-01-06T00:00:00Z");
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        for expression in [
            "cron(0 5 * * * *)",
            "cron(0 5 ? * ? *)",
            "cron(0 5 ? * *)",
            "cron(60 5 ? * * *)",
            "cron(0 5 ? * 8 *)",
            "0 5 ? * * *",
            "rate(1 hours)",
            "rate(2 hour)",
            "rate(0 hours)",
            "rate(5 weeks)",
        ] {
            assert!(Schedule::parse(expression, "Etc/UTC").is_err(), "{expression}");
        }
        assert_eq!(
            Schedule::parse("cron(0 5 ? * * *)", "Mars/Olympus").expect_err("no such zone"),
            ScheduleError::Timezone("Mars/Olympus".to_owned())
        );
    }
}
