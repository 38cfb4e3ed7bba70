//! What the policies refuse is not begun: it is blocked before consent, with the statement. Pure.

use super::change::{EnvironmentChange, Fate, Intent, PlanChange, PointChange, Reason};
use super::rights::{On, Rights, Said};
use super::seen::{EnvironmentSeen, Observed, Owner};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;
use crate::policy::evaluate::Layer;

/// Why a deletion is not begun, and what helps.
struct Refusal {
    why: String,
    remedy: String,
}

/// What is to be done about a policy that refuses: who can change it depends on whose it is.
fn remedy(pipeline: &Pipeline, name: EnvironmentName, on: On, layer: Layer) -> String {
    let again = format!("then run `backupctl cleanup --environment {name}`");
    match (layer, on) {
        (Layer::ServiceControl | Layer::ResourceControl, _) => format!(
            "ask whoever administers the organization to exempt the caller from it: no policy of the account can allow \
             it; {again}"
        ),
        (Layer::Resource, On::Vault) => format!(
            "have that statement removed (`backupctl bootstrap --environment {name}` restores the policy of vault {} as \
             the template has it), {again}",
            pipeline.environment(name).vault
        ),
        (Layer::Resource, On::Key) => format!(
            "have that statement removed (`backupctl bootstrap --environment {name}` restores the key policy as the \
             template has it), {again}"
        ),
        (Layer::Resource | Layer::Identity | Layer::Boundary | Layer::Session, _) => format!(
            "`backupctl policy --for cleanup --environment {name}` prints what the caller needs; when it is granted, {}",
            again.trim_start_matches("then ")
        ),
    }
}

/// What the policies of an environment refuse; what stays open is noted.
fn refused(
    (pipeline, name): (&Pipeline, EnvironmentName),
    rights: &Rights,
    (action, arn, on): (&str, &str, On),
    notes: &mut Vec<String>,
) -> Option<Refusal> {
    match rights.say(action, arn, on) {
        Said::Nothing => None,
        Said::Refused(why, layer) => Some(Refusal { why, remedy: remedy(pipeline, name, on, layer) }),
        Said::Open(why) => {
            if !notes.contains(&why) {
                notes.push(why);
            }
            None
        }
    }
}

pub(super) fn refuse_points(
    pipeline: &Pipeline,
    observed: &Observed,
    points: &mut [PointChange],
    notes: &mut Vec<String>,
) {
    for change in points.iter_mut().filter(|change| change.fate.intent == Intent::Delete) {
        let seen = observed.environments.iter().find(|seen| seen.name == change.environment);
        let Some(rights) = seen.and_then(|seen| seen.rights.as_ref()) else { continue };
        let arn = change.point.arn.as_str();
        let asked = ("backup:DeleteRecoveryPoint", arn, On::Vault);
        if let Some(Refusal { why, remedy }) = refused((pipeline, change.environment), rights, asked, notes) {
            change.fate = Fate { intent: Intent::Blocked, reason: Some(Reason::Denied) };
            change.remedy = Some(format!("{why}; {remedy}"));
        }
    }
}

/// The calls that take an environment down, with what each is made on.
fn calls(seen: &EnvironmentSeen, change: &EnvironmentChange) -> Vec<(&'static str, String, On)> {
    let mut calls = Vec::new();
    for resource in &change.pause {
        let id = &resource.physical_id;
        calls.push(match resource.resource_type.as_str() {
            "AWS::Lambda::Function" => ("lambda:PutFunctionConcurrency", format!("function:{id}"), On::Other),
            _ => ("events:DisableRule", format!("rule/{id}"), On::Other),
        });
    }
    if let Some(vault) = &change.vault {
        calls.push(("backup:DeleteBackupVault", vault.to_string(), On::Vault));
        if change.lock_intent == Intent::Delete {
            calls.push(("backup:DeleteBackupVaultLockConfiguration", vault.to_string(), On::Vault));
        }
    }
    if let Some(key) = change.key.as_ref().filter(|key| key.intent == Intent::Delete) {
        calls.push(("kms:ScheduleKeyDeletion", key.arn.to_string(), On::Key));
    }
    if let Some(stack) = &seen.stack {
        calls.push(("cloudformation:DeleteStack", stack.id.clone(), On::Other));
    }
    calls
}

pub(super) fn refuse_environment(
    pipeline: &Pipeline,
    seen: &EnvironmentSeen,
    change: &mut EnvironmentChange,
    notes: &mut Vec<String>,
) {
    if change.vault_intent != Intent::Delete && change.stack_intent != Intent::Delete {
        return;
    }
    let Some(rights) = &seen.rights else { return };
    for (action, arn, on) in calls(seen, change) {
        let arn = rights.full(action, &arn);
        if let Some(refusal) = refused((pipeline, change.environment), rights, (action, &arn, on), notes) {
            block(change, refusal.why, refusal.remedy);
            return;
        }
    }
}

fn block(change: &mut EnvironmentChange, reason: String, remedy: String) {
    let meant = |intent: &mut Intent| {
        if *intent == Intent::Delete {
            *intent = Intent::Blocked;
        }
    };
    meant(&mut change.vault_intent);
    meant(&mut change.stack_intent);
    meant(&mut change.lock_intent);
    if let Some(key) = &mut change.key {
        meant(&mut key.intent);
    }
    change.reason = Some(reason);
    change.remedy = Some(remedy);
    change.pause.clear();
}

/// A plan of ours that may not be deleted goes on backing up: what it writes into stays.
pub(super) fn refuse_plans(
    pipeline: &Pipeline,
    observed: &Observed,
    plans: &mut [PlanChange],
    environments: &mut [EnvironmentChange],
    notes: &mut Vec<String>,
) {
    for plan in plans.iter_mut().filter(|plan| plan.owner == Owner::Ours && plan.intent == Intent::Delete) {
        let seen = observed.environments.iter().find(|seen| seen.name == plan.environment);
        let Some(rights) = seen.and_then(|seen| seen.rights.as_ref()) else { continue };
        let actions = ["backup:DeleteBackupSelection", "backup:DeleteBackupPlan"];
        let place = (pipeline, plan.environment);
        let refusal =
            actions.into_iter().find_map(|action| refused(place, rights, (action, &plan.arn, On::Other), notes));
        if let Some(Refusal { why, remedy }) = refusal {
            plan.intent = Intent::Blocked;
            plan.reason = Some(why.clone());
            let meant = |one: &&mut EnvironmentChange| [one.vault_intent, one.stack_intent].contains(&Intent::Delete);
            for change in environments.iter_mut().filter(meant) {
                block(change, format!("the backup plan stays: {why}"), remedy.clone());
            }
        }
    }
}
