//! What the shipped function does, in Rust: the same decisions, the same calls, the same outcome.
//!
//! It runs in the sandbox where the deployed source is exactly the shipped one. A table of events
//! that both must answer alike keeps it equal to the Python.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::sandbox::services::Service;
use crate::sandbox::world::{Moment, ServiceError};

const TAG: &str = "CopyToVault";
const LEAST_LIFE_MILLIS: i64 = 48 * 3600 * 1000;
const DAY_SECONDS: i64 = 86_400;
/// botocore's standard mode, as the function configures it.
const MOST_ATTEMPTS: usize = 5;

/// Answers one API call.
pub type Api<'a> = dyn FnMut(Service, &str, Value) -> Result<Value, ServiceError> + 'a;

/// What the function raised: Lambda tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The exception's class.
    pub kind: String,
    /// Its text.
    pub message: String,
}

/// One run: the line that it logged, and how it ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// The decision, as it is logged and returned.
    pub record: Value,
    /// What was raised, if the run ended so.
    pub raised: Option<Raised>,
}

struct Function<'a> {
    environment: &'a BTreeMap<String, String>,
    now: Moment,
    api: &'a mut Api<'a>,
    record: Map<String, Value>,
}

/// A step's answer; `None` where the step settled the matter.
type Step<T> = Result<Option<T>, Raised>;

/// Runs the function once.
pub fn handle<'a>(event: &Value, environment: &'a BTreeMap<String, String>, now: Moment, api: &'a mut Api<'a>) -> Run {
    let mut function = Function { environment, now, api, record: Map::new() };
    let raised = function.decide(event).err();
    if let Some(raised) = &raised {
        function.note("outcome", "error");
        function.note("error", raised.kind.as_str());
        function.note("message", raised.message.as_str());
    }
    Run { record: Value::Object(function.record), raised }
}

fn try_again(message: impl Into<String>) -> Raised {
    Raised { kind: "TryAgain".to_owned(), message: message.into() }
}

/// A text that is one, and not empty.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

fn moment(value: &Value) -> Option<Moment> {
    value.as_f64().map(|seconds| Moment::from_millis((seconds * 1000.0).round() as i64))
}

fn list<'v>(answer: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> {
    answer[member].as_array().into_iter().flatten()
}

