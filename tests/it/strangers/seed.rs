//! What `bootstrap` deployed, read back with the AWS CLI: a test for each row, name and step of the article
//! "Protecting encrypted Amazon RDS instances with cross-account and cross-Region backups" (AWS Storage Blog).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{after_a_night_with_an_outsider, python, script, shell};
use crate::support::served;

/// Where a command is asked: a profile and a Region.
type Place = (&'static str, &'static str);

const A: Place = ("production", "us-east-1");
const B: Place = ("production", "us-west-2");
const C: Place = ("central", "us-west-2");
const MANAGEMENT: Place = ("management", "us-east-1");

/// What a row expects of the text that its command prints.
enum Expected {
    /// Exactly this.
    Is(&'static str),
    /// Each of these, in this order.
    Has(&'static [&'static str]),
    /// What another command prints, and not nothing.
    Same(Place, &'static str),
}
use Expected::{Has, Is, Same};

struct Row {
    name: &'static str,
    place: Place,
    words: &'static str,
    expected: Expected,
}

macro_rules! rows {
    ($($(#[doc = $says:literal])* $name:ident: $place:expr, $words:expr => $expected:expr;)*) => {
        const ROWS: &[Row] = &[$(Row { name: stringify!($name), place: $place, words: $words, expected: $expected }),*];
        $(
            $(#[doc = $says])*
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )*
    };
}

/// What every command of the rows printed, by the row's name; `None` without Python. The AWS CLI is started once.
static SAID: LazyLock<Option<BTreeMap<String, String>>> = LazyLock::new(|| {
    let python = python("AWS")?;
    let sandbox = after_a_night_with_an_outsider();
    let server = served::serve(&sandbox, 0.0);
    let directory = tempfile::tempdir().expect("a directory");
    let row = |name: String, place: Place, words: &str| json!([name, place.0, place.1, words]);
    let mut rows: Vec<Value> = Vec::new();
    for one in ROWS {
        rows.push(row(one.name.to_owned(), one.place, one.words));
        if let Same(place, words) = &one.expected {
            rows.push(row(format!("{} same", one.name), *place, words));
        }
    }
    let file = directory.path().join("rows.json");
    std::fs::write(&file, Value::from(rows).to_string()).expect("written");
    let said = script(&python, "rows.py", &[file.to_str().expect("a path")], &shell(&server.endpoint, &directory));
    Some(serde_json::from_str(&said).expect("JSON"))
});

#[track_caller]
fn holds(name: &str) {
    let Some(all) = &*SAID else { return };
    let row = ROWS.iter().find(|row| row.name == name).expect("a row");
    let said = all[name].as_str();
    match &row.expected {
        Is(expected) => assert_eq!(said, *expected, "aws {}", row.words),
        Has(parts) => {
            let mut rest = said;
            for part in *parts {
                let at = rest.find(part).unwrap_or_else(|| panic!("aws {}: `{part}` is not in {said}", row.words));
                rest = &rest[at + part.len()..];
            }
        }
        Same(_, words) => {
            assert!(!said.is_empty() && said != "None", "aws {}", row.words);
            assert_eq!(said, all[&format!("{name} same")], "aws {} and aws {words}", row.words);
        }
    }
}

rows! {
    /// "verify the prerequisite of two additional AWS accounts, excluding the management account"
    two_accounts_beside_the_management_account: MANAGEMENT,
        "organizations list-accounts --query \"sort(Accounts[].Id)\" --output text"
        => Is("111111111111\t222222222222\t999999999999");
    /// "Validate that cross-account backups have been enabled in AWS Backup in the management account"
    cross_account_backup_is_enabled: MANAGEMENT,
        "backup describe-global-settings --query GlobalSettings.isCrossAccountBackupEnabled --output text" => Is("true");
    /// "check on the opt in for backing up Amazon RDS in each Region"
    rds_is_opted_in_where_the_databases_run: A,
        "backup describe-region-settings --query ResourceTypeOptInPreference.RDS --output text" => Is("True");
    /// As before, in the Region of the intermediate vault.
    rds_is_opted_in_in_the_intermediate_region: B,
        "backup describe-region-settings --query ResourceTypeOptInPreference.RDS --output text" => Is("True");
    /// As before, in the central account.
    rds_is_opted_in_in_the_central_account: C,
        "backup describe-region-settings --query ResourceTypeOptInPreference.RDS --output text" => Is("True");

    /// "Stack name: aws-backup-rds-source-stack"
    source_stack_name: A,
        "cloudformation describe-stacks --stack-name aws-backup-rds-source-stack --query Stacks[0].StackStatus --output text"
        => Is("CREATE_COMPLETE");
    /// "AWS Backup vault name: source-vault-account-a-region-a"
    source_vault_name: A,
        "cloudformation describe-stacks --stack-name aws-backup-rds-source-stack --query \"Stacks[0].Parameters[?ParameterKey=='BackupVaultName'].ParameterValue\" --output text"
        => Is("source-vault-account-a-region-a");
    /// "Central backup account ID: 12-digit account ID"
    source_central_account_id: A,
        "cloudformation describe-stacks --stack-name aws-backup-rds-source-stack --query \"Stacks[0].Parameters[?ParameterKey=='CentralBackupAccountId'].ParameterValue\" --output text"
        => Is("222222222222");
    /// "IAM user, IAM role, or account root that gets permissions to manage the AWS KMS key"
    source_key_administrator: A,
        "cloudformation describe-stacks --stack-name aws-backup-rds-source-stack --query \"Stacks[0].Parameters[?ParameterKey=='KeyAdministrators'].ParameterValue\" --output text"
        => Is("arn:aws:iam::111111111111:root");
    /// "AWS Backup intermediate vault Region: us-west-2"
    source_intermediate_region: A,
        "cloudformation describe-stacks --stack-name aws-backup-rds-source-stack --query \"Stacks[0].Parameters[?ParameterKey=='IntermediateRegion'].ParameterValue\" --output text"
        => Is("us-west-2");
    /// "navigate to the Resources tab and validate that all the resources have been created successfully"
    source_resources_are_complete: A,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-source-stack --query \"StackResourceSummaries[?ResourceStatus!='CREATE_COMPLETE'].LogicalResourceId\" --output text"
        => Is("");
    /// "The stack creates: AWS Backup vault, KMS key for vault encryption, IAM policy and role for EventBridge and a rule"
    source_resource_types: A,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-source-stack --query \"sort(StackResourceSummaries[].ResourceType)\" --output text"
        => Has(&["AWS::Backup::BackupVault", "AWS::Events::Rule", "AWS::IAM::Role", "AWS::KMS::Key"]);
    /// "SourceVault (configured to use cmk-source-vault-account-a-region-a encryption)"
    source_vault_is_under_its_key: A,
        "backup describe-backup-vault --backup-vault-name source-vault-account-a-region-a --query EncryptionKeyArn --output text"
        => Same(A, "kms describe-key --key-id alias/cmk-source-vault-account-a-region-a --query KeyMetadata.Arn --output text");
    /// "Create AWS KMS customer managed keys in the production and central backup account"
    source_key_is_customer_managed: A,
        "kms describe-key --key-id alias/cmk-source-vault-account-a-region-a --query KeyMetadata.KeyManager --output text"
        => Is("CUSTOMER");
    /// "a rule to forward the copy job completed event to the EventBridge in account A, Region B"
    source_rule_forwards_to_region_b: A,
        "events list-rule-names-by-target --target-arn arn:aws:events:us-west-2:111111111111:event-bus/default --query length(RuleNames) --output text"
        => Is("1");
    /// "identifies the copy job complete event"
    source_rule_knows_the_event: A,
        "events list-rules --query \"Rules[?contains(EventPattern, 'Copy Job State Change')].[EventPattern, State]\" --output text"
        => Has(&["Copy Job State Change", "COMPLETED", "ENABLED"]);

    /// "Stack name: aws-backup-rds-intermediate-stack"
    intermediate_stack_name: B,
        "cloudformation describe-stacks --stack-name aws-backup-rds-intermediate-stack --query Stacks[0].StackStatus --output text"
        => Is("CREATE_COMPLETE");
    /// "AWS Backup vault name: intermediate-vault-account-a-region-b"
    intermediate_vault_name: B,
        "cloudformation describe-stacks --stack-name aws-backup-rds-intermediate-stack --query \"Stacks[0].Parameters[?ParameterKey=='BackupVaultName'].ParameterValue\" --output text"
        => Is("intermediate-vault-account-a-region-b");
    /// "Central backup account ID: 12-digit account ID"
    intermediate_central_account_id: B,
        "cloudformation describe-stacks --stack-name aws-backup-rds-intermediate-stack --query \"Stacks[0].Parameters[?ParameterKey=='CentralBackupAccountId'].ParameterValue\" --output text"
        => Is("222222222222");
    /// "IAM user, IAM role, or account root that gets permissions to manage the AWS KMS key"
    intermediate_key_administrator: B,
        "cloudformation describe-stacks --stack-name aws-backup-rds-intermediate-stack --query \"Stacks[0].Parameters[?ParameterKey=='KeyAdministrators'].ParameterValue\" --output text"
        => Is("arn:aws:iam::111111111111:root");
    /// "validate that all the resources have been created successfully"
    intermediate_resources_are_complete: B,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-intermediate-stack --query \"StackResourceSummaries[?ResourceStatus!='CREATE_COMPLETE'].LogicalResourceId\" --output text"
        => Is("");
    /// "AWS Backup vault, KMS key for vault encryption, EventBridge rule, Lambda function"
    intermediate_resource_types: B,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-intermediate-stack --query \"sort(StackResourceSummaries[].ResourceType)\" --output text"
        => Has(&["AWS::Backup::BackupVault", "AWS::Events::Rule", "AWS::KMS::Key", "AWS::Lambda::Function"]);
    /// "IntermediateVault (configured to use cmk-intermediate-vault-account-a-region-b encryption)"
    intermediate_vault_is_under_its_key: B,
        "backup describe-backup-vault --backup-vault-name intermediate-vault-account-a-region-b --query EncryptionKeyArn --output text"
        => Same(B, "kms describe-key --key-id alias/cmk-intermediate-vault-account-a-region-b --query KeyMetadata.Arn --output text");
    /// "customer managed key can then be shared to the central backup account to be used for the cross-account copy"
    intermediate_key_is_shared_with_the_central_account: B,
        "kms get-key-policy --key-id alias/cmk-intermediate-vault-account-a-region-b --policy-name default --query Policy --output text"
        => Has(&["arn:aws:iam::222222222222:root", "kms:Decrypt"]);
    /// "forwards the event to the EventBridge in account A, Region B, which in turn triggers a Lambda function"
    intermediate_rule_triggers_the_function: B,
        "events list-targets-by-rule --rule \"$RULE\" --query Targets[0].Arn --output text"
        => Same(B, "cloudformation describe-stacks --stack-name aws-backup-rds-intermediate-stack --query \"Stacks[0].Outputs[?OutputKey=='FunctionArn'].OutputValue\" --output text");
    /// "will request AWS Backup to copy the backup ... to the central backup account"
    function_asks_for_the_second_hop: B,
        "backup list-copy-jobs --by-state COMPLETED --query \"CopyJobs[].DestinationBackupVaultArn\" --output text"
        => Has(&["arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault-account-b-region-b"]);

    /// "Stack name: aws-backup-rds-destination-stack"
    destination_stack_name: C,
        "cloudformation describe-stacks --stack-name aws-backup-rds-destination-stack --query Stacks[0].StackStatus --output text"
        => Is("CREATE_COMPLETE");
    /// "AWS Backup vault name: destination-vault-account-b-region-b"
    destination_vault_name: C,
        "cloudformation describe-stacks --stack-name aws-backup-rds-destination-stack --query \"Stacks[0].Parameters[?ParameterKey=='BackupVaultName'].ParameterValue\" --output text"
        => Is("destination-vault-account-b-region-b");
    /// "AWS Organization ID: 12-digit organization ID"
    destination_organization_id: C,
        "cloudformation describe-stacks --stack-name aws-backup-rds-destination-stack --query \"Stacks[0].Parameters[?ParameterKey=='OrganizationId'].ParameterValue\" --output text"
        => Is("o-sandboxorg1");
    /// "IAM user, IAM role, or account root that gets permissions to manage the AWS KMS key"
    destination_key_administrator: C,
        "cloudformation describe-stacks --stack-name aws-backup-rds-destination-stack --query \"Stacks[0].Parameters[?ParameterKey=='KeyAdministrators'].ParameterValue\" --output text"
        => Is("arn:aws:iam::222222222222:root");
    /// "validate that all the resources have been created successfully"
    destination_resources_are_complete: C,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-destination-stack --query \"StackResourceSummaries[?ResourceStatus!='CREATE_COMPLETE'].LogicalResourceId\" --output text"
        => Is("");
    /// "AWS Backup vault, KMS key for vault encryption"
    destination_resource_types: C,
        "cloudformation list-stack-resources --stack-name aws-backup-rds-destination-stack --query \"sort(StackResourceSummaries[].ResourceType)\" --output text"
        => Has(&["AWS::Backup::BackupVault", "AWS::KMS::Key"]);
    /// "assign the previously created KMS keys to each vault"
    destination_vault_is_under_its_key: C,
        "backup describe-backup-vault --backup-vault-name destination-vault-account-b-region-b --query EncryptionKeyArn --output text"
        => Same(C, "kms describe-key --key-id alias/cmk-destination-vault-account-b-region-b --query KeyMetadata.Arn --output text");
    /// The destination vault takes copies out of the other account.
    destination_vault_admits_copies: C,
        "backup get-backup-vault-access-policy --backup-vault-name destination-vault-account-b-region-b --query Policy --output text"
        => Has(&["backup:CopyIntoBackupVault"]);

    /// "give your backup plan a name: backup-plan-rds"
    plan_name: A,
        "backup list-backup-plans --query BackupPlansList[].BackupPlanName --output text" => Is("backup-plan-rds");
    /// "Give your backup rule a name: backup-rule-rds-daily-1week"
    plan_rule_name: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].RuleName --output text"
        => Is("backup-rule-rds-daily-1week");
    /// "Choose the backup vault: source-vault-account-a-region-a"
    plan_vault: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].TargetBackupVaultName --output text"
        => Is("source-vault-account-a-region-a");
    /// "Backup frequency: Daily"
    plan_frequency: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].ScheduleExpression --output text"
        => Is("cron(0 5 ? * * *)");
    /// "Backup window: Default": eight hours to start, seven days to complete
    plan_window: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query \"BackupPlan.Rules[].[StartWindowMinutes, CompletionWindowMinutes]\" --output text"
        => Is("480\t10080");
    /// "Transition to cold storage: Never"
    plan_cold_storage: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query \"BackupPlan.Rules[].Lifecycle.MoveToColdStorageAfterDays\" --output text"
        => Is("");
    /// "Retention Period: 1 Week"
    plan_retention: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].Lifecycle.DeleteAfterDays --output text"
        => Is("7");
    /// "Copy to destination: Region B; another account's vault: Disabled; intermediate-vault-account-a-region-b"
    plan_copy_destination: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].CopyActions[].DestinationBackupVaultArn --output text"
        => Is("arn:aws:backup:us-west-2:111111111111:backup-vault:intermediate-vault-account-a-region-b");
    /// "CopyToVault : <ARN-of-destination-vault-in-Central-Backup-account>"
    plan_tag: A,
        "backup get-backup-plan --backup-plan-id \"$PLAN\" --query BackupPlan.Rules[].RecoveryPointTags.CopyToVault --output text"
        => Is("arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault-account-b-region-b");
    /// "Give a resource assignment name: rds-default-kms-key"
    selection_name: A,
        "backup list-backup-selections --backup-plan-id \"$PLAN\" --query BackupSelectionsList[].SelectionName --output text"
        => Is("rds-default-kms-key");
    /// "Choose an IAM role: Default role"
    selection_role: A,
        "backup list-backup-selections --backup-plan-id \"$PLAN\" --query BackupSelectionsList[].IamRoleArn --output text"
        => Is("arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole");
    /// "Choose Resource Type: RDS and select the database instance that was previously created"
    selection_resources: A,
        "backup get-backup-selection --backup-plan-id \"$PLAN\" --selection-id \"$SELECTION\" --query \"sort(BackupSelection.Resources)\" --output text"
        => Has(&["arn:aws:rds:us-east-1:111111111111:db:orders"]);

    /// "the backups have been created in the source vault", "still encrypted with the default RDS KMS AWS managed key"
    source_vault_holds_the_backup_under_aws_rds: A,
        "backup list-recovery-points-by-backup-vault --backup-vault-name source-vault-account-a-region-a --by-resource-arn arn:aws:rds:us-east-1:111111111111:db:orders --query RecoveryPoints[0].EncryptionKeyArn --output text"
        => Same(A, "kms describe-key --key-id alias/aws/rds --query KeyMetadata.Arn --output text");
    /// "The step of copying ... will decrypt the snapshot and re-encrypt" it under the intermediate vault's key
    intermediate_vault_holds_the_copy_under_its_key: B,
        "backup list-recovery-points-by-backup-vault --backup-vault-name intermediate-vault-account-a-region-b --by-resource-arn arn:aws:rds:us-east-1:111111111111:db:orders --query RecoveryPoints[0].EncryptionKeyArn --output text"
        => Same(B, "kms describe-key --key-id alias/cmk-intermediate-vault-account-a-region-b --query KeyMetadata.Arn --output text");
    /// "validate that the backup was copied to the destination vault in the central account"
    destination_vault_holds_the_copy_under_its_key: C,
        "backup list-recovery-points-by-backup-vault --backup-vault-name destination-vault-account-b-region-b --by-resource-arn arn:aws:rds:us-east-1:111111111111:db:orders --query RecoveryPoints[0].EncryptionKeyArn --output text"
        => Same(C, "kms describe-key --key-id alias/cmk-destination-vault-account-b-region-b --query KeyMetadata.Arn --output text");
}
