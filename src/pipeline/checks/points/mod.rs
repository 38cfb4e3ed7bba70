//! The recovery points in the three vaults: whether each arrived, under which key, and for how long.

pub(crate) mod copies;
mod dead_letters;
pub(crate) mod deleted;
pub mod failed_job;
pub(crate) mod freshness;
pub(crate) mod held;
pub(crate) mod resources;
mod stakes;

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;

use self::resources::{ResourceReport, best_copies};
use super::skipped;
use crate::pipeline::check::{Area, Check};
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Report;
use crate::pipeline::lineage::{Lineage, tie};
use crate::pipeline::origin::Origin;
use crate::pipeline::recovery_point::JobState;
use crate::pipeline::seen::points::Observed;
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::Sight;

/// How `verify` was asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only these databases; all by default.
    pub resources: Vec<String>,
    /// Only backups created within this span.
    pub since: Option<Duration>,
    /// The oldest that the newest backup, and its copy in the destination vault, may be.
    pub max_age: Option<Duration>,
    /// Only checks of these areas; all by default.
    pub areas: Vec<Area>,
    /// Only these environments; all by default.
    pub environments: Vec<EnvironmentName>,
}

impl Options {
    /// Whether the lists are not filtered. By date they never are: a database's newest copy may be older.
    pub(crate) fn sees_everything(&self) -> bool {
        self.resources.is_empty()
    }
}

/// What was judged, for whoever shows it.
#[derive(Debug)]
pub struct Judged {
    /// The backups that were asked about, with what was seen of each.
    pub backups: Vec<(Lineage, Sight)>,
    pub resources: Vec<ResourceReport>,
}

/// Judges what is in the vaults; reads nothing but its arguments.
pub fn judge(pipeline: &Pipeline, observed: &Observed, options: &Options, report: &mut Report) -> Judged {
    for seen in &observed.environments {
        held::count(pipeline, observed, seen, options, report);
        if let Err(error) = &seen.jobs {
            let vault = pipeline.vault_arn(seen.name).to_string();
            report.skip(Check::CopyStuck, seen.name, vault, skipped(error));
        }
    }
    for hop in Hop::ALL.into_iter().filter(|hop| is_proven(pipeline, observed, *hop)) {
        report.prove(hop);
    }
    let lineages = lineages(pipeline, observed);
    let best = best_copies(observed, &lineages);
    let now = observed.environments[EnvironmentName::Destination.index()].now;
    let after = options.since.and_then(|span| TimeDelta::from_std(span).ok()).map(|span| now - span);
    let wanted = lineages.values().filter(|one| after.is_none_or(|after| one.origin.created_at >= after));
    let backups = wanted.map(|lineage| {
        let sight = copies::sight(pipeline, observed, lineage, &lineages);
        copies::judge(pipeline, observed, lineage, &sight, &best, report);
        (lineage.clone(), sight)
    });
    let backups = backups.collect();
    deleted::judge(pipeline, observed, &lineages, &best, report);
    freshness::judge(pipeline, observed, options, report);
    dead_letters::judge(report);
    let resources = resources::judge(pipeline, observed, options, &lineages, &best, report);
    stakes::judge(pipeline, observed, &best, report);
    Judged { backups, resources }
}

/// Whether the newest copy job of a hop that has ended is completed: what the policies say now let it through.
fn is_proven(pipeline: &Pipeline, observed: &Observed, hop: Hop) -> bool {
    let to = pipeline.vault_arn(hop.to());
    let jobs = observed.environments[hop.from().index()].jobs.as_deref().unwrap_or_default();
    let ended = jobs.iter().filter(|job| job.destination_vault.as_ref() == Some(&to) && !job.state.is_in_flight());
    ended.max_by_key(|job| job.created_at).is_some_and(|job| job.state == JobState::Completed)
}

fn lineages(pipeline: &Pipeline, observed: &Observed) -> BTreeMap<Origin, Lineage> {
    let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
    let points = |index: usize| observed.environments[index].points.as_deref().unwrap_or_default();
    let jobs = |index: usize| observed.environments[index].jobs.as_deref().unwrap_or_default();
    tie([points(0), points(1), points(2)], [jobs(0), jobs(1)], [&vaults[0], &vaults[1], &vaults[2]])
}
