//! `sandbox inject` and `sandbox show`: what is ordered to go wrong, and what the world says of itself.

use crate::mutations;
use crate::support::gallery::Gallery;
use crate::support::worlds;

#[test]
fn what_is_ordered_is_said_in_words_and_what_cannot_be_ordered_is_refused() {
    let sandbox = worlds::built_in();
    let mut gallery = Gallery::new();
    for (about, order) in [
        ("A late answer without its time", "slow-answer"),
        ("A job that fails without its words", "copy-job-fails"),
        ("A fault that none is", "thunder"),
        ("A share and a number", "throttle --times 2 --share 30"),
        ("A share of more than all", "throttle --share 101"),
        ("An environment and a Region", "throttle --environment source --region us-east-1"),
        ("No call", "throttle --call 0"),
    ] {
        gallery.refuse(about, &sandbox, &format!("sandbox inject {order}"), 2);
    }
    gallery.show("Nothing to clear", Some(&sandbox), "sandbox inject clear", 0);
    for order in [
        "throttle",
        "server-error --times 3 --call 2 --operation backup:Start*",
        "access-denied --until-cleared --environment destination",
        "expired-credentials --until-cleared --call 10 --account 111111111111",
        "lost-event --each-once --operation \"aws.backup:Copy Job State Change\"",
        "duplicate-event --share 30 --call 6",
        "late-event --by 90m",
        "connection-reset --side before --region us-west-2",
    ] {
        gallery.show(order, Some(&sandbox), &format!("sandbox inject {order}"), 0);
        gallery.show("No more of it", Some(&sandbox), "sandbox inject clear", 0);
    }
    gallery.show("One", Some(&sandbox), "sandbox inject slow-answer --by 3s --resource *:db:orders", 0);
    let broken = "sandbox inject backup-job-fails --message \"Broken by order\"";
    gallery.show("And another", Some(&sandbox), broken, 0);
    gallery.show("Both cleared", Some(&sandbox), "sandbox inject clear", 0);
    assert!(sandbox.look(|world| world.faults.iter().next().is_none()));
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_command_says_of_calls_that_always_fail_why_they_do() {
    let sandbox = worlds::bootstrapped();
    let mut gallery = Gallery::new();
    for (about, order) in [
        ("Every connection breaks", "connection-reset"),
        ("Every call finds AWS broken", "server-error"),
        ("Every call is throttled", "throttle"),
    ] {
        gallery.show(about, Some(&sandbox), &format!("sandbox inject {order} --until-cleared"), 0);
        gallery.refuse(
            "A command meets it",
            &sandbox,
            "cleanup --yes --confirm 111111111111 --confirm 222222222222",
            1,
        );
        gallery.show("No more of it", Some(&sandbox), "sandbox inject clear", 0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[track_caller]
fn only_a_name_is_wider(shown: &str) {
    let long: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(long.iter().all(|line| line.split_whitespace().count() <= 2 && line.contains(" arn:")), "{long:#?}");
}

#[test]
fn a_world_is_shown_with_who_was_denied_what_and_by_which_statement() {
    let sandbox = worlds::bootstrapped();
    mutations::make(
        &sandbox,
        "intermediate role CopyFunctionRole policy: CopyRecoveryPoints: without action backup:StartCopyJob",
    );
    let mut gallery = Gallery::new();
    gallery.show("A night", Some(&sandbox), "sandbox advance 26h", 0);
    let shown = gallery.show("The world after it", Some(&sandbox), "sandbox show", 0);
    only_a_name_is_wider(&shown.stdout);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_world_is_shown_with_what_went_wrong_in_it() {
    let mut gallery = Gallery::new();
    gallery.show("A world before anything", Some(&worlds::built_in()), "sandbox show", 0);
    let sandbox = worlds::bootstrapped();
    let failing = "copy-job-fails --message \"Broken by order\" --resource *:db:orders --until-cleared";
    gallery.show("Copies fail", Some(&sandbox), &format!("sandbox inject {failing}"), 0);
    gallery.show("A night", Some(&sandbox), "sandbox advance 26h", 0);
    gallery.show("Calls to be refused", Some(&sandbox), "sandbox inject access-denied --operation kms:*", 0);
    let shown = gallery.show("The world after it", Some(&sandbox), "sandbox show", 0);
    assert!(shown.stdout.contains("Broken by order"), "{}", shown.stdout);
    only_a_name_is_wider(&shown.stdout);
    insta::assert_snapshot!(gallery.into_text());
}
