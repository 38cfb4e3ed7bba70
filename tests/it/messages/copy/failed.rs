//! What AWS does not let be looked at or done, and copies that fail.

use super::one_point;
use crate::interruption::copies_in;
use crate::mutations::{Change, Environment, Mutation, apply};
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;

#[test]
fn what_may_not_be_looked_at_ends_it_before_anything_is_copied() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let command = format!("copy --recovery-point {point} --quiet");
    for (operation, command) in [
        ("backup:ListBackupVaults", command.as_str()),
        ("backup:ListCopyJobs", &command),
        ("backup:ListRecoveryPointsByBackupVault", &command),
        ("backup:ListRecoveryPointsByBackupVault", "copy --all-missing --quiet"),
        ("backup:ListBackupPlans", &command),
        ("backup:DescribeRecoveryPoint", &command),
        ("cloudformation:DescribeStacks", &command),
    ] {
        deny(&sandbox, operation, "");
        gallery.refuse(operation, &sandbox, command, 1);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_may_not_be_done_on_the_way_is_told_and_the_next_run_goes_on() {
    let mut gallery = Gallery::new();
    for (operation, rest) in [
        ("backup:StartCopyJob", ""),
        ("backup:DescribeCopyJob", ""),
        ("backup:DescribeCopyJob", "--call 2"),
        ("backup:DescribeRecoveryPoint", "--environment destination"),
    ] {
        let (sandbox, point) = one_point();
        let command = format!("copy --recovery-point {point}");
        deny(&sandbox, operation, rest);
        gallery.show(operation, Some(&sandbox), &command, 1);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        backupctl(&sandbox, &command).expect(0);
        assert_eq!(copies_in(&sandbox), (1, 1), "{operation} {rest}");
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_copy_job_that_fails_is_told_in_awss_words_with_what_helps() {
    let mut gallery = Gallery::new();
    for message in ["Access Denied trying to call AWS Backup service", "the dog ate it"] {
        let (sandbox, point) = one_point();
        backupctl(&sandbox, "sandbox advance 1m").expect(0);
        let order = format!("sandbox inject copy-job-fails --message \"{message}\"");
        gallery.show("It is ordered", Some(&sandbox), &order, 0);
        gallery.show("It fails", Some(&sandbox), &format!("copy --recovery-point {point}"), 1);
        gallery.show("Again", Some(&sandbox), &format!("copy --recovery-point {point} --quiet"), 0);
        assert_eq!(copies_in(&sandbox), (1, 1));
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_copy_under_another_key_than_its_vaults_own_is_no_success() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let vault = "intermediate-vault-account-a-region-b".to_owned();
    let change = Change::VaultUnderDefaultKey { vault };
    let mutation = Mutation { id: String::new(), environment: Environment::Intermediate, change };
    apply(&sandbox, &mutation).expect("done");
    gallery.show("The vault's key is AWS's", Some(&sandbox), &format!("copy --recovery-point {point}"), 1);
    assert_eq!(copies_in(&sandbox), (1, 0));
    insta::assert_snapshot!(gallery.into_text());
}
