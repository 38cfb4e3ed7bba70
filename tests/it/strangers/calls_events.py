"""EventBridge: every operation."""

import datetime
import json

from clients import CENTRAL, PRODUCTION, REGION_B, document, refused

ROLE = f"arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole"
PATTERN = json.dumps({"source": ["by.hand"]})


def calls(served, lists):
    events, sqs = served.client("events"), served.client("sqs")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document({
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": arn})})
    buses(events, lists)
    rule = events.put_rule(Name="hears", EventPattern=PATTERN, Description="hears", State="ENABLED",
                           Tags=[{"Key": "team", "Value": "dba"}])["RuleArn"]
    events.put_rule(Name="ticks", ScheduleExpression="rate(1 hour)", RoleArn=ROLE)
    events.describe_rule(Name="ticks")
    events.describe_rule(Name="hears")
    lists.leaves_out(events, "list_rules", "Rules", NamePrefix="he")
    put = events.put_targets(Rule="hears", Targets=[
        {"Id": "queue", "Arn": arn, "InputTransformer": {
            "InputPathsMap": {"who": "$.detail.who"}, "InputTemplate": '"<who>"'},
         "DeadLetterConfig": {"Arn": arn}, "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}},
        {"Id": "path", "Arn": arn, "InputPath": "$.detail"},
        {"Id": "fixed", "Arn": arn, "Input": '"fixed"'},
        {"Id": "bus", "Arn": f"arn:aws:events:us-west-2:{PRODUCTION}:event-bus/default", "RoleArn": ROLE},
        {"Id": "hook", "Arn": arn.replace("heard", "nowhere"), "SqsParameters": {"MessageGroupId": "g"}},
    ])
    assert put["FailedEntryCount"] in (0, 1), put
    events.list_targets_by_rule(Rule="hears")
    assert events.list_rule_names_by_target(TargetArn=arn)["RuleNames"] == ["hears"]
    sent = events.put_events(Entries=[
        {"Source": "by.hand", "DetailType": "greeting", "Detail": '{"who": "you"}', "Resources": [arn],
         "Time": datetime.datetime(2026, 1, 7)},
        {"Source": "by.hand", "DetailType": "greeting", "Detail": "no json"}])
    assert sent["FailedEntryCount"] == 1 and sent["Entries"][0]["EventId"], sent
    served.advance(minutes=5)
    bodies = [row["Body"] for row in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]]
    assert '"you"' in bodies and '{"who":"you"}' in bodies and '"fixed"' in bodies, bodies
    event = {"id": "1", "account": PRODUCTION, "source": "by.hand", "time": "2026-01-07T00:00:00Z",
             "region": "us-east-1", "resources": [], "detail-type": "greeting", "detail": {}}
    assert events.test_event_pattern(EventPattern=PATTERN, Event=json.dumps(event))["Result"] is True
    events.disable_rule(Name="hears")
    assert events.describe_rule(Name="hears")["State"] == "DISABLED"
    events.enable_rule(Name="hears")
    events.tag_resource(ResourceARN=rule, Tags=[{"Key": "cost", "Value": "7"}])
    assert len(events.list_tags_for_resource(ResourceARN=rule)["Tags"]) == 2
    events.untag_resource(ResourceARN=rule, TagKeys=["cost"])
    refused("ValidationException", "target", events.delete_rule, Name="hears")
    gone = events.remove_targets(Rule="hears", Ids=["queue", "path", "fixed", "bus", "hook", "never"])
    assert gone["FailedEntryCount"] in (0, 1, 2), gone
    events.delete_rule(Name="hears")
    events.delete_rule(Name="ticks")
    served.client("events", region=REGION_B).list_rules()
    refused("ResourceNotFoundException", "hears", events.describe_rule, Name="hears")
    refused("InvalidEventPatternException", "", events.put_rule, Name="broken", EventPattern="{")
    refused("ValidationException", "limit", events.list_rules, Limit=101)


def buses(events, lists):
    events.create_event_bus(Name="ours", Description="a bus of ours", Tags=[{"Key": "team", "Value": "dba"}])
    events.put_permission(EventBusName="ours", Action="events:PutEvents", Principal=CENTRAL, StatementId="central")
    events.describe_event_bus(Name="ours")
    lists.leaves_out(events, "list_event_buses", "EventBuses", NamePrefix="ou")
    here = events.put_rule(Name="on-ours", EventBusName="ours", EventPattern=PATTERN)["RuleArn"]
    assert "ours/on-ours" in here, here
    lists.leaves_out(events, "list_rules", "Rules", EventBusName="ours", among={"EventBusName": "default"},
                     equal="another bus, another list")
    target = f"arn:aws:events:us-east-1:{PRODUCTION}:event-bus/default"
    events.put_targets(Rule="on-ours", EventBusName="ours", Targets=[{"Id": "1", "Arn": target, "RoleArn": ROLE}])
    lists.leaves_out(events, "list_rule_names_by_target", "RuleNames", TargetArn=target, EventBusName="default",
                     among={"EventBusName": "ours"}, empty=True)
    assert events.list_targets_by_rule(Rule="on-ours", EventBusName="ours")["Targets"]
    lists.cases.add(("events", "ListTargetsByRule", "EventBusName"))
    refused("ResourceNotFoundException", "", events.list_targets_by_rule, Rule="on-ours", EventBusName="default")
    events.remove_targets(Rule="on-ours", EventBusName="ours", Ids=["1"])
    events.delete_rule(Name="on-ours", EventBusName="ours")
    events.remove_permission(EventBusName="ours", StatementId="central")
    events.delete_event_bus(Name="ours")
