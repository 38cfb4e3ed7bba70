//! How many calls `verify` and `doctor` make.
//!
//! The base numbers are what they made before the checks of an organization's policies and of copies by name were there
//! (measured on 55fe01c, in the default world). What came since has a formula.

use super::super::support::command::backupctl;
use super::super::support::worlds;

/// Calls after `bootstrap`, and after a night.
const VERIFY: [u64; 2] = [82, 85];
const DOCTOR: [u64; 2] = [75, 75];

/// Calls to the management account, which were made then and not counted.
const MANAGEMENT: u64 = 3;

/// What came since: one call for each database in the source; one for each account, for what is above it; one for each
/// kind of policy at the root of the organization, where none is in force (`doctor::calls` has deeper ones).
fn since(databases: u64, accounts: u64) -> u64 {
    databases + MANAGEMENT + accounts + 2
}

fn calls(arguments: &str, world: &backupctl::sandbox::Sandbox) -> u64 {
    let document = backupctl(world, &format!("{arguments} -o json")).expect(0).json();
    document["summary"]["api_calls"].as_u64().expect("a number")
}

#[test]
fn verify_and_doctor_make_no_more_calls_than_the_formula() {
    let (databases, accounts) = (4, 2);
    for (index, world) in [worlds::bootstrapped(), worlds::after_a_night()].iter().enumerate() {
        let verified = calls("verify", world);
        let most = VERIFY[index] + since(databases, accounts);
        assert!(verified <= most, "verify made {verified} calls, {most} at most");
        let diagnosed = calls("doctor", world);
        let most = DOCTOR[index] + since(databases, accounts);
        assert!(diagnosed <= most, "doctor made {diagnosed} calls, {most} at most");
    }
}
