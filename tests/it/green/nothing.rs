//! Worlds that protect nothing, looked at when the first copy's deadline is over: `verify` ends with 0 in none.

use backupctl::sandbox::Sandbox;

use super::{
    DESTINATION_VAULT, INTERMEDIATE_VAULT, ORDERS, SOURCE_VAULT, configuration, delete_points, pass, stop_second_hops,
};
use crate::messages::doctor::plan::change_rule;
use crate::mutations::{self, Outcome};
use crate::support::command::{configured, deny};
use crate::support::operator::in_source;
use crate::support::worlds;

#[test]
fn after_every_mutation_that_loses_the_backup_verify_is_not_green() {
    let lost: Vec<_> =
        mutations::TABLE.iter().filter(|case| matches!(case.happened, Ok((_, Outcome::Lost(..))))).collect();
    assert!(lost.len() >= 100, "{} worlds", lost.len());
    let green: Vec<&str> =
        lost.iter().filter(|case| case.verified != Some(3)).map(|case| case.mutation.id.as_str()).collect();
    assert_eq!(green, Vec::<&str>::new());
}

/// A world, what it is configured by, and what was done to it.
struct World {
    about: &'static str,
    configuration: String,
    change: fn(&Sandbox),
}

fn tagged(sandbox: &Sandbox, key: &str, value: &str) {
    in_source(sandbox, async |config| {
        let tag = aws_sdk_rds::types::Tag::builder().key(key).value(value).build();
        let call = aws_sdk_rds::Client::new(&config).add_tags_to_resource().tags(tag).resource_name(ORDERS);
        call.send().await.expect("AddTagsToResource");
    });
}

/// Bootstrapped with `configuration` after `change`; then nights pass.
fn selections() -> Vec<World> {
    let carries: fn(&Sandbox) = |sandbox| tagged(sandbox, "tier", "gold");
    let plain: fn(&Sandbox) = |_| {};
    let world = |about, selection: &str, change| World { about, configuration: configuration(selection), change };
    vec![
        world("a tag that nobody has", "tags = { tier = \"gold\" }", plain),
        world("a tag's key in another case", "tags = { Tier = \"gold\" }", carries),
        world("a tag's value in another case", "tags = { tier = \"Gold\" }", carries),
        world("a tag's value that is another", "tags = { tier = \"silver\" }", carries),
        world("conditions that nobody meets", "conditions = { tier = \"gold\" }", plain),
        world("conditions in another case", "conditions = { \"aws:ResourceTag/Tier\" = \"gold\" }", carries),
        world("a tag met, a condition not", "tags = { tier = \"gold\" }\nconditions = { stage = \"x\" }", carries),
        world("a misspelt name", "resources = [\"arn:aws:rds:us-east-1:111111111111:db:ordes\"]", plain),
        world("a pattern of nothing", "resources = [\"arn:aws:rds:us-east-1:111111111111:db:prod-*\"]", plain),
        world("named and left out", &format!("resources = [\"{ORDERS}\"]\nexclude = [\"{ORDERS}\"]"), plain),
        world("named, under conditions", &format!("resources = [\"{ORDERS}\"]\nconditions = {{ a = \"b\" }}"), plain),
        world("stopped", &format!("resources = [\"{ORDERS}\"]"), |sandbox| {
            in_source(sandbox, async |config| {
                let rds = aws_sdk_rds::Client::new(&config);
                rds.stop_db_instance().db_instance_identifier("orders").send().await.expect("StopDBInstance");
            });
        }),
    ]
}

/// The ways to ask that a scheduled job would use; with each of them the answer is the same.
const WAYS: [&str; 7] = [
    "",
    "--resource orders",
    "--resource db:orders",
    "--resource arn:aws:rds:us-east-1:111111111111:db:orders",
    "--max-age 30d",
    "--since 1h",
    "--only recovery-points",
];

#[track_caller]
fn never_green(about: &str, sandbox: &Sandbox, configuration: &str, green: &mut Vec<String>, count: &mut usize) {
    for way in WAYS {
        let ran = configured(sandbox, configuration, &format!("verify --quiet {way}"));
        *count += 1;
        if ran.code != 3 {
            green.push(format!("{about}, {way}: exit {}\n{}{}", ran.code, ran.stdout, ran.stderr));
        }
    }
}

