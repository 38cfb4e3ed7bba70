//! The verdict in one line: what somebody reads who reads nothing else.

use chrono::{DateTime, Utc};

use super::Options;
use crate::pipeline::check::{Area, Severity};
use crate::pipeline::checks::points::resources::ResourceReport;
use crate::pipeline::coverage::ResourceState;
use crate::pipeline::environment::EnvironmentName::Destination;
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::instant::shown;
use crate::pipeline::plural::{count, list};
use crate::pipeline::settings::Pipeline;

/// How many names a line has room for.
const NAMES: usize = 3;

/// None where the destination's recovery points were not asked about: then nobody asked for a verdict.
pub(super) fn headline(
    pipeline: &Pipeline,
    options: &Options,
    resources: &[ResourceReport],
    report: &Report,
) -> Option<String> {
    let of_points = options.areas.is_empty() || options.areas.contains(&Area::RecoveryPoints);
    let of_destination = options.environments.is_empty() || options.environments.contains(&Destination);
    let acknowledged = report.findings.iter().filter(|finding| !finding.counts()).count();
    let acknowledged = match acknowledged {
        0 => String::new(),
        number => format!(" {} acknowledged.", count(number as u64, "finding is", "findings are")),
    };
    (of_points && of_destination).then(|| verdict(pipeline, resources, report) + &acknowledged)
}

fn verdict(pipeline: &Pipeline, resources: &[ResourceReport], report: &Report) -> String {
    let account = &pipeline.destination.account;
    let names = |states: &[ResourceState]| -> Vec<String> {
        let found = resources.iter().filter(|one| states.contains(&one.state));
        found.map(|one| one.resource_arn.splitn(6, ':').nth(5).unwrap_or(&one.resource_arn).to_owned()).collect()
    };
    let without = names(&[ResourceState::Unprotected, ResourceState::Missing]);
    if resources.is_empty() {
        return "NOT PROTECTED: no database is selected.".to_owned();
    }
    if !without.is_empty() {
        let have = if without.len() == 1 { "has" } else { "have" };
        return format!("NOT PROTECTED: {} {have} no usable copy in account {account}.", some(&without));
    }
    let weak = names(&[ResourceState::Stale, ResourceState::Expiring]);
    if !weak.is_empty() {
        let (is, its) = if weak.len() == 1 { ("is", "copy") } else { ("are", "copies") };
        return format!(
            "NOT PROTECTED ENOUGH: the {its} of {} in account {account} {is} too old or about to go.",
            some(&weak)
        );
    }
    let unknown = names(&[ResourceState::Unknown]);
    if !unknown.is_empty() {
        return format!("UNKNOWN: what account {account} holds of {} could not be looked at.", some(&unknown));
    }
    let errors: Vec<&Finding> =
        report.findings.iter().filter(|one| one.severity == Severity::Error && one.counts()).collect();
    let new = names(&[ResourceState::New]);
    if !new.is_empty() {
        let due = resources.iter().filter_map(|one| one.first_copy_due).max().map(shown).unwrap_or_default();
        return format!("NOT YET PROTECTED: first copy due {due}: {}.{}", some(&new), beside(&errors));
    }
    let oldest: Option<DateTime<Utc>> = resources.iter().filter_map(|one| one.newest_copy_at).min();
    let oldest = oldest.map(shown).unwrap_or_default();
    let databases = count(resources.len() as u64, "database", "databases");
    let have = if resources.len() == 1 { "has" } else { "have" };
    let protected = format!("{databases} {have} a usable copy in account {account}, the oldest of {oldest}.");
    if errors.is_empty() {
        format!("PROTECTED: {protected}")
    } else {
        format!("AT RISK: {protected}{}", beside(&errors))
    }
}

/// What is wrong all the same.
fn beside(errors: &[&Finding]) -> String {
    let mut checks: Vec<String> = errors.iter().map(|finding| finding.check.to_string()).collect();
    checks.sort();
    checks.dedup();
    match errors.len() {
        0 => String::new(),
        number => format!(" {}: {}.", count(number as u64, "error", "errors"), some(&checks)),
    }
}

fn some(names: &[String]) -> String {
    if names.len() <= NAMES {
        return list(names);
    }
    format!("{} and {} more", names[..NAMES].join(", "), names.len() - NAMES)
}
