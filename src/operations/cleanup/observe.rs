//! What there is to clean up, and what needs it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures_util::future::{try_join, try_join_all};

use super::Options;
use crate::aws::backup::{self, PointFilter, Vault, plans};
use crate::aws::cloudformation::{self, Stack, StackResource, StackStatus};
use crate::aws::kms::Key;
use crate::aws::{AwsError, Session, kms, rds};
use crate::operations::deployment::TAG;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::settings::Pipeline;

/// One environment.
#[derive(Debug)]
pub struct EnvironmentSeen {
    /// Which.
    pub name: EnvironmentName,
    /// The stack of the configured name.
    pub stack: Option<Stack>,
    /// Its resources.
    pub resources: Vec<StackResource>,
    /// The vault of the configured name.
    pub vault: Option<Vault>,
    /// The vault's recovery points.
    pub points: Vec<RecoveryPoint>,
    /// The vault's key.
    pub key: Option<Key>,
    /// What else is under that key.
    pub key_used_by: Vec<String>,
    /// Now, as AWS has it there.
    pub now: DateTime<Utc>,
}

impl EnvironmentSeen {
    /// Whether the stack carries this pipeline's tag.
    pub fn is_ours(&self, pipeline: &Pipeline) -> bool {
        let tag = self.stack.as_ref().and_then(|stack| stack.tags.get(TAG));
        tag.is_some_and(|tag| tag == pipeline.identity())
    }
}

/// Everything that `decide` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The three environments: last copies are counted over all of them.
    pub environments: Vec<EnvironmentSeen>,
    /// Our plan and its selections.
    pub plan: Option<(plans::PlanHead, Vec<String>)>,
    /// The databases that exist; none where they could not be listed.
    pub databases: Option<BTreeSet<String>>,
}

/// Looks at everything; nothing is changed.
///
/// # Errors
/// An environment that is another account or that cannot be looked at: what is not seen could be in use.
pub async fn observe(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Observed, OperatorError> {
    sink.step("Looking at what there is to clean up");
    sessions.identify(&EnvironmentName::ALL).await?;
    let looks = EnvironmentName::ALL.map(|name| environment(pipeline, sessions.get(name), name, options));
    let source = sessions.get(EnvironmentName::Source);
    let (environments, plan) = try_join(try_join_all(looks), our_plan(pipeline, source)).await?;
    let databases = rds::databases(source).await.ok();
    let databases = databases.map(|all| all.into_iter().map(|database| database.arn).collect());
    sink.done("Looked at what there is to clean up");
    Ok(Observed { environments, plan, databases })
}

fn failed(session: &Session) -> impl Fn(AwsError) -> OperatorError + '_ {
    move |error| {
        let what = format!("cannot look at the {} environment", session.label());
        OperatorError::from_aws(what, ErrorPlace::of(session), &error)
    }
}

async fn environment(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
) -> Result<EnvironmentSeen, OperatorError> {
    let fail = failed(session);
    let settings = pipeline.environment(name);
    let stack = cloudformation::describe_stack(session, &settings.stack).await.map_err(&fail)?;
    let stack = stack.filter(|stack| stack.status != StackStatus::Gone);
    let resources = match &stack {
        Some(stack) => cloudformation::stack_resources(session, &stack.id).await.map_err(&fail)?,
        None => Vec::new(),
    };
    let vaults = backup::list_vaults(session).await.map_err(&fail)?;
    let vault = vaults.iter().find(|vault| vault.name == settings.vault).cloned();
    let everything = PointFilter::default();
    let points = match &vault {
        Some(vault) => backup::list_recovery_points(session, &vault.arn, &everything).await.map_err(&fail)?,
        None => Vec::new(),
    };
    // A vault that an earlier, interrupted run deleted leaves its key to the stack's outputs.
    let key_arn = vault
        .as_ref()
        .and_then(|vault| vault.key_arn.clone())
        .or_else(|| stack.as_ref().and_then(|stack| stack.outputs.get("KeyArn")).and_then(|arn| arn.parse().ok()));
    let key = match &key_arn {
        Some(arn) => kms::describe_key(session, arn.as_str()).await.map_err(&fail)?,
        None => None,
    };
    let key_used_by = match &key {
        Some(key) if options.includes(super::Part::Stacks) && options.environments.contains(&name) => {
            key_users(session, key, &vaults, &settings.vault, &points).await.map_err(&fail)?
        }
        _ => Vec::new(),
    };
    Ok(EnvironmentSeen { name, stack, resources, vault, points, key, key_used_by, now: session.now() })
}

/// What is under a key besides the recovery points of our own vault.
async fn key_users(
    session: &Session,
    key: &Key,
    vaults: &[Vault],
    own: &str,
    points: &[RecoveryPoint],
) -> Result<Vec<String>, AwsError> {
    let mut users = BTreeSet::new();
    for vault in vaults.iter().filter(|vault| vault.name != own && vault.recovery_points != 0) {
        let all = backup::list_recovery_points(session, &vault.arn, &PointFilter::default()).await?;
        users
            .extend(all.iter().filter(|point| point.key_arn.as_ref() == Some(&key.arn)).map(|one| one.arn.to_string()));
    }
    let databases = rds::databases(session).await?;
    users.extend(
        databases.into_iter().filter(|one| one.key_arn.as_deref() == Some(key.arn.as_str())).map(|one| one.arn),
    );
    let ours: BTreeSet<&str> = points.iter().map(|point| point.arn.as_str()).collect();
    let snapshots = rds::snapshots_under(session, key.arn.as_str()).await?;
    users.extend(snapshots.into_iter().filter(|arn| !ours.contains(arn.as_str())));
    Ok(users.into_iter().collect())
}

async fn our_plan(
    pipeline: &Pipeline,
    session: &Session,
) -> Result<Option<(plans::PlanHead, Vec<String>)>, OperatorError> {
    let fail = failed(session);
    for head in plans::list_plans(session).await.map_err(&fail)? {
        let tag = backup::list_tags(session, &head.arn).await.map_err(&fail)?.remove(TAG);
        if tag.as_deref() == Some(pipeline.identity()) {
            let selections = plans::list_selections(session, &head.id).await.map_err(&fail)?;
            return Ok(Some((head, selections.into_iter().map(|(id, _)| id).collect())));
        }
    }
    Ok(None)
}
