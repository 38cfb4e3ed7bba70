//! What single operations answer and refuse.

use super::support::*;
use super::*;

// terraform-provider-aws #21407 and cloudquery/cq-provider-aws #817: the errors.
#[test]
fn only_the_management_account_sets_the_global_settings_and_members_read_them() {
    let mut sim = Sim::new();
    let settings = sim.ok(PRODUCTION, WEST, "DescribeGlobalSettings", json!({}));
    assert_eq!(settings["GlobalSettings"]["isCrossAccountBackupEnabled"], "true");
    assert!(settings["LastUpdateTime"].is_number());
    let off = json!({ "GlobalSettings": { "isCrossAccountBackupEnabled": "false" } });
    let error = sim.refused(PRODUCTION, EAST, "UpdateGlobalSettings", off.clone());
    assert_eq!((error.code.as_str(), error.message.as_str()), ("AccessDeniedException", ""));
    let error = sim.refused(STRANGER, EAST, "DescribeGlobalSettings", json!({}));
    assert_eq!(error.code, "InvalidRequestException");
    assert_eq!(error.message, "Your account is not a member of an organization.");
    assert_eq!(error.members["Code"], "ERROR_9601");
    sim.ok(MANAGEMENT, WEST, "UpdateGlobalSettings", off);
    let settings = sim.ok(CENTRAL, EAST, "DescribeGlobalSettings", json!({}));
    assert_eq!(settings["GlobalSettings"]["isCrossAccountBackupEnabled"], "false");
}

#[test]
fn opting_in_is_for_one_account_and_region() {
    let mut sim = Sim::new();
    let out = json!({ "ResourceTypeOptInPreference": { "RDS": false } });
    sim.ok(PRODUCTION, EAST, "UpdateRegionSettings", out);
    let of = |sim: &mut Sim, account, region| {
        sim.ok(account, region, "DescribeRegionSettings", json!({}))["ResourceTypeOptInPreference"]["RDS"].clone()
    };
    assert_eq!(of(&mut sim, PRODUCTION, EAST), false);
    assert_eq!(of(&mut sim, PRODUCTION, WEST), true);
    assert_eq!(of(&mut sim, CENTRAL, EAST), true);
    let wrong = json!({ "ResourceTypeOptInPreference": { "Rds": true } });
    assert_eq!(sim.refused(PRODUCTION, EAST, "UpdateRegionSettings", wrong).code, "InvalidParameterValueException");
}

