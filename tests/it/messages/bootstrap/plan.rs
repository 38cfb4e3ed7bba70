//! What bootstrap says of the backup plan and its selection.

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput};

use super::{configuration, shown};
use crate::bootstrap::plan::{backup, change_rule};
use crate::bootstrap::settled;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

/// A second plan of the same name, by hand; its ARN.
async fn namesake(config: &SdkConfig) -> String {
    let vault = "source-vault-account-a-region-a";
    let rule = BackupRuleInput::builder().rule_name("mine").target_backup_vault_name(vault).build().expect("a rule");
    let plan = BackupPlanInput::builder().backup_plan_name("backup-plan-rds").rules(rule).build().expect("a plan");
    let made = backup(config).create_backup_plan().backup_plan(plan).send().await.expect("CreateBackupPlan");
    made.backup_plan_arn.expect("an ARN")
}

#[test]
fn a_second_plan_of_the_name_is_told_and_one_with_our_tag_refused() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    let arn = in_source(&sandbox, async |config| namesake(&config).await);
    gallery.refuse("Of our name", &sandbox, "bootstrap --yes", 0);
    in_source(&sandbox, async |config| {
        let tag =
            backup(&config).tag_resource().resource_arn(&arn).tags("backupctl:pipeline", crate::bootstrap::SOURCE);
        tag.send().await.expect("TagResource");
    });
    gallery.refuse("With our tag", &sandbox, "bootstrap --yes", 5);
    // The remedy, typed.
    in_source(&sandbox, async |config| {
        let untag = backup(&config).untag_resource().resource_arn(&arn).tag_key_list("backupctl:pipeline");
        untag.send().await.expect("UntagResource");
    });
    insta::assert_snapshot!(shown(gallery));
    settled(&sandbox);
}

#[test]
fn a_plan_and_a_selection_that_have_changed_are_compared_line_by_line() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 10h").expect(0);
    in_source(&sandbox, async |config| change_rule(&config, |rule| rule.copy_actions = None).await);
    let chosen = "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:*\"]\n\
                  conditions = { backup = \"daily\" }\nexclude = [\"arn:aws:rds:us-east-1:111111111111:db:legacy\"]";
    gallery.file("chosen.toml", &configuration("", Some(chosen)));
    gallery.file("tagged.toml", &configuration("", Some("[selection]\ntags = { backup = \"daily\" }")));
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run --config chosen.toml", 4);
    gallery.show("It is done", Some(&sandbox), "bootstrap --yes --config chosen.toml", 0);
    gallery.refuse("By tags instead", &sandbox, "bootstrap --dry-run --config tagged.toml", 4);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn inside_the_start_window_a_selection_waits() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 24h").expect(0);
    gallery.file("one.toml", &configuration("", None));
    gallery.refuse("What would be done", &sandbox, "bootstrap --dry-run --config one.toml", 4);
    gallery.refuse("Not so long", &sandbox, "bootstrap --yes --config one.toml --timeout 1h", 6);
    gallery.show("As long as it takes", Some(&sandbox), "bootstrap --yes --config one.toml", 0);
    insta::assert_snapshot!(shown(gallery));
}
