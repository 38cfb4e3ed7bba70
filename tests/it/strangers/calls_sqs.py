"""SQS: every operation."""

import json

from clients import CENTRAL, PRODUCTION, document, refused


def calls(served, lists):
    sqs = served.client("sqs")
    dead = sqs.create_queue(QueueName="by-hand-dead", tags={"team": "dba"})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    url = sqs.create_queue(QueueName="by-hand", Attributes={
        "VisibilityTimeout": "30", "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3}),
    })["QueueUrl"]
    assert sqs.get_queue_url(QueueName="by-hand")["QueueUrl"] == url
    lists.leaves_out(sqs, "list_queues", "QueueUrls", QueueNamePrefix="by-hand-")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document({
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": "*"}), "DelaySeconds": "0"})
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "30"
    sqs.tag_queue(QueueUrl=url, Tags={"cost": "7"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"cost": "7"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["cost"])
    sqs.add_permission(QueueUrl=url, Label="other", AWSAccountIds=[CENTRAL], Actions=["SendMessage"])
    sqs.remove_permission(QueueUrl=url, Label="other")
    attributes = {"kind": {"DataType": "String", "StringValue": "letter"},
                  "seal": {"DataType": "Binary", "BinaryValue": b"wax"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=attributes, MessageSystemAttributes={
        "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}})
    assert sent["MD5OfMessageBody"] == "5d41402abc4b2a76b9719d911017c592"
    batch = sqs.send_message_batch(QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "one", "MessageAttributes": attributes, "MessageSystemAttributes": {
            "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}},
        {"Id": "b", "MessageBody": "two", "DelaySeconds": 901}])
    assert [row["Id"] for row in batch["Successful"]] == ["a"] and [row["Id"] for row in batch["Failed"]] == ["b"], batch
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"],
                              MessageSystemAttributeNames=["All"])["Messages"]
    assert len(got) == 2, got
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"], VisibilityTimeout=60)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=got[0]["ReceiptHandle"])
    done = sqs.delete_message_batch(QueueUrl=url, Entries=[
        {"Id": "a", "ReceiptHandle": got[1]["ReceiptHandle"]}, {"Id": "b", "ReceiptHandle": "made up"}])
    assert done["Successful"] and done["Failed"], done
    sqs.purge_queue(QueueUrl=url)
    sqs.delete_queue(QueueUrl=url)
    served.advance(minutes=2)
    # SQS spoke awsQuery before: botocore gives the old code first, the new one beside it.
    gone = refused("AWS.SimpleQueueService.NonExistentQueue", "queue", sqs.get_queue_url, QueueName="by-hand")
    assert gone["Error"]["QueryErrorCode"] == "QueueDoesNotExist", gone
    refused("InvalidAttributeValue", "VisibilityTimeout", sqs.set_queue_attributes, QueueUrl=dead,
            Attributes={"VisibilityTimeout": "43201"})
