//! Answers that are not AWS's, and lists that lack what is there: nothing is deleted on one unconfirmed answer.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use backupctl::aws::outside::LocalClock;
use backupctl::aws::wait::Patience;
use backupctl::operations::Sink;
use backupctl::operations::cleanup::{self, Cleaned, Options};
use backupctl::operations::error::{ErrorKind, OperatorError};
use backupctl::operations::sessions::Sessions;
use backupctl::sandbox::Sandbox;
use serde_json::Value;

use crate::support::between::{Call, between};
use crate::support::command::backupctl;
use crate::support::normal::plain;
use crate::support::operator::{administrator, in_source, outside};
use crate::support::worlds;

fn options() -> Options {
    Options { patience: Patience { timeout: Duration::from_secs(2 * 3600), ..Patience::default() }, ..super::whole() }
}

/// A whole cleanup over a way that spoils it.
fn clean(
    sandbox: &Sandbox,
    options: &Options,
    clock: LocalClock,
    before: impl FnMut(&Call) + Send + 'static,
    after: impl Fn(&Call, &mut HttpResponse) + Send + Sync + 'static,
) -> Result<Cleaned, OperatorError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let mut pipeline = backupctl::config::built_in().expect("the built-in pipeline");
        pipeline.selection.resources = vec!["arn:aws:rds:us-east-1:111111111111:db:*".to_owned()];
        let mut way = outside(sandbox, |account| administrator(account.as_str()));
        way.local_clock = clock;
        let sessions = Sessions::open(&pipeline, &between(way, before, after)).await;
        let observed = cleanup::observe(&pipeline, &sessions, options, &Sink::none()).await?;
        let changes = cleanup::decide(&pipeline, &observed, options);
        Ok(cleanup::apply(&pipeline, &sessions, &changes, options, &Sink::none()).await)
    })
}

/// Every string below a member of this name.
fn below<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(map) => {
            for (key, item) in map {
                if key == name {
                    found.push(item);
                }
                below(item, name, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| below(item, name, found)),
        _ => {}
    }
}

/// No recovery point is left under a key that goes.
fn no_copy_is_lost(sandbox: &Sandbox, about: &str) {
    let world = plain(sandbox);
    let mut points = Vec::new();
    below(&world["services"]["backup"], "points", &mut points);
    let left: String = points.iter().map(|points| points.to_string()).collect();
    for place in world["services"]["kms"].as_object().into_iter().flat_map(|places| places.values()) {
        for (id, key) in place["keys"].as_object().into_iter().flatten() {
            let going = key["state"] == "PendingDeletion";
            assert!(!going || !left.contains(id.as_str()), "{about}: key {id} goes, and recovery points lie under it");
        }
    }
}

/// A refusal as it is read.
fn told(error: &OperatorError) -> String {
    format!("{error}\n{}\n", error.hint)
}

/// A list of AWS Backup with nothing in it.
fn emptied(response: &mut HttpResponse, member: &str) {
    if response.status().is_success() {
        *response.body_mut() = SdkBody::from(format!("{{\"{member}\":[]}}"));
    }
}

/// The lists of AWS Backup: what their calls have in method and URL, and the member that lists (AWS Backup API
/// Reference).
const LISTS: &[(&str, &[&str], &str)] = &[
    ("ListBackupVaults", &["GET", "/backup-vaults?"], "BackupVaultList"),
    ("ListRecoveryPointsByBackupVault", &["GET", "/recovery-points?"], "RecoveryPoints"),
    ("ListBackupJobs", &["GET", "/backup-jobs"], "BackupJobs"),
    ("ListCopyJobs", &["GET", "/copy-jobs"], "CopyJobs"),
    ("ListLegalHolds", &["GET", "/legal-holds"], "LegalHolds"),
];

