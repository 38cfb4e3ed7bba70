//! Backup plans, rules and selections.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_backup::operation::create_backup_plan::CreateBackupPlanError;
use aws_sdk_backup::types::{
    BackupPlanInput, BackupPlansListMember, BackupRule, BackupRuleInput, CopyAction, Lifecycle,
};

mod selections;

pub use selections::{
    FoundSelection, SelectionSpec, create_selection, delete_selection, get_selection, list_selections,
};

use super::super::Session;
use super::super::answer::{Listing, Required, parsed, text};
use super::super::error::{AwsError, FailedAt, send};
use super::PAGE;
pub use crate::pipeline::seen::plan::{Creation, PlanEver, PlanHead, Rule, RuleCopy};

/// All plans of the session's account and Region.
///
/// # Errors
/// AWS's answer.
pub async fn list_plans(session: &Session) -> Result<Vec<PlanHead>, AwsError> {
    Ok(listed(session, Listed::Live).await?.into_iter().map(|plan| plan.head).collect())
}

/// All plans that there ever were in the session's account and Region, as far as AWS still lists the deleted ones.
///
/// # Errors
/// AWS's answer.
pub async fn list_plans_ever(session: &Session) -> Result<Vec<PlanEver>, AwsError> {
    listed(session, Listed::Ever).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Live,
    Ever,
}

async fn listed(session: &Session, which: Listed) -> Result<Vec<PlanEver>, AwsError> {
    let operation = PLANS.operation;
    let found = PLANS.read(
        |plan: &BackupPlansListMember| plan.backup_plan_id(),
        async |token| {
            let call = session.backup().list_backup_plans().max_results(PAGE).set_next_token(token);
            let call = if which == Listed::Ever { call.include_deleted(true) } else { call };
            let page = send(operation, call.send()).await?;
            Ok((page.backup_plans_list, page.next_token))
        },
    );
    let plan = |plan: BackupPlansListMember| {
        Ok(PlanEver {
            request_id: plan.creator_request_id,
            deleted_at: plan.deletion_date.as_ref().and_then(super::date),
            head: PlanHead {
                id: plan.backup_plan_id.required(operation, PLANS.id)?,
                arn: plan.backup_plan_arn.required(operation, "BackupPlanArn")?,
                name: plan.backup_plan_name.required(operation, "BackupPlanName")?,
            },
        })
    };
    found.await?.into_iter().map(plan).collect()
}

const PLANS: Listing = Listing { operation: "backup:ListBackupPlans", items: "BackupPlansList", id: "BackupPlanId" };

/// A plan by its id; none where AWS Backup does not know it, or says that it was deleted.
///
/// # Errors
/// AWS's answer.
pub async fn find_plan(session: &Session, id: &str) -> Result<Option<PlanHead>, AwsError> {
    let operation = "backup:GetBackupPlan";
    let answer = match send(operation, session.backup().get_backup_plan().backup_plan_id(id).send()).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        other => other?,
    };
    if answer.deletion_date().is_some() {
        return Ok(None);
    }
    let name = answer.backup_plan.map(|plan| plan.backup_plan_name);
    Ok(Some(PlanHead {
        id: answer.backup_plan_id.required(operation, PLANS.id)?,
        arn: answer.backup_plan_arn.required(operation, "BackupPlanArn")?,
        name: name.required(operation, "BackupPlan")?,
    }))
}

/// The rules of a plan.
///
/// # Errors
/// AWS's answer.
pub async fn plan_rules(session: &Session, id: &str) -> Result<Vec<Rule>, AwsError> {
    sdk_rules(session, id).await?.1.iter().map(rule).collect()
}

async fn sdk_rules(session: &Session, id: &str) -> Result<(String, Vec<BackupRule>), AwsError> {
    let operation = "backup:GetBackupPlan";
    let answer = send(operation, session.backup().get_backup_plan().backup_plan_id(id).send()).await?;
    let plan = answer.backup_plan.required(operation, "BackupPlan")?;
    // A plan without a rule cannot be made (AWS Backup API Reference, BackupPlanInput).
    let rules = Some(plan.rules).filter(|rules| !rules.is_empty()).required(operation, "Rules")?;
    Ok((plan.backup_plan_name, rules))
}

