//! One change to a world, made by the API calls that an account's administrator would make.

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupPlanInput, BackupSelection};
use aws_sdk_eventbridge::types::Target;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What an API answered to a change that it did not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRefusal {
    /// The error's code.
    pub code: String,
    /// The service's own words.
    pub message: String,
}

impl<E: ProvideErrorMetadata, R> From<SdkError<E, R>> for ApiRefusal {
    fn from(error: SdkError<E, R>) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self { code: text(error.code()), message: text(error.message()) }
    }
}

/// A change, with everything that its calls need.
#[derive(Debug, Clone)]
pub enum Change {
    /// `PutKeyPolicy`.
    KeyPolicy { key: String, policy: String },
    /// `DisableKey`.
    KeyDisabled { key: String },
    /// `ScheduleKeyDeletion`.
    KeyDeleted { key: String },
    /// `DisableKeyRotation`.
    RotationDisabled { key: String },
    /// `DeleteAlias`.
    AliasDeleted { alias: String },
    /// `PutBackupVaultAccessPolicy`, or without a policy `DeleteBackupVaultAccessPolicy`.
    VaultPolicy { vault: String, policy: Option<String> },
    /// `PutBackupVaultLockConfiguration`, which can be taken away again.
    VaultLocked { vault: String, least_days: i64, most_days: Option<i64> },
    /// `DeleteBackupVault`.
    VaultDeleted { vault: String },
    /// `DeleteBackupVault`, then `CreateBackupVault` without a key.
    VaultUnderDefaultKey { vault: String },
    /// `UpdateAssumeRolePolicy`.
    TrustPolicy { role: String, policy: String },
    /// `PutRolePolicy`, or without a policy `DeleteRolePolicy`.
    RolePolicy { role: String, name: String, policy: Option<String> },
    /// `DetachRolePolicy`.
    PolicyDetached { role: String, policy_arn: String },
    /// `PutRolePermissionsBoundary`.
    Boundary { role: String, policy_arn: String },
    /// Its policies, then `DeleteRole`.
    RoleDeleted { role: String },
    /// `DeleteServiceLinkedRole`.
    ServiceLinkedRoleDeleted { role: String },
    /// `RemovePermission`, and `AddPermission` where something takes its place.
    Permission { function: String, sid: String, instead: Option<Permission> },
    /// `PutFunctionConcurrency` with 0.
    FunctionThrottled { function: String },
    /// `DeleteFunction`.
    FunctionDeleted { function: String },
    /// `UpdateFunctionConfiguration` with one environment variable changed, or taken away.
    FunctionVariable { function: String, name: String, value: Option<String> },
    /// `PutRule` with another pattern.
    RulePattern { rule: String, pattern: String },
    /// `DisableRule`.
    RuleDisabled { rule: String },
    /// `RemoveTargets`, then `DeleteRule`.
    RuleDeleted { rule: String },
    /// `RemoveTargets`.
    TargetRemoved { rule: String, id: String },
    /// `PutTargets`.
    Target { rule: String, target: Box<Target> },
    /// `SetQueueAttributes` with another policy, or without one.
    QueuePolicy { url: String, policy: Option<String> },
    /// `DeleteQueue`.
    QueueDeleted { url: String },
    /// `UpdateBackupPlan`.
    Plan { plan: String, document: Box<BackupPlanInput> },
    /// `DeleteBackupSelection` of all, then `DeleteBackupPlan`.
    PlanDeleted { plan: String },
    /// `DeleteBackupSelection`, and `CreateBackupSelection` where something takes its place.
    Selection { plan: String, selection: String, instead: Option<Box<BackupSelection>> },
    /// `UpdateGlobalSettings`, as the management account.
    CrossAccountBackupOff,
    /// `DisableAWSServiceAccess`, as the management account.
    TrustedAccessOff,
    /// `UpdateRegionSettings`.
    RdsOptedOut,
    /// `StopDBInstance`.
    DatabaseStopped { database: String },
    /// `DeleteDBInstance`.
    DatabaseDeleted { database: String },
}

/// What `AddPermission` takes.
#[derive(Debug, Clone)]
pub struct Permission {
    pub action: String,
    pub principal: String,
    pub source_arn: Option<String>,
    pub source_account: Option<String>,
}

type Done = Result<(), ApiRefusal>;

