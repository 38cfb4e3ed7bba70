//! Whoever is named under `[notifications]` is told of what failed, in either Region.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::sns::Mail;
use backupctl::sandbox::world::Place;
use serde_json::Value;

use super::one_reason::{INTERMEDIATE_STACK, resource};
use crate::support::command::backupctl;
use crate::support::operator::{PRODUCTION, REGION_B, in_intermediate};
use crate::support::worlds;

pub(super) fn mails(sandbox: &Sandbox) -> Vec<Mail> {
    let place = Place::new(PRODUCTION.parse().expect("an account"), REGION_B.parse().expect("a Region"));
    sandbox.look(|world| world.services.sns.get(&place).expect("a topic").mails().cloned().collect())
}

/// The owner of the mailbox follows the link of the first mail.
pub(super) fn confirm(sandbox: &Sandbox) {
    let mails = mails(sandbox);
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to, "dba@example.com");
    let token = mails[0].text.rsplit(' ').next().expect("a token").to_owned();
    in_intermediate(sandbox, async |config| {
        let topic = resource(&config, INTERMEDIATE_STACK, "AWS::SNS::Topic").await;
        let sns = aws_sdk_sns::Client::new(&config);
        let attributes = sns.get_topic_attributes().topic_arn(&topic).send().await.expect("GetTopicAttributes");
        let key = attributes.attributes().expect("attributes").get("KmsMasterKeyId").expect("a key");
        assert!(!key.contains("alias/aws/sns"), "the AWS managed key lets no service publish");
        sns.confirm_subscription().topic_arn(topic).token(token).send().await.expect("ConfirmSubscription");
    });
}

/// The events that were mailed after the confirmation.
pub(super) fn told(sandbox: &Sandbox) -> Vec<Value> {
    mails(sandbox).iter().skip(1).map(|mail| serde_json::from_str(&mail.text).expect("an event")).collect()
}

/// The intermediate vault's own key; the stack has another one, the topic's.
async fn vault_key(config: &aws_config::SdkConfig) -> String {
    let vault = aws_sdk_backup::Client::new(config)
        .describe_backup_vault()
        .backup_vault_name("intermediate-vault-account-a-region-b")
        .send()
        .await
        .expect("DescribeBackupVault");
    vault.encryption_key_arn.expect("a key")
}

#[test]
fn a_first_hop_that_fails_in_region_a_is_told_from_region_b() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    in_intermediate(&sandbox, async |config| {
        let key = vault_key(&config).await;
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let told = told(&sandbox);
    assert_eq!(told.len(), 2, "{told:#?}");
    for event in &told {
        assert_eq!(event["detail-type"], "Copy Job State Change", "{event:#}");
        assert_eq!(event["detail"]["state"], "FAILED", "{event:#}");
        assert_eq!(event["region"], "us-east-1", "a forwarded event keeps its Region");
    }
}

#[test]
fn a_second_hop_that_fails_is_told_each_time_that_the_sweep_tries_again() {
    let sandbox = worlds::with_notifications();
    confirm(&sandbox);
    in_intermediate(&sandbox, async |config| {
        let kms = aws_sdk_kms::Client::new(&config);
        let key = vault_key(&config).await;
        let policy = kms.get_key_policy().key_id(&key).policy_name("default").send().await.expect("GetKeyPolicy");
        let mut document: Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
        let statements = document["Statement"].as_array_mut().expect("statements");
        statements.retain(|statement| !statement.to_string().contains("222222222222"));
        let text = document.to_string();
        kms.put_key_policy().key_id(&key).policy_name("default").policy(text).send().await.expect("PutKeyPolicy");
    });
    backupctl(&sandbox, "sandbox advance 60h").expect(0);
    let told = told(&sandbox);
    let of_orders =
        told.iter().filter(|event| event["detail"]["resourceArn"].as_str().is_some_and(|arn| arn.ends_with(":orders")));
    let of_orders: Vec<&Value> = of_orders.collect();
    assert!(of_orders.len() >= 6, "{told:#?}");
    for event in &of_orders {
        assert_eq!(event["detail"]["state"], "FAILED", "{event:#}");
        assert_eq!(event["region"], "us-west-2", "{event:#}");
    }
}

#[test]
fn nobody_is_told_who_has_not_confirmed_and_without_an_address_there_is_no_topic() {
    let sandbox = worlds::with_notifications();
    in_intermediate(&sandbox, async |config| {
        let key = vault_key(&config).await;
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    assert_eq!(mails(&sandbox).len(), 1, "the confirmation is all");
    let without = worlds::bootstrapped();
    in_intermediate(&without, async |config| {
        let topics = aws_sdk_sns::Client::new(&config).list_topics().send().await.expect("ListTopics");
        assert!(topics.topics().is_empty(), "{topics:?}");
    });
}

#[test]
fn cleanup_takes_the_topic_and_its_key_along() {
    let sandbox = worlds::with_notifications();
    backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222").expect(0);
    in_intermediate(&sandbox, async |config| {
        let topics = aws_sdk_sns::Client::new(&config).list_topics().send().await.expect("ListTopics");
        assert!(topics.topics().is_empty(), "{topics:?}");
        let kms = aws_sdk_kms::Client::new(&config);
        for key in kms.list_keys().send().await.expect("ListKeys").keys() {
            let id = key.key_id().expect("an id");
            let key = kms.describe_key().key_id(id).send().await.expect("DescribeKey").key_metadata.expect("metadata");
            let is_customers = key.key_manager().is_some_and(|manager| manager.as_str() == "CUSTOMER");
            assert!(!is_customers || key.deletion_date().is_some(), "{key:?}");
        }
    });
}
