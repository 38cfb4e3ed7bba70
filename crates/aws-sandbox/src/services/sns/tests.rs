use serde_json::{Value, json};

use crate::services::bench::{account, region, world};
use crate::services::{Service, conformance};
use crate::world::{Caller, Place, ServiceError, World};
use aws_policy::context::Context;

struct Bench {
    world: World,
    administrator: Caller,
}

impl Bench {
    fn new() -> Self {
        let (world, administrator) = world(vec![region()]);
        Self { world, administrator }
    }

    fn as_caller(
        &mut self,
        caller: &Caller,
        service: Service,
        operation: &str,
        input: Value,
    ) -> Result<Value, ServiceError> {
        self.world.call(caller, &region(), service, operation, input, &Context::new())
    }

    fn call(&mut self, service: Service, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let caller = self.administrator.clone();
        self.as_caller(&caller, service, operation, input)
    }

    fn sns(&mut self, operation: &str, input: Value) -> Value {
        let answer = self.call(Service::Sns, operation, input).expect(operation);
        conformance::assert_conforms(Service::Sns, operation, &answer);
        answer
    }

    fn topic(&mut self) -> String {
        let answer = self.sns("CreateTopic", json!({"Name": "failures", "Tags": [{"Key": "team", "Value": "shop"}]}));
        answer["TopicArn"].as_str().expect("an ARN").to_owned()
    }

    fn mails(&self) -> Vec<(String, String)> {
        let state = self.world.services.sns.get(&Place::new(account(), region())).expect("a state");
        state.mails().map(|mail| (mail.to.clone(), mail.text.clone())).collect()
    }
}

const TOPIC: &str = "arn:aws:sns:us-west-2:111111111111:failures";

