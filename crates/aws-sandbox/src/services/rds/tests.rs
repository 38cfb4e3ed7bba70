use serde_json::{Value, json};

use super::*;
use crate::services::conformance::assert_conforms;
use crate::services::{Service, iam};
use crate::world::{Caller, Moment, ServiceError};
use aws_policy::context::Context;

pub(super) const A: &str = "111111111111";
pub(super) const B: &str = "222222222222";
pub(super) const WEST: &str = "us-west-2";
pub(super) const IRELAND: &str = "eu-west-1";

pub(super) fn account(text: &str) -> AccountId {
    text.parse().expect("an account")
}

pub(super) fn place(who: &str, region: &str) -> Place {
    Place::new(account(who), region.parse().expect("a Region"))
}

pub(super) fn world() -> World {
    let regions = [WEST, IRELAND].map(|region| region.parse().expect("a Region")).to_vec();
    let mut world = World::empty(7, Moment::from_millis(1_767_592_800_000), regions);
    for id in [A, B] {
        iam::create_administrator(&mut world, &account(id));
    }
    world
}

pub(super) fn orders(kms_key: Option<String>) -> NewInstance {
    NewInstance {
        identifier: "orders".into(),
        engine: "postgres".into(),
        engine_version: "16.3".into(),
        allocated_gib: 100,
        kms_key,
        option_group: None,
        tags: vec![("team".into(), "shop".into())],
    }
}

pub(super) fn ask_with(
    world: &mut World,
    who: &str,
    region: &str,
    operation: &str,
    input: Value,
    context: &Context,
) -> Result<Value, ServiceError> {
    let caller = iam::administrator(world, &account(who)).expect("an administrator");
    let answer = world.call(&caller, &region.parse().expect("a Region"), Service::Rds, operation, input, context);
    answer.inspect(|answer| assert_conforms(Service::Rds, operation, answer))
}

pub(super) fn ask(
    world: &mut World,
    who: &str,
    region: &str,
    operation: &str,
    input: Value,
) -> Result<Value, ServiceError> {
    ask_with(world, who, region, operation, input, &Context::new())
}

/// As AWS Backup asks, with a role that it assumed.
pub(super) fn ask_as_backup(
    world: &mut World,
    who: &str,
    region: &str,
    operation: &str,
    input: Value,
) -> Result<Value, ServiceError> {
    let administrator = iam::administrator(world, &account(who)).expect("an administrator");
    let caller = Caller { held_by: Some("backup.amazonaws.com".to_owned()), ..administrator };
    let region = region.parse().expect("a Region");
    let answer = world.call(&caller, &region, Service::Rds, operation, input, &Context::new());
    answer.inspect(|answer| assert_conforms(Service::Rds, operation, answer))
}

pub(super) fn hours(world: &mut World, hours: i64) {
    world.advance_to(world.now.plus_seconds(hours * 3600));
}

fn take(world: &mut World, identifier: &str) {
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": identifier });
    ask(world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
    hours(world, 2);
}

fn refused(answer: Result<Value, ServiceError>) -> (String, String) {
    let error = answer.expect_err("a refusal");
    (error.code, error.message)
}

const NIGHTLY: &str = "arn:aws:rds:us-west-2:111111111111:snapshot:nightly";

/// RDS API Reference, "DBInstance": members and the ARN's form.
#[test]
fn an_instance_is_described_as_rds_does() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    let all = ask(&mut world, A, WEST, "DescribeDBInstances", json!({})).expect("a list");
    let instance = &all["DBInstances"][0];
    assert_eq!(instance["DBInstanceArn"], "arn:aws:rds:us-west-2:111111111111:db:orders");
    assert_eq!(instance["DBInstanceStatus"], "available");
    assert_eq!(instance["StorageEncrypted"], false);
    assert!(instance.get("KmsKeyId").is_none());
    assert_eq!(instance["OptionGroupMemberships"][0]["OptionGroupName"], "default:postgres-16");
    assert_eq!(instance["TagList"], json!([{ "Key": "team", "Value": "shop" }]));
    let none = ask(&mut world, A, WEST, "DescribeDBInstances", json!({ "DBInstanceIdentifier": "none" }));
    assert_eq!(refused(none), ("DBInstanceNotFound".into(), "DBInstance none not found.".into()));
    let filter = json!({ "Filters": [{ "Name": "engine", "Values": ["mysql"] }] });
    let filtered = ask(&mut world, A, WEST, "DescribeDBInstances", filter).expect("a list");
    assert_eq!(filtered["DBInstances"], json!([]));
    let elsewhere = ask(&mut world, A, IRELAND, "DescribeDBInstances", json!({})).expect("a list");
    assert_eq!(elsewhere["DBInstances"], json!([]));
    assert!(iam::role_exists(
        &world,
        "arn:aws:iam::111111111111:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
    ));
}

