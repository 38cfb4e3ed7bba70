//! One environment's stack, and what stands beside it.

use std::collections::BTreeSet;

use super::super::states::{Course, state_of};
use super::super::{CHANGE_SET, Mode, Options, VAULT, foreseen, lock, stack};
use crate::aws::backup::{JobFilter, PointFilter, Vault};
use crate::aws::cloudformation::{self, ChangeSet, Comparison, Deployment, ResourceChange, Stack, StackStatus};
use crate::aws::kms::{self, Key};
use crate::aws::{AwsError, Session, backup, lambda};
use crate::operations::deployment::{TAG, deployment, with_lock};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::recovery_point::{JobState, counted};
use crate::pipeline::settings::Pipeline;

/// An environment's stack.
#[derive(Debug)]
pub struct ObservedStack {
    pub environment: EnvironmentName,
    /// The stack of that name.
    pub stack: Option<Stack>,
    /// What an update of it would change.
    pub difference: Difference,
    /// The function of its outputs, where it is paused.
    pub paused_function: Option<String>,
    /// The change sets of a stack in review.
    pub change_sets: Vec<String>,
    /// The vault of that name; whose it is, is looked at where there is no stack or a dead one.
    pub standing: Option<Standing>,
    /// Whether it is a dead stack, its vault is among its resources, and recovery points lie in it.
    pub holds_recovery_points: bool,
    /// What went with the vault that an existing stack should have.
    pub lost: Option<Lost>,
    /// What could not be looked at.
    pub notes: Vec<String>,
}

/// What AWS's jobs say that lay in a vault which is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// How many recovery points completed jobs brought there.
    pub recovery_points: usize,
    /// Of which resources, by their short names.
    pub resources: BTreeSet<String>,
}

impl Lost {
    /// The loss, as it follows what is gone.
    pub fn in_words(&self) -> String {
        if self.recovery_points == 0 {
            return "; no job that AWS still lists had brought a recovery point there".to_owned();
        }
        let resources: Vec<&str> = self.resources.iter().map(String::as_str).collect();
        format!(
            "; the jobs that AWS still lists had brought {} of {} there, which are lost unless they had expired",
            counted(self.recovery_points),
            resources.join(", ")
        )
    }
}

/// What an update would change.
#[derive(Debug)]
pub enum Difference {
    /// It was not asked for.
    None,
    /// What our change set says, which compares with what is really there.
    Made(ChangeSet),
    /// What the templates say, since a change set may not be made.
    Foreseen(Vec<ResourceChange>),
}

/// A vault that stands there, and its key.
#[derive(Debug, Clone)]
pub struct Standing {
    pub vault: Vault,
    /// The pipeline that its tag names.
    pub vault_tag: Option<String>,
    /// Its key, where it exists.
    pub key: Option<Key>,
    /// The pipeline that the key's tag names.
    pub key_tag: Option<String>,
}

impl ObservedStack {
    /// An environment in which there is nothing.
    pub fn absent(environment: EnvironmentName) -> Self {
        Self {
            environment,
            stack: None,
            difference: Difference::None,
            paused_function: None,
            change_sets: Vec::new(),
            standing: None,
            holds_recovery_points: false,
            lost: None,
            notes: Vec::new(),
        }
    }
}

pub(super) async fn observe(
    pipeline: &Pipeline,
    sessions: &Sessions,
    name: EnvironmentName,
    options: &Options,
    organization: Option<&str>,
    sink: &Sink,
) -> Result<ObservedStack, OperatorError> {
    let session = sessions.get(name);
    let stack_name = &pipeline.environment(name).stack;
    let place = ErrorPlace::of(session).about(stack_name);
    let fail = |error: AwsError| {
        OperatorError::from_aws(format!("cannot look at stack `{stack_name}`"), place.clone(), &error)
    };
    let mut seen = ObservedStack::absent(name);
    let ours = |stack: &Stack| stack.tags.get(TAG).is_some_and(|tag| tag == pipeline.identity());
    let look = async || match options.mode {
        Mode::Apply => stack::settled(session, stack_name, ours, options.patience, sink).await,
        Mode::DryRun => cloudformation::describe_stack(session, stack_name).await.map_err(fail),
    };
    let there = |found: Option<Stack>| found.filter(|stack| stack.status != StackStatus::Gone);
    seen.stack = there(look().await?);
    if seen.stack.is_none() {
        seen.standing = standing(pipeline, session, name).await.map_err(fail)?;
        // A vault without its stack: or somebody has made both since the stack was looked for.
        if seen.standing.is_some() {
            seen.stack = there(look().await?);
        }
    }
    let Some(stack) = seen.stack.clone() else { return Ok(seen) };
    seen.standing = None;
    match state_of(stack.status.as_str()).map(|state| state.course) {
        Some(Course::Update) if ours(&stack) => {
            // A vault that does not exist answers reads with AccessDeniedException, and a key that is scheduled for
            // deletion still answers: no change set tells either for certain.
            seen.standing = untagged(pipeline, session, name).await.map_err(fail)?;
            let mut wanted = deployment(pipeline, name, &options.templates, organization);
            if name == EnvironmentName::Destination
                && let Some(range) = lock::widened(pipeline, seen.standing.as_ref())
            {
                wanted = with_lock(wanted, range);
            }
            seen.difference = difference(session, &wanted, options, &mut seen.notes).await?;
            if seen.standing.is_none() {
                seen.lost = lost(pipeline, sessions, name, options).await;
            }
            if let Some(arn) = stack.outputs.get("FunctionArn") {
                look_at_function(session, arn, &mut seen).await.map_err(fail)?;
            }
        }
        Some(Course::Replace) if stack.status == StackStatus::Review => {
            seen.change_sets = cloudformation::list_change_sets(session, stack_name).await.map_err(fail)?;
            seen.standing = standing(pipeline, session, name).await.map_err(fail)?;
        }
        Some(Course::Replace) if ours(&stack) => {
            seen.standing = standing(pipeline, session, name).await.map_err(fail)?;
            seen.holds_recovery_points = match &seen.standing {
                Some(standing) => holds(session, &stack, standing).await.map_err(fail)?,
                None => false,
            };
        }
        _ => {}
    }
    Ok(seen)
}

