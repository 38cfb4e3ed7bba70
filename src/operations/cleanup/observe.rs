//! What there is to clean up, and what needs it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use super::absence;
use super::absence::is_gone;
use super::key_use::{Asked, key_users, last_hop};
use super::lives::{self};
use super::plans::{self};
use super::rights::{self, Rights};
use super::seen::{EnvironmentSeen, KeyUsers, Observed, PlanSeen};
use super::{Options, Part};
use crate::aws::backup::{self, LegalHold, Vault};
use crate::aws::cloudformation::{self, StackResource, StackStatus};
use crate::aws::{AwsError, Session, kms, organizations, rds};
use crate::operations::counted::{Listed, recovery_points};
use crate::operations::deployment::TAG;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::observe::over;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::{DatabaseId, Existing, Identities, SnapshotIds};
use crate::pipeline::plural::list;
use crate::pipeline::recovery_point::{RecoveryPoint, counted};
use crate::pipeline::settings::Pipeline;

impl Observed {
    /// The policies that were not read, in one sentence for all environments.
    fn policies_unseen(&self) -> Option<String> {
        let mut unseen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for seen in &self.environments {
            for what in seen.rights.iter().flat_map(Rights::unseen) {
                unseen.entry(what).or_default().push(seen.name.to_string());
            }
        }
        let parts: Vec<String> = unseen.into_iter().map(|(what, names)| format!("{what} ({})", list(&names))).collect();
        (!parts.is_empty()).then(|| {
            format!(
                "not looked at before consent: {}; what they deny shows only when AWS answers. A `management_profile` under \
                 [organization] in backupctl.toml lets the organization's policies be read",
                list(&parts)
            )
        })
    }

    /// What could not be looked at, and what follows from it, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let databases = self.databases.as_ref().err().map(|error| {
            let what = "which databases exist could not be looked at, so the last copy of each counts as the last one";
            format!("{what}: {}", error.in_a_note())
        });
        let unknown = |seen: &EnvironmentSeen| {
            let error = seen.ids_unseen.as_ref()?;
            let unknown = |point: &&RecoveryPoint| self.identities.id_of(&point.origin).is_none();
            let number = seen.points.iter().filter(unknown).count();
            let what = format!(
                "the snapshots ({}) could not be read, so nothing says which database {} {} of; each counts as the last \
                 copy of one that is gone",
                seen.name,
                counted(number),
                if number == 1 { "is" } else { "are" }
            );
            (number > 0).then(|| format!("{what}: {}", error.in_a_note()))
        };
        let disbelieved = self.identities.disbelieved.iter().map(|name| {
            format!(
                "the snapshots ({name}) say other databases than the backups that they were copied from: AWS does not \
                 document that copies keep the database's id, so theirs was not believed"
            )
        });
        let holds = self.environments.iter().filter_map(|seen| {
            let error = seen.holds_unseen.as_ref()?;
            let what = format!("legal holds ({}) could not be looked at", seen.name);
            Some(format!("{what}; a recovery point under one is refused by AWS: {}", error.in_a_note()))
        });
        let short = self.environments.iter().filter_map(|seen| {
            let vault = seen.vault.as_ref()?;
            let lists = i64::try_from(seen.points.len()).unwrap_or(i64::MAX);
            (lists < vault.recovery_points).then(|| {
                let counts = counted(usize::try_from(vault.recovery_points).unwrap_or_default());
                let vault = &vault.name;
                format!("vault {vault} counts {counts}, its list has {lists}: what the list lacks is not deleted")
            })
        });
        let rights = self.policies_unseen();
        let unknown = self.environments.iter().filter_map(unknown);
        databases.into_iter().chain(unknown).chain(disbelieved).chain(short).chain(holds).chain(rights).collect()
    }
}

