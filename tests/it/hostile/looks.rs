//! `verify` and `doctor` before answers that cannot be read: each is skipped with the call that brought nothing, none
//! accuses what it did not see, and `verify` is not green.
//!
//! What must be in each answer stands in the API references of AWS: a recovery point has its ARN, resource, creation
//! date and status, a role its document, a key its manager, a queue its length.

use super::super::support::command::backupctl;
use super::super::support::spoil::{From, Spoil, spoil};
use super::super::support::worlds;
use super::{checks, findings, told};
use From::{Anywhere, Destination, Intermediate, Source};
use Spoil::{Half, Hollow, Noise, Nothing, Number, Portal, SameToken, Status, Without};

/// An operation, whose, how its answer is spoiled, what may not be accused.
type Look = (&'static str, From, Spoil, &'static str);

/// Of these `verify` must not be green: what they hide is an error where it is wrong.
const BLIND: &[Look] = &[
    ("backup:ListBackupVaults", Source, Hollow, "vault-missing"),
    ("backup:ListBackupVaults", Intermediate, Nothing, "vault-missing"),
    ("backup:ListBackupVaults", Destination, Hollow, "vault-missing"),
    ("backup:ListBackupVaults", Destination, Without("BackupVaultArn"), "vault-missing"),
    ("backup:ListBackupVaults", Destination, Without("EncryptionKeyArn"), "vault-default-key"),
    ("backup:ListBackupVaults", Destination, SameToken("NextToken"), "vault-missing"),
    ("backup:ListBackupVaults", Destination, Portal, "vault-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Source, Hollow, "backup-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Intermediate, Hollow, "intermediate-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Hollow, "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Anywhere, Hollow, "backup-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, SameToken("NextToken"), "duplicate-copy"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Without("CreationDate"), "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Without("ResourceArn"), "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Without("Status"), "recovery-point-unhealthy"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Without("RecoveryPointArn"), "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Number("Status"), "recovery-point-unhealthy"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Half, "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Noise, "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Status(204), "destination-copy-missing"),
    ("backup:ListRecoveryPointsByBackupVault", Destination, Status(307), "destination-copy-missing"),
    ("backup:ListBackupPlans", Source, Hollow, "plan-missing"),
    ("backup:ListBackupPlans", Source, SameToken("NextToken"), "plan-ambiguous"),
    ("backup:GetBackupPlan", Source, Hollow, "plan-rule-missing"),
    ("backup:GetBackupPlan", Source, Without("Rules"), "plan-rule-missing"),
    ("backup:ListBackupSelections", Source, Hollow, "selection-missing"),
    ("backup:GetBackupSelection", Source, Hollow, "selection-missing"),
    ("backup:GetBackupVaultAccessPolicy", Destination, Hollow, "vault-policy-denies"),
    ("backup:DescribeGlobalSettings", Anywhere, Hollow, "cross-account-backup-disabled"),
    ("iam:GetRole", Anywhere, Hollow, "backup-role-missing"),
    ("iam:GetRole", Anywhere, Without("AssumeRolePolicyDocument"), "backup-role-denied"),
    ("iam:GetRole", Anywhere, Portal, "backup-role-missing"),
    ("iam:GetRolePolicy", Anywhere, Hollow, "backup-role-denied"),
    ("iam:GetPolicyVersion", Anywhere, Hollow, "backup-role-denied"),
    ("iam:GetPolicyVersion", Anywhere, Without("Document"), "backup-role-denied"),
    ("iam:GetPolicy", Anywhere, Hollow, "backup-role-denied"),
    ("iam:ListAttachedRolePolicies", Anywhere, Hollow, "backup-role-denied"),
    ("iam:ListRolePolicies", Anywhere, Half, "function-role-denied"),
    ("kms:DescribeKey", Destination, Hollow, "key-missing"),
    ("kms:DescribeKey", Destination, Without("KeyManager"), "vault-default-key"),
    ("kms:DescribeKey", Destination, Without("KeyState"), "key-disabled"),
    ("kms:GetKeyPolicy", Destination, Hollow, "key-policy-denies"),
    ("kms:GetKeyPolicy", Intermediate, Noise, "key-policy-denies"),
    ("events:DescribeRule", Source, Hollow, "rule-disabled"),
    ("events:DescribeRule", Intermediate, Without("State"), "rule-disabled"),
    ("events:ListTargetsByRule", Source, Hollow, "rule-target-missing"),
    ("events:TestEventPattern", Source, Hollow, "rule-pattern-mismatch"),
    ("lambda:GetFunctionConfiguration", Intermediate, Hollow, "function-failing"),
    ("lambda:GetFunctionConfiguration", Intermediate, Without("FunctionArn"), "function-missing"),
    ("lambda:GetPolicy", Intermediate, Hollow, "function-permission-missing"),
    ("organizations:DescribeOrganization", Anywhere, Hollow, "key-policy-denies"),
    ("cloudformation:DescribeStacks", Source, Hollow, "stack-missing"),
    ("cloudformation:ListStackResources", Intermediate, Hollow, "rule-missing"),
    ("rds:DescribeDBInstances", Source, Hollow, "resource-missing"),
    ("rds:DescribeDBInstances", Source, SameToken("Marker"), "resource-missing"),
    ("sts:GetCallerIdentity", Destination, Portal, "credentials-invalid"),
    ("sts:GetCallerIdentity", Source, Half, "credentials-invalid"),
    ("sqs:GetQueueAttributes", Source, Without("ApproximateNumberOfMessages"), "dead-letters"),
    ("sqs:GetQueueAttributes", Source, Spoil::With("ApproximateNumberOfMessages", "several"), "dead-letters"),
    ("sqs:GetQueueAttributes", Intermediate, Hollow, "queue-missing"),
];

