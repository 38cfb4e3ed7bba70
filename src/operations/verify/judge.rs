//! What was seen, judged and put into the document. Pure.

use super::headline::headline;
use super::report::{LeftOut, Place, Point, PointReport, Summary, Verified};
use crate::operations::doctor::{self, EnvironmentReport, environment_report};
use crate::pipeline::check::Check;
use crate::pipeline::checks::{self, acknowledgements, points};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Report;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::requirements::REQUIREMENTS;
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{self, Sight};

/// Judges what was seen; reads nothing but its arguments.
pub fn judge(pipeline: &Pipeline, observed: &Observed, options: &points::Options) -> Verified {
    let mut report = Report::default();
    checks::judge(pipeline, &observed.seen, REQUIREMENTS, &mut report);
    let judged = points::judge(pipeline, observed, options, &mut report);
    let mut recovery_points: Vec<PointReport> =
        judged.backups.iter().map(|(lineage, sight)| point_report(lineage, sight)).collect();
    recovery_points.sort_by(|a, b| a.resource_arn.cmp(&b.resource_arn).then(b.created_at.cmp(&a.created_at)));
    let now = observed.environments[EnvironmentName::Destination.index()].now;
    // Drift is not looked for here; and what is asked about some backups only says nothing of the others.
    if options.sees_everything() && options.since.is_none() {
        let is_made = |check: Check| check != Check::StackDrifted;
        acknowledgements::judge(pipeline, now, is_made, &mut report);
    }
    let wanted = doctor::Options {
        areas: options.areas.clone(),
        environments: options.environments.clone(),
        drift: doctor::Drift::Ignore,
    };
    let left_out = LeftOut::of(pipeline, &wanted, &report, now);
    checks::arrange(pipeline, |area, environment| wanted.wants(area, environment), now, &mut report);
    let summary = Summary::of(&recovery_points, &report.findings, &report.checks, observed.calls);
    Verified {
        headline: headline(pipeline, options, &judged.resources, &report),
        left_out,
        resources: judged.resources,
        environments: environments(pipeline, observed),
        recovery_points,
        findings: report.findings,
        checks: report.checks,
        summary,
    }
}

fn environments(pipeline: &Pipeline, observed: &Observed) -> Vec<EnvironmentReport> {
    let both = observed.seen.environments.iter().zip(&observed.environments);
    both.map(|(seen, listed)| environment_report(pipeline, seen, Some(listed.points.as_ref().map(Vec::len)))).collect()
}

fn point_report(lineage: &Lineage, sight: &Sight) -> PointReport {
    let place = |name: EnvironmentName| {
        if !sight.seen[name.index()] {
            return Place::Unseen { seen: false };
        }
        let Some(point) = lineage.point(name) else { return Place::Absent };
        let hop = Hop::ALL.into_iter().find(|hop| hop.to() == name);
        Place::There(Box::new(Point {
            recovery_point_arn: point.arn.to_string(),
            status: point.status.clone(),
            encryption_key_arn: point.key_arn.as_ref().map(ToString::to_string),
            key: sight.keys[name.index()],
            copied_at: hop.and(point.completed_at),
            copy_job_id: hop.and_then(|hop| lineage.job_of(hop)).map(|job| job.id.clone()),
            delete_at: point.delete_at,
        }))
    };
    PointReport {
        resource_arn: lineage.origin.resource_arn.clone(),
        resource_type: lineage.resource_type.clone(),
        created_at: lineage.origin.created_at,
        state: verdict::judge(lineage, sight),
        source: place(EnvironmentName::Source),
        intermediate: place(EnvironmentName::Intermediate),
        destination: place(EnvironmentName::Destination),
    }
}
