#!/usr/bin/env bash
# Finding: seven lists of AWS Backup come in pages and have no paginator in boto3, ListTags among them.
#
# Guess:     every operation that answers with `NextToken` has a paginator, and the SDKs, made from the same
#            definitions of AWS, have the same ones.
# Behaviour: boto3 has none for the seven lists below, nor for ListEventBuses and eight more of EventBridge; the AWS
#            SDK for JavaScript v3 has one for each of AWS Backup's.
# Versions:  boto3 and botocore 1.44.8, @aws-sdk/client-backup 3.1092.0.
# Why:       code that falls back to a single call where `can_paginate` says no reads the first page and takes it for
#            all: a tag that is on the second page counts as missing.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  @aws-sdk/client-backup@3.1092.0 @aws-sdk/core@3.981.2 @smithy/core@3.41.1 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import boto3, botocore

print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")
for service in ["backup", "events"]:
    client = boto3.client(service, region_name="us-east-1")
    for operation in client.meta.service_model.operation_names:
        answer = client.meta.service_model.operation_model(operation).output_shape
        if answer and "NextToken" in answer.members and not client.can_paginate(botocore.xform_name(operation)):
            print(f"  {service} {operation}: no paginator")
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
import * as backup from "@aws-sdk/client-backup";
console.log("@aws-sdk/client-backup", createRequire(import.meta.url)("@aws-sdk/client-backup/package.json").version);
for (const operation of process.argv.slice(2)) {
  console.log(`  backup ${operation}: ${`paginate${operation}` in backup ? "a paginator" : "no paginator"}`);
}
JAVASCRIPT

{
  "$place/venv/bin/python" "$place/probe.py" | tee "$place/without"
  mapfile -t names < <(sed -n 's/^  backup \(.*\): no paginator$/\1/p' "$place/without")
  node --no-warnings "$place/probe.mjs" "${names[@]}"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
boto3 1.44.8, botocore 1.44.8
  backup ListBackupJobSummaries: no paginator
  backup ListCopyJobSummaries: no paginator
  backup ListFrameworks: no paginator
  backup ListReportJobs: no paginator
  backup ListReportPlans: no paginator
  backup ListRestoreJobSummaries: no paginator
  backup ListTags: no paginator
  events ListApiDestinations: no paginator
  events ListArchives: no paginator
  events ListConnections: no paginator
  events ListEndpoints: no paginator
  events ListEventBuses: no paginator
  events ListEventSources: no paginator
  events ListPartnerEventSourceAccounts: no paginator
  events ListPartnerEventSources: no paginator
  events ListReplays: no paginator
@aws-sdk/client-backup 3.1092.0
  backup ListBackupJobSummaries: a paginator
  backup ListCopyJobSummaries: a paginator
  backup ListFrameworks: a paginator
  backup ListReportJobs: a paginator
  backup ListReportPlans: a paginator
  backup ListRestoreJobSummaries: a paginator
  backup ListTags: a paginator
EXPECTED
echo "as found"
