//! `verify`: what is in each vault, under which key, and what is missing. It reads and changes nothing.

mod headline;
mod judge;
mod report;

pub use super::observe::observe_points as observe;
pub use judge::judge;
pub use report::{LeftOut, Place, Point, PointReport, Summary, Verified};

pub use crate::pipeline::checks::points::Options;
pub use crate::pipeline::seen::points::{EnvironmentSeen, Observed};
