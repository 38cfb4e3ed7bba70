#!/usr/bin/env bash
# Finding: under moto a CloudFormation stack with a backup vault is CREATE_COMPLETE, and there is no vault.
#
# Guess:     moto knows AWS Backup's vaults, so a stack makes one; a resource type that it cannot make fails the stack.
# Behaviour: CreateStack succeeds, the stack and its resources are CREATE_COMPLETE, the resources have neither a
#            logical nor a physical id, and ListBackupVaults is empty. All there is is a line on standard error.
# Versions:  moto 5.2.5, boto3 and botocore 1.44.8.
# Why:       a test that deploys a template under moto and waits for the stack proves nothing about its vaults.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  "moto[backup,cloudformation]==5.2.5" boto3==1.44.8 botocore==1.44.8

cat >"$place/probe.py" <<'PYTHON'
import json
from importlib.metadata import version
import boto3, moto

template = {"Resources": {"Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "daily"}}}}
print("moto", version("moto"))
with moto.mock_aws():
    who = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}
    stacks, backup = boto3.client("cloudformation", **who), boto3.client("backup", **who)
    backup.create_backup_vault(BackupVaultName="by-hand")
    stacks.create_stack(StackName="intermediate", TemplateBody=json.dumps(template))
    print("stack:", stacks.describe_stacks(StackName="intermediate")["Stacks"][0]["StackStatus"])
    for row in stacks.list_stack_resources(StackName="intermediate")["StackResourceSummaries"]:
        print("resource:", repr(row["LogicalResourceId"]), repr(row.get("PhysicalResourceId")), row["ResourceStatus"])
    print("vaults:", [vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]])
PYTHON

"$place/venv/bin/python" -u -W ignore "$place/probe.py" 2>&1 | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
moto 5.2.5
No Moto CloudFormation support for AWS::Backup::BackupVault
stack: CREATE_COMPLETE
No Moto CloudFormation support for AWS::Backup::BackupVault
resource: '' '' CREATE_COMPLETE
vaults: ['by-hand']
EXPECTED
echo "as found"
