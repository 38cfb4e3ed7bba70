//! What AWS does not let be looked at or done: what is told, and what has been done by then.

use backupctl::sandbox::Sandbox;

use crate::mutations::{Change, Environment, Mutation, apply};
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

#[test]
fn what_may_not_be_looked_at_ends_it_before_anything_is_deleted() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    for (operation, place) in [
        ("backup:ListBackupPlans", "source"),
        ("cloudformation:DescribeStacks", "intermediate"),
        ("backup:ListRecoveryPointsByBackupVault", "destination"),
    ] {
        deny(&sandbox, operation, &format!("--environment {place}"));
        gallery.refuse(operation, &sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 --quiet", 1);
        backupctl(&sandbox, "sandbox inject clear").expect(0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_may_not_be_done_before_the_first_deletion_ends_it() {
    let mut gallery = Gallery::new();
    for (operation, rest) in [
        ("backup:DeleteBackupPlan", ""),
        ("events:DisableRule", "--environment intermediate"),
        ("backup:ListBackupJobs", ""),
        ("backup:ListRecoveryPointsByBackupVault", "--environment destination --call 2"),
        ("rds:DescribeDBInstances", "--environment source --call 3"),
    ] {
        let sandbox = worlds::after_a_night();
        deny(&sandbox, operation, rest);
        gallery.show(
            operation,
            Some(&sandbox),
            "cleanup --yes --confirm 111111111111 --confirm 222222222222 --quiet",
            1,
        );
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        let again =
            backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0).json();
        assert_eq!(again["summary"]["deleted"], 6, "{operation}: {again:#}");
    }
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn what_fails_in_one_environment_stops_no_other_and_is_told() {
    let mut gallery = Gallery::new();
    for (operation, rest, code) in [
        ("backup:DeleteRecoveryPoint", "", 1),
        ("backup:ListRecoveryPointsByBackupVault", "--call 3", 1),
        ("backup:DeleteBackupVault", "", 1),
        ("backup:ListBackupVaults", "--call 2", 1),
        ("rds:DescribeDBClusters", "--call 2", 5),
        ("kms:ScheduleKeyDeletion", "", 1),
        ("cloudformation:DeleteStack", "", 1),
    ] {
        let sandbox = worlds::after_a_night();
        deny(&sandbox, operation, &format!("--environment destination {rest}"));
        let ran = gallery.show(
            operation,
            Some(&sandbox),
            "cleanup --yes --confirm 111111111111 --confirm 222222222222 --quiet",
            code,
        );
        let unseen = operation == "backup:ListRecoveryPointsByBackupVault";
        assert_eq!(ran.stdout.contains("4 deleted, 0 failed, 0 kept, 0 blocked, 2 pending"), unseen, "{operation}");
        backupctl(&sandbox, "sandbox inject clear").expect(0);
        if operation == "cloudformation:DeleteStack" {
            gallery.refuse("What is left", &sandbox, "cleanup --dry-run --quiet", 4);
        }
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222").expect(0);
    }
    insta::assert_snapshot!(gallery.into_text());
}

/// An operator who may do everything but let AWS Backup make its service-linked role, and the configuration to act as it.
fn weak_operator(sandbox: &Sandbox) -> String {
    in_source(sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}]}"#;
        iam.create_role().role_name("weak").assume_role_policy_document(trust).send().await.expect("CreateRole");
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateServiceLinkedRole","Resource":"*"}]}"#;
        let put = iam.put_role_policy().role_name("weak").policy_name("all-but-one").policy_document(policy);
        put.send().await.expect("PutRolePolicy");
    });
    "[source]\naccount = \"111111111111\"\nrole_arn = \"arn:aws:iam::111111111111:role/weak\"\n\
     [destination]\naccount = \"222222222222\"\n\
     [selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:*\"]\n"
        .to_owned()
}

#[test]
fn what_aws_itself_cannot_delete_is_told_with_what_helps() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    gallery.file("weak.toml", &weak_operator(&sandbox));
    let change = Change::RoleDeleted { role: "AWSBackupDefaultServiceRole".to_owned() };
    apply(&sandbox, &Mutation { id: String::new(), environment: Environment::Source, change }).expect("done");
    backupctl(&sandbox, "sandbox advance 1m").expect(0);
    let command = "cleanup --environment source --config weak.toml --quiet";
    gallery.show(
        "Asked for",
        Some(&sandbox),
        &format!("{command} --yes --confirm 111111111111 --confirm 222222222222"),
        1,
    );
    gallery.refuse("Shown", &sandbox, "cleanup --environment source --dry-run --quiet", 4);
    gallery.show(
        "As somebody who may",
        Some(&sandbox),
        "cleanup --environment source --yes --confirm 111111111111 --confirm 222222222222 --quiet",
        0,
    );
    insta::assert_snapshot!(gallery.into_text());
}
