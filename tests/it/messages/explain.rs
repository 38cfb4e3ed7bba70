//! `explain`: the page of each check, and what a pasted message is taken for.

use backupctl::pipeline::check::Check;
use backupctl::pipeline::requirements::failures::FAILURES;

use crate::support::gallery::Gallery;

#[test]
fn each_check_has_a_page() {
    let mut gallery = Gallery::new();
    gallery.show("The list", None, "explain", 0);
    for check in Check::ALL {
        gallery.show(check.id(), None, &format!("explain {}", check.id()), 0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn each_message_that_aws_is_known_to_show_has_its_causes() {
    let mut gallery = Gallery::new();
    for failure in FAILURES {
        let message = failure.parts.join(" … ");
        gallery.show(failure.source, None, &format!("explain --message \"{message}\""), 0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_is_no_check_and_what_is_no_known_message_is_said() {
    let mut gallery = Gallery::new();
    gallery.show("Nearly a check", None, "explain key-policy-denied", 2);
    gallery.show("Nothing like a check", None, "explain zzz", 2);
    gallery.show(
        "A message of a copy job",
        None,
        "explain --message \"Access Denied trying to call AWS Backup service\"",
        0,
    );
    gallery.show("A message that nobody knows", None, "explain --message \"the dog ate it\"", 0);
    insta::assert_snapshot!(gallery.into_text());
}