#[test]
fn an_instance_is_made_stopped_started_and_deleted() {
    let mut world = world();
    let input = json!({
        "DBInstanceIdentifier": "Drill", "DBInstanceClass": "db.t4g.micro", "Engine": "mysql", "AllocatedStorage": 20,
        "MasterUsername": "root", "Tags": [{ "Key": "kind", "Value": "drill" }],
    });
    let made = ask(&mut world, A, WEST, "CreateDBInstance", input.clone()).expect("an instance");
    assert_eq!(made["DBInstance"]["DBInstanceStatus"], "creating");
    assert_eq!(made["DBInstance"]["DBInstanceIdentifier"], "drill", "identifiers are lower case");
    assert_eq!(refused(ask(&mut world, A, WEST, "CreateDBInstance", input)).0, "DBInstanceAlreadyExists");
    let named = json!({ "DBInstanceIdentifier": "drill" });
    assert_eq!(refused(ask(&mut world, A, WEST, "StopDBInstance", named.clone())).0, "InvalidDBInstanceState");
    hours(&mut world, 1);
    ask(&mut world, A, WEST, "StopDBInstance", named.clone()).expect("stopping");
    hours(&mut world, 1);
    let arn = "arn:aws:rds:us-west-2:111111111111:db:drill";
    assert_eq!(instance(&world, arn).map(|instance| instance.status.as_str()), Some("stopped"));
    ask(&mut world, A, WEST, "StartDBInstance", named.clone()).expect("starting");
    hours(&mut world, 1);
    let deleted = ask(&mut world, A, WEST, "DeleteDBInstance", named);
    assert_eq!(
        refused(deleted),
        (
            "InvalidParameterCombination".into(),
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.".into()
        )
    );
    let input = json!({ "DBInstanceIdentifier": "drill", "FinalDBSnapshotIdentifier": "last" });
    ask(&mut world, A, WEST, "DeleteDBInstance", input).expect("deleting");
    hours(&mut world, 2);
    assert!(instance(&world, arn).is_none());
    let last = snapshot(&world, "arn:aws:rds:us-west-2:111111111111:snapshot:last").expect("the final snapshot");
    assert_eq!(last.status, SnapshotStatus::Available);
}

#[test]
fn a_snapshot_takes_its_time() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "nightly" });
    let made = ask(&mut world, A, WEST, "CreateDBSnapshot", input.clone()).expect("a snapshot");
    assert_eq!(made["DBSnapshot"]["Status"], "creating");
    assert_eq!(made["DBSnapshot"]["PercentProgress"], 0);
    assert_eq!(made["DBSnapshot"]["SnapshotType"], "manual");
    assert_eq!(refused(ask(&mut world, A, WEST, "CreateDBSnapshot", input)).0, "DBSnapshotAlreadyExists");
    let delete = json!({ "DBSnapshotIdentifier": "nightly" });
    assert_eq!(refused(ask(&mut world, A, WEST, "DeleteDBSnapshot", delete.clone())).0, "InvalidDBSnapshotState");
    let ends = snapshot(&world, NIGHTLY).expect("a snapshot").ends;
    world.advance_to(ends);
    let shown = ask(&mut world, A, WEST, "DescribeDBSnapshots", delete.clone()).expect("a list");
    assert_eq!(shown["DBSnapshots"][0]["Status"], "available");
    assert_eq!(shown["DBSnapshots"][0]["PercentProgress"], 100);
    ask(&mut world, A, WEST, "DeleteDBSnapshot", delete.clone()).expect("deleted");
    assert_eq!(
        refused(ask(&mut world, A, WEST, "DescribeDBSnapshots", delete)),
        ("DBSnapshotNotFound".into(), "DBSnapshot nightly not found.".into())
    );
}

