//! What an organization sets over an account: its path, and the service and resource control policies on the way down.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, try_join_all};

use crate::aws::error::FailedAt;
use crate::aws::organizations::{self, GuardrailKind, Organization, PolicyHead};
use crate::aws::{AwsError, Session};
use crate::pipeline::seen::{Bounds, GuardrailsSeen, Levels, Look};
use crate::policy::evaluate::Named;
use crate::policy::names::AccountId;

/// A root and five levels of units (AWS Organizations User Guide, "Quotas", maximum OU nesting in a root).
const DEEPEST: usize = 6;

/// Looks as `asked`, where each account is in the organization that is known, or may be.
pub(crate) async fn over(
    asked: Result<&Session, AwsError>,
    known: Option<&Organization>,
    accounts: [(&AccountId, &Look<Option<Organization>>); 2],
) -> GuardrailsSeen {
    let inside: Vec<&AccountId> =
        accounts.iter().filter(|(_, look)| !matches!(look, Ok(None))).map(|(account, _)| *account).collect();
    let unknown = accounts.iter().find_map(|(_, look)| look.as_ref().err());
    let mut seen = match (asked, known, unknown) {
        (Err(error), ..) => GuardrailsSeen::unseen(&inside, &error),
        (Ok(session), Some(organization), _) => look(session, organization, &inside).await,
        (Ok(_), None, Some(error)) => GuardrailsSeen::unseen(&inside, error),
        (Ok(_), None, None) => GuardrailsSeen::default(),
    };
    let outside = accounts.iter().filter(|(_, look)| matches!(look, Ok(None)));
    seen.accounts.extend(outside.map(|(account, _)| ((*account).clone(), Bounds::none())));
    seen
}

/// Looks from the management account, or as a delegated administrator. Each account and unit is asked once for what
/// is above it, each level once for the policies of a kind, each policy once for its document.
pub async fn look(asked: &Session, organization: &Organization, accounts: &[&AccountId]) -> GuardrailsSeen {
    let paths = match paths(asked, accounts).await {
        Ok(paths) => paths,
        Err(error) => return GuardrailsSeen::unseen(accounts, &error),
    };
    let levels_of = |kind: GuardrailKind| levels(asked, organization, kind, &paths);
    let (service, resource) =
        join(levels_of(GuardrailKind::ServiceControl), levels_of(GuardrailKind::ResourceControl)).await;
    let of = |look: &Look<BTreeMap<AccountId, Levels>>, account: &AccountId| {
        let found = look.as_ref().map_err(AwsError::clone)?;
        Ok(found.get(account).cloned().unwrap_or_default())
    };
    let bounds = paths.into_iter().map(|(account, path)| {
        let (service_control, resource_control) = (of(&service, &account), of(&resource, &account));
        (account, Bounds { path: Ok(path), service_control, resource_control })
    });
    GuardrailsSeen { accounts: bounds.collect() }
}

/// The ids from the root down to what holds each account.
async fn paths(asked: &Session, accounts: &[&AccountId]) -> Look<BTreeMap<AccountId, Vec<String>>> {
    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    let mut paths = BTreeMap::new();
    for account in accounts {
        let mut path = Vec::new();
        let mut child = account.to_string();
        while !child.starts_with("r-") {
            if path.len() == DEEPEST {
                return Err(AwsError {
                    operation: "organizations:ListParents",
                    failed_at: FailedAt::Answer,
                    code: None,
                    message: format!("account {account} lies deeper than an organization can be"),
                    request_id: None,
                });
            }
            let parent = match parents.get(&child) {
                Some(known) => known.clone(),
                None => organizations::parent(asked, &child).await?,
            };
            parents.insert(child, parent.clone());
            path.push(parent.clone());
            child = parent;
        }
        path.reverse();
        paths.insert((*account).clone(), path);
    }
    Ok(paths)
}

/// The policies of one kind over each account.
async fn levels(
    asked: &Session,
    organization: &Organization,
    kind: GuardrailKind,
    paths: &BTreeMap<AccountId, Vec<String>>,
) -> Look<BTreeMap<AccountId, Levels>> {
    // Neither kind restricts the management account (AWS Organizations User Guide, orgs_manage_policies_scps and
    // orgs_manage_policies_rcps).
    let bound = || paths.iter().filter(|(account, _)| account.as_str() != organization.management_account);
    let Some(root) = bound().find_map(|(_, path)| path.first()) else { return Ok(BTreeMap::new()) };
    let at_root = organizations::attached(asked, root, kind).await?;
    // Where a kind is in force, every level has a policy of it: the last one cannot be detached (AWS Organizations API
    // Reference, DetachPolicy).
    if at_root.is_empty() {
        return Ok(BTreeMap::new());
    }
    let whole = |account: &AccountId, path: &[String]| path.iter().cloned().chain([account.to_string()]).collect();
    let whole: BTreeMap<AccountId, Vec<String>> =
        bound().map(|(account, path)| (account.clone(), whole(account, path))).collect();
    let below: BTreeSet<&String> = whole.values().flatten().filter(|level| *level != root).collect();
    let lists = below.into_iter().map(|level| async move {
        Ok::<_, AwsError>((level.clone(), organizations::attached(asked, level, kind).await?))
    });
    let mut attached: BTreeMap<String, Vec<PolicyHead>> = try_join_all(lists).await?.into_iter().collect();
    attached.insert(root.clone(), at_root);
    let distinct: BTreeSet<&String> = attached.values().flatten().map(|policy| &policy.id).collect();
    let texts = distinct
        .into_iter()
        .map(|id| async move { Ok::<_, AwsError>((id, organizations::policy_content(asked, id).await?)) });
    let texts: BTreeMap<&String, String> = try_join_all(texts).await?.into_iter().collect();
    let at = |level: &String| {
        let policies = attached.get(level).into_iter().flatten();
        let named = policies.map(|policy| Named {
            name: format!("{} {} ({}) at {level}", kind.as_str(), policy.name, policy.id),
            text: texts.get(&policy.id).cloned().unwrap_or_default(),
        });
        named.collect::<Vec<_>>()
    };
    Ok(whole.iter().map(|(account, levels)| (account.clone(), levels.iter().map(at).collect())).collect())
}
