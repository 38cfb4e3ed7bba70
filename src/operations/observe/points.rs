//! Looks at everything, to the last page; what could not be looked at is kept as that.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use futures_util::future::{join_all, join4};

use super::doubt;
use super::{Drift, observe_pipeline};
use crate::aws::backup::{self, JobFilter, PointFilter};
use crate::aws::kms::Key;
use crate::aws::rds::{self, Snapshot};
use crate::aws::session::Identity;
use crate::aws::{Session, kms};
use crate::operations::events::Sink;
use crate::operations::sessions::Sessions;
use crate::pipeline::checks::points::Options;
use crate::pipeline::checks::points::deleted;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::identity::{Existing, Identities, SnapshotIds};
use crate::pipeline::recovery_point::{CopyJob, RecoveryPoint};
use crate::pipeline::seen;
use crate::pipeline::seen::points::{AbsentCopy, EnvironmentSeen, Observed};
use crate::pipeline::seen::{Look, unseen};
use crate::pipeline::settings::Pipeline;

/// Days of backup jobs that are looked at: AWS lists them for about thirty.
const JOB_DAYS: i64 = 7;
/// What AWS says of a copy whose snapshot stayed shared (AWS Backup Developer Guide, create-cross-account-backup).
const UNSHARED: &str = "unshare";

/// Looks; nothing that fails in one environment hides another.
pub async fn observe_points(pipeline: &Pipeline, sessions: &Sessions, options: &Options, sink: &Sink) -> Observed {
    let before = sessions.calls();
    let doctor = Box::pin(observe_pipeline(pipeline, sessions, Drift::Ignore, sink)).await;
    sink.step("Reading the recovery points");
    let looks = EnvironmentName::ALL.map(|name| {
        let seen = doctor.environment(name);
        Box::pin(environment(pipeline, sessions.get(name), &doctor, seen, options))
    });
    let mut environments = join_all(looks).await;
    let absent = absent(pipeline, sessions, &doctor, &mut environments, options).await;
    doubt::take_back(pipeline, &doctor, &mut environments, &absent, options);
    let identities = identities(sessions, &doctor, &mut environments).await;
    sink.done("Read the recovery points");
    Observed { seen: doctor, environments, identities, absent, calls: sessions.calls() - before }
}

/// Which database each backup is of. The intermediate vault's snapshots, whose tags are read anyway, say it of all that
/// have a copy there; the others are asked only as far as the newest of a database is not known by them.
async fn identities(sessions: &Sessions, doctor: &seen::Observed, environments: &mut [EnvironmentSeen]) -> Identities {
    let existing: Vec<Existing> =
        doctor.databases.iter().flatten().filter_map(|database| database.existing()).collect();
    let mut found = read(environments, &existing);
    for name in [EnvironmentName::Source, EnvironmentName::Destination] {
        let seen = &environments[name.index()];
        let (Ok(points), Ok(snapshots)) = (&seen.points, &seen.snapshots) else { continue };
        let asked = found.undecided(name, points, &ids(snapshots), &existing, rds::SNAPSHOTS_A_REQUEST);
        if asked.is_empty() {
            continue;
        }
        let arns: Vec<&str> = asked.iter().map(|point| point.arn.as_str()).collect();
        let snapshots = rds::snapshots_behind(sessions.get(name), &arns).await;
        environments[name.index()].snapshots = snapshots;
        found = read(environments, &existing);
    }
    found
}

fn read(environments: &[EnvironmentSeen], existing: &[Existing]) -> Identities {
    let points = EnvironmentName::ALL.map(|name| environments[name.index()].points.as_deref().unwrap_or_default());
    let said =
        EnvironmentName::ALL.map(|name| environments[name.index()].snapshots.as_ref().map(ids).unwrap_or_default());
    Identities::read(points, [&said[0], &said[1], &said[2]], existing)
}

/// The databases that snapshots say they are of.
fn ids(snapshots: &BTreeMap<String, Snapshot>) -> SnapshotIds {
    snapshots.iter().filter_map(|(arn, snapshot)| Some((arn.clone(), snapshot.database.clone()?))).collect()
}

/// Asks by name for each copy that a completed job made and the vault's list lacks, one call each. One that is there all
/// the same joins the list. What lay in a vault that does not exist is gone with it: it is not asked for.
async fn absent(
    pipeline: &Pipeline,
    sessions: &Sessions,
    doctor: &seen::Observed,
    environments: &mut [EnvironmentSeen],
    options: &Options,
) -> Vec<AbsentCopy> {
    let lost = |copy: &AbsentCopy| matches!(doctor.environment(copy.hop.to()).vault, Ok(None));
    let absent = deleted::absent(pipeline, doctor, environments, options);
    let (mut gone, asked): (Vec<AbsentCopy>, Vec<AbsentCopy>) = absent.into_iter().partition(lost);
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let looks = asked.iter().map(|copy| {
        let name = copy.hop.to();
        backup::describe_recovery_point(sessions.get(name), &vaults[name.index()], &copy.recovery_point)
    });
    let looked = join_all(looks).await;
    for (copy, look) in asked.into_iter().zip(looked) {
        let seen = &mut environments[copy.hop.to().index()];
        match look {
            Err(error) => gone.push(AbsentCopy { gone: Err(error), ..copy }),
            Ok(None) => gone.push(copy),
            Ok(Some(point)) => {
                if let Some(key) = point.key_arn.as_ref().filter(|key| !seen.keys.contains_key(key.as_str())) {
                    let found = kms::describe_key(sessions.get(seen.name), key.as_str()).await;
                    seen.keys.insert(key.to_string(), found);
                }
                if let Ok(points) = &mut seen.points {
                    points.push(point);
                }
            }
        }
    }
    gone
}

