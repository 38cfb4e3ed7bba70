//! `copy --resource DATABASE --latest` takes the newest of the database that has the name today, or says that it cannot.
//! A name is no identity: RDS API Reference, DBInstance, `DbiResourceId`.

use std::collections::BTreeMap;

use backupctl::sandbox::Sandbox;

use super::{create, delete, drop_point, held, hours, instances, rename};
use crate::support::command::{Ran, backupctl, deny};
use crate::support::operator::switch_rules_off;
use crate::support::worlds;

/// A night's backups, and everything that `copy` starts is its own.
fn world() -> Sandbox {
    let sandbox = worlds::after_a_night();
    switch_rules_off(&sandbox);
    sandbox
}

fn taken(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let copies = document["copies"].as_array().into_iter().flatten();
    copies.filter_map(|copy| copy["recovery_point_arn"].as_str().map(str::to_owned)).collect()
}

fn backups(sandbox: &Sandbox) -> BTreeMap<String, Vec<String>> {
    held(sandbox, 0).into_iter().map(|(id, points)| (id, points.into_iter().collect())).collect()
}

#[test]
fn a_database_made_again_without_a_backup_of_its_own_gets_none_of_the_earlier_ones() {
    let sandbox = world();
    let old = instances(&sandbox)["orders"].clone();
    delete(&sandbox, "orders");
    create(&sandbox, "orders");
    for command in ["copy --resource orders --latest", "copy --resource orders --latest --dry-run"] {
        let ran = backupctl(&sandbox, command).expect(5);
        assert!(ran.stderr.contains(&old), "{}", ran.stderr);
        // The command that is told copies the earlier one's on purpose.
        let told = ran.stderr.split('`').find(|part| part.starts_with("backupctl copy ")).expect("a command");
        let again = backupctl(&sandbox, &format!("{} -o json", told.trim_start_matches("backupctl "))).expect(0);
        assert_eq!(taken(&again), backups(&sandbox)[&old]);
    }
    // All of that name are what was asked for, and whose they are is said.
    let all = backupctl(&sandbox, "copy --resource orders").expect(0);
    assert!(all.stderr.contains("1 backup belongs to an earlier database of this name"), "{}", all.stderr);
}

#[test]
fn a_database_that_took_over_the_name_gets_its_own_newest_under_whatever_name_it_was_made() {
    let sandbox = world();
    create(&sandbox, "orders-new");
    let new = instances(&sandbox)["orders-new"].clone();
    crate::support::operator::back_up(&sandbox, "orders-new");
    rename(&sandbox, "orders", "orders-old");
    rename(&sandbox, "orders-new", "orders");
    let ran = backupctl(&sandbox, "copy --resource orders --latest --dry-run -o json");
    assert_eq!(taken(&ran), backups(&sandbox)[&new], "{}", ran.stdout);
    // Tonight the name's newest is its own; the one before is still the other's.
    hours(&sandbox, 24);
    let ran = backupctl(&sandbox, "copy --resource orders --latest --dry-run -o json");
    let own = &backups(&sandbox)[&new];
    assert!(own.len() == 2 && taken(&ran).len() == 1 && own.contains(&taken(&ran)[0]), "{}", ran.stdout);
    // Its own are gone: what is left under the name is not taken for them.
    for point in own {
        drop_point(&sandbox, 0, point);
    }
    backupctl(&sandbox, "copy --resource orders --latest --dry-run").expect(5);
}

#[test]
fn whoever_may_not_see_whose_they_are_is_told_so() {
    let sandbox = world();
    deny(&sandbox, "rds:DescribeDBInstances", "--environment source");
    let ran = backupctl(&sandbox, "copy --resource orders --latest").expect(0);
    let said = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("so they were taken by its name"), "{said}");
    let ran = backupctl(&sandbox, "copy --resource orders --latest -o json").expect(0);
    assert_eq!((taken(&ran).len(), &ran.json()["summary"]["already_copied"]), (1, &1.into()));
}
