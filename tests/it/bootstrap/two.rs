//! Two operators at once: another whole `bootstrap` before every call of the first one.

use std::sync::mpsc;

use aws_config::SdkConfig;
use backupctl::sandbox::Sandbox;

use super::plan::backup;
use super::{bootstrap, settled};
use crate::support::command::{Ran, backupctl};
use crate::support::operator::in_source;
use crate::support::share::share;
use crate::support::worlds;

/// Runs `command`, and `other` as a whole just before the service sees the call of that number; both as they ended.
fn beside(sandbox: &Sandbox, command: &str, call: u64, other: &str) -> (Ran, Option<Ran>) {
    let (told, heard) = mpsc::channel();
    let other = other.to_owned();
    sandbox.meanwhile(call, move |sandbox| {
        told.send(backupctl(&sandbox, &other)).expect("the test waits for it");
    });
    let first = backupctl(sandbox, command);
    (first, heard.try_recv().ok())
}

/// The ids of the plans that stand, each with how many selections it has.
async fn plans(config: SdkConfig) -> Vec<(String, usize)> {
    let plans = backup(&config).list_backup_plans().send().await.expect("ListBackupPlans");
    let mut found = Vec::new();
    for plan in plans.backup_plans_list() {
        let id = plan.backup_plan_id().expect("an id").to_owned();
        let selections = backup(&config).list_backup_selections().backup_plan_id(&id).send().await.expect("selections");
        found.push((id, selections.backup_selections_list().len()));
    }
    found
}

fn calls_of(sandbox: &Sandbox, command: &str) -> u64 {
    sandbox.interrupt(None);
    backupctl(sandbox, command).expect(0);
    sandbox.calls()
}

#[test]
fn two_bootstraps_make_one_plan_whenever_the_second_one_comes() {
    let command = "bootstrap --yes -o json";
    let calls = calls_of(&worlds::built_in(), command);
    let (mut seconds, mut points) = (0, 0);
    for call in share(5, 1..=calls) {
        points += 1;
        let sandbox = worlds::built_in();
        let (first, second) = beside(&sandbox, command, call, command);
        let standing = in_source(&sandbox, plans);
        let [(id, 1)] = standing.as_slice() else { panic!("call {call}: {standing:?}") };
        for ran in [Some(first), second.inspect(|_| seconds += 1)].into_iter().flatten() {
            assert_eq!(ran.code, 0, "call {call}: {ran:?}");
            let document = ran.json();
            assert_eq!(document["plan"]["id"], id.as_str(), "call {call}: {document:#}");
        }
        if call % 8 == 0 {
            settled(&sandbox);
        }
    }
    assert!(seconds > points / 2, "{seconds} of {points}");
}

/// An update that both make at once: at most one of them is told that the other one was there, and nothing is left undone.
#[test]
fn two_bootstraps_put_back_what_was_changed_whenever_the_second_one_comes() {
    let changed = || {
        let sandbox = worlds::bootstrapped();
        crate::support::operator::switch_rules_off(&sandbox);
        sandbox
    };
    let command = "bootstrap --yes -o json";
    let calls = calls_of(&changed(), command);
    for call in share(3, (1..=calls).step_by(4)) {
        let sandbox = changed();
        let (first, second) = beside(&sandbox, command, call, command);
        let second = second.expect("it came");
        assert_eq!(second.code, 0, "call {call}: {second:?}");
        assert!([0, 1].contains(&first.code), "call {call}: {first:?}");
        if first.code == 0 {
            assert_eq!(bootstrap(&sandbox, "--dry-run").code, 0, "call {call}");
        }
        settled(&sandbox);
        assert_eq!(in_source(&sandbox, plans).len(), 1, "call {call}");
    }
}

