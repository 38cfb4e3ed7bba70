#!/usr/bin/env bash
# Finding: botocore's waiter `db_snapshot_completed` succeeds at once for a snapshot that does not exist.
#
# Guess:     a waiter for a completed snapshot fails, or goes on waiting, while Amazon RDS says DBSnapshotNotFound.
# Behaviour: the waiter's table names the error DBSnapshotNotFound as success. `get_waiter("db_snapshot_completed")`
#            returns after one call, and so does `aws rds wait db-snapshot-completed`. Its neighbour
#            `db_snapshot_available` raises WaiterError for the same answer.
# Versions:  boto3 and botocore 1.44.8, awscli 1.46.3.
# Why:       whoever waits for a copy under a mistyped name, or in the wrong Region, and then deletes the source,
#            deletes the only snapshot. Wait with `db_snapshot_available`, and describe the snapshot afterwards.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  boto3==1.44.8 botocore==1.44.8 awscli==1.46.3

cat >"$place/probe.py" <<'PYTHON'
import http.server, os, subprocess, sys, threading
import boto3, botocore, botocore.exceptions

# What RDS says of a snapshot that is not there.
BODY = b"""<ErrorResponse><Error><Type>Sender</Type><Code>DBSnapshotNotFound</Code>
<Message>DBSnapshot orders-copy not found.</Message></Error><RequestId>1</RequestId></ErrorResponse>"""
calls = 0

class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global calls
        calls += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(404)
        self.send_header("content-length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
endpoint = f"http://127.0.0.1:{server.server_port}"
os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1")
rds = boto3.client("rds", endpoint_url=endpoint)

print(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")
for name in ["db_snapshot_completed", "db_snapshot_available"]:
    calls = 0
    try:
        rds.get_waiter(name).wait(DBSnapshotIdentifier="orders-copy")
        outcome = "returned"
    except botocore.exceptions.WaiterError:
        outcome = "raised WaiterError"
    print(f"{name}: {outcome} after {calls} call")
aws = [os.path.join(os.path.dirname(sys.executable), "aws"), "--endpoint-url", endpoint, "rds", "wait"]
for name in ["db-snapshot-completed", "db-snapshot-available"]:
    code = subprocess.run([*aws, name, "--db-snapshot-identifier", "orders-copy"], stderr=subprocess.DEVNULL).returncode
    print(f"aws rds wait {name}: exit code {code}")
PYTHON

"$place/venv/bin/python" "$place/probe.py" | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
boto3 1.44.8, botocore 1.44.8
db_snapshot_completed: returned after 1 call
db_snapshot_available: raised WaiterError after 1 call
aws rds wait db-snapshot-completed: exit code 0
aws rds wait db-snapshot-available: exit code 255
EXPECTED
echo "as found"
