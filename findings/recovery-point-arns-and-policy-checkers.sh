#!/usr/bin/env bash
# Finding: three checkers of IAM policies disagree about which ARN is a recovery point's, and none takes all four.
#
# Guess:     a statement on backup:DeleteRecoveryPoint passes with each ARN that AWS documents for recovery points:
#            an RDS snapshot, an EBS snapshot, an AMI, and AWS Backup's own `recovery-point`.
# Behaviour: the authorization reference writes the ARN with the variable ${Vendor}. cfn-lint's I3510 takes the
#            variable for a literal, and finds fault with all four. parliament counts the colons, and refuses the EBS
#            snapshot and the AMI, whose ARNs have a slash. iam-simulate (npm) takes the two with a colon and refuses
#            to simulate the two with a slash: `no.resource.types`.
# Versions:  cfn-lint 1.58.0, parliament 1.6.4, @cloud-copilot/iam-simulate 0.1.173.
# Why:       a complaint about a right policy is answered by a wider `Resource`, here on the deletion of backups.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  cfn-lint==1.58.0 parliament==1.6.4 setuptools==65.5.0
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  @cloud-copilot/iam-simulate@0.1.173 >"$place/installed"

cat >"$place/arns.json" <<'JSON'
["arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1",
 "arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45",
 "arn:aws:ec2:us-east-1::snapshot/snap-012345abcdef",
 "arn:aws:ec2:us-east-1::image/ami-012345abcdef"]
JSON

cat >"$place/probe.py" <<'PYTHON'
import json, os, subprocess, sys
from importlib.metadata import version
from parliament import analyze_policy_string

folder = os.path.dirname(os.path.abspath(__file__))
arns = json.load(open(f"{folder}/arns.json"))

def policy(arn):
    statement = {"Effect": "Allow", "Action": "backup:DeleteRecoveryPoint", "Resource": arn}
    return {"Version": "2012-10-17", "Statement": [statement]}

print("parliament", version("parliament"))
for arn in arns:
    print(f"  {arn}: {[finding.issue for finding in analyze_policy_string(json.dumps(policy(arn))).findings]}")
print("cfn-lint", version("cfn-lint"))
for arn in arns:
    with open(f"{folder}/template.json", "w") as file:
        resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy(arn)}}
        json.dump({"Resources": {"Policy": resource}}, file)
    told = subprocess.run([f"{os.path.dirname(sys.executable)}/cfn-lint", "--format", "json", "--regions", "us-east-1",
                           "--template", f"{folder}/template.json", "--include-checks", "I"],
                          capture_output=True, text=True)
    print(f"  {arn}: {[match['Rule']['Id'] for match in json.loads(told.stdout)]}")
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { readFileSync } from "fs";
import { runSimulation } from "@cloud-copilot/iam-simulate";
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url)));
console.log("iam-simulate", read("node_modules/@cloud-copilot/iam-simulate/package.json").version);
for (const resource of read("arns.json")) {
  const statement = { Effect: "Allow", Action: "backup:DeleteRecoveryPoint", Resource: resource };
  const told = await runSimulation({
    request: {
      principal: "arn:aws:iam::111111111111:role/operator",
      action: "backup:DeleteRecoveryPoint",
      resource: { resource, accountId: "111111111111" },
      contextVariables: {},
    },
    identityPolicies: [{ name: "policy", policy: { Version: "2012-10-17", Statement: [statement] } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  console.log(`  ${resource}: ${told.overallResult ?? told.errors.message}`);
}
JAVASCRIPT

{
  "$place/venv/bin/python" -W ignore "$place/probe.py"
  node "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
parliament 1.6.4
  arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1: []
  arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45: []
  arn:aws:ec2:us-east-1::snapshot/snap-012345abcdef: ['RESOURCE_MISMATCH']
  arn:aws:ec2:us-east-1::image/ami-012345abcdef: ['RESOURCE_MISMATCH']
cfn-lint 1.58.0
  arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1: ['I3510']
  arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45: ['I3510']
  arn:aws:ec2:us-east-1::snapshot/snap-012345abcdef: ['I3510']
  arn:aws:ec2:us-east-1::image/ami-012345abcdef: ['I3510']
iam-simulate 0.1.173
  arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1: Allowed
  arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45: Allowed
  arn:aws:ec2:us-east-1::snapshot/snap-012345abcdef: no.resource.types
  arn:aws:ec2:us-east-1::image/ami-012345abcdef: no.resource.types
EXPECTED
echo "as found"
