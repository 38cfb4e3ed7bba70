//! What is known of one origin: what the lists say, and what was asked for by name or seen before.
//!
//! AWS does not say that its lists are up to date. So a list proves what is in it and never that something is not
//! there: what was seen once in a run stays seen until its own name answers that it is gone.

use std::collections::BTreeSet;

use futures_util::future::{join3, try_join3};

use crate::aws::backup::{self, JobFilter, PointFilter};
use crate::aws::{AwsError, Session};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::sessions::Sessions;
use crate::pipeline::arn::RecoveryPointArn;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::lineage::{Lineage, tie};
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::{CopyJob, JobState, RecoveryPoint};
use crate::pipeline::settings::Pipeline;

/// What was seen of one origin in this run.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    origin: Origin,
    /// Recovery points, by environment.
    pub(super) points: [Vec<RecoveryPoint>; 3],
    /// Copy jobs, by hop.
    pub(super) jobs: [Vec<CopyJob>; 2],
}

impl Known {
    /// What one recovery point says.
    pub(super) fn of(environment: EnvironmentName, point: RecoveryPoint) -> Self {
        let mut known = Self { origin: point.origin.clone(), points: Default::default(), jobs: Default::default() };
        known.see_point(environment, point);
        known
    }

    /// A recovery point; what is seen of it later counts instead.
    pub(super) fn see_point(&mut self, environment: EnvironmentName, point: RecoveryPoint) {
        let known = &mut self.points[environment.index()];
        known.retain(|one| one.arn != point.arn);
        known.push(point);
    }

    /// A copy job. One that is over stays over, whatever a list still says.
    pub(super) fn see_job(&mut self, hop: Hop, job: CopyJob) {
        let known = &mut self.jobs[hop as usize];
        match known.iter_mut().find(|one| one.id.eq_ignore_ascii_case(&job.id)) {
            Some(one) if one.state.is_in_flight() => *one = job,
            Some(_) => {}
            None => known.push(job),
        }
    }

    /// The copy jobs that are completed and whose copies nobody has seen: each is to be asked for by name.
    fn unseen(&self, lineage: &Lineage) -> Vec<(Hop, RecoveryPointArn)> {
        let mut unseen = Vec::new();
        for hop in Hop::ALL {
            let there = &self.points[hop.to().index()];
            let completed = lineage.jobs(hop).iter().filter(|job| job.state == JobState::Completed);
            let copies = completed.filter_map(|job| job.destination_recovery_point.clone());
            let absent = copies.filter(|arn| !there.iter().any(|point| point.arn == *arn));
            unseen.extend(absent.map(|arn| (hop, arn)));
        }
        unseen
    }
}

/// Everything of an origin over the three vaults, as it is now; what was seen is added to what is known.
pub(super) async fn look_at(
    pipeline: &Pipeline,
    sessions: &Sessions,
    known: &mut Known,
) -> Result<Lineage, OperatorError> {
    let source = sessions.get(EnvironmentName::Source);
    let gone = || {
        let what = "the recovery point is gone from every vault";
        OperatorError::failed(what, ErrorPlace::of(source), "see what is there: `backupctl verify`")
    };
    let origin = known.origin.clone();
    lists(pipeline, sessions, &origin, known).await?;
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let mut asked = BTreeSet::new();
    // A copy that was not listed ties the jobs of the next hop to it.
    loop {
        let [a, b, c] = &known.points;
        let [first, second] = &known.jobs;
        let mut table = tie([a, b, c], [first, second], [&vaults[0], &vaults[1], &vaults[2]]);
        let lineage = table.remove(&origin).ok_or_else(gone)?;
        let mut unseen = known.unseen(&lineage);
        unseen.retain(|(_, arn)| asked.insert(arn.clone()));
        if unseen.is_empty() {
            return Ok(lineage);
        }
        for (hop, arn) in unseen {
            let session = sessions.get(hop.to());
            let found = backup::describe_recovery_point(session, &pipeline.vault_arn(hop.to()), &arn).await;
            if let Some(point) = found.map_err(failed(session, "cannot read the copy"))? {
                known.see_point(hop.to(), point);
            }
        }
    }
}

async fn lists(
    pipeline: &Pipeline,
    sessions: &Sessions,
    origin: &Origin,
    known: &mut Known,
) -> Result<(), OperatorError> {
    let points = |name: EnvironmentName| async move {
        let session = sessions.get(name);
        let filter = PointFilter::of_resource(&origin.resource_arn);
        backup::list_recovery_points(session, &pipeline.vault_arn(name), &filter)
            .await
            .map_err(failed(session, "cannot list the recovery points of the vault"))
    };
    let jobs = |hop: Hop| async move {
        let session = sessions.get(hop.from());
        let filter = JobFilter {
            resource_arn: Some(origin.resource_arn.clone()),
            destination_vault: Some(pipeline.vault_arn(hop.to())),
            created_after: None,
        };
        backup::list_copy_jobs(session, &filter).await.map_err(failed(session, "cannot list the copy jobs"))
    };
    let [a, b, c] = EnvironmentName::ALL;
    let (points, first, second) =
        join3(try_join3(points(a), points(b), points(c)), jobs(Hop::First), jobs(Hop::Second)).await;
    let points = points?;
    for (name, listed) in EnvironmentName::ALL.into_iter().zip([points.0, points.1, points.2]) {
        let seen = std::mem::take(&mut known.points[name.index()]);
        for point in seen.into_iter().filter(|point| !listed.iter().any(|one| one.arn == point.arn)) {
            let session = sessions.get(name);
            let found = backup::describe_recovery_point(session, &pipeline.vault_arn(name), &point.arn).await;
            if let Some(point) = found.map_err(failed(session, "cannot read the recovery point"))? {
                known.see_point(name, point);
            }
        }
        for point in listed.into_iter().filter(|point| point.origin == *origin) {
            known.see_point(name, point);
        }
    }
    for (hop, listed) in Hop::ALL.into_iter().zip([first?, second?]) {
        for job in listed {
            known.see_job(hop, job);
        }
    }
    Ok(())
}

/// An error of AWS, with what could not be done.
pub(super) fn failed<'a>(session: &'a Session, what: &'a str) -> impl Fn(AwsError) -> OperatorError + 'a {
    move |error| OperatorError::from_aws(what, ErrorPlace::of(session), &error)
}
