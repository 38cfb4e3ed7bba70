#!/usr/bin/env bash
# Finding: parsers made for AWS's cron expressions take `L` as the day of the week, and `LW`, and then find no time.
#
# Guess:     `cron(0 5 ? * L *)` is every Saturday and `cron(0 5 LW * ? *)` each month's last working day, for every
#            parser of EventBridge's cron expressions: AWS documents `L` in both fields of days, and `W` beside it.
# Behaviour: the validator calls both valid. aws-croniter takes the bare `L` and answers None, as for a schedule
#            that never fires; at `LW` it raises ValueError. pyawscron and aws-cron-parser raise for both. With a
#            day before it (`SATL`) all three read `L` well.
# Versions:  aws-croniter 2.1.1, pyawscron 1.0.7, aws-cron-expression-validator 1.1.15, aws-cron-parser (npm) 1.1.12.
# Why:       a program that takes "no next time" for "nothing is due" watches no backup of such a plan.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  aws-croniter==2.1.1 pyawscron==1.0.7 aws-cron-expression-validator==1.1.15
npm install --prefix "$place" --loglevel=error --no-audit --no-fund --ignore-scripts \
  aws-cron-parser@1.1.12 >"$place/installed"

cat >"$place/probe.py" <<'PYTHON'
import datetime
from importlib.metadata import version
import pyawscron
from aws_cron_expression_validator.validator import AWSCronExpressionValidator
from aws_croniter import AwsCroniter

START = datetime.datetime(2026, 7, 1, tzinfo=datetime.timezone.utc)

def outcome(ask):
    try:
        answer = ask()
    except Exception as error:
        return f"raises {type(error).__name__}"
    return f"{answer:%a %Y-%m-%d}" if isinstance(answer, datetime.datetime) else answer

for name in ["aws-cron-expression-validator", "aws-croniter", "pyawscron"]:
    print(name, version(name))
for expression in ["0 5 ? * L *", "0 5 LW * ? *", "0 5 ? * SATL *"]:
    print(expression)
    print("  validator:", outcome(lambda: AWSCronExpressionValidator.validate(expression) and "valid"))
    print("  aws-croniter:", outcome(lambda: AwsCroniter(expression).get_next(START, 1)[0]))
    print("  pyawscron:", outcome(lambda: pyawscron.AWSCron(expression).occurrence(START).next()))
PYTHON

cat >"$place/probe.mjs" <<'JAVASCRIPT'
import { createRequire } from "module";
const require = createRequire(import.meta.url);
const { parse, next } = require("aws-cron-parser");
console.log("aws-cron-parser", require("aws-cron-parser/package.json").version);
for (const expression of ["0 5 ? * L *", "0 5 LW * ? *", "0 5 ? * SATL *"]) {
  let outcome;
  try {
    outcome = next(parse(expression), new Date("2026-07-01T00:00:00Z")).toUTCString().slice(0, 16);
  } catch (error) {
    outcome = `raises ${error.name}`;
  }
  console.log(`  ${expression}: ${outcome}`);
}
JAVASCRIPT

{
  "$place/venv/bin/python" "$place/probe.py"
  node "$place/probe.mjs"
} | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
aws-cron-expression-validator 1.1.15
aws-croniter 2.1.1
pyawscron 1.0.7
0 5 ? * L *
  validator: valid
  aws-croniter: None
  pyawscron: raises Exception
0 5 LW * ? *
  validator: valid
  aws-croniter: raises ValueError
  pyawscron: raises ValueError
0 5 ? * SATL *
  validator: valid
  aws-croniter: Sat 2026-07-25
  pyawscron: Sat 2026-07-25
aws-cron-parser 1.1.12
  0 5 ? * L *: raises Error
  0 5 LW * ? *: raises Error
  0 5 ? * SATL *: Sat, 25 Jul 2026
EXPECTED
echo "as found"
