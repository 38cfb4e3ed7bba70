//! What bootstrap says where somebody else is, or was, at work: another bootstrap, a cleanup.

use backupctl::sandbox::Sandbox;

use super::{configuration, order, shown};
use crate::bootstrap::plan::backup;
use crate::bootstrap::settled;
use crate::bootstrap::two::between_vault_and_stack;
use crate::support::command::{backupctl, configured};
use crate::support::gallery::Gallery;
use crate::support::operator::{CENTRAL, PRODUCTION, REGION_A, REGION_B, acting, switch_rules_off};
use crate::support::worlds;

/// A world in which `other` comes just before that call of `command` at which the command then says this; looked for from
/// the last call on.
fn until(
    make: impl Fn() -> Sandbox,
    command: &str,
    other: impl Fn(Sandbox) + Copy + Send + 'static,
    says: &str,
) -> Sandbox {
    let undisturbed = make();
    undisturbed.interrupt(None);
    backupctl(&undisturbed, command);
    for call in (1..=undisturbed.calls()).rev() {
        let sandbox = make();
        sandbox.meanwhile(call, other);
        if backupctl(&sandbox, command).stderr.contains(says) {
            let again = make();
            again.meanwhile(call, other);
            return again;
        }
    }
    panic!("nothing says `{says}`")
}

#[test]
fn another_bootstrap_that_was_first_is_told_and_taken_over() {
    let mut gallery = Gallery::new();
    let command = "bootstrap --yes --no-plan --environment source";
    let same = |sandbox: Sandbox| drop(backupctl(&sandbox, command).expect(0));
    let sandbox = until(worlds::built_in, command, same, "somebody else works on stack");
    gallery.show("The stack", Some(&sandbox), command, 0);
    let other = |sandbox: Sandbox, rest: &str| {
        drop(configured(&sandbox, &configuration("", Some(rest)), "bootstrap --yes").expect(0));
    };
    let command = "bootstrap --yes --quiet";
    let late = move |sandbox: Sandbox| {
        other(
            sandbox,
            "[plan]\nschedule = \"cron(0 7 ? * * *)\"\n[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]",
        );
    };
    let sandbox = until(worlds::built_in, command, late, "backup plan");
    gallery.show("The plan, otherwise", Some(&sandbox), command, 1);
    let one = move |sandbox: Sandbox| other(sandbox, super::ORDERS);
    let sandbox = until(worlds::built_in, command, one, "backup selection");
    gallery.show("The selection, otherwise", Some(&sandbox), command, 1);
    let unseen = worlds::built_in();
    order(&unseen, "access-denied --operation backup:ListBackupSelections --call 2");
    gallery.show("The selection, unseen", Some(&unseen), command, 1);
    insta::assert_snapshot!(shown(gallery));
    settled(&{
        backupctl(&sandbox, "sandbox advance 12h").expect(0);
        backupctl(&sandbox, "bootstrap --yes").expect(0);
        sandbox
    });
}

#[test]
fn what_a_cleanup_has_paused_or_taken_away_is_told_and_put_back() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    gallery.refuse("Paused", &sandbox, "bootstrap --dry-run", 4);
    let stopped = between_vault_and_stack(&worlds::after_a_night().world());
    let sandbox = Sandbox::in_memory(stopped.clone());
    gallery.refuse("Between a vault and its stack", &sandbox, "bootstrap --dry-run", 4);
    gallery.show("Put back", Some(&sandbox), "bootstrap --yes", 0);
    settled(&sandbox);
    let sandbox = Sandbox::in_memory(stopped);
    gallery.refuse("Only the destination", &sandbox, "bootstrap --dry-run --environment destination", 0);
    insta::assert_snapshot!(shown(gallery));
}

/// Empties a vault and deletes it.
fn delete_vault(sandbox: &Sandbox, account: &str, region: &str, name: &str) {
    acting(sandbox, account, region, async |config| {
        let points = backup(&config).list_recovery_points_by_backup_vault().backup_vault_name(name).send().await;
        for point in points.expect("recovery points").recovery_points() {
            let delete = backup(&config).delete_recovery_point().backup_vault_name(name);
            delete.recovery_point_arn(point.recovery_point_arn().expect("an ARN")).send().await.expect("deleted");
        }
    });
    backupctl(sandbox, "sandbox advance 10m").expect(0);
    acting(sandbox, account, region, async |config| {
        backup(&config).delete_backup_vault().backup_vault_name(name).send().await.expect("DeleteBackupVault");
    });
}

const DESTINATION: (&str, &str, &str) = (CENTRAL, REGION_B, "destination-vault-account-b-region-b");

#[test]
fn a_vault_that_somebody_deleted_is_named_with_what_was_lost() {
    let mut gallery = Gallery::new();
    let profiles = "[source]\naccount = \"111111111111\"\nprofile = \"production\"\n[intermediate]\n[destination]\n\
                    account = \"222222222222\"\nprofile = \"central\"\n";
    gallery.file("profiles.toml", &format!("{profiles}{}", super::ORDERS));
    let sandbox = worlds::after_a_night();
    delete_vault(&sandbox, DESTINATION.0, DESTINATION.1, DESTINATION.2);
    gallery.refuse("The destination's", &sandbox, "bootstrap --yes --config profiles.toml", 5);
    gallery.refuse("As doctor says it", &sandbox, "doctor --only vaults --config profiles.toml", 3);
    let sandbox = worlds::after_a_night();
    delete_vault(&sandbox, PRODUCTION, REGION_A, "source-vault-account-a-region-a");
    gallery.refuse("The source's", &sandbox, "bootstrap --yes --config profiles.toml", 5);
    let sandbox = worlds::bootstrapped();
    delete_vault(&sandbox, DESTINATION.0, DESTINATION.1, DESTINATION.2);
    gallery.refuse("One that had held nothing", &sandbox, "bootstrap --yes", 5);
    order(&sandbox, "access-denied --operation backup:ListCopyJobs --until-cleared");
    gallery.refuse("Nobody may list the jobs", &sandbox, "bootstrap --yes", 5);
    insta::assert_snapshot!(shown(gallery));
}
