"""Runs function.py against events.jsonl: every call is answered from the table, nothing reaches a network.

usage: run_table.py FUNCTION.PY EVENTS.JSONL
Prints one line for each row that differs, and the count; exit status 1 if any does.
"""

import copy
import datetime
import importlib.util
import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from xml.sax.saxutils import escape

import boto3
import botocore
from botocore.awsrequest import AWSResponse


def merged(base, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def read_table(path):
    defined, rows = {}, []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.strip():
                continue
            row = json.loads(line)
            if "define" in row:
                defined[row["define"]] = row["as"]
            else:
                rows.append(row)
    return defined, rows


def exchanges(defined, row):
    found = []
    for entry in row.get("exchanges", []):
        if isinstance(entry, str):
            found.append(copy.deepcopy(defined[entry]))
            continue
        exchange = copy.deepcopy(defined[entry["as"]])
        exchange["input"] = merged(exchange["input"], entry.get("input", {}))
        if "error" in entry:
            exchange["error"] = entry["error"]
        elif "answer" in entry:
            exchange["answer"] = entry["answer"]
        elif "patch" in entry:
            exchange["answer"] = merged(exchange["answer"], entry["patch"])
        found.append(exchange)
    return found


def plain(value):
    """A boto3 argument as the table writes it: instants are epoch seconds."""
    if isinstance(value, datetime.datetime):
        return round(value.timestamp(), 3)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


class Raw(io.BytesIO):
    def stream(self, **_):
        contents = self.read()
        while contents:
            yield contents
            contents = self.read()


def answered(request, exchange):
    """The exchange's answer as the wire has it: restJson1 for AWS Backup, awsQuery for RDS."""
    error = exchange.get("error")
    status = error.get("status", 400) if error else 200
    headers = {"x-amzn-requestid": "00000000-0000-4000-8000-000000000000"}
    if exchange["call"].startswith("rds:"):
        headers["content-type"] = "text/xml"
        operation = exchange["call"].split(":")[1]
        if error:
            body = rds_error(error)
        elif operation == "ListTagsForResource":
            body = rds_tags(exchange["answer"])
        else:
            body = rds_snapshots(operation, exchange["answer"])
    else:
        headers["content-type"] = "application/json"
        body = json.dumps({"message": error["message"]} if error else exchange["answer"])
        if error:
            headers["x-amzn-errortype"] = error["code"]
    return AWSResponse(request.url, status, headers, Raw(body.encode()))


def rds_error(error):
    return (
        '<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>%s</Code>'
        "<Message>%s</Message></Error><RequestId>0</RequestId></ErrorResponse>"
        % (escape(error["code"]), escape(error["message"]))
    )


def rds_snapshots(operation, answer):
    """DescribeDBSnapshots and DescribeDBClusterSnapshots: ARN and tags of each."""
    member = "DBSnapshot" if "DBSnapshots" in answer else "DBClusterSnapshot"
    shown = "".join(
        "<%s><%sArn>%s</%sArn><TagList>%s</TagList></%s>"
        % (member, member, escape(snapshot[member + "Arn"]), member, tag_list(snapshot), member)
        for snapshot in answer[member + "s"]
    )
    marker = "<Marker>%s</Marker>" % escape(answer["Marker"]) if "Marker" in answer else ""
    return (
        '<%sResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><%sResult>%s<%ss>%s</%ss></%sResult>'
        "<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></%sResponse>"
        % (operation, operation, marker, member, shown, member, operation, operation)
    )


def tag_list(answer):
    return "".join(
        "<Tag><Key>%s</Key><Value>%s</Value></Tag>" % (escape(tag["Key"]), escape(tag["Value"]))
        for tag in answer["TagList"]
    )


def rds_tags(answer):
    return (
        '<ListTagsForResourceResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><ListTagsForResourceResult>'
        "<TagList>%s</TagList></ListTagsForResourceResult><ResponseMetadata><RequestId>0</RequestId>"
        "</ResponseMetadata></ListTagsForResourceResponse>" % tag_list(answer)
    )


class Context:
    """Lambda's context: so many milliseconds are left each time that the function asks."""

    def __init__(self, remaining):
        self.remaining = list(remaining)

    def get_remaining_time_in_millis(self):
        return self.remaining.pop(0) if self.remaining else 300_000


class Wire:
    """Takes the place of the network for one row."""

    def __init__(self, expected):
        self.expected = expected
        self.position = 0
        self.differences = []
        self.asked = None

    def parameters(self, params, model, **_):
        self.asked = ("%s:%s" % (model.service_model.service_name, model.name), plain(dict(params)))

    def send(self, request, **_):
        call, given = self.asked
        if self.position >= len(self.expected):
            self.differences.append("unexpected call %s %s" % (call, given))
            raise RuntimeError("the table has no answer")
        exchange = self.expected[self.position]
        self.position += 1
        if (call, given) != (exchange["call"], exchange["input"]):
            self.differences.append("call %s %s instead of %s %s" % (call, given, exchange["call"], exchange["input"]))
        return answered(request, exchange)

    def finish(self):
        for exchange in self.expected[self.position :]:
            self.differences.append("missing call %s" % exchange["call"])


def run(function, defined, row):
    wire = Wire(exchanges(defined, row))
    session = boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="x", region_name="us-west-2")
    session.events.register("before-parameter-build.*.*", wire.parameters)
    session.events.register("before-send.*.*", wire.send)
    boto3.DEFAULT_SESSION = session
    environment = merged(defined["environment"], row.get("environment", {}))
    for name in defined["environment"]:
        os.environ.pop(name, None)
    os.environ.update(environment)
    instant = datetime.datetime.fromtimestamp(row.get("now", defined["now"]), datetime.timezone.utc)
    function.now = lambda: instant
    event = row["event"]
    event = defined[event] if isinstance(event, str) and event in defined else event
    event = merged(event, row["patch"]) if "patch" in row else copy.deepcopy(event)
    output, raised = io.StringIO(), None
    with redirect_stdout(output):
        try:
            function.handler(event, Context(row.get("remaining", [])))
        except Exception as error:  # what the function raises is what the table is about
            raised = type(error).__name__
    wire.finish()
    lines = output.getvalue().splitlines()
    expected = row.get("lines", [])
    if len(lines) != len(expected) + 1:
        wire.differences.append("%d lines instead of %d" % (len(lines), len(expected) + 1))
    for wanted, line in zip(expected, lines):
        wire.differences += differs(wanted, json.loads(line))
    record = json.loads(lines[-1]) if lines else {}
    wire.differences += compare(row, record, raised)
    return wire.differences


def compare(row, record, raised):
    differences = []
    if raised != row.get("raises"):
        differences.append("raised %s instead of %s" % (raised, row.get("raises")))
    return differences + differs(dict(row.get("record", {}), outcome=row.get("outcome", "error")), record)


def differs(expected, line):
    return [
        "%s is %r instead of %r" % (member, line.get(member), value)
        for member, value in expected.items()
        if line.get(member) != value
    ]


def main():
    specification = importlib.util.spec_from_file_location("index", sys.argv[1])
    function = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(function)
    time.sleep = lambda seconds: None
    defined, rows = read_table(sys.argv[2])
    failures = 0
    for row in rows:
        for difference in run(function, defined, row):
            failures += 1
            print("%s: %s" % (row["name"], difference))
    print("%d rows under botocore %s, %d differences" % (len(rows), botocore.__version__, failures))
    sys.exit(1 if failures else 0)


main()
