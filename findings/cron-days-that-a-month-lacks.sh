#!/usr/bin/env bash
# Finding: two parsers made for AWS's cron expressions do not skip a month that lacks the day.
#
# Guess:     `cron(0 5 31 * ? *)` fires in the seven months that have a 31st, `cron(0 5 29 2 ? *)` in leap years, and
#            `31W` in those seven months too.
# Behaviour: pyawscron raises ValueError as soon as the next month is too short, for schedules that are valid.
#            aws-cron-parser (npm) goes on into the next month: it names 1 October for the 31st of September, 1 March
#            for 29 February, and 30 September for `31W`. aws-croniter names the right times.
# Versions:  pyawscron 1.0.7, aws-cron-parser (npm) 1.1.12, aws-croniter 2.1.1.
# Why:       a monthly backup is expected on days on which AWS takes none, or the check itself breaks several times a year.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check aws-croniter==2.1.1 pyawscron==1.0.7
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  aws-cron-parser@1.1.12 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import datetime
from importlib.metadata import version
import pyawscron
from aws_croniter import AwsCroniter

START = datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc)
print("aws-croniter", version("aws-croniter"), "pyawscron", version("pyawscron"))
for expression in ["0 5 31 * ? *", "0 5 29 2 ? *", "0 5 31W * ? *"]:
    print(f"{expression} after {START:%Y-%m-%d}")
    print(f"  aws-croniter: {AwsCroniter(expression).get_next(START, 1)[0]:%Y-%m-%d}")
    try:
        print(f"  pyawscron: {pyawscron.AWSCron(expression).occurrence(START).next():%Y-%m-%d}")
    except ValueError as error:
        print("  pyawscron: raises ValueError:", error)
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
const require = createRequire(import.meta.url);
const { parse, next } = require("aws-cron-parser");
console.log("aws-cron-parser", require("aws-cron-parser/package.json").version);
for (const expression of ["0 5 31 * ? *", "0 5 29 2 ? *", "0 5 31W * ? *"]) {
  const time = next(parse(expression), new Date("2026-09-01T00:00:00Z"));
  console.log(`  ${expression}: ${time.toISOString().slice(0, 10)}`);
}
JAVASCRIPT

{
  "$place/venv/bin/python" "$place/probe.py"
  node "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
aws-croniter 2.1.1 pyawscron 1.0.7
0 5 31 * ? * after 2026-09-01
  aws-croniter: 2026-10-31
  pyawscron: raises ValueError: day is out of range for month
0 5 29 2 ? * after 2026-09-01
  aws-croniter: 2028-02-29
  pyawscron: raises ValueError: day is out of range for month
0 5 31W * ? * after 2026-09-01
  aws-croniter: 2026-10-30
  pyawscron: 2026-10-30
aws-cron-parser 1.1.12
  0 5 31 * ? *: 2026-10-01
  0 5 29 2 ? *: 2027-03-01
  0 5 31W * ? *: 2026-09-30
EXPECTED
echo "as found"
