//! Deletes recovery points: what the list no longer has is deleted.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt};

use super::absence::is_gone;
use super::change::Changes;
use super::fate::EXPIRED;
use super::report::Cleaned;
use crate::aws::backup::{self, PointFilter};
use crate::aws::wait::{Deadline, Look, poll};
use crate::aws::{AwsError, Session};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::arn::{RecoveryPointArn, VaultArn};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::recovery_point::{RecoveryPoint, RecoveryPointStatus, counted};
use crate::pipeline::settings::Pipeline;

/// Deletions asked for at a time.
const WINDOW: usize = 8;
/// How long AWS may list what it has deleted.
pub(super) const DELETION: Duration = Duration::from_secs(3600);

/// What the vault holds now.
///
/// # Errors
/// AWS's answer.
pub(super) async fn list(
    session: &Session,
    vault: &VaultArn,
) -> Result<Vec<(RecoveryPointArn, RecoveryPointStatus)>, AwsError> {
    Ok(all(session, vault).await?.into_iter().map(|point| (point.arn, point.status)).collect())
}

/// The recovery points of a vault, by its list.
///
/// # Errors
/// AWS's answer.
pub(super) async fn all(session: &Session, vault: &VaultArn) -> Result<Vec<RecoveryPoint>, AwsError> {
    match backup::list_recovery_points(session, vault, &PointFilter::default()).await {
        Ok(points) => Ok(points),
        // A vault that is gone answers like one that may not be read.
        Err(error) if error.is_access_denied() => {
            if is_gone(session, vault).await? {
                Ok(Vec::new())
            } else {
                Err(error)
            }
        }
        Err(error) => Err(error),
    }
}

/// Deletes what was decided in one environment, and waits until the list no longer has it.
pub(super) async fn delete_points(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    changes: &Changes,
    deadline: &Deadline,
    cleaned: &mut Cleaned,
    sink: &Sink,
) {
    let vault = pipeline.vault_arn(name);
    let wanted: Vec<&RecoveryPointArn> =
        changes.deletions().filter(|change| change.environment == name).map(|change| &change.point.arn).collect();
    if wanted.is_empty() {
        return;
    }
    sink.step(format!("Deleting {} ({name})", counted(wanted.len())));
    let asked = wanted.iter().map(|arn| async { (*arn, backup::delete_recovery_point(session, &vault, arn).await) });
    let asked: Vec<_> = stream::iter(asked).buffered(WINDOW).collect().await;
    let refused = refused(session, &vault, asked, &mut cleaned.failures).await;
    // An answer of 200 is no deletion: what the list no longer has is deleted. Nothing is known where no list came.
    let mut left = None;
    let seen = poll(session, deadline.at_most(session, DELETION), async || {
        let mut listed = list(session, &vault).await?;
        let absent = wanted.iter().filter(|arn| !listed.iter().any(|(found, _)| found == **arn));
        // A list that lags, or lacks what it should have, deletes nothing.
        let by_name = by_name(session, &vault, absent.copied().collect()).await?;
        listed.extend(by_name);
        let going = listed.iter().any(|(arn, status)| {
            wanted.contains(&arn) && !refused.contains(arn) && *status != RecoveryPointStatus::Expired
        });
        left = Some(listed);
        Ok::<_, AwsError>(if going { Look::Again } else { Look::Done(()) })
    })
    .await;
    if let Err(error) = seen {
        let place = ErrorPlace::of(session).about(vault.as_str());
        cleaned.failures.push(OperatorError::from_aws("cannot list what is left in the vault", place, &error));
    }
    for arn in wanted {
        let status = left.as_ref().map(|left| left.iter().find(|(found, _)| found == arn).map(|(_, status)| status));
        let result = match status {
            Some(None) => "deleted",
            Some(Some(RecoveryPointStatus::Expired)) => "failed",
            _ if refused.contains(arn) => "failed",
            Some(Some(_)) | None => "pending",
        };
        sink.emit(Event::RecoveryPoint {
            environment: name,
            recovery_point_arn: arn.to_string(),
            result: result.to_owned(),
        });
        for report in cleaned.recovery_points.iter_mut().filter(|one| one.recovery_point_arn == arn.as_str()) {
            report.result = Some(result);
            // What is gone needs no remedy; what a look before consent found may have changed.
            report.remedy = (status == Some(Some(&RecoveryPointStatus::Expired))).then(|| EXPIRED.to_owned());
        }
    }
    cleaned.count();
}

/// Those of `absent` that AWS Backup knows by their name all the same.
async fn by_name(
    session: &Session,
    vault: &VaultArn,
    absent: Vec<&RecoveryPointArn>,
) -> Result<Vec<(RecoveryPointArn, RecoveryPointStatus)>, AwsError> {
    let looks = absent.into_iter().map(|arn| backup::describe_recovery_point(session, vault, arn));
    let found: Vec<_> = stream::iter(looks).buffered(WINDOW).try_collect().await?;
    Ok(found.into_iter().flatten().map(|point| (point.arn, point.status)).collect())
}

/// Those that AWS refused to delete. Where the answer to a deletion is lost the SDK asks again, and AWS refuses that
/// second request: what is going, or gone, is no failure.
async fn refused<'a>(
    session: &Session,
    vault: &VaultArn,
    asked: Vec<(&'a RecoveryPointArn, Result<(), AwsError>)>,
    failures: &mut Vec<OperatorError>,
) -> BTreeSet<&'a RecoveryPointArn> {
    let errors: Vec<_> = asked.into_iter().filter_map(|(arn, outcome)| Some((arn, outcome.err()?))).collect();
    if errors.is_empty() {
        return BTreeSet::new();
    }
    let listed = list(session, vault).await;
    let goes = |arn: &RecoveryPointArn| {
        listed.as_ref().is_ok_and(|all| {
            let found = all.iter().find(|(found, _)| found == arn);
            found.is_none_or(|(_, status)| *status == RecoveryPointStatus::Deleting)
        })
    };
    let mut refused = BTreeSet::new();
    for (arn, error) in errors.into_iter().filter(|(arn, _)| !goes(arn)) {
        let place = ErrorPlace::of(session).about(arn.as_str());
        failures.push(OperatorError::from_aws(format!("cannot delete recovery point {arn}"), place, &error));
        refused.insert(arn);
    }
    refused
}
