//! What is not deleted, and why.

use aws_sdk_kms::types::GrantOperation;
use backupctl::sandbox::Sandbox;

use crate::cleanup::{hold, lock, restore};
use crate::mutations::{Change, Environment, Mutation, apply};
use crate::support::command::deny;
use crate::support::gallery::{Gallery, Typed};
use crate::support::operator::{back_up, in_destination};
use crate::support::worlds;

fn change(sandbox: &Sandbox, environment: Environment, change: Change) {
    apply(sandbox, &Mutation { id: String::new(), environment, change }).expect("done");
}

#[test]
fn what_a_hold_and_a_lock_keep_stays_with_what_it_needs() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    hold(&sandbox);
    lock(&sandbox);
    gallery.show("Two vaults stay", Some(&sandbox), "cleanup --yes --confirm 111111111111 --confirm 222222222222", 5);
    gallery.refuse("Again", &sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222", 5);
    gallery.refuse("Again, shown", &sandbox, "cleanup --dry-run --quiet", 5);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn the_last_copy_of_a_database_that_is_gone_takes_a_consent_of_its_own() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    change(&sandbox, Environment::Source, Change::DatabaseDeleted { database: "orders".to_owned() });
    gallery.refuse("Kept", &sandbox, "cleanup --dry-run", 4);
    let command = "cleanup --include-last-copy --only recovery-points --color never --quiet";
    let typed = |answers| Typed { answers: Some(answers), ..Typed::default() };
    gallery.typed("Not confirmed", Some(&sandbox), command, 5, typed("222222222222\nno\n"));
    gallery.typed("Confirmed", Some(&sandbox), command, 0, typed("222222222222\ndb:orders\n"));
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn where_databases_could_not_be_looked_at_each_last_copy_is_asked_for() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "rds:DescribeDBInstances", "--environment source");
    gallery.refuse("Kept", &sandbox, "cleanup --only recovery-points --dry-run --quiet", 4);
    let command = "cleanup --include-last-copy --only recovery-points --yes --confirm 111111111111 --confirm 222222222222 --color never --quiet";
    let answers = Typed { answers: Some("no\n"), ..Typed::default() };
    gallery.typed("Asked", Some(&sandbox), command, 5, answers);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn where_nothing_says_which_database_a_copy_is_of_each_is_kept_and_each_name_is_asked_for() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "rds:DescribeDBSnapshots", "");
    gallery.refuse("Kept", &sandbox, "cleanup --only recovery-points --dry-run --quiet", 4);
    let command = "cleanup --include-last-copy --only recovery-points --yes --confirm 111111111111 --confirm 222222222222 --color never --quiet";
    let answers = Typed { answers: Some("no\n"), ..Typed::default() };
    gallery.typed("Asked", Some(&sandbox), command, 5, answers);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_others_made_stays() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    back_up(&sandbox, "ledger");
    gallery.show("A recovery point", Some(&sandbox), "cleanup --dry-run --quiet", 4);
    let ours = "[source]\naccount = \"111111111111\"\nstack = \"another-stack\"\n\
                [destination]\naccount = \"222222222222\"\n";
    gallery.file("another.toml", ours);
    gallery.refuse(
        "Another pipeline",
        &sandbox,
        "cleanup --config another.toml --yes --confirm 111111111111 --confirm 222222222222",
        5,
    );
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_key_in_use_stays_with_its_vault_and_its_stack() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    let command = "cleanup --environment destination --only stacks --only recovery-points";
    restore(&sandbox);
    let key = in_destination(&sandbox, async |config| {
        let vaults = aws_sdk_backup::Client::new(&config).list_backup_vaults().send().await.expect("vaults");
        let key = vaults.backup_vault_list()[0].encryption_key_arn().expect("a key").to_owned();
        let grant = aws_sdk_kms::Client::new(&config).create_grant().key_id(&key);
        let grant = grant.grantee_principal("arn:aws:iam::222222222222:user/administrator");
        grant.operations(GrantOperation::Decrypt).send().await.expect("CreateGrant");
        key
    });
    gallery.refuse("A database, a grant and a use", &sandbox, &format!("{command} --dry-run --quiet"), 4);
    deny(&sandbox, "rds:DescribeDBClusters", "--environment destination");
    gallery.refuse("And what could not be seen", &sandbox, &format!("{command} --dry-run --quiet"), 4);
    let ran = gallery.show(
        "The recovery points go",
        Some(&sandbox),
        &format!("{command} --yes --confirm 111111111111 --confirm 222222222222"),
        5,
    );
    assert!(ran.stdout.contains(key.rsplit('/').next().expect("an id")), "{}", ran.stdout);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_may_not_be_looked_at_is_said_and_kept() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "backup:ListLegalHolds", "");
    deny(&sandbox, "kms:ListGrants", "--environment intermediate");
    gallery.refuse("Shown", &sandbox, "cleanup --dry-run --quiet", 4);
    insta::assert_snapshot!(gallery.into_text());
}
