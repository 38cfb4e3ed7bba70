//! The backup plans that write into the vaults: ours by their tag, and anybody else's.

use std::collections::BTreeMap;
use std::time::Duration;

use super::change::PlanChange;
use crate::aws::backup::{self, plans};
use crate::aws::wait::{Deadline, Look, Waited, poll};
use crate::aws::{AwsError, Session};
use crate::operations::deployment::TAG;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// Whose a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It carries this pipeline's tag.
    Ours,
    /// It does not.
    Other,
}

/// A plan that is ours, or that writes into one of our vaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSeen {
    /// Where it stands.
    pub environment: EnvironmentName,
    /// Which.
    pub head: plans::PlanHead,
    /// Whose.
    pub owner: Owner,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its selections.
    pub selections: Vec<String>,
    /// The environments into whose vaults its rules back up or copy; of a plan that is ours nobody asks.
    pub writes_to: Vec<EnvironmentName>,
}

/// The plans of an environment that concern the pipeline.
///
/// # Errors
/// AWS's answer: a plan that cannot be read could write into our vaults.
pub(super) async fn seen(
    pipeline: &Pipeline,
    session: &Session,
    environment: EnvironmentName,
) -> Result<Vec<PlanSeen>, AwsError> {
    let mut found = Vec::new();
    for head in plans::list_plans(session).await? {
        let tags = backup::list_tags(session, &head.arn).await?;
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
        found.push(PlanSeen { environment, head, owner, tags, selections, writes_to });
    }
    Ok(found)
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

/// The plans of an environment that carry our tag now.
///
/// # Errors
/// AWS's answer.
pub(super) async fn ours_now(pipeline: &Pipeline, session: &Session) -> Result<Vec<plans::PlanHead>, AwsError> {
    let mut found = Vec::new();
    for head in plans::list_plans(session).await? {
        if is_ours(pipeline, &backup::list_tags(session, &head.arn).await?) {
            found.push(head);
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
    let fail = |error: AwsError| bare_plan(fail(error));
    // Selections go with a delay; AWS then still refuses to delete the plan
    // (hashicorp/terraform-provider-aws, internal/service/backup/plan.go).
    let short = deadline.at_most(session, Duration::from_secs(120));
    let outcome = poll(session, short, async || match plans::delete_plan(session, &plan.id).await {
        Ok(()) => Ok(Look::Done(())),
        Err(error) if error.message.contains("Related backup plan selections must be deleted") => Ok(Look::Again),
        Err(error) => Err(error),
    })
    .await;
    match outcome.map_err(fail)? {
        Waited::Done(()) => {
            sink.done(format!("Deleted backup plan {}", plan.name));
            Ok(())
        }
        Waited::TimedOut => Err(bare_plan(OperatorError::timed_out(
            "AWS Backup still knows selections of the plan",
            place(),
            "run `backupctl cleanup` again in a few minutes",
        ))),
    }
}

/// An error after the selections went, while the plan still stands.
fn bare_plan(error: OperatorError) -> OperatorError {
    error.hinting("the plan selects nothing any more, so nothing is backed up until `backupctl bootstrap` puts it back")
}
