//! `verify`: what is in each vault, under which key, and what is missing. It reads and changes nothing.

mod doubt;
mod headline;
mod judge;
mod observe;
mod report;

pub use judge::judge;
pub use observe::observe;
pub use report::{LeftOut, Summary, Verified};

pub use crate::pipeline::checks::points::Options;
pub use crate::pipeline::seen::points::{EnvironmentSeen, Observed};
