//! Which recovery points of the three vaults belong together.

use std::collections::BTreeMap;

use super::arn::VaultArn;
use super::environment::{EnvironmentName, Hop};
use super::origin::Origin;
use super::recovery_point::{CopyJob, RecoveryPoint};

/// What was seen of one environment's vault.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen<T> {
    /// It was looked at.
    Looked(T),
    /// It could not be looked at; the reason in AWS's words.
    Unseen(String),
}

impl<T> Seen<T> {
    /// What was seen, if it was looked at.
    pub fn looked(&self) -> Option<&T> {
        match self {
            Self::Looked(value) => Some(value),
            Self::Unseen(_) => None,
        }
    }

    /// Whether it could be looked at.
    pub fn is_seen(&self) -> bool {
        matches!(self, Self::Looked(_))
    }
}

/// Everything of one origin over the three vaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    /// Resource and creation date.
    pub origin: Origin,
    /// Such as `RDS`, as AWS spells it.
    pub resource_type: String,
    /// The recovery points in each environment's vault, the usable and newest-finished first.
    pub points: [Vec<RecoveryPoint>; 3],
    /// The copy jobs of each hop, oldest first.
    pub jobs: [Vec<CopyJob>; 2],
}

impl Lineage {
    /// The best recovery point of an environment.
    pub fn point(&self, environment: EnvironmentName) -> Option<&RecoveryPoint> {
        self.points[environment.index()].first()
    }

    /// The copy jobs of a hop, oldest first.
    pub fn jobs(&self, hop: Hop) -> &[CopyJob] {
        &self.jobs[hop as usize]
    }

    /// The job of a hop that is going on, newest first.
    pub fn in_flight(&self, hop: Hop) -> Option<&CopyJob> {
        self.jobs(hop).iter().rev().find(|job| job.state.is_in_flight())
    }

    /// The job that a recovery point of the hop's destination came out of.
    pub fn job_of(&self, hop: Hop) -> Option<&CopyJob> {
        let copy = self.point(hop.to())?;
        self.jobs(hop).iter().rev().find(|job| job.destination_recovery_point.as_ref() == Some(&copy.arn))
    }

    /// Earlier jobs of this origin into the hop's vault that are over without a result: failed,
    /// partial, or completed with a copy that is gone since (only where the vault was looked at).
    pub fn attempts_spent(&self, hop: Hop, destination_seen: bool) -> u32 {
        let there = &self.points[hop.to().index()];
        let spent = self.jobs(hop).iter().filter(|job| {
            let gone = job.state == super::recovery_point::JobState::Completed
                && destination_seen
                && !there.iter().any(|point| Some(&point.arn) == job.destination_recovery_point.as_ref());
            job.state.is_over_without_result() || gone
        });
        u32::try_from(spent.count()).unwrap_or(u32::MAX)
    }
}

