//! `copy`: each recovery point, its route and its hops.

use std::time::Duration;

use super::finding::{self, why_skipped};
use super::{Page, fold, hanging};
use crate::operations::copy::{Copied, CopyReport, CopyState, HopAction, HopReport, LastAttempt, Summary};
use crate::output::plural;
use crate::output::table::short;
use crate::output::time;
use crate::pipeline::finding::Finding;
use crate::pipeline::recovery_point::JobState;

/// Whether anything was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It was.
    Real,
    /// Nothing was changed.
    Dry,
}

/// What became of each recovery point.
pub fn result(copied: &Copied, run: Run, page: &Page) -> String {
    let copies: String = copied.copies.iter().map(|copy| one(copy, page)).collect();
    copies + &summary(&copied.summary, run)
}

fn one(copy: &CopyReport, page: &Page) -> String {
    let word = copy.state.as_str();
    let state = match copy.state {
        CopyState::Completed | CopyState::AlreadyCopied => page.style.good(word),
        CopyState::Failed | CopyState::Refused => page.style.bad(word),
        CopyState::Running | CopyState::Planned => page.style.warn(word),
    };
    let mut text = format!("{}: {state}\n", page.style.strong(short(&copy.resource_arn)));
    text += &format!("  {}\n", copy.recovery_point_arn);
    if !copy.route.reason.is_empty() {
        text += &fold(&copy.route.reason, 2, page.width);
    }
    for hop in &copy.hops {
        text += &one_hop(hop, page);
    }
    if let Some(failure) = &copy.failure {
        text += &fold(failure, 2, page.width);
    }
    if let Some(arrived) = &copy.destination_recovery_point_arn {
        text += &format!("  arrived as {arrived}\n");
    }
    if !copy.duplicates.is_empty() {
        let more = format!(
            "the destination has more than one copy of this backup: {}; `backupctl verify` names them (duplicate-copy)",
            plural::list(&copy.duplicates)
        );
        text += &fold(&more, 2, page.width);
    }
    text
}

fn one_hop(hop: &HopReport, page: &Page) -> String {
    let line = format!("{} -> {}: {}", hop.from, hop.to, facts(hop, page).join(", "));
    let mut text = hanging(&line, 2, page);
    if let Some(message) = &hop.status_message {
        text += &fold(&format!("AWS says: {message}"), 4, page.width);
    }
    if let Some(last) = &hop.last_attempt {
        text += &last_attempt(last, page);
    }
    for check in hop.prediction.iter().flat_map(|prediction| &prediction.skipped) {
        let Some(why) = why_skipped(check) else { continue };
        text += &fold(&format!("not looked at: {} ({why})", check.check), 4, page.width);
    }
    let reasons = hop.prediction.iter().flat_map(|prediction| &prediction.reasons);
    for reason in reasons.chain(&hop.diagnosis) {
        text += &diagnosis(reason, page);
    }
    text
}

fn diagnosis(finding: &Finding, page: &Page) -> String {
    let text = fold(&format!("{}: {}", finding.check, finding.message), 4, page.width);
    text + &finding::remedy(&finding.remedy, 4, page)
}

/// How a hop stands, and what is known of its copy.
fn facts(hop: &HopReport, page: &Page) -> Vec<String> {
    let allowed = hop.prediction.as_ref().and_then(|prediction| prediction.allowed);
    let state = match (&hop.state, hop.action) {
        (Some(state), _) => state.as_str(),
        (None, HopAction::Skip) if hop.diagnosis.is_none() => "already there",
        (None, HopAction::Skip) => "not started",
        (None, HopAction::Attach) => "the plan's own copy, which has not begun",
        (None, HopAction::Start) if allowed == Some(false) => "planned; AWS will reject it",
        (None, HopAction::Start) => "planned",
    };
    let mut facts = vec![state.to_owned()];
    if hop.action == HopAction::Attach && hop.state.is_some() {
        facts.push("was running already".to_owned());
    }
    if let (Some(started), Some(ended)) = (hop.started_at, hop.completed_at) {
        let seconds = (ended - started).num_seconds().max(0).unsigned_abs();
        facts.push(format!("took {}", time::span(Duration::from_secs(seconds))));
    }
    if hop.key_verified {
        facts.push("under the expected key".to_owned());
    } else if hop.state == Some(JobState::Completed) {
        facts.push(other_key(hop).to_owned());
    }
    if let Some(delete_at) = hop.delete_at {
        facts.push(format!("to be deleted {}", time::age(delete_at, page.now)));
    }
    facts
}

