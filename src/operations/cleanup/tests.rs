//! What goes, what is kept, and why.

use std::collections::BTreeMap;

mod lives;

use super::absence::Listed;
use super::observe::identities;
use super::*;
use crate::aws::AwsError;
use crate::aws::backup::plans::PlanHead;
use crate::aws::backup::{LegalHold, Vault};
use crate::aws::cloudformation::{Stack, StackStatus};
use crate::aws::error::FailedAt;
use crate::aws::kms::{Key, Nature};
use crate::aws::wait::Patience;
use crate::operations::deployment::TAG;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::{Existing, Identities};
use crate::pipeline::lineage::tests::point;
use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus};
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::tests::example;
use EnvironmentName::{Destination, Intermediate, Source};

const KEY: &str = "arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The key of all recovery points, in one of its states.
fn key(state: &str, deletion_date: Option<&str>) -> Key {
    let nature = Nature {
        spec: "SYMMETRIC_DEFAULT".to_owned(),
        usage: "ENCRYPT_DECRYPT".to_owned(),
        origin: "AWS_KMS".to_owned(),
        multi_region: false,
    };
    let deletion_date = deletion_date.map(|at| at.parse().expect("a date"));
    let (arn, manager) = (KEY.parse().expect("an ARN"), KeyManager::Customer);
    Key { arn, manager, state: state.to_owned(), deletion_date, nature }
}

const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

fn options() -> Options {
    Options {
        only: Vec::new(),
        environments: EnvironmentName::ALL.to_vec(),
        resources: Vec::new(),
        older_than: None,
        keep_last: None,
        last_copy: LastCopy::Keep,
        locks: LockConsent::Leave,
        patience: Patience::default(),
    }
}

fn seen(name: EnvironmentName, mut points: Vec<RecoveryPoint>) -> EnvironmentSeen {
    let pipeline = example();
    for point in &mut points {
        point.copied_from = match name {
            Source => None,
            Intermediate => Some(pipeline.vault_arn(Source)),
            Destination => Some(pipeline.vault_arn(Intermediate)),
        };
        point.plan_id = (name == Source).then(|| "plan-1".to_owned());
        point.key_arn = Some(KEY.parse().expect("an ARN"));
    }
    EnvironmentSeen {
        name,
        stack: Some(Stack {
            name: pipeline.environment(name).stack.clone(),
            id: format!("stack/{name}"),
            status: StackStatus::from("CREATE_COMPLETE"),
            status_reason: None,
            outputs: BTreeMap::new(),
            tags: BTreeMap::from([(TAG.to_owned(), pipeline.identity().to_owned())]),
            termination_protection: true,
            changed_at: None,
        }),
        resources: Vec::new(),
        vault: Some(Vault {
            min_retention_days: None,
            max_retention_days: None,
            created_at: None,
            name: pipeline.environment(name).vault.clone(),
            arn: pipeline.vault_arn(name),
            key_arn: None,
            recovery_points: points.len() as i64,
            locked: false,
            lock_date: None,
        }),
        listed: Listed::Yes,
        other_vault: None,
        vault_tag: None,
        other_vaults: Vec::new(),
        ids: points.iter().map(|point| (point.arn.to_string(), "db-ORDERS".into())).collect(),
        ids_unseen: None,
        points,
        key: None,
        keys: BTreeMap::from([(KEY.to_owned(), Ok(Some(key("Enabled", None))))]),
        key_used_by: Vec::new(),
        key_users: Default::default(),
        holds: BTreeMap::new(),
        holds_unseen: None,
        rights: None,
        now: "2026-01-06T05:00:00Z".parse().expect("a date"),
    }
}

pub fn plan(id: &str, owner: Owner) -> PlanSeen {
    PlanSeen {
        environment: Source,
        head: PlanHead { id: id.to_owned(), arn: format!("arn:{id}"), name: "backup-plan-rds".to_owned() },
        owner,
        tags: BTreeMap::new(),
        selections: vec!["selection-1".to_owned()],
        writes_to: if owner == Owner::Ours { Vec::new() } else { vec![Source, Intermediate] },
    }
}

/// The database `orders`, which all recovery points are of, among those that exist.
fn orders() -> Existing {
    Existing { arn: ORDERS.to_owned(), id: Some("db-ORDERS".into()), created_at: None }
}

/// Reads the identities anew after a change of what was seen.
fn read(mut observed: Observed) -> Observed {
    observed.identities = identities(&observed.environments, observed.databases.as_deref().unwrap_or_default());
    observed
}

