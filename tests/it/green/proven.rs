//! A copy that has arrived under the policies in force outranks a prediction about its hop that hangs on what nobody can
//! know beforehand; one that failed since does not.

use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::pass;
use crate::mutations::configuration;
use crate::mutations::guardrails::{case, put, world};
use crate::support::command::{Ran, configured};

const HOP_1: &str =
    "backup-role: no grants in the source Region from some addresses: AWS does not say from which RDS asks";
const HOP_2: &str = "destination-vault: no copies from some addresses: AWS does not say from which AWS Backup asks";

fn run(sandbox: &Sandbox, command: &str) -> Ran {
    configured(sandbox, &configuration(), &format!("{command} -o json"))
}

/// The checks that hang on a condition key.
fn undecided(document: &Value) -> Vec<String> {
    let checks = document["checks"].as_array().expect("checks").iter();
    let open = checks.filter(|one| one["reason"].as_str().is_some_and(|why| why.starts_with("undecided:")));
    open.map(|one| format!("{} {}", one["check"].as_str().unwrap_or_default(), one["environment"])).collect()
}

#[test]
fn an_arrived_copy_outranks_an_undecided_prediction_about_its_hop() {
    let sandbox = world();
    for id in [HOP_1, HOP_2] {
        put(&sandbox, &case(id));
    }
    let both = ["vault-policy-denies \"destination\"", "backup-role-denied \"source\""];
    // Nothing has been copied yet: nobody knows.
    let before = run(&sandbox, "verify").expect(3).json();
    let mut open = undecided(&before);
    open.sort();
    assert_eq!(open, [both[1], both[0]], "{before:#}");

    // Both hops have arrived under these very policies.
    pass(&sandbox, 26);
    let after = run(&sandbox, "verify").expect(0).json();
    assert_eq!(undecided(&after), Vec::<String>::new(), "{after:#}");
    assert!(after["headline"].as_str().is_some_and(|line| line.starts_with("PROTECTED:")), "{after:#}");
    // `doctor` looks at no recovery point, and says still what it cannot know.
    assert_eq!(undecided(&run(&sandbox, "doctor").json()).len(), 2);

    // The newest job of the second hop failed: what arrived before proves nothing any more, of this hop.
    let inject = "sandbox inject copy-job-fails --message denied --environment intermediate --until-cleared";
    configured(&sandbox, &configuration(), inject).expect(0);
    pass(&sandbox, 24);
    let failed = run(&sandbox, "verify").expect(3).json();
    assert_eq!(undecided(&failed), [both[0]], "{failed:#}");
}
