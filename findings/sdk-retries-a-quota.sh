#!/usr/bin/env bash
# Finding: whether an SDK repeats a call that AWS Backup refuses for a quota depends on its retry mode.
#
# Guess:     LimitExceededException of AWS Backup ("the maximum number of vaults") is an answer for good, an error of
#            the client with status 400: no SDK repeats the call.
# Behaviour: boto3's `standard` mode, its default since lately, and the AWS SDK for JavaScript v3 count the name among
#            the throttling errors and ask three times, with pauses. boto3's `legacy` mode asks once.
# Versions:  boto3 and botocore 1.44.8, @aws-sdk/client-backup 3.1092.0.
# Why:       a quota looks like a throttle to whoever watches retries, the answer comes later than it could, and
#            one refused call stands three times in CloudTrail.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  @aws-sdk/client-backup@3.1092.0 @aws-sdk/core@3.981.2 @smithy/core@3.41.1 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import http.server, threading
import boto3, botocore
from botocore.config import Config

calls = 0

class Refuse(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        global calls
        calls += 1
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"Code": "ERROR", "Message": "Too many backup vaults."}'
        self.send_response(400)
        self.send_header("x-amzn-errortype", "LimitExceededException")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Refuse)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")
print("  default mode:", boto3.Session()._session.get_config_variable("retry_mode"))
for mode in ["legacy", "standard"]:
    calls = 0
    backup = boto3.client("backup", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{server.server_port}",
                          aws_access_key_id="none", aws_secret_access_key="none", config=Config(retries={"mode": mode}))
    try:
        backup.create_backup_vault(BackupVaultName="one-more")
    except backup.exceptions.LimitExceededException:
        print(f"  {mode}: {calls} calls")
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import http from "http";
import { createRequire } from "module";
import { BackupClient, CreateBackupVaultCommand, LimitExceededException } from "@aws-sdk/client-backup";
const { version } = createRequire(import.meta.url)("@aws-sdk/client-backup/package.json");
let calls = 0;
const server = http.createServer((request, response) => {
  calls += 1;
  request.resume().on("end", () => {
    response.writeHead(400, { "x-amzn-errortype": "LimitExceededException" });
    response.end('{"Code": "ERROR", "Message": "Too many backup vaults."}');
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const credentials = { accessKeyId: "none", secretAccessKey: "none" };
const endpoint = `http://127.0.0.1:${server.address().port}`;
try {
  const backup = new BackupClient({ region: "us-east-1", endpoint, credentials });
  await backup.send(new CreateBackupVaultCommand({ BackupVaultName: "one-more" }));
} catch (error) {
  if (!(error instanceof LimitExceededException)) throw error;
  console.log(`@aws-sdk/client-backup ${version}\n  default: ${calls} calls`);
}
process.exit();
JAVASCRIPT

{
  env -u AWS_RETRY_MODE "$place/venv/bin/python" "$place/probe.py"
  env -u AWS_RETRY_MODE node --no-warnings "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
boto3 1.44.8, botocore 1.44.8
  default mode: standard
  legacy: 1 calls
  standard: 3 calls
@aws-sdk/client-backup 3.1092.0
  default: 3 calls
EXPECTED
echo "as found"
