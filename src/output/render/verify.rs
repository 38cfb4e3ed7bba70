//! `verify` and `doctor`: every database and every recovery point over the three vaults, then what is wrong and how to
//! fix it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::finding::{self, why_skipped};
use super::{Page, fold};
use crate::operations::doctor::{Diagnosed, EnvironmentReport};
use crate::operations::verify::{LeftOut, Place, Point, PointReport, Summary, Verified};
use crate::output::table::{Table, short};
use crate::output::{plural, time};
use crate::pipeline::check::Severity;
use crate::pipeline::checks::points::resources::ResourceReport;
use crate::pipeline::coverage::ResourceState;
use crate::pipeline::finding::{CheckResult, Checked, Finding};
use crate::pipeline::recovery_point::RecoveryPointStatus;
use crate::pipeline::verdict::KeyClass;

/// What `verify` saw.
pub fn verified(verified: &Verified, page: &Page) -> String {
    let mut text = headline(verified, page) + &environments(&verified.environments, page);
    let table = lineages(&verified.recovery_points, page);
    if !table.is_empty() {
        text += &format!("\n{table}");
    }
    text += &found(&verified.findings, &verified.checks, page);
    let summary = &verified.summary;
    let is_blind = verified.environments.iter().any(|environment| !environment.seen);
    let counts = Counts {
        passed: summary.checks_passed,
        failed: summary.checks_failed,
        warned: summary.checks_warned,
        skipped: summary.checks_skipped,
        acknowledged: summary.acknowledged,
    };
    text + "\n" + &counts.in_words(&states(summary, is_blind), &verified.findings, page)
}

/// What `doctor` saw: it looks at no recovery point and says nothing of any.
pub fn diagnosed(diagnosed: &Diagnosed, page: &Page) -> String {
    let text = environments(&diagnosed.environments, page) + &found(&diagnosed.findings, &diagnosed.checks, page);
    let summary = &diagnosed.summary;
    let counts = Counts {
        passed: summary.checks_passed,
        failed: summary.checks_failed,
        warned: summary.checks_warned,
        skipped: summary.checks_skipped,
        acknowledged: summary.acknowledged,
    };
    text + "\n" + &counts.in_words("", &diagnosed.findings, page)
}

/// The findings, then what could not be looked at.
fn found(findings: &[Finding], checks: &[Checked], page: &Page) -> String {
    let mut text: String = findings.iter().map(|one| format!("\n{}", finding::whole(one, page))).collect();
    let skipped = skipped(checks, page);
    if !skipped.is_empty() {
        text += &format!("\nNot looked at:\n{skipped}");
    }
    text
}

/// The verdict, and how each database is protected: what comes first is what matters.
fn headline(verified: &Verified, page: &Page) -> String {
    let headline = fold(verified.headline.as_deref().unwrap_or_default(), 0, page.width);
    let headline = headline.trim_end();
    let mut text = match headline {
        "" => String::new(),
        good if good.starts_with("PROTECTED") => format!("{}\n", page.style.good(good)),
        early if early.starts_with("NOT YET") => format!("{}\n", page.style.warn(early)),
        bad => format!("{}\n", page.style.bad(bad)),
    };
    if let Some(left_out) = verified.left_out.as_ref().and_then(|left_out| in_words(left_out, page)) {
        text += &format!("{}\n", page.style.warn(left_out.trim_end()));
    }
    let table = databases(&verified.resources, page);
    if !table.is_empty() {
        text += &format!("\n{table}");
    }
    if text.is_empty() { text } else { text + "\n" }
}

fn databases(resources: &[ResourceReport], page: &Page) -> String {
    let header = ["database", "state", "newest copy", "expires", "newest backup"];
    let mut table = Table::new(page.width, header);
    let or_none = |at: Option<DateTime<Utc>>| at.map_or_else(|| "none".to_owned(), |at| time::cell(at, page.now));
    for one in resources {
        let expires = match (one.newest_copy_at, one.copy_delete_at) {
            (None, _) => String::new(),
            (Some(_), None) => "never".to_owned(),
            (Some(_), Some(at)) => time::cell(at, page.now),
        };
        let copy = match one.state {
            ResourceState::Unknown => "could not look".to_owned(),
            _ => or_none(one.newest_copy_at),
        };
        table.row([
            short(&one.resource_arn).to_owned(),
            one.state.as_str().to_owned(),
            copy,
            expires,
            or_none(one.newest_backup_at),
        ]);
    }
    table.render()
}

