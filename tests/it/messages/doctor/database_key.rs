//! The key that a database itself is under: the first hop reads with it, and no stack of ours made it.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::Scenario;
use serde_json::Value;

use crate::green::delete_points;
use crate::messages::bootstrap::shown;
use crate::mutations::guardrails::{case, put, world_of};
use crate::support::command::configured;
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;

const KEYS: &str = "doctor --only keys --environment source";

#[test]
fn a_databases_key_that_refuses_or_is_going_is_told_with_what_mends_it() {
    let mut gallery = Gallery::new();
    for (title, id) in [
        ("A statement refuses", "database-key: grants denied to AWS Backup's role"),
        (
            "Nobody but an administrator is known",
            "database-key-only: the policy knows an administrator and nobody else",
        ),
        ("Disabled", "database-key-disabled: the key is disabled"),
        ("Scheduled for deletion", "database-key-deleted: the key is scheduled for deletion"),
    ] {
        let sandbox = world_of(&case(id));
        put(&sandbox, &case(id));
        gallery.refuse(title, &sandbox, KEYS, 3);
    }
    let gone = case("database-key-deleted: the key is scheduled for deletion");
    let sandbox = world_of(&gone);
    put(&sandbox, &gone);
    sandbox.advance_to(sandbox.now().plus_seconds(31 * 24 * 3600)).expect("an in-memory world");
    gallery.refuse("Deleted", &sandbox, KEYS, 3);
    insta::assert_snapshot!(shown(gallery));
}

const CONFIGURATION: &str = "[source]\naccount = \"111111111111\"\nregion = \"us-east-1\"\n\
    [intermediate]\nregion = \"us-west-2\"\n[destination]\naccount = \"222222222222\"\n[selection]\nresources = \
    [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \"arn:aws:rds:us-east-1:111111111111:db:ledger\"]\n";

/// `orders` lies under `aws/rds` and `ledger` under a key of its own; both have a backup and no copy of it.
fn without_copies() -> Sandbox {
    let sandbox = Sandbox::in_memory(Scenario::built_in().build().expect("a world"));
    configured(&sandbox, CONFIGURATION, "bootstrap --yes").expect(0);
    sandbox.advance_to(sandbox.now().plus_seconds(26 * 3600)).expect("an in-memory world");
    for vault in ["destination-vault-account-b-region-b", "intermediate-vault-account-a-region-b"] {
        delete_points(&sandbox, vault, "");
    }
    sandbox
}

/// What is predicted of a database's first hop.
fn prediction(document: &Value, database: &str) -> Value {
    let copies = document["copies"].as_array().expect("copies");
    let of = |copy: &&Value| copy["resource_arn"].as_str().is_some_and(|arn| arn.ends_with(database));
    copies.iter().find(of).expect("the database")["hops"][0]["prediction"].clone()
}

/// What one key refuses is no refusal of the copy of a backup that lies under another.
#[test]
fn a_first_hop_is_predicted_by_the_key_that_it_reads_under() {
    let mut gallery = Gallery::new();
    gallery.file("backupctl.toml", CONFIGURATION);
    let ledger = async |config: &aws_config::SdkConfig| {
        let instances = aws_sdk_rds::Client::new(config).describe_db_instances().db_instance_identifier("ledger");
        instances.send().await.expect("DescribeDBInstances").db_instances()[0].kms_key_id().expect("a key").to_owned()
    };
    let sandbox = without_copies();
    in_source(&sandbox, async |config| {
        let key = ledger(&config).await;
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
    gallery.refuse("A key that is disabled", &sandbox, "copy --all-missing --dry-run", 4);
    let json = configured(&sandbox, CONFIGURATION, "copy --all-missing --dry-run -o json").expect(4).json();
    assert_eq!(prediction(&json, "orders")["allowed"], true, "{json:#}");
    assert_eq!(prediction(&json, "ledger")["allowed"], false, "{json:#}");
    assert_eq!(prediction(&json, "ledger")["reasons"][0]["check"], "key-disabled", "{json:#}");
    insta::assert_snapshot!(shown(gallery));
}
