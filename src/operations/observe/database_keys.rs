//! The keys that databases are encrypted under: the first hop reads each backup under its database's own.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};

use crate::aws::kms::{self, Key};
use crate::aws::rds::Database;
use crate::aws::{AwsError, Session};
use crate::operations::sessions::Sessions;
use crate::pipeline::checks::databases::{selects, wanted};
use crate::pipeline::checks::selection::unselected;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::route::KeyManager;
use crate::pipeline::seen::{DatabaseKeySeen, Look, PlanSeen};
use crate::pipeline::settings::Pipeline;

/// The keys of databases, by ARN.
#[derive(Debug, Default)]
pub(super) struct DatabaseKeys {
    /// Those that the first hop reads under.
    pub(super) copied: BTreeMap<String, DatabaseKeySeen>,
    /// Those that only databases are under which no plan selects.
    pub(super) unselected: BTreeMap<String, Look<Option<Key>>>,
}

/// Looks at each key once.
pub(super) async fn look(
    pipeline: &Pipeline,
    sessions: &Sessions,
    plans: &Look<Vec<PlanSeen>>,
    databases: &Look<Vec<Database>>,
) -> DatabaseKeys {
    let Ok(databases) = databases else { return DatabaseKeys::default() };
    let session = sessions.get(EnvironmentName::Source);
    let plans = plans.as_deref().unwrap_or_default();
    let wanted = wanted(pipeline, Some(databases));
    let specs: Vec<_> = plans.iter().filter(|plan| plan.ours).flat_map(|plan| &plan.selections).collect();
    let is_selected = |one: &&Database| {
        wanted.contains(&one.arn) || specs.iter().any(|selection| selects(&selection.spec, &one.arn, Some(one)))
    };
    let keys =
        |all: Vec<&Database>| all.into_iter().filter_map(|one| one.key_arn.clone()).collect::<BTreeSet<String>>();
    let copied = keys(databases.iter().filter(is_selected).collect());
    let mut others = keys(unselected(pipeline, plans, databases));
    others.retain(|arn| !copied.contains(arn));
    let described = async {
        let looked = join_all(others.iter().map(|arn| kms::describe_key(session, arn))).await;
        others.iter().cloned().zip(looked).collect()
    };
    let (copied, unselected) = join(of(session, &copied), described).await;
    DatabaseKeys { copied, unselected }
}

/// What these keys are, and what their policies say.
pub(super) async fn of(session: &Session, arns: &BTreeSet<String>) -> BTreeMap<String, DatabaseKeySeen> {
    let looks = arns.iter().map(|arn| async move {
        let key = kms::describe_key(session, arn).await;
        let policies = match &key {
            Ok(Some(found)) if found.manager != KeyManager::AwsManaged => kms::key_policies(session, arn).await,
            Ok(_) => Ok(Vec::new()),
            Err(error) => Err(AwsError::clone(error)),
        };
        (arn.clone(), DatabaseKeySeen { key, policies, ..DatabaseKeySeen::not_asked() })
    });
    join_all(looks).await.into_iter().collect()
}
