//! The backup plans that write into the vaults: ours by their tag, and anybody else's.
//!
//! No single list says that a plan is gone: a plan that was left alive would go on backing up while its vaults are
//! deleted. The list of live plans, the list of all that there ever were and the ids that recovery points name are read
//! together, and what only some of them have is asked for by its id.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::change::{Intent, PlanChange};
use super::seen::{EnvironmentSeen, Owner, PlanSeen};
use crate::aws::backup::{self, plans};
use crate::aws::cloudformation::StackStatus;
use crate::aws::wait::{Deadline, Look, Waited, poll};
use crate::aws::{AwsError, Session};
use crate::operations::deployment::{TAG, is_asked_for, was_ours};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// What was seen of the plans of one environment.
#[derive(Debug, Clone, Default)]
pub(super) struct PlansSeen {
    /// Those that are ours, or that write into our vaults.
    pub(super) plans: Vec<PlanSeen>,
    /// Whether a plan of ours was seen: a live one, or one that AWS says was deleted.
    pub(super) accounted_for: bool,
}

/// The plans of an environment that concern the pipeline; `named` are the ids that its recovery points name.
///
/// # Errors
/// AWS's answer: a plan that cannot be read could write into our vaults.
pub(super) async fn seen(
    pipeline: &Pipeline,
    session: &Session,
    environment: EnvironmentName,
    named: &BTreeSet<String>,
) -> Result<PlansSeen, AwsError> {
    let ever = plans::list_plans_ever(session).await?;
    let mut found = PlansSeen { accounted_for: ever.iter().any(|plan| was_ours(pipeline, plan)), ..Default::default() };
    for head in heads(session, &ever, named).await? {
        let tags = backup::list_tags(session, &head.arn).await?;
        let asked_for = ever.iter().any(|plan| plan.head.id == head.id && is_asked_for(pipeline, plan));
        found.accounted_for |= asked_for || is_ours(pipeline, &tags);
        let (owner, writes_to) = if is_ours(pipeline, &tags) {
            (Owner::Ours, Vec::new())
        } else {
            (Owner::Other, writes_to(pipeline, environment, &plans::plan_rules(session, &head.id).await?))
        };
        if owner == Owner::Other && writes_to.is_empty() {
            continue;
        }
        let selections = plans::list_selections(session, &head.id).await?;
        let selections = selections.into_iter().map(|(id, _)| id).collect();
        found.plans.push(PlanSeen { environment, head, owner, tags, selections, writes_to });
    }
    Ok(found)
}

/// The plans that are alive: in both lists, or in one of them or named by a recovery point and known by their id.
async fn heads(
    session: &Session,
    ever: &[plans::PlanEver],
    named: &BTreeSet<String>,
) -> Result<Vec<plans::PlanHead>, AwsError> {
    let mut alive = plans::list_plans(session).await?;
    let deleted = |id: &str| ever.iter().any(|plan| plan.head.id == id && plan.deleted_at.is_some());
    let undeleted = ever.iter().filter(|plan| plan.deleted_at.is_none()).map(|plan| plan.head.id.as_str());
    let mut doubtful: BTreeSet<&str> = undeleted.chain(named.iter().map(String::as_str)).collect();
    doubtful.retain(|id| !deleted(id) && !alive.iter().any(|head| head.id == *id));
    for id in doubtful {
        alive.extend(plans::find_plan(session, id).await?);
    }
    Ok(alive)
}

/// Whether a plan of ours must be there that nobody shows: `bootstrap` makes it once all three stacks stand.
pub(super) fn is_hidden(pipeline: &Pipeline, environments: &[EnvironmentSeen], seen: &[PlansSeen]) -> bool {
    let stands = |one: &EnvironmentSeen| {
        one.is_ours(pipeline)
            && one.stack.as_ref().is_some_and(|stack| matches!(stack.status, StackStatus::Updatable(_)))
    };
    environments.iter().all(stands) && !seen.iter().any(|one| one.accounted_for)
}

