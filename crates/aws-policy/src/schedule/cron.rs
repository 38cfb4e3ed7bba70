//! `cron(minutes hours day-of-month month day-of-week year)` and its fire times (Amazon EventBridge User Guide, "Cron
//! expressions reference").

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};

use super::field::Field;
use super::item::Item;
use super::mistake::Mistake;

/// The values that the six fields mean. No list is empty, and each rises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Vec<Item>,
    months: Vec<u32>,
    years: Vec<u32>,
    /// A range of hours past midnight.
    pub(super) wrapped: Option<Mistake>,
}

impl Cron {
    pub(super) fn parse(inside: &str) -> Result<Self, Mistake> {
        let fields: Vec<&str> = inside.split_whitespace().collect();
        let [minutes, hours, of_month, month, of_week, year] = *fields.as_slice() else {
            return Err(Mistake::Fields(fields.len()));
        };
        Ok(Self {
            minutes: Field::Minutes.values(minutes)?,
            hours: Field::Hours.values(hours)?,
            days: Item::of_fields(of_month, of_week)?,
            months: Field::Month.values(month)?,
            years: Field::Year.values(year)?,
            wrapped: Field::Hours.wrapped(hours),
        })
    }

    /// The first fire time after `after`, by the clock of a time zone. A time that the clock leaves out is skipped, one
    /// that it shows twice counts the first time (Amazon EventBridge Scheduler User Guide, "Schedule types": "your
    /// schedule invocation is skipped … runs only once"; AWS Backup does not say: not confirmed).
    pub(super) fn next(&self, zone: &impl TimeZone, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Only the first showing of a time counts, so that later times of the clock fire later: nothing that fires after
        // `after` is shown at or before what the clock shows then.
        let shown = after.with_timezone(zone).naive_local();
        let first_year = i32::try_from(*self.years.first()?).ok()?;
        let first = NaiveDate::from_ymd_opt(first_year, 1, 1)?.max(shown.date());
        let dates = first.iter_days().take_while(|date| self.has_years_from(*date));
        let times = dates.filter(|date| self.falls_on(*date)).flat_map(|date| self.times(date));
        times
            .skip_while(|time| *time <= shown)
            .filter_map(|time| zone.from_local_datetime(&time).earliest())
            .map(|at| at.with_timezone(&Utc))
            .find(|at| *at > after)
    }

    /// The latest fire time at or before `at` and after `since`.
    pub(super) fn latest(
        &self,
        zone: &impl TimeZone,
        since: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let shown = |at: DateTime<Utc>| at.with_timezone(zone).naive_local().date();
        // A clock that is put back shows a later date first.
        let (first, last) = (shown(since), shown(at).succ_opt()?);
        let dates = std::iter::successors(Some(last), NaiveDate::pred_opt).take_while(|date| *date >= first);
        let times = dates.filter(|date| self.falls_on(*date)).flat_map(|date| self.times(date).rev());
        times
            .filter_map(|time| zone.from_local_datetime(&time).earliest())
            .map(|time| time.with_timezone(&Utc))
            .find(|time| *time <= at)
            .filter(|time| *time > since)
    }

    pub(super) fn ever_fires(&self, zone: &impl TimeZone) -> bool {
        // Two days before the calendar of the expressions begins, in any time zone.
        self.next(zone, DateTime::UNIX_EPOCH - TimeDelta::days(2)).is_some()
    }

    /// The least minutes between two fire times of a day: AWS Backup judges a day from 00:00 to 23:59 (Developer Guide,
    /// "Backup plan options and configuration"), and more than one minute of an hour is less than an hour apart.
    pub(super) fn least_minutes_apart(&self) -> u32 {
        self.minutes.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(60)
    }

    /// The longest time between two fire times in all years of the expression, in UTC.
    pub(super) fn longest_pause(&self) -> Option<TimeDelta> {
        let first_day = self.dates().next()?;
        let of_day: Vec<NaiveDateTime> = self.times(first_day).collect();
        let within = of_day.windows(2).map(|pair| pair[1] - pair[0]).max();
        let overnight = *of_day.first()? - *of_day.last()?;
        let dates = self.dates().zip(self.dates().skip(1));
        let between = dates.map(|(one, next)| next - one + overnight).max();
        within.max(between)
    }

    /// Every date that it fires on.
    fn dates(&self) -> impl Iterator<Item = NaiveDate> {
        let first = self.years.first().and_then(|year| NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, 1, 1));
        let dates = first.into_iter().flat_map(|first| first.iter_days());
        dates.take_while(|date| self.has_years_from(*date)).filter(|date| self.falls_on(*date))
    }

    fn has_years_from(&self, date: NaiveDate) -> bool {
        self.years.last().is_some_and(|last| i64::from(date.year()) <= i64::from(*last))
    }

    fn falls_on(&self, date: NaiveDate) -> bool {
        self.months.binary_search(&date.month()).is_ok()
            && date.year_ce().0
            && self.years.binary_search(&date.year_ce().1).is_ok()
            && self.days.iter().any(|item| item.falls_on(date))
    }

    /// What the clock shows when it fires on a date.
    fn times(&self, date: NaiveDate) -> impl DoubleEndedIterator<Item = NaiveDateTime> {
        let hours = self.hours.iter();
        let times = hours.flat_map(|hour| self.minutes.iter().map(move |minute| (*hour, *minute)));
        times.filter_map(move |(hour, minute)| date.and_hms_opt(hour, minute, 0))
    }
}
