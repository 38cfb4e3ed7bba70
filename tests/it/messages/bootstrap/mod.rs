//! `bootstrap`: what it shows, says, refuses and fails with.

mod lock;
mod plan;
mod refused;
mod runs;
mod stopped;
mod two;

use backupctl::sandbox::Sandbox;

use crate::bootstrap::repair::without_suffixes;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;

const ACCOUNTS: &str = "[source]\naccount = \"111111111111\"\n";
const REST: &str = "[intermediate]\n[destination]\naccount = \"222222222222\"\n";
pub const ORDERS: &str = "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n";

/// A configuration with these lines more under `[source]`, and these at the end in place of a selection of `orders`.
pub fn configuration(source: &str, end: Option<&str>) -> String {
    format!("{ACCOUNTS}{source}\n{REST}{}\n", end.unwrap_or(ORDERS))
}

/// Orders what goes wrong from now on.
pub(super) fn order(sandbox: &Sandbox, fault: &str) {
    backupctl(sandbox, &format!("sandbox inject {fault}")).expect(0);
}

/// The gallery's text, without what is drawn from the seed.
pub(super) fn shown(gallery: Gallery) -> String {
    without_suffixes(&gallery.into_text())
}
