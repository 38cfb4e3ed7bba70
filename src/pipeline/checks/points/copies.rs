//! Whether each backup's copies arrived.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::skipped;
use super::held::{self, key_class, unseen_key};
use super::resources::BestCopies;
use super::resources::COPY_EXPIRING;
use super::{deleted, failed_job};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{Finding, Report, Skipped};
use crate::pipeline::instant::shown;
use crate::pipeline::lifecycle::{Retention, would_expire};
use crate::pipeline::lineage::Lineage;
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::remedy::{Command, Hole, Remedy, steps};
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::{Deadlines, Sight, Stand, stand, stuck};

pub(crate) const INTERMEDIATE_COPY_MISSING: Row = Row {
    id: "intermediate-copy-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point was not copied to the intermediate vault within its deadline.",
    why: "Without the intermediate copy there is nothing to copy to the destination account.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(crate) const DESTINATION_COPY_MISSING: Row = Row {
    id: "destination-copy-missing",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A recovery point was not copied to the destination vault within its deadline.",
    why: "The database cannot be restored if the source account is lost.",
    remedy: steps!["Copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const COPY_STUCK: Row = Row {
    id: "copy-stuck",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A copy job has been waiting to start for more than four hours.",
    why: "AWS retries a start for two hours; after that only AWS can move it, or another job of the database blocks it.",
    remedy: steps!["See what else runs for the database; if nothing does, contact AWS Support." => ["aws backup list-copy-jobs --by-resource-arn " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(crate) const COPY_WOULD_EXPIRE: Row = Row {
    id: "copy-would-expire",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "A missing copy would be deleted within 48 hours of its completion.",
    why: "The retention of a copy counts from the creation of the backup, so a late copy can expire as soon as it arrives.",
    remedy: steps!["Keep it longer." => ["backupctl copy --recovery-point " {Subject} " --delete-after-days " {Days}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(crate) const DUPLICATE_COPY: Row = Row {
    id: "duplicate-copy",
    area: Area::RecoveryPoints,
    severity: Severity::Warning,
    meaning: "A vault holds more than one copy of the same backup.",
    why: "Each copy is stored and paid for.",
    remedy: steps!["Delete one." => ["aws backup delete-recovery-point --backup-vault-name " {Vault} " --recovery-point-arn " {Subject}]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) fn sight(
    pipeline: &Pipeline,
    observed: &Observed,
    lineage: &Lineage,
    all: &BTreeMap<Origin, Lineage>,
) -> Sight {
    let keys = EnvironmentName::ALL.map(|name| {
        let seen = &observed.environments[name.index()];
        let expected = observed.seen.environment(name).key_arn();
        lineage.point(name).and_then(|point| key_class(seen, expected, point))
    });
    let newer_arrived = all.values().any(|other| {
        observed.identities.are_of_one(&other.origin, &lineage.origin)
            && other.origin.created_at > lineage.origin.created_at
            && other.point(EnvironmentName::Destination).is_some_and(|point| point.status.is_usable())
    });
    Sight {
        seen: EnvironmentName::ALL.map(|name| observed.environments[name.index()].points.is_ok()),
        keys,
        deadlines: Deadlines {
            intermediate: pipeline.verify.intermediate_deadline,
            destination: pipeline.verify.destination_deadline,
        },
        // Judged from the destination, so that a hostile source account cannot turn the clock back.
        now: observed.environments[EnvironmentName::Destination.index()].now,
        newer_arrived,
        deleted: lacks_destination_vault(observed) || deleted::is_gone(observed, lineage, Hop::Second),
    }
}

/// Whether there is no destination vault: nothing can arrive in it, and what had arrived is gone.
fn lacks_destination_vault(observed: &Observed) -> bool {
    matches!(observed.seen.environment(EnvironmentName::Destination).vault, Ok(None))
}

fn subject_of(lineage: &Lineage, environment: EnvironmentName) -> String {
    let nearest = [environment, EnvironmentName::Source, EnvironmentName::Intermediate, EnvironmentName::Destination];
    let found = nearest.into_iter().find_map(|name| lineage.point(name));
    found.map_or_else(|| lineage.origin.resource_arn.clone(), |point| point.arn.to_string())
}

pub(super) fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    lineage: &Lineage,
    sight: &Sight,
    best: &BestCopies,
    report: &mut Report,
) {
    for name in EnvironmentName::ALL {
        let subject = subject_of(lineage, name);
        match lineage.point(name) {
            Some(point) => {
                held::judge(name, point, sight.keys[name.index()], report);
                if sight.keys[name.index()].is_none() {
                    report.skip(Check::WrongKey, name, &subject, unseen_key(observed, name, point));
                }
                held::retention(pipeline, observed, name, point, best, report);
            }
            None if name == EnvironmentName::Source => {}
            None => judge_absence(pipeline, observed, lineage, sight, name, &subject, report),
        }
        // The best comes first, and what is usable before what is not.
        if let Some(extra) = lineage.points[name.index()].get(1).filter(|point| point.status.is_usable()) {
            let message = format!("the {name} vault holds more than one copy of the backup of {}", describe(lineage));
            let finding = Finding::new(Check::DuplicateCopy, name, extra.arn.as_str(), message);
            report.fail(finding.fill(Hole::Vault, extra.vault_arn.name()));
        }
    }
    held::orphaned(observed, lineage, report);
    held::tag(pipeline, observed, lineage, report);
    held::share(observed, lineage, report);
    for hop in Hop::ALL {
        if let Some(job) = stuck(lineage, hop, sight.now) {
            let since = job.created_at.map(shown).unwrap_or_default();
            let message = format!("copy job {} has been in {} since {since}", job.id, job.state);
            // The job is listed where it was started.
            report.fail(Finding::new(Check::CopyStuck, hop.from(), &lineage.origin.resource_arn, message));
        }
    }
}

fn describe(lineage: &Lineage) -> String {
    format!("{} of {}", lineage.origin.resource_arn, shown(lineage.origin.created_at))
}

fn judge_absence(
    pipeline: &Pipeline,
    observed: &Observed,
    lineage: &Lineage,
    sight: &Sight,
    name: EnvironmentName,
    subject: &str,
    report: &mut Report,
) {
    let (check, hop) = match name {
        EnvironmentName::Destination => (Check::DestinationCopyMissing, Hop::Second),
        _ => (Check::IntermediateCopyMissing, Hop::First),
    };
    let late = too_late(pipeline, lineage, sight, hop);
    match stand(lineage, sight, name) {
        Stand::Unseen => {
            let error = observed.environments[name.index()].points.as_ref().err();
            let why = error.map_or(Skipped::DependsOn(Check::VaultMissing), skipped);
            return report.skip(check, name, subject, why);
        }
        Stand::Missing if name == EnvironmentName::Destination && lacks_destination_vault(observed) => {
            report.skip(check, name, subject, Skipped::DependsOn(Check::VaultMissing));
        }
        // That it was there and is gone is said already, with who can be asked.
        Stand::Missing if name == EnvironmentName::Destination && sight.deleted => {}
        Stand::Missing => {
            let message = format!("the backup of {} is not in the {name} vault", describe(lineage));
            let finding = Finding::new(check, name, subject, message);
            report.fail(match &late {
                None => finding,
                Some((_, remedy)) => finding.with_remedy(remedy.clone().fill(Hole::Subject, subject)),
            });
            if let Some((delete_at, remedy)) = late {
                let message = format!("a copy made now would be deleted at {}", shown(delete_at));
                let finding = Finding::new(Check::CopyWouldExpire, name, subject, message);
                report.fail(finding.with_remedy(remedy.fill(Hole::Subject, subject)));
            }
        }
        _ => report.pass(check, name, subject),
    }
    failed_job::judge(lineage, hop, name, subject, report);
}

/// When a copy that is made now would be deleted, where that is within 48 hours, and how it is kept longer. One that is
/// too late is no finding where its backup is past its retention anyway.
fn too_late(pipeline: &Pipeline, lineage: &Lineage, sight: &Sight, hop: Hop) -> Option<(DateTime<Utc>, Remedy)> {
    let days = match hop {
        Hop::First => pipeline.plan.copy_delete_after_days,
        Hop::Second => pipeline.plan.destination_delete_after_days,
    };
    let delete_at = Retention::Days(days).delete_at(&lineage.origin, None).filter(|at| *at > sight.now)?;
    if !would_expire(Some(delete_at), sight.now) {
        return None;
    }
    // A copy's days count from the backup's creation.
    let days = i64::from(days) + (sight.now - lineage.origin.created_at).num_days();
    let remedy = match hop {
        // `--delete-after-days` is the destination's.
        Hop::First => {
            let text = format!(
                "Keep it longer there: set `copy_delete_after_days` under [plan] in backupctl.toml to {days} or more, then \
                 copy it."
            );
            let copy = Command::of(["backupctl copy --recovery-point ".into(), Hole::Subject.into()]);
            Remedy::default().then(text, vec![copy])
        }
        Hop::Second => Remedy::from(Check::CopyWouldExpire.row().remedy).fill(Hole::Days, &days.to_string()),
    };
    Some((delete_at, remedy))
}

/// A copy by hand that would be deleted about as soon as it arrives; `least` is the fewest days with which it would not.
pub fn would_be_cut(hop: Hop, subject: &str, delete_at: Option<DateTime<Utc>>, least: i64) -> Finding {
    let when = delete_at.map(shown).unwrap_or_default();
    let message = format!("the copy in the {} vault would be deleted at {when}, within 48 hours", hop.to());
    let finding = Finding::new(Check::CopyWouldExpire, hop.to(), subject, message);
    match hop {
        Hop::First => finding.with_remedy(Remedy::text(format!(
            "Keep it longer there: set `copy_delete_after_days` under [plan] in backupctl.toml to {least} or more, then run \
             the command again."
        ))),
        Hop::Second => finding.fill(Hole::Days, &least.to_string()),
    }
}

/// A copy that is there and goes at `at`, earlier than it was meant to: it has not arrived for good, and no second copy of
/// that origin is made beside it. `days` are those with which it stays until `meant`.
pub fn cut_short(copy: &RecoveryPoint, at: DateTime<Utc>, meant: DateTime<Utc>, days: i64) -> Finding {
    let message = format!(
        "the copy in the destination vault will be deleted at {}, within 48 hours, although it is meant to stay until {}; \
         no second copy of the same recovery point is started",
        shown(at),
        shown(meant)
    );
    let subject = copy.arn.as_str();
    let longer = Remedy::from(COPY_EXPIRING.remedy).fill(Hole::Subject, subject).fill(Hole::Days, &days.to_string());
    Finding::new(Check::CopyWouldExpire, EnvironmentName::Destination, subject, message).with_remedy(longer)
}
