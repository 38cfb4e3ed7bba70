"""AWS Backup: every operation, in a world that has seen a night of the pipeline."""

import datetime

from clients import CENTRAL, MANAGEMENT, PRODUCTION, REGION_B, document, refused

SOURCE, INTERMEDIATE, DESTINATION = (
    "source-vault-account-a-region-a", "intermediate-vault-account-a-region-b", "destination-vault-account-b-region-b")
ROLE = f"arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole"
WEAK = f"arn:aws:iam::{PRODUCTION}:role/weak"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
ORDERS = f"arn:aws:rds:us-east-1:{PRODUCTION}:db:orders"
LEDGER = f"arn:aws:rds:us-east-1:{PRODUCTION}:db:ledger"


def calls(served, lists):
    backup = served.client("backup")
    key = served.client("kms").create_key(Description="the drawer's")["KeyMetadata"]["Arn"]
    vaults(backup, key, lists)
    plans(backup, lists)
    by_hand = jobs(served, backup, lists)
    points(served, backup, lists, by_hand)
    made_by_the_plan(served, backup)
    forbidden_deletion(served, backup, by_hand)
    backup.delete_recovery_point(BackupVaultName=SOURCE, RecoveryPointArn=by_hand)
    settings(served, backup)
    legal_holds(served, backup)
    refusals(backup)


def vaults(backup, key, lists):
    made = backup.create_backup_vault(BackupVaultName="drawer", EncryptionKeyArn=key,
                                      BackupVaultTags={"team": "dba"}, CreatorRequestId="drawer-1")
    again = backup.create_backup_vault(BackupVaultName="drawer", EncryptionKeyArn=key,
                                       BackupVaultTags={"team": "dba"}, CreatorRequestId="drawer-1")
    assert again["BackupVaultArn"] == made["BackupVaultArn"]
    policy = document({"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"})
    backup.put_backup_vault_access_policy(BackupVaultName="drawer", Policy=policy)
    assert "DeleteRecoveryPoint" in backup.get_backup_vault_access_policy(BackupVaultName="drawer")["Policy"]
    backup.delete_backup_vault_access_policy(BackupVaultName="drawer")
    refused("ResourceNotFoundException", "polic", backup.get_backup_vault_access_policy, BackupVaultName="drawer")
    backup.put_backup_vault_lock_configuration(BackupVaultName="drawer", MinRetentionDays=2, MaxRetentionDays=40,
                                               ChangeableForDays=3)
    locked = backup.describe_backup_vault(BackupVaultName="drawer")
    assert locked["Locked"] and locked["MinRetentionDays"] == 2, locked
    lists.leaves_out(backup, "list_backup_vaults", "BackupVaultList", ByVaultType="LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
                     empty=True)
    lists.leaves_out(backup, "list_backup_vaults", "BackupVaultList", ByShared=True, empty=True)
    tags = backup.list_tags(ResourceArn=made["BackupVaultArn"])["Tags"]
    assert tags == {"team": "dba"}, tags
    backup.tag_resource(ResourceArn=made["BackupVaultArn"], Tags={"cost": "7"})
    backup.untag_resource(ResourceArn=made["BackupVaultArn"], TagKeyList=["team"])
    assert backup.list_tags(ResourceArn=made["BackupVaultArn"])["Tags"] == {"cost": "7"}
    backup.delete_backup_vault_lock_configuration(BackupVaultName="drawer")
    backup.delete_backup_vault(BackupVaultName="drawer")
    backup.describe_backup_vault(BackupVaultName=SOURCE)
    refused("InvalidRequestException", "contains recovery points", backup.delete_backup_vault, BackupVaultName=SOURCE)


