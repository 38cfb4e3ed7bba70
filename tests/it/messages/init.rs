//! `init`: what it asks, what it writes down with a note, and what it refuses.

use crate::support::gallery::{Gallery, Typed};
use crate::support::worlds;

#[test]
fn what_cannot_be_looked_at_is_noted_and_the_file_is_written_without_it() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    let order = |gallery: &mut Gallery, operation: &str| {
        let about = format!("{operation} is denied");
        let deny = format!("sandbox inject access-denied --operation {operation} --until-cleared --quiet");
        gallery.show(&about, Some(&sandbox), &deny, 0);
    };
    order(&mut gallery, "rds:DescribeDBInstances");
    order(&mut gallery, "organizations:DescribeOrganization");
    gallery.refuse("Neither databases nor organization", &sandbox, "init", 0);
    sandbox.clear_faults().expect("cleared");
    order(&mut gallery, "kms:DescribeKey");
    gallery.refuse("The keys", &sandbox, "init --force", 0);
    sandbox.clear_faults().expect("cleared");
    order(&mut gallery, "sts:GetCallerIdentity");
    gallery.refuse("Who the credentials are", &sandbox, "init --force", 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_the_flags_name_is_written_as_it_is_and_a_file_that_is_there_is_kept() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    let ledger = "arn:aws:rds:us-east-1:111111111111:db:ledger";
    let gone = "arn:aws:rds:us-east-1:111111111111:db:gone";
    gallery.refuse("Databases", &sandbox, &format!("init --resource {ledger} --resource {gone}"), 0);
    let written = std::fs::read_to_string(gallery.directory().join("backupctl.toml")).expect("written");
    gallery.refuse("Again", &sandbox, "init", 5);
    gallery.refuse("Where nothing can be written", &sandbox, "init --config nowhere/backupctl.toml", 1);
    let regions = "--source-region eu-west-1 --intermediate-region eu-west-1";
    let refused = gallery.refuse("One Region twice", &sandbox, &format!("init --force {regions}"), 2);
    assert!(!refused.stderr.contains("Looking"), "{}", refused.stderr);
    let role = "--source-account 111111111111 --source-role-arn arn:aws:iam::222222222222:role/visitor";
    gallery.refuse("A role of the other account", &sandbox, &format!("init --force {role}"), 2);
    let kept = std::fs::read_to_string(gallery.directory().join("backupctl.toml")).expect("there");
    assert_eq!(kept, written);
    insta::assert_snapshot!(format!("{}## The file\n{written}", gallery.into_text()));
}

#[test]
fn a_terminal_is_asked_for_accounts_and_told_what_is_no_answer() {
    let mut gallery = Gallery::new();
    let nobody = Typed { answers: Some("\n"), ..Typed::default() };
    gallery.typed("Asked for the account, and gone", None, "init --color never", 2, nobody);
    let second = Typed { answers: Some("111111111111\n\n"), ..Typed::default() };
    gallery.typed("An id, and then gone", None, "init --color never", 2, second);
    assert!(!gallery.directory().join("backupctl.toml").exists());
    let sandbox = worlds::bootstrapped();
    let wrong = Typed {
        answers: Some("mars\nus-east-1\nus-east-1\n\n7\nx\nnone\nnobody\nnone\nhard\ngovernance\n"),
        ..Typed::default()
    };
    gallery.typed("Answers that are none", Some(&sandbox), "init --color never", 0, wrong);
    insta::assert_snapshot!(gallery.into_text());
}
