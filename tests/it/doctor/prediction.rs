//! Prediction equals outcome: wherever a recovery point does not arrive, `doctor` had reported an error; wherever it
//! arrives, it reports none. Nothing sweeps in these worlds.

use std::sync::Arc;

use aws_credential_types::Credentials;
use backupctl::aws::Outside;
use backupctl::operations::Sink;
use backupctl::operations::doctor::{self, Observed};
use backupctl::operations::sessions::Sessions;
use backupctl::pipeline::Pipeline;
use backupctl::pipeline::check::Severity;
use backupctl::requirements::{REQUIREMENTS, Requirement};
use backupctl::sandbox::Sandbox;

use super::mutations;
use crate::support::command::backupctl;
use crate::support::operator::in_destination;
use crate::support::worlds;

fn pipeline() -> Pipeline {
    let mut pipeline = backupctl::config::built_in().expect("the built-in pipeline");
    pipeline.events.sweep_schedule = None;
    pipeline
}

fn observe(pipeline: &Pipeline, sandbox: &Sandbox) -> Observed {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let door = sandbox.door();
        let give = |account: &_| Credentials::new(format!("AKIA{account}SAND"), "sandbox", None, None, "test");
        let outside = Outside {
            http_client: Some(door.http_client()),
            time_source: door.time_source(),
            sleep: door.sleep(),
            credentials: Some(Arc::new(give)),
            seed: Some(1),
        };
        let sessions = Sessions::open(pipeline, &outside).await;
        Box::pin(doctor::observe(pipeline, &sessions, &doctor::Options::default(), &Sink::none())).await
    })
}

/// The errors, as `check: message`.
fn errors(pipeline: &Pipeline, observed: &Observed, requirements: &[Requirement]) -> Vec<String> {
    let diagnosed = doctor::judge(pipeline, observed, requirements, &doctor::Options::default(), 0);
    let errors = diagnosed.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| format!("{}: {}", finding.check, finding.message)).collect()
}

/// A night passes; whether every selected database has its copy in the destination vault.
fn arrives(sandbox: &Sandbox, databases: usize) -> bool {
    backupctl(sandbox, "sandbox advance 30h").expect(0);
    let copies = in_destination(sandbox, async |config| {
        let call = aws_sdk_backup::Client::new(&config).list_recovery_points_by_backup_vault();
        let points = call.backup_vault_name("destination-vault-account-b-region-b").send().await.expect("a list");
        points
            .recovery_points()
            .iter()
            .filter(|point| point.status().is_some_and(|status| status.as_str() == "COMPLETED"))
            .count()
    });
    assert!(copies == 0 || copies == databases, "{copies} of {databases} arrived");
    copies == databases
}

#[test]
fn what_doctor_says_comes_true_and_each_row_counts() {
    let pipeline = pipeline();
    let databases = pipeline.selection.resources.len();
    let (mut false_alarms, mut missed) = (Vec::new(), Vec::new());
    let mut lost = Vec::new();
    let mut arrived = 0;
    for mutation in mutations::all() {
        let sandbox = worlds::without_sweep();
        mutation.apply(&sandbox);
        let observed = observe(&pipeline, &sandbox);
        let said = errors(&pipeline, &observed, REQUIREMENTS);
        match (arrives(&sandbox, databases), said.is_empty()) {
            (true, true) => arrived += 1,
            (true, false) => false_alarms.push(format!("{}: {said:?}", mutation.name)),
            (false, true) => missed.push(mutation.name.clone()),
            (false, false) => lost.push((mutation.name, observed, said)),
        }
    }
    // Each row away in turn: how many of the losses would have been missed without it.
    let mut unnoticed = Vec::new();
    let mut noticed = 0;
    for row in REQUIREMENTS {
        let rest: Vec<Requirement> = REQUIREMENTS.iter().filter(|other| other.id != row.id).copied().collect();
        let misses = lost
            .iter()
            .filter(|(_, _, said)| said.iter().any(|one| one.contains(row.action)))
            .filter(|(_, observed, _)| errors(&pipeline, observed, &rest).is_empty())
            .count();
        if misses == 0 { unnoticed.push(row.id) } else { noticed += 1 }
    }
    let counts = format!(
        "arrived and said to: {arrived}; lost and said to: {}; false alarms: {}; missed: {}; rows whose loss is \
         noticed: {noticed}; rows whose loss nobody notices: {unnoticed:?}",
        lost.len(),
        false_alarms.len(),
        missed.len()
    );
    println!("{counts}");
    assert!(
        false_alarms.is_empty() && missed.is_empty(),
        "{counts}\nfalse alarms: {false_alarms:#?}\nmissed: {missed:#?}"
    );
    assert!(arrived > 0 && lost.len() > 10 && noticed > 5, "{counts}");
}
