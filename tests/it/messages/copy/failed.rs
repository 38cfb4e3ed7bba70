//! What AWS does not let be looked at or done, and copies that fail.

use super::one_point;
use crate::interruption::copies_in;
use crate::strangers::remedies::causes::vault_under_another_key;
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::worlds;

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
        ("backup:DescribeRecoveryPoint", &command),
        ("cloudformation:DescribeStacks", &command),
    ] {
        deny(&sandbox, operation, "");
        gallery.refuse(operation, &sandbox, command, 1);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
    }
    // The plan that made a backup is asked whether it copies by itself.
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "backup:GetBackupPlan", "");
    gallery.refuse("backup:GetBackupPlan", &sandbox, "copy --all-missing --quiet", 1);
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
fn a_key_that_could_not_be_looked_at_is_no_wrong_key() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let order = "server-error --operation kms:DescribeKey --environment intermediate --until-cleared";
    backupctl(&sandbox, &format!("sandbox inject {order}")).expect(0);
    gallery.show("The key's service fails", Some(&sandbox), &format!("copy --recovery-point {point} --quiet"), 1);
    assert_eq!(copies_in(&sandbox), (1, 0));
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
    let command = format!("copy --recovery-point {point}");
    backupctl(&sandbox, &format!("{command} --no-wait")).expect(0);
    backupctl(&sandbox, "sandbox advance 5m").expect(0);
    vault_under_another_key(&sandbox);
    gallery.show("The vault was made anew under another key", Some(&sandbox), &command, 1);
    assert_eq!(copies_in(&sandbox), (1, 0));
    insta::assert_snapshot!(gallery.into_text());
}
