//! The result, as documents have it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Options;
use super::change::{Changes, Intent, PlanChange, Reason};
use super::seen::Owner;
use super::stake::Stake;
use crate::operations::error::OperatorError;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::settings::Pipeline;

/// The body of `cleanup`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cleaned {
    /// The pipeline's plan; all of them together, where there are several.
    pub plan: PlanReport,
    /// Every plan that is the pipeline's, or that writes into its vaults.
    pub plans: Vec<EachPlan>,
    pub recovery_points: Vec<PointReport>,
    /// The path that starts the second hop.
    pub event_path: EventPath,
    pub locks: Vec<LockReport>,
    pub vaults: Vec<VaultReport>,
    pub stacks: Vec<StackReport>,
    pub keys: Vec<KeyReport>,
    /// What stays, by ARN or name.
    pub left_behind: Vec<String>,
    /// What consent is asked for.
    pub at_stake: Stake,
    pub summary: Summary,
    /// What could not be looked at.
    pub notes: Vec<String>,
    /// What failed; the rest was done.
    #[serde(skip)]
    pub failures: Vec<OperatorError>,
    /// Somebody turned the pipeline on again.
    #[serde(skip)]
    pub(super) is_turned_on: bool,
    /// What ended it before the first recovery point was deleted.
    #[serde(skip)]
    pub stopped: Option<OperatorError>,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    /// What is meant for it.
    pub action: Intent,
    /// In the form `deleted`.
    pub result: Option<&'static str>,
}

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EachPlan {
    pub environment: EnvironmentName,
    pub id: String,
    pub name: String,
    pub tags: BTreeMap<String, String>,
    /// How many selections it has.
    pub selections: usize,
    /// What is meant for it.
    pub action: Intent,
    pub reason: Option<String>,
    /// What adopts it and what deletes it.
    pub commands: Vec<String>,
    /// In the form `deleted`.
    pub result: Option<&'static str>,
}

/// A vault's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockReport {
    pub environment: EnvironmentName,
    pub vault: String,
    /// What is meant for it.
    pub action: Intent,
    /// In the form `removed`.
    pub result: Option<&'static str>,
}

/// One recovery point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PointReport {
    pub environment: EnvironmentName,
    pub recovery_point_arn: String,
    /// Of which database, by the name that it had then.
    pub resource_arn: String,
    /// Its `DbiResourceId`, where it is known.
    pub database_id: Option<DatabaseId>,
    pub created_at: DateTime<Utc>,
    /// What is meant for it.
    pub action: Intent,
    pub reason: Option<Reason>,
    /// What would free it, where AWS keeps it.
    pub remedy: Option<String>,
    /// One of `deleted`, `failed`, `pending`.
    pub result: Option<&'static str>,
}

/// Whether the path is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EventPath {
    pub paused: bool,
}

/// One vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VaultReport {
    pub environment: EnvironmentName,
    pub name: String,
    /// What is meant for it.
    pub action: Intent,
    /// In the form `deleted`.
    pub result: Option<&'static str>,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackReport {
    pub environment: EnvironmentName,
    pub name: String,
    /// What is meant for it.
    pub action: Intent,
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// In the form `DELETE_COMPLETE`.
    pub result: Option<&'static str>,
}

/// What is meant for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAction {
    /// Its deletion is scheduled.
    ScheduleDeletion,
    /// It stays.
    Keep,
    /// It is in use.
    Blocked,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyReport {
    pub environment: EnvironmentName,
    pub arn: String,
    /// What is meant for it.
    pub action: KeyAction,
    /// What is under it.
    pub used_by: Vec<String>,
    /// When AWS will delete it.
    pub deletion_date: Option<DateTime<Utc>>,
}

/// Counts of recovery points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Seen to be gone.
    pub deleted: usize,
    /// Not deleted, though asked for.
    pub failed: usize,
    /// Left by a flag.
    pub kept: usize,
    pub blocked: usize,
    /// Asked for and not gone yet.
    pub pending: usize,
}

/// What is meant for the pipeline's own plans.
fn meant_for_ours(changes: &Changes) -> Intent {
    let ours = changes.plans.iter().find(|plan| plan.owner == Owner::Ours);
    ours.map_or(Intent::None, |plan| plan.intent)
}

impl EachPlan {
    fn of(plan: &PlanChange) -> Self {
        Self {
            environment: plan.environment,
            id: plan.id.clone(),
            name: plan.name.clone(),
            tags: plan.tags.clone(),
            selections: plan.selections.len(),
            action: plan.intent,
            reason: plan.reason.clone(),
            commands: plan.commands.clone(),
            result: None,
        }
    }
}