fn rule(rule: &BackupRule) -> Result<Rule, AwsError> {
    let operation = "backup:GetBackupPlan";
    let copies = rule.copy_actions().iter().map(|copy| {
        let vault = Some(copy.destination_backup_vault_arn()).filter(|arn| !arn.is_empty());
        Ok(RuleCopy {
            vault: parsed(vault, operation, "DestinationBackupVaultArn")?,
            delete_after_days: copy.lifecycle().and_then(Lifecycle::delete_after_days),
        })
    });
    Ok(Rule {
        name: text(rule.rule_name(), operation, "RuleName")?.to_owned(),
        vault: text(rule.target_backup_vault_name(), operation, "TargetBackupVaultName")?.to_owned(),
        schedule: rule.schedule_expression().map(str::to_owned),
        timezone: rule.schedule_expression_timezone().map(str::to_owned),
        start_window_minutes: rule.start_window_minutes(),
        completion_window_minutes: rule.completion_window_minutes(),
        delete_after_days: rule.lifecycle().and_then(Lifecycle::delete_after_days),
        tags: rule.recovery_point_tags().cloned().unwrap_or_default().into_iter().collect(),
        copies: copies.collect::<Result<_, AwsError>>()?,
        others: other_settings(rule),
    })
}

/// What a rule can have besides, by hand: each of it changes what is backed up, or what can be copied.
fn other_settings(rule: &BackupRule) -> Vec<String> {
    let mut others = Vec::new();
    if rule.enable_continuous_backup() == Some(true) {
        others.push("EnableContinuousBackup".to_owned());
    }
    let lifecycles = rule.lifecycle().into_iter().chain(rule.copy_actions().iter().filter_map(|copy| copy.lifecycle()));
    if lifecycles.into_iter().any(|lifecycle| lifecycle.move_to_cold_storage_after_days().is_some()) {
        others.push("MoveToColdStorageAfterDays".to_owned());
    }
    if rule.target_logically_air_gapped_backup_vault_arn().is_some() {
        others.push("TargetLogicallyAirGappedBackupVaultArn".to_owned());
    }
    if !rule.index_actions().is_empty() {
        others.push("IndexActions".to_owned());
    }
    if !rule.scan_actions().is_empty() {
        others.push("ScanActions".to_owned());
    }
    others
}

/// Our input could not be built: the SDK demands a member that is empty.
fn unbuilt(operation: &'static str, error: impl std::fmt::Display) -> AwsError {
    AwsError { operation, failed_at: FailedAt::Guard, code: None, message: error.to_string(), request_id: None }
}

fn lifecycle(days: Option<i64>) -> Option<Lifecycle> {
    days.map(|days| Lifecycle::builder().delete_after_days(days).build())
}

fn rule_input(operation: &'static str, rule: &Rule) -> Result<BackupRuleInput, AwsError> {
    let mut builder = BackupRuleInput::builder()
        .rule_name(&rule.name)
        .target_backup_vault_name(&rule.vault)
        .set_schedule_expression(rule.schedule.clone())
        .set_schedule_expression_timezone(rule.timezone.clone())
        .set_start_window_minutes(rule.start_window_minutes)
        .set_completion_window_minutes(rule.completion_window_minutes)
        .set_lifecycle(lifecycle(rule.delete_after_days))
        .set_recovery_point_tags(Some(rule.tags.clone().into_iter().collect::<HashMap<_, _>>()));
    for copy in &rule.copies {
        let action = CopyAction::builder()
            .destination_backup_vault_arn(copy.vault.as_str())
            .set_lifecycle(lifecycle(copy.delete_after_days))
            .build()
            .map_err(|error| unbuilt(operation, error))?;
        builder = builder.copy_actions(action);
    }
    builder.build().map_err(|error| unbuilt(operation, error))
}

