#!/usr/bin/env bash
# Finding: moto keeps a resource with `DeletionPolicy: Retain` and deletes one with `RetainExceptOnCreate`.
#
# Guess:     whoever honours `Retain` honours `RetainExceptOnCreate`, which differs from it only when the creation of
#            the stack is rolled back.
# Behaviour: DeleteStack of a stack that was created whole leaves the one and removes the other.
# Versions:  moto 5.2.5, boto3 and botocore 1.44.8.
# Why:       a test shows the deletion of a key or vault that AWS keeps, and the attribute is then "mended" to `Retain`,
#            which leaves half-made keys and vaults behind after every failed creation.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  "moto[sqs,cloudformation]==5.2.5" boto3==1.44.8 botocore==1.44.8

cat >"$place/probe.py" <<'PYTHON'
import json
from importlib.metadata import version
import boto3, moto

def queue(policy):
    return {"Type": "AWS::SQS::Queue", "DeletionPolicy": policy, "Properties": {"QueueName": policy}}

policies = ["Delete", "Retain", "RetainExceptOnCreate"]
print("moto", version("moto"))
with moto.mock_aws():
    who = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}
    stacks, queues = boto3.client("cloudformation", **who), boto3.client("sqs", **who)
    left = lambda: sorted(url.split("/")[-1] for url in queues.list_queues().get("QueueUrls", []))
    template = {"Resources": {policy: queue(policy) for policy in policies}}
    stacks.create_stack(StackName="queues", TemplateBody=json.dumps(template))
    print("stack:", stacks.describe_stacks(StackName="queues")["Stacks"][0]["StackStatus"], left())
    stacks.delete_stack(StackName="queues")
    print("left after DeleteStack:", left())
PYTHON

"$place/venv/bin/python" -W ignore "$place/probe.py" | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
moto 5.2.5
stack: CREATE_COMPLETE ['Delete', 'Retain', 'RetainExceptOnCreate']
left after DeleteStack: ['Retain']
EXPECTED
echo "as found"
