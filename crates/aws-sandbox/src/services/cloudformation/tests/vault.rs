//! A vault, a plan and a selection.

use serde_json::json;

use super::Test;
use crate::services::Service;

const BACKUP: &str = r#"
Parameters:
  Days: { Type: Number, Default: 7 }
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties: { PendingWindowInDays: 7, EnableKeyRotation: true }
  Vault:
    Type: AWS::Backup::BackupVault
    DeletionPolicy: Delete
    Properties:
      BackupVaultName: nightly
      EncryptionKeyArn: !GetAtt Key.Arn
      BackupVaultTags: { team: dba }
      AccessPolicy:
        Version: '2012-10-17'
        Statement:
          - { Effect: Deny, Principal: '*', Action: backup:DeleteRecoveryPoint, Resource: '*' }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: backup.amazonaws.com }, Action: sts:AssumeRole }]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup']
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanName: nightly
        BackupPlanRule:
          - RuleName: nightly
            TargetBackupVault: !Ref Vault
            ScheduleExpression: cron(0 5 ? * * *)
            Lifecycle: { DeleteAfterDays: !Ref Days }
  Selection:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: !Ref Plan
      BackupSelection:
        SelectionName: databases
        IamRoleArn: !GetAtt Role.Arn
        Resources: ['arn:aws:rds:us-west-2:111111111111:db:orders']
Outputs:
  VaultArn: { Value: !GetAtt Vault.BackupVaultArn }
  PlanId: { Value: !GetAtt Plan.BackupPlanId }
"#;

#[test]
fn a_plan_with_its_selection_fills_a_vault() {
    let mut test = Test::administrator();
    let input = json!({ "StackName": "nightly", "TemplateBody": BACKUP, "Capabilities": ["CAPABILITY_IAM"] });
    test.good("CreateStack", input);
    test.wait(300);
    let events = test.good("DescribeStackEvents", json!({ "StackName": "nightly" }));
    assert_eq!(test.status("nightly"), "CREATE_COMPLETE", "{events:#}");
    let outputs = test.stack("nightly")["Outputs"].clone();
    assert_eq!(outputs[0]["OutputValue"], "arn:aws:backup:us-west-2:111111111111:backup-vault:nightly");
    let plan = outputs[1]["OutputValue"].clone();
    let found = test.ask(Service::Backup, "GetBackupPlan", json!({ "BackupPlanId": plan }));
    assert_eq!(found["BackupPlan"]["Rules"][0]["TargetBackupVaultName"], "nightly");
    assert_eq!(found["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"], 7);
    let selections = test.ask(Service::Backup, "ListBackupSelections", json!({ "BackupPlanId": plan }));
    assert_eq!(selections["BackupSelectionsList"].as_array().map(Vec::len), Some(1));
    let update = json!({
        "StackName": "nightly",
        "UsePreviousTemplate": true,
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [{ "ParameterKey": "Days", "ParameterValue": "9" }],
    });
    test.good("UpdateStack", update);
    test.wait(300);
    assert_eq!(test.status("nightly"), "UPDATE_COMPLETE", "{:#?}", test.history("nightly"));
    let found = test.ask(Service::Backup, "GetBackupPlan", json!({ "BackupPlanId": plan }));
    assert_eq!(found["BackupPlan"]["Rules"][0]["Lifecycle"]["DeleteAfterDays"], 9);
    let id = test.stack("nightly")["StackId"].as_str().unwrap_or_default().to_owned();
    test.good("DeleteStack", json!({ "StackName": "nightly" }));
    test.wait(300);
    assert_eq!(test.status(&id), "DELETE_COMPLETE", "{:#?}", test.history(&id));
}
