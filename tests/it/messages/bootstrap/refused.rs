//! What bootstrap leaves alone: nothing is changed, and what would mend it is named.

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::{ChangeSetType, ResourceToImport};
use backupctl::sandbox::Sandbox;

use super::{configuration, shown};
use crate::bootstrap::states::{delete_by_hand, pause, review};
use crate::bootstrap::{SOURCE, cloudformation, nothing_is_left_behind, settled, source_template};
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::{in_source, made};
use crate::support::worlds;

const VAULT: &str = "source-vault-account-a-region-a";
const VAULT_ARN: &str = "arn:aws:backup:us-east-1:111111111111:backup-vault:source-vault-account-a-region-a";

async fn new_key(config: &SdkConfig) -> (String, String) {
    let made = aws_sdk_kms::Client::new(config).create_key().send().await.expect("CreateKey");
    let key = made.key_metadata.expect("metadata");
    (key.key_id, key.arn.expect("an ARN"))
}

/// A vault of the source's name under this key, with our tag.
async fn our_vault(config: &SdkConfig, key: Option<&str>) {
    let backup = aws_sdk_backup::Client::new(config);
    let vault = backup.create_backup_vault().backup_vault_name(VAULT).set_encryption_key_arn(key.map(str::to_owned));
    vault.backup_vault_tags("backupctl:pipeline", SOURCE).send().await.expect("CreateBackupVault");
}

async fn tag_key(config: &SdkConfig, key: &str, value: &str) {
    let tag = aws_sdk_kms::types::Tag::builder().tag_key("backupctl:pipeline").tag_value(value).build().expect("a tag");
    aws_sdk_kms::Client::new(config).tag_resource().key_id(key).tags(tag).send().await.expect("TagResource");
}

#[test]
fn a_vault_that_stands_alone_is_not_adopted_under_any_key() {
    let mut gallery = Gallery::new();
    let command = "bootstrap --yes --quiet";
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| our_vault(&config, None).await);
    gallery.refuse("Under AWS's own key", &sandbox, command, 5);

    let sandbox = worlds::built_in();
    let (id, arn) = in_source(&sandbox, async |config| {
        let (id, arn) = new_key(&config).await;
        our_vault(&config, Some(&arn)).await;
        (id, arn)
    });
    gallery.refuse("Under a key without a tag", &sandbox, command, 5);
    in_source(&sandbox, async |config| tag_key(&config, &id, "another-pipeline").await);
    gallery.refuse("Under the key of another pipeline", &sandbox, command, 5);
    in_source(&sandbox, async |config| {
        tag_key(&config, &id, SOURCE).await;
        let kms = aws_sdk_kms::Client::new(&config);
        kms.schedule_key_deletion().key_id(&id).send().await.expect("ScheduleKeyDeletion");
    });
    gallery.refuse("Under a key that is scheduled for deletion", &sandbox, command, 5);
    let (_, other) = in_source(&sandbox, async |config| new_key(&config).await);
    gallery.file("own.toml", &configuration(&format!("key_arn = \"{other}\""), None));
    gallery.refuse(
        "Under another key than the configured one",
        &sandbox,
        "bootstrap --yes --quiet --config own.toml",
        5,
    );
    insta::assert_snapshot!(shown(gallery).replace(&arn, "<key>"));
}

#[test]
fn a_stack_of_somebody_else_is_left_alone() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        let template = "Resources:\n  Group:\n    Type: AWS::Logs::LogGroup\n";
        let create = cloudformation(&config).create_stack().stack_name(SOURCE).template_body(template);
        create.send().await.expect("CreateStack");
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    gallery.refuse("Without tags", &sandbox, "bootstrap --yes --quiet", 5);
    gallery.refuse("The same in a dry run", &sandbox, "bootstrap --dry-run --environment source --no-plan", 5);

    let sandbox = worlds::built_in();
    let template = source_template(&sandbox);
    in_source(&sandbox, async |config| review(&config, &template, "somebodys").await);
    gallery.refuse("In review", &sandbox, "bootstrap --yes --quiet", 5);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_vault_that_another_stack_has_is_not_taken_from_it() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| delete_by_hand(&config).await);
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    in_source(&sandbox, async |config| taken_over(&config).await);
    gallery.show("A vault of stack `other`", Some(&sandbox), "bootstrap --yes --environment source --no-plan", 1);
    nothing_is_left_behind(&sandbox);
    in_source(&sandbox, async |config| {
        let named = cloudformation(&config).describe_stack_resources().physical_resource_id(VAULT);
        let resources = named.send().await.expect("DescribeStackResources");
        assert_eq!(resources.stack_resources()[0].stack_name(), Some("other"));
    });
    insta::assert_snapshot!(shown(gallery));
}

