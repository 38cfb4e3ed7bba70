"""SNS: every operation."""

import json

from clients import PRODUCTION, document, refused


def calls(served, _):
    sns, sqs = served.client("sns"), served.client("sqs")
    topic = sns.create_topic(Name="by-hand", Attributes={"DisplayName": "by hand"},
                             Tags=[{"Key": "team", "Value": "dba"}])["TopicArn"]
    assert sns.create_topic(Name="by-hand")["TopicArn"] == topic
    other = sns.create_topic(Name="another")["TopicArn"]
    assert topic in [row["TopicArn"] for row in sns.list_topics()["Topics"]]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="by hand, again")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"] == "by hand, again"
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "cost", "Value": "7"}])
    assert len(sns.list_tags_for_resource(ResourceArn=topic)["Tags"]) == 2
    sns.untag_resource(ResourceArn=topic, TagKeys=["cost"])
    url = sqs.create_queue(QueueName="told")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document({
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": queue})})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)["SubscriptionArn"]
    pending = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="dba@example.com")["SubscriptionArn"]
    assert pending == "pending confirmation", pending
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"] == "1"
    mail = next(mail for mail in served.mails(f"{PRODUCTION}/us-east-1") if mail["to"] == "dba@example.com")
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=mail["text"].rpartition("Token: ")[2])["SubscriptionArn"]
    assert confirmed.startswith(topic), confirmed
    sns.subscribe(TopicArn=other, Protocol="sqs", Endpoint=queue)
    sns.get_subscription_attributes(SubscriptionArn=subscription)
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 2
    assert len(sns.list_subscriptions()["Subscriptions"]) >= 3
    sent = sns.publish(TopicArn=topic, Subject="hello", Message="to you")["MessageId"]
    body = json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert (body["MessageId"], body["Message"], body["TopicArn"]) == (sent, "to you", topic), body
    sns.unsubscribe(SubscriptionArn=subscription)
    assert len(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]) == 1
    for arn in (topic, other):
        sns.delete_topic(TopicArn=arn)
    refused("NotFound", "Topic does not exist", sns.get_topic_attributes, TopicArn=topic)
    refused("InvalidParameter", "Topic Name", sns.create_topic, Name="no blanks")
