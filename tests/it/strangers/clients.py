"""Clients of a served sandbox, as a stranger makes them: boto3, an endpoint, keys. Nothing is patched.

Every answer is held against botocore's own service model while it passes by.
"""

import datetime
import email.utils
import functools
import json
import pathlib
import urllib.request

import boto3
import botocore
import botocore.config
import botocore.exceptions

from pages import Pages

PRODUCTION, CENTRAL, MANAGEMENT, OUTSIDE = "111111111111", "222222222222", "999999999999", "333333333333"
REGION_A, REGION_B, REGION_C = "us-east-1", "us-west-2", "eu-west-1"


class Served:
    """One served sandbox."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.answers = []
        self._clients = {}
        self.session = boto3.Session()
        self.pages = Pages()
        self._paging = False

    def _answered(self, client, http_response, parsed, model, context, **_):
        service = model.service_model.signing_name
        self.answers.append((service, model, parsed, http_response.status_code))
        is_paged = http_response.status_code < 300 and client.can_paginate(botocore.xform_name(model.name))
        if is_paged and not self._paging:
            self._paging = True
            try:
                self.pages.walk(client, model, context["asked"])
            finally:
                self._paging = False

    def client(self, service, account=PRODUCTION, region=REGION_A, **keys):
        """A client of one service as the administrator of an account."""
        place = (service, account, region, json.dumps(keys, sort_keys=True))
        if place not in self._clients:
            keys = keys or {"aws_access_key_id": f"AKIA{account}SAND", "aws_secret_access_key": "sandbox"}
            self._clients[place] = self.session.client(
                service, endpoint_url=self.endpoint, region_name=region,
                config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=120), **keys)
            client = self._clients[place]
            client.meta.events.register(
                "provide-client-params", lambda params, context, **_: context.update(asked=dict(params)))
            client.meta.events.register("after-call", functools.partial(self._answered, client))
        return self._clients[place]

    def now_millis(self):
        """The virtual instant, from the `Date` of an answer."""
        date = self.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]["date"]
        return int(email.utils.parsedate_to_datetime(date).timestamp() * 1000)

    def mails(self, place):
        """What SNS mailed from an account and Region."""
        with urllib.request.urlopen(f"{self.endpoint}/_sandbox/state") as answer:
            return json.load(answer)["world"]["services"]["sns"][place]["outbox"]

    def advance(self, **span):
        """Moves the virtual clock."""
        seconds = int(datetime.timedelta(**span).total_seconds())
        request = urllib.request.Request(
            f"{self.endpoint}/_sandbox/advance", json.dumps({"seconds": seconds}).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def refused(code, words, call, **arguments):
    """The call is refused with this code and words that hold `words`."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        said = error.response["Error"]
        assert said["Code"] == code, f"{said} instead of {code}"
        assert words.lower() in said.get("Message", "").lower(), f"{said} lacks `{words}`"
        return error.response
    raise AssertionError(f"{call} {arguments} was not refused with {code}")


def document(statement):
    """A policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def template(name):
    """A template's text, beside the scripts that use it."""
    return (pathlib.Path(__file__).parent / name).read_text()
