//! What is not copied, and why.

use super::{awaited_in_vain, configuration, one_point};
use crate::mutations::{Change, Environment, Mutation, apply};
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::in_destination;
use crate::support::spoil::{From, Spoil, spoil};

#[test]
fn a_stack_that_says_otherwise_than_the_configuration_is_not_copied_with() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    gallery.file("days.toml", &configuration("", "[plan]\ndestination_delete_after_days = 30"));
    gallery.file("stack.toml", &configuration("stack = \"another-stack\"", ""));
    gallery.file("vault.toml", &configuration("vault = \"another-vault\"", ""));
    let command = format!("copy --recovery-point {point} --quiet");
    gallery.refuse("Other days", &sandbox, &format!("{command} --config days.toml"), 5);
    gallery.refuse("Shown", &sandbox, &format!("{command} --config days.toml --dry-run"), 5);
    gallery.refuse("No such stack", &sandbox, &format!("{command} --config stack.toml"), 5);
    gallery.refuse("No such vault", &sandbox, &format!("{command} --config vault.toml"), 1);
    gallery.show("As the stack says", Some(&sandbox), &format!("{command} --config days.toml --force"), 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_copy_that_would_soon_be_deleted_is_not_made() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    backupctl(&sandbox, "sandbox advance 6d").expect(0);
    let command = format!("copy --recovery-point {point} --quiet");
    gallery.refuse("Too old for the intermediate copy", &sandbox, &command, 5);
    gallery.file("longer.toml", &configuration("", "[plan]\ncopy_delete_after_days = 9"));
    let command = format!("{command} --config longer.toml");
    gallery.refuse("Too old for the destination copy", &sandbox, &command, 5);
    gallery.show("Kept longer", Some(&sandbox), &format!("{command} --delete-after-days 9"), 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_recovery_point_that_goes_while_it_is_waited_for_is_not_copied() {
    let mut gallery = Gallery::new();
    let (sandbox, command) = awaited_in_vain(&gallery, "10d");
    let patient = "--timeout 9d --poll-interval 6h";
    gallery.show("AWS deletes it when its time is over", Some(&sandbox), &format!("{command} {patient}"), 1);
    let (sandbox, command) = awaited_in_vain(&gallery, "10d");
    let change = Change::RoleDeleted { role: "AWSBackupDefaultServiceRole".to_owned() };
    apply(&sandbox, &Mutation { id: String::new(), environment: Environment::Source, change }).expect("done");
    gallery.show("AWS cannot delete it when its time is over", Some(&sandbox), &format!("{command} {patient}"), 5);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_copy_that_somebody_cut_short_has_not_arrived() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    backupctl(&sandbox, &format!("copy --recovery-point {point} --delete-after-days 3")).expect(0);
    backupctl(&sandbox, "sandbox advance 30h").expect(0);
    gallery.refuse("It goes within 48 hours", &sandbox, &format!("copy --recovery-point {point} --quiet"), 5);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_vault_lock_is_asked_before_the_first_hop() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let command = format!("copy --recovery-point {point} --quiet --dry-run");
    for (about, least, most) in
        [("At least", Some(30), None), ("At most", None, Some(5)), ("Between", Some(30), Some(60))]
    {
        in_destination(&sandbox, async |config| {
            let call = aws_sdk_backup::Client::new(&config).put_backup_vault_lock_configuration();
            let call = call.backup_vault_name("destination-vault-account-b-region-b");
            let call = call.set_min_retention_days(least).set_max_retention_days(most);
            call.send().await.expect("PutBackupVaultLockConfiguration");
        });
        gallery.refuse(about, &sandbox, &command, 5);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn answers_that_cannot_be_read_copy_nothing() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    backupctl(&sandbox, &format!("copy --recovery-point {point}")).expect(0);
    let command = format!("copy --recovery-point {point} --quiet");
    let list = "backup:ListRecoveryPointsByBackupVault";
    for (about, operation, spoilt) in [
        ("A page of a proxy", list, Spoil::Portal),
        ("Nothing in it", list, Spoil::Hollow),
        ("No list", list, Spoil::Empty("RecoveryPoints")),
        ("An end that never comes", list, Spoil::SameToken("NextToken")),
        ("A member that is missing", list, Spoil::Without("CreationDate")),
        ("A member that is something else", "backup:ListBackupVaults", Spoil::With("BackupVaultArn", "a vault")),
    ] {
        spoil(&sandbox, &[(operation, From::Destination, spoilt)]);
        gallery.show(about, Some(&sandbox), &command, 1);
    }
    insta::assert_snapshot!(gallery.into_text());
}
