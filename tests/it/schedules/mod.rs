//! AWS's schedule expressions: a table that was written by hand from AWS's pages, held against everyone who reads them.

mod takers;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use backupctl::policy::schedule::{NextFire, Schedule};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    sources: BTreeMap<String, String>,
    valid: Vec<Valid>,
    invalid: Vec<Invalid>,
}

/// An expression that AWS takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Valid {
    expression: String,
    source: String,
    timezone: Option<String>,
    from: String,
    fires: Vec<String>,
    #[serde(default)]
    refused: Vec<Taker>,
}

/// One that nobody takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invalid {
    expression: String,
    source: String,
    says: String,
    hint: String,
}

/// Who reads expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Taker {
    Backup,
    Events,
    Plan,
    Sweep,
}

impl Valid {
    fn zone(&self) -> Tz {
        self.timezone.as_deref().map_or(Tz::UTC, |name| name.parse().expect("a time zone"))
    }

    fn from(&self) -> DateTime<Utc> {
        instant(&self.from)
    }
}

fn table() -> Table {
    toml::from_str(include_str!("table.toml")).expect("table.toml")
}

fn instant(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text).and_utc()
}

#[test]
fn the_table_has_its_sources_and_its_size() {
    let table = table();
    let sources = table.valid.iter().map(|row| &row.source).chain(table.invalid.iter().map(|row| &row.source));
    for source in sources {
        assert!(table.sources.contains_key(source), "{source}");
    }
    assert!(table.valid.len() >= 60 && table.invalid.len() >= 30, "{} {}", table.valid.len(), table.invalid.len());
    let expressions: std::collections::BTreeSet<_> =
        table.valid.iter().map(|row| (&row.expression, &row.timezone, &row.from)).collect();
    assert_eq!(expressions.len(), table.valid.len());
}

#[test]
fn an_expression_fires_when_the_calendar_says() {
    let mut wrong = Vec::new();
    for row in table().valid {
        let schedule = match Schedule::parse(&row.expression, row.zone()) {
            Ok(schedule) => schedule,
            Err(mistake) => {
                wrong.push(format!("{}: {mistake}", row.expression));
                continue;
            }
        };
        let from = row.from();
        let next = |at: &DateTime<Utc>| schedule.next_fire(from, *at);
        let found: Vec<DateTime<Utc>> = std::iter::successors(next(&from).at(), |at| next(at).at()).take(5).collect();
        let wanted: Vec<DateTime<Utc>> = row.fires.iter().map(|text| instant(text)).collect();
        if found != wanted {
            wrong.push(format!("{} from {}: {found:?}", row.expression, row.from));
        }
        if wanted.len() < 5 {
            assert_eq!(next(wanted.last().unwrap_or(&from)), NextFire::Never, "{}", row.expression);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_latest_fire_time_is_the_one_before_the_next() {
    const MINUTE: TimeDelta = TimeDelta::minutes(1);
    for row in table().valid {
        let schedule = Schedule::parse(&row.expression, row.zone()).expect("a schedule");
        let from = row.from();
        let mut before = None;
        for fire in row.fires.iter().map(|text| instant(text)) {
            let about = format!("{} at {fire}", row.expression);
            assert_eq!(schedule.latest_fire(from, fire), Some(fire), "{about}");
            assert_eq!(schedule.latest_fire(from, fire + MINUTE / 2), Some(fire), "{about}");
            assert_eq!(schedule.latest_fire(from, fire - MINUTE / 2), before, "{about}");
            assert_eq!(schedule.latest_fire(fire, fire), None, "{about}");
            before = Some(fire);
        }
        if row.fires.is_empty() {
            assert_eq!(schedule.latest_fire(from, instant("2199-12-31 23:59")), None, "{}", row.expression);
        }
    }
}

#[test]
fn what_is_no_expression_is_not_read() {
    for row in table().invalid {
        let mistake = Schedule::parse(&row.expression, Tz::UTC).expect_err(&row.expression);
        assert!(mistake.to_string().contains(&row.says), "{}: {mistake}", row.expression);
        assert_eq!(
            backupctl::policy::schedule::next_fire(&row.expression, None, instant("2026-01-05 06:00")),
            NextFire::Unreadable,
        );
    }
}

/// The table's fire times, found by walking the minutes of a calendar that another language and another time zone
/// database have.
#[test]
fn another_calendar_has_the_same_fire_times() {
    let Some(python) = crate::strangers::python("AWS") else { return };
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schedules");
    let walked = Command::new(python)
        .args([place.join("walk.py"), place.join("table.toml")])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&walked.stdout).into_owned();
    assert!(walked.status.success(), "{said}{}", String::from_utf8_lossy(&walked.stderr));
    let table = table();
    assert_eq!(said.trim(), format!("{} {}", table.valid.len(), table.invalid.len()));
}
