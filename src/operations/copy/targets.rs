//! Which recovery points were asked for. A database is its `DbiResourceId`: a name may have had several.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::known::failed;
use super::{Options, Targets, Which};
use crate::aws::backup::{self, PointFilter};
use crate::aws::{AwsError, rds};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::arn::RecoveryPointArn;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::identity::{Existing, Identities, Owner, SnapshotIds};
use crate::pipeline::recovery_point::{RecoveryPoint, counted};
use crate::pipeline::resource;
use crate::pipeline::settings::Pipeline;

/// The recovery points that were asked for, one of each origin, and in whose vault each lies.
pub(super) async fn wanted(
    pipeline: &Pipeline,
    sessions: &Sessions,
    options: &Options,
    sink: &Sink,
) -> Result<Vec<(EnvironmentName, RecoveryPoint)>, OperatorError> {
    let session = sessions.get(EnvironmentName::Source);
    let vault = pipeline.vault_arn(EnvironmentName::Source);
    let list = async |filter: PointFilter| {
        backup::list_recovery_points(session, &vault, &filter)
            .await
            .map_err(failed(session, "cannot list the source vault"))
    };
    let found: Vec<RecoveryPoint> = match &options.targets {
        Targets::RecoveryPoints(arns) => {
            let mut named = Vec::new();
            for arn in arns {
                named.push(named_point(pipeline, sessions, arn).await?);
            }
            return Ok(one_of_each_origin(named));
        }
        Targets::Resources { arns, which } => {
            let points = list(PointFilter::default()).await?;
            let names = || points.iter().map(|point| point.origin.resource_arn.as_str());
            for arn in arns {
                if let Some(what) = resource::unknown(pipeline, std::slice::from_ref(arn), names()) {
                    let place = ErrorPlace::of(session).about(arn.as_str());
                    return Err(OperatorError::failed(what, place, resource::HINT));
                }
            }
            let identities = identities(sessions, &points).await;
            let mut all = Vec::new();
            for arn in arns {
                all.extend(of_database(sessions, &points, identities.as_ref(), arn, *which, sink)?);
            }
            all
        }
        Targets::AllMissing { since } => {
            let after = since.and_then(|span| TimeDelta::from_std(span).ok()).map(|span| session.now() - span);
            list(PointFilter { resource_arn: None, created_after: after }).await?
        }
    };
    Ok(one_of_each_origin(found.into_iter().map(|point| (EnvironmentName::Source, point)).collect()))
}

/// Which database each backup in the source vault is of, or why that could not be read.
async fn identities(sessions: &Sessions, points: &[RecoveryPoint]) -> Result<Identities, AwsError> {
    let session = sessions.get(EnvironmentName::Source);
    let databases = rds::databases(session).await?;
    let existing: Vec<Existing> = databases.iter().filter_map(rds::Database::existing).collect();
    let snapshots = rds::backup_snapshots(session).await?;
    let ids: SnapshotIds =
        snapshots.into_iter().filter_map(|(arn, snapshot)| Some((arn, snapshot.database?))).collect();
    let none = SnapshotIds::new();
    Ok(Identities::read([points, &[], &[]], [&ids, &none, &none], &existing))
}

/// The recovery points of a database: those that have its name, and those that it made under another. The newest is that
/// of the database that has the name today, never of one that had it before.
fn of_database(
    sessions: &Sessions,
    points: &[RecoveryPoint],
    identities: Result<&Identities, &AwsError>,
    arn: &str,
    which: Which,
    sink: &Sink,
) -> Result<Vec<RecoveryPoint>, OperatorError> {
    let mut usable: Vec<&RecoveryPoint> = points.iter().filter(|point| point.status.is_usable()).collect();
    usable.sort_by_key(|point| point.origin.created_at);
    let has_name = |point: &RecoveryPoint| point.origin.resource_arn == arn;
    let identities = match identities {
        Ok(identities) => identities,
        Err(error) => {
            sink.note(format!(
                "which database the recovery points of {arn} are of could not be read, so they were taken by its name: {}",
                error.in_a_note()
            ));
            usable.retain(|point| has_name(point));
            return Ok(some(usable, which));
        }
    };
    let is_own = |point: &RecoveryPoint| identities.owner(&point.origin) == Owner::Of(arn);
    let foreign = identities.foreign(usable.iter().copied(), arn).in_words(EnvironmentName::Source);
    if which == Which::All {
        usable.retain(|point| has_name(point) || is_own(point));
        if !foreign.is_empty() {
            sink.note(format!("{} under the name of {arn}{foreign}", counted(usable.len())));
        }
        return Ok(some(usable, which));
    }
    let newest = usable.iter().rev().find(|point| has_name(point) || is_own(point));
    // A newer one of which nothing says whose it is could be the database's own.
    let own = usable
        .iter()
        .rev()
        .find(|point| is_own(point) || (has_name(point) && identities.owner(&point.origin) == Owner::Unsure));
    match (own, newest) {
        (Some(own), _) if is_own(own) => Ok(vec![(*own).clone()]),
        (None, None) => Ok(Vec::new()),
        (_, newest) => {
            let newest = newest.map(|point| point.arn.to_string()).unwrap_or_default();
            Err(OperatorError::refused(
                format!("no recovery point is known to be the newest of the database that is {arn} today{foreign}"),
                ErrorPlace::of(sessions.get(EnvironmentName::Source)).about(arn),
                format!("to copy the newest of that name all the same: `backupctl copy --recovery-point {newest}`"),
            ))
        }
    }
}

fn some(mut points: Vec<&RecoveryPoint>, which: Which) -> Vec<RecoveryPoint> {
    if which == Which::Latest {
        points.drain(..points.len().saturating_sub(1));
    }
    points.into_iter().cloned().collect()
}

fn one_of_each_origin(mut found: Vec<(EnvironmentName, RecoveryPoint)>) -> Vec<(EnvironmentName, RecoveryPoint)> {
    found.retain(|(_, point)| point.status.is_usable());
    let mut seen = BTreeSet::new();
    found.retain(|(_, point)| seen.insert(point.origin.clone()));
    found
}

/// A recovery point by its ARN: in the vault of the environment whose account and Region it names.
async fn named_point(
    pipeline: &Pipeline,
    sessions: &Sessions,
    arn: &RecoveryPointArn,
) -> Result<(EnvironmentName, RecoveryPoint), OperatorError> {
    for name in EnvironmentName::ALL {
        let environment = pipeline.environment(name);
        let there = arn.parts().is_some_and(|parts| {
            parts.region == environment.region.as_str()
                && (parts.account.is_empty() || parts.account == environment.account.as_str())
        });
        if !there {
            continue;
        }
        let session = sessions.get(name);
        let found = backup::describe_recovery_point(session, &pipeline.vault_arn(name), arn).await;
        if let Some(point) = found.map_err(failed(session, "cannot read the recovery point"))? {
            return Ok((name, point));
        }
    }
    let place = ErrorPlace::of(sessions.get(EnvironmentName::Source)).about(arn.as_str());
    Err(OperatorError::failed(
        format!("recovery point `{arn}` is in none of the three vaults"),
        place,
        "list what is there: `backupctl verify`",
    ))
}
