//! What goes, what is kept, and why. Pure.

use super::change::{Changes, EnvironmentChange, Intent, KeyChange, PlanChange, PointChange, Reason};
use super::fate::{fate, keep_last_copies, kept_by_count, remedy};
use super::lives::{self, life};
use super::lock::lock;
use super::observe::known_databases;
use super::obstacle::{bring_back, obstacle};
use super::pause::PAUSABLE;
use super::refusals::{refuse_environment, refuse_plans, refuse_points};
use super::seen::{EnvironmentSeen, Observed, Owner, PlanSeen};
use super::standing::standing;
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
        let kept = kept_by_count(observed, seen, options);
        for point in &seen.points {
            let fate = fate(pipeline, observed, options, seen, point, &kept);
            points.push(PointChange {
                environment: seen.name,
                point: point.clone(),
                database: observed.identities.id_of(&point.origin).cloned(),
                life: life(seen, point),
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
    notes.extend(lives::notes(pipeline, observed, &points));
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
    let standing = standing(observed, &points);
    Changes { plans, points, environments, standing, now: observed.latest, notes }
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
        databases: known_databases(&observed.environments, observed.databases.as_deref().unwrap_or_default()),
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
