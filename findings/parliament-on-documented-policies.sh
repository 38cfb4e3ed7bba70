#!/usr/bin/env bash
# Finding: parliament breaks on backup:CopyTargets, and finds fault with the key policy that AWS KMS itself writes.
#
# Guess:     a linter of AWS policies checks a condition on backup:CopyTargets, which AWS documents for
#            backup:CopyFromBackupVault, and passes the default key policy ("Enable IAM User Permissions").
# Behaviour: AWS's reference gives backup:CopyTargets, like events:TargetArn, the type ArrayOfARN. parliament has no
#            such type and raises a bare Exception, so the whole run ends without findings. In the default key policy
#            it reports INVALID_SID for the spaces, which key policies allow; cfn-lint passes the same document.
# Versions:  parliament 1.6.4, cfn-lint 1.58.0.
# Why:       a fence around where copies may go is a policy of exactly this kind; a check that breaks on it is
#            switched off, or takes the document out of sight.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  parliament==1.6.4 cfn-lint==1.58.0 setuptools==65.5.0

cat >"$place/probe.py" <<'PYTHON'
import json, os, subprocess, sys
from importlib.metadata import version
from parliament import analyze_policy_string

vault = "arn:aws:backup:us-west-2:111111111111:backup-vault:intermediate"
function = "arn:aws:lambda:us-east-1:111111111111:function:copy"

def judge(name, statement):
    try:
        found = analyze_policy_string(json.dumps({"Version": "2012-10-17", "Statement": [statement]})).findings
        print(f"  {name}: {[finding.issue for finding in found]}")
    except Exception as error:
        print(f"  {name}: raises {type(error).__name__}: {error}")

print("parliament", version("parliament"))
judge("backup:CopyTargets", {
    "Effect": "Allow", "Action": "backup:CopyFromBackupVault", "Resource": vault,
    "Condition": {"ForAllValues:ArnEquals": {"backup:CopyTargets": [vault]}}})
judge("events:TargetArn", {
    "Effect": "Allow", "Action": "events:PutTargets", "Resource": "arn:aws:events:us-east-1:111111111111:rule/copies",
    "Condition": {"ForAllValues:ArnEquals": {"events:TargetArn": [function]}}})
default = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
           "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}
judge("default key policy", default)

template = sys.argv[1]
with open(template, "w") as file:
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": [default]}}}
    json.dump({"Resources": {"Key": key}}, file)
told = subprocess.run([os.path.join(os.path.dirname(sys.executable), "cfn-lint"), "--format", "json", template],
                      capture_output=True, text=True)
print("cfn-lint", version("cfn-lint"))
print("  default key policy:", json.loads(told.stdout))
PYTHON

"$place/venv/bin/python" -W ignore "$place/probe.py" "$place/template.json" | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
parliament 1.6.4
  backup:CopyTargets: raises Exception: Unknown data format: ArrayOfARN
  events:TargetArn: raises Exception: Unknown data format: ArrayOfARN
  default key policy: ['INVALID_SID']
cfn-lint 1.58.0
  default key policy: []
EXPECTED
echo "as found"