/// Of this only a warning depends.
const DIM: &[Look] = &[("kms:GetKeyRotationStatus", Destination, Hollow, "key-rotation-disabled")];

#[test]
fn what_cannot_be_read_accuses_nobody_and_is_not_green() {
    let mut wrong = Vec::new();
    for (look, code) in BLIND.iter().map(|look| (look, 3)).chain(DIM.iter().map(|look| (look, 0))) {
        let (operation, from, spoilt, accused) = *look;
        let sandbox = worlds::after_a_night();
        spoil(&sandbox, &[(operation, from, spoilt)]);
        let ran = backupctl(&sandbox, "verify -o json");
        let about = format!("{operation} of {from:?} {spoilt:?}");
        if ran.code != code {
            wrong.push(format!("{about}: exit {} and not {code}", ran.code));
        }
        let verified = ran.json();
        let diagnosed = backupctl(&sandbox, "doctor -o json").json();
        for found in [findings(&verified), findings(&diagnosed)] {
            if found.iter().any(|one| one.ends_with(accused)) {
                wrong.push(format!("{about}: {found:?}"));
            }
        }
        let skipped = checks(&verified, "skipped");
        if !skipped.iter().any(|one| one.ends_with(&format!("call-failed:{operation}"))) {
            wrong.push(format!("{about}: nothing is skipped for it: {skipped:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A queue whose length nobody can read has not passed.
#[test]
fn dead_letters_that_cannot_be_counted_are_skipped() {
    for spoilt in [Without("ApproximateNumberOfMessages"), Spoil::With("ApproximateNumberOfMessages", "-1"), Hollow] {
        let sandbox = worlds::after_a_night();
        spoil(&sandbox, &[("sqs:GetQueueAttributes", Source, spoilt)]);
        let document = backupctl(&sandbox, "verify -o json").expect(3).json();
        let results = |result: &str| {
            let all = document["checks"].as_array().expect("checks").iter();
            all.filter(|check| check["check"] == "dead-letters" && check["environment"] == "source")
                .filter(|check| check["result"] == result)
                .count()
        };
        assert_eq!((results("skipped"), results("passed")), (1, 0), "{spoilt:?}");
    }
}

/// The reason is told: what could not be read, and which member it lacks.
#[test]
fn what_cannot_be_read_has_a_reason() {
    let points = "backup:ListRecoveryPointsByBackupVault";
    let cases = [
        (points, Without("CreationDate"), "the answer has no CreationDate"),
        (points, Without("RecoveryPointArn"), "the answer has no RecoveryPointArn"),
        (points, Hollow, "the answer with HTTP status 200 cannot be read: "),
        (points, Half, "the answer with HTTP status 200 cannot be read: "),
        (points, Portal, "the answer with HTTP status 200 cannot be read: "),
        (points, Status(204), "the answer with HTTP status 204 cannot be read"),
        (points, Status(307), "the answer with HTTP status 307 cannot be read"),
        (points, SameToken("NextToken"), "repeats a page token"),
    ];
    for (operation, spoilt, reason) in cases {
        let sandbox = worlds::after_a_night();
        spoil(&sandbox, &[(operation, Destination, spoilt)]);
        let ran = backupctl(&sandbox, "copy --all-missing").expect(1);
        let said = told(&ran).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(reason), "{spoilt:?}: {said}");
        assert!(!said.contains("credentials"), "{spoilt:?}: {said}");
    }
}

/// An answer that names an item twice names one item.
#[test]
fn what_is_listed_twice_counts_once() {
    for (operation, list) in [
        ("backup:ListRecoveryPointsByBackupVault", "RecoveryPoints"),
        ("backup:ListCopyJobs", "CopyJobs"),
        ("backup:ListBackupJobs", "BackupJobs"),
        ("backup:ListBackupPlans", "BackupPlansList"),
        ("backup:ListBackupSelections", "BackupSelectionsList"),
        ("backup:ListBackupVaults", "BackupVaultList"),
        ("rds:DescribeDBInstances", "DBInstances"),
        ("events:ListTargetsByRule", "Targets"),
    ] {
        let sandbox = worlds::after_a_night();
        let plain = backupctl(&sandbox, "verify -o json").expect(0).json();
        spoil(&sandbox, &[(operation, Anywhere, Spoil::Twice(list))]);
        let ran = backupctl(&sandbox, "verify -o json").expect(0).json();
        assert_eq!(findings(&ran), findings(&plain), "{operation}");
        assert_eq!(ran["recovery_points"].as_array().map(Vec::len), plain["recovery_points"].as_array().map(Vec::len));
    }
}
