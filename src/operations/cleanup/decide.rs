//! What goes, what is kept, and why. Pure.

use super::change::{Changes, EnvironmentChange, Intent, KeyChange, PlanChange, PointChange};
use super::fate::{fate, keep_last_copies, kept_by_count, remedy};
use super::key_use::in_words;
use super::observe::{EnvironmentSeen, Observed};
use super::standing::standing;
use super::{LastCopy, Options, Part};
use crate::pipeline::recovery_point::counted;
use crate::pipeline::settings::Pipeline;

/// Decides; reads nothing but its arguments. A dry run stops here.
pub fn decide(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Changes {
    let plan = observed.plan.as_ref().map(|(head, selections)| PlanChange {
        id: head.id.clone(),
        name: head.name.clone(),
        selections: selections.clone(),
        intent: if options.includes(Part::Plan) { Intent::Delete } else { Intent::Keep },
    });
    let mut points = Vec::new();
    for seen in &observed.environments {
        let kept = kept_by_count(observed, seen, options);
        for point in &seen.points {
            let fate = fate(pipeline, observed, options, seen, point, &kept);
            points.push(PointChange {
                environment: seen.name,
                point: point.clone(),
                database: observed.identities.id_of(&point.origin).cloned(),
                fate,
                remedy: remedy(seen, point, fate),
            });
        }
    }
    if options.last_copy == LastCopy::Keep {
        keep_last_copies(observed, &mut points);
    }
    let environments =
        observed.environments.iter().map(|seen| decide_environment(pipeline, options, seen, &points)).collect();
    let standing = standing(observed, &points);
    Changes { plan, points, environments, standing, notes: observed.notes() }
}

fn decide_environment(
    pipeline: &Pipeline,
    options: &Options,
    seen: &EnvironmentSeen,
    points: &[PointChange],
) -> EnvironmentChange {
    let wanted = options.includes(Part::Stacks) && options.environments.contains(&seen.name);
    let pausable = ["AWS::Events::Rule", "AWS::Lambda::Function"];
    let pause = seen.resources.iter().filter(|one| pausable.contains(&one.resource_type.as_str())).cloned();
    let mut change = EnvironmentChange {
        environment: seen.name,
        vault: seen.vault.as_ref().map(|vault| vault.arn.clone()),
        vault_intent: if seen.vault.is_some() { Intent::Keep } else { Intent::None },
        key: None,
        stack_id: seen.stack.as_ref().map(|stack| stack.id.clone()),
        stack_intent: if seen.stack.is_some() { Intent::Keep } else { Intent::None },
        reason: None,
        pause: if wanted && seen.is_ours(pipeline) { pause.collect() } else { Vec::new() },
    };
    let remaining =
        points.iter().filter(|one| one.environment == seen.name && one.fate.intent != Intent::Delete).count();
    let reason = obstacle(pipeline, seen, remaining);
    let intent = match (wanted, &reason) {
        (false, _) => Intent::Keep,
        (true, None) => Intent::Delete,
        (true, Some(_)) => Intent::Blocked,
    };
    change.reason = reason.filter(|_| wanted);
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

/// What keeps vault, key and stack of an environment.
fn obstacle(pipeline: &Pipeline, seen: &EnvironmentSeen, remaining: usize) -> Option<String> {
    if seen.stack.is_some() && !seen.is_ours(pipeline) {
        return Some("the stack is not this pipeline's".to_owned());
    }
    if seen.stack.is_none() && seen.vault.is_some() {
        return Some("no stack of this pipeline has it".to_owned());
    }
    if remaining > 0 {
        return Some(format!("the vault keeps {}", counted(remaining)));
    }
    if !seen.key_used_by.is_empty() {
        return Some(in_words(&seen.key_used_by));
    }
    None
}