impl Change {
    /// Makes the calls in the account and Region of `config`.
    pub(super) async fn apply(&self, config: &SdkConfig) -> Done {
        match self {
            Change::KeyPolicy { .. }
            | Change::KeyDisabled { .. }
            | Change::KeyDeleted { .. }
            | Change::RotationDisabled { .. }
            | Change::AliasDeleted { .. } => self.in_kms(config).await,
            Change::VaultPolicy { .. }
            | Change::VaultLocked { .. }
            | Change::VaultDeleted { .. }
            | Change::VaultUnderDefaultKey { .. } => self.in_vaults(config).await,
            Change::Plan { .. }
            | Change::PlanDeleted { .. }
            | Change::Selection { .. }
            | Change::CrossAccountBackupOff
            | Change::RdsOptedOut => self.in_backup(config).await,
            Change::TrustPolicy { .. }
            | Change::RolePolicy { .. }
            | Change::PolicyDetached { .. }
            | Change::Boundary { .. }
            | Change::RoleDeleted { .. }
            | Change::ServiceLinkedRoleDeleted { .. } => self.in_iam(config).await,
            Change::Permission { .. }
            | Change::FunctionThrottled { .. }
            | Change::FunctionDeleted { .. }
            | Change::FunctionVariable { .. } => self.in_lambda(config).await,
            Change::RulePattern { .. }
            | Change::RuleDisabled { .. }
            | Change::RuleDeleted { .. }
            | Change::TargetRemoved { .. }
            | Change::Target { .. } => self.in_events(config).await,
            Change::QueuePolicy { .. } | Change::QueueDeleted { .. } => self.in_sqs(config).await,
            Change::TrustedAccessOff => {
                let organizations = aws_sdk_organizations::Client::new(config);
                let off = organizations.disable_aws_service_access().service_principal("backup.amazonaws.com");
                off.send().await?;
                Ok(())
            }
            Change::DatabaseStopped { .. } | Change::DatabaseDeleted { .. } => self.in_rds(config).await,
        }
    }

