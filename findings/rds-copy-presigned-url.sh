#!/usr/bin/env bash
# Finding: the same CopyDBSnapshot of a snapshot in another Region is a different request from two SDKs of AWS.
#
# Guess:     an SDK writes the `PreSignedUrl` that a copy of an encrypted snapshot from another Region needs only
#            when it is given `SourceRegion`; both SDKs do the same.
# Behaviour: the AWS SDK for JavaScript v3 reads the Region out of the snapshot's ARN and signs the URL by itself.
#            boto3 sends no URL unless `SourceRegion` is passed, although the ARN names the Region. The URL of the
#            JavaScript SDK leaves out TargetDBSnapshotIdentifier; boto3's has it.
# Versions:  boto3 and botocore 1.44.8, @aws-sdk/client-rds 3.1169.0.
# Why:       a copy that works in a Lambda function in JavaScript lacks a parameter when it is moved to Python, and
#            whoever fakes or records RDS must not demand the same parameters from every client.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  @aws-sdk/client-rds@3.1169.0 @aws-sdk/core@3.981.2 @smithy/core@3.41.1 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import urllib.parse
import boto3, botocore

class Stop(Exception):
    pass

def show(params, **_):
    url = params["body"].get("PreSignedUrl")
    names = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query) if url else []
    print("   ", sorted(name for name in names if not name.startswith("X-Amz")) if url else "no PreSignedUrl")
    raise Stop

print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")
rds = boto3.client("rds", region_name="us-west-2", aws_access_key_id="none", aws_secret_access_key="none")
# Reads the request that would go out, and sends nothing.
rds.meta.events.register_last("before-call.rds.CopyDBSnapshot", show)
for extra in [{}, {"SourceRegion": "us-east-1"}]:
    print("  given besides:", sorted(extra))
    try:
        rds.copy_db_snapshot(SourceDBSnapshotIdentifier="arn:aws:rds:us-east-1:111111111111:snapshot:orders",
                             TargetDBSnapshotIdentifier="orders-copy", KmsKeyId="alias/copies", **extra)
    except Stop:
        pass
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
import { RDSClient, CopyDBSnapshotCommand } from "@aws-sdk/client-rds";
const { version } = createRequire(import.meta.url)("@aws-sdk/client-rds/package.json");
console.log("@aws-sdk/client-rds", version);
// Reads the request that would go out, and sends nothing.
const requestHandler = {
  handle: async (request) => {
    const url = new URLSearchParams(request.body).get("PreSignedUrl");
    const names = url ? [...new URL(url).searchParams.keys()].filter((name) => !name.startsWith("X-Amz")) : [];
    console.log("   ", url ? JSON.stringify(names.sort()) : "no PreSignedUrl");
    process.exit();
  },
};
const credentials = { accessKeyId: "none", secretAccessKey: "none" };
console.log("  given besides: []");
await new RDSClient({ region: "us-west-2", credentials, requestHandler }).send(new CopyDBSnapshotCommand({
  SourceDBSnapshotIdentifier: "arn:aws:rds:us-east-1:111111111111:snapshot:orders",
  TargetDBSnapshotIdentifier: "orders-copy",
  KmsKeyId: "alias/copies",
}));
JAVASCRIPT

{
  "$place/venv/bin/python" "$place/probe.py"
  node --no-warnings "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
boto3 1.44.8, botocore 1.44.8
  given besides: []
    no PreSignedUrl
  given besides: ['SourceRegion']
    ['Action', 'DestinationRegion', 'KmsKeyId', 'SourceDBSnapshotIdentifier', 'TargetDBSnapshotIdentifier', 'Version']
@aws-sdk/client-rds 3.1169.0
  given besides: []
    ["Action","DestinationRegion","KmsKeyId","SourceDBSnapshotIdentifier","Version"]
EXPECTED
echo "as found"
