//! What a member account says of cross-account backup is a warning, until a copy job has failed for it.
//!
//! AWS Backup API Reference, DescribeGlobalSettings: the setting is the organization's, and changed by its management
//! account; AWS Backup Developer Guide, backup-dashboards: "Cross-account copy feature is not enabled for the current
//! organization".

use backupctl::operations::doctor;
use backupctl::pipeline::Pipeline;
use backupctl::pipeline::check::Severity;
use backupctl::pipeline::finding::Finding;
use backupctl::pipeline::requirements::REQUIREMENTS;
use backupctl::sandbox::Sandbox;

use super::guardrails::observe_blind;
use crate::mutations::{a_day_passes, make, pipeline, world};

const OFF: &str = "management cross-account backup disabled";

/// All findings, worst first, of somebody who is no member of the management account.
fn findings(pipeline: &Pipeline, sandbox: &Sandbox) -> Vec<Finding> {
    let observed = observe_blind(pipeline, sandbox);
    doctor::judge(pipeline, &observed, REQUIREMENTS, &doctor::Options::default(), 0).findings
}

fn of_setting(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().find(|finding| finding.check.id() == "cross-account-backup-disabled")
}

#[test]
fn a_setting_that_a_failed_job_confirms_is_an_error_and_comes_first() {
    let mut pipeline = pipeline();
    pipeline.organization.management.profile = Some("management".to_owned());
    let sandbox = world();
    assert!(of_setting(&findings(&pipeline, &sandbox)).is_none());
    make(&sandbox, OFF);
    let before = findings(&pipeline, &sandbox);
    assert_eq!(of_setting(&before).expect("a finding").severity, Severity::Warning, "{before:#?}");
    assert!(matches!(a_day_passes(&sandbox), crate::mutations::Outcome::Lost(..)));
    let after = findings(&pipeline, &sandbox);
    let found = of_setting(&after).expect("a finding");
    assert_eq!(found.severity, Severity::Error, "{after:#?}");
    assert_eq!(after.first(), Some(found), "{after:#?}");
    assert!(found.message.contains("Cross-account copy feature is not enabled"), "{}", found.message);
    let commands = found.remedy.commands();
    assert!(commands.iter().all(|command| command.ends_with("--profile management")), "{commands:?}");
    insta::assert_snapshot!(format!("{:?}: {}\n{}", found.severity, found.message, found.remedy.prose()));
}

/// A command that only the management account may run is not handed out without its profile where the others have one.
#[test]
fn a_command_of_the_management_account_names_its_profile_or_is_left_out() {
    let sandbox = world();
    make(&sandbox, OFF);
    let commands = |management: Option<&str>, destination: Option<&str>| {
        let mut pipeline = pipeline();
        pipeline.organization.management.profile = management.map(str::to_owned);
        pipeline.destination.credentials.profile = destination.map(str::to_owned);
        let all = findings(&pipeline, &sandbox);
        of_setting(&all).expect("a finding").remedy.commands()
    };
    let on = "aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=true --region us-west-2";
    assert_eq!(commands(None, None), [on]);
    assert_eq!(commands(Some("m"), Some("central")), [format!("{on} --profile m")]);
    assert_eq!(commands(None, Some("central")), Vec::<String>::new());
}
