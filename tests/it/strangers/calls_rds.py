"""RDS: every operation."""

from clients import CENTRAL, REGION_B, refused


def calls(served, lists):
    rds = served.client("rds")
    key = served.client("kms").create_key(Description="of a database")["KeyMetadata"]["Arn"]
    rds.create_option_group(OptionGroupName="by-hand", EngineName="mysql", MajorEngineVersion="8.0",
                            OptionGroupDescription="by hand", Tags=[{"Key": "team", "Value": "dba"}])
    rds.create_option_group(OptionGroupName="another", EngineName="postgres", MajorEngineVersion="16",
                            OptionGroupDescription="another")
    lists.leaves_out(rds, "describe_option_groups", "OptionGroupsList", OptionGroupName="by-hand")
    lists.leaves_out(rds, "describe_option_groups", "OptionGroupsList", EngineName="mysql", MajorEngineVersion="8.0")
    rds.create_db_instance(
        DBInstanceIdentifier="by-hand", DBInstanceClass="db.t4g.micro", Engine="mysql", EngineVersion="8.0.39",
        AllocatedStorage=20, MasterUsername="admin", MasterUserPassword="not-a-secret", StorageEncrypted=True,
        KmsKeyId=key, BackupRetentionPeriod=1, OptionGroupName="by-hand", CopyTagsToSnapshot=True, DBName="shop",
        PreferredBackupWindow="03:00-03:30", PreferredMaintenanceWindow="sun:05:00-sun:05:30", MultiAZ=False,
        Tags=[{"Key": "team", "Value": "dba"}])
    served.advance(hours=1)
    lists.leaves_out(rds, "describe_db_instances", "DBInstances", DBInstanceIdentifier="by-hand")
    lists.leaves_out(rds, "describe_db_instances", "DBInstances", Filters=[{"Name": "engine", "Values": ["postgres"]}])
    rds.modify_db_instance(DBInstanceIdentifier="by-hand", AllocatedStorage=30, ApplyImmediately=True,
                           DeletionProtection=False)
    served.advance(hours=1)
    renamed(served, rds)
    rds.stop_db_instance(DBInstanceIdentifier="by-hand")
    served.advance(hours=1)
    rds.start_db_instance(DBInstanceIdentifier="by-hand")
    served.advance(hours=1)
    assert rds.describe_db_instances(DBInstanceIdentifier="by-hand")["DBInstances"][0]["DBInstanceStatus"] == "available"
    snapshots(served, rds, lists)
    clusters(rds)
    rds.delete_db_instance(DBInstanceIdentifier="by-hand", SkipFinalSnapshot=False,
                           FinalDBSnapshotIdentifier="by-hand-last")
    served.advance(hours=2)
    refused("DBInstanceNotFound", "by-hand", rds.describe_db_instances, DBInstanceIdentifier="by-hand")
    rds.delete_db_snapshot(DBSnapshotIdentifier="by-hand-last")
    rds.delete_option_group(OptionGroupName="by-hand")
    refused("InvalidParameterValue", "MaxRecords", rds.describe_db_instances, MaxRecords=101)
    refused("DBSnapshotNotFound", "nowhere", rds.describe_db_snapshots, DBSnapshotIdentifier="nowhere")


def renamed(served, rds):
    """There and back: the name is another, the resource id is not."""
    before = rds.describe_db_instances(DBInstanceIdentifier="by-hand")["DBInstances"][0]
    for old, new in [("by-hand", "renamed"), ("renamed", "by-hand")]:
        asked = rds.modify_db_instance(DBInstanceIdentifier=old, NewDBInstanceIdentifier=new, ApplyImmediately=True)
        assert asked["DBInstance"]["PendingModifiedValues"]["DBInstanceIdentifier"] == new, asked
        waits = rds.describe_db_instances(DBInstanceIdentifier=old)["DBInstances"][0]
        assert waits["PendingModifiedValues"]["DBInstanceIdentifier"] == new, waits
        served.advance(hours=1)
        refused("DBInstanceNotFound", old, rds.describe_db_instances, DBInstanceIdentifier=old)
        after = rds.describe_db_instances(DBInstanceIdentifier=new)["DBInstances"][0]
        assert after["DbiResourceId"] == before["DbiResourceId"], after


def clusters(rds):
    """There are no clusters here: the answers are empty, the refusal is RDS's."""
    assert rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_cluster_snapshots()["DBClusterSnapshots"] == []
    refused("DBClusterNotFoundFault", "none", rds.describe_db_clusters, DBClusterIdentifier="none")
    refused("DBClusterSnapshotNotFoundFault", "none", rds.describe_db_cluster_snapshots,
            DBClusterSnapshotIdentifier="none")


def snapshots(served, rds, lists):
    made = rds.create_db_snapshot(DBSnapshotIdentifier="first", DBInstanceIdentifier="by-hand",
                                  Tags=[{"Key": "team", "Value": "dba"}])["DBSnapshot"]
    served.advance(hours=2)
    arn = made["DBSnapshotArn"]
    shown = rds.describe_db_snapshots(DBSnapshotIdentifier="first")["DBSnapshots"][0]
    assert shown["Status"] == "available", shown
    name, key = "describe_db_snapshots", "DBSnapshots"
    lists.leaves_out(rds, name, key, DBInstanceIdentifier="by-hand")
    lists.leaves_out(rds, name, key, DBSnapshotIdentifier="first")
    lists.leaves_out(rds, name, key, SnapshotType="awsbackup")
    lists.leaves_out(rds, name, key, Filters=[{"Name": "engine", "Values": ["mysql"]}])
    lists.leaves_out(rds, name, key, DbiResourceId=shown["DbiResourceId"])
    there = served.client("rds", region=REGION_B)
    target = served.client("kms", region=REGION_B).create_key()["KeyMetadata"]["Arn"]
    there.copy_db_snapshot(SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier="far", KmsKeyId=target,
                           SourceRegion="us-east-1", CopyTags=True)
    served.advance(hours=3)
    far = there.describe_db_snapshots(DBSnapshotIdentifier="far")["DBSnapshots"][0]
    assert far["Status"] == "available" and far["SourceRegion"] == "us-east-1", far
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="first", AttributeName="restore", ValuesToAdd=[CENTRAL])
    shared = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier="first")["DBSnapshotAttributesResult"]
    assert shared["DBSnapshotAttributes"][0]["AttributeValues"] == [CENTRAL], shared
    away = served.client("rds", CENTRAL)
    lists.leaves_out(away, name, key, IncludeShared=True, among={"IncludeShared": True}, equal="it adds, not removes")
    assert away.describe_db_snapshots()["DBSnapshots"] == []
    lists.leaves_out(away, name, key, IncludePublic=True, among={"IncludeShared": True}, empty=True)
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "cost", "Value": "7"}])
    assert len(rds.list_tags_for_resource(ResourceName=arn)["TagList"]) == 2
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["cost"])
    refused("InvalidParameterValue", "not a valid identifier", rds.delete_db_snapshot, DBSnapshotIdentifier=next(
        row["DBSnapshotIdentifier"] for row in rds.describe_db_snapshots(SnapshotType="awsbackup")["DBSnapshots"]))
    rds.delete_db_snapshot(DBSnapshotIdentifier="first")
    there.delete_db_snapshot(DBSnapshotIdentifier="far")
