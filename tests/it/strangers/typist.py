"""Types commands of the AWS CLI: a JSON line in, `{"endpoint": …, "commands": […]}`, a JSON line out with what failed."""

import json
import os
import shlex
import sys

import cli

for line in sys.stdin:
    asked = json.loads(line)
    os.environ["AWS_ENDPOINT_URL"] = asked["endpoint"]
    cli.driver.cache_clear()
    failed = None
    for command in asked["commands"]:
        program, *words = shlex.split(command)
        assert program == "aws", command
        profile, region = "management", "us-east-1"
        for name in ("--profile", "--region"):
            if name in words:
                at = words.index(name)
                value = words[at + 1]
                del words[at:at + 2]
                profile, region = (value, region) if name == "--profile" else (profile, value)
        try:
            cli.aws(words, profile, region)
        except cli.Failed as error:
            failed = str(error)
            break
    print(json.dumps({"failed": failed}), flush=True)
