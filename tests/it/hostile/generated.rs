//! Generated days: nights pass, copies are deleted by hand, lists are late, and some of them are empty that are not. What
//! a command then says and does is held to what the world has.

use std::collections::BTreeSet;

use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::super::support::command::{Ran, backupctl};
use super::super::support::operator::{acting, in_source};
use super::super::support::spoil::{From, Spoil, spoil};
use super::super::support::worlds;
use super::{nothing_twice, points, told};
use From::{Anywhere, Destination, Intermediate, Source};
use Spoil::Empty;

/// A seeded sequence (Knuth's MMIX constants): one seed is one history.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

/// The lists on which a deletion, a copy or a verdict hangs.
const LISTS: &[(&str, &str)] = &[
    ("backup:ListBackupPlans", "BackupPlansList"),
    ("backup:ListBackupSelections", "BackupSelectionsList"),
    ("backup:ListTags", "Tags"),
    ("backup:ListBackupVaults", "BackupVaultList"),
    ("backup:ListRecoveryPointsByBackupVault", "RecoveryPoints"),
    ("backup:ListCopyJobs", "CopyJobs"),
    ("backup:ListBackupJobs", "BackupJobs"),
    ("cloudformation:ListStackResources", "StackResourceSummaries"),
    ("rds:DescribeDBInstances", "DBInstances"),
    ("rds:DescribeDBSnapshots", "DBSnapshots"),
    ("kms:ListGrants", "Grants"),
];
const PLACES: [From; 4] = [Source, Intermediate, Destination, Anywhere];
const NAMES: [&str; 2] = [":db:orders ", ":db:billing "];

/// The destination's copies by the database's name, each by the day of its backup.
fn copies(sandbox: &Sandbox, name: &str) -> BTreeSet<String> {
    let vaults = points(sandbox);
    let far = vaults.into_iter().filter(|(vault, _)| vault.contains("222222222222"));
    far.flat_map(|(_, origins)| origins.into_keys()).filter(|origin| origin.contains(name)).collect()
}

/// Deletes one recovery point of a vault, if there is any.
fn drop_one(sandbox: &Sandbox, dice: &mut Dice) {
    let vaults: Vec<_> = points(sandbox).into_iter().collect();
    if vaults.is_empty() {
        return;
    }
    let (vault, origins) = &vaults[dice.below(vaults.len())];
    let arns: Vec<&String> = origins.values().flatten().collect();
    let part = |at: usize| vault.split(':').nth(at).expect("an ARN");
    let (account, region, name) = (part(4), part(3), part(6));
    let arn = arns[dice.below(arns.len())];
    acting(sandbox, account, region, async |config| {
        let gone = aws_sdk_backup::Client::new(&config).delete_recovery_point().backup_vault_name(name);
        gone.recovery_point_arn(arn).send().await.expect("DeleteRecoveryPoint");
    });
    backupctl(sandbox, "sandbox advance 10m").expect(0);
}

fn world(dice: &mut Dice) -> Sandbox {
    let mut world = worlds::bootstrapped().world();
    world.settings.list_lag_seconds = [0, 0, 120, 1200][dice.below(4)];
    let sandbox = Sandbox::in_memory(world);
    let hours = [0, 24, 30, 50, 74][dice.below(5)];
    backupctl(&sandbox, &format!("sandbox advance {}m", hours * 60 + dice.below(90))).expect(0);
    if dice.below(2) == 0 {
        drop_one(&sandbox, dice);
    }
    let rules: Vec<(&'static str, From, Spoil)> = (0..1 + dice.below(3))
        .map(|_| {
            let (operation, member) = LISTS[dice.below(LISTS.len())];
            (operation, PLACES[dice.below(PLACES.len())], Empty(member))
        })
        .collect();
    spoil(&sandbox, &rules);
    sandbox
}

/// `verify` is green where every database has a copy in account B, or none can be there yet.
fn verify(sandbox: &Sandbox, about: &str) {
    let ran = backupctl(sandbox, "verify -o json");
    let headline = ran.json()["headline"].as_str().unwrap_or_default().to_owned();
    if ran.code == 0 && !headline.starts_with("NOT YET PROTECTED") {
        for name in NAMES {
            assert!(!copies(sandbox, name).is_empty(), "{about}: green without a copy of {name}: {headline}");
        }
    }
}

/// A pruning leaves each database its newest copy.
fn prune(sandbox: &Sandbox, about: &str) {
    let before = NAMES.map(|name| copies(sandbox, name).pop_last());
    let ran = backupctl(sandbox, "cleanup --only recovery-points --keep-last 1 --yes -o json");
    for (name, newest) in NAMES.iter().zip(before) {
        let left = copies(sandbox, name);
        assert!(newest.is_none_or(|newest| left.contains(&newest)), "{about}: {name} keeps {left:?}: {}", told(&ran));
    }
}

/// Everything that a whole cleanup says is gone is gone, and no key goes under what is left.
fn clean(sandbox: &Sandbox, about: &str) {
    let ran: Ran = backupctl(sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json");
    sandbox.clear_between();
    let left = points(sandbox);
    let world = serde_json::to_value(sandbox.world()).expect("a world is JSON");
    let keys = world["services"]["kms"].as_object().into_iter().flat_map(|places| places.values());
    let keys = keys.flat_map(|place| place["keys"].as_object().into_iter().flatten());
    let going: Vec<&String> = keys.filter(|(_, key)| key["state"] == "PendingDeletion").map(|(id, _)| id).collect();
    let under: Vec<Value> = sandbox.look(|world| {
        let vaults = world.services.backup.iter().flat_map(|(_, state)| state.vaults.values().collect::<Vec<_>>());
        vaults.flat_map(|vault| vault.points.values()).map(|point| point.key_arn.clone().into()).collect()
    });
    for key in going {
        let used = under.iter().any(|arn| arn.as_str().is_some_and(|arn| arn.ends_with(key.as_str())));
        assert!(!used, "{about}: key {key} goes, and recovery points lie under it: {}", told(&ran));
    }
    let plans = in_source(sandbox, async |config| {
        let plans = aws_sdk_backup::Client::new(&config).list_backup_plans().send().await.expect("plans");
        plans.backup_plans_list().len()
    });
    let all_gone = left.is_empty() && plans == 0;
    assert!(ran.code != 0 || all_gone, "{about}: exit 0 and {plans} plans, {left:?} are left: {}", told(&ran));
    assert!(plans == 0 || ran.code != 0, "{about}: a plan is alive: {}", told(&ran));
}

fn days(first: u64) {
    for seed in first..first + 10 {
        let mut dice = Dice(seed);
        let sandbox = world(&mut dice);
        let about = format!("seed {seed}");
        for _ in 0..2 {
            match dice.below(3) {
                0 => verify(&sandbox, &about),
                1 => drop(backupctl(&sandbox, "copy --all-missing --timeout 6h")),
                _ => prune(&sandbox, &about),
            }
        }
        nothing_twice(&sandbox, &about);
        verify(&sandbox, &about);
        clean(&sandbox, &about);
    }
}

#[test]
fn no_day_loses_a_backup_copies_twice_or_is_falsely_green_1() {
    days(100);
}

#[test]
fn no_day_loses_a_backup_copies_twice_or_is_falsely_green_2() {
    days(200);
}

#[test]
fn no_day_loses_a_backup_copies_twice_or_is_falsely_green_3() {
    days(300);
}
