//! Every command that changes something, throttled, refused, and cut off in the middle of a change.

use backupctl::aws::table::{Effect as OnAws, OPERATIONS};
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::World;
use backupctl::sandbox::world::faults::{Effect, Fault, Matching, Often, Side};
use serde_json::Value;

use crate::interruption::world_for_copy;
use crate::support::command::{Ran, backupctl};
use crate::support::normal::{apart, plain};
use crate::support::share::share;
use crate::support::worlds;

/// More than any command makes: what is left of it tells how many were struck.
const MANY: u64 = 1_000_000;

fn commands() -> Vec<(World, String)> {
    let (world, point) = world_for_copy();
    vec![
        (worlds::built_in().world(), "bootstrap --yes -o json".to_owned()),
        (world, format!("copy --recovery-point {point} -o json")),
        (
            worlds::after_a_night().world(),
            "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json".to_owned(),
        ),
    ]
}

/// The world that the command leaves when nothing goes wrong.
fn undisturbed(world: &World, command: &str) -> Sandbox {
    let sandbox = Sandbox::in_memory(world.clone());
    backupctl(&sandbox, command).expect(0);
    sandbox
}

fn run_under(world: &World, command: &str, fault: Fault) -> (Sandbox, Ran) {
    let sandbox = Sandbox::in_memory(world.clone());
    sandbox.inject(fault).expect("ordered");
    let ran = backupctl(&sandbox, command);
    (sandbox, ran)
}

/// The operations that a command uses, each with its calls, as the sandbox names them.
///
/// An answer that is late by nothing is counted and changes nothing.
fn used(world: &World, command: &str, effect: Option<OnAws>) -> Vec<(String, u64)> {
    let sandbox = Sandbox::in_memory(world.clone());
    let wanted = OPERATIONS.iter().filter(|(_, _, one)| effect.is_none_or(|effect| effect == *one));
    for (service, name, _) in wanted {
        let service = if *service == "EventBridge" { "Events" } else { service };
        let matching = of(&format!("{}:{name}", service.to_ascii_lowercase()));
        let fault = Fault { matching, often: Often::Times(MANY), ..Fault::next(Effect::SlowAnswer { seconds: 0 }) };
        sandbox.inject(fault).expect("ordered");
    }
    backupctl(&sandbox, command).expect(0);
    sandbox.look(|world| {
        let counted = world.faults.iter().filter_map(|fault| match fault.often {
            Often::Times(left) => Some((fault.matching.operation.clone()?, MANY - left)),
            _ => None,
        });
        counted.filter(|(_, calls)| *calls > 0).collect()
    })
}

fn of(operation: &str) -> Matching {
    Matching { operation: Some(operation.to_owned()), ..Matching::default() }
}

/// Fails where the world is another one.
#[track_caller]
fn same(sandbox: &Sandbox, expected: &Value, about: &str) {
    let differences = apart(&plain(sandbox), expected);
    assert!(differences.is_empty(), "{about}:\n{differences}");
}

#[test]
fn commands_whose_calls_are_throttled_or_fail_at_first_end_as_undisturbed_ones() {
    for (world, command) in commands() {
        let expected = plain(&undisturbed(&world, &command));
        for (effect, often) in [
            (Effect::Throttle, Often::EachOnce),
            (Effect::Throttle, Often::Percent(30)),
            (Effect::ServerError, Often::EachOnce),
        ] {
            let about = format!("{command} {effect:?} {often:?}");
            let (sandbox, ran) = run_under(&world, &command, Fault { often, ..Fault::next(effect) });
            ran.expect(0);
            sandbox.clear_faults().expect("cleared");
            same(&sandbox, &expected, &about);
        }
    }
}

#[test]
fn a_command_that_is_denied_an_operation_names_it_and_ends_well_when_it_has_it() {
    let mut wrong = Vec::new();
    for (world, command) in commands() {
        let expected = plain(&undisturbed(&world, &command));
        let operations = used(&world, &command, None);
        assert!(operations.len() > 5, "{command}: {operations:?}");
        for (operation, _) in share(4, operations) {
            let fault =
                Fault { matching: of(&operation), often: Often::UntilCleared, ..Fault::next(Effect::AccessDenied) };
            let (sandbox, ran) = run_under(&world, &command, fault);
            wrong.extend(missing_parts(&ran, &operation).map(|what| format!("{command}, denied {operation}: {what}")));
            sandbox.clear_faults().expect("cleared");
            let again = backupctl(&sandbox, &command);
            if again.code != 0 {
                wrong.push(format!("{command}, after {operation} was denied: exit {}: {}", again.code, again.stderr));
            }
            let differences = apart(&plain(&sandbox), &expected);
            if !differences.is_empty() {
                wrong.push(format!("{command}, after {operation} was denied:\n{differences}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an error lacks of: what failed, where, in AWS's words, and what to do next. A command that can
/// do without the permission names it all the same.
fn missing_parts(ran: &Ran, operation: &str) -> Option<String> {
    let told = format!("exit {}: {}", ran.code, ran.stderr);
    let text = format!("{}{}", ran.stdout, ran.stderr);
    if !text.to_lowercase().contains(&operation.to_lowercase()) {
        return Some(format!("the permission is not named: {told}"));
    }
    if ran.code == 0 {
        return None;
    }
    let error = &ran.json()["error"];
    let has = |member: &str| error[member].as_str().is_some_and(|text| !text.is_empty());
    (!has("message") || !has("hint")).then_some(told)
}

#[test]
fn a_change_whose_answer_is_lost_is_made_once() {
    let mut wrong = Vec::new();
    for (world, command) in commands() {
        let expected = plain(&undisturbed(&world, &command));
        for (operation, calls) in used(&world, &command, Some(OnAws::Change)) {
            for after in share(3, 0..calls) {
                let effect = Effect::ConnectionReset { side: Side::After };
                let about = format!("{command}, the answer to {operation} number {after} lost");
                let (sandbox, ran) =
                    run_under(&world, &command, Fault { matching: of(&operation), after, ..Fault::next(effect) });
                sandbox.clear_faults().expect("cleared");
                let differences = apart(&plain(&sandbox), &expected);
                if ran.code != 0 || !differences.is_empty() {
                    wrong.push(format!("{about}: exit {}: {}\n{differences}", ran.code, ran.stderr));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_done_twice_changes_nothing_the_second_time() {
    for (world, command) in commands() {
        let sandbox = undisturbed(&world, &command);
        let once = plain(&sandbox);
        backupctl(&sandbox, &command).expect(0);
        same(&sandbox, &once, &command);
    }
}
