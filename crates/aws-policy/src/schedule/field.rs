//! The six fields of a cron expression and the values that each of them takes.

/// A field, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// 0-59.
    Minutes,
    /// 0-23.
    Hours,
    /// 1-31.
    DayOfMonth,
    /// 1-12 or JAN-DEC.
    Month,
    /// 1-7 or SUN-SAT.
    DayOfWeek,
    /// 1970-2199.
    Year,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    /// Its name in AWS's table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::DayOfMonth => "day of month",
            Self::Month => "month",
            Self::DayOfWeek => "day of week",
            Self::Year => "year",
        }
    }

    /// Its values and wildcards in AWS's table, and how far a step goes.
    pub const fn takes(self) -> &'static str {
        match self {
            Self::Minutes => "0-59 and the wildcards , - * /, with steps of 1 to 59",
            Self::Hours => "0-23 and the wildcards , - * /, with steps of 1 to 24",
            Self::DayOfMonth => "1-31 and the wildcards , - * ? / L W, with steps of 1 to 31",
            Self::Month => "1-12 or JAN-DEC and the wildcards , - * /, with steps of 1 to 12",
            Self::DayOfWeek => "1-7 or SUN-SAT and the wildcards , - * ? L #",
            Self::Year => "1970-2199 and the wildcards , - * /, with steps of 1 to 229",
        }
    }

    /// The least and the greatest value.
    pub(super) const fn bounds(self) -> (u32, u32) {
        match self {
            Self::Minutes => (0, 59),
            Self::Hours => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::DayOfWeek => (1, 7),
            Self::Year => (1970, 2199),
        }
    }

    /// How far a step goes. EventBridge refuses `*/60` in the minutes (aws-sdk-js issue 4212); for the other fields no
    /// page has a bound, and a longer step than these says nothing.
    const fn longest_step(self) -> u32 {
        match self {
            Self::Minutes => 59,
            Self::Hours => 24,
            Self::DayOfMonth => 31,
            Self::Month => 12,
            Self::DayOfWeek => 0,
            Self::Year => 229,
        }
    }

    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::DayOfWeek => &DAYS,
            Self::Minutes | Self::Hours | Self::DayOfMonth | Self::Year => &[],
        }
    }

    pub(super) fn all(self) -> Vec<u32> {
        let (least, most) = self.bounds();
        (least..=most).collect()
    }

    /// A number of the field, or one of its names, in capitals or not (the console takes both).
    pub(super) fn value(self, text: &str) -> Option<u32> {
        let (least, most) = self.bounds();
        if let Some(at) = self.names().iter().position(|name| name.eq_ignore_ascii_case(text)) {
            return u32::try_from(at).ok().map(|at| at + least);
        }
        number(text).filter(|value| (least..=most).contains(value))
    }

    pub(super) fn step(self, text: &str) -> Option<u32> {
        number(text).filter(|step| (1..=self.longest_step()).contains(step))
    }

    /// A value as one would write it: by its name, where it has one.
    pub(super) fn shown(self, value: u32) -> String {
        let at = value.checked_sub(self.bounds().0).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| self.names().get(at)) {
            Some(name) => (*name).to_owned(),
            None => value.to_string(),
        }
    }
}

/// Digits alone: no sign.
pub(super) fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
