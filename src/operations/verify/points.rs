//! What is wrong with a recovery point beside its key and its copies.

use super::deleted::days_in_force;
use super::observe::Observed;
use super::resources::BestCopies;
use crate::operations::deployment::COPY_TO_VAULT;
use crate::operations::doctor::skipped;
use crate::pipeline::check::{Check, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::identity::Owner;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::plural::count;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::remedy::{Hole, Remedy};
use crate::pipeline::settings::Pipeline;

/// Whether a recovery point is kept for the configured days; one whose days AWS does not say is left out. What is kept
/// longer may have been told to be (`copy --delete-after-days`): nothing is proposed that would cut it. The newest
/// usable copy of a database that is kept shorter than what was in force when its job began is an error.
pub(super) fn retention(
    pipeline: &Pipeline,
    observed: &Observed,
    name: EnvironmentName,
    point: &RecoveryPoint,
    best: &BestCopies,
    report: &mut Report,
) {
    let wanted = i64::from(match name {
        Source => pipeline.plan.delete_after_days,
        Intermediate => pipeline.plan.copy_delete_after_days,
        Destination => pipeline.plan.destination_delete_after_days,
    });
    let Some(days) = point.delete_after_days else { return };
    let subject = point.arn.as_str();
    if days == wanted {
        return report.pass(Check::RetentionMismatch, name, subject);
    }
    // AWS Backup writes -1 where nothing ends it.
    let kept = if days < 0 { "for ever".to_owned() } else { count(days.unsigned_abs(), "day", "days") };
    let message = format!("the recovery point is kept {kept}, the configuration says {wanted}");
    let finding = Finding::new(Check::RetentionMismatch, name, subject, message);
    if days < 0 || days > wanted {
        let finding =
            finding.with_severity(Severity::Info).with_remedy(Remedy::text("Nothing to do if that was intended."));
        return report.fail(finding);
    }
    let finding = finding.fill(Hole::Vault, point.vault_arn.name()).fill(Hole::Days, &wanted.to_string());
    let is_newest = match observed.identities.owner(&point.origin) {
        Owner::Of(arn) => best.get(arn).is_some_and(|best| best.point.arn == point.arn),
        Owner::Another | Owner::Unsure => false,
    };
    report.fail(match name == Destination && is_newest && !is_explained(pipeline, observed, point) {
        true => finding.with_severity(Severity::Error),
        false => finding,
    });
}

/// Whether a destination copy's days are those that were in force when its job began: those that are deployed now, or,
/// where the stack was changed after, those of an older copy beside it.
fn is_explained(pipeline: &Pipeline, observed: &Observed, point: &RecoveryPoint) -> bool {
    let (in_force, since) = days_in_force(pipeline, &observed.doctor);
    let days = point.delete_after_days;
    let jobs = observed.environments[Intermediate.index()].jobs.iter().flatten();
    let mut jobs = jobs.filter(|job| job.destination_recovery_point.as_ref() == Some(&point.arn));
    let began = jobs.next().and_then(|job| job.created_at).or(point.completed_at);
    let is_before = matches!((began, since), (Some(began), Some(since)) if began < since);
    let mut beside = observed.environments[Destination.index()].points.iter().flatten();
    let as_older = beside.any(|one| one.origin.created_at < point.origin.created_at && one.delete_after_days == days);
    days >= Some(in_force) || (is_before && as_older)
}

/// A copy outlives its source where it is kept longer, or the source was deleted.
pub(super) fn orphaned(observed: &Observed, lineage: &Lineage, report: &mut Report) {
    if observed.environments[Source.index()].points.is_err() || lineage.point(Source).is_some() {
        return;
    }
    if let Some(copy) = lineage.point(Destination).or_else(|| lineage.point(Intermediate)) {
        let name = if lineage.point(Destination).is_some() { Destination } else { Intermediate };
        let message = format!("the backup of {} is no longer in the source vault", lineage.origin.resource_arn);
        report.fail(Finding::new(Check::RecoveryPointOrphaned, name, copy.arn.as_str(), message));
    }
}

/// Whether the function will copy an intermediate copy on: it goes by the tag. What has arrived is not asked.
pub(super) fn tag(pipeline: &Pipeline, observed: &Observed, lineage: &Lineage, report: &mut Report) {
    let Some(point) = lineage.point(Intermediate).filter(|point| point.status.is_usable()) else { return };
    if lineage.point(Destination).is_some() || lineage.in_flight(Hop::Second).is_some() {
        return;
    }
    let subject = point.arn.as_str();
    let snapshots = match &observed.environments[Intermediate.index()].snapshots {
        Err(error) => return report.skip(Check::CopyTagMissing, Intermediate, subject, skipped(error)),
        Ok(snapshots) => snapshots,
    };
    // Tags of clusters' snapshots and of what AWS Backup itself keeps are not in this list.
    let Some(snapshot) = snapshots.get(subject) else { return };
    let wanted = pipeline.vault_arn(Destination).to_string();
    match snapshot.tags.get(COPY_TO_VAULT) {
        Some(value) if value.trim() == wanted => report.pass(Check::CopyTagMissing, Intermediate, subject),
        found => {
            let message = match found {
                None => format!("the copy carries no tag {COPY_TO_VAULT}"),
                Some(value) => format!("the copy's tag {COPY_TO_VAULT} names {value}, not {wanted}"),
            };
            report.fail(Finding::new(Check::CopyTagMissing, Intermediate, subject, message));
        }
    }
}

/// Whether the snapshot is still shared although no copy of it is under way.
pub(super) fn share(observed: &Observed, lineage: &Lineage, report: &mut Report) {
    if lineage.in_flight(Hop::Second).is_some() {
        return;
    }
    for point in &lineage.points[Intermediate.index()] {
        let subject = point.arn.as_str();
        match observed.environments[Intermediate.index()].shared.get(subject) {
            None => {}
            Some(Err(error)) => report.skip(Check::SnapshotShareLeft, Intermediate, subject, skipped(error)),
            Some(Ok(accounts)) if accounts.is_empty() => report.pass(Check::SnapshotShareLeft, Intermediate, subject),
            Some(Ok(accounts)) => {
                let snapshot = subject.split_once(":snapshot:").map_or(subject, |(_, name)| name);
                let message = format!("the snapshot is shared with {}", accounts.join(", "));
                let finding = Finding::new(Check::SnapshotShareLeft, Intermediate, subject, message);
                report.fail(finding.fill(Hole::Name, snapshot).fill(Hole::Account, &accounts.join(" ")));
            }
        }
    }
}
