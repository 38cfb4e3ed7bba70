//! Looks at the three environments, as far as a command needs. What could not be looked at is kept as AWS's refusal;
//! nothing that fails in one environment hides another.

mod attributes;
pub(crate) mod caller;
mod database_keys;
mod doubt;
mod environments;
mod guardrails;
mod path;
mod plan;
mod planned;
mod points;
mod roles;

pub(crate) use guardrails::over;
pub use planned::planned;
pub use points::observe_points;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all, join3};

use database_keys::DatabaseKeys;

use crate::aws::AwsError;
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::seen::database::Database;
use crate::pipeline::seen::{
    EnvironmentSeen, GuardrailsSeen, Identity, Look, Observed, PathSeen, PlanSeen, RolesSeen, SettingsSeen,
};
use crate::pipeline::settings::Pipeline;

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// Everything but recovery points; the drift of the stacks where it is asked for.
    Pipeline(Drift),
    /// What decides whether AWS allows the two copy jobs, and nothing else. The keys are those of the recovery points that
    /// the first hop would copy.
    Hops(&'a BTreeSet<String>),
}

/// Whether drift is looked for. It takes CloudFormation minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drift {
    /// It is not.
    #[default]
    Ignore,
    /// It is.
    Detect,
}

/// Looks at everything but recovery points, and says so.
pub async fn observe_pipeline(pipeline: &Pipeline, sessions: &Sessions, drift: Drift, sink: &Sink) -> Observed {
    sink.step("Looking at the three environments");
    let seen = Box::pin(observe(pipeline, sessions, Scope::Pipeline(drift))).await;
    sink.done("Looked at the three environments");
    seen
}

/// Looks at all three environments side by side. The parts are boxed: together they are too large for a stack.
pub async fn observe(pipeline: &Pipeline, sessions: &Sessions, scope: Scope<'_>) -> Observed {
    let looks =
        EnvironmentName::ALL.map(|name| Box::pin(environments::look(pipeline, sessions.get(name), name, scope)));
    let environments = join_all(looks).await;
    let in_source = sessions.get(EnvironmentName::Source);
    let parts = Box::pin(async {
        match scope {
            Scope::Pipeline(_) => of_the_pipeline(pipeline, sessions, &environments).await,
            Scope::Hops(keys) => of_the_hops(pipeline, sessions, &environments, keys).await,
        }
    });
    let Parts { settings, guardrails, path, plans, databases, roles, keys } = parts.await;
    let DatabaseKeys { copied: mut database_keys, unselected: unselected_keys } = keys;
    let caller = async {
        match scope {
            Scope::Pipeline(_) => None,
            Scope::Hops(_) => Some(caller::look(in_source).await),
        }
    };
    let (attributes, option_groups, caller) = join3(
        Box::pin(attributes::look(pipeline, sessions, &environments, &roles, &guardrails, &mut database_keys)),
        plan::option_groups(sessions, &environments, &databases),
        Box::pin(caller),
    )
    .await;
    let now = in_source.now();
    Observed {
        environments,
        settings,
        roles,
        guardrails,
        attributes,
        path,
        plans,
        databases,
        option_groups,
        database_keys,
        unselected_keys,
        caller,
        now,
    }
}

/// What is looked at after the environments themselves.
struct Parts {
    settings: SettingsSeen,
    guardrails: GuardrailsSeen,
    path: PathSeen,
    plans: Look<Vec<PlanSeen>>,
    databases: Look<Vec<Database>>,
    roles: RolesSeen,
    keys: DatabaseKeys,
}

async fn of_the_pipeline(pipeline: &Pipeline, sessions: &Sessions, environments: &[EnvironmentSeen]) -> Parts {
    let source = &environments[EnvironmentName::Source.index()];
    let ((settings, guardrails), path, (plans, databases)) = join3(
        Box::pin(roles::settings(pipeline, sessions, environments)),
        Box::pin(path::look(pipeline, sessions, environments)),
        Box::pin(plan::look(pipeline, sessions, source)),
    )
    .await;
    let (roles, keys) = join(
        Box::pin(roles::roles(pipeline, sessions, environments, &path, &plans)),
        Box::pin(database_keys::look(pipeline, sessions, &plans, &databases)),
    )
    .await;
    Parts { settings, guardrails, path, plans, databases, roles, keys }
}

async fn of_the_hops(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
    keys: &BTreeSet<String>,
) -> Parts {
    let (path, plans, databases) = (PathSeen::not_asked(), Ok(Vec::new()), Ok(Vec::new()));
    let ((settings, guardrails), roles, copied) = join3(
        Box::pin(roles::settings_of_hops(pipeline, sessions, environments)),
        Box::pin(roles::roles(pipeline, sessions, environments, &path, &plans)),
        Box::pin(database_keys::of(sessions.get(EnvironmentName::Source), keys)),
    )
    .await;
    let keys = DatabaseKeys { copied, unselected: BTreeMap::new() };
    Parts { settings, guardrails, path, plans, databases, roles, keys }
}

fn not_asked(operation: &'static str) -> AwsError {
    AwsError::not_asked(operation)
}

/// Whether an environment's credentials are its account's.
fn is_right(seen: &EnvironmentSeen) -> bool {
    matches!(seen.identity, Ok(Identity::Right))
}
