//! `--allow-skipped` forgives checks that could not look, never that a copy was not seen.

use super::{DESTINATION_VAULT, delete_points, pass, resource, stop_second_hops};
use crate::support::command::{backupctl, deny};
use crate::support::worlds;

#[test]
fn a_check_that_could_not_look_is_forgiven() {
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "kms:GetKeyPolicy", "");
    backupctl(&sandbox, "verify --quiet").expect(3);
    let forgiven = backupctl(&sandbox, "verify --allow-skipped -o json").expect(0);
    assert_eq!(resource(&forgiven, "orders")["state"], "protected");
    backupctl(&sandbox, "doctor --quiet").expect(3);
    backupctl(&sandbox, "doctor --allow-skipped --quiet").expect(0);
}

#[test]
fn a_copy_that_nobody_saw_is_never_forgiven() {
    let sandbox = worlds::after_a_night();
    stop_second_hops(&sandbox);
    delete_points(&sandbox, DESTINATION_VAULT, "");
    pass(&sandbox, 30);
    for (operation, environment) in [
        ("backup:ListRecoveryPointsByBackupVault", "destination"),
        ("backup:*", "destination"),
        ("*", "destination"),
        ("kms:DescribeKey", "destination"),
        ("backup:ListBackupVaults", "destination"),
    ] {
        deny(&sandbox, operation, &format!("--environment {environment}"));
        let ran = backupctl(&sandbox, "verify --allow-skipped -o json");
        assert_eq!(ran.code, 3, "{operation}: {}", ran.json()["headline"]);
        let told = backupctl(&sandbox, "verify --allow-skipped");
        assert!(!told.stdout.contains("PROTECTED: 2"), "{operation}: {}", told.stdout);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
    }
    // What is there and cannot be seen is no better.
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "backup:ListRecoveryPointsByBackupVault", "--environment destination");
    let ran = backupctl(&sandbox, "verify --allow-skipped -o json").expect(3);
    assert_eq!(resource(&ran, "orders")["state"], "unknown");
    let told = backupctl(&sandbox, "verify --allow-skipped").expect(3).stdout;
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("nobody saw that every selected database has a copy"), "{told}");
    // Whoever does not ask about copies is not told of them.
    backupctl(&sandbox, "verify --allow-skipped --only keys --quiet").expect(0);
}

/// What `doctor` could not look at is not said to be right.
#[test]
fn a_doctor_that_could_not_look_does_not_end_well() {
    for operation in
        ["backup:ListBackupPlans", "backup:GetBackupPlan", "lambda:GetFunctionConfiguration", "iam:GetRole"]
    {
        let sandbox = worlds::bootstrapped();
        deny(&sandbox, operation, "");
        let ran = backupctl(&sandbox, "doctor -o json").expect(3);
        assert!(ran.json()["summary"]["checks_skipped"].as_u64() > Some(0), "{operation}");
    }
}
