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

pub use attributes::{AttributesSeen, Tags};
pub use database_keys::DatabaseKeySeen;
pub(crate) use database_keys::is_aws_managed;
pub use environments::EnvironmentSeen;
pub(crate) use guardrails::over;
pub use guardrails::{Bounds, GuardrailsSeen};
pub use path::{PathSeen, RuleSeen};
pub use plan::{OptionGroups, PlanSeen};
pub use planned::planned;
pub use roles::{RolesSeen, SettingsSeen, Viewpoint};

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures_util::future::{join, join_all, join3};

use database_keys::DatabaseKeys;
use environments::Wanted;

use super::Options;
use crate::aws::AwsError;
use crate::aws::error::FailedAt;
use crate::aws::kms::Key;
use crate::aws::rds::Database;
use crate::aws::session::Identity;
use crate::operations::caller::{self, CallerSeen};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// What was looked at, or AWS's refusal.
pub type Look<T> = Result<T, AwsError>;

/// Everything that `judge` looks at.
#[derive(Debug)]
pub struct Observed {
    /// The three environments.
    pub environments: Vec<EnvironmentSeen>,
    /// Organization, settings, service-linked roles, key administrators.
    pub settings: SettingsSeen,
    /// The roles of the way.
    pub roles: RolesSeen,
    /// What the organization sets over both accounts.
    pub guardrails: GuardrailsSeen,
    /// Tags and aliases, in the order of the environments.
    pub attributes: Vec<AttributesSeen>,
    /// The event path.
    pub path: PathSeen,
    /// The plans that carry our tag or our name.
    pub plans: Look<Vec<PlanSeen>>,
    /// All databases of the source environment.
    pub databases: Look<Vec<Database>>,
    /// Option groups, where a database has one that is not the default.
    pub option_groups: Look<OptionGroups>,
    /// The keys that the first hop reads under, those of the databases, by ARN.
    pub database_keys: BTreeMap<String, DatabaseKeySeen>,
    /// The keys that only databases are under which no plan selects, by ARN.
    pub unselected_keys: BTreeMap<String, Look<Option<Key>>>,
    /// Whoever runs the command; none where that decides nothing.
    pub caller: Option<Look<CallerSeen>>,
    /// Now, in the source environment.
    pub now: DateTime<Utc>,
}

impl Observed {
    /// An environment, as far as it could be seen.
    pub fn environment(&self, name: EnvironmentName) -> &EnvironmentSeen {
        &self.environments[name.index()]
    }

    /// The look at a database's key.
    pub fn database_key(&self, arn: &str) -> Option<&Look<Option<Key>>> {
        self.database_keys.get(arn).map(|seen| &seen.key).or_else(|| self.unselected_keys.get(arn))
    }

    /// The tags and aliases of an environment's vault and key.
    pub fn attributes(&self, name: EnvironmentName) -> &AttributesSeen {
        &self.attributes[name.index()]
    }
}

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

/// Why nothing of an environment was asked: its credentials do not work or are another account's.
pub(crate) fn unseen(operation: &'static str, identity: &Look<Identity>) -> AwsError {
    match identity {
        Err(error) => AwsError { operation, failed_at: FailedAt::Identity, ..error.clone() },
        Ok(Identity::Other(other)) => {
            let message = format!("the credentials belong to account {other}");
            AwsError { failed_at: FailedAt::Guard, message, ..not_asked(operation) }
        }
        Ok(Identity::Right | Identity::Unknown) => not_asked(operation),
    }
}

/// What nobody asked AWS for, because it was not wanted.
fn not_asked(operation: &'static str) -> AwsError {
    AwsError {
        operation,
        failed_at: FailedAt::Answer,
        code: None,
        message: "it was not asked for".to_owned(),
        request_id: None,
    }
}

/// Whether an environment's credentials are its account's.
fn is_right(seen: &EnvironmentSeen) -> bool {
    matches!(seen.identity, Ok(Identity::Right))
}
