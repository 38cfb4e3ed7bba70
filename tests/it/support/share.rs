//! How much of a long table the tests go through: a share in the everyday run, all of it in `tests/run --full`.
//!
//! What a share leaves out is more of the same kind: another call at which a command is killed, another action that a
//! policy lacks. Each test goes through some of its table every day, and always through the same ones.

/// The variable that `tests/run --full` sets.
pub const FULL: &str = "BACKUPCTL_TEST_FULL";

/// Whether this is `tests/run --full`.
pub fn is_full() -> bool {
    std::env::var_os(FULL).is_some()
}

/// One of `apart` in the everyday run, beginning with the first; all in `tests/run --full`.
pub fn share<T>(apart: usize, all: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    all.into_iter().step_by(if is_full() { 1 } else { apart })
}
