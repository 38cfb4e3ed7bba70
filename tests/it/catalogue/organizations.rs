//! What the organization has to say.

use aws_sdk_backup::types::CopyJobState;
use aws_sdk_organizations::types::PolicyType;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::{Encryption, Organization, Scenario};
use serde_json::{Value, json};

use super::pass;
use crate::mutations::{Outcome, Stage, a_day_passes, world};
use crate::support::operator::{CENTRAL, PRODUCTION, REGION_A, acting, in_destination, in_source};

const DENIED: &str = "Access Denied trying to call AWS Backup service";

/// Attaches a policy to an account, as the management account.
fn attach(sandbox: &Sandbox, kind: PolicyType, account: &str, statement: &Value) {
    let content = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    acting(sandbox, "999999999999", REGION_A, async |config| {
        let organizations = aws_sdk_organizations::Client::new(&config);
        let roots = organizations.list_roots().send().await.expect("ListRoots");
        let root = roots.roots()[0].clone();
        let is_on = root.policy_types().iter().any(|summary| summary.r#type() == Some(&kind));
        if !is_on {
            let enable = organizations.enable_policy_type().root_id(root.id().expect("an id"));
            enable.policy_type(kind.clone()).send().await.expect("EnablePolicyType");
        }
        let create = organizations.create_policy().name("guardrail").description("").r#type(kind.clone());
        let made = create.content(content).send().await.expect("CreatePolicy").policy.expect("a policy");
        let id = made.policy_summary.and_then(|summary| summary.id).expect("an id");
        organizations.attach_policy().policy_id(id).target_id(account).send().await.expect("AttachPolicy");
    });
}

// Organizations User Guide, "Service control policies": they bind every role of the account.
#[test]
fn a_service_control_policy_binds_the_copy_role() {
    let sandbox = world();
    let statement = json!({"Effect": "Deny", "Action": "backup:CopyFromBackupVault", "Resource": "*",
        "Condition": {"ForAnyValue:StringLike": {"backup:CopyTargets": "arn:aws:backup:*:222222222222:*"}}});
    attach(&sandbox, PolicyType::ServiceControlPolicy, PRODUCTION, &statement);
    assert_eq!(a_day_passes(&sandbox), Outcome::Lost(Stage::Hop2, DENIED.to_owned()));
}

// Organizations User Guide, "Service control policies", tasks and entities not restricted by SCPs:
// service-linked roles. The copy into account B is made by one.
#[test]
fn a_service_control_policy_does_not_bind_the_service_linked_role_that_copies() {
    let sandbox = world();
    let statement = json!({"Effect": "Deny", "Action": ["kms:*", "rds:CopyDBSnapshot"], "Resource": "*"});
    attach(&sandbox, PolicyType::ServiceControlPolicy, CENTRAL, &statement);
    assert_eq!(a_day_passes(&sandbox), Outcome::Arrives);
}

// Organizations User Guide, "Resource control policies": they bind whoever calls, on the account's resources.
#[test]
fn a_resource_control_policy_on_the_keys_of_account_a_stops_the_first_hop() {
    let sandbox = world();
    let statement = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant",
        "Resource": "arn:aws:kms:us-west-2:*:*"});
    attach(&sandbox, PolicyType::ResourceControlPolicy, PRODUCTION, &statement);
    let Outcome::Lost(Stage::Hop1, said) = a_day_passes(&sandbox) else { panic!("it went on") };
    assert!(said.starts_with("The target KMS key [arn:aws:kms:us-west-2:111111111111:key/"), "{said}");
}

// The same page: RCPs do not restrict service-linked roles.
#[test]
fn a_resource_control_policy_on_the_keys_of_account_b_does_not_bind_the_service_linked_role() {
    let sandbox = world();
    let statement = json!({"Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"});
    attach(&sandbox, PolicyType::ResourceControlPolicy, CENTRAL, &statement);
    assert_eq!(a_day_passes(&sandbox), Outcome::Arrives);
}

/// A vault under a key of its own, into which everybody of account A may copy.
async fn vault(config: aws_config::SdkConfig, name: &str) {
    let key = aws_sdk_kms::Client::new(&config).create_key().send().await.expect("CreateKey");
    let key = key.key_metadata.and_then(|metadata| metadata.arn).expect("an ARN");
    let backup = aws_sdk_backup::Client::new(&config);
    backup.create_backup_vault().backup_vault_name(name).encryption_key_arn(key).send().await.expect("a vault");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "backup:CopyIntoBackupVault",
        "Resource": "*"}]});
    let put = backup.put_backup_vault_access_policy().backup_vault_name(name);
    put.policy(policy.to_string()).send().await.expect("PutBackupVaultAccessPolicy");
}

// AWS Backup Developer Guide, "AWS Backup console dashboards": text and category.
#[test]
fn accounts_of_two_organizations_do_not_copy_to_each_other() {
    let mut scenario = Scenario::built_in();
    scenario.databases.retain(|database| database.encryption == Encryption::CustomerManaged);
    let account = |id: &str| id.parse().expect("an account");
    scenario.organizations = vec![
        Organization {
            id: "o-sandboxorg1".into(),
            management: account("999999999999"),
            members: vec![account(PRODUCTION)],
            units: Vec::new(),
            service_control_policies: Vec::new(),
            resource_control_policies: Vec::new(),
        },
        Organization {
            id: "o-sandboxorg2".into(),
            management: account("888888888888"),
            members: vec![account(CENTRAL)],
            units: Vec::new(),
            service_control_policies: Vec::new(),
            resource_control_policies: Vec::new(),
        },
    ];
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    in_source(&sandbox, async |config| vault(config, super::SOURCE).await);
    in_destination(&sandbox, async |config| vault(config, super::DESTINATION).await);
    pass(&sandbox, 1);
    let backup = super::backed_up(&sandbox, "arn:aws:rds:us-east-1:111111111111:db:ledger");
    let copy = super::copied_in_one(&sandbox, backup.recovery_point_arn().expect("a recovery point"));
    assert_eq!(copy.state(), Some(&CopyJobState::Failed));
    assert_eq!(
        copy.status_message(),
        Some("Copy job failed. Both source and destination account must be a member of the same organization.")
    );
    assert_eq!(copy.message_category(), Some("ACCESS_DENIED"));
}
