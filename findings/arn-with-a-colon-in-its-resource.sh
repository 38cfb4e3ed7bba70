#!/usr/bin/env bash
# Finding: three libraries lose the id of a snapshot that AWS Backup made, because it has a colon in it.
#
# Guess:     an ARN's resource is all that follows the fifth colon, so the id in
#            `arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1` is `awsbackup:job-1` everywhere.
# Behaviour: the AWS CDK's Arn.split gives `awsbackup:job-1` for a literal; for a value that is known at deployment
#            only it selects the one part after the type, which is `awsbackup` for every snapshot. aws-arn (npm) gives
#            the id `awsbackup` and the qualifier `job-1`. aws-arn (PyPI), another library of that name, calls the ARN
#            valid and gives no id.
# Versions:  aws-cdk-lib 2.276.0, aws-arn (npm) 2.1.2, aws-arn (PyPI) 0.1.0.
# Why:       recovery points of RDS databases have these ARNs. All of them become one and the same id, or none.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check aws-arn==0.1.0
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  aws-cdk-lib@2.276.0 constructs@10.8.1 aws-arn@2.1.2 >"$place/installed"

cat >"$place/probe.cjs" <<'JAVASCRIPT'
const { App, Arn, ArnFormat, CfnParameter, Stack } = require("aws-cdk-lib");
const parser = require("aws-arn").default;
const version = (name) => require(`./node_modules/${name}/package.json`).version;
const snapshot = "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1";

console.log("aws-cdk-lib", version("aws-cdk-lib"));
const stack = new Stack(new App(), "Stack");
const given = new CfnParameter(stack, "Snapshot").valueAsString;
const name = (arn) => JSON.stringify(stack.resolve(Arn.split(arn, ArnFormat.COLON_RESOURCE_NAME).resourceName));
console.log("  literal:", name(snapshot));
console.log("  parameter:", name(given), "of which part 6 is", JSON.stringify(snapshot.split(":")[6]));
console.log("aws-arn (npm)", version("aws-arn"));
console.log(" ", JSON.stringify((parser.default ?? parser).parse(snapshot).resource));
JAVASCRIPT

cat >"$place/probe.py" <<'PYTHON'
from importlib.metadata import version
import aws_arn

snapshot = "arn:aws:rds:us-east-1:111111111111:snapshot:"
print("aws-arn (PyPI)", version("aws-arn"))
for name in ["orders-2026", "awsbackup:job-1"]:
    arn = snapshot + name
    print(f"  {name}: valid {aws_arn.validate_arn(arn)}, id {aws_arn.get_resource_id_from_arn(arn)}")
PYTHON

{
  node --no-warnings "$place/probe.cjs"
  "$place/venv/bin/python" "$place/probe.py"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
aws-cdk-lib 2.276.0
  literal: "awsbackup:job-1"
  parameter: {"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"Snapshot"}]}]} of which part 6 is "awsbackup"
aws-arn (npm) 2.1.2
  {"type":"snapshot","id":"awsbackup","qualifier":"job-1"}
aws-arn (PyPI) 0.1.0
  orders-2026: valid True, id orders-2026
  awsbackup:job-1: valid True, id None
EXPECTED
echo "as found"
