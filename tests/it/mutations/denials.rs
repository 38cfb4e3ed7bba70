//! Refusals that somebody adds: one call each, where what is deployed can only be taken away as a whole.

use serde_json::{Value, json};

use super::variants::Variant;

/// Calls of the backup role, with the resources that they are about. Its permissions are one managed policy.
pub(super) const OF_THE_BACKUP_ROLE: [(&str, &str); 16] = [
    ("backup:CopyFromBackupVault", "*"),
    ("backup:CopyIntoBackupVault", "*"),
    ("kms:CreateGrant", "arn:aws:kms:us-west-2:*:key/*"),
    ("kms:DescribeKey", "arn:aws:kms:us-west-2:*:key/*"),
    ("rds:AddTagsToResource", "arn:aws:rds:us-east-1:*:snapshot:*"),
    ("rds:AddTagsToResource", "arn:aws:rds:us-west-2:*:snapshot:*"),
    ("rds:CopyDBSnapshot", "*"),
    ("rds:CopyDBSnapshot", "arn:aws:rds:us-east-1:*:snapshot:*"),
    ("rds:CopyDBSnapshot", "arn:aws:rds:us-west-2:*:snapshot:*"),
    ("rds:CreateDBSnapshot", "arn:aws:rds:*:*:db:*"),
    ("rds:CreateDBSnapshot", "arn:aws:rds:*:*:snapshot:*"),
    ("rds:DescribeDBInstances", "*"),
    ("rds:DescribeDBSnapshots", "*"),
    ("rds:ListTagsForResource", "arn:aws:rds:*:*:db:*"),
    ("rds:ListTagsForResource", "arn:aws:rds:*:*:snapshot:*"),
    ("rds:ModifyDBSnapshotAttribute", "*"),
];

/// An identity policy that denies one call.
pub(super) fn identity_policy(action: &str, resource: &str) -> String {
    let denied = json!({"Sid": "Denied", "Effect": "Deny", "Action": action, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": [denied]}).to_string()
}

/// A key's policy with one more statement, which denies everybody a call.
pub(super) fn of_key(document: &Value) -> Vec<Variant> {
    let deny = |action: &str| statement(action);
    let mut through = deny("kms:CreateGrant");
    through["Condition"] = json!({"StringNotLike": {"kms:ViaService": "backup.*.amazonaws.com"}});
    vec![
        added(document, "kms:CreateGrant denied", deny("kms:CreateGrant")),
        added(document, "kms:DescribeKey denied", deny("kms:DescribeKey")),
        added(document, "kms:CreateGrant denied but through AWS Backup", through),
    ]
}

/// A vault's policy with one more statement, which denies everybody a call.
pub(super) fn of_vault(document: Option<&Value>) -> Vec<Variant> {
    let none = json!({"Version": "2012-10-17", "Statement": []});
    let document = document.unwrap_or(&none);
    ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault"]
        .map(|action| added(document, &format!("{action} denied"), statement(action)))
        .into()
}

fn statement(action: &str) -> Value {
    json!({"Sid": "Denied", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"})
}

fn added(document: &Value, name: &str, statement: Value) -> Variant {
    let mut whole = document.clone();
    if let Some(statements) = whole["Statement"].as_array_mut() {
        statements.push(statement);
    }
    Variant { name: name.to_owned(), document: Some(whole) }
}
