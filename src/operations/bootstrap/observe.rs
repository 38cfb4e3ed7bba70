//! What is there before anything is decided.

use futures_util::future::{join_all, try_join_all};

use chrono::{DateTime, Utc};

use super::settings::{Setting, SettingState, look};
use super::{Options, WithPlan, stack};
use crate::aws::backup::Vault;
use crate::aws::backup::plans::{self, FoundSelection, PlanHead, Rule};
use crate::aws::cloudformation::{self, ChangeSet, Stack, StackStatus};
use crate::aws::organizations::{self, Organization};
use crate::aws::{AwsError, Session, backup};
use crate::operations::deployment::{TAG, deployment};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// Everything that `decide` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The organization's id, configured or found.
    pub organization_id: Option<String>,
    /// The management account's session, where there is one.
    pub(super) management: Option<Session>,
    /// How each setting stands.
    pub settings: Vec<(EnvironmentName, Setting, SettingState)>,
    /// The stacks of the environments that were asked for.
    pub stacks: Vec<ObservedStack>,
    /// The plans that carry our tag or our name.
    pub plans: Vec<ObservedPlan>,
    /// Now, in the source environment.
    pub now: DateTime<Utc>,
}

/// An environment's stack.
#[derive(Debug)]
pub struct ObservedStack {
    /// Where.
    pub environment: EnvironmentName,
    /// The stack of that name.
    pub stack: Option<Stack>,
    /// The vault of that name, with or without a stack.
    pub vault: Option<Vault>,
    /// The change set that was made for an existing stack of ours, by name.
    pub change_set: Option<(String, ChangeSet)>,
}

/// A plan that carries our tag or our name.
#[derive(Debug)]
pub struct ObservedPlan {
    /// The plan.
    pub head: PlanHead,
    /// The value of our tag.
    pub tag: Option<String>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Its selections.
    pub selections: Vec<FoundSelection>,
}

/// Looks at everything that the pipeline consists of. Existing stacks of ours get a change set,
/// because only CloudFormation knows what an update would do.
///
/// # Errors
/// An environment that is another account, or that cannot be looked at.
pub async fn observe(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Observed, OperatorError> {
    sink.step("Looking at what is there");
    sessions.identify(&EnvironmentName::ALL).await?;
    let organization = organization(pipeline, sessions).await?;
    let management = match &organization {
        Some(found) => sessions.management(pipeline, &found.management_account).await,
        None => None,
    };
    let looks = Setting::WANTED.map(|(environment, setting)| {
        let management = management.as_ref();
        async move { (environment, setting, look(pipeline, sessions, management, environment, setting).await) }
    });
    let settings = join_all(looks).await;
    let organization_id =
        pipeline.organization.id.clone().or_else(|| organization.as_ref().map(|found| found.id.clone()));
    let stacks = options.environments.iter().map(|name| {
        let id = organization_id.as_deref();
        observe_stack(pipeline, sessions.get(*name), *name, options, id, sink)
    });
    let stacks = try_join_all(stacks).await?;
    let plans = match options.plan {
        WithPlan::Yes => observe_plans(pipeline, sessions.get(EnvironmentName::Source)).await?,
        WithPlan::No => Vec::new(),
    };
    let now = sessions.get(EnvironmentName::Source).now();
    sink.done("Looked at what is there");
    Ok(Observed { organization_id, management, settings, stacks, plans, now })
}

async fn organization(pipeline: &Pipeline, sessions: &Sessions) -> Result<Option<Organization>, OperatorError> {
    let session = sessions.get(EnvironmentName::Destination);
    match organizations::describe_organization(session).await {
        Ok(found) => Ok(found),
        // With the id in the configuration nothing but the management account is unknown.
        Err(error) if error.is_access_denied() && pipeline.organization.id.is_some() => Ok(None),
        Err(error) => Err(OperatorError::from_aws("cannot read the organization", ErrorPlace::of(session), &error)),
    }
}

async fn observe_stack(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
    organization: Option<&str>,
    sink: &Sink,
) -> Result<ObservedStack, OperatorError> {
    let environment = pipeline.environment(name);
    let place = ErrorPlace::of(session).about(&environment.stack);
    let fail = |error: AwsError| {
        OperatorError::from_aws(format!("cannot look at stack `{}`", environment.stack), place.clone(), &error)
    };
    let found = stack::settled(session, &environment.stack, options.patience, sink).await?;
    let vaults = backup::list_vaults(session).await.map_err(fail)?;
    let vault = vaults.into_iter().find(|vault| vault.name == environment.vault);
    let ours = found.as_ref().is_some_and(|stack| stack.tags.get(TAG).is_some_and(|tag| tag == pipeline.identity()));
    let updatable = matches!(found.as_ref().map(|stack| &stack.status), Some(StackStatus::Updatable(_)));
    let change_set = if ours && updatable {
        let wanted = deployment(pipeline, name, &options.templates, organization);
        let change_set = session.fresh_name("backupctl");
        cloudformation::create_change_set(session, &wanted, &change_set).await.map_err(fail)?;
        let outcome = stack::change_set_made(session, &environment.stack, &change_set, options.patience).await?;
        if matches!(outcome, ChangeSet::Empty | ChangeSet::Failed(_)) {
            cloudformation::delete_change_set(session, &environment.stack, &change_set).await.map_err(fail)?;
        }
        Some((change_set, outcome))
    } else {
        None
    };
    Ok(ObservedStack { environment: name, stack: found, vault, change_set })
}

async fn observe_plans(pipeline: &Pipeline, session: &Session) -> Result<Vec<ObservedPlan>, OperatorError> {
    let fail =
        |error: AwsError| OperatorError::from_aws("cannot look at the backup plans", ErrorPlace::of(session), &error);
    let mut found = Vec::new();
    for head in plans::list_plans(session).await.map_err(fail)? {
        let tag = backup::list_tags(session, &head.arn).await.map_err(fail)?.remove(TAG);
        if head.name != pipeline.plan.name && tag.as_deref() != Some(pipeline.identity()) {
            continue;
        }
        let rules = plans::plan_rules(session, &head.id).await.map_err(fail)?;
        let mut selections = Vec::new();
        for (id, _) in plans::list_selections(session, &head.id).await.map_err(fail)? {
            selections.push(plans::get_selection(session, &head.id, &id).await.map_err(fail)?);
        }
        found.push(ObservedPlan { head, tag, rules, selections });
    }
    Ok(found)
}
