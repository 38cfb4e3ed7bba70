//! Generated histories: databases are deleted and made again, renamed there and back, swapped and replaced, copies are
//! deleted by hand, the operator may not read the snapshots of one account or of both, and the copies of snapshots keep
//! the database's id, lose it or get another: AWS does not document which.

use std::collections::BTreeSet;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::CopiedId;
use serde_json::Value;

use super::{VAULTS, arn, create, delete, drop_point, held, hours, instances, rename};
use crate::support::command::{backupctl, deny};
use crate::support::worlds;

/// A seeded sequence (Knuth's MMIX constants): one seed is one history.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.below(all.len())) }
    }
}

/// The names that the pipeline backs up.
const NAMES: [&str; 2] = ["orders", "billing"];

/// One thing that happens to the databases or to their copies; `step` makes names that nobody had.
fn happen(sandbox: &Sandbox, dice: &mut Dice, step: usize) {
    let name = NAMES[dice.below(2)];
    let there = instances(sandbox).contains_key(name);
    let spare = format!("spare-{step}");
    match dice.below(8) {
        0 if there => {
            delete(sandbox, name);
            create(sandbox, name);
        }
        1 if there => delete(sandbox, name),
        // The broken instance is renamed, the restored one takes its name.
        2 if there => {
            rename(sandbox, name, &spare);
            create(sandbox, name);
        }
        // Blue/green: the new one stands for a night before it takes the name, and the old one goes.
        3 if there => {
            create(sandbox, &spare);
            hours(sandbox, 24);
            rename(sandbox, name, &format!("{name}-old{step}"));
            rename(sandbox, &spare, name);
            delete(sandbox, &format!("{name}-old{step}"));
        }
        4 if NAMES.iter().all(|name| instances(sandbox).contains_key(*name)) => {
            rename(sandbox, NAMES[0], &spare);
            rename(sandbox, NAMES[1], NAMES[0]);
            rename(sandbox, &spare, NAMES[1]);
        }
        5 if there => {
            rename(sandbox, name, &spare);
            hours(sandbox, 24);
            rename(sandbox, &spare, name);
        }
        6 | 7 => {
            let vault = dice.below(3);
            let points: Vec<String> = held(sandbox, vault).into_values().flatten().collect();
            if let Some(point) = dice.of(&points) {
                drop_point(sandbox, vault, point);
            }
        }
        _ if !there => create(sandbox, name),
        _ => {}
    }
}

/// A bootstrapped pipeline after some nights in which something happened each day.
fn history(seed: u64) -> (Sandbox, Dice) {
    let mut dice = Dice(seed);
    let mut world = worlds::bootstrapped().world();
    let copied = [CopiedId::Kept, CopiedId::Kept, CopiedId::Absent, CopiedId::Another];
    world.settings.copied_snapshot_id = copied[dice.below(copied.len())];
    let sandbox = Sandbox::in_memory(world);
    hours(&sandbox, 26);
    for step in 0..3 + dice.below(2) {
        happen(&sandbox, &mut dice, step);
        hours(&sandbox, 24);
    }
    if dice.below(2) == 0 {
        let name = NAMES[dice.below(2)];
        if instances(&sandbox).contains_key(name) {
            delete(&sandbox, name);
        }
    }
    (sandbox, dice)
}

fn passed(document: &Value, check: &str, subject: &str) -> bool {
    let checks = document["checks"].as_array().into_iter().flatten();
    let mut found = checks.filter(|one| one["check"] == check && one["subject"] == subject).peekable();
    found.peek().is_some() && found.all(|one| one["result"] == "passed")
}

/// Where `verify` says that a database was backed up, a backup of that very database is there; the first one was due
/// long ago.
fn verify_is_right(sandbox: &Sandbox, seed: u64) {
    let document = backupctl(sandbox, "verify -o json").json();
    let now = instances(sandbox);
    let backups = held(sandbox, 0);
    for name in NAMES {
        let Some(id) = now.get(name) else { continue };
        let says_so = passed(&document, "backup-missing", &arn(name));
        assert!(!says_so || backups.contains_key(id), "seed {seed}: {name} is {id}, its backups: {backups:?}");
    }
    let copies = held(sandbox, 2);
    for one in document["resources"].as_array().expect("resources") {
        let name = one["resource_arn"].as_str().and_then(|arn| arn.rsplit(':').next()).expect("an ARN");
        let (Some(id), Some(copy)) = (now.get(name), one["newest_copy_arn"].as_str()) else { continue };
        let own = copies.get(id).is_some_and(|own| own.contains(copy));
        assert!(own, "seed {seed}: {name} is {id}, and {copy} is another's: {copies:?}");
    }
}

/// What `copy --latest` takes is a backup of the very database that has the name, whatever was called so before.
fn copy_is_right(sandbox: &Sandbox, name: &str, seed: u64) {
    let Some(id) = instances(sandbox).remove(name) else { return };
    let own = held(sandbox, 0).remove(&id).unwrap_or_default();
    let ran = backupctl(sandbox, &format!("copy --resource {name} --latest --dry-run -o json"));
    let document = ran.json();
    for copy in document["copies"].as_array().into_iter().flatten() {
        let taken = copy["recovery_point_arn"].as_str().expect("an ARN");
        assert!(own.contains(taken), "seed {seed}: {name} is {id}, and {taken} is another's: {own:?}");
    }
    assert!(!own.is_empty() || ran.code != 0, "seed {seed}: {}", ran.stdout);
}

/// Runs one history to its end; what a cleanup lost, what it deleted of databases that exist, what it kept of those
/// that do not.
fn cleaned(seed: u64) -> (usize, usize) {
    let (sandbox, mut dice) = history(seed);
    copy_is_right(&sandbox, NAMES[dice.below(2)], seed);
    let views: &[&[&str]] = &[&[], &[], &["destination"], &["source", "intermediate", "destination"]];
    let view = views[dice.below(views.len())];
    for environment in view {
        deny(&sandbox, "rds:DescribeDBSnapshots", &format!("--environment {environment}"));
    }
    verify_is_right(&sandbox, seed);
    let (before, exist) = (held(&sandbox, 2), instances(&sandbox).into_values().collect::<BTreeSet<_>>());
    backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json");
    let after = held(&sandbox, 2);
    let gone: Vec<&String> = before.keys().filter(|id| !exist.contains(*id)).collect();
    for id in &gone {
        assert!(after.contains_key(*id), "seed {seed}: the last copy of {id} is gone from {}: {before:?}", VAULTS[2]);
    }
    if view.is_empty() && sandbox.look(|world| world.settings.copied_snapshot_id) == CopiedId::Kept {
        let left: Vec<_> = after.keys().filter(|id| exist.contains(*id)).collect();
        assert!(left.is_empty(), "seed {seed}: copies of databases that exist were not deleted: {left:?}");
    }
    (gone.len(), before.len() - gone.len())
}

/// Of the seeds from `first` on; each part runs beside the others.
fn no_history_loses_a_last_copy(first: u64) {
    let (mut gone, mut there) = (0, 0);
    for seed in first..first + 8 {
        let (of_gone, of_existing) = cleaned(seed);
        (gone, there) = (gone + of_gone, there + of_existing);
    }
    assert!(gone >= 4 && there >= 4, "{gone} databases that are gone and {there} that exist had copies");
}

#[test]
fn no_history_loses_a_last_copy_1() {
    no_history_loses_a_last_copy(100);
}

#[test]
fn no_history_loses_a_last_copy_2() {
    no_history_loses_a_last_copy(200);
}

#[test]
fn no_history_loses_a_last_copy_3() {
    no_history_loses_a_last_copy(300);
}
