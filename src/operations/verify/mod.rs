//! `verify`: what is in each vault, under which key, and what is missing. It reads and changes nothing.

mod dead_letters;
mod deleted;
mod doubt;
mod freshness;
mod headline;
mod judge;
mod observe;
mod points;
mod report;
mod resources;
mod stakes;

pub use judge::judge;
pub use observe::{EnvironmentSeen, Observed, observe};
pub use report::{LeftOut, Summary, Verified};

use std::time::Duration;

use crate::pipeline::check::Area;
use crate::pipeline::environment::EnvironmentName;

/// How `verify` was asked.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only these databases; all by default.
    pub resources: Vec<String>,
    /// Only backups created within this span.
    pub since: Option<Duration>,
    /// The oldest that the newest backup, and its copy in the destination vault, may be.
    pub max_age: Option<Duration>,
    /// Only checks of these areas; all by default.
    pub areas: Vec<Area>,
    /// Only these environments; all by default.
    pub environments: Vec<EnvironmentName>,
}

impl Options {
    /// Whether the lists are not filtered. By date they never are: a database's newest copy may be older.
    pub(crate) fn sees_everything(&self) -> bool {
        self.resources.is_empty()
    }
}