impl Function<'_> {
    fn note(&mut self, member: &str, value: impl Into<Value>) {
        self.record.insert(member.to_owned(), value.into());
    }

    fn settle(&mut self, outcome: &str, reason: impl Into<String>) {
        self.note("outcome", outcome);
        self.note("reason", reason.into());
    }

    fn variable(&self, name: &str) -> Result<String, Raised> {
        let missing = || Raised { kind: "KeyError".to_owned(), message: format!("'{name}'") };
        self.environment.get(name).cloned().ok_or_else(missing)
    }

    fn days(&self) -> Result<i64, Raised> {
        let text = self.variable("DESTINATION_DELETE_AFTER_DAYS")?;
        text.trim().parse().map_err(|_| Raised {
            kind: "ValueError".to_owned(),
            message: format!("invalid literal for int() with base 10: '{text}'"),
        })
    }

    /// One call with botocore's retries.
    fn call(&mut self, service: Service, operation: &str, input: Value) -> Result<Value, Raised> {
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
    fn pages(&mut self, operation: &str, mut input: Value) -> Result<Vec<Value>, Raised> {
        let mut answers = Vec::new();
        loop {
            let answer = self.call(Service::Backup, operation, input.clone())?;
            let token = answer["NextToken"].clone();
            answers.push(answer);
            if text(&token).is_none() {
                return Ok(answers);
            }
            input["NextToken"] = token;
        }
    }

    fn decide(&mut self, event: &Value) -> Result<(), Raised> {
        let vault = self.variable("INTERMEDIATE_VAULT_NAME")?;
        let destination = self.variable("DESTINATION_VAULT_ARN")?;
        let Some(arn) = self.arrived(event, &vault) else { return Ok(()) };
        let input = json!({"BackupVaultName": vault, "RecoveryPointArn": arn});
        let point = self.call(Service::Backup, "DescribeRecoveryPoint", input)?;
        let Some((resource, created)) = self.usable(&point)? else { return Ok(()) };
        if self.tagged_for(&destination, &arn)?.is_none() {
            return Ok(());
        }
        self.note("resource_arn", resource.as_str());
        self.note("created_ms", created.millis());
        let Some(attempt) = self.attempt_of(&resource, created, &arn, &vault, &destination)? else { return Ok(()) };
        if self.lives_long_enough(created)?.is_none() {
            return Ok(());
        }
        self.start(&resource, created, &arn, &vault, &destination, attempt)
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
    fn tagged_for(&mut self, destination: &str, arn: &str) -> Step<()> {
        let Some(tags) = self.tags_of(arn)? else {
            self.settle("unsupported", "tags of this resource type cannot be read");
            return Ok(None);
        };
        let Some(wanted) = tags.get(TAG) else {
            self.settle("tag-missing", format!("the recovery point has no tag {TAG}"));
            return Ok(None);
        };
        if wanted.trim() != destination {
            self.note("tag", wanted.as_str());
            self.settle("refused", "the tag names another vault than the stack was deployed with");
            return Ok(None);
        }
        Ok(Some(()))
    }

    fn tags_of(&mut self, arn: &str) -> Step<BTreeMap<String, String>> {
        let parts: Vec<&str> = arn.split(':').collect();
        let service = if parts.len() >= 6 { parts[2] } else { "" };
        let mut tags = BTreeMap::new();
        match service {
            "rds" => {
                let answer = self.call(Service::Rds, "ListTagsForResource", json!({"ResourceName": arn}))?;
                for tag in list(&answer, "TagList") {
                    let value = tag["Value"].as_str().unwrap_or_default().to_owned();
                    tags.insert(tag["Key"].as_str().unwrap_or_default().to_owned(), value);
                }
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
            for point in list(&answer, "RecoveryPoints") {
                if moment(&point["CreationDate"]) == Some(created) {
                    same.extend(point["RecoveryPointArn"].as_str().map(str::to_owned));
                }
            }
        }
        let input = json!({"ByResourceArn": resource, "ByDestinationVaultArn": destination, "ByCreatedAfter": created});
        let mut failed = 0;
        for answer in self.pages("ListCopyJobs", input)? {
            for job in list(&answer, "CopyJobs") {
                let source = job["SourceRecoveryPointArn"].as_str().unwrap_or_default();
                if !same.contains(source) || job["DestinationBackupVaultArn"] != destination {
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

/// What botocore's standard mode tries again (its `retries/standard.py`): throttles, passing faults,
/// and answers of status 500 to 504.
fn is_passing(code: &str) -> bool {
    const CODES: [&str; 22] = [
        "BandwidthLimitExceeded",
        "DependencyFailureException",
        "EC2ThrottledException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ];
    CODES.contains(&code)
}

/// The exception that botocore makes of an error.
fn client_error(service: Service, operation: &str, error: &ServiceError) -> Raised {
    const MODELLED: [&str; 9] = [
        "AlreadyExistsException",
        "DependencyFailureException",
        "InvalidParameterValueException",
        "InvalidRequestException",
        "InvalidResourceStateException",
        "LimitExceededException",
        "MissingParameterValueException",
        "ResourceNotFoundException",
        "ServiceUnavailableException",
    ];
    let kind = match (service, error.code.as_str()) {
        (Service::Backup, code) if MODELLED.contains(&code) => code,
        (Service::Rds, "DBSnapshotNotFound") => "DBSnapshotNotFoundFault",
        (Service::Rds, "DBClusterSnapshotNotFoundFault") => "DBClusterSnapshotNotFoundFault",
        _ => "ClientError",
    };
    let retried =
        if is_passing(&error.code) { format!(" (reached max retries: {})", MOST_ATTEMPTS - 1) } else { String::new() };
    let message = format!(
        "An error occurred ({}) when calling the {operation} operation{retried}: {}",
        error.code, error.message
    );
    Raised { kind: kind.to_owned(), message }
}