pub fn observed(databases: &[Existing]) -> Observed {
    read(Observed {
        environments: vec![
            seen(Source, vec![point(Source, "job-1")]),
            seen(Intermediate, vec![point(Intermediate, "copyjob-1")]),
            seen(Destination, vec![point(Destination, "copyjob-2")]),
        ],
        plans: vec![plan("plan-1", Owner::Ours)],
        databases: Ok(databases.to_vec()),
        identities: Identities::default(),
        latest: "2026-01-06T05:00:00Z".parse().expect("a date"),
    })
}

fn denied(operation: &'static str) -> AwsError {
    AwsError {
        operation,
        failed_at: FailedAt::Service,
        code: Some("AccessDenied".to_owned()),
        message: "no".to_owned(),
        request_id: None,
    }
}

fn fates(changes: &Changes) -> Vec<(Intent, Option<Reason>)> {
    changes.points.iter().map(|change| (change.fate.intent, change.fate.reason)).collect()
}

#[test]
fn of_a_database_that_exists_everything_goes() {
    let changes = decide(&example(), &observed(&[orders()]), &options());
    assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Delete, None)));
    assert!(changes.environments.iter().all(|one| one.stack_intent == Intent::Delete));
    assert_eq!(changes.plans[0].intent, Intent::Delete);
}

#[test]
fn the_last_copy_of_a_database_that_is_gone_stays_and_keeps_its_vault() {
    let observed = observed(&[]);
    let changes = decide(&example(), &observed, &options());
    let last = (Intent::Blocked, Some(Reason::LastCopy));
    assert_eq!(fates(&changes), [(Intent::Delete, None), (Intent::Delete, None), last]);
    assert_eq!(changes.environments[2].vault_intent, Intent::Blocked);
    assert_eq!(changes.environments[0].vault_intent, Intent::Delete);
    let include = Options { last_copy: LastCopy::Include, ..options() };
    let changes = decide(&example(), &observed, &include);
    let last = changes.last_copies(&observed).into_iter().collect::<Vec<_>>();
    assert_eq!(last, [LastCopyOf { resource_arn: ORDERS, id: Some(&"db-ORDERS".into()) }]);
}

// A database is its `DbiResourceId`: one that has the name of another, or that was renamed, is neither the other nor
// gone (RDS API Reference, DBInstance).
#[test]
fn a_database_goes_by_its_id_and_not_by_its_name() {
    let last = (Intent::Blocked, Some(Reason::LastCopy));
    let again = Existing { id: Some("db-AGAIN".into()), ..orders() };
    let changes = decide(&example(), &observed(&[again]), &options());
    assert_eq!(fates(&changes), [(Intent::Delete, None), (Intent::Delete, None), last]);
    let renamed = Existing { arn: format!("{ORDERS}-old"), ..orders() };
    let changes = decide(&example(), &observed(&[renamed]), &options());
    assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Delete, None)));
}

#[test]
fn a_copy_of_which_nothing_says_whose_it_is_stays() {
    let last = (Intent::Blocked, Some(Reason::LastCopy));
    let mut blind = observed(&[orders()]);
    for seen in &mut blind.environments {
        seen.ids.clear();
    }
    blind.environments[2].ids_unseen = Some(denied("rds:DescribeDBSnapshots"));
    let blind = read(blind);
    let changes = decide(&example(), &blind, &options());
    assert_eq!(fates(&changes), [(Intent::Delete, None), (Intent::Delete, None), last]);
    assert_eq!(
        changes.notes,
        ["the snapshots (destination) could not be read, so nothing says which database 1 recovery point is of; each \
             counts as the last copy of one that is gone: the caller lacks rds:DescribeDBSnapshots: AccessDenied: no"]
    );
    let include = Options { last_copy: LastCopy::Include, ..options() };
    let changes = decide(&example(), &blind, &include);
    let last = changes.last_copies(&blind).into_iter().collect::<Vec<_>>();
    assert_eq!(last, [LastCopyOf { resource_arn: ORDERS, id: None }]);
    // A recovery point of account A that says it is enough.
    let mut tied = observed(&[orders()]);
    tied.environments[2].ids.clear();
    let changes = decide(&example(), &read(tied), &options());
    assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Delete, None)));
}

