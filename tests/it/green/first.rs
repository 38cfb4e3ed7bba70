//! Before the first copy can be due a database is new; after that, and for one that is not new, a copy must be there.

use super::{DESTINATION_VAULT, configuration, delete_points, pass, resource, stop_second_hops};
use crate::support::command::{backupctl, configured};
use crate::support::operator::in_source;
use crate::support::worlds;

// The built-in world begins on 5 January at 06:00 and is bootstrapped at once; the schedule is daily at 05:00: the first
// fire time is on the 6th, the first copy is due 24 hours after it.
const DUE: &str = "2026-01-07T05:00:00Z";

#[test]
fn until_the_first_copy_is_due_a_database_is_new() {
    let sandbox = worlds::bootstrapped();
    stop_second_hops(&sandbox);
    let fresh = backupctl(&sandbox, "verify --only recovery-points -o json").expect(0);
    let orders = resource(&fresh, "orders");
    assert_eq!((&orders["state"], &orders["first_copy_due"]), (&"new".into(), &DUE.into()), "{orders:#}");
    assert!(orders["within_max_age"].is_null() && orders["newest_copy_at"].is_null(), "{orders:#}");
    let headline = fresh.json()["headline"].as_str().expect("a headline").to_owned();
    assert!(headline.starts_with(&format!("NOT YET PROTECTED: first copy due {DUE}")), "{headline}");
    let shown = backupctl(&sandbox, "verify --only recovery-points --quiet").expect(0).stdout;
    assert!(shown.lines().nth(1).is_some_and(|line| line.starts_with("NOT YET PROTECTED: first copy due")), "{shown}");
    // An hour before it is due, and an hour after.
    pass(&sandbox, 46);
    backupctl(&sandbox, "verify --only recovery-points -o json").expect(0);
    pass(&sandbox, 2);
    let late = backupctl(&sandbox, "verify --only recovery-points -o json").expect(3);
    assert_eq!(resource(&late, "orders")["state"], "unprotected");
}

#[test]
fn a_selection_made_again_makes_nothing_new() {
    let both = "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \
                \"arn:aws:rds:us-east-1:111111111111:db:billing\"]";
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 24);
    stop_second_hops(&sandbox);
    delete_points(&sandbox, DESTINATION_VAULT, "");
    let renamed = configuration(&format!("name = \"another\"\n{both}"));
    configured(&sandbox, &renamed, "bootstrap --yes --quiet --timeout 2d").expect(0);
    let ran = configured(&sandbox, &renamed, "verify --only recovery-points -o json").expect(3);
    assert_eq!(resource(&ran, "orders")["state"], "unprotected");
}

#[test]
fn a_database_that_was_made_later_is_new_beside_one_that_is_protected() {
    let selection = "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \
                     \"arn:aws:rds:us-east-1:111111111111:db:payments\"]";
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let create = aws_sdk_rds::Client::new(&config).create_db_instance().db_instance_identifier("payments");
        let create = create.db_instance_class("db.t3.medium").engine("postgres").allocated_storage(20);
        let create = create.storage_encrypted(true).master_username("admin1").master_user_password("a-password-1");
        create.send().await.expect("CreateDBInstance");
    });
    pass(&sandbox, 1);
    let configuration = configuration(selection);
    configured(&sandbox, &configuration, "bootstrap --yes --quiet --timeout 2d").expect(0);
    let ran = configured(&sandbox, &configuration, "verify -o json").expect(0);
    assert_eq!(resource(&ran, "payments")["state"], "new");
    assert_eq!(resource(&ran, "orders")["state"], "protected");
    assert!(ran.json()["headline"].as_str().is_some_and(|text| text.starts_with("NOT YET PROTECTED")));
    pass(&sandbox, 48);
    let ran = configured(&sandbox, &configuration, "verify -o json").expect(0);
    assert_eq!(resource(&ran, "payments")["state"], "protected");
    assert!(ran.json()["headline"].as_str().is_some_and(|text| text.starts_with("PROTECTED: 2 databases have")));
}

