//! What an organization forbids, and what cannot be known of it: `doctor`, a copy's and a deployment's dry run.

use serde_json::{Value, json};

use crate::messages::bootstrap::shown;
use crate::mutations::guardrails::{case, in_destination_vault, put, world};
use crate::support::command::{backupctl, deny};
use crate::support::gallery::Gallery;

const ONLY: &str = "doctor --only prerequisites";

#[test]
fn what_the_organization_refuses_is_told_with_statement_policy_and_level() {
    let mut gallery = Gallery::new();
    for (title, id, code) in [
        ("A statement of a service control policy", "scp at source: nobody shares snapshots", 3),
        ("No level may lack it", "scp-only at workloads: a list of services without KMS", 3),
        (
            "A statement of a resource control policy",
            "rcp at root: no grants on keys: on those of AWS it has no effect",
            3,
        ),
        (
            "A key that nobody knows beforehand",
            "scp at source: only networks of ours: from which address AWS Backup asks, AWS does not say",
            3,
        ),
    ] {
        let sandbox = world();
        put(&sandbox, &case(id));
        gallery.refuse(title, &sandbox, ONLY, code);
        gallery.refuse("A dry run of bootstrap", &sandbox, "bootstrap --dry-run", 4);
    }
    let sandbox = world();
    put(&sandbox, &case("destination-vault-only: lets in the unit of the source account"));
    deny(&sandbox, "organizations:ListParents", "");
    gallery.refuse("Paths that nobody may list", &sandbox, "doctor --only vaults --only prerequisites", 3);
    insta::assert_snapshot!(shown(gallery));
}

/// The prediction of the first hop that would be started.
fn started(document: &Value) -> &Value {
    let hops = document["copies"][0]["hops"].as_array().expect("hops");
    &hops.iter().find(|hop| hop["action"] == "start").expect("a start")["prediction"]
}

#[test]
fn a_copy_that_hangs_on_what_nobody_knows_is_neither_allowed_nor_refused() {
    let mut gallery = Gallery::new();
    let sandbox = world();
    backupctl(&sandbox, "sandbox advance 24h").expect(0);
    put(&sandbox, &case("scp at source: only networks of ours: from which address AWS Backup asks, AWS does not say"));
    let json = backupctl(&sandbox, "copy --all-missing --dry-run -o json").expect(4).json();
    let prediction = started(&json);
    assert!(prediction["allowed"].is_null(), "{prediction:#}");
    assert_eq!(prediction["skipped"][0]["reason"], "undecided:aws:SourceIp", "{prediction:#}");
    gallery.refuse("Which key it is", &sandbox, "copy --all-missing --dry-run", 4);
    deny(&sandbox, "organizations:ListParents", "");
    let json = backupctl(&sandbox, "copy --all-missing --dry-run -o json").expect(4).json();
    let prediction = started(&json);
    assert!(prediction["allowed"].is_null(), "{prediction:#}");
    assert_eq!(prediction["skipped"][0]["check"], "guardrails-unseen", "{prediction:#}");
    gallery.refuse("What the organization forbids unseen", &sandbox, "copy --all-missing --dry-run", 4);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_policy_with_a_date_is_told_with_the_night_that_it_is_about() {
    let mut gallery = Gallery::new();
    for (title, operator, code) in
        [("From the evening on", "DateGreaterThan", 3), ("Until the evening", "DateLessThan", 0)]
    {
        let sandbox = world();
        let statement = json!({"Sid": "Dated", "Effect": "Deny", "Principal": "*", "Action": "backup:CopyIntoBackupVault",
            "Resource": "*", "Condition": {operator: {"aws:CurrentTime": "2026-01-06T04:00:00Z"}}});
        in_destination_vault(&sandbox, &json!([statement]));
        gallery.refuse(title, &sandbox, "doctor --only vaults --environment destination", code);
    }
    insta::assert_snapshot!(shown(gallery));
}
