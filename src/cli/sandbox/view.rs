//! The world as its own administrators see it: read by API calls on a copy, which is then dropped.
//!
//! The calls are the services' own, so that the view shows what a client would be answered, and
//! depends on no service's inner state. On a copy they cost no virtual time.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::pipeline::arn::{AccountId, Region};
use crate::pipeline::{EnvironmentName, Pipeline};
use crate::policy::context::Context;
use crate::sandbox::services::{Service, events, iam};
use crate::sandbox::world::{Caller, Moment, Place, World};

/// How many of the last denials are shown.
const DENIALS: usize = 10;

/// How many of the last events of a place are shown, and how many messages of a queue.
const EVENTS: usize = 5;
const MESSAGES: usize = 5;

/// The whole view.
pub(in crate::cli) fn view(world: &World) -> Value {
    let mut copy = world.clone();
    let names = key_names(world);
    let accounts: Vec<Value> = accounts(world)
        .into_iter()
        .filter_map(|account| {
            let administrator = iam::administrator(world, &account)?;
            let regions = world.regions.clone();
            let regions: Vec<Value> = regions
                .iter()
                .map(|region| place(&mut Asker { world: &mut copy, caller: &administrator, region }, &names))
                .filter(|place| place.as_object().is_some_and(|fields| fields.len() > 1))
                .collect();
            let organization = organization(&mut copy, &administrator);
            Some(json!({"account": account, "organization": organization, "regions": regions}))
        })
        .collect();
    json!({
        "now": world.now.iso_seconds(),
        "seed": world.seed,
        "accounts": accounts,
        "faults": faults(world),
        "denials": denials(world),
    })
}

/// What was ordered to go wrong and is still in force.
pub(super) fn faults(world: &World) -> Vec<Value> {
    world.faults.iter().filter_map(|fault| serde_json::to_value(fault).ok()).collect()
}

/// The organization that an account is in.
fn organization(world: &mut World, administrator: &Caller) -> Value {
    let Some(region) = world.regions.first().cloned() else { return Value::Null };
    let mut asker = Asker { world, caller: administrator, region: &region };
    let answer = asker.ask(Service::Organizations, "DescribeOrganization", json!({}));
    answer.map_or(Value::Null, |answer| answer["Organization"]["Id"].clone())
}

/// What people call each key: its alias without `alias/`, by the key's ARN.
fn key_names(world: &World) -> BTreeMap<String, String> {
    let mut copy = world.clone();
    let mut names = BTreeMap::new();
    for account in accounts(world) {
        let Some(administrator) = iam::administrator(world, &account) else { continue };
        for region in &world.regions {
            let mut asker = Asker { world: &mut copy, caller: &administrator, region };
            for alias in asker.list(Service::Kms, "ListAliases", json!({}), "Aliases", "NextMarker") {
                let (Some(name), Some(key)) = (alias["AliasName"].as_str(), alias["TargetKeyId"].as_str()) else {
                    continue;
                };
                let arn = format!("arn:{}:kms:{region}:{account}:key/{key}", region.partition());
                names.insert(arn, name.trim_start_matches("alias/").to_owned());
            }
        }
    }
    names
}

fn accounts(world: &World) -> Vec<AccountId> {
    world.services.iam.iter().map(|(account, _)| account.clone()).collect()
}

/// Somebody who asks in one place.
struct Asker<'a> {
    world: &'a mut World,
    caller: &'a Caller,
    region: &'a Region,
}

impl Asker<'_> {
    /// One answer; none where the service refuses.
    fn ask(&mut self, service: Service, operation: &str, input: Value) -> Option<Value> {
        self.world.call(self.caller, self.region, service, operation, input, &Context::new()).ok()
    }

    /// All items of a list operation, to its last page. What cannot be listed is empty.
    fn list(&mut self, service: Service, operation: &str, input: Value, member: &str, token: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut input = input;
        loop {
            let answer = self.world.call(self.caller, self.region, service, operation, input.clone(), &Context::new());
            let Ok(mut answer) = answer else { return items };
            if let Some(Value::Array(page)) = answer.get_mut(member).map(Value::take) {
                items.extend(page);
            }
            match answer.get(token) {
                Some(Value::String(next)) if !next.is_empty() => {
                    let name = if token == "NextMarker" { "Marker" } else { token };
                    input[name] = next.clone().into();
                }
                _ => return items,
            }
        }
    }
}

