//! What the shipped function does, in Rust: the same decisions, the same calls, the same outcome.
//! Its sweep is in `sweep`.
//!
//! It runs in the sandbox where the deployed source is exactly the shipped one. A table of events
//! that both must answer alike keeps it equal to the Python.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::botocore::{MOST_ATTEMPTS, client_error, is_passing};
use crate::services::Service;
use crate::world::{Moment, ServiceError};

/// SHA-256 (hex) of the Python that this was read from. Whoever changes the function reads on here,
/// changes what must be changed, and then this.
pub const OF_SOURCE: &str = "4bff7c2ec392b7f61db9f7082155d6e3cf3340b78d80ad8e31120ee452ece3fc";

const TAG: &str = "CopyToVault";
const LEAST_LIFE_MILLIS: i64 = 48 * 3600 * 1000;
pub(super) const DAY_SECONDS: i64 = 86_400;
/// What the function has left where nobody says: its whole time.
const TIMEOUT_MILLIS: i64 = 300_000;

/// Answers one API call.
pub type Api<'a> = dyn FnMut(Service, &str, Value) -> Result<Value, ServiceError> + 'a;

/// What the function raised: Lambda tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    pub kind: String,
    pub message: String,
}

/// One run: the lines that it logged, and how it ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// The sweep's lines, one for each recovery point, in front of the record.
    pub lines: Vec<Value>,
    /// The decision, as it is logged and returned.
    pub record: Value,
    /// What was raised, if the run ended so.
    pub raised: Option<Raised>,
}

pub(super) struct Function<'a> {
    environment: &'a BTreeMap<String, String>,
    pub(super) now: Moment,
    api: &'a mut Api<'a>,
    /// In the form `context.get_remaining_time_in_millis()`.
    pub(super) remaining: &'a mut dyn FnMut() -> i64,
    pub(super) lines: Vec<Value>,
    pub(super) record: Map<String, Value>,
}

/// A step's answer; `None` where the step settled the matter.
pub(super) type Step<T> = Result<Option<T>, Raised>;

/// Runs the function once.
pub fn handle<'a>(event: &Value, environment: &'a BTreeMap<String, String>, now: Moment, api: &'a mut Api<'a>) -> Run {
    handle_within(event, environment, now, &mut || TIMEOUT_MILLIS, api)
}

/// Runs the function once, with so many milliseconds left each time that it asks.
pub fn handle_within(
    event: &Value,
    environment: &BTreeMap<String, String>,
    now: Moment,
    remaining: &mut dyn FnMut() -> i64,
    api: &mut Api<'_>,
) -> Run {
    let mut api = |service: Service, operation: &str, input: Value| api(service, operation, input);
    let mut function = Function { environment, now, api: &mut api, remaining, lines: Vec::new(), record: Map::new() };
    let is_schedule = event["source"] == "aws.events" && event["detail-type"] == "Scheduled Event";
    let raised = if is_schedule { function.sweep() } else { function.decide(event) }.err();
    if let Some(raised) = &raised {
        function.note("outcome", "error");
        function.note("error", raised.kind.as_str());
        function.note("message", raised.message.as_str());
    }
    Run { lines: function.lines, record: Value::Object(function.record), raised }
}

pub(super) fn try_again(message: impl Into<String>) -> Raised {
    Raised { kind: "TryAgain".to_owned(), message: message.into() }
}

/// A text that is one, and not empty.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

pub(super) fn moment(value: &Value) -> Option<Moment> {
    value.as_f64().map(|seconds| Moment::from_millis((seconds * 1000.0).round() as i64))
}

pub(super) fn list<'v>(answer: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> {
    answer[member].as_array().into_iter().flatten()
}

/// A member that must be there, as Python's `answer["CopyJobs"]`.
pub(super) fn member<'v>(answer: &'v Value, name: &str) -> Result<&'v Value, Raised> {
    answer.get(name).ok_or_else(|| Raised { kind: "KeyError".to_owned(), message: format!("'{name}'") })
}

/// A list that must be there.
pub(super) fn items<'v>(answer: &'v Value, name: &str) -> Result<&'v [Value], Raised> {
    Ok(member(answer, name)?.as_array().map(Vec::as_slice).unwrap_or_default())
}

/// Tags by their keys.
pub(super) type Tags = BTreeMap<String, String>;

/// The tags of an answer of RDS.
pub(super) fn tag_map(answer: &Value) -> Tags {
    let text = |tag: &Value, member: &str| tag[member].as_str().unwrap_or_default().to_owned();
    list(answer, "TagList").map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
}