// Each list, empty in one environment or in all: whatever is concluded, no key goes that a recovery point needs, and
// nothing that is left is told as gone.
#[test]
fn an_empty_list_costs_no_key_and_hides_nothing_that_is_left() {
    for (list, parts, member) in LISTS {
        for place in ["us-east-1", "us-west-2", "amazonaws"] {
            let sandbox = worlds::after_a_night();
            let (parts, member) = (*parts, *member);
            let cleaned = clean(
                &sandbox,
                &options(),
                LocalClock::Another,
                |_| (),
                move |call, response| {
                    if call.has(parts) && call.uri.contains(place) {
                        emptied(response, member);
                    }
                },
            );
            let about = format!("{list} is empty in {place}");
            no_copy_is_lost(&sandbox, &about);
            let cleaned = match cleaned {
                Ok(cleaned) => cleaned,
                Err(error) => {
                    assert_eq!(error.kind, ErrorKind::Refused, "{about}: {error}");
                    continue;
                }
            };
            let vaults = plain(&sandbox)["services"]["backup"].to_string();
            let all_gone = cleaned.left_behind.is_empty() && cleaned.failures.is_empty() && cleaned.stopped.is_none();
            let there = ["source-vault-account-a-region-a", "destination-vault-account-b-region-b"]
                .iter()
                .any(|vault| vaults.contains(&format!("\"{vault}\":{{")));
            assert!(!all_gone || !there, "{about}: {cleaned:#?}");
        }
    }
}

#[test]
fn a_vault_that_only_its_name_shows_keeps_key_and_stack() {
    let sandbox = worlds::after_a_night();
    let cleaned = clean(
        &sandbox,
        &options(),
        LocalClock::Another,
        |_| (),
        |call, response| {
            if call.has(&["GET", "/backup-vaults?"]) {
                emptied(response, "BackupVaultList");
            }
        },
    );
    let cleaned = cleaned.expect("a look");
    assert!(cleaned.keys.iter().all(|key| key.deletion_date.is_none()), "{cleaned:#?}");
    assert!(cleaned.stacks.iter().all(|stack| stack.result.is_none()), "{cleaned:#?}");
    let reasons: Vec<&str> = cleaned.stacks.iter().filter_map(|stack| stack.reason.as_deref()).collect();
    assert_eq!(reasons.len(), 3, "{cleaned:#?}");
    assert!(reasons.iter().all(|reason| reason.contains("list of backup vaults lacks")), "{reasons:?}");
    insta::assert_snapshot!(format!("{}\n{}", reasons[2], cleaned.stacks[2].remedy.as_deref().unwrap_or_default()));
}

fn pruning() -> Options {
    Options { older_than: Some(Duration::from_secs(30 * 86_400)), ..options() }
}

/// Every answer whose call has these parts is dated so many minutes away.
fn dated(parts: &'static [&'static str], minutes: i64) -> impl Fn(&Call, &mut HttpResponse) + Send + Sync {
    move |call, response| {
        let date = response.headers().get("date").and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        if let Some(date) = date.filter(|_| call.has(parts)) {
            let date = (date + chrono::TimeDelta::minutes(minutes)).to_utc();
            let text = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            response.headers_mut().insert("date", text);
        }
    }
}

// The recovery points are hours old: nothing is older than 30 days, whatever one answer says.
#[test]
fn one_wrong_date_deletes_nothing_by_age_and_is_named() {
    let days = |days: i64| days * 24 * 60;
    let of_some: [&'static [&'static str]; 6] = [
        &["/legal-holds"],
        &["us-west-2", "/recovery-points?"],
        &["/backup-vaults?"],
        &["DescribeStacks"],
        &["DescribeDBInstances"],
        &["TrentService.DescribeKey"],
    ];
    for parts in of_some {
        for minutes in [days(60), days(-20_000), 16, -16] {
            let sandbox = worlds::after_a_night();
            let before = plain(&sandbox)["services"].clone();
            let refused = clean(&sandbox, &pruning(), LocalClock::Another, |_| (), dated(parts, minutes));
            let error = refused.err().unwrap_or_else(|| panic!("{parts:?} {minutes}: it was not refused"));
            assert_eq!(error.kind, ErrorKind::Refused, "{parts:?} {minutes}: {error}");
            assert!(error.what.contains("amazonaws.com says "), "{error}");
            assert_eq!(plain(&sandbox)["services"]["backup"], before["backup"], "{parts:?} {minutes}");
        }
    }
}

