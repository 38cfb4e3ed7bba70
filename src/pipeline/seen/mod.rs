//! What AWS was seen to hold: plain values. What could not be looked at is kept as the error that AWS answered.

pub mod caller;
pub mod database;
pub mod environment;
pub mod error;
pub mod event_path;
pub mod key;
pub mod organization;
pub mod plan;
pub mod points;
pub mod role;
pub mod settings;
pub mod stack;
pub mod vault;

pub use caller::{CallerSeen, Identity, unseen};
pub use database::OptionGroups;
pub use environment::{AttributesSeen, EnvironmentSeen, Tags};
pub use error::{AwsError, FailedAt, Look};
pub use event_path::{PathSeen, RuleSeen};
pub use key::{DatabaseKeySeen, is_aws_managed};
pub use organization::{Bounds, GuardrailsSeen, Levels};
pub use plan::PlanSeen;
pub use role::{RoleLook, RolesSeen};
pub use settings::{SettingsSeen, Viewpoint};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use self::database::Database;
use self::key::Key;
use crate::pipeline::environment::EnvironmentName;

/// Everything that `judge` looks at.
#[derive(Debug)]
pub struct Observed {
    pub environments: Vec<EnvironmentSeen>,
    /// Organization, settings, service-linked roles, key administrators.
    pub settings: SettingsSeen,
    /// The roles of the way.
    pub roles: RolesSeen,
    /// What the organization sets over both accounts.
    pub guardrails: GuardrailsSeen,
    /// Tags and aliases, in the order of the environments.
    pub attributes: Vec<AttributesSeen>,
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
