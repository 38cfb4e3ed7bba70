//! The plan and the selection.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::decide::{Changes, PlanAction, SelectionAction, SelectionStep};
use crate::aws::backup::plans::{self, SelectionSpec};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session, backup};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::instant::shown;

/// How long IAM may take until a new role is known everywhere.
const IAM_CATCHES_UP: Duration = Duration::from_secs(120);

pub(super) async fn apply(
    session: &Session,
    changes: &Changes,
    sink: &Sink,
) -> Result<Option<(String, String)>, OperatorError> {
    let Some(change) = &changes.plan else { return Ok(None) };
    let fail = |error: AwsError| {
        let what = format!("cannot write backup plan `{}`", change.name);
        OperatorError::from_aws(what, ErrorPlace::of(session).about(&change.name), &error)
    };
    match &change.action {
        PlanAction::None { id, arn } => Ok(Some((id.clone(), arn.clone()))),
        PlanAction::Create => {
            sink.step(format!("Creating backup plan {}", change.name));
            let head = plans::create_plan(session, &change.name, &change.rule, &change.tags).await.map_err(fail)?;
            sink.done(format!("Created backup plan {} ({})", change.name, head.id));
            Ok(Some((head.id, head.arn)))
        }
        PlanAction::Update { id, arn } => {
            sink.step(format!("Updating backup plan {}", change.name));
            if !change.differences.is_empty() {
                plans::update_plan(session, id, &change.name, &change.rule).await.map_err(fail)?;
            }
            if !change.tags.is_empty() {
                backup::tag_resource(session, arn, &change.tags).await.map_err(fail)?;
            }
            sink.done(format!("Updated backup plan {} ({id})", change.name));
            Ok(Some((id.clone(), arn.clone())))
        }
    }
}

pub(super) async fn select(
    session: &Session,
    changes: &Changes,
    plan: Option<&(String, String)>,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<String>, OperatorError> {
    let (Some(change), Some((plan, _))) = (&changes.selection, plan) else { return Ok(None) };
    if let SelectionAction::None { id } = &change.action {
        return Ok(Some(id.clone()));
    }
    if let Some(end) = change.not_before {
        window_over(session, end, patience, sink).await?;
    }
    let mut ids: BTreeMap<String, String> = change.found.iter().cloned().collect();
    for step in &change.steps {
        match step {
            SelectionStep::Create(spec) => {
                sink.step(format!("Assigning resources: selection {}", spec.name));
                let id = create(session, plan, spec, patience, sink).await?;
                sink.done(format!("Assigned resources: selection {} ({id})", spec.name));
                ids.insert(spec.name.clone(), id);
            }
            SelectionStep::Delete { name } => {
                let Some(id) = ids.remove(name) else { continue };
                plans::delete_selection(session, plan, &id).await.map_err(|error| {
                    let place = ErrorPlace::of(session).about(name);
                    OperatorError::from_aws(format!("cannot delete backup selection `{name}`"), place, &error)
                })?;
                sink.done(format!("Deleted selection {name} ({id})"));
            }
        }
    }
    Ok(ids.remove(&change.spec.name))
}

async fn window_over(
    session: &Session,
    end: chrono::DateTime<chrono::Utc>,
    patience: Patience,
    sink: &Sink,
) -> Result<(), OperatorError> {
    let left = (end - session.now()).to_std().unwrap_or_default();
    if left.is_zero() {
        return Ok(());
    }
    sink.emit(Event::Waiting {
        what: "the end of the plan's start window, in which both the old and the new selection would back up"
            .to_owned(),
        until: Some(end),
        resume: "backupctl bootstrap".to_owned(),
    });
    if left > patience.timeout {
        return Err(OperatorError::timed_out(
            format!("the selection is not replaced before {}; everything else is done", shown(end)),
            ErrorPlace::of(session),
            "run `backupctl bootstrap` again after that time, or give a longer --timeout",
        ));
    }
    session.sleep(left).await;
    Ok(())
}

/// The two texts with which AWS Backup says that IAM has not told it yet of a new role
/// (hashicorp/terraform-provider-aws, internal/service/backup/selection.go).
fn iam_lags(error: &AwsError) -> bool {
    error.message.contains("cannot be assumed by AWS Backup")
        || error.message.contains("is not authorized to call tag:GetResources")
}

async fn create(
    session: &Session,
    plan: &str,
    spec: &SelectionSpec,
    patience: Patience,
    sink: &Sink,
) -> Result<String, OperatorError> {
    let short = Patience { timeout: IAM_CATCHES_UP.min(patience.timeout), ..patience };
    let mut last = None;
    let outcome = poll(session, short, async || match plans::create_selection(session, plan, spec).await {
        Ok(id) => Ok(Look::Done(id)),
        Err(error) if iam_lags(&error) => {
            if last.is_none() {
                sink.note(format!(
                    "AWS Backup does not know the role yet; IAM catches up, retrying for {} s: {}",
                    short.timeout.as_secs(),
                    error.message
                ));
            }
            last = Some(error);
            Ok(Look::Again)
        }
        Err(error) => Err(error),
    })
    .await;
    let fail = |error: &AwsError| {
        let place = ErrorPlace::of(session).about(&spec.name);
        OperatorError::from_aws(format!("cannot create backup selection `{}`", spec.name), place, error)
    };
    match outcome {
        Ok(Waited::Done(id)) => Ok(id),
        Ok(Waited::TimedOut) => {
            let error = last.unwrap_or_else(|| AwsError::missing("backup:CreateBackupSelection", "SelectionId"));
            let hint = format!(
                "AWS Backup still cannot use role {} after {} s: check that the role exists, that its trust policy names \
                 backup.amazonaws.com, and its permissions",
                spec.role_arn,
                short.timeout.as_secs()
            );
            Err(OperatorError { hint, ..fail(&error) })
        }
        Err(error) => Err(fail(&error)),
    }
}