/// What lay in the vault, by the jobs that brought it there: AWS lists them for about 30 days. None where nobody may list
/// them: it only says more of a loss that is told anyway.
async fn lost(pipeline: &Pipeline, sessions: &Sessions, name: EnvironmentName, options: &Options) -> Option<Lost> {
    let vault = pipeline.vault_arn(name);
    let brought: Vec<String> = match Hop::ALL.into_iter().find(|hop| hop.to() == name) {
        None => {
            let jobs = backup::list_backup_jobs(sessions.get(name), &vault, None).await.ok()?;
            jobs.into_iter().filter(|job| job.state == JobState::Completed).filter_map(|job| job.resource_arn).collect()
        }
        Some(hop) if options.environments.contains(&hop.from()) => {
            let filter = JobFilter { destination_vault: Some(vault), ..JobFilter::default() };
            let jobs = backup::list_copy_jobs(sessions.get(hop.from()), &filter).await.ok()?;
            jobs.into_iter().filter(|job| job.state == JobState::Completed).filter_map(|job| job.resource_arn).collect()
        }
        Some(_) => return None,
    };
    let short = |arn: &String| arn.splitn(6, ':').nth(5).unwrap_or(arn).to_owned();
    Some(Lost { recovery_points: brought.len(), resources: brought.iter().map(short).collect() })
}

async fn look_at_function(session: &Session, arn: &str, seen: &mut ObservedStack) -> Result<(), AwsError> {
    match lambda::is_paused(session, arn).await {
        Ok(paused) => seen.paused_function = paused.then(|| arn.to_owned()),
        Err(error) if error.is_access_denied() => seen.notes.push(format!(
            "whether function {arn} is paused could not be looked at ({}): {}",
            seen.environment,
            error.in_a_note()
        )),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Makes the change set, waits for it, and deletes it again where it is good for nothing.
async fn difference(
    session: &Session,
    wanted: &Deployment,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<Difference, OperatorError> {
    let stack = &wanted.stack;
    let place = ErrorPlace::of(session).about(stack);
    let fail = |error: AwsError| {
        OperatorError::from_aws(format!("cannot make a change set of stack `{stack}`"), place.clone(), &error)
    };
    match stack::make_change_set(session, wanted, &Comparison::Reality).await {
        Ok(()) => {}
        Err(error) if error.is_access_denied() && options.mode == Mode::DryRun => {
            notes.push(format!(
                "{}: {} is denied, so the difference comes from the templates: it cannot see what was changed by \
                 hand, nor what would be replaced",
                session.label(),
                error.operation
            ));
            let (template, parameters) = cloudformation::deployed(session, stack).await.map_err(fail)?;
            return Ok(Difference::Foreseen(foreseen::difference(&template, &parameters, wanted)));
        }
        Err(error) => return Err(fail(error)),
    }
    let made = stack::change_set_made(session, stack, options.patience).await?;
    if matches!(made, ChangeSet::Empty | ChangeSet::Failed(_)) {
        cloudformation::delete_change_set(session, stack, CHANGE_SET)
            .await
            .map_err(|error| stack::undeleted(session, stack, &error))?;
    }
    Ok(Difference::Made(made))
}

/// The vault of our name and its key, with or without a stack; whose they are is not looked at.
async fn untagged(pipeline: &Pipeline, session: &Session, name: EnvironmentName) -> Result<Option<Standing>, AwsError> {
    let environment = pipeline.environment(name);
    let vaults = backup::list_vaults(session).await?;
    let Some(vault) = vaults.into_iter().find(|vault| vault.name == environment.vault) else { return Ok(None) };
    let mut standing = Standing { vault, vault_tag: None, key: None, key_tag: None };
    if let Some(arn) = &standing.vault.key_arn {
        standing.key = kms::describe_key(session, arn.as_str()).await?;
    }
    Ok(Some(standing))
}

/// The same, and the pipelines that their tags name.
async fn standing(pipeline: &Pipeline, session: &Session, name: EnvironmentName) -> Result<Option<Standing>, AwsError> {
    let Some(mut standing) = untagged(pipeline, session, name).await? else { return Ok(None) };
    standing.vault_tag = backup::list_tags(session, standing.vault.arn.as_str()).await?.remove(TAG);
    if let Some(key) = &standing.key {
        standing.key_tag = kms::key_tags(session, &key.arn).await?.remove(TAG);
    }
    Ok(Some(standing))
}

/// Whether recovery points lie in the vault, and the vault is this stack's.
async fn holds(session: &Session, stack: &Stack, standing: &Standing) -> Result<bool, AwsError> {
    let resources = cloudformation::stack_resources(session, &stack.id).await?;
    let is_its = resources.iter().any(|resource| {
        resource.resource_type == VAULT
            && resource.physical_id == standing.vault.name
            && !matches!(resource.status.as_str(), "DELETE_COMPLETE" | "DELETE_SKIPPED")
    });
    if !is_its {
        return Ok(false);
    }
    // The vault's own number is approximate; the list is not.
    let points = backup::list_recovery_points(session, &standing.vault.arn, &PointFilter::default()).await?;
    Ok(!points.is_empty())
}