/// What became of the attempt before the one that is planned.
fn last_attempt(last: &LastAttempt, page: &Page) -> String {
    let when = last.completed_at.map(|when| format!(" {}", time::age(when, page.now))).unwrap_or_default();
    let why = last.status_message.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let likely: Vec<&str> = last.likely.iter().map(|check| check.id()).collect();
    let likely = if likely.is_empty() { String::new() } else { format!(" (likely {})", likely.join(" or ")) };
    let text = format!("last attempt: copy job {} ended{when} in {}{why}{likely}", last.copy_job_id, last.state);
    fold(&text, 4, page.width)
}

/// What is said of a copy whose key is not seen to be the expected one.
fn other_key(hop: &HopReport) -> &'static str {
    if hop.action != HopAction::Skip && hop.diagnosis.is_none() {
        "whose key was not verified"
    } else {
        "under another key than expected"
    }
}

fn summary(summary: &Summary, run: Run) -> String {
    let running = if run == Run::Dry { "planned" } else { "running" };
    let all = [
        (summary.completed, "completed"),
        (summary.already_copied, "already copied"),
        (summary.running, running),
        (summary.failed, "failed"),
        (summary.refused, "refused"),
    ];
    let parts: Vec<String> =
        all.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "No recovery point to copy.\n".to_owned() } else { format!("{}.\n", plural::list(&parts)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::copy::Prediction;
    use crate::output::render::tests_page;
    use crate::pipeline::check::Check;
    use crate::pipeline::environment::{EnvironmentName, Hop};
    use crate::pipeline::route::Route;

    #[test]
    fn a_hop_says_how_it_went_and_what_aws_said() {
        let at = |text: &str| Some(text.parse().expect("a date"));
        let message = "the key policy denies it";
        let first = HopReport {
            state: Some(JobState::Completed),
            key_verified: true,
            started_at: at("2026-01-05T06:00:00Z"),
            completed_at: at("2026-01-05T07:10:00Z"),
            delete_at: at("2026-01-12T09:30:00Z"),
            prediction: Some(Prediction { allowed: Some(true), reasons: Vec::new(), skipped: Vec::new() }),
            ..HopReport::new(Hop::First, HopAction::Attach)
        };
        let second = HopReport {
            state: Some(JobState::Failed),
            status_message: Some("The source snapshot KMS key does not exist".to_owned()),
            diagnosis: Some(Finding::new(Check::KeyPolicyDenies, EnvironmentName::Destination, "arn:k", message)),
            ..HopReport::new(Hop::Second, HopAction::Start)
        };
        let copy = CopyReport {
            recovery_point_arn: "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1".to_owned(),
            resource_arn: "arn:aws:rds:us-east-1:111111111111:db:orders".to_owned(),
            resource_type: "RDS".to_owned(),
            state: CopyState::Failed,
            route: Route { hops: 2, reason: "encrypted with aws/rds".to_owned() },
            destination_recovery_point_arn: None,
            hops: vec![first, second],
            duplicates: Vec::new(),
            failure: None,
            error: None,
        };
        let summary = Summary { failed: 1, ..Summary::default() };
        let copied = Copied { copies: vec![copy], summary, timed_out: false };
        assert_eq!(
            result(&copied, Run::Real, &tests_page()),
            "db:orders: failed\n\
             \x20 arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1\n\
             \x20 encrypted with aws/rds\n\
             \x20 source -> intermediate: COMPLETED, was running already, took 1h 10m, under\n\
             \x20   the expected key, to be deleted in 7d\n\
             \x20 intermediate -> destination: FAILED\n\
             \x20   AWS says: The source snapshot KMS key does not exist\n\
             \x20   key-policy-denies: the key policy denies it\n\
             \x20   remedy: Restore the key policy; for a key of your own, or a database's key,\n\
             \x20   allow the call in its key policy:\n\
             \x20     backupctl bootstrap\n\
             1 failed.\n"
        );
    }
}
