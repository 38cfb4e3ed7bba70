"""CloudWatch Logs: every operation, on a group by hand and on what the pipeline's function wrote."""

from clients import REGION_B, refused


def calls(served, lists):
    logs = served.client("logs", region=REGION_B)
    function = next(group["logGroupName"] for group in logs.describe_log_groups()["logGroups"])
    logs.create_log_group(logGroupName="/by/hand", tags={"team": "dba"})
    lists.leaves_out(logs, "describe_log_groups", "logGroups", logGroupNamePrefix="/by/")
    lists.leaves_out(logs, "describe_log_groups", "logGroups", logGroupNamePattern="hand")
    lists.leaves_out(logs, "describe_log_groups", "logGroups", logGroupIdentifiers=["/by/hand"])
    lists.leaves_out(logs, "describe_log_groups", "logGroups", logGroupClass="INFREQUENT_ACCESS", empty=True)
    logs.put_retention_policy(logGroupName="/by/hand", retentionInDays=30)
    arn = next(group["arn"] for group in logs.describe_log_groups()["logGroups"]
               if group["logGroupName"] == "/by/hand").removesuffix(":*")
    logs.tag_resource(resourceArn=arn, tags={"cost": "7"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "dba", "cost": "7"}
    logs.untag_resource(resourceArn=arn, tagKeys=["cost"])
    logs.delete_retention_policy(logGroupName="/by/hand")
    logs.create_log_stream(logGroupName="/by/hand", logStreamName="one")
    logs.create_log_stream(logGroupName="/by/hand", logStreamName="two")
    now = served.now_millis()
    put = logs.put_log_events(logGroupName="/by/hand", logStreamName="one", logEvents=[
        {"timestamp": now - 2000, "message": "first"}, {"timestamp": now - 1000, "message": "second"},
        {"timestamp": now + 3 * 3_600_000, "message": "too new"}])
    assert put["rejectedLogEventsInfo"]["tooNewLogEventStartIndex"] == 2, put
    old = logs.put_log_events(logGroupName="/by/hand", logStreamName="one", logEvents=[
        {"timestamp": now - 20 * 86_400_000, "message": "too old"}])
    assert old["rejectedLogEventsInfo"], old
    logs.put_log_events(logGroupName="/by/hand", logStreamName="two",
                        logEvents=[{"timestamp": now - 500, "message": "third"}])
    group = {"logGroupName": "/by/hand"}
    lists.leaves_out(logs, "describe_log_streams", "logStreams", base=group, logStreamNamePrefix="on")
    newest = logs.describe_log_streams(**group, orderBy="LastEventTime", descending=True)["logStreams"]
    assert [stream["logStreamName"] for stream in newest] == ["two", "one"], newest
    stream = {**group, "logStreamName": "one"}
    every = logs.get_log_events(**stream, startFromHead=True)["events"]
    assert [event["message"] for event in every] == ["first", "second"], every
    assert len(logs.get_log_events(**stream, startTime=now - 1500)["events"]) == 1
    assert len(logs.get_log_events(**stream, endTime=now - 1500)["events"]) == 1
    lists.leaves_out(logs, "filter_log_events", "events", base=group, filterPattern="first")
    lists.leaves_out(logs, "filter_log_events", "events", base=group, logStreamNames=["two"])
    lists.leaves_out(logs, "filter_log_events", "events", base=group, logStreamNamePrefix="t")
    lists.leaves_out(logs, "filter_log_events", "events", base=group, startTime=now - 1500)
    lists.leaves_out(logs, "filter_log_events", "events", base=group, endTime=now - 1500)
    assert logs.filter_log_events(logGroupName=function)["events"]
    logs.describe_log_streams(logGroupName=function)
    logs.delete_log_group(**group)
    refused("ResourceNotFoundException", "log group", logs.describe_log_streams, **group)
    refused("InvalidParameterException", "limit", logs.describe_log_groups, limit=51)