#[test]
fn vaults_are_made_once_listed_and_described() {
    let mut sim = Sim::with_vaults();
    let key = sim.key(PRODUCTION, EAST);
    let again = json!({ "BackupVaultName": SOURCE, "EncryptionKeyArn": key });
    let error = sim.refused(PRODUCTION, EAST, "CreateBackupVault", again);
    assert_eq!(error.code, "AlreadyExistsException");
    assert_eq!(error.members["Arn"], vault_arn(PRODUCTION, EAST, SOURCE));
    let listed = sim.ok(PRODUCTION, EAST, "ListBackupVaults", json!({ "MaxResults": 10 }));
    assert_eq!(listed["BackupVaultList"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["NextToken"], Value::Null);
    let vault = sim.ok(PRODUCTION, EAST, "DescribeBackupVault", json!({ "BackupVaultName": SOURCE }));
    assert_eq!(vault["EncryptionKeyArn"], key);
    assert_eq!((&vault["Locked"], &vault["NumberOfRecoveryPoints"]), (&json!(false), &json!(0)));
    let air_gapped = json!({ "ByVaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT" });
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListBackupVaults", air_gapped)["BackupVaultList"], json!([]));
}

// NumberOfRecoveryPoints is approximate (API_DescribeBackupVault).
#[test]
fn the_count_of_recovery_points_lags_a_little() {
    let mut sim = Sim::with_vaults();
    sim.backed_up();
    let count = |sim: &mut Sim| {
        sim.ok(PRODUCTION, EAST, "DescribeBackupVault", json!({ "BackupVaultName": SOURCE }))["NumberOfRecoveryPoints"]
            .clone()
    };
    assert_eq!(count(&mut sim), 1);
    let points = sim.ok(PRODUCTION, EAST, "ListRecoveryPointsByBackupVault", json!({ "BackupVaultName": SOURCE }));
    let arn = points["RecoveryPoints"][0]["RecoveryPointArn"].clone();
    let delete = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": arn });
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", delete);
    sim.advance(120);
    assert_eq!(count(&mut sim), 0);
}

#[test]
fn a_vault_policy_takes_no_wildcard_and_is_missed_by_its_own_error() {
    let mut sim = Sim::with_vaults();
    let name = json!({ "BackupVaultName": SOURCE });
    let error = sim.refused(PRODUCTION, EAST, "GetBackupVaultAccessPolicy", name.clone());
    assert_eq!(error.code, "ResourceNotFoundException");
    let policy = |action: &str| {
        let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*" });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        json!({ "BackupVaultName": SOURCE, "Policy": policy.to_string() })
    };
    for action in ["backup:*", "backup:Delete*", "s3:GetObject"] {
        let error = sim.refused(PRODUCTION, EAST, "PutBackupVaultAccessPolicy", policy(action));
        assert_eq!(error.code, "InvalidParameterValueException", "{action}");
    }
    sim.ok(PRODUCTION, EAST, "PutBackupVaultAccessPolicy", policy("backup:DeleteRecoveryPoint"));
    let read = sim.ok(PRODUCTION, EAST, "GetBackupVaultAccessPolicy", name.clone());
    assert_eq!(read["BackupVaultArn"], vault_arn(PRODUCTION, EAST, SOURCE));
    sim.ok(PRODUCTION, EAST, "DeleteBackupVaultAccessPolicy", name.clone());
    assert_eq!(sim.refused(PRODUCTION, EAST, "GetBackupVaultAccessPolicy", name).code, "ResourceNotFoundException");
    let nowhere = json!({ "BackupVaultName": "nowhere" });
    let error = sim.refused(PRODUCTION, EAST, "GetBackupVaultAccessPolicy", nowhere);
    assert_eq!(error.code, "AccessDeniedException");
}

// AWS Backup Developer Guide, "Vault Lock"; three field reports have the text.
#[test]
fn a_locked_vault_keeps_what_it_has() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let lock = json!({ "BackupVaultName": SOURCE, "MinRetentionDays": 1, "ChangeableForDays": 3 });
    sim.ok(PRODUCTION, EAST, "PutBackupVaultLockConfiguration", lock);
    let name = json!({ "BackupVaultName": SOURCE });
    let vault = sim.ok(PRODUCTION, EAST, "DescribeBackupVault", name.clone());
    assert_eq!((&vault["Locked"], &vault["MinRetentionDays"]), (&json!(true), &json!(1)));
    assert!(vault["LockDate"].is_number());
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point, "Lifecycle": { "DeleteAfterDays": 9 } });
    for operation in ["DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle"] {
        let error = sim.refused(PRODUCTION, EAST, operation, input.clone());
        assert_eq!(error.code, "InvalidRequestException");
        assert_eq!(error.message, "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)");
    }
    sim.advance(4 * 86_400);
    let error = sim.refused(PRODUCTION, EAST, "DeleteBackupVaultLockConfiguration", name);
    assert_eq!(error.code, "InvalidRequestException");
}

#[test]
fn a_changed_lifecycle_moves_the_end() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point, "Lifecycle": { "DeleteAfterDays": 9 } });
    let answer = sim.ok(PRODUCTION, EAST, "UpdateRecoveryPointLifecycle", input.clone());
    let described = sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone());
    let created = described["CreationDate"].as_f64().expect("a date");
    assert_eq!(answer["CalculatedLifecycle"]["DeleteAt"], created + 9.0 * 86_400.0);
    sim.advance(8 * 86_400); // past seven days and eight hours
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone())["Status"], "COMPLETED");
    sim.advance(2 * 86_400);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
}