def plans(backup, lists):
    plan = {
        "BackupPlanName": "by-hand",
        "Rules": [{
            "RuleName": "daily", "TargetBackupVaultName": SOURCE, "ScheduleExpression": "cron(0 3 ? * * *)",
            "ScheduleExpressionTimezone": "Europe/Berlin", "StartWindowMinutes": 60, "CompletionWindowMinutes": 180,
            "Lifecycle": {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30,
                          "OptInToArchiveForSupportedResources": True},
            "RecoveryPointTags": {"made": "by hand"}, "EnableContinuousBackup": False,
            "CopyActions": [{
                "DestinationBackupVaultArn": f"arn:aws:backup:us-west-2:{PRODUCTION}:backup-vault:{INTERMEDIATE}",
                "Lifecycle": {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30,
                              "OptInToArchiveForSupportedResources": True}}]}],
        "AdvancedBackupSettings": [{"ResourceType": "EC2", "BackupOptions": {"WindowsVSS": "enabled"}}],
    }
    made = backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"team": "dba"}, CreatorRequestId="plan-1")
    again = backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"team": "dba"}, CreatorRequestId="plan-1")
    assert again["BackupPlanId"] == made["BackupPlanId"]
    plan_id = made["BackupPlanId"]
    shown = backup.get_backup_plan(BackupPlanId=plan_id, MaxScheduledRunsPreview=3)
    assert len(shown["ScheduledRunsPreview"]) == 3, shown
    plan["Rules"][0]["Lifecycle"]["DeleteAfterDays"] = 130
    updated = backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan=plan)
    assert updated["VersionId"] != made["VersionId"]
    old = backup.get_backup_plan(BackupPlanId=plan_id, VersionId=made["VersionId"])
    assert old["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"] == 120, old
    assert len(backup.list_backup_plan_versions(BackupPlanId=plan_id)["BackupPlanVersionsList"]) == 2
    selection = {
        "SelectionName": "some", "IamRoleArn": ROLE, "Resources": [f"arn:aws:rds:*:{PRODUCTION}:db:*"],
        "NotResources": [LEDGER],
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}],
        "Conditions": {
            operator: [{"ConditionKey": "aws:ResourceTag/backup", "ConditionValue": value}]
            for operator, value in [("StringEquals", "daily"), ("StringNotEquals", "never"), ("StringLike", "d*"),
                                    ("StringNotLike", "n*")]}}
    chosen = backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection, CreatorRequestId="some-1")
    backup.get_backup_selection(BackupPlanId=plan_id, SelectionId=chosen["SelectionId"])
    assert len(backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]) == 1
    refused("InvalidRequestException", "selection", backup.delete_backup_plan, BackupPlanId=plan_id)
    backup.delete_backup_selection(BackupPlanId=plan_id, SelectionId=chosen["SelectionId"])
    backup.delete_backup_plan(BackupPlanId=plan_id)
    listed = backup.list_backup_plans(IncludeDeleted=True)["BackupPlansList"]
    assert plan_id in [row["BackupPlanId"] for row in listed]
    lists.leaves_out(backup, "list_backup_plans", "BackupPlansList", IncludeDeleted=False,
                     among={"IncludeDeleted": True})
    pipeline = next(row for row in listed if row["BackupPlanName"] == "backup-plan-rds")
    backup.get_backup_plan(BackupPlanId=pipeline["BackupPlanId"])
    row = backup.list_backup_selections(BackupPlanId=pipeline["BackupPlanId"])["BackupSelectionsList"][0]
    backup.get_backup_selection(BackupPlanId=pipeline["BackupPlanId"], SelectionId=row["SelectionId"])


