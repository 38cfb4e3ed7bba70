//! What stands in the way of a cleanup before it begins, and what it asks for.

use crate::cleanup::begun::{WEAK, denied_by_vault, locked, role_without, second_plan, stack_deleted};
use crate::cleanup::restore;
use crate::support::command::{backupctl, deny};
use crate::support::gallery::{Gallery, Typed};
use crate::support::normal::plain;
use crate::support::worlds;

#[test]
fn a_plan_without_our_tag_is_named_with_what_adopts_and_what_deletes_it() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    second_plan(&sandbox, false);
    gallery.refuse("Shown", &sandbox, "cleanup --dry-run --quiet", 4);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn consent_that_lacks_an_account_is_told_with_the_whole_command() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    gallery.refuse("No account", &sandbox, "cleanup --yes --quiet", 5);
    gallery.refuse("Nobody to ask", &sandbox, "cleanup --environment destination --quiet", 5);
    gallery.refuse("Of everything by age", &sandbox, "cleanup --older-than 90m --yes --quiet", 5);
    gallery.refuse("Another pipeline's account", &sandbox, "cleanup --yes --confirm 333333333333", 2);
    let typed = Typed { answers: Some("111111111111\nno\n"), ..Typed::default() };
    gallery.typed("On a terminal", Some(&sandbox), "cleanup --color never --quiet", 5, typed);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_policies_refuse_is_told_before_consent() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    denied_by_vault(&sandbox, "backup:DeleteRecoveryPoint");
    gallery.refuse("A vault's policy", &sandbox, "cleanup --environment destination --dry-run --quiet", 4);
    for (action, boundary) in [("kms:ScheduleKeyDeletion", false), ("cloudformation:DeleteStack", true)] {
        let sandbox = worlds::after_a_night();
        role_without(&sandbox, action, boundary);
        gallery.file("weak.toml", WEAK);
        // Whoever assumes a role leaves a session; nothing else may have changed.
        let kept = || ["backup", "kms", "cloudformation"].map(|service| plain(&sandbox)["services"][service].clone());
        let before = kept();
        let command = "cleanup --environment destination --dry-run --quiet --config weak.toml";
        gallery.show(action, Some(&sandbox), command, 4);
        assert_eq!(kept(), before, "{action}");
    }
    let sandbox = worlds::after_a_night();
    deny(&sandbox, "backup:GetBackupVaultAccessPolicy", "--environment destination");
    gallery.refuse("What may not be read", &sandbox, "cleanup --environment destination --dry-run --quiet", 4);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_lock_and_a_vault_without_its_stack_have_their_next_step() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    locked(&sandbox, None);
    gallery.refuse("Pruned", &sandbox, "cleanup --keep-last 0 --environment destination --dry-run --quiet", 5);
    gallery.refuse("Whole", &sandbox, "cleanup --environment destination --remove-lock --dry-run --quiet", 4);
    restore(&sandbox);
    gallery.refuse("In use", &sandbox, "cleanup --environment destination --remove-lock --dry-run --quiet", 4);
    let sandbox = worlds::after_a_night();
    locked(&sandbox, Some(3));
    backupctl(&sandbox, "sandbox advance 73h").expect(0);
    gallery.refuse("For good", &sandbox, "cleanup --environment destination --remove-lock --dry-run --quiet", 4);
    let sandbox = worlds::after_a_night();
    locked(&sandbox, None);
    deny(&sandbox, "backup:DeleteBackupVaultLockConfiguration", "");
    let command = "cleanup --environment destination --remove-lock --yes --confirm 222222222222 --quiet";
    gallery.show("It may not be taken off", Some(&sandbox), command, 1);
    backupctl(&sandbox, "sandbox inject clear").expect(0);
    gallery.show("It is taken off", Some(&sandbox), &command.replace(" --quiet", ""), 0);
    let sandbox = worlds::after_a_night();
    stack_deleted(&sandbox);
    gallery.refuse("Its stack is gone", &sandbox, "cleanup --environment destination --dry-run --quiet", 4);
    insta::assert_snapshot!(gallery.into_text());
}
