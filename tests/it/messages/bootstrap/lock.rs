//! What bootstrap says of the lock of the destination vault.

use super::shown;
use crate::bootstrap::lock::{LOCK, VAULT, keeping, locked, second_hop};
use crate::bootstrap::plan::backup;
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::{in_destination, in_intermediate};
use crate::support::worlds;
use backupctl::sandbox::Sandbox;

#[test]
fn a_lock_is_shown_moved_and_kept() {
    let mut gallery = Gallery::new();
    let world = locked(7);
    gallery.file("longer.toml", &keeping(14, LOCK));
    gallery.file("longest.toml", &keeping(60, LOCK));
    gallery.file("none.toml", &keeping(7, ""));
    gallery.file("same.toml", &keeping(7, LOCK));
    let sandbox = Sandbox::in_memory(world.clone());
    gallery.refuse("Twice as long", &sandbox, "bootstrap --dry-run --config longer.toml", 4);
    for environment in ["intermediate", "destination"] {
        let half = format!("bootstrap --yes --quiet --config longer.toml --environment {environment}");
        gallery.refuse(&format!("Only {environment}"), &sandbox, &half, 5);
    }
    gallery.refuse("No lock any more", &sandbox, "bootstrap --yes --quiet --config none.toml", 5);
    in_intermediate(&sandbox, async |config| second_hop(&config, 7).await);
    gallery.show("A copy still runs", Some(&sandbox), "bootstrap --yes --config longer.toml --timeout 10m", 6);
    let sandbox = Sandbox::in_memory(world.clone());
    deny(&sandbox, "backup:ListCopyJobs", "");
    gallery.show("Nobody may list copies", Some(&sandbox), "bootstrap --yes --quiet --config longer.toml", 1);
    let sandbox = Sandbox::in_memory(world.clone());
    gallery.show("More than the lock admits", Some(&sandbox), "bootstrap --yes --config longest.toml", 0);
    let sandbox = Sandbox::in_memory(world);
    in_destination(&sandbox, async |config| {
        let off = backup(&config).delete_backup_vault_lock_configuration().backup_vault_name(VAULT);
        off.send().await.expect("DeleteBackupVaultLockConfiguration");
    });
    deny(&sandbox, "backup:PutBackupVaultLockConfiguration", "");
    gallery.show(
        "Taken off, and nobody may put it on",
        Some(&sandbox),
        "bootstrap --yes --quiet --config same.toml",
        1,
    );
    backupctl(&sandbox, "sandbox inject clear").expect(0);
    gallery.show("Taken off", Some(&sandbox), "bootstrap --yes --config same.toml", 0);
    let sandbox = worlds::built_in();
    deny(&sandbox, "backup:ListBackupVaults", "--environment destination --call 2");
    gallery.show("Nobody may look at it", Some(&sandbox), "bootstrap --yes --quiet --config same.toml", 1);
    insta::assert_snapshot!(shown(gallery));
}