def points(served, backup, lists, by_hand):
    name, key = "list_recovery_points_by_backup_vault", "RecoveryPoints"
    vault = {"BackupVaultName": SOURCE}
    every = backup.list_recovery_points_by_backup_vault(**vault)[key]
    assert len(every) >= 2, every
    served.client("backup", region=REGION_B).list_recovery_points_by_backup_vault(BackupVaultName=INTERMEDIATE)
    arn = next(row["RecoveryPointArn"] for row in every if row["RecoveryPointArn"] != by_hand)
    lists.leaves_out(backup, name, key, **vault, ByResourceArn=every[0]["ResourceArn"])
    lists.leaves_out(backup, name, key, **vault, ByCreatedBefore=max(row["CreationDate"] for row in every))
    lists.leaves_out(backup, name, key, **vault, ByCreatedAfter=min(row["CreationDate"] for row in every))
    lists.leaves_out(backup, name, key, **vault, ByResourceType="EBS", empty=True)
    lists.leaves_out(backup, name, key, **vault, ByParentRecoveryPointArn=arn, empty=True)
    assert backup.list_recovery_points_by_backup_vault(**vault, BackupVaultAccountId=PRODUCTION)[key] == every
    lists.cases.add(("backup", "ListRecoveryPointsByBackupVault", "BackupVaultAccountId"))
    plan = next(row["CreatedBy"]["BackupPlanId"] for row in every if row["RecoveryPointArn"] == arn)
    lists.leaves_out(backup, name, key, **vault, ByBackupPlanId=plan)

    middle = served.client("backup", region=REGION_B)
    copy = middle.list_recovery_points_by_backup_vault(BackupVaultName=INTERMEDIATE)[key][0]
    middle.describe_recovery_point(BackupVaultName=INTERMEDIATE, RecoveryPointArn=copy["RecoveryPointArn"])
    last = served.client("backup", CENTRAL, REGION_B)
    far = last.list_recovery_points_by_backup_vault(BackupVaultName=DESTINATION)[key][0]
    last.describe_recovery_point(BackupVaultName=DESTINATION, RecoveryPointArn=far["RecoveryPointArn"])

    one = {"BackupVaultName": SOURCE, "RecoveryPointArn": arn}
    backup.describe_recovery_point(**one)
    backup.get_recovery_point_restore_metadata(**one)
    backup.update_recovery_point_lifecycle(**one, Lifecycle={"DeleteAfterDays": 200, "MoveToColdStorageAfterDays": 30})
    backup.update_recovery_point_lifecycle(**one, Lifecycle={"DeleteAfterDays": 30})
    refused("InvalidRequestException", "", backup.disassociate_recovery_point, **one)
    backup.list_recovery_points_by_resource(ResourceArn=every[0]["ResourceArn"])
    lists.leaves_out(backup, "list_recovery_points_by_resource", key, ResourceArn=every[0]["ResourceArn"],
                     ManagedByAWSBackupOnly=True, equal="every recovery point here is managed by AWS Backup")
    # "For Amazon RDS, MaxResults must be at least 20": what it says of less, two users wrote down.
    refused("AccessDeniedException", "Insufficient privileges", backup.list_recovery_points_by_resource,
            ResourceArn=every[0]["ResourceArn"], MaxResults=5)
    backup.list_protected_resources()
    backup.describe_protected_resource(ResourceArn=every[0]["ResourceArn"])


def weak_role(served):
    """A role for AWS Backup, which will lose its permissions."""
    iam = served.client("iam")
    iam.create_role(RoleName="weak", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}))
    iam.attach_role_policy(RoleName="weak", PolicyArn=MANAGED)
    served.advance(minutes=1)


