//! Policies that ask for the time: what counts is when the copy runs, not when somebody looks.
//!
//! IAM User Guide, reference_policies_condition-keys: `aws:CurrentTime`, `aws:EpochTime`; `aws:TokenIssueTime` is that of the
//! session, which AWS Backup makes for the job.

use backupctl::operations::doctor;
use backupctl::pipeline::check::Severity;
use backupctl::pipeline::requirements::REQUIREMENTS;
use serde_json::json;

use crate::mutations::guardrails::in_destination_vault;
use crate::mutations::{self, Outcome, a_day_passes};

/// The world is of 5 January, some minutes after 06:00; the plan runs on the 6th at 05:00.
const BEFORE: &str = "2026-01-05T12:00:00Z";
const EVENING: &str = "2026-01-06T04:00:00Z";
const NIGHT_OVER: &str = "2026-01-07T04:00:00Z";

#[test]
fn a_policy_with_a_date_is_judged_by_when_the_copy_runs() {
    let rows = [
        ("a deny from the evening on", "DateGreaterThan", "aws:CurrentTime", EVENING, Some(Severity::Error)),
        ("a deny until the evening", "DateLessThan", "aws:CurrentTime", EVENING, Some(Severity::Warning)),
        ("a deny until noon", "DateLessThan", "aws:CurrentTime", BEFORE, Some(Severity::Warning)),
        ("a deny from the next day on", "DateGreaterThan", "aws:CurrentTime", NIGHT_OVER, None),
        ("a deny until the next day", "DateLessThan", "aws:CurrentTime", NIGHT_OVER, Some(Severity::Error)),
        ("a deny of later sessions", "DateGreaterThan", "aws:TokenIssueTime", EVENING, Some(Severity::Error)),
        ("a deny of earlier sessions", "DateLessThan", "aws:TokenIssueTime", EVENING, Some(Severity::Warning)),
        ("a deny of all sessions until then", "DateLessThan", "aws:TokenIssueTime", NIGHT_OVER, Some(Severity::Error)),
    ];
    let pipeline = mutations::pipeline();
    for (id, operator, key, date, severity) in rows {
        let sandbox = mutations::world();
        let statement = json!({"Sid": "Dated", "Effect": "Deny", "Principal": "*", "Action": "backup:CopyIntoBackupVault",
            "Resource": "*", "Condition": {operator: {key: date}}});
        in_destination_vault(&sandbox, &json!([statement]));
        let observed = mutations::observe(&pipeline, &sandbox);
        let diagnosed = doctor::judge(&pipeline, &observed, REQUIREMENTS, &doctor::Options::default(), 0);
        let found = diagnosed.findings.iter().find(|finding| finding.check.id() == "vault-policy-denies");
        assert_eq!(found.map(|finding| finding.severity), severity, "{id}: {found:#?}");
        assert!(diagnosed.checks.iter().all(|check| !check.is_blind), "{id}");
        // Which instant it is about.
        let first_night = matches!((date, severity), (EVENING | BEFORE, Some(_)));
        let message = found.map(|finding| finding.message.clone()).unwrap_or_default();
        assert_eq!(message.contains("2026-01-06T05:00"), first_night, "{id}: {message}");
        let outcome = a_day_passes(&sandbox);
        let is_lost = outcome != Outcome::Arrives;
        assert_eq!(is_lost, severity == Some(Severity::Error), "{id}: {outcome:?}");
    }
}
