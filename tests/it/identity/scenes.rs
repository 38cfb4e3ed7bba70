//! Single histories, told as they were reported.

use backupctl::operations::Sink;
use backupctl::operations::cleanup;
use backupctl::pipeline::EnvironmentName;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::CopiedId;
use serde_json::Value;

use super::{arn, create, delete, drop_point, held, hours, instances, rename};
use crate::mutations::looking;
use crate::support::command::{backupctl, deny};
use crate::support::worlds;

fn points<'a>(document: &'a Value, environment: &str, name: &str) -> Vec<&'a Value> {
    let all = document["recovery_points"].as_array().into_iter().flatten();
    all.filter(|point| point["environment"] == environment && point["resource_arn"] == arn(name)).collect()
}

fn messages<'a>(document: &'a Value, check: &str) -> Vec<&'a str> {
    let findings = document["findings"].as_array().into_iter().flatten().filter(|one| one["check"] == check);
    findings.filter_map(|one| one["message"].as_str()).collect()
}

// terraform-aws-modules/terraform-aws-rds, issue 587: destroyed and made again under its old name. RDS API Reference,
// DBInstance: the new one has another `DbiResourceId`.
#[test]
fn a_database_that_was_made_again_is_another_one() {
    let sandbox = worlds::after_a_night();
    let old = instances(&sandbox)["orders"].clone();
    delete(&sandbox, "orders");
    create(&sandbox, "orders");
    let verified = backupctl(&sandbox, "verify -o json").json();
    let stale: Vec<&str> = [messages(&verified, "backup-missing"), messages(&verified, "backup-stale")].concat();
    assert!(stale.iter().all(|text| !text.contains(&arn("billing"))), "{stale:?}");
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
    let copies = points(&document, "destination", "orders");
    assert_eq!(copies.len(), 1, "{document:#}");
    assert_eq!((&copies[0]["action"], &copies[0]["reason"]), (&"blocked".into(), &"last-copy".into()));
    assert_eq!(copies[0]["database_id"], old.as_str());
    assert_eq!(held(&sandbox, 2).keys().collect::<Vec<_>>(), [&old]);
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 --include-last-copy -o json")
            .expect(0)
            .json();
    assert_eq!(document["summary"]["deleted"], 1, "{document:#}");
}

// ministryofjustice/cloud-platform-environments, issue 1920: the broken instance is renamed, the restored one takes its
// name. RDS User Guide, "Renaming a DB instance".
#[test]
fn a_database_whose_name_another_took_is_still_there_and_its_copies_are_its_own() {
    let sandbox = worlds::after_a_night();
    let old = instances(&sandbox)["orders"].clone();
    create(&sandbox, "restored");
    rename(&sandbox, "orders", "orders-old");
    rename(&sandbox, "restored", "orders");
    // Past the next fire time and the windows after it, with a backup that was deleted by hand.
    hours(&sandbox, 24);
    let new = instances(&sandbox)["orders"].clone();
    let backups = held(&sandbox, 0)[&new].clone();
    for vault in [2, 1, 0] {
        for point in held(&sandbox, vault).remove(&new).unwrap_or_default() {
            drop_point(&sandbox, vault, &point);
        }
    }
    assert_eq!(backups.len(), 1);
    let verified = backupctl(&sandbox, "verify -o json").expect(3).json();
    let missing = messages(&verified, "backup-missing");
    assert_eq!(missing.len(), 1, "{verified:#}");
    let said = format!("1 backup belongs to an earlier database of this name ({old})");
    assert!(missing[0].contains(&said), "{missing:?}");
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0).json();
    assert_eq!(points(&document, "destination", "orders")[0]["database_id"], old.as_str());
    assert!(held(&sandbox, 2).is_empty(), "the database is still there, as orders-old");
}

#[test]
fn what_no_snapshot_may_tell_counts_as_the_last_copy_of_an_unknown_database() {
    let sandbox = worlds::after_a_night();
    hours(&sandbox, 24);
    for environment in ["source", "intermediate", "destination"] {
        deny(&sandbox, "rds:DescribeDBSnapshots", &format!("--environment {environment}"));
    }
    let verified = backupctl(&sandbox, "verify -o json").expect(3).json();
    assert!(messages(&verified, "backup-missing").is_empty(), "{verified:#}");
    let checks = verified["checks"].as_array().into_iter().flatten();
    let skipped: Vec<_> = checks.filter(|one| one["check"] == "backup-missing" && one["result"] == "skipped").collect();
    assert_eq!(skipped.len(), 2, "{verified:#}");
    assert!(skipped.iter().all(|one| one["missing_permission"] == "rds:DescribeDBSnapshots"), "{skipped:?}");
    let document =
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(5).json();
    let copies = points(&document, "destination", "orders");
    assert!(copies.len() > 1 && copies.iter().all(|point| point["reason"] == "last-copy"), "{document:#}");
    assert!(copies.iter().all(|point| point["database_id"].is_null()));
    let notes: Vec<&str> = document["notes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let said =
        |text: &&str| text.contains("(destination)") && text.contains("the caller lacks rds:DescribeDBSnapshots");
    assert!(notes.iter().any(said), "{notes:?}");
}

// AWS does not document that the copy of a snapshot keeps the id of its database.
#[test]
fn where_copies_get_another_id_the_backups_own_tells_the_database_and_it_is_said() {
    for (copied, says) in [(CopiedId::Another, true), (CopiedId::Absent, false)] {
        let mut world = worlds::bootstrapped().world();
        world.settings.copied_snapshot_id = copied;
        let sandbox = Sandbox::in_memory(world);
        hours(&sandbox, 26);
        let verified = backupctl(&sandbox, "verify -o json").expect(0).json();
        assert_eq!(messages(&verified, "backup-missing").len(), 0, "{verified:#}");
        let shown = backupctl(&sandbox, "cleanup --dry-run").expect(4).stdout;
        let line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(line.contains("the snapshots (destination) say other databases"), says, "{shown}");
        if says {
            insta::assert_snapshot!(shown);
        }
        backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222").expect(0);
    }
}

// What is in flight is waited for up to a day: long enough for a database to be deleted.
#[test]
fn a_database_that_is_deleted_while_cleanup_waits_keeps_its_last_copy() {
    let sandbox = worlds::after_a_night();
    let pipeline = backupctl::config::built_in().expect("the built-in pipeline");
    let options = crate::cleanup::whole();
    let observed = looking(&pipeline, &sandbox, async |sessions| {
        cleanup::observe(&pipeline, sessions, &options, &Sink::none()).await.expect("a look")
    });
    let changes = cleanup::decide(&pipeline, &observed, &options);
    let before = held(&sandbox, 2);
    let id = instances(&sandbox)["orders"].clone();
    delete(&sandbox, "orders");
    let cleaned = looking(&pipeline, &sandbox, async |sessions| {
        // Nothing is changed before it is known whose the credentials are.
        sessions.identify(&EnvironmentName::ALL).await.expect("the accounts");
        cleanup::apply(&pipeline, sessions, &changes, &options, &Sink::none()).await
    });
    let stopped = cleaned.stopped.expect("an error");
    assert_eq!(stopped.what, format!("database {id} was deleted after consent; no recovery point was deleted"));
    assert_eq!(held(&sandbox, 2), before);
}
