//! What is shown before a copy, while it is made and afterwards.

use super::one_point;
use crate::interruption::copies_in;
use crate::scenario::by_hand::{copy_jobs, source_points, until};
use crate::support::command::deny;
use crate::support::gallery::Gallery;
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
fn the_plans_own_copy_is_waited_for() {
    let mut gallery = Gallery::new();
    let sandbox = until(|sandbox| !source_points(sandbox).is_empty());
    let point = source_points(&sandbox).remove(0);
    assert_eq!(copy_jobs(&sandbox, false), [], "the plan's copy has not begun");
    gallery.refuse("A dry run", &sandbox, &format!("copy --recovery-point {point} --dry-run"), 4);
    gallery.show("Not waited for", Some(&sandbox), &format!("copy --recovery-point {point} --no-wait"), 0);
    gallery.show("Too little time", Some(&sandbox), &format!("copy --recovery-point {point} --timeout 1s"), 6);
    let ran = gallery.show("It comes", Some(&sandbox), &format!("copy --recovery-point {point}"), 0);
    assert!(ran.stdout.contains("was running already"), "{}", ran.stdout);
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
