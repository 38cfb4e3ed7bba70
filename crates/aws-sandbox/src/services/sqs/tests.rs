use serde_json::{Value, json};

use crate::services::Service;
use crate::services::bench::{region, world};
use crate::world::{Caller, ServiceError, World};
use aws_policy::context::Context;

const URL: &str = "https://sqs.us-west-2.amazonaws.com/111111111111/letters";
const ARN: &str = "arn:aws:sqs:us-west-2:111111111111:letters";

struct Bench {
    world: World,
    administrator: Caller,
}

impl Bench {
    fn new() -> Self {
        let (world, administrator) = world(vec![region()]);
        Self { world, administrator }
    }

    /// With a queue called `letters`.
    fn with_queue(attributes: Value) -> Self {
        let mut bench = Self::new();
        bench.ok("CreateQueue", json!({"QueueName": "letters", "Attributes": attributes}));
        bench
    }

    fn call(&mut self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        self.world.call(&caller, &region(), Service::Sqs, operation, input, &Context::new())
    }

    fn ok(&mut self, operation: &str, input: Value) -> Value {
        self.call(operation, input).expect(operation)
    }

    fn refused(&mut self, operation: &str, input: Value) -> (String, String) {
        let error = self.call(operation, input).expect_err("a refusal");
        (error.code, error.message)
    }

    fn wait(&mut self, seconds: i64) {
        self.world.advance_to(self.world.now.plus_seconds(seconds));
    }

    fn receive(&mut self, url: &str) -> Vec<Value> {
        let input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"]});
        self.ok("ReceiveMessage", input)["Messages"].as_array().cloned().unwrap_or_default()
    }
}

/// SQS API Reference, "CreateQueue": the same attributes give the URL again, others an error.
#[test]
fn a_queue_made_twice_is_one_queue() {
    let mut bench = Bench::with_queue(json!({"VisibilityTimeout": "60"}));
    let again = json!({"QueueName": "letters", "Attributes": {"VisibilityTimeout": "60"}});
    assert_eq!(bench.ok("CreateQueue", again), json!({ "QueueUrl": URL }));
    assert_eq!(bench.ok("CreateQueue", json!({"QueueName": "letters"})), json!({ "QueueUrl": URL }));
    let other = json!({"QueueName": "letters", "Attributes": {"VisibilityTimeout": "61"}});
    let (code, message) = bench.refused("CreateQueue", other);
    assert_eq!(code, "QueueNameExists");
    assert_eq!(
        message,
        "A queue already exists with the same name and a different value for attribute VisibilityTimeout"
    );
}

#[test]
fn a_name_rests_for_a_minute_after_its_queue_is_deleted() {
    let mut bench = Bench::with_queue(json!({}));
    bench.ok("DeleteQueue", json!({ "QueueUrl": URL }));
    assert_eq!(bench.refused("GetQueueUrl", json!({"QueueName": "letters"})).0, "QueueDoesNotExist");
    assert_eq!(bench.refused("CreateQueue", json!({"QueueName": "letters"})).0, "QueueDeletedRecently");
    bench.wait(60);
    bench.ok("CreateQueue", json!({"QueueName": "letters"}));
}

#[test]
fn an_absent_queue_is_said_to_be_absent() {
    let mut bench = Bench::new();
    let expected = ("QueueDoesNotExist".to_owned(), "The specified queue does not exist.".to_owned());
    for operation in ["GetQueueAttributes", "ReceiveMessage", "DeleteQueue", "ListQueueTags"] {
        assert_eq!(bench.refused(operation, json!({ "QueueUrl": URL })), expected, "{operation}");
    }
    assert_eq!(bench.refused("SendMessage", json!({"QueueUrl": "x", "MessageBody": "y"})).0, "InvalidAddress");
}

/// Defaults as the SQS API Reference ("GetQueueAttributes", "SetQueueAttributes") gives them.
#[test]
fn attributes_show_defaults_and_counts() {
    let mut bench = Bench::with_queue(json!({}));
    for delay in [0, 0, 300] {
        bench.ok("SendMessage", json!({"QueueUrl": URL, "MessageBody": "m", "DelaySeconds": delay}));
    }
    bench.ok("ReceiveMessage", json!({ "QueueUrl": URL }));
    let all = bench.ok("GetQueueAttributes", json!({"QueueUrl": URL, "AttributeNames": ["All"]}));
    assert_eq!(
        all["Attributes"],
        json!({"ApproximateNumberOfMessages": "1", "ApproximateNumberOfMessagesDelayed": "1",
            "ApproximateNumberOfMessagesNotVisible": "1", "CreatedTimestamp": "1767592860",
            "DelaySeconds": "0", "LastModifiedTimestamp": "1767592860", "MaximumMessageSize": "1048576",
            "MessageRetentionPeriod": "345600", "QueueArn": ARN, "ReceiveMessageWaitTimeSeconds": "0",
            "SqsManagedSseEnabled": "true", "VisibilityTimeout": "30"})
    );
    let (code, message) = bench.refused("GetQueueAttributes", json!({"QueueUrl": URL, "AttributeNames": ["Colour"]}));
    assert_eq!((code.as_str(), message.as_str()), ("InvalidAttributeName", "Unknown Attribute Colour."));
    let input = json!({"QueueUrl": URL, "Attributes": {"MessageRetentionPeriod": "59"}});
    assert_eq!(bench.refused("SetQueueAttributes", input).0, "InvalidAttributeValue");
}

