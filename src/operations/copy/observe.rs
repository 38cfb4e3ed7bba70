//! Where each recovery point already is.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, try_join3};

use super::facts::{Facts, HopTwo, Observed, ObservedCopy, Predictions};
use super::known::{Known, failed, look_at};
use super::targets::wanted;
use super::{Options, Targets};
use crate::aws::backup::{self, PointFilter, Vault, plans};
use crate::aws::cloudformation::{self};
use crate::aws::{AwsError, Session, kms};
use crate::operations::counted::{Listed, recovery_points};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::counted;
use crate::pipeline::route::{KeyManager, route};
use crate::pipeline::settings::Pipeline;

/// Looks where the recovery points are.
///
/// # Errors
/// An environment that is another account or cannot be looked at, a recovery point that is nowhere.
pub async fn observe(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Observed, OperatorError> {
    sink.step("Looking where the recovery points are");
    sessions.identify(&EnvironmentName::ALL).await?;
    let (facts, wanted) =
        join(facts(pipeline, sessions, options, sink), wanted(pipeline, sessions, options, sink)).await;
    let (mut facts, wanted) = (facts?, wanted?);
    let mut copies = Vec::new();
    let mut managers: BTreeMap<String, KeyManager> = BTreeMap::new();
    for (name, point) in wanted {
        let (asked, mut known) = (point.arn.clone(), Known::of(name, point));
        let lineage = look_at(pipeline, sessions, &mut known).await?;
        let manager = manager(sessions, &lineage, &mut managers, sink).await;
        let route = route(&lineage.resource_type, manager);
        copies.push(ObservedCopy { asked, lineage, known, route });
    }
    let source = sessions.get(EnvironmentName::Source);
    let plans = copying_plans(pipeline, source, &copies).await;
    facts.copying_plans = plans.map_err(failed(source, "cannot read the backup plans"))?;
    sink.done(format!("Found {}", counted(copies.len())));
    Ok(Observed { facts, copies })
}

async fn facts(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Facts, OperatorError> {
    let [source, intermediate, destination] = EnvironmentName::ALL.map(|name| sessions.get(name));
    let vaults = try_join3(
        vault(pipeline, source, EnvironmentName::Source, options, sink),
        vault(pipeline, intermediate, EnvironmentName::Intermediate, options, sink),
        vault(pipeline, destination, EnvironmentName::Destination, options, sink),
    );
    let stack = cloudformation::describe_stack(intermediate, &pipeline.intermediate.stack);
    let (vaults, stack) = join(vaults, stack).await;
    let vaults = vaults?;
    let stack = stack.map_err(failed(intermediate, "cannot read the intermediate stack"))?;
    Ok(Facts {
        hop_two: stack.as_ref().and_then(HopTwo::of),
        vaults: [vaults.0, vaults.1, vaults.2],
        copying_plans: BTreeSet::new(),
        predictions: Predictions::default(),
        now: source.now(),
    })
}

/// A vault whose list can be relied on: a copy that a list leaves out would be made again.
async fn vault(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
    sink: &Sink,
) -> Result<Vault, OperatorError> {
    let named_source = name == EnvironmentName::Source && matches!(options.targets, Targets::RecoveryPoints(_));
    let found = found_vault(pipeline, session, name).await?;
    if found.recovery_points == 0 || named_source {
        return Ok(found);
    }
    let find = async || found_vault(pipeline, session, name).await;
    let list = async |found: &Vault| {
        let listed = backup::list_recovery_points(session, &found.arn, &PointFilter::default()).await;
        listed.map_err(failed(session, "cannot list the recovery points of the vault"))
    };
    let waiting = (options.patience, "backupctl copy", sink);
    match recovery_points(session, found, waiting, find, list).await? {
        Listed::All(found, _) => Ok(found),
        Listed::Contradicted(counted) => {
            let vault = &pipeline.environment(name).vault;
            Err(OperatorError::failed(
                format!(
                    "the list of backup vault `{vault}` is empty, though AWS counts {counted} in it; nothing is copied"
                ),
                ErrorPlace::of(session).about(vault),
                "run the command again later; if it stays so, contact AWS Support",
            ))
        }
    }
}

async fn found_vault(pipeline: &Pipeline, session: &Session, name: EnvironmentName) -> Result<Vault, OperatorError> {
    let vault = &pipeline.environment(name).vault;
    let vaults = backup::list_vaults(session).await.map_err(failed(session, "cannot list the backup vaults"))?;
    vaults.into_iter().find(|found| &found.name == vault).ok_or_else(|| {
        OperatorError::failed(
            format!("backup vault `{vault}` does not exist"),
            ErrorPlace::of(session).about(vault),
            "see what is lost with it and what makes it anew: `backupctl doctor --only vaults`",
        )
    })
}

/// The plans that make the first hop by themselves, of those that made these backups. Each is asked for by the id that its
/// backup names, since a list of plans may lack one: nothing may be started that AWS starts by itself, and no token protects
/// against AWS's own copies.
async fn copying_plans(
    pipeline: &Pipeline,
    session: &Session,
    copies: &[ObservedCopy],
) -> Result<BTreeSet<String>, AwsError> {
    let intermediate = pipeline.vault_arn(EnvironmentName::Intermediate);
    let backups = copies.iter().filter_map(|copy| copy.lineage.point(EnvironmentName::Source));
    let ids: BTreeSet<String> = backups.filter_map(|point| point.plan_id.clone()).collect();
    let mut found = BTreeSet::new();
    for id in ids {
        let rules = match plans::plan_rules(session, &id).await {
            Err(error) if error.is("ResourceNotFoundException") => continue,
            rules => rules?,
        };
        let copies = rules.iter().any(|rule| {
            rule.vault == pipeline.source.vault && rule.copies.iter().any(|copy| copy.vault == intermediate)
        });
        if copies {
            found.insert(id);
        }
    }
    Ok(found)
}

/// Who manages the key of the first recovery point, asked once for each key.
async fn manager(
    sessions: &Sessions,
    lineage: &Lineage,
    known: &mut BTreeMap<String, KeyManager>,
    sink: &Sink,
) -> KeyManager {
    let Some(point) = lineage.point(EnvironmentName::Source) else { return KeyManager::Unknown };
    let Some(key) = &point.key_arn else {
        return if point.encrypted == Some(false) { KeyManager::Unencrypted } else { KeyManager::Unknown };
    };
    if let Some(manager) = known.get(key.as_str()) {
        return *manager;
    }
    let session = sessions.get(EnvironmentName::Source);
    let manager = match kms::describe_key(session, key.as_str()).await {
        Ok(Some(found)) => found.manager,
        Ok(None) => KeyManager::Unknown,
        Err(error) => {
            sink.note(format!("cannot tell who manages {key}: {}: {error}", error.operation));
            KeyManager::Unknown
        }
    };
    known.insert(key.to_string(), manager);
    manager
}
