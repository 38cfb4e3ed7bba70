#!/usr/bin/env bash
# Finding: an empty backup vault name turns DescribeBackupVault into ListBackupVaults, and the call succeeds.
#
# Guess:     `BackupVaultName` is a required part of the path, so both SDKs refuse "" before they send anything.
# Behaviour: boto3 and the AWS SDK for JavaScript v3 send GET /backup-vaults/, the path of ListBackupVaults, and
#            give its answer back as a described vault without members. An empty recovery point ARN lists the
#            vault's recovery points in the same way. Nothing is raised.
# Versions:  boto3 and botocore 1.44.8, @aws-sdk/client-backup 3.1092.0.
# Why:       a name that comes from an unset variable passes for a vault that exists. A tool must check that a name
#            is there, and that the answer bears the name it asked for.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  @aws-sdk/client-backup@3.1092.0 @aws-sdk/core@3.981.2 @smithy/core@3.41.1 >"$place/installed"

cat >"$place/server.py" <<'PYTHON'
import http.server, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(f"  sent: {self.command} {self.path}", flush=True)
        body = b'{"BackupVaultList": [], "RecoveryPoints": []}'
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
with open(sys.argv[1], "w") as file:
    file.write(str(server.server_port))
server.serve_forever()
PYTHON

cat >"$place/ask.py" <<'PYTHON'
import sys, boto3
backup = boto3.client("backup", region_name="us-east-1", endpoint_url=sys.argv[1],
                      aws_access_key_id="none", aws_secret_access_key="none")
for call, named in [(backup.describe_backup_vault, {"BackupVaultName": ""}),
                    (backup.describe_recovery_point, {"BackupVaultName": "daily", "RecoveryPointArn": ""})]:
    answer = call(**named)
    print("  got:", sorted(set(answer) - {"ResponseMetadata"}), flush=True)
PYTHON

cat >"$place/ask.mjs" <<'JAVASCRIPT'
import { BackupClient, DescribeBackupVaultCommand, DescribeRecoveryPointCommand } from "@aws-sdk/client-backup";
const credentials = { accessKeyId: "none", secretAccessKey: "none" };
const backup = new BackupClient({ region: "us-east-1", endpoint: process.argv[2], credentials });
for (const command of [
  new DescribeBackupVaultCommand({ BackupVaultName: "" }),
  new DescribeRecoveryPointCommand({ BackupVaultName: "daily", RecoveryPointArn: "" }),
]) {
  const { $metadata, ...answer } = await backup.send(command);
  console.log("  got:", JSON.stringify(Object.keys(answer)));
}
JAVASCRIPT

python3 "$place/server.py" "$place/port" >>"$place/seen" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$place"' EXIT
for _ in $(seq 100); do [ -s "$place/port" ] && break; sleep 0.1; done
endpoint="http://127.0.0.1:$(cat "$place/port")"

{
  "$place/venv/bin/python" -c 'import boto3, botocore; print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")'
  "$place/venv/bin/python" "$place/ask.py" "$endpoint"
  node -p "'@aws-sdk/client-backup ' + require('$place/node_modules/@aws-sdk/client-backup/package.json').version"
  node --no-warnings "$place/ask.mjs" "$endpoint"
} >>"$place/seen"
cat "$place/seen"

diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
boto3 1.44.8, botocore 1.44.8
  sent: GET /backup-vaults/
  got: []
  sent: GET /backup-vaults/daily/recovery-points/
  got: []
@aws-sdk/client-backup 3.1092.0
  sent: GET /backup-vaults/
  got: []
  sent: GET /backup-vaults/daily/recovery-points/
  got: []
EXPECTED
echo "as found"