/// RDS User Guide, "Incremental snapshot copying": full first, incremental while the last copy is there.
#[test]
fn copies_to_another_region_are_incremental_while_the_last_one_is_there() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    let mut lengths = Vec::new();
    for day in 1..=3 {
        take(&mut world, &format!("day-{day}"));
        let source = format!("arn:aws:rds:us-west-2:111111111111:snapshot:day-{day}");
        let input =
            json!({ "SourceDBSnapshotIdentifier": source, "TargetDBSnapshotIdentifier": format!("copy-{day}") });
        let copied = ask(&mut world, A, IRELAND, "CopyDBSnapshot", input).expect("a copy");
        assert_eq!(copied["DBSnapshot"]["SourceRegion"], WEST);
        assert_eq!(copied["DBSnapshot"]["SourceDBSnapshotIdentifier"], source);
        let copy =
            snapshot(&world, &format!("arn:aws:rds:eu-west-1:111111111111:snapshot:copy-{day}")).expect("a copy");
        assert!(copy.original_created < copy.created, "a copy keeps the time of its data");
        lengths.push((copy.ends - copy.starts).as_secs());
        hours(&mut world, 4);
        if day == 2 {
            ask(&mut world, A, IRELAND, "DeleteDBSnapshot", json!({ "DBSnapshotIdentifier": "copy-2" }))
                .expect("deleted");
        }
    }
    assert!(lengths[1] * 3 < lengths[0], "the second is incremental: {lengths:?}");
    assert!(lengths[2] > lengths[1] * 3, "the last copy was deleted, so the third is full: {lengths:?}");
}

#[test]
fn copies_of_one_database_wait_for_each_other() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    take(&mut world, "nightly");
    for target in ["one", "two"] {
        let input = json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": target });
        ask(&mut world, A, IRELAND, "CopyDBSnapshot", input).expect("a copy");
    }
    let one = snapshot(&world, "arn:aws:rds:eu-west-1:111111111111:snapshot:one").expect("a copy");
    let two = snapshot(&world, "arn:aws:rds:eu-west-1:111111111111:snapshot:two").expect("a copy");
    assert_eq!(two.starts, one.ends);
    assert_eq!(two.progress(one.ends), 0);
}

/// RDS User Guide, "Sharing a DB snapshot": seen and copied only where it is shared.
#[test]
fn a_snapshot_is_shared_with_another_account_and_taken_back() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    take(&mut world, "nightly");
    let copy = json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": "mine" });
    assert_eq!(refused(ask(&mut world, B, WEST, "CopyDBSnapshot", copy.clone())).0, "DBSnapshotNotFound");
    let share = json!({ "DBSnapshotIdentifier": "nightly", "AttributeName": "restore", "ValuesToAdd": [B] });
    let shared = ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share).expect("shared");
    let values = &shared["DBSnapshotAttributesResult"]["DBSnapshotAttributes"][0]["AttributeValues"];
    assert_eq!(values, &json!([B]));
    let plain = ask(&mut world, B, WEST, "DescribeDBSnapshots", json!({})).expect("a list");
    assert_eq!(plain["DBSnapshots"], json!([]), "shared ones are left out unless asked for");
    let seen = ask(&mut world, B, WEST, "DescribeDBSnapshots", json!({ "IncludeShared": true })).expect("a list");
    assert_eq!(seen["DBSnapshots"][0]["DBSnapshotIdentifier"], NIGHTLY, "others see the ARN");
    ask(&mut world, B, WEST, "CopyDBSnapshot", copy).expect("a copy");
    let back = json!({ "DBSnapshotIdentifier": "nightly", "AttributeName": "restore", "ValuesToRemove": [B] });
    ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", back).expect("taken back");
    let seen = ask(&mut world, B, WEST, "DescribeDBSnapshots", json!({ "SnapshotType": "shared" })).expect("a list");
    assert_eq!(seen["DBSnapshots"], json!([]));
}

