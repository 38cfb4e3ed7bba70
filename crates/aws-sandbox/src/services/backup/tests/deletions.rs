//! When a recovery point goes, and what keeps it.

use super::support::*;
use super::*;
use crate::services::rds;

#[test]
fn a_deletion_takes_its_time_and_the_vault_believes_it_late() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let delete_vault = json!({ "BackupVaultName": SOURCE });
    let error = sim.refused(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone());
    assert_eq!(error.code, "InvalidRequestException");
    assert_eq!(error.message, "Backup vault cannot be deleted because it contains recovery points.");
    assert_eq!(error.members["Code"], "ERROR_9101");
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    assert_eq!(sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone())["Status"], "DELETING");
    assert_eq!(
        sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone()).code,
        "InvalidResourceStateException"
    );
    sim.advance(50);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
    assert!(rds::snapshot(&sim.world, &point).is_none());
    assert_eq!(
        sim.refused(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone()).code,
        "InvalidRequestException"
    );
    sim.advance(60);
    sim.ok(PRODUCTION, EAST, "DeleteBackupVault", delete_vault.clone());
    let gone = sim.refused(PRODUCTION, EAST, "DescribeBackupVault", delete_vault);
    assert_eq!(gone.code, "AccessDeniedException");
    assert_eq!(gone.message, "Insufficient privileges to perform this action.");
}

// API_DeleteRecoveryPoint: with insufficient permissions the call succeeds and the recovery point
// enters EXPIRED.
#[test]
fn what_its_role_cannot_delete_expires_when_its_time_is_over() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    sim.remove_role();
    sim.advance(8 * 86_400);
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    let described = sim.ok(PRODUCTION, EAST, "DescribeRecoveryPoint", input.clone());
    assert_eq!(described["Status"], "EXPIRED");
    assert!(described["StatusMessage"].is_string());
    // The root user has iam:CreateServiceLinkedRole, so AWS Backup deletes with its own role.
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    sim.advance(60);
    assert_eq!(sim.refused(PRODUCTION, EAST, "DescribeRecoveryPoint", input).code, "ResourceNotFoundException");
}

// AWS Backup does one thing with a recovery point at a time: InvalidResourceStateException.
#[test]
fn what_is_being_copied_is_not_deleted() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let id = sim.start_copy(EAST, SOURCE, &point, &vault_arn(PRODUCTION, WEST, INTERMEDIATE));
    sim.advance(90);
    assert_eq!(sim.copy_job(EAST, &id)["State"], "RUNNING");
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    let error = sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input.clone());
    assert_eq!(error.code, "InvalidResourceStateException");
    sim.advance(2 * 3600);
    sim.ok(PRODUCTION, EAST, "DeleteRecoveryPoint", input);
}
