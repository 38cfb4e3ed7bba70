//! The result, as documents have it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::decide::{Changes, PlanAction, SelectionAction, StackAction};
use super::settings::SettingChange;
use crate::aws::cloudformation::Stack;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// The body of `bootstrap`'s document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bootstrapped {
    /// Whether anything was (or, in a dry run, would be) changed.
    pub changed: bool,
    /// The environments and their stacks.
    pub environments: Vec<EnvironmentReport>,
    /// The settings.
    pub settings: Vec<SettingChange>,
    /// The plan.
    pub plan: Option<PlanReport>,
    /// The selection.
    pub selection: Option<SelectionReport>,
    /// What was said and passed over.
    pub notes: Vec<String>,
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnvironmentReport {
    /// Its name.
    pub environment: EnvironmentName,
    /// Its account.
    pub account: String,
    /// Its Region.
    pub region: String,
    /// Its stack.
    pub stack: StackReport,
}

/// One stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackReport {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: Option<String>,
    /// What happened to it.
    pub action: StackAction,
    /// Its status, as AWS spells it.
    pub status: Option<String>,
    /// Why it is blocked.
    pub failure: Option<String>,
    /// What stands there without it.
    pub retained: Vec<String>,
    /// The difference.
    pub changes: Vec<ChangeReport>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
}

/// One resource's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// As AWS spells it.
    pub action: String,
    /// As AWS spells it.
    pub replacement: Option<String>,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanReport {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// `create`, `update`, `none`.
    pub action: &'static str,
}

/// The selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectionReport {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: Option<String>,
    /// `create`, `replace`, `none`.
    pub action: &'static str,
    /// Its resources.
    pub resources: Vec<String>,
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
                failure: change.reason.clone().filter(|_| change.action == StackAction::Blocked),
                retained: change.retained.clone(),
                changes: change
                    .changes
                    .iter()
                    .map(|one| ChangeReport {
                        logical_id: one.logical_id.clone(),
                        resource_type: one.resource_type.clone(),
                        action: one.action.clone(),
                        replacement: one.replacement.clone(),
                    })
                    .collect(),
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
        PlanReport { name: plan.name.clone(), id, arn, action }
    });
    let selection = changes.selection.as_ref().map(|one| {
        let (action, id) = match &one.action {
            SelectionAction::Create => ("create", None),
            SelectionAction::Replace { id, .. } => ("replace", Some(id.clone())),
            SelectionAction::None { id } => ("none", Some(id.clone())),
        };
        SelectionReport { name: one.spec.name.clone(), id, action, resources: one.spec.resources.clone() }
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

impl Bootstrapped {
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
