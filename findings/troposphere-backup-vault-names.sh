#!/usr/bin/env bash
# Finding: troposphere's check of a backup vault's name is another one than AWS Backup's.
#
# Guess:     a library that checks names of vaults at all checks them by AWS's pattern, 2 to 50 letters, digits,
#            hyphens and underscores.
# Behaviour: it takes 1 to 50 characters, dots among them, as AWS does for plans and rules. cfn-lint, which has AWS's
#            own schema, refuses `prod.rds` and `x` for the same resource.
# Versions:  troposphere 4.11.1, cfn-lint 1.58.0.
# Why:       the name passes the check that seems to be there for it, and the stack fails.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check troposphere==4.11.1 cfn-lint==1.58.0

cat >"$place/probe.py" <<'PYTHON'
import json, os, subprocess, sys
from importlib.metadata import version
from troposphere import Template
from troposphere.backup import BackupVault

print("troposphere", version("troposphere"), "cfn-lint", version("cfn-lint"))
for name in ["prod-rds", "prod.rds", "x", "v" * 51]:
    template = Template()
    try:
        template.add_resource(BackupVault("Vault", BackupVaultName=name))
        text = template.to_json()
        made = "taken"
    except ValueError:
        made = "refused"
        text = json.dumps({"Resources": {"Vault": {"Type": "AWS::Backup::BackupVault",
                                                   "Properties": {"BackupVaultName": name}}}})
    with open(sys.argv[1], "w") as file:
        file.write(text)
    told = subprocess.run([os.path.join(os.path.dirname(sys.executable), "cfn-lint"), "--format", "json",
                           "--template", sys.argv[1]], capture_output=True, text=True)
    print(f"  {name}: troposphere {made}, cfn-lint {[match['Rule']['Id'] for match in json.loads(told.stdout)]}")
PYTHON

"$place/venv/bin/python" -W ignore "$place/probe.py" "$place/template.json" 2>/dev/null | tee "$place/seen"
diff "$place/seen" - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
troposphere 4.11.1 cfn-lint 1.58.0
  prod-rds: troposphere taken, cfn-lint []
  prod.rds: troposphere taken, cfn-lint ['E3031']
  x: troposphere taken, cfn-lint ['E3031']
  vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv: troposphere refused, cfn-lint ['E3031']
EXPECTED
echo "as found"