/// Looks at everything; nothing is changed.
///
/// # Errors
/// An environment that is another account or that cannot be looked at: what is not seen could be in use.
pub async fn observe(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Observed, OperatorError> {
    sink.step("Looking at what there is to clean up");
    sessions.identify(&EnvironmentName::ALL).await?;
    let looks = EnvironmentName::ALL.map(|name| environment(pipeline, sessions, name, options, sink));
    let mut environments = try_join_all(looks).await?;
    bind(pipeline, sessions, &mut environments).await;
    let plans = plans(pipeline, sessions, options, &environments).await?;
    let databases = rds::databases(sessions.get(EnvironmentName::Source)).await;
    // One that RDS is deleting is listed until it is gone, and its last copy is the last all the same.
    let databases = databases.map(|all| all.iter().filter_map(rds::Database::existing).collect::<Vec<_>>());
    let identities = identities(&environments, databases.as_deref().unwrap_or_default());
    let known = known_databases(&environments, databases.as_deref().unwrap_or_default());
    for seen in &mut environments {
        seen.key_used_by = std::mem::take(&mut seen.key_users).left(&known);
    }
    let clocks = sessions.clocks();
    if options.older_than.is_some() {
        clocks.agree()?;
    }
    for seen in &mut environments {
        seen.now = clocks.earliest();
    }
    sink.done("Looked at what there is to clean up");
    Ok(Observed { environments, plans, databases, identities, latest: clocks.latest() })
}

/// Reads what the organization sets over both accounts, where anything is to be deleted.
async fn bind(pipeline: &Pipeline, sessions: &Sessions, environments: &mut [EnvironmentSeen]) {
    if environments.iter().all(|seen| seen.rights.is_none()) {
        return;
    }
    let destination = sessions.get(EnvironmentName::Destination);
    let organization = organizations::describe_organization(destination).await;
    let known = organization.as_ref().ok().and_then(Option::as_ref);
    let management = match known {
        Some(known) => sessions.management(pipeline, &known.management_account).await,
        None => None,
    };
    let asked = management.as_ref().unwrap_or(destination);
    let accounts = [(&pipeline.source.account, &organization), (&pipeline.destination.account, &organization)];
    let guardrails = Box::pin(over(Ok(asked), known, accounts)).await;
    for rights in environments.iter_mut().filter_map(|seen| seen.rights.as_mut()) {
        rights.bind(&guardrails);
    }
}

/// The plans of all environments.
async fn plans(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    environments: &[EnvironmentSeen],
) -> Result<Vec<PlanSeen>, OperatorError> {
    // The copies keep the id of the plan that made the backup.
    let points = environments.iter().flat_map(|seen| &seen.points);
    let named: BTreeSet<String> = points.filter_map(|point| point.plan_id.clone()).collect();
    let looks = EnvironmentName::ALL.map(|name| {
        let (session, none) = (sessions.get(name), BTreeSet::new());
        let named = if name == EnvironmentName::Source { named.clone() } else { none };
        async move { plans::seen(pipeline, session, name, &named).await.map_err(failed(session)) }
    });
    let seen = try_join_all(looks).await?;
    if options.includes(Part::Plan) && plans::is_hidden(pipeline, environments, &seen) {
        return Err(plans::hidden(sessions.get(EnvironmentName::Source)));
    }
    Ok(seen.into_iter().flat_map(|one| one.plans).collect())
}

/// Every database that a list shows: those that exist, and those of the snapshots in the three vaults.
pub(super) fn known_databases(environments: &[EnvironmentSeen], existing: &[Existing]) -> BTreeSet<DatabaseId> {
    let copied = environments.iter().flat_map(|seen| seen.ids.values().cloned());
    copied.chain(existing.iter().filter_map(|one| one.id.clone())).collect()
}

/// Which database each backup is of, from what was seen.
pub(super) fn identities(environments: &[EnvironmentSeen], existing: &[Existing]) -> Identities {
    let of = |name: EnvironmentName| environments.iter().find(|seen| seen.name == name);
    let none = SnapshotIds::new();
    let points = EnvironmentName::ALL.map(|name| of(name).map(|seen| &seen.points[..]).unwrap_or_default());
    let ids = EnvironmentName::ALL.map(|name| of(name).map_or(&none, |seen| &seen.ids));
    Identities::read(points, ids, existing)
}

/// The databases that the snapshots behind recovery points say they are of, or why they may not be looked at: each
/// backup then counts as the last one of an unknown database, unless another vault says whose it is.
async fn ids(session: &Session, points: &[RecoveryPoint]) -> Result<(SnapshotIds, Option<AwsError>), AwsError> {
    if points.is_empty() {
        return Ok((SnapshotIds::new(), None));
    }
    match rds::backup_snapshots(session).await {
        Err(error) if error.is_access_denied() => Ok((SnapshotIds::new(), Some(error))),
        found => {
            let said = found?.into_iter().filter_map(|(arn, snapshot)| Some((arn, snapshot.database?)));
            Ok((said.collect(), None))
        }
    }
}

fn failed(session: &Session) -> impl Fn(AwsError) -> OperatorError + '_ {
    move |error| {
        let what = format!("cannot look at the {} environment", session.label());
        OperatorError::from_aws(what, ErrorPlace::of(session), &error)
    }
}

