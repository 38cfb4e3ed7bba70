//! What goes, what is kept, and why. Pure.

use super::change::{Changes, EnvironmentChange, Intent, KeyChange, PlanChange, PointChange, Reason};
use super::fate::{fate, keep_last_copies, kept_by_count, remedy};
use super::lock::lock;
use super::observe::{EnvironmentSeen, Observed};
use super::obstacle::{bring_back, obstacle};
use super::pause::PAUSABLE;
use super::plans::{Owner, PlanSeen};
use super::refusals::{refuse_environment, refuse_plans, refuse_points};
use super::{LastCopy, LockConsent, Options, Part};
use crate::operations::deployment::TAG;
use crate::pipeline::plural;
use crate::pipeline::settings::Pipeline;

/// Decides; reads nothing but its arguments. A dry run stops here.
pub fn decide(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Changes {
    let mut changes = decided(pipeline, observed, options);
    let kept = |one: &&EnvironmentChange| one.lock_intent == Intent::Delete && one.vault_intent != Intent::Delete;
    let Some(stays) = changes.environments.iter().find(kept) else { return changes };
    // A lock protects what stays in its vault: it only goes together with the vault.
    let why = stays.reason.clone().unwrap_or_default();
    let note = format!("the lock on the {} vault stays, since the vault stays: {why}", stays.environment);
    changes = decided(pipeline, observed, &Options { locks: LockConsent::Leave, ..options.clone() });
    changes.notes.push(note);
    changes
}

fn decided(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Changes {
    let mut points = Vec::new();
    for seen in &observed.environments {
        let kept = kept_by_count(seen, options);
        for point in &seen.points {
            let fate = fate(pipeline, observed, options, seen, point, &kept);
            points.push(PointChange {
                environment: seen.name,
                point: point.clone(),
                fate,
                remedy: remedy(seen, point, fate),
            });
        }
    }
    let mut notes = observed.notes();
    refuse_points(pipeline, observed, &mut points, &mut notes);
    if options.last_copy == LastCopy::Keep {
        keep_last_copies(observed, &mut points);
    }
    let mut environments: Vec<EnvironmentChange> = observed
        .environments
        .iter()
        .map(|seen| decide_environment(pipeline, observed, options, seen, &points))
        .collect();
    for change in points.iter_mut().filter(|change| change.fate.reason == Some(Reason::NotOurs)) {
        let seen = observed.environments.iter().find(|seen| seen.name == change.environment);
        change.remedy = seen.and_then(|seen| bring_back(pipeline, seen));
    }
    for (seen, change) in observed.environments.iter().zip(&mut environments) {
        refuse_environment(pipeline, seen, change, &mut notes);
    }
    let mut plans: Vec<PlanChange> = observed.plans.iter().map(|plan| decide_plan(pipeline, options, plan)).collect();
    refuse_plans(pipeline, observed, &mut plans, &mut environments, &mut notes);
    notes.dedup();
    Changes { plans, points, environments, notes }
}

/// Ours go; somebody else's is never deleted, and stands in the way of what it writes into.
fn decide_plan(pipeline: &Pipeline, options: &Options, plan: &PlanSeen) -> PlanChange {
    let concerned =
        options.includes(Part::Stacks) && plan.writes_to.iter().any(|name| options.environments.contains(name));
    let (intent, reason) = match plan.owner {
        Owner::Ours if options.includes(Part::Plan) => (Intent::Delete, None),
        Owner::Other if concerned || options.includes(Part::Plan) => {
            let vaults: Vec<String> =
                plan.writes_to.iter().map(|name| pipeline.environment(*name).vault.clone()).collect();
            let why = format!(
                "it does not carry the tag {TAG}={} and writes into {}",
                pipeline.identity(),
                plural::list(&vaults)
            );
            (Intent::Blocked, Some(why))
        }
        Owner::Ours | Owner::Other => (Intent::Keep, None),
    };
    let commands = if intent == Intent::Blocked { commands(pipeline, plan) } else { Vec::new() };
    PlanChange {
        environment: plan.environment,
        id: plan.head.id.clone(),
        arn: plan.head.arn.clone(),
        name: plan.head.name.clone(),
        owner: plan.owner,
        tags: plan.tags.clone(),
        selections: plan.selections.clone(),
        intent,
        reason,
        commands,
    }
}

/// What adopts a plan, and what deletes it with its selections.
fn commands(pipeline: &Pipeline, plan: &PlanSeen) -> Vec<String> {
    let place = pipeline.at(plan.environment);
    let id = &plan.head.id;
    let adopt = format!(
        "aws backup tag-resource --resource-arn {} --tags '{TAG}={}'{place}",
        plan.head.arn,
        pipeline.identity()
    );
    let selections = plan.selections.iter().map(|selection| {
        format!("aws backup delete-backup-selection --backup-plan-id {id} --selection-id {selection}{place}")
    });
    let delete = format!("aws backup delete-backup-plan --backup-plan-id {id}{place}");
    [adopt].into_iter().chain(selections).chain([delete]).collect()
}

fn decide_environment(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
    seen: &EnvironmentSeen,
    points: &[PointChange],
) -> EnvironmentChange {
    let wanted = options.includes(Part::Stacks) && options.environments.contains(&seen.name);
    let pause = seen.resources.iter().filter(|one| PAUSABLE.contains(&one.resource_type.as_str())).cloned();
    let mut change = EnvironmentChange {
        environment: seen.name,
        vault: seen.vault.as_ref().map(|vault| vault.arn.clone()),
        vault_intent: if seen.vault.is_some() { Intent::Keep } else { Intent::None },
        key: None,
        stack_id: seen.stack.as_ref().map(|stack| stack.id.clone()),
        stack_intent: if seen.stack.is_some() { Intent::Keep } else { Intent::None },
        lock_intent: lock(options, seen),
        reason: None,
        remedy: None,
        pause: if wanted && seen.is_ours(pipeline) { pause.collect() } else { Vec::new() },
        other_vaults: seen.other_vaults.clone(),
    };
    let remaining =
        points.iter().filter(|one| one.environment == seen.name && one.fate.intent != Intent::Delete).count();
    let obstacle = obstacle(pipeline, observed, seen, remaining);
    let intent = match (wanted, &obstacle) {
        (false, _) => Intent::Keep,
        (true, None) => Intent::Delete,
        (true, Some(_)) => Intent::Blocked,
    };
    if let Some(obstacle) = obstacle.filter(|_| wanted) {
        change.reason = Some(obstacle.reason);
        change.remedy = Some(obstacle.remedy);
    }
    if seen.vault.is_some() {
        change.vault_intent = intent;
    }
    if seen.stack.is_some() {
        change.stack_intent = intent;
    }
    change.key = seen.key.as_ref().map(|key| {
        let brought = pipeline.environment(seen.name).key_arn.is_some();
        KeyChange {
            arn: key.arn.clone(),
            intent: if brought || key.deletion_date.is_some() { Intent::Keep } else { intent },
            used_by: seen.key_used_by.clone(),
            window_days: pipeline.environment(seen.name).key_deletion_window_days,
            deletion_date: key.deletion_date,
        }
    });
    change
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::absence::Listed;
    use super::*;
    use crate::aws::AwsError;
    use crate::aws::backup::plans::PlanHead;
    use crate::aws::backup::{LegalHold, Vault};
    use crate::aws::cloudformation::{Stack, StackStatus};
    use crate::aws::error::FailedAt;
    use crate::aws::wait::Patience;
    use crate::operations::deployment::TAG;
    use crate::pipeline::environment::EnvironmentName;
    use crate::pipeline::lineage::tests::point;
    use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus};
    use crate::pipeline::settings::tests::example;
    use EnvironmentName::{Destination, Intermediate, Source};

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
            points,
            key: None,
            key_used_by: Vec::new(),
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

    pub fn observed(databases: &[&str]) -> Observed {
        Observed {
            environments: vec![
                seen(Source, vec![point(Source, "job-1")]),
                seen(Intermediate, vec![point(Intermediate, "copyjob-1")]),
                seen(Destination, vec![point(Destination, "copyjob-2")]),
            ],
            plans: vec![plan("plan-1", Owner::Ours)],
            databases: Ok(databases.iter().map(|arn| (*arn).to_owned()).collect()),
        }
    }

    fn fates(changes: &Changes) -> Vec<(Intent, Option<Reason>)> {
        changes.points.iter().map(|change| (change.fate.intent, change.fate.reason)).collect()
    }

    #[test]
    fn of_a_database_that_exists_everything_goes() {
        let changes = decide(&example(), &observed(&[ORDERS]), &options());
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
        assert_eq!(changes.last_copies(&observed), [ORDERS]);
    }

    #[test]
    fn a_database_that_could_not_be_looked_for_counts_as_gone() {
        let denied = AwsError {
            operation: "rds:DescribeDBInstances",
            failed_at: FailedAt::Service,
            code: Some("AccessDenied".to_owned()),
            message: "no".to_owned(),
            request_id: None,
        };
        let blind = Observed { databases: Err(denied), ..observed(&[]) };
        let changes = decide(&example(), &blind, &options());
        assert!(changes.is_blocked());
        assert!(changes.notes[0].ends_with("the caller lacks rds:DescribeDBInstances: AccessDenied: no"));
    }

    #[test]
    fn what_is_not_ours_stays_and_keeps_vault_and_stack() {
        let mut observed = observed(&[ORDERS]);
        observed.environments[1].points[0].copied_from = None;
        let changes = decide(&example(), &observed, &options());
        assert_eq!(fates(&changes)[1], (Intent::Blocked, Some(Reason::NotOurs)));
        assert_eq!(changes.environments[1].stack_intent, Intent::Blocked);
    }

    #[test]
    fn a_hold_and_a_lock_block_and_say_what_would_free() {
        let mut observed = observed(&[ORDERS]);
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
        let mut observed = observed(&[ORDERS]);
        observed.environments[0].points[0].status = RecoveryPointStatus::Expired;
        let changes = decide(&example(), &observed, &options());
        assert_eq!(fates(&changes)[0], (Intent::Delete, None));
        assert!(changes.points[0].remedy.as_deref().is_some_and(|text| text.contains("EXPIRED")));
    }

    #[test]
    fn a_key_in_use_keeps_its_vault_and_stack() {
        let mut observed = observed(&[ORDERS]);
        observed.environments[2].key_used_by = vec!["arn:aws:rds:us-west-2:222222222222:db:restored".to_owned()];
        let changes = decide(&example(), &observed, &options());
        assert_eq!(changes.environments[2].vault_intent, Intent::Blocked);
        assert_eq!(changes.environments[2].stack_intent, Intent::Blocked);
    }

    #[test]
    fn every_plan_of_ours_goes_and_one_without_our_tag_keeps_the_vaults_that_it_writes_into() {
        let mut observed = observed(&[ORDERS]);
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
        let mut observed = observed(&[ORDERS]);
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
        use super::super::Stake;
        let mut observed = observed(&[ORDERS]);
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
        observed.environments[2].points.push(older);
        let pruning = Options { keep_last: Some(1), ..options() };
        assert_eq!(confirm(&observed, pruning), [""; 0], "a newer copy stays");
        observed.environments[2].points[0].status = RecoveryPointStatus::Expired;
        let by_age = Options { older_than: Some(std::time::Duration::from_secs(90_000)), ..options() };
        assert_eq!(confirm(&observed, by_age), ["222222222222"], "what stays cannot be restored from");
    }

    #[test]
    fn a_selective_cleanup_leaves_plan_and_stacks() {
        let older = Options { older_than: Some(std::time::Duration::from_secs(86_400)), ..options() };
        let changes = decide(&example(), &observed(&[ORDERS]), &older);
        // The backup is exactly one day old: not older.
        assert!(fates(&changes).iter().all(|fate| *fate == (Intent::Keep, Some(Reason::KeptByFlag))));
        assert!(changes.is_empty());
        let last = Options { keep_last: Some(1), ..options() };
        assert!(decide(&example(), &observed(&[ORDERS]), &last).is_empty());
    }
}