/// github.com/aws/aws-cli, issue 5407; RDS API Reference, "DescribeDBSnapshots", SnapshotType.
#[test]
fn what_aws_backup_manages_is_its_alone() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "awsbackup:job-1" });
    assert_eq!(refused(ask(&mut world, A, WEST, "CreateDBSnapshot", input.clone())).0, "InvalidParameterValue");
    ask_as_backup(&mut world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
    hours(&mut world, 2);
    let named = json!({ "DBSnapshotIdentifier": "awsbackup:job-1" });
    let (code, message) = refused(ask(&mut world, A, WEST, "DeleteDBSnapshot", named.clone()));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("InvalidParameterValue", "The parameter awsbackup:job-1 is not a valid identifier.")
    );
    let share = json!({ "DBSnapshotIdentifier": "awsbackup:job-1", "AttributeName": "restore", "ValuesToAdd": [B] });
    assert_eq!(
        refused(ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share.clone())).0,
        "InvalidParameterValue"
    );
    ask_as_backup(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share).expect("shared");
    let listed =
        ask(&mut world, A, WEST, "DescribeDBSnapshots", json!({ "SnapshotType": "awsbackup" })).expect("a list");
    assert_eq!(listed["DBSnapshots"][0]["SnapshotType"], "awsbackup");
    let manual = ask(&mut world, A, WEST, "DescribeDBSnapshots", json!({ "SnapshotType": "manual" })).expect("a list");
    assert_eq!(manual["DBSnapshots"], json!([]));
    assert_eq!(uses_of_linked_role(&world, &account(A), "backup.amazonaws.com").len(), 1);
    ask_as_backup(&mut world, A, WEST, "DeleteDBSnapshot", named).expect("deleted");
}

/// AWS Backup Developer Guide, "Creating backup copies across AWS Regions"; RDS User Guide, "Sharing
/// encrypted snapshots".
#[test]
fn persistent_options_must_be_there_where_the_copy_goes() {
    let mut world = world();
    let group = NewOptionGroup {
        name: "tde".into(),
        engine: "oracle-ee".into(),
        major_version: "19".into(),
        options: vec![("TDE".into(), true)],
    };
    add_option_group(&mut world, &place(A, WEST), group.clone());
    add_instance(&mut world, &place(A, WEST), NewInstance { option_group: Some("tde".into()), ..orders(None) });
    take(&mut world, "nightly");
    let copy = json!({ "SourceDBSnapshotIdentifier": NIGHTLY, "TargetDBSnapshotIdentifier": "far" });
    let (_, message) = refused(ask(&mut world, A, IRELAND, "CopyDBSnapshot", copy.clone()));
    assert_eq!(message, "The snapshot requires a target option group with the following options: TDE");
    let share = json!({ "DBSnapshotIdentifier": "nightly", "AttributeName": "restore", "ValuesToAdd": [B] });
    assert_eq!(refused(ask(&mut world, A, WEST, "ModifyDBSnapshotAttribute", share)).0, "InvalidParameterCombination");
    add_option_group(&mut world, &place(A, IRELAND), group);
    let copied = ask(&mut world, A, IRELAND, "CopyDBSnapshot", copy).expect("a copy");
    assert_eq!(copied["DBSnapshot"]["OptionGroupName"], "tde");
}

/// RDS API Reference, "DescribeDBSnapshots": 20 to 100 records; unknown filters are refused.
#[test]
fn lists_are_paged_and_filtered() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    for number in 0..25 {
        let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": format!("s-{number:02}") });
        ask(&mut world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
    }
    let few = refused(ask(&mut world, A, WEST, "DescribeDBSnapshots", json!({ "MaxRecords": 10 })));
    assert_eq!(few.0, "InvalidParameterValue");
    let first = ask(&mut world, A, WEST, "DescribeDBSnapshots", json!({ "MaxRecords": 20 })).expect("a page");
    assert_eq!(first["DBSnapshots"].as_array().map(Vec::len), Some(20));
    let next = json!({ "MaxRecords": 20, "Marker": first["Marker"] });
    let second = ask(&mut world, A, WEST, "DescribeDBSnapshots", next).expect("a page");
    assert_eq!(second["DBSnapshots"][0]["DBSnapshotIdentifier"], "s-20");
    assert!(second.get("Marker").is_none());
    let filter = json!({ "Filters": [{ "Name": "db-snapshot-id", "Values": ["s-03", "arn:aws:rds:us-west-2:111111111111:snapshot:s-04"] }] });
    let some = ask(&mut world, A, WEST, "DescribeDBSnapshots", filter).expect("a list");
    assert_eq!(some["DBSnapshots"].as_array().map(Vec::len), Some(2));
    let unknown = json!({ "Filters": [{ "Name": "colour", "Values": ["red"] }] });
    assert_eq!(refused(ask(&mut world, A, WEST, "DescribeDBSnapshots", unknown)).1, "Unrecognized filter name: colour");
}

