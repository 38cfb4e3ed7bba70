//! Ways to break a pipeline, each by the calls that an operator would make.
//!
//! Whether a recovery point arrives all the same is not written here: the world says it, and `doctor` must have said it
//! before.

use aws_config::SdkConfig;
use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::operator::{in_destination, in_intermediate, in_source};

const STACKS: [&str; 3] =
    ["aws-backup-rds-source-stack", "aws-backup-rds-intermediate-stack", "aws-backup-rds-destination-stack"];
const INTERMEDIATE_VAULT: &str = "intermediate-vault-account-a-region-b";
const DESTINATION_VAULT: &str = "destination-vault-account-b-region-b";

/// One way.
pub struct Mutation {
    pub name: String,
    apply: Box<dyn Fn(&Sandbox)>,
}

impl Mutation {
    pub fn apply(&self, sandbox: &Sandbox) {
        (self.apply)(sandbox);
    }
}

/// The mutation of that name.
pub fn by_name(name: &str) -> Mutation {
    all().into_iter().find(|mutation| mutation.name == name).unwrap_or_else(|| panic!("no mutation `{name}`"))
}

/// The physical id of what a stack made.
async fn made(config: &SdkConfig, stack: &str, logical_id: &str) -> String {
    let call = aws_sdk_cloudformation::Client::new(config).describe_stack_resource();
    let answer = call.stack_name(stack).logical_resource_id(logical_id).send().await.expect("DescribeStackResource");
    let detail = answer.stack_resource_detail().expect("a resource");
    detail.physical_resource_id().expect("an id").to_owned()
}

/// Runs `work` in the environment of that place.
fn at(sandbox: &Sandbox, place: usize, work: impl AsyncFnOnce(SdkConfig)) {
    match place {
        0 => in_source(sandbox, |config| async move { work(config).await }),
        1 => in_intermediate(sandbox, |config| async move { work(config).await }),
        _ => in_destination(sandbox, |config| async move { work(config).await }),
    }
}

fn without_statement(document: &str, sid: &str) -> String {
    let mut document: Value = serde_json::from_str(document).expect("JSON");
    let statements = document["Statement"].as_array_mut().expect("statements");
    let before = statements.len();
    statements.retain(|statement| statement["Sid"] != sid);
    assert_eq!(statements.len() + 1, before, "no statement {sid}");
    if statements.is_empty() {
        // IAM takes no document without a statement.
        statements.push(json!({"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"}));
    }
    document.to_string()
}

fn with_statement(document: &str, statement: Value) -> String {
    let mut document: Value = serde_json::from_str(document).expect("JSON");
    document["Statement"].as_array_mut().expect("statements").push(statement);
    document.to_string()
}

fn key_policy(name: &str, place: usize, change: impl Fn(&str) -> String + 'static) -> Mutation {
    let apply = move |sandbox: &Sandbox| {
        at(sandbox, place, async |config| {
            let key = made(&config, STACKS[place], "Key").await;
            let kms = aws_sdk_kms::Client::new(&config);
            let policy = kms.get_key_policy().key_id(&key).send().await.expect("GetKeyPolicy");
            let changed = change(policy.policy().expect("a policy"));
            kms.put_key_policy().key_id(&key).policy(changed).send().await.expect("PutKeyPolicy");
        });
    };
    Mutation { name: name.to_owned(), apply: Box::new(apply) }
}

fn role_without(place: usize, role: &'static str, sid: &'static str) -> Mutation {
    let apply = move |sandbox: &Sandbox| {
        at(sandbox, place, async |config| {
            let role = made(&config, STACKS[place], role).await;
            let iam = aws_sdk_iam::Client::new(&config);
            let listed = iam.list_role_policies().role_name(&role).send().await.expect("ListRolePolicies");
            let policy = &listed.policy_names()[0];
            let found = iam.get_role_policy().role_name(&role).policy_name(policy).send().await.expect("GetRolePolicy");
            let text = percent_encoding::percent_decode_str(found.policy_document()).decode_utf8_lossy().into_owned();
            let call = iam.put_role_policy().role_name(&role).policy_name(policy);
            call.policy_document(without_statement(&text, sid)).send().await.expect("PutRolePolicy");
        });
    };
    Mutation { name: format!("{role}: without statement {sid}"), apply: Box::new(apply) }
}

fn trust_of(place: usize, role: &'static str) -> Mutation {
    let apply = move |sandbox: &Sandbox| {
        at(sandbox, place, async |config| {
            let role = made(&config, STACKS[place], role).await;
            let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
            let call = aws_sdk_iam::Client::new(&config).update_assume_role_policy().role_name(role);
            call.policy_document(trust.to_string()).send().await.expect("UpdateAssumeRolePolicy");
        });
    };
    Mutation { name: format!("{role}: trusts another service"), apply: Box::new(apply) }
}

fn other(name: &str, place: usize, work: impl AsyncFn(SdkConfig) + 'static) -> Mutation {
    Mutation {
        name: name.to_owned(),
        apply: Box::new(move |sandbox| at(sandbox, place, async |config| work(config).await)),
    }
}

