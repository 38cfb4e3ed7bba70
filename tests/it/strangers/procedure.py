"""The whole procedure by hand: three stacks, a plan, a night, a look at three vaults, and everything away again.

Nothing but commands of the AWS CLI; the templates' texts lie in the directory that is the argument.
"""

import json
import os
import pathlib
import sys

from cli import Failed, advance, aws, read

A, B = ("production", "us-east-1"), ("production", "us-west-2")
C = ("central", "us-west-2")
SOURCE, INTERMEDIATE, DESTINATION = (
    "source-vault-account-a-region-a", "intermediate-vault-account-a-region-b", "destination-vault-account-b-region-b")
STACKS = [
    (A, "aws-backup-rds-source-stack", "aws_backup_rds_source_account_a_region_a.yml",
     f"BackupVaultName={SOURCE} CentralBackupAccountId=222222222222 KeyAdministrators=role/exampleRole "
     "IntermediateRegion=us-west-2"),
    (B, "aws-backup-rds-intermediate-stack", "aws_backup_rds_intermediate_account_a_region_b.yml",
     f"BackupVaultName={INTERMEDIATE} CentralBackupAccountId=222222222222 KeyAdministrators=role/exampleRole"),
    (C, "aws-backup-rds-destination-stack", "aws_backup_rds_destination_account_b_region_b.yml",
     f"BackupVaultName={DESTINATION} OrganizationId=o-sandboxorg1 KeyAdministrators=role/exampleRole "
     "SourceAccountIds=111111111111"),
]
VAULTS = [(A, SOURCE), (B, INTERMEDIATE), (C, DESTINATION)]
ORDERS = "arn:aws:rds:us-east-1:111111111111:db:orders"


def prerequisites():
    assert read("organizations describe-organization", *A)["Organization"]["Id"] == "o-sandboxorg1"
    settings = read("backup describe-global-settings", "management", "us-east-1")["GlobalSettings"]
    assert settings["isCrossAccountBackupEnabled"] == "true", settings
    for place in (A, B, C):
        assert read("backup describe-region-settings", *place)["ResourceTypeOptInPreference"]["RDS"], place


def deploy(templates):
    for place, stack, template, parameters in STACKS:
        said = aws(f"cloudformation deploy --stack-name {stack} --template-file {templates / template} "
                   f"--parameter-overrides {parameters} --capabilities CAPABILITY_NAMED_IAM", *place)
        assert "Successfully created/updated stack" in said, said
        shown = read(f"cloudformation describe-stacks --stack-name {stack}", *place)["Stacks"][0]
        assert shown["StackStatus"] == "CREATE_COMPLETE", shown
        for resource in read(f"cloudformation list-stack-resources --stack-name {stack}",
                             *place)["StackResourceSummaries"]:
            assert resource["ResourceStatus"] == "CREATE_COMPLETE", resource
    # A second deployment of the same finds nothing to do and says so.
    place, stack, template, parameters = STACKS[0]
    said = aws(f"cloudformation deploy --stack-name {stack} --template-file {templates / template} "
               f"--parameter-overrides {parameters} --capabilities CAPABILITY_NAMED_IAM "
               "--no-fail-on-empty-changeset", *place)
    assert "No changes to deploy" in said, said


def plan(directory):
    written = {
        "BackupPlanName": "backup-plan-rds",
        "Rules": [{
            "RuleName": "backup-rule-rds-daily-1week", "TargetBackupVaultName": SOURCE,
            "ScheduleExpression": "cron(0 5 ? * * *)", "Lifecycle": {"DeleteAfterDays": 7},
            "CopyActions": [{"DestinationBackupVaultArn":
                             f"arn:aws:backup:us-west-2:111111111111:backup-vault:{INTERMEDIATE}",
                             "Lifecycle": {"DeleteAfterDays": 7}}],
            "RecoveryPointTags": {
                "CopyToVault": f"arn:aws:backup:us-west-2:222222222222:backup-vault:{DESTINATION}"}}]}
    (directory / "plan.json").write_text(json.dumps(written))
    plan_id = read(f"backup create-backup-plan --backup-plan file://{directory / 'plan.json'}", *A)["BackupPlanId"]
    assigned = {"SelectionName": "rds-default-kms-key", "Resources": [ORDERS],
                "IamRoleArn": "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole"}
    (directory / "selection.json").write_text(json.dumps(assigned))
    selection = read(["backup", "create-backup-selection", "--backup-plan-id", plan_id, "--backup-selection",
                      f"file://{directory / 'selection.json'}"], *A)["SelectionId"]
    return plan_id, selection