#[test]
fn clocks_that_agree_within_15_minutes_are_no_matter() {
    let sandbox = worlds::after_a_night();
    let cleaned = clean(&sandbox, &pruning(), LocalClock::Another, |_| (), dated(&["/legal-holds"], 14));
    assert_eq!(cleaned.expect("a look").summary.kept, 6);
}

// With real AWS the local clock is one of them: a gateway that dates every answer wrongly is found out.
#[test]
fn the_local_clock_counts_only_with_real_aws() {
    for (clock, refused) in [(LocalClock::Counts, true), (LocalClock::Another, false)] {
        let sandbox = worlds::after_a_night();
        let cleaned = clean(&sandbox, &pruning(), clock, |_| (), dated(&[], 60 * 24 * 60));
        match (refused, cleaned) {
            (true, Err(error)) => {
                assert!(error.what.contains("this machine says "), "{error}");
                insta::assert_snapshot!(told(&error));
            }
            (false, Ok(cleaned)) => assert_eq!(cleaned.summary.deleted, 6, "{cleaned:#?}"),
            (_, other) => panic!("{clock:?}: {other:#?}"),
        }
    }
}

/// Somebody else's whole command, while ours waits at a call.
fn meanwhile(
    sandbox: &Sandbox,
    at: &'static [&'static str],
    arguments: &'static str,
) -> impl FnMut(&Call) + Send + use<> {
    let sandbox = sandbox.clone();
    let mut done = false;
    move |call| {
        if !done && call.has(at) {
            done = true;
            let sandbox = sandbox.clone();
            // A command brings a runtime of its own, which cannot begin inside ours.
            let other = std::thread::spawn(move || backupctl(&sandbox, arguments));
            let ran = other.join().expect("somebody else's command");
            assert!([0, 1, 5].contains(&ran.code), "{arguments}: {}\n{}", ran.stdout, ran.stderr);
        }
    }
}

// A cleanup whose pipeline somebody turns on again stops, and what was not deleted by then stays.
#[test]
fn a_pipeline_that_is_turned_on_again_ends_the_cleanup() {
    let places: [&'static [&'static str]; 5] = [
        &["GET", "/backup-jobs"],
        &["DELETE", "us-east-1", "/recovery-points/"],
        &["DELETE", "us-west-2", "/recovery-points/"],
        &["DELETE", "us-east-1", "/backup-vaults/source-vault-account-a-region-a"],
        &["TrentService.ScheduleKeyDeletion"],
    ];
    let mut errors = Vec::new();
    for at in places {
        let sandbox = worlds::after_a_night();
        let other = meanwhile(&sandbox, at, "bootstrap --yes");
        let cleaned = clean(&sandbox, &options(), LocalClock::Another, other, |_, _| ()).expect("a look");
        let turned_on = !in_source(&sandbox, async |config| {
            let plans = aws_sdk_backup::Client::new(&config).list_backup_plans().send().await.expect("plans");
            plans.backup_plans_list().is_empty()
        });
        if turned_on {
            let error = cleaned.stopped.clone().or_else(|| cleaned.failures.first().cloned());
            let error = error.unwrap_or_else(|| panic!("{at:?}: it went on: {cleaned:#?}"));
            assert_eq!(error.kind, ErrorKind::Refused, "{at:?}: {error}");
            errors.push(format!("{at:?}\n{}", told(&error)));
            // Who comes when all of them are gone saves none.
            let none_left = !at.contains(&"/recovery-points/") && !at.contains(&"/backup-jobs");
            assert!(none_left || cleaned.summary.deleted < 6, "{at:?}: {cleaned:#?}");
        }
        no_copy_is_lost(&sandbox, &format!("{at:?}"));
    }
    assert!(errors.len() >= 3, "{errors:?}");
    insta::assert_snapshot!(errors.join("\n"));
}

