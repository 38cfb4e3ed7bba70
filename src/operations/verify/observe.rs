//! Looks at everything, to the last page; what could not be looked at is kept as that.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{join, join_all};

use super::Options;
use crate::aws::backup::{self, JobFilter, PointFilter, Vault, plans};
use crate::aws::cloudformation::{self, Stack};
use crate::aws::kms::Key;
use crate::aws::session::Identity;
use crate::aws::{AwsError, Session, kms};
use crate::operations::deployment::TAG;
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::recovery_point::{CopyJob, RecoveryPoint};
use crate::pipeline::settings::Pipeline;

/// What was looked at, or AWS's refusal.
pub type Look<T> = Result<T, AwsError>;

/// One environment, as far as it could be seen.
#[derive(Debug)]
pub struct EnvironmentSeen {
    /// Which.
    pub name: EnvironmentName,
    /// Whose credentials these are.
    pub identity: Look<Identity>,
    /// Its stack.
    pub stack: Look<Option<Stack>>,
    /// Its vault.
    pub vault: Look<Option<Vault>>,
    /// Its vault's recovery points.
    pub points: Look<Vec<RecoveryPoint>>,
    /// The copy jobs out of it to the next vault; empty for the destination.
    pub jobs: Look<Vec<CopyJob>>,
    /// Its vault's key.
    pub vault_key: Look<Option<Key>>,
    /// The keys of its recovery points, by ARN.
    pub keys: BTreeMap<String, Look<Option<Key>>>,
    /// Now, as AWS has it there.
    pub now: DateTime<Utc>,
}

/// A plan and selection of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSeen {
    /// The plan's id.
    pub id: String,
    /// The selection's date; none where there is no selection of the configured name.
    pub selected_at: Option<DateTime<Utc>>,
}

/// Everything that `judge` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The three environments.
    pub environments: Vec<EnvironmentSeen>,
    /// Our plans.
    pub plans: Look<Vec<PlanSeen>>,
    /// Calls that it took.
    pub calls: u64,
}

/// Looks; nothing that fails in one environment hides another.
pub async fn observe(pipeline: &Pipeline, sessions: &Sessions, options: &Options, sink: &Sink) -> Observed {
    sink.step("Looking at the three environments");
    let before = sessions.calls();
    let looks = EnvironmentName::ALL.map(|name| environment(pipeline, sessions.get(name), name, options));
    let environments = join_all(looks).await;
    let source = sessions.get(EnvironmentName::Source);
    let plans = match &environments[0].identity {
        Ok(Identity::Right) => our_plans(pipeline, source).await,
        _ => Err(unseen("backup:ListBackupPlans", &environments[0].identity)),
    };
    sink.done("Looked at the three environments");
    Observed { environments, plans, calls: sessions.calls() - before }
}

fn unseen(operation: &'static str, identity: &Look<Identity>) -> AwsError {
    match identity {
        Err(error) => AwsError { operation, ..error.clone() },
        Ok(_) => AwsError::missing(operation, "account: the credentials belong to another one"),
    }
}

async fn environment(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
) -> EnvironmentSeen {
    let identity = session.identify().await;
    if !matches!(identity, Ok(Identity::Right)) {
        return EnvironmentSeen {
            name,
            stack: Err(unseen("cloudformation:DescribeStacks", &identity)),
            vault: Err(unseen("backup:ListBackupVaults", &identity)),
            points: Err(unseen("backup:ListRecoveryPointsByBackupVault", &identity)),
            jobs: Err(unseen("backup:ListCopyJobs", &identity)),
            vault_key: Err(unseen("kms:DescribeKey", &identity)),
            keys: BTreeMap::new(),
            now: session.now(),
            identity,
        };
    }
    let settings = pipeline.environment(name);
    let vaults = backup::list_vaults(session);
    let (stack, vaults) = join(cloudformation::describe_stack(session, &settings.stack), vaults).await;
    let vault = vaults.map(|all| all.into_iter().find(|vault| vault.name == settings.vault));
    let after = options.since.and_then(|span| TimeDelta::from_std(span).ok()).map(|span| session.now() - span);
    let points = match &vault {
        // A vault that does not exist answers AccessDeniedException: it is not asked.
        Ok(None) => Ok(Vec::new()),
        _ => points(pipeline, session, name, options, after).await,
    };
    let jobs = jobs(pipeline, session, name, after).await;
    let vault_key_arn = vault.as_ref().ok().and_then(Option::as_ref).and_then(|vault| vault.key_arn.clone());
    let vault_key = match &vault_key_arn {
        Some(key) => kms::describe_key(session, key.as_str()).await,
        None => Ok(None),
    };
    let keys = keys(session, points.as_deref().unwrap_or_default()).await;
    EnvironmentSeen { name, identity, stack, vault, points, jobs, vault_key, keys, now: session.now() }
}

async fn points(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
    created_after: Option<DateTime<Utc>>,
) -> Look<Vec<RecoveryPoint>> {
    let vault = pipeline.vault_arn(name);
    if options.resources.is_empty() {
        return backup::list_recovery_points(session, &vault, &PointFilter { resource_arn: None, created_after }).await;
    }
    let mut found = Vec::new();
    for arn in &options.resources {
        let filter = PointFilter { resource_arn: Some(arn.clone()), created_after };
        found.extend(backup::list_recovery_points(session, &vault, &filter).await?);
    }
    Ok(found)
}

async fn jobs(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    created_after: Option<DateTime<Utc>>,
) -> Look<Vec<CopyJob>> {
    let Some(hop) = Hop::ALL.into_iter().find(|hop| hop.from() == name) else { return Ok(Vec::new()) };
    let destination_vault = Some(pipeline.vault_arn(hop.to()));
    backup::list_copy_jobs(session, &JobFilter { resource_arn: None, destination_vault, created_after }).await
}

/// Each key once, however many recovery points are under it.
async fn keys(session: &Session, points: &[RecoveryPoint]) -> BTreeMap<String, Look<Option<Key>>> {
    let arns: BTreeSet<String> = points.iter().filter_map(|point| Some(point.key_arn.as_ref()?.to_string())).collect();
    let looks = arns.iter().map(|arn| kms::describe_key(session, arn));
    let looked = join_all(looks).await;
    arns.into_iter().zip(looked).collect()
}

async fn our_plans(pipeline: &Pipeline, session: &Session) -> Look<Vec<PlanSeen>> {
    let mut found = Vec::new();
    for head in plans::list_plans(session).await? {
        let tagged = || async { Ok::<_, AwsError>(backup::list_tags(session, &head.arn).await?.remove(TAG)) };
        if head.name != pipeline.plan.name && tagged().await?.as_deref() != Some(pipeline.identity()) {
            continue;
        }
        let mut selected_at = None;
        for (id, name) in plans::list_selections(session, &head.id).await? {
            if name == pipeline.selection.name {
                selected_at = plans::get_selection(session, &head.id, &id).await?.created_at;
            }
        }
        found.push(PlanSeen { id: head.id, selected_at });
    }
    Ok(found)
}