/// The number of the plans so far is part of the request's id: whether AWS takes the id of a deleted plan for that plan
/// is not documented.
#[test]
fn a_plan_after_a_cleanup_is_asked_for_under_another_id() {
    let sandbox = worlds::bootstrapped();
    let request = |sandbox: &Sandbox| {
        in_source(sandbox, async |config| {
            let plans = backup(&config).list_backup_plans().send().await.expect("ListBackupPlans");
            plans.backup_plans_list()[0].creator_request_id().expect("an id").to_owned()
        })
    };
    let first = request(&sandbox);
    assert!(first.ends_with("-0") && first.len() <= 50, "{first}");
    in_source(&sandbox, async |config| {
        let (id, _) = super::plan::plan(&config).await;
        let listed = backup(&config).list_backup_selections().backup_plan_id(&id).send().await.expect("selections");
        for one in listed.backup_selections_list() {
            let selection = one.selection_id().expect("an id");
            let delete = backup(&config).delete_backup_selection().backup_plan_id(&id).selection_id(selection);
            delete.send().await.expect("DeleteBackupSelection");
        }
        backup(&config).delete_backup_plan().backup_plan_id(id).send().await.expect("DeleteBackupPlan");
    });
    let again = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(again["plan"]["action"], "create", "{again:#}");
    assert!(again["notes"].to_string().contains("the backup plan was deleted at"), "{again:#}");
    assert_eq!(request(&sandbox), format!("{}-1", first.trim_end_matches("-0")));
}

/// A cleanup killed at any call is put back by `bootstrap`: nothing is refused, and a night is carried again.
#[test]
fn a_cleanup_killed_at_any_call_is_put_back() {
    let world = worlds::after_a_night().world();
    let command = "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json";
    let calls = calls_of(&Sandbox::in_memory(world.clone()), command);
    // Vaults, keys and stacks go with the last calls.
    for call in share(5, (1..=calls).filter(|call| calls - call < 60 || call % 5 == 0)) {
        let sandbox = Sandbox::in_memory(world.clone());
        sandbox.interrupt(Some(backupctl::sandbox::handle::Interruption::After(call)));
        assert_eq!(backupctl(&sandbox, command).code, 130, "call {call}");
        sandbox.interrupt(None);
        let back = backupctl(&sandbox, "bootstrap --yes -o json");
        assert_eq!(back.code, 0, "call {call}: {back:?}");
        assert_eq!(in_source(&sandbox, plans).len(), 1, "call {call}");
        if call % 12 == 0 {
            settled(&sandbox);
            backupctl(&sandbox, "sandbox advance 26h").expect(0);
            backupctl(&sandbox, "verify -o json").expect(0);
        }
    }
}

/// The same at every point in between: putting back, too, may be killed and run again.
#[test]
fn putting_back_a_cleanup_that_left_no_vault_may_be_killed_at_any_call() {
    let world = worlds::after_a_night().world();
    let stopped = between_vault_and_stack(&world);
    let calls = calls_of(&Sandbox::in_memory(stopped.clone()), "bootstrap --yes -o json");
    for call in share(3, (1..=calls).step_by(5)) {
        let sandbox = Sandbox::in_memory(stopped.clone());
        sandbox.interrupt(Some(backupctl::sandbox::handle::Interruption::After(call)));
        assert_eq!(backupctl(&sandbox, "bootstrap --yes -o json").code, 130, "call {call}");
        sandbox.interrupt(None);
        let back = bootstrap(&sandbox, "--yes");
        assert_eq!(back.code, 0, "call {call}: {back:?}");
        settled(&sandbox);
    }
}

/// A cleanup killed as soon as the source's vault is gone and its stack still stands.
pub fn between_vault_and_stack(world: &backupctl::sandbox::world::World) -> backupctl::sandbox::world::World {
    for call in 1.. {
        let sandbox = Sandbox::in_memory(world.clone());
        sandbox.interrupt(Some(backupctl::sandbox::handle::Interruption::After(call)));
        assert_eq!(
            backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222").code,
            130,
            "call {call}"
        );
        sandbox.interrupt(None);
        let vaults = in_source(&sandbox, async |config| {
            let vaults = backup(&config).list_backup_vaults().send().await.expect("ListBackupVaults");
            vaults.backup_vault_list().len()
        });
        if vaults == 0 {
            return sandbox.world();
        }
    }
    unreachable!("a cleanup deletes the vault")
}