fn place(asker: &mut Asker<'_>, names: &BTreeMap<String, String>) -> Value {
    let mut fields = Map::new();
    fields.insert("region".into(), json!(asker.region));
    let mut put = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            fields.insert(name.to_owned(), Value::Array(items));
        }
    };
    put("databases", databases(asker, names));
    put("vaults", vaults(asker, names));
    let jobs = asker.list(Service::Backup, "ListBackupJobs", json!({}), "BackupJobs", "NextToken");
    put("backup_jobs", jobs.iter().map(|job| self::job(job, "BackupJobId")).collect());
    let jobs = asker.list(Service::Backup, "ListCopyJobs", json!({}), "CopyJobs", "NextToken");
    put("copy_jobs", jobs.iter().map(|job| self::job(job, "CopyJobId")).collect());
    put("rules", rules(asker));
    put("queues", queues(asker));
    put("events", last_events(asker));
    Value::Object(fields)
}

fn rules(asker: &mut Asker<'_>) -> Vec<Value> {
    let found = asker.list(Service::Events, "ListRules", json!({}), "Rules", "NextToken");
    found
        .iter()
        .map(|rule| {
            let input = json!({"Rule": rule["Name"]});
            let targets = asker.list(Service::Events, "ListTargetsByRule", input, "Targets", "NextToken");
            json!({
                "name": rule["Name"],
                "state": rule["State"],
                "schedule": rule.get("ScheduleExpression"),
                "targets": targets.iter().map(|target| &target["Arn"]).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Queues with their first messages. The world is a copy: what is received here stays where it is.
fn queues(asker: &mut Asker<'_>) -> Vec<Value> {
    let found = asker.list(Service::Sqs, "ListQueues", json!({}), "QueueUrls", "NextToken");
    found
        .iter()
        .map(|url| {
            let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "QueueArn"];
            let input = json!({"QueueUrl": url, "AttributeNames": names});
            let attributes = asker.ask(Service::Sqs, "GetQueueAttributes", input).unwrap_or_default();
            let attribute = |name: &str| attributes["Attributes"][name].clone();
            let number =
                |name: &str| attribute(name).as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
            let (visible, hidden) = (number(names[0]), number(names[1]));
            let input = json!({"QueueUrl": url, "MaxNumberOfMessages": MESSAGES, "MessageAttributeNames": ["All"],
                "AttributeNames": ["All"], "WaitTimeSeconds": 0});
            let received = asker.ask(Service::Sqs, "ReceiveMessage", input).unwrap_or_default();
            let messages = received["Messages"].as_array().into_iter().flatten().map(message);
            json!({
                "name": url.as_str().and_then(|url| url.rsplit('/').next()),
                "arn": attribute("QueueArn"),
                "messages_in_queue": visible + hidden,
                "messages": messages.collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// A message with the attributes by which EventBridge and Lambda say why it lies there.
fn message(message: &Value) -> Value {
    let attribute = |name: &str| message["MessageAttributes"][name].get("StringValue");
    json!({
        "message_id": message["MessageId"],
        "error_code": attribute("ERROR_CODE").or_else(|| attribute("ErrorCode")),
        "error_message": attribute("ERROR_MESSAGE").or_else(|| attribute("ErrorMessage")),
        "rule_arn": attribute("RULE_ARN"),
        "body": message["Body"],
    })
}

fn last_events(asker: &mut Asker<'_>) -> Vec<Value> {
    let place = Place::new(asker.caller.account(), asker.region.clone());
    let seen = events::last_events(asker.world, &place).take(EVENTS);
    seen.map(|event| {
        json!({
            "at": event.at.iso_seconds(),
            "source": event.source,
            "detail_type": event.detail_type,
            "state": event.state,
            "region": event.region,
            "resources": event.resources,
            "rules": event.rules,
        })
    })
    .collect()
}

fn databases(asker: &mut Asker<'_>, names: &BTreeMap<String, String>) -> Vec<Value> {
    let found = asker.list(Service::Rds, "DescribeDBInstances", json!({}), "DBInstances", "Marker");
    found
        .iter()
        .map(|database| {
            json!({
                "arn": database["DBInstanceArn"],
                "engine": database["Engine"],
                "status": database["DBInstanceStatus"],
                "encryption_key_arn": database.get("KmsKeyId"),
                "encryption_key": in_words(database.get("KmsKeyId"), names),
            })
        })
        .collect()
}

fn vaults(asker: &mut Asker<'_>, names: &BTreeMap<String, String>) -> Vec<Value> {
    let found = asker.list(Service::Backup, "ListBackupVaults", json!({}), "BackupVaultList", "NextToken");
    found
        .iter()
        .map(|vault| {
            let input = json!({"BackupVaultName": vault["BackupVaultName"]});
            let operation = "ListRecoveryPointsByBackupVault";
            let points = asker.list(Service::Backup, operation, input, "RecoveryPoints", "NextToken");
            let points: Vec<Value> = points.iter().map(|point| recovery_point(point, names)).collect();
            json!({
                "name": vault["BackupVaultName"],
                "arn": vault["BackupVaultArn"],
                "encryption_key_arn": vault["EncryptionKeyArn"],
                "encryption_key": in_words(vault.get("EncryptionKeyArn"), names),
                "recovery_points": points,
            })
        })
        .collect()
}

fn recovery_point(point: &Value, names: &BTreeMap<String, String>) -> Value {
    json!({
        "recovery_point_arn": point["RecoveryPointArn"],
        "resource_arn": point["ResourceArn"],
        "created_at": instant(&point["CreationDate"]),
        "status": point["Status"],
        "encryption_key_arn": point.get("EncryptionKeyArn"),
        "encryption_key": in_words(point.get("EncryptionKeyArn"), names),
    })
}

fn job(job: &Value, id: &str) -> Value {
    json!({
        "id": job[id],
        "resource_arn": job["ResourceArn"],
        "state": job["State"],
        "status_message": job.get("StatusMessage"),
        "created_at": instant(&job["CreationDate"]),
        "completed_at": job.get("CompletionDate").map_or(Value::Null, instant),
    })
}

/// A key in words: `aws/rds`, `cmk-…`; its ARN where it has no alias, `none` where there is no key.
fn in_words(arn: Option<&Value>, names: &BTreeMap<String, String>) -> Value {
    match arn.and_then(Value::as_str) {
        Some(arn) => names.get(arn).map_or(arn, String::as_str).into(),
        None => "none".into(),
    }
}

/// An instant of a document, epoch seconds, as RFC 3339.
fn instant(seconds: &Value) -> Value {
    serde_json::from_value::<Moment>(seconds.clone()).map_or(Value::Null, |moment| moment.iso_seconds().into())
}

fn denials(world: &World) -> Vec<Value> {
    let denied = world.trail.iter().rev().filter(|record| record.error.is_some()).take(DENIALS);
    denied
        .map(|record| {
            json!({
                "at": record.at.iso_seconds(),
                "account": record.place.account,
                "region": record.place.region,
                "principal": record.principal,
                "action": record.action,
                "resource": record.resource,
                "code": record.error,
                "decided_by": record.decided_by,
            })
        })
        .collect()
}

/// The backups of a pipeline over its three vaults: those that are completed, each with its key in words.
pub(in crate::cli) fn lineages(world: &World, pipeline: &Pipeline) -> Value {
    let mut copy = world.clone();
    let names = key_names(world);
    let mut found: BTreeMap<(String, String), Map<String, Value>> = BTreeMap::new();
    for environment in EnvironmentName::ALL {
        let place = pipeline.environment(environment);
        let Some(administrator) = iam::administrator(world, &place.account) else { continue };
        let mut asker = Asker { world: &mut copy, caller: &administrator, region: &place.region };
        let input = json!({"BackupVaultName": place.vault});
        let operation = "ListRecoveryPointsByBackupVault";
        for point in asker.list(Service::Backup, operation, input, "RecoveryPoints", "NextToken") {
            let point = recovery_point(&point, &names);
            if point["status"] != "COMPLETED" {
                continue;
            }
            let text = |key: &str| point[key].as_str().unwrap_or_default().to_owned();
            let lineage = found.entry((text("created_at"), text("resource_arn"))).or_default();
            lineage.insert(environment.to_string(), point);
        }
    }
    let of = |(created_at, resource_arn): (String, String), mut lineage: Map<String, Value>| {
        let mut take = |name: &str| lineage.remove(name).unwrap_or_default();
        json!({
            "resource_arn": resource_arn,
            "created_at": created_at,
            "source": take("source"),
            "intermediate": take("intermediate"),
            "destination": take("destination"),
        })
    };
    found.into_iter().map(|(origin, lineage)| of(origin, lineage)).collect()
}
