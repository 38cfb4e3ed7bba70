//! Commands that die at any call, and what running them again leaves.

mod processes;
mod sameness;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::handle::Interruption;

use crate::support::command::{backupctl, run};
use crate::support::normal::{apart, plain};
use crate::support::operator::{back_up, in_destination, in_intermediate, in_source, switch_rules_off};
use crate::support::share::share;
use crate::support::worlds;

/// A bootstrapped world without rules, holding one fresh recovery point: only `copy` copies here.
pub(crate) fn world_for_copy() -> (backupctl::sandbox::world::World, String) {
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    let point = back_up(&sandbox, "orders");
    (sandbox.world(), point)
}

pub(crate) fn copies_in(sandbox: &Sandbox) -> (usize, usize) {
    let count = async |config: aws_config::SdkConfig, vault: &str| {
        let list = aws_sdk_backup::Client::new(&config)
            .list_recovery_points_by_backup_vault()
            .backup_vault_name(vault)
            .send()
            .await
            .expect("recovery points");
        list.recovery_points().len()
    };
    (
        in_intermediate(sandbox, async |config| count(config, "intermediate-vault-account-a-region-b").await),
        in_destination(sandbox, async |config| count(config, "destination-vault-account-b-region-b").await),
    )
}

#[test]
fn a_copy_killed_at_any_call_and_run_again_makes_exactly_one_copy_in_each_vault() {
    let (world, point) = world_for_copy();
    let command = format!("copy --recovery-point {point} -o json");
    let undisturbed = Sandbox::in_memory(world.clone());
    undisturbed.interrupt(None);
    backupctl(&undisturbed, &command).expect(0);
    let calls = undisturbed.calls();
    assert!(calls > 5, "{calls}");
    assert_eq!(copies_in(&undisturbed), (1, 1));
    for call in share(5, 1..=calls) {
        for interruption in [Interruption::Before(call), Interruption::After(call)] {
            let sandbox = Sandbox::in_memory(world.clone());
            sandbox.interrupt(Some(interruption));
            let killed = run(Some(&sandbox), &format!("--sandbox {command}"));
            assert_eq!(killed.code, 130, "{interruption:?}: {killed:?}");
            sandbox.interrupt(None);
            let again = backupctl(&sandbox, &command);
            assert_eq!(again.code, 0, "{interruption:?}: {again:?}");
            assert_eq!(copies_in(&sandbox), (1, 1), "{interruption:?}");
        }
    }
}

#[test]
fn a_world_is_the_same_as_itself() {
    let (a, b) = (worlds::bootstrapped(), worlds::bootstrapped());
    assert_eq!(apart(&plain(&a), &plain(&b)), "");
}

/// Kills `command` around its calls, runs it again, and hands over what is left.
///
/// Every `every`th call is a point of death, and the last three; each fourth of them in the everyday run.
fn killed_and_run_again(
    world: &backupctl::sandbox::world::World,
    command: &str,
    every: u64,
    judge: impl Fn(&Sandbox, Interruption),
) {
    let undisturbed = Sandbox::in_memory(world.clone());
    undisturbed.interrupt(None);
    backupctl(&undisturbed, command).expect(0);
    let calls = undisturbed.calls();
    let points = (1..=calls).filter(|call| (call + every / 2).is_multiple_of(every) || calls - call < 3);
    for call in share(4, points) {
        for interruption in [Interruption::Before(call), Interruption::After(call)] {
            let sandbox = Sandbox::in_memory(world.clone());
            sandbox.interrupt(Some(interruption));
            let killed = backupctl(&sandbox, command);
            assert_eq!(killed.code, 130, "{interruption:?}: {killed:?}");
            sandbox.interrupt(None);
            let again = backupctl(&sandbox, command);
            assert_eq!(again.code, 0, "{interruption:?}: {again:?}");
            judge(&sandbox, interruption);
        }
    }
}

#[test]
fn a_bootstrap_killed_on_the_way_and_run_again_leaves_a_pipeline_that_carries_a_night() {
    let world = worlds::built_in().world();
    killed_and_run_again(&world, "bootstrap --yes -o json", 5, |sandbox, interruption| {
        let again = backupctl(sandbox, "bootstrap --yes -o json").expect(0).json();
        assert_eq!(again["changed"], false, "{interruption:?}: {again:#}");
        backupctl(sandbox, "sandbox advance 26h").expect(0);
        let verified = backupctl(sandbox, "verify -o json").expect(0).json();
        assert_eq!(verified["summary"]["protected"], 2, "{interruption:?}: {verified:#}");
    });
}

#[test]
fn a_cleanup_killed_on_the_way_and_run_again_leaves_nothing() {
    let world = worlds::after_a_night().world();
    killed_and_run_again(
        &world,
        "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json",
        4,
        |sandbox, interruption| {
            assert_eq!(left(sandbox), Vec::<String>::new(), "{interruption:?}");
        },
    );
}

/// Every vault and stack that is left in the three environments.
pub(crate) fn left(sandbox: &Sandbox) -> Vec<String> {
    let left = async |config: aws_config::SdkConfig| {
        let vaults = aws_sdk_backup::Client::new(&config).list_backup_vaults().send().await.expect("vaults");
        let vaults = vaults.backup_vault_list().iter().filter_map(|vault| vault.backup_vault_name().map(str::to_owned));
        let stacks = aws_sdk_cloudformation::Client::new(&config).describe_stacks().send().await.expect("stacks");
        let stacks = stacks.stacks().iter().filter_map(|stack| stack.stack_name().map(str::to_owned));
        vaults.chain(stacks).collect::<Vec<_>>()
    };
    [in_source(sandbox, left), in_intermediate(sandbox, left), in_destination(sandbox, left)].concat()
}