// AWS Backup Developer Guide, "Legal holds": a blocked deletion resumes when the last hold goes.
#[test]
fn a_legal_hold_holds_until_it_is_cancelled() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let hold =
        json!({ "Title": "case", "Description": "a case", "RecoveryPointSelection": { "VaultNames": [SOURCE] } });
    let hold = sim.ok(PRODUCTION, EAST, "CreateLegalHold", hold);
    assert_eq!(hold["Status"], "ACTIVE");
    let held = json!({ "LegalHoldId": hold["LegalHoldId"] });
    let points = sim.ok(PRODUCTION, EAST, "ListRecoveryPointsByLegalHold", held.clone());
    assert_eq!(points["RecoveryPoints"][0]["RecoveryPointArn"], point);
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    assert_eq!(sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone()).code, "InvalidRequestException");
    sim.advance(8 * 86_400); // its seven days are over
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone())["Status"], "COMPLETED");
    let cancel = json!({ "LegalHoldId": hold["LegalHoldId"], "CancelDescription": "over" });
    sim.ok(PRODUCTION, EAST, "CancelLegalHold", cancel.clone());
    sim.advance(1);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
    assert_eq!(sim.ok(PRODUCTION, EAST, "GetLegalHold", held)["Status"], "CANCELED");
    assert_eq!(sim.refused(PRODUCTION, EAST, "CancelLegalHold", cancel).code, "InvalidResourceStateException");
}

#[test]
fn a_plan_goes_only_after_its_selections() {
    let mut sim = Sim::with_vaults();
    let document = json!({ "BackupPlan": { "BackupPlanName": "p", "Rules": [
        { "RuleName": "r", "TargetBackupVaultName": SOURCE },
    ] } });
    let plan = sim.ok(PRODUCTION, EAST, "CreateBackupPlan", document.clone());
    assert_eq!(sim.refused(PRODUCTION, EAST, "CreateBackupPlan", document).code, "AlreadyExistsException");
    let id = json!({ "BackupPlanId": plan["BackupPlanId"] });
    let read = sim.ok(PRODUCTION, EAST, "GetBackupPlan", id.clone());
    let rule = &read["BackupPlan"]["Rules"][0];
    assert_eq!((&rule["StartWindowMinutes"], &rule["CompletionWindowMinutes"]), (&json!(480), &json!(10080)));
    assert_eq!(rule["ScheduleExpressionTimezone"], "Etc/UTC");
    let selection = |role: &str| {
        json!({ "BackupPlanId": plan["BackupPlanId"],
                "BackupSelection": { "SelectionName": "s", "IamRoleArn": role, "Resources": [ORDERS] } })
    };
    let missing = "arn:aws:iam::111111111111:role/missing";
    let error = sim.refused(PRODUCTION, EAST, "CreateBackupSelection", selection(missing));
    assert_eq!(error.code, "InvalidParameterValueException");
    assert_eq!(error.message, format!("IAM Role {missing} cannot be assumed by AWS Backup"));
    let made = sim.ok(PRODUCTION, EAST, "CreateBackupSelection", selection(ROLE));
    let error = sim.refused(PRODUCTION, EAST, "DeleteBackupPlan", id.clone());
    assert_eq!(error.code, "InvalidRequestException");
    assert_eq!(error.message, "Related backup plan selections must be deleted prior to backup plan deletion");
    let which = json!({ "BackupPlanId": plan["BackupPlanId"], "SelectionId": made["SelectionId"] });
    sim.ok(PRODUCTION, EAST, "DeleteBackupSelection", which);
    sim.ok(PRODUCTION, EAST, "DeleteBackupPlan", id.clone());
    assert_eq!(sim.refused(PRODUCTION, EAST, "GetBackupPlan", id).code, "ResourceNotFoundException");
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListBackupPlans", json!({}))["BackupPlansList"], json!([]));
    let all = sim.ok(PRODUCTION, EAST, "ListBackupPlans", json!({ "IncludeDeleted": true }));
    assert_eq!(all["BackupPlansList"].as_array().map(Vec::len), Some(1));
}