def jobs(served, backup, lists):
    weak_role(served)
    done = backup.list_backup_jobs()["BackupJobs"]
    before = max(job["CreationDate"] for job in done)
    started = backup.start_backup_job(BackupVaultName=SOURCE, ResourceArn=ORDERS, IamRoleArn=WEAK,
                                      IdempotencyToken="once", RecoveryPointTags={"by": "hand"},
                                      Lifecycle={"DeleteAfterDays": 30})
    same = backup.start_backup_job(BackupVaultName=SOURCE, ResourceArn=ORDERS, IamRoleArn=WEAK,
                                   IdempotencyToken="once", RecoveryPointTags={"by": "hand"},
                                   Lifecycle={"DeleteAfterDays": 30})
    assert same["BackupJobId"] == started["BackupJobId"]
    served.advance(minutes=2)
    backup.describe_backup_job(BackupJobId=started["BackupJobId"])
    refused("InvalidRequestException", "", backup.stop_backup_job, BackupJobId=started["BackupJobId"])
    served.advance(hours=3)
    job = backup.describe_backup_job(BackupJobId=started["BackupJobId"])
    assert job["State"] == "COMPLETED", job
    name, key = "list_backup_jobs", "BackupJobs"
    old = backup.list_backup_jobs()[key][-1]
    lists.leaves_out(backup, name, key, ByResourceArn=ORDERS)
    lists.leaves_out(backup, name, key, ByState="FAILED", empty=True)
    lists.leaves_out(backup, name, key, ByState="COMPLETED", among={}, equal="all are completed")
    lists.leaves_out(backup, name, key, ByBackupVaultName="Default", empty=True)
    lists.leaves_out(backup, name, key, ByCreatedBefore=job["CreationDate"])
    lists.leaves_out(backup, name, key, ByCreatedAfter=before)
    lists.leaves_out(backup, name, key, ByResourceType="EBS", empty=True)
    lists.leaves_out(backup, name, key, ByAccountId=CENTRAL, empty=True)
    lists.leaves_out(backup, name, key, ByCompleteAfter=job["CompletionDate"].replace(microsecond=0))
    lists.leaves_out(backup, name, key, ByCompleteBefore=job["CompletionDate"].replace(microsecond=0))
    lists.leaves_out(backup, name, key, ByParentJobId=started["BackupJobId"], empty=True)
    lists.leaves_out(backup, name, key, ByMessageCategory="AccessDenied", empty=True)
    assert old["BackupJobId"] != job["BackupJobId"]

    point = job["RecoveryPointArn"]
    target = f"arn:aws:backup:us-west-2:{PRODUCTION}:backup-vault:{INTERMEDIATE}"
    ask = {"RecoveryPointArn": point, "SourceBackupVaultName": SOURCE, "DestinationBackupVaultArn": target,
           "IamRoleArn": ROLE, "IdempotencyToken": "copy-once", "Lifecycle": {"DeleteAfterDays": 10}}
    copy = backup.start_copy_job(**ask)
    assert backup.start_copy_job(**ask)["CopyJobId"] == copy["CopyJobId"]
    served.advance(minutes=1)
    backup.describe_copy_job(CopyJobId=copy["CopyJobId"])
    served.advance(hours=3)
    shown = backup.describe_copy_job(CopyJobId=copy["CopyJobId"])["CopyJob"]
    assert shown["State"] == "COMPLETED", shown
    name, key = "list_copy_jobs", "CopyJobs"
    lists.leaves_out(backup, name, key, ByResourceArn=ORDERS)
    lists.leaves_out(backup, name, key, ByState="RUNNING", empty=True)
    lists.leaves_out(backup, name, key, ByCreatedBefore=shown["CreationDate"])
    lists.leaves_out(backup, name, key, ByCreatedAfter=shown["CreationDate"].replace(microsecond=0))
    lists.leaves_out(backup, name, key, ByResourceType="EBS", empty=True)
    lists.leaves_out(backup, name, key, ByDestinationVaultArn=target.replace(INTERMEDIATE, "Default"), empty=True)
    lists.leaves_out(backup, name, key, ByAccountId=CENTRAL, empty=True)
    lists.leaves_out(backup, name, key, ByCompleteAfter=shown["CompletionDate"].replace(microsecond=0))
    lists.leaves_out(backup, name, key, ByCompleteBefore=shown["CompletionDate"].replace(microsecond=0))
    lists.leaves_out(backup, name, key, ByParentJobId=copy["CopyJobId"], empty=True)
    lists.leaves_out(backup, name, key, ByMessageCategory="AccessDenied", empty=True)
    lists.leaves_out(backup, name, key, BySourceRecoveryPointArn=point)
    # One that fails, for its message: the ledger's own key is not the destination's to use.
    denied = backup.start_copy_job(**{
        **ask, "IdempotencyToken": "copy-twice",
        "DestinationBackupVaultArn": f"arn:aws:backup:us-east-1:{CENTRAL}:backup-vault:nowhere"})
    served.advance(hours=1)
    failed = backup.describe_copy_job(CopyJobId=denied["CopyJobId"])["CopyJob"]
    assert failed["State"] == "FAILED" and failed["StatusMessage"], failed
    return point


def made_by_the_plan(served, backup):
    """Jobs and recovery points that carry what only a plan's have."""
    job = next(job for job in backup.list_backup_jobs()["BackupJobs"] if "CreatedBy" in job)
    backup.describe_backup_job(BackupJobId=job["BackupJobId"])
    copies = backup.list_copy_jobs()["CopyJobs"]
    backup.describe_copy_job(CopyJobId=next(copy["CopyJobId"] for copy in copies if "CreatedByBackupJobId" in copy))
    middle = served.client("backup", region=REGION_B)
    middle.list_recovery_points_by_resource(ResourceArn=ORDERS)
    middle.list_copy_jobs()


