//! What is shown before a copy, while it is made and afterwards.

use super::{awaited_in_vain, one_point};
use crate::interruption::copies_in;
use crate::mutations::make;
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::{in_intermediate, in_source};
use crate::support::worlds;

#[test]
fn a_copy_is_shown_made_and_not_made_again() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    gallery.refuse("What would be copied", &sandbox, &format!("copy --recovery-point {point} --dry-run"), 4);
    gallery.show("It is copied", Some(&sandbox), &format!("copy --recovery-point {point}"), 0);
    assert_eq!(copies_in(&sandbox), (1, 1));
    gallery.refuse("It has arrived", &sandbox, &format!("copy --recovery-point {point}"), 0);
    gallery.refuse("Nothing is so young", &sandbox, "copy --all-missing --since 1s", 0);
    insta::assert_snapshot!(gallery.into_text());
}

/// AWS keeps two copy jobs apart that ask with different tokens (AWS Backup API Reference, StartCopyJob,
/// IdempotencyToken): somebody else's job for the same backup makes a second copy.
#[test]
fn a_second_copy_of_somebody_elses_job_is_said() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let command = format!("copy --recovery-point {point}");
    gallery.show("It is copied", Some(&sandbox), &command, 0);
    in_intermediate(&sandbox, async |config| {
        let vault = "intermediate-vault-account-a-region-b";
        let backup = aws_sdk_backup::Client::new(&config);
        let points =
            backup.list_recovery_points_by_backup_vault().backup_vault_name(vault).send().await.expect("a list");
        let copy = points.recovery_points()[0].recovery_point_arn().expect("an ARN");
        let call = backup.start_copy_job().source_backup_vault_name(vault).recovery_point_arn(copy);
        let call = call.idempotency_token("another");
        let to = "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault-account-b-region-b";
        let role = "arn:aws:iam::111111111111:role/backup-copy-us-west-2";
        call.destination_backup_vault_arn(to).iam_role_arn(role).send().await.expect("StartCopyJob");
    });
    // AWS's lists follow after a moment.
    backupctl(&sandbox, "sandbox advance 2m").expect(0);
    let running = backupctl(&sandbox, &format!("{command} -o json")).expect(0).json();
    assert!(
        running["copies"][0]["duplicates"][0].as_str().is_some_and(|one| one.starts_with("copy job ")),
        "{running:#}"
    );
    backupctl(&sandbox, "sandbox advance 4h").expect(0);
    let arrived = backupctl(&sandbox, &format!("{command} -o json")).expect(0).json();
    let duplicates = arrived["copies"][0]["duplicates"].as_array().expect("a list");
    assert_eq!((duplicates.len(), copies_in(&sandbox)), (1, (1, 2)), "{arrived:#}");
    assert!(duplicates[0].as_str().is_some_and(|one| one.starts_with("arn:")), "{arrived:#}");
    gallery.refuse("It is there twice", &sandbox, &command, 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_is_not_waited_for_goes_on() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let command = format!("copy --recovery-point {point}");
    gallery.show("Nobody waits", Some(&sandbox), &format!("{command} --no-wait"), 0);
    gallery.show("The time is over", Some(&sandbox), &format!("{command} --timeout 5m"), 6);
    gallery.show("Come back to it", Some(&sandbox), &command, 0);
    assert_eq!(copies_in(&sandbox), (1, 1));
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn the_plans_own_copy_is_waited_for_and_made_where_it_does_not_come() {
    let mut gallery = Gallery::new();
    let (sandbox, command) = awaited_in_vain(&gallery, "4h");
    gallery.refuse("A dry run", &sandbox, &format!("{command} --dry-run"), 4);
    gallery.refuse("Not waited for", &sandbox, &format!("{command} --no-wait"), 0);
    gallery.show("Too little time", Some(&sandbox), &format!("{command} --timeout 2m"), 6);
    assert_eq!(copies_in(&sandbox), (0, 0));
    gallery.show("It does not come", Some(&sandbox), &command, 0);
    assert_eq!(copies_in(&sandbox), (1, 1));
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_the_policies_will_refuse_is_told_before_it_is_tried() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    make(&sandbox, "intermediate key policy: CentralBackupServiceUse: removed");
    let command = format!("copy --recovery-point {point}");
    gallery.refuse("Shown", &sandbox, &format!("{command} --dry-run"), 4);
    gallery.show("Tried", Some(&sandbox), &command, 1);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn whoever_does_not_wait_for_the_plans_copy_is_warned() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    gallery.show("Now", Some(&sandbox), &format!("copy --recovery-point {point} --now --quiet"), 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_could_not_be_looked_at_is_said_and_stops_nothing() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    let command = format!("copy --recovery-point {point}");
    deny(&sandbox, "kms:GetKeyPolicy", "--environment destination");
    gallery.refuse("A policy", &sandbox, &format!("{command} --dry-run"), 4);
    deny(&sandbox, "kms:DescribeKey", "");
    gallery.show("Who manages the keys", Some(&sandbox), &command, 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_is_named_wrongly_on_the_command_line_is_told() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    gallery.refuse("No days", &sandbox, "copy --all-missing --delete-after-days 0", 2);
    gallery.refuse("Nothing named", &sandbox, "copy", 2);
    gallery.refuse("No ARN", &sandbox, "copy --recovery-point orders", 2);
    let point = "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-none";
    gallery.refuse("Nowhere", &sandbox, &format!("copy --recovery-point {point}"), 1);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_the_caller_may_not_do_is_told_before_it_is_tried() {
    let mut gallery = Gallery::new();
    let (sandbox, point) = one_point();
    in_source(&sandbox, async |config| {
        let put = aws_sdk_iam::Client::new(&config).put_user_policy().user_name("administrator").policy_name("own");
        let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Not","Effect":"Deny","Action":"iam:PassRole","Resource":"*"}]}"#;
        put.policy_document(text).send().await.expect("PutUserPolicy");
    });
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
    let command = format!("copy --recovery-point {point}");
    gallery.refuse("Shown", &sandbox, &format!("{command} --dry-run"), 4);
    gallery.refuse("Tried", &sandbox, &command, 1);
    assert_eq!(copies_in(&sandbox), (0, 0));
    insta::assert_snapshot!(gallery.into_text());
}
