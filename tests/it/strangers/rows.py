"""Runs the AWS CLI commands of a JSON file of rows [name, profile, Region, words]; prints what each said, as JSON.

`$PLAN`, `$SELECTION` and `$RULE` stand for what an operator would copy from the command before.
"""

import json
import pathlib
import sys

from cli import Failed, aws


def copied():
    plan = aws("backup list-backup-plans --query BackupPlansList[0].BackupPlanId --output text").strip()
    selection = aws(f"backup list-backup-selections --backup-plan-id {plan} "
                    "--query BackupSelectionsList[0].SelectionId --output text").strip()
    rule = aws("events list-rules --query \"Rules[?contains(EventPattern || '', 'Copy Job State Change')].Name | [0]\" "
               "--output text", region="us-west-2").strip()
    return {"$PLAN": plan, "$SELECTION": selection, "$RULE": rule}


def main(file):
    names, said = copied(), {}
    for name, profile, region, words in json.loads(pathlib.Path(file).read_text()):
        for variable, value in names.items():
            words = words.replace(variable, value)
        try:
            said[name] = aws(words, profile, region).strip()
        except Failed as failed:
            said[name] = str(failed)
    print(json.dumps(said))


main(*sys.argv[1:])