// API_BackupRule and the quotas; the prefix is in public reports of refused plans.
#[test]
fn a_wrong_rule_is_refused_with_its_reason() {
    let mut sim = Sim::with_vaults();
    let copy = json!({ "DestinationBackupVaultArn": vault_arn(PRODUCTION, WEST, INTERMEDIATE) });
    let copies: Vec<Value> = std::iter::repeat_n(copy, 6).collect();
    let table = [
        ("ScheduleExpression", json!("cron(0 5 * * * *)")),
        ("StartWindowMinutes", json!(59)),
        ("CompletionWindowMinutes", json!(60)),
        ("Lifecycle", json!({ "MoveToColdStorageAfterDays": 8, "DeleteAfterDays": 97 })),
        ("CopyActions", json!(copies)),
        ("CopyActions", json!([{ "DestinationBackupVaultArn": "vault" }])),
        ("ScheduleExpressionTimezone", json!("Mars/Olympus")),
        ("EnableContinuousBackup", json!(true)),
    ];
    for (member, value) in table {
        let mut rule = json!({ "RuleName": "r", "TargetBackupVaultName": SOURCE });
        rule[member] = value;
        let input = json!({ "BackupPlan": { "BackupPlanName": "p", "Rules": [rule] } });
        let error = sim.refused(PRODUCTION, EAST, "CreateBackupPlan", input);
        assert_eq!(error.code, "InvalidParameterValueException", "{member}");
        assert!(error.message.starts_with("Error in some rules due to : "), "{member}: {}", error.message);
    }
}

#[test]
fn lists_filter_and_leave_out() {
    let mut sim = Sim::with_vaults();
    let point = sim.first_hop();
    let count = |sim: &mut Sim, region: &str, operation: &str, member: &str, input: Value| {
        sim.ok(PRODUCTION, region, operation, input)[member].as_array().map(Vec::len)
    };
    let to = vault_arn(PRODUCTION, WEST, INTERMEDIATE);
    let now = sim.world.now.millis() as f64 / 1000.0;
    for (input, expected) in [
        (json!({}), 1),
        (json!({ "ByState": "COMPLETED" }), 1),
        (json!({ "ByState": "FAILED" }), 0),
        (json!({ "ByDestinationVaultArn": to }), 1),
        (json!({ "ByDestinationVaultArn": vault_arn(CENTRAL, WEST, DESTINATION) }), 0),
        (json!({ "ByResourceArn": ORDERS, "ByResourceType": "RDS" }), 1),
        (json!({ "ByResourceType": "Aurora" }), 0),
        (json!({ "ByCreatedAfter": now }), 0),
        (json!({ "ByCreatedBefore": now }), 1),
        (json!({ "ByCompleteAfter": now }), 0),
        (json!({ "ByCompleteBefore": now }), 1),
        (json!({ "ByAccountId": CENTRAL }), 0),
        (json!({ "ByMessageCategory": "SUCCESS" }), 1),
        (json!({ "ByMessageCategory": "ACCESS_DENIED" }), 0),
        (json!({ "ByParentJobId": "x" }), 0),
        (json!({ "BySourceRecoveryPointArn": point }), 0),
    ] {
        assert_eq!(count(&mut sim, EAST, "ListCopyJobs", "CopyJobs", input.clone()), Some(expected), "{input}");
    }
    for (mut input, expected) in [
        (json!({}), 1),
        (json!({ "ByResourceArn": ORDERS }), 1),
        (json!({ "ByResourceArn": "arn:aws:rds:us-east-1:111111111111:db:other" }), 0),
        (json!({ "ByResourceType": "Aurora" }), 0),
        (json!({ "ByBackupPlanId": "x" }), 0),
        (json!({ "ByCreatedAfter": now }), 0),
    ] {
        input["BackupVaultName"] = json!(INTERMEDIATE);
        let operation = "ListRecoveryPointsByBackupVault";
        assert_eq!(count(&mut sim, WEST, operation, "RecoveryPoints", input.clone()), Some(expected), "{input}");
    }
    // aws-sdk-go-v2 #1912.
    let input = json!({ "BackupVaultName": INTERMEDIATE, "ByResourceArn": point });
    let error = sim.refused(PRODUCTION, WEST, "ListRecoveryPointsByBackupVault", input);
    assert_eq!(error.message, format!("Unsupported resource type: {point}"));
    // boto3 #2797.
    let input = json!({ "ResourceArn": ORDERS, "MaxResults": 19 });
    let error = sim.refused(PRODUCTION, WEST, "ListRecoveryPointsByResource", input);
    assert_eq!(error.message, "Insufficient privileges to perform this action.");
    let input = json!({ "ResourceArn": ORDERS, "MaxResults": 20 });
    let points = sim.ok(PRODUCTION, WEST, "ListRecoveryPointsByResource", input);
    assert_eq!(points["RecoveryPoints"][0]["BackupVaultName"], Value::Null);
    let lasting = sim.ok(PRODUCTION, EAST, "ListProtectedResources", json!({}));
    assert_eq!(lasting["Results"][0]["ResourceArn"], ORDERS);
}