async fn environment(
    pipeline: &Pipeline,
    session: &Session,
    doctor: &seen::Observed,
    seen: &seen::EnvironmentSeen,
    options: &Options,
) -> EnvironmentSeen {
    let name = seen.name;
    if !matches!(seen.identity, Ok(Identity::Right)) {
        return EnvironmentSeen {
            name,
            points: Err(unseen("backup:ListRecoveryPointsByBackupVault", &seen.identity)),
            jobs: Err(unseen("backup:ListCopyJobs", &seen.identity)),
            backup_jobs: Err(unseen("backup:ListBackupJobs", &seen.identity)),
            snapshots: Err(unseen("rds:DescribeDBSnapshots", &seen.identity)),
            shared: BTreeMap::new(),
            keys: BTreeMap::new(),
            now: session.now(),
        };
    }
    let missing = matches!(&seen.vault, Ok(None));
    let points = async {
        // A vault that does not exist answers AccessDeniedException: it is not asked.
        if missing { Ok(Vec::new()) } else { points(pipeline, session, name, options).await }
    };
    let backup_jobs = async {
        if missing || name != EnvironmentName::Source {
            return Ok(Vec::new());
        }
        let since = Some(session.now() - TimeDelta::days(JOB_DAYS));
        backup::list_backup_jobs(session, &pipeline.vault_arn(name), since).await
    };
    let snapshots = async {
        if name == EnvironmentName::Intermediate { rds::backup_snapshots(session).await } else { Ok(BTreeMap::new()) }
    };
    let (points, jobs, backup_jobs, snapshots) =
        join4(points, jobs(pipeline, session, name), backup_jobs, snapshots).await;
    let keys = keys(session, doctor, seen, points.as_deref().unwrap_or_default()).await;
    let shared = shared(session, name, jobs.as_deref().unwrap_or_default()).await;
    EnvironmentSeen { name, points, jobs, backup_jobs, snapshots, shared, keys, now: session.now() }
}

/// No list says with whom a snapshot is shared: only those are asked of which AWS said that the share stayed.
async fn shared(session: &Session, name: EnvironmentName, jobs: &[CopyJob]) -> BTreeMap<String, Look<Vec<String>>> {
    if name != EnvironmentName::Intermediate {
        return BTreeMap::new();
    }
    let left = |job: &&CopyJob| job.status_message.as_ref().is_some_and(|text| text.contains(UNSHARED));
    let arns: BTreeSet<String> =
        jobs.iter().filter(left).filter_map(|job| Some(job.source_recovery_point.as_ref()?.to_string())).collect();
    let looks = arns.iter().map(|arn| rds::shared_with(session, arn));
    let looked = join_all(looks).await;
    arns.into_iter().zip(looked).collect()
}

async fn points(
    pipeline: &Pipeline,
    session: &Session,
    name: EnvironmentName,
    options: &Options,
) -> Look<Vec<RecoveryPoint>> {
    let vault = pipeline.vault_arn(name);
    if options.resources.is_empty() {
        return backup::list_recovery_points(session, &vault, &PointFilter::default()).await;
    }
    let mut found = Vec::new();
    for arn in &options.resources {
        found.extend(backup::list_recovery_points(session, &vault, &PointFilter::of_resource(arn)).await?);
    }
    Ok(found)
}

async fn jobs(pipeline: &Pipeline, session: &Session, name: EnvironmentName) -> Look<Vec<CopyJob>> {
    let Some(hop) = Hop::ALL.into_iter().find(|hop| hop.from() == name) else { return Ok(Vec::new()) };
    let destination_vault = Some(pipeline.vault_arn(hop.to()));
    backup::list_copy_jobs(session, &JobFilter { resource_arn: None, destination_vault, created_after: None }).await
}

/// Each key once, however many recovery points are under it, and a database's own not again.
async fn keys(
    session: &Session,
    doctor: &seen::Observed,
    seen: &seen::EnvironmentSeen,
    points: &[RecoveryPoint],
) -> BTreeMap<String, Look<Option<Key>>> {
    let arns: BTreeSet<String> = points.iter().filter_map(|point| Some(point.key_arn.as_ref()?.to_string())).collect();
    let of_database = |arn: &String| doctor.database_key(arn).filter(|_| seen.name == EnvironmentName::Source);
    let looks = arns.iter().map(async |arn| match of_database(arn) {
        Some(known) => known.clone(),
        None => kms::describe_key(session, arn).await,
    });
    let looked = join_all(looks).await;
    arns.into_iter().zip(looked).collect()
}
