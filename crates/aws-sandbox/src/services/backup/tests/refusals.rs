//! What policies refuse, and how a copy job says it.

use super::support::*;
use super::*;

const DENIED: &str = "Access Denied trying to call AWS Backup service";

fn second_hop(sim: &mut Sim) -> Value {
    let point = sim.first_hop();
    sim.copied(WEST, INTERMEDIATE, &point, &vault_arn(CENTRAL, WEST, DESTINATION))
}

// re:Post, "Access denied errors in AWS Backup": the destination vault's policy lacks
// backup:CopyIntoBackupVault.
#[test]
fn a_destination_vault_that_lets_nobody_in_fails_the_copy() {
    let mut sim = Sim::with_vaults();
    sim.ok(CENTRAL, WEST, "DeleteBackupVaultAccessPolicy", json!({ "BackupVaultName": DESTINATION }));
    let job = second_hop(&mut sim);
    assert_eq!((&job["State"], &job["StatusMessage"]), (&json!("FAILED"), &json!(DENIED)));
    assert_eq!(job["MessageCategory"], "ACCESS_DENIED");
}

// Service Authorization Reference, "AWS Backup": backup:CopyTargets is a key of CopyFromBackupVault;
// a deny in the source vault's policy lets the copy go to its one destination only.
#[test]
fn the_source_vaults_policy_names_the_only_target() {
    let mut sim = Sim::with_vaults();
    let destination = vault_arn(CENTRAL, WEST, DESTINATION);
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Principal": "*",
        "Action": "backup:CopyFromBackupVault",
        "Resource": "*",
        "Condition": { "ForAnyValue:ArnNotEquals": { "backup:CopyTargets": [destination] } },
    }] });
    let put = json!({ "BackupVaultName": INTERMEDIATE, "Policy": policy.to_string() });
    sim.ok(PRODUCTION, WEST, "PutBackupVaultAccessPolicy", put);
    let point = sim.first_hop();
    let elsewhere = vault_arn(PRODUCTION, EAST, SOURCE);
    let job = sim.copied(WEST, INTERMEDIATE, &point, &elsewhere);
    assert_eq!((&job["State"], &job["StatusMessage"]), (&json!("FAILED"), &json!(DENIED)));
    let job = sim.copied(WEST, INTERMEDIATE, &point, &destination);
    assert_eq!(job["State"], "COMPLETED", "{job}");
}

// tecRacer, "Automating cross-account / cross-Region backups": the destination's service-linked role
// must be let onto the intermediate key; RDS's text names the key.
#[test]
fn an_intermediate_key_that_keeps_the_central_account_out_fails_the_copy() {
    let mut sim = Sim::new();
    sim.make_vaults(&[]);
    let job = second_hop(&mut sim);
    let key = sim.key(PRODUCTION, WEST);
    assert_eq!(job["State"], "FAILED");
    assert_eq!(
        job["StatusMessage"],
        format!(
            "The source snapshot KMS key [{key}] does not exist, is not enabled or you do not have permissions to \
             access it."
        )
    );
    assert_eq!(job["MessageCategory"], "KMS_KEY_ERROR");
}

// AWS Backup Developer Guide, "Vault access policies": a deny of DeleteRecoveryPoint.
#[test]
fn a_vaults_policy_can_forbid_to_delete_what_it_holds() {
    let mut sim = Sim::with_vaults();
    let point = sim.backed_up();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*",
    }] });
    let put = json!({ "BackupVaultName": SOURCE, "Policy": policy.to_string() });
    sim.ok(PRODUCTION, EAST, "PutBackupVaultAccessPolicy", put);
    let input = json!({ "BackupVaultName": SOURCE, "RecoveryPointArn": point });
    assert_eq!(sim.refused(PRODUCTION, EAST, "DeleteRecoveryPoint", input).code, "AccessDeniedException");
}

/// IAM User Guide, `aws:ViaAWSService`: false where the service acts with a service role, and no `aws:CalledVia`.
#[test]
fn aws_backup_acts_with_its_role_and_forwards_nobody() {
    let cases = [
        (json!({ "Bool": { "aws:ViaAWSService": "true" } }), "COMPLETED"),
        (json!({ "Bool": { "aws:ViaAWSService": "false" } }), "FAILED"),
        (json!({ "Null": { "aws:CalledVia": "false" } }), "COMPLETED"),
        (json!({ "Null": { "aws:CalledVia": "true" } }), "FAILED"),
    ];
    for (condition, state) in cases {
        let mut sim = Sim::with_vaults();
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Action": "rds:CreateDBSnapshot", "Resource": "*", "Condition": condition,
        }] });
        let input = json!({ "RoleName": "AWSBackupDefaultServiceRole", "PolicyName": "deny",
            "PolicyDocument": policy.to_string() });
        let region = EAST.parse().expect("a Region");
        let put = sim.world.call(&root(PRODUCTION), &region, Service::Iam, "PutRolePolicy", input, &Context::new());
        put.expect("a policy");
        sim.advance(60);
        let input = json!({ "BackupVaultName": SOURCE, "ResourceArn": ORDERS, "IamRoleArn": ROLE });
        let job = sim.ok(PRODUCTION, EAST, "StartBackupJob", input)["BackupJobId"].clone();
        sim.advance(3600);
        let job = sim.ok(PRODUCTION, EAST, "DescribeBackupJob", json!({ "BackupJobId": job }));
        assert_eq!(job["State"], state, "{condition}: {job}");
    }
}
