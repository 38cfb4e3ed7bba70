//! The plans, their rules and selections; the databases.

use futures_util::future::{join, try_join_all};

use super::is_right;
use crate::aws::backup::plans::{self, PlanHead};
use crate::aws::rds::{self, Database};
use crate::aws::{AwsError, Session, backup};
use crate::operations::deployment::TAG;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::seen::{EnvironmentSeen, Look, OptionGroups, PlanSeen, unseen};
use crate::pipeline::settings::Pipeline;

pub(super) async fn look(
    pipeline: &Pipeline,
    sessions: &Sessions,
    source: &EnvironmentSeen,
) -> (Look<Vec<PlanSeen>>, Look<Vec<Database>>) {
    let session = sessions.get(EnvironmentName::Source);
    if !is_right(source) {
        let error = |operation| unseen(operation, &source.identity);
        return (Err(error("backup:ListBackupPlans")), Err(error("rds:DescribeDBInstances")));
    }
    join(all_plans(pipeline, session), rds::databases(session)).await
}

async fn all_plans(pipeline: &Pipeline, session: &Session) -> Look<Vec<PlanSeen>> {
    let heads = plans::list_plans(session).await?;
    try_join_all(heads.into_iter().map(|head| plan(pipeline, session, head))).await
}

async fn plan(pipeline: &Pipeline, session: &Session, head: PlanHead) -> Result<PlanSeen, AwsError> {
    let ours = head.name == pipeline.plan.name
        || backup::list_tags(session, &head.arn).await?.remove(TAG).as_deref() == Some(pipeline.identity());
    let rules = match ours {
        true => plans::plan_rules(session, &head.id).await?,
        false => Vec::new(),
    };
    let listed = plans::list_selections(session, &head.id).await?;
    let selections = listed.iter().map(|(id, _)| plans::get_selection(session, &head.id, id));
    let selections = try_join_all(selections).await?;
    Ok(PlanSeen { head, ours, rules, selections })
}

/// Asked only where a database has an option group that is not the default.
pub(super) async fn option_groups(
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
    databases: &Look<Vec<Database>>,
) -> Look<OptionGroups> {
    let needed = databases.as_ref().is_ok_and(|all| all.iter().any(|one| !one.own_option_groups().is_empty()));
    if !needed {
        return Ok(OptionGroups::default());
    }
    let seen = &environments[EnvironmentName::Intermediate.index()];
    if !is_right(seen) {
        return Err(unseen("rds:DescribeOptionGroups", &seen.identity));
    }
    let (source, intermediate) = join(
        rds::option_groups(sessions.get(EnvironmentName::Source)),
        rds::option_groups(sessions.get(EnvironmentName::Intermediate)),
    )
    .await;
    let (source, intermediate) = (source?, intermediate?);
    let source_persistent = source.into_iter().filter(|group| group.persistent).map(|group| group.name).collect();
    Ok(OptionGroups { source_persistent, intermediate: intermediate.into_iter().map(|group| group.name).collect() })
}