/// MD5 of `hello` by RFC 1321's md5sum; of the attributes by hand from the Developer Guide's rule:
/// md5(00000001 'k' 00000006 'String' 01 00000001 'v').
#[test]
fn a_message_is_sent_received_hidden_and_deleted() {
    let mut bench = Bench::with_queue(json!({}));
    let attributes = json!({"k": {"DataType": "String", "StringValue": "v"}});
    let sent =
        bench.ok("SendMessage", json!({"QueueUrl": URL, "MessageBody": "hello", "MessageAttributes": attributes}));
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(sent["MD5OfMessageAttributes"], ATTRIBUTES_MD5);
    let received = bench.receive(URL);
    assert_eq!(received.len(), 1);
    assert_eq!(received[0]["Body"], "hello");
    assert_eq!(received[0]["MessageId"], sent["MessageId"]);
    assert_eq!(received[0]["MD5OfMessageAttributes"], ATTRIBUTES_MD5);
    assert_eq!(received[0]["MessageAttributes"], attributes);
    assert_eq!(received[0]["Attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(received[0]["Attributes"]["SentTimestamp"], "1767592860000");
    assert!(bench.receive(URL).is_empty(), "hidden for thirty seconds");
    bench.wait(30);
    let again = bench.receive(URL);
    assert_eq!(again[0]["Attributes"]["ApproximateReceiveCount"], "2");
    let handle = &again[0]["ReceiptHandle"];
    bench.ok("ChangeMessageVisibility", json!({"QueueUrl": URL, "ReceiptHandle": handle, "VisibilityTimeout": 0}));
    let third = bench.receive(URL);
    bench.ok("DeleteMessage", json!({"QueueUrl": URL, "ReceiptHandle": third[0]["ReceiptHandle"]}));
    bench.wait(3600);
    assert!(bench.receive(URL).is_empty());
    let (code, message) = bench.refused("DeleteMessage", json!({"QueueUrl": URL, "ReceiptHandle": "x"}));
    assert_eq!(code, "ReceiptHandleIsInvalid");
    assert_eq!(message, "The input receipt handle \"x\" is not a valid receipt handle.");
}

const ATTRIBUTES_MD5: &str = "0a77b0642718c3d9dd47090567d11e0d";

#[test]
fn messages_go_after_the_retention_period() {
    let mut bench = Bench::with_queue(json!({"MessageRetentionPeriod": "60"}));
    bench.ok("SendMessage", json!({"QueueUrl": URL, "MessageBody": "m"}));
    bench.wait(59);
    let count = json!({"QueueUrl": URL, "AttributeNames": ["ApproximateNumberOfMessages"]});
    let one = json!({"Attributes": {"ApproximateNumberOfMessages": "1"}});
    assert_eq!(bench.ok("GetQueueAttributes", count.clone()), one);
    bench.wait(1);
    assert_eq!(bench.ok("GetQueueAttributes", count)["Attributes"]["ApproximateNumberOfMessages"], "0");
    assert!(bench.receive(URL).is_empty());
}

#[test]
fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    let mut bench = Bench::with_queue(json!({}));
    let policy = json!({"deadLetterTargetArn": ARN, "maxReceiveCount": 2}).to_string();
    let input = json!({"QueueName": "work", "Attributes": {"RedrivePolicy": policy, "VisibilityTimeout": "0"}});
    let work = bench.ok("CreateQueue", input)["QueueUrl"].as_str().expect("a URL").to_owned();
    bench.ok("SendMessage", json!({"QueueUrl": work, "MessageBody": "m"}));
    assert_eq!((bench.receive(&work).len(), bench.receive(&work).len(), bench.receive(&work).len()), (1, 1, 0));
    let dead = bench.receive(URL);
    assert_eq!(dead[0]["Body"], "m");
    assert_eq!(dead[0]["Attributes"]["DeadLetterQueueSourceArn"], "arn:aws:sqs:us-west-2:111111111111:work");
    let absent = json!({"deadLetterTargetArn": format!("{ARN}2"), "maxReceiveCount": 2}).to_string();
    let input = json!({"QueueUrl": work, "Attributes": {"RedrivePolicy": absent}});
    assert_eq!(bench.refused("SetQueueAttributes", input).0, "InvalidParameterValue");
}

/// A service principal needs the queue's policy; `aws:SourceArn` narrows it to one rule.
#[test]
fn a_service_sends_what_the_queue_policy_admits() {
    let mut bench = Bench::with_queue(json!({}));
    let rule = "arn:aws:events:us-west-2:111111111111:rule/copied";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": ARN,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]});
    bench.ok("SetQueueAttributes", json!({"QueueUrl": URL, "Attributes": {"Policy": policy.to_string()}}));
    let account = bench.administrator.account();
    let service = Caller::service("events.amazonaws.com", &account);
    let context = Context::new().with("aws:SourceArn", rule);
    let input = json!({"QueueUrl": URL, "MessageBody": "m"});
    bench.world.call(&service, &region(), Service::Sqs, "SendMessage", input, &context).expect("sent");
    assert_eq!(bench.receive(URL)[0]["Attributes"]["SenderId"], "events.amazonaws.com");
}

#[test]
fn a_batch_says_of_each_entry_what_became_of_it() {
    let mut bench = Bench::with_queue(json!({"MaximumMessageSize": "1024"}));
    let entries = json!([{"Id": "a", "MessageBody": "m"}, {"Id": "b", "MessageBody": "x".repeat(1025)}]);
    let answer = bench.ok("SendMessageBatch", json!({"QueueUrl": URL, "Entries": entries}));
    assert_eq!(answer["Successful"][0]["Id"], "a");
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameterValue");
    let twice = json!([{"Id": "a", "MessageBody": "m"}, {"Id": "a", "MessageBody": "m"}]);
    let (code, message) = bench.refused("SendMessageBatch", json!({"QueueUrl": URL, "Entries": twice}));
    assert_eq!((code.as_str(), message.as_str()), ("BatchEntryIdsNotDistinct", "Id a repeated."));
    assert_eq!(bench.refused("DeleteMessageBatch", json!({"QueueUrl": URL, "Entries": []})).0, "EmptyBatchRequest");
}

#[test]
fn queues_are_listed_in_pages_and_tagged() {
    let mut bench = Bench::new();
    for name in ["a1", "a2", "a3", "b1"] {
        bench.ok("CreateQueue", json!({"QueueName": name, "tags": {"team": "x"}}));
    }
    let first = bench.ok("ListQueues", json!({"QueueNamePrefix": "a", "MaxResults": 2}));
    assert_eq!(first["QueueUrls"].as_array().map(Vec::len), Some(2));
    let input = json!({"QueueNamePrefix": "a", "MaxResults": 2, "NextToken": first["NextToken"]});
    let second = bench.ok("ListQueues", input);
    assert_eq!(second, json!({"QueueUrls": ["https://sqs.us-west-2.amazonaws.com/111111111111/a3"]}));
    assert_eq!(bench.ok("ListQueues", json!({"QueueNamePrefix": "z"})), json!({}));
    let url = "https://sqs.us-west-2.amazonaws.com/111111111111/b1";
    bench.ok("TagQueue", json!({"QueueUrl": url, "Tags": {"stage": "test"}}));
    bench.ok("UntagQueue", json!({"QueueUrl": url, "TagKeys": ["team"]}));
    assert_eq!(bench.ok("ListQueueTags", json!({ "QueueUrl": url })), json!({"Tags": {"stage": "test"}}));
}

#[test]
fn a_permission_becomes_a_statement_of_the_policy() {
    let mut bench = Bench::with_queue(json!({}));
    let input = json!({"QueueUrl": URL, "Label": "l", "AWSAccountIds": ["222222222222"], "Actions": ["SendMessage"]});
    bench.ok("AddPermission", input);
    let answer = bench.ok("GetQueueAttributes", json!({"QueueUrl": URL, "AttributeNames": ["Policy"]}));
    let policy: Value = serde_json::from_str(answer["Attributes"]["Policy"].as_str().expect("a policy")).expect("JSON");
    assert_eq!(policy["Statement"][0]["Principal"], json!({"AWS": ["arn:aws:iam::222222222222:root"]}));
    assert_eq!(policy["Statement"][0]["Action"], json!(["SQS:SendMessage"]));
    bench.ok("RemovePermission", json!({"QueueUrl": URL, "Label": "l"}));
    assert_eq!(bench.refused("RemovePermission", json!({"QueueUrl": URL, "Label": "l"})).0, "InvalidParameterValue");
}

#[test]
fn a_queue_is_purged_once_a_minute() {
    let mut bench = Bench::with_queue(json!({}));
    bench.ok("SendMessage", json!({"QueueUrl": URL, "MessageBody": "m"}));
    bench.ok("PurgeQueue", json!({ "QueueUrl": URL }));
    assert!(bench.receive(URL).is_empty());
    let (code, message) = bench.refused("PurgeQueue", json!({ "QueueUrl": URL }));
    assert_eq!(code, "PurgeQueueInProgress");
    assert_eq!(message, "Only one PurgeQueue operation on letters is allowed every 60 seconds.");
}