/// What was not asked about: no verdict, and nothing of it in the exit code.
fn in_words(left_out: &LeftOut, page: &Page) -> Option<String> {
    let environments = left_out.environments.iter().map(ToString::to_string);
    let all: Vec<String> = environments.chain(left_out.areas.iter().map(|area| area.as_str().to_owned())).collect();
    if all.is_empty() {
        return None;
    }
    let counts = [(left_out.errors, "error", "errors"), (left_out.warnings, "warning", "warnings")];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| plural::count(number as u64, one, many))
        .collect();
    if left_out.could_not_look > 0 {
        let blind = plural::count(left_out.could_not_look as u64, "check", "checks");
        parts.push(format!("{blind} that could not look"));
    }
    let there =
        if parts.is_empty() { "nothing was found there".to_owned() } else { format!("{} there", plural::list(&parts)) };
    let text = format!("NOT ASKED ABOUT: {}; {there}. The exit code says nothing of it.", plural::list(&all));
    Some(fold(&text, 0, page.width))
}

/// The checks that could not look, by what kept each of them. What does not apply here is no lack.
fn skipped(checks: &[Checked], page: &Page) -> String {
    let mut lacking: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for check in checks.iter().filter(|check| check.result == CheckResult::Skipped) {
        let Some(why) = why_skipped(check) else { continue };
        lacking.entry((check.environment.to_string(), why)).or_default().insert(check.check.to_string());
    }
    let lines = lacking.into_iter().map(|((place, why), checks)| {
        let checks: Vec<String> = checks.into_iter().collect();
        fold(&format!("{place}: {why}: {}", checks.join(", ")), 2, page.width)
    });
    lines.collect()
}

fn environments(environments: &[EnvironmentReport], page: &Page) -> String {
    let mut text = String::new();
    for one in environments {
        let place = format!("{}: account {}, {}", one.environment, one.account, one.region);
        text += &match (&one.vault, one.seen) {
            (Some(vault), true) => {
                let count = plural::count(vault.recovery_points as u64, "recovery point", "recovery points");
                format!("{place}\n  vault {} with {count}\n", vault.name)
            }
            (None, true) => format!("{place}\n  no vault\n"),
            (_, false) => format!("{place}\n  could not be looked at\n"),
        };
        text += &unseen(&one.unseen, page);
    }
    text
}

/// What could not be looked at: the calls that brought the same answer together.
fn unseen(unseen: &[String], page: &Page) -> String {
    let mut answers: Vec<(&str, Vec<String>)> = Vec::new();
    for item in unseen {
        let (operation, answer) = item.split_once(": ").unwrap_or((item, ""));
        match answers.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, operations)) => operations.push(operation.to_owned()),
            None => answers.push((answer, vec![operation.to_owned()])),
        }
    }
    let lines = answers
        .into_iter()
        .map(|(answer, operations)| fold(&format!("not seen: {}: {answer}", plural::list(&operations)), 2, page.width));
    lines.collect()
}

fn lineages(points: &[PointReport], page: &Page) -> String {
    let header = ["resource", "created", "state", "source", "intermediate", "destination"];
    let mut table = Table::new(page.width, header);
    for point in points {
        table.row([
            short(&point.resource_arn).to_owned(),
            time::cell(point.created_at, page.now),
            point.state.as_str().to_owned(),
            in_vault(&point.source),
            in_vault(&point.intermediate),
            in_vault(&point.destination),
        ]);
    }
    table.render()
}

/// What a vault holds of a lineage, in words.
fn in_vault(place: &Place) -> String {
    let point: &Point = match place {
        Place::Absent => return "absent".to_owned(),
        Place::Unseen { .. } => return "could not look".to_owned(),
        Place::There(point) => point,
    };
    let key = match point.key {
        Some(KeyClass::AwsManaged) => "aws/rds",
        Some(KeyClass::Expected) => "the vault's key",
        Some(KeyClass::Other) => "ANOTHER KEY",
        Some(KeyClass::None) => "UNENCRYPTED",
        None => "key not seen",
    };
    match &point.status {
        RecoveryPointStatus::Completed | RecoveryPointStatus::Available => key.to_owned(),
        status => format!("{}, {key}", status.as_str()),
    }
}

/// How many backups are in which state.
fn states(summary: &Summary, is_blind: bool) -> String {
    let all = [
        (summary.protected, "protected"),
        (summary.copying, "copying"),
        (summary.waiting, "waiting"),
        (summary.incomplete, "incomplete"),
        (summary.broken, "broken"),
        (summary.expiring, "expiring"),
        (summary.unknown, "unknown"),
    ];
    let parts: Vec<String> =
        all.iter().filter(|(number, _)| *number > 0).map(|(number, state)| format!("{number} {state}")).collect();
    match (parts.is_empty(), is_blind) {
        (true, true) => "No recovery points were seen. ".to_owned(),
        (true, false) => "No recovery points. ".to_owned(),
        (false, _) => format!("{}. ", plural::list(&parts)),
    }
}

/// How the checks came out.
struct Counts {
    passed: usize,
    failed: usize,
    warned: usize,
    skipped: usize,
    acknowledged: usize,
}

