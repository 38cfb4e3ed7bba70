//! What goes, what is kept, and why. Pure.

use super::change::{Changes, EnvironmentChange, Intent, KeyChange, PlanChange, PointChange};
use super::fate::{fate, keep_last_copies, kept_by_count, remedy};
use super::key_use::in_words;
use super::observe::{EnvironmentSeen, Observed};
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
    if options.last_copy == LastCopy::Keep {
        keep_last_copies(observed, &mut points);
    }
    let environments =
        observed.environments.iter().map(|seen| decide_environment(pipeline, options, seen, &points)).collect();
    Changes { plan, points, environments, notes: observed.notes() }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::change::Reason;
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
            }),
            points,
            key: None,
            key_used_by: Vec::new(),
            holds: BTreeMap::new(),
            holds_unseen: None,
            now: "2026-01-06T05:00:00Z".parse().expect("a date"),
        }
    }

    fn observed(databases: &[&str]) -> Observed {
        Observed {
            environments: vec![
                seen(Source, vec![point(Source, "job-1")]),
                seen(Intermediate, vec![point(Intermediate, "copyjob-1")]),
                seen(Destination, vec![point(Destination, "copyjob-2")]),
            ],
            plan: Some((
                PlanHead { id: "plan-1".to_owned(), arn: "arn:plan-1".to_owned(), name: "backup-plan-rds".to_owned() },
                vec!["selection-1".to_owned()],
            )),
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
        assert_eq!(changes.plan.map(|plan| plan.intent), Some(Intent::Delete));
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
        assert!(remedies[1].contains("delete-backup-vault-lock-configuration"), "{remedies:?}");
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