/// What the changes say before anything is done: a dry run's result.
pub fn report(pipeline: &Pipeline, changes: &Changes, options: &Options) -> Cleaned {
    let points = changes.points.iter().map(|change| PointReport {
        environment: change.environment,
        recovery_point_arn: change.point.arn.to_string(),
        resource_arn: change.point.origin.resource_arn.clone(),
        database_id: change.database.clone(),
        created_at: change.point.origin.created_at,
        action: change.fate.intent,
        reason: change.fate.reason,
        remedy: change.remedy.clone(),
        result: None,
    });
    let mut cleaned = Cleaned {
        plan: PlanReport { action: meant_for_ours(changes), result: None },
        plans: changes.plans.iter().map(EachPlan::of).collect(),
        recovery_points: points.collect(),
        event_path: EventPath { paused: false },
        locks: Vec::new(),
        vaults: Vec::new(),
        stacks: Vec::new(),
        keys: Vec::new(),
        left_behind: Vec::new(),
        at_stake: Stake::of(pipeline, changes, options),
        summary: Summary::default(),
        notes: changes.notes.clone(),
        failures: Vec::new(),
        is_turned_on: false,
        stopped: None,
    };
    for change in &changes.environments {
        let environment = pipeline.environment(change.environment);
        if change.lock_intent != Intent::None {
            cleaned.locks.push(LockReport {
                environment: change.environment,
                vault: environment.vault.clone(),
                action: change.lock_intent,
                result: None,
            });
        }
        cleaned.vaults.push(VaultReport {
            environment: change.environment,
            name: environment.vault.clone(),
            action: change.vault_intent,
            result: None,
        });
        cleaned.stacks.push(StackReport {
            environment: change.environment,
            name: environment.stack.clone(),
            action: change.stack_intent,
            reason: change.reason.clone(),
            remedy: change.remedy.clone(),
            result: None,
        });
        cleaned.keys.extend(change.key.as_ref().map(|key| KeyReport {
            environment: change.environment,
            arn: key.arn.to_string(),
            action: match key.intent {
                Intent::Delete => KeyAction::ScheduleDeletion,
                Intent::Blocked => KeyAction::Blocked,
                Intent::Keep | Intent::None => KeyAction::Keep,
            },
            used_by: key.used_by.clone(),
            deletion_date: key.deletion_date,
        }));
    }
    cleaned.count();
    cleaned
}

/// What was meant to go and did not, by name or ARN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    pub recovery_points: usize,
    pub plans: Vec<String>,
    pub vaults: Vec<String>,
    pub stacks: Vec<String>,
    pub keys: Vec<String>,
}

impl PointReport {
    fn is_undone(&self) -> bool {
        self.action == Intent::Delete && self.result != Some("deleted")
    }
}

impl Cleaned {
    /// A plan is gone.
    pub(super) fn plan_deleted(&mut self, id: &str) {
        for plan in self.plans.iter_mut().filter(|plan| plan.id == id) {
            plan.result = Some("deleted");
        }
        let mut meant = self.plans.iter().filter(|plan| plan.action == Intent::Delete);
        if meant.all(|plan| plan.result.is_some()) {
            self.plan.result = Some("deleted");
        }
    }

    /// Counts anew, and lists what stays.
    pub(super) fn count(&mut self) {
        let result = |word| self.recovery_points.iter().filter(|point| point.result == Some(word)).count();
        let action = |intent| self.recovery_points.iter().filter(|point| point.action == intent).count();
        self.summary = Summary {
            deleted: result("deleted"),
            failed: result("failed"),
            kept: action(Intent::Keep),
            blocked: action(Intent::Blocked),
            pending: result("pending"),
        };
        let stays = |action: Intent| matches!(action, Intent::Keep | Intent::Blocked);
        let points = self.recovery_points.iter().filter(|point| stays(point.action));
        let mut left: Vec<String> = points.map(|point| point.recovery_point_arn.clone()).collect();
        left.extend(self.plans.iter().filter(|plan| stays(plan.action)).map(|plan| plan.id.clone()));
        left.extend(self.vaults.iter().filter(|vault| stays(vault.action)).map(|vault| vault.name.clone()));
        left.extend(self.stacks.iter().filter(|stack| stays(stack.action)).map(|stack| stack.name.clone()));
        self.left_behind = left;
    }

    /// Counts when all is over, and lists also what was meant to go and did not.
    pub(super) fn settle(&mut self) {
        self.count();
        let left = self.undone();
        let points = self.recovery_points.iter().filter(|point| point.is_undone());
        self.left_behind.extend(points.map(|point| point.recovery_point_arn.clone()));
        self.left_behind.extend(left.plans.into_iter().chain(left.vaults).chain(left.stacks).chain(left.keys));
    }

    /// What was meant to go and did not.
    pub fn undone(&self) -> Undone {
        let meant = |action: Intent, result: Option<&str>| action == Intent::Delete && result.is_none();
        let vaults = self.vaults.iter().filter(|vault| meant(vault.action, vault.result));
        let plans = self.plans.iter().filter(|plan| meant(plan.action, plan.result));
        let stacks = self.stacks.iter().filter(|stack| meant(stack.action, stack.result));
        let keys = self.keys.iter().filter(|key| key.action == KeyAction::ScheduleDeletion);
        Undone {
            recovery_points: self.recovery_points.iter().filter(|point| point.is_undone()).count(),
            plans: plans.map(|plan| plan.id.clone()).collect(),
            vaults: vaults.map(|vault| vault.name.clone()).collect(),
            stacks: stacks.map(|stack| stack.name.clone()).collect(),
            keys: keys.filter(|key| key.deletion_date.is_none()).map(|key| key.arn.clone()).collect(),
        }
    }
}