/// Refuses to begin where a plan of ours is hidden.
pub(super) fn hidden(session: &Session) -> OperatorError {
    OperatorError::refused(
        "the stacks stand, but AWS Backup lists no backup plan of this pipeline, neither a live nor a deleted one; nothing \
         is deleted",
        ErrorPlace::of(session),
        "run the command again in a few minutes: a list can be late; where `backupctl bootstrap` ended before it \
         made the plan, leave the plan out: `backupctl cleanup --only recovery-points --only stacks`",
    )
}

fn is_ours(pipeline: &Pipeline, tags: &BTreeMap<String, String>) -> bool {
    tags.get(TAG).is_some_and(|tag| tag == pipeline.identity())
}

/// Into which of our vaults the rules of a plan in `environment` write.
fn writes_to(pipeline: &Pipeline, environment: EnvironmentName, rules: &[plans::Rule]) -> Vec<EnvironmentName> {
    let writes = |name: EnvironmentName| {
        let vault = pipeline.vault_arn(name);
        rules.iter().any(|rule| {
            (environment == name && rule.vault == pipeline.environment(name).vault)
                || rule.copies.iter().any(|copy| copy.vault == vault)
        })
    };
    EnvironmentName::ALL.into_iter().filter(|name| writes(*name)).collect()
}

/// The live plans of an environment that carry our tag now, or that this pipeline asked for; `but` are left out.
///
/// # Errors
/// AWS's answer.
pub(super) async fn ours_now(
    pipeline: &Pipeline,
    session: &Session,
    but: &[PlanChange],
) -> Result<Vec<plans::PlanHead>, AwsError> {
    let mut found = Vec::new();
    let is_left = |id: &str| but.iter().any(|plan| plan.id == id && plan.intent != Intent::Delete);
    for plan in plans::list_plans_ever(session).await?.into_iter().filter(|plan| plan.deleted_at.is_none()) {
        if is_left(&plan.head.id) {
            continue;
        }
        if is_asked_for(pipeline, &plan) || is_ours(pipeline, &backup::list_tags(session, &plan.head.arn).await?) {
            found.push(plan.head);
        }
    }
    Ok(found)
}

/// Deletes a plan and its selections.
pub(super) async fn delete_plan(
    session: &Session,
    plan: &PlanChange,
    deadline: &Deadline,
    sink: &Sink,
) -> Result<(), OperatorError> {
    sink.step(format!("Deleting backup plan {}", plan.name));
    let place = || ErrorPlace::of(session).about(&plan.id);
    let fail = |error: AwsError| OperatorError::from_aws("cannot delete the backup plan", place(), &error);
    for selection in &plan.selections {
        plans::delete_selection(session, &plan.id, selection).await.map_err(fail)?;
    }
    sink.emit(Event::Unselected { environment: plan.environment });
    let fail = |error: AwsError| bare_plan(fail(error), plan);
    // Selections go with a delay; AWS then still refuses to delete the plan
    // (hashicorp/terraform-provider-aws, internal/service/backup/plan.go). So it does where a list had left one out.
    let short = deadline.at_most(session, Duration::from_secs(120));
    let outcome = poll(session, short, async || match plans::delete_plan(session, &plan.id).await {
        Ok(()) => Ok(Look::Done(())),
        Err(error) if error.message.contains("Related backup plan selections must be deleted") => {
            for (selection, _) in plans::list_selections(session, &plan.id).await? {
                plans::delete_selection(session, &plan.id, &selection).await?;
            }
            Ok(Look::Again)
        }
        Err(error) => Err(error),
    })
    .await;
    match outcome.map_err(fail)? {
        Waited::Done(()) => {
            sink.done(format!("Deleted backup plan {}", plan.name));
            Ok(())
        }
        Waited::TimedOut => {
            let what = "AWS Backup still knows selections of the plan";
            let error = OperatorError::timed_out(what, place(), "run `backupctl cleanup` again in a few minutes");
            Err(bare_plan(error, plan))
        }
    }
}

/// An error after the selections went, while the plan still stands.
fn bare_plan(error: OperatorError, plan: &PlanChange) -> OperatorError {
    if plan.selections.is_empty() {
        return error;
    }
    error.hinting("the plan selects nothing any more, so nothing is backed up until `backupctl bootstrap` puts it back")
}