#[test]
fn a_selection_that_selects_nothing_is_never_green() {
    let (mut green, mut count) = (Vec::new(), 0);
    for World { about, configuration, change } in selections() {
        let sandbox = worlds::built_in();
        change(&sandbox);
        configured(&sandbox, &configuration, "bootstrap --yes --quiet").expect(0);
        pass(&sandbox, 72);
        never_green(about, &sandbox, &configuration, &mut green, &mut count);
    }
    assert_eq!(green, Vec::<String>::new());
    assert!(count >= 80, "{count}");
}

const BOTH: &str = "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \
                    \"arn:aws:rds:us-east-1:111111111111:db:billing\"]\n[events]\nsweep_schedule = \"\"";

/// A night went well, then nothing arrives any more, and copies were deleted.
fn deletions() -> Vec<(String, Sandbox)> {
    let all = [DESTINATION_VAULT, INTERMEDIATE_VAULT, SOURCE_VAULT];
    let mut found = Vec::new();
    for vaults in [&all[..1], &all[..2], &all[..], &[DESTINATION_VAULT, SOURCE_VAULT]] {
        for hours in [0, 20, 60] {
            let sandbox = worlds::without_sweep();
            pass(&sandbox, 30);
            stop_second_hops(&sandbox);
            for vault in vaults {
                delete_points(&sandbox, vault, "");
            }
            pass(&sandbox, hours);
            found.push((format!("{} vaults emptied, {hours} h ago", vaults.len()), sandbox));
        }
    }
    found
}

#[test]
fn deleted_copies_are_never_green() {
    let (mut green, mut count) = (Vec::new(), 0);
    for (about, sandbox) in deletions() {
        never_green(&about, &sandbox, &configuration(BOTH), &mut green, &mut count);
    }
    assert_eq!(green, Vec::<String>::new());
    assert!(count >= 80, "{count}");
}

/// What cannot be seen of a world in which nothing arrives.
const HIDDEN: [&str; 8] = [
    "backup:ListBackupPlans",
    "backup:ListBackupVaults",
    "backup:ListRecoveryPoints*",
    "backup:ListCopyJobs",
    "backup:ListBackupJobs",
    "rds:DescribeDBInstances",
    "kms:DescribeKey",
    "backup:ListBackupSelections",
];

#[test]
fn a_world_that_cannot_be_seen_is_never_green() {
    let (mut green, mut count) = (Vec::new(), 0);
    for operation in HIDDEN {
        let sandbox = worlds::without_sweep();
        stop_second_hops(&sandbox);
        pass(&sandbox, 72);
        deny(&sandbox, operation, "");
        never_green(operation, &sandbox, &configuration(BOTH), &mut green, &mut count);
    }
    assert_eq!(green, Vec::<String>::new());
    assert_eq!(count, 56);
}

/// Schedules that AWS Backup takes and that make no backup, or none that could be reckoned with.
const SCHEDULES: [(&str, &str); 3] = [
    ("cron(0 12 31 2 ? *)", "schedule-never-fires"),
    ("cron(0 5 1 1 ? 2025)", "schedule-never-fires"),
    ("cron(0 5 29 2 ? 2027)", "schedule-never-fires"),
];

#[test]
fn a_plan_that_never_runs_is_never_green() {
    let (mut green, mut count) = (Vec::new(), 0);
    for (schedule, check) in SCHEDULES {
        let sandbox = worlds::without_sweep();
        change_rule(&sandbox, |rule| rule.schedule_expression = Some(schedule.to_owned()));
        pass(&sandbox, 72);
        let ran = configured(&sandbox, &configuration(BOTH), "doctor -o json").expect(3);
        assert_eq!(super::of_check(&ran, check).len(), 1, "{schedule}");
        never_green(schedule, &sandbox, &configuration(BOTH), &mut green, &mut count);
    }
    assert_eq!(green, Vec::<String>::new());
    assert_eq!(count, 21);
}
