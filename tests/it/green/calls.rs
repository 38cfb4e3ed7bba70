//! How many calls `doctor` and `verify` make: what they made before they looked at each database's copy, and one for
//! each copy that is missing, for each key of databases that no plan selects and, in `doctor`, for each of those selected
//! (`verify` knew these already, from the backups under them). What is more for a customer managed key, `doctor::calls`
//! counts.

use super::{DESTINATION_VAULT, INTERMEDIATE_VAULT, delete_points, pass};
use crate::support::command::backupctl;
use crate::support::worlds;

/// The key of `ledger`, which nobody selects; `legacy` has none.
const KEYS: u64 = 1;
/// `aws/rds`, which `orders` and `billing` are under.
const SELECTED: u64 = 1;

#[track_caller]
fn calls(sandbox: &backupctl::sandbox::Sandbox, command: &str) -> u64 {
    let ran = backupctl(sandbox, &format!("{command} -o json"));
    ran.json()["summary"]["api_calls"].as_u64().expect("calls")
}

#[test]
fn one_more_for_each_missing_copy_and_each_unselected_key() {
    let sandbox = worlds::after_a_night();
    assert_eq!(calls(&sandbox, "doctor"), DOCTOR + ORGANIZATION + KEYS + SELECTED);
    assert_eq!(calls(&sandbox, "verify"), VERIFY + ORGANIZATION + KEYS);
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    assert_eq!(calls(&sandbox, "verify"), VERIFY + ORGANIZATION + KEYS + 1);
    delete_points(&sandbox, INTERMEDIATE_VAULT, "");
    // The intermediate key lies under no recovery point any more: it is described once less.
    // No snapshot there says any more which databases the backups are of: their own are asked, all in one call.
    assert_eq!(calls(&sandbox, "verify"), VERIFY + ORGANIZATION + KEYS + 3 - 1 + 1);
    assert_eq!(calls(&sandbox, "doctor"), DOCTOR + ORGANIZATION + KEYS + SELECTED);
    // What expired in its time is not asked for.
    let sandbox = worlds::after_a_night();
    pass(&sandbox, 12 * 24);
    assert_eq!(calls(&sandbox, "verify"), VERIFY + ORGANIZATION + KEYS);
}

/// The management account's three, which were made before as well and not counted; one for each of the two accounts, for
/// what is above it; one for each kind of policy at the root of the organization, where none is in force.
const ORGANIZATION: u64 = 3 + 2 + 2;

/// Without any of these: counted once, in this world, before databases were judged one by one.
const DOCTOR: u64 = 75;
const VERIFY: u64 = 85;
