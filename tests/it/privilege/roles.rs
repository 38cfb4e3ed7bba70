//! The roles that the templates make: with any action less, a recovery point does not arrive, and the
//! world says which action was denied. What a night does not need is listed with its reason.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::Service;
use backupctl::sandbox::world::World;
use serde_json::{Value, json};

use super::operator::{actions, administer, without};
use crate::support::command::{backupctl, run};

const ACCOUNT: &str = "111111111111";

/// Actions that a night of RDS recovery points does not need, and why they are granted.
const SPARED: &[(&str, &str, &str)] = &[
    ("CopyFunctionRole", "backup:ListTags", "tags of types that AWS Backup manages in full"),
    ("CopyFunctionRole", "rds:DescribeDBClusterSnapshots", "Aurora"),
    ("CopyFunctionRole", "backup:DescribeCopyJob", "only a token that AWS remembers makes its answer matter"),
    ("CopyFunctionRole", "logs:CreateLogStream", "the copy starts without a log"),
    ("CopyFunctionRole", "logs:PutLogEvents", "the copy starts without a log"),
    ("CopyFunctionRole", "sqs:SendMessage", "only what the function gave up on is sent"),
    // AWS's own policy for backup roles grants these for copies; in the second hop the copy itself is made by the
    // service-linked role of account B, and nobody has confirmed that the copy role's own right is asked for.
    ("backup-copy-us-west-2", "backup:DescribeBackupVault", "asked for by the console"),
    ("backup-copy-us-west-2", "kms:CreateGrant", "the copy is made in account B"),
    ("backup-copy-us-west-2", "kms:DescribeKey", "the copy is made in account B"),
    ("backup-copy-us-west-2", "rds:AddTagsToResource", "the copy is made in account B"),
    ("backup-copy-us-west-2", "rds:CopyDBSnapshot", "the copy is made in account B"),
    ("backup-copy-us-west-2", "rds:DescribeDBSnapshots", "the snapshot is shared without being looked for"),
    ("backup-copy-us-west-2", "rds:CopyDBClusterSnapshot", "Aurora"),
    ("backup-copy-us-west-2", "rds:DescribeDBClusterSnapshots", "Aurora"),
    ("backup-copy-us-west-2", "rds:ModifyDBClusterSnapshotAttribute", "Aurora"),
];

/// A bootstrapped world without the sweep, so that a recovery point arrives by its event or not at all.
fn bootstrapped() -> World {
    let sandbox = crate::support::worlds::built_in();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("backupctl.toml");
    let text = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n\
        [organization]\nid = \"o-sandboxorg1\"\n[events]\nsweep_schedule = \"\"\n\
        [selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n";
    std::fs::write(&file, text).expect("a file");
    run(Some(&sandbox), &format!("--sandbox bootstrap --yes --config {}", file.display())).expect(0);
    sandbox.world()
}

fn iam(world: &mut World, operation: &str, input: Value) -> Value {
    administer(world, ACCOUNT, "us-east-1", Service::Iam, operation, input)
}

fn arrived(sandbox: &Sandbox) -> usize {
    let mut world = sandbox.world();
    let input = json!({"BackupVaultName": "destination-vault-account-b-region-b"});
    let operation = "ListRecoveryPointsByBackupVault";
    let answer = administer(&mut world, "222222222222", "us-west-2", Service::Backup, operation, input);
    answer["RecoveryPoints"].as_array().map_or(0, Vec::len)
}

/// A night with the role's policy less one action: whether the recovery point arrived, and whether the
/// world names the action.
fn night(world: &World, role: &str, policy: &str, document: Option<&Value>, action: &str) -> (usize, bool) {
    let mut world = world.clone();
    match document {
        Some(document) => {
            let input = json!({"RoleName": role, "PolicyName": policy, "PolicyDocument": document.to_string()});
            iam(&mut world, "PutRolePolicy", input);
        }
        None => {
            iam(&mut world, "DeleteRolePolicy", json!({"RoleName": role, "PolicyName": policy}));
        }
    }
    let sandbox = Sandbox::in_memory(world);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    let named = sandbox.look(|world| {
        let denied = world.trail.iter().any(|record| record.error.is_some() && record.action == action);
        denied
            || serde_json::to_string(world).is_ok_and(|text| text.contains(action) && text.contains("not authorized"))
    });
    (arrived(&sandbox), named)
}

fn decoded(document: &Value) -> Value {
    let text = document.as_str().expect("a document");
    let plain = percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8");
    serde_json::from_str(&plain).expect("JSON")
}

#[test]
fn every_action_of_the_pipelines_roles_is_needed_for_a_night() {
    let mut world = bootstrapped();
    let roles = iam(&mut world, "ListRoles", json!({}));
    let names = roles["Roles"].as_array().expect("roles").iter().filter_map(|role| role["RoleName"].as_str());
    let ours: Vec<String> = names
        .filter(|name| ["ForwardRole", "CopyFunctionRole", "backup-copy-"].iter().any(|part| name.contains(part)))
        .map(str::to_owned)
        .collect();
    assert_eq!(ours.len(), 3, "{ours:?}");
    let (mut wrong, mut spared) = (Vec::new(), 0);
    for role in &ours {
        let listed = iam(&mut world, "ListRolePolicies", json!({"RoleName": role}));
        for policy in listed["PolicyNames"].as_array().expect("names").iter().filter_map(Value::as_str) {
            let found = iam(&mut world, "GetRolePolicy", json!({"RoleName": role, "PolicyName": policy}));
            let document = decoded(&found["PolicyDocument"]);
            for action in actions(&document) {
                let (count, named) = night(&world, role, policy, without(&document, &action).as_ref(), &action);
                let is_spared = SPARED.iter().any(|(part, one, _)| role.contains(part) && *one == action);
                spared += usize::from(is_spared);
                match (is_spared, count) {
                    (true, 1) => {}
                    (true, _) => wrong.push(format!("{role}: {action} is needed after all")),
                    (false, 0) if named => {}
                    (false, 0) => wrong.push(format!("{role}: nothing names {action}, which is missing")),
                    (false, _) => wrong.push(format!("{role}: {action} is not needed")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(spared, SPARED.len(), "spared, but in no policy");
}
