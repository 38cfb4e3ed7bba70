//! When a plan's rule fires.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::errors::CronError;
use croner::parser::{CronParser, Seconds, Year};

/// A schedule that is not one, or one that AWS may take and whose fire times are not known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fire times of `{expression}` cannot be computed")]
pub struct ScheduleError {
    /// What was written.
    pub expression: String,
}

/// When a schedule fires next: that it never does and that nobody can say are no dates, and no judgement may take
/// either for "nothing is due".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextFire {
    /// At this instant.
    At(DateTime<Utc>),
    /// Never again.
    Never,
    /// AWS may take the expression; its fire times cannot be computed here.
    Unreadable,
}

impl NextFire {
    /// The instant, if there is one.
    pub fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Never | Self::Unreadable => None,
        }
    }
}

/// When the schedule of a rule that stands fires next; its timezone is UTC where AWS Backup names none.
pub fn next_fire(expression: &str, timezone: Option<&str>, now: DateTime<Utc>) -> NextFire {
    let timezone = timezone.map_or(Ok(Tz::UTC), str::parse);
    match timezone.ok().and_then(|timezone| Schedule::parse(expression, timezone).ok()) {
        Some(schedule) => schedule.next_fire(now, now),
        None => NextFire::Unreadable,
    }
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
    pub fn next_fire(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> NextFire {
        match &self.form {
            Form::Cron(cron) => {
                let local = at.with_timezone(&self.timezone);
                match cron.find_next_occurrence(&local, false) {
                    Ok(found) => NextFire::At(found.with_timezone(&Utc)),
                    Err(CronError::TimeSearchLimitExceeded) => NextFire::Never,
                    Err(_) => NextFire::Unreadable,
                }
            }
            Form::Rate(step) => {
                let Ok(step) = i64::try_from(step.as_secs()) else { return NextFire::Unreadable };
                let steps = (at - since).num_seconds().div_euclid(step.max(1)).max(0) + 1;
                let next = steps.checked_mul(step).and_then(TimeDelta::try_seconds);
                next.and_then(|span| since.checked_add_signed(span)).map_or(NextFire::Unreadable, NextFire::At)
            }
        }
    }

    /// Whether it fires at all in the years that AWS's calendar has.
    pub fn first_fire(&self) -> NextFire {
        self.next_fire(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH)
    }

    /// The longest time between two fire times; none where there are no two. A cron's are looked at over the first
    /// years of its calendar, as far as a few thousand go.
    pub fn longest_pause(&self) -> Option<TimeDelta> {
        const FIRES: usize = 3000;
        if let Form::Rate(step) = &self.form {
            return TimeDelta::from_std(*step).ok();
        }
        let start = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_454);
        let mut fires =
            std::iter::successors(self.next_fire(start, start).at(), |last| self.next_fire(start, *last).at());
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
    if !is_weekday_field(weekday) {
        return None;
    }
    let last_day = weekday.split(',').map(|part| if part.eq_ignore_ascii_case("L") { "7" } else { part });
    let last_day = last_day.collect::<Vec<_>>().join(",");
    let parts = [parts[0], parts[1], parts[2], parts[3], last_day.as_str(), parts[5]];
    let written: Vec<String> = parts.iter().zip(MOST).map(|(field, most)| in_ranges(field, most)).collect();
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .build()
        .parse(&format!("0 {}", written.join(" ")))
        .ok()
}

/// The day of the week takes no `/`, and one expression alone where one has a `#`. A bare `L` is the week's last day,
/// Saturday (Amazon EventBridge User Guide, cron expressions reference).
pub fn is_weekday_field(field: &str) -> bool {
    !(field.contains('/') || field.contains('#') && field.contains(','))
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
    use super::NextFire::{At, Never, Unreadable};
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
        assert_eq!(daily.next_fire(since, at("2026-01-05T05:00:00Z")), At(at("2026-01-06T05:00:00Z")));
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
        assert_eq!(quarters.next_fire(since, at("2026-01-05T08:15:00Z")), At(at("2026-01-05T08:30:00Z")));
        assert_eq!(quarters.next_fire(since, at("2026-01-05T08:45:00Z")), At(at("2026-01-06T08:00:00Z")));
        let twice = schedule("cron(0 5/12 ? * * *)", chrono_tz::Etc::UTC);
        assert_eq!(twice.latest_fire(since, at("2026-01-05T23:00:00Z")), Some(at("2026-01-05T17:00:00Z")));
    }

    // Amazon EventBridge User Guide, cron expressions reference: L in the day of the week is the week's last day, and 7
    // is SAT. 2026-01-05 is a Monday, 2026-01-10 a Saturday.
    #[test]
    fn a_bare_l_in_the_day_of_the_week_is_saturday() {
        let now = at("2026-01-05T06:00:00Z");
        for (expression, first, second) in [
            ("cron(0 5 ? * L *)", "2026-01-10T05:00:00Z", "2026-01-17T05:00:00Z"),
            ("cron(0 5 ? * MON,L *)", "2026-01-10T05:00:00Z", "2026-01-12T05:00:00Z"),
            ("cron(0 5 ? * 6L *)", "2026-01-30T05:00:00Z", "2026-02-27T05:00:00Z"),
            ("cron(0 5 L * ? *)", "2026-01-31T05:00:00Z", "2026-02-28T05:00:00Z"),
            ("cron(0/15 * * * ? *)", "2026-01-05T06:15:00Z", "2026-01-05T06:30:00Z"),
        ] {
            let read = schedule(expression, chrono_tz::Etc::UTC);
            assert_eq!(read.next_fire(now, now), At(at(first)), "{expression}");
            assert_eq!(read.next_fire(now, at(first)), At(at(second)), "{expression}");
        }
        let saturdays = schedule("cron(0 5 ? * L *)", chrono_tz::Etc::UTC);
        assert_eq!(saturdays.latest_fire(at("2025-01-01T00:00:00Z"), now), Some(at("2026-01-03T05:00:00Z")));
    }

    // 31 February is no day; 2027 has no 29 February, and 2025 is over.
    #[test]
    fn never_and_unreadable_are_told_apart() {
        let now = at("2026-01-05T06:00:00Z");
        for expression in
            ["cron(0 12 31 2 ? *)", "cron(0 12 30 2 ? *)", "cron(0 12 29 2 ? 2027)", "cron(0 12 31 4,6 ? *)"]
        {
            assert_eq!(schedule(expression, chrono_tz::Etc::UTC).first_fire(), Never, "{expression}");
            assert_eq!(next_fire(expression, None, now), Never, "{expression}");
        }
        let over = schedule("cron(0 5 ? * * 2025)", chrono_tz::Etc::UTC);
        assert!(matches!(over.first_fire(), At(_)));
        assert_eq!(over.next_fire(now, now), Never);
        assert_eq!(next_fire("cron(0 12 29 2 ? *)", None, now), At(at("2028-02-29T12:00:00Z")));
        assert_eq!(next_fire("cron(0 5 ? * SAT-MON *)", None, now), Unreadable);
        assert_eq!(next_fire("cron(0 5 ? * * *)", Some("Mars/Olympus"), now), Unreadable);
        assert_eq!(next_fire("at(2027-01-01T00:00:00)", None, now), Unreadable);
    }

    #[test]
    fn what_aws_refuses_is_refused() {
        for expression in [
            "cron(0 5 ? * 3#1,6#3 *)",
            "cron(0 5 ? * 2/2 *)",
            "cron(0 5 * * * *)",
            "cron(0 5 ? * *)",
            "rate(1 hours)",
            "rate(0 days)",
            "0 5 * * *",
        ] {
            assert!(Schedule::parse(expression, chrono_tz::Etc::UTC).is_err(), "{expression}");
        }
    }
}