// Job lists reach back about thirty days.
#[test]
fn old_jobs_leave_the_list_but_are_still_described() {
    let mut sim = Sim::with_vaults();
    sim.backed_up();
    let listed = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"].clone();
    sim.advance(30 * 86_400);
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"], json!([]));
    let id = json!({ "BackupJobId": listed[0]["BackupJobId"] });
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeBackupJob", id)["State"], "COMPLETED");
}

// AWS Backup Developer Guide, "Add or remove tags on existing recovery points": the tags of an RDS
// recovery point are not AWS Backup's.
#[test]
fn tags_are_for_what_aws_backup_owns() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let arn = vault_arn(PRODUCTION, EAST, SOURCE);
    sim.ok(PRODUCTION, EAST, "TagResource", json!({ "ResourceArn": arn, "Tags": { "a": "1", "b": "2" } }));
    sim.ok(PRODUCTION, EAST, "UntagResource", json!({ "ResourceArn": arn, "TagKeyList": ["a"] }));
    assert_eq!(sim.ok(PRODUCTION, EAST, "ListTags", json!({ "ResourceArn": arn }))["Tags"], json!({ "b": "2" }));
    let error = sim.refused(PRODUCTION, EAST, "ListTags", json!({ "ResourceArn": point }));
    assert_eq!(error.code, "InvalidParameterValueException");
}

#[test]
fn a_copy_is_refused_at_once_where_its_request_is_wrong() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let input = |member: &str, value: &str| {
        let mut input = json!({
            "RecoveryPointArn": point,
            "SourceBackupVaultName": SOURCE,
            "DestinationBackupVaultArn": vault_arn(PRODUCTION, WEST, INTERMEDIATE),
            "IamRoleArn": ROLE,
        });
        input[member] = json!(value);
        input
    };
    for (member, value, code) in [
        (
            "RecoveryPointArn",
            "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-x",
            "ResourceNotFoundException",
        ),
        ("SourceBackupVaultName", "nowhere", "ResourceNotFoundException"),
        ("DestinationBackupVaultArn", "nowhere", "InvalidParameterValueException"),
        (
            "DestinationBackupVaultArn",
            "arn:aws-cn:backup:cn-north-1:111111111111:backup-vault:x",
            "InvalidParameterValueException",
        ),
        ("IamRoleArn", "arn:aws:iam::111111111111:role/missing", "InvalidParameterValueException"),
    ] {
        let error = sim.refused(PRODUCTION, EAST, "StartCopyJob", input(member, value));
        assert_eq!(error.code, code, "{member}={value}");
    }
}

#[test]
fn stopping_and_disassociating_are_not_for_rds_snapshots() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let job = sim.ok(PRODUCTION, EAST, "ListBackupJobs", json!({}))["BackupJobs"][0]["BackupJobId"].clone();
    let error = sim.refused(PRODUCTION, EAST, "StopBackupJob", json!({ "BackupJobId": job }));
    assert_eq!(error.code, "InvalidRequestException");
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    assert_eq!(sim.refused(PRODUCTION, EAST, "DisassociateRecoveryPoint", input).code, "InvalidRequestException");
}
