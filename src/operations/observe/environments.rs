//! One environment: whose it is, its stack, its vault, its key.

use futures_util::future::{join, join3, join4};

use super::not_asked;
use super::{Drift, Scope};
use crate::aws::backup::{self};
use crate::aws::cloudformation::{self};
use crate::aws::kms::{self};
use crate::aws::session::Identity;
use crate::aws::{Session, backup::vault_policy};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::seen::{EnvironmentSeen, unseen};
use crate::pipeline::settings::Pipeline;

pub(super) async fn look(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    scope: Scope<'_>,
) -> EnvironmentSeen {
    let identity = session.identify().await;
    if !matches!(identity, Ok(Identity::Right)) {
        return EnvironmentSeen {
            name,
            stack: Err(unseen("cloudformation:DescribeStacks", &identity)),
            resources: Err(unseen("cloudformation:ListStackResources", &identity)),
            drifted: None,
            vault: Err(unseen("backup:ListBackupVaults", &identity)),
            vault_policy: Err(unseen("backup:GetBackupVaultAccessPolicy", &identity)),
            vault_key: Err(unseen("kms:DescribeKey", &identity)),
            key_policies: Err(unseen("kms:GetKeyPolicy", &identity)),
            rotated: Err(unseen("kms:GetKeyRotationStatus", &identity)),
            identity,
        };
    }
    let settings = pipeline.environment(name);
    // Of the stacks only the intermediate one says how the hops run.
    let stack = async {
        match (scope, name) {
            (Scope::Pipeline(_), _) | (Scope::Hops(_), EnvironmentName::Intermediate) => {
                cloudformation::describe_stack(session, &settings.stack).await
            }
            (Scope::Hops(_), _) => Err(not_asked("cloudformation:DescribeStacks")),
        }
    };
    let (stack, vaults) = join(stack, backup::list_vaults(session)).await;
    let vault = vaults.map(|all| all.into_iter().find(|vault| vault.name == settings.vault));
    let stands = matches!(&stack, Ok(Some(_)));
    let resources = async {
        match scope {
            Scope::Hops(_) => Err(not_asked("cloudformation:ListStackResources")),
            // No check goes by a resource of the destination's stack: its vault and key are looked at themselves.
            Scope::Pipeline(_) if stands && name != EnvironmentName::Destination => {
                cloudformation::stack_resources(session, &settings.stack).await
            }
            Scope::Pipeline(_) => Ok(Vec::new()),
        }
    };
    let drifted = async {
        match scope {
            Scope::Pipeline(Drift::Detect) if stands => Some(cloudformation::drifted(session, &settings.stack).await),
            _ => None,
        }
    };
    let policy = async {
        match &vault {
            // A vault that does not exist answers AccessDeniedException: it is not asked.
            Ok(Some(_)) => vault_policy(session, &settings.vault).await,
            Ok(None) => Ok(None),
            Err(error) => Err(error.clone()),
        }
    };
    let key = vault.as_ref().ok().and_then(Option::as_ref).and_then(|vault| vault.key_arn.clone());
    let key = async {
        match key.as_ref().map(|key| key.as_str()) {
            None => (Ok(None), Ok(Vec::new()), Ok(false)),
            Some(key) => {
                let rotated = async {
                    match scope {
                        Scope::Pipeline(_) => kms::is_rotated(session, key).await,
                        Scope::Hops(_) => Err(not_asked("kms:GetKeyRotationStatus")),
                    }
                };
                // The first hop reads under the database's key, not under the source vault's.
                let policies = async {
                    match (scope, name) {
                        (Scope::Hops(_), EnvironmentName::Source) => Err(not_asked("kms:GetKeyPolicy")),
                        _ => kms::key_policies(session, key).await,
                    }
                };
                join3(kms::describe_key(session, key), policies, rotated).await
            }
        }
    };
    let (resources, drifted, vault_policy, (vault_key, key_policies, rotated)) =
        join4(resources, drifted, policy, key).await;
    EnvironmentSeen { name, identity, stack, resources, drifted, vault, vault_policy, vault_key, key_policies, rotated }
}
