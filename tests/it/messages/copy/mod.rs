//! `copy`: what it shows, refuses and fails with.

mod failed;
mod refused;
mod runs;

use backupctl::sandbox::Sandbox;

use crate::interruption::world_for_copy;

/// A world in which only `copy` copies, and the one recovery point in its source vault.
fn one_point() -> (Sandbox, String) {
    let (world, point) = world_for_copy();
    (Sandbox::in_memory(world), point)
}

/// The built-in world's accounts with these lines under `[intermediate]`, and these at the end.
fn configuration(intermediate: &str, end: &str) -> String {
    let ours = "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]";
    format!(
        "[source]\naccount = \"111111111111\"\n[intermediate]\n{intermediate}\n[destination]\n\
         account = \"222222222222\"\n{ours}\n{end}\n"
    )
}
