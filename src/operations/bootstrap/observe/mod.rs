//! What is there before anything is decided.

pub(super) mod plans;
mod stacks;

pub use plans::ObservedPlan;
pub use stacks::{Difference, Lost, ObservedStack, Standing};

use chrono::{DateTime, Utc};
use futures_util::future::{join_all, try_join, try_join_all};

use super::settings::{Setting, SettingState, look};
use super::{Mode, Options, WithPlan};
use crate::aws::organizations::{self, Organization};
use crate::aws::{AwsError, Session};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::observe;
use crate::operations::sessions::Sessions;
use crate::pipeline::checks;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::requirements::REQUIREMENTS;
use crate::pipeline::settings::Pipeline;

/// Everything that `decide` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The organization's id, configured or found.
    pub organization_id: Option<String>,
    /// Why the organization itself could not be looked at, where it could not.
    pub organization_unseen: Option<AwsError>,
    /// The management account's session, where there is one.
    pub(super) management: Option<Session>,
    /// How each setting stands.
    pub settings: Vec<(EnvironmentName, Setting, SettingState)>,
    /// The stacks of the environments that were asked for.
    pub stacks: Vec<ObservedStack>,
    /// The plans that carry our tag or our name.
    pub plans: Vec<ObservedPlan>,
    /// What the organization will refuse the pipeline; a dry run asks.
    pub forbidden: Vec<String>,
    /// When the last one was deleted, where there is none.
    pub plan_deleted: Option<DateTime<Utc>>,
    /// Now, in the source environment.
    pub now: DateTime<Utc>,
}

/// Looks at everything that the pipeline consists of in the environments that were asked for. Existing stacks of
/// ours get a change set, because only CloudFormation knows what an update would do.
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
    sessions.identify(&options.environments).await?;
    let (organization, organization_unseen) = organization(pipeline, sessions, options).await?;
    let management = match &organization {
        Some(found) => sessions.management(pipeline, &found.management_account).await,
        None => None,
    };
    let wanted = Setting::WANTED.into_iter().filter(|(environment, _)| options.environments.contains(environment));
    let looks = wanted.map(|(environment, setting)| {
        let management = management.as_ref();
        async move { (environment, setting, look(pipeline, sessions, management, environment, setting).await) }
    });
    let settings = join_all(looks).await;
    let organization_id =
        pipeline.organization.id.clone().or_else(|| organization.as_ref().map(|found| found.id.clone()));
    let stacks = options.environments.iter().map(|name| {
        let id = organization_id.as_deref();
        stacks::observe(pipeline, sessions, *name, options, id, sink)
    });
    let source = sessions.get(EnvironmentName::Source);
    let plans = async {
        match options.plan {
            WithPlan::Yes => plans::observe(pipeline, source).await,
            WithPlan::No => Ok((Vec::new(), None)),
        }
    };
    let (stacks, (plans, plan_deleted)) = try_join(try_join_all(stacks), plans).await?;
    let forbidden = match options.mode {
        Mode::DryRun => {
            let asked = management.as_ref().unwrap_or_else(|| sessions.get(asked_in(options)));
            Box::pin(forbidden(pipeline, asked, organization.as_ref())).await
        }
        Mode::Apply => Vec::new(),
    };
    sink.done("Looked at what is there");
    let now = source.now();
    Ok(Observed {
        organization_id,
        organization_unseen,
        management,
        settings,
        stacks,
        plans,
        forbidden,
        plan_deleted,
        now,
    })
}

/// What the service and resource control policies over both accounts will refuse.
async fn forbidden(pipeline: &Pipeline, asked: &Session, organization: Option<&Organization>) -> Vec<String> {
    let Some(organization) = organization else { return Vec::new() };
    let look = Ok(Some(organization.clone()));
    let accounts = [(&pipeline.source.account, &look), (&pipeline.destination.account, &look)];
    let guardrails = observe::over(Ok(asked), Some(organization), accounts).await;
    let now = asked.now();
    let planned = observe::planned(pipeline, Some(organization), guardrails, now);
    checks::forbidden(pipeline, &planned, REQUIREMENTS)
}

/// Which account is asked about the organization.
fn asked_in(options: &Options) -> EnvironmentName {
    let destination = EnvironmentName::Destination;
    if options.environments.contains(&destination) { destination } else { EnvironmentName::Source }
}

/// Any account of the organization may ask (AWS Organizations API Reference, DescribeOrganization).
async fn organization(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
) -> Result<(Option<Organization>, Option<AwsError>), OperatorError> {
    let session = sessions.get(asked_in(options));
    match organizations::describe_organization(session).await {
        Ok(found) => Ok((found, None)),
        // With the id in the configuration nothing but the management account is unknown.
        Err(error) if error.is_access_denied() && pipeline.organization.id.is_some() => Ok((None, Some(error))),
        Err(error) => Err(OperatorError::from_aws("cannot read the organization", ErrorPlace::of(session), &error)),
    }
}
