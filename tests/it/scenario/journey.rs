//! From nothing to a protected database and back to nothing.

use serde_json::Value;

use crate::support::command::backupctl;
use crate::support::operator::back_up;
use crate::support::worlds;

/// The recovery points of `document` in a state.
fn in_state<'a>(document: &'a Value, state: &str) -> Vec<&'a Value> {
    let points = document["recovery_points"].as_array().expect("recovery_points");
    points.iter().filter(|point| point["state"] == state).collect()
}

#[test]
fn bootstrap_builds_three_stacks_a_plan_and_a_selection_and_a_second_run_changes_nothing() {
    let sandbox = worlds::built_in();
    let first = backupctl(&sandbox, "bootstrap --yes -o json").expect(0).json();
    assert_eq!(first["schema"], "backupctl.bootstrap/1");
    assert_eq!(first["changed"], true);
    let environments = first["environments"].as_array().expect("environments");
    assert_eq!(environments.len(), 3);
    for environment in environments {
        assert_eq!(environment["stack"]["action"], "create", "{environment}");
        assert_eq!(environment["stack"]["status"], "CREATE_COMPLETE", "{environment}");
        assert!(environment["stack"]["outputs"]["VaultArn"].as_str().is_some_and(|arn| arn.contains(":backup-vault:")));
    }
    assert_eq!(first["plan"]["action"], "create");
    assert_eq!(first["selection"]["action"], "create");

    let second = backupctl(&sandbox, "bootstrap --yes -o json").expect(0).json();
    assert_eq!(second["changed"], false, "{second:#}");
    for environment in second["environments"].as_array().expect("environments") {
        assert_eq!(environment["stack"]["action"], "none", "{environment}");
    }
    assert_eq!(second["plan"]["action"], "none");
    assert_eq!(second["selection"]["action"], "none");
}

#[test]
fn without_consent_bootstrap_changes_nothing() {
    let sandbox = worlds::built_in();
    let ran = backupctl(&sandbox, "bootstrap").expect(5);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    let stacks = sandbox.look(|world| {
        world
            .services
            .cloudformation
            .iter()
            .map(|(_, state)| serde_json::to_value(state).expect("a state"))
            .collect::<Vec<_>>()
    });
    assert!(!format!("{stacks:?}").contains("aws-backup-rds"), "{stacks:?}");
}

#[test]
fn after_a_night_every_assigned_database_is_protected() {
    let sandbox = worlds::after_a_night();
    let verified = backupctl(&sandbox, "verify -o json").expect(0).json();
    assert_eq!(verified["ok"], true);
    let protected = in_state(&verified, "protected");
    let mut resources: Vec<&str> = protected.iter().filter_map(|point| point["resource_arn"].as_str()).collect();
    resources.sort_unstable();
    assert_eq!(
        resources,
        ["arn:aws:rds:us-east-1:111111111111:db:billing", "arn:aws:rds:us-east-1:111111111111:db:orders"],
        "{verified:#}"
    );
    for point in protected {
        assert_eq!(point["source"]["key"], "aws-managed", "{point:#}");
        assert_eq!(point["intermediate"]["key"], "expected", "{point:#}");
        assert_eq!(point["destination"]["key"], "expected", "{point:#}");
    }
    // No more than what is worth knowing: nobody locks a sandbox's vault or opens its control policies.
    let told = verified["findings"].as_array().expect("a list");
    assert!(told.iter().all(|finding| finding["severity"] == "info"), "{verified:#}");
}

#[test]
fn copy_takes_a_fresh_backup_through_both_hops_once() {
    let sandbox = worlds::after_a_night();
    let recovery_point = back_up(&sandbox, "orders");
    let first = backupctl(&sandbox, &format!("copy --recovery-point {recovery_point} -o json")).expect(0).json();
    let copy = &first["copies"][0];
    assert_eq!(copy["state"], "completed", "{first:#}");
    let hops = copy["hops"].as_array().expect("hops");
    assert_eq!(hops.len(), 2);
    for hop in hops {
        assert_eq!(hop["state"], "COMPLETED", "{hop:#}");
        assert_eq!(hop["key_verified"], true, "{hop:#}");
    }
    let second = backupctl(&sandbox, &format!("copy --recovery-point {recovery_point} -o json")).expect(0).json();
    assert_eq!(second["copies"][0]["state"], "already-copied", "{second:#}");
}

#[test]
fn cleanup_leaves_nothing_but_keys_pending_deletion() {
    let sandbox = worlds::after_a_night();
    let cleaned =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0).json();
    assert_eq!(cleaned["summary"]["failed"], 0, "{cleaned:#}");
    assert_eq!(cleaned["keys"].as_array().map(Vec::len), Some(3), "{cleaned:#}");
    for key in cleaned["keys"].as_array().expect("keys") {
        assert!(key["deletion_date"].is_string(), "{key:#}");
    }
    for (account, region) in
        [("111111111111", "us-east-1"), ("111111111111", "us-west-2"), ("222222222222", "us-west-2")]
    {
        crate::support::operator::acting(&sandbox, account, region, async |config| {
            let backup = aws_sdk_backup::Client::new(&config);
            let vaults = backup.list_backup_vaults().send().await.expect("ListBackupVaults");
            assert!(vaults.backup_vault_list().is_empty(), "{vaults:?}");
            let plans = backup.list_backup_plans().send().await.expect("ListBackupPlans");
            assert!(plans.backup_plans_list().is_empty(), "{plans:?}");
            let stacks =
                aws_sdk_cloudformation::Client::new(&config).describe_stacks().send().await.expect("DescribeStacks");
            assert!(stacks.stacks().is_empty(), "{stacks:?}");
            let rules = aws_sdk_eventbridge::Client::new(&config).list_rules().send().await.expect("ListRules");
            assert!(rules.rules().is_empty(), "{rules:?}");
            let functions = aws_sdk_lambda::Client::new(&config).list_functions().send().await.expect("ListFunctions");
            assert!(functions.functions().is_empty(), "{functions:?}");
            let snapshots = aws_sdk_rds::Client::new(&config).describe_db_snapshots().send().await.expect("snapshots");
            assert!(snapshots.db_snapshots().is_empty(), "{snapshots:?}");
        });
    }
}