/// A rule that is not ours goes back as it came.
fn unchanged(operation: &'static str, rule: &BackupRule) -> Result<BackupRuleInput, AwsError> {
    BackupRuleInput::builder()
        .rule_name(rule.rule_name())
        .target_backup_vault_name(rule.target_backup_vault_name())
        .set_target_logically_air_gapped_backup_vault_arn(
            rule.target_logically_air_gapped_backup_vault_arn().map(str::to_owned),
        )
        .set_schedule_expression(rule.schedule_expression().map(str::to_owned))
        .set_schedule_expression_timezone(rule.schedule_expression_timezone().map(str::to_owned))
        .set_start_window_minutes(rule.start_window_minutes())
        .set_completion_window_minutes(rule.completion_window_minutes())
        .set_lifecycle(rule.lifecycle().cloned())
        .set_recovery_point_tags(rule.recovery_point_tags().cloned())
        .set_copy_actions(rule.copy_actions.clone())
        .set_enable_continuous_backup(rule.enable_continuous_backup())
        .set_index_actions(rule.index_actions.clone())
        .set_scan_actions(rule.scan_actions.clone())
        .build()
        .map_err(|error| unbuilt(operation, error))
}

/// Creates a plan with one rule. A request id that matches an existing plan brings that plan back, whatever it looks like
/// (AWS Backup API Reference, CreateBackupPlan).
///
/// # Errors
/// AWS's answer.
pub async fn create_plan(
    session: &Session,
    name: &str,
    rule: &Rule,
    tags: &BTreeMap<String, String>,
    request_id: &str,
) -> Result<Creation, AwsError> {
    let operation = "backup:CreateBackupPlan";
    let plan = BackupPlanInput::builder()
        .backup_plan_name(name)
        .rules(rule_input(operation, rule)?)
        .build()
        .map_err(|error| unbuilt(operation, error))?;
    let call = session
        .backup()
        .create_backup_plan()
        .creator_request_id(request_id)
        .backup_plan(plan)
        .set_backup_plan_tags(Some(tags.clone().into_iter().collect()));
    let answered = call.send().await;
    if let Some(CreateBackupPlanError::AlreadyExistsException(exists)) =
        answered.as_ref().err().and_then(|error| error.as_service_error())
    {
        return Ok(Creation::Exists(exists.arn().map(str::to_owned)));
    }
    let id = send(operation, async { answered }).await?.backup_plan_id;
    id.required(operation, PLANS.id).map(Creation::Answered)
}

/// Puts our rule into a plan, in the place of the one of its name; the plan's other rules stay.
///
/// # Errors
/// AWS's answer.
pub async fn update_plan(session: &Session, id: &str, name: &str, rule: &Rule) -> Result<(), AwsError> {
    let operation = "backup:UpdateBackupPlan";
    let (_, rules) = sdk_rules(session, id).await?;
    let mut builder = BackupPlanInput::builder().backup_plan_name(name);
    let mut placed = false;
    for other in &rules {
        if other.rule_name() == rule.name {
            placed = true;
            builder = builder.rules(rule_input(operation, rule)?);
        } else {
            builder = builder.rules(unchanged(operation, other)?);
        }
    }
    if !placed {
        builder = builder.rules(rule_input(operation, rule)?);
    }
    let plan = builder.build().map_err(|error| unbuilt(operation, error))?;
    send(operation, session.backup().update_backup_plan().backup_plan_id(id).backup_plan(plan).send()).await.map(drop)
}

/// Deletes a plan that has no selections any more.
///
/// # Errors
/// AWS's answer.
pub async fn delete_plan(session: &Session, id: &str) -> Result<(), AwsError> {
    match send("backup:DeleteBackupPlan", session.backup().delete_backup_plan().backup_plan_id(id).send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(()),
        other => other.map(drop),
    }
}
