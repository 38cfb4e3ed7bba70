//! What is shown before a copy, while it is made and afterwards.

use super::{awaited_in_vain, one_point};
use crate::interruption::copies_in;
use crate::mutations::make;
use crate::support::command::deny;
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
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
