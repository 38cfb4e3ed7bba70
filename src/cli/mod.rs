//! The command line: one file a subcommand, with its arguments, its confirmation, its rendering.

mod consent;
mod exit;
mod global;

pub use crate::output::Io;
pub use exit::ExitStatus;
