"""The AWS CLI in this process: the same code as the command `aws`, without a start for each call."""

import contextlib
import functools
import io
import itertools
import json
import os
import shlex
import time
import types
import urllib.request

import awscli.clidriver
from awscli.customizations.cloudformation import deployer

# `deploy` names its change sets by the second, and here a second has room for two deployments of one stack.
deployer.time = types.SimpleNamespace(time=itertools.count(int(time.time())).__next__)


class Failed(Exception):
    """A command that did not end with 0: its exit code and what it said."""


@functools.cache
def driver(profile):
    """One for each profile: what is loaded and signed once stays."""
    assert profile
    return awscli.clidriver.create_clidriver()


def aws(words, profile="production", region="us-east-1"):
    """Runs `aws WORDS`; what it printed."""
    arguments = [*(shlex.split(words) if isinstance(words, str) else words), "--profile", profile, "--region", region]
    # Version 1 of the AWS CLI does not heed AWS_ENDPOINT_URL for RDS in us-east-1 and for SQS.
    if arguments[0] in ("rds", "sqs"):
        arguments += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = driver(profile).main(arguments)
    if code:
        raise Failed(f"aws {' '.join(arguments)}: {code}\n{said.getvalue()}{complained.getvalue()}")
    return said.getvalue()


def read(words, profile="production", region="us-east-1"):
    """Runs `aws WORDS`; its JSON document."""
    return json.loads(aws(words, profile, region) or "null")


def advance(hours):
    """Moves the virtual clock."""
    request = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/advance",
                                     json.dumps({"seconds": hours * 3600}).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
