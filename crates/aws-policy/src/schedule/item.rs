//! What the two day fields can say: which days of a month are meant.

use chrono::{Datelike, NaiveDate, Weekday};

use super::field::Field;
use super::mistake::Mistake;

/// One part of a day field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    DayOfMonth(u32),
    /// `L`.
    LastDay,
    /// `LW`: "which translates to last weekday of the month" (Quartz; EventBridge's console takes it).
    LastWeekday,
    /// `3W`: "the weekday closest to the third day of the month". It does not leave the month, and a month without that
    /// day has none.
    NearestWeekday(u32),
    /// 1 is Sunday. A bare `L` is the last day of the week, 7.
    DayOfWeek(u32),
    /// `6L`: the last Friday of the month.
    LastOfKind(u32),
    /// `3#2`: the second Tuesday of the month.
    Nth(u32, u32),
}

impl Item {
    /// Reads the two day fields, of which one is `?`.
    pub(super) fn of_fields(of_month: &str, of_week: &str) -> Result<Vec<Self>, Mistake> {
        match (of_month, of_week) {
            ("?", "?") => Err(Mistake::NoDay),
            ("?", of_week) => Self::of_week(of_week),
            (of_month, "?") => Self::of_month(of_month),
            (of_month, of_week) => {
                // What is wrong in one of them is said first: it is nearer to what was meant.
                Self::of_month(of_month)?;
                Self::of_week(of_week)?;
                Err(Mistake::TwoDays)
            }
        }
    }

    fn of_month(written: &str) -> Result<Vec<Self>, Mistake> {
        const FIELD: Field = Field::DayOfMonth;
        if written == "*" {
            return Ok(FIELD.all().into_iter().map(Self::DayOfMonth).collect());
        }
        let mut items = Vec::new();
        for part in written.split(',') {
            match part {
                "L" => items.push(Self::LastDay),
                "LW" => items.push(Self::LastWeekday),
                _ => match part.strip_suffix('W') {
                    Some(day) => {
                        items.push(Self::NearestWeekday(FIELD.value(day).ok_or_else(|| FIELD.wrong(part))?));
                    }
                    None => items.extend(FIELD.part(part)?.into_iter().map(Self::DayOfMonth)),
                },
            }
        }
        Ok(items)
    }

    fn of_week(written: &str) -> Result<Vec<Self>, Mistake> {
        const FIELD: Field = Field::DayOfWeek;
        if written == "*" {
            return Ok(FIELD.all().into_iter().map(Self::DayOfWeek).collect());
        }
        if written.contains('/') {
            return Err(Mistake::Step(written.to_owned()));
        }
        if written.contains('#') && written.contains(',') {
            return Err(Mistake::Ordinal(written.to_owned()));
        }
        let mut items = Vec::new();
        for part in written.split(',') {
            let wrong = || FIELD.wrong(part);
            if part == "L" {
                items.push(Self::DayOfWeek(FIELD.bounds().1));
            } else if let Some((day, nth)) = part.split_once('#') {
                let nth = super::field::number(nth).filter(|nth| (1..=5).contains(nth)).ok_or_else(wrong)?;
                items.push(Self::Nth(FIELD.value(day).ok_or_else(wrong)?, nth));
            } else if let Some(day) = part.strip_suffix('L') {
                items.push(Self::LastOfKind(FIELD.value(day).ok_or_else(wrong)?));
            } else {
                items.extend(FIELD.part(part)?.into_iter().map(Self::DayOfWeek));
            }
        }
        Ok(items)
    }

    pub(super) fn falls_on(self, date: NaiveDate) -> bool {
        let (day, weekday) = (date.day(), date.weekday().number_from_sunday());
        let last = u32::from(date.num_days_in_month());
        match self {
            Self::DayOfMonth(wanted) => day == wanted,
            Self::LastDay => day == last,
            Self::LastWeekday => day == nearest_weekday(date, last),
            Self::NearestWeekday(wanted) => wanted <= last && day == nearest_weekday(date, wanted),
            Self::DayOfWeek(wanted) => weekday == wanted,
            Self::LastOfKind(wanted) => weekday == wanted && day + 7 > last,
            Self::Nth(wanted, nth) => weekday == wanted && day.div_ceil(7) == nth,
        }
    }
}

/// The weekday nearest to a day of the month that `date` lies in. The last day of a month that is a Sunday goes back to
/// Friday, the first that is a Saturday on to Monday.
fn nearest_weekday(date: NaiveDate, day: u32) -> u32 {
    let last = u32::from(date.num_days_in_month());
    match date.with_day(day).map(|wanted| wanted.weekday()) {
        Some(Weekday::Sat) if day == 1 => 3,
        Some(Weekday::Sat) => day - 1,
        Some(Weekday::Sun) if day == last => day - 2,
        Some(Weekday::Sun) => day + 1,
        _ => day,
    }
}
