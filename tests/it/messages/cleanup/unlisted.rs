//! What a list lacks although it is there: nothing is deleted on its word.

use backupctl::sandbox::Sandbox;

use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::in_destination;
use crate::support::spoil::{From, Spoil, spoil};
use crate::support::worlds;

/// A database in account B under the destination vault's key, as one that was restored there is.
pub fn restored(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let vault = backup.describe_backup_vault().backup_vault_name("destination-vault-account-b-region-b");
        let key = vault.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        let create = aws_sdk_rds::Client::new(&config).create_db_instance().db_instance_identifier("restored");
        let create = create.db_instance_class("db.t3.medium").engine("postgres").allocated_storage(20);
        let create = create.master_username("admin").master_user_password("not-a-secret");
        create.storage_encrypted(true).kms_key_id(key).send().await.expect("CreateDBInstance");
    });
    backupctl(sandbox, "sandbox advance 1h").expect(0);
}

#[test]
fn lists_that_are_empty_and_contradicted_delete_nothing() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    spoil(&sandbox, &[("backup:ListBackupPlans", From::Anywhere, Spoil::Empty("BackupPlansList"))]);
    gallery.show("No plan", Some(&sandbox), "cleanup --dry-run --quiet", 5);
    let sandbox = worlds::after_a_night();
    let points = "backup:ListRecoveryPointsByBackupVault";
    spoil(&sandbox, &[(points, From::Destination, Spoil::Empty("RecoveryPoints"))]);
    gallery.show("No recovery points", Some(&sandbox), "cleanup --dry-run", 5);
    sandbox.clear_between();
    let resources = ("cloudformation:ListStackResources", From::Source, Spoil::Empty("StackResourceSummaries"));
    spoil(&sandbox, &[resources]);
    gallery.refuse("No resources", &sandbox, "cleanup --dry-run --quiet", 5);
    sandbox.clear_between();
    backupctl(&sandbox, "sandbox advance 24h").expect(0);
    let mut world = sandbox.world();
    world.settings.list_lag_seconds = 12 * 3600;
    gallery.refuse("Some are late", &Sandbox::in_memory(world), "cleanup --dry-run --quiet", 4);
    let sandbox = worlds::bootstrapped();
    restored(&sandbox);
    spoil(&sandbox, &[("rds:DescribeDBInstances", From::Destination, Spoil::Empty("DBInstances"))]);
    gallery.show("No databases", Some(&sandbox), "cleanup --environment destination --dry-run --quiet", 4);
    insta::assert_snapshot!(gallery.into_text());
}
