//! A day passes: one night's backup, and everything that AWS tries again on its behalf; then a look.

use aws_config::SdkConfig;
use aws_sdk_backup::Client;
use aws_sdk_backup::types::{BackupJobState, CopyJobState};
use backupctl::policy::context::Context;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::{Service, iam};
use backupctl::sandbox::world::Moment;
use serde_json::{Value, json};

use crate::support::operator::{PRODUCTION, REGION_B, in_destination, in_intermediate, in_source};

pub const INTERMEDIATE_VAULT: &str = "intermediate-vault-account-a-region-b";
pub const DESTINATION_VAULT: &str = "destination-vault-account-b-region-b";

/// The next night begins 47 hours after the worlds of these tests do; what was tried again in the
/// first one (24 hours by EventBridge, 6 by Lambda) is over by then.
const LONG: i64 = 46 * 3600;

/// What became of the night's backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The destination vault has it.
    Arrives,
    /// It has not: where it was lost, and what AWS or the function said.
    Lost(Stage, String),
}

/// Where a backup is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// No recovery point in the source vault.
    NoBackup,
    /// None in the intermediate vault.
    #[serde(rename = "hop-1")]
    Hop1,
    /// The function has written nothing: it was not reached, or could not begin.
    Event,
    /// The function began no copy.
    Function,
    /// The copy into the destination vault failed.
    #[serde(rename = "hop-2")]
    Hop2,
}

/// Lets the day pass and looks.
pub fn a_day_passes(sandbox: &Sandbox) -> Outcome {
    let later = Moment::from_millis(backupctl::sandbox::scenario::BEGINNING.millis() + LONG * 1000);
    sandbox.advance_to(later).expect("an in-memory world");
    if in_destination(sandbox, arrived) {
        return Outcome::Arrives;
    }
    if let Some(said) = in_source(sandbox, lost_backup) {
        return Outcome::Lost(Stage::NoBackup, said);
    }
    if let Some(said) = in_source(sandbox, async |config| lost_copy(config, INTERMEDIATE_VAULT).await) {
        return Outcome::Lost(Stage::Hop1, said.unwrap_or_default());
    }
    let last_hop = in_intermediate(sandbox, async |config| lost_copy(config, DESTINATION_VAULT).await);
    let said = last_line(sandbox);
    match (last_hop, said) {
        (Some(Some(message)), _) => Outcome::Lost(Stage::Hop2, message),
        (_, Some(line)) => Outcome::Lost(Stage::Function, line),
        (_, None) => Outcome::Lost(Stage::Event, dead_letter(sandbox).unwrap_or_default()),
    }
}

async fn arrived(config: SdkConfig) -> bool {
    let list = Client::new(&config).list_recovery_points_by_backup_vault().backup_vault_name(DESTINATION_VAULT);
    let Ok(points) = list.send().await else { return false };
    points.recovery_points().iter().any(|point| point.resource_arn().is_some_and(|arn| arn.ends_with(":db:orders")))
}

/// Why there is no backup, where there is none; empty where nothing was tried.
async fn lost_backup(config: SdkConfig) -> Option<String> {
    let jobs = Client::new(&config).list_backup_jobs().send().await.expect("ListBackupJobs");
    let done = jobs.backup_jobs().iter().any(|job| job.state() == Some(&BackupJobState::Completed));
    let message = jobs.backup_jobs().first().and_then(|job| job.status_message());
    (!done).then(|| message.unwrap_or_default().to_owned())
}

/// The message of the failed copy job towards a vault of this name; none of the inner where no job was
/// made, none at all where one is completed.
async fn lost_copy(config: SdkConfig, vault: &str) -> Option<Option<String>> {
    let jobs = Client::new(&config).list_copy_jobs().send().await.expect("ListCopyJobs");
    let suffix = format!(":backup-vault:{vault}");
    let towards = |arn: Option<&str>| arn.is_some_and(|arn| arn.ends_with(&suffix));
    let found: Vec<_> = jobs.copy_jobs().iter().filter(|job| towards(job.destination_backup_vault_arn())).collect();
    if found.iter().any(|job| job.state() == Some(&CopyJobState::Completed)) {
        return None;
    }
    let others = jobs.copy_jobs().first().filter(|_| vault == INTERMEDIATE_VAULT);
    Some(found.first().copied().or(others).map(|job| job.status_message().unwrap_or_default().to_owned()))
}

/// The code under which the event lies in a dead-letter queue: EventBridge's attribute, or the condition
/// in Lambda's record of a failed invocation.
fn dead_letter(sandbox: &Sandbox) -> Option<String> {
    let look = async |config: SdkConfig| {
        let sqs = aws_sdk_sqs::Client::new(&config);
        let queues = sqs.list_queues().send().await.expect("ListQueues");
        for url in queues.queue_urls() {
            let answer = sqs.receive_message().queue_url(url).message_attribute_names("All").send().await;
            for message in answer.expect("ReceiveMessage").messages() {
                let attributes = message.message_attributes();
                if let Some(code) = attributes.and_then(|attributes| attributes.get("ERROR_CODE")?.string_value()) {
                    return Some(code.to_owned());
                }
                let record: Value = serde_json::from_str(message.body().unwrap_or_default()).unwrap_or_default();
                if let Some(condition) = record["requestContext"]["condition"].as_str() {
                    return Some(condition.to_owned());
                }
            }
        }
        None
    };
    in_source(sandbox, look).or_else(|| in_intermediate(sandbox, look))
}

/// The function's last line: its reason or its error.
fn last_line(sandbox: &Sandbox) -> Option<String> {
    let mut world = sandbox.world();
    let account = PRODUCTION.parse().expect("an account");
    let region = REGION_B.parse().expect("a Region");
    let administrator = iam::administrator(&world, &account).expect("an administrator");
    let mut call = |operation: &str, input: Value| {
        world.call(&administrator, &region, Service::Logs, operation, input, &Context::new()).expect("an answer")
    };
    let groups = call("DescribeLogGroups", json!({}));
    let mut lines = Vec::new();
    for group in groups["logGroups"].as_array().expect("groups") {
        let answer = call("FilterLogEvents", json!({"logGroupName": group["logGroupName"]}));
        let events = answer["events"].as_array().expect("events").clone();
        lines.extend(events.iter().filter_map(|event| serde_json::from_str::<Value>(event["message"].as_str()?).ok()));
    }
    let line = lines.last()?;
    let text = |member: &str| line[member].as_str().map(str::to_owned);
    Some(text("reason").or_else(|| text("message")).unwrap_or_default())
}