// One night's copies are of 05:00; three nights without a second hop follow.
#[test]
fn the_age_that_counts_is_the_destination_copys() {
    let sandbox = worlds::without_sweep();
    pass(&sandbox, 27);
    stop_second_hops(&sandbox);
    let text = include_str!("../support/without_sweep.toml");
    let fresh = configured(&sandbox, text, "verify --max-age 36h -o json").expect(3);
    // The rule is off, which is an error of its own; the copy's age is none.
    let orders = resource(&fresh, "orders");
    assert_eq!((&orders["state"], &orders["within_max_age"]), (&"protected".into(), &true.into()), "{orders:#}");
    assert!(orders["copy_age_seconds"].as_i64().is_some_and(|age| (3 * 3600..6 * 3600).contains(&age)), "{orders:#}");
    pass(&sandbox, 72);
    let old = configured(&sandbox, text, "verify --max-age 36h --only recovery-points -o json").expect(3);
    let orders = resource(&old, "orders");
    assert_eq!((&orders["state"], &orders["within_max_age"]), (&"stale".into(), &false.into()), "{orders:#}");
    assert_eq!(super::of_check(&old, "copy-stale").len(), 2);
    assert_eq!(super::of_check(&old, "backup-stale").len(), 0, "the source is fresh");
    // Without a limit the schedule is one: a fire time is due 20 + 24 hours later.
    let old = configured(&sandbox, text, "verify --only recovery-points -o json").expect(3);
    assert_eq!(resource(&old, "orders")["state"], "stale");
}

/// A configuration with this schedule.
fn scheduled(schedule: &str) -> String {
    let databases = "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]";
    format!("{}[plan]\nschedule = \"{schedule}\"\n", configuration(databases))
}

// The world begins on 5 January 2026. What is over, and what begins in a far year, is found before anything is called.
#[test]
fn a_schedule_that_is_over_or_begins_in_a_far_year_is_a_mistake() {
    let sandbox = worlds::built_in();
    let mut told = Vec::new();
    for (schedule, why) in [
        ("cron(0 5 * * ? 2020)", "never fires again"),
        ("cron(0 5 1 1 ? 2026)", "never fires again"),
        ("cron(0 5 1 1 ? 2040)", "does not fire before 2040-01-01T05:00:00Z"),
        ("cron(0 5 1 1 ? 2199)", "does not fire before 2199-01-01T05:00:00Z"),
    ] {
        let text = scheduled(schedule);
        for command in ["bootstrap --yes", "bootstrap --dry-run", "doctor", "verify"] {
            let ran = configured(&sandbox, &text, &format!("{command} -o json")).expect(2).json();
            assert!(ran["error"]["message"].as_str().is_some_and(|text| text.contains(why)), "{schedule}: {ran:#}");
        }
        told.push(configured(&sandbox, &text, "verify").expect(2).stderr);
        // What there is can be taken down all the same.
        configured(&sandbox, &text, "cleanup --yes -o json").expect(0);
    }
    insta::assert_snapshot!(told.join("\n"));
}

// In the years between AWS makes backups, but none for more than a year.
#[test]
fn a_schedule_that_begins_in_more_than_a_year_is_never_green() {
    let sandbox = worlds::built_in();
    let text = scheduled("cron(0 5 1 3 ? 2028)");
    configured(&sandbox, &text, "bootstrap --yes --quiet").expect(0);
    let ran = configured(&sandbox, &text, "verify -o json").expect(3);
    let idle = super::of_check(&ran, "schedule-never-fires");
    assert!(idle[0]["message"].as_str().is_some_and(|text| text.contains("next at 2028-03-01T05:00:00Z")), "{idle:#?}");
    insta::assert_snapshot!(crate::support::shown::in_document(&idle[0]));
    let alone = configured(&sandbox, &text, "verify --only recovery-points -o json").expect(3);
    assert_eq!(resource(&alone, "orders")["state"], "unprotected");
    configured(&sandbox, &text, "doctor --quiet").expect(3);
    // Once a year is rare, and said with its date.
    let sandbox = worlds::built_in();
    let text = scheduled("cron(0 5 1 12 ? *)");
    configured(&sandbox, &text, "bootstrap --yes --quiet").expect(0);
    let ran = configured(&sandbox, &text, "verify -o json").expect(0);
    assert_eq!(resource(&ran, "orders")["first_copy_due"], "2026-12-02T05:00:00Z");
}
