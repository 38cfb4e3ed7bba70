//! The plan and the selection.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::decide::{
    Changes, PlanAction, PlanChange, SelectionAction, SelectionStep, decide_plan, ours, same_selection as same,
};
use super::super::observe::plans as observed;
use crate::aws::backup::plans::{self, Creation, FoundSelection, SelectionSpec};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session, backup};
use crate::operations::deployment::plan_request_id;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// How long IAM may take until a new role is known everywhere.
const IAM_CATCHES_UP: Duration = Duration::from_secs(120);

/// How long AWS's lists may lag behind what was made.
const LISTS_CATCH_UP: Duration = Duration::from_secs(120);

pub(super) async fn apply(
    pipeline: &Pipeline,
    session: &Session,
    changes: &Changes,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<(String, String)>, OperatorError> {
    let Some(change) = &changes.plan else { return Ok(None) };
    let fail = |error: AwsError| {
        let what = format!("cannot write backup plan `{}`", change.name);
        OperatorError::from_aws(what, ErrorPlace::of(session).about(&change.name), &error)
    };
    let (id, written) = match &change.action {
        PlanAction::None { id, arn } => return Ok(Some((id.clone(), arn.clone()))),
        PlanAction::Create => {
            sink.step(format!("Creating backup plan {}", change.name));
            (create_plan(pipeline, session, change).await?, "Created")
        }
        PlanAction::Update { id, arn } => {
            sink.step(format!("Updating backup plan {}", change.name));
            if !change.differences.is_empty() {
                plans::update_plan(session, id, &change.name, &change.rule).await.map_err(fail)?;
            }
            if !change.tags.is_empty() {
                backup::tag_resource(session, arn, &change.tags).await.map_err(fail)?;
            }
            (id.clone(), "Updated")
        }
    };
    let arn = seen(pipeline, session, &id, patience).await?;
    sink.done(format!("{written} backup plan {} ({id})", change.name));
    Ok(Some((id, arn)))
}

/// Creates the plan and returns its id; one that somebody made since it was looked for is taken.
async fn create_plan(pipeline: &Pipeline, session: &Session, change: &PlanChange) -> Result<String, OperatorError> {
    let unseen = |error: AwsError| observed::unseen(session, &error);
    let before = plans::list_plans_ever(session).await.map_err(unseen)?;
    let live = before.iter().filter(|plan| plan.deleted_at.is_none()).map(|plan| plan.head.clone()).collect();
    let found = observed::among(pipeline, session, live).await.map_err(unseen)?;
    if let Some(plan) = ours(pipeline, &found)? {
        return Ok(plan.head.id.clone());
    }
    let request = plan_request_id(pipeline, &before);
    let made = plans::create_plan(session, &change.name, &change.rule, &change.tags, &request).await;
    let fail = |error: &AwsError| {
        let what = format!("cannot write backup plan `{}`", change.name);
        OperatorError::from_aws(what, ErrorPlace::of(session).about(&change.name), error)
    };
    match made.map_err(|error| fail(&error))? {
        Creation::Answered(id) => Ok(id),
        Creation::Exists(arn) => {
            let id = arn.as_deref().and_then(|arn| arn.rsplit(':').next()).map(str::to_owned);
            id.ok_or_else(|| fail(&AwsError::missing("backup:CreateBackupPlan", "Arn")))
        }
    }
}

/// Looks at the plans again until the one that was written is among them, alone and as it was asked for; returns its ARN.
async fn seen(pipeline: &Pipeline, session: &Session, id: &str, patience: Patience) -> Result<String, OperatorError> {
    let short = Patience { timeout: LISTS_CATCH_UP.min(patience.timeout), ..patience };
    let outcome = poll(session, short, async || {
        let heads = plans::list_plans(session).await?;
        let found = observed::among(pipeline, session, heads).await?;
        Ok(if found.iter().any(|plan| plan.head.id == id) { Look::Done(found) } else { Look::Again })
    })
    .await;
    let place = || ErrorPlace::of(session).about(id);
    let found = match outcome.map_err(|error| observed::unseen(session, &error))? {
        Waited::Done(found) => found,
        Waited::TimedOut => {
            return Err(OperatorError::failed(
                format!("AWS Backup does not list backup plan {id}, which it says it has"),
                place(),
                "run `backupctl bootstrap` again in a few minutes: it takes the plan that it finds then",
            ));
        }
    };
    let plan = ours(pipeline, &found)?;
    let now = decide_plan(pipeline, plan);
    match (&now.action, plan) {
        (PlanAction::None { arn, .. }, Some(_)) => Ok(arn.clone()),
        _ => {
            let names: Vec<&str> = now.differences.iter().map(|one| one.name.as_str()).collect();
            let names = if names.is_empty() { "its tags".to_owned() } else { names.join(", ") };
            Err(OperatorError::failed(
                format!("backup plan {id} is not as it was asked for ({names}): somebody else wrote it meanwhile"),
                place(),
                "run `backupctl bootstrap` again: it shows how the plan differs",
            ))
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
    selected(session, plan, &change.spec, patience).await.map(Some)
}

/// Looks at the selections again until the one that is wanted is among them, as it was asked for; returns its id.
async fn selected(
    session: &Session,
    plan: &str,
    spec: &SelectionSpec,
    patience: Patience,
) -> Result<String, OperatorError> {
    let short = Patience { timeout: LISTS_CATCH_UP.min(patience.timeout), ..patience };
    let place = || ErrorPlace::of(session).about(&spec.name);
    let outcome =
        poll(session, short, async || Ok(named(session, plan, &spec.name).await?.map_or(Look::Again, Look::Done)));
    let outcome = outcome.await.map_err(|error| {
        OperatorError::from_aws(format!("cannot look at backup selection `{}`", spec.name), place(), &error)
    })?;
    match outcome {
        Waited::Done(found) if same(&found.spec, spec) => Ok(found.id),
        Waited::Done(found) => Err(another(session, spec, &found.id)),
        Waited::TimedOut => Err(OperatorError::failed(
            format!("AWS Backup does not list backup selection `{}`, which it says it has", spec.name),
            place(),
            "run `backupctl bootstrap` again in a few minutes",
        )),
    }
}

/// The plan's selection of that name.
async fn named(session: &Session, plan: &str, name: &str) -> Result<Option<FoundSelection>, AwsError> {
    let listed = plans::list_selections(session, plan).await?;
    let Some((id, _)) = listed.into_iter().find(|(_, found)| found == name) else { return Ok(None) };
    match plans::get_selection(session, plan, &id).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(None),
        found => found.map(Some),
    }
}

fn another(session: &Session, spec: &SelectionSpec, id: &str) -> OperatorError {
    OperatorError::failed(
        format!("backup selection `{}` ({id}) is not as it was asked for: somebody else made it meanwhile", spec.name),
        ErrorPlace::of(session).about(&spec.name),
        "run `backupctl bootstrap` again: it shows how the selection differs",
    )
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
        // Two of one plan cannot share a name: somebody made it since it was looked for.
        Err(error) if error.is("AlreadyExistsException") => {
            match named(session, plan, &spec.name).await.map_err(|error| fail(&error))? {
                Some(found) if same(&found.spec, spec) => Ok(found.id),
                Some(found) => Err(another(session, spec, &found.id)),
                None => Err(fail(&error)),
            }
        }
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