/// Ties recovery points of one origin together and hangs the copy jobs on them.
///
/// A copy job belongs to the origin of its source recovery point; where that is gone, to the origin
/// of the copy that it made. Jobs of neither are left out.
pub fn tie(points: [&[RecoveryPoint]; 3], jobs: [&[CopyJob]; 2], vaults: [&VaultArn; 3]) -> BTreeMap<Origin, Lineage> {
    let mut table: BTreeMap<Origin, Lineage> = BTreeMap::new();
    let mut origins: BTreeMap<(String, String), Origin> = BTreeMap::new();
    for (index, list) in points.into_iter().enumerate() {
        for point in list {
            origins.insert((vaults[index].to_string(), point.arn.to_string()), point.origin.clone());
            let lineage = table.entry(point.origin.clone()).or_insert_with(|| Lineage {
                origin: point.origin.clone(),
                resource_type: point.resource_type.clone(),
                points: Default::default(),
                jobs: Default::default(),
            });
            lineage.points[index].push(point.clone());
        }
    }
    for hop in Hop::ALL {
        let (from, to) = (vaults[hop.from().index()], vaults[hop.to().index()]);
        for job in jobs[hop as usize] {
            if job.destination_vault.as_ref() != Some(to) {
                continue;
            }
            let at = |vault: &VaultArn, arn: Option<&super::arn::RecoveryPointArn>| {
                arn.and_then(|arn| origins.get(&(vault.to_string(), arn.to_string())))
            };
            let origin = at(from, job.source_recovery_point.as_ref())
                .or_else(|| at(to, job.destination_recovery_point.as_ref()));
            if let Some(lineage) = origin.and_then(|origin| table.get_mut(origin)) {
                lineage.jobs[hop as usize].push(job.clone());
            }
        }
    }
    for lineage in table.values_mut() {
        for list in &mut lineage.points {
            list.sort_by_key(|point| (!point.status.is_usable(), std::cmp::Reverse(point.completed_at)));
        }
        for list in &mut lineage.jobs {
            list.sort_by_key(|job| job.created_at);
        }
    }
    table
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pipeline::recovery_point::{JobState, RecoveryPointStatus};
    use crate::pipeline::settings::tests::example;

    /// A recovery point in an environment's vault, of a backup at 05:00 on 5 January 2026.
    pub(crate) fn point(environment: EnvironmentName, name: &str) -> RecoveryPoint {
        let pipeline = example();
        let place = pipeline.environment(environment);
        let created = "2026-01-05T05:00:00Z".parse().expect("a date");
        RecoveryPoint {
            arn: format!("arn:aws:rds:{}:{}:snapshot:awsbackup:{name}", place.region, place.account)
                .parse()
                .expect("an ARN"),
            vault_arn: pipeline.vault_arn(environment),
            origin: Origin::new("arn:aws:rds:us-east-1:111111111111:db:orders", created),
            resource_type: "RDS".to_owned(),
            status: RecoveryPointStatus::Completed,
            status_message: None,
            encrypted: Some(true),
            key_arn: None,
            completed_at: Some(created),
            delete_at: None,
            delete_after_days: None,
            copied_from: None,
            plan_id: None,
            rule_id: None,
            size_bytes: None,
        }
    }

    /// A copy job of a hop between two of those points.
    pub(crate) fn job(hop: Hop, from: &str, to: Option<&str>, state: &str) -> CopyJob {
        let pipeline = example();
        CopyJob {
            id: format!("{from}-{}", to.unwrap_or("none")),
            state: JobState::from(state),
            status_message: None,
            source_recovery_point: Some(point(hop.from(), from).arn),
            source_vault: Some(pipeline.vault_arn(hop.from())),
            destination_vault: Some(pipeline.vault_arn(hop.to())),
            destination_recovery_point: to.map(|name| point(hop.to(), name).arn),
            destination_key: None,
            resource_arn: None,
            resource_type: Some("RDS".to_owned()),
            role_arn: None,
            size_bytes: None,
            created_at: Some("2026-01-05T06:00:00Z".parse().expect("a date")),
            completed_at: None,
            plan_id: None,
            delete_after_days: None,
        }
    }

    fn tied(points: [&[RecoveryPoint]; 3], jobs: [&[CopyJob]; 2]) -> Vec<Lineage> {
        let pipeline = example();
        let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
        tie(points, jobs, [&vaults[0], &vaults[1], &vaults[2]]).into_values().collect()
    }

    #[test]
    fn copies_of_one_origin_are_one_row() {
        let rows = tied(
            [
                &[point(EnvironmentName::Source, "job-1")],
                &[point(EnvironmentName::Intermediate, "copyjob-1")],
                &[point(EnvironmentName::Destination, "copyjob-2")],
            ],
            [&[], &[]],
        );
        assert_eq!(rows.len(), 1);
        assert!(EnvironmentName::ALL.into_iter().all(|name| rows[0].point(name).is_some()));
    }

    #[test]
    fn a_job_into_a_foreign_vault_is_not_ours() {
        let mut foreign = job(Hop::First, "job-1", None, "RUNNING");
        foreign.destination_vault =
            Some("arn:aws:backup:us-west-2:111111111111:backup-vault:else".parse().expect("ARN"));
        let rows = tied([&[point(EnvironmentName::Source, "job-1")], &[], &[]], [&[foreign], &[]]);
        assert!(rows[0].jobs(Hop::First).is_empty());
    }

    #[test]
    fn failed_and_vanished_jobs_are_spent_attempts_and_running_ones_are_not() {
        let jobs = [
            job(Hop::First, "job-1", None, "FAILED"),
            job(Hop::First, "job-1", Some("copyjob-gone"), "COMPLETED"),
            job(Hop::First, "job-1", None, "RUNNING"),
        ];
        let rows = tied([&[point(EnvironmentName::Source, "job-1")], &[], &[]], [&jobs, &[]]);
        assert_eq!(rows[0].attempts_spent(Hop::First, true), 2);
        // Whoever cannot see the vault cannot know that the copy is gone.
        assert_eq!(rows[0].attempts_spent(Hop::First, false), 1);
        assert!(rows[0].in_flight(Hop::First).is_some());
    }
}