def points(place, vault):
    return read(f"backup list-recovery-points-by-backup-vault --backup-vault-name {vault}", *place)["RecoveryPoints"]


def vaults(place):
    return [row["BackupVaultName"] for row in read("backup list-backup-vaults", *place)["BackupVaultList"]]


def look():
    """Each vault holds the night's recovery point, under the key that the seed says."""
    managed = read("kms describe-key --key-id alias/aws/rds", *A)["KeyMetadata"]["Arn"]
    keys = {vault: read(f"backup describe-backup-vault --backup-vault-name {vault}", *place)["EncryptionKeyArn"]
            for place, vault in VAULTS}
    expected = {SOURCE: managed, INTERMEDIATE: keys[INTERMEDIATE], DESTINATION: keys[DESTINATION]}
    for place, vault in VAULTS:
        found = points(place, vault)
        assert len(found) == 1, (vault, found)
        assert found[0]["Status"] == "COMPLETED" and found[0]["ResourceArn"] == ORDERS, found
        assert found[0]["EncryptionKeyArn"] == expected[vault], (vault, found, expected)
        one = read(["backup", "describe-recovery-point", "--backup-vault-name", vault, "--recovery-point-arn",
                    found[0]["RecoveryPointArn"]], *place)
        assert one["IsEncrypted"] and one["CalculatedLifecycle"]["DeleteAt"], one
    assert keys[SOURCE] != managed
    jobs = read("backup list-copy-jobs --by-state COMPLETED", *A)["CopyJobs"]
    assert len(jobs) == 1 and jobs[0]["CreatedByBackupJobId"], jobs
    jobs = read("backup list-copy-jobs --by-state COMPLETED", *B)["CopyJobs"]
    assert len(jobs) == 1 and "CreatedBy" not in jobs[0], jobs
    tags = read(["rds", "list-tags-for-resource", "--resource-name", points(B, INTERMEDIATE)[0]["RecoveryPointArn"]],
                *B)["TagList"]
    assert "CopyToVault" in [tag["Key"] for tag in tags], tags


def clean_up(plan_id, selection):
    aws(f"backup delete-backup-selection --backup-plan-id {plan_id} --selection-id {selection}", *A)
    aws(f"backup delete-backup-plan --backup-plan-id {plan_id}", *A)
    try:
        aws(f"backup delete-backup-vault --backup-vault-name {SOURCE}", *A)
        raise AssertionError("a vault with recovery points was deleted")
    except Failed as failed:
        assert "contains recovery points" in str(failed), failed
    for place, vault in VAULTS:
        for point in points(place, vault):
            aws(["backup", "delete-recovery-point", "--backup-vault-name", vault, "--recovery-point-arn",
                 point["RecoveryPointArn"]], *place)
    advance(hours=1)
    for place, vault in VAULTS:
        assert points(place, vault) == [], vault
    for place, stack, _, _ in STACKS:
        aws(f"cloudformation delete-stack --stack-name {stack}", *place)
        aws(f"cloudformation wait stack-delete-complete --stack-name {stack}", *place)
    for place, vault in VAULTS:
        # The templates keep vault and key when a stack goes, so that no backup goes with it.
        assert vault in vaults(place)
        aws(f"backup delete-backup-vault --backup-vault-name {vault}", *place)
        assert vault not in vaults(place)
        keys = read("kms list-keys", *place)["Keys"]
        states = [read(f"kms describe-key --key-id {key['KeyId']}", *place)["KeyMetadata"] for key in keys]
        kept = [key for key in states if vault in key["Description"]]
        assert kept and all(key["KeyState"] == "Enabled" for key in kept), (vault, states)
        for key in kept:
            gone = read(f"kms schedule-key-deletion --key-id {key['KeyId']} --pending-window-in-days 7", *place)
            assert gone["KeyState"] == "PendingDeletion", gone


def main(directory):
    directory = pathlib.Path(directory)
    prerequisites()
    deploy(directory)
    made = plan(directory)
    advance(hours=30)
    look()
    clean_up(*made)
    print(f"deployed, protected and cleaned up by {os.environ['AWS_ENDPOINT_URL'].rpartition(':')[0]}")


main(*sys.argv[1:])
