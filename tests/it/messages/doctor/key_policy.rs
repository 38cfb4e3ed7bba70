//! A key whose policy keeps everybody from looking at it: `bootstrap` can do nothing, and `doctor` has the command.

use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::INTERMEDIATE;
use crate::messages::bootstrap::shown;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::{in_intermediate, made};
use crate::support::worlds;

/// A deployed world with these statements more in the intermediate key's policy.
fn with_statements(added: &[Value]) -> Sandbox {
    let sandbox = worlds::bootstrapped();
    in_intermediate(&sandbox, async |config| {
        let key = made(&config, INTERMEDIATE, "Key").await;
        let kms = aws_sdk_kms::Client::new(&config);
        let get = kms.get_key_policy().key_id(&key).policy_name("default");
        let text = get.send().await.expect("GetKeyPolicy").policy.expect("a policy");
        let mut policy: Value = serde_json::from_str(&text).expect("JSON");
        policy["Statement"].as_array_mut().expect("statements").extend(added.iter().cloned());
        let put = kms.put_key_policy().key_id(key).policy_name("default").policy(policy.to_string());
        put.bypass_policy_lockout_safety_check(true).send().await.expect("PutKeyPolicy");
    });
    sandbox
}

fn deny(sid: Option<&str>, actions: &[&str]) -> Value {
    let mut statement = json!({"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*"});
    if let Some(sid) = sid {
        statement["Sid"] = json!(sid);
    }
    statement
}

const KEYS: &str = "doctor --only keys --environment intermediate";

#[test]
fn a_key_that_nobody_may_look_at_is_mended_by_hand_and_the_command_is_there() {
    let mut gallery = Gallery::new();
    let sandbox = with_statements(&[deny(Some("Locked"), &["kms:DescribeKey"])]);
    gallery.refuse("One statement", &sandbox, KEYS, 3);
    gallery.refuse("What bootstrap says of it", &sandbox, "bootstrap --yes --environment intermediate", 1);
    let sandbox = with_statements(&[deny(None, &["kms:CreateGrant"]), deny(None, &["kms:Describe*"])]);
    gallery.refuse("Two, without names", &sandbox, KEYS, 3);
    let mut look = deny(None, &["kms:DescribeKey"]);
    look["Condition"] = json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/administrator"}});
    let sandbox = with_statements(&[deny(Some("Grants"), &["kms:CreateGrant"]), look]);
    gallery.refuse("One that stops the copy, and one that stops the look", &sandbox, KEYS, 3);
    let sandbox = with_statements(&[deny(Some("Locked"), &["kms:DescribeKey", "kms:PutKeyPolicy"])]);
    gallery.refuse("Nobody may change the policy", &sandbox, KEYS, 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_caller_who_lacks_the_permission_himself_is_told_to_run_bootstrap() {
    let mut gallery = Gallery::new();
    let sandbox = with_statements(&[deny(Some("Locked"), &["kms:CreateGrant"])]);
    backupctl(&sandbox, "sandbox inject access-denied --operation kms:DescribeKey --until-cleared").expect(0);
    gallery.refuse("A statement that denies the copy alone", &sandbox, KEYS, 3);
    insta::assert_snapshot!(shown(gallery));
}
