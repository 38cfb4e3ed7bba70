//! Selections that choose nothing, too little or too much.

use aws_sdk_backup::types::BackupSelection;
use serde_json::Value;

use super::{ORDERS, configuration, of_check, pass, resource};
use crate::support::command::{Ran, backupctl, configured};
use crate::support::operator::in_source;
use crate::support::worlds;

fn tag_orders(sandbox: &backupctl::sandbox::Sandbox) {
    in_source(sandbox, async |config| {
        let tag = aws_sdk_rds::types::Tag::builder().key("tier").value("gold").build();
        let call = aws_sdk_rds::Client::new(&config).add_tags_to_resource().tags(tag).resource_name(ORDERS);
        call.send().await.expect("AddTagsToResource");
    });
}

#[track_caller]
fn message(ran: &Ran, check: &str) -> String {
    let found = of_check(ran, check);
    assert_eq!(found.len(), 1, "{check}: {found:#?}");
    found[0]["message"].as_str().expect("a message").to_owned()
}

// AWS Backup API Reference, BackupSelection: keys and values are case-sensitive.
#[test]
fn a_tag_in_the_wrong_case_selects_nothing_and_the_right_one_is_named() {
    let sandbox = worlds::built_in();
    tag_orders(&sandbox);
    let near = "db:orders carries tier=gold (tags are case-sensitive)";
    for (selection, near) in [
        ("tags = { Tier = \"gold\" }", Some(near)),
        ("tags = { tier = \"Gold\" }", Some(near)),
        ("conditions = { \"aws:ResourceTag/TIER\" = \"gold\" }", Some(near)),
        ("tags = { teir = \"silver\" }", Some("db:orders carries tier=gold")),
        ("tags = { owner = \"me\" }", None),
        ("resources = [\"arn:aws:rds:us-east-1:111111111111:db:order-*\"]", Some("there is db:orders")),
    ] {
        let text = configuration(selection);
        configured(&sandbox, &text, "bootstrap --yes --quiet --timeout 2d").expect(0);
        let ran = configured(&sandbox, &text, "doctor --only plan -o json").expect(3);
        let said = message(&ran, "selection-empty");
        assert!(said.starts_with("the selection matches no database"), "{said}");
        assert!(near.is_none_or(|near| said.contains(near)), "{selection}: {said}");
        assert_eq!(of_check(&ran, "selection-empty")[0]["severity"], "error");
    }
}

// AWS's own examples write the prefix, and the key alone is as clear.
#[test]
fn conditions_work_with_and_without_their_prefix() {
    for key in ["tier", "aws:ResourceTag/tier"] {
        let sandbox = worlds::built_in();
        tag_orders(&sandbox);
        let text = configuration(&format!("conditions = {{ \"{key}\" = \"gold\" }}"));
        configured(&sandbox, &text, "bootstrap --yes --quiet").expect(0);
        configured(&sandbox, &text, "doctor --only plan --quiet").expect(0);
        pass(&sandbox, 48);
        let ran = configured(&sandbox, &text, "verify -o json").expect(0);
        assert_eq!(resource(&ran, "orders")["state"], "protected", "{key}");
        let said = message(&ran, "database-unprotected");
        assert_eq!(said, "db:billing is encrypted with aws/rds, and no backup plan selects it");
    }
}

#[test]
fn a_name_that_does_not_exist_is_told_with_the_one_that_does() {
    let sandbox = worlds::built_in();
    let text = configuration("resources = [\"arn:aws:rds:us-east-1:111111111111:db:ordes\"]");
    configured(&sandbox, &text, "bootstrap --yes --quiet").expect(0);
    let ran = configured(&sandbox, &text, "doctor --only plan -o json").expect(3);
    assert!(message(&ran, "resource-missing").ends_with("did you mean db:orders?"));
    let open = message(&ran, "database-unprotected");
    assert!(open.contains("db:billing") && open.contains("db:orders") && !open.contains("db:ledger"), "{open}");
}

// Amazon RDS keeps `payments` under aws/rds by default; a night passes.
#[test]
fn a_database_that_nobody_selects_is_one_warning() {
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let create = aws_sdk_rds::Client::new(&config).create_db_instance().db_instance_identifier("payments");
        let create = create.db_instance_class("db.t3.medium").engine("postgres").allocated_storage(20);
        let create = create.storage_encrypted(true).master_username("admin1").master_user_password("a-password-1");
        create.send().await.expect("CreateDBInstance");
    });
    pass(&sandbox, 24);
    for command in ["doctor", "verify"] {
        let ran = backupctl(&sandbox, &format!("{command} -o json")).expect(0);
        let said = message(&ran, "database-unprotected");
        assert_eq!(said, "db:payments is encrypted with aws/rds, and no backup plan selects it");
    }
    let excluded = configuration(
        "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \"arn:aws:rds:us-east-1:111111111111:db:billing\"]\n\
         exclude = [\"arn:aws:rds:us-east-1:111111111111:db:payments\"]",
    );
    let ran = configured(&sandbox, &excluded, "doctor -o json");
    assert_eq!(of_check(&ran, "database-unprotected"), Vec::<Value>::new(), "left out on purpose");
}

#[test]
fn what_another_selection_of_the_plan_adds_is_named() {
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let plans = client.list_backup_plans().send().await.expect("ListBackupPlans").backup_plans_list;
        let plan = plans.expect("plans")[0].backup_plan_id.clone().expect("an id");
        let role = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
        let all = BackupSelection::builder().selection_name("everything").iam_role_arn(role);
        let all = all.resources("arn:aws:rds:*:*:db:*").build().expect("a selection");
        let create = client.create_backup_selection().backup_plan_id(plan).backup_selection(all);
        create.send().await.expect("CreateBackupSelection");
    });
    let ran = backupctl(&sandbox, "doctor --only plan -o json").expect(0);
    let said = message(&ran, "selection-beyond");
    assert!(said.contains("db:ledger and db:legacy, which the configuration does not"), "{said}");
    let finding = &of_check(&ran, "selection-beyond")[0];
    let command = finding["commands"][0].as_str().expect("a command");
    assert!(command.starts_with("aws backup delete-backup-selection --backup-plan-id "), "{command}");
    assert!(command.ends_with(" --region us-east-1"), "{command}");
}