/// SNS Developer Guide, "Email notifications": nothing is mailed before the owner of the address has confirmed.
#[test]
fn a_mailbox_gets_nothing_before_it_is_confirmed() {
    let mut bench = Bench::new();
    assert_eq!(bench.topic(), TOPIC);
    let input = json!({"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "dba@example.com"});
    let answer = bench.sns("Subscribe", input.clone());
    assert_eq!(answer["SubscriptionArn"], "pending confirmation");
    bench.sns("Publish", json!({"TopicArn": TOPIC, "Message": "early"}));
    let listed = bench.sns("ListSubscriptionsByTopic", json!({"TopicArn": TOPIC}));
    assert_eq!(listed["Subscriptions"][0]["SubscriptionArn"], "PendingConfirmation");
    let mails = bench.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let token = mails[0].1.rsplit(' ').next().expect("a token").to_owned();
    let wrong = bench.call(Service::Sns, "ConfirmSubscription", json!({"TopicArn": TOPIC, "Token": "x"}));
    assert_eq!(wrong.expect_err("a refusal").code, "InvalidParameter");
    let confirmed = bench.sns("ConfirmSubscription", json!({"TopicArn": TOPIC, "Token": token}));
    let arn = confirmed["SubscriptionArn"].as_str().expect("an ARN").to_owned();
    assert!(arn.starts_with(TOPIC), "{arn}");
    bench.sns("Publish", json!({"TopicArn": TOPIC, "Message": "late", "Subject": "hop"}));
    assert_eq!(bench.mails().last(), Some(&("dba@example.com".to_owned(), "late".to_owned())));
    let attributes = bench.sns("GetSubscriptionAttributes", json!({"SubscriptionArn": arn}));
    assert_eq!(attributes["Attributes"]["PendingConfirmation"], "false");
    bench.sns("Unsubscribe", json!({"SubscriptionArn": arn}));
    bench.sns("Publish", json!({"TopicArn": TOPIC, "Message": "after"}));
    assert_eq!(bench.mails().len(), 2);
}

/// SNS Developer Guide, "Using AWS KMS with SNS": a service publishes to an encrypted topic only where the key's
/// policy lets it, and the AWS managed key's cannot be changed.
#[test]
fn a_service_publishes_where_topic_and_key_let_it() {
    let mut bench = Bench::new();
    bench.topic();
    let events = Caller::service("events.amazonaws.com", &account());
    let publish = json!({"TopicArn": TOPIC, "Message": "a job failed"});
    let refused = bench.as_caller(&events, Service::Sns, "Publish", publish.clone()).expect_err("no policy");
    assert!(refused.code.contains("Denied") || refused.code.contains("Authorization"), "{refused}");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": TOPIC}]});
    let set = |name: &str, value: String| json!({"TopicArn": TOPIC, "AttributeName": name, "AttributeValue": value});
    bench.sns("SetTopicAttributes", set("Policy", policy.to_string()));
    bench.as_caller(&events, Service::Sns, "Publish", publish.clone()).expect("the topic's policy allows it");

    let key = bench.call(Service::Kms, "CreateKey", json!({})).expect("a key")["KeyMetadata"]["Arn"].clone();
    let key = key.as_str().expect("an ARN").to_owned();
    bench.sns("SetTopicAttributes", set("KmsMasterKeyId", key.clone()));
    let refused = bench.as_caller(&events, Service::Sns, "Publish", publish.clone()).expect_err("the key's policy");
    assert_eq!(refused.code, "KMSAccessDenied");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"}]});
    let input = json!({"KeyId": key, "PolicyName": "default", "Policy": policy.to_string()});
    bench.call(Service::Kms, "PutKeyPolicy", input).expect("PutKeyPolicy");
    bench.as_caller(&events, Service::Sns, "Publish", publish).expect("topic and key allow it");
}

#[test]
fn a_queue_receives_the_notification() {
    let mut bench = Bench::new();
    bench.topic();
    let queue = "arn:aws:sqs:us-west-2:111111111111:inbox";
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": TOPIC}}}]});
    let input = json!({"QueueName": "inbox", "Attributes": {"Policy": policy.to_string()}});
    let url = bench.call(Service::Sqs, "CreateQueue", input).expect("a queue")["QueueUrl"].clone();
    let subscribed = bench.sns("Subscribe", json!({"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": queue}));
    assert!(subscribed["SubscriptionArn"].as_str().is_some_and(|arn| arn.starts_with(TOPIC)));
    bench.sns("Publish", json!({"TopicArn": TOPIC, "Message": "hello", "Subject": "greeting"}));
    let received = bench.call(Service::Sqs, "ReceiveMessage", json!({"QueueUrl": url})).expect("messages");
    let body: Value = serde_json::from_str(received["Messages"][0]["Body"].as_str().expect("a body")).expect("JSON");
    assert_eq!(
        (&body["Message"], &body["Subject"], &body["TopicArn"]),
        (&json!("hello"), &json!("greeting"), &json!(TOPIC))
    );
}

#[test]
fn topics_are_found_tagged_and_deleted() {
    let mut bench = Bench::new();
    let arn = bench.topic();
    assert_eq!(bench.topic(), arn, "the same name again is the same topic");
    let tags = bench.sns("ListTagsForResource", json!({"ResourceArn": arn}));
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "shop"}]));
    bench.sns("TagResource", json!({"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]}));
    bench.sns("UntagResource", json!({"ResourceArn": arn, "TagKeys": ["team"]}));
    let tags = bench.sns("ListTagsForResource", json!({"ResourceArn": arn}));
    assert_eq!(tags["Tags"], json!([{"Key": "a", "Value": "b"}]));
    let attributes = bench.sns("GetTopicAttributes", json!({"TopicArn": arn}));
    assert_eq!(attributes["Attributes"]["Owner"], "111111111111");
    assert_eq!(bench.sns("ListTopics", json!({}))["Topics"], json!([{"TopicArn": arn}]));
    let fifo = bench.call(Service::Sns, "CreateTopic", json!({"Name": "x", "Attributes": {"FifoTopic": "true"}}));
    assert_eq!(fifo.expect_err("no FIFO topics").code, "InvalidParameter");
    bench.sns("DeleteTopic", json!({"TopicArn": arn}));
    bench.sns("DeleteTopic", json!({"TopicArn": arn}));
    let gone = bench.call(Service::Sns, "GetTopicAttributes", json!({"TopicArn": arn})).expect_err("it is gone");
    assert_eq!((gone.code.as_str(), gone.message.as_str()), ("NotFound", "Topic does not exist"));
    assert_eq!(bench.sns("ListSubscriptions", json!({}))["Subscriptions"], json!([]));
}
