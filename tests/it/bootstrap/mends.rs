//! Whatever of the mutation table `bootstrap` can mend, it mends.

use backupctl::sandbox::Sandbox;
use serde::Deserialize;
use serde_json::Value;

use crate::mutations::{self, is_like};
use crate::support::command::configured;
use crate::support::normal::{apart, plain};
use crate::support::share::{is_full, share};

/// What stays as it was changed, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unmended {
    stays: Vec<Stays>,
}

/// One mutation, or a family, that `bootstrap` leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stays {
    /// The mutation's name; `%` stands for anything.
    like: String,
    /// The exit code of `bootstrap`.
    code: i32,
    /// What it says, where it ends with an error.
    says: Option<String>,
    why: String,
}

/// Everything that works in a world, without what only tells that it was mended: CloudFormation's own books, the
/// policies that stood before (IAM shows them for a while yet), plans that are deleted and versions of a plan that
/// are none any more, with the alarm clocks of both, what is remembered of deleted roles and queues, and the opt-ins to
/// other types, which AWS writes out once one of them is set. Descriptions do nothing.
fn state(sandbox: &Sandbox) -> Value {
    let mut world = plain(sandbox);
    without_books(&mut world);
    world
}

const BOOKS: [&str; 6] = ["cloudformation", "before", "generation", "deletions", "deleted", "description"];

fn without_books(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Object(plans)) = map.get_mut("plans") {
                plans.retain(|_, plan| plan["deleted"].is_null());
            }
            if let Some(Value::Object(types)) = map.get_mut("opt_in") {
                types.retain(|name, _| name == "RDS");
            }
            map.retain(|key, _| !BOOKS.contains(&key.as_str()));
            if let Some(Value::Array(versions)) = map.get_mut("versions") {
                *versions = versions.pop().into_iter().collect();
            }
            map.values_mut().for_each(without_books);
        }
        Value::Array(items) => {
            items.retain(|item| item["due"]["backup"]["Fire"].is_null());
            items.iter_mut().for_each(without_books);
        }
        _ => {}
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "how much of the table is mended is for whoever runs it to see")]
fn what_it_can_mend_of_the_table_it_mends() {
    let listed: Unmended = toml::from_str(include_str!("unmended.toml")).expect("the list");
    let bootstrap =
        |sandbox: &Sandbox| configured(sandbox, &mutations::configuration(), "bootstrap --yes --enable-settings");
    let whole = mutations::world();
    bootstrap(&whole).expect(0);
    let expected = state(&whole);

    let all: Vec<_> = share(5, mutations::mutations(&mutations::world())).collect();
    let ends = mutations::each(&all, |mutation| {
        let sandbox = mutations::world();
        mutations::apply(&sandbox, mutation).ok()?;
        let ran = bootstrap(&sandbox);
        Some((ran, apart(&state(&sandbox), &expected)))
    });
    let mut used = vec![0_usize; listed.stays.len()];
    let (mut mended, mut wrong) = (0, Vec::new());
    for (mutation, end) in all.iter().zip(&ends) {
        let Some((ran, apart)) = end else { continue };
        let row = listed.stays.iter().position(|row| is_like(&row.like, &mutation.id));
        row.into_iter().for_each(|row| used[row] += 1);
        match row.map(|row| &listed.stays[row]) {
            None if ran.code == 0 && apart.is_empty() => mended += 1,
            None => wrong.push(format!("{}: exit code {}, left:\n{apart}\n{}", mutation.id, ran.code, ran.stderr)),
            Some(row) if row.code == ran.code && !apart.is_empty() => {
                if row.says.as_ref().is_some_and(|words| !ran.stderr.contains(words)) {
                    wrong.push(format!("{}: it does not say {:?}:\n{}", mutation.id, row.says, ran.stderr));
                }
            }
            Some(row) => wrong.push(format!("{}: exit code {}, but {row:?}", mutation.id, ran.code)),
        }
    }
    let idle = listed.stays.iter().zip(&used).filter(|(_, used)| **used == 0 && is_full());
    wrong.extend(idle.map(|(row, _)| format!("no mutation is so: {row:?}")));
    assert!(listed.stays.iter().all(|row| row.why.len() > 10), "a reason for each");
    let left: usize = used.iter().sum();
    eprintln!("{mended} mutations are mended, {left} are left with a reason");
    if is_full() {
        let told = format!("\n{mended} of the {} changes that AWS lets somebody make are put back", mended + left);
        assert!(include_str!("../../../docs/stacks.md").contains(&told), "docs/stacks.md does not say:{told}");
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}