/// RDS User Guide, "Quotas and constraints"; github.com/pbudzon/aws-maintenance, issues 12 and 19.
#[test]
fn quotas_are_said_in_rds_words() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    for number in 0..100 {
        let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": format!("s-{number}") });
        ask(&mut world, A, WEST, "CreateDBSnapshot", input).expect("a snapshot");
    }
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "s-100" });
    assert_eq!(
        refused(ask(&mut world, A, WEST, "CreateDBSnapshot", input)),
        ("SnapshotQuotaExceeded".into(), "Cannot create more than 100 manual snapshots".into())
    );
    let input = json!({ "DBInstanceIdentifier": "orders", "DBSnapshotIdentifier": "awsbackup:job-1" });
    ask_as_backup(&mut world, A, WEST, "CreateDBSnapshot", input).expect("these do not count");
    hours(&mut world, 24);
    for number in 0..20 {
        let source = format!("arn:aws:rds:us-west-2:111111111111:snapshot:s-{number}");
        let input =
            json!({ "SourceDBSnapshotIdentifier": source, "TargetDBSnapshotIdentifier": format!("c-{number}") });
        ask(&mut world, A, IRELAND, "CopyDBSnapshot", input).expect("a copy");
    }
    let input = json!({ "SourceDBSnapshotIdentifier": "arn:aws:rds:us-west-2:111111111111:snapshot:s-20", "TargetDBSnapshotIdentifier": "c-20" });
    assert_eq!(
        refused(ask(&mut world, A, IRELAND, "CopyDBSnapshot", input)).1,
        "Cannot copy more than 20 snapshots across regions"
    );
}

#[test]
fn tags_are_set_listed_and_removed() {
    let mut world = world();
    add_instance(&mut world, &place(A, WEST), orders(None));
    let arn = "arn:aws:rds:us-west-2:111111111111:db:orders";
    let input = json!({ "ResourceName": arn, "Tags": [{ "Key": "CopyToVault", "Value": "x" }, { "Key": "team", "Value": "ops" }] });
    ask(&mut world, A, WEST, "AddTagsToResource", input).expect("tagged");
    let listed = ask(&mut world, A, WEST, "ListTagsForResource", json!({ "ResourceName": arn })).expect("a list");
    assert_eq!(listed["TagList"], json!([{ "Key": "team", "Value": "ops" }, { "Key": "CopyToVault", "Value": "x" }]));
    ask(&mut world, A, WEST, "RemoveTagsFromResource", json!({ "ResourceName": arn, "TagKeys": ["team"] }))
        .expect("removed");
    let listed = ask(&mut world, A, WEST, "ListTagsForResource", json!({ "ResourceName": arn })).expect("a list");
    assert_eq!(listed["TagList"], json!([{ "Key": "CopyToVault", "Value": "x" }]));
    let reserved = json!({ "ResourceName": arn, "Tags": [{ "Key": "aws:x", "Value": "y" }] });
    assert_eq!(
        refused(ask(&mut world, A, WEST, "AddTagsToResource", reserved)).1,
        "Tag keys cannot start with the reserved prefix \"aws:\"."
    );
    let none = json!({ "ResourceName": "arn:aws:rds:us-west-2:111111111111:snapshot:none" });
    assert_eq!(refused(ask(&mut world, A, WEST, "ListTagsForResource", none)).0, "DBSnapshotNotFound");
}

#[test]
fn there_are_no_clusters() {
    let mut world = world();
    assert_eq!(ask(&mut world, A, WEST, "DescribeDBClusters", json!({})), Ok(json!({ "DBClusters": [] })));
    let none = ask(&mut world, A, WEST, "DescribeDBClusters", json!({ "DBClusterIdentifier": "none" }));
    assert_eq!(refused(none).0, "DBClusterNotFoundFault");
}
