//! The result, as documents have it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::decide::{Changes, PlanAction, Repair, SelectionAction, SelectionChange, StackAction};
use super::settings::{SettingAction, SettingChange};
use crate::aws::cloudformation::{PropertyChange, Stack};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// The body of `bootstrap`'s document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bootstrapped {
    /// Whether anything was (or, in a dry run, would be) changed.
    pub changed: bool,
    /// The environments and their stacks.
    pub environments: Vec<EnvironmentReport>,
    pub settings: Vec<SettingChange>,
    pub plan: Option<PlanReport>,
    pub selection: Option<SelectionReport>,
    /// What was said and passed over.
    pub notes: Vec<String>,
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvironmentReport {
    pub environment: EnvironmentName,
    pub account: String,
    pub region: String,
    pub stack: StackReport,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackReport {
    pub name: String,
    pub id: Option<String>,
    /// What happened to it.
    pub action: StackAction,
    /// Its status, as AWS spells it.
    pub status: Option<String>,
    /// Why it is this action, where there is more to say than the action.
    pub reason: Option<String>,
    /// Why it is blocked, or failed.
    pub failure: Option<String>,
    /// What stands there without it.
    pub retained: Vec<String>,
    pub changes: Vec<ChangeReport>,
    /// What is put back by the services' own calls.
    pub repairs: Vec<String>,
    pub outputs: BTreeMap<String, String>,
}

/// One resource's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    pub logical_id: String,
    pub resource_type: String,
    /// As AWS spells it.
    pub action: String,
    /// As AWS spells it.
    pub replacement: Option<String>,
    /// Its properties that change, where they are known.
    pub properties: Vec<PropertyReport>,
}

/// One property's change: of a resource, of the plan, of the selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PropertyReport {
    pub name: String,
    pub before: Option<String>,
    /// What will be there.
    pub after: Option<String>,
}

impl From<&PropertyChange> for PropertyReport {
    fn from(change: &PropertyChange) -> Self {
        Self { name: change.name.clone(), before: change.before.clone(), after: change.after.clone() }
    }
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    pub name: String,
    pub id: Option<String>,
    pub arn: Option<String>,
    /// One of `create`, `update`, `none`.
    pub action: &'static str,
    /// How it differs from what is there.
    pub changes: Vec<PropertyReport>,
}

/// The selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectionReport {
    pub name: String,
    pub id: Option<String>,
    /// One of `create`, `replace`, `none`.
    pub action: &'static str,
    pub resources: Vec<String>,
    /// How it differs from what is there.
    pub changes: Vec<PropertyReport>,
    /// The end of the start window that is waited for before it is replaced.
    pub not_before: Option<String>,
}

/// What the changes say before anything is done: a dry run's result.
pub fn report(pipeline: &Pipeline, changes: &Changes) -> Bootstrapped {
    let environments = changes.stacks.iter().map(|change| {
        let environment = pipeline.environment(change.environment);
        EnvironmentReport {
            environment: change.environment,
            account: environment.account.to_string(),
            region: environment.region.to_string(),
            stack: StackReport {
                name: change.deployment.stack.clone(),
                id: change.stack_id.clone(),
                action: change.action,
                status: change.status.clone(),
                reason: change.reason.clone(),
                failure: change.block.as_ref().map(|block| block.reason.clone()),
                retained: change.retained.clone(),
                changes: change
                    .changes
                    .iter()
                    .map(|one| ChangeReport {
                        logical_id: one.logical_id.clone(),
                        resource_type: one.resource_type.clone(),
                        action: one.action.clone(),
                        replacement: one.replacement.clone(),
                        properties: one.properties.iter().map(PropertyReport::from).collect(),
                    })
                    .collect(),
                repairs: change.repairs.iter().map(Repair::text).collect(),
                outputs: change.outputs.clone(),
            },
        }
    });
    let plan = changes.plan.as_ref().map(|plan| {
        let (action, found) = match &plan.action {
            PlanAction::Create => ("create", None),
            PlanAction::Update { id, arn } => ("update", Some((id.clone(), arn.clone()))),
            PlanAction::None { id, arn } => ("none", Some((id.clone(), arn.clone()))),
        };
        let (id, arn) = found.unzip();
        let mut changes: Vec<PropertyReport> = plan.differences.iter().map(PropertyReport::from).collect();
        if found_already(&plan.action) {
            changes.extend(plan.tags.iter().map(|(key, value)| PropertyReport {
                name: format!("tag {key}"),
                before: None,
                after: Some(value.clone()),
            }));
        }
        PlanReport { name: plan.name.clone(), id, arn, action, changes }
    });
    let selection = changes.selection.as_ref().map(|one| {
        let (action, id) = match &one.action {
            SelectionAction::Create => ("create", None),
            SelectionAction::Replace => ("replace", id_of(one)),
            SelectionAction::None { id } => ("none", Some(id.clone())),
        };
        SelectionReport {
            name: one.spec.name.clone(),
            id,
            action,
            resources: one.spec.resources.clone(),
            changes: one.difference.iter().map(PropertyReport::from).collect(),
            not_before: one.not_before.map(shown),
        }
    });
    Bootstrapped {
        changed: !changes.is_empty(),
        environments: environments.collect(),
        settings: changes.settings.clone(),
        plan,
        selection,
        notes: changes.notes.clone(),
    }
}

fn found_already(action: &PlanAction) -> bool {
    !matches!(action, PlanAction::Create)
}

fn id_of(change: &SelectionChange) -> Option<String> {
    change.found.iter().find(|(name, _)| *name == change.spec.name).map(|(_, id)| id.clone())
}

impl Bootstrapped {
    /// Takes over what an earlier round changed.
    pub fn after(&mut self, earlier: &Self) {
        self.changed |= earlier.changed;
        for (report, before) in self.settings.iter_mut().zip(&earlier.settings) {
            if report.action == SettingAction::None {
                report.action = before.action;
            }
        }
        for report in &mut self.environments {
            let before = earlier.environments.iter().find(|before| before.environment == report.environment);
            let Some(before) = before else { continue };
            // What the operator reads is what happened to the stack in all: its first action names it.
            if report.stack.action == StackAction::None || before.stack.action != StackAction::None {
                report.stack.action = before.stack.action;
                report.stack.reason.clone_from(&before.stack.reason);
                report.stack.retained.clone_from(&before.stack.retained);
            }
            let later = std::mem::take(&mut report.stack.changes);
            report.stack.changes.clone_from(&before.stack.changes);
            report.stack.changes.extend(later.into_iter().filter(|one| !before.stack.changes.contains(one)));
        }
    }

    pub(super) fn failed(&mut self, environment: EnvironmentName, why: &str) {
        for report in self.environments.iter_mut().filter(|report| report.environment == environment) {
            report.stack.failure = Some(why.to_owned());
        }
    }

    pub(super) fn deployed(&mut self, environment: EnvironmentName, stack: &Stack) {
        for report in self.environments.iter_mut().filter(|report| report.environment == environment) {
            report.stack.id = Some(stack.id.clone());
            report.stack.status = Some(stack.status.as_str().to_owned());
            report.stack.outputs = stack.outputs.clone();
        }
    }

    pub(super) fn planned(&mut self, id: &str, arn: &str) {
        if let Some(plan) = &mut self.plan {
            plan.id = Some(id.to_owned());
            plan.arn = Some(arn.to_owned());
        }
    }

    pub(super) fn selected(&mut self, id: &str) {
        if let Some(selection) = &mut self.selection {
            selection.id = Some(id.to_owned());
        }
    }
}
