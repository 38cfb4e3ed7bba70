use std::collections::BTreeSet;

use super::super::{Predictions, Targets, Wait};
use super::*;
use crate::aws::backup::Vault;
use crate::aws::wait::Patience;
use crate::pipeline::check::Check;
use crate::pipeline::lineage::tests::{job, point};
use crate::pipeline::lineage::tie;
use crate::pipeline::recovery_point::RecoveryPointStatus;
use crate::pipeline::route::{KeyManager, route};
use crate::pipeline::settings::tests::example;
use EnvironmentName::{Destination, Intermediate, Source};

fn options() -> Options {
    Options {
        targets: Targets::AllMissing { since: None },
        retention: None,
        start: Start::AfterPlan,
        outdated: Outdated::Refuse,
        wait: Wait::ForTheEnd,
        concurrency: 4,
        patience: Patience::default(),
    }
}

/// Two hours after the backup of 5 January, 05:00.
fn facts() -> Facts {
    Facts {
        hop_two: Some(HopTwo {
            role_arn: "arn:aws:iam::111111111111:role/backup-copy-us-west-2".to_owned(),
            destination_vault: "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault".to_owned(),
            delete_after_days: "7".to_owned(),
            token_version: "1".to_owned(),
        }),
        vaults: EnvironmentName::ALL.map(vault),
        copying_plans: BTreeSet::from(["plan-1".to_owned()]),
        predictions: Predictions::default(),
        now: "2026-01-05T07:00:00Z".parse().expect("a date"),
    }
}

fn vault(name: EnvironmentName) -> Vault {
    let arn = example().vault_arn(name);
    Vault {
        name: arn.name().to_owned(),
        arn,
        key_arn: None,
        recovery_points: 0,
        locked: false,
        lock_date: None,
        min_retention_days: None,
        max_retention_days: None,
        created_at: None,
    }
}

fn lineage(points: [&[RecoveryPoint]; 3], jobs: [&[CopyJob]; 2]) -> Lineage {
    let pipeline = example();
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let mut table = tie(points, jobs, [&vaults[0], &vaults[1], &vaults[2]]);
    table.pop_first().expect("a row").1
}

fn step(lineage: &Lineage, facts: &Facts, options: &Options) -> Step {
    next_step(&example(), facts, options, lineage, &route("RDS", KeyManager::AwsManaged))
}

fn planned() -> RecoveryPoint {
    RecoveryPoint { plan_id: Some("plan-1".to_owned()), ..point(Source, "job-1") }
}

#[test]
fn what_has_arrived_is_left() {
    let all = lineage([&[planned()], &[], &[point(Destination, "copyjob-2")]], [&[], &[]]);
    assert_eq!(step(&all, &facts(), &options()), Step::Arrived);
}

#[test]
fn the_plans_own_first_hop_is_waited_for_three_hours() {
    let alone = lineage([&[planned()], &[], &[]], [&[], &[]]);
    let until = "2026-01-05T08:00:00Z".parse().expect("a date");
    assert_eq!(step(&alone, &facts(), &options()), Step::AwaitPlan(until));
    let late = Facts { now: until, ..facts() };
    assert!(matches!(step(&alone, &late, &options()), Step::Start(Hop::First, _)));
    let now = Options { start: Start::Now, ..options() };
    assert!(matches!(step(&alone, &facts(), &now), Step::Start(Hop::First, _)));
}

#[test]
fn a_backup_of_no_plan_of_ours_is_started_at_once() {
    let alone = lineage([&[point(Source, "job-1")], &[], &[]], [&[], &[]]);
    let Step::Start(Hop::First, hop) = step(&alone, &facts(), &options()) else { panic!("not a start") };
    assert_eq!(hop.attempt, 1);
    assert_eq!(hop.role_arn, "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole");
}

#[test]
fn a_running_job_is_attached_to_and_a_failed_one_is_tried_again() {
    let running = [job(Hop::First, "job-1", None, "RUNNING")];
    let attached = lineage([&[planned()], &[], &[]], [&running, &[]]);
    assert!(matches!(step(&attached, &facts(), &options()), Step::Attach(Hop::First, _)));
    let failed = [job(Hop::First, "job-1", None, "FAILED")];
    let again = lineage([&[planned()], &[], &[]], [&failed, &[]]);
    let Step::Start(Hop::First, hop) = step(&again, &facts(), &options()) else { panic!("not a start") };
    assert_eq!(hop.attempt, 2);
}

