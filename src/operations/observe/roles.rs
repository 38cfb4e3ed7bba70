//! The roles of the way with all their policies, and the settings that everything stands on.

use futures_util::future::{join, join_all, join4, join5};

use super::guardrails;
use super::{is_right, not_asked};
use crate::aws::backup::JobFilter;
use crate::aws::iam::{self};
use crate::aws::organizations::{self};
use crate::aws::{AwsError, Session, backup};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::seen::{
    EnvironmentSeen, GuardrailsSeen, Look, PathSeen, PlanSeen, RoleLook, RolesSeen, SettingsSeen, Viewpoint, unseen,
};
use crate::pipeline::settings::Pipeline;
use crate::policy::names::Arn;

/// The service-linked role of AWS Backup (AWS Backup Developer Guide, using-service-linked-roles).
const BACKUP_LINKED: &str = "AWSServiceRoleForBackup";
/// The service-linked role of Amazon RDS (Amazon RDS User Guide, UsingWithRDS.IAM.ServiceLinkedRoles).
const RDS_LINKED: &str = "AWSServiceRoleForRDS";

/// Runs a look where the environment's credentials are the right ones.
async fn where_right<T>(
    seen: &EnvironmentSeen,
    operation: &'static str,
    look: impl Future<Output = Result<T, AwsError>>,
) -> Look<T> {
    if is_right(seen) { look.await } else { Err(unseen(operation, &seen.identity)) }
}

pub(super) async fn settings(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
) -> (SettingsSeen, GuardrailsSeen) {
    let seen = |name: EnvironmentName| (sessions.get(name), &environments[name.index()]);
    let (source, source_seen) = seen(EnvironmentName::Source);
    let (destination, destination_seen) = seen(EnvironmentName::Destination);
    let organization = "organizations:DescribeOrganization";
    let (source_organization, destination_organization) = join(
        where_right(source_seen, organization, organizations::describe_organization(source)),
        where_right(destination_seen, organization, organizations::describe_organization(destination)),
    )
    .await;
    let known =
        [&destination_organization, &source_organization].into_iter().find_map(|look| look.as_ref().ok()?.as_ref());
    let management = match known {
        Some(known) => sessions.management(pipeline, &known.management_account).await,
        None => None,
    };
    let viewpoint = if management.is_some() { Viewpoint::Management } else { Viewpoint::Member };
    let asked = management.as_ref().unwrap_or(destination);
    let guardrails = async {
        let asked = if management.is_some() || is_right(destination_seen) {
            Ok(asked)
        } else {
            Err(unseen("organizations:ListParents", &destination_seen.identity))
        };
        let accounts = [
            (&pipeline.source.account, &source_organization),
            (&pipeline.destination.account, &destination_organization),
        ];
        guardrails::over(asked, known, accounts).await
    };
    let settings = join5(
        where_right(destination_seen, "backup:DescribeGlobalSettings", backup::is_cross_account_enabled(asked)),
        where_right(
            destination_seen,
            "organizations:ListAWSServiceAccessForOrganization",
            organizations::has_trusted_access(asked),
        ),
        where_right(source_seen, "backup:DescribeRegionSettings", backup::is_rds_opted_in(source)),
        join(
            where_right(source_seen, "iam:GetRole", iam::role_exists(source, BACKUP_LINKED)),
            where_right(destination_seen, "iam:GetRole", iam::role_exists(destination, RDS_LINKED)),
        ),
        administrators(pipeline, sessions, environments),
    );
    let (settings, guardrails) = join(settings, Box::pin(guardrails)).await;
    let (cross_account, trusted_access, opted_in, (source_linked, destination_rds_linked), administrators) = settings;
    let last_failure = match (&cross_account, viewpoint) {
        (Ok(false), Viewpoint::Member) => Some(Box::pin(last_failure(pipeline, sessions, environments)).await),
        _ => None,
    };
    let settings = SettingsSeen {
        source_organization,
        destination_organization,
        cross_account: (cross_account, viewpoint),
        last_failure,
        trusted_access,
        opted_in,
        source_linked,
        destination_rds_linked,
        administrators,
    };
    (settings, guardrails)
}

/// The newest copy job into the destination vault that has ended, where it brought nothing.
async fn last_failure(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
) -> Look<Option<CopyJob>> {
    let name = EnvironmentName::Intermediate;
    let filter = JobFilter {
        resource_arn: None,
        destination_vault: Some(pipeline.vault_arn(EnvironmentName::Destination)),
        created_after: None,
    };
    let jobs = backup::list_copy_jobs(sessions.get(name), &filter);
    let jobs = where_right(&environments[name.index()], "backup:ListCopyJobs", jobs).await?;
    let ended = jobs.into_iter().filter(|job| !job.state.is_in_flight());
    let newest = ended.max_by_key(|job| job.created_at);
    Ok(newest.filter(|job| job.state.is_over_without_result()))
}