def forbidden_deletion(served, backup, point):
    """AWS Backup takes the request, its role may not delete the snapshot, and the recovery point turns EXPIRED."""
    iam = served.client("iam")
    iam.detach_role_policy(RoleName="weak", PolicyArn=MANAGED)
    iam.create_user(UserName="clumsy")
    iam.put_user_policy(UserName="clumsy", PolicyName="backup", PolicyDocument=document(
        {"Effect": "Allow", "Action": "backup:*", "Resource": "*"}))
    key = iam.create_access_key(UserName="clumsy")["AccessKey"]
    served.advance(minutes=1)
    clumsy = served.client("backup", aws_access_key_id=key["AccessKeyId"],
                           aws_secret_access_key=key["SecretAccessKey"])
    clumsy.delete_recovery_point(BackupVaultName=SOURCE, RecoveryPointArn=point)
    served.advance(minutes=10)
    shown = backup.describe_recovery_point(BackupVaultName=SOURCE, RecoveryPointArn=point)
    assert shown["Status"] == "EXPIRED" and shown["StatusMessage"], shown
    backup.list_recovery_points_by_backup_vault(BackupVaultName=SOURCE)
    iam.delete_access_key(UserName="clumsy", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="clumsy", PolicyName="backup")
    iam.delete_user(UserName="clumsy")


def settings(served, backup):
    chief = served.client("backup", MANAGEMENT)
    chief.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    assert chief.describe_global_settings()["GlobalSettings"]["isCrossAccountBackupEnabled"] == "true"
    refused("AccessDeniedException", "", backup.update_global_settings,
            GlobalSettings={"isCrossAccountBackupEnabled": "false"})
    backup.update_region_settings(ResourceTypeOptInPreference={"EBS": False},
                                  ResourceTypeManagementPreference={"DynamoDB": True})
    assert backup.describe_region_settings()["ResourceTypeOptInPreference"]["EBS"] is False


def legal_holds(served, backup):
    span = {"FromDate": datetime.datetime(2026, 1, 1), "ToDate": datetime.datetime(2026, 1, 5)}
    arns = [row["RecoveryPointArn"] for row in
            backup.list_recovery_points_by_backup_vault(BackupVaultName=SOURCE)["RecoveryPoints"]
            if row["Status"] == "COMPLETED"]
    hold = backup.create_legal_hold(
        Title="case 7", Description="keep what there is", IdempotencyToken="hold-once", Tags={"case": "7"},
        RecoveryPointSelection={"VaultNames": [SOURCE], "ResourceIdentifiers": [ORDERS], "DateRange": span})
    backup.get_legal_hold(LegalHoldId=hold["LegalHoldId"])
    assert len(backup.list_legal_holds()["LegalHolds"]) == 1
    whole = backup.create_legal_hold(Title="all", Description="all of the vault",
                                     RecoveryPointSelection={"VaultNames": [SOURCE]})
    held = backup.list_recovery_points_by_legal_hold(LegalHoldId=whole["LegalHoldId"])["RecoveryPoints"]
    assert len(held) == len(arns), held
    refused("InvalidRequestException", "", backup.delete_recovery_point, BackupVaultName=SOURCE,
            RecoveryPointArn=arns[0])
    backup.cancel_legal_hold(LegalHoldId=hold["LegalHoldId"], CancelDescription="settled", RetainRecordInDays=30)
    backup.cancel_legal_hold(LegalHoldId=whole["LegalHoldId"], CancelDescription="settled", RetainRecordInDays=30)
    served.advance(minutes=10)
    backup.get_legal_hold(LegalHoldId=hold["LegalHoldId"])
    backup.list_legal_holds()


def refusals(backup):
    # AWS Backup does not tell a missing vault from a forbidden one.
    refused("AccessDeniedException", "Insufficient privileges", backup.describe_backup_vault, BackupVaultName="nowhere")
    refused("InvalidParameterValueException", "MaxResults", backup.list_backup_jobs, MaxResults=1001)
    refused("InvalidParameterValueException", "NextToken", backup.list_backup_jobs, NextToken="made up")