/// All of them.
pub fn all() -> Vec<Mutation> {
    let mut all = vec![
        key_policy("intermediate key: without CentralBackupServiceUse", 1, |text| {
            without_statement(text, "CentralBackupServiceUse")
        }),
        key_policy("intermediate key: without CentralBackupServiceGrants", 1, |text| {
            without_statement(text, "CentralBackupServiceGrants")
        }),
        key_policy("intermediate key: without Administration", 1, |text| without_statement(text, "Administration")),
        key_policy("intermediate key: another account", 1, |text| text.replace("222222222222:", "333333333333:")),
        key_policy("intermediate key: demands that AWS Backup asks", 1, |text| {
            let deny = json!({"Sid": "Wrong", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant",
                "Resource": "*", "Condition": {"StringNotLike": {"kms:ViaService": "backup.*.amazonaws.com"}}});
            with_statement(text, deny)
        }),
        key_policy("destination key: denies grants", 2, |text| {
            let deny = json!({"Sid": "Wrong", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant",
                "Resource": "*"});
            with_statement(text, deny)
        }),
        key_policy("destination key: without CopyRolesGrant", 2, |text| without_statement(text, "CopyRolesGrant")),
        key_policy("source key: without CentralBackupService", 0, |text| {
            without_statement(text, "CentralBackupService")
        }),
    ];
    for sid in ["CopyFrom", "CopyInto", "ShareSnapshot", "FindSnapshot"] {
        all.push(role_without(1, "CopyRole", sid));
    }
    for sid in ["Log", "ReadVault", "CopyRecoveryPoints", "ReadTags", "ReadJobs", "PassCopyRole"] {
        all.push(role_without(1, "CopyFunctionRole", sid));
    }
    all.push(role_without(0, "ForwardRole", "PutEvents"));
    all.extend([trust_of(0, "ForwardRole"), trust_of(1, "CopyRole"), trust_of(1, "CopyFunctionRole")]);
    all.extend(switches());
    all
}

async fn disable(config: SdkConfig, stack: &str, rule: &str) {
    let rule = made(&config, stack, rule).await;
    aws_sdk_eventbridge::Client::new(&config).disable_rule().name(rule).send().await.expect("DisableRule");
}

async fn pattern(config: SdkConfig, pattern: Value) {
    let rule = made(&config, STACKS[1], "CopyRule").await;
    let call = aws_sdk_eventbridge::Client::new(&config).put_rule().name(rule);
    call.event_pattern(pattern.to_string()).send().await.expect("PutRule");
}

fn switches() -> Vec<Mutation> {
    vec![
        other("ForwardRule: switched off", 0, async |config| disable(config, STACKS[0], "ForwardRule").await),
        other("CopyRule: switched off", 1, async |config| disable(config, STACKS[1], "CopyRule").await),
        other("CopyRule: of this Region only", 1, async |config| {
            let wrong = json!({"source": ["aws.backup"], "region": ["us-west-2"]});
            pattern(config, wrong).await;
        }),
        other("CopyRule: every event of AWS Backup", 1, async |config| {
            pattern(config, json!({"source": ["aws.backup"]})).await;
        }),
        other("CopyFunction: without permission", 1, async |config| {
            let function = made(&config, STACKS[1], "CopyFunction").await;
            let lambda = aws_sdk_lambda::Client::new(&config);
            let policy = lambda.get_policy().function_name(&function).send().await.expect("GetPolicy");
            let document: Value = serde_json::from_str(policy.policy().expect("a policy")).expect("JSON");
            for statement in document["Statement"].as_array().expect("statements") {
                let call = lambda.remove_permission().function_name(&function);
                call.statement_id(statement["Sid"].as_str().expect("a Sid")).send().await.expect("RemovePermission");
            }
        }),
        other("CopyFunction: no concurrency", 1, async |config| {
            let function = made(&config, STACKS[1], "CopyFunction").await;
            let call = aws_sdk_lambda::Client::new(&config).put_function_concurrency().function_name(function);
            call.reserved_concurrent_executions(0).send().await.expect("PutFunctionConcurrency");
        }),
        other("intermediate key: disabled", 1, async |config| {
            let key = made(&config, STACKS[1], "Key").await;
            aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
        }),
        other("destination key: pending deletion", 2, async |config| {
            let key = made(&config, STACKS[2], "Key").await;
            let call = aws_sdk_kms::Client::new(&config).schedule_key_deletion().key_id(key);
            call.send().await.expect("ScheduleKeyDeletion");
        }),
        other("source key: disabled", 0, async |config| {
            let key = made(&config, STACKS[0], "Key").await;
            aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
        }),
        other("destination vault policy: taken away", 2, async |config| {
            let call = aws_sdk_backup::Client::new(&config).delete_backup_vault_access_policy();
            call.backup_vault_name(DESTINATION_VAULT).send().await.expect("DeleteBackupVaultAccessPolicy");
        }),
        other("intermediate vault policy: taken away", 1, async |config| {
            let call = aws_sdk_backup::Client::new(&config).delete_backup_vault_access_policy();
            call.backup_vault_name(INTERMEDIATE_VAULT).send().await.expect("DeleteBackupVaultAccessPolicy");
        }),
        other("intermediate vault policy: denies copies into it", 1, async |config| {
            let deny = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Wrong", "Effect": "Deny",
                "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]});
            let call = aws_sdk_backup::Client::new(&config).put_backup_vault_access_policy();
            let call = call.backup_vault_name(INTERMEDIATE_VAULT).policy(deny.to_string());
            call.send().await.expect("PutBackupVaultAccessPolicy");
        }),
        other("backup role: policy detached", 0, async |config| {
            let call = aws_sdk_iam::Client::new(&config).detach_role_policy();
            let policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
            let call = call.role_name("AWSBackupDefaultServiceRole").policy_arn(policy);
            call.send().await.expect("DetachRolePolicy");
        }),
        other("nothing", 0, async |_| {}),
    ]
}
