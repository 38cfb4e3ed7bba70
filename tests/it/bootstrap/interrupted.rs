//! Killed before and after every call; Ctrl-C at every call; and how few calls it takes to know that nothing changed.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::handle::Interruption;
use backupctl::sandbox::world::World;
use serde_json::Value;

use super::{bootstrap, nothing_is_left_behind, settled};
use crate::support::command::backupctl;
use crate::support::normal::{apart, plain};
use crate::support::operator::switch_rules_off;
use crate::support::share::share;
use crate::support::worlds;

/// What `command` does to the world undisturbed, and in how many calls.
fn undisturbed(world: &World, command: &str) -> (Sandbox, u64) {
    let sandbox = Sandbox::in_memory(world.clone());
    sandbox.interrupt(None);
    backupctl(&sandbox, command).expect(0);
    let calls = sandbox.calls();
    (sandbox, calls)
}

#[test]
fn killed_at_any_call_and_run_again_it_ends_in_the_same_world() {
    let world = worlds::built_in().world();
    let command = "bootstrap --yes --enable-settings -o json";
    let (whole, calls) = undisturbed(&world, command);
    let expected = plain(&whole);
    assert!(calls > 40, "{calls}");
    // The world before a call is the one after the call before it; only what the client knows differs.
    let before = (1..=calls).step_by(4).map(Interruption::Before);
    let after = (1..=calls).map(Interruption::After);
    for interruption in share(5, before.chain(after)) {
        let sandbox = Sandbox::in_memory(world.clone());
        sandbox.interrupt(Some(interruption));
        assert_eq!(backupctl(&sandbox, command).code, 130, "{interruption:?}");
        sandbox.interrupt(None);
        let again = backupctl(&sandbox, command);
        assert_eq!(again.code, 0, "{interruption:?}: {again:?}");
        assert_same(&plain(&sandbox), &expected, interruption);
    }
}

#[track_caller]
fn assert_same(found: &Value, expected: &Value, interruption: Interruption) {
    assert_eq!(apart(found, expected), "", "{interruption:?}");
}

#[test]
fn ctrl_c_at_any_call_of_an_update_leaves_no_change_set_and_says_what_goes_on() {
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    let world = sandbox.world();
    let (_, calls) = undisturbed(&world, "bootstrap --yes");
    let mut going_on = 0;
    // A press costs three runs: every other call is one.
    for call in share(2, (1..calls).step_by(2)) {
        let sandbox = Sandbox::in_memory(world.clone());
        sandbox.interrupt(Some(Interruption::Signal(call)));
        let stopped = backupctl(&sandbox, "bootstrap --yes");
        assert_eq!(stopped.code, 130, "call {call}: {stopped:?}");
        sandbox.interrupt(None);
        nothing_is_left_behind(&sandbox);
        // It is folded to the width of the page.
        let told = stopped.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        if told.contains("running in AWS") {
            going_on += 1;
            assert!(stopped.stderr.contains("backupctl bootstrap"), "{}", stopped.stderr);
        }
        bootstrap(&sandbox, "--yes").expect(0);
        settled(&sandbox);
    }
    assert!(going_on > 0, "nobody was told that the update goes on");
}

#[test]
fn a_dry_run_and_a_refusal_leave_no_change_set() {
    let sandbox = worlds::bootstrapped();
    switch_rules_off(&sandbox);
    backupctl(&sandbox, "bootstrap --dry-run").expect(4);
    nothing_is_left_behind(&sandbox);
    backupctl(&sandbox, "bootstrap").expect(5);
    nothing_is_left_behind(&sandbox);
}

/// What `docs/stacks.md` counts up, and says why none of them can be spared.
const FEWEST: u64 = 36;

#[test]
fn a_second_run_knows_in_the_fewest_calls_that_nothing_changed() {
    let sandbox = worlds::bootstrapped();
    sandbox.interrupt(None);
    let second = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(second["changed"], false);
    assert_eq!(sandbox.calls(), FEWEST, "{second:#}");
    let text = backupctl(&sandbox, "bootstrap --yes").expect(0);
    insta::assert_snapshot!(super::repair::without_suffixes(&format!("{}----\n{}", text.stderr, text.stdout)));
}

#[test]
fn three_stacks_take_the_time_of_the_slowest() {
    let alone = |environment: &str| {
        let sandbox = worlds::built_in();
        let ran = bootstrap(&sandbox, &format!("--yes --no-plan --environment {environment}")).expect(0).json();
        ran["duration_seconds"].as_u64().expect("seconds")
    };
    let each = ["source", "intermediate", "destination"].map(alone);
    let together = bootstrap(&worlds::built_in(), "--yes --no-plan").expect(0).json();
    let together = together["duration_seconds"].as_u64().expect("seconds");
    let slowest = each.iter().copied().max().expect("three");
    let sum: u64 = each.iter().sum();
    // Settings are looked at once for all, and polls fall on other seconds.
    assert!(together <= slowest + 30, "{together} s together, {each:?} s each");
    assert!(together < sum, "{together} s together, {each:?} s each");
}