    async fn in_kms(&self, config: &SdkConfig) -> Done {
        let kms = aws_sdk_kms::Client::new(config);
        match self {
            Change::KeyPolicy { key, policy } => {
                kms.put_key_policy().key_id(key).policy_name("default").policy(policy).send().await?;
            }
            Change::KeyDisabled { key } => drop(kms.disable_key().key_id(key).send().await?),
            Change::KeyDeleted { key } => {
                kms.schedule_key_deletion().key_id(key).pending_window_in_days(7).send().await?;
            }
            Change::RotationDisabled { key } => drop(kms.disable_key_rotation().key_id(key).send().await?),
            Change::AliasDeleted { alias } => drop(kms.delete_alias().alias_name(alias).send().await?),
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_vaults(&self, config: &SdkConfig) -> Done {
        let backup = aws_sdk_backup::Client::new(config);
        match self {
            Change::VaultPolicy { vault, policy: Some(policy) } => {
                backup.put_backup_vault_access_policy().backup_vault_name(vault).policy(policy).send().await?;
            }
            Change::VaultPolicy { vault, policy: None } => {
                backup.delete_backup_vault_access_policy().backup_vault_name(vault).send().await?;
            }
            Change::VaultLocked { vault, least_days, most_days } => {
                let lock = backup.put_backup_vault_lock_configuration().backup_vault_name(vault);
                lock.min_retention_days(*least_days).set_max_retention_days(*most_days).send().await?;
            }
            Change::VaultDeleted { vault } => {
                backup.delete_backup_vault().backup_vault_name(vault).send().await?;
            }
            Change::VaultUnderDefaultKey { vault } => {
                let policy = backup.get_backup_vault_access_policy().backup_vault_name(vault).send().await;
                backup.delete_backup_vault().backup_vault_name(vault).send().await?;
                backup.create_backup_vault().backup_vault_name(vault).send().await?;
                if let Some(policy) = policy.ok().and_then(|answer| answer.policy) {
                    backup.put_backup_vault_access_policy().backup_vault_name(vault).policy(policy).send().await?;
                }
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_backup(&self, config: &SdkConfig) -> Done {
        let backup = aws_sdk_backup::Client::new(config);
        match self {
            Change::Plan { plan, document } => {
                backup.update_backup_plan().backup_plan_id(plan).backup_plan(document.as_ref().clone()).send().await?;
            }
            Change::PlanDeleted { plan } => {
                let selections = backup.list_backup_selections().backup_plan_id(plan).send().await?;
                for selection in selections.backup_selections_list() {
                    let id = selection.selection_id().unwrap_or_default();
                    backup.delete_backup_selection().backup_plan_id(plan).selection_id(id).send().await?;
                }
                backup.delete_backup_plan().backup_plan_id(plan).send().await?;
            }
            Change::Selection { plan, selection, instead } => {
                backup.delete_backup_selection().backup_plan_id(plan).selection_id(selection).send().await?;
                if let Some(new) = instead {
                    let create = backup.create_backup_selection().backup_plan_id(plan);
                    create.backup_selection(new.as_ref().clone()).send().await?;
                }
            }
            Change::CrossAccountBackupOff => {
                let update = backup.update_global_settings();
                update.global_settings("isCrossAccountBackupEnabled", "false").send().await?;
            }
            Change::RdsOptedOut => {
                let update = backup.update_region_settings();
                update.resource_type_opt_in_preference("RDS", false).send().await?;
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_iam(&self, config: &SdkConfig) -> Done {
        let iam = aws_sdk_iam::Client::new(config);
        match self {
            Change::TrustPolicy { role, policy } => {
                iam.update_assume_role_policy().role_name(role).policy_document(policy).send().await?;
            }
            Change::RolePolicy { role, name, policy: Some(policy) } => {
                iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy).send().await?;
            }
            Change::RolePolicy { role, name, policy: None } => {
                iam.delete_role_policy().role_name(role).policy_name(name).send().await?;
            }
            Change::PolicyDetached { role, policy_arn } => {
                iam.detach_role_policy().role_name(role).policy_arn(policy_arn).send().await?;
            }
            Change::Boundary { role, policy_arn } => {
                iam.put_role_permissions_boundary().role_name(role).permissions_boundary(policy_arn).send().await?;
            }
            Change::RoleDeleted { role } => {
                let inline = iam.list_role_policies().role_name(role).send().await?;
                for name in inline.policy_names() {
                    iam.delete_role_policy().role_name(role).policy_name(name).send().await?;
                }
                let attached = iam.list_attached_role_policies().role_name(role).send().await?;
                for policy in attached.attached_policies() {
                    let arn = policy.policy_arn().unwrap_or_default();
                    iam.detach_role_policy().role_name(role).policy_arn(arn).send().await?;
                }
                iam.delete_role().role_name(role).send().await?;
            }
            Change::ServiceLinkedRoleDeleted { role } => {
                iam.delete_service_linked_role().role_name(role).send().await?;
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_lambda(&self, config: &SdkConfig) -> Done {
        let lambda = aws_sdk_lambda::Client::new(config);
        match self {
            Change::Permission { function, sid, instead } => {
                lambda.remove_permission().function_name(function).statement_id(sid).send().await?;
                if let Some(new) = instead {
                    lambda
                        .add_permission()
                        .function_name(function)
                        .statement_id(sid)
                        .action(&new.action)
                        .principal(&new.principal)
                        .set_source_arn(new.source_arn.clone())
                        .set_source_account(new.source_account.clone())
                        .send()
                        .await?;
                }
            }
            Change::FunctionThrottled { function } => {
                let put = lambda.put_function_concurrency().function_name(function);
                put.reserved_concurrent_executions(0).send().await?;
            }
            Change::FunctionDeleted { function } => {
                lambda.delete_function().function_name(function).send().await?;
            }
            Change::FunctionVariable { function, name, value } => {
                let now = lambda.get_function_configuration().function_name(function).send().await?;
                let mut variables = now.environment.and_then(|environment| environment.variables).unwrap_or_default();
                match value {
                    Some(value) => drop(variables.insert(name.clone(), value.clone())),
                    None => drop(variables.remove(name)),
                }
                let environment = aws_sdk_lambda::types::Environment::builder().set_variables(Some(variables)).build();
                lambda.update_function_configuration().function_name(function).environment(environment).send().await?;
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_events(&self, config: &SdkConfig) -> Done {
        let events = aws_sdk_eventbridge::Client::new(config);
        match self {
            Change::RulePattern { rule, pattern } => {
                events.put_rule().name(rule).event_pattern(pattern).send().await?;
            }
            Change::RuleDisabled { rule } => drop(events.disable_rule().name(rule).send().await?),
            Change::RuleDeleted { rule } => {
                let targets = events.list_targets_by_rule().rule(rule).send().await?;
                for target in targets.targets() {
                    events.remove_targets().rule(rule).ids(target.id()).send().await?;
                }
                events.delete_rule().name(rule).send().await?;
            }
            Change::TargetRemoved { rule, id } => drop(events.remove_targets().rule(rule).ids(id).send().await?),
            Change::Target { rule, target } => {
                let answer = events.put_targets().rule(rule).targets(target.as_ref().clone()).send().await?;
                if let Some(failed) = answer.failed_entries().first() {
                    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                    return Err(ApiRefusal { code: text(failed.error_code()), message: text(failed.error_message()) });
                }
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_sqs(&self, config: &SdkConfig) -> Done {
        let sqs = aws_sdk_sqs::Client::new(config);
        match self {
            Change::QueuePolicy { url, policy } => {
                let name = aws_sdk_sqs::types::QueueAttributeName::Policy;
                let text = policy.clone().unwrap_or_default();
                sqs.set_queue_attributes().queue_url(url).attributes(name, text).send().await?;
            }
            Change::QueueDeleted { url } => drop(sqs.delete_queue().queue_url(url).send().await?),
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }

    async fn in_rds(&self, config: &SdkConfig) -> Done {
        let rds = aws_sdk_rds::Client::new(config);
        match self {
            Change::DatabaseStopped { database } => {
                rds.stop_db_instance().db_instance_identifier(database).send().await?;
            }
            Change::DatabaseDeleted { database } => {
                let delete = rds.delete_db_instance().db_instance_identifier(database);
                delete.skip_final_snapshot(true).send().await?;
            }
            other => unreachable!("{other:?}"),
        }
        Ok(())
    }
}
