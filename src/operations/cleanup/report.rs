//! The result, as documents have it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::{Changes, Intent, Reason};
use crate::operations::error::OperatorError;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::settings::Pipeline;

/// The body of `cleanup`'s document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cleaned {
    /// The plan.
    pub plan: PlanReport,
    /// The recovery points.
    pub recovery_points: Vec<PointReport>,
    /// The path that starts the second hop.
    pub event_path: EventPath,
    /// The vaults.
    pub vaults: Vec<VaultReport>,
    /// The stacks.
    pub stacks: Vec<StackReport>,
    /// The keys.
    pub keys: Vec<KeyReport>,
    /// What stays, by ARN or name.
    pub left_behind: Vec<String>,
    /// Counts.
    pub summary: Summary,
    /// What could not be looked at.
    pub notes: Vec<String>,
    /// What failed; the rest was done.
    #[serde(skip)]
    pub failures: Vec<OperatorError>,
    /// What ended it before the first recovery point was deleted.
    #[serde(skip)]
    pub stopped: Option<OperatorError>,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    /// What is meant for it.
    pub action: Intent,
    /// `deleted`.
    pub result: Option<&'static str>,
}

/// One recovery point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PointReport {
    /// Where.
    pub environment: EnvironmentName,
    /// Which.
    pub recovery_point_arn: String,
    /// Of which database, by the name that it had then.
    pub resource_arn: String,
    /// Its `DbiResourceId`, where it is known.
    pub database_id: Option<DatabaseId>,
    /// Of when.
    pub created_at: DateTime<Utc>,
    /// What is meant for it.
    pub action: Intent,
    /// Why it stays.
    pub reason: Option<Reason>,
    /// What would free it, where AWS keeps it.
    pub remedy: Option<String>,
    /// `deleted`, `failed`, `pending`.
    pub result: Option<&'static str>,
}

/// Whether the path is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EventPath {
    /// It is.
    pub paused: bool,
}

/// One vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VaultReport {
    /// Where.
    pub environment: EnvironmentName,
    /// Its name.
    pub name: String,
    /// What is meant for it.
    pub action: Intent,
    /// `deleted`.
    pub result: Option<&'static str>,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackReport {
    /// Where.
    pub environment: EnvironmentName,
    /// Its name.
    pub name: String,
    /// What is meant for it.
    pub action: Intent,
    /// Why it stays.
    pub reason: Option<String>,
    /// `DELETE_COMPLETE`.
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
    /// Where.
    pub environment: EnvironmentName,
    /// Which.
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
    /// Refused.
    pub blocked: usize,
    /// Asked for and not gone yet.
    pub pending: usize,
}

/// What the changes say before anything is done: a dry run's result.
pub fn report(pipeline: &Pipeline, changes: &Changes) -> Cleaned {
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
        plan: PlanReport { action: changes.plan.as_ref().map_or(Intent::None, |plan| plan.intent), result: None },
        recovery_points: points.collect(),
        event_path: EventPath { paused: false },
        vaults: Vec::new(),
        stacks: Vec::new(),
        keys: Vec::new(),
        left_behind: Vec::new(),
        summary: Summary::default(),
        notes: changes.notes.clone(),
        failures: Vec::new(),
        stopped: None,
    };
    for change in &changes.environments {
        let environment = pipeline.environment(change.environment);
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
    /// How many.
    pub recovery_points: usize,
    /// Vaults.
    pub vaults: Vec<String>,
    /// Stacks.
    pub stacks: Vec<String>,
    /// Keys.
    pub keys: Vec<String>,
}

impl PointReport {
    fn is_undone(&self) -> bool {
        self.action == Intent::Delete && self.result != Some("deleted")
    }
}

impl Cleaned {
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
        self.left_behind.extend(left.vaults.into_iter().chain(left.stacks).chain(left.keys));
    }

    /// What was meant to go and did not.
    pub fn undone(&self) -> Undone {
        let meant = |action: Intent, result: Option<&str>| action == Intent::Delete && result.is_none();
        let vaults = self.vaults.iter().filter(|vault| meant(vault.action, vault.result));
        let stacks = self.stacks.iter().filter(|stack| meant(stack.action, stack.result));
        let keys = self.keys.iter().filter(|key| key.action == KeyAction::ScheduleDeletion);
        Undone {
            recovery_points: self.recovery_points.iter().filter(|point| point.is_undone()).count(),
            vaults: vaults.map(|vault| vault.name.clone()).collect(),
            stacks: stacks.map(|stack| stack.name.clone()).collect(),
            keys: keys.filter(|key| key.deletion_date.is_none()).map(|key| key.arn.clone()).collect(),
        }
    }
}