impl Function<'_> {
    pub(super) fn note(&mut self, member: &str, value: impl Into<Value>) {
        self.record.insert(member.to_owned(), value.into());
    }

    pub(super) fn settle(&mut self, outcome: &str, reason: impl Into<String>) {
        self.note("outcome", outcome);
        self.note("reason", reason.into());
    }

    pub(super) fn variable(&self, name: &str) -> Result<String, Raised> {
        let missing = || Raised { kind: "KeyError".to_owned(), message: format!("'{name}'") };
        self.environment.get(name).cloned().ok_or_else(missing)
    }

    fn days(&self) -> Result<i64, Raised> {
        self.number("DESTINATION_DELETE_AFTER_DAYS")
    }

    pub(super) fn number(&self, name: &str) -> Result<i64, Raised> {
        let text = self.variable(name)?;
        text.trim().parse().map_err(|_| Raised {
            kind: "ValueError".to_owned(),
            message: format!("invalid literal for int() with base 10: '{text}'"),
        })
    }

    /// One call with botocore's retries.
    pub(super) fn call(&mut self, service: Service, operation: &str, input: Value) -> Result<Value, Raised> {
        let mut attempts = 1;
        loop {
            match (self.api)(service, operation, input.clone()) {
                Ok(answer) => return Ok(answer),
                Err(error) if is_passing(&error.code) && attempts < MOST_ATTEMPTS => attempts += 1,
                Err(error) => return Err(client_error(service, operation, &error)),
            }
        }
    }

    /// All pages of a list.
    pub(super) fn pages(&mut self, operation: &str, input: Value) -> Result<Vec<Value>, Raised> {
        self.pages_of(Service::Backup, operation, "NextToken", input)
    }

    pub(super) fn pages_of(
        &mut self,
        service: Service,
        operation: &str,
        member: &str,
        mut input: Value,
    ) -> Result<Vec<Value>, Raised> {
        let mut seen = BTreeSet::new();
        let mut answers = Vec::new();
        loop {
            let answer = self.call(service, operation, input.clone())?;
            let token = answer[member].clone();
            answers.push(answer);
            let Some(next) = text(&token) else { return Ok(answers) };
            if !seen.insert(next.to_owned()) {
                return Err(try_again("a list repeats a page token"));
            }
            input[member] = token;
        }
    }

    fn decide(&mut self, event: &Value) -> Result<(), Raised> {
        let vault = self.variable("INTERMEDIATE_VAULT_NAME")?;
        let destination = self.variable("DESTINATION_VAULT_ARN")?;
        let Some(arn) = self.arrived(event, &vault) else { return Ok(()) };
        let input = json!({"BackupVaultName": vault, "RecoveryPointArn": arn});
        let point = self.call(Service::Backup, "DescribeRecoveryPoint", input)?;
        let Some((resource, created)) = self.usable(&point)? else { return Ok(()) };
        let tags = self.tags_of(&arn)?;
        if self.tagged_for(&destination, tags.as_ref()).is_none() {
            return Ok(());
        }
        self.copy(&resource, created, &arn, &vault, &destination)
    }

    /// Looks at the jobs once more, and starts the second hop where none settles it.
    pub(super) fn copy(
        &mut self,
        resource: &str,
        created: Moment,
        arn: &str,
        vault: &str,
        destination: &str,
    ) -> Result<(), Raised> {
        self.note("resource_arn", resource);
        self.note("created_ms", created.millis());
        let Some(attempt) = self.attempt_of(resource, created, arn, vault, destination)? else { return Ok(()) };
        if self.lives_long_enough(created)?.is_none() {
            return Ok(());
        }
        self.start(resource, created, arn, vault, destination, attempt)
    }

    /// The recovery point that a completed copy job put into the intermediate vault.
    fn arrived(&mut self, event: &Value, vault: &str) -> Option<String> {
        let detail = &event["detail"];
        self.note("copy_job_id", text(&detail["copyJobId"]).map_or(Value::Null, Value::from));
        if event["source"] != "aws.backup" || event["detail-type"] != "Copy Job State Change" {
            self.settle("ignored", "not a copy job event of AWS Backup");
            return None;
        }
        if text(&detail["state"]).unwrap_or_default().to_uppercase() != "COMPLETED" {
            self.settle("ignored", "the copy job is not completed");
            return None;
        }
        let into = text(&detail["destinationBackupVaultArn"]).unwrap_or_default();
        if !into.ends_with(&format!(":backup-vault:{vault}")) {
            self.settle("ignored", "a copy into another vault");
            return None;
        }
        let Some(arn) = text(&detail["destinationRecoveryPointArn"]).map(str::to_owned) else {
            self.settle("unreadable", "the event names no recovery point");
            return None;
        };
        self.note("recovery_point_arn", arn.as_str());
        Some(arn)
    }

    fn usable(&mut self, point: &Value) -> Step<(String, Moment)> {
        let status = point["Status"].as_str().unwrap_or("None");
        if status == "CREATING" {
            return Err(try_again("the recovery point is still being created"));
        }
        if !["COMPLETED", "AVAILABLE"].contains(&status) {
            let reason = format!("the recovery point is {status}");
            self.settle("unusable", reason);
            return Ok(None);
        }
        match (text(&point["ResourceArn"]), moment(&point["CreationDate"])) {
            (Some(resource), Some(created)) => Ok(Some((resource.to_owned(), created))),
            _ => Err(try_again("the recovery point has no resource or no creation date yet")),
        }
    }

    /// The third wall: only the vault that the stack was deployed with is ever copied to.
    pub(super) fn tagged_for(&mut self, destination: &str, tags: Option<&Tags>) -> Option<()> {
        let Some(tags) = tags else {
            self.settle("unsupported", "tags of this resource type cannot be read");
            return None;
        };
        let Some(wanted) = tags.get(TAG) else {
            self.settle("tag-missing", format!("the recovery point has no tag {TAG}"));
            return None;
        };
        if wanted.trim() != destination {
            self.note("tag", wanted.as_str());
            self.settle("refused", "the tag names another vault than the stack was deployed with");
            return None;
        }
        Some(())
    }

    pub(super) fn tags_of(&mut self, arn: &str) -> Step<Tags> {
        let parts: Vec<&str> = arn.split(':').collect();
        let service = if parts.len() >= 6 { parts[2] } else { "" };
        let mut tags = BTreeMap::new();
        match service {
            "rds" => {
                let answer = self.call(Service::Rds, "ListTagsForResource", json!({"ResourceName": arn}))?;
                tags = tag_map(&answer);
            }
            "backup" => {
                for answer in self.pages("ListTags", json!({"ResourceArn": arn}))? {
                    for (key, value) in answer["Tags"].as_object().into_iter().flatten() {
                        tags.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
                    }
                }
            }
            _ => return Ok(None),
        }
        Ok(Some(tags))
    }

    /// Counts the copy jobs of this origin towards the destination.
    fn attempt_of(
        &mut self,
        resource: &str,
        created: Moment,
        arn: &str,
        vault: &str,
        destination: &str,
    ) -> Step<usize> {
        let mut same = BTreeSet::from([arn.to_owned()]);
        let input = json!({"BackupVaultName": vault, "ByResourceArn": resource});
        for answer in self.pages("ListRecoveryPointsByBackupVault", input)? {
            for point in items(&answer, "RecoveryPoints")? {
                if moment(&point["CreationDate"]) == Some(created) {
                    same.extend(point["RecoveryPointArn"].as_str().map(str::to_owned));
                }
            }
        }
        let input = json!({"ByResourceArn": resource, "ByDestinationVaultArn": destination, "ByCreatedAfter": created});
        let mut failed = 0;
        for answer in self.pages("ListCopyJobs", input)? {
            for job in items(&answer, "CopyJobs")? {
                let source = member(job, "SourceRecoveryPointArn")?.as_str().unwrap_or_default();
                if !same.contains(source) || member(job, "DestinationBackupVaultArn")? != destination {
                    continue;
                }
                if job["State"] == "FAILED" || job["State"] == "PARTIAL" {
                    failed += 1;
                    continue;
                }
                self.note("second_hop_job_id", job["CopyJobId"].clone());
                if job["State"] == "COMPLETED" {
                    self.settle("already-copied", "a copy job of this origin is completed");
                } else {
                    self.settle("in-flight", "a copy job of this origin is under way");
                }
                return Ok(None);
            }
        }
        Ok(Some(failed + 1))
    }

    fn lives_long_enough(&mut self, created: Moment) -> Step<()> {
        let delete_at = created.plus_seconds(self.days()? * DAY_SECONDS);
        self.note("delete_at", delete_at.iso_seconds());
        if delete_at.millis() - self.now.millis() < LEAST_LIFE_MILLIS {
            self.settle("would-expire", "the copy would be deleted within 48 hours");
            return Ok(None);
        }
        Ok(Some(()))
    }

    fn start(
        &mut self,
        resource: &str,
        created: Moment,
        arn: &str,
        vault: &str,
        destination: &str,
        attempt: usize,
    ) -> Result<(), Raised> {
        let version = self.variable("TOKEN_VERSION")?;
        let parts = [resource, &created.millis().to_string(), destination, &attempt.to_string(), &version].join("\n");
        self.note("attempt", attempt);
        let input = json!({
            "RecoveryPointArn": arn,
            "SourceBackupVaultName": vault,
            "DestinationBackupVaultArn": destination,
            "IamRoleArn": self.variable("COPY_ROLE_ARN")?,
            "IdempotencyToken": hex::encode(Sha256::digest(parts)),
            "Lifecycle": {"DeleteAfterDays": self.days()?},
        });
        let job_id = self.call(Service::Backup, "StartCopyJob", input)?["CopyJobId"].clone();
        self.note("second_hop_job_id", job_id.clone());
        // The answer is believed only when the job is seen.
        let answer = self.call(Service::Backup, "DescribeCopyJob", json!({"CopyJobId": job_id}))?;
        let job = &answer["CopyJob"];
        if job["State"] == "FAILED" || job["State"] == "PARTIAL" {
            let reason = job["StatusMessage"].as_str().unwrap_or("None");
            return Err(try_again(format!("the copy job failed at once: {reason}")));
        }
        if job["State"] == "COMPLETED" && moment(&job["CreationDate"]).is_some_and(|at| at < self.now) {
            self.settle("already-copied", "AWS Backup remembers this request; its job is completed");
        } else {
            self.settle("started", "the second hop is under way");
        }
        Ok(())
    }
}