async fn environment(
    pipeline: &Pipeline,
    sessions: &Sessions,
    name: EnvironmentName,
    options: &Options,
    sink: &Sink,
) -> Result<EnvironmentSeen, OperatorError> {
    let session = sessions.get(name);
    let fail = failed(session);
    let settings = pipeline.environment(name);
    let stack = cloudformation::describe_stack(session, &settings.stack).await.map_err(&fail)?;
    let stack = stack.filter(|stack| stack.status != StackStatus::Gone);
    let resources = match &stack {
        Some(stack) => cloudformation::stack_resources(session, &stack.id).await.map_err(&fail)?,
        None => Vec::new(),
    };
    if let Some(stack) = stack.as_ref().filter(|stack| absence::hides_its_resources(stack, &resources)) {
        return Err(OperatorError::refused(
            format!("stack `{}` stands, but the list of its resources is empty; nothing is deleted", stack.name),
            ErrorPlace::of(session).about(&stack.id),
            "run the command again in a few minutes; if it stays so, contact AWS Support",
        ));
    }
    let resources: Vec<StackResource> = resources.into_iter().filter(absence::exists).collect();
    let vaults = backup::list_vaults(session).await.map_err(&fail)?;
    let (vault, listed) = absence::vault(session, &vaults, &settings.vault).await.map_err(&fail)?;
    let other_vault = absence::other_vault(session, &resources, &settings.vault).await.map_err(&fail)?;
    let vault_tag = match (&stack, &vault) {
        (None, Some(vault)) => backup::list_tags(session, vault.arn.as_str()).await.map_err(&fail)?.remove(TAG),
        _ => None,
    };
    let (vault, points) = match vault {
        Some(vault) => points(session, vault, options, sink).await?,
        None => (None, Vec::new()),
    };
    let (ids, ids_unseen) = ids(session, &points).await.map_err(&fail)?;
    // A vault that an earlier, interrupted run deleted leaves its key to the stack's outputs.
    let key_arn = vault
        .as_ref()
        .and_then(|vault| vault.key_arn.clone())
        .or_else(|| stack.as_ref().and_then(|stack| stack.outputs.get("KeyArn")).and_then(|arn| arn.parse().ok()));
    let key = match &key_arn {
        Some(arn) => kms::describe_key(session, arn.as_str()).await.map_err(&fail)?,
        None => None,
    };
    let keys = lives::keys(session, &points, key.as_ref()).await;
    let key_users = match &key {
        Some(key) if options.includes(Part::Stacks) && options.environments.contains(&name) => {
            let last_hop = last_hop(pipeline, sessions, name, &points).await.map_err(&fail)?;
            let (own_vault, points) = (settings.vault.as_str(), &points[..]);
            let asked = Asked { key: &key.arn, vaults: &vaults, own_vault, points, last_hop };
            key_users(session, asked).await.map_err(&fail)?
        }
        _ => KeyUsers::default(),
    };
    let (holds, holds_unseen) = match points.is_empty() || !options.includes(Part::RecoveryPoints) {
        true => (BTreeMap::new(), None),
        false => holds(session).await.map_err(&fail)?,
    };
    let rights = match options.environments.contains(&name) && (vault.is_some() || stack.is_some()) {
        true => Some(rights::read(session, vault.as_ref(), key.as_ref()).await.map_err(&fail)?),
        false => None,
    };
    let other_vaults = vaults.into_iter().filter(|one| one.name != settings.vault).collect();
    Ok(EnvironmentSeen {
        name,
        stack,
        resources,
        vault,
        listed,
        other_vault,
        vault_tag,
        other_vaults,
        points,
        ids,
        ids_unseen,
        key,
        keys,
        key_used_by: Vec::new(),
        key_users,
        holds,
        holds_unseen,
        rights,
        now: session.now(),
    })
}

/// What a vault holds. One whose list is empty while AWS counts recovery points in it ends the run: they would neither be
/// shown before consent nor count as anybody's last copy.
async fn points(
    session: &Session,
    vault: Vault,
    options: &Options,
    sink: &Sink,
) -> Result<(Option<Vault>, Vec<RecoveryPoint>), OperatorError> {
    let fail = failed(session);
    let (name, known) = (vault.name.clone(), vault.clone());
    let find = async || {
        match backup::describe_vault(session, &name).await.map_err(&fail)? {
            Some(found) => Ok(found),
            // One that somebody deletes meanwhile has nothing in it any more.
            None if is_gone(session, &known.arn).await.map_err(&fail)? => {
                Ok(Vault { recovery_points: 0, ..known.clone() })
            }
            None => Ok(known.clone()),
        }
    };
    let list = async |vault: &Vault| match super::points::all(session, &vault.arn).await {
        Ok(points) => Ok(points),
        Err(error) => Err(fail(error)),
    };
    match recovery_points(session, vault, (options.patience, "backupctl cleanup", sink), find, list).await? {
        Listed::All(vault, points) => Ok((Some(vault), points)),
        Listed::Contradicted(number) => Err(OperatorError::refused(
            format!("the list of backup vault `{name}` is empty, though AWS counts {number} in it; nothing is deleted"),
            ErrorPlace::of(session).about(&name),
            "run the command again later; if it stays so, contact AWS Support",
        )),
    }
}

/// The legal holds in force, or why they may not be looked at: whoever may not learns of a hold when AWS refuses the
/// deletion.
async fn holds(session: &Session) -> Result<(BTreeMap<String, LegalHold>, Option<AwsError>), AwsError> {
    match backup::held_recovery_points(session).await {
        Err(error) if error.is_access_denied() => Ok((BTreeMap::new(), Some(error))),
        other => Ok((other?, None)),
    }
}