#[test]
fn of_a_database_that_is_gone_its_newest_backup_stays_beside_its_newest_copy_in_account_b() {
    let last = (Intent::Blocked, Some(Reason::LastCopy));
    let mut newer = point(Source, "job-2");
    newer.origin.created_at += chrono::TimeDelta::days(1);
    let mut two = observed(&[]);
    two.environments[0] = seen(Source, vec![point(Source, "job-1"), newer]);
    let changes = decide(&example(), &read(two), &options());
    assert_eq!(fates(&changes), [(Intent::Delete, None), last, (Intent::Delete, None), last]);
    // What a narrower cleanup leaves in account A does not stand for the copy in account B.
    let only = Options { environments: vec![Destination], ..options() };
    let changes = decide(&example(), &observed(&[]), &only);
    assert_eq!(fates(&changes)[2], last);
}

#[test]
fn the_newest_of_each_database_are_kept_and_not_the_newest_of_each_name() {
    let mut newer = point(Source, "job-2");
    newer.origin.created_at += chrono::TimeDelta::days(1);
    let mut observed =
        observed(&[orders(), Existing { arn: format!("{ORDERS}-2"), id: Some("db-2".into()), created_at: None }]);
    observed.environments[0] = seen(Source, vec![point(Source, "job-1"), newer]);
    let keep = Options { keep_last: Some(1), ..options() };
    let kept = (Intent::Keep, Some(Reason::KeptByFlag));
    let one = read(observed);
    assert_eq!(fates(&decide(&example(), &one, &keep))[..2], [(Intent::Delete, None), kept]);
    let mut two = one;
    let arn = two.environments[0].points[1].arn.to_string();
    two.environments[0].ids.insert(arn, "db-2".into());
    assert_eq!(fates(&decide(&example(), &read(two), &keep))[..2], [kept, kept]);
}

#[test]
fn a_database_that_could_not_be_looked_for_counts_as_gone() {
    let blind = Observed { databases: Err(denied("rds:DescribeDBInstances")), ..observed(&[]) };
    let changes = decide(&example(), &blind, &options());
    assert!(changes.is_blocked());
    assert!(changes.notes[0].ends_with("the caller lacks rds:DescribeDBInstances: AccessDenied: no"));
}

#[test]
fn what_is_not_ours_stays_and_keeps_vault_and_stack() {
    let mut observed = observed(&[orders()]);
    observed.environments[1].points[0].copied_from = None;
    let changes = decide(&example(), &observed, &options());
    assert_eq!(fates(&changes)[1], (Intent::Blocked, Some(Reason::NotOurs)));
    assert_eq!(changes.environments[1].stack_intent, Intent::Blocked);
}

#[test]
fn a_hold_and_a_lock_block_and_say_what_would_free() {
    let mut observed = observed(&[orders()]);
    let held = observed.environments[1].points[0].arn.to_string();
    let hold = LegalHold { id: "hold-1".to_owned(), title: "case 7".to_owned() };
    observed.environments[1].holds.insert(held, hold);
    observed.environments[2].vault.as_mut().expect("a vault").locked = true;
    let changes = decide(&example(), &observed, &options());
    assert_eq!(fates(&changes)[1], (Intent::Blocked, Some(Reason::LegalHold)));
    assert_eq!(fates(&changes)[2], (Intent::Blocked, Some(Reason::Locked)));
    let remedies: Vec<&str> = changes.points.iter().filter_map(|one| one.remedy.as_deref()).collect();
    assert!(remedies[0].contains("case 7") && remedies[0].contains("--legal-hold-id hold-1"), "{remedies:?}");
    assert!(remedies[1].contains("backupctl cleanup --remove-lock"), "{remedies:?}");
    assert_eq!(changes.environments[1].vault_intent, Intent::Blocked);
    assert_eq!(changes.environments[2].stack_intent, Intent::Blocked);
}

#[test]
fn what_aws_could_not_delete_is_tried_again_and_listed() {
    let mut observed = observed(&[orders()]);
    observed.environments[0].points[0].status = RecoveryPointStatus::Expired;
    let changes = decide(&example(), &observed, &options());
    assert_eq!(fates(&changes)[0], (Intent::Delete, None));
    assert!(changes.points[0].remedy.as_deref().is_some_and(|text| text.contains("EXPIRED")));
}

#[test]
fn a_key_in_use_keeps_its_vault_and_stack() {
    let mut observed = observed(&[orders()]);
    observed.environments[2].key_used_by = vec!["arn:aws:rds:us-west-2:222222222222:db:restored".to_owned()];
    let changes = decide(&example(), &observed, &options());
    assert_eq!(changes.environments[2].vault_intent, Intent::Blocked);
    assert_eq!(changes.environments[2].stack_intent, Intent::Blocked);
}

