#!/usr/bin/env bash
# Finding: cfn-lint reads the lifecycle of a backup rule, but neither its schedule nor a vault lock's bounds.
#
# Guess:     a linter that refuses `cron(0 5 * * * *)` in an EventBridge rule refuses it, and a crontab line of five
#            fields, in a backup plan; one that knows the 90 days between cold storage and deletion knows that a lock
#            can be changed for at least 3 days and that its shortest retention is not above its longest.
# Behaviour: cfn-lint reports E3027 for the EventBridge rule and E3504 for the lifecycle, and nothing for the plan's
#            schedule or the lock. The AWS CDK refuses both locks when the template is made.
# Versions:  cfn-lint 1.58.0, aws-cdk-lib 2.276.0.
# Why:       a template passes the linter and fails while the stack is created, with keys and vaults half made.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check cfn-lint==1.58.0
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  aws-cdk-lib@2.276.0 constructs@10.8.1 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import json, os, subprocess, sys
from importlib.metadata import version

def lint(name, kind, properties):
    with open(sys.argv[1], "w") as file:
        json.dump({"Resources": {"One": {"Type": kind, "Properties": properties}}}, file)
    told = subprocess.run([os.path.join(os.path.dirname(sys.executable), "cfn-lint"), "--format", "json",
                           "--regions", "us-east-1", "--template", sys.argv[1]], capture_output=True, text=True)
    print(f"  {name}: {[match['Rule']['Id'] for match in json.loads(told.stdout)]}")

def plan(name, **rule):
    rule |= {"RuleName": "daily", "TargetBackupVault": "daily"}
    lint(name, "AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanName": "daily", "BackupPlanRule": [rule]}})

def lock(name, **configuration):
    lint(name, "AWS::Backup::BackupVault", {"BackupVaultName": "daily", "LockConfiguration": configuration})

print("cfn-lint", version("cfn-lint"))
both_days = "cron(0 5 * * * *)"
lint(f"EventBridge rule, {both_days}", "AWS::Events::Rule", {"ScheduleExpression": both_days})
plan(f"backup plan, {both_days}", ScheduleExpression=both_days)
plan("backup plan, 0 5 * * *", ScheduleExpression="0 5 * * *")
plan("backup plan, deleted 20 days after cold storage", Lifecycle={"MoveToColdStorageAfterDays": 10, "DeleteAfterDays": 30})
lock("vault lock, changeable for 2 days", MinRetentionDays=7, ChangeableForDays=2)
lock("vault lock, shortest retention above the longest", MinRetentionDays=70, MaxRetentionDays=7)
PYTHON

cat >"$place/probe.cjs" <<'JAVASCRIPT'
const { App, Duration, Stack } = require("aws-cdk-lib");
const { BackupVault } = require("aws-cdk-lib/aws-backup");
const stack = new Stack(new App(), "Stack");
const lock = (name, lockConfiguration) => {
  let outcome = "made";
  try {
    new BackupVault(stack, name, { lockConfiguration });
  } catch {
    outcome = "refused";
  }
  console.log(`  ${name}: ${outcome}`);
};
console.log("aws-cdk-lib", require("./node_modules/aws-cdk-lib/package.json").version);
const days = Duration.days;
lock("vault lock, changeable for 2 days", { minRetention: days(7), changeableFor: days(2) });
lock("vault lock, shortest retention above the longest", { minRetention: days(70), maxRetention: days(7) });
lock("vault lock, in bounds", { minRetention: days(7), maxRetention: days(70), changeableFor: days(3) });
JAVASCRIPT

{
  "$place/venv/bin/python" "$place/probe.py" "$place/template.json"
  node --no-warnings "$place/probe.cjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
cfn-lint 1.58.0
  EventBridge rule, cron(0 5 * * * *): ['E3027']
  backup plan, cron(0 5 * * * *): []
  backup plan, 0 5 * * *: []
  backup plan, deleted 20 days after cold storage: ['E3504']
  vault lock, changeable for 2 days: []
  vault lock, shortest retention above the longest: []
aws-cdk-lib 2.276.0
  vault lock, changeable for 2 days: refused
  vault lock, shortest retention above the longest: refused
  vault lock, in bounds: made
EXPECTED
echo "as found"
