"""CloudWatch: every operation."""

from clients import PRODUCTION, refused


def calls(served, lists):
    cloudwatch, sns = served.client("cloudwatch"), served.client("sns")
    topic = sns.create_topic(Name="alarmed")["TopicArn"]
    settings = {
        "Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum",
        "Dimensions": [{"Name": "QueueName", "Value": "letters"}], "Period": 60, "EvaluationPeriods": 2,
        "DatapointsToAlarm": 1, "Threshold": 0.5, "ComparisonOperator": "GreaterThanThreshold",
    }
    cloudwatch.put_metric_alarm(
        AlarmName="by-hand", AlarmDescription="letters lie about", TreatMissingData="notBreaching", AlarmActions=[topic],
        OKActions=[topic], InsufficientDataActions=[topic], Tags=[{"Key": "team", "Value": "dba"}], **settings)
    cloudwatch.put_metric_alarm(AlarmName="another", ActionsEnabled=False, **settings)
    found = cloudwatch.describe_alarms(AlarmNames=["by-hand"])["MetricAlarms"][0]
    assert (found["StateValue"], found["Threshold"]) == ("INSUFFICIENT_DATA", 0.5), found
    arn = found["AlarmArn"]
    assert arn == f"arn:aws:cloudwatch:us-east-1:{PRODUCTION}:alarm:by-hand", arn
    cloudwatch.set_alarm_state(
        AlarmName="by-hand", StateValue="ALARM", StateReason="a try", StateReasonData='{"tried": true}')
    for chosen in ({"AlarmNames": ["by-hand"]}, {"AlarmNamePrefix": "by-"}, {"StateValue": "ALARM"},
                   {"ActionPrefix": topic}):
        lists.leaves_out(cloudwatch, "describe_alarms", "MetricAlarms", **chosen)
    lists.leaves_out(cloudwatch, "describe_alarms", "MetricAlarms", empty=True, AlarmTypes=["CompositeAlarm"])
    cloudwatch.tag_resource(ResourceARN=arn, Tags=[{"Key": "cost", "Value": "7"}])
    assert len(cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]) == 2
    cloudwatch.untag_resource(ResourceARN=arn, TagKeys=["cost"])
    refused("ResourceNotFoundException", "does not exist", cloudwatch.list_tags_for_resource, ResourceARN=f"{arn}-not")
    refused("InvalidParameterValue", "not the ARN", cloudwatch.list_tags_for_resource, ResourceARN=topic)
    refused("ValidationError", "Only us-east-1 is supported", cloudwatch.put_metric_alarm, AlarmName="far",
            AlarmActions=[topic.replace("us-east-1", "us-west-2")], **settings)
    refused("ResourceNotFound", "does not exist", cloudwatch.delete_alarms, AlarmNames=["by-hand", "none"])
    cloudwatch.delete_alarms(AlarmNames=["by-hand", "another"])
    sns.delete_topic(TopicArn=topic)
