//! Looks at everything but recovery points. What could not be looked at is kept as AWS's refusal; nothing that
//! fails in one environment hides another.

mod attributes;
mod database_keys;
mod environments;
mod guardrails;
mod path;
mod plan;
mod planned;
mod roles;

pub(crate) use guardrails::over;
pub use planned::planned;

pub use crate::pipeline::seen::caller::unseen;
pub use crate::pipeline::seen::database::OptionGroups;
pub use crate::pipeline::seen::environment::{AttributesSeen, EnvironmentSeen};
pub use crate::pipeline::seen::event_path::{PathSeen, RuleSeen};
pub use crate::pipeline::seen::key::DatabaseKeySeen;
pub use crate::pipeline::seen::organization::{Bounds, GuardrailsSeen, Levels};
pub use crate::pipeline::seen::plan::PlanSeen;
pub use crate::pipeline::seen::role::{RoleLook, RolesSeen};
pub use crate::pipeline::seen::settings::{SettingsSeen, Viewpoint};
pub use crate::pipeline::seen::{Look, Observed};

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all, join3};

use database_keys::DatabaseKeys;
use environments::Wanted;

use super::Options;
use crate::aws::AwsError;
use crate::aws::session::Identity;
use crate::operations::caller::{self};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// Looks at all three environments side by side. The parts are boxed: together they are too large for a stack.
pub async fn observe(pipeline: &Pipeline, sessions: &Sessions, options: &Options, sink: &Sink) -> Observed {
    sink.step("Looking at the three environments");
    let looks = EnvironmentName::ALL.map(|name| {
        Box::pin(environments::look(pipeline, sessions.get(name), name, Wanted::Everything(options.drift)))
    });
    let environments = join_all(looks).await;
    let source = &environments[EnvironmentName::Source.index()];
    let ((settings, guardrails), path, (plans, databases)) = join3(
        Box::pin(roles::settings(pipeline, sessions, &environments)),
        Box::pin(path::look(pipeline, sessions, &environments)),
        Box::pin(plan::look(pipeline, sessions, source)),
    )
    .await;
    let (roles, keys) = join(
        Box::pin(roles::roles(pipeline, sessions, &environments, &path, &plans)),
        Box::pin(database_keys::look(pipeline, sessions, &plans, &databases)),
    )
    .await;
    let DatabaseKeys { copied: mut database_keys, unselected: unselected_keys } = keys;
    let (attributes, option_groups) = join(
        Box::pin(attributes::look(pipeline, sessions, &environments, &roles, &guardrails, &mut database_keys)),
        plan::option_groups(sessions, &environments, &databases),
    )
    .await;
    sink.done("Looked at the three environments");
    let now = sessions.get(EnvironmentName::Source).now();
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
        caller: None,
        now,
    }
}

/// Looks at what decides whether AWS allows the two copy jobs, and at nothing else. `keys` are those of the recovery
/// points that the first hop would copy.
pub async fn observe_hops(pipeline: &Pipeline, sessions: &Sessions, keys: &BTreeSet<String>) -> Observed {
    let looks =
        EnvironmentName::ALL.map(|name| Box::pin(environments::look(pipeline, sessions.get(name), name, Wanted::Hops)));
    let environments = join_all(looks).await;
    let path = PathSeen::not_asked();
    let plans = Ok(Vec::new());
    let source = sessions.get(EnvironmentName::Source);
    let ((settings, guardrails), roles, mut database_keys) = join3(
        Box::pin(roles::settings_of_hops(pipeline, sessions, &environments)),
        Box::pin(roles::roles(pipeline, sessions, &environments, &path, &plans)),
        Box::pin(database_keys::of(source, keys)),
    )
    .await;
    let attributes = attributes::look(pipeline, sessions, &environments, &roles, &guardrails, &mut database_keys);
    let attributes = Box::pin(attributes).await;
    let caller = Some(caller::look(source).await);
    let now = source.now();
    let (databases, option_groups) = (Ok(Vec::new()), Ok(OptionGroups::default()));
    let unselected_keys = BTreeMap::new();
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

fn not_asked(operation: &'static str) -> AwsError {
    AwsError::not_asked(operation)
}

/// Whether an environment's credentials are its account's.
fn is_right(seen: &EnvironmentSeen) -> bool {
    matches!(seen.identity, Ok(Identity::Right))
}
