//! Whole runs: what is shown before, said meanwhile, and stands in the end.

use aws_sdk_cloudformation::types::OnFailure;

use super::{configuration, shown};
use crate::bootstrap::states::{delete_by_hand, failing_last, free_the_alias, make_role_again, stuck, take_the_alias};
use crate::bootstrap::{create_source, settled, source_template};
use crate::support::command::backupctl;
use crate::support::gallery::{Gallery, Typed};
use crate::support::operator::{acting, back_up, in_destination, in_source, made, switch_rules_off};
use crate::support::worlds;

const SOURCE_ONLY: &str = "bootstrap --yes --environment source --no-plan";

#[test]
fn a_first_run_and_a_second_one() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    gallery.show("The first run", Some(&sandbox), "bootstrap --yes", 0);
    gallery.refuse("The second run", &sandbox, "bootstrap --yes", 0);
    gallery.refuse("A dry run after it", &sandbox, "bootstrap --dry-run", 0);
    insta::assert_snapshot!(shown(gallery));
    settled(&sandbox);
}

#[test]
fn a_terminal_is_asked() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    let at_a_terminal = |answers| Typed { answers: Some(answers), environment: &[] };
    gallery.typed("No", Some(&sandbox), "bootstrap", 5, at_a_terminal("no\n"));
    gallery.typed("Nothing but Enter", Some(&sandbox), "bootstrap", 5, at_a_terminal("\n"));
    gallery.typed("Yes", Some(&sandbox), "bootstrap", 0, at_a_terminal("y\n"));
    insta::assert_snapshot!(shown(gallery));
    settled(&sandbox);
}

#[test]
fn a_stack_that_cannot_be_made_is_told_and_then_replaced() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| take_the_alias(&config).await);
    gallery.show("Somebody has the alias", Some(&sandbox), SOURCE_ONLY, 1);
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run --environment source --no-plan", 4);
    in_source(&sandbox, async |config| free_the_alias(&config).await);
    gallery.show("The alias is free", Some(&sandbox), SOURCE_ONLY, 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_stack_that_stands_half_made_is_deleted_and_the_vault_that_it_leaves_adopted() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    let template = failing_last(&source_template(&sandbox));
    in_source(&sandbox, async |config| create_source(&config, &template, OnFailure::DoNothing).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run --environment source --no-plan", 4);
    gallery.show("It is done", Some(&sandbox), SOURCE_ONLY, 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_vault_that_stands_alone_is_adopted() {
    let mut gallery = Gallery::new();
    for backed_up in [false, true] {
        let sandbox = worlds::bootstrapped();
        if backed_up {
            back_up(&sandbox, "orders");
        }
        in_source(&sandbox, async |config| delete_by_hand(&config).await);
        backupctl(&sandbox, "sandbox advance 10m").expect(0);
        let about = if backed_up { "With a recovery point" } else { "Without one" };
        gallery.refuse(about, &sandbox, "bootstrap --dry-run --environment source --no-plan", 4);
    }
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_rollback_that_got_stuck_is_continued() {
    let mut gallery = Gallery::new();
    let (sandbox, role) = stuck();
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run", 4);
    make_role_again(&sandbox, &role);
    gallery.show("The role is there again", Some(&sandbox), "bootstrap --yes", 0);
    insta::assert_snapshot!(shown(gallery));
    settled(&sandbox);
}

#[test]
fn settings_that_are_off_are_turned_on() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bare();
    gallery.refuse("Without being told to", &sandbox, "bootstrap --yes --environment source --no-plan", 5);
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run --enable-settings --no-plan", 4);
    let command = "bootstrap --yes --enable-settings --environment destination";
    gallery.show("The destination's", Some(&sandbox), command, 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_change_of_a_key_says_that_its_vault_may_be_replaced() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    in_destination(&sandbox, async |config| {
        let key = made(&config, "aws-backup-rds-destination-stack", "Key").await;
        aws_sdk_kms::Client::new(&config).disable_key_rotation().key_id(key).send().await.expect("DisableKeyRotation");
    });
    acting(&sandbox, "111111111111", "us-east-1", async |config| {
        let key = made(&config, "aws-backup-rds-source-stack", "Key").await;
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
    let more = "tags = { team = \"dba\" }";
    gallery.file("more.toml", &configuration(more, None));
    let command = "bootstrap --dry-run --no-plan --config more.toml";
    gallery.refuse("Changes by hand, and a configuration that has changed", &sandbox, command, 4);
    insta::assert_snapshot!(shown(gallery));
}
