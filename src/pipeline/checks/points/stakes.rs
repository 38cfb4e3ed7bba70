//! What goes with a key that is scheduled for deletion, and what is left of a database that is gone.

use std::collections::BTreeSet;

use super::super::keys::pending as key_state;
use super::resources::{BestCopies, BestCopy};
use crate::pipeline::check::Check;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::instant::shown;
use crate::pipeline::plural::{count, list};
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::remedy::Command;
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, best: &BestCopies, report: &mut Report) {
    keys(observed, report);
    for finding in &mut report.findings {
        if finding.check == Check::ResourceMissing {
            what_is_left(pipeline, best, finding);
        }
    }
}

/// Keys under which recovery points lie: those that are going are found, whether a vault's or another.
fn keys(observed: &Observed, report: &mut Report) {
    for seen in &observed.environments {
        let points = seen.points.as_deref().unwrap_or_default();
        for key in seen.keys.values().filter_map(|look| look.as_ref().ok()?.as_ref()) {
            let under = |point: &&RecoveryPoint| point.key_arn.as_ref() == Some(&key.arn);
            let under: Vec<&RecoveryPoint> = points.iter().filter(under).collect();
            if !key.state.starts_with("Pending") || !key.state.ends_with("Deletion") || under.is_empty() {
                continue;
            }
            let message = format!("{}; then {} can never be restored", key_state(key), what(&under));
            let same = |one: &&mut Finding| {
                one.check == Check::KeyPendingDeletion
                    && one.environment == seen.name
                    && one.subject == key.arn.as_str()
            };
            match report.findings.iter_mut().find(same) {
                Some(finding) => finding.message = message,
                None => {
                    let finding = Finding::new(Check::KeyPendingDeletion, seen.name, key.arn.as_str(), message);
                    report.fail(finding);
                }
            }
        }
    }
}

/// `7 recovery points of 2 databases (db:billing and db:orders)`.
fn what(points: &[&RecoveryPoint]) -> String {
    let short = |arn: &str| arn.splitn(6, ':').nth(5).unwrap_or(arn).to_owned();
    let databases: BTreeSet<String> = points.iter().map(|point| short(&point.origin.resource_arn)).collect();
    let databases: Vec<String> = databases.into_iter().collect();
    format!(
        "{} of {} ({})",
        count(points.len() as u64, "recovery point", "recovery points"),
        count(databases.len() as u64, "database", "databases"),
        list(&databases)
    )
}

/// A database that is gone may have been deleted by mistake: what is left of it, until when, and how it is restored.
fn what_is_left(pipeline: &Pipeline, best: &BestCopies, finding: &mut Finding) {
    let Some(copy) = best.get(&finding.subject) else { return };
    let until = match copy.point.delete_at {
        Some(at) => format!("until {}", shown(at)),
        None => "for ever".to_owned(),
    };
    finding.message += &format!(
        "; its last backup is of {}: the copy in account {} is kept {until}",
        shown(copy.created_at),
        pipeline.destination.account
    );
    let remedy = std::mem::take(&mut finding.remedy);
    finding.remedy = remedy.then("If it was deleted by mistake, restore it.", vec![restore(pipeline, copy)]);
}

/// The command that restores a copy in the destination account. A restore needs a class, which the snapshot does not have:
/// AWS Backup keeps the one that was backed up (AWS Backup API Reference, GetRecoveryPointRestoreMetadata), and the command
/// asks for it.
fn restore(pipeline: &Pipeline, copy: &BestCopy) -> Command {
    let destination = pipeline.environment(EnvironmentName::Destination);
    let name = copy.point.origin.resource_arn.rsplit(':').next().unwrap_or_default();
    let role = "role/service-role/AWSBackupDefaultServiceRole";
    let (arn, at) = (&copy.point.arn, pipeline.at(EnvironmentName::Destination));
    Command::whole(format!(
        "aws backup start-restore-job --recovery-point-arn {arn} --resource-type RDS --iam-role-arn arn:{}:iam::{}:{role} \
         --metadata \"DBInstanceIdentifier={name},DBInstanceClass=$(aws backup get-recovery-point-restore-metadata \
         --backup-vault-name {} --recovery-point-arn {arn}{at} --query RestoreMetadata.DBInstanceClass --output \
         text)\"{at}",
        pipeline.partition(),
        destination.account,
        destination.vault,
    ))
}
