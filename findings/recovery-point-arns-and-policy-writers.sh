#!/usr/bin/env bash
# Finding: two generators of IAM policies have no way to name the recovery point of an RDS database.
#
# Guess:     asked for the write actions on a recovery point, a generator names backup:DeleteRecoveryPoint and its
#            like on the ARN that it was given, an RDS snapshot's for Amazon RDS.
# Behaviour: AWS's authorization reference writes the recovery point's ARN with a variable for the service,
#            `arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}:${RecoveryPointId}`. policy_sentry looks a service
#            up by the third part of the ARN, so it gives an RDS snapshot's ARN actions of RDS only, and an
#            `arn:aws:backup:...:recovery-point:...` no statement at all, without a word. iam-floyd's `onRecoveryPoint`
#            can only write `arn:aws:backup:...:recovery-point:...`, which no RDS recovery point has.
# Versions:  policy_sentry 0.15.2, iam-floyd (npm) 0.842.0.
# Why:       a least-privilege policy from either denies every operation on the recovery points of the pipeline, and
#            a deny written with either protects none of them.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check policy_sentry==0.15.2
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  iam-floyd@0.842.0 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
from importlib.metadata import version
from policy_sentry.querying.actions import get_action_data
from policy_sentry.writing.sid_group import SidGroup

print("policy_sentry", version("policy_sentry"))
for row in get_action_data("backup", "DeleteRecoveryPoint")["backup"]:
    print("  reference: backup:DeleteRecoveryPoint on", row["resource_arn_format"])
for arn in ["arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1",
            "arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45"]:
    policy = SidGroup().process_template({"mode": "crud", "write": [arn]})
    services = {action.split(":")[0] for one in policy["Statement"] for action in one["Action"]
                if one["Resource"] == [arn]}
    print("  write on", arn)
    print("    statements:", len(policy["Statement"]), "services of the actions on it:", sorted(services))
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
const require = createRequire(import.meta.url);
const { Statement } = require("iam-floyd");
const { version } = require("./node_modules/iam-floyd/package.json");
const statement = new Statement.Backup().allow().toDeleteRecoveryPoint();
statement.onRecoveryPoint("snapshot:awsbackup:job-1", "111111111111", "us-east-1");
console.log(`iam-floyd ${version}\n  ${statement.toJSON().Action} on ${statement.toJSON().Resource}`);
JAVASCRIPT

{
  "$place/venv/bin/python" -W ignore "$place/probe.py"
  node "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
policy_sentry 0.15.2
  reference: backup:DeleteRecoveryPoint on arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}:${RecoveryPointId}
  write on arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1
    statements: 2 services of the actions on it: ['rds']
  write on arn:aws:backup:us-east-1:111111111111:recovery-point:1eb3b5e7-9eb0-435a-a80b-108b488b0d45
    statements: 0 services of the actions on it: []
iam-floyd 0.842.0
  backup:DeleteRecoveryPoint on arn:aws:backup:us-east-1:111111111111:recovery-point:snapshot:awsbackup:job-1
EXPECTED
echo "as found"