#[test]
fn every_plan_of_ours_goes_and_one_without_our_tag_keeps_the_vaults_that_it_writes_into() {
    let mut observed = observed(&[orders()]);
    observed.plans.push(plan("plan-2", Owner::Ours));
    let changes = decide(&example(), &observed, &options());
    assert!(changes.plans.iter().all(|plan| plan.intent == Intent::Delete) && changes.plans.len() == 2);
    assert!(!changes.is_blocked());
    observed.plans[1] = plan("plan-2", Owner::Other);
    let changes = decide(&example(), &observed, &options());
    assert_eq!((changes.plans[0].intent, changes.plans[1].intent), (Intent::Delete, Intent::Blocked));
    let intents: Vec<Intent> = changes.environments.iter().map(|one| one.stack_intent).collect();
    assert_eq!(intents, [Intent::Blocked, Intent::Blocked, Intent::Delete]);
    assert!(changes.plans[1].commands[0].starts_with("aws backup tag-resource --resource-arn arn:plan-2"));
    assert!(changes.plans[1].commands.last().is_some_and(|line| line.contains("delete-backup-plan")));
}

#[test]
fn a_lock_goes_only_in_a_whole_cleanup_and_never_past_its_grace_time() {
    let remove = Options { locks: LockConsent::Remove, ..options() };
    let mut observed = observed(&[orders()]);
    let now = observed.environments[2].now;
    for (date, options, expected) in [
        (None, remove.clone(), Intent::Delete),
        (Some(now + chrono::TimeDelta::days(1)), remove.clone(), Intent::Delete),
        (Some(now - chrono::TimeDelta::days(1)), remove.clone(), Intent::Blocked),
        (None, options(), Intent::Blocked),
        (None, Options { environments: vec![Source], ..remove.clone() }, Intent::Keep),
        (None, Options { keep_last: Some(0), ..remove.clone() }, Intent::Blocked),
        (None, Options { only: vec![Part::RecoveryPoints], ..remove }, Intent::Blocked),
    ] {
        let vault = observed.environments[2].vault.as_mut().expect("a vault");
        (vault.locked, vault.lock_date) = (true, date);
        let changes = decide(&example(), &observed, &options);
        assert_eq!(changes.environments[2].lock_intent, expected, "{date:?} {options:?}");
        let goes = changes.points[2].fate.intent == Intent::Delete;
        assert_eq!(goes, expected == Intent::Delete, "{date:?} {options:?}");
    }
}

#[test]
fn the_numbers_of_accounts_are_asked_for_where_copies_of_the_destination_or_keys_go() {
    use super::Stake;
    let mut observed = observed(&[orders()]);
    let confirm = |observed: &Observed, options: Options| {
        Stake::of(&example(), &decide(&example(), observed, &options), &options).confirm
    };
    assert_eq!(confirm(&observed, options()), ["222222222222"]);
    assert_eq!(confirm(&observed, Options { environments: vec![Source, Intermediate], ..options() }), [""; 0]);
    assert_eq!(confirm(&observed, Options { only: vec![Part::Plan], ..options() }), [""; 0]);
    let of_orders = Options { resources: vec![ORDERS.to_owned()], ..options() };
    assert_eq!(confirm(&observed, of_orders.clone()), ["222222222222"], "nothing newer stays");
    let mut older = observed.environments[2].points[0].clone();
    older.origin.created_at -= chrono::TimeDelta::days(1);
    older.arn = older.arn.to_string().replace("copyjob-2", "older").parse().expect("an ARN");
    observed.environments[2].ids.insert(older.arn.to_string(), "db-ORDERS".into());
    observed.environments[2].points.push(older);
    observed = read(observed);
    let pruning = Options { keep_last: Some(1), ..options() };
    assert_eq!(confirm(&observed, pruning), [""; 0], "a newer copy stays");
    observed.environments[2].points[0].status = RecoveryPointStatus::Expired;
    let by_age = Options { older_than: Some(std::time::Duration::from_secs(90_000)), ..options() };
    assert_eq!(confirm(&observed, by_age), ["222222222222"], "what stays cannot be restored from");
}

#[test]
fn a_selective_cleanup_leaves_plan_and_stacks() {
    let older = Options { older_than: Some(std::time::Duration::from_secs(86_400)), ..options() };
    let changes = decide(&example(), &observed(&[orders()]), &older);
    // The backup is exactly one day old: not older.
    assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Keep, Some(Reason::KeptByFlag))));
    assert!(changes.is_empty());
    let last = Options { keep_last: Some(1), ..options() };
    assert!(decide(&example(), &observed(&[orders()]), &last).is_empty());
}
