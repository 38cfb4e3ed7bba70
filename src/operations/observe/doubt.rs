//! Empty lists that another answer contradicts: they count as not looked at. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::aws::AwsError;
use crate::pipeline::checks::points::Options;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::recovery_point::{RecoveryPoint, counted};
use crate::pipeline::seen;
use crate::pipeline::seen::points::{AbsentCopy, EnvironmentSeen};
use crate::pipeline::settings::Pipeline;

/// A job that ended within this time is listed: AWS Backup lists jobs for thirty days (AWS Backup API Reference,
/// ListBackupJobs; for copy jobs it says nothing).
const LISTED: TimeDelta = TimeDelta::days(1);

/// Takes back what empty lists seem to say and other answers contradict.
pub(super) fn take_back(
    pipeline: &Pipeline,
    doctor: &seen::Observed,
    environments: &mut [EnvironmentSeen],
    absent: &[AbsentCopy],
    options: &Options,
) {
    for hop in Hop::ALL {
        let from = pipeline.vault_arn(hop.from());
        let came = |point: &&RecoveryPoint| point.copied_from.as_ref() == Some(&from);
        let copied = newest(&environments[hop.to().index()], |point| point.completed_at, came);
        let seen = &mut environments[hop.from().index()];
        if copied.is_some_and(|at| at > seen.now - LISTED) && seen.jobs.as_ref().is_ok_and(Vec::is_empty) {
            let why = "the list is empty, though the next vault holds a copy of the last day";
            seen.jobs = Err(AwsError::contradicted("backup:ListCopyJobs", why));
        }
    }
    let source = &mut environments[EnvironmentName::Source.index()];
    let made = newest(source, |point| Some(point.origin.created_at), |_| true);
    if made.is_some_and(|at| at > source.now - LISTED) && source.backup_jobs.as_ref().is_ok_and(Vec::is_empty) {
        let why = "the list is empty, though the vault holds a backup of the last day";
        source.backup_jobs = Err(AwsError::contradicted("backup:ListBackupJobs", why));
    }
    for seen in environments {
        // The list of one database is no list of the vault.
        if options.sees_everything() {
            points(doctor, seen, absent);
        }
    }
}

/// The count follows deletions late: where copies that were listed as made are gone by their names, the list is right.
fn points(doctor: &seen::Observed, seen: &mut EnvironmentSeen, absent: &[AbsentCopy]) {
    let Ok(Some(vault)) = &doctor.environment(seen.name).vault else { return };
    let is_gone = absent.iter().any(|copy| copy.hop.to() == seen.name && copy.gone.is_ok());
    if vault.recovery_points > 0 && !is_gone && seen.points.as_ref().is_ok_and(Vec::is_empty) {
        let number = counted(usize::try_from(vault.recovery_points).unwrap_or_default());
        let why = format!("the list is empty, though the vault counts {number}");
        seen.points = Err(AwsError::contradicted("backup:ListRecoveryPointsByBackupVault", why));
    }
}

fn newest(
    seen: &EnvironmentSeen,
    when: impl Fn(&RecoveryPoint) -> Option<DateTime<Utc>>,
    wanted: impl Fn(&&RecoveryPoint) -> bool,
) -> Option<DateTime<Utc>> {
    seen.points.iter().flatten().filter(wanted).filter_map(when).max()
}
