//! A database is its `DbiResourceId`, and not the name that it has today.

mod copy;
mod generated;
mod scenes;

use std::collections::{BTreeMap, BTreeSet};

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::rds;
use serde_json::Value;

use crate::support::command::backupctl;
use crate::support::operator::{CENTRAL, PRODUCTION, REGION_A, REGION_B, acting, in_source};

pub const VAULTS: [&str; 3] = [
    "source-vault-account-a-region-a",
    "intermediate-vault-account-a-region-b",
    "destination-vault-account-b-region-b",
];

pub fn arn(name: &str) -> String {
    format!("arn:aws:rds:{REGION_A}:{PRODUCTION}:db:{name}")
}

/// The instances that there are: name to id.
pub fn instances(sandbox: &Sandbox) -> BTreeMap<String, String> {
    in_source(sandbox, async |config| {
        let all = aws_sdk_rds::Client::new(&config).describe_db_instances().send().await.expect("a list");
        let there = all.db_instances().iter().filter(|one| one.db_instance_status() != Some("deleting"));
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        there.map(|one| (text(one.db_instance_identifier()), text(one.dbi_resource_id()))).collect()
    })
}

pub fn hours(sandbox: &Sandbox, hours: u64) {
    backupctl(sandbox, &format!("sandbox advance {hours}h")).expect(0);
}

pub fn create(sandbox: &Sandbox, name: &str) {
    in_source(sandbox, async |config| {
        let new = aws_sdk_rds::Client::new(&config).create_db_instance().db_instance_identifier(name);
        let new = new.db_instance_class("db.t4g.micro").engine("postgres").allocated_storage(20);
        let new = new.master_username("admin").master_user_password("not-a-secret").storage_encrypted(true);
        new.send().await.expect("created");
    });
    hours(sandbox, 1);
}

pub fn delete(sandbox: &Sandbox, name: &str) {
    in_source(sandbox, async |config| {
        let gone = aws_sdk_rds::Client::new(&config).delete_db_instance().db_instance_identifier(name);
        gone.skip_final_snapshot(true).send().await.expect("deleting");
    });
    hours(sandbox, 1);
}

pub fn rename(sandbox: &Sandbox, old: &str, new: &str) {
    in_source(sandbox, async |config| {
        let change = aws_sdk_rds::Client::new(&config).modify_db_instance().db_instance_identifier(old);
        change.new_db_instance_identifier(new).apply_immediately(true).send().await.expect("accepted");
    });
    hours(sandbox, 1);
}

/// The usable recovery points of a vault by the database that the simulator took them of.
pub fn held(sandbox: &Sandbox, vault: usize) -> BTreeMap<String, BTreeSet<String>> {
    let shown = backupctl(sandbox, "sandbox show -o json").expect(0).json();
    let items = |value: &Value, list: &str| value[list].as_array().cloned().unwrap_or_default();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let regions = items(&shown, "accounts").into_iter().flat_map(|account| items(&account, "regions"));
    let vaults = regions.flat_map(|region| items(&region, "vaults")).filter(|one| one["name"] == VAULTS[vault]);
    for point in vaults.flat_map(|one| items(&one, "recovery_points")) {
        if point["status"] != "COMPLETED" {
            continue;
        }
        let arn = point["recovery_point_arn"].as_str().expect("an ARN").to_owned();
        let id = sandbox.look(|world| rds::snapshot(world, &arn).map(|snapshot| snapshot.instance.resource_id.clone()));
        found.entry(id.expect("the snapshot behind it")).or_default().insert(arn);
    }
    found
}

/// Deletes a recovery point, as an operator of its account does.
pub fn drop_point(sandbox: &Sandbox, vault: usize, point: &str) {
    let (account, region) = [(PRODUCTION, REGION_A), (PRODUCTION, REGION_B), (CENTRAL, REGION_B)][vault];
    acting(sandbox, account, region, async |config| {
        let gone = aws_sdk_backup::Client::new(&config).delete_recovery_point().backup_vault_name(VAULTS[vault]);
        gone.recovery_point_arn(point).send().await.expect("deleted");
    });
    hours(sandbox, 1);
}