/// Somebody takes the source's vault over into a stack of theirs.
async fn taken_over(config: &SdkConfig) {
    let backup = aws_sdk_backup::Client::new(config);
    let vault = backup.describe_backup_vault().backup_vault_name(VAULT).send().await.expect("DescribeBackupVault");
    let key = vault.encryption_key_arn.expect("a key");
    let template = format!(
        "Resources:\n  Vault:\n    Type: AWS::Backup::BackupVault\n    DeletionPolicy: Retain\n    Properties:\n      \
         BackupVaultName: {VAULT}\n      EncryptionKeyArn: {key}\n"
    );
    let one = ResourceToImport::builder().resource_type("AWS::Backup::BackupVault").logical_resource_id("Vault");
    let one = one.resource_identifier("BackupVaultName", VAULT).build();
    let change_set = cloudformation(config).create_change_set().stack_name("other").change_set_name("import");
    let change_set = change_set.change_set_type(ChangeSetType::Import).template_body(template).resources_to_import(one);
    change_set.send().await.expect("CreateChangeSet");
    pause(120).await;
    cloudformation(config)
        .execute_change_set()
        .stack_name("other")
        .change_set_name("import")
        .send()
        .await
        .expect("ExecuteChangeSet");
    pause(120).await;
}

/// The source stack's key, deleted for good.
fn without_its_key() -> Sandbox {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        let key = made(&config, SOURCE, "Key").await;
        let kms = aws_sdk_kms::Client::new(&config);
        let schedule = kms.schedule_key_deletion().key_id(&key).pending_window_in_days(7);
        schedule.send().await.expect("ScheduleKeyDeletion");
    });
    sandbox
}

#[test]
fn a_vault_or_a_key_is_never_lost_by_an_update() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    let (_, key) = in_source(&sandbox, async |config| new_key(&config).await);
    gallery.file("renamed.toml", &configuration("vault = \"another-vault\"", None));
    gallery.file("own.toml", &configuration(&format!("key_arn = \"{key}\""), None));
    gallery.refuse("Another vault", &sandbox, "bootstrap --yes --quiet --config renamed.toml", 5);
    gallery.refuse("A key of one's own", &sandbox, "bootstrap --yes --quiet --config own.toml", 5);
    settled(&sandbox);

    let sandbox = worlds::built_in();
    let (_, first) = in_source(&sandbox, async |config| new_key(&config).await);
    let (_, second) = in_source(&sandbox, async |config| new_key(&config).await);
    gallery.file("first.toml", &configuration(&format!("key_arn = \"{first}\""), None));
    gallery.file("second.toml", &configuration(&format!("key_arn = \"{second}\""), None));
    gallery.file("none.toml", &configuration("", None));
    let source = "--environment source --no-plan --quiet";
    gallery.show(
        "Under a key of one's own",
        Some(&sandbox),
        &format!("bootstrap --yes {source} --config first.toml"),
        0,
    );
    gallery.refuse("Under another", &sandbox, &format!("bootstrap --yes {source} --config second.toml"), 5);
    gallery.refuse("Under none", &sandbox, &format!("bootstrap --yes {source} --config none.toml"), 5);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_key_that_is_gone_is_not_made_anew() {
    let mut gallery = Gallery::new();
    let sandbox = without_its_key();
    gallery.refuse("Scheduled for deletion", &sandbox, "bootstrap --yes --quiet", 5);
    backupctl(&sandbox, "sandbox advance 8d").expect(0);
    gallery.refuse("Gone", &sandbox, "bootstrap --yes --quiet", 5);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_vault_that_is_left_with_the_wrong_tag_is_not_adopted() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        delete_by_hand(&config).await;
        let backup = aws_sdk_backup::Client::new(&config);
        let tag = backup.tag_resource().resource_arn(VAULT_ARN).tags("backupctl:pipeline", "another-pipeline");
        tag.send().await.expect("TagResource");
    });
    backupctl(&sandbox, "sandbox advance 10m").expect(0);
    gallery.refuse("Another pipeline's vault", &sandbox, "bootstrap --yes --quiet", 5);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn settings_that_nobody_here_can_turn_on_are_named() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::bare();
    let organization = format!("{}[organization]\nid = \"o-sandboxorg1\"", super::ORDERS);
    gallery.file("organization.toml", &configuration("", Some(&organization)));
    gallery.file("role.toml", &configuration("", Some(&format!("{}[plan]\nrole = \"missing\"", super::ORDERS))));
    let command = "bootstrap --yes --enable-settings --quiet";
    gallery.refuse("A role of one's own", &sandbox, &format!("{command} --config role.toml"), 5);
    deny(&sandbox, "organizations:DescribeOrganization", "");
    gallery.refuse("No management account", &sandbox, &format!("{command} --config organization.toml"), 5);
    insta::assert_snapshot!(shown(gallery));
}
