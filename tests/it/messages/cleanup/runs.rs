//! What is shown before anything is deleted, while it is, and afterwards.

use crate::support::gallery::{Gallery, Typed};
use crate::support::worlds;

#[test]
fn everything_is_shown_deleted_and_not_found_again() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    gallery.refuse("What would be deleted", &sandbox, "cleanup --dry-run", 4);
    let answers = Typed { answers: Some("111111111111\n222222222222\n"), ..Typed::default() };
    gallery.typed("It is deleted", Some(&sandbox), "cleanup --color never", 0, answers);
    gallery.refuse("Nothing is left", &sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222", 0);
    gallery.refuse("Nothing would be deleted", &sandbox, "cleanup --dry-run --quiet", 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_part_is_deleted_and_the_rest_is_kept() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    for flags in [
        "--keep-last 1",
        "--older-than 7d",
        "--resource arn:aws:rds:us-east-1:111111111111:db:orders --environment source",
        "--only plan",
        "--only stacks",
        "--environment destination",
    ] {
        let code = if ["--keep-last 1", "--older-than 7d"].contains(&flags) { 0 } else { 4 };
        let code = if flags == "--only stacks" { 5 } else { code };
        gallery.refuse("Shown", &sandbox, &format!("cleanup {flags} --dry-run --quiet"), code);
    }
    gallery.show(
        "Done",
        Some(&sandbox),
        "cleanup --only recovery-points --environment source --yes --confirm 111111111111 --confirm 222222222222",
        0,
    );
    insta::assert_snapshot!(gallery.into_text());
}
