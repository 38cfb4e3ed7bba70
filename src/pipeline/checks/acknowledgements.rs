//! Acknowledgements that say nothing any more: one that stays hides what comes later.

use chrono::{DateTime, Utc};

use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{CheckResult, Finding, Report};
use crate::pipeline::remedy::steps;
use crate::pipeline::settings::{Acknowledgement, Pipeline};

pub(crate) const ACKNOWLEDGEMENT_UNUSED: Row = Row {
    id: "acknowledgement-unused",
    area: Area::Prerequisites,
    severity: Severity::Info,
    meaning: "An [[acknowledge]] entry in backupctl.toml matches no finding.",
    why: "The cause is fixed, or the entry is misspelled; while it stands, it hides the next finding of that kind.",
    remedy: steps!["Remove the entry, or correct its `check` or `subject` to those of a finding." => ["backupctl doctor --output json"]],
    source: "docs/contract.md, Configuration",
};

/// Finds those that no finding matches, of the checks that were made. Where one could not look, nothing is said.
pub(crate) fn judge(pipeline: &Pipeline, now: DateTime<Utc>, is_made: impl Fn(Check) -> bool, report: &mut Report) {
    for one in pipeline.acknowledgements.iter().filter(|one| is_made(one.check)) {
        let could_not_look =
            report.checks.iter().any(|check| check.check == one.check && check.result == CheckResult::Skipped);
        let matches = report.findings.iter().any(|finding| one.is_about(finding.check, &finding.subject));
        if !could_not_look && !matches {
            unused(one, now, report);
        }
    }
}

fn unused(one: &Acknowledgement, now: DateTime<Utc>, report: &mut Report) {
    let ended = if one.is_in_force(now) { String::new() } else { format!(" ended on {} and", one.until) };
    let message = format!("the acknowledgement of {} for {}{ended} matches no finding", one.check, one.subject);
    report.fail(Finding::new(Check::AcknowledgementUnused, EnvironmentName::Source, &one.subject, message));
}