impl Counts {
    fn in_words(&self, points: &str, findings: &[Finding], page: &Page) -> String {
        let infos = findings.iter().filter(|finding| finding.severity == Severity::Info).count();
        let infos = (infos > 0).then(|| format!("For information: {infos}."));
        let acknowledged = (self.acknowledged > 0).then(|| format!("Acknowledged: {}.", self.acknowledged));
        let Self { passed, failed, warned, skipped, .. } = self;
        let checks = format!("{points}Checks: {passed} passed, {failed} failed, {warned} warned, {skipped} skipped.");
        // Each of the counts stays whole.
        let mut lines = vec![checks];
        for more in infos.into_iter().chain(acknowledged) {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + more.chars().count() <= page.width => {
                    *line += &format!(" {more}");
                }
                _ => lines.push(more),
            }
        }
        lines.join("\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::doctor::VaultReport;
    use crate::output::render::tests_page;
    use crate::pipeline::check::Check;
    use crate::pipeline::environment::EnvironmentName::{Destination, Source};
    use crate::pipeline::finding::{Report, Skipped};
    use crate::pipeline::verdict::State;

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    fn there(status: RecoveryPointStatus, key: KeyClass) -> Place {
        Place::There(Box::new(Point {
            recovery_point_arn: "arn:p".to_owned(),
            status,
            encryption_key_arn: None,
            key: Some(key),
            copied_at: None,
            copy_job_id: None,
            delete_at: None,
        }))
    }

    fn nothing() -> Verified {
        Verified {
            headline: None,
            left_out: None,
            resources: Vec::new(),
            environments: Vec::new(),
            recovery_points: Vec::new(),
            findings: Vec::new(),
            checks: Vec::new(),
            summary: Summary::default(),
        }
    }

    #[test]
    fn absent_and_not_seen_are_told_apart() {
        assert_eq!(in_vault(&Place::Absent), "absent");
        assert_eq!(in_vault(&Place::Unseen { seen: false }), "could not look");
        assert_eq!(in_vault(&there(RecoveryPointStatus::Completed, KeyClass::Expected)), "the vault's key");
        assert_eq!(in_vault(&there(RecoveryPointStatus::Expired, KeyClass::Other)), "EXPIRED, ANOTHER KEY");
    }

    #[test]
    fn the_report_fits_eighty_columns_and_names_the_remedy() {
        let vault = VaultReport {
            name: "source-vault-account-a-region-a".to_owned(),
            arn: "arn:v".to_owned(),
            encryption_key_arn: None,
            locked: false,
            recovery_points: 1,
        };
        let environment = EnvironmentReport {
            environment: Source,
            account: "111111111111".to_owned(),
            region: "us-east-1".to_owned(),
            seen: true,
            unseen: Vec::new(),
            vault: Some(vault),
        };
        let point = PointReport {
            resource_arn: ORDERS.to_owned(),
            resource_type: "RDS".to_owned(),
            created_at: "2026-01-05T05:00:00Z".parse().expect("a date"),
            state: State::Incomplete,
            source: there(RecoveryPointStatus::Completed, KeyClass::AwsManaged),
            intermediate: there(RecoveryPointStatus::Completed, KeyClass::Expected),
            destination: Place::Absent,
        };
        let seen = Verified {
            environments: vec![environment],
            recovery_points: vec![point],
            findings: vec![Finding::new(Check::DestinationCopyMissing, Destination, "arn:x", "no copy arrived")],
            summary: Summary { incomplete: 1, checks_passed: 4, checks_failed: 1, ..Summary::default() },
            ..nothing()
        };
        let text = verified(&seen, &tests_page());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        for part in [
            "db:orders",
            "aws/rds",
            "absent",
            "error: destination-copy-missing (destination)",
            "remedy: Copy it:",
            "    backupctl copy --recovery-point arn:x",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        assert!(text.ends_with("1 incomplete. Checks: 4 passed, 1 failed, 0 warned, 0 skipped.\n"), "{text}");
    }

    #[test]
    fn what_could_not_be_looked_at_is_told_by_what_was_lacking() {
        let mut report = Report::default();
        let denied = || Skipped::AccessDenied("kms:DescribeKey".to_owned());
        report.skip(Check::WrongKey, Source, "x", denied());
        report.skip(Check::KeyDisabled, Source, "x", denied());
        report.skip(Check::PlanMissing, Source, "x", Skipped::DependsOn(Check::StackMissing));
        report.skip(Check::KeyPolicyDenies, Source, "x", Skipped::CallFailed("kms:GetKeyPolicy".to_owned()));
        report.skip(Check::SweepMissing, Source, "x", Skipped::NotApplicable);
        let summary = Summary { checks_skipped: 5, ..Summary::default() };
        let text = verified(&Verified { checks: report.checks, summary, ..nothing() }, &tests_page());
        let told = "Not looked at:\n  source: depends on stack-missing: plan-missing\n  \
                    source: kms:DescribeKey is denied: key-disabled, wrong-key\n  source: kms:GetKeyPolicy failed: key-policy-denies\n";
        assert!(text.contains(told), "{text}");
        assert!(text.ends_with("Checks: 0 passed, 0 failed, 0 warned, 5 skipped.\n"), "{text}");
    }
}
