// Which expression fires when, and who takes it, stands in a table of the integration tests.

use super::NextFire::{At, Never, Unreadable};
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a date")
}

fn schedule(expression: &str) -> Schedule {
    Schedule::parse(expression, Tz::UTC).expect("a schedule")
}

#[test]
fn daily_at_five() {
    let daily = schedule("cron(0 5 ? * * *)");
    let since = at("2026-01-01T00:00:00Z");
    assert_eq!(daily.latest_fire(since, at("2026-01-05T05:00:00Z")), Some(at("2026-01-05T05:00:00Z")));
    assert_eq!(daily.latest_fire(since, at("2026-01-05T04:59:59Z")), Some(at("2026-01-04T05:00:00Z")));
    assert_eq!(daily.next_fire(since, at("2026-01-05T05:00:00Z")), At(at("2026-01-06T05:00:00Z")));
    assert_eq!(daily.latest_fire(since, at("2026-01-01T04:00:00Z")), None);
}

#[test]
fn the_hour_is_the_timezones() {
    let vienna = Schedule::parse("cron(0 5 ? * * *)", chrono_tz::Europe::Vienna).expect("a schedule");
    let since = at("2025-01-01T00:00:00Z");
    assert_eq!(vienna.latest_fire(since, at("2026-01-05T12:00:00Z")), Some(at("2026-01-05T04:00:00Z")));
    assert_eq!(vienna.latest_fire(since, at("2026-07-05T12:00:00Z")), Some(at("2026-07-05T03:00:00Z")));
}

// The clock of Los Angeles shows 1:15 twice on 1 November 2026, at 08:15 and at 09:15 UTC. It fires the first time; the
// later times of that clock's day are no reason to take a later one.
#[test]
fn a_time_that_is_shown_twice_counts_once() {
    let la = chrono_tz::America::Los_Angeles;
    let daily = Schedule::parse("cron(15 1 * * ? *)", la).expect("a schedule");
    let (since, first) = (at("2026-10-01T00:00:00Z"), at("2026-11-01T08:15:00Z"));
    for seen in ["2026-11-01T08:15:00Z", "2026-11-01T09:14:00Z", "2026-11-01T09:15:00Z", "2026-11-02T09:14:00Z"] {
        assert_eq!(daily.latest_fire(since, at(seen)), Some(first), "{seen}");
        assert_eq!(daily.next_fire(since, at(seen)), At(at("2026-11-02T09:15:00Z")), "{seen}");
    }
    // 1:45 comes on the clock after 1:10 was shown the second time, and was long before.
    let quarter = Schedule::parse("cron(45 1 * * ? *)", la).expect("a schedule");
    assert_eq!(quarter.latest_fire(since, at("2026-11-01T09:10:00Z")), Some(at("2026-11-01T08:45:00Z")));
}

#[test]
fn a_rate_counts_from_its_beginning() {
    let rate = schedule("rate(12 hours)");
    let since = at("2026-01-01T01:00:00Z");
    assert_eq!(rate.latest_fire(since, at("2026-01-02T02:00:00Z")), Some(at("2026-01-02T01:00:00Z")));
    assert_eq!(rate.latest_fire(since, at("2026-01-01T12:59:00Z")), None);
    assert_eq!(rate.next_fire(since, at("2026-01-01T13:00:00Z")), At(at("2026-01-02T01:00:00Z")));
    assert_eq!(rate.next_fire(since, at("2025-06-01T00:00:00Z")), At(at("2026-01-01T13:00:00Z")));
}

// 31 February is no day; 2027 has no 29 February, and 2025 is over.
#[test]
fn never_and_unreadable_are_told_apart() {
    let now = at("2026-01-05T06:00:00Z");
    for expression in ["cron(0 12 31 2 ? *)", "cron(0 12 30 2 ? *)", "cron(0 12 29 2 ? 2027)", "cron(0 12 31 4,6 ? *)"]
    {
        assert!(!schedule(expression).ever_fires(), "{expression}");
        assert_eq!(next_fire(expression, None, now), Never, "{expression}");
    }
    let over = schedule("cron(0 5 ? * * 2025)");
    assert!(over.ever_fires());
    assert_eq!(over.next_fire(now, now), Never);
    assert_eq!(next_fire("cron(0 12 29 2 ? *)", None, now), At(at("2028-02-29T12:00:00Z")));
    assert_eq!(next_fire("cron(0 5 ? * SAT-MON *)", None, now), Unreadable);
    assert_eq!(next_fire("cron(0 5 ? * * *)", Some("Mars/Olympus"), now), Unreadable);
    assert_eq!(next_fire("at(2027-01-01T00:00:00)", None, now), Unreadable);
    // A rule of a plan has no rate, and of one that had, nobody could say from when it counts.
    assert_eq!(next_fire("rate(12 hours)", None, now), Unreadable);
}

#[test]
fn the_first_and_the_last_minute_of_the_calendar_count() {
    let first = schedule("cron(0 0 1 1 ? 1970)");
    assert!(first.ever_fires());
    assert_eq!(first.next_fire(at("1969-06-01T00:00:00Z"), at("1969-06-01T00:00:00Z")), At(DateTime::UNIX_EPOCH));
    let east = Schedule::parse("cron(0 0 1 1 ? 1970)", chrono_tz::Pacific::Auckland).expect("a schedule");
    assert!(east.ever_fires());
    let last = schedule("cron(59 23 31 12 ? 2199)");
    assert_eq!(last.next_fire(DateTime::UNIX_EPOCH, at("2199-12-31T23:59:00Z")), Never);
}

#[test]
fn the_longest_pause_is_the_calendars() {
    let hours = |expression: &str| schedule(expression).longest_pause().map(|pause| pause.num_minutes());
    const HOUR: i64 = 60;
    for (expression, pause) in [
        ("rate(90 minutes)", Some(90)),
        ("cron(* * * * ? *)", Some(1)),
        ("cron(0/15 * * * ? *)", Some(15)),
        ("cron(0 6 * * ? *)", Some(24 * HOUR)),
        ("cron(0 8,10 * * ? *)", Some(22 * HOUR)),
        ("cron(0 6 ? * MON-FRI *)", Some(72 * HOUR)),
        // Every minute, but for a day that is the 31st.
        ("cron(* * 1-30 * ? *)", Some(24 * HOUR + 1)),
        ("cron(0 6 1 * ? *)", Some(31 * 24 * HOUR)),
        // From 2096 to 2104.
        ("cron(0 6 29 2 ? *)", Some((8 * 365 + 1) * 24 * HOUR)),
        ("cron(0 6 1 1 ? 2026)", None),
        ("cron(0 6 31 2 ? *)", None),
    ] {
        assert_eq!(hours(expression), pause, "{expression}");
    }
}
