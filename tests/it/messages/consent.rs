//! Consent: how it is asked for, and what is said where it is not given.

use crate::support::gallery::{Gallery, Typed};
use crate::support::normal::{apart, plain};
use crate::support::worlds;

const LONGER: &str = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n\
    [organization]\nid = \"o-sandboxorg1\"\n[plan]\ndelete_after_days = 14\n[selection]\nresources = [\n\
    \"arn:aws:rds:us-east-1:111111111111:db:orders\",\n\"arn:aws:rds:us-east-1:111111111111:db:billing\",\n]\n";

#[test]
fn without_consent_nothing_is_changed_and_the_way_to_give_it_is_named() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    gallery.file("backupctl.toml", LONGER);
    let before = plain(&sandbox);
    gallery.refuse("Nobody to ask", &sandbox, "bootstrap", 5);
    gallery.refuse("Nobody to ask, of a deletion", &sandbox, "cleanup --only plan", 5);
    let answering = |answers| Typed { answers: Some(answers), ..Typed::default() };
    gallery.typed("Not yes", Some(&sandbox), "bootstrap --color never", 5, answering("maybe\n"));
    gallery.typed("Not the word", Some(&sandbox), "cleanup --only plan --color never", 5, answering("y\n"));
    let after = plain(&sandbox);
    assert_eq!(apart(&after, &before), "");
    insta::assert_snapshot!(gallery.into_text());
}
