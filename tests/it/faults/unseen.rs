//! What a command that may not look at something says of it: what it could not see, what follows, and what it lacks.

use serde_json::Value;

use crate::support::command::backupctl;
use crate::support::normal::{apart, plain};
use crate::support::worlds;

/// What is denied, in which command, and what the command must then say.
const UNSEEN: [(&str, &str, &str); 10] = [
    ("rds:DescribeDBInstances", "cleanup", "which databases exist could not be looked at"),
    ("rds:DescribeDBSnapshots", "cleanup", "the snapshots (destination) could not be read"),
    ("backup:ListLegalHolds", "cleanup", "legal holds (source) could not be looked at"),
    ("organizations:DescribeOrganization", "bootstrap", "the organization could not be looked at"),
    ("iam:GetRole", "bootstrap", "backup-service-linked-role (source) could not be looked at"),
    ("iam:ListAttachedRolePolicies", "bootstrap", "backup-default-role (source) is there; whether it has its policies"),
    ("backup:DescribeRegionSettings", "bootstrap", "rds-opt-in (source) could not be looked at"),
    ("backup:DescribeGlobalSettings", "bootstrap", "cross-account-backup (destination) could not be looked at"),
    ("lambda:GetFunctionConcurrency", "bootstrap", "is paused could not be looked at"),
    ("cloudformation:CreateChangeSet", "bootstrap", "the difference comes from the templates"),
];

#[test]
fn a_dry_run_says_what_it_could_not_see_and_what_it_lacks() {
    for (operation, command, words) in UNSEEN {
        let sandbox = worlds::after_a_night();
        let deny = format!("sandbox inject access-denied --operation {operation} --until-cleared");
        backupctl(&sandbox, &deny).expect(0);
        let before = plain(&sandbox);
        let ran = backupctl(&sandbox, &format!("{command} --dry-run"));
        let document = backupctl(&sandbox, &format!("{command} --dry-run -o json")).json();
        let all: Vec<&str> = document["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let told = all.iter().find(|note| note.contains(words));
        let told = told.unwrap_or_else(|| panic!("{operation}: no note has `{words}`: {document:#}\n{ran:?}"));
        assert!(told.contains(operation), "{operation}: {told}");
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.contains(words), "{operation}: {shown}");
        assert_eq!(apart(&plain(&sandbox), &before), "", "{operation}");
        let name = operation.split_once(':').map_or(operation, |(_, action)| action);
        insta::assert_snapshot!(name, format!("{}\n{}", ran.stdout, ran.stderr));
    }
}
