//! What AWS Backup asks of RDS: ordinary calls, made by the principal that AWS lets make them. AWS Backup acts with a
//! role of its own and forwards nobody's credentials, so that no call carries `aws:CalledVia` (IAM User Guide, "AWS
//! global condition context keys": "does not include requests made with a service role or service-linked role").

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::services::Service;
use crate::services::rds::{self, SnapshotStatus};
use crate::world::{Caller, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::{AccountId, Arn, Region};

/// How far RDS is with a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// Still at it, so many per cent done.
    Underway(i64),
    /// Done.
    Available(SnapshotFacts),
    /// It failed, and says why.
    Failed(String),
    /// There is no such snapshot.
    Gone,
}

/// What a finished snapshot says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SnapshotFacts {
    pub(super) key_arn: Option<String>,

    pub(super) allocated_gib: i64,
}

/// Tags that a person gave; AWS's own are never copied.
pub(super) type Tags = BTreeMap<String, String>;

fn call(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    operation: &str,
    input: Value,
) -> Result<Value, ServiceError> {
    world.call(caller, region, Service::Rds, operation, input, &Context::new())
}

/// Whether the error is a refusal of the authorization.
pub(super) fn is_denied(error: &ServiceError) -> bool {
    error.code.starts_with("AccessDenied")
}

/// The ARN of an AWS Backup snapshot.
pub(super) fn snapshot_arn(account: &AccountId, region: &Region, identifier: &str) -> String {
    let resource = format!("snapshot:{identifier}");
    Arn::new(region.partition(), "rds", region.as_str(), account.as_str(), resource).to_string()
}

/// What a DB instance says of itself.
pub(super) struct InstanceState {
    pub(super) status: String,
    /// While RDS backs it up by itself, if it does.
    pub(super) backup_window: Option<String>,
    pub(super) maintenance_window: Option<String>,
}

/// The state of a DB instance.
pub(super) fn instance_state(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    identifier: &str,
) -> Result<InstanceState, ServiceError> {
    let answer = call(world, caller, region, "DescribeDBInstances", json!({ "DBInstanceIdentifier": identifier }))?;
    let instance = &answer["DBInstances"][0];
    let text = |member: &str| instance[member].as_str().map(str::to_owned);
    let backs_up = instance["BackupRetentionPeriod"].as_i64().is_some_and(|days| days > 0);
    Ok(InstanceState {
        status: text("DBInstanceStatus").unwrap_or_default(),
        backup_window: text("PreferredBackupWindow").filter(|_| backs_up),
        maintenance_window: text("PreferredMaintenanceWindow"),
    })
}

/// The user tags of an instance or a snapshot.
pub(super) fn tags(world: &mut World, caller: &Caller, region: &Region, arn: &str) -> Result<Tags, ServiceError> {
    let answer = call(world, caller, region, "ListTagsForResource", json!({ "ResourceName": arn }))?;
    Ok(user_tags(&answer["TagList"]))
}

fn tag_list(tags: &Tags) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// Starts a snapshot of an instance.
pub(super) fn create_snapshot(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    instance: &str,
    identifier: &str,
) -> Result<(), ServiceError> {
    let input = json!({ "DBSnapshotIdentifier": identifier, "DBInstanceIdentifier": instance });
    call(world, caller, region, "CreateDBSnapshot", input).map(drop)
}

/// Tags a snapshot.
pub(super) fn add_tags(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    arn: &str,
    tags: &Tags,
) -> Result<(), ServiceError> {
    if tags.is_empty() {
        return Ok(());
    }
    call(world, caller, region, "AddTagsToResource", json!({ "ResourceName": arn, "Tags": tag_list(tags) })).map(drop)
}

/// A copy of a snapshot into the Region and account of the call.
pub(super) struct CopyRequest<'a> {
    pub(super) source_arn: &'a str,
    pub(super) source_region: &'a Region,
    pub(super) target: &'a str,
    pub(super) key_arn: &'a str,
    pub(super) tags: &'a Tags,
}

/// Starts a copy.
pub(super) fn copy_snapshot(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    request: &CopyRequest<'_>,
) -> Result<(), ServiceError> {
    let mut input = json!({
        "SourceDBSnapshotIdentifier": request.source_arn,
        "TargetDBSnapshotIdentifier": request.target,
        "KmsKeyId": request.key_arn,
    });
    if !request.tags.is_empty() {
        input["Tags"] = tag_list(request.tags);
    }
    if request.source_region != region {
        input["SourceRegion"] = json!(request.source_region.as_str());
    }
    call(world, caller, region, "CopyDBSnapshot", input).map(drop)
}

/// Shares a snapshot with an account, or takes the share back.
pub(super) fn share(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    identifier: &str,
    account: &AccountId,
    shared: bool,
) -> Result<(), ServiceError> {
    let member = if shared { "ValuesToAdd" } else { "ValuesToRemove" };
    let input = json!({
        "DBSnapshotIdentifier": identifier,
        "AttributeName": "restore",
        member: [account.as_str()],
    });
    call(world, caller, region, "ModifyDBSnapshotAttribute", input).map(drop)
}

/// Deletes a snapshot.
pub(super) fn delete_snapshot(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    identifier: &str,
) -> Result<(), ServiceError> {
    call(world, caller, region, "DeleteDBSnapshot", json!({ "DBSnapshotIdentifier": identifier })).map(drop)
}

/// How far RDS is with a snapshot.
pub(super) fn progress(world: &World, arn: &str) -> Progress {
    let Some(snapshot) = rds::snapshot(world, arn) else { return Progress::Gone };
    match &snapshot.status {
        SnapshotStatus::Available => Progress::Available(SnapshotFacts {
            key_arn: snapshot.kms_key.clone(),
            allocated_gib: snapshot.instance.allocated_gib,
        }),
        SnapshotStatus::Failed(reason) => Progress::Failed(reason.clone()),
        SnapshotStatus::Creating => {
            let whole = (snapshot.ends - snapshot.starts).as_millis().max(1);
            let done = (world.now - snapshot.starts).as_millis() * 100 / whole;
            Progress::Underway(done.min(99) as i64)
        }
    }
}

/// A DB instance, as a selection sees it.
pub(super) struct Instance {
    pub(super) arn: String,
    pub(super) tags: Tags,
}

/// All instances that the caller may list.
pub(super) fn instances(world: &mut World, caller: &Caller, region: &Region) -> Result<Vec<Instance>, ServiceError> {
    let mut found = Vec::new();
    let mut input = json!({});
    loop {
        let answer = call(world, caller, region, "DescribeDBInstances", input)?;
        for instance in answer["DBInstances"].as_array().into_iter().flatten() {
            let arn = instance["DBInstanceArn"].as_str().unwrap_or_default().to_owned();
            found.push(Instance { arn, tags: user_tags(&instance["TagList"]) });
        }
        match answer["Marker"].as_str() {
            Some(marker) => input = json!({ "Marker": marker }),
            None => return Ok(found),
        }
    }
}

/// One instance by its ARN, whoever may list it.
pub(super) fn instance(world: &World, arn: &str) -> Option<Instance> {
    let found = rds::instance(world, arn)?;
    let tags = found.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    Some(Instance { arn: found.arn.clone(), tags })
}

fn user_tags(list: &Value) -> Tags {
    let pair = |tag: &Value| Some((tag["Key"].as_str()?.to_owned(), tag["Value"].as_str().unwrap_or("").to_owned()));
    let list = list.as_array().into_iter().flatten();
    list.filter_map(pair).filter(|(key, _)| !key.to_ascii_lowercase().starts_with("aws:")).collect()
}
