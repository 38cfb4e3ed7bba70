//! Checks the form of `cron(…)` as AWS Backup and EventBridge write it.
//!
//! Six fields: minutes, hours, day of month, month, day of week, year. One of the two day fields is
//! `?` (EventBridge User Guide, "Cron expressions"; AWS Backup takes the same form).

use super::rules::Wrong;
use crate::pipeline::schedule::{NextFire, Schedule, is_weekday_field};

struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
    /// Characters that mean something in this field alone.
    special: &'static str,
}

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const FIELDS: [Field; 6] = [
    Field { name: "minutes", least: 0, most: 59, names: &[], special: "" },
    Field { name: "hours", least: 0, most: 23, names: &[], special: "" },
    Field { name: "day of month", least: 1, most: 31, names: &[], special: "?LW" },
    Field { name: "month", least: 1, most: 12, names: MONTHS, special: "" },
    Field { name: "day of week", least: 1, most: 7, names: DAYS, special: "?L#" },
    Field { name: "year", least: 1970, most: 2199, names: &[], special: "" },
];

const FORM: &str = "write cron(minutes hours day-of-month month day-of-week year), such as cron(0 5 ? * * *)";

/// Checks that a schedule has the form that AWS takes, that its fire times can be computed here, and that there are
/// any: AWS Backup takes one that never fires, and then nothing is ever backed up.
pub(super) fn fires(text: &str) -> Result<(), Wrong> {
    check(text)?;
    match Schedule::parse(text, chrono_tz::Etc::UTC).map(|schedule| schedule.first_fire()) {
        Ok(NextFire::At(_)) => Ok(()),
        Ok(NextFire::Never) => Err(Wrong::new(
            format!("`{text}` never fires: no date fits all of its fields"),
            "write days that its months have, such as cron(0 5 L * ? *) for the last day of each month",
        )),
        Ok(NextFire::Unreadable) | Err(_) => Err(Wrong::new(
            format!("the fire times of `{text}` cannot be computed"),
            "write rising ranges or lists, such as MON-FRI or FRI,SAT,SUN,MON",
        )),
    }
}

/// Checks the form of `cron(…)`.
fn check(text: &str) -> Result<(), Wrong> {
    let wrong = |what: String| Wrong::new(format!("`{text}` is not a schedule: {what}"), FORM);
    let inside = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
    let inside = inside.ok_or_else(|| wrong("it is not of the form cron(…)".to_owned()))?;
    let fields: Vec<&str> = inside.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(wrong(format!("it must have 6 fields, not {}", fields.len())));
    }
    for (field, written) in FIELDS.iter().zip(&fields) {
        if !written.split(',').all(|part| field.takes(part)) {
            return Err(wrong(format!("`{written}` does not fit the field of {}", field.name)));
        }
    }
    // EventBridge User Guide, cron expressions reference: that field's wildcards are `, - * ? L #`, and with `#` it
    // holds one expression.
    if !is_weekday_field(fields[4]) {
        let what = if fields[4].contains('/') { "no steps (`/`)" } else { "only one expression beside `#`" };
        return Err(wrong(format!("the field of day of week takes {what}: `{}`", fields[4])));
    }
    match (fields[2], fields[4]) {
        ("?", "?") => Err(wrong("only one of the two day fields can be `?`".to_owned())),
        ("?", _) | (_, "?") => Ok(()),
        _ => Err(wrong("one of the two day fields must be `?`".to_owned())),
    }
}

impl Field {
    fn takes(&self, part: &str) -> bool {
        if part == "?" || part == "*" {
            return part == "*" || self.special.contains('?');
        }
        if let Some((day, week)) = part.split_once('#') {
            return self.special.contains('#') && self.is_value(day) && matches!(week, "1" | "2" | "3" | "4" | "5");
        }
        if self.special.contains('L') && part.ends_with('L') {
            // The last weekday of its kind has a number, the last day of a month has none.
            return part == "L" || self.special.contains('#') && self.is_value(&part[..part.len() - 1]);
        }
        if self.special.contains('W') && part.ends_with('W') {
            return part == "LW" || self.is_value(&part[..part.len() - 1]);
        }
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let good_step = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0));
        let good_range = range == "*"
            || match range.split_once('-') {
                Some((from, to)) => self.is_value(from) && self.is_value(to),
                None => self.is_value(range),
            };
        good_step && good_range
    }

    fn is_value(&self, text: &str) -> bool {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            return text.parse().is_ok_and(|number: u32| (self.least..=self.most).contains(&number));
        }
        self.names.iter().any(|name| name.eq_ignore_ascii_case(text))
    }
}

#[cfg(test)]
mod tests {
    use super::{check, fires};

    // EventBridge User Guide, "Cron expressions": its table of examples.
    const GUIDE: &[&str] = &[
        "cron(0 10 * * ? *)",
        "cron(15 12 * * ? *)",
        "cron(0 18 ? * MON-FRI *)",
        "cron(0 8 1 * ? *)",
        "cron(0/15 * * * ? *)",
        "cron(0/10 * ? * MON-FRI *)",
        "cron(0/5 8-17 ? * MON-FRI *)",
        "cron(0/30 20-23 ? * MON-FRI *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0 12 L * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 3W * ? *)",
        "cron(0 5 ? * * *)",
    ];

    #[test]
    fn the_guides_examples_are_schedules() {
        for text in GUIDE {
            assert_eq!(fires(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_the_guide_forbids_is_named() {
        for (text, part) in [
            ("0 5 ? * * *", "form cron("),
            ("cron(0 5 * * *)", "6 fields, not 5"),
            ("cron(0 5 * * * *)", "must be `?`"),
            ("cron(0 5 ? * ? *)", "only one"),
            ("cron(60 5 ? * * *)", "`60` does not fit the field of minutes"),
            ("cron(0 24 ? * * *)", "`24` does not fit the field of hours"),
            ("cron(0 5 ? * MOM *)", "`MOM` does not fit the field of day of week"),
            ("cron(0/0 5 ? * * *)", "`0/0` does not fit the field of minutes"),
            ("cron(0 5 5L * ? *)", "`5L` does not fit the field of day of month"),
            ("cron(0 5 ? * 3#1,6#3 *)", "only one expression beside `#`"),
            ("cron(0 5 ? * 2/2 *)", "no steps (`/`)"),
            ("cron(? 5 ? * * *)", "`?` does not fit the field of minutes"),
        ] {
            let wrong = check(text).expect_err(text);
            assert!(wrong.message.contains(part), "{text}: {}", wrong.message);
        }
    }

    #[test]
    fn a_schedule_that_never_fires_or_cannot_be_read_is_none() {
        for (text, part) in [
            ("cron(0 12 31 2 ? *)", "never fires"),
            ("cron(0 12 29 2 ? 2027)", "never fires"),
            ("cron(0 5 ? * SAT-MON *)", "cannot be computed"),
        ] {
            let wrong = fires(text).expect_err(text);
            assert!(wrong.message.contains(part), "{text}: {}", wrong.message);
        }
        for text in ["cron(0 5 ? * L *)", "cron(0 5 ? * MON,L *)", "cron(0/15 * * * ? *)", "cron(0 12 29 2 ? *)"] {
            assert_eq!(fires(text), Ok(()), "{text}");
        }
    }
}
