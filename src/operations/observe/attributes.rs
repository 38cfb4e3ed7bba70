//! Tags and aliases of vaults and keys, the databases' own included. They are asked for only where a policy in sight decides by them.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all, join3};

use super::is_right;
use crate::aws::{Session, backup, kms};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::requirements::needs::Who;
use crate::pipeline::seen::{AttributesSeen, DatabaseKeySeen, EnvironmentSeen, GuardrailsSeen, RolesSeen};
use crate::pipeline::settings::Pipeline;

/// What policies in sight ask for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    tags: bool,
    aliases: bool,
}

/// Looks in each environment, where any policy asks for it.
pub(super) async fn look(
    pipeline: &Pipeline,
    sessions: &Sessions,
    environments: &[EnvironmentSeen],
    roles: &RolesSeen,
    guardrails: &GuardrailsSeen,
    database_keys: &mut BTreeMap<String, DatabaseKeySeen>,
) -> Vec<AttributesSeen> {
    let mut texts = texts(pipeline, environments, roles, guardrails);
    let own = database_keys.values().filter_map(|seen| seen.policies.as_ref().ok()).flatten();
    texts.extend(own.map(|named| named.text.to_ascii_lowercase()));
    let mentions = |key: &str| texts.iter().any(|text| text.contains(key));
    let asked = Asked { tags: mentions("aws:resourcetag/"), aliases: mentions("kms:resourcealiases") };
    let of_environments =
        environments.iter().map(|seen| of_environment(pipeline, sessions.get(seen.name), seen, asked));
    let source = sessions.get(EnvironmentName::Source);
    let of_databases = database_keys.iter_mut().map(|(arn, seen)| of_database_key(source, arn, seen, asked));
    join(join_all(of_environments), join_all(of_databases)).await.0
}

async fn of_database_key(session: &Session, arn: &str, seen: &mut DatabaseKeySeen, asked: Asked) {
    let Ok(key) = arn.parse() else { return };
    if asked.tags {
        seen.tags = kms::key_tags(session, &key).await;
    }
    if asked.aliases {
        seen.aliases = kms::key_aliases(session, &key).await;
    }
}

/// Every document that decides about a vault or a key, in lower case.
fn texts(
    pipeline: &Pipeline,
    environments: &[EnvironmentSeen],
    roles: &RolesSeen,
    guardrails: &GuardrailsSeen,
) -> Vec<String> {
    let of_role = |who: Who| roles.of(who).and_then(|(_, look)| look.as_ref().ok()?.as_ref());
    let roles = [Who::BackupRole, Who::FunctionRole, Who::CopyRole, Who::DestinationLinkedRole]
        .into_iter()
        .filter_map(of_role)
        .flat_map(|role| role.identity.iter().chain(&role.boundary));
    let resources = environments.iter().flat_map(|seen| {
        let vault = seen.vault_policy.as_ref().ok().into_iter().flatten();
        vault.chain(seen.key_policies.as_ref().ok().into_iter().flatten())
    });
    let over =
        [&pipeline.source.account, &pipeline.destination.account].into_iter().filter_map(|one| guardrails.of(one));
    let over = over.flat_map(|bounds| [&bounds.service_control, &bounds.resource_control]);
    let over = over.filter_map(|look| look.as_ref().ok()).flatten().flatten();
    roles.chain(resources).chain(over).map(|named| named.text.to_ascii_lowercase()).collect()
}

async fn of_environment(
    pipeline: &Pipeline,
    session: &Session,
    seen: &EnvironmentSeen,
    asked: Asked,
) -> AttributesSeen {
    let nothing = AttributesSeen::not_asked();
    let Ok(Some(vault)) = &seen.vault else { return nothing };
    if !is_right(seen) || !(asked.tags || asked.aliases) {
        return nothing;
    }
    let AttributesSeen { vault_tags, key_tags, key_aliases } = nothing;
    let arn = pipeline.vault_arn(seen.name).to_string();
    // The source vault's key takes no part in a copy: RDS reads under the database's own, which is asked below.
    let key = vault.key_arn.as_ref().filter(|_| seen.name != EnvironmentName::Source);
    let vault_tags = async { if asked.tags { backup::list_tags(session, &arn).await } else { vault_tags } };
    let key_tags = async {
        match key.filter(|_| asked.tags) {
            Some(key) => kms::key_tags(session, key).await,
            None => key_tags,
        }
    };
    let key_aliases = async {
        match key.filter(|_| asked.aliases) {
            Some(key) => kms::key_aliases(session, key).await,
            None => key_aliases,
        }
    };
    let (vault_tags, key_tags, key_aliases) = join3(vault_tags, key_tags, key_aliases).await;
    AttributesSeen { vault_tags, key_tags, key_aliases }
}
