#!/usr/bin/env bash
# Finding: moto shares a snapshot that is encrypted with the account's default key, and copies it to another Region
# without a key.
#
# Guess:     moto refuses both, as Amazon RDS does: a snapshot under the AWS managed key `aws/rds` cannot be shared,
#            and an encrypted snapshot cannot go to another Region without a key of that Region.
# Behaviour: ModifyDBSnapshotAttribute adds the other account. CopyDBSnapshot without `KmsKeyId` makes an encrypted
#            copy in the other Region under the same literal key id as its source, `default_kms_key_id`.
# Versions:  moto 5.2.5, boto3 and botocore 1.44.8.
# Why:       these two refusals are the reason for copying through an intermediate vault. A backup procedure that
#            ignores them passes its tests under moto and fails on AWS.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  "moto[rds]==5.2.5" boto3==1.44.8 botocore==1.44.8

cat >"$place/probe.py" <<'PYTHON'
import boto3, moto
from importlib.metadata import version

print("moto", version("moto"))
with moto.mock_aws():
    who = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    here = boto3.client("rds", region_name="us-east-1", **who)
    there = boto3.client("rds", region_name="us-west-2", **who)
    here.create_db_instance(DBInstanceIdentifier="orders", Engine="postgres", DBInstanceClass="db.t3.micro",
                            AllocatedStorage=20, MasterUsername="owner", MasterUserPassword="not-a-secret",
                            StorageEncrypted=True)
    source = here.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="first")["DBSnapshot"]
    print("snapshot: encrypted", source["Encrypted"], "under", source["KmsKeyId"])
    shared = here.modify_db_snapshot_attribute(DBSnapshotIdentifier="first", AttributeName="restore",
                                               ValuesToAdd=["222222222222"])
    print("shared with:", shared["DBSnapshotAttributesResult"]["DBSnapshotAttributes"][0]["AttributeValues"])
    copy = there.copy_db_snapshot(SourceDBSnapshotIdentifier=source["DBSnapshotArn"],
                                  TargetDBSnapshotIdentifier="second")["DBSnapshot"]
    print("copy in us-west-2: encrypted", copy["Encrypted"], "under", copy["KmsKeyId"])
PYTHON

"$place/venv/bin/python" -W ignore "$place/probe.py" | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
moto 5.2.5
snapshot: encrypted True under default_kms_key_id
shared with: ['222222222222']
copy in us-west-2: encrypted True under default_kms_key_id
EXPECTED
echo "as found"