/// The organization, what it sets over both accounts, and whether copies may cross them: nothing else decides over hops.
pub(super) async fn settings_of_hops(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
) -> (SettingsSeen, GuardrailsSeen) {
    let seen = |name: EnvironmentName| (sessions.get(name), &environments[name.index()]);
    let (source, source_seen) = seen(EnvironmentName::Source);
    let (destination, destination_seen) = seen(EnvironmentName::Destination);
    let organization = "organizations:DescribeOrganization";
    let (source_organization, destination_organization) = join(
        where_right(source_seen, organization, organizations::describe_organization(source)),
        where_right(destination_seen, organization, organizations::describe_organization(destination)),
    )
    .await;
    let known = destination_organization.as_ref().ok().and_then(Option::as_ref);
    let management = match known {
        Some(known) => sessions.management(pipeline, &known.management_account).await,
        None => None,
    };
    let viewpoint = if management.is_some() { Viewpoint::Management } else { Viewpoint::Member };
    // A copy between two organizations is refused for that: one of them is asked about both accounts.
    let accounts = [
        (&pipeline.source.account, &destination_organization),
        (&pipeline.destination.account, &destination_organization),
    ];
    let asked = management.as_ref().unwrap_or(destination);
    let cross_account = backup::is_cross_account_enabled(asked);
    let (guardrails, cross_account) = join(
        Box::pin(guardrails::over(Ok(asked), known, accounts)),
        where_right(destination_seen, "backup:DescribeGlobalSettings", cross_account),
    )
    .await;
    let settings = SettingsSeen {
        source_organization,
        destination_organization,
        cross_account: (cross_account, viewpoint),
        last_failure: None,
        trusted_access: Err(not_asked("organizations:ListAWSServiceAccessForOrganization")),
        opted_in: Err(not_asked("backup:DescribeRegionSettings")),
        source_linked: Err(not_asked("iam:GetRole")),
        destination_rds_linked: Err(not_asked("iam:GetRole")),
        administrators: Vec::new(),
    };
    (settings, guardrails)
}

/// Administrators of another account cannot be looked for: they are left out.
async fn administrators(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
) -> Vec<(EnvironmentName, Arn, Look<bool>)> {
    let all = EnvironmentName::ALL.into_iter().flat_map(|name| {
        let own = &pipeline.environment(name).account;
        let admins =
            pipeline.environment(name).key_admin.iter().filter(move |arn| arn.account_id().as_ref() == Some(own));
        admins.map(move |arn| (name, arn.clone()))
    });
    let looks = all.map(|(name, arn)| async move {
        let look = iam::principal_exists(sessions.get(name), &arn);
        let found = where_right(&environments[name.index()], "iam:GetRole", look).await;
        (name, arn, found)
    });
    join_all(looks).await
}

pub(super) async fn roles(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
    path: &PathSeen,
    plans: &Look<Vec<PlanSeen>>,
) -> RolesSeen {
    let source = sessions.get(EnvironmentName::Source);
    let destination = sessions.get(EnvironmentName::Destination);
    let seen = &environments[EnvironmentName::Source.index()];
    let destination_seen = &environments[EnvironmentName::Destination.index()];
    let rule = path.forward_rule.as_ref().ok().and_then(Option::as_ref);
    let forward = rule.and_then(|seen| seen.rule.targets.iter().find_map(|target| target.role_arn.clone()));
    let function = path.function.as_ref().ok().and_then(Option::as_ref);
    let stack = environments[EnvironmentName::Intermediate.index()].stack.as_ref().ok().and_then(Option::as_ref);
    let copy = function.and_then(|function| function.environment.get("COPY_ROLE_ARN").cloned());
    let copy = copy.or_else(|| stack.and_then(|stack| stack.outputs.get("CopyRoleArn").cloned()));
    // The role that the selection names is the one that AWS Backup acts as, whatever the configuration says.
    let ours = plans.as_ref().ok().into_iter().flatten().filter(|plan| plan.ours);
    let selections = ours.flat_map(|plan| &plan.selections);
    let selected = selections.map(|selection| selection.spec.role_arn.clone()).find(|arn| !arn.is_empty());
    let linked = format!(
        "arn:{}:iam::{}:role/aws-service-role/backup.amazonaws.com/{BACKUP_LINKED}",
        pipeline.partition(),
        pipeline.destination.account
    );
    let (backup, forward, (function, copy), destination_linked) = join4(
        role(source, seen, Some(selected.unwrap_or_else(|| pipeline.backup_role_arn()))),
        role(source, seen, forward),
        join(role(source, seen, function.map(|function| function.role_arn.clone())), role(source, seen, copy)),
        role(destination, destination_seen, Some(linked)),
    )
    .await;
    RolesSeen { backup, forward, function, copy, destination_linked }
}

async fn role(session: &Session, seen: &EnvironmentSeen, arn: Option<String>) -> RoleLook {
    let arn = arn?;
    let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
    let look = where_right(seen, "iam:GetRole", iam::role(session, &name)).await;
    // A role of that name under another path is another role.
    let look = look.map(|found| found.filter(|role| role.arn == arn));
    Some((arn, look))
}