// A look that fails ends it too: what is not seen could be on again.
#[test]
fn what_a_cleanup_looks_at_again_and_may_not_see_ends_it() {
    let mut errors = Vec::new();
    for (at, place) in [("GET /backup/plans 3", "us-east-1"), ("AWSEvents.DescribeRule 1", "us-east-1")] {
        let sandbox = worlds::after_a_night();
        let (parts, number) = at.rsplit_once(' ').expect("a number");
        let number: usize = number.parse().expect("a number");
        let seen = std::sync::Mutex::new(0);
        let cleaned = clean(
            &sandbox,
            &options(),
            LocalClock::Another,
            |_| (),
            move |call, response| {
                let parts: Vec<&str> = parts.split(' ').collect();
                if call.has(&parts) && call.uri.contains(place) && !call.has(&["/selections"]) && !call.has(&["DELETE"])
                {
                    let mut seen = seen.lock().expect("no panic");
                    *seen += 1;
                    if *seen >= number {
                        *response.status_mut() = 403.try_into().expect("a status");
                        response.headers_mut().insert("x-amzn-errortype", "AccessDeniedException");
                        *response.body_mut() = SdkBody::from(r#"{"__type":"AccessDeniedException","message":"no"}"#);
                    }
                }
            },
        );
        let cleaned = cleaned.unwrap_or_else(|error| panic!("{at}: {error}"));
        let error = cleaned.stopped.unwrap_or_else(|| panic!("{at}: it went on"));
        assert_eq!(cleaned.summary.deleted, 0, "{at}");
        errors.push(format!("{at}\n{}", told(&error)));
    }
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn turned_on_while_jobs_are_waited_for_nothing_is_deleted() {
    let sandbox = worlds::after_a_night();
    let began = sandbox.now();
    let other = meanwhile(&sandbox, &["GET", "/backup-jobs"], "bootstrap --yes");
    let cleaned = clean(&sandbox, &options(), LocalClock::Another, other, |_, _| ()).expect("a look");
    let error = cleaned.stopped.clone().expect("it stopped");
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.what.contains("somebody turned the pipeline on again between "), "{error}");
    // What is on again is neither said to be deleted nor paused, and it is not waited out.
    assert!(!error.hint.contains("is deleted") && !error.hint.contains("is paused"), "{error}");
    assert!(!cleaned.event_path.paused && sandbox.now() - began < Duration::from_secs(300), "{cleaned:#?}");
    assert_eq!(cleaned.summary.deleted, 0);
    insta::assert_snapshot!(told(&error));
    let verified = backupctl(&sandbox, "verify -o json").expect(0).json();
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
}

// CloudFormation answers the second of two DeleteStacks with 200 and tells no event of it.
#[test]
fn a_stack_that_somebody_else_deletes_is_waited_for_by_its_state() {
    for stack in ["source", "intermediate", "destination"] {
        let sandbox = worlds::bootstrapped();
        let (world, mut done) = (sandbox.clone(), false);
        let cleaned = clean(
            &sandbox,
            &options(),
            LocalClock::Another,
            move |call| {
                if !done && call.has(&["Action=DeleteStack", &format!("aws-backup-rds-{stack}-stack")]) {
                    done = true;
                    let world = world.clone();
                    std::thread::spawn(move || delete_stack(&world, stack)).join().expect("deleted");
                }
            },
            |_, _| (),
        );
        let began = worlds::bootstrapped().now();
        let cleaned = cleaned.expect("a look");
        assert_eq!((&cleaned.failures[..], &cleaned.stopped), (&[][..], &None), "{stack}");
        assert_eq!(cleaned.left_behind, Vec::<String>::new(), "{stack}");
        assert!(sandbox.now() - began < Duration::from_secs(3600), "{stack}: it waited");
    }
}

fn delete_stack(sandbox: &Sandbox, stack: &str) {
    let delete = async |config: aws_config::SdkConfig| {
        let client = aws_sdk_cloudformation::Client::new(&config);
        client.delete_stack().stack_name(format!("aws-backup-rds-{stack}-stack")).send().await.expect("DeleteStack");
    };
    use crate::support::operator::{in_destination, in_intermediate};
    match stack {
        "source" => in_source(sandbox, delete),
        "intermediate" => in_intermediate(sandbox, delete),
        _ => in_destination(sandbox, delete),
    }
}
