//! What will stand once `bootstrap` has deployed it, for the one question that can be asked before: what the
//! organization forbids it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::not_asked;
use crate::aws::backup::Vault;
use crate::aws::iam::Role;
use crate::aws::organizations::Organization;
use crate::aws::session::Identity;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::seen::{
    AttributesSeen, DatabaseKeySeen, EnvironmentSeen, GuardrailsSeen, Look, Observed, OptionGroups, PathSeen,
    RolesSeen, SettingsSeen, Viewpoint,
};
use crate::pipeline::settings::Pipeline;

/// Stands for a key that a stack will make, or that the databases are under: AWS chooses its id.
const KEY: &str = "00000000-0000-0000-0000-000000000000";

/// The roles, vaults and keys under the names that they will have; every policy of their own is one that was not read.
pub fn planned(
    pipeline: &Pipeline,
    organization: Option<&Organization>,
    guardrails: GuardrailsSeen,
    now: DateTime<Utc>,
) -> Observed {
    let role = |arn: String| {
        let look: Look<Option<Role>> = Err(not_asked("iam:GetRole"));
        Some((arn, look))
    };
    let roles = RolesSeen {
        backup: role(pipeline.backup_role_arn()),
        copy: role(pipeline.copy_role_arn()),
        // Their names are CloudFormation's.
        forward: None,
        function: None,
        destination_linked: None,
    };
    let settings = SettingsSeen {
        source_organization: Ok(organization.cloned()),
        destination_organization: Ok(organization.cloned()),
        cross_account: (Err(not_asked("backup:DescribeGlobalSettings")), Viewpoint::Member),
        last_failure: None,
        trusted_access: Err(not_asked("organizations:ListAWSServiceAccessForOrganization")),
        opted_in: Err(not_asked("backup:DescribeRegionSettings")),
        source_linked: Err(not_asked("iam:GetRole")),
        destination_rds_linked: Err(not_asked("iam:GetRole")),
        administrators: Vec::new(),
    };
    Observed {
        environments: EnvironmentName::ALL.map(|name| environment(pipeline, name)).into(),
        settings,
        roles,
        guardrails,
        attributes: EnvironmentName::ALL.map(|_| AttributesSeen::not_asked()).into(),
        path: PathSeen::not_asked(),
        plans: Ok(Vec::new()),
        databases: Ok(Vec::new()),
        option_groups: Ok(OptionGroups::default()),
        database_keys: BTreeMap::from([(key_arn(pipeline, EnvironmentName::Source), DatabaseKeySeen::not_asked())]),
        unselected_keys: BTreeMap::new(),
        caller: None,
        now,
    }
}

fn key_arn(pipeline: &Pipeline, name: EnvironmentName) -> String {
    let settings = pipeline.environment(name);
    format!("arn:{}:kms:{}:{}:key/{KEY}", pipeline.partition(), settings.region, settings.account)
}

fn environment(pipeline: &Pipeline, name: EnvironmentName) -> EnvironmentSeen {
    let settings = pipeline.environment(name);
    let made = key_arn(pipeline, name);
    let vault = Vault {
        name: settings.vault.clone(),
        arn: pipeline.vault_arn(name),
        key_arn: settings.key_arn.as_ref().map_or(made, ToString::to_string).parse().ok(),
        created_at: None,
        recovery_points: 0,
        locked: false,
        lock_date: None,
        min_retention_days: None,
        max_retention_days: None,
    };
    EnvironmentSeen {
        name,
        identity: Ok(Identity::Unknown),
        stack: Err(not_asked("cloudformation:DescribeStacks")),
        resources: Err(not_asked("cloudformation:ListStackResources")),
        drifted: None,
        vault: Ok(Some(vault)),
        vault_policy: Err(not_asked("backup:GetBackupVaultAccessPolicy")),
        vault_key: Err(not_asked("kms:DescribeKey")),
        key_policies: Err(not_asked("kms:GetKeyPolicy")),
        rotated: Err(not_asked("kms:GetKeyRotationStatus")),
    }
}