#[test]
fn the_second_hop_runs_as_the_stack_says() {
    let half = lineage([&[planned()], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
    let Step::Start(Hop::Second, hop) = step(&half, &facts(), &options()) else { panic!("not a start") };
    assert_eq!(hop.role_arn, "arn:aws:iam::111111111111:role/backup-copy-us-west-2");
    assert_eq!(hop.retention, Retention::Days(7));
    let request = request(&example(), &half, Hop::Second, &hop).expect("a request");
    assert_eq!(request.recovery_point, point(Intermediate, "copyjob-1").arn);
    assert_eq!(request.from.name(), "intermediate-vault");
}

#[test]
fn an_outdated_stack_is_refused_unless_forced() {
    let half = lineage([&[planned()], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
    let mut facts = facts();
    facts.hop_two.as_mut().expect("settings").delete_after_days = "30".to_owned();
    let Step::Refuse(_, diagnosis) = step(&half, &facts, &options()) else { panic!("not refused") };
    assert_eq!(diagnosis.check, Check::StackOutdated);
    let forced = Options { outdated: Outdated::Accept, ..options() };
    let Step::Start(_, hop) = step(&half, &facts, &forced) else { panic!("not a start") };
    assert_eq!(hop.retention, Retention::Days(30));
    // The operator's own days win over the stack's and are not a difference.
    let own = Options { retention: Some(Retention::Days(90)), ..options() };
    assert!(matches!(step(&half, &facts, &own), Step::Start(..)));
}

// 5 January, 05:00, and the 7 days of the configuration: until 12 January, 05:00.
#[test]
fn a_copy_that_was_cut_short_has_not_arrived_and_is_not_made_twice() {
    let there = |until: &str| RecoveryPoint {
        delete_at: Some(until.parse().expect("a date")),
        ..point(Destination, "copyjob-2")
    };
    let at = |now: &str, copy: RecoveryPoint| {
        let all = lineage([&[planned()], &[point(Intermediate, "copyjob-1")], &[copy]], [&[], &[]]);
        step(&all, &Facts { now: now.parse().expect("a date"), ..facts() }, &options())
    };
    let Step::Refuse(Hop::Second, diagnosis) = at("2026-01-05T07:00:00Z", there("2026-01-06T05:00:00Z")) else {
        panic!("a copy of one day is taken for arrived")
    };
    assert_eq!(diagnosis.check, Check::CopyWouldExpire);
    let commands = diagnosis.remedy.commands();
    assert!(commands[0].contains("DeleteAfterDays=7 --region"), "{commands:?}");
    // It lives more than 48 hours; and near its own end it has lived as long as it was meant to.
    assert_eq!(at("2026-01-05T07:00:00Z", there("2026-01-08T05:00:00Z")), Step::Arrived);
    assert_eq!(at("2026-01-11T07:00:00Z", there("2026-01-12T05:00:00Z")), Step::Arrived);
}

#[test]
fn what_a_vault_lock_does_not_admit_is_refused_before_the_first_hop() {
    let alone = lineage([&[point(Source, "job-1")], &[], &[]], [&[], &[]]);
    let locked = |name: EnvironmentName, least: Option<i64>, most: Option<i64>| {
        let mut facts = facts();
        let vault = &mut facts.vaults[name.index()];
        (vault.locked, vault.min_retention_days, vault.max_retention_days) = (true, least, most);
        facts
    };
    for (name, least, most) in [
        (Destination, Some(8), None),
        (Destination, None, Some(6)),
        (Destination, Some(10), Some(20)),
        (Intermediate, Some(8), None),
    ] {
        let step = step(&alone, &locked(name, least, most), &options());
        let Step::Refuse(_, diagnosis) = step else { panic!("{name} {least:?} {most:?}: {step:?}") };
        assert_eq!(diagnosis.check, Check::VaultRetentionConflict);
    }
    let admitted = locked(Destination, Some(7), Some(7));
    assert!(matches!(step(&alone, &admitted, &options()), Step::Start(Hop::First, _)));
    let for_ever = Options { retention: Some(Retention::Never), ..options() };
    assert!(matches!(step(&alone, &locked(Destination, None, Some(35)), &for_ever), Step::Refuse(..)));
}

#[test]
fn a_copy_that_would_be_born_nearly_expired_is_refused() {
    let half = lineage([&[planned()], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
    let late = Facts { now: "2026-01-10T05:00:01Z".parse().expect("a date"), ..facts() };
    let Step::Refuse(_, diagnosis) = step(&half, &late, &options()) else { panic!("not refused") };
    assert_eq!(diagnosis.check, Check::CopyWouldExpire);
}

#[test]
fn a_backup_of_which_nothing_is_left_is_refused_with_what_shows_the_rest() {
    let expired = RecoveryPoint { status: RecoveryPointStatus::Expired, ..point(Intermediate, "copyjob-1") };
    let gone = lineage([&[], &[expired], &[]], [&[], &[]]);
    let Step::Refuse(Hop::First, finding) = step(&gone, &facts(), &options()) else { panic!("not refused") };
    assert_eq!(finding.check, Check::RecoveryPointUnhealthy);
    assert_eq!(finding.remedy.commands(), ["backupctl verify"]);
    insta::assert_snapshot!(finding.remedy.in_line());
}
